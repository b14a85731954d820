"""Days and totals: sums of what entries add."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.campaigns import CAMPAIGNS
from chalicelib.domain.figures import (
    MAX_SOURCES,
    NOTHING,
    OTHER,
    Tally,
    day_of,
    days,
    is_final,
    partitions,
    plus,
    tally,
)
from chalicelib.domain.ledger import Entry
from chalicelib.domain.outbox import Event
from tests.backend.samples import AALST, GENT, NOW

DAY = timedelta(days=1)


def entry(adds: Mapping[str, int], place: str = AALST, source: str = "") -> Entry:
    return Entry("MB-1", 1, Event(NOW, "registered"), place, source, adds)


def test_tally() -> None:
    """
    In all, by place and by campaign; what adds up to nothing is left out.
    """
    found = tally(
        [
            entry({"registered": 1, "status:new": 1}),
            entry({"status:new": -1, "status:under-way": 1}),
            entry({"registered": 1}, GENT, "infoavond"),
            entry({}, "", ""),
        ]
    )

    assert {"registered": 2, "status:under-way": 1} == found.total
    assert {AALST: {"registered": 1, "status:under-way": 1}, GENT: {"registered": 1}} == (
        found.places
    )
    assert {"": {"registered": 1, "status:under-way": 1}, "infoavond": {"registered": 1}} == (
        found.sources
    )


def test_plus() -> None:
    """
    A total and a day make the next total; equal figures are in the same order.
    """
    total = tally([entry({"registered": 1, "status:new": 1})])
    day = tally([entry({"status:new": -1, "duos": 1}), entry({"registered": 1}, GENT, "a")])
    after = plus(total, day)

    assert ["duos", "registered"] == list(after.total)
    assert [AALST, GENT] == list(after.places)
    assert {"registered": 1, "duos": 1} == after.places[AALST]
    assert total == plus(total, NOTHING) == plus(NOTHING, total)


def test_many_campaigns() -> None:
    """
    However many codes somebody makes up, a total keeps its size, and those known stay apart.
    """
    found: Tally = NOTHING
    for number in range(3):
        codes = [f"code-{number}-{code:04}" for code in range(MAX_SOURCES)]
        found = plus(found, tally(entry({"registered": 1}, source=one) for one in codes))
    more = plus(found, tally([entry({"registered": 1}, source="code-0-0000"), entry({"a": 1})]))

    assert MAX_SOURCES + 1 == len(found.sources)
    assert 2 * MAX_SOURCES == found.sources[OTHER]["registered"]
    assert (2, 1) == (more.sources["code-0-0000"]["registered"], more.sources[""]["a"])
    assert found.total["registered"] == 3 * MAX_SOURCES


def test_our_campaigns() -> None:
    """
    A code of our own list is counted apart, however many somebody made up before it.
    """
    made_up = (entry({"registered": 1}, source=f"code-{one}") for one in range(MAX_SOURCES + 1))
    found = tally([*made_up, *(entry({"registered": 1}, source=one) for one in CAMPAIGNS)])

    assert set(CAMPAIGNS) < set(found.sources)
    assert {"registered": 1} == found.sources[OTHER]


@pytest.mark.parametrize(
    ("day", "expected", "hours"),
    [
        ("2026-11-23", ("2026-11-22", "2026-11-23"), 24),
        ("2026-07-01", ("2026-06-30", "2026-07-01"), 24),
        ("2026-03-29", ("2026-03-28", "2026-03-29"), 23),  # summer time begins
        ("2026-10-25", ("2026-10-24", "2026-10-25"), 25),  # and ends
    ],
)
def test_day(day: str, expected: tuple[str, ...], hours: int) -> None:
    """
    A day is one of Brussels, also when it is an hour longer or shorter; its entries are in those
    days of the ledger, and nowhere else.
    """
    first = datetime.fromisoformat(day).replace(tzinfo=UTC) - DAY
    moments = [first + timedelta(minutes=30 * number) for number in range(150)]
    found = [
        one for one in moments if day_of(Entry("", 1, Event(one, ""))) == date.fromisoformat(day)
    ]

    assert expected == partitions(date.fromisoformat(day))
    assert set(expected) == {one.date().isoformat() for one in found}
    assert hours == len(found) / 2


def test_known_later() -> None:
    """
    What SES tells days later belongs to the day on which we knew.
    """
    late = Event(NOW, "delivered", AALST, mail="forwarding", noted_at=NOW + 3 * DAY)

    assert date(2026, 11, 26) == day_of(Entry("MB-1", 4, late))


def test_final() -> None:
    """
    Final once a repair came to its end that began two hours after the day did; unknown is not.
    """
    day = date(2026, 11, 23)
    at = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # two in Brussels

    assert is_final(day, at)
    assert not is_final(day, at - timedelta(seconds=1))
    assert not is_final(day + DAY, at)
    assert not is_final(day, None)


def test_days() -> None:
    """
    Each day, the first and the last too; none where the last is before the first.
    """
    day = date(2026, 11, 23)

    assert [day, day + DAY] == list(days(day, day + DAY))
    assert [] == list(days(day, day - DAY))
