"""The alarm for silence: only when chance does not explain it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.silence import WORTH_AN_ALARM, expected, history_days

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, four in the afternoon in Brussels
HOUR = timedelta(hours=1)


def every(step: timedelta, until: datetime = NOW, days: int = 28) -> Iterator[datetime]:
    moment = NOW - timedelta(days=days)
    while moment <= until:
        yield moment
        moment += step


def awaited(moments: Iterator[datetime], now: datetime = NOW) -> float:
    found = expected(moments, now)
    assert found is not None
    return found


def test_expected() -> None:
    """
    With one an hour, a silence of eight hours is a matter of eight that did not come.
    """
    assert 8 == pytest.approx(awaited(every(HOUR, until=NOW - 8 * HOUR)), rel=0.01)


def test_limit() -> None:
    """
    One in a thousand is where it becomes an alarm: 6 awaited may be chance, 7 are not.
    """
    assert awaited(every(HOUR, until=NOW - 6 * HOUR)) < WORTH_AN_ALARM
    assert awaited(every(HOUR, until=NOW - 7 * HOUR)) >= WORTH_AN_ALARM


def test_night() -> None:
    """
    Where everybody sleeps, a silent night is as usual.
    """
    by_day = [moment for moment in every(HOUR, until=NOW) if 8 <= moment.hour <= 20]
    morning = NOW + timedelta(hours=15)  # six o'clock UTC, the day after
    until_evening = [*by_day, *(NOW + number * HOUR for number in range(6))]

    assert awaited(iter(until_evening), morning) <= 1


def test_weekend() -> None:
    """
    Where nobody registers in the weekend, a silent weekend is as usual; a silent Monday is not.
    """
    weekdays = [one for one in every(HOUR) if one.weekday() < 5]
    friday = [one for one in weekdays if one < datetime(2026, 11, 20, 22, tzinfo=UTC)]

    assert awaited(iter(friday), datetime(2026, 11, 22, 22, tzinfo=UTC)) <= 3
    assert awaited(iter(friday), NOW) > WORTH_AN_ALARM


def test_holiday() -> None:
    """
    A public holiday expects nothing, and says nothing about an ordinary day.
    """
    christmas = datetime(2026, 12, 25, 15, tzinfo=UTC)  # a Friday
    moments = [
        christmas - timedelta(days=28) + number * HOUR
        for number in range(28 * 24)
        if christmas - timedelta(days=28) + number * HOUR
        < datetime(2026, 12, 24, 22, 30, tzinfo=UTC)
    ]

    assert awaited(iter(moments), christmas) < 1.1


def test_broadcast() -> None:
    """
    One evening of a thousand registrations does not make the next quiet evening an alarm.
    """
    evening = datetime(2026, 11, 16, 13, tzinfo=UTC)  # a Monday as well
    crowd = [evening + timedelta(seconds=number) for number in range(1000)]
    moments = [*every(HOUR, until=NOW - 2 * HOUR), *crowd]

    assert awaited(iter(moments)) < 4


@pytest.mark.parametrize(
    "moments",
    [
        [],
        list(every(HOUR, until=NOW - 9 * HOUR, days=20)),
        list(every(timedelta(days=2), until=NOW - 9 * HOUR)),
    ],
    ids=["nothing", "three weeks", "one in two days"],
)
def test_unknown(moments: list[datetime]) -> None:
    """
    With less than four weeks, or with too few registrations, nobody knows what is usual.
    """
    assert expected(moments, NOW) is None


def test_clock_change() -> None:
    """
    The night in which the clock goes back has its hour twice, and nothing breaks.
    """
    sunday = datetime(2026, 10, 25, 5, tzinfo=UTC)
    moments = [sunday - timedelta(days=28) + number * HOUR for number in range(27 * 24)]

    assert 25 == pytest.approx(awaited(iter(moments), sunday), rel=0.1)


def test_days() -> None:
    """
    29 days of the ledger are read, in order.
    """
    days = history_days(NOW)

    assert 29 == len(days)
    assert ("2026-10-26", "2026-11-23") == (days[0], days[-1])
    assert sorted(days) == days
