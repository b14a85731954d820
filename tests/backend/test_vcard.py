"""The vCard: read back by another library as it was meant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.vcard import vcard
from tests.backend.cards import read_card

# What `cleaning` lets through: no control characters but the line breaks of a text.
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=99)


def card(name: str = "Anaïs D’Hondt", phone: str = "+32470123456", note: str = "Nota") -> bytes:
    return vcard(name=name, email="anais@example.be", phone=phone, note=note)


def read(octets: bytes) -> Any:
    return read_card(octets.decode())


def test_read_back() -> None:
    """
    Name, address, number and note arrive as they are.
    """
    contact = read(card(note="Kandidaat-buddy in Aalst, MB-7K3F-9Q3D"))

    assert "3.0" == contact.version.value
    assert "Anaïs D’Hondt" == contact.fn.value == contact.n.value.family
    assert "anais@example.be" == contact.email.value
    assert "+32470123456" == contact.tel.value
    assert "Kandidaat-buddy in Aalst, MB-7K3F-9Q3D" == contact.note.value


def test_without_phone() -> None:
    """
    Without a number there is no line for it.
    """
    assert "tel" not in read(card(phone="")).contents
    assert b"TEL" not in card(phone="")


@pytest.mark.parametrize("name", ["a;b", "a,b", "a\\b", "a\\nb", "a:b", "a;;;;b", "\\", "EMAIL:x"])
def test_escaped(name: str) -> None:
    """
    Signs that mean something in a vCard are only text in a name.
    """
    contact = read(card(name=name))

    assert name == contact.fn.value
    assert name == contact.n.value.family
    assert "anais@example.be" == contact.email.value


def test_lines() -> None:
    """
    A line break in a note stays within it.
    """
    octets = card(note="Eén\nEND:VCARD")

    assert "Eén\nEND:VCARD" == read(octets).note.value
    assert 1 == octets.count(b"\r\nEND:VCARD")


@given(name=TEXT, note=st.builds(str.__mul__, TEXT, st.integers(1, 9)))
def test_folded(name: str, note: str) -> None:
    """
    No line is longer than 75 octets, ends otherwise than in CRLF, or is cut within a character.
    """
    octets = card(name=name, note=note)
    lines = octets.split(b"\r\n")

    assert b"" == lines.pop()
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines)
    unfolded = octets.replace(b"\r\n ", b"").decode()
    assert 9 - 1 == unfolded.count("\r\n")
    assert b"\n" not in octets.replace(b"\r\n", b"")


def test_long_name() -> None:
    """
    A name of a hundred characters of four octets is folded and read back whole.
    """
    name = "𐐀" * 99 + " a"
    octets = card(name=name, note="n" * 1000)

    assert 75 == max(map(len, octets.split(b"\r\n")))
    assert name == read(octets).fn.value
    assert "n" * 1000 == read(octets).note.value
