"""
Every address of every door for everybody who may come there, on the functions as API Gateway calls
them: who comes in, who is sent away and with which page, what is shown, and what is changed.

Three tables say it all: `ROUTES` (which door each address is behind), `GRID` (what each door
answers to whom) and `SHOWN` (what of a person may stand behind each door).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

import app as entry_points
from chalicelib import bootstrap, names, officers
from chalicelib.domain import export as exports
from chalicelib.domain import outbox, own
from chalicelib.domain.contacts import Contact, confirmed, retired
from chalicelib.domain.following import acted
from chalicelib.domain.handover import CONTACTED, DESK, Act
from chalicelib.domain.recent import Verdict
from chalicelib.domain.registration import QUARANTINE, Registration, held
from chalicelib.domain.session import (
    AGENCY,
    HANDLE,
    MANAGE,
    MUNICIPALITY,
    READ,
    ROLES,
    SESSION_TERM,
    SIGN_IN_TERM,
    began,
    cookie_of,
)
from chalicelib.domain.session import ended as signed_out
from chalicelib.domain.suggestion import judged
from chalicelib.domain.suspicion import HONEYPOT
from chalicelib.domain.views import View
from chalicelib.pages import Pages
from chalicelib.projection import project
from tests.backend import samples, steps
from tests.backend.fakes import FakeFiles, FakeStore
from tests.backend.samples import (
    AALST,
    GENT,
    KEYS,
    LINKS,
    SENDER,
    SITE_URL,
    contact,
    mail_to,
    registration,
)
from tests.backend.samples import AGENCY as AGENCY_ADDRESS

FORM = "application/x-www-form-urlencoded"
SECOND = timedelta(seconds=1)

PUBLIC, ENTRANCE = "public", "entrance"
LETTER, OWN, OWN_DATA, NEW_ADDRESS, QUESTION = (
    "letter",
    "own",
    "own-data",
    "new-address",
    "question",
)
CONFIRM = "confirm"
TELLING = "telling"
AGENCY_LINK, TOWN_LINK = "agency link", "town link"
TOWN, CANDIDATE = "town", "candidate"
"""The doors that are no role: what a mailed link opens, and a municipality's desk and one of its
candidates there."""


@dataclass(frozen=True)
class Route:
    """
    A method at an address, and the door that it is behind. `posted` is a button's form: pressed by
    who may, it changes the table, unless `keeps`. A file that `keeps` may leave an entry of who
    took it, though the answer itself shows nobody.
    """

    method: str
    path: str
    door: str
    posted: Mapping[str, str] = field(default_factory=dict)
    keeps: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.posted.get('act', self.posted.get('do', ''))}"


ONE = registration().reference
RESEND = f"{ONE}|forwarding|{AALST}|"
SIGN_UP = {key: value[0] for key, value in samples.posted(postcode="9000").items()}
TOLD = samples.suggestion().reference
PROJECT = {key: value[0] for key, value in samples.project_posted(name="Jan").items()}
PUBLIC_FORMS = {"/api/registrations", "/api/suggestions"}
BEHIND_A_LINK = {
    "/gemeente/kandidaat/{token}": (LETTER, {"act": "duo", "seen": "1"}),
    "/mijn/aanmelding/{token}": (OWN, {"action": "withdraw", "seen": "1", "sure": "yes"}),
    "/mijn/gegevens/{token}": (OWN_DATA, None),
    "/mijn/adres/{token}": (NEW_ADDRESS, {"any": ""}),
    "/mijn/vraag/{token}": (QUESTION, {"answer": "no", "seen": "1"}),
    "/mijn/bevestigen/{token}": (CONFIRM, {"any": ""}),
    "/mijn/melding/{token}": (TELLING, {"do": "erase"}),
    "/beheer/aanmelden/{token}": (AGENCY_LINK, {"any": ""}),
    "/gemeente/aanmelden/{token}": (TOWN_LINK, {"any": ""}),
}
"""Their GET and HEAD show, their POST acts."""

ROUTES = (
    Route("GET", "/api/registrations", PUBLIC),
    Route("POST", "/api/registrations", PUBLIC, SIGN_UP),
    Route("GET", "/api/suggestions", PUBLIC),
    Route("POST", "/api/suggestions", PUBLIC, PROJECT),
    *(
        Route("GET", path, PUBLIC)
        for path in ("/api/token", "/api/health", "/api/status", "/bedankt", "/zoek")
    ),
    *(Route(one, "/download/{section}/{item}/{file}", PUBLIC) for one in ("GET", "HEAD")),
    Route("GET", "/gemeente/bevestigen", PUBLIC),
    Route("POST", "/gemeente/bevestigen", PUBLIC, {"code": "1234-5678"}, keeps=True),
    *(
        Route(method, path, door)
        for path, (door, _) in BEHIND_A_LINK.items()
        for method in ("GET", "HEAD")
    ),
    *(Route("POST", path, door, form) for path, (door, form) in BEHIND_A_LINK.items() if form),
    *(Route("GET", f"/{desk}", ENTRANCE) for desk in (AGENCY, MUNICIPALITY)),
    Route("POST", "/beheer", ENTRANCE, {"email": "read@agentschap.be"}),
    Route("POST", "/gemeente", ENTRANCE, {"email": "buddy@aalst.example"}),
    *(
        Route("POST", f"/{desk}/afmelden", ENTRANCE, {"any": ""}, keeps=True)
        for desk in (AGENCY, MUNICIPALITY)
    ),
    Route("GET", "/gemeente/kandidaten", TOWN),
    Route("GET", "/gemeente/kandidaten.csv", TOWN),
    Route("GET", "/gemeente/kandidaten.xlsx", TOWN),
    Route("GET", "/gemeente/kandidaten/{reference}", CANDIDATE),
    Route("POST", "/gemeente/kandidaten/{reference}", CANDIDATE, {"act": "duo", "seen": "1"}),
    Route("GET", "/gemeente/kandidaten/{reference}/kaartje.vcf", CANDIDATE),
    Route("GET", "/gemeente/afwezig", TOWN),
    Route("POST", "/gemeente/afwezig", TOWN, {"first": "{today}", "last": "{today}"}),
    Route("GET", "/beheer/werklijst", READ),
    Route("GET", "/beheer/opnieuw", READ),
    Route("POST", "/beheer/opnieuw", HANDLE, {"which": RESEND}),
    Route("GET", "/beheer/aanmelding/{reference}", READ),
    *(
        Route("POST", "/beheer/aanmelding/{reference}", HANDLE, form)
        for form in (
            {"do": "resend", "which": RESEND},
            {"do": "close", "which": RESEND, "why": "phoned"},
            {"do": "refuse", "why": "other", "decided": "0"},
        )
    ),
    Route("GET", "/beheer/aanmelding/{reference}/{receiver}", READ),
    *(
        Route("POST", "/beheer/aanmelding/{reference}/{receiver}", HANDLE, form)
        for form in ({"act": "duo", "seen": "1"}, {"act": "reroute", "to": GENT, "decided": "0"})
    ),
    Route("GET", "/beheer/melding/{suggestion}", READ),
    *(
        Route("POST", "/beheer/melding/{suggestion}", HANDLE, form)
        for form in (
            {"do": "accept", "project": "compagnons", "decided": "0"},
            {"do": "refuse", "why": "unclear", "decided": "0"},
            {"do": "ask", "why": "source", "decided": "0"},
            {"do": "erase"},
        )
    ),
    Route("GET", "/beheer/zoeken", READ),
    Route("POST", "/beheer/zoeken", READ, {"q": "hondt"}, keeps=True),
    Route("GET", "/beheer/gemeente/{nis_code}", READ),
    Route("GET", "/beheer/adressen", READ),
    Route("GET", "/beheer/adressen/{nis_code}", READ),
    *(
        Route("POST", "/beheer/adressen/{nis_code}", MANAGE, form)
        for form in (
            {"do": "set", "order": "2", "email": "nieuw@aalst.be"},
            {"do": "retire", "order": "1"},
        )
    ),
    Route("GET", "/beheer/mails", READ),
    Route("GET", "/beheer/mails/{kind}", READ),
    Route("GET", "/beheer/mails/{kind}/opmaak", READ),
    Route("GET", "/beheer/cijfers", READ),
    Route("GET", "/beheer/cijfers/{name}", READ),
    Route("GET", "/beheer/bestanden", MANAGE),
    Route("POST", "/beheer/bestanden", MANAGE, {"kind": "csv", "first": "2026-01-01"}),
    Route("GET", "/beheer/bestanden/{export}", MANAGE, keeps=True),
    Route("GET", "/beheer/inzage", MANAGE),
    Route("GET", "/beheer/medewerkers", MANAGE),
    *(
        Route("POST", "/beheer/medewerkers", MANAGE, form)
        for form in (
            {"do": "add", "id": "mallory", "email": "mallory@agentschap.be", "role": MANAGE},
            {"do": "role", "id": "read", "role": MANAGE},
            {"do": "remove", "id": "read"},
        )
    ),
)

WHO = (
    *("nobody", "volunteer", "other volunteer", "doubted", "letter", "other letter"),
    *("teller", "town", "other town", READ, HANDLE, MANAGE),
)
"""
Who comes, with all that they have. `volunteer` is ONE, of Aalst; `doubted` waits for a button. A
`letter` is the link in the mail about ONE; the `other letter` is about somebody else, in Gent. A
`teller` told us of a project, TOLD.
"""

IN, GONE, OUT, LOW, NOT_HERE = "in", "gone", "out", "low", "not here"
ANSWERS = {
    GONE: (410, "Deze link werkt niet meer"),
    OUT: (403, "Mail me een link"),
    LOW: (403, "Met jouw rol kan je dit niet doen."),
    NOT_HERE: (404, "Deze kandidaat is er niet"),
}
"""How somebody is sent away: the status, and what the page says."""


def _who(*those: str, else_: str, **others: str) -> Mapping[str, str]:
    """The answer to each of `WHO`: those come in."""
    return {who: IN if who in those else others.get(who.replace(" ", "_"), else_) for who in WHO}


GRID: Mapping[str, Mapping[str, str]] = {
    PUBLIC: _who(*WHO, else_=OUT),
    ENTRANCE: _who(*WHO, else_=OUT),
    LETTER: _who("letter", "other letter", else_=GONE),
    OWN: _who("volunteer", "other volunteer", "doubted", else_=GONE),
    OWN_DATA: _who("volunteer", "other volunteer", "doubted", else_=GONE),
    QUESTION: _who("volunteer", "other volunteer", "doubted", else_=GONE),
    NEW_ADDRESS: _who("volunteer", "other volunteer", "doubted", else_=GONE),
    CONFIRM: _who("doubted", else_=GONE),
    TELLING: _who("teller", else_=GONE),
    AGENCY_LINK: _who(*ROLES, else_=GONE),
    TOWN_LINK: _who("town", "other town", else_=GONE),
    TOWN: _who("town", "other town", else_=OUT),
    CANDIDATE: _who("town", else_=OUT, other_town=NOT_HERE),
    READ: _who(READ, HANDLE, MANAGE, else_=OUT),
    HANDLE: _who(HANDLE, MANAGE, else_=OUT, read=LOW),
    MANAGE: _who(MANAGE, else_=OUT, read=LOW, handle=LOW),
}

FACTS = {
    "reference": ONE,
    "family name": "Hondt",
    "phone": r"470[ ]?12[ ]?34[ ]?56",
    "e-mail": "anais@example",
    "message": "wandelen",
    "note": "Belt liever in de avond",
    "new e-mail": "new@example",
    "teller": "Mieke Melder",
    "teller's e-mail": "mieke@melder",
}
"""Of ONE, and of who told us of a project, as a page would show it."""

ALL = set(FACTS)
OF_TELLER = {"teller", "teller's e-mail"}
OF_ONE = ALL - OF_TELLER
SHOWN: Mapping[str, set[str]] = {
    LETTER: {"reference"},
    OWN: {"reference"},
    OWN_DATA: OF_ONE,
    QUESTION: {"reference"},
    NEW_ADDRESS: {"reference"},
    TOWN: OF_ONE - {"note", "new e-mail"},
    CANDIDATE: OF_ONE - {"new e-mail"},
    READ: ALL,
    HANDLE: ALL,
    MANAGE: ALL,
}
"""What of them may stand behind a door, for who comes in; behind the others nothing."""


class Visitors:
    """Everybody of `WHO`, with their links and cookies, and a browser at the functions."""

    def __init__(self, client: Client, now: datetime) -> None:
        self._client = client
        self.now = now
        store, links = table(), LINKS
        asked = exports.asked(exports.Choice(exports.CSV), MANAGE, now)
        self._export = store.save_export(exports.made(asked, 3, 1000, now)).id
        one, other, doubted = (people := _people(now))
        for person in people:
            store.add(person)
            project(None, person, store)
            names.index(None, person, KEYS[0], store, now)
        told = judged(samples.suggestion(1, now), Verdict("", confirm=True), now)
        store.add_suggestion(told)

        def hers(who: Registration) -> dict[str, str]:
            return {
                OWN: links.own(who),
                OWN_DATA: links.own_data(who, now),
                QUESTION: links.question(who, "4w"),
                NEW_ADDRESS: links.new_address(who),
                CONFIRM: links.confirm(who),
            }

        self._links: dict[str, dict[str, str]] = {
            "volunteer": hers(one),
            "other volunteer": hers(other),
            "doubted": hers(doubted),
            "letter": {LETTER: links.candidate(one, AALST)},
            "other letter": {LETTER: links.candidate(other, GENT)},
            "teller": {TELLING: links.suggestion(told)},
            "town": {TOWN_LINK: links.sign_in(MUNICIPALITY, f"{AALST}-1", now)},
            "other town": {TOWN_LINK: links.sign_in(MUNICIPALITY, f"{GENT}-1", now)},
            **{role: {AGENCY_LINK: links.sign_in(AGENCY, role, now)} for role in ROLES},
        }
        self._cookies = {
            "town": session(MUNICIPALITY, f"{AALST}-1", "", now),
            "other town": session(MUNICIPALITY, f"{GENT}-1", "", now),
            **{role: session(AGENCY, role, role, now) for role in ROLES},
        }

    def ask(self, who: str, route: Route, **headers: str) -> Any:
        """With the link of that door if they have one, else with whatever they have."""
        links = self._links.get(who, {})
        link = links.get(route.door) or next(iter(links.values()), "nothing")
        cookie = self._cookies.get(who, link.rpartition("/")[2])
        return self.come(route, link.rpartition("/")[2], cookie, **headers)

    def come(self, route: Route, token: str, secret: str, **headers: str) -> Any:
        """With that in the address, and as the cookie of both desks."""
        path = route.path
        for name, value in {
            "token": token,
            "reference": ONE,
            "suggestion": TOLD,
            "receiver": AALST,
            "nis_code": AALST,
            "kind": "forwarding",
            "export": self._export,
            "name": "rapport.csv",
            "section": "toolkit",
            "item": "affiche",
            "file": "affiche-a3.pdf",
        }.items():
            path = path.replace(f"{{{name}}}", value)
        today = self.now.date().isoformat()
        posted = {name: text.replace("{today}", today) for name, text in route.posted.items()}
        cookies = "; ".join(f"{cookie_of(desk)}={secret}" for desk in (AGENCY, MUNICIPALITY))
        sent = {"Accept": "text/html", "Cookie": cookies, "Content-Type": FORM, **headers}
        if route.method != "POST":
            del sent["Content-Type"]
        body = urlencode(posted).encode()
        return self._client.http.request(route.method, path, headers=sent, body=body)


def _people(now: datetime) -> tuple[Registration, Registration, Registration]:
    early = now - timedelta(days=2)  # older than a link that works for a day
    strange = {"name": "Griet", "email": "griet@example.org", "about": "", "phone": ""}
    one, other, doubted = (
        own.email_asked(registration(number, early, **changes), address, early)
        for number, address, changes in (
            (1, "new@example.be", {}),
            (2, "griet@example.be", {"municipality": [GENT], **strange}),
            (3, "griet@example.be", strange),
        )
    )
    one = outbox.handed_over(one, mail_to(one), "came-back-from-all", early)
    other = steps.sent(other, GENT, "message-2", early)
    one = acted(one, AALST, Act(early, CONTACTED, DESK, note="Belt liever in de avond"))
    other = acted(other, GENT, Act(early, CONTACTED, DESK))
    return one, other, held(doubted, QUARANTINE, HONEYPOT, early)


def session(desk: str, subject: str, role: str, at: datetime) -> str:
    """The secret of a browser that signed in."""
    secret, kept = began(desk, subject, role, at)
    table().save_session(kept)
    return secret


def table() -> FakeStore:
    """The one that the functions work on."""
    store: Any = bootstrap.store()
    assert isinstance(store, FakeStore)
    return store


@pytest.fixture
def visitors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    store, now = FakeStore(), datetime.now(UTC)
    settings = bootstrap.Settings(SITE_URL, SENDER, AGENCY_ADDRESS, "", divert_to="")
    pages = Pages(SITE_URL)
    for name, made in {
        "store": store,
        "registrations": store,
        "pages": pages,
        "links": LINKS,
        "settings": settings,
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda made=made: made)
    monkeypatch.setattr(bootstrap, "signing_keys", lambda: KEYS)
    monkeypatch.setattr(bootstrap, "exports_bucket", FakeFiles)
    store.save_contact(contact())
    store.save_contact(contact(GENT, "buddy@gent.example"))
    # The cook too: somebody must manage when the others go.
    for id_, role in (*((role, role) for role in ROLES), ("cook", MANAGE)):
        officers.add(id_, f"{id_}@agentschap.be", role, store, who="test", now=now - SECOND)
    with Client(entry_points.app) as client:
        yield Visitors(client, now)


KEPT_APART = {"_sessions", "_views", "_used", "_downloads", "writes"}
"""Who came, looked, and took a file along: what no button is for."""

Stand = Mapping[str, Any]


def stand() -> Stand:
    """All that is in the table, but for who came and looked."""
    return {name: part for name, part in everything().items() if name not in KEPT_APART}


def everything() -> Stand:
    parts = vars(table())
    return {name: part.copy() if isinstance(part, dict) else part for name, part in parts.items()}


def restore(kept: Stand) -> None:
    """The table as it was."""
    for name, part in kept.items():
        setattr(table(), name, part.copy() if isinstance(part, dict) else part)


def views() -> list[View]:
    now = datetime.now(UTC)
    return list(table().views(now.date().isoformat(), now))


def shown(answer: Any) -> set[str]:
    """Which facts of ONE an answer tells, in whatever part of it."""
    told = f"{answer.body.decode('utf-8', 'replace')} {answer.headers}"
    return {name for name, fact in FACTS.items() if re.search(fact, told)}


def test_every_route_is_here() -> None:
    """
    The tables have every address of every door, and every door everybody: a new one fails here.
    """
    known = {(route.method, route.path) for route in ROUTES}
    routes = {
        (method, path) for path, methods in entry_points.app.routes.items() for method in methods
    }

    assert routes == known
    assert {route.door for route in ROUTES} == set(GRID)
    assert {frozenset(WHO)} == {frozenset(line) for line in GRID.values()}


@pytest.mark.parametrize("who", WHO)
def test_grid(visitors: Visitors, who: str) -> None:
    """
    Each comes in where the grid says so, and is shown what that door may show; what a button says
    is done. Everywhere else nothing is shown and nothing is changed, and the page says what to do.
    """
    kept, before = everything(), stand()
    for route in ROUTES:
        expected, looked = GRID[route.door][who], len(views())
        answer = visitors.ask(who, route)
        if expected == IN:
            assert answer.status_code in {200, 303} or route.keeps, (route, answer.body)
            assert shown(answer) <= SHOWN.get(route.door, set()), route
            saw_her = who in ROLES and bool({"family name", "teller"} & shown(answer))
            assert saw_her == (looked < len(views())) or route.keeps, route
            changes = route.method == "POST" and not route.keeps and "aanmelden/" not in route.path
            assert changes == (before != stand()), route
        else:
            status, text = ANSWERS[expected]
            page = answer.body.decode()

            assert status == answer.status_code, route
            assert text in page or route.method == "HEAD", route
            assert set() == shown(answer), route
            assert "text/html; charset=utf-8" == answer.headers["Content-Type"], route
            assert before == stand(), route
            assert looked == len(views()), route
        assert "no-store" == answer.headers["Cache-Control"], route
        restore(kept)


@pytest.mark.parametrize("who", ["other volunteer", "other letter", "other town", "doubted"])
def test_others(visitors: Visitors, who: str) -> None:
    """
    Who comes in at a door with a link or a mailbox of somebody else sees nothing of ONE.
    """
    for route in ROUTES:
        if route.door not in {PUBLIC, ENTRANCE} and GRID[route.door][who] == IN:
            assert set() == shown(visitors.ask(who, route)), route


def test_shown(visitors: Visitors) -> None:
    """
    Each fact is told somewhere to who may see it: the search for them can fail.
    """
    told: set[str] = set()
    for who in ("volunteer", "town", MANAGE):
        for route in ROUTES:
            if route.method == "GET":
                told |= shown(visitors.ask(who, route))

    assert ALL == told


def test_looking(visitors: Visitors) -> None:
    """
    Looking with every right, also at the address of a button with its form in the query, changes
    nothing but who looked: that an officer saw a person is written down.
    """
    before = stand()
    for route in ROUTES:
        if route.posted:
            path = f"{route.path}?{urlencode(route.posted)}"
            for who in WHO:
                for method in ("GET", "HEAD"):
                    if any(one.path == route.path and one.method == method for one in ROUTES):
                        visitors.ask(who, Route(method, path, route.door))
    seen = {(view.officer, view.reference) for view in views()}

    assert before == stand()
    assert {(role, one) for role in ROLES for one in (ONE, TOLD)} == seen


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": SITE_URL}, 403),
        ({"Origin": "https://elders.example"}, 403),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_forged_form(visitors: Visitors, headers: dict[str, str], status: int) -> None:
    """
    A button that another site pressed, or that is no form, does nothing for anybody.
    """
    before = stand()
    for route in ROUTES:
        if route.method == "POST" and route.path not in PUBLIC_FORMS:
            who = next(who for who in reversed(WHO) if GRID[route.door][who] == IN)
            answer = visitors.ask(who, route, **headers)

            assert status == answer.status_code, route
            assert set() == shown(answer), route
            assert before == stand(), route


Void = Callable[[datetime], str]


def _since_removed(now: datetime) -> str:
    store = table()
    officers.add("gone", "gone@agentschap.be", MANAGE, store, who="test", now=now - SECOND)
    secret = session(AGENCY, "gone", MANAGE, now)
    officers.remove("gone", "test", store, now)
    return secret


def _since_lowered(now: datetime) -> str:
    store = table()
    officers.add("less", "less@agentschap.be", MANAGE, store, who="test", now=now - SECOND)
    secret = session(AGENCY, "less", MANAGE, now)
    officers.change_role("less", READ, "test", store, now)
    return secret


def _signed_out(now: datetime) -> str:
    secret, kept = began(AGENCY, MANAGE, MANAGE, now)
    table().save_session(signed_out(kept, now))
    return secret


def _changed_contact(change: Callable[[Contact, datetime], Contact]) -> Void:
    def secret_of(now: datetime) -> str:
        secret = session(MUNICIPALITY, f"{AALST}-1", "", now)
        store = table()
        known = store.contact(f"{AALST}-1")
        assert known
        store.save_contact(change(known, now + SECOND))
        return secret

    return secret_of


VOID: Mapping[str, Void] = {
    "forged": lambda now: "forged",
    "none": lambda now: "",
    "expired at the agency": lambda now: session(AGENCY, MANAGE, MANAGE, now - SESSION_TERM),
    "expired in town": lambda now: session(MUNICIPALITY, f"{AALST}-1", "", now - SESSION_TERM),
    "signed out": _signed_out,
    "of an officer at the other desk": lambda now: session(MUNICIPALITY, MANAGE, MANAGE, now),
    "of a town at the other desk": lambda now: session(AGENCY, f"{AALST}-1", MANAGE, now),
    "of a role that she never had": lambda now: session(AGENCY, READ, MANAGE, now),
    "officer removed": _since_removed,
    "role lowered": _since_lowered,
    "address retired": _changed_contact(lambda one, now: retired(one, "test", now)),
    "address no longer confirmed": _changed_contact(
        lambda one, now: replace(one, state="unconfirmed")
    ),
    "address confirmed anew": _changed_contact(
        lambda one, now: confirmed(replace(one, state="unconfirmed"), "test", now)
    ),
}
"""Cookies that open nothing (any more)."""


@pytest.mark.parametrize("kind", VOID)
def test_void_session(visitors: Visitors, kind: str) -> None:
    """
    A session that ended, in whatever way, or is of the other desk, opens no desk at all.
    """
    secret = VOID[kind](datetime.now(UTC))
    before = stand()
    for route in ROUTES:
        if GRID[route.door]["nobody"] == OUT:
            answer = visitors.come(route, "", secret)

            assert 403 == answer.status_code, route
            assert "Mail me een link" in answer.body.decode(), route
            assert set() == shown(answer), route
    assert before == stand()
    assert [] == views()


def test_tampered(visitors: Visitors) -> None:
    """
    A link opens what it was made for, whole as it was mailed, and nothing else: another purpose,
    one letter more, less or other, another reference, decades old or of tomorrow's key.
    """
    links, one, now = LINKS, table().get(ONE, visitors.now), visitors.now
    assert one
    made = {
        LETTER: links.candidate(one, AALST),
        OWN: links.own(one),
        OWN_DATA: links.own_data(one, now),
        QUESTION: links.question(one, "4w"),
        NEW_ADDRESS: links.new_address(one),
        AGENCY_LINK: links.sign_in(AGENCY, MANAGE, now),
        TOWN_LINK: links.sign_in(MUNICIPALITY, f"{AALST}-1", now),
        TELLING: links.suggestion(samples.suggestion(1, now)),
    }
    tokens = {door: link.rpartition("/")[2] for door, link in made.items()}
    late = {
        OWN_DATA: links.own_data(one, now - timedelta(hours=24)),
        AGENCY_LINK: links.sign_in(AGENCY, MANAGE, now - SIGN_IN_TERM),
        TOWN_LINK: links.sign_in(MUNICIPALITY, f"{AALST}-1", now - SIGN_IN_TERM),
    }
    before = stand()
    for route in ROUTES:
        if right := tokens.get(route.door):
            wrong = [
                *(token for door, token in tokens.items() if door != route.door),
                *(f"{right}x", right[:-1], right[1:], f"{right}.", right.swapcase()),
                *(right.replace("MB-", "MB-2"), right.replace(".", "..", 1), right.encode().hex()),
                *("..", "%00", "x" * 6000, "²." * 3, "-1.-1." + right),
                *([late[route.door].rpartition("/")[2]] if route.door in late else []),
            ]
            for token in set(wrong) - {right}:
                answer = visitors.come(route, token, "")

                assert 410 == answer.status_code, (route, token)
                assert set() == shown(answer), (route, token)
    assert before == stand()


ODD = ("9" * 5000, "x" * 3000, "\0", "\u202e\u2066x", "=HYPERLINK(1)", "🫶" * 900, "|||", "a|b|c|d")
"""What no form of ours has in it."""


@pytest.mark.parametrize("odd", ODD, ids=map(str, range(len(ODD))))
def test_odd_values(visitors: Visitors, odd: str) -> None:
    """
    Odd values in every field, query and address are answered by a page that says what to do: none
    of them is a fault of ours.
    """
    kept = everything()
    asked = ("blad", "dag", "stand", "volgorde", "soort", "reden", "gemeente", "q", "ref")
    for route in ROUTES:
        if route.path in PUBLIC_FORMS:
            continue
        who = next(who for who in reversed(WHO) if GRID[route.door][who] == IN)
        tried = [replace(route, posted={**route.posted, name: odd}) for name in route.posted]
        if route.method == "GET":
            query = urlencode(dict.fromkeys(asked, odd))
            tried = [replace(route, path=f"{route.path}?{query}")]
        for one in tried:
            answer = visitors.ask(who, one)

            assert answer.status_code < 500, (one.path, odd[:20])
            restore(kept)
