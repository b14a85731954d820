"""
Silence: how likely it is that nobody registers for so long, given the last four weeks.

Registrations come one by one and by themselves, so how many come in a while follows Poisson: none
come with a chance of e^-expected. What is expected is the mean of the same hours on the same days
of the week. Where it errs, it errs to the side of no alarm: public holidays expect nothing, and an
hour with a crowd (a broadcast) counts no more than the next busiest.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from chalicelib.domain.calendar import BRUSSELS, holidays, local_date

MAX_CHANCE = 1 / 1000
"""A silence less likely than this is no chance."""

WORTH_AN_ALARM = -math.log(MAX_CHANCE)
"""How many registrations must have been expected: 6.9."""

WEEKS = 4
HISTORY = timedelta(weeks=WEEKS)

MIN_REGISTRATIONS = 28
"""Fewer in four weeks tell too little, and would need a week of silence."""

FEW = 3
"""So many in an hour are no crowd, whatever came in the same hour of the other weeks."""

HOUR = timedelta(hours=1)


def history_days(now: datetime) -> list[str]:
    """The days (UTC) of which the ledger must be read: four weeks and today, 29 of them."""
    today = now.date()
    return [(today - timedelta(days=back)).isoformat() for back in range(7 * WEEKS, -1, -1)]


def expected(registered: Iterable[datetime], now: datetime) -> float | None:
    """
    How many registrations the time since the last one should have brought.

    None when four weeks of history are not there, or hold too little.
    """
    moments = sorted(moment for moment in registered if now - HISTORY <= moment <= now)
    if len(moments) < MIN_REGISTRATIONS or moments[0] > now - HISTORY + timedelta(weeks=1):
        return None
    last = moments[-1]
    rates = _rates(moments, _days(now, last))
    return math.fsum(
        rates.get((hour.weekday(), hour.hour), 0.0) * share
        for hour, share in _hours(last, now)
        if hour.date() not in holidays()
    )


def _days(now: datetime, last: datetime) -> list[date]:
    """The whole days before the silence that tell what is usual."""
    first = local_date(now - HISTORY) + timedelta(days=1)
    count = (local_date(last) - first).days
    days = (first + timedelta(days=number) for number in range(count))
    return [day for day in days if day not in holidays()]


def _rates(moments: Sequence[datetime], days: Sequence[date]) -> dict[tuple[int, int], float]:
    """How many come in an hour of a day of the week, by (day of the week, hour)."""
    by_day: dict[date, Counter[int]] = {day: Counter() for day in days}
    for moment in moments:
        local = moment.astimezone(BRUSSELS)
        if local.date() in by_day:
            by_day[local.date()][local.hour] += 1
    by_hour: dict[tuple[int, int], list[int]] = defaultdict(list)
    for day, counted in by_day.items():
        for hour in range(24):
            by_hour[day.weekday(), hour].append(counted[hour])
    return {hour: _usual(counts) for hour, counts in by_hour.items()}


def _usual(counts: Sequence[int]) -> float:
    """The mean, in which a crowd counts as the next busiest."""
    *_, next_busiest, _ = [0, *sorted(counts)]
    return math.fsum(min(count, max(next_busiest, FEW)) for count in counts) / len(counts)


def _hours(start: datetime, end: datetime) -> Iterable[tuple[datetime, float]]:
    """The hours of a span in local time, each with how much of it falls within."""
    at = start
    while at < end:
        local = at.astimezone(BRUSSELS)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        until = min(at + (HOUR - into), end)
        yield datetime.combine(local.date(), time(local.hour)), (until - at) / HOUR
        at = until
