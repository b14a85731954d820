"""
Every address of the agency's desk for everybody who may come there: a table of route × role, on the
functions as API Gateway calls them.
"""

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
from chalicelib.domain import outbox
from chalicelib.domain.session import (
    AGENCY,
    HANDLE,
    MANAGE,
    MUNICIPALITY,
    READ,
    ROLES,
    began,
    cookie_of,
)
from chalicelib.domain.views import View
from tests.backend import aws as aws_in_memory
from tests.backend.samples import AALST, GENT, contact, mail_to, registration

BACKEND = Path(__file__).parents[2] / "backend"
FORM = "application/x-www-form-urlencoded"
SECOND = timedelta(seconds=1)

OUTSIDERS = ("nobody", "expired", "municipality", "other desk", "removed", "other role", "forged")
"""Who comes with no cookie of this desk that counts."""

REFERENCE = registration().reference
RESEND = f"{REFERENCE}|forwarding|{AALST}|"

ROUTES: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("GET", "/beheer/werklijst", READ, {}),
    ("GET", "/beheer/opnieuw", READ, {}),
    ("POST", "/beheer/opnieuw", HANDLE, {"which": RESEND}),
    ("GET", "/beheer/aanmelding/{reference}", READ, {}),
    ("POST", "/beheer/aanmelding/{reference}", HANDLE, {"do": "resend", "which": RESEND}),
    ("POST", "/beheer/aanmelding/{reference}", HANDLE, {"do": "refuse", "why": "other"}),
    ("GET", "/beheer/aanmelding/{reference}/{receiver}", READ, {}),
    (
        "POST",
        "/beheer/aanmelding/{reference}/{receiver}",
        HANDLE,
        {"act": "contacted", "seen": "0"},
    ),
    ("POST", "/beheer/aanmelding/{reference}/{receiver}", HANDLE, {"act": "reroute", "to": GENT}),
    ("GET", "/beheer/zoeken", READ, {}),
    ("POST", "/beheer/zoeken", READ, {"q": "hondt"}),
    ("GET", "/beheer/gemeente/{nis_code}", READ, {}),
    ("GET", "/beheer/adressen", READ, {}),
    ("GET", "/beheer/adressen/{nis_code}", READ, {}),
    (
        "POST",
        "/beheer/adressen/{nis_code}",
        MANAGE,
        {"do": "set", "order": "2", "email": "nieuw@aalst.example"},
    ),
    ("GET", "/beheer/mails", READ, {}),
    ("GET", "/beheer/mails/{kind}", READ, {}),
    ("GET", "/beheer/mails/{kind}/opmaak", READ, {}),
    ("GET", "/beheer/inzage", MANAGE, {}),
    ("GET", "/beheer/medewerkers", MANAGE, {}),
    (
        "POST",
        "/beheer/medewerkers",
        MANAGE,
        {"do": "add", "id": "mallory", "email": "mallory@agentschap.be", "role": MANAGE},
    ),
)
"""Method, address, the least role that may, and what is posted: it would change the table."""

OPEN = {
    ("GET", "/beheer"),
    ("POST", "/beheer"),
    ("GET", "/beheer/aanmelden/{token}"),
    ("HEAD", "/beheer/aanmelden/{token}"),
    ("POST", "/beheer/aanmelden/{token}"),
    ("POST", "/beheer/afmelden"),
    ("GET", "/beheer/nazien/{token}"),
    ("HEAD", "/beheer/nazien/{token}"),
    ("POST", "/beheer/nazien/{token}"),
}
"""Before a session, or behind a mailed link."""


