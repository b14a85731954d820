"""Each kind of answer: what is accepted and how it is kept, what is refused."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import cleaning
from chalicelib.domain.cleaning import UnusableAnswerError

TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=60)


@pytest.mark.parametrize(
    "name",
    [
        "Anaïs D’Hondt-Ó Sé",
        "D'Hondt",
        "Ó Sé",
        "李",
        "李小龍",
        "Şükrü Çelik",
        "Nguyễn Thị Minh Khai",
        "Madonna",
        "فاطمة الزهراء",
        "نازنین\u200cزهرا",  # Persian needs the non-joiner
        "அன்பு",
        "Мария Ёлкина",
        "Ελένη Παπαδοπούλου",
        "Łukasz Żółć",
        "ʻOkina",
        "J.P. Van den Bossche",
        "St. Anna",
        "St.Anna",
        "Jean-Marc & Lies (ouders)",
        "Jan, de 2e",
        "a" * 100,
    ],
)
def test_names(name: str) -> None:
    """
    Names as people have them stay as they are.
    """
    assert name == cleaning.name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Jan\x00",
        "Jan\nBcc: spam@example.be",
        "Jan\tPeeters",
        "Jan\x1b[31m",
        "Jan\x85",
        "Jan\u2028Peeters",
        "<b>Jan</b>",
        "Jan 😀",
        "Jan ❤\ufe0f",
        "Jan\u202e",
        "\u2067Jan\u2069",
        "Jan\u200f",
        "\ufeffJan",
        "Jan\u200bPeeters",
        "Jan\u00adPeeters",
        "Jan\ud800",
        "Jan\ue000",
        "Jan\uffff",
        "www.spam.com",
        "Koop nu op spam.com",
        "https://spam.example/x",
        "jan@example.be",
        "=1+1",
        "{{7*7}}",
        "Jan;Piet",
        'Jan "de Kok"',
        "123",
        "-",
        "…",
        "Jan 1\u20e3",
        "\u3164",  # letters that show nothing
        "\u115f\u1160",
    ],
)
def test_no_names(name: str) -> None:
    """
    What is no name, or could pass for another text in a mail, is refused.
    """
    with pytest.raises(UnusableAnswerError):
        cleaning.name(name)


def test_spaces_in_a_name() -> None:
    """
    Spaces of every width become one.
    """
    assert "Jan De Wit" == cleaning.name("Jan \u00a0 De\u202fWit")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("jan@example.be", "jan@example.be"),
        ("Jan.Peeters@EXAMPLE.BE", "Jan.Peeters@example.be"),
        ("jan+buddy@example.be", "jan+buddy@example.be"),
        ("o'brien@example.be", "o'brien@example.be"),
        ("jan_peeters-1@sub.example.co.uk", "jan_peeters-1@sub.example.co.uk"),
        ("jan@münchen.de", "jan@xn--mnchen-3ya.de"),
        ("jan@xn--mnchen-3ya.de", "jan@xn--mnchen-3ya.de"),
        ("jan@ｅｘａｍｐｌｅ.be", "jan@example.be"),
        ("buddy+aalst@aalst.example", "buddy+aalst@aalst.example"),
        ("1@2.be", "1@2.be"),
        (f"{'a' * 64}@example.be", f"{'a' * 64}@example.be"),
    ],
)
def test_emails(typed: str, expected: str) -> None:
    """
    An address is kept as SES can send to it: the domain in lower case, or in punycode.
    """
    assert expected == cleaning.email(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "jan",
        "jan@",
        "@example.be",
        "jan@be",
        "jan@localhost",
        "jan@@example.be",
        "jan @example.be",
        "jan@exam ple.be",
        "jan@example..be",
        "jan@-example.be",
        "jan@example.be.",
        ".jan@example.be",
        "jan.@example.be",
        "j..an@example.be",
        "Jan <jan@example.be>",
        "jan@example.be, piet@example.be",
        "jan@example.be;piet@example.be",
        "jan@[127.0.0.1]",
        '"jan"@example.be',
        "é@example.be",
        "jan@example.be\nBcc: piet@example.be",
        "jan@example.be\x00",
        "jan\u202e@example.be",
        "jan@exam\u200bple.be",
        "jan\ud800@example.be",
        "mailto:jan@example.be",
        f"{'a' * 65}@example.be",
        f"jan@{'a' * 64}.be",
        f"jan@{'a.' * 125}be",
    ],
)
def test_no_emails(typed: str) -> None:
    """
    What SES can't send to is refused.
    """
    with pytest.raises(UnusableAnswerError):
        cleaning.email(typed)


def by_the_library(typed: str) -> str:
    """What email-validator makes of an address; "" where it refuses it."""
    try:
        valid = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return ""
    return valid.ascii_email or ""


def read(typed: str) -> str:
    try:
        return cleaning.email(typed)
    except UnusableAnswerError:
        return ""


@given(
    st.from_regex(
        re.compile(
            r"[a-z0-9.+_-]{1,66}@([a-z0-9-]{1,10}\.){0,2}"
            rf"(be|brussels|xn--vlaanderen|b1|{'|'.join(SPECIAL_USE_DOMAIN_NAMES)})",
            re.ASCII | re.IGNORECASE,
        ),
        fullmatch=True,
    )
)
def test_plain_emails(typed: str) -> None:
    """
    What is plain is read as the library reads it, and what only looks so is refused as it does.
    """
    assert by_the_library(typed) == read(typed)


@pytest.mark.parametrize("domain", SPECIAL_USE_DOMAIN_NAMES)
def test_special_use(domain: str) -> None:
    """
    A domain that is no place for mail is refused, also below another name.
    """
    assert "" == read(f"jan@{domain}") == read(f"jan@post.{domain}")


@pytest.mark.parametrize("name", ["INFO", "Postmaster", "Jan.PEETERS"])
def test_capitals(name: str) -> None:
    """
    Capitals before the @ stay, but for the names of which a standard says that they mean nothing.
    """
    assert by_the_library(f"{name}@EXAMPLE.be") == read(f"{name}@EXAMPLE.be")


@pytest.mark.parametrize(
    ("typed", "expected", "shown"),
    [
        ("0470 12 34 56", "+32470123456", "0470 12 34 56"),
        ("0470/12.34.56", "+32470123456", "0470 12 34 56"),
        ("0470-12-34-56", "+32470123456", "0470 12 34 56"),
        ("+32 470 12 34 56", "+32470123456", "0470 12 34 56"),
        ("+32 (0)470 12 34 56", "+32470123456", "0470 12 34 56"),
        ("0032470123456", "+32470123456", "0470 12 34 56"),
        ("٠٤٧٠١٢٣٤٥٦", "+32470123456", "0470 12 34 56"),
        ("(053) 21 12 34", "+3253211234", "053 21 12 34"),
        ("02 555 12 12", "+3225551212", "02 555 12 12"),
        ("+31 6 12345678", "+31612345678", "+31 6 12345678"),
        ("+33 6 12 34 56 78", "+33612345678", "+33 6 12 34 56 78"),
        ("0090 532 123 45 67", "+905321234567", "+90 532 123 45 67"),
    ],
)
def test_phones(typed: str, expected: str, shown: str) -> None:
    """
    Belgian and foreign numbers are kept in E.164 and shown as people write them.
    """
    assert expected == cleaning.phone(typed)
    assert shown == cleaning.shown_phone(expected)


@pytest.mark.parametrize(
    "typed",
    [
        "112",
        "0470 12 34",
        "0470 12 34 56 78",
        "0470 12 34 56 x5",
        "0470 12 34 56; 0471 12 34 56",
        "tel:0470123456",
        "bel me",
        "+999 12345678",
        "+",
        "()",
        "0470\x0012 34 56",
        "0470 12 34 56 😀",
        "9" * 40,
    ],
)
def test_no_phones(typed: str) -> None:
    """
    A number that can't be called is refused.
    """
    with pytest.raises(UnusableAnswerError):
        cleaning.phone(typed)


@pytest.mark.parametrize("typed", ["9300", "B-9300", "b 9300", "BE-9300", "B9300", "93 00"])
def test_postcodes(typed: str) -> None:
    """
    A postcode is kept as four digits, however it is written.
    """
    assert "9300" == cleaning.postcode(typed)


@pytest.mark.parametrize(
    "typed", ["930", "93000", "0930", "NL-9300", "9300 Aalst", "Aalst", "-", "٩٣٠٠", "9300\x00"]
)
def test_no_postcodes(typed: str) -> None:
    """
    What is no Belgian postcode is refused.
    """
    with pytest.raises(UnusableAnswerError):
        cleaning.postcode(typed)


def test_municipality() -> None:
    """
    A code from before a merger becomes today's; a name is no code.
    """
    assert "41002" == cleaning.municipality("41002")
    assert "73111" == cleaning.municipality("73009")
    with pytest.raises(UnusableAnswerError):
        cleaning.municipality("Aalst")


@pytest.mark.parametrize(
    "text",
    [
        "Twee\nregels, en een\ttab.",
        "Emoji mogen: 👩🏽‍🌾 ❤️",
        "<b>vet</b> & http://example.be",
        "مرحبا",
        "=1+1",
        "a" * 1000,
    ],
)
def test_messages(text: str) -> None:
    """
    A message may hold whatever can be mailed.
    """
    assert text == cleaning.message(text)


@pytest.mark.parametrize(
    "char",
    [
        *["\x00", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\u200e"],
        *["\u061c", "\ud800", "\ue000", "\uffff", "\ufdd0", "\U0010ffff"],
    ],
    ids=lambda char: f"U+{ord(char):04X}",
)
def test_no_messages(char: str) -> None:
    """
    Characters that can't be mailed, or that turn text around, are refused.
    """
    with pytest.raises(UnusableAnswerError):
        cleaning.message(f"Hallo{char}!")


@pytest.mark.parametrize("text", ["ja", "Yes", "on", "true", "no"])
def test_agreement(text: str) -> None:
    """
    Only the value of the box itself is a yes.
    """
    assert "yes" == cleaning.agreement("yes")
    with pytest.raises(UnusableAnswerError):
        cleaning.agreement(text)


@pytest.mark.parametrize("text", ["Infoavond", "a b", "-a", "a_b", "é", "a\n", "<a>"])
def test_campaign(text: str) -> None:
    """
    A campaign's code is a plain word.
    """
    assert "infoavond-aalst-2026" == cleaning.campaign("infoavond-aalst-2026")
    with pytest.raises(UnusableAnswerError):
        cleaning.campaign(text)


def test_submission_id() -> None:
    """
    The same UUID in another spelling is the same submission.
    """
    expected = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"

    assert expected == cleaning.submission_id(expected.upper())
    assert expected == cleaning.submission_id(expected.replace("-", ""))
    for text in ("1", "x" * 36, "\ud800" * 32):
        with pytest.raises(UnusableAnswerError):
            cleaning.submission_id(text)


def test_normalise() -> None:
    """
    Text becomes NFC with one kind of line break, without outer white space.
    """
    assert "Anaïs" == cleaning.normalise(unicodedata.normalize("NFD", " Anaïs\u00a0"))
    assert "a\nb\nc\nd" == cleaning.normalise("a\r\nb\rc\nd\r\n")


@pytest.mark.parametrize(
    "clean",
    [
        cleaning.name,
        cleaning.email,
        cleaning.phone,
        cleaning.postcode,
        cleaning.municipality,
        cleaning.message,
        cleaning.agreement,
        cleaning.campaign,
        cleaning.submission_id,
    ],
)
@given(text=TEXT)
def test_any_text(clean: Callable[[str], str], text: str) -> None:
    """
    Every text is either refused with a word of advice, or kept so that it is accepted again.
    """
    normalised = cleaning.normalise(text) or "x"
    try:
        kept = clean(normalised)
    except UnusableAnswerError as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017
    else:
        assert kept == clean(cleaning.normalise(kept))


@given(st.from_regex(r"(\+|00)?[0-9][0-9 ./()-]{6,20}", fullmatch=True))
def test_any_phone(text: str) -> None:
    """
    A number that is accepted is accepted again, and can be shown.
    """
    try:
        kept = cleaning.phone(text)
    except UnusableAnswerError:
        return

    assert kept == cleaning.phone(cleaning.shown_phone(kept))


@given(st.emails())
def test_any_email(text: str) -> None:
    """
    An address that is accepted can be written to: ASCII, at most 254 characters, kept twice alike.
    """
    try:
        kept = cleaning.email(text)
    except UnusableAnswerError:
        return

    assert kept.isascii()
    assert 254 >= len(kept)
    assert kept == cleaning.email(kept)
