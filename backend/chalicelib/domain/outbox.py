"""
What must be mailed, and what became of it: the part that a registration and a notice have in
common.

A step is a function that takes an outbox and returns the next one, with its event appended:
nothing here reads a clock, a table or a mailbox. What SES tells is kept as facts, each with its
own moment, in any order and any number of times; status follows from them and is never stored.
All moments are in UTC.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

LEASE = timedelta(seconds=45)
"""How long a forwarder has an outbox to itself: longer than a send can take (mailer.py)."""

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
MAX_FAILING = timedelta(hours=72)
"""After this long without success a person must look (reliability.md, section 5)."""

MAX_LASTING = 3
"""How often a mail is tried that SES refuses for what it is: that rarely passes by itself."""

LASTING = frozenset({"MessageRejected", "BadRequestException"})
"""The refusals of SES that are about this mail, not about our account or its rate."""

UNHEARD = timedelta(hours=24)
"""SES tries for 14 hours and then tells that it gave up; after this it should have told."""

GRACE = timedelta(hours=1)
"""A soft bounce waits for this long: with a delivery beside it, it was an automatic reply."""

NO_RECEIPT = "no-receipt"
"""Why a mail needs attention of which SES told nothing."""

MAX_FACTS = 20

DELIVERED, DELAYED, BOUNCED, COMPLAINED = "delivered", "delayed", "bounced", "complained"

NO_MAILBOX, SUPPRESSED = "no-mailbox", "suppressed"
MAILBOX_FULL, REJECTED, TEMPORARY, UNCLEAR = "mailbox-full", "rejected", "temporary", "unclear"
BOUNCES = (NO_MAILBOX, SUPPRESSED, REJECTED, MAILBOX_FULL, TEMPORARY, UNCLEAR)
"""Why a mail came back, what weighs most first."""

PERMANENT = frozenset({NO_MAILBOX, SUPPRESSED})
"""The bounces after which an address takes no mail any more."""

SOFT = frozenset({TEMPORARY, UNCLEAR})
"""The bounces that an automatic reply looks like."""


@dataclass(frozen=True)
class Event:
    """
    What happened, when, to which mail and receiver. Holds no personal data: it goes to the ledger.

    `receiver` is a NIS code or `volunteer`, `mail` the kind of the mail; `why` is a code: a reason
    (`TooManyRequestsException`), a reference, a campaign. `door` is through which door a person
    acted (handover.py), "" for what happened by itself. `noted_at` is when we knew, of what we are
    told later than it happened.
    """

    at: datetime
    what: str
    receiver: str = ""
    why: str = ""
    mail: str = ""
    door: str = ""
    noted_at: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """From when it is in the figures: one of the past never changes (course.py)."""
        return self.noted_at or self.at


@dataclass(frozen=True, order=True)
class Fact:
    """What SES told about one copy of a mail: `what`, when it happened, `why` (of a bounce)."""

    at: datetime
    what: str
    why: str = ""


@dataclass(frozen=True)
class Sending:
    """
    One copy of a mail that SES took, and what became of it.

    `route` tells which address it went to, without naming it: that of a contact (`41002-1`),
    `agency`, `volunteer`.
    """

    message_id: str
    route: str
    sent_at: datetime
    facts: tuple[Fact, ...] = ()

    def at(self, what: str) -> datetime | None:
        """When something was first told to have happened."""
        return min((fact.at for fact in self.facts if fact.what == what), default=None)

    @property
    def bounce(self) -> str:
        """Why it came back, "" when it did not: an automatic reply is no bounce."""
        told = {fact.why for fact in self.facts if fact.what == BOUNCED}
        if self.at(DELIVERED):
            told -= SOFT
        return next((why for why in BOUNCES if why in told), "")

    @property
    def outcome(self) -> str:
        if self.bounce:
            return BOUNCED
        if self.at(COMPLAINED):
            return COMPLAINED
        if self.at(DELIVERED):
            return DELIVERED
        return DELAYED if self.at(DELAYED) else "sent"

    @property
    def ripe_at(self) -> datetime | None:
        """From when something must follow; None where nothing must."""
        if self.bounce:
            bounced_at = self.at(BOUNCED) or self.sent_at
            return bounced_at + GRACE if self.bounce in SOFT else bounced_at
        return self.sent_at + UNHEARD if self.outcome in {"sent", DELAYED} else None


@dataclass(frozen=True)
class Mail:
    """
    One mail that must go out; it is named by its kind, its receiver and, where one receiver gets
    several of a kind, what it is about: a code of letters, digits, `.`, `-`.

    `queued_at` is since when it may go out. `next_at` is the next moment at which something must
    happen with it, None when there is nothing left to do or a person must act (`attention_at`).
    `reason` is why the last attempt failed, why no mail was needed, or why it needs attention;
    `failing_since` is when the attempts began to fail, `requeued_at` when a person last wanted it
    tried again.
    """

    kind: str
    receiver: str
    queued_at: datetime
    next_at: datetime | None
    attempts: int = 0
    reason: str = ""
    failing_since: datetime | None = None
    sendings: tuple[Sending, ...] = ()
    dropped_at: datetime | None = None
    attention_at: datetime | None = None
    requeued_at: datetime | None = None
    about: str = ""

    @property
    def name(self) -> tuple[str, str, str]:
        return self.kind, self.receiver, self.about

    @property
    def status(self) -> str:
        if self.dropped_at:
            return "dropped"
        if self.attention_at:
            return "attention"
        outcomes = [sending.outcome for sending in self.sendings]
        if COMPLAINED in outcomes:
            return COMPLAINED
        if DELIVERED in outcomes:
            return DELIVERED
        if self.must_be_sent:
            return "queued"
        return outcomes[-1]

    @property
    def must_be_sent(self) -> bool:
        """
        Whether a copy must go out: none did, or the last came back and another may follow, or it
        reached the wrong people and a person wants it sent to the right ones.
        """
        if self.dropped_at or self.attention_at:
            return False
        if self.arrived:
            return self.is_asked_again and self.next_at is not None
        came_back = bool(self.sendings) and self.sendings[-1].outcome == BOUNCED
        may_go_on = came_back and self.next_at is not None
        return not self.sendings or self.is_asked_again or may_go_on

    @property
    def is_asked_again(self) -> bool:
        """Whether a person wants another copy, which did not go out yet."""
        if not self.requeued_at:
            return False
        return all(sending.sent_at < self.requeued_at for sending in self.sendings)

    @property
    def arrived(self) -> bool:
        return any(one.outcome in {DELIVERED, COMPLAINED} for one in self.sendings)

    @property
    def sent_at(self) -> datetime | None:
        """When SES first took a copy."""
        return min((sending.sent_at for sending in self.sendings), default=None)

    @property
    def delivered_at(self) -> datetime | None:
        delivered = (one.at(DELIVERED) for one in self.sendings if one.outcome != BOUNCED)
        return min((moment for moment in delivered if moment), default=None)

    @property
    def bounced(self) -> tuple[Sending, ...]:
        """The copies that came back."""
        return tuple(sending for sending in self.sendings if sending.outcome == BOUNCED)

    @property
    def newly_bounced(self) -> tuple[Sending, ...]:
        """Those that came back since a person last wanted it tried again: from the start."""
        asked_at = self.requeued_at
        return tuple(one for one in self.bounced if asked_at is None or one.sent_at >= asked_at)


@dataclass(frozen=True)
class Outbox:
    """
    Mails that must go out, and what happened to them; one item in the table.

    `version` counts the writes. `lease_until` is set while a forwarder works on it.
    """

    mails: tuple[Mail, ...]
    events: tuple[Event, ...] = ()
    version: int = 1
    lease_until: datetime | None = None

    @property
    def id(self) -> str:
        """What names it: in its key, in its mails and in what SES tells about them."""
        raise NotImplementedError

    @property
    def expires_at(self) -> datetime:
        """From when it counts as gone, whether or not it is deleted already."""
        raise NotImplementedError

    @property
    def active_mails(self) -> tuple[Mail, ...]:
        """The mails that may go out, in the order in which they should."""
        return self.mails

    @property
    def due_at(self) -> datetime | None:
        """When the sweep must look at it, None for never; a running lease postpones it."""
        moments = [mail.next_at for mail in self.active_mails if mail.next_at]
        if not moments:
            return None
        return max(min(moments), self.lease_until) if self.lease_until else min(moments)

    @property
    def is_due_at_once(self) -> bool:
        """
        Whether what was done last made something due, and nobody is at it: then a forwarder is
        woken for it (infra/template.yaml). What becomes due later, the sweep finds.
        """
        due_at = self.due_at
        return due_at is not None and bool(self.events) and due_at <= self.events[-1].at

    @property
    def work(self) -> tuple[str, datetime] | None:
        """What a person must do about it, and since when; None for nothing."""
        waiting = [mail.attention_at for mail in self.mails if mail.attention_at]
        return ("attention", min(waiting)) if waiting else None

    def mail(self, kind: str, receiver: str, about: str = "") -> Mail | None:
        return next((one for one in self.mails if one.name == (kind, receiver, about)), None)

    def due_mails(self, now: datetime) -> Iterator[Mail]:
        """The mails with which something must happen now."""
        return (mail for mail in self.active_mails if mail.next_at and mail.next_at <= now)


AnyOutbox = TypeVar("AnyOutbox", bound=Outbox)


def has_landed(before: Outbox, written: Outbox, found: Outbox) -> bool:
    """
    Whether our own write is in what is found, though the table refused it: its reply was lost, and
    the client tried again. Events are only ever added, each with its own moment.
    """
    count = len(written.events)
    return len(before.events) < count and found.events[:count] == written.events


def claim(outbox: AnyOutbox, now: datetime) -> AnyOutbox:
    """Take (or keep) the lease: until `LEASE` after `now`, nobody else sends for it."""
    return replace(outbox, lease_until=now + LEASE)


def release(outbox: AnyOutbox) -> AnyOutbox:
    return replace(outbox, lease_until=None)


def queued(
    outbox: AnyOutbox,
    kind: str,
    receiver: str,
    now: datetime,
    *,
    about: str = "",
    at: datetime | None = None,
    again: bool = False,
) -> AnyOutbox:
    """
    One mail more to send, now or from `at` on; nothing changes when it is there already. `again`:
    unless it was dropped before it went out.
    """
    known = outbox.mail(kind, receiver, about)
    if known and not (again and known.dropped_at and not known.sendings):
        return outbox
    mail = Mail(kind, receiver, at or now, at or now, about=about)
    others = tuple(one for one in outbox.mails if one is not known)
    event = Event(now, "queued", receiver, mail=kind)
    return replace(outbox, mails=(*others, mail), events=(*outbox.events, event))


def sent(outbox: AnyOutbox, mail: Mail, message_id: str, route: str, now: datetime) -> AnyOutbox:
    """
    SES has taken a copy. That is not yet delivered.

    What SES told may have come first: then the copy is known, and this adds nothing but the count.
    """
    mail = _now(outbox, mail)
    tried = replace(
        mail, attempts=mail.attempts + 1, reason="", failing_since=None, attention_at=None
    )
    known = any(sending.message_id == message_id for sending in mail.sendings)
    event = Event(now, "sent", mail.receiver, mail=mail.kind)
    if known:
        return _with(outbox, _scheduled(tried))
    sendings = (*mail.sendings, Sending(message_id, route, now))
    return _with(outbox, _scheduled(replace(tried, sendings=sendings)), event)


def postponed(outbox: AnyOutbox, mail: Mail, reason: str, now: datetime) -> AnyOutbox:
    """
    The mail could not be sent now: it stays queued, with the reason and the next moment, until it
    failed for `MAX_FAILING`; then a person must look.

    Unless it went out meanwhile, by another forwarder: then there is nothing to try again.
    """
    known = _now(outbox, mail)
    if not known.must_be_sent or len(known.sendings) > len(mail.sendings):
        return outbox
    failing_since = known.failing_since or now
    attempts = known.attempts + 1
    tried = replace(known, attempts=attempts, reason=reason, failing_since=failing_since)
    if now - failing_since >= MAX_FAILING or (reason in LASTING and attempts >= MAX_LASTING):
        return handed_over(_with(outbox, tried), tried, reason, now)
    later = replace(tried, next_at=now + _pause(attempts))
    return _with(outbox, later, Event(now, "postponed", mail.receiver, reason, mail.kind))


def dropped(outbox: AnyOutbox, mail: Mail, reason: str, now: datetime) -> AnyOutbox:
    """The mail is not needed, or may not be sent; `reason` says why."""
    known = _now(outbox, mail)
    without = replace(known, next_at=None, reason=reason, dropped_at=now, attention_at=None)
    return _with(outbox, without, Event(now, "dropped", mail.receiver, reason, mail.kind))


def handed_over(outbox: AnyOutbox, mail: Mail, reason: str, now: datetime) -> AnyOutbox:
    """Nothing more can be done by itself: the mail waits for a person, with the reason."""
    known = _now(outbox, mail)
    if known.dropped_at or known.attention_at or (known.arrived and not known.must_be_sent):
        return outbox
    waiting = replace(known, next_at=None, reason=reason, attention_at=now)
    return _with(outbox, waiting, Event(now, "handed-over", mail.receiver, reason, mail.kind))


def requeued(outbox: AnyOutbox, mail: Mail, now: datetime, at: datetime | None = None) -> AnyOutbox:
    """A person wants it tried again, from the start: now, or from `at` on."""
    known = _now(outbox, mail)
    again = replace(
        known,
        next_at=at or now,
        attempts=0,
        reason="",
        failing_since=None,
        attention_at=None,
        requeued_at=now,
    )
    return _with(outbox, again, Event(now, "requeued", mail.receiver, mail=mail.kind))


def restored(outbox: AnyOutbox, mail: Mail, now: datetime) -> AnyOutbox:
    """It was dropped by a decision that is undone: it goes on from where it stood."""
    known = _now(outbox, mail)
    back = replace(known, dropped_at=None, reason="", attempts=0, failing_since=None)
    if back.sendings and not back.is_asked_again:
        return _with(outbox, _scheduled(back))
    again = replace(back, next_at=max(now, back.queued_at))
    return _with(outbox, again, Event(now, "requeued", mail.receiver, mail=mail.kind))


def given_up(outbox: AnyOutbox, mail: Mail) -> AnyOutbox:
    """It came back, and there is no other address to try: it stays bounced."""
    known = _now(outbox, mail)
    return _with(outbox, replace(known, next_at=None, reason=known.sendings[-1].bounce))


@dataclass(frozen=True)
class Receipt:
    """
    What SES told about one copy of one mail: of which outbox, mail and address (the tags that
    `mailer` gave it), when SES took it, and what happened to it.
    """

    outbox: str
    kind: str
    receiver: str
    route: str
    message_id: str
    sent_at: datetime
    fact: Fact
    about: str = ""
    noted_at: datetime | None = None


def heard(outbox: AnyOutbox, receipt: Receipt) -> AnyOutbox:
    """
    Add what SES told. Told twice, late or in another order it gives the same.

    A copy that we do not know of went out just before a crash: now we do know.
    """
    mail = outbox.mail(receipt.kind, receipt.receiver, receipt.about)
    if mail is None:
        return outbox
    before = next((one for one in mail.sendings if one.message_id == receipt.message_id), None)
    sending = before or Sending(receipt.message_id, receipt.route, receipt.sent_at)
    is_known = receipt.fact in sending.facts
    if is_known:
        return outbox
    sending = replace(
        sending,
        sent_at=min(sending.sent_at, receipt.sent_at),
        facts=tuple(sorted({*sending.facts, receipt.fact})[:MAX_FACTS]),
    )
    others = [one for one in mail.sendings if one.message_id != receipt.message_id]
    sendings = tuple(sorted((*others, sending), key=lambda one: (one.sent_at, one.message_id)))
    fact = receipt.fact
    told = [] if before else [Event(receipt.sent_at, "sent", mail.receiver, mail=mail.kind)]
    if fact.what != DELAYED:  # may come many times, and counts nowhere
        told.append(Event(fact.at, fact.what, mail.receiver, fact.why, mail.kind))
    events = (replace(event, noted_at=receipt.noted_at) for event in told)
    return _with(outbox, _scheduled(replace(mail, sendings=sendings)), *events)


def _scheduled(mail: Mail) -> Mail:
    """With the next moment that follows from what became of its copies."""
    if mail.dropped_at or mail.arrived:
        stays = mail.attention_at if mail.reason == COMPLAINED else None
        return replace(mail, next_at=None, attention_at=stays)
    last = mail.sendings[-1]
    was_only_late = mail.reason == NO_RECEIPT and last.outcome == BOUNCED
    if mail.attention_at and not was_only_late:
        return mail
    return replace(mail, next_at=last.ripe_at, attention_at=None)


def _now(outbox: Outbox, mail: Mail) -> Mail:
    """
    The mail as the outbox has it now.

    Raises LookupError when it has none such.
    """
    known = outbox.mail(*mail.name)
    if known is None:
        raise LookupError(f"{outbox.id} has no {mail.kind}")
    return known


def _with(outbox: AnyOutbox, mail: Mail, *events: Event) -> AnyOutbox:
    mails = (mail if one.name == mail.name else one for one in outbox.mails)
    return replace(outbox, mails=tuple(mails), events=(*outbox.events, *events))


def _pause(attempts: int) -> timedelta:
    """1, 2, 4, … minutes, an hour at most; a quarter of spread, so that no queue returns as one."""
    doublings: int = 2 ** min(attempts - 1, 10)
    pause = min(FIRST_RETRY * doublings, LAST_RETRY)
    return pause * random.uniform(1.0, 1.25)  # noqa: S311 (no secret)
