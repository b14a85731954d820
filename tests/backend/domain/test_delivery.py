"""SES's events, as AWS documents them, read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery import OfAnotherError, UnreadableEventError, bounce_of, read_event
from chalicelib.domain.outbox import Fact, Receipt
from tests.backend.ses_events import event

AT = datetime(2026, 11, 23, 9, 31, 2, 345000, UTC)
TOLD = "2026-11-23T09:31:02.345Z"
SENT_AT = datetime(2026, 11, 23, 9, 30, 1, tzinfo=UTC)


def fact(kind: str, **more: Any) -> Fact:
    return read_event(event(kind, TOLD, **more)).fact


def test_delivery() -> None:
    """
    An event tells which mail, which copy, and what happened to it when.
    """
    assert Receipt(
        outbox="MB-7K3F-9Q4D",
        kind="forwarding",
        receiver="41002",
        route="41002-1",
        message_id="0107-message",
        sent_at=SENT_AT,
        fact=Fact(AT, "delivered"),
    ) == read_event(event("Delivery", TOLD))


def test_delay() -> None:
    """
    A delay is told with its moment.
    """
    assert Fact(AT, "delayed") == fact("DeliveryDelay")


@pytest.mark.parametrize(
    ("kind", "subtype", "why"),
    [
        ("Undetermined", "Undetermined", "unclear"),
        ("Permanent", "General", "no-mailbox"),
        ("Permanent", "NoEmail", "no-mailbox"),
        ("Permanent", "Suppressed", "suppressed"),
        ("Permanent", "OnAccountSuppressionList", "suppressed"),
        ("Permanent", "UnsubscribedRecipient", "suppressed"),
        ("Transient", "General", "temporary"),
        ("Transient", "MailboxFull", "mailbox-full"),
        ("Transient", "MessageTooLarge", "rejected"),
        ("Transient", "CustomTimeoutExceeded", "temporary"),
        ("Transient", "ContentRejected", "rejected"),
        ("Transient", "AttachmentRejected", "rejected"),
        ("SomethingNew", "General", "unclear"),
        ("Permanent", "SomethingNew", "no-mailbox"),
        ("Transient", "SomethingNew", "temporary"),
    ],
)
def test_bounce(kind: str, subtype: str, why: str) -> None:
    """
    Each type and subtype of SES's guide has its reason, and so have those of tomorrow.
    """
    assert Fact(AT, "bounced", why) == fact("Bounce", bounceType=kind, bounceSubType=subtype)
    assert why == bounce_of(kind, subtype)


def test_complaint() -> None:
    """
    A complaint is one; but an address that SES no longer mails did not get this mail.
    """
    assert Fact(AT, "complained") == fact("Complaint")
    suppressed = fact("Complaint", complaintSubType="OnAccountSuppressionList")
    assert Fact(AT, "bounced", "suppressed") == suppressed


def test_reject() -> None:
    """
    A mail in which SES finds a virus is rejected, at the moment that SES took it.
    """
    assert Fact(SENT_AT, "bounced", "rejected") == fact("Reject")


def test_older_shape() -> None:
    """
    A notification of the older kind is read as well.
    """
    document = json.loads(event("Delivery", TOLD))
    document["notificationType"] = document.pop("eventType")

    assert read_event(event("Delivery", TOLD)) == read_event(json.dumps(document))


@pytest.mark.parametrize("kind", ["Send", "Open", "Click", "Rendering Failure", "Subscription"])
def test_left_alone(kind: str) -> None:
    """
    What we do not follow is left alone.
    """
    with pytest.raises(OfAnotherError):
        read_event(event(kind, TOLD))


@pytest.mark.parametrize("tag", ["reference", "mail", "receiver", "route"])
def test_not_ours(tag: str) -> None:
    """
    A mail without all our tags is another's, such as a test that somebody sent from the console.
    """
    document = json.loads(event("Delivery", TOLD))
    del document["mail"]["tags"][tag]

    with pytest.raises(OfAnotherError):
        read_event(json.dumps(document))


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Hello",
        "[]",
        "null",
        "{}",
        '{"eventType": "Delivery"}',
        '{"eventType": "Delivery", "mail": 3}',
        event("Delivery", "yesterday"),
        event("Delivery", "2026-11-23T09:31:02"),
        event("Bounce", TOLD).replace('"bounceType"', '"other"'),
    ],
)
def test_unreadable(message: str) -> None:
    """
    What can't be read is an error, so that it waits where somebody sees it.
    """
    with pytest.raises(UnreadableEventError):
        read_event(message)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda one: (
            st.lists(one)
            | st.dictionaries(
                st.sampled_from(["mail", "tags", "eventType", "bounce", "timestamp"]), one
            )
        ),
    )
)
def test_any_json(document: object) -> None:
    """
    Whatever comes, it is read, left alone, or an error of ours.
    """
    try:
        read_event(json.dumps(document))
    except (UnreadableEventError, OfAnotherError):
        pass
    else:
        pytest.fail("nothing of this can be an event")
