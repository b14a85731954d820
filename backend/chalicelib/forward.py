"""
Forwarding: from a stored registration to its mails, whatever happens on the way.

The table's stream wakes `forward` within a second; `sweep` does the same work for whatever is due,
so that everything still goes out when the stream is off (design rule 3). Both first claim the
registration for a while: two forwarders at once send one mail, and after a crash the claim runs
out and the next one goes on. SES knows no idempotency: a crash between SES's answer and our
writing it down costs one extra copy of one mail, with the same reference.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.contacts import Contact, receiver
from chalicelib.domain.recent import Recent, Verdict, address_of, admit
from chalicelib.domain.registration import (
    VOLUNTEER,
    Mail,
    Registration,
    admitted,
    claim,
    postponed,
    release,
    sent,
)
from chalicelib.emails import Email, Letters
from chalicelib.failures import DeliveryFailedError, StaleError

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Step = Callable[[Registration], Registration]


class Store(Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def save(self, registration: Registration) -> Registration: ...
    def due(self, now: datetime) -> Iterator[str]: ...
    def recent(self, address: str) -> Recent: ...
    def save_recent(self, recent: Recent, now: datetime) -> None: ...
    def contacts(self, nis_code: str) -> Iterable[Contact]: ...


class Mailer(Protocol):
    def send(self, email: Email, now: datetime) -> str: ...


@dataclass(frozen=True)
class Desk:
    """
    What forwarding needs: a table, a mailer, the letters, the agency's address and the time.

    `clock` tells what is due; scheduled work takes it from its event. `wall` tells how long a
    lease still holds: that is about a process that may be dead, whatever time the event says.
    """

    store: Store
    mailer: Mailer
    letters: Letters
    agency: str
    clock: Clock
    wall: Clock


def forward(registration: Registration, desk: Desk) -> None:
    """
    Send what is due of one registration, unless somebody else is at it.

    A mail that can't be sent stays queued with the reason and the next moment. Raises only what
    the table raises: then nothing was sent that is not written down, but for the mail in hand.
    """
    try:
        claimed = _claim(registration, desk)
    except StaleError:
        log.info("forwarded by somebody else: %s", registration.reference)
        return
    while claimed and claimed.lease_until:
        mail = next(claimed.due_mails(desk.clock()), None)
        claimed = _write_down(claimed, _send(claimed, mail, desk), desk) if mail else None


def sweep(desk: Desk, has_time: Callable[[], bool]) -> int:
    """
    Forward whatever is due, longest waiting first, while `has_time`; returns how many were due.

    One registration that fails does not hold up the others; the first error is raised at the end.
    """
    failures: list[Exception] = []
    count = 0
    for reference in desk.store.due(desk.clock()):
        if not has_time():
            log.warning("sweep ran out of time; the next one goes on")
            break
        count += 1
        try:
            registration = desk.store.get(reference, desk.clock())
            if registration:
                forward(registration, desk)
        except Exception as error:  # whatever it is, the others must go on
            log.error("sweep could not forward: %s (%s)", reference, type(error).__name__)
            failures.append(error)
    if failures:
        raise failures[0]
    return count


def _claim(registration: Registration, desk: Desk) -> Registration | None:
    """
    The registration with our lease on it, judged new or a repeat; None with nothing to send.

    Raises `StaleError` when another forwarder has it, or had it.
    """
    now = desk.clock()
    if registration.lease_until and registration.lease_until > desk.wall():
        raise StaleError
    if not any(registration.due_mails(now)):
        return None
    if not registration.admitted_at:
        verdict = _admit(registration, desk)
        registration = admitted(
            registration, repeat_of=verdict.repeat_of, confirm=verdict.confirm, now=now
        )
    if not any(registration.due_mails(now)):
        log.info("repeat, not mailed: %s", registration.reference)
        desk.store.save(registration)
        return None
    return desk.store.save(claim(registration, desk.wall()))


def _admit(registration: Registration, desk: Desk) -> Verdict:
    address = address_of(registration)
    recent = Recent(address)  # most addresses are new: trying that first saves a read
    while True:
        now = desk.clock()
        following, verdict = admit(recent, registration, now)
        if following is recent:
            return verdict
        try:
            desk.store.save_recent(following, now)
        except StaleError:
            recent = desk.store.recent(address)
            continue
        return verdict


def _send(registration: Registration, mail: Mail, desk: Desk) -> Step:
    """Try one mail; returns what must be written down about it."""
    receiver_, now = mail.receiver, desk.clock()
    try:
        message_id = desk.mailer.send(_compose(registration, receiver_, desk), now)
    except DeliveryFailedError as failure:
        reason = failure.reason
    except Exception as failure:  # a registration that can't be written as a mail is a state, too
        reason = type(failure).__name__
    else:
        log.info("sent: %s to %s", registration.reference, receiver_)
        return lambda record: sent(record, receiver_, message_id, now)
    log.warning("postponed: %s to %s (%s)", registration.reference, receiver_, reason)
    return lambda record: postponed(record, receiver_, reason, now)


def _compose(registration: Registration, receiver_: str, desk: Desk) -> Email:
    if receiver_ == VOLUNTEER:
        return desk.letters.to_volunteer(registration)
    address = receiver(desk.store.contacts(receiver_), desk.agency)
    return desk.letters.to_municipality(registration, receiver_, address)


def _write_down(registration: Registration, step: Step, desk: Desk) -> Registration | None:
    """
    Add a step to what the registration is now, also when somebody changed it while we sent.

    Returns None when it is no longer ours to go on with.
    """
    current: Registration | None = registration
    while current:
        is_ours = current.lease_until == registration.lease_until
        following = step(current)
        try:
            saved = desk.store.save(_keep_or_release(following, desk) if is_ours else following)
        except StaleError:
            current = desk.store.get(registration.reference, desk.clock())
        else:
            return saved if is_ours else None
    log.warning("gone while its mail was sent: %s", registration.reference)
    return None


def _keep_or_release(registration: Registration, desk: Desk) -> Registration:
    """Keep the lease for the next mail; let go of it after the last."""
    if any(registration.due_mails(desk.clock())):
        return claim(registration, desk.wall())
    return release(registration)
