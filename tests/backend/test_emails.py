"""The mails: their headers, what they say to whom, and what they never say."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contacts import Receiver
from chalicelib.domain.following import (
    acted,
    agreed,
    declined,
    handed_on,
    proposed,
    returned,
)
from chalicelib.domain.form import FIELDS, InvalidFormError
from chalicelib.domain.handover import HANDED_ON, LINK, NOT_NOW, Act, Partner
from chalicelib.domain.outbox import handed_over
from chalicelib.domain.registration import VOLUNTEER, Registration
from chalicelib.domain.retention import MAX_KEPT
from chalicelib.emails import DIVERSIONS, Email, Letters, mime
from tests.backend.cards import read_card
from tests.backend.samples import (
    AALST,
    AGENCY,
    GENT,
    LINKS,
    NOW,
    SENDER,
    SITE_URL,
    Changes,
    mail_to,
    registration,
)

AT_AALST = Receiver("buddy@aalst.example", "41002-1")
LETTERS = Letters(SITE_URL, AGENCY)
OF_ONE = {"kandidaat", "aanmelding"}
"""In the addresses of pages about one registration."""
HOSTILE = '<img src=x onerror=alert(1)> & "quotes" {{7*7}} </td>'
REAL_NAMES = [
    "Anaïs D’Hondt-Ó Sé",
    "李",
    "Şükrü Çelik",
    "Nguyễn Thị Minh Khai",
    "فاطمة الزهراء",
    "Jan & Lies",
    "J.P., van 't Veld (ouder)",
    "é" * 100,
    "a " * 49 + "bc",
    "é " * 49 + "éé",
    "Maria Magdalena Josephina Wilhelmina van den Boogaard-Vandenbroucke de la Fontaine",
]


def municipality_mail(receiver: Receiver = AT_AALST, **changes: Changes) -> Email:
    one = registration(1, NOW, **changes)
    return LETTERS.forwarding(one, AALST, receiver, LINKS.candidate(one, AALST))


def volunteer_mail(**changes: Changes) -> Email:
    one = registration(1, NOW, **changes)
    return LETTERS.confirmation(one, LINKS.own(one))


def wire(email: Email) -> EmailMessage:
    message: EmailMessage = message_from_bytes(mime(email, SENDER, NOW), policy=SMTP)
    return message


def parts(message: EmailMessage) -> tuple[str, BeautifulSoup]:
    """What a reader shows: the plain text, and the HTML."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    return text.get_content(), BeautifulSoup(html.get_content(), "html.parser")


def subject(message: EmailMessage) -> str:
    """As a reader shows it: where the line was folded makes no difference."""
    return " ".join(str(message["Subject"]).split())


def shown(html: BeautifulSoup) -> str:
    return " ".join(html.get_text(" ").split())


def phone_mail(receiver: Receiver = AT_AALST, **changes: Changes) -> Email:
    one = registration(1, NOW, **changes)
    return LETTERS.phone_instead(one, AALST, receiver, LINKS.candidate(one, AALST))


def delay_mail(**changes: Changes) -> Email:
    one = registration(1, NOW, **changes)
    waiting = handed_over(one, mail_to(one), "came-back-from-all", NOW)
    return LETTERS.delay(waiting, LINKS.own(one))


def handed_on_mails(*, by_organisation: bool = False) -> tuple[Email, Email]:
    """The mail to who has her now, and the one to her, of who lives in Aalst."""
    one = registration(about=HOSTILE)
    act = Act(NOW, HANDED_ON, LINK, to=GENT, note="CANARIE")
    if by_organisation:
        one = proposed(one, AALST, Partner("De Brug & co", "brug@partner.example"), act)
        to_her = LETTERS.consent(one, "partner-1", LINKS.own(one))
        one = agreed(one, "partner-1", NOW)
    else:
        one = handed_on(one, AALST, act)
        to_her = LETTERS.handed_on(one, GENT, LINKS.own(one))
    place = one.handovers[-1].receiver
    link = LINKS.candidate(one, place)
    at = Receiver("buddy@gent.example", f"{place}-1")
    return LETTERS.forwarding(one, place, at, link), to_her


