"""
The mails: what they say and how they are built, from the templates in `templates/mail/`.

Nothing here sends: `mailer` does. Raw MIME, because SES's own *simple* message knows neither
attachments nor all headers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chalicelib.domain import campaigns
from chalicelib.domain.calendar import PROMISED, in_words, local_date, promised_by
from chalicelib.domain.cleaning import shown_phone
from chalicelib.domain.contacts import Receiver
from chalicelib.domain.handover import HANDED_ON as HANDED_ON_STATE
from chalicelib.domain.handover import NOT_NOW, REASONS, Handover
from chalicelib.domain.municipalities import Municipality, find_municipality, neighbours
from chalicelib.domain.outbox import Mail
from chalicelib.domain.own import open_places
from chalicelib.domain.patience import answered_by
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    CONFIRMATION,
    CONSENT,
    DECLINED,
    DELAY,
    ERASURE,
    FORWARDING,
    HANDED_ON,
    LATE,
    PHONE_INSTEAD,
    QUESTION,
    REFUSAL,
    REGRET,
    REROUTED,
    STEP_UP,
    TAKEN_BACK,
    VOLUNTEER,
    WARNING,
    WITHDRAWAL,
    Registration,
    copies,
)
from chalicelib.domain.reply import AFTER_FOUR_WEEKS, QUESTIONS
from chalicelib.domain.rerouting import told_why
from chalicelib.domain.retention import MAX_KEPT, REFUSED
from chalicelib.domain.site import PROJECTS, SIGN_UP
from chalicelib.domain.standing import KIND_REASONS
from chalicelib.domain.waiting import told_with
from chalicelib.domain.wording import listed
from chalicelib.vcard import vcard

MAX_NEARBY = 4  # municipalities that a mail names as an alternative: examples, no list

Closed = Mapping[str, date]
"""Until when a municipality is closed, by its NIS code."""

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

    def forwarding(
        self, registration: Registration, place: str, receiver: Receiver, link: str
    ) -> Email:
        """
        The mail that asks a municipality, or an organisation, to contact the volunteer: its
        Reply-To is she. `place` is the receiver of the hand-over; at `link` somebody there tells
        what was done.
        """
        answers = registration.answers
        facts = _facts_for(place, registration, receiver, link)
        where = "" if facts["handed_on_by"] else f" in {facts['place']}"
        card = vcard(
            name=answers.name,
            email=answers.email,
            phone=answers.phone,
            note=f"Kandidaat-buddy{where}, {registration.reference}",
        )
        return self.letter(
            FORWARDING,
            registration,
            receiver=place,
            route=receiver.route,
            to=receiver.email,
            reply_to=answers.email,
            facts=facts | {"prepared_mail": prepared_mail(registration, where)},
            attachments=(Attachment(f"{registration.reference}.vcf", "text/vcard", card),),
        )

    def phone_instead(
        self, registration: Registration, place: str, receiver: Receiver, link: str
    ) -> Email:
        """Asks to phone, as the volunteer's own e-mail address does not work."""
        return self.letter(
            PHONE_INSTEAD,
            registration,
            receiver=place,
            route=receiver.route,
            to=receiver.email,
            reply_to=self._agency,
            facts=_facts_for(place, registration, receiver, link),
        )

    def confirmation(self, registration: Registration, link: str) -> Email:
        """
        The confirmation, with the link to her own page. Of what she typed it repeats her name only:
        whoever filled in somebody else's address can't make us send that person a text.
        """
        rows = registration.answers.confirmed()
        return self.to_volunteer(CONFIRMATION, registration, {"rows": rows, "link": link})

    def delay(self, registration: Registration, link: str) -> Email:
        """
        Tells the volunteer that a municipality could not be reached, and what we do now; `link` is
        her own page.
        """
        unreached = {
            mail.receiver for mail in registration.forwardings if mail.bounced or mail.attention_at
        }
        others = [one for one in registration.handovers if one.receiver not in unreached]
        return self.to_volunteer(
            DELAY,
            registration,
            {
                "unreached": [
                    registration.called(mail.receiver)
                    for mail in registration.forwardings
                    if mail.receiver in unreached
                ],
                "others": any(one.handed_on_by == "" for one in others),
                "link": link,
            },
        )

    def handed_on(self, registration: Registration, place: str, link: str) -> Email:
        """Tells the volunteer who contacts her instead; `link` is her own page."""
        handover = registration.handover(place)
        since = registration.waits_since(handover) if handover else registration.registered_at
        return self.to_volunteer(
            HANDED_ON,
            registration,
            {
                "by": _handed_on_by(registration, place),
                "place": registration.called(place),
                "promised_by": in_words(promised_by(since)),
                "link": link,
            },
            about=place,
        )

    def declined(
        self, registration: Registration, mail: Mail, receiver: Receiver, link: str
    ) -> Email:
        """
        Tells who proposed an organisation that she says no, or that it can't take her: she is with
        them again.
        """
        place, organisation = mail.receiver, mail.about
        there = registration.handover(organisation)
        answer = there.last if there and there.agreed_at else None
        return self.letter(
            DECLINED,
            registration,
            receiver=place,
            route=receiver.route,
            to=receiver.email,
            reply_to=self._agency,
            facts=_facts_for(place, registration, receiver, link)
            | {
                "organisation": registration.called(organisation),
                "why": REASONS[answer.why] if answer and answer.why else "",
            },
            about=organisation,
        )

    def consent(self, registration: Registration, place: str, link: str) -> Email:
        """
        Asks the volunteer whether an organisation may have her registration; she answers at `link`,
        her own page. Of what others typed it has the name of the organisation.
        """
        handover = registration.handover(place)
        asked_at = registration.waits_since(handover) if handover else registration.registered_at
        return self.to_volunteer(
            CONSENT,
            registration,
            {
                "by": _handed_on_by(registration, place),
                "organisation": registration.called(place),
                "host": handover.partner.host if handover and handover.partner else "",
                "until": in_words(local_date(answered_by(asked_at))),
                "link": link,
            },
            about=place,
        )

    def step_up(self, registration: Registration, link: str) -> Email:
        """
        Asks whether it was she, and to press the button at `link`. Nothing that anybody typed is in
        it: the address may be a stranger's.
        """
        asked_at = registration.held_at or registration.registered_at
        until = in_words(local_date(asked_at + CONFIRM_FIRST_FOR))
        return self.to_volunteer(STEP_UP, registration, {"link": link, "until": until})

    def warning(self, registration: Registration, link: str) -> Email:
        """
        Tells that her registration is about to be deleted; at `link`, her own page, is the button
        that keeps it, as long as it may be kept.
        """
        return self.to_volunteer(
            WARNING,
            registration,
            {
                "deleted_on": in_words(local_date(registration.expires_at)),
                "may_be_kept": registration.times_kept < MAX_KEPT,
                "link": link,
                "sign_up": campaigns.tagged(SIGN_UP, campaigns.MAIL),
            },
            about=registration.expiry_date,
        )

    def withdrawal(
        self, registration: Registration, place: str, receiver: Receiver, about: str = ""
    ) -> Email:
        """Tells whoever was mailed that the volunteer no longer wants it; it names nobody."""
        return self._without_a_name(WITHDRAWAL, registration, place, receiver, about)

    def erasure(self, registration: Registration, mail: Mail, receiver: Receiver) -> Email:
        """Asks whoever was mailed to delete the copy: by reference, as we know no more."""
        return self._without_a_name(ERASURE, registration, mail.receiver, receiver, mail.about)

    def taken_back(
        self, registration: Registration, place: str, receiver: Receiver, about: str
    ) -> Email:
        """Tells a place that the agency took the candidate away from there; it names nobody."""
        return self._without_a_name(TAKEN_BACK, registration, place, receiver, about)

    def rerouted(self, registration: Registration, place: str, link: str) -> Email:
        """Tells her that the agency asked another municipality; `link` is her own page."""
        moves = (one for one in registration.events if (one.what, one.why) == (REROUTED, place))
        move = max(moves, key=lambda one: one.at, default=None)
        handover = registration.handover(place)
        since = registration.waits_since(handover) if handover else registration.registered_at
        return self.to_volunteer(
            REROUTED,
            registration,
            {
                "before": registration.called(move.receiver) if move else "",
                "place": registration.called(place),
                "promised_by": in_words(promised_by(since)),
                "link": link,
            },
            about=place,
        )

    def refusal(self, registration: Registration) -> Email:
        """Tells the volunteer that it goes no further, and why."""
        facts: dict[str, object] = {"why": told_why(registration), "kept": REFUSED.kept}
        return self.to_volunteer(REFUSAL, registration, facts)

    def _without_a_name(
        self, kind: str, registration: Registration, place: str, receiver: Receiver, about: str = ""
    ) -> Email:
        handover = registration.handover(place)
        sent = [copy for copy in copies(registration, place) if about in {copy.message_id, ""}]
        told = (copy.sent_at for copy in sent or copies(registration, place))
        return self.letter(
            kind,
            registration,
            receiver=place,
            route=receiver.route,
            to=receiver.email,
            reply_to=self._agency,
            facts={
                "place": registration.called(place),
                "is_organisation": bool(handover and handover.partner),
                "has_left": registration.has_left,
                "diversion": DIVERSIONS.get(receiver.diverted, ""),
                "sent_on": in_words(local_date(min(told, default=registration.registered_at))),
            },
            about=about,
        )

    def late(self, registration: Registration, mail: Mail, link: str, closed: Closed) -> Email:
        """
        Tells the volunteer that nobody contacted her in time, as far as we know, that we ask after
        it, and what she can choose instead at `link`, her own page. Some place must be late still.
        """
        places = told_with(registration, mail)
        return self.to_volunteer(
            LATE,
            registration,
            {
                "places": [registration.called(one.receiver) for one in places],
                "closed": [
                    (registration.called(receiver), in_words(day))
                    for receiver, day in closed.items()
                ],
                "nearby": _nearby(registration, places[0]),
                "in_touch": [
                    registration.called(one.receiver)
                    for one in registration.handovers
                    if one.contacted_at and not one.ended_at
                ],
                "promised": PROMISED,
                "projects": PROJECTS,
                "link": link,
            },
            about=mail.about,
        )

    def regret(self, registration: Registration, mail: Mail, link: str) -> Email:
        """
        Tells the volunteer that it does not work out in one place now, and why; what runs on, and
        what she can choose instead at `link`, her own page.
        """
        place = registration.handover(mail.about)
        return self.to_volunteer(
            REGRET,
            registration,
            {
                "place": registration.called(mail.about),
                "why": KIND_REASONS[place.last.why] if place and place.last else "",
                "others": [
                    registration.called(one.receiver)
                    for one in open_places(registration)
                    if one.state not in {NOT_NOW, HANDED_ON_STATE}
                ],
                "nearby": _nearby(registration, place),
                "projects": PROJECTS,
                "link": link,
            },
            about=mail.about,
        )

    def question(self, registration: Registration, code: str, link: str) -> Email:
        """Asks the volunteer how it went; she answers at `link`."""
        return self.to_volunteer(
            QUESTION,
            registration,
            {
                "question": QUESTIONS[code].text,
                "asks_of_silence": code == AFTER_FOUR_WEEKS,
                "link": link,
            },
            about=code,
        )

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
        decision = registration.judgement  # what was held is promised from when it was let go
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
    place: str, registration: Registration, receiver: Receiver, link: str
) -> dict[str, object]:
    answers = registration.answers
    handover = registration.handover(place)
    since = registration.waits_since(handover) if handover else registration.registered_at
    return {
        "answers": answers,
        "phone": shown_phone(answers.phone) if answers.phone else "",
        "place": registration.called(place),
        "handed_on_by": _handed_on_by(registration, place),
        "is_organisation": bool(handover and handover.partner),
        "promised_by": in_words(promised_by(since)),
        "diversion": DIVERSIONS.get(receiver.diverted, ""),
        "link": link,
    }


