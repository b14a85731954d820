"""
How each kind of answer is read: from what somebody typed to what we keep.

Every function takes the typed text (NFC, outer spaces gone, never empty) and returns the clean
value, or raises `UnusableAnswerError` whose message is Dutch and says what to do. Nothing here
looks anything up on the network.
"""

import re
import unicodedata
import uuid
from urllib.parse import urlsplit

from chalicelib.domain.calendar import MONTHS
from chalicelib.domain.campaigns import is_code
from chalicelib.domain.municipalities import (
    TEST_MUNICIPALITY,
    UnknownMunicipalityError,
    find_municipality,
)

# Letters with their accents, of every script; the digits and marks that names are written with.
_NAME_MARKS = set(" .,'’‘ʼ`´·-‐‑–()&")
_JOINERS = {"\u200c", "\u200d"}  # part of correct spelling in Persian and in Indian scripts
# Letters and accents that show as nothing: with them a name can be empty, or another's double.
_INVISIBLE = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Characters that reorder what follows them: in a mail they can make a name read as another one.
_REORDERING = {
    "\u061c",
    "\u200e",
    "\u200f",
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
}
_WEB_ADDRESS = re.compile(r"[^\W\d_]{2,}\.([a-z]{2,}|[A-Z]{2,})")  # not «J.P.» or «St.Anna»


# Without capitals before the @: what those mean, the library knows.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9]+([._+-][a-z0-9]+)*@([A-Za-z0-9]+(-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}"
)
_LONGEST_PLAIN = 64  # characters: no part of an address may be longer, nor is one this short
_ENDS_NOWHERE = {"arpa", "invalid", "local", "localhost", "onion", "test"}  # IANA: special use


class UnusableAnswerError(ValueError):
    """The answer can't be kept; the message tells the visitor, in Dutch, what to do."""


def normalise(text: str) -> str:
    """`text` in NFC, with one kind of line break and without outer white space."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def name(text: str) -> str:
    """A person's name, as people have them: «Anaïs D’Hondt-Ó Sé», «李», one word, …"""
    squeezed = re.sub(r"[ \u00a0\u2009\u202f]+", " ", text)
    if not any(unicodedata.category(char)[0] == "L" for char in squeezed):
        raise UnusableAnswerError("Vul je naam in met letters.")
    if not all(_belongs_in_a_name(char) for char in squeezed) or _WEB_ADDRESS.search(squeezed):
        raise UnusableAnswerError(
            "Vul alleen je naam in: letters, spaties, punten, koppeltekens en apostrofs."
        )
    return squeezed


def _belongs_in_a_name(char: str) -> bool:
    return char not in _INVISIBLE and (
        unicodedata.category(char)[0] == "L"
        or unicodedata.category(char) in {"Mn", "Mc", "Nd"}
        or char in _NAME_MARKS
        or char in _JOINERS
    )


def email(text: str) -> str:
    """An address that SES can send to (ASCII, no DNS look-up), domain in lower case or punycode."""
    local, _, domain = text.rpartition("@")
    if _is_plain(text):
        return f"{local}@{domain.lower()}"
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise UnusableAnswerError("Vul een e-mailadres in zoals naam@voorbeeld.be.") from None
    return valid.ascii_email or valid.normalized


def _is_plain(address: str) -> bool:
    """
    Whether nothing about an address is hard: nearly all are so. For these the library, which a
    test compares with, is not imported: for its patterns a volunteer would wait a tenth longer at
    a cold start (docs/decisions/0026-cold-start.md).
    """
    return (
        len(address) <= _LONGEST_PLAIN
        and _PLAIN_EMAIL.fullmatch(address) is not None
        and address.rpartition(".")[2].lower() not in _ENDS_NOWHERE
    )


def phone(text: str) -> str:
    """A telephone number in E.164; without a country code it is Belgian."""
    import phonenumbers

    advice = "Vul een telefoonnummer in zoals 0470 12 34 56 of +31 6 12345678."
    if re.search(r"[^\d+()/.\s-]", text):
        raise UnusableAnswerError(advice)
    try:
        number = phonenumbers.parse(text, "BE")
    except phonenumbers.NumberParseException:
        raise UnusableAnswerError(advice) from None
    if not phonenumbers.is_valid_number(number):
        raise UnusableAnswerError(advice)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(number: str) -> str:
    """An E.164 number as people write it: «0470 12 34 56», «+31 6 12345678»."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if parsed.country_code == 32  # noqa: PLR2004 (Belgium)
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)


def postcode(text: str) -> str:
    """A Belgian postcode, also written «B-9300»; whether it exists is not asked here."""
    bare = re.sub(r"^(BE|B)?[\s-]*", "", text, flags=re.IGNORECASE).replace(" ", "")
    if not re.fullmatch(r"[1-9][0-9]{3}", bare):
        raise UnusableAnswerError("Vul een postcode van 4 cijfers in, bijvoorbeeld 9300.")
    return bare


def municipality(text: str) -> str:
    """The NIS code of one of the 304 municipalities; an old code becomes today's."""
    refusal = UnusableAnswerError("Kies een gemeente uit de lijst.")
    try:
        found = find_municipality(text)
    except UnknownMunicipalityError:
        raise refusal from None
    if found is TEST_MUNICIPALITY:  # only our own probe may ask for it
        raise refusal
    return found.nis_code