every = pytest.mark.parametrize(
    "email",
    [
        municipality_mail(),
        volunteer_mail(),
        phone_mail(),
        delay_mail(),
        *handed_on_mails(),
        *handed_on_mails(by_organisation=True),
    ],
    ids=[
        "forwarding",
        "confirmation",
        "phone-instead",
        "delay",
        "forwarding-on",
        "handed-on",
        "forwarding-organisation",
        "consent",
    ],
)


@every
def test_headers(email: Email) -> None:
    """
    Every header stands there once, and an automatic answer is not asked for.
    """
    message = wire(email)
    parts_of_name = (email.reference, email.kind, email.receiver, email.about)
    named = ".".join(part for part in parts_of_name if part)
    expected = {
        "From": f"mijnbuddy <{SENDER}>",
        "To": email.to,
        "Reply-To": email.reply_to,
        "Subject": email.subject,
        "Date": "Mon, 23 Nov 2026 09:30:00 +0000",
        "Message-ID": f"<{named}@mijnbuddy.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "nl-BE",
        "X-Mijnbuddy-Reference": registration().reference,
        "MIME-Version": "1.0",
    }

    assert {name: [value] for name, value in expected.items()} == {
        name: list(map(str, message.get_all(name, []))) for name in expected
    }
    assert sorted({*expected, "Content-Type"}) == sorted(message.keys())


def test_addresses() -> None:
    """
    The municipality answers the volunteer; the volunteer answers the agency.
    """
    to_aalst, to_her = municipality_mail(), volunteer_mail()

    assert ("buddy@aalst.example", "anais@example.be") == (to_aalst.to, to_aalst.reply_to)
    assert ("anais@example.be", AGENCY) == (to_her.to, to_her.reply_to)
    assert (AALST, VOLUNTEER) == (to_aalst.receiver, to_her.receiver)


def test_subject_of_the_municipality() -> None:
    """
    The municipality's subject has the place and the reference, and not her name: SES repeats a
    subject in what it tells of a mail, and a telephone shows it on its lock screen.
    """
    reference = registration().reference

    assert f"Nieuwe kandidaat-buddy in Aalst ({reference})" == municipality_mail().subject


def test_subject_of_the_volunteer() -> None:
    """
    The volunteer's subject has the places and the reference, and not her name.
    """
    email = volunteer_mail(municipality=[AALST, GENT])

    assert "Aalst en Gent" in email.subject
    assert email.reference in email.subject
    assert "Ana" not in email.subject


@every
def test_wire(email: Email) -> None:
    """
    ASCII with CRLF and short lines: the form that every mail server takes.
    """
    octets = mime(email, SENDER, NOW)

    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r" not in octets.replace(b"\r\n", b"")
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert octets.isascii()
    assert len(octets) < 100_000


def test_long_lines() -> None:
    """
    A message of one long line arrives whole, in lines of at most 998 octets.
    """
    about = "é" * 1000
    octets = mime(municipality_mail(about=about), SENDER, NOW)
    text, html = parts(message_from_bytes(octets, policy=SMTP))

    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert about in text
    assert about in shown(html)


@every
def test_alternatives(email: Email) -> None:
    """
    Plain text first, then HTML, both in UTF-8 and with the same facts.
    """
    message = wire(email)
    text, html = parts(message)

    types = [part.get_content_type() for part in message.walk() if not part.is_multipart()]

    assert ["text/plain", "text/html"] == types[:2]
    facts = [email.reference, "Anaïs D’Hondt", "Aalst"]
    if email.kind in {"forwarding", "confirmation"}:
        facts += ["9300", "maandag 7 december 2026"]
    for fact in facts:
        assert fact in text
        assert fact in shown(html)


