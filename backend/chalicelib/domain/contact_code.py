"""
The code that is mailed to a contact address and entered once, such as `41002-1-7K3F-9Q4D`: it
shows that somebody reads that mailbox.

It begins with the key of its contact, so that one field is enough, and is derived from the address
and the moment at which it was asked for: nothing of it is stored. A code for another address in
the same place, or for an earlier year, is another code.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from chalicelib.domain import cleaning
from chalicelib.domain.contacts import (
    CODE_TERM,
    CONFIRMED,
    INACTIVE,
    MAX_WRONG_CODES,
    Contact,
    confirmed,
    mistyped,
)
from chalicelib.domain.form import Field
from chalicelib.domain.reference import ALPHABET

WHO = "code"
"""Who confirmed, in the history: whoever has the code. We ask no name."""

MAX_TYPED = 100
_LETTERS = 8  # 22⁸ = 5.5e10: five tries at each of three codes guess one in 3.7 billion times


class Outcome(Enum):
    """What entering a code came to."""

    CONFIRMED = "confirmed"
    ALREADY = "already"  # entered before, and the address still counts as confirmed
    USED = "used"  # entered before, and something happened to the address since
    EXPIRED = "expired"
    WRONG = "wrong"  # or of an address that is not there: nobody learns which


ADVICE = {
    Outcome.USED: "Je vulde deze code al eerder in. Antwoord op onze mail voor een nieuwe code.",
    Outcome.EXPIRED: "Deze code is te oud. Antwoord op onze mail voor een nieuwe code.",
    Outcome.WRONG: "Deze code klopt niet, of ze werkt niet meer. Kijk ze na. "
    "Of antwoord op onze mail voor een nieuwe code.",
}
UNREADABLE = "Vul de hele code in, zoals 41002-1-7K3F-9Q4D."
"""What to do, for whoever did not confirm."""


@dataclass(frozen=True)
class Entered:
    """What entering a code came to, and whose address it is: for whoever has its code."""

    outcome: Outcome
    owner: str = ""


@dataclass(frozen=True)
class Code:
    """A code: the key of its contact (`41002-1`) and the letters that only the mailbox saw."""

    contact: str
    letters: str

    def __str__(self) -> str:
        return f"{self.contact}-{self.letters[:4]}-{self.letters[4:]}"


@dataclass(frozen=True)
class CodeForm:
    """The form as its page shows it: what was typed, and what to do about it."""

    typed: str = ""
    message: str = ""

    def value(self, _: str) -> str:
        """What can be shown again, without characters that would break the page."""
        return "".join(char for char in self.typed if char.isprintable())[:MAX_TYPED]

    def error(self, _: str) -> str:
        return self.message


CODE_FIELD = Field(
    "code",
    "De code uit onze mail",
    cleaning.normalise,
    MAX_TYPED,
    why="Zo weten we dat iemand de mailbox leest.",
    missing="Vul de code uit onze mail in.",
    hint="Bijvoorbeeld 41002-1-7K3F-9Q4D.",
)
"""The one question of the page; of no registration."""


def code_of(contact: Contact, asked_at: datetime, key: bytes) -> Code:
    """The code that goes to an address that was asked at a moment; `key` is what we sign with."""
    moment = asked_at.astimezone(UTC).isoformat(timespec="microseconds")
    message = f"contact-code/{contact.key}/{contact.email}/{moment}"
    number = int.from_bytes(hmac.digest(key, message.encode(), hashlib.sha256), "big")
    letters = ""
    for _ in range(_LETTERS):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return Code(contact.key, letters)


def read_code(text: str) -> Code | None:
    """A code as somebody typed it: in small letters, without dashes; None for what is none."""
    bare = re.sub(r"[\W_]+", "", text[:MAX_TYPED]).upper()
    found = re.fullmatch(rf"([0-9]{{5}})([1-9])([{ALPHABET}]{{{_LETTERS}}})", bare)
    return Code(f"{found[1]}-{found[2]}", found[3]) if found else None


def is_open(contact: Contact, asked_at: datetime, now: datetime) -> bool:
    """Whether the code of a request can be entered: not used, replaced or expired."""
    is_known = asked_at in contact.unanswered and contact.state != INACTIVE
    return is_known and now < asked_at + CODE_TERM


def enter(
    contact: Contact, code: Code, keys: Sequence[bytes], now: datetime
) -> tuple[Outcome, Contact]:
    """
    What a code does to its contact. Entered again it changes nothing.

    After too many wrong ones not even the right one is taken: then tries tell nothing.
    """
    asked_at = _request_of(contact, code, keys)
    if asked_at and asked_at not in contact.unanswered:
        return (Outcome.ALREADY if contact.state == CONFIRMED else Outcome.USED), contact
    waits = any(is_open(contact, at, now) for at in contact.unanswered)
    if contact.wrong_codes >= MAX_WRONG_CODES or contact.state == INACTIVE:
        return Outcome.WRONG, contact
    if asked_at is None:
        return Outcome.WRONG, (mistyped(contact, WHO, now) if waits else contact)
    if not is_open(contact, asked_at, now):
        return Outcome.EXPIRED, contact
    return Outcome.CONFIRMED, confirmed(contact, WHO, now)


def _request_of(contact: Contact, code: Code, keys: Sequence[bytes]) -> datetime | None:
    """The request that a code answers; each is compared in the same time."""
    return next(
        (
            asked_at
            for asked_at in contact.requests
            for key in keys
            if hmac.compare_digest(str(code_of(contact, asked_at, key)), str(code))
        ),
        None,
    )
