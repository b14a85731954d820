"""
The daily clean-up: what has expired is deleted, and the ledger keeps that it was, so that figures
stay and the agency can tell what was erased.

The table deletes by itself, some day; until then nobody reads what has expired. A term that was
written by an older rule is written anew: the table must not delete too early, or too late.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.counting import Keeping, reopen
from chalicelib.domain.calendar import local_date
from chalicelib.domain.ledger import Entry
from chalicelib.domain.registration import Registration
from chalicelib.failures import StaleError
from chalicelib.logs import Log
from chalicelib.projection import ended

log = Log(__name__)

GONE = ("erased", "expired")
"""What the ledger calls it: when she asked for it, and when its term was over."""


class Store(Keeping, Protocol):
    def terms(self) -> Iterator[tuple[Registration, datetime]]: ...
    def remove(self, registration: Registration) -> bool: ...
    def save(self, outbox: Registration) -> Registration: ...
    def append(self, entry: Entry) -> bool: ...


class Ledger(Protocol):
    def ledger(self, day: str, what: str = "") -> Iterable[Entry]: ...


def clean_up(store: Store, now: datetime, has_time: Callable[[], bool]) -> int:
    """
    Delete what has expired while `has_time`; returns how many those were. Twice is once, and what
    is left over is for tomorrow.
    """
    count = 0
    late: set[date] = set()
    for registration, written in store.terms():
        if not has_time():
            log.warning("clean-up ran out of time; the next one goes on")
            break
        if now >= registration.expires_at:
            if ended(registration, now, store):  # first: after a crash it is found again
                late.add(local_date(registration.expires_at))
            count += store.remove(registration)
        elif written != registration.expires_at.replace(microsecond=0):
            _write_anew(registration, store)
    if late:  # another rule may have made a day of long ago the last one of somebody
        reopen(store, min(late))
    if count:
        log.info("cleaned up", count=count)
    return count


def _write_anew(registration: Registration, store: Store) -> None:
    try:
        store.save(registration)
    except StaleError:  # somebody else wrote it, and with it its term
        log.info("term written by somebody else", reference=registration.reference)


@dataclass(frozen=True)
class Gone:
    """How many were erased or expired (`what`) on a day (UTC), by which rule ("" when asked)."""

    day: date
    what: str
    rule: str
    count: int


def gone(day: date, store: Ledger) -> Iterator[Gone]:
    """What was erased on one day, as the ledger tells it."""
    for what in GONE:
        found = store.ledger(day.isoformat(), what)
        for rule, count in sorted(Counter(entry.event.why for entry in found).items()):
            yield Gone(day, what, rule, count)


def erased(day: date, store: Ledger) -> Iterator[str]:
    """The references of who was erased on a day: to do it again in a restored table."""
    return (entry.reference for entry in store.ledger(day.isoformat(), "erased"))
