"""What SES tells of a mail, in the form and in the order that AWS tells it."""

import asyncio
import json
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs

import pytest

from infra.local.asgi import Message, Receive, Send
from infra.local.ses_events import SesEvents, Taken, moment

TOPIC = "arn:aws:sns:eu-central-1:000000000000:ses-events"
ALL = ["SEND", "DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE"]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class FakeAws:
    """Knows the destinations of one configuration set, and remembers what was published."""

    def __init__(self, types: list[str] | None = None, status: int = 200) -> None:
        self.destinations: list[dict[str, Any]] = [
            {
                "Name": "ses-events",
                "Enabled": True,
                "MatchingEventTypes": ALL if types is None else types,
                "SnsDestination": {"TopicArn": TOPIC},
            }
        ]
        self.status = status
        self.published: list[dict[str, Any]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body: bytes = (await receive())["body"]
        if scope["path"] == "/v2/email/configuration-sets/mijnbuddy-local/event-destinations":
            content = json.dumps({"EventDestinations": self.destinations}).encode()
        else:
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            assert ("POST", "/") == (scope["method"], scope["path"])
            assert (TOPIC, "Publish") == (form["TopicArn"], form["Action"])
            assert b"/sns/aws4_request" in dict(scope["headers"])[b"authorization"]
            self.published.append(json.loads(form["Message"]))
            content = b"<PublishResponse/>"
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": content})


@pytest.fixture
def mail(message: EmailMessage) -> Taken:
    return Taken(
        message_id="0c1d@email.amazonses.com",
        at=datetime.now(UTC),
        content=message.as_bytes(),
        sender="buddy@mijnbuddy.example",
        recipients=["buddy+aalst@aalst.example"],
        configuration_set="mijnbuddy-local",
        tags={"reference": "MB-7K3F-9Q4D", "receiver": "41002"},
    )


def may_publish(topic: str, configuration_set: str) -> bool:
    return (topic, configuration_set) == (TOPIC, "mijnbuddy-local")


def tell(aws: FakeAws, *mails: Taken) -> list[dict[str, Any]]:
    async def telling() -> None:
        events = SesEvents(aws, may_publish, in_transit=timedelta())
        for mail in mails:
            events.tell(mail)
        assert [] == aws.published, "the sender of a mail waits for nothing"
        await events.finished()

    asyncio.run(telling())
    return aws.published


def test_sent_and_delivered(mail: Taken) -> None:
    """A mail is sent, then delivered; each event repeats the mail, with its tags as lists."""
    sent, delivered = tell(FakeAws(), mail)

    assert "Send" == sent["eventType"]
    assert {} == sent["send"]
    assert "Delivery" == delivered["eventType"]
    assert ["buddy+aalst@aalst.example"] == delivered["delivery"]["recipients"]
    assert {
        "timestamp",
        "processingTimeMillis",
        "recipients",
        "smtpResponse",
        "remoteMtaIp",
        "reportingMTA",
    } == set(delivered["delivery"])
    assert sent["mail"] == delivered["mail"]
    repeated = sent["mail"]
    assert "0c1d@email.amazonses.com" == repeated["messageId"]
    assert (
        "arn:aws:ses:eu-central-1:000000000000:identity/mijnbuddy.example"
        == (repeated["sourceArn"])
    )
    assert ["buddy+aalst@aalst.example"] == repeated["destination"]
    assert ["mijnbuddy-local"] == repeated["tags"]["ses:configuration-set"]
    assert ["mijnbuddy.example"] == repeated["tags"]["ses:from-domain"]
    assert ["MB-7K3F-9Q4D"] == repeated["tags"]["reference"]
    assert ["41002"] == repeated["tags"]["receiver"]
    assert "Zoë D'Hondt" in repeated["commonHeaders"]["subject"]
    assert MOMENT.fullmatch(repeated["timestamp"])
    assert repeated["timestamp"] <= delivered["delivery"]["timestamp"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bounce", ("Permanent", "General")),
        ("suppressionlist", ("Permanent", "Suppressed")),
    ],
)
def test_bounce(mail: Taken, name: str, kind: tuple[str, str]) -> None:
    """A hard bounce says who refused, and how."""
    to = f"{name}+aalst@simulator.amazonses.com"
    sent, bounced = tell(FakeAws(), replace(mail, recipients=[to]))

    assert ["Send", "Bounce"] == [sent["eventType"], bounced["eventType"]]
    bounce = bounced["bounce"]
    assert kind == (bounce["bounceType"], bounce["bounceSubType"])
    [recipient] = bounce["bouncedRecipients"]
    assert (to, "failed", "5.1.1") == (
        recipient["emailAddress"],
        recipient["action"],
        recipient["status"],
    )
    assert recipient["diagnosticCode"]
    assert bounce["feedbackId"]
    assert MOMENT.fullmatch(bounce["timestamp"])


