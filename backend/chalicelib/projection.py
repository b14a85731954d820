"""
Projections: what is derived from the registrations and can be made again at any time.

Those are the ledger, and the lists of candidates of the municipalities. The table's stream brings
each change; the daily repair compares them with the registrations and writes what the stream missed
(design rule 2).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Protocol

from chalicelib.counting import Keeping, reopen
from chalicelib.domain.candidates import Candidate, candidates, changed_rows, withdrawn_row
from chalicelib.domain.figures import day_of
from chalicelib.domain.ledger import Entry, ending, entries
from chalicelib.domain.registration import Registration
from chalicelib.logs import AGAIN, Log

log = Log(__name__)

LEFT = frozenset({"withdrawn", "erased"})
"""The events that a table of before does not know, and that nobody asks a second time."""


class Appending(Protocol):
    def append(self, entry: Entry) -> bool: ...


class Store(Appending, Keeping, Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def registrations(self, now: datetime) -> Iterable[Registration]: ...
    def ledger(self, day: str) -> Iterator[Entry]: ...
    def candidates(self, receiver: str, now: datetime) -> Iterator[Candidate]: ...
    def save_candidate(self, candidate: Candidate) -> bool: ...


def project(before: Registration | None, after: Registration, store: Store) -> int:
    """
    Write the events that a change brought to the ledger, and what it changed in the lists; returns
    how many events were new.

    What took the place of an expired registration is another one, and all its events are new. Our
    own tests leave nothing there: no figure counts them.
    """
    if after.synthetic:
        return 0
    same = before and before.registered_at == after.registered_at
    if before and not same:
        ended(before, after.registered_at, store)
        before = None
    told = len(before.events) if before else 0
    for row in changed_rows(before, after):
        store.save_candidate(row)
    return sum(_written(entry, store) for entry in entries(after, after=told))


def _written(entry: Entry, store: Appending) -> bool:
    """
    Whether an entry is new. That somebody left stands in the log as well, whichever door it was:
    who restores the table from before that must do it again (docs/decisions/0019-retention.md).
    """
    # First, and for what is there too: the reply to our own write may have been lost.
    if entry.event.what in LEFT:
        log.info(AGAIN, reference=entry.reference, why=entry.event.what)
    return store.append(entry)


def ended(registration: Registration, now: datetime, store: Appending) -> bool:
    """
    Write to the ledger that a registration is no longer there as it expired; whether that was new.

    The table deletes it when it comes to it, or the clean-up does: both lead here.
    """
    if registration.synthetic or now < registration.expires_at:
        return False
    return store.append(ending(registration))


def repair(store: Store, now: datetime) -> int:
    """Write every event and row that is missing or no longer right; returns how many those were."""
    ledger = _Ledger(store)
    missing = 0
    lists: dict[str, dict[str, Candidate]] = {}
    for registration in store.registrations(now):
        if registration.synthetic:
            continue
        missing += ledger.complete(registration)
        for row in candidates(registration):
            if row.receiver not in lists:
                found = store.candidates(row.receiver, now)
                lists[row.receiver] = {known.reference: known for known in found}
            if lists[row.receiver].pop(row.reference, None) != row:
                missing += store.save_candidate(row)
    missing += _without_rows(lists, store, now)
    if missing:
        log.warning("projections missed something", count=missing)
    return missing


class _Ledger:
    """The entries that there are, a day of them read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._days: dict[str, set[tuple[str, int]]] = {}
        self._reopened: date | None = None

    def complete(self, registration: Registration) -> int:
        """Write the entries that are missing; the figures of their day are counted again."""
        count = 0
        for entry in entries(registration):
            day = entry.event.known_at.date().isoformat()
            if day not in self._days:
                found = self._store.ledger(day)
                self._days[day] = {(known.reference, known.number) for known in found}
            is_there = (entry.reference, entry.number) in self._days[day]
            if not is_there and _written(entry, self._store):
                count += 1
                self._reopen(day_of(entry))
        return count

    def _reopen(self, day: date) -> None:
        """At once: whoever repairs may not come to the end."""
        if self._reopened is None or day < self._reopened:
            reopen(self._store, day)
            self._reopened = day


def _without_rows(lists: Mapping[str, Mapping[str, Candidate]], store: Store, now: datetime) -> int:
    """Take away the rows of hand-overs that are no longer there; what is younger stays."""
    count = 0
    for receiver, rows in lists.items():
        for row in rows.values():
            registration = store.get(row.reference, now)
            if registration and not row.is_gone and not registration.handover(receiver):
                count += store.save_candidate(withdrawn_row(registration, receiver))
    return count
