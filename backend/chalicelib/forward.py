"""
Forwarding: from a stored registration to its mails, whatever happens on the way. A suggestion and a
notice, which have an outbox too, go the same way.

The table's stream wakes `forward` within a second; `sweep` does the same work for whatever is due,
so that everything still goes out when the stream is off (design rule 3). Both first claim the
outbox for a while: two forwarders at once send one mail, and after a crash the claim runs out and
the next one goes on. SES knows no idempotency: a crash between SES's answer and our writing it
down costs one extra copy of one mail, with the same reference, unless SES's own event tells us of
the first copy in time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain import suggestion
from chalicelib.domain.consequences import followed_up
from chalicelib.domain.leaving import warned
from chalicelib.domain.outbox import (
    BOUNCED,
    NO_RECEIPT,
    AnyOutbox,
    Mail,
    Outbox,
    claim,
    dropped,
    given_up,
    handed_over,
    postponed,
    release,
    sent,
)
from chalicelib.domain.recent import Asking, Recent, Verdict, address_of, admit, forgotten
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    QUARANTINE,
    STEP_UP,
    TO_MUNICIPALITY,
    Registration,
    admitted,
    held,
)
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.suspicion import NOT_CONFIRMED, Arrived, Network, visited
from chalicelib.domain.waiting import moved_on
from chalicelib.emails import Email
from chalicelib.failures import DeliveryFailedError, NobodyLeftError, NotNeededError, StaleError
from chalicelib.logs import Log

log = Log(__name__)

Clock = Callable[[], datetime]
Step = Callable[[Outbox], Outbox]


class Store(Protocol):
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...
    def save(self, outbox: AnyOutbox) -> AnyOutbox: ...
    def due(self, now: datetime) -> Iterator[str]: ...
    def recent(self, address: str) -> Recent: ...
    def save_recent(self, recent: Recent, now: datetime) -> None: ...
    def network(self, network: str) -> Network: ...
    def save_network(self, network: Network, now: datetime) -> None: ...


class Mailer(Protocol):
    def send(self, email: Email, now: datetime) -> str: ...


class Composer(Protocol):
    def compose(self, outbox: Outbox, mail: Mail, now: datetime) -> Email: ...


@dataclass(frozen=True)
class Desk:
    """
    What forwarding needs: a table, a mailer, who writes the mails, and the time.

    `clock` tells what is due; scheduled work takes it from its event. `wall` tells how long a
    lease still holds: that is about a process that may be dead, whatever time the event says.
    """

    store: Store
    mailer: Mailer
    composer: Composer
    clock: Clock
    wall: Clock


def forward(outbox: Outbox, desk: Desk) -> None:
    """
    Do what is due of one outbox, unless somebody else is at it.

    A mail that can't be sent stays queued with the reason and the next moment. Raises only what
    the table raises: then nothing was sent that is not written down, but for the mail in hand.
    """
    try:
        claimed = _claim(outbox, desk)
    except StaleError:
        log.info("forwarded by somebody else", reference=outbox.id)
        return
    while claimed and claimed.lease_until:
        mail = next(claimed.due_mails(desk.clock()), None)
        claimed = _write_down(claimed, _act(claimed, mail, desk), desk) if mail else None


def sweep(desk: Desk, has_time: Callable[[], bool]) -> int:
    """
    Forward whatever is due, longest waiting first, while `has_time`; returns how many were due.

    One that fails does not hold up the others; the first error is raised at the end.
    """
    failures: list[Exception] = []
    count = 0
    for id_ in desk.store.due(desk.clock()):
        if not has_time():
            log.warning("sweep ran out of time; the next one goes on")
            break
        count += 1
        try:
            outbox = desk.store.outbox(id_, desk.clock())
            if outbox:
                forward(outbox, desk)
        except Exception as error:  # whatever it is, the others must go on
            log.error("sweep could not forward", reference=id_, fault=error)
            failures.append(error)
    if failures:
        raise failures[0]
    return count


def _claim(outbox: Outbox, desk: Desk) -> Outbox | None:
    """
    The outbox with our lease on it, a registration judged first; None with nothing to send.

    Raises `StaleError` when another forwarder has it, or had it.
    """
    if outbox.lease_until and outbox.lease_until > desk.wall():
        raise StaleError
    following = outbox
    if isinstance(following, Registration):
        following = moved_on(_judged(following, desk), desk.clock())
    if isinstance(following, Suggestion):
        following = suggestion.moved_on(_judged_suggestion(following, desk), desk.clock())
    if any(following.due_mails(desk.clock())):  # judging may have made one due
        return desk.store.save(claim(following, desk.wall()))
    if following is not outbox:
        log.info("nothing to mail", reference=outbox.id)
        desk.store.save(following)
    return None


def _judged(registration: Registration, desk: Desk) -> Registration:
    """Judged once, when it is first due; who had the time to confirm is for the desk to judge."""
    now = desk.clock()
    if registration.warn_at and registration.warn_at <= now:
        return warned(registration, now)
    if registration.hold == STEP_UP and registration.held_at:
        if now >= registration.held_at + CONFIRM_FIRST_FOR:
            return held(registration, QUARANTINE, NOT_CONFIRMED, now)
        return registration
    is_judged = registration.admitted_at or registration.has_left
    if is_judged or not any(registration.due_mails(now)):
        return registration
    if registration.synthetic:  # a test of our own, every hour the same
        return admitted(registration, repeat_of="", confirm=True, now=now)
    verdict = _verdict(registration, desk)
    judged = admitted(registration, repeat_of=verdict.repeat_of, confirm=verdict.confirm, now=now)
    return held(judged, verdict.hold, verdict.why, now) if verdict.why else judged


def _judged_suggestion(one: Suggestion, desk: Desk) -> Suggestion:
    """Judged once, when it is first due."""
    now = desk.clock()
    if one.admitted_at or one.erased_at or not any(one.due_mails(now)):
        return one
    return suggestion.judged(one, _verdict(one, desk), now)


def _verdict(arrived: Asking, desk: Desk) -> Verdict:
    return _admit(arrived, _oddness(arrived, arrived.network, desk), desk)


def _oddness(arrived: Arrived, came_from: str, desk: Desk) -> str:
    """Why it is odd, "" for well; of a network that is not known nothing is kept."""
    network = Network(came_from)  # most are new: trying that first saves a read
    while True:
        following, why = visited(network, arrived)
        if following is network or not came_from:
            return why
        try:
            desk.store.save_network(following, desk.clock())
        except StaleError:
            network = desk.store.network(came_from)
        else:
            return why


def _admit(arrived: Asking, why: str, desk: Desk) -> Verdict:
    address = address_of(arrived)
    recent = Recent(address)  # most addresses are new: trying that first saves a read
    while True:
        now = desk.clock()
        following, verdict = admit(recent, arrived, why, now)
        if verdict.repeat_of and _has_left(verdict.repeat_of, desk):
            recent = forgotten(recent, verdict.repeat_of)
            continue
        if following is recent:
            return verdict
        try:
            desk.store.save_recent(following, now)
        except StaleError:
            recent = desk.store.recent(address)
            continue
        return verdict


def _has_left(reference: str, desk: Desk) -> bool:
    """Whether what is repeated is no longer there: then it is asked anew, and no repeat."""
    earlier = desk.store.outbox(reference, desk.clock())
    if isinstance(earlier, Suggestion):
        return earlier.erased_at is not None
    return not isinstance(earlier, Registration) or earlier.has_left


def _act(outbox: Outbox, mail: Mail, desk: Desk) -> Step:
    """Do what is due with one mail; returns what must be written down about it."""
    last = mail.sendings[-1] if mail.sendings else None
    if last is None or mail.is_asked_again:
        return _send(outbox, mail, desk)
    if last.outcome == BOUNCED and mail.kind not in TO_MUNICIPALITY:
        return lambda record: given_up(record, mail)  # there is no other address to try
    if last.outcome != BOUNCED:
        now = desk.clock()
        log.warning("nothing heard", reference=outbox.id, mail=mail.kind, receiver=mail.receiver)
        return lambda record: handed_over(record, mail, NO_RECEIPT, now)
    return _send(outbox, mail, desk)


def _send(outbox: Outbox, mail: Mail, desk: Desk) -> Step:
    now = desk.clock()
    try:
        email = desk.composer.compose(outbox, mail, now)
        message_id = desk.mailer.send(email, now)
    except NotNeededError as failure:
        why = failure.reason
        log.info("not needed", reference=outbox.id, mail=mail.kind, receiver=mail.receiver, why=why)
        return lambda record: dropped(record, mail, why, now)
    except NobodyLeftError:
        log.error(
            "came back from everywhere", reference=outbox.id, mail=mail.kind, receiver=mail.receiver
        )
        return lambda record: handed_over(record, mail, "came-back-from-all", now)
    except DeliveryFailedError as failure:
        reason = failure.reason
    except Exception as failure:  # a registration that can't be written as a mail is a state, too
        reason = type(failure).__name__
    else:
        log.info("sent", reference=outbox.id, mail=mail.kind, receiver=mail.receiver)
        return lambda record: sent(record, mail, message_id, email.route, now)
    log.warning(
        "postponed", reference=outbox.id, mail=mail.kind, receiver=mail.receiver, why=reason
    )
    return lambda record: postponed(record, mail, reason, now)


def _write_down(outbox: Outbox, step: Step, desk: Desk) -> Outbox | None:
    """
    Add a step, and what follows from it, to what the outbox is now, also when somebody changed it
    while we sent.

    Returns None when it is no longer ours to go on with.
    """
    current: Outbox | None = outbox
    while current:
        is_ours = current.lease_until == outbox.lease_until
        following = followed_up(step(current), desk.clock())
        try:
            saved = desk.store.save(_keep_or_release(following, desk) if is_ours else following)
        except StaleError:
            current = desk.store.outbox(outbox.id, desk.clock())
        else:
            return saved if is_ours else None
    log.warning("gone while its mail was sent", reference=outbox.id)
    return None


def _keep_or_release(outbox: Outbox, desk: Desk) -> Outbox:
    """Keep the lease for the next mail; let go of it after the last."""
    if any(outbox.due_mails(desk.clock())):
        return claim(outbox, desk.wall())
    return release(outbox)
