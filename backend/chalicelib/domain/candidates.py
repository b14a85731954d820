"""
A municipality's list of candidates: one row for each hand-over, without the person.

A projection of the registrations, made by whoever projects the ledger, so that a desk reads its
list by one query (design rule 2). What must not be seen any more stays as a row that says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.handover import Handover
from chalicelib.domain.registration import FORWARDING, Registration


@dataclass(frozen=True)
class Candidate:
    """
    `receiver` is that of the hand-over, `state` what was done last ("" for nothing), since
    `state_at`. `waits`: something is still to be done. `version` is that of the registration
    that it was made from. `unopened_since`: since when a mail about her is there that nobody
    opened.
    """

    receiver: str
    reference: str
    registered_at: datetime
    since: datetime
    state: str
    state_at: datetime
    waits: bool
    is_gone: bool
    expires_at: datetime
    version: int = field(compare=False)
    unopened_since: datetime | None = None


def candidates(registration: Registration) -> Iterator[Candidate]:
    """
    The rows of a registration as it is now: none of our own tests, none for an organisation, as
    those have no desk.
    """
    if not registration.synthetic:
        for handover in registration.handovers:
            if handover.partner is None:
                yield _candidate(registration, handover)


def changed_rows(before: Registration | None, after: Registration) -> Iterator[Candidate]:
    """The rows that a change made, or made other than they were."""
    known = set(candidates(before)) if before else set()
    rows = set(candidates(after))
    yield from sorted(rows - known, key=lambda row: row.receiver)
    for receiver in sorted({row.receiver for row in known} - {row.receiver for row in rows}):
        yield withdrawn_row(after, receiver)


def withdrawn_row(registration: Registration, receiver: str) -> Candidate:
    """The row of a hand-over that is no longer there."""
    at = registration.registered_at
    return _candidate(registration, Handover(receiver, at, ended_at=at))


def is_shown(registration: Registration, handover: Handover) -> bool:
    """
    Whether the place of a hand-over may see her: it was mailed, or we tried to; and neither she
    nor the agency took her away from there.
    """
    if handover.ended_at or registration.hold or registration.repeat_of:
        return False
    mail = registration.mail(FORWARDING, handover.receiver)
    if mail is None or (mail.dropped_at and not mail.sendings):
        return False
    return bool(mail.sendings or mail.attempts or mail.attention_at)


def state_at(handover: Handover) -> datetime:
    """Since when it stands there as it stands."""
    back = handover.came_back
    came_back_at = back.undone_at if back else None
    return handover.last.at if handover.last else came_back_at or handover.since


def _candidate(registration: Registration, handover: Handover) -> Candidate:
    return Candidate(
        receiver=handover.receiver,
        reference=registration.reference,
        registered_at=registration.registered_at,
        since=handover.since,
        state=handover.state,
        state_at=state_at(handover),
        waits=handover.waits and not registration.paused_at,
        is_gone=not is_shown(registration, handover),
        expires_at=registration.expires_at.replace(microsecond=0),  # as the table keeps it
        version=registration.version,
        unopened_since=registration.unopened_since(handover),
    )