@every
def test_holds_on_its_own(email: Email) -> None:
    """
    The HTML fetches nothing and runs nothing: no image, style sheet, font or script.
    """
    _, html = parts(wire(email))

    assert [] == html.find_all(["img", "link", "script", "iframe", "object", "video", "base"])
    assert [] == html.find_all(src=True)
    assert [] == html.find_all(background=True)
    assert "url(" not in email.html
    assert "@import" not in email.html
    assert {"https", "mailto", "tel"} >= {
        urlsplit(str(link["href"])).scheme for link in html.find_all("a")
    }
    ways = {str(link["href"]) for link in html.find_all("a") if link["href"].startswith("http")}
    assert {f"{SITE_URL}/"} == {way for way in ways if not OF_ONE & set(way.split("/"))}
    assert len(ways) <= 2


@every
def test_holds_in_outlook(email: Email) -> None:
    """
    Layout by tables that say they are no data, styles inline, a language and a title.
    """
    html = BeautifulSoup(email.html, "html.parser")

    assert html.html
    assert "nl" == html.html["lang"]
    assert html.title
    assert html.title.get_text()
    assert [] == html.find_all("style")
    assert {"presentation"} == {table.get("role") for table in html.find_all("table")}
    assert email.html.startswith("<!DOCTYPE html>")


def test_all_that_the_municipality_needs() -> None:
    """
    The municipality can call and mail at once, sees the term, and what she wrote.
    """
    email = municipality_mail(municipality=[AALST, GENT], about="Ik wandel.\nEn ik kook.")
    text, html = parts(wire(email))
    hrefs = [str(link["href"]) for link in html.find_all("a")]

    for told in (text, shown(html)):
        for fact in (
            "0470 12 34 56",
            "anais@example.be",
            "Gent",
            "maandag 23 november 2026",
            "Ik wandel.",
            "En ik kook.",
        ):
            assert fact in told
    assert "tel:+32470123456" in hrefs
    assert "Dag collega" in text
    assert "49" not in text.replace(email.reference, "")


def test_without_phone_and_message() -> None:
    """
    Without a number there is no button to call, without a message no empty quotation.
    """
    email = municipality_mail(phone=None, about=None)

    assert "tel:" not in email.html
    assert "niet ingevuld" in email.text
    assert "schrijft:" not in email.text + email.html


def test_prepared_mail() -> None:
    """
    The prepared answer goes to her, with place and reference, in lines as RFC 6068 wants them.
    """
    email = municipality_mail(email="an+buddy&co@example.be")
    links = [str(a["href"]) for a in BeautifulSoup(email.html, "html.parser").find_all("a")]
    prepared = urlsplit(next(link for link in links if "body=" in link))
    fields = parse_qs(prepared.query)

    assert "an+buddy&co@example.be" == unquote(prepared.path)
    assert {"subject", "body"} == set(fields)
    assert [f"Buddy worden in Aalst ({email.reference})"] == fields["subject"]
    assert fields["body"][0].startswith("Dag Anaïs D’Hondt\r\n\r\n")


def test_attachment() -> None:
    """
    A vCard is attached, with name, address, number and reference.
    """
    attachments = list(wire(municipality_mail()).iter_attachments())
    card = read_card(attachments[0].get_content())

    assert 1 == len(attachments)
    assert f"{registration().reference}.vcf" == attachments[0].get_filename()
    assert "text/vcard" == attachments[0].get_content_type()
    assert "utf-8" == attachments[0].get_content_charset()
    assert ("Anaïs D’Hondt", "+32470123456") == (card.fn.value, card.tel.value)
    assert registration().reference in card.note.value
    assert [] == list(wire(volunteer_mail()).iter_attachments())


@pytest.mark.parametrize("reason", sorted(DIVERSIONS))
def test_diverted(reason: str) -> None:
    """
    A mail that goes to the agency says for whom it is, and why.
    """
    email = municipality_mail(Receiver(AGENCY, "agency", reason))

    assert AGENCY == email.to
    assert "anais@example.be" == email.reply_to
    assert "Aalst" in email.subject
    for told in (email.text, shown(BeautifulSoup(email.html, "html.parser"))):
        assert "Dit bericht is voor Aalst." in told
        assert DIVERSIONS[reason] in told
    assert "Dit bericht is voor" not in municipality_mail().text