class Desk:
    """A browser at the desk, through the functions."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def ask(self, method: str, path: str, posted: dict[str, str], cookie: str, **more: str) -> Any:
        for name, value in {
            "reference": REFERENCE,
            "receiver": AALST,
            "nis_code": AALST,
            "kind": "forwarding",
        }.items():
            path = path.replace(f"{{{name}}}", value)
        headers = {"Accept": "text/html", "Cookie": cookie, **more}
        if method == "POST":
            headers["Content-Type"] = FORM
        body = urlencode(posted).encode() if posted else b""
        return self._client.http.request(method, path, headers=headers, body=body)


@pytest.fixture
def desk(aws: None) -> Iterator[Desk]:
    now = datetime.now(UTC)
    store = bootstrap.store()
    store.save_contact(contact())
    one = registration(now=now)
    store.add(outbox.handed_over(one, mail_to(one), "came-back-from-all", now))
    for role in ROLES:
        # Another manager, so that this one can be anything.
        officers.add(role, f"{role}@agentschap.be", role, store, who="test", now=now - SECOND)
    with Client(entry_points.app, project_dir=str(BACKEND)) as client:
        yield Desk(client)


def cookie(who: str) -> str:  # noqa: PLR0911 (each kind its own)
    """The cookie of somebody: of a role, or of one of `OUTSIDERS`."""
    store, now = bootstrap.store(), datetime.now(UTC)

    def of(subject: str, role: str, desk: str = AGENCY, at: datetime = now) -> str:
        secret, session = began(desk, subject, role, at)
        store.save_session(session)
        return f"{cookie_of(AGENCY)}={secret}"

    if who in ROLES:
        return of(who, who)
    if who == "expired":
        return of(MANAGE, MANAGE, at=now - timedelta(hours=8))
    if who == "municipality":  # her own secret, in our cookie
        return of(f"{AALST}-1", "", MUNICIPALITY)
    if who == "other desk":  # a session of the other desk that calls itself an officer
        return of(MANAGE, MANAGE, MUNICIPALITY)
    if who == "removed":
        officers.add("gone", "gone@agentschap.be", MANAGE, store, who="test", now=now - SECOND)
        kept = of("gone", MANAGE)
        officers.remove("gone", "test", store, now)
        return kept
    if who == "other role":
        officers.add("less", "less@agentschap.be", MANAGE, store, who="test", now=now - SECOND)
        kept = of("less", MANAGE)
        officers.change_role("less", READ, "test", store, now)
        return kept
    return f"{cookie_of(AGENCY)}=forged" if who == "forged" else ""


def stand() -> list[dict[str, Any]]:
    """All that is in the table, but for who came and looked."""
    found = aws_in_memory.items()
    kept = ("SESSION#", "VIEWS#")
    items = [item for item in found if not item["pk"]["S"].startswith(kept)]
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def views() -> list[View]:
    now = datetime.now(UTC)
    return list(bootstrap.store().views(now.date().isoformat(), now))


def test_every_route_is_here() -> None:
    """
    The table has every address of the desk: a new one fails here first.
    """
    known = {(method, path) for method, path, _, _ in ROUTES} | OPEN
    routes = {
        (method, path)
        for path, methods in entry_points.app.routes.items()
        if path.startswith("/beheer")
        for method in methods
    }

    assert known == routes


@pytest.mark.parametrize("who", OUTSIDERS)
def test_outside(desk: Desk, who: str) -> None:
    """
    Whoever is not signed in is refused everywhere, with the way in; nothing is shown or changed.
    """
    theirs = cookie(who)
    before = stand()
    for method, path, _, posted in ROUTES:
        answer = desk.ask(method, path, posted, theirs)
        page = answer.body.decode()

        assert 403 == answer.status_code, (method, path)
        assert "Mail me een link" in page, (method, path)
        assert not re.search("Hondt|0470|MB-|aalst.example|agentschap.be", page), (method, path)
        assert "no-store" == answer.headers["Cache-Control"]
    assert before == stand()
    assert [] == views()


@pytest.mark.parametrize("role", ROLES)
def test_too_low(desk: Desk, role: str) -> None:
    """
    What asks for a higher role is refused, with whom to ask; nothing is shown or changed.
    """
    theirs = cookie(role)
    before = stand()
    refused = [one for one in ROUTES if ROLES.index(one[2]) > ROLES.index(role)]
    for method, path, _, posted in refused:
        answer = desk.ask(method, path, posted, theirs)
        page = answer.body.decode()

        assert 403 == answer.status_code, (method, path)
        assert "Met jouw rol kan je dit niet doen." in page, (method, path)
        assert not re.search("Hondt|0470|MB-|aalst.example|agentschap.be", page), (method, path)
    assert {READ: 9, HANDLE: 4, MANAGE: 0}[role] == len(refused)
    assert before == stand()
    assert [] == views()


def test_looking(desk: Desk) -> None:
    """
    Who has the role, or more, comes in; looking changes nothing but who looked.
    """
    before = stand()
    for method, path, least, posted in ROUTES:
        if method == "GET":
            for role in ROLES[ROLES.index(least) :]:
                answer = desk.ask(method, path, posted, cookie(role))

                assert 200 == answer.status_code, (path, role)
    assert before == stand()
    assert 6 == len(views())  # a registration and a hand-over, for three roles


@pytest.mark.parametrize("number", [n for n, one in enumerate(ROUTES) if one[0] == "POST"])
def test_pressing(desk: Desk, number: int) -> None:
    """
    A button does what it says for the least role that may, unless another site pressed it.
    """
    method, path, least, posted = ROUTES[number]
    theirs, before = cookie(least), stand()
    elsewhere = desk.ask(method, path, posted, theirs, **{"Sec-Fetch-Site": "same-site"})
    between = stand()
    answer = desk.ask(method, path, posted, theirs)

    assert (403, before) == (elsewhere.status_code, between)
    assert answer.status_code in {200, 303}, answer.body
    assert (path == "/beheer/zoeken") == (before == stand())


def test_sign_in(desk: Desk) -> None:
    """
    From the address to a session: the same answer whoever asks, a link that works once, a cookie
    for this desk only, and out again.
    """
    before = len(aws_in_memory.items())
    stranger = desk.ask("POST", "/beheer", {"email": "stranger@agentschap.be"}, "")
    same = len(aws_in_memory.items())
    known = desk.ask("POST", "/beheer", {"email": "Handle@agentschap.be"}, "")
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
    assert (before, before + 1) == (same, len(aws_in_memory.items()) - 2)  # session, used link
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