def _handed_on_by(registration: Registration, place: str) -> str:
    """The name of whoever handed her on to a place last; "" where she asked for it herself."""
    acts = [
        (act.at, one.receiver)
        for one in registration.handovers
        for act in one.standing
        if act.to == place
    ]
    if acts:
        return registration.called(max(acts)[1])
    handover = registration.handover(place)
    return registration.called(handover.handed_on_by) if handover and handover.handed_on_by else ""


def _nearby(registration: Registration, place: Handover | None) -> list[str]:
    """Municipalities next to a place that she did not choose yet, as an alternative."""
    first = _municipality_behind(place) if place else None
    known = {one.receiver for one in registration.handovers}
    found = (one.name for one in (neighbours(first) if first else ()) if one.nis_code not in known)
    return list(islice(found, MAX_NEARBY))


def _municipality_behind(place: Handover) -> Municipality | None:
    """The municipality of a hand-over, or the one that chose an organisation for her."""
    nis_code = place.handed_on_by if place.partner else place.receiver
    return find_municipality(nis_code) if nis_code.isdigit() else None


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


def prepared_mail(registration: Registration, where: str) -> str:
    """
    A `mailto:` with a text that a civil servant only needs to look over; `where` is « in Aalst», or
    "" for who does not know yet that it is there.
    """
    subject = f"Buddy worden{where} ({registration.reference})"
    body = (
        f"Dag {registration.answers.name}\n\n"
        f"Je wil buddy worden{where}. Fijn!\n"
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
