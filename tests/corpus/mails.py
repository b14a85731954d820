"""
The mails of a hostile registration beside those of a plain one: the same headers, parts, elements
and lines of the card, with the hostile answers in the place of the plain ones, as text.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from functools import cache
from itertools import chain

from chalicelib.domain.contacts import Receiver
from chalicelib.domain.form import Answers
from chalicelib.domain.outbox import Mail
from chalicelib.domain.own import email_asked
from chalicelib.domain.registration import Registration
from chalicelib.domain.waiting import escalated
from chalicelib.emails import Email, Letters, mime
from chalicelib.own_letters import OwnLetters
from tests.backend.cards import read_card
from tests.backend.samples import AGENCY, LINKS, NOW, SENDER, SITE_URL, registration
from tests.corpus.markup import differences

LETTERS = Letters(SITE_URL, AGENCY)
OWN = OwnLetters(LETTERS, AGENCY)
DESK = Receiver("buddy@aalst.example", "desk")
NAME, EMAIL, LINE = "Markeernaam", "markeeradres@example.be", "@@regel{}@@"
LONGEST = 998  # octets in a line, RFC 5322

LETTERS_OF: dict[str, Callable[[Registration], Email]] = {
    "forwarding": lambda one: LETTERS.forwarding(
        one, one.answers.municipality[0], DESK, LINKS.candidate(one, one.answers.municipality[0])
    ),
    "phone-instead": lambda one: LETTERS.phone_instead(
        one, one.answers.municipality[0], DESK, LINKS.candidate(one, one.answers.municipality[0])
    ),
    "confirmation": lambda one: LETTERS.confirmation(one, LINKS.own(one)),
    "delay": lambda one: LETTERS.delay(one, LINKS.own(one)),
    "step-up": lambda one: LETTERS.step_up(one, LINKS.confirm(one)),
    "handed-on": lambda one: LETTERS.handed_on(one, one.answers.municipality[0], LINKS.own(one)),
    "late": lambda one: LETTERS.late(*_late(one), LINKS.own(one), {}),
    "question": lambda one: LETTERS.question(one, "4w", LINKS.question(one, "4w")),
    "consent": lambda one: LETTERS.consent(one, one.answers.municipality[0], LINKS.own(one)),
    "declined": lambda one: LETTERS.declined(
        one,
        Mail("declined", one.answers.municipality[0], NOW, NOW, about="partner-1"),
        DESK,
        LINKS.candidate(one, one.answers.municipality[0]),
    ),
    "warning": lambda one: LETTERS.warning(one, LINKS.own(one)),
    "rerouted": lambda one: LETTERS.rerouted(one, one.answers.municipality[0], LINKS.own(one)),
    "refusal": LETTERS.refusal,
    "own-link": lambda one: OWN.own_link(one, _mail("own-link"), LINKS.own(one)),
    "own-data": lambda one: OWN.own_data(one, _mail("own-data"), LINKS.own_data(one, NOW)),
    "address-change": lambda one: OWN.address_change(
        email_asked(one, "x@example.be", NOW), _mail("address-change"), LINKS.own(one)
    ),
    "correction": lambda one: OWN.correction(
        one,
        _mail("correction", one.answers.municipality[0]),
        DESK,
        LINKS.candidate(one, one.answers.municipality[0]),
    ),
}


def _mail(kind: str, receiver: str = "volunteer") -> Mail:
    return Mail(kind, receiver, NOW, NOW, about="20261123T093000000000")


def _late(one: Registration) -> tuple[Registration, Mail]:
    late = escalated(one, NOW + timedelta(days=30))
    return late, next(mail for mail in late.mails if mail.kind == "late")


@dataclass(frozen=True)
class Read:
    """A mail as a reader has it: `names` of its headers on the wire, each part with its kind."""

    names: list[bytes]
    headers: dict[str, str]
    parts: list[tuple[str, str | None, str]]
    has_defects: bool


def complaints(answers: Answers, kinds: Iterable[str] = LETTERS_OF) -> Iterator[str]:
    """In which ways the mails of these answers are more than text in a plain mail."""
    lines = answers.about.splitlines()
    plain = replace(
        answers,
        name=NAME,
        email=EMAIL,
        about="\n".join(LINE.format(number) if line else "" for number, line in enumerate(lines)),
        source="",
    )
    marks = {NAME: answers.name, EMAIL: answers.email}
    marks |= {LINE.format(number): line for number, line in enumerate(lines)}
    for kind in kinds:
        octets = _octets(kind, answers)
        found = chain(_of_octets(octets), _of_mail(_read(octets), _plain(kind, plain), marks))
        yield from (f"{kind}: {complaint}" for complaint in found)


@cache
def _plain(kind: str, answers: Answers) -> Read:
    return _read(_octets(kind, answers))


def _octets(kind: str, answers: Answers) -> bytes:
    one = replace(registration(1, NOW), answers=answers)
    return mime(LETTERS_OF[kind](one), SENDER, datetime(2026, 11, 23, tzinfo=UTC))


def _read(octets: bytes) -> Read:
    # By the older parser of the standard library, which takes a tenth of the time.
    message = message_from_bytes(octets)
    lines = octets.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return Read(
        [line.partition(b":")[0] for line in lines if not line.startswith((b" ", b"\t"))],
        {
            name: _squeezed(str(make_header(decode_header(value))))
            for name, value in message.items()
            if name != "Content-Type"  # has a boundary, drawn each time
        },
        [
            (
                part.get_content_type(),
                part.get_filename(),
                "" if part.is_multipart() else part.get_payload(decode=True).decode(),  # type: ignore[union-attr]
            )
            for part in message.walk()
        ],
        any(part.defects for part in message.walk()),
    )


def _of_octets(octets: bytes) -> Iterator[str]:
    """On the wire: nothing that a server could take for another end of a line."""
    if not octets.isascii() or re.search(rb"(?<!\r)\n|\r(?!\n)", octets):
        yield "not ASCII in lines of CRLF"
    if max(map(len, octets.split(b"\r\n"))) > LONGEST:
        yield f"a line of more than {LONGEST} octets"


def _of_mail(actual: Read, plain: Read, marks: dict[str, str]) -> Iterator[str]:
    if actual.has_defects or actual.names != plain.names:
        yield f"headers {actual.names}"
    if len(getaddresses([actual.headers["To"]])) != 1:
        yield f"to {actual.headers['To']}"
    for name, value in plain.headers.items():
        if _squeezed(_filled(value, marks)) != actual.headers[name]:
            yield f"{name} is {actual.headers[name]}"
    for (kind, file, content), twin in zip(actual.parts, plain.parts, strict=True):
        if (kind, file) != twin[:2]:
            yield f"part {kind} {file}"
        elif kind == "text/html":
            yield from differences(twin[2], content, marks)
        elif kind == "text/vcard":
            yield from _of_card(content, twin[2], marks)
        elif content != _filled(twin[2], marks):
            yield f"{kind} differs"


def _of_card(actual: str, plain: str, marks: dict[str, str]) -> Iterator[str]:
    if _properties(actual) != _properties(plain):
        yield f"card {_properties(actual)}"
    card = read_card(actual)
    if (card.fn.value, card.email.value) != (marks[NAME], marks[EMAIL]):
        yield f"card of {card.fn.value} {card.email.value}"


def _properties(card: str) -> list[str]:
    """The names and parameters of the lines of a card, unfolded."""
    unfolded = re.sub(r"\r\n[ \t]", "", card)
    return [line.partition(":")[0] for line in re.split(r"\r\n|\r|\n", unfolded)]


def _filled(text: str, marks: dict[str, str]) -> str:
    """`text` with each mark replaced once: an answer may look like a mark."""
    pattern = "|".join(map(re.escape, sorted(marks, key=len, reverse=True)))
    return re.sub(pattern, lambda found: marks[found[0]], text)


def _squeezed(header: str) -> str:
    return " ".join(header.split())
