"""Keep every mail that the local SES is asked to send, exactly as it was handed over.

MiniStack rebuilds a mail when it relays it, and drops Reply-To, our own headers and attachments on
the way. So this stands before it, and tells whoever wants to know (`ses_events`) of each mail that
SES took. It runs inside `.venv-aws`: standard library only.
"""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import Message as EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from http import HTTPStatus
from pathlib import Path

from infra.local.asgi import Application, Message, Receive, Send, status_and_body
from infra.local.ses_events import Taken
from infra.local.simulator import with_mailbox

Tell = Callable[[Taken], None]

SEND_EMAIL = "/v2/email/outbound-emails"

# Written before the mail, in the same file, so that both are there or neither is.
ENVELOPE_ID = "X-Ses-Message-Id"
ENVELOPE_TO = "X-Envelope-To"

log = logging.getLogger(__name__)


def keeping_mails(aws: Application, folder: Path, tell: Tell | None = None) -> Application:
    """The same AWS, which also writes the mails that it sends to the folder, and tells of them."""

    async def keeping(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", SEND_EMAIL):
            taken = await _send_email(aws, folder, scope, receive, send)
            if taken and tell:
                tell(taken)
        else:
            await aws(scope, receive, send)

    return keeping


async def _send_email(
    aws: Application, folder: Path, scope: Message, receive: Receive, send: Send
) -> Taken | None:
    """Pass the request on unchanged; keep the mail before the caller hears that it was sent."""
    body = await _whole_body(receive)
    try:
        mail = RawMail.from_request(body)
    except UnsendableMailError as error:
        log.error("mail refused: %s", error)
        await _refuse(send, str(error))
        return None

    answer: list[Message] = []

    async def collect(message: Message) -> None:
        answer.append(message)

    await aws(scope, _replay(body, receive), collect)
    status, content = status_and_body(answer)
    taken = mail.taken(json.loads(content)["MessageId"]) if status == HTTPStatus.OK else None
    if taken:
        mail.keep(folder, message_id=taken.message_id)
    for message in answer:
        await send(message)
    return taken


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand out the body that was read, then whatever else happens on the connection."""
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


async def _refuse(send: Send, reason: str) -> None:
    """Answer as SES answers a request that it can't use."""
    body = json.dumps({"message": reason}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-errortype", b"BadRequestException"),
    ]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class UnsendableMailError(Exception):
    """The request is not one that the real SES would send for us; says why."""


@dataclass(frozen=True)
class RawMail:
    """One mail as it was handed to SES, with the envelope recipients."""

    content: bytes
    recipients: Sequence[str]
    sender: str = ""
    configuration_set: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_request(cls, body: bytes) -> "RawMail":
        try:
            request = json.loads(body)
            content = base64.b64decode(request["Content"]["Raw"]["Data"], validate=True)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise UnsendableMailError(
                "Send raw MIME (Content.Raw.Data): a Simple or Template mail loses its headers here"
            ) from error
        return cls(
            content=content,
            recipients=_recipients(request.get("Destination") or {}, content),
            sender=request.get("FromEmailAddress") or str(_headers(content).get("From", "")),
            configuration_set=request.get("ConfigurationSetName") or "",
            tags={tag["Name"]: tag["Value"] for tag in request.get("EmailTags") or []},
        )

    def keep(self, folder: Path, *, message_id: str) -> None:
        """Write the mail and its envelope as one file, which appears whole or not at all.

        Nothing is written when nobody can read it: see `simulator`.
        """
        readers = with_mailbox(self.recipients)
        if self.recipients and not readers:
            return
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%S.%fZ}-{message_id.partition('@')[0]}.eml"
        envelope = f"{ENVELOPE_ID}: {message_id}\r\n"
        envelope += "".join(f"{ENVELOPE_TO}: {address}\r\n" for address in readers)
        unfinished = folder / f"{name}.part"
        unfinished.write_bytes(envelope.encode("ascii") + self.content)
        unfinished.rename(folder / name)

    def taken(self, message_id: str) -> Taken:
        """The same mail, now that SES has it."""
        return Taken(
            message_id=message_id,
            at=datetime.now(UTC),
            content=self.content,
            sender=self.sender,
            recipients=self.recipients,
            configuration_set=self.configuration_set,
            tags=self.tags,
        )


def _recipients(destination: dict[str, list[str]], content: bytes) -> list[str]:
    """The addresses that SES would deliver to: those of the request, or else of the headers."""
    named = [a for kind in ("To", "Cc", "Bcc") for a in destination.get(f"{kind}Addresses") or []]
    if not named:
        headers = _headers(content)
        folded = [str(h) for kind in ("To", "Cc", "Bcc") for h in headers.get_all(kind) or []]
        named = [" ".join(header.split()) for header in folded]
    addresses = [address for _, address in getaddresses(named)]
    # Both: older versions of getaddresses make something of a line break or of nothing.
    if not all(one and one.isascii() and one.isprintable() for one in (*named, *addresses)):
        raise UnsendableMailError("SES refuses an address that is not plain ASCII")
    return addresses


def _headers(content: bytes) -> EmailMessage:
    return BytesHeaderParser(policy=policy.compat32).parsebytes(content)