def test_out_of_office(mail: Taken) -> None:
    """An automatic reply follows the delivery, as a soft bounce without a status."""
    to = "ooto@simulator.amazonses.com"
    events = tell(FakeAws(), replace(mail, recipients=[to]))

    assert ["Send", "Delivery", "Bounce"] == [event["eventType"] for event in events]
    bounce = events[-1]["bounce"]
    assert ("Transient", "General") == (bounce["bounceType"], bounce["bounceSubType"])
    assert [{"emailAddress": to}] == bounce["bouncedRecipients"]


def test_full(mail: Taken) -> None:
    """A full mailbox is a soft bounce with a kind of its own."""
    _, bounced = tell(FakeAws(), replace(mail, recipients=["zoe@full.example"]))

    bounce = bounced["bounce"]
    assert ("Transient", "MailboxFull") == (bounce["bounceType"], bounce["bounceSubType"])


def test_complaint(mail: Taken) -> None:
    """A complaint follows the delivery."""
    to = "complaint@simulator.amazonses.com"
    events = tell(FakeAws(), replace(mail, recipients=[to]))

    assert ["Send", "Delivery", "Complaint"] == [event["eventType"] for event in events]
    assert [{"emailAddress": to}] == events[-1]["complaint"]["complainedRecipients"]
    assert "abuse" == events[-1]["complaint"]["complaintFeedbackType"]


def test_delay(mail: Taken) -> None:
    """A mail can be late first and delivered after that."""
    events = tell(FakeAws(), replace(mail, recipients=["zoe@slow.example"]))

    assert ["Send", "DeliveryDelay", "Delivery"] == [event["eventType"] for event in events]
    delay = events[1]["deliveryDelay"]
    assert ["zoe@slow.example"] == [one["emailAddress"] for one in delay["delayedRecipients"]]
    assert delay["timestamp"] < delay["expirationTime"]


def test_each_recipient(mail: Taken) -> None:
    """Of a mail to several addresses each event names those that it is about."""
    to = ["a@aalst.example", "b@aalst.example", "zoe@bounce.example"]
    events = tell(FakeAws(), replace(mail, recipients=to))

    [delivery] = [event["delivery"] for event in events if event["eventType"] == "Delivery"]
    [bounce] = [event["bounce"] for event in events if event["eventType"] == "Bounce"]
    assert to[:2] == delivery["recipients"]
    assert to[2:] == [one["emailAddress"] for one in bounce["bouncedRecipients"]]
    assert [to] * 3 == [event["mail"]["destination"] for event in events]


def test_types(mail: Taken) -> None:
    """Only the types of events that the destination asks for are published."""
    assert ["Delivery"] == [one["eventType"] for one in tell(FakeAws(["DELIVERY"]), mail)]
    assert [] == tell(FakeAws(["BOUNCE"]), mail)


def test_disabled(mail: Taken) -> None:
    """A destination that is switched off gets nothing."""
    aws = FakeAws()
    aws.destinations[0]["Enabled"] = False

    assert [] == tell(aws, mail)


def test_no_configuration_set(mail: Taken) -> None:
    """A mail without a configuration set has no events."""
    assert [] == tell(FakeAws(), replace(mail, configuration_set=""))


def test_failure(mail: Taken, caplog: pytest.LogCaptureFixture) -> None:
    """What can't be published is logged, without the address or the subject."""
    with caplog.at_level(logging.ERROR):
        tell(FakeAws(status=500), mail)

    assert ["no event of a mail: ses GET: 500"] == [record.message for record in caplog.records]


def test_moment() -> None:
    """SES writes milliseconds, cut off and not rounded, in UTC."""
    at = datetime.fromisoformat("2026-03-01T09:00:00.123999+01:00")

    assert "2026-03-01T08:00:00.123Z" == moment(at)
