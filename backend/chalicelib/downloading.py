"""
Downloading: counts the file, and shows the way to it.

What is counted is a link that somebody followed: no look by a program (HEAD), no part of a file, no
page that a browser fetched in advance, no robot that says it is one. Nothing of who asks is kept.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol

from chalicelib.domain.calendar import local_date
from chalicelib.domain.downloads import FILES
from chalicelib.logs import Log
from chalicelib.web import Answer, Pages, Request, refused, see_other

log = Log(__name__)

_ROBOT = re.compile(r"(?<!cu)bot\b|crawl|spider", re.IGNORECASE)  # a Cubot is a telephone
_ADVANCE = ("sec-purpose", "purpose", "x-moz")
"""Where browsers say that they prefetch: by the Fetch standard, and before there was one."""


class Store(Protocol):
    def count_download(self, path: str, day: date) -> None: ...


class DownloadPages(Pages, Protocol):
    def url(self, path: str) -> str: ...


def download(
    path: str, method: str, request: Request, pages: DownloadPages, count: Callable[[str], None]
) -> Answer:
    """
    The way to a file of the toolkit; 404 for anything else. A count that fails is only told: who
    asked gets the file.
    """
    if path not in FILES:
        return refused(request, pages, 404, "Dit bestand bestaat niet (meer). Kijk in de toolkit.")
    if is_followed_link(method, request.headers):
        try:
            count(path)
        except Exception as error:  # whatever it is: a figure is worth less than a file
            log.error("download not counted", fault=error)
    return see_other(pages.url(path))


def counted_by(store: Callable[[], Store], now: Callable[[], datetime]) -> Callable[[str], None]:
    """Counts a file today; opens the table only when there is something to count."""
    return lambda path: store().count_download(path, local_date(now()))


def is_followed_link(method: str, headers: Mapping[str, str]) -> bool:
    """Whether somebody wants the file now, as far as a request tells."""
    return (
        method == "GET"
        and "range" not in headers
        and not any("prefetch" in headers.get(name, "").lower() for name in _ADVANCE)
        and not _ROBOT.search(headers.get("user-agent", ""))
    )
