"""
What a municipality does about a candidate, as steps of the registration: each adds its act to the
hand-over and its event to the history, and queues what must be mailed because of it.

Mails that follow from an act leave after the hour in which it can be undone.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.handover import (
    HANDED_ON,
    NOT_NOW,
    UNDO_TERM,
    VOLUNTEER_PAGE,
    WRONG_ADDRESS,
    Act,
    Handover,
    Partner,
    with_act,
    without_handing_on,
    without_last,
)
from chalicelib.domain.outbox import Event, queued
from chalicelib.domain.registration import (
    CONSENT,
    DECLINED,
    FORWARDING,
    PHONE_INSTEAD,
    REGRET,
    VOLUNTEER,
    Registration,
    without_mail,
)
from chalicelib.domain.registration import HANDED_ON as HANDED_ON_MAIL

PARTNER = "partner"
MAX_HANDOVERS = 12
"""Of one registration: three that she chose, and more hands than she should pass through."""


class NotHereError(LookupError):
    """The registration has no such hand-over (any more)."""


class TooManyHandoversError(ValueError):
    """She was handed on more often than makes sense: a person must look."""


def acted(registration: Registration, receiver: str, act: Act) -> Registration:
    """
    Something was done about her in one place; the same registration when that was known. Where it
    does not work out now she is told: nobody else may be there who calls her.

    Raises `NotHereError`, and `TooManyActsError`. Handing on has its own steps.
    """
    before = _here(registration, receiver)
    after = with_act(before, act)
    if after is before:
        return registration
    event = Event(act.at, act.what, receiver, act.why or act.to, door=act.door)
    following = replace(_with(registration, after), events=(*registration.events, event))
    if act.what != NOT_NOW:
        return following
    leaves_at = act.at + UNDO_TERM
    return queued(following, REGRET, VOLUNTEER, act.at, about=receiver, at=leaves_at, again=True)


def handed_on(registration: Registration, receiver: str, act: Act) -> Registration:
    """
    One municipality hands her on to another (`act.to`): that one is mailed, and she is told.

    Where she is already in the hands of that one, nothing new is sent there. Raises as `acted`, and
    `TooManyHandoversError`.
    """
    following = acted(registration, receiver, act)
    if following is registration:
        return registration
    known = following.handover(act.to)
    if known is None or known.ended_at:
        new = Handover(act.to, act.at, handed_on_by=receiver)
        following = _with(following, new) if known else _added(following, new)
    leaves_at = act.at + UNDO_TERM
    following = queued(following, FORWARDING, act.to, act.at, at=leaves_at, again=True)
    return queued(
        following, HANDED_ON_MAIL, VOLUNTEER, act.at, about=act.to, at=leaves_at, again=True
    )


def proposed(registration: Registration, receiver: str, partner: Partner, act: Act) -> Registration:
    """
    One municipality wants to hand her on to an organisation: she is asked first, once.

    Raises as `handed_on`.
    """
    known = next((one for one in registration.handovers if one.partner == partner), None)
    to = known.receiver if known else _free_name(registration)
    following = acted(registration, receiver, replace(act, to=to))
    if following is registration or known:
        return following
    following = _added(following, Handover(to, act.at, handed_on_by=receiver, partner=partner))
    leaves_at = act.at + UNDO_TERM
    return queued(following, CONSENT, VOLUNTEER, act.at, about=to, at=leaves_at, again=True)


def agreed(registration: Registration, receiver: str, now: datetime) -> Registration:
    """She says yes to an organisation: now it is mailed. Twice is once; a no can become a yes."""
    known = _here(registration, receiver)
    if known.partner is None or known.agreed_at or known.ended_at or known.lapsed_at:
        return registration
    yes = replace(known, agreed_at=now, declined_at=None, since=now)
    event = Event(now, "agreed", receiver, door=VOLUNTEER_PAGE)
    following = replace(_with(registration, yes), events=(*registration.events, event))
    return queued(following, FORWARDING, receiver, now, again=True)


def declined(registration: Registration, receiver: str, now: datetime) -> Registration:
    """She says no: whoever proposed it has her in hands again, and is told, each of them."""
    known = _here(registration, receiver)
    if known.partner is None or known.agreed_at or known.declined_at or known.lapsed_at:
        return registration
    event = Event(now, "declined", receiver, door=VOLUNTEER_PAGE)
    following = _with(registration, replace(known, declined_at=now))
    following = replace(following, events=(*registration.events, event))
    return _came_back(following, receiver, now, mail=True)


def returned(registration: Registration, receiver: str, now: datetime) -> Registration:
    """
    She did not answer about an organisation in time, or they can't take her: whoever proposed it
    has her in hands again. An answer is told by a mail; where there was none, the list of who
    waits tells it, so that nobody gets a mail for each. Raises `NotHereError`.
    """
    known = _here(registration, receiver)
    is_answer = known.agreed_at is not None
    event = Event(now, "returned" if is_answer else "lapsed", receiver)
    after = known if is_answer else replace(known, lapsed_at=now)
    following = replace(_with(registration, after), events=(*registration.events, event))
    return _came_back(following, receiver, now, mail=is_answer)


def _came_back(
    registration: Registration, receiver: str, now: datetime, *, mail: bool
) -> Registration:
    following = registration
    for proposer in registration.handovers:
        back = without_handing_on(proposer, receiver, now)
        if back != proposer and not proposer.ended_at and proposer.receiver != receiver:
            following = _with(following, back)
            if mail:
                following = queued(following, DECLINED, proposer.receiver, now, about=receiver)
    return following


def undone(registration: Registration, receiver: str, door: str, now: datetime) -> Registration:
    """
    The last act in one place is taken back, with what would have followed from it; the same
    registration when it is too late for that. Raises `NotHereError`.
    """
    before = _here(registration, receiver)
    after = without_last(before, now)
    act = before.last
    if after is before or act is None:
        return registration
    following = _with(registration, after)
    if act.what == HANDED_ON:
        following = _not_handed_on(following, receiver, act, now)
    if act.what == NOT_NOW:
        regret = following.mail(REGRET, VOLUNTEER, receiver)
        following = without_mail(following, regret, "undone", now)
    event = Event(now, "undone", receiver, act.what, door=door)
    return replace(following, events=(*following.events, event))


def revoked(registration: Registration, receiver: str, door: str, now: datetime) -> Registration:
    """The links to her that this receiver was mailed no longer work."""
    known = replace(_here(registration, receiver), links_since=now)
    event = Event(now, "revoked", receiver, door=door)
    return replace(_with(registration, known), events=(*registration.events, event))


def readdressed(
    registration: Registration, receiver: str, door: str, now: datetime
) -> Registration:
    """
    The agency found where a mail must go that reached the wrong people: the place waits for her
    again, and the links in the mail that went astray are void. The same registration where nobody
    said that, or where she left.
    """
    here = registration.handover(receiver)
    if here is None or registration.has_left or here.state != WRONG_ADDRESS:
        return registration
    acts = tuple(
        replace(act, undone_at=now) if act.what == WRONG_ADDRESS and not act.undone_at else act
        for act in here.acts
    )
    event = Event(now, "undone", receiver, WRONG_ADDRESS, door=door)
    following = _with(registration, replace(here, acts=acts, links_since=now))
    return replace(following, events=(*registration.events, event))


def _not_handed_on(
    registration: Registration, receiver: str, act: Act, now: datetime
) -> Registration:
    handover = registration.handover(act.to)
    if handover is None or handover.handed_on_by != receiver or handover.since != act.at:
        mails: tuple[tuple[str, str, str], ...] = (
            (HANDED_ON_MAIL, VOLUNTEER, act.to),
        )  # she was there already
    else:
        mails = (
            (FORWARDING, act.to, ""),
            (PHONE_INSTEAD, act.to, ""),
            (HANDED_ON_MAIL, VOLUNTEER, act.to),
            (CONSENT, VOLUNTEER, act.to),
        )
        left = tuple(one for one in registration.handovers if one is not handover)
        registration = replace(registration, handovers=left)
    for name in mails:
        registration = without_mail(registration, registration.mail(*name), "undone", now)
    return registration


def _free_name(registration: Registration) -> str:
    """What the next organisation is called: one that was taken back leaves its name free."""
    names = {one.receiver for one in registration.handovers}
    return next(
        name
        for number in range(1, MAX_HANDOVERS + 2)
        if (name := f"{PARTNER}-{number}") not in names
    )


def _here(registration: Registration, receiver: str) -> Handover:
    known = registration.handover(receiver)
    if known is None or registration.has_left:
        raise NotHereError(receiver)
    return known


def _added(registration: Registration, handover: Handover) -> Registration:
    if len(registration.handovers) >= MAX_HANDOVERS:
        raise TooManyHandoversError
    return replace(registration, handovers=(*registration.handovers, handover))


def _with(registration: Registration, handover: Handover) -> Registration:
    handovers = (
        handover if one.receiver == handover.receiver else one for one in registration.handovers
    )
    return replace(registration, handovers=tuple(handovers))
