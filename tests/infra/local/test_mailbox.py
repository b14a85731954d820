"""The mails, read back."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from infra.local.mailbox import Mailbox, read_mail
from infra.local.outbox import RawMail


def test_headers(kept_mail: Path) -> None:
    """A mail's headers are as a person reads them, and the envelope is not among them."""
    mail = read_mail(kept_mail)

    assert "0c1d@email.amazonses.com" == mail.id
    assert ("buddy+aalst@aalst.example",) == mail.to
    assert ("zoe@visitor.example",) == mail.reply_to
    assert "Word buddy <noreply@mijnbuddy.example>" == mail.sender
    assert (
        "Nieuwe kandidaat-buddy in Aalst: Zoë D'Hondt (MB-7K3F-9Q4D) – graag binnen 10 dagen"
        == (mail.subject)
    )
    assert "Stad Aalst – team inburgering <buddy+aalst@aalst.example>" == mail.headers["To"]
    assert "MB-7K3F-9Q4D" == mail.headers["X-Mijnbuddy-Reference"]
    assert ["From", "To"] == list(mail.headers)[:2]


@pytest.mark.parametrize(
    "subject",
    [
        "Plain",
        "Zoë",
        "(é) en (è)",
        "Łukasz Ğ 名前 مرحبا",
        "a" * 200,
        "a" * 72,  # folded right after the header's name
        "é" * 200,
        "woord " * 40 + "é",
        "Reactie op: =?",
        "dubbele  spatie",
    ],
)
def test_any_subject(mail_dir: Path, subject: str) -> None:
    """Whatever was written as a subject is read back as it was written."""
    message = EmailMessage()
    message["Subject"] = subject
    RawMail(message.as_bytes(), []).keep(mail_dir, message_id="x")

    assert read_mail(next(mail_dir.iterdir())).subject == subject.strip()


def test_bodies(kept_mail: Path) -> None:
    """Both bodies are decoded."""
    mail = read_mail(kept_mail)

    assert "Dag collega,\n\nZoë wil buddy worden.\n" == mail.text
    assert "<p>Zoë wil <b>buddy</b> worden.</p>\n" == mail.html


def test_attachment(kept_mail: Path) -> None:
    """A file has its name, type, size and content."""
    [attachment] = read_mail(kept_mail).attachments

    assert "Zoë D'Hondt.vcf" == attachment.filename
    assert "text/vcard" == attachment.content_type
    assert 24 == attachment.size
    assert b"BEGIN:VCARD\r\nEND:VCARD\r\n" == attachment.content


def test_text_only(mail_dir: Path) -> None:
    """A mail without HTML says so, and a text file is not its text."""
    message = EmailMessage()
    message.set_content("Dag")
    message.add_attachment("bijlage", filename="a.txt")
    RawMail(message.as_bytes(), []).keep(mail_dir, message_id="x")
    mail = read_mail(next(mail_dir.iterdir()))

    assert (mail.text, mail.html) == ("Dag\n", None)
    assert ["a.txt"] == [attachment.filename for attachment in mail.attachments]


def test_raw(kept_mail: Path, message: EmailMessage) -> None:
    """The mail can be had exactly as it was handed to SES."""
    assert read_mail(kept_mail).raw() == message.as_bytes()


def test_json(kept_mail: Path) -> None:
    """The JSON of a mail has the keys of the contract."""
    mail = read_mail(kept_mail)
    content = json.loads(mail.json)

    assert [
        "id", "sent_at", "from", "to", "reply_to", "subject", "text", "html", "headers",
        "attachments",
    ] == list(content)  # fmt: skip
    assert datetime.fromisoformat(content["sent_at"]) == mail.sent_at
    assert mail.sent_at.tzinfo == UTC
    assert [{"filename": "Zoë D'Hondt.vcf", "content_type": "text/vcard", "size": 24}] == content[
        "attachments"
    ]


def test_order(mail_dir: Path, message: EmailMessage) -> None:
    """Mails are in the order in which they were sent; new ones show at once."""
    mailbox = Mailbox(mail_dir)
    for number in range(20):
        RawMail(message.as_bytes(), []).keep(mail_dir, message_id=f"{20 - number}@ses")

        assert [m.id for m in mailbox.mails()] == [f"{20 - n}@ses" for n in range(number + 1)]


def test_read_once(mail_dir: Path, kept_mail: Path) -> None:
    """A mail that was read is not read again."""
    mailbox = Mailbox(mail_dir)

    assert mailbox.mails()[0] is mailbox.mails()[0]


def test_unfinished(mail_dir: Path) -> None:
    """A file that is still being written is not a mail yet."""
    (mail_dir / "20260101T000000.000000Z-x.eml.part").touch()

    assert [] == Mailbox(mail_dir).mails()


def test_by_id(mail_dir: Path, kept_mail: Path) -> None:
    """A mail is found by the id that SES gave it."""
    mailbox = Mailbox(mail_dir)

    assert mailbox.mail("0c1d@email.amazonses.com") == mailbox.mails()[0]
    assert mailbox.mail("unknown") is None
