"""
The candidates of a municipality as its desk shows them: from the slim rows of its list to the
people behind them, of whom only those that are shown are read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.acting import told_state
from chalicelib.domain.calendar import PROMISED, local_date, working_days_between
from chalicelib.domain.candidates import Candidate, is_shown, state_at
from chalicelib.domain.cleaning import shown_phone
from chalicelib.domain.handover import Handover
from chalicelib.domain.registration import Registration
from chalicelib.emails import prepared_mail


class People(Protocol):
    def get_each(self, references: Sequence[str], now: datetime) -> Iterable[Registration]: ...


@dataclass(frozen=True)
class Row:
    """
    One candidate. `days` is how many working days she waits, None when she doesn't; `mailto` opens
    a mail with a prepared text; `is_elsewhere`: she lives in another municipality.
    """

    reference: str
    name: str
    state: str
    state_on: date
    since_on: date
    days: int | None
    phone: str
    phone_shown: str
    email: str
    mailto: str
    postcode: str
    is_elsewhere: bool
    is_paused: bool
    handed_on_by: str
    about: str

    @property
    def is_late(self) -> bool:
        return self.days is not None and self.days > PROMISED


def rows(those: Sequence[Candidate], people: People, now: datetime) -> Iterator[Row]:
    """
    Those candidates, in their order. Who left since the list was made is left out: the list
    follows her registration a moment later.
    """
    found = {one.reference: one for one in people.get_each([row.reference for row in those], now)}
    for candidate in those:
        registration = found.get(candidate.reference)
        handover = registration.handover(candidate.receiver) if registration else None
        if registration and handover and is_shown(registration, handover):
            yield row_of(registration, handover, now)


def row_of(registration: Registration, handover: Handover, now: datetime) -> Row:
    """One candidate in the hands of one municipality."""
    answers = registration.answers
    since = local_date(registration.waits_since(handover))
    by = registration.called(handover.handed_on_by) if handover.handed_on_by else ""
    where = "" if by else f" in {registration.called(handover.receiver)}"
    waits = handover.waits
    return Row(
        reference=registration.reference,
        name=answers.name,
        state=told_state(registration, handover),
        state_on=local_date(state_at(handover)),
        since_on=since,
        days=working_days_between(since, local_date(now)) if waits else None,
        phone=answers.phone,
        phone_shown=shown_phone(answers.phone) if answers.phone else "",
        email=answers.email,
        mailto=prepared_mail(registration, where),
        postcode=answers.postcode,
        is_elsewhere=registration.is_elsewhere(handover.receiver),
        is_paused=bool(registration.paused_at),
        handed_on_by=by,
        about=answers.about,
    )
