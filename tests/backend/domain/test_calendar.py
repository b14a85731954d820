"""Working days and dates in Belgium."""

from datetime import UTC, date, datetime, timedelta

import pytest
from holidays import country_holidays

from chalicelib.domain.calendar import (
    PROMISED,
    date_in_words,
    holidays,
    in_words,
    is_working_day,
    local_date,
    promised_by,
    working_days_after,
)


def test_against_the_library() -> None:
    """
    The file has the public holidays of every one of its years, as the library `holidays` has them.
    """
    years = range(min(holidays()).year, max(holidays()).year + 1)

    assert set(country_holidays("BE", years=years)) == holidays()


def test_reaches_far_enough() -> None:
    """
    The file reaches at least two years ahead: `python -m infra.holidays` makes it anew.
    """
    today = datetime.now(UTC).date()

    assert date(today.year + 2, 12, 25) in holidays()
    assert date(2025, 1, 1) in holidays()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), True),  # Monday
        (date(2026, 11, 27), True),
        (date(2026, 11, 28), False),  # Saturday
        (date(2026, 11, 29), False),
        (date(2026, 11, 11), False),  # Wednesday, armistice
        (date(2026, 7, 21), False),  # national holiday
        (date(2026, 4, 6), False),  # Easter Monday
    ],
)
def test_working_days(day: date, expected: bool) -> None:
    """
    Neither a weekend nor a public holiday is a working day.
    """
    assert expected == is_working_day(day)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 23), 10, date(2026, 12, 7)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a weekend
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # from a weekend
        (date(2026, 11, 10), 1, date(2026, 11, 12)),  # over 11 November
        (date(2026, 12, 21), 10, date(2027, 1, 6)),  # over Christmas and New Year
    ],
)
def test_counting(day: date, count: int, expected: date) -> None:
    """
    The day itself does not count, nor do days that nobody works.
    """
    assert expected == working_days_after(day, count)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T22:59:59", date(2026, 11, 23)),  # 23.59 in winter
        ("2026-11-23T23:00:00", date(2026, 11, 24)),
        ("2026-07-01T21:59:59", date(2026, 7, 1)),  # 23.59 in summer
        ("2026-07-01T22:00:00", date(2026, 7, 2)),
        ("2027-03-27T23:00:00", date(2027, 3, 28)),  # the night that the clock goes forward
        ("2027-03-28T21:59:59", date(2027, 3, 28)),
        ("2027-03-28T22:00:00", date(2027, 3, 29)),
        ("2027-10-30T22:00:00", date(2027, 10, 31)),  # and back
        ("2027-10-31T22:59:59", date(2027, 10, 31)),
        ("2027-10-31T23:00:00", date(2027, 11, 1)),
    ],
)
def test_local_date(moment: str, expected: date) -> None:
    """
    The date is that of Brussels, in summer and in winter.
    """
    assert expected == local_date(datetime.fromisoformat(moment).replace(tzinfo=UTC))


def test_promise() -> None:
    """
    The promise is ten working days, counted from the date in Brussels.
    """
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # Tuesday already, in Brussels

    assert 10 == PROMISED
    assert date(2026, 12, 7) == promised_by(late - timedelta(hours=1))
    assert date(2026, 12, 8) == promised_by(late)


def test_in_words() -> None:
    """
    A date reads as people say it.
    """
    assert "dinsdag 8 december 2026" == in_words(date(2026, 12, 8))
    assert "zondag 1 maart 2026" == in_words(date(2026, 3, 1))


def test_date_in_words() -> None:
    """
    A date without its weekday, as a page shows it.
    """
    assert "8 december 2026" == date_in_words(date(2026, 12, 8))
