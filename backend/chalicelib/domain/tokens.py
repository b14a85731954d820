"""
Signed tokens: something that we said ourselves, when, and for one purpose only.

What is in a token can be read by whoever has it, so it is a reference at most. A token can't be
taken back: what it may still do follows from the record that it names. Our own 20 lines: a library
such as itsdangerous would do the same and weigh more than this in the zip of the functions.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

FORM = "form"  # when somebody began to fill in the form
PROBE = "probe"  # a registration of our own, that tests the chain
CONFIRM = "confirm"  # the button of a volunteer: yes, that was me
CANDIDATE = "candidate"  # the buttons of a municipality, about one candidate
OWN = "own"  # a volunteer's own page
OWN_DATA = "own-data"  # all that we know of her: mailed to her when she asks for it
NEW_ADDRESS = "new-address"  # the button of whoever reads the mails of a new address
SUGGESTION = "suggestion"  # who told us of a project: her buttons
QUESTION = "question"  # how a volunteer answers one of our questions
SIGN_IN = "sign-in"  # opens a desk

_SIZE = 16  # bytes: half of SHA-256 is the least that RFC 2104, section 5, allows

Keys = Callable[[], Sequence[bytes]]
"""Gives the keys: the current one first, then those whose signatures still hold."""


class ForgedTokenError(ValueError):
    """It is no token, or not one that we made for this purpose."""


@dataclass(frozen=True)
class Signed:
    """What a token says: about what (`""` for nothing in particular), and since when, in UTC."""

    subject: str
    at: datetime


def sign(purpose: str, subject: str, key: bytes, at: datetime) -> str:
    """A token of letters, digits, `.`, `-` and `_`, the same for the same arguments."""
    said = f"{subject}.{int(at.timestamp())}"
    return f"{said}.{_signature(purpose, said, key)}"


def verify(purpose: str, token: str, keys: Sequence[bytes]) -> Signed:
    """
    What a token says that one of our keys signed.

    Raises `ForgedTokenError` for every other text.
    """
    said, _, signature = token.rpartition(".")
    subject, _, seconds = said.rpartition(".")
    # By the first key that fits: the others need not be there yet (signing_keys.py).
    if not token.isascii() or not any(
        hmac.compare_digest(_signature(purpose, said, key), signature) for key in keys
    ):
        raise ForgedTokenError
    return Signed(subject, datetime.fromtimestamp(int(seconds), UTC))


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose: what is signed for another one says nothing about it."""
    return hmac.digest(key, f"mijnbuddy/{purpose}".encode(), sha256)


def _signature(purpose: str, said: str, key: bytes) -> str:
    digest = hmac.digest(derived(key, purpose), said.encode(), sha256)[:_SIZE]
    return urlsafe_b64encode(digest).decode().rstrip("=")
