"""
The ledger: what happened, when, in which municipality and why, without people.

Append-only and apart from the registrations: figures come from here alone, so that any past date
can be recomputed, also after a registration was erased (design rule 5). An entry is a projection
of an event of a registration; making it twice gives the same entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.course import Step, steps
from chalicelib.domain.outbox import Event
from chalicelib.domain.registration import Registration


@dataclass(frozen=True)
class Entry:
    """
    One event of one registration; `number` is its place in the registration's history. What it
    `adds` to the figures, and by which `place` and `source` these are counted, is in course.py.
    """

    reference: str
    number: int
    event: Event
    place: str = ""
    source: str = ""
    adds: Mapping[str, int] = field(default_factory=dict)


def ending(registration: Registration) -> Entry:
    """
    That it expired, and by which rule (retention.py): the same entry, whoever finds out first.
    """
    rule, _ = registration.term
    event = Event(registration.expires_at, "expired", why=rule.name)
    *_, last = steps((*registration.events, event))
    return _entry(registration.reference, len(registration.events) + 1, last)


def entries(registration: Registration, after: int = 0) -> Iterator[Entry]:
    """The entries of a registration, from event number `after` + 1 on."""
    for number, step in enumerate(steps(registration.events), start=1):
        if number > after:
            yield _entry(registration.reference, number, step)


def _entry(reference: str, number: int, step: Step) -> Entry:
    """Place and source stand where something is counted: elsewhere nobody needs them."""
    place, source = (step.place, step.source) if step.adds else ("", "")
    return Entry(reference, number, step.event, place, source, step.adds)
