"""When nobody at a municipality is there, as it says itself."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.vacation import (
    MAX_DAYS,
    UnusableVacationError,
    Vacation,
    ended,
    read_days,
)
from tests.backend.samples import AALST, NOW

TODAY = NOW.date()
DAY = timedelta(days=1)


def vacation(first: date, last: date) -> Vacation:
    return Vacation(AALST, first, last, NOW, f"{AALST}-1", 1)


def test_covers() -> None:
    """
    From the first day up to and with the last.
    """
    away = vacation(TODAY, TODAY + 2 * DAY)
    days = [TODAY + number * DAY for number in range(-1, 4)]

    assert [False, True, True, True, False] == [away.covers(day) for day in days]
    assert [False, True] == [away.is_over(day) for day in days[-2:]]


@pytest.mark.parametrize(
    "typed",
    [
        ("2026-12-24", "2027-01-03"),
        ("24-12-2026", "3-1-2027"),
        (" 24/12/2026 ", "03.01.2027"),
    ],
)
def test_read(typed: tuple[str, str]) -> None:
    """
    Days are read as a browser's own field gives them, and as people type them.
    """
    assert (date(2026, 12, 24), date(2027, 1, 3)) == read_days(*typed, TODAY)


@pytest.mark.parametrize(
    ("first", "last", "fields"),
    [
        ("", "", {"first", "last"}),
        ("x", "2026-12-24", {"first"}),
        ("2026-02-30", "2026-12-24", {"first"}),
        ("²-1-2027", "2026-12-24", {"first"}),
        ("2026-12-24", "2026-12-23", {"last"}),
        ("2026-11-01", "2026-11-22", {"last"}),
        ("2020-01-01", "2026-12-24", {"first"}),
        ("2029-01-01", "2029-01-02", {"first"}),
        ("2026-12-01", "2027-01-30", {"last"}),
    ],
)
def test_wrong(first: str, last: str, fields: set[str]) -> None:
    """
    What can't be, is over, or is too long is refused, with what to do for each field.
    """
    with pytest.raises(UnusableVacationError) as refused:
        read_days(first, last, TODAY)
    assert fields == set(refused.value.errors)
    assert all(message.endswith(".") for message in refused.value.errors.values())


def test_longest() -> None:
    """
    Sixty days together are the most.
    """
    last = TODAY + (MAX_DAYS - 1) * DAY

    assert (TODAY, last) == read_days(TODAY.isoformat(), last.isoformat(), TODAY)
    with pytest.raises(UnusableVacationError):
        read_days(TODAY.isoformat(), (last + DAY).isoformat(), TODAY)


@pytest.mark.parametrize("first", [TODAY - 3 * DAY, TODAY, TODAY + 3 * DAY])
def test_ended(first: date) -> None:
    """
    Who is back, or did not go, is there from today on.
    """
    back = ended(vacation(first, first + 9 * DAY), "41002-2", NOW, TODAY)

    assert not any(back.covers(TODAY + number * DAY) for number in range(90))
    assert back.is_over(TODAY)
    assert (NOW, "41002-2") == (back.set_at, back.by)