def test_hostile_message() -> None:
    """
    What she wrote is text, in both forms: no tag, no attribute, no template.
    """
    email = municipality_mail(about=HOSTILE)
    text, html = parts(wire(email))

    assert HOSTILE in text
    assert " ".join(HOSTILE.split()) in shown(html)
    assert [] == html.find_all("img")
    assert [] == html.find_all(onerror=True)


def test_hostile_name() -> None:
    """
    Names are escaped where they stand, also in links.
    """
    email = municipality_mail(name="Jan & Lies' (o'Neil)")
    html = BeautifulSoup(email.html, "html.parser")

    assert "Jan &amp; Lies&#39; (o&#39;Neil) wil buddy worden" in email.html
    assert "Jan & Lies' (o'Neil) wil buddy worden" in shown(html)
    assert "Jan & Lies' (o'Neil) wil buddy worden" in email.text


def test_only_her_name() -> None:
    """
    The volunteer's mail repeats nothing that she typed but her name.
    """
    email = volunteer_mail(
        name="Canarie Naam",
        about="CANARIE-BERICHT http://spam.example",
        source="canarie-campagne",
        email="anais@example.be",
        phone="0470 12 34 56",
    )
    told = mime(email, SENDER, NOW).decode() + email.text + email.html + email.subject

    assert "Canarie Naam" in email.text
    assert [] == [
        canary
        for canary in ("CANARIE-BERICHT", "spam.example", "canarie-campagne", "70123456", "12 34")
        if canary in told
    ]
    assert "anais@example.be" not in email.text + email.html


def test_what_next() -> None:
    """
    The volunteer reads who contacts her by when, and what to do if nobody does.
    """
    email = volunteer_mail()

    assert "naar Aalst." in email.text
    assert "uiterlijk op maandag 7 december 2026" in email.text
    assert f"Hoor je niets? Antwoord op dit bericht, of mail naar {AGENCY}." in email.text
    assert "eindigt op 3456" in email.text
    assert "doorgegeven" in email.text
    assert "niet ingevuld" in volunteer_mail(phone=None).text
    assert "Bericht:   niet ingevuld" in volunteer_mail(about=None).text
    assert "Iemand van elke gemeente" in volunteer_mail(municipality=[AALST, GENT]).text


def test_same_for_every_copy() -> None:
    """
    A second copy has the same Message-ID; each receiver has another one.
    """
    ids = [wire(email)["Message-ID"] for email in (municipality_mail(), municipality_mail())]

    assert ids[0] == ids[1]
    assert ids[0] != wire(volunteer_mail())["Message-ID"]


@pytest.mark.parametrize("name", REAL_NAMES, ids=lambda name: name[:12])
def test_real_names(name: str) -> None:
    """
    A real name arrives as it is, in both texts and the card; the subject has none.
    """
    email = municipality_mail(name=name)
    message = wire(email)
    text, html = parts(message)
    (attachment,) = message.iter_attachments()

    assert f"Nieuwe kandidaat-buddy in Aalst ({email.reference})" == subject(message)
    assert name in text
    assert name in shown(html)
    assert name == read_card(attachment.get_content()).fn.value


@given(name=st.text(min_size=1, max_size=100), about=st.text(max_size=300))
def test_any_answers(name: str, about: str) -> None:
    """
    Whatever is accepted can be mailed, and adds no header and no receiver.
    """
    try:
        one: Registration = registration(1, NOW, name=name, about=about)
    except InvalidFormError:
        return

    link = LINKS.candidate(one, AALST)
    confirmation = LETTERS.confirmation(one, LINKS.own(one))
    for email in (LETTERS.forwarding(one, AALST, AT_AALST, link), confirmation):
        message = wire(email)
        assert email.subject == subject(message)
        assert 1 == len(message["To"].addresses)
        assert sorted(wire(volunteer_mail()).keys()) == sorted(message.keys())
        assert [] == message.defects


