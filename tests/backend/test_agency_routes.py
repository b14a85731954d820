"""Signing in at the agency's desk, on the functions as API Gateway calls them, AWS in memory."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

import app as entry_points
from chalicelib import bootstrap, officers
from chalicelib.domain.session import (
    AGENCY,
    HANDLE,
    READ,
    ROLES,
)
from tests.backend import aws as aws_in_memory

BACKEND = Path(__file__).parents[2] / "backend"
FORM = "application/x-www-form-urlencoded"
SECOND = timedelta(seconds=1)


class Desk:
    """A browser at the desk, through the functions."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def ask(self, method: str, path: str, posted: dict[str, str], cookie: str, **more: str) -> Any:
        headers = {"Accept": "text/html", "Cookie": cookie, **more}
        if method == "POST":
            headers["Content-Type"] = FORM
        body = urlencode(posted).encode() if posted else b""
        return self._client.http.request(method, path, headers=headers, body=body)


@pytest.fixture
def desk(aws: None) -> Iterator[Desk]:
    now = datetime.now(UTC)
    store = bootstrap.store()
    for role in ROLES:
        officers.add(role, f"{role}@agentschap.be", role, store, who="test", now=now - SECOND)
    with Client(entry_points.app, project_dir=str(BACKEND)) as client:
        yield Desk(client)


def test_sign_in(desk: Desk) -> None:
    """
    From the address to a session: the same answer whoever asks, a link that works once, a cookie
    for this desk only, and out again.
    """
    before = len(aws_in_memory.items())
    stranger = desk.ask("POST", "/beheer", {"email": "stranger@agentschap.be"}, "")
    same = len(aws_in_memory.items())
    known = desk.ask("POST", "/beheer", {"email": "Handle@agentschap.be"}, "")
    asked = len(aws_in_memory.items())
    link = bootstrap.links().sign_in(AGENCY, HANDLE, datetime.now(UTC))
    path = re.sub(r"^https?://[^/]+", "", link)
    looked = desk.ask("GET", path, {}, "")
    opened = desk.ask("POST", path, {}, "")
    again = desk.ask("POST", path, {}, "")
    given = opened.headers["Set-Cookie"]
    theirs = given.partition(";")[0]
    inside = desk.ask("GET", "/beheer/werklijst", {}, theirs)
    out = desk.ask("POST", "/beheer/afmelden", {}, theirs)
    after = desk.ask("GET", "/beheer/werklijst", {}, theirs)

    assert (200, stranger.body) == (known.status_code, known.body)
    assert (before, before + 1) == (same, asked)
    assert [200, 303, 410] == [one.status_code for one in (looked, opened, again)]
    assert re.fullmatch(
        r"__Secure-beheer=\S+; Path=/beheer; Max-Age=28800; HttpOnly; Secure; SameSite=Strict",
        given,
    )
    assert [200, 303, 403] == [one.status_code for one in (inside, out, after)]
    assert "Je bent aangemeld als handle. Je mag behandelen." in inside.body.decode()


def test_link_of_removed(desk: Desk) -> None:
    """
    A link that was mailed to an officer who was removed since opens nothing.
    """
    link = bootstrap.links().sign_in(AGENCY, READ, datetime.now(UTC))
    officers.remove(READ, "test", bootstrap.store(), datetime.now(UTC))
    path = re.sub(r"^https?://[^/]+", "", link)

    assert [410, 410] == [desk.ask(m, path, {}, "").status_code for m in ("GET", "POST")]
