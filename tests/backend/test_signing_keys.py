"""The signing keys: read when somebody comes to them, and then kept."""

from datetime import timedelta

import pytest

from chalicelib.circumstances import circumstances
from chalicelib.domain.form import Submission
from chalicelib.domain.suspicion import FORGED_TOKEN
from chalicelib.domain.tokens import FORM, ForgedTokenError, sign, verify
from chalicelib.signing_keys import CURRENT, PREVIOUS, SigningKeys
from tests.backend.samples import KEYS, NOW, answers

BEGAN = NOW - timedelta(minutes=1)


class Secret:
    """The stages of a secret, and which were asked for."""

    def __init__(self, previous: bytes | None = KEYS[1]) -> None:
        self.stages = {CURRENT: KEYS[0], PREVIOUS: previous}
        self.asked: list[str] = []
        self.keys = SigningKeys(self._read)

    def _read(self, stage: str) -> bytes | None:
        self.asked.append(stage)
        return self.stages[stage]


def test_current() -> None:
    """
    Who signs asks for the current key alone, once.
    """
    secret = Secret()

    assert KEYS[0] == secret.keys[0] == secret.keys[0]
    assert [CURRENT] == secret.asked


def test_all() -> None:
    """
    Both are there in their order, and each is asked for once.
    """
    secret = Secret()

    assert list(KEYS[:2]) == list(secret.keys) == list(secret.keys)
    assert (2, KEYS[:2]) == (len(secret.keys), secret.keys[:])
    assert [CURRENT, PREVIOUS] == secret.asked


def test_never_rotated() -> None:
    """
    Where there is no previous key, there is one key.
    """
    assert [KEYS[0]] == list(Secret(previous=None).keys)


def test_fails_once() -> None:
    """
    A fault is not kept: who asks again may get the key.
    """
    secret = Secret()
    secret.stages.pop(CURRENT)
    with pytest.raises(KeyError):
        secret.keys[0]
    secret.stages[CURRENT] = KEYS[0]

    assert KEYS[0] == secret.keys[0]


@pytest.mark.parametrize("signed_with", [0, 1])
def test_verify(signed_with: int) -> None:
    """
    A signature of the current key asks for no other; one of the previous key does.
    """
    secret = Secret()
    verify(FORM, sign(FORM, "", KEYS[signed_with], BEGAN), secret.keys)

    assert [CURRENT, PREVIOUS][: signed_with + 1] == secret.asked


def test_forged() -> None:
    """
    What no key signed is refused after all of them were tried.
    """
    secret = Secret()
    with pytest.raises(ForgedTokenError):
        verify(FORM, sign(FORM, "", b"another", BEGAN), secret.keys)

    assert [CURRENT, PREVIOUS] == secret.asked


@pytest.mark.parametrize("token", ["", sign(FORM, "", KEYS[0], BEGAN)])
def test_registration(token: str) -> None:
    """
    Taking in a form that came as most do, with its token or without, asks for one key.
    """
    secret = Secret()
    came = circumstances(Submission(answers(), "id", token), "192.0.2.7", lambda: secret.keys, NOW)

    assert FORGED_TOKEN not in came.signals
    assert [CURRENT] == secret.asked