def message(text: str) -> str:
    """Free text of several lines; emoji are welcome, characters that can't be mailed are not."""
    if any(_breaks_a_mail(char) for char in text):
        raise UnusableAnswerError("Je bericht bevat onleesbare tekens. Typ het opnieuw.")
    return text


def _breaks_a_mail(char: str) -> bool:
    return (
        (unicodedata.category(char) in {"Cc", "Cs", "Co", "Zl", "Zp"} and char not in "\n\t")
        or char in _REORDERING
        or _is_noncharacter(ord(char))
    )


def _is_noncharacter(code: int) -> bool:
    """Unicode 23.7: never text; XML and some mail readers stop at them."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004


def line(text: str) -> str:
    """One line of text, as a name of a project; breaks and rows of spaces become one space."""
    return said(" ".join(text.split()))


def said(text: str) -> str:
    """Free text as `message`, that no spreadsheet takes for a formula: our open data has it."""
    if re.match(r"[=+@-]", text):
        raise UnusableAnswerError("Begin met een letter of een cijfer.")
    if len(text) == 1:
        raise UnusableAnswerError("Eén teken is te weinig. Schrijf iets meer.")
    return message(text)


def web_address(text: str) -> str:
    """The address of a page, also typed without «https://»; never one with a user in it."""
    whole = text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"
    advice = "Vul een webadres in zoals www.voorbeeld.be."
    if not re.fullmatch(r"[!-~]+", whole) or set(whole) & set('"<>\\^`{|}'):
        raise UnusableAnswerError(advice)
    try:
        parts = urlsplit(whole)
        name, is_plain = parts.hostname or "", parts.username is None and parts.port is None
    except ValueError:
        raise UnusableAnswerError(advice) from None
    if not is_plain or not re.fullmatch(r"([a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}", name):
        raise UnusableAnswerError(advice)
    return parts._replace(scheme=parts.scheme.lower(), netloc=name).geturl()


def slug(text: str) -> str:
    """The last part of an address of ours, as of a project in the inventory."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise UnusableAnswerError("Kies een project uit de lijst.")
    return text


def month_or_year(text: str) -> str:
    """«2019», «3/2019», «maart 2019» → «2019», «2019-03»."""
    advice = UnusableAnswerError("Vul een jaar in zoals 2019, of een maand zoals maart 2019.")
    found = re.fullmatch(r"(?:([a-z]+|[0-9]{1,2})[ /.-]+)?((?:19|20)[0-9]{2})", text.lower())
    if not found:
        raise advice
    month, year = found[1], found[2]
    if not month:
        return year
    if month in MONTHS:
        return f"{year}-{MONTHS.index(month) + 1:02}"
    number = int(month) if month.isdigit() else 0
    if not 1 <= number <= 12:  # noqa: PLR2004 (months)
        raise advice
    return f"{year}-{number:02}"


def year(text: str) -> str:
    """A year of this century or the one before."""
    if not re.fullmatch(r"(19|20)[0-9]{2}", text):
        raise UnusableAnswerError("Vul een jaar in zoals 2023.")
    return text


def count(text: str) -> str:
    """A whole number from 1 on, also typed «1.200» or «1 200»."""
    bare = re.sub(r"(?<=\d)[. ](?=\d{3}\b)", "", text)
    if not re.fullmatch(r"[1-9][0-9]{0,5}", bare):
        raise UnusableAnswerError("Vul een getal in zoals 25. Weet je het niet? Laat dit leeg.")
    return bare


def agreement(text: str) -> str:
    """A ticked box: «yes»."""
    if text != "yes":
        raise UnusableAnswerError("Kruis dit vakje aan.")
    return text


def campaign(text: str) -> str:
    """The code of a campaign, as in `?bron=infoavond-aalst`."""
    if not is_code(text):
        raise UnusableAnswerError("De code van de campagne klopt niet. Laad de pagina opnieuw.")
    return text


def submission_id(text: str) -> str:
    """The UUID that a page gave to this one submission."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise UnusableAnswerError("Er liep iets mis. Laad de pagina opnieuw.") from None


def number(text: str) -> int | None:
    """A count or a page that a form or an address of ours carries; None for any other text."""
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def token(text: str) -> str:
    """A signed token, as far as it looks like one (tokens.py)."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        raise UnusableAnswerError("Er liep iets mis. Laad de pagina opnieuw.")
    return text
