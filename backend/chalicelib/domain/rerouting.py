"""
What the agency decides about where a candidate goes: to another municipality than the one that has
her, or to none, as she is refused.

Whoever was mailed about her and loses her is told (`registration.told_taken_back`); whoever was not
yet mailed never is. The codes are data: the ledger counts by them how many were refused, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.following import MAX_HANDOVERS
from chalicelib.domain.handover import Handover
from chalicelib.domain.outbox import BOUNCED, COMPLAINED, Event, dropped, queued, requeued
from chalicelib.domain.registration import (
    CONSENT,
    FORWARDING,
    HANDED_ON,
    PHONE_INSTEAD,
    REFUSAL,
    REROUTED,
    VOLUNTEER,
    Registration,
    refused,
    told_taken_back,
)
from chalicelib.domain.suspicion import REFUSED, decision_on


@dataclass(frozen=True)
class Refusal:
    """
    Why somebody is refused: `words` for the officer, `told` for the volunteer, "" where she is not
    mailed: then nobody asked for anything, or the address is a stranger's.
    """

    words: str
    told: str = ""


REFUSALS: Mapping[str, Refusal] = {
    "not-real": Refusal("Geen echte aanmelding: reclame, een grap of een computer"),
    "misuse": Refusal("Iemand vulde de gegevens van een ander in"),
    "duplicate": Refusal("Deze persoon is al aangemeld, met een andere referentie"),
    "no-buddy": Refusal(
        "Wil geen buddy zijn, maar vraagt iets anders",
        "Je vraag gaat niet over buddy worden. Antwoord op deze mail, dan wijzen we je de weg.",
    ),
    "too-young": Refusal(
        "Is nog geen 18 jaar",
        "Je kan buddy worden vanaf 18 jaar. Meld je gerust later opnieuw aan.",
    ),
    "too-far": Refusal(
        "Is te ver weg om iemand te ontmoeten",
        "Een buddy ontmoet iemand in Vlaanderen of Brussel. Voor jou is dat te ver.",
    ),
    "no-place": Refusal(
        "Geen gemeente in de buurt heeft een buddywerking",
        "Geen gemeente in je buurt heeft nu een buddywerking. Meld je gerust later opnieuw aan.",
    ),
    "unsuited": Refusal(
        "Past niet bij een buddywerking",
        "We vinden geen plaats die bij je past. Wil je weten waarom? Antwoord op deze mail.",
    ),
    "other": Refusal(
        "Een andere reden",
        "We kunnen je nu niet helpen. Wil je weten waarom? Antwoord op deze mail.",
    ),
}
"""By code, as the ledger keeps it; no free text, so that nobody writes down a person there."""

HELD, LEFT, NOT_THERE, SAME, THERE, TOO_MANY = (
    "held",
    "left",
    "not-there",
    "same",
    "there-already",
    "too-many",
)


class NotPossibleError(ValueError):
    """It makes no sense as things are now; `code` says why, the text says so to who types."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_refused(registration: Registration) -> bool:
    decision = decision_on(registration)
    return not registration.hold and decision is not None and decision.what == REFUSED


def rerouted(
    registration: Registration, receiver: str, to: str, door: str, now: datetime
) -> Registration:
    """
    Taken from one place and given to a municipality (`to`): that one is mailed at once, the
    volunteer is told, and so is the place that loses her, if it was mailed.

    Raises `NotPossibleError`.
    """
    here = _open(registration, receiver)
    if to == receiver:
        raise NotPossibleError(SAME, "It is there already: name another municipality.")
    known = registration.handover(to)
    if known and not known.ended_at:
        raise NotPossibleError(THERE, "That municipality has her already.")
    if known is None and len(registration.handovers) >= MAX_HANDOVERS:
        raise NotPossibleError(TOO_MANY, "She passed through too many hands: phone somebody.")
    following = _without_mails_of(registration, here, now)
    ended = replace(here, ended_at=now)
    new = Handover(to, now)
    others = [one for one in registration.handovers if one is not known]
    handovers = tuple(ended if one is here else one for one in others)
    event = Event(now, REROUTED, receiver, to, door=door)
    following = replace(following, handovers=(*handovers, new), events=(*following.events, event))
    following = _mailed_to(following, to, now)
    following = queued(following, REROUTED, VOLUNTEER, now, about=to, again=True)
    return told_taken_back(following, now)


