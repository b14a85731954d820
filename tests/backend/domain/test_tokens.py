"""Signed tokens: what we signed is known again, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.cleaning import token as clean
from chalicelib.domain.tokens import CONFIRM, FORM, OWN, ForgedTokenError, Signed, sign, verify
from tests.backend.samples import KEYS, NOW

REFERENCE = "MB-7K3F-9Q4D"
CURRENT, PREVIOUS = KEYS
TOKEN = sign(CONFIRM, REFERENCE, CURRENT, NOW)


@pytest.mark.parametrize("subject", ["", REFERENCE])
@pytest.mark.parametrize("at", [NOW, NOW + timedelta(days=9000)])
def test_known_again(subject: str, at: datetime) -> None:
    """
    A token says what was signed, and when, to the second.
    """
    token = sign(FORM, subject, CURRENT, at + timedelta(microseconds=999_999))

    assert Signed(subject, at) == verify(FORM, token, KEYS)


def test_shape() -> None:
    """
    A token fits in an address and in a field of the form.
    """
    assert TOKEN == clean(TOKEN)
    assert len(TOKEN) <= 64


def test_rotated() -> None:
    """
    What the previous key signed still holds; what an older one signed does not.
    """
    token = sign(CONFIRM, REFERENCE, PREVIOUS, NOW)

    assert REFERENCE == verify(CONFIRM, token, KEYS).subject
    with pytest.raises(ForgedTokenError):
        verify(CONFIRM, token, (CURRENT,))


def test_purpose() -> None:
    """
    A token for one purpose is none for another.
    """
    with pytest.raises(ForgedTokenError):
        verify(OWN, TOKEN, KEYS)


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_changed(place: int) -> None:
    """
    A token with any one of its characters changed is none.
    """
    other = "0" if TOKEN[place] != "0" else "1"
    # The last character of base64 has bits that count for nothing.
    other = other if place < len(TOKEN) - 1 else "."
    with pytest.raises(ForgedTokenError):
        verify(CONFIRM, TOKEN[:place] + other + TOKEN[place + 1 :], KEYS)


@given(st.text(max_size=80))
@example("")
@example("..")
@example(f"{REFERENCE}.1.é")
@example(f"{REFERENCE}.9999999999999999999.{TOKEN.rpartition('.')[2]}")
@example("\ud800.1.x")
def test_any_text(text: str) -> None:
    """
    Any other text is no token, whatever it is.
    """
    with pytest.raises(ForgedTokenError):
        verify(CONFIRM, text, KEYS)


def test_no_keys() -> None:
    """
    Without a key nothing is known.
    """
    with pytest.raises(ForgedTokenError):
        verify(CONFIRM, TOKEN, ())


def test_moment_in_utc() -> None:
    """
    The moment comes back in UTC, whatever zone it was given in.
    """
    elsewhere = NOW.astimezone(datetime.now().astimezone().tzinfo)

    assert UTC == verify(FORM, sign(FORM, "", CURRENT, elsewhere), KEYS).at.tzinfo
