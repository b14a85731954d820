"""
What a person decides about a mail: send it again, or close it, as it was dealt with otherwise.
"""

from datetime import datetime
from typing import cast

from chalicelib.domain.following import readdressed
from chalicelib.domain.handover import COMMAND
from chalicelib.domain.outbox import BOUNCED, AnyOutbox, Mail, dropped, requeued
from chalicelib.domain.own import heeded
from chalicelib.domain.registration import FORWARDING, QUESTION, TO_MUNICIPALITY, Registration

HANDLED = ("phoned", "mailed", "passed-on", "no-contact", "other")
"""How it was dealt with, as the ledger keeps it: codes, so that nobody writes down a person."""


class SenselessError(ValueError):
    """What is asked makes no sense for this mail; the text says why, and what does."""


def sent_again(outbox: AnyOutbox, mail: Mail, now: datetime, door: str = COMMAND) -> AnyOutbox:
    """
    Try a mail again, from the start; the same outbox when that is about to happen. One that
    reached the wrong people may go again when it had arrived, too: then the place waits again.

    Raises `SenselessError`.
    """
    if mail.dropped_at:
        raise SenselessError(f"It was closed ({mail.reason}).")
    if isinstance(outbox, Registration) and mail.kind == FORWARDING:
        right = readdressed(outbox, mail.receiver, door, now)
        if right is not outbox:
            return cast("AnyOutbox", requeued(right, mail, now))  # it is what it was
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
