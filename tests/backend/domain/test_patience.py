"""When a municipality is reminded, when it is late, and when the volunteer is asked."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.patience import asked_from, is_for_a_reminder, late_from, near


@pytest.mark.parametrize(
    ("since", "late"),
    [
        (datetime(2026, 11, 23, 9, 30, tzinfo=UTC), datetime(2026, 12, 7, 16, 0, tzinfo=UTC)),
        # Christmas and New Year's Day are Fridays, and don't count.
        (datetime(2026, 12, 18, 9, 30, tzinfo=UTC), datetime(2027, 1, 5, 16, 0, tzinfo=UTC)),
        # Half past eleven in the evening, in UTC, is the next day in Brussels.
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 12, 8, 16, 0, tzinfo=UTC)),
        # In summer five o'clock is another hour in UTC.
        (datetime(2027, 6, 1, 9, 30, tzinfo=UTC), datetime(2027, 6, 15, 15, 0, tzinfo=UTC)),
    ],
)
def test_late(since: datetime, late: datetime) -> None:
    """
    Late is later than what was promised for the tenth working day: when its offices close.
    """
    assert late == late_from(since)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 12, 23), False),  # the fourth working day
        (date(2026, 12, 24), True),
        (date(2027, 1, 15), True),
        (date(2027, 1, 18), False),  # three reminders on, it is with the agency
    ],
)
def test_reminder(today: date, expected: bool) -> None:
    """
    From five working days after it was there, and not for ever.
    """
    assert expected == is_for_a_reminder(datetime(2026, 12, 17, 9, 30, tzinfo=UTC), today)


def test_christmas() -> None:
    """
    A public holiday is no day in which anybody could have opened it.
    """
    since = datetime(2026, 12, 18, 9, 30, tzinfo=UTC)

    assert not is_for_a_reminder(since, date(2026, 12, 25))
    assert is_for_a_reminder(since, date(2026, 12, 28))


def test_back_from_vacation() -> None:
    """
    After a long vacation it is not too late to remind, nor too early.
    """
    since, today = datetime(2027, 6, 30, 9, 0, tzinfo=UTC), date(2027, 8, 16)

    assert not is_for_a_reminder(since, today)
    assert is_for_a_reminder(since, today, back=date(2027, 8, 13))


def test_near() -> None:
    """
    The four working days before a day, and after it, whatever weekends and holidays lie between.
    """
    days = [22, 23, 24, 28, 30, 31, 4, 5]

    assert days == [day.day for day in near(date(2026, 12, 29))]


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("4w", datetime(2026, 12, 28, 9, 0, tzinfo=UTC)),  # the 25th is a holiday, then a weekend
        ("6m", datetime(2027, 5, 28, 8, 0, tzinfo=UTC)),
    ],
)
def test_question(code: str, asked: datetime) -> None:
    """
    A volunteer is asked in the morning of a working day.
    """
    assert asked == asked_from(datetime(2026, 11, 27, 9, 30, tzinfo=UTC), code)
