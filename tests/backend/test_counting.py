"""Counting: the figures of each day, made final by the repair, and counted again when they must."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.counting import (
    Difference,
    added_between,
    count,
    recount,
    recounted,
    reopen,
    repaired,
    total_on,
)
from chalicelib.domain.figures import Progress, Sheet
from chalicelib.domain.ledger import Entry
from chalicelib.domain.outbox import Event
from chalicelib.expiring import clean_up
from chalicelib.projection import project, repair
from chalicelib.store import Store
from tests.backend import aws as aws_in_memory
from tests.backend.fakes import FakeStore
from tests.backend.samples import AALST, NOW, registration

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = date(2026, 11, 23)
AnyStore = Store | FakeStore


@pytest.fixture(params=["fake", "dynamodb"])
def table(request: pytest.FixtureRequest) -> AnyStore:
    if request.param == "fake":
        return FakeStore()
    request.getfixturevalue("aws")
    return Store(aws_in_memory.dynamodb(), aws_in_memory.TABLE)


def sign_up(store: AnyStore, number: int, at: datetime = NOW) -> None:
    one = registration(number, at)
    store.add(one)
    project(None, one, store)


def registered(store: AnyStore, day: date) -> int | None:
    total = store.total(day)
    return total.total.get("registered", 0) if total else None


def test_nothing(table: AnyStore) -> None:
    """
    Without entries there is a day with nothing in it; before it nothing is known.
    """
    count(table, NOW)

    assert 0 == registered(table, TODAY)
    assert (None, True) == total_on(table, TODAY - DAY)
    assert Progress(TODAY - DAY, None, 1) == table.progress()


def test_count(table: AnyStore) -> None:
    """
    From the first day of the ledger on, each day has what it added and the total up to it.
    """
    for number, at in enumerate([NOW, NOW + DAY, NOW + DAY, NOW + 3 * DAY]):
        sign_up(table, number, at)
    last = count(table, NOW + 3 * DAY)

    days = [TODAY + number * DAY for number in range(4)]
    assert [1, 3, 3, 4] == [registered(table, day) for day in days]
    assert last == table.sheet(days[3])
    added = [adds.total.get("registered", 0) for _, adds in table.day_figures(days[0], days[3])]
    assert [1, 2, 0, 1] == added


def test_twice(table: AnyStore) -> None:
    """
    Counted twice is counted once; what came meanwhile is in it.
    """
    sign_up(table, 1)
    first, second = count(table, NOW), count(table, NOW + HOUR)
    sign_up(table, 2, NOW + HOUR)
    count(table, NOW + 2 * HOUR)

    assert first == second
    assert 2 == registered(table, TODAY)


def test_skipped(table: AnyStore) -> None:
    """
    Runs that never came make no difference.
    """
    sign_up(table, 1)
    sign_up(table, 2, NOW + 2 * DAY)
    count(table, NOW + 9 * DAY)

    assert [1, 1, 2, 2] == [registered(table, TODAY + number * DAY) for number in (0, 1, 2, 9)]


def test_out_of_time(table: AnyStore) -> None:
    """
    Without time it counts a day, and goes on from the last that was final.
    """
    sign_up(table, 1)
    repaired(table, NOW + 9 * DAY)
    for _ in range(3):
        last = count(table, NOW + 9 * DAY, lambda: False)

    assert last
    assert TODAY + 2 * DAY == last.day == table.progress().through


def test_final(table: AnyStore) -> None:
    """
    A day is final when a repair that began after its end came to its own end, and not before.
    """
    sign_up(table, 1)
    count(table, NOW + 5 * DAY)
    assert TODAY - DAY == table.progress().through
    repaired(table, NOW + DAY)
    count(table, NOW + 5 * DAY)

    assert TODAY == table.progress().through
    assert total_on(table, TODAY)[1]
    assert not total_on(table, TODAY + DAY)[1]


def test_late_entry(store: FakeStore) -> None:
    """
    An entry that the stream missed opens its day, and the figures of all days after it follow.
    """
    sign_up(store, 1)
    repaired(store, NOW + 3 * DAY)
    count(store, NOW + 3 * DAY)
    store.add(registration(2, NOW))
    assert 1 == registered(store, TODAY + 2 * DAY)
    repair(store, NOW + 3 * DAY)
    assert TODAY - DAY == store.progress().through
    count(store, NOW + 3 * DAY)

    assert [2, 2, 2] == [registered(store, TODAY + number * DAY) for number in range(3)]
    assert TODAY + 2 * DAY == store.progress().through
    assert [TODAY, TODAY + DAY, TODAY + 2 * DAY] == list(recount(store))


def test_entry_while_counting(store: FakeStore) -> None:
    """
    An entry that is added after a day was read, and before it is final, is not lost: that run stops
    and the next one counts it.
    """
    sign_up(store, 1)
    repaired(store, NOW + 3 * DAY)
    save = store.save_sheet

    def interrupted(sheet: Sheet) -> None:
        save(sheet)
        store.save_sheet = save  # type: ignore[method-assign]
        store.add(registration(2, NOW))
        repair(store, NOW + 3 * DAY)

    store.save_sheet = interrupted  # type: ignore[method-assign]
    count(store, NOW + 3 * DAY)
    assert 1 == registered(store, TODAY)
    count(store, NOW + 3 * DAY)

    assert 2 == registered(store, TODAY)
    assert [] == [one for one in recount(store) if isinstance(one, Difference)]


def test_expired_long_ago(store: FakeStore) -> None:
    """
    Who turns out to have expired on a day that is final opens that day.
    """
    one = registration()
    sign_up(store, 1)
    later = one.expires_at + 5 * DAY
    repaired(store, later)
    count(store, later)
    clean_up(store, later, lambda: True)
    count(store, later)

    total, _ = total_on(store, one.expires_at.date())
    assert total
    assert (1, 1) == (total.total["expired"], total.total["status:expired"])
    assert [] == [one for one in recount(store) if isinstance(one, Difference)]


def test_before_the_first(store: FakeStore) -> None:
    """
    Entries of before the first day, as of another system, count from their own day on.
    """
    sign_up(store, 1)
    count(store, NOW)
    sign_up(store, 2, NOW - 9 * DAY)
    reopen(store, TODAY - 9 * DAY)
    count(store, NOW)

    assert [1, 1, 2] == [registered(store, TODAY - number * DAY) for number in (9, 1, 0)]


def test_not_yet_counted(store: FakeStore) -> None:
    """
    Who asks for a day that is not final gets what the ledger tells now, without anything written;
    before the ledger began nothing is known.
    """
    assert (None, False) == total_on(store, TODAY)
    sign_up(store, 1)
    sign_up(store, 2, NOW + DAY)
    total, is_final = total_on(store, TODAY + DAY)

    assert total
    assert (2, False) == (total.total["registered"], is_final)
    assert (None, False) == total_on(store, TODAY - DAY)
    found = list(added_between(store, TODAY - DAY, TODAY + DAY))
    assert [TODAY, TODAY + DAY] == [day for day, _ in found]
    assert Progress() == store.progress()


def test_partly_final(table: AnyStore) -> None:
    """
    A period that is final in part is told in one go, each day once.
    """
    for number in range(4):
        sign_up(table, number, NOW + number * DAY)
    repaired(table, NOW + 2 * DAY)
    count(table, NOW + 3 * DAY)
    found = [
        (day, adds.total["registered"])
        for day, adds in added_between(table, TODAY, TODAY + 3 * DAY)
    ]

    assert [(TODAY + number * DAY, 1) for number in range(4)] == found


def test_recount(table: AnyStore) -> None:
    """
    A recount tells each day that is not as the ledger has it, and changes nothing.
    """
    for number in range(3):
        sign_up(table, number, NOW + number * DAY)
    repaired(table, NOW + 3 * DAY)
    count(table, NOW + 3 * DAY)
    assert [TODAY, TODAY + DAY, TODAY + 2 * DAY] == list(recount(table)) == recounted(table)
    sheet = table.sheet(TODAY + DAY)
    assert sheet
    wrong = replace(sheet, total=replace(sheet.total, total={"registered": 7}))
    table.save_sheet(wrong)

    assert [TODAY, Difference(TODAY + DAY, wrong, sheet), TODAY + 2 * DAY] == list(recount(table))
    assert wrong == table.sheet(TODAY + DAY)


def test_day_of_brussels(store: FakeStore) -> None:
    """
    Around midnight of Brussels an entry is in one day; in the night of the clock too.
    """
    moments = [
        datetime(2026, 10, 24, 21, 59, tzinfo=UTC),
        datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
    ]
    for number, at in enumerate(moments):
        sign_up(store, number, at)
    count(store, NOW)

    days = [date(2026, 10, day) for day in (24, 25, 26)]
    assert [1, 3, 4] == [registered(store, day) for day in days]


def test_told_later(store: FakeStore) -> None:
    """
    What SES tells days later changes no figure of before.
    """
    sign_up(store, 1)
    repaired(store, NOW + DAY)
    count(store, NOW + DAY)
    before = store.sheet(TODAY)
    event = Event(NOW, "delivered", AALST, mail="forwarding", noted_at=NOW + DAY)
    store.append(Entry("MB-1", 3, event, AALST, "", {"delivered": 1}))
    count(store, NOW + DAY)

    assert before == store.sheet(TODAY)
    total, _ = total_on(store, TODAY + DAY)
    assert total
    assert 1 == total.total["delivered"]
