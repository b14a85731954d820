"""What the address behind the link of a municipality's mail answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.candidate_link import GONE, REVOKED, TOLD, Door
from chalicelib.candidate_pages import CandidatePages
from chalicelib.domain.following import revoked
from chalicelib.domain.handover import CONTACTED, DESK, HANDED_ON, LINK, MAX_ACTS, OPENED, Act
from chalicelib.domain.registration import Registration
from chalicelib.handling import CANDIDATE_TERM, Outcome
from chalicelib.intake import FORM, JSON
from chalicelib.pages import Pages
from chalicelib.web import Answer, Request
from tests.backend import steps
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, GENT, KEYS, LINKS, NOW, SITE_URL, registration

HERE = {"content-type": FORM, "sec-fetch-site": "same-origin"}


@pytest.fixture
def one(store: FakeStore) -> Registration:
    one = steps.sent(registration(), AALST, "message-1", NOW)
    store.add(one)
    return one


@pytest.fixture
def door(one: Registration, store: FakeStore, clock: Clock) -> Door:
    return to(LINKS.candidate(one, AALST), store, clock)


def to(link: str, store: FakeStore, clock: Clock) -> Door:
    token = link.rpartition("/")[2]
    return Door(token, store, lambda: KEYS, CandidatePages(Pages(SITE_URL)), clock())


def press(door: Door, headers: Mapping[str, str] = HERE, /, **values: str) -> Answer:
    return door.acted(Request(headers=headers, body=urlencode(values).encode()))


def test_shown(door: Door, one: Registration, store: FakeStore) -> None:
    """
    The candidate, in a page that nobody keeps; looking changes nothing.
    """
    before = store.writes
    for _ in range(10):
        answer = door.shown()

    assert (200, "no-store") == (answer.status, answer.headers["Cache-Control"])
    assert one.reference in answer.body
    assert before == store.writes


def test_pressed(door: Door, one: Registration, store: FakeStore) -> None:
    """
    A button is done once, by the link's door, and leads on to the same page.
    """
    link = LINKS.candidate(one, AALST)
    answers = [press(door, act=CONTACTED, seen="0", note="Gebeld.") for _ in range(2)]
    (handover,) = store.records[one.reference].handovers

    assert [(303, link.removeprefix(SITE_URL))] * 2 == [
        (answer.status, answer.headers["Location"]) for answer in answers
    ]
    assert (Act(NOW, CONTACTED, LINK, note="Gebeld."),) == handover.acts
    assert "Genoteerd: Gecontacteerd." in door.shown().body


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"act": "x", "seen": "0"},
        {"act": "not-now", "seen": "0"},
        {"act": HANDED_ON, "seen": "0", "to": AALST},
        {"act": "propose", "seen": "0", "partner_name": "De Brug"},
    ],
)
def test_wrong(door: Door, one: Registration, store: FakeStore, values: dict[str, str]) -> None:
    """
    What can't be done is told on the page, and nothing changed.
    """
    answer = press(door, HERE, **values)

    assert 422 == answer.status
    assert "Er is een probleem" in answer.body
    assert one == store.records[one.reference]


def test_late(door: Door, one: Registration, store: FakeStore) -> None:
    """
    A form of before something changed is told so, with what stands now.
    """
    press(door, act=OPENED, seen="0")
    before = store.records[one.reference]
    answer = press(door, act=HANDED_ON, seen="0", to=GENT)

    assert (409, True) == (answer.status, TOLD[Outcome.CHANGED] in answer.body)
    assert "Gezien" in answer.body
    assert before == store.records[one.reference]


def test_too_late(one: Registration, store: FakeStore, clock: Clock) -> None:
    """
    After the hour, undoing is refused with what to do instead.
    """
    link = LINKS.candidate(one, AALST)
    press(to(link, store, clock), act=CONTACTED, seen="0")
    clock.advance(hours=1)
    answer = press(to(link, store, clock), act="undo", seen="1")

    assert (409, True) == (answer.status, TOLD[Outcome.TOO_LATE] in answer.body)


def test_too_often(door: Door, one: Registration, store: FakeStore) -> None:
    """
    More than a person does is refused with whom to ask.
    """
    (here,) = one.handovers
    many = replace(here, acts=tuple(Act(NOW, CONTACTED, LINK) for _ in range(MAX_ACTS)))
    store.records[one.reference] = replace(one, handovers=(many,))
    answer = press(door, act="duo", seen=str(MAX_ACTS))

    assert (409, True) == (answer.status, TOLD[Outcome.TOO_OFTEN] in answer.body)


def test_revoke(one: Registration, store: FakeStore, clock: Clock) -> None:
    """
    A link that was revoked is void, and how to go on is told.
    """
    clock.advance(seconds=1)
    door = to(LINKS.candidate(one, AALST), store, clock)
    answer = press(door, act="revoke", seen="0")

    assert (200, True) == (answer.status, REVOKED in answer.body)
    assert 410 == door.shown().status
    assert 410 == press(door, act=CONTACTED, seen="0").status


def test_gone(one: Registration, store: FakeStore, clock: Clock) -> None:
    """
    Forged, old, revoked or of nobody: one and the same page, which shows nobody and changes
    nothing, for whoever looks and whoever presses.
    """
    good = LINKS.candidate(one, AALST)
    later = Clock(NOW + CANDIDATE_TERM)
    doors = [
        to(f"{good}x", store, clock),
        to(good.replace(AALST, GENT), store, clock),
        to(LINKS.own(one), store, clock),
        to(LINKS.candidate(registration(2), AALST), store, clock),
        to("/x", store, clock),
        to(good, store, later),
    ]
    answers = [door.shown() for door in doors]
    answers += [press(door, act=CONTACTED, seen="0") for door in doors]
    assert one == store.records[one.reference]
    store.save(revoked(one, AALST, DESK, NOW + timedelta(minutes=1)))
    answers.append(to(good, store, clock).shown())
    answers.append(press(to(good, store, clock), act=CONTACTED, seen="0"))

    assert {410} == {answer.status for answer in answers}
    (body,) = {answer.body for answer in answers}
    assert GONE in body
    assert "/gemeente/" in body
    assert [] == [text for text in ("Anaïs", one.reference) if text in body]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({**HERE, "sec-fetch-site": "cross-site"}, b"act=contacted&seen=0", 403),
        ({**HERE, "sec-fetch-site": "same-site"}, b"act=contacted&seen=0", 403),
        ({"content-type": FORM, "origin": "https://x.example"}, b"act=contacted&seen=0", 403),
        ({**HERE, "content-type": JSON}, b'{"act": "contacted", "seen": "0"}', 415),
        ({**HERE, "content-type": "text/plain"}, b"act=contacted&seen=0", 415),
        (HERE, b"act=contacted&seen=0&note=" + b"x" * 100_000, 413),
        (HERE, b"\xff", 400),
    ],
)
def test_refused(
    one: Registration, store: FakeStore, headers: dict[str, str], body: bytes, status: int
) -> None:
    """
    From another site, as JSON, too large or unreadable: refused, and nothing changed or shown.
    """
    door = to(LINKS.candidate(one, AALST), store, Clock(NOW))
    answer = door.acted(Request(headers=headers, body=body))

    assert status == answer.status
    assert one == store.records[one.reference]
    assert one.reference not in answer.body
