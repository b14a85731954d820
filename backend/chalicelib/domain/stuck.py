"""
Mails without a next step: by construction there are none, and the daily check looks all the same.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.outbox import (
    BOUNCED,
    DELAYED,
    AnyOutbox,
    Mail,
    Outbox,
    requeued,
)
from chalicelib.domain.registration import TO_MUNICIPALITY


def stuck_mails(outbox: Outbox) -> Iterator[Mail]:
    """The mails that are not finished, that nothing will happen to, and that nobody looks at."""
    for mail in outbox.active_mails:
        if mail.next_at or mail.attention_at or mail.dropped_at or mail.arrived:
            continue
        last = mail.sendings[-1].outcome if mail.sendings else "queued"
        came_back = last == BOUNCED and mail.kind in TO_MUNICIPALITY  # to her: there it ends
        if last in {"queued", "sent", DELAYED} or came_back:
            yield mail


def unstuck(outbox: AnyOutbox, now: datetime) -> AnyOutbox:
    """With a next step for every mail that had none; the same object when all had one."""
    for mail in list(stuck_mails(outbox)):
        outbox = requeued(outbox, mail, now)
    return outbox
