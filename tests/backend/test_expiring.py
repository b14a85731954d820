"""The daily clean-up: what expired goes, the ledger keeps that it did, whoever finds out first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.following import acted
from chalicelib.domain.handover import AGENCY_DESK, DUO, LINK, Act
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.registration import QUARANTINE, Registration, held
from chalicelib.domain.rerouting import refused_for
from chalicelib.expiring import Gone, clean_up, gone
from chalicelib.expiring import erased as erased_on
from chalicelib.projection import ended, project
from tests.backend.fakes import FakeStore
from tests.backend.samples import AALST, NOW, registration
from tests.backend.steps import sent

Step = Callable[[Registration], Registration]
STATUSES: dict[str, Step] = {
    "open": lambda one: one,
    "duo": lambda one: acted(one, AALST, Act(NOW, DUO, LINK)),
    "withdrawn": lambda one: withdrawn(one, "desk", NOW),
    "held": lambda one: held(one, QUARANTINE, "honeypot", NOW),
    "refused": lambda one: refused_for(one, "other", AGENCY_DESK, NOW),
    "repeat": lambda one: replace(one, repeat_of="MB-7K3F-9Q3D"),
    "erased": lambda one: erased(one, "desk", NOW),
}


def always() -> bool:
    return True


def told(store: FakeStore, one: Registration) -> list[tuple[str, str]]:
    day = one.expires_at.date().isoformat()
    return [(entry.event.what, entry.event.why) for entry in store.ledger(day, "expired")]


@pytest.mark.parametrize("status", STATUSES)
def test_clean_up(store: FakeStore, status: str) -> None:
    """
    What has expired is deleted, with its rule in the ledger; not a moment before.
    """
    one = STATUSES[status](registration())
    store.add(one)

    assert 0 == clean_up(store, one.expires_at - timedelta(microseconds=1), always)
    assert {one.reference} == set(store.records)
    assert 1 == clean_up(store, one.expires_at, always)
    assert {} == store.records
    assert [("expired", status)] == told(store, one)
    assert 0 == clean_up(store, one.expires_at, always)
    assert [("expired", status)] == told(store, one)


@pytest.mark.parametrize("call", ["append", "remove"])
def test_fails_on_the_way(store: FakeStore, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """
    Whatever fails on the way: the next run finds what is left, and tells it once.
    """
    one = registration()
    store.add(one)

    def fails(_: object) -> bool:
        raise RuntimeError

    with monkeypatch.context() as failing:
        failing.setattr(store, call, fails)
        with pytest.raises(RuntimeError):
            clean_up(store, one.expires_at, always)
    assert {one.reference} == set(store.records)
    assert 1 == clean_up(store, one.expires_at, always)
    assert [("expired", "open")] == told(store, one)


def test_found_by_both(store: FakeStore) -> None:
    """
    The table deletes it first, or a new registration takes its place: it is told once.
    """
    one = registration()
    store.add(one)
    assert ended(one, one.expires_at, store)
    clean_up(store, one.expires_at, always)
    project(one, registration(now=one.expires_at), store)

    assert [("expired", "open")] == told(store, one)


def test_place_taken(store: FakeStore) -> None:
    """
    What takes the place of an expired one tells that that one is gone.
    """
    one = registration()
    project(one, registration(now=one.expires_at), store)

    assert [("expired", "open")] == told(store, one)


def test_deleted_by_hand(store: FakeStore) -> None:
    """
    What is deleted before its time did not expire; our own tests leave nothing.
    """
    one = registration()

    assert not ended(one, one.expires_at - timedelta(seconds=1), store)
    ours = replace(one, synthetic=True)
    store.add(ours)
    assert 1 == clean_up(store, ours.expires_at, always)
    assert [] == told(store, one) + told(store, ours)


def test_other_rule(store: FakeStore) -> None:
    """
    A term that an older rule wrote is written anew, with the rest as it was; what is right is not.
    """
    one, right = registration(1), registration(2)
    for each in (one, right):
        store.add(each)
    store.written_terms[one.reference] = NOW
    clean_up(store, NOW, always)

    assert replace(one, version=2) == store.get(one.reference, NOW)
    assert right == store.get(right.reference, NOW)


def test_meanwhile(store: FakeStore) -> None:
    """
    What somebody writes meanwhile stays, and is no fault.
    """
    one = registration()
    store.add(one)
    store.written_terms[one.reference] = NOW
    store.before_save = lambda: store.save(sent(one, AALST, "message", NOW))
    clean_up(store, NOW, always)

    kept = store.get(one.reference, NOW)
    assert kept
    assert (2, "sent") == (kept.version, kept.mails[0].status)
    assert not store.remove(one)


def test_no_time(store: FakeStore) -> None:
    """
    Without time it stops; what is left over is for tomorrow.
    """
    one = registration()
    for number in (1, 2):
        store.add(registration(number))
    time_left = [True]

    assert 1 == clean_up(store, one.expires_at, lambda: bool(time_left and time_left.pop()))
    assert 1 == len(store.records)
    assert 1 == clean_up(store, one.expires_at, always)


def test_report(store: FakeStore) -> None:
    """
    How many were erased and expired on a day, by rule; and who was erased, to do it again.
    """
    day = NOW.date()
    for number in (1, 2, 3):
        one = registration(number)
        project(one, erased(one, "desk", NOW) if number < 3 else one, store)
    old = registration(4, NOW - timedelta(days=365))
    ended(old, NOW, store)

    assert [Gone(day, "erased", "", 2), Gone(day, "expired", "open", 1)] == list(gone(day, store))
    assert {registration(1).reference, registration(2).reference} == set(erased_on(day, store))
    assert [] == list(gone(date(2026, 11, 22), store))
