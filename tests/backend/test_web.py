"""What a browser sends along, as anybody may forge it."""

import pytest

from chalicelib.web import MAX_COOKIES, Request

NAME = "__Secure-beheer"


@pytest.mark.parametrize(
    "header",
    [
        f"{NAME}=secret",
        f'prefs={{"a": 1}}; {NAME}=secret',
        f"what is this; {NAME}=secret; other=x",
        f"naam=Zoë; =; path=/; {NAME}=secret",
        f"x{NAME}=other; {NAME}=secret; {NAME}x=other",
        f"{NAME}=secret;{NAME}=secret",
    ],
)
def test_cookie(header: str) -> None:
    """
    Our cookie is found among those of others: one that a neighbour's site wrote wrongly below the
    same domain locks nobody out.
    """
    assert "secret" == Request({"cookie": header}, b"").cookie(NAME)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "other=secret",
        f"{NAME}=",
        NAME,
        f"{NAME}=secret; {NAME}=tossed",
        f"{NAME}=tossed; {NAME}=secret",
        f"{'x' * MAX_COOKIES}; {NAME}=secret",
    ],
)
def test_no_cookie(header: str) -> None:
    """
    Two that differ are none: another host of our domain may have added one, so that somebody works
    in a session that is not hers. A huge header is not read.
    """
    assert "" == Request({"cookie": header}, b"").cookie(NAME)
