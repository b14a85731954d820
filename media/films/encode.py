"""The only part that needs a rasteriser (resvg) and an encoder (ffmpeg with x264)."""

import io
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import resvg_py
from PIL import Image

from media import fonts
from media.films import record
from media.films.frames import LAYOUTS, WIDE, Film
from media.films.storyboard import Storyboard
from media.films.timing import FPS, VOICE_STARTS, Slot, slots, voice_files

RATE = 48_000
_SAMPLE = 2
"""Bytes: signed 16 bits, one channel."""

_FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


class TooLargeError(ValueError):
    """A film that takes more than our visitors' data plans should."""


def render(folder: Path, storyboard: Storyboard) -> record.Record:
    """
    Makes all files of a film in its folder, and the record of them last.
    """
    speech = [_samples(file) if file else None for file in voice_files(folder, storyboard.scenes)]
    voices = [None if heard is None else len(heard) / _SAMPLE / RATE for heard in speech]
    times = slots(storyboard.scenes, voices)
    most = record.MOST_BYTES_A_MINUTE * times[-1].end / 60
    for layout, name in zip(LAYOUTS, (record.FILM, record.SQUARE), strict=True):
        for crf in record.CRFS:
            _encode(Film(storyboard, times, layout), times, speech, folder / name, crf)
            # The limit is for 720 lines; as many bytes for each pixel of the square.
            size = (folder / name).stat().st_size * WIDE.pixels / layout.pixels
            if size <= most:
                break
        else:
            raise TooLargeError(f"{storyboard.slug}: {name} has {size:.0f} of {most:.0f} bytes")
    _posters(Film(storyboard, times, WIDE), times, folder)
    for name, text in record.texts(storyboard, times).items():
        (folder / name).write_text(text, encoding="utf-8")

    sizes = {name: (folder / name).stat().st_size for name in record.FINISHED}
    made = record.Record(
        fingerprint=record.fingerprint(folder, storyboard, voices),
        seconds=times[-1].end,
        voices=tuple(voices),
        starts=tuple(slot.start for slot in times),
        files=sizes,
    )
    record.save(folder, made)
    return made


def measured(folder: Path, storyboard: Storyboard) -> list[float | None]:
    """
    The length of each scene's recording, in seconds.
    """
    files = voice_files(folder, storyboard.scenes)
    return [len(_samples(file)) / _SAMPLE / RATE if file else None for file in files]


def picture(svg: str) -> Image.Image:
    """
    One frame in pixels, with our fonts and no others.
    """
    png = resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=[str(file) for file in fonts.ALL]
    )
    return Image.open(io.BytesIO(png)).convert("RGB")


def _encode(
    film: Film, times: Sequence[Slot], speech: Sequence[bytes | None], target: Path, crf: int
) -> None:
    size = f"{film.layout.width}x{film.layout.height}"
    images = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(FPS), "-i", "-")
    with tempfile.NamedTemporaryFile(suffix=".pcm") as sound, tempfile.TemporaryFile() as log:
        heard = _mixed(times, speech)
        sound.write(heard)
        sound.flush()
        tape = ("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", sound.name) if heard else ()
        command = [
            *(_FFMPEG, "-hide_banner", "-loglevel", "error", "-y", *images, *tape),
            *(
                "-vf",
                record.FILTER,
                *record.VIDEO,
                "-crf",
                str(crf),
                *(record.AUDIO if heard else ()),
            ),
            *("-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart"),
            str(target),
        ]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log) as ffmpeg:  # noqa: S603
            stdin: IO[bytes] | None = ffmpeg.stdin
            if stdin is None:
                raise RuntimeError("ffmpeg takes no input")
            try:
                for pixels in _pixels(film, record.frames(times)):
                    stdin.write(pixels)
            except BrokenPipeError:
                pass  # what ffmpeg has to say about it follows
            ffmpeg.communicate()
        if ffmpeg.returncode:
            log.seek(0)
            raise RuntimeError(f"{target.name}: {log.read().decode(errors='replace').strip()}")


def _pixels(film: Film, count: int) -> Iterator[bytes]:
    """
    A moment in which nothing moves is drawn once.
    """
    before, pixels = "", b""
    for frame in range(count):
        svg = film.svg(frame / FPS)
        if svg != before:
            before, pixels = svg, picture(svg).tobytes()
        yield pixels


def _samples(file: Path) -> bytes:
    command = [_FFMPEG, "-v", "error", "-i", str(file), "-f", "s16le", "-ac", "1"]
    command += ["-ar", str(RATE), "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603


def _mixed(times: Sequence[Slot], speech: Sequence[bytes | None]) -> bytes:
    """
    Each recording at its scene, silence between; nothing at all if nobody speaks.
    """
    if not any(speech):
        return b""
    track = bytearray(round(times[-1].end * RATE) * _SAMPLE)
    for slot, heard in zip(times, speech, strict=True):
        if heard:
            at = round((slot.start + VOICE_STARTS) * RATE) * _SAMPLE
            track[at : at + len(heard)] = heard
    return bytes(track)


def _posters(film: Film, times: Sequence[Slot], folder: Path) -> None:
    image = picture(film.svg(times[0].end - record.POSTER_AT))
    for name in record.POSTERS:
        options = {"optimize": True, "progressive": True} if name.endswith(".jpg") else {}
        kind = re.sub(r"^.*(?=\.)", "", name)
        image.save(folder / name, quality=record.POSTER_QUALITY[kind], **options)
