"""
What the agency decides about where a candidate goes: to another municipality than the one that has
her, or to none, as she is refused; and that it was a mistake, within the hour.

As with what a municipality does (following.py), the mails that follow leave after that hour.
Whoever was mailed about her and loses her is told (`registration.told_taken_back`); whoever was not
yet mailed never is. The codes are data: the ledger counts by them how many were refused, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.following import MAX_HANDOVERS
from chalicelib.domain.handover import UNDO_TERM, Handover
from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    Event,
    Mail,
    dropped,
    queued,
    requeued,
    restored,
)
from chalicelib.domain.registration import (
    CONSENT,
    FORWARDING,
    HANDED_ON,
    PHONE_INSTEAD,
    REFUSAL,
    RELEASED,
    REROUTED,
    TAKEN_BACK,
    UNDONE,
    VOLUNTEER,
    WITHDRAWAL,
    Registration,
    taken_back_at,
    told_taken_back,
    without_mail,
)
from chalicelib.domain.registration import REFUSED_EVENT as REFUSED


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
    decision = registration.judgement
    return not registration.hold and decision is not None and decision.what == REFUSED


def decisions(registration: Registration) -> int:
    """How often the agency decided or undid it: it never falls, so a form can carry it."""
    kinds = {REFUSED, REROUTED, RELEASED}
    return sum(
        event.what in kinds or (event.what == UNDONE and event.why in kinds)
        for event in registration.events
    )


def rerouted(
    registration: Registration, receiver: str, to: str, door: str, now: datetime
) -> Registration:
    """
    Taken from one place and given to a municipality (`to`): that one is mailed, the volunteer is
    told, and so is the place that loses her, if it was mailed. All of it after the hour of undoing.

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
    following = queued(
        following, REROUTED, VOLUNTEER, now, about=to, at=now + UNDO_TERM, again=True
    )
    return told_taken_back(following, now)


def refused_for(registration: Registration, why: str, door: str, now: datetime) -> Registration:
    """
    She is no candidate, or not one for us: nobody has her any more. Twice is once.

    She is told where that is of use to her (`Refusal.told`), after the hour of undoing; unless she
    was still held: then nothing shows that the address is hers. Raises `NotPossibleError`, and
    KeyError for a code that is none.
    """
    reason = REFUSALS[why]
    if registration.has_left:
        raise NotPossibleError(LEFT, "She left already.")
    if is_refused(registration):
        return registration
    was_held = bool(registration.hold)
    event = Event(now, REFUSED, why=why, door=door)
    following = replace(registration, hold="", held_at=None, events=(*registration.events, event))
    for mail in registration.mails:
        # Who lost her before is still told so.
        if mail.kind not in {TAKEN_BACK, WITHDRAWAL} and _is_open(mail):
            following = dropped(following, mail, REFUSED, now)
    ended = (one if one.ended_at else replace(one, ended_at=now) for one in following.handovers)
    following = replace(following, handovers=tuple(ended))
    if reason.told and not was_held and _may_be_mailed(registration):
        following = queued(following, REFUSAL, VOLUNTEER, now, at=now + UNDO_TERM, again=True)
    return told_taken_back(following, now)


def can_undo(registration: Registration, now: datetime) -> Event | None:
    """
    What the agency decided last, while that can be undone: for an hour, as long as she did not
    leave, and nothing came of it where she was brought to.
    """
    standing: list[Event] = []
    for event in registration.events:
        if event.what in {REROUTED, REFUSED}:
            standing.append(event)
        elif event.what == UNDONE and event.why in {REROUTED, REFUSED}:
            del standing[-1:]
    last = standing[-1] if standing else None
    if last is None or now - last.at >= UNDO_TERM or registration.has_left:
        return None
    if last.what == REFUSED:
        return last if is_refused(registration) else None
    to = registration.handover(last.why)
    was_mailed = any(
        sending.sent_at >= last.at
        for mail in registration.mails
        for sending in mail.sendings
        if mail.receiver == last.why
    )
    is_untouched = to is not None and not to.acts and not to.ended_at and to.since == last.at
    return last if is_untouched and not was_mailed else None


def undone(registration: Registration, door: str, now: datetime) -> Registration:
    """
    What the agency decided last is taken back, with what would have followed from it; the same
    registration when it can't be (any more). Who was held waits again.
    """
    decided = can_undo(registration, now)
    if decided is None:
        return registration
    event = Event(now, UNDONE, decided.receiver, decided.what, door=door)
    following = replace(registration, events=(*registration.events, event))
    for mail in registration.mails:
        if (mail.dropped_at, mail.reason) == (decided.at, decided.what):
            following = restored(following, mail, now)
    for place in registration.handovers:
        if place.ended_at == decided.at:
            name = (TAKEN_BACK, place.receiver, taken_back_at(decided.at))
            following = without_mail(following, following.mail(*name), UNDONE, now)
    given = decided.why if decided.what == REROUTED else ""
    back = tuple(
        replace(one, ended_at=None) if one.ended_at == decided.at else one
        for one in following.handovers
    )
    following = replace(following, handovers=back)
    if given:
        return _not_given(following, given, now)
    following = without_mail(following, following.mail(REFUSAL, VOLUNTEER), UNDONE, now)
    return _held_again(following, decided)


def as_told(registration: Registration, now: datetime) -> Registration:
    """As she may know it: what the agency decided and can still undo is not told yet."""
    while can_undo(registration, now):
        registration = undone(registration, "", now)
    return registration


def told_why(registration: Registration) -> str:
    """What a refused volunteer reads about it."""
    decision = registration.judgement
    reason = REFUSALS.get(decision.why) if decision else None
    return (reason and reason.told) or REFUSALS["other"].told


def _is_open(mail: Mail) -> bool:
    """Whether something still comes of it."""
    return not mail.dropped_at and bool(mail.next_at or mail.attention_at)


def _not_given(registration: Registration, to: str, now: datetime) -> Registration:
    """A municipality does not get her after all; one that lost her before, lost her."""
    mail = registration.mail(FORWARDING, to)
    if mail and mail.sendings:
        registration = dropped(registration, mail, UNDONE, now)
        handovers = tuple(
            replace(one, ended_at=now) if one.receiver == to else one
            for one in registration.handovers
        )
    else:
        handovers = tuple(one for one in registration.handovers if one.receiver != to)
    following = replace(registration, handovers=handovers)
    for name in ((FORWARDING, to, ""), (PHONE_INSTEAD, to, ""), (REROUTED, VOLUNTEER, to)):
        following = without_mail(following, following.mail(*name), UNDONE, now)
    return following


def _held_again(registration: Registration, decided: Event) -> Registration:
    """Held, if she was when that was decided."""
    kinds = {"held", RELEASED}
    before = [one for one in registration.events if one.what in kinds and one.at <= decided.at]
    if not before or before[-1].what != "held":
        return registration
    return replace(registration, hold=before[-1].mail, held_at=before[-1].at)


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
        if _is_open(mail) and (to_place or (about_it and not mail.sendings)):
            registration = dropped(registration, mail, REROUTED, now)
    return registration


def _mailed_to(registration: Registration, to: str, now: datetime) -> Registration:
    """
    The municipality is mailed after the hour of undoing, also where it was mailed before and lost
    her since.
    """
    leaves_at = now + UNDO_TERM
    known = registration.mail(FORWARDING, to)
    if known and known.sendings:
        mails = (
            replace(one, dropped_at=None) if one is known else one for one in registration.mails
        )
        return requeued(replace(registration, mails=tuple(mails)), known, now, leaves_at)
    return queued(registration, FORWARDING, to, now, at=leaves_at, again=True)


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
