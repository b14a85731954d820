"""
What a template may ask about a file of the site, by the file's address: its format and its size in
words, the width and height of a picture, so that a page doesn't jump when it arrives, and where
the narrower copy of a preview is.
"""

import re
import struct
from math import ceil
from pathlib import Path, PurePosixPath
from typing import Any

from pelican import signals

from media.toolkit.catalogue import small

_DIGITS = 3  # of kB, before it reads better in MB

FORMATS = {
    ".avif": "AVIF",
    ".docx": "Word",
    ".html": "HTML",
    ".ics": "Agenda",
    ".jpg": "JPEG",
    ".mp4": "MP4",
    ".odt": "OpenDocument",
    ".pdf": "PDF",
    ".png": "PNG",
    ".svg": "SVG",
    ".txt": "Tekst",
    ".vtt": "WebVTT",
    ".webp": "WebP",
    ".zip": "Zip",
}


class UnknownFormatError(ValueError):
    """A file of a kind that we have no word for, or a picture that we can't measure."""


class Files:
    """Finds the file behind an address: below the theme's assets, or below the content."""

    def __init__(self, content: Path, assets: Path) -> None:
        self._content = content
        self._assets = assets

    def file_of(self, path: str) -> Path:
        """Where the file of an address (without the base) comes from."""
        if path.startswith("/theme/"):
            return self._assets / path.removeprefix("/theme/")
        return self._content / path.lstrip("/")

    def file_size(self, path: str) -> str:
        """Its size as a Dutch reader writes it. Raises OSError when there is no such file."""
        return in_words(self.file_of(path).stat().st_size)

    def image_size(self, path: str) -> tuple[int, int]:
        """Width and height in pixels. Raises OSError, UnknownFormatError."""
        return measured(self.file_of(path))


def file_format(name: str) -> str:
    """What a reader calls this kind of file. Raises UnknownFormatError."""
    ending = PurePosixPath(name).suffix
    if ending not in FORMATS:
        raise UnknownFormatError(f"{name}: what is {ending}? Add it to {__name__}.FORMATS")
    return FORMATS[ending]


def in_words(size: int) -> str:
    """Bytes in kB or MB of a thousand, rounded up: nobody waits longer than was said."""
    thousands = max(1, ceil(size / 1000))
    if len(str(thousands)) <= _DIGITS:
        return f"{thousands} kB"
    return f"{ceil(size / 100_000) / 10:.1f} MB".replace(".", ",").replace(",0", "")


def measured(file: Path) -> tuple[int, int]:
    """
    The width and height that a picture names itself.

    Raises UnknownFormatError.
    """
    content = file.read_bytes()
    if content.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[8:15] == b"WEBPVP8":
        return _webp(content)
    if box := re.search(rb"<svg[^>]*viewBox=\"0 0 (\d+) (\d+)\"", content):
        return int(box[1]), int(box[2])
    raise UnknownFormatError(
        f"{file}: neither PNG, WebP nor an SVG with a viewBox that starts at 0 0"
    )


def _webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = content[24:27], content[27:30]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF


def offer(pelican: Any) -> None:
    """Give the templates these questions, as filters of an address."""
    settings = pelican.settings
    files = Files(Path(settings["PATH"]), Path(settings["THEME"], "static/assets"))
    settings["JINJA_FILTERS"] |= {
        "file_format": file_format,
        "file_size": files.file_size,
        "image_size": files.image_size,
        "narrower": small,
    }


def register() -> None:
    signals.initialized.connect(offer)
