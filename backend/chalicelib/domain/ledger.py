"""
The ledger: what happened, when, in which municipality and why, without people.

Append-only and apart from the registrations: figures come from here alone, so that any past date
can be recomputed, also after a registration was erased (design rule 5). An entry is a projection
of an event of a registration; making it twice gives the same entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.outbox import Event
from chalicelib.domain.registration import Registration


@dataclass(frozen=True)
class Entry:
    """One event of one registration; `number` is its place in the registration's history."""

    reference: str
    number: int
    event: Event


def ending(registration: Registration) -> Entry:
    """
    That it expired, and by which rule (retention.py): the same entry, whoever finds out first.
    """
    rule, _ = registration.term
    event = Event(registration.expires_at, "expired", why=rule.name)
    return Entry(registration.reference, len(registration.events) + 1, event)


def entries(registration: Registration, after: int = 0) -> Iterator[Entry]:
    """The entries of a registration, from event number `after` + 1 on."""
    for number, event in enumerate(registration.events[after:], start=after + 1):
        yield Entry(registration.reference, number, event)
