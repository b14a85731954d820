"""
The mails: what they say and how they are built, from the templates in `templates/mail/`.

Nothing here sends: `mailer` does. Raw MIME, because SES's own *simple* message knows neither
attachments nor all headers.
"""

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chalicelib.domain.calendar import in_words, local_date, promised_by
from chalicelib.domain.cleaning import shown_phone
from chalicelib.domain.contacts import Receiver
from chalicelib.domain.municipalities import Municipality, find_municipality
from chalicelib.domain.registration import VOLUNTEER, Registration
from chalicelib.domain.wording import listed
from chalicelib.vcard import vcard

REFERENCE_HEADER = "X-Mijnbuddy-Reference"

DIVERSIONS = {
    "no-address": "We kennen nog geen contactadres van deze gemeente.",
    "unusable-address": "Het contactadres van deze gemeente werkt niet meer.",
}


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Email:
    """A mail for one receiver, ready to be sent; `receiver` is a NIS code or the volunteer."""

    reference: str
    receiver: str
    to: str
    reply_to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class Letters:
    """Writes the mails; `site_url` and `agency` (its address) are the same in all of them."""

    def __init__(self, site_url: str, agency: str) -> None:
        self._site_url = site_url
        self._agency = agency

    def to_municipality(
        self, registration: Registration, nis_code: str, receiver: Receiver
    ) -> Email:
        """The mail that asks a municipality to contact the volunteer: its Reply-To is she."""
        answers = registration.answers
        municipality = find_municipality(nis_code)
        facts = {
            "answers": answers,
            "phone": shown_phone(answers.phone) if answers.phone else "",
            "municipality": municipality,
            "diversion": DIVERSIONS.get(receiver.diverted, ""),
            "prepared_mail": _prepared_mail(registration, municipality),
        }
        card = vcard(
            name=answers.name,
            email=answers.email,
            phone=answers.phone,
            note=f"Kandidaat-buddy in {municipality}, {registration.reference}",
        )
        return self._letter(
            "municipality",
            registration,
            receiver=nis_code,
            to=receiver.email,
            reply_to=answers.email,
            facts=facts,
            attachments=(Attachment(f"{registration.reference}.vcf", "text/vcard", card),),
        )

    def to_volunteer(self, registration: Registration) -> Email:
        """
        The confirmation. Of what she typed it repeats her name only: whoever filled in somebody
        else's address can't make us send that person a text.
        """
        answers = registration.answers
        facts: dict[str, object] = {
            "name": answers.name,
            "municipalities": answers.municipalities,
            "rows": answers.confirmed(),
        }
        return self._letter(
            "volunteer",
            registration,
            receiver=VOLUNTEER,
            to=answers.email,
            reply_to=self._agency,
            facts=facts,
        )

    def _letter(
        self,
        template: str,
        registration: Registration,
        *,
        receiver: str,
        to: str,
        reply_to: str,
        facts: dict[str, object],
        attachments: tuple[Attachment, ...] = (),
    ) -> Email:
        common = {
            "site_url": self._site_url,
            "agency": self._agency,
            "reference": registration.reference,
            "promised_by": in_words(promised_by(registration.registered_at)),
            "registered_on": in_words(local_date(registration.registered_at)),
        }

        def written(part: str) -> str:
            return _templates().get_template(f"mail/{template}/{part}").render(common | facts)

        return Email(
            reference=registration.reference,
            receiver=receiver,
            to=to,
            reply_to=reply_to,
            subject=" ".join(written("subject.txt").split()),
            text=written("body.txt").strip() + "\n",
            html=written("body.html").strip() + "\n",
            attachments=attachments,
        )


def mime(email: Email, sender: str, now: datetime) -> bytes:
    """The mail as it goes over the wire: RFC 5322, lines of at most 78, CRLF."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("mijnbuddy", addr_spec=sender)
    message["To"] = email.to
    message["Reply-To"] = email.reply_to
    # Python 3.11 loses spaces between the encoded words of a long subject; its older class doesn't.
    message.set_raw("Subject", Header(email.subject, header_name="Subject").encode(linesep="\r\n"))
    message["Date"] = format_datetime(now)
    # The same for every copy of one mail: after a crash a second one can be told as such.
    message["Message-ID"] = f"<{email.reference}.{email.receiver}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message[REFERENCE_HEADER] = email.reference
    message.set_content(email.text, cte="quoted-printable")
    message.add_alternative(email.html, subtype="html", cte="quoted-printable")
    for attachment in email.attachments:
        maintype, subtype = attachment.content_type.split("/")
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=attachment.filename,
            params={"charset": "utf-8"},
        )
    # Last: what is called Content-… moves into the first part when a second one is added.
    message["Content-Language"] = "nl-BE"
    return message.as_bytes()


def _prepared_mail(registration: Registration, municipality: Municipality) -> str:
    """A `mailto:` with a text that a civil servant only needs to look over."""
    subject = f"Buddy worden in {municipality} ({registration.reference})"
    body = (
        f"Dag {registration.answers.name}\n\n"
        f"Je wil buddy worden in {municipality}. Fijn!\n"
        "Wanneer kunnen we elkaar even spreken?\n\n"
        "Vriendelijke groeten\n"
    ).replace("\n", "\r\n")  # RFC 6068, section 5
    return f"mailto:{quote(registration.answers.email)}?subject={quote(subject)}&body={quote(body)}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        # Text is text: only what is shown as HTML is escaped.
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["listed"] = listed
    return environment
