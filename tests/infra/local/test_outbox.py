"""Mails are kept as they were handed to SES, before anybody hears that they were sent."""

import asyncio
import base64
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from infra.local.outbox import Message, RawMail, Receive, Send, UnsendableMailError, keeping_mails


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


def post(aws: FakeAws, folder: Path, body: bytes) -> tuple[int, bytes]:
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
    asyncio.run(keeping_mails(aws, folder)(scope, receive, send))
    return answer[0]["status"], b"".join(m.get("body", b"") for m in answer)


def request(message: EmailMessage, **destination: list[str]) -> bytes:
    raw = base64.b64encode(message.as_bytes()).decode()
    content: dict[str, Any] = {"Content": {"Raw": {"Data": raw}}}
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
