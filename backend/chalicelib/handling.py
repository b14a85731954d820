"""
What a municipality (or partner organisation, or the agency for it) does about one candidate,
through whichever door: the link of its mail, its desk, the agency's desk.

A link shows, a button acts: looking changes nothing; `act` is one conditional write. A form that is
posted again, or long after it was shown, does nothing to what changed since.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from chalicelib.domain import following
from chalicelib.domain.candidates import is_shown
from chalicelib.domain.deed import PROPOSE, REVOKE, UNDO, Deed, InvalidDeedError, form_of
from chalicelib.domain.following import NotHereError, TooManyHandoversError
from chalicelib.domain.handover import (
    AGENCY_DESK,
    COMMAND,
    HANDED_ON,
    NOT_NOW,
    Act,
    Handover,
    Partner,
    TooManyActsError,
)
from chalicelib.domain.outbox import has_landed
from chalicelib.domain.registration import Registration
from chalicelib.domain.tokens import CANDIDATE, ForgedTokenError, Keys, verify
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

CANDIDATE_TERM = timedelta(days=120)
"""
How long the link in a municipality's mail works. From a first call to a duo may take a season:
intake, a training, somebody to match with. Who has more to tell after that signs in at the desk.
"""


class Store(Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def save(self, outbox: Registration) -> Registration: ...


@dataclass(frozen=True)
class Case:
    """One candidate in the hands of one place."""

    registration: Registration
    handover: Handover

    @property
    def place(self) -> str:
        return self.registration.called(self.handover.receiver)


class Outcome(Enum):
    """
    What became of a pressed button: done; it stood there already; nothing, as something changed
    since the form was shown; nothing, as it is too late to undo, or as it was done too often.
    """

    DONE = "done"
    ALREADY = "already"
    CHANGED = "changed"
    TOO_LATE = "too-late"
    TOO_OFTEN = "too-often"


@dataclass(frozen=True)
class Handled:
    outcome: Outcome
    case: Case


def of_link(token: str, store: Store, keys: Keys, now: datetime) -> Case | None:
    """
    Which candidate a mailed link is about. None when it is forged, too old, revoked, of a hand-over
    that ended, or of somebody who is gone.
    """
    try:
        signed = verify(CANDIDATE, token, keys())
    except ForgedTokenError:
        return None
    reference, _, receiver = signed.subject.rpartition(".")
    if now - signed.at >= CANDIDATE_TERM:
        return None
    case = found(reference, receiver, store, now)
    if case is None:
        return None
    since = max(case.handover.since, case.handover.links_since or case.handover.since)
    # A token has whole seconds.
    return case if signed.at >= since.replace(microsecond=0) else None


def found(
    reference: str, receiver: str, store: Store, now: datetime, door: str = ""
) -> Case | None:
    """
    The candidate, where this place may (still) see her; the agency acts for a place before its mail
    went out, too. None for whatever other reason.
    """
    registration = store.get(reference, now)
    return _case(registration, receiver, door) if registration else None


def act(case: Case, deed: Deed, door: str, store: Store, now: datetime) -> Handled | None:
    """
    Do what a button asks. None when she is gone, or was taken away from this place.

    Raises `InvalidDeedError` for what makes no sense as things are now.
    """
    reference, receiver = case.registration.reference, case.handover.receiver
    before = after = case.registration
    while True:
        current = found(reference, receiver, store, now, door)
        if current is None:
            return None
        if has_landed(before, after, current.registration):
            return _told(Handled(Outcome.DONE, current), deed)
        before = current.registration
        try:
            outcome, after = _tried(current, deed, door, now)
        except (TooManyActsError, TooManyHandoversError):
            return _told(Handled(Outcome.TOO_OFTEN, current), deed)
        except NotHereError:
            return None
        if outcome is not Outcome.DONE:
            return _told(Handled(outcome, current), deed)
        try:
            saved = store.save(after)
        except StaleError:  # a forwarder was at it, or somebody else acted
            continue
        handover = saved.handover(receiver)
        return _told(Handled(outcome, Case(saved, handover)), deed) if handover else None


def _tried(case: Case, deed: Deed, door: str, now: datetime) -> tuple[Outcome, Registration]:
    """What the deed makes of the registration, as it is now."""
    one, here = case.registration, case.handover
    if deed.seen != here.changes:
        return (Outcome.ALREADY if _stands(one, here, deed) else Outcome.CHANGED), one
    _check(case, deed)
    after = _step(deed, door, now)(one, here.receiver)
    if after is not one:
        return Outcome.DONE, after
    return (Outcome.TOO_LATE if deed.what == UNDO else Outcome.ALREADY), one


def _step(deed: Deed, door: str, now: datetime) -> Callable[[Registration, str], Registration]:
    done = Act(now, deed.what, door, deed.why, deed.to, deed.note)
    if deed.what == UNDO:
        return lambda one, receiver: following.undone(one, receiver, door, now)
    if deed.what == REVOKE:
        return lambda one, receiver: following.revoked(one, receiver, door, now)
    if deed.what == HANDED_ON:
        return lambda one, receiver: following.handed_on(one, receiver, done)
    if deed.what == PROPOSE and deed.partner:
        partner, proposal = deed.partner, replace(done, what=HANDED_ON)
        return lambda one, receiver: following.proposed(one, receiver, partner, proposal)
    return lambda one, receiver: following.acted(one, receiver, done)


def _stands(registration: Registration, here: Handover, deed: Deed) -> bool:
    """Whether what is asked is what was done last: the same form, pressed twice."""
    last = here.last
    if deed.what == UNDO:
        return bool(here.acts) and here.acts[-1].undone_at is not None
    if last is None:
        return False
    if deed.what == PROPOSE:
        to = registration.handover(last.to)
        return bool(to) and to is not None and to.partner == deed.partner
    return (last.what, last.why, last.to, last.note) == (deed.what, deed.why, deed.to, deed.note)


def _check(case: Case, deed: Deed) -> None:
    """Raises `InvalidDeedError` when she can't be handed on to where the deed says."""
    if deed.what == HANDED_ON:
        if reason := _no_municipality(case, deed.to):
            _refuse(deed, {"to": reason})
    elif deed.what == PROPOSE and deed.partner and (reason := _no_partner(case, deed.partner)):
        _refuse(deed, {"partner_name": reason})


