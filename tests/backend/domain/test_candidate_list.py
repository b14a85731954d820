"""Which candidates a municipality sees: filter, order, pages, counts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.candidate_list import (
    AGE,
    ALL,
    CHOICES,
    LAST,
    NEW,
    PAGE,
    STATE,
    WAITING,
    Choice,
    choice,
    counted,
    ordered,
    sheet,
    shown,
)
from chalicelib.domain.candidates import Candidate
from chalicelib.domain.handover import ACTS, CONTACTED, DUO, OPENED
from tests.backend.samples import AALST, NOW

REST = timedelta(days=365)


def row(number: int, state: str = "", since: datetime = NOW, state_at: datetime = NOW) -> Candidate:
    waits = state in {"", OPENED}
    reference = f"MB-{number:04}-AAAA"
    expires = NOW + REST
    return Candidate(
        AALST, reference, since, since, state, state_at, waits, is_gone=False,
        expires_at=expires, version=1,
    )  # fmt: skip


def test_choices() -> None:
    """
    Each act can be chosen, and what nothing was done about.
    """
    assert set(ACTS) <= set(CHOICES.values())
    assert Choice(NEW) == choice("nieuw", "", "")


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "1e3", "²", "99999", "1 OR 1=1"])
def test_no_page(text: str) -> None:
    """
    What is no page, state or order asks for the usual ones.
    """
    assert Choice(WAITING, AGE, 1) == choice(text, text, text)


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        (Choice(), ""),
        (Choice(ALL), "stand=alle"),
        (Choice("duo", LAST, 3), "stand=duo&volgorde=laatst&blad=3"),
    ],
)
def test_query(wanted: Choice, query: str) -> None:
    """
    A choice can stand in an address, and come back from it.
    """
    parts = dict(part.split("=") for part in query.split("&") if part)

    assert query == wanted.query
    assert wanted == choice(
        parts.get("stand", ""), parts.get("volgorde", ""), parts.get("blad", "")
    )


def test_with() -> None:
    """
    Another state or order begins at the first page again.
    """
    assert Choice(ALL, LAST, 1) == Choice(WAITING, LAST, 4).with_(state=ALL)
    assert Choice(WAITING, LAST, 5) == Choice(WAITING, LAST, 4).with_(page=5)


def test_counts() -> None:
    """
    Every choice has its number, also of nothing.
    """
    counts = counted([row(1), row(2), row(3, OPENED), row(4, DUO)])

    assert set(CHOICES) == set(counts)
    assert (3, 2, 1, 1, 0, 4) == tuple(
        counts[name] for name in (WAITING, NEW, "gezien", "duo", "intake", ALL)
    )


def test_orders() -> None:
    """
    The longest waiting come first, or the last changed, or by state; the same each time.
    """
    day = timedelta(days=1)
    rows = [
        row(1, CONTACTED, NOW - 3 * day, NOW),
        row(2, "", NOW - 9 * day, NOW - 9 * day),
        row(3, OPENED, NOW - 3 * day, NOW - 1 * day),
    ]

    def found(order: str) -> list[str]:
        return [one.reference[3:7] for one in ordered(reversed(rows), Choice(ALL, order))]

    assert ["0002", "0001", "0003"] == found(AGE)
    assert ["0001", "0003", "0002"] == found(LAST)
    assert ["0002", "0003", "0001"] == found(STATE)


def test_pages() -> None:
    """
    Fifty on a page, each candidate on one; beyond the last is the last.
    """
    rows = [row(number) for number in range(2 * PAGE + 1)]
    pages = [sheet(rows, Choice(page=page)) for page in (1, 2, 3)]

    assert [50, 50, 1] == [len(page.rows) for page in pages]
    assert 2 * PAGE + 1 == len({one.reference for page in pages for one in page.rows})
    assert (3, 101) == (pages[0].pages, pages[0].total)
    assert pages[2] == sheet(rows, Choice(page=9999))


def test_nobody() -> None:
    """
    An empty list is one page.
    """
    assert (1, 0, ()) == (
        sheet([], Choice(page=7)).pages,
        sheet([], Choice()).total,
        sheet([], Choice()).rows,
    )


def test_shown() -> None:
    """
    What is gone or expired is not there; after a merger each candidate is there once.
    """
    one, gone, old, twice = (row(number) for number in range(4))
    rows = [
        one,
        replace(gone, is_gone=True),
        replace(old, expires_at=NOW),
        twice,
        replace(twice, receiver="41063"),
    ]

    assert (one, twice) == shown(rows, NOW)
