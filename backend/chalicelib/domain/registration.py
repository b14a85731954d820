"""
A registration, the mails it must send, and every step in its life.

A step is a function that takes a registration and returns the next one, with its event appended:
nothing here reads a clock, a table or a mailbox. What any mail goes through is in `outbox`; here is
what is a registration's own. All moments are in UTC.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.form import Answers
from chalicelib.domain.handover import Handover
from chalicelib.domain.municipalities import of_postcode
from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    Event,
    Mail,
    Outbox,
    dropped,
    handed_over,
    queued,
)
from chalicelib.domain.retention import REGISTRATION_TERM, SYNTHETIC_TERM

VOLUNTEER = "volunteer"
"""The receiver of what is mailed to her; every other receiver is a NIS code."""

FORWARDING = "forwarding"  # to a municipality: this person wants to be a buddy
PHONE_INSTEAD = "phone-instead"  # to a municipality: her e-mail address does not work
CONFIRMATION = "confirmation"  # to the volunteer: what happens next
STEP_UP = "step-up"  # to the volunteer: was it you? Press the button
DELAY = "delay"  # to the volunteer: your municipality could not be reached, we look for another way
HANDED_ON = "handed-on"  # to the volunteer, about a receiver: your municipality asked it instead
CONSENT = "consent"  # to the volunteer, about a partner: may we send it your registration?

TO_MUNICIPALITY = frozenset({FORWARDING, PHONE_INSTEAD})
"""The kinds of mail that go to whatever address of a municipality works."""

AGENCY = "agency"
"""The route of a mail to the agency's own mailbox."""

QUARANTINE = "quarantine"  # the desk looks at it first
UNREACHABLE = "unreachable"
"""Why a person must look when her e-mail address does not work."""
CONFIRM_FIRST_FOR = timedelta(days=7)
"""How long she has to press the button; then the desk looks at it."""


@dataclass(frozen=True, kw_only=True)
class Registration(Outbox):
    """
    Somebody who wants to be a buddy; one item in the table, outbox included.

    `handovers` has one for each municipality or organisation that has her, or had her. Links
    of before `links_since` to her own page are void.
    `fingerprint` tells whether two submissions with one id have the same answers. `admitted_at`
    is when it was judged new or a repeat (recent.py). `signals` are what looked odd about the
    request, `network` is a salted digest of the address that it came from, there until it is
    judged. While `hold` says `step-up` or `quarantine`, no municipality is mailed. `synthetic` ones
    are our own tests: no figure counts them.
    """

    reference: str
    submission_id: str
    fingerprint: str
    registered_at: datetime
    answers: Answers
    handovers: tuple[Handover, ...] = ()
    links_since: datetime | None = None
    admitted_at: datetime | None = None
    repeat_of: str = ""
    signals: tuple[str, ...] = ()
    network: str = ""
    hold: str = ""
    held_at: datetime | None = None
    synthetic: bool = field(default=False)

    @property
    def id(self) -> str:
        return self.reference

    @property
    def expires_at(self) -> datetime:
        return self.registered_at + (SYNTHETIC_TERM if self.synthetic else REGISTRATION_TERM)

    def handover(self, receiver: str) -> Handover | None:
        """How it stands with her in one municipality, or at one organisation."""
        return next((one for one in self.handovers if one.receiver == receiver), None)

    @property
    def forwardings(self) -> tuple[Mail, ...]:
        """The mails that ask a municipality to call: queued, retried and followed on their own."""
        return tuple(mail for mail in self.mails if mail.kind == FORWARDING)

    @property
    def active_mails(self) -> tuple[Mail, ...]:
        """While it is held, only what asks her to confirm may go out."""
        return tuple(mail for mail in self.mails if not self.hold or mail.kind == STEP_UP)

    @property
    def due_at(self) -> datetime | None:
        """Also when she had the time to confirm: then the desk must look."""
        due_at = super().due_at
        if self.hold != STEP_UP or not self.held_at:
            return due_at
        waits_until = self.held_at + CONFIRM_FIRST_FOR
        return min(due_at, waits_until) if due_at else waits_until

    @property
    def work(self) -> tuple[str, datetime] | None:
        if self.hold == QUARANTINE and self.held_at:
            return QUARANTINE, self.held_at
        return super().work

    def is_elsewhere(self, nis_code: str) -> bool:
        """Whether a municipality is another one than the volunteer's own."""
        return nis_code not in {home.nis_code for home in of_postcode(self.answers.postcode)}


