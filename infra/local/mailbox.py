"""The mails that the local SES took, read back from the files that `outbox` keeps."""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path

from infra.local.outbox import ENVELOPE_ID, ENVELOPE_TO

ENVELOPE_LINES = (f"{ENVELOPE_ID}: ".encode(), f"{ENVELOPE_TO}: ".encode())


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Mail:
    path: Path
    id: str
    sent_at: datetime
    sender: str
    to: tuple[str, ...]
    reply_to: tuple[str, ...]
    subject: str
    text: str | None
    html: str | None
    headers: dict[str, str]
    attachments: tuple[Attachment, ...]

    def raw(self) -> bytes:
        """The mail as it was handed to SES."""
        content = self.path.read_bytes()
        while content.startswith(ENVELOPE_LINES):
            content = content.partition(b"\r\n")[2]
        return content

    @cached_property
    def json(self) -> str:
        """As the outside contract in the design has it."""
        return json.dumps(
            {
                "id": self.id,
                "sent_at": f"{self.sent_at:%Y-%m-%dT%H:%M:%S.%fZ}",
                "from": self.sender,
                "to": self.to,
                "reply_to": self.reply_to,
                "subject": self.subject,
                "text": self.text,
                "html": self.html,
                "headers": self.headers,
                "attachments": [
                    {"filename": a.filename, "content_type": a.content_type, "size": a.size}
                    for a in self.attachments
                ],
            },
            ensure_ascii=False,
        )


class Mailbox:
    """All mails, oldest first. A file never changes, so each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Mail] = {}
        self._lock = threading.Lock()

    def mails(self) -> list[Mail]:
        names = sorted(path.name for path in self._folder.glob("*.eml"))
        with self._lock:
            self._read = {name: self._read.get(name) or self._mail(name) for name in names}
            return list(self._read.values())

    def mail(self, mail_id: str) -> Mail | None:
        return next((mail for mail in self.mails() if mail.id == mail_id), None)

    def _mail(self, name: str) -> Mail:
        return read_mail(self._folder / name)


def read_mail(path: Path) -> Mail:
    # compat32: the modern policy parses every header anew at each look, five times as slow.
    message = message_from_bytes(path.read_bytes(), policy=policy.compat32)
    headers = _headers(message)
    text, html, attachments = _contents(message)
    return Mail(
        path=path,
        id=str(message[ENVELOPE_ID]),
        sent_at=_moment(path.name),
        sender=headers.get("From", ""),
        to=tuple(message.get_all(ENVELOPE_TO, [])),
        reply_to=_addresses(message.get_all("Reply-To", [])),
        subject=headers.get("Subject", ""),
        text=text,
        html=html,
        headers=headers,
        attachments=attachments,
    )


def _moment(name: str) -> datetime:
    return datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)


def _headers(message: Message) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in message.items():
        if name not in {ENVELOPE_ID, ENVELOPE_TO}:
            text = _decoded(value).strip()  # a long subject is folded right after its name
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


def _decoded(value: str) -> str:
    """A header as a person reads it: on one line, without encoded words."""
    unfolded = "".join(str(value).splitlines())
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii", "replace")
        for part, charset in decode_header(unfolded)
    )


def _addresses(values: list[str]) -> tuple[str, ...]:
    return tuple(address for _, address in getaddresses([str(value) for value in values]))


def _contents(message: Message) -> tuple[str | None, str | None, tuple[Attachment, ...]]:
    """The plain text, the HTML, and everything that a mail program shows as a file."""
    bodies: dict[str, str] = {}
    attachments = []
    for part in message.walk():
        kind = part.get_content_type()
        is_file = part.get_content_disposition() == "attachment" or part.get_filename()
        if part.is_multipart():
            continue
        if kind in {"text/plain", "text/html"} and kind not in bodies and not is_file:
            bodies[kind] = _text(part)
        else:
            attachments.append(_attachment(part, kind))
    return bodies.get("text/plain"), bodies.get("text/html"), tuple(attachments)


def _text(part: Message) -> str:
    # Lines end with CRLF on the way only.
    return _content(part).decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n")


def _attachment(part: Message, kind: str) -> Attachment:
    return Attachment(_decoded(part.get_filename("")), kind, _content(part))


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)  # noqa: S101  # true of every part that is not multipart
    return content
