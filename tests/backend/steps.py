"""The steps of a mail, as tests take them: of the forwarding to a receiver, or the confirmation."""

from datetime import datetime

from chalicelib.domain import outbox
from chalicelib.domain.outbox import Fact, Receipt
from chalicelib.domain.registration import VOLUNTEER, Registration
from tests.backend.samples import mail_to


def route_to(receiver: str) -> str:
    """The route of the first address of a receiver."""
    return VOLUNTEER if receiver == VOLUNTEER else f"{receiver}-1"


def sent(one: Registration, receiver: str, message_id: str, now: datetime) -> Registration:
    return outbox.sent(one, mail_to(one, receiver), message_id, route_to(receiver), now)


def postponed(one: Registration, receiver: str, reason: str, now: datetime) -> Registration:
    return outbox.postponed(one, mail_to(one, receiver), reason, now)


def dropped(one: Registration, receiver: str, reason: str, now: datetime) -> Registration:
    return outbox.dropped(one, mail_to(one, receiver), reason, now)


def receipt(
    one: Registration, receiver: str, fact: Fact, message_id: str, sent_at: datetime
) -> Receipt:
    """What SES tells about the first copy of a mail."""
    mail = mail_to(one, receiver)
    route = route_to(receiver)
    return Receipt(one.id, mail.kind, receiver, route, message_id, sent_at, fact)
