"""
How wide words are, from the font files themselves, and where lines break.

Read with `struct` and not with fontTools: tests and site have only the standard library for it, and
a text that doesn't fit should be found there, not in a film.
"""

import struct
from functools import cache
from pathlib import Path
from typing import NamedTuple

from media import fonts


class Face:
    """One font file: the widths of its letters, in thousandths of the size."""

    def __init__(self, file: Path) -> None:
        data = file.read_bytes()
        (count,) = struct.unpack_from(">H", data, 4)
        tables = {
            tag: offset
            for tag, _, offset, _ in struct.iter_unpack(">4sIII", data[12 : 12 + 16 * count])
        }
        (units,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
        (metrics,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
        advances = struct.unpack_from(">" + "Hh" * metrics, data, tables[b"hmtx"])[::2]
        self._widths: dict[int, float] = {
            letter: advances[min(glyph, metrics - 1)] * 1000 / units
            for letter, glyph in _letters(data, tables[b"cmap"])
        }

    def width(self, text: str, size: float) -> float:
        """
        Pixels, without kerning, which only makes it less. A KeyError is a letter the font lacks.
        """
        return sum(self._widths[ord(letter)] for letter in text) * size / 1000


def _letters(data: bytes, cmap: int) -> list[tuple[int, int]]:
    """
    Letter and glyph from the table for Windows and Unicode, in the format (4) of nearly all fonts.
    """
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    offsets = {
        (platform, encoding): offset
        for platform, encoding, offset in struct.iter_unpack(
            ">HHI", data[cmap + 4 : cmap + 4 + 8 * count]
        )
    }
    start = cmap + offsets[3, 1]
    (twice,) = struct.unpack_from(">H", data, start + 6)
    ends, starts, deltas, ranges = (
        start + 14,
        start + 16 + twice,
        start + 16 + 2 * twice,
        start + 16 + 3 * twice,
    )
    found = []
    for at in range(0, twice, 2):
        (last,) = struct.unpack_from(">H", data, ends + at)
        (first,) = struct.unpack_from(">H", data, starts + at)
        (delta,) = struct.unpack_from(">H", data, deltas + at)
        (offset,) = struct.unpack_from(">H", data, ranges + at)
        for letter in range(first, min(last, 0xFFFE) + 1):
            if offset == 0:
                glyph = (letter + delta) % 0x10000
            else:
                place = ranges + at + offset + 2 * (letter - first)
                (glyph,) = struct.unpack_from(">H", data, place)
                glyph = (glyph + delta) % 0x10000 if glyph else 0
            if glyph:
                found.append((letter, glyph))
    return found


@cache
def face(file: Path) -> Face:
    """
    A font, read once.
    """
    return Face(file)


SERIF = "Mijnbuddy Serif"
SANS = "Mijnbuddy Sans"

FILES = {(SERIF, 700): fonts.SERIF, (SANS, 400): fonts.SANS, (SANS, 600): fonts.SANS_BOLD}


class Style(NamedTuple):
    """How a text is set; the size in pixels."""

    family: str
    weight: int
    size: float


def width(text: str, style: Style) -> float:
    """
    Pixels of a line of text.
    """
    return face(FILES[style.family, style.weight]).width(text, style.size)


def wrap(text: str, style: Style, room: float) -> list[str]:
    """
    The fewest lines that fit, as equally long as they get (`text-wrap: balance`).
    """
    fewest = len(_fill(text, style, room))
    narrow = room
    while narrow > style.size and len(_fill(text, style, narrow - 8)) <= fewest:
        narrow -= 8
    return _fill(text, style, narrow)


def _fill(text: str, style: Style, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, style) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
