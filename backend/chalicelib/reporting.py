"""Reporting: gets the figures of a date and makes a document of them; writes nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib import counting
from chalicelib.domain.calendar import local_date
from chalicelib.domain.downloads import Downloads
from chalicelib.domain.external import External, known
from chalicelib.domain.figures import FIRST_DAY
from chalicelib.domain.report import DOWNLOAD, WEEK, Known, Question, weekly


class Store(counting.Reading, Protocol):
    def externals(self) -> Iterable[External]: ...
    def downloads(self) -> Iterable[Downloads]: ...


TO_COME, TOO_EARLY, NOT_BEFORE = "to-come", "too-early", "not-before"
"""A day after today; one from before there was a site; one to compare with that is not before."""


class UnanswerableError(ValueError):
    """No figures can be asked of such a day; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def answerable(question: Question, now: datetime) -> Question:
    """
    The question, with what it leaves open filled in.

    Raises `UnanswerableError`.
    """
    today = local_date(now)
    known_by = question.known_by or question.as_of
    if max(question.as_of, known_by) > today:
        raise UnanswerableError(TO_COME)
    if min(question.as_of, question.since or question.as_of) < FIRST_DAY:
        raise UnanswerableError(TOO_EARLY)
    if question.since and question.since >= question.as_of:
        raise UnanswerableError(NOT_BEFORE)
    return replace(question, known_by=known_by)


def figures(question: Question, store: Store, now: datetime) -> Known:
    """What is known to answer it with; `question` comes from `answerable`."""
    known_by = question.known_by or question.as_of
    total, is_final = counting.total_on(store, question.as_of)
    before = counting.total_on(store, question.since)[0] if question.since else None
    first = question.since + timedelta(days=1) if question.since else FIRST_DAY
    added = counting.added_between(store, first, question.as_of)
    days = ((day, adds.total) for day, adds in added)  # read only when it is asked
    return Known(
        total=total,
        before=before,
        weeks=weekly(days) if question.by == WEEK else (),
        externals=known(store.externals(), question.as_of, known_by),
        downloads=tuple(store.downloads()) if question.by == DOWNLOAD else (),
        is_final=is_final and known_by < local_date(now),
    )
