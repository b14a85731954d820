"""
Projections: what is derived from the registrations and can be made again at any time.

Now that is the ledger. The table's stream brings each change; the daily repair compares the
ledger with the registrations and writes what the stream missed (design rule 2).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from chalicelib.domain.ledger import Entry, entries
from chalicelib.domain.registration import Registration
from chalicelib.logs import Log

log = Log(__name__)


class Store(Protocol):
    def append(self, entry: Entry) -> bool: ...
    def registrations(self, now: datetime) -> Iterable[Registration]: ...
    def ledger(self, day: str) -> Iterator[Entry]: ...


def project(before: Registration | None, after: Registration, store: Store) -> int:
    """
    Write the events that a change brought to the ledger; returns how many were new there.

    What took the place of an expired registration is another one, and all its events are new. Our
    own tests leave nothing there: no figure counts them.
    """
    if after.synthetic:
        return 0
    same = before and before.registered_at == after.registered_at
    told = len(before.events) if before and same else 0
    return sum(store.append(entry) for entry in entries(after, after=told))


def repair(store: Store, now: datetime) -> int:
    """Write every event that the ledger misses; returns how many those were."""
    missing = 0
    days: dict[str, set[tuple[str, int]]] = {}
    for registration in store.registrations(now):
        if registration.synthetic:
            continue
        for entry in entries(registration):
            day = entry.event.at.date().isoformat()
            if day not in days:
                days[day] = {(known.reference, known.number) for known in store.ledger(day)}
            if (entry.reference, entry.number) not in days[day]:
                missing += store.append(entry)
    if missing:
        log.warning("the ledger missed events", count=missing)
    return missing
