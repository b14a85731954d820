"""What the tests of the local stack share: a small site, a mail as SES gets it, free ports."""

import socket
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from infra.local.outbox import RawMail
from infra.local.settings import Settings


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built site with a home page, a page, a style sheet and a page for what is not there."""
    folder = tmp_path / "site"
    for name, content in {
        "index.html": "<h1>Thuis</h1>",
        "404.html": "<h1>Niet gevonden</h1>",
        "word-buddy/index.html": "<h1>Word buddy</h1>",
        "empty/other.html": "",
        "theme/main.css": "p{}",
        "theme/main.3f2a91c0.css": "p{}",
        ".well-known/security.txt": "Contact: …",
        ".git/config": "secret",
        "theme/.hidden.css": "secret",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


@pytest.fixture
def message() -> EmailMessage:
    """The mail to a municipality: two bodies, a file, a reply address, our own header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Word buddy <noreply@mijnbuddy.example>"
    message["To"] = "Stad Aalst – team inburgering <buddy+aalst@aalst.example>"
    message["Reply-To"] = "Zoë D'Hondt <zoe@visitor.example>"
    message["Subject"] = (
        "Nieuwe kandidaat-buddy in Aalst: Zoë D'Hondt (MB-7K3F-9Q4D) – graag binnen 10 dagen"
    )
    message["X-Mijnbuddy-Reference"] = "MB-7K3F-9Q4D"
    message.set_content("Dag collega,\n\nZoë wil buddy worden.\n")
    message.add_alternative("<p>Zoë wil <b>buddy</b> worden.</p>\n", subtype="html")
    message.add_attachment(
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        maintype="text",
        subtype="vcard",
        filename="Zoë D'Hondt.vcf",
    )
    return message


@pytest.fixture
def mail_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "mail"
    folder.mkdir()
    return folder


@pytest.fixture
def kept_mail(mail_dir: Path, message: EmailMessage) -> Path:
    """That mail as the outbox keeps it."""
    mail = RawMail(message.as_bytes(), ["buddy+aalst@aalst.example"])
    mail.keep(mail_dir, message_id="0c1d@email.amazonses.com")
    return next(mail_dir.iterdir())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a run on two ports that are free."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        port, aws_port = one.getsockname()[1], two.getsockname()[1]
    return Settings(
        port=port,
        aws_port=aws_port,
        local_dir=tmp_path / ".local",
        log_dir=tmp_path / "log",
        site=tmp_path / "site",
        backend=tmp_path / "backend",
        aws_python=tmp_path / "python",
        functions_aws_endpoint=f"http://127.0.0.1:{aws_port}",
        is_fresh=False,
    )