def refused_for(registration: Registration, why: str, door: str, now: datetime) -> Registration:
    """
    She is no candidate, or not one for us: nobody has her any more. Twice is once.

    She is told where that is of use to her (`Refusal.told`), unless she was still held: then
    nothing shows that the address is hers. Raises `NotPossibleError`, and KeyError for a code that
    is none.
    """
    reason = REFUSALS[why]
    if registration.has_left:
        raise NotPossibleError(LEFT, "She left already.")
    if is_refused(registration):
        return registration
    was_held = bool(registration.hold)
    following = refused(registration, why, now, door)
    for mail in registration.mails:
        if mail.sendings and not mail.dropped_at and (mail.next_at or mail.attention_at):
            following = dropped(following, mail, REFUSED, now)
    ended = (one if one.ended_at else replace(one, ended_at=now) for one in following.handovers)
    following = replace(following, handovers=tuple(ended))
    if reason.told and not was_held and _may_be_mailed(registration):
        following = queued(following, REFUSAL, VOLUNTEER, now)
    return told_taken_back(following, now)


def told_why(registration: Registration) -> str:
    """What a refused volunteer reads about it."""
    decision = decision_on(registration)
    reason = REFUSALS.get(decision.why) if decision else None
    return (reason and reason.told) or REFUSALS["other"].told


def _open(registration: Registration, receiver: str) -> Handover:
    here = registration.handover(receiver)
    if registration.hold:
        raise NotPossibleError(HELD, "It is held: release or refuse it first.")
    if registration.has_left or registration.repeat_of or is_refused(registration):
        raise NotPossibleError(LEFT, "She left, was refused, or it is a repeat of another one.")
    if here is None or here.ended_at:
        raise NotPossibleError(NOT_THERE, "That place does not have her (any more).")
    return here


def _without_mails_of(registration: Registration, here: Handover, now: datetime) -> Registration:
    """Nothing that was still to come to this place, or to her about it, goes out."""
    for mail in registration.mails:
        to_place = (mail.kind, mail.receiver) in {
            (FORWARDING, here.receiver),
            (PHONE_INSTEAD, here.receiver),
        }
        about_it = mail.kind in {HANDED_ON, CONSENT, REROUTED} and mail.about == here.receiver
        is_open = not mail.dropped_at and (mail.next_at or mail.attention_at)
        if is_open and (to_place or (about_it and not mail.sendings)):
            registration = dropped(registration, mail, REROUTED, now)
    return registration


def _mailed_to(registration: Registration, to: str, now: datetime) -> Registration:
    """The municipality is mailed, also where it was mailed before and lost her since."""
    known = registration.mail(FORWARDING, to)
    if known and known.sendings:
        mails = (
            replace(one, dropped_at=None) if one is known else one for one in registration.mails
        )
        return requeued(replace(registration, mails=tuple(mails)), known, now)
    return queued(registration, FORWARDING, to, now, again=True)


def _may_be_mailed(registration: Registration) -> bool:
    """Whether she never called our mail spam, and the last one did not come back."""
    sendings = [
        sending
        for mail in registration.mails
        if mail.receiver == VOLUNTEER
        for sending in mail.sendings
    ]
    last = max(sendings, key=lambda one: one.sent_at, default=None)
    complained = any(one.outcome == COMPLAINED for one in sendings)
    return not complained and (last is None or last.outcome != BOUNCED)
