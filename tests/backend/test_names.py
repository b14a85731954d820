"""Finding by name: by the projection, after a rotation of the key, and repaired."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.leaving import erased
from chalicelib.names import index, repair, search
from tests.backend.fakes import FakeStore
from tests.backend.samples import KEYS, NOW, registration

OLD, NEW = KEYS[1], KEYS[0]


def found(store: FakeStore, typed: str = "hondt") -> list[str]:
    return [one.reference for one in search(typed, store, KEYS, NOW)]


def test_rotation(store: FakeStore) -> None:
    """
    What the previous key wrote is found; the repair writes it under the current one, once.
    """
    one = registration()
    store.add(one)
    index(None, one, OLD, store, NOW)
    before = found(store)
    mended = repair(store, NEW, NOW)
    only_new = [row for row in store.all_named(NOW) if not row.is_gone]

    assert [one.reference] == before == found(store)
    assert (8, 0) == (mended, repair(store, NEW, NOW))  # four new ones, four taken away
    assert 4 == len(only_new)


def test_missed(store: FakeStore) -> None:
    """
    What the stream missed is repaired: who is new, who has another name, who is erased.
    """
    new, other, gone = registration(1), registration(2), registration(3)
    for one in (other, gone):
        index(None, one, NEW, store, NOW)
    married = replace(other, answers=replace(other.answers, name="An Peeters"), version=2)
    for one in (new, married, replace(erased(gone, "volunteer", NOW), version=2)):
        store.add(one)
    lagging = found(store)
    repair(store, NEW, NOW)

    assert [] == lagging  # a row alone shows nobody
    assert [new.reference] == found(store)
    assert [other.reference] == found(store, "peeters")
    assert 0 == repair(store, NEW, NOW)


def test_late_row(store: FakeStore) -> None:
    """
    An older change that comes late brings nothing back.
    """
    one = registration()
    after = replace(erased(one, "volunteer", NOW), version=2)
    store.add(after)
    index(None, one, NEW, store, NOW)
    index(one, after, NEW, store, NOW)
    index(None, one, NEW, store, NOW)

    assert all(row.is_gone for row in store.all_named(NOW))
    assert [] == list(store.all_named(NOW + timedelta(days=3)))


def test_who_took_the_place(store: FakeStore) -> None:
    """
    Somebody else with the reference of who expired is indexed as new.
    """
    first = registration()
    index(None, first, NEW, store, NOW)
    later = NOW + timedelta(days=400)
    second = registration(1, later, name="Griet Peeters")
    store.records[second.reference] = second
    index(first, second, NEW, store, later)

    assert [second.reference] == [one.reference for one in search("griet", store, KEYS, later)]
    assert [] == search("hondt", store, KEYS, later)
