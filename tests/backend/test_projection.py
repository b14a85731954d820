"""The ledger as a projection: made from changes, idempotent, and repaired from the records."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import permutations

import pytest

from chalicelib.domain.following import handed_on, undone
from chalicelib.domain.handover import (
    AGENCY_DESK,
    COMMAND,
    HANDED_ON,
    LINK,
    VOLUNTEER_PAGE,
    Act,
)
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.ledger import Entry
from chalicelib.domain.registration import Registration
from chalicelib.names import index
from chalicelib.projection import project, repair
from tests.backend.fakes import FakeStore
from tests.backend.lines import lines
from tests.backend.samples import AALST, GENT, KEYS, NOW, registration
from tests.backend.steps import postponed, sent

DAY = NOW.date().isoformat()


def told(store: FakeStore, day: str = DAY) -> list[tuple[int, str]]:
    return [(entry.number, entry.event.what) for entry in store.ledger(day)]


def test_new(store: FakeStore) -> None:
    """
    A new registration brings all its events.
    """
    assert 2 == project(None, registration(), store)
    assert [(1, "registered"), (2, "queued")] == told(store)


def test_change(store: FakeStore) -> None:
    """
    A change brings the events that it added, and no others.
    """
    before = registration()
    after = postponed(before, AALST, "Throttling", NOW)

    assert 1 == project(before, after, store)
    assert [(3, "postponed")] == told(store)
    assert 0 == project(after, after, store)


@pytest.mark.parametrize("leave", [withdrawn, erased])
@pytest.mark.parametrize("door", [VOLUNTEER_PAGE, AGENCY_DESK, COMMAND])
@pytest.mark.parametrize("by_repair", [False, True])
def test_left_stands_in_the_log(
    store: FakeStore,
    caplog: pytest.LogCaptureFixture,
    leave: Callable[[Registration, str, datetime], Registration],
    door: str,
    *,
    by_repair: bool,
) -> None:
    """
    Whoever withdrew or was erased, through whichever door, can be found outside the table: to do it
    again in one that was restored. With the reference only; what comes twice is told twice.
    """
    caplog.set_level("INFO", logger="chalicelib")
    one = registration()
    project(None, one, store)
    gone = leave(one, door, NOW)
    store.add(gone)
    for _ in range(2):
        if by_repair:
            repair(store, NOW)
        else:
            project(one, gone, store)
    found = [line for line in lines(caplog) if "again" in line["event"]]

    assert [(one.reference, what(gone))] * (1 if by_repair else 2) == [
        (line["reference"], line["why"]) for line in found
    ]


def what(one: Registration) -> str:
    return "erased" if one.erased_at else "withdrawn"


def test_place_of_an_expired_one(store: FakeStore) -> None:
    """
    A registration that takes the place of an expired one brings all its own events, beside the end
    of that one.
    """
    old = registration()
    new = registration(now=old.expires_at)
    project(None, old, store)

    assert 2 == project(old, new, store)
    day = new.registered_at.date().isoformat()
    assert [(1, "registered"), (2, "queued"), (3, "expired")] == sorted(told(store, day))


def test_expired(store: FakeStore) -> None:
    """
    An expired registration leaves its ledger as it was, and the repair has nothing to do.
    """
    one = registration()
    store.add(one)
    project(None, one, store)
    before = told(store)

    assert 0 == repair(store, one.expires_at)
    assert before == told(store)


def test_twice(store: FakeStore) -> None:
    """
    The same change twice, as the stream may bring it, is written once.
    """
    project(None, registration(), store)

    assert 0 == project(None, registration(), store)
    assert 2 == len(told(store))


def test_out_of_order(store: FakeStore) -> None:
    """
    Changes that come in another order give the same ledger.
    """
    first = registration()
    second = sent(first, AALST, "message", NOW)
    project(first, second, store)
    project(None, first, store)

    assert [(1, "registered"), (2, "queued"), (3, "sent")] == told(store)


def changes() -> list[tuple[Registration | None, Registration]]:
    """Signed up, mailed, handed on, taken back, erased: what each change brings the stream."""
    one = registration()
    mailed = sent(one, AALST, "message", NOW)
    away = handed_on(mailed, AALST, Act(NOW, HANDED_ON, LINK, to=GENT))
    back = undone(away, AALST, LINK, NOW)
    lives = [one, mailed, away, back, erased(back, VOLUNTEER_PAGE, NOW)]
    stored = [replace(life, version=number) for number, life in enumerate(lives, start=1)]
    return list(zip([None, *stored], stored, strict=False))


@pytest.mark.parametrize("until", range(1, 6))
def test_any_order(until: int) -> None:
    """
    Changes that come late, twice and in any order leave the lists, and the words of her name, as
    the last of them does.
    """
    those = changes()[:until]
    expected = FakeStore()
    for before, after in those:
        project(before, after, expected)
        index(before, after, KEYS[0], expected, NOW)
    for order in permutations(those):
        store = FakeStore()
        for before, after in (*order, order[0]):
            project(before, after, store)
            index(before, after, KEYS[0], store, NOW)
        assert told(expected) == told(store)
        for place in (AALST, GENT):
            assert list(expected.candidates(place, NOW)) == list(store.candidates(place, NOW))
        assert set(expected.all_named(NOW)) == set(store.all_named(NOW))


def test_repair_at_the_same_moment(store: FakeStore) -> None:
    """
    A repair that read her just before the stream brought what came since takes nothing back.
    """
    (_, one), (before, after) = changes()[:2]
    project(None, one, store)
    project(before, after, store)
    newest = list(store.candidates(AALST, NOW))
    store.add(one)
    repair(store, NOW)

    assert newest == list(store.candidates(AALST, NOW))
    assert not newest[0].is_gone


def test_repair(store: FakeStore) -> None:
    """
    The repair writes what is missing, once, and leaves what is there.
    """
    one: Registration = registration(1)
    two = sent(registration(2), AALST, "message", NOW)
    for each in (one, two):
        store.add(each)
    project(None, one, store)

    assert 3 + 1 == repair(store, NOW)  # and its row in the list of the municipality
    assert 5 == len(told(store))
    assert 0 == repair(store, NOW)


def test_repair_writes_no_more(store: FakeStore) -> None:
    """
    The repair writes only what is missing.
    """
    tried: list[Entry] = []

    class Counting(FakeStore):
        def append(self, entry: Entry) -> bool:
            tried.append(entry)
            return super().append(entry)

    counting = Counting()
    counting.add(registration())
    repair(counting, NOW)
    repair(counting, NOW)

    assert 2 == len(tried)


def test_repair_gap(store: FakeStore) -> None:
    """
    An event lost in the middle is found, on its own day.
    """
    one = registration()
    two = postponed(one, AALST, "Throttling", NOW.replace(day=24))
    three = sent(two, AALST, "message", NOW.replace(day=25))
    store.add(three)
    project(None, one, store)
    project(two, three, store)

    assert 1 == repair(store, NOW)
    assert [(3, "postponed")] == told(store, "2026-11-24")
    assert [(4, "sent")] == told(store, "2026-11-25")


def test_repair_log(store: FakeStore, caplog: pytest.LogCaptureFixture) -> None:
    """
    A repair that had something to do says how much; one that had not says nothing.
    """
    store.add(registration())
    repair(store, NOW)
    repair(store, NOW)

    assert [{"event": "projections missed something", "count": 3}] == lines(caplog)
