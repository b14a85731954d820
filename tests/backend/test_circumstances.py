"""How a registration came: what the token and the trap tell, and that a key is never in the way."""

from datetime import timedelta

import pytest

from chalicelib.circumstances import PROBE_TERM, circumstances
from chalicelib.domain.form import Submission
from chalicelib.domain.registration import Circumstances
from chalicelib.domain.suspicion import FASTEST, FORGED_TOKEN, HONEYPOT, TOO_FAST, network_of
from chalicelib.domain.tokens import CONFIRM, FORM, PROBE, sign
from tests.backend.fakes import aws_error
from tests.backend.samples import KEYS, NOW, answers

ADDRESS = "192.0.2.7"
NETWORK = network_of(ADDRESS, KEYS[0], NOW)
SECOND = timedelta(seconds=1)


def keys() -> tuple[bytes, ...]:
    return KEYS


def no_keys() -> tuple[bytes, ...]:
    raise aws_error("InternalServiceError")


def came(token: str = "", *, is_trapped: bool = False) -> Circumstances:
    return circumstances(Submission(answers(), "id", token, is_trapped), ADDRESS, keys, NOW)


def began(ago: timedelta, purpose: str = FORM, key: bytes = KEYS[0]) -> str:
    return sign(purpose, "", key, NOW - ago)


@pytest.mark.parametrize("ago", [FASTEST, timedelta(minutes=2), timedelta(days=30)])
def test_ordinary(ago: timedelta) -> None:
    """
    Who takes her time, also weeks, is nothing odd.
    """
    assert Circumstances(network=NETWORK) == came(began(ago))


def test_without_token() -> None:
    """
    No token, as without JavaScript, is nothing odd.
    """
    assert Circumstances(network=NETWORK) == came()


@pytest.mark.parametrize("ago", [timedelta(), 2 * SECOND])
def test_too_fast(ago: timedelta) -> None:
    """
    Sent within three seconds after the first touch is odd.
    """
    assert (TOO_FAST,) == came(began(ago)).signals


def test_clocks_differ() -> None:
    """
    A token of a moment to come tells that clocks differ, and nothing of the visitor.
    """
    assert () == came(began(-60 * SECOND)).signals


@pytest.mark.parametrize(
    "token",
    ["x", ".1.x", began(SECOND, CONFIRM), began(SECOND, key=b"another"), began(SECOND)[:-3]],
)
def test_forged(token: str) -> None:
    """
    A token that we did not make for a form is odd.
    """
    assert (FORGED_TOKEN,) == came(token).signals


def test_previous_key() -> None:
    """
    A form that was begun before a rotation of the key is nothing odd.
    """
    assert () == came(began(60 * SECOND, key=KEYS[1])).signals


def test_trapped() -> None:
    """
    Each thing that is odd is told.
    """
    assert (HONEYPOT,) == came(is_trapped=True).signals
    assert (HONEYPOT, TOO_FAST) == came(began(SECOND), is_trapped=True).signals


def test_no_key(caplog: pytest.LogCaptureFixture) -> None:
    """
    Without the key a registration is taken in all the same, and the log says so.
    """
    submission = Submission(answers(), "id", "forged", is_trapped=True)
    with caplog.at_level("DEBUG"):
        assert Circumstances((HONEYPOT,)) == circumstances(submission, ADDRESS, no_keys, NOW)

    assert ["signing key not read"] == caplog.messages
    assert ADDRESS not in caplog.text


def test_probe() -> None:
    """
    A probe of our own is known by its token, has no network, and nothing about it is odd.
    """
    assert Circumstances(synthetic=True) == came(began(SECOND, PROBE))


def test_old_probe() -> None:
    """
    The token of an old probe, found in a log, lets nobody past the limits.
    """
    assert (FORGED_TOKEN,) == came(began(PROBE_TERM, PROBE)).signals
