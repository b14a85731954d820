"""Mails are kept as they were handed to SES, before anybody hears that they were sent."""

import asyncio
import base64
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from infra.local.asgi import Message, Receive, Send
from infra.local.outbox import RawMail, UnsendableMailError, keeping_mails
from infra.local.ses_events import Taken


class FakeAws:
    """Answers every request alike, and remembers the bodies."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b'{"MessageId": ', "more_body": True})
        await send({"type": "http.response.body", "body": b'"0c1d@email.amazonses.com"}'})


def post(
    aws: FakeAws, folder: Path, body: bytes, told: list[Taken] | None = None
) -> tuple[int, bytes]:
    """Send the body in two chunks to SendEmail, and give the status and body of the answer."""
    chunks = [
        {"type": "http.request", "body": body[:10], "more_body": True},
        {"type": "http.request", "body": body[10:], "more_body": False},
    ]
    answer: list[Message] = []

    async def receive() -> Message:
        return chunks.pop(0)

    async def send(message: Message) -> None:
        answer.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v2/email/outbound-emails"}
    tell = None if told is None else told.append
    asyncio.run(keeping_mails(aws, folder, tell)(scope, receive, send))
    return answer[0]["status"], b"".join(m.get("body", b"") for m in answer)


def request(message: EmailMessage, **destination: list[str]) -> bytes:
    raw = base64.b64encode(message.as_bytes()).decode()
    content: dict[str, Any] = {
        "Content": {"Raw": {"Data": raw}},
        "FromEmailAddress": "buddy@mijnbuddy.example",
        "ConfigurationSetName": "mijnbuddy-local",
        "EmailTags": [{"Name": "reference", "Value": "MB-7K3F-9Q4D"}],
    }
    return json.dumps(content | ({"Destination": destination} if destination else {})).encode()


def test_kept(mail_dir: Path, message: EmailMessage) -> None:
    """The request passes unchanged; the mail is kept whole, after its envelope."""
    aws = FakeAws()
    body = request(message, ToAddresses=["buddy+aalst@aalst.example"], BccAddresses=["b@b.example"])
    status, answer = post(aws, mail_dir, body)

    assert 200 == status
    assert b'{"MessageId": "0c1d@email.amazonses.com"}' == answer
    assert [body] == aws.bodies
    [kept] = mail_dir.iterdir()
    assert kept.name.endswith("Z-0c1d.eml")
    assert kept.read_bytes() == (
        b"X-Ses-Message-Id: 0c1d@email.amazonses.com\r\n"
        b"X-Envelope-To: buddy+aalst@aalst.example\r\n"
        b"X-Envelope-To: b@b.example\r\n" + message.as_bytes()
    )


def test_not_sent(mail_dir: Path, message: EmailMessage) -> None:
    """A mail that SES did not take is not in the mailbox."""
    status, _ = post(FakeAws(status=400), mail_dir, request(message))

    assert 400 == status
    assert [] == list(mail_dir.iterdir())


def test_simple_mail(mail_dir: Path) -> None:
    """A mail that is not raw MIME is refused, and SES never sees it."""
    aws = FakeAws()
    status, answer = post(aws, mail_dir, b'{"Content": {"Simple": {"Subject": {"Data": "x"}}}}')

    assert 400 == status
    assert b"raw MIME" in answer
    assert [] == aws.bodies


def test_recipients_from_headers(message: EmailMessage) -> None:
    """Without a destination the mail goes where its headers say."""
    message["Cc"] = "Team <team@aalst.example>, b@b.example"
    mail = RawMail.from_request(request(message))

    assert ["buddy+aalst@aalst.example", "team@aalst.example", "b@b.example"] == mail.recipients


@pytest.mark.parametrize("address", ["zoë@x.example", "a@x.example\r\nBcc: b@b.example", ""])
def test_impossible_address(message: EmailMessage, address: str) -> None:
    """An address that SES refuses is refused here, so it can't add a header either."""
    with pytest.raises(UnsendableMailError, match="ASCII"):
        RawMail.from_request(request(message, ToAddresses=[address]))


def test_told(mail_dir: Path, message: EmailMessage) -> None:
    """Of a mail that SES took its events can tell: the id, the sender, the set, the tags."""
    told: list[Taken] = []
    post(FakeAws(), mail_dir, request(message, ToAddresses=["buddy@aalst.example"]), told)

    [taken] = told
    assert "0c1d@email.amazonses.com" == taken.message_id
    assert "buddy@mijnbuddy.example" == taken.sender
    assert ["buddy@aalst.example"] == taken.recipients
    assert "mijnbuddy-local" == taken.configuration_set
    assert {"reference": "MB-7K3F-9Q4D"} == taken.tags
    assert message.as_bytes() == taken.content


def test_not_told(mail_dir: Path, message: EmailMessage) -> None:
    """Nothing is told of a mail that SES did not take."""
    told: list[Taken] = []
    post(FakeAws(status=400), mail_dir, request(message), told)

    assert [] == told


def test_no_reader(mail_dir: Path, message: EmailMessage) -> None:
    """A mail to the mailbox simulator lands in no mailbox, and is told of all the same."""
    told: list[Taken] = []
    simulated = ["bounce+aalst@simulator.amazonses.com"]
    post(FakeAws(), mail_dir, request(message, ToAddresses=simulated), told)

    assert [] == list(mail_dir.iterdir())
    assert [simulated] == [taken.recipients for taken in told]


def test_some_readers(mail_dir: Path, message: EmailMessage) -> None:
    """A mail to somebody and to the simulator lands in the one mailbox that there is."""
    to = ["buddy@aalst.example", "ooto@simulator.amazonses.com"]
    post(FakeAws(), mail_dir, request(message, ToAddresses=to))

    [kept] = mail_dir.iterdir()
    envelope = kept.read_bytes().removesuffix(message.as_bytes())
    assert b"X-Envelope-To: buddy@aalst.example\r\n" in envelope
    assert b"simulator" not in envelope
