"""Sessions of the two desks: how long, for whom, and what the table knows of them."""

from datetime import timedelta

import pytest

from chalicelib.domain.session import (
    AGENCY,
    HANDLE,
    MANAGE,
    MUNICIPALITY,
    READ,
    SESSION_TERM,
    began,
    cookie_of,
    ended,
    key_of,
)
from tests.backend.samples import AALST, NOW


def test_began() -> None:
    """
    A session lasts eight hours, and holds a digest of the browser's secret, not the secret.
    """
    secret, session = began(MUNICIPALITY, f"{AALST}-1", "", NOW)

    assert (NOW, timedelta(hours=8)) == (session.began_at, session.expires_at - NOW)
    assert key_of(secret) == session.key
    assert secret not in str(session)
    assert AALST == session.nis_code


def test_secrets_differ() -> None:
    """
    No secret is given twice, and each has 256 bits.
    """
    secrets = {began(AGENCY, "x", READ, NOW)[0] for _ in range(100)}

    assert 100 == len(secrets)
    assert {43} == set(map(len, secrets))  # in Base64


def test_ended() -> None:
    """
    Who signs out ends it then; what expired does not become younger.
    """
    session = began(AGENCY, "x", READ, NOW)[1]

    assert NOW == ended(session, NOW).expires_at
    assert session.expires_at == ended(session, NOW + 2 * SESSION_TERM).expires_at


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (READ, [True, False, False]),
        (HANDLE, [True, True, False]),
        (MANAGE, [True, True, True]),
        ("", [False, False, False]),
        ("admin", [False, False, False]),
    ],
)
def test_may(role: str, may: list[bool]) -> None:
    """
    Each role may do what stands before it; what is no role may nothing.
    """
    session = began(AGENCY, "x", role, NOW)[1]

    assert may == [session.may(wanted) for wanted in (READ, HANDLE, MANAGE)]


def test_cookies() -> None:
    """
    Each desk has a cookie of its own, of a name that browsers take over HTTPS only.
    """
    names = {cookie_of(desk) for desk in (MUNICIPALITY, AGENCY)}

    assert 2 == len(names)
    assert all(name.startswith("__Secure-") for name in names)


@pytest.mark.parametrize("secret", ["", "é", "\ud800", "x" * 5000])
def test_any_secret(secret: str) -> None:
    """
    Whatever a browser says, it has a digest.
    """
    assert 64 == len(key_of(secret))
