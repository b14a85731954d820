"""
What a person decides about a mail: send it again, or close it, as it was dealt with otherwise.
"""

from datetime import datetime
from typing import cast

from chalicelib.domain.following import readdressed
from chalicelib.domain.handover import COMMAND, UNDO_TERM
from chalicelib.domain.outbox import BOUNCED, AnyOutbox, Mail, dropped, requeued
from chalicelib.domain.own import heeded
from chalicelib.domain.registration import FORWARDING, QUESTION, TO_MUNICIPALITY, Registration

HANDLED = {
    "phoned": "Met een telefoontje",
    "mailed": "Met een eigen mail",
    "passed-on": "Iemand anders volgt dit op",
    "no-contact": "Er is niemand te bereiken",
    "other": "Op een andere manier",
}
"""
How it was dealt with, by code as the ledger keeps it, so that nobody writes down a person; as an
officer chooses it.
"""


class SenselessError(ValueError):
    """What is asked makes no sense for this mail; the text says why, and what does."""


def sent_again(outbox: AnyOutbox, mail: Mail, now: datetime, door: str = COMMAND) -> AnyOutbox:
    """
    Try a mail again, from the start; the same outbox when that is about to happen, or did within
    the hour: who pressed twice reads no error. One that reached the wrong people may go again when
    it had arrived, too: then the place waits again.

    Raises `SenselessError`.
    """
    if mail.dropped_at:
        raise SenselessError(f"It was closed ({mail.reason}).")
    if isinstance(outbox, Registration) and mail.kind == FORWARDING:
        right = readdressed(outbox, mail.receiver, door, now)
        if right is not outbox:
            return cast("AnyOutbox", requeued(right, mail, now))  # it is what it was
    if _went_again(mail, now):
        return outbox
    if mail.arrived:
        raise SenselessError("It was delivered.")
    if mail not in outbox.active_mails:
        raise SenselessError("The registration is held: release or refuse it first.")
    if mail.attention_at is None and not mail.must_be_sent:
        if mail.bounced:
            raise SenselessError("It came back, and there is no other address to try.")
        raise SenselessError("It is under way: SES did not tell yet what became of it.")
    if mail.bounced and mail.sendings[-1].outcome == BOUNCED and mail.kind not in TO_MUNICIPALITY:
        raise SenselessError("It came back, and there is no other address to try: close it.")
    is_about_to = mail.attention_at is None and mail.next_at is not None and mail.next_at <= now
    return outbox if is_about_to else requeued(outbox, mail, now)


def _went_again(mail: Mail, now: datetime) -> bool:
    """Whether a person wanted it tried again just now, and it went out and did not come back."""
    asked_at = mail.requeued_at
    if asked_at is None or now - asked_at >= UNDO_TERM or mail.attention_at or mail.must_be_sent:
        return False
    last = mail.sendings[-1] if mail.sendings else None
    return last is not None and last.sent_at >= asked_at and last.outcome != BOUNCED


def closed(
    outbox: AnyOutbox, mail: Mail, why: str, now: datetime, door: str = COMMAND
) -> AnyOutbox:
    """
    Close a mail that nobody has to wait for any more, or the answer to it that nobody contacted
    her; the same outbox when it was closed before.

    Raises `SenselessError`.
    """
    if why not in HANDLED:
        raise SenselessError(f"Say how it was dealt with: {', '.join(HANDLED)}.")
    if isinstance(outbox, Registration) and mail.kind == QUESTION:
        heard = heeded(outbox, mail.about, why, door, now)
        went_out = bool(mail.sendings) and mail.attention_at is None
        if heard is not outbox or went_out:  # who closes the one question need not name it
            return cast("AnyOutbox", heard)  # it is what it was
    if mail.dropped_at:
        return outbox
    if mail.attention_at is None and not mail.must_be_sent:
        state = "delivered" if mail.arrived else "bounced" if mail.bounced else "under way"
        raise SenselessError(f"It is {state}: there is nothing to close.")
    if mail not in outbox.active_mails:
        raise SenselessError("The registration is held: release or refuse it first.")
    return dropped(outbox, mail, why, now)
