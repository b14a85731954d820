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
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    CONFIRMATION,
    DELAY,
    FORWARDING,
    PHONE_INSTEAD,
    STEP_UP,
    VOLUNTEER,
    Registration,
)
from chalicelib.domain.suspicion import decision_on
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
    """
    A mail for one receiver, ready to be sent. `reference` is the id of its outbox; `kind`,
    `receiver`, `about` and `route` are those of domain/outbox.py; `to` is the address.
    """

    reference: str
    kind: str
    receiver: str
    route: str
    to: str
    reply_to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    about: str = ""

    @property
    def name(self) -> str:
        """What names the mail, the same in every copy of it."""
        parts = (self.reference, self.kind, self.receiver, self.about)
        return ".".join(part for part in parts if part)


class Letters:
    """Writes the mails; `site_url` and `agency` (its address) are the same in all of them."""

    def __init__(self, site_url: str, agency: str) -> None:
        self._site_url = site_url
        self._agency = agency

    def forwarding(self, registration: Registration, nis_code: str, receiver: Receiver) -> Email:
        """The mail that asks a municipality to contact the volunteer: its Reply-To is she."""
        answers = registration.answers
        municipality = find_municipality(nis_code)
        card = vcard(
            name=answers.name,
            email=answers.email,
            phone=answers.phone,
            note=f"Kandidaat-buddy in {municipality}, {registration.reference}",
        )
        return self.letter(
            FORWARDING,
            registration,
            receiver=nis_code,
            route=receiver.route,
            to=receiver.email,
            reply_to=answers.email,
            facts=_facts_for(municipality, registration, receiver)
            | {"prepared_mail": _prepared_mail(registration, municipality)},
            attachments=(Attachment(f"{registration.reference}.vcf", "text/vcard", card),),
        )

    def phone_instead(self, registration: Registration, nis_code: str, receiver: Receiver) -> Email:
        """Asks a municipality to phone, as the volunteer's own e-mail address does not work."""
        return self.letter(
            PHONE_INSTEAD,
            registration,
            receiver=nis_code,
            route=receiver.route,
            to=receiver.email,
            reply_to=self._agency,
            facts=_facts_for(find_municipality(nis_code), registration, receiver),
        )

    def confirmation(self, registration: Registration) -> Email:
        """
        The confirmation. Of what she typed it repeats her name only: whoever filled in somebody
        else's address can't make us send that person a text.
        """
        return self.to_volunteer(
            CONFIRMATION, registration, {"rows": registration.answers.confirmed()}
        )

    def delay(self, registration: Registration) -> Email:
        """Tells the volunteer that a municipality could not be reached, and what we do now."""
        unreached = [
            find_municipality(mail.receiver)
            for mail in registration.forwardings
            if mail.bounced or mail.attention_at
        ]
        return self.to_volunteer(DELAY, registration, {"unreached": unreached})

    def step_up(self, registration: Registration, link: str) -> Email:
        """
        Asks whether it was she, and to press the button at `link`. Nothing that anybody typed is in
        it: the address may be a stranger's.
        """
        asked_at = registration.held_at or registration.registered_at
        until = in_words(local_date(asked_at + CONFIRM_FIRST_FOR))
        return self.to_volunteer(STEP_UP, registration, {"link": link, "until": until})

    def to_volunteer(
        self, kind: str, registration: Registration, facts: dict[str, object], about: str = ""
    ) -> Email:
        """A mail to her, from the templates in the folder of its kind."""
        answers = registration.answers
        return self.letter(
            kind,
            registration,
            receiver=VOLUNTEER,
            route=VOLUNTEER,
            to=answers.email,
            reply_to=self._agency,
            facts={"name": answers.name, "municipalities": answers.municipalities} | facts,
            about=about,
        )

    def letter(
        self,
        kind: str,
        registration: Registration,
        *,
        receiver: str,
        route: str,
        to: str,
        reply_to: str,
        facts: dict[str, object],
        attachments: tuple[Attachment, ...] = (),
        about: str = "",
    ) -> Email:
        """A mail about a registration."""
        decision = decision_on(registration)  # what was held is promised from when it was let go
        from_then = decision.at if decision else registration.registered_at
        of_registration = {
            "reference": registration.reference,
            "promised_by": in_words(promised_by(from_then)),
            "registered_on": in_words(local_date(registration.registered_at)),
        }
        return self.written(
            kind,
            registration.reference,
            receiver=receiver,
            route=route,
            to=to,
            reply_to=reply_to,
            facts=of_registration | facts,
            attachments=attachments,
            about=about,
        )

    def written(
        self,
        kind: str,
        id_: str,
        *,
        receiver: str,
        route: str,
        to: str,
        reply_to: str,
        facts: dict[str, object],
        attachments: tuple[Attachment, ...] = (),
        about: str = "",
    ) -> Email:
        """A mail of any outbox, from the templates in the folder of its kind."""
        shown = {"site_url": self._site_url, "agency": self._agency} | facts

        def part(name: str) -> str:
            return _templates().get_template(f"mail/{kind}/{name}").render(shown)

        return Email(
            reference=id_,
            kind=kind,
            receiver=receiver,
            route=route,
            to=to,
            reply_to=reply_to,
            subject=" ".join(part("subject.txt").split()),
            text=part("body.txt").strip() + "\n",
            html=part("body.html").strip() + "\n",
            attachments=attachments,
            about=about,
        )


def _facts_for(
    municipality: Municipality, registration: Registration, receiver: Receiver
) -> dict[str, object]:
    answers = registration.answers
    return {
        "answers": answers,
        "phone": shown_phone(answers.phone) if answers.phone else "",
        "municipality": municipality,
        "diversion": DIVERSIONS.get(receiver.diverted, ""),
    }


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
    message["Message-ID"] = f"<{email.name}@{domain}>"
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