def test_other_site() -> None:
    """
    The site's address is the one that was set.
    """
    email = Letters("https://x.example/buddy", AGENCY).confirmation(registration(), "x")

    assert "https://x.example/buddy/" in email.text
    assert SITE_URL not in email.text + email.html


def test_no_template_language() -> None:
    """
    Nothing of the templates is left in what goes out.
    """
    for email in (municipality_mail(), volunteer_mail()):
        assert not re.search(r"[{}]|None|<chalicelib", email.subject + email.text)


def test_forwarded() -> None:
    """
    The municipality reads what the form calls forwarded, and nothing else.
    """
    one = registration(about="Met honden.", source="infoavond-aalst")
    text = LETTERS.forwarding(one, AALST, AT_AALST, LINKS.candidate(one, AALST)).text
    forwarded = {field.name for field in FIELDS.values() if field.is_forwarded}

    assert {"name", "email", "phone", "postcode", "municipality", "about"} == forwarded
    assert "Met honden." in text
    assert "infoavond-aalst" not in text


class TestHandedOn:
    def test_to_municipality(self) -> None:
        """
        Who has her now reads who handed her on, and has a link of its own; its days begin then.
        """
        email, _ = handed_on_mails()

        assert "Kandidaat-buddy, doorgegeven door Aalst (MB-" in email.subject
        assert "Aalst geeft deze kandidaat door aan Gent." in email.text
        assert "uiterlijk op maandag 7 december 2026" in email.text
        assert "in Gent" not in email.text + unquote(email.html)
        assert "/gemeente/kandidaat/" in email.text
        assert "CANARIE" not in email.text + email.html

    def test_to_organisation(self) -> None:
        """
        An organisation reads that she agrees.
        """
        email, _ = handed_on_mails(by_organisation=True)

        assert "Aalst geeft deze kandidaat door aan De Brug & co." in email.text
        assert "Anaïs D’Hondt vindt dat goed." in email.text
        assert "De Brug &amp; co" in email.html

    def test_days(self) -> None:
        """
        Whoever gets her later has ten days from then.
        """
        later = NOW + timedelta(days=7)
        one = handed_on(registration(), AALST, Act(later, HANDED_ON, LINK, to=GENT))
        email = LETTERS.forwarding(one, GENT, AT_AALST, LINKS.candidate(one, GENT))

        assert "uiterlijk op maandag 14 december 2026" in email.text
        assert "14 december 2026" in LETTERS.handed_on(one, GENT, LINKS.own(one)).text

    def test_to_her(self) -> None:
        """
        She reads who has her now, until when, and that she need not do anything; of her own words
        only her name.
        """
        _, email = handed_on_mails()

        assert ("anais@example.be", VOLUNTEER, GENT) == (email.to, email.route, email.about)
        assert "Aalst geeft je aanmelding als buddy door aan Gent." in email.text
        assert "Je hoeft niets te doen." in email.text
        assert "uiterlijk op maandag 7 december 2026" in email.text
        assert "/mijn/aanmelding/" in email.text
        assert [] == [text for text in ("CANARIE", "onerror") if text in email.text + email.html]

    def test_consent(self) -> None:
        """
        She reads who proposes which organisation, and that it gets nothing before she says yes.
        """
        _, email = handed_on_mails(by_organisation=True)

        assert "mag De Brug & co je contacteren?" in email.subject
        assert "Aalst stelt voor dat een organisatie je contacteert: De Brug & co." in email.text
        assert "Zolang je niet antwoordt, krijgt De Brug & co niets." in email.text
        assert "Je kan antwoorden tot maandag 30 november 2026." in email.text
        # Whoever has a forwarded mail may have typed a good name with an address of their own.
        assert "een mailadres bij partner.example" in email.text
        assert "een mailadres bij partner.example" in email.html
        assert "/mijn/aanmelding/" in email.text
        assert "brug@partner.example" not in email.text + email.html


