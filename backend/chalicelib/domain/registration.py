"""
A registration, the mails it must send, and every step in its life.

A step is a function that takes a registration and returns the next one, with its event appended:
nothing here reads a clock, a table or a mailbox. Status is computed from timestamps, never
stored. All moments are in UTC.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.form import Answers
from chalicelib.domain.municipalities import of_postcode
from chalicelib.domain.retention import REGISTRATION_TERM

VOLUNTEER = "volunteer"
"""The receiver of the confirmation; every other receiver is a NIS code."""

LEASE = timedelta(seconds=45)
"""How long a forwarder has a registration to itself: longer than a send can take (mailer.py)."""

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)


@dataclass(frozen=True)
class Event:
    """
    What happened, when, and to which municipality. Holds no personal data: it goes to the ledger.

    `why` is a code: a reason (`TooManyRequestsException`), a reference, a campaign.
    """

    at: datetime
    what: str
    receiver: str = ""
    why: str = ""


@dataclass(frozen=True)
class Mail:
    """
    One mail that must go out, to a municipality or to the volunteer.

    `next_at` is the moment of the next attempt, None when there is nothing left to do; `reason`
    is why the last attempt failed, or why no mail was needed.
    """

    receiver: str
    queued_at: datetime
    next_at: datetime | None
    attempts: int = 0
    reason: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    dropped_at: datetime | None = None

    @property
    def status(self) -> str:
        if self.sent_at:
            return "sent"
        return "dropped" if self.dropped_at else "queued"


@dataclass(frozen=True)
class Forwarding(Mail):
    """A registration × a municipality: queued, retried and followed on its own."""

    @property
    def nis_code(self) -> str:
        return self.receiver


@dataclass(frozen=True)
class Registration:
    """
    Somebody who wants to be a buddy; one item in the table, outbox included.

    `fingerprint` tells whether two submissions with one id have the same answers. `version`
    counts the writes. `admitted_at` is when it was judged new or a repeat (recent.py);
    `lease_until` is set while a forwarder works on it.
    """

    reference: str
    submission_id: str
    fingerprint: str
    registered_at: datetime
    answers: Answers
    forwardings: tuple[Forwarding, ...]
    confirmation: Mail
    events: tuple[Event, ...]
    version: int = 1
    admitted_at: datetime | None = None
    lease_until: datetime | None = None
    repeat_of: str = ""

    @property
    def mails(self) -> tuple[Mail, ...]:
        """All that must go out, to the municipalities first: they are the ones that must act."""
        return (*self.forwardings, self.confirmation)

    @property
    def due_at(self) -> datetime | None:
        """When the sweep must look at it, None for never; a running lease postpones it."""
        moments = [mail.next_at for mail in self.mails if mail.next_at]
        if not moments:
            return None
        return max(min(moments), self.lease_until) if self.lease_until else min(moments)

    @property
    def expires_at(self) -> datetime:
        """From when it counts as gone, whether or not it is deleted already."""
        return self.registered_at + REGISTRATION_TERM

    def mail(self, receiver: str) -> Mail:
        return next(mail for mail in self.mails if mail.receiver == receiver)

    def due_mails(self, now: datetime) -> Iterator[Mail]:
        """The mails to send now."""
        return (mail for mail in self.mails if mail.next_at and mail.next_at <= now)

    def is_elsewhere(self, nis_code: str) -> bool:
        """Whether a municipality is another one than the volunteer's own."""
        return nis_code not in {home.nis_code for home in of_postcode(self.answers.postcode)}


def fingerprint(answers: Answers) -> str:
    """A digest of the answers: equal answers, equal fingerprint."""
    canonical = json.dumps(asdict(answers), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def register(answers: Answers, reference: str, submission_id: str, now: datetime) -> Registration:
    """A new registration, with a mail due for each municipality and one for the volunteer."""
    registration = Registration(
        reference=reference,
        submission_id=submission_id,
        fingerprint=fingerprint(answers),
        registered_at=now,
        answers=answers,
        forwardings=tuple(Forwarding(nis_code, now, now) for nis_code in answers.municipality),
        confirmation=Mail(VOLUNTEER, now, now),
        events=(Event(now, "registered", why=answers.source),),
    )
    queued = tuple(
        Event(
            now,
            "queued",
            forwarding.nis_code,
            "elsewhere" if registration.is_elsewhere(forwarding.nis_code) else "",
        )
        for forwarding in registration.forwardings
    )
    return replace(registration, events=registration.events + queued)


def claim(registration: Registration, now: datetime) -> Registration:
    """Take (or keep) the lease: until `LEASE` after `now`, nobody else sends for it."""
    return replace(registration, lease_until=now + LEASE)


def release(registration: Registration) -> Registration:
    return replace(registration, lease_until=None)


def sent(registration: Registration, receiver: str, message_id: str, now: datetime) -> Registration:
    """SES has taken the mail. That is not yet delivered."""
    mail = registration.mail(receiver)
    done = replace(
        mail,
        attempts=mail.attempts + 1,
        next_at=None,
        reason="",
        sent_at=mail.sent_at or now,
        message_id=message_id,
    )
    return _with(registration, done, Event(now, "sent", receiver))


def postponed(
    registration: Registration, receiver: str, reason: str, now: datetime
) -> Registration:
    """
    The mail could not be sent now: it stays queued, with the reason and the next moment.

    Unless another forwarder sent it meanwhile: then there is nothing to try again.
    """
    mail = registration.mail(receiver)
    if mail.status != "queued":
        return registration
    attempts = mail.attempts + 1
    later = replace(mail, attempts=attempts, reason=reason, next_at=now + _pause(attempts))
    return _with(registration, later, Event(now, "postponed", receiver, reason))


def dropped(registration: Registration, receiver: str, reason: str, now: datetime) -> Registration:
    """The mail is not needed, or may not be sent; `reason` says why."""
    without = replace(registration.mail(receiver), next_at=None, reason=reason, dropped_at=now)
    return _with(registration, without, Event(now, "dropped", receiver, reason))


def admitted(
    registration: Registration, *, repeat_of: str, confirm: bool, now: datetime
) -> Registration:
    """
    Judged, once: a repeat is kept, marked and not mailed again; no confirmation where `confirm`
    is False, as the address had enough of them.
    """
    judged = replace(registration, admitted_at=now, repeat_of=repeat_of)
    if repeat_of:
        judged = replace(judged, events=(*judged.events, Event(now, "repeated", why=repeat_of)))
        for mail in registration.mails:
            judged = dropped(judged, mail.receiver, "repeat", now)
    elif not confirm:
        judged = dropped(judged, VOLUNTEER, "enough-confirmations", now)
    return judged


def _with(registration: Registration, mail: Mail, event: Event) -> Registration:
    following = replace(registration, events=(*registration.events, event))
    if not isinstance(mail, Forwarding):
        return replace(following, confirmation=mail)
    forwardings = (
        mail if one.nis_code == mail.nis_code else one for one in registration.forwardings
    )
    return replace(following, forwardings=tuple(forwardings))


def _pause(attempts: int) -> timedelta:
    """1, 2, 4, … minutes, an hour at most; a tenth of spread, so that no queue returns as one."""
    doublings: int = 2 ** min(attempts - 1, 10)
    pause = min(FIRST_RETRY * doublings, LAST_RETRY)
    return pause * random.uniform(1.0, 1.1)  # noqa: S311 (no secret)
