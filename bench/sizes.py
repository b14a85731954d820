"""What a visitor downloads: the heaviest page of each kind, and the files beside the pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli

STYLESHEET = "theme/style.css"
BESIDE = (STYLESHEET, "theme/site.js", "theme/icon.svg", "finder.json")


@dataclass(frozen=True)
class Size:
    """A file: its bytes on disk, and as a browser gets them (brotli, the level of a CDN's best)."""

    path: str
    raw: int
    compressed: int


@dataclass(frozen=True)
class Kind:
    """Pages in one folder: how many, and the heaviest of them."""

    name: str
    count: int
    heaviest: Size


def size(site: Path, path: str) -> Size:
    content = (site / path).read_bytes()
    return Size(path, len(content), len(brotli.compress(content)))


def kinds(site: Path) -> Iterator[Kind]:
    """The home page, then the pages of each folder; a page of its own counts with the top."""
    by_folder: dict[str, list[str]] = {}
    for file in sorted(site.rglob("*.html")):
        path = file.relative_to(site)
        folder = "/" if len(path.parts) <= 2 else f"/{path.parts[0]}/*"  # noqa: PLR2004
        by_folder.setdefault(folder if len(path.parts) > 1 else f"/{path}", []).append(str(path))
    for folder, paths in sorted(by_folder.items()):
        heaviest = max((size(site, path) for path in paths), key=lambda one: one.compressed)
        yield Kind(folder, len(paths), heaviest)


def beside(site: Path) -> list[Size]:
    """The stylesheet, the script and the like."""
    return [size(site, path) for path in BESIDE]