def test_declined() -> None:
    """
    Who proposed an organisation reads that she says no, and that she is with them again.
    """
    brug = Partner("De Brug", "brug@partner.example")
    one = proposed(registration(), AALST, brug, Act(NOW, HANDED_ON, LINK))
    no = declined(one, "partner-1", NOW + timedelta(days=1))
    mail = no.mail("declined", AALST, "partner-1")
    assert mail
    email = LETTERS.declined(no, mail, AT_AALST, LINKS.candidate(no, AALST))
    text, html = parts(wire(email))

    assert (AALST, "partner-1", AGENCY) == (email.receiver, email.about, email.reply_to)
    assert "De kandidaat is dus weer bij Aalst. Neem contact op." in text
    assert "De kandidaat is dus weer bij Aalst. Neem contact op." in shown(html)
    assert "brug@partner.example" not in text + email.html
    assert "anais@" not in text + email.html


def test_organisation_that_can_not() -> None:
    """
    Who proposed an organisation reads that it does not suit them, and why.
    """
    brug = Partner("De Brug", "brug@partner.example")
    one = agreed(proposed(registration(), AALST, brug, Act(NOW, HANDED_ON, LINK)), "partner-1", NOW)
    one = acted(one, "partner-1", Act(NOW, NOT_NOW, LINK, "no-match"))
    back = returned(one, "partner-1", NOW + timedelta(hours=1))
    mail = back.mail("declined", AALST, "partner-1")
    assert mail
    email = LETTERS.declined(back, mail, AT_AALST, LINKS.candidate(back, AALST))
    text, html = parts(wire(email))

    assert "Bij De Brug lukt het nu niet" in email.subject
    for shown_text in (" ".join(text.split()), shown(html)):
        assert "De Brug laat weten: het lukt nu niet. Er is nu niemand die bij" in shown_text
        assert "zegt nee" not in shown_text


def test_how_it_stands() -> None:
    """
    A municipality can tell how it stands, by a link that needs no login.
    """
    for email in (municipality_mail(), phone_mail()):
        text, html = parts(wire(email))
        (link,) = [str(a["href"]) for a in html.find_all("a") if "/gemeente/" in str(a["href"])]

        assert link in text
        assert "Je hoeft niet in te loggen." in text
        assert "Je hoeft niet in te loggen." in shown(html)


def test_phone_instead() -> None:
    """
    Who must phone sees the number, can press it, and is not invited to mail an address that fails.
    """
    email = phone_mail()
    text, html = parts(wire(email))
    hrefs = [str(link["href"]) for link in html.find_all("a")]

    assert ("buddy@aalst.example", AGENCY) == (email.to, email.reply_to)
    assert "tel:+32470123456" in hrefs
    assert "anais@example.be" not in email.text + email.html
    assert "0470 12 34 56" in text
    assert "Dit bericht is voor Aalst." in phone_mail(Receiver(AGENCY, "agency", "no-address")).text


def test_sign_up_again() -> None:
    """
    Who may be kept no longer is led to the form, with the code of our mails.
    """
    one = replace(registration(), times_kept=MAX_KEPT)
    email = LETTERS.warning(one, LINKS.own(one))

    for said in (email.text, email.html):
        assert f"{SITE_URL}/aanmelden/?bron=mail" in said


def test_delay() -> None:
    """
    She is told which municipality could not be reached; of her own words only her name.
    """
    email = delay_mail(municipality=[AALST, GENT], about=HOSTILE)

    assert ("anais@example.be", AGENCY, VOLUNTEER) == (email.to, email.reply_to, email.route)
    assert "We stuurden je aanmelding naar Aalst." in email.text
    assert "Je andere gemeente kreeg je aanmelding" in email.text
    assert "Je andere gemeente kreeg" not in delay_mail().text
    assert "onerror" not in email.text + email.html
