"""
The addresses at which the files of the toolkit and of the films are downloaded, and counted: below
`/download/` (`chalicelib.domain.downloads`).

There the function that counts them answers, and shows the way to the file itself. The site has each
file at that address as well: so the links work wherever it is served without the functions, and in
production when those don't answer.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pelican import signals

from chalicelib.domain.downloads import FILES, File
from chalicelib.domain.site import download_path

LIST = "backend/chalicelib/domain/data/downloads.csv"


class NotCountedError(ValueError):
    """A page offers a file that is not in the list."""


def counted(path: str) -> str:
    """The address at which a file is downloaded. Raises NotCountedError."""
    if path not in FILES:
        raise NotCountedError(f"{path}: add it to {LIST}")
    return download_path(path)


def offered(context: Any) -> Iterator[File]:
    """What the pages offer, in the order of the list."""
    for page in context["toolkit"]:
        for one in page.item.files:
            yield File(page.path + one.file, page.title, one.what)
    for film in context["films"]:
        for one in film.downloads:
            yield File(film.path + one.file, film.storyboard.title, one.what)


def check(generators: list[Any]) -> None:
    """End the build where the list is not what the pages offer: each difference has a line."""
    there = {file.path: file for file in offered(generators[0].context)}
    wrong = [
        f"{LIST}: {path}: the pages say {there.get(path)}"
        for path in sorted({*there, *FILES})
        if there.get(path) != FILES.get(path)
    ]
    if wrong:
        sys.exit("\n".join(wrong))


def place(pelican: Any) -> None:
    """Put a copy of each file at the address where it is counted."""
    output = Path(pelican.output_path)
    for path in FILES:
        second = output / download_path(path).lstrip("/")
        second.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(output / path.lstrip("/"), second)


def offer(pelican: Any) -> None:
    pelican.settings["JINJA_FILTERS"] |= {"counted": counted}


def register() -> None:
    signals.initialized.connect(offer)
    signals.all_generators_finalized.connect(check)
    signals.finalized.connect(place)
