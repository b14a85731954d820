"""
How a volunteer leaves: she withdraws, is erased, or stays for another term. Whoever asks for it,
and through whichever door, it is one conditional write of her registration; what follows by mail is
the forwarder's, what is derived from it the stream's.

Erasing goes further than that one item: a second registration of the same person with the same
wish (a repeat) is erased with it, and its address is forgotten where repeats are known by.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.domain import leaving
from chalicelib.domain.ledger import Entry
from chalicelib.domain.recent import KEPT, Recent, address_of, forgotten
from chalicelib.domain.registration import Registration
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

JUDGED_WITHIN = KEPT.days + 1
"""Days after a registration in which a repeat of it may have been judged."""

Step = Callable[[Registration], Registration]


class Store(Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def save(self, outbox: Registration) -> Registration: ...


class Recents(Protocol):
    def recent(self, address: str) -> Recent: ...
    def save_recent(self, recent: Recent, now: datetime) -> None: ...
    def remove_recent(self, recent: Recent) -> None: ...


class Everything(Store, Recents, Protocol):
    def ledger(self, day: str, what: str = "") -> Iterable[Entry]: ...


def withdraw(reference: str, door: str, store: Store, now: datetime) -> Registration | None:
    """She no longer wants to be a buddy; twice is once. None when there is no such registration."""
    return _changed(reference, lambda one: leaving.withdrawn(one, door, now), store, now)


def keep(reference: str, store: Store, now: datetime) -> Registration | None:
    """She wants it kept for another term, where that may be (`Registration.may_be_kept`)."""
    return _changed(reference, lambda one: leaving.kept(one, now), store, now)


def erase(reference: str, door: str, store: Everything, now: datetime) -> Registration | None:
    """
    Erase her at once, everywhere; twice is once. Returns the stub, None when there is no such
    registration.

    The registration itself comes last: after a crash, whoever asks again gets all of it.
    """
    asked = store.get(reference, now)
    if asked is None:
        return None
    for other in sorted(same_wish(asked, store, now) - {reference}):
        _erase_one(other, door, store, now)
    return _erase_one(reference, door, store, now)


def same_wish(registration: Registration, store: Everything, now: datetime) -> set[str]:
    """
    The references of what the same person asked at about the same time: the first one, and those
    that were found to repeat it. The ledger tells, as no table knows registrations by person.
    """
    first = registration.repeat_of or registration.reference
    original = store.get(first, now)
    since = min(
        registration.registered_at, original.registered_at if original else now
    ).date() - timedelta(days=1)
    repeats = {
        entry.reference
        for day in _days(since, 2 * JUDGED_WITHIN, now.date())
        for entry in store.ledger(day.isoformat(), "repeated")
        if entry.event.why == first
    }
    return {first, registration.reference, *repeats}


def _days(since: date, count: int, until: date) -> Iterator[date]:
    days = (since + timedelta(days=number) for number in range(count))
    return (day for day in days if day <= until)


def _erase_one(reference: str, door: str, store: Everything, now: datetime) -> Registration | None:
    addresses: set[str] = set()

    def step(one: Registration) -> Registration:
        if one.answers.email:
            addresses.add(address_of(one))
        return leaving.erased(one, door, now)

    known = store.get(reference, now)
    if known and known.answers.email:  # first: after the write nobody knows her address any more
        forget(reference, address_of(known), store, now)
    stub = _changed(reference, step, store, now)
    for address in addresses:  # a forwarder may have judged it meanwhile
        forget(reference, address, store, now)
    return stub


def forget(reference: str, address: str, store: Recents, now: datetime) -> None:
    """An address is no longer known to have asked for this; where it asked nothing else, at all."""
    while True:
        known = store.recent(address)
        following = forgotten(known, reference)
        if following is known:
            return
        try:
            if following.requests:
                store.save_recent(following, now)
            else:  # its key is a digest of her address
                store.remove_recent(known)
        except StaleError:  # a forwarder judged another registration of this address
            continue
        return


def _changed(reference: str, step: Step, store: Store, now: datetime) -> Registration | None:
    while current := store.get(reference, now):
        following = step(current)
        if following is current:
            return current
        try:
            saved = store.save(following)
        except StaleError:  # a forwarder was at it, or somebody acted: look again
            continue
        log.info("left", reference=reference, outcome=saved.events[-1].what)
        return saved
    return None
