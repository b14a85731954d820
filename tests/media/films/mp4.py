"""Reads what an MP4 says about itself: the boxes that a player reads first."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

CONTAINERS = {"moov", "trak", "mdia", "minf", "stbl"}


class Box(NamedTuple):
    """A box by its path, such as `moov/trak/mdia`, and what is in it."""

    path: str
    data: bytes


def boxes(data: bytes, under: str = "") -> Iterator[Box]:
    """
    Every box in the order of the file, the ones inside others after those.
    """
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start)
            start += 8
        path = f"{under}{kind.decode('latin-1')}"
        inside = data[start : at + size]
        yield Box(path, inside)
        if path.rpartition("/")[2] in CONTAINERS:
            yield from boxes(inside, f"{path}/")
        at += size


def order(data: bytes) -> list[str]:
    """
    The outermost boxes, in the order of the file.
    """
    return [box.path for box in boxes(data) if "/" not in box.path]


def seconds(data: bytes) -> float:
    """
    How long the film lasts, by its own header.
    """
    header = next(box.data for box in boxes(data) if box.path == "moov/mvhd")
    scale, units = (
        struct.unpack_from(">IQ", header, 20)
        if header[0]
        else struct.unpack_from(">II", header, 12)
    )
    return float(units / scale)


def tracks(data: bytes) -> list[str]:
    """
    `vide` for pictures, `soun` for sound.
    """
    return [box.data[8:12].decode() for box in boxes(data) if box.path.endswith("mdia/hdlr")]


class Video(NamedTuple):
    """How the pictures are coded."""

    codec: str
    width: int
    height: int


def video(data: bytes) -> Video:
    """
    The first entry of the first track's sample description.
    """
    entry = next(box.data for box in boxes(data) if box.path.endswith("stbl/stsd"))[8:]
    return Video(entry[4:8].decode(), *struct.unpack_from(">HH", entry, 32))
