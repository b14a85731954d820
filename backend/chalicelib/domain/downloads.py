"""
How often each file of the toolkit and of the films was downloaded: a count per file per day of
Brussels, and nothing about who did it.

A link on the site leads to `/download/` and the address of the file: there it is counted, and
answered with the way to the file. The list of these files is `data/downloads.csv`; the build of the
site stops when it is not what the pages offer.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.municipalities import DATA

Counts = Mapping[str, int]
"""How often, by the address of the file (`/toolkit/affiche/affiche-a3.pdf`)."""


@dataclass(frozen=True)
class File:
    """A file, by its address; `item` is what it is part of, `what` how the page calls it."""

    path: str
    item: str
    what: str


@dataclass(frozen=True)
class Downloads:
    """How often a file was downloaded, by day; only the days on which somebody did."""

    path: str
    days: Mapping[date, int]


def _read() -> dict[str, File]:
    with (DATA / "downloads.csv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: File(**row) for row in csv.DictReader(file)}


FILES: Mapping[str, File] = _read()
"""The files that are counted, by their address, in the order of the pages."""


def downloaded(counted: Iterable[Downloads], as_of: date) -> Counts | None:
    """
    How often each file was downloaded up to and with a day: all of today, and those of before. None
    where that is not known: before the first one was counted.
    """
    found: Counter[str] = Counter(dict.fromkeys(FILES, 0))
    is_known = False
    for one in counted:
        for day, count in one.days.items():
            if day <= as_of:
                found[one.path] += count
                is_known = True
    return found if is_known else None
