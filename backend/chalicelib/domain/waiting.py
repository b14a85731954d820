"""
What follows when she waits too long, or when it is time to ask her how it went, as steps of the
registration. Whoever has the outbox in hands takes them when they are due (`Registration.due_at`).
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.following import returned
from chalicelib.domain.handover import Handover
from chalicelib.domain.outbox import Event, Mail, dropped, queued
from chalicelib.domain.registration import LATE, QUESTION, VOLUNTEER, Registration

TOGETHER = "told-together"
"""Why a mail was not needed: another one, made at the same moment, tells it too."""


def moved_on(registration: Registration, now: datetime) -> Registration:
    """With what the time that passed brings about; the same registration when that is nothing."""
    return asked(escalated(given_back(registration, now), now), now)


def given_back(registration: Registration, now: datetime) -> Registration:
    """What an organisation ended with nobody is to be done by who proposed it."""
    for one in registration.handovers:
        if _is_reached(registration.returns_at(one), now):
            registration = returned(registration, one.receiver, now)
    return registration


def escalated(registration: Registration, now: datetime) -> Registration:
    """
    Where nobody took her up in the days that we promised: the agency has it on its list, and she
    is told, once for each place. Where several are late at the same moment, one mail tells it.
    """
    late = [one for one in registration.handovers if _is_reached(registration.late_at(one), now)]
    if not late:
        return registration
    handovers = (
        replace(one, late_since=now) if one in late else one for one in registration.handovers
    )
    events = tuple(Event(now, "escalated", one.receiver) for one in late)
    following = replace(
        registration,
        handovers=tuple(handovers),
        events=(*registration.events, *events),
    )
    if not registration.takes_mail:
        return following
    first: Mail | None = None
    for one in late:
        if following.mail(LATE, VOLUNTEER, one.receiver):
            continue
        following = queued(following, LATE, VOLUNTEER, now, about=one.receiver)
        mail = following.mail(LATE, VOLUNTEER, one.receiver)
        if first and mail:
            following = dropped(following, mail, TOGETHER, now)
        first = first or mail
    return following


def told_with(registration: Registration, mail: Mail) -> tuple[Handover, ...]:
    """The hand-overs that a mail about being late tells of: those that are late still."""
    made = {
        one.about
        for one in registration.mails
        if (one.kind, one.queued_at) == (LATE, mail.queued_at)
    }
    return tuple(one for one in registration.late if one.receiver in made)


def asked(registration: Registration, now: datetime) -> Registration:
    """
    The question that is due is mailed to her, once; of two that are due, as after a pause, the
    last.
    """
    codes = [code for code, at in registration.questions_at if at <= now]
    if not codes:
        return registration
    return queued(registration, QUESTION, VOLUNTEER, now, about=codes[-1])


def _is_reached(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
