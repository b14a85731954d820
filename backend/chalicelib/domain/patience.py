"""
How long we wait before we ask again: from when a municipality is reminded, from when it is late,
and when the volunteer is asked how it went. Working days are those of Brussels, without the public
holidays; moments are in UTC.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.domain.calendar import (
    BRUSSELS,
    is_working_day,
    local_date,
    promised_by,
    working_days_after,
    working_days_between,
)
from chalicelib.domain.reply import AFTER_FOUR_WEEKS, AFTER_SIX_MONTHS

REMIND_AFTER = 5
"""Working days without anybody who opened it; and between two reminders of one municipality."""

REMIND_UNTIL = 20
"""
Working days after which a candidate is no reason for a reminder any more: there were three, and
the agency has her on its list since the tenth. A mail that comes each week for ever is not read.
"""

WORKDAY_ENDS = time(17, 0)
"""What was promised for a day did not happen when its offices close, not when they open."""

ASKED_AT = time(10, 0)
"""When the volunteer is asked: during the day, as a person would."""

ASKED_AFTER: Mapping[str, timedelta] = {
    AFTER_FOUR_WEEKS: timedelta(weeks=4),
    AFTER_SIX_MONTHS: timedelta(weeks=26),
}


def late_from(since: datetime) -> datetime:
    """From when a municipality that was asked at `since` is later than we promised."""
    return _at(promised_by(since), WORKDAY_ENDS)


def answered_by(asked_at: datetime) -> datetime:
    """
    Until when the volunteer has to say yes or no to an organisation: as long as a municipality has
    to open her before it is reminded, so that its next list has her.
    """
    return _at(working_days_after(local_date(asked_at), REMIND_AFTER), WORKDAY_ENDS)


def asked_from(registered_at: datetime, question: str) -> datetime:
    """From when she is asked one of our questions: on a working day."""
    day = local_date(registered_at + ASKED_AFTER[question])
    return _at(day if is_working_day(day) else working_days_after(day, 1), ASKED_AT)


def is_for_a_reminder(unopened_since: datetime, today: date, back: date | None = None) -> bool:
    """
    Whether what nobody opened since then is a reason to remind. `back`: the last day on which they
    were closed; the days in which nobody could open it don't make it too late to remind.
    """
    since = local_date(unopened_since)
    could_since = max(since, back) if back else since
    is_time = working_days_between(since, today) >= REMIND_AFTER
    return is_time and working_days_between(could_since, today) < REMIND_UNTIL


def near(today: date) -> tuple[date, ...]:
    """The working days that are so near to this one that a reminder on both is too much."""
    days = (today + timedelta(days=number) for number in range(-14, 15))
    return tuple(
        day
        for day in days
        if day != today
        and is_working_day(day)
        and working_days_between(min(day, today), max(day, today)) < REMIND_AFTER
    )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, BRUSSELS).astimezone(UTC)