def fingerprint(answers: Answers) -> str:
    """A digest of the answers: equal answers, equal fingerprint."""
    canonical = json.dumps(asdict(answers), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Circumstances:
    """How a registration came, beside its answers: see `Registration`."""

    signals: tuple[str, ...] = ()
    network: str = ""
    synthetic: bool = False


def register(
    answers: Answers,
    reference: str,
    submission_id: str,
    now: datetime,
    came: Circumstances = Circumstances(),
) -> Registration:
    """A new registration, with a mail due for each municipality and one for the volunteer."""
    registration = Registration(
        mails=(
            *(Mail(FORWARDING, nis_code, now, now) for nis_code in answers.municipality),
            Mail(CONFIRMATION, VOLUNTEER, now, now),
        ),
        events=(Event(now, "registered", why=answers.source),),
        reference=reference,
        submission_id=submission_id,
        fingerprint=fingerprint(answers),
        registered_at=now,
        answers=answers,
        handovers=tuple(Handover(nis_code, now) for nis_code in answers.municipality),
        signals=came.signals,
        network=came.network,
        synthetic=came.synthetic,
    )
    events = tuple(
        Event(
            now,
            "queued",
            mail.receiver,
            "elsewhere" if registration.is_elsewhere(mail.receiver) else "",
            FORWARDING,
        )
        for mail in registration.forwardings
    )
    return replace(registration, events=registration.events + events)


def admitted(
    registration: Registration, *, repeat_of: str, confirm: bool, now: datetime
) -> Registration:
    """
    Judged, once: a repeat is kept, marked and not mailed again; no confirmation where `confirm`
    is False, as the address had enough of them. The digest of her network has served.
    """
    judged = replace(registration, admitted_at=now, repeat_of=repeat_of, network="")
    if repeat_of:
        judged = replace(judged, events=(*judged.events, Event(now, "repeated", why=repeat_of)))
        for mail in registration.mails:
            judged = dropped(judged, mail, "repeat", now)
    elif not confirm:
        judged = _without(judged, CONFIRMATION, "enough-confirmations", now)
    return judged


def held(registration: Registration, hold: str, why: str, now: datetime) -> Registration:
    """
    Kept from the municipalities until she confirms (`step-up`) or the desk looked (`quarantine`).
    """
    waiting = replace(
        registration,
        hold=hold,
        held_at=now,
        events=(*registration.events, Event(now, "held", why=why, mail=hold)),
    )
    return queued(waiting, STEP_UP, VOLUNTEER, now) if hold == STEP_UP else waiting


def unheld(registration: Registration, why: str, now: datetime) -> Registration:
    """
    She confirmed, or the desk found it good (`why`): it goes on as any other. Twice is once.
    """
    if not registration.hold:
        return registration
    free = replace(registration, hold="", held_at=None)
    free = replace(free, events=(*free.events, Event(now, "released", why=why)))
    return _without(free, STEP_UP, why, now)


def refused(registration: Registration, why: str, now: datetime) -> Registration:
    """The desk found that it is none: nobody is mailed."""
    free = replace(registration, hold="", held_at=None)
    free = replace(free, events=(*free.events, Event(now, "refused", why=why)))
    for mail in registration.mails:
        if not mail.sendings and not mail.dropped_at:
            free = dropped(free, mail, "refused", now)
    return free


def followed_up(registration: Registration, now: datetime) -> Registration:
    """
    What must follow from what became of the mails; nothing twice, whenever it is asked.

    Her address does not work → her municipalities are asked to phone; without a phone number, or
    when she had to confirm first, a person must look. A municipality can't be reached → she is
    told, once, that it takes longer. A complaint → a person must look; hers stops all mails to her.
    """
    following = registration
    to_her = [mail for mail in following.mails if mail.receiver == VOLUNTEER]
    for mail in to_her:
        if mail.status == COMPLAINED:
            for other in to_her:
                if other.must_be_sent:
                    following = dropped(following, other, "complained", now)
        if mail.status == BOUNCED and mail.kind != STEP_UP:
            following = _unreachable(following, mail, now)
        if mail.status == BOUNCED and following.hold == STEP_UP:
            following = held(following, QUARANTINE, UNREACHABLE, now)
    for mail in registration.forwardings:
        if mail.status == COMPLAINED and mail.reason != COMPLAINED:
            following = _looked_at(following, mail, now)
        if _is_out_of_reach(mail) and _is_reachable(following):
            following = queued(following, DELAY, VOLUNTEER, now)
    return following


def _unreachable(registration: Registration, mail: Mail, now: datetime) -> Registration:
    if not registration.answers.phone:
        return handed_over(registration, mail, UNREACHABLE, now)
    for forwarding in registration.forwardings:
        if not forwarding.dropped_at:
            registration = queued(registration, PHONE_INSTEAD, forwarding.receiver, now)
    return registration


def _looked_at(registration: Registration, mail: Mail, now: datetime) -> Registration:
    """A municipality called our mail unwanted: it has it, but somebody should ask why."""
    waiting = replace(mail, attention_at=now, reason=COMPLAINED)
    event = Event(now, "handed-over", mail.receiver, COMPLAINED, mail.kind)
    mails = tuple(waiting if one is mail else one for one in registration.mails)
    return replace(registration, mails=mails, events=(*registration.events, event))


def _is_out_of_reach(mail: Mail) -> bool:
    """Whether every address of its municipality failed: the agency has it, or nobody."""
    if mail.attention_at and mail.reason != COMPLAINED:
        return mail.reason != "no-receipt"
    return bool(mail.bounced) and mail.sendings[-1].route == AGENCY


def _is_reachable(registration: Registration) -> bool:
    """Whether the volunteer may be mailed, as far as we know."""
    confirmation = registration.mail(CONFIRMATION, VOLUNTEER)
    unreachable = {BOUNCED, COMPLAINED, "dropped", "attention"}
    return confirmation is not None and confirmation.status not in unreachable


def _without(registration: Registration, kind: str, reason: str, now: datetime) -> Registration:
    """Without a mail to her that did not go out yet."""
    return without_mail(registration, registration.mail(kind, VOLUNTEER), reason, now)


def without_mail(
    registration: Registration, mail: Mail | None, reason: str, now: datetime
) -> Registration:
    """Without a mail that did not go out yet, if there is one."""
    if mail is None or mail.sendings or mail.dropped_at:
        return registration
    return dropped(registration, mail, reason, now)
