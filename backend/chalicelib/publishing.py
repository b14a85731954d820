"""
Publishing: puts the page of the figures, and the same as files, where everybody can read them.

It reads the totals of two days and what at most a year of days added, whatever number of people
registered before; the same moment gives the same bytes.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from chalicelib import counting
from chalicelib.content_types import content_type
from chalicelib.domain import figures_files
from chalicelib.domain.calendar import BRUSSELS, local_date
from chalicelib.domain.downloads import Downloads, downloaded
from chalicelib.domain.external import External, known
from chalicelib.domain.figures_page import values
from chalicelib.domain.published import Publication, first_of_curve, last_sunday, publication
from chalicelib.domain.report import weekly
from chalicelib.domain.site import FIGURES
from chalicelib.logs import Log

log = Log(__name__)


class Store(counting.Reading, Protocol):
    def externals(self) -> Iterable[External]: ...
    def downloads(self) -> Iterable[Downloads]: ...


class Pages(Protocol):
    @property
    def origin(self) -> str: ...
    def url(self, path: str) -> str: ...
    def render(self, name: str, here: str, **values: Any) -> str: ...


class Bucket(Protocol):
    def put(self, path: str, text: str, content_type: str) -> None: ...


def publish(store: Store, pages: Pages, bucket: Bucket, at: datetime) -> Publication:
    """
    Publish the figures as they are; returns them. Nothing counted yet is published as not known.

    The page comes last: what it leads to is there when it is.
    """
    published = gathered(store, at)
    for path, text in files(published).items():
        bucket.put(path, text, content_type(path))
    path = f"{FIGURES}index.html"
    bucket.put(path, page(published, pages), content_type(path))
    log.info("figures published")
    return published


def gathered(store: Store, at: datetime) -> Publication:
    """What there is to publish at a moment."""
    today = local_date(at)
    total = before = None
    weeks = []
    if store.progress().through:  # else nobody counted, and looking for a first day reads it all
        total, _ = counting.total_on(store, today)
        before, _ = counting.total_on(store, last_sunday(today))
        added = counting.added_between(store, first_of_curve(today), today)
        weeks = list(weekly((day, adds.total) for day, adds in added))
    externals = known(store.externals(), today, today)
    downloads = downloaded(store.downloads(), today)
    return publication(
        at.astimezone(BRUSSELS), total, before, weeks, externals, downloads=downloads
    )


def files(published: Publication) -> dict[str, str]:
    """The text of every file, by its address."""
    makers: dict[str, Callable[[Publication], str]] = {
        figures_files.JSON: figures_files.as_json,
        figures_files.CSV: figures_files.as_csv,
        figures_files.PACKAGE: figures_files.package,
    }
    made = {path: make(published) for path, make in makers.items()}
    return {figures_files.SCHEMA: figures_files.schema(), **made}


def page(published: Publication, pages: Pages) -> str:
    """The page as HTML."""
    return pages.render("figures", FIGURES, **values(published, pages.origin + pages.url("")))
