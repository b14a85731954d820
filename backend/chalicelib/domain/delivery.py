"""
What SES tells about a mail, read from its events.

The shapes and words are those of the Amazon SES Developer Guide, «Contents of event data that
Amazon SES publishes to Amazon SNS» and «Amazon SNS notification contents»: the first names its kind
`eventType`, the second, older one `notificationType`. Of the person in it nothing is kept.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    DELAYED,
    DELIVERED,
    MAILBOX_FULL,
    NO_MAILBOX,
    REJECTED,
    SUPPRESSED,
    TEMPORARY,
    UNCLEAR,
    Fact,
    Receipt,
)

TAGS = ("reference", "mail", "receiver", "route")
"""What `mailer` gives each mail, so that an event finds it again; some have `about` as well."""

_SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList", "UnsubscribedRecipient"})
_TRANSIENT = {
    "MailboxFull": MAILBOX_FULL,
    "MessageTooLarge": REJECTED,
    "ContentRejected": REJECTED,
    "AttachmentRejected": REJECTED,
}


class UnreadableEventError(ValueError):
    """It is no event of SES, or none that we know how to read."""


class OfAnotherError(Exception):
    """An event of SES about a mail that is not ours, or about nothing that we follow."""


def read_event(message: str) -> Receipt:
    """
    What an event tells, from the text that SNS carries.

    Raises `UnreadableEventError`, or `OfAnotherError` for what may be left alone.
    """
    try:
        event = json.loads(message)
        mail = event["mail"]
        kind = event.get("eventType") or event["notificationType"]
        tags = mail.get("tags", {})
        if not all(tags.get(name) for name in TAGS):
            raise OfAnotherError("no-tags")
        outbox, kind_of_mail, receiver, route = (str(tags[name][0]) for name in TAGS)
        return Receipt(
            outbox=outbox,
            kind=kind_of_mail,
            receiver=receiver,
            route=route,
            message_id=str(mail["messageId"]),
            sent_at=_moment(mail["timestamp"]),
            fact=_fact(kind, event),
            about=str(tags.get("about", [""])[0]),
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableEventError(type(error).__name__) from error


def _fact(kind: str, event: Mapping[str, Any]) -> Fact:
    match kind:
        case "Delivery":
            return Fact(_moment(event["delivery"]["timestamp"]), DELIVERED)
        case "DeliveryDelay":
            return Fact(_moment(event["deliveryDelay"]["timestamp"]), DELAYED)
        case "Bounce":
            bounce = event["bounce"]
            why = bounce_of(bounce["bounceType"], bounce.get("bounceSubType", ""))
            return Fact(_moment(bounce["timestamp"]), BOUNCED, why)
        case "Complaint":
            complaint = event["complaint"]
            # Nothing was sent: the address complained before, and SES keeps to that.
            if complaint.get("complaintSubType") == "OnAccountSuppressionList":
                return Fact(_moment(complaint["timestamp"]), BOUNCED, SUPPRESSED)
            return Fact(_moment(complaint["timestamp"]), COMPLAINED)
        case "Reject":  # SES found a virus; it gives no moment of its own
            return Fact(_moment(event["mail"]["timestamp"]), BOUNCED, REJECTED)
        case _:
            raise OfAnotherError(kind)


def bounce_of(kind: str, subtype: str) -> str:
    """Why a mail came back, from SES's type and subtype."""
    if subtype in _SUPPRESSED:
        return SUPPRESSED
    if kind == "Permanent":
        return NO_MAILBOX
    if kind == "Transient":
        return _TRANSIENT.get(subtype, TEMPORARY)
    return UNCLEAR


def _moment(text: str) -> datetime:
    """SES writes `2026-11-23T09:00:00.000Z`; a moment without its zone is none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without zone")
    return moment