def _no_municipality(case: Case, to: str) -> str:
    one, here = case.registration, case.handover
    if here.partner:
        return "Een organisatie kan een kandidaat niet doorgeven. Kies «Nu niet»."
    if to == here.receiver:
        return f"De kandidaat is al bij {case.place}. Kies een andere gemeente."
    known = one.handover(to)
    name = one.called(to)
    if known and known.ended_at:
        return f"De kandidaat wil niet (meer) naar {name}. Kies een andere gemeente."
    if known and known.state == HANDED_ON:
        return f"{name} gaf deze kandidaat zelf door. Kies een andere gemeente of «Nu niet»."
    if known and known.state == NOT_NOW:
        return f"{name} meldde al dat het nu niet lukt. Kies een andere gemeente of «Nu niet»."
    return ""


def _no_partner(case: Case, partner: Partner) -> str:
    one, here = case.registration, case.handover
    if here.partner:
        return "Een organisatie kan een kandidaat niet doorgeven. Kies «Nu niet»."
    if not one.takes_mail:
        return "We kunnen de kandidaat niet mailen om dit te vragen. Vraag het zelf per telefoon."
    known = next((other for other in one.handovers if other.partner == partner), None)
    if known and (known.declined_at or known.ended_at):
        return "De kandidaat wil niet naar deze organisatie. Kies iemand anders."
    if known and known.lapsed_at:
        return "De kandidaat antwoordde hier niet op. Bel of mail de kandidaat zelf."
    if known and known.state == NOT_NOW:
        return "Deze organisatie meldde al dat het nu niet lukt. Kies iemand anders."
    return ""


def _refuse(deed: Deed, errors: Mapping[str, str]) -> None:
    partner = deed.partner or Partner("", "")
    typed = {
        "act": deed.what,
        "to": deed.to,
        "to_name": deed.to_name,
        "partner_name": partner.name,
        "partner_email": partner.email,
        "note": deed.note,
    }
    raise InvalidDeedError(form_of(typed, errors))


def _case(registration: Registration, receiver: str, door: str) -> Case | None:
    handover = registration.handover(receiver)
    if handover is None or handover.ended_at:
        return None
    is_held = bool(registration.hold or registration.repeat_of)
    by_agency = door in {AGENCY_DESK, COMMAND} and not is_held
    return Case(registration, handover) if by_agency or is_shown(registration, handover) else None


def _told(handled: Handled, deed: Deed) -> Handled:
    log.info(
        "acted",
        reference=handled.case.registration.reference,
        receiver=handled.case.handover.receiver,
        why=deed.what,
        outcome=handled.outcome.value,
    )
    return handled
