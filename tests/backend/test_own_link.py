"""The pages behind the links in a volunteer's mails, as a browser gets them."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from chalicelib.domain import leaving, wish
from chalicelib.domain.following import acted, proposed
from chalicelib.domain.handover import (
    HANDED_ON,
    LINK,
    NOT_NOW,
    UNDO_TERM,
    VOLUNTEER_PAGE,
    Act,
    Partner,
)
from chalicelib.domain.outbox import sent
from chalicelib.domain.own import email_asked, link_renewed, paused, phone_corrected, replied, steps
from chalicelib.domain.registration import QUARANTINE, Registration, held
from chalicelib.domain.reply import NO, QUESTIONS, YES
from chalicelib.domain.retention import REGISTRATION_TERM
from chalicelib.granting import Means
from chalicelib.own_link import DONE, Door
from chalicelib.own_pages import OwnPages
from chalicelib.pages import Pages
from chalicelib.web import Request
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, GENT, KEYS, LINKS, NOW, SITE_URL, mail_to, registration

FORM = "application/x-www-form-urlencoded"
CANARIES = (
    "canary@example.be",
    "470998877",
    "470 99 88 77",
    "Kanariebericht",
    "Kanarienaam",
    "1785",
)
NOTE = "Kanarienotitie"
Open = Callable[..., Door]
PAGES = OwnPages(Pages(SITE_URL))


@pytest.fixture
def open_(store: FakeStore, clock: Clock) -> Open:
    """The door behind a link."""

    def open__(link: str) -> Door:
        token = link.rpartition("/")[2]
        return Door(token, Means(store, lambda: KEYS, clock()), LINKS, PAGES)

    return open__


def person(number: int = 1) -> Registration:
    """Somebody whose every answer is seen at once wherever it turns up."""
    one = registration(
        number,
        NOW,
        name="Griet Kanarienaam",
        email="canary@example.be",
        phone="0470 99 88 77",
        postcode="1785",
        municipality=[AALST, GENT],
        about="Kanariebericht",
    )
    one = sent(one, mail_to(one), "message", f"{AALST}-1", NOW)
    one = acted(one, AALST, Act(NOW, NOT_NOW, LINK, "other", note=NOTE))
    partner = Partner("vzw De Brug", "partnercanary@example.be")
    return proposed(one, AALST, partner, Act(NOW, HANDED_ON, LINK, note=NOTE))


def posting(**fields: str) -> Request:
    return Request({"content-type": FORM, "accept": "text/html"}, urlencode(fields).encode())


def press(one: Registration, action: str, **fields: str) -> Request:
    return posting(action=action, seen=str(steps(one)), **fields)


class Ids(HTMLParser):
    """The ids of a page, and what refers to one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.asked: list[str] = []
        self.fields: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.asked += (found.get(name) or "").split()
        if (found.get("href") or "").startswith("#"):
            self.asked.append((found["href"] or "")[1:])
        is_field = tag in {"input", "select", "textarea"} and found.get("type") != "hidden"
        self.fields += [found.get("id") or "no id"] if is_field else []


def states() -> dict[str, Registration]:
    one = person()
    return {
        "new": registration(),
        "one": one,
        "held": held(one, QUARANTINE, "honeypot", NOW),
        "paused": paused(one, NOW),
        "address": email_asked(one, "canary-new@example.be", NOW),
        "withdrawn": leaving.withdrawn(one, VOLUNTEER_PAGE, NOW),
    }


@pytest.mark.parametrize("state", states())
def test_no_person(state: str, store: FakeStore, open_: Open, clock: Clock) -> None:
    """
    Behind the mailed link no phone, e-mail address, message, family name, postcode or note is
    shown, of nobody; every id that is referred to is there, once, and every field has its label.
    """
    one = states()[state]
    store.add(one)
    for hours in (0, 2):
        clock.now = NOW + timedelta(hours=hours)
        answer = open_(LINKS.own(one)).shown("")
        page = Ids(answer.body)

        assert 200 == answer.status
        for canary in (*CANARIES, NOTE, "canary", "Anaïs D’Hondt", "anais@example.be"):
            assert canary not in answer.body
        assert len(set(page.ids)) == len(page.ids)
        assert set(page.asked) <= set(page.ids)
        assert set(page.fields) <= set(page.asked)


def test_looks(store: FakeStore, open_: Open, clock: Clock) -> None:
    """
    It has her first name, her places, the reference, and is not kept by any cache.
    """
    store.add(one := person())
    clock.now = NOW + UNDO_TERM
    answer = open_(LINKS.own(one)).shown("")

    assert "no-store" == answer.headers["Cache-Control"]
    for words in ("Dag Griet", one.reference, "Aalst", "Gent", "vzw De Brug", "noindex"):
        assert words in answer.body


def test_withdrawn(store: FakeStore, open_: Open) -> None:
    """
    After she withdrew, the page helps and shows neither her name nor her places.
    """
    store.add(one := states()["withdrawn"])
    answer = open_(LINKS.own(one)).shown("")

    assert "Je trok je aanmelding in" in answer.body
    assert 'href="/aanmelden/?bron=opnieuw"' in answer.body
    for words in ("Griet", "Aalst<", "De Brug", one.reference):
        assert words not in answer.body


@pytest.mark.parametrize("action", DONE)
def test_told(action: str, store: FakeStore, open_: Open) -> None:
    """
    After a button the page tells in a status what was done.
    """
    store.add(one := registration())
    html = open_(LINKS.own(one)).shown(action).body

    assert f'<div role="status">\n<p class="acts__news">{DONE[action]}</p>' in html


@pytest.mark.parametrize("message", ["", "withdraw", "<b>", "done"])
def test_told_nothing(message: str, store: FakeStore, open_: Open) -> None:
    """
    A code in the address that is none of ours is not repeated.
    """
    store.add(one := registration())

    assert "acts__news" not in open_(LINKS.own(one)).shown(message).body


def test_pressed(store: FakeStore, open_: Open) -> None:
    """
    A button leads back to the same address, with the code of what was done and no more.
    """
    store.add(one := registration())
    link = LINKS.own(one)
    answer = open_(link).acted(press(one, wish.PAUSE))

    assert 303 == answer.status
    path = link.removeprefix(SITE_URL)
    assert f"{path}?gedaan=pause" == answer.headers["Location"]
    assert store.records[one.reference].paused_at


@pytest.mark.parametrize(
    ("action", "field", "typed"),
    [(wish.PHONE, "phone", "12"), (wish.EMAIL, "email", "<geen>"), (wish.ADD, "municipality", "")],
)
def test_error(action: str, field: str, typed: str, store: FakeStore, open_: Open) -> None:
    """
    What is wrong is told in the summary and at its field, which is in sight and marked.
    """
    store.add(one := registration())
    answer = open_(LINKS.own(one)).acted(press(one, action, **{field: typed}))

    assert 422 == answer.status
    assert f'<a href="#{field}">' in answer.body
    assert f'id="{field}-error"' in answer.body
    assert '<details class="acts__more" open>' in answer.body
    assert 'aria-invalid="true"' in answer.body
    assert "<title>Fout: " in answer.body
    assert "<geen>" not in answer.body


@pytest.mark.parametrize("action", wish.LEAVING)
def test_sure(action: str, store: FakeStore, open_: Open) -> None:
    """
    To leave is asked twice: only the second button does it.
    """
    store.add(one := registration())
    asked = open_(LINKS.own(one)).acted(press(one, action))
    assert (200, one) == (asked.status, store.records[one.reference])
    assert "Weet je het zeker?" in asked.body
    done = open_(LINKS.own(one)).acted(press(one, action, sure="yes"))

    assert store.records[one.reference].has_left
    assert {wish.WITHDRAW: 303, wish.ERASE: 200}[action] == done.status


def test_erased(store: FakeStore, open_: Open) -> None:
    """
    After erasing, every link of before leads to the same page that helps and shows nothing.
    """
    store.add(one := person())
    door = open_(LINKS.own(one))
    done = door.acted(press(one, wish.ERASE, sure="yes"))
    assert "Alles is gewist" in done.body
    nobody = open_(LINKS.own(registration(9))).shown("")
    for answer in (door.shown(""), door.acted(press(one, wish.PAUSE))):
        assert (410, nobody.body) == (answer.status, answer.body)
    assert 410 == open_(LINKS.own_data(one, NOW)).data("").status
    assert 410 == open_(LINKS.own_data(one, NOW)).data("json").status
    assert 410 == open_(LINKS.question(one, "4w")).question().status
    assert 410 == open_(LINKS.new_address(one)).new_address().status


def test_expired(store: FakeStore, open_: Open, clock: Clock) -> None:
    """
    When her registration is no longer kept, her link opens nothing.
    """
    store.add(one := registration())
    clock.now = NOW + REGISTRATION_TERM

    assert 410 == open_(LINKS.own(one)).shown("").status


@pytest.mark.parametrize("link", ["own", "question", "new_address"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": FORM, "sec-fetch-site": "cross-site"}, 403),
        ({"content-type": FORM, "origin": "https://evil.example"}, 403),
        ({"content-type": "application/json"}, 415),
        ({"content-type": "text/plain"}, 415),
    ],
)
def test_from_elsewhere(
    link: str, headers: dict[str, str], status: int, store: FakeStore, open_: Open
) -> None:
    """
    A form of another site, and what is no form, do nothing on any of the pages.
    """
    store.add(one := email_asked(registration(), "new@example.be", NOW))
    body = urlencode({"action": "pause", "seen": "1", "answer": "no"}).encode()
    request = Request({**headers, "accept": "text/html"}, body)
    door = open_(LINKS.question(one, "4w") if link == "question" else getattr(LINKS, link)(one))
    act = {"own": door.acted, "question": door.answered, "new_address": door.address_confirmed}

    assert status == act[link](request).status
    assert {one.reference: one} == store.records


def test_too_often(store: FakeStore, open_: Open) -> None:
    """
    What is asked too often, at the wrong moment, or on a page of before is refused with the reason.
    """
    one = registration()
    for number in range(3):
        one = link_renewed(one, NOW + timedelta(milliseconds=number))
    store.add(one)
    door = open_(LINKS.own(one))
    for action, seen, words in (
        (wish.NEW_LINK, "3", "je vroeg dit al te vaak"),
        (wish.PAUSE, "2", "Er veranderde iets sinds je deze pagina opende."),
        (wish.PAUSE, "", "Er veranderde iets sinds je deze pagina opende."),
    ):
        answer = door.acted(posting(action=action, seen=seen))
        assert 409 == answer.status
        assert words in answer.body
    assert {one.reference: one} == store.records


def test_new_link(store: FakeStore, open_: Open) -> None:
    """
    Asking a new link does not lead to a page with the old one.
    """
    store.add(one := registration())
    answer = open_(LINKS.own(one)).acted(press(one, wish.NEW_LINK))

    assert 200 == answer.status
    assert "Kijk in je mailbox" in answer.body


@pytest.mark.parametrize("code", QUESTIONS)
def test_question(code: str, store: FakeStore, open_: Open) -> None:
    """
    One question with its buttons; her answer is shown, and can be changed.
    """
    store.add(one := person())
    door = open_(LINKS.question(one, code))
    html = door.question().body
    assert QUESTIONS[code].text in html
    for canary in (*CANARIES, NOTE):
        assert canary not in html
    answer, words = QUESTIONS[code].answers[0]
    done = door.answered(posting(answer=answer, seen="0"))

    assert 303 == done.status
    assert LINKS.question(one, code).removeprefix(SITE_URL) == done.headers["Location"]
    assert f"Je antwoord: {words}." in door.question().body


def test_nobody_called(store: FakeStore, open_: Open) -> None:
    """
    «Nee, niemand»: she reads what happens now, and it waits for a person.
    """
    store.add(one := registration())
    door = open_(LINKS.question(one, "4w"))
    door.answered(posting(answer=NO, seen="0"))

    assert "Een medewerker van ons bekijkt dit" in door.question().body
    assert [one.reference] == list(store.work("attention"))
    door.answered(posting(answer=YES, seen="1"))
    assert "Een medewerker van ons bekijkt dit" not in door.question().body


def test_question_refused(store: FakeStore, open_: Open) -> None:
    """
    No answer of ours, or one on a page of before, is refused with the question.
    """
    store.add(one := registration())
    door = open_(LINKS.question(one, "4w"))

    assert 422 == door.answered(posting(answer="maybe", seen="0")).status
    assert 409 == door.answered(posting(answer=YES, seen="5")).status
    assert {one.reference: one} == store.records
    assert 303 == door.answered(posting(answer="no-questions", seen="0")).status
    assert "We stellen je geen vragen meer." in door.question().body


def test_new_address(store: FakeStore, open_: Open) -> None:
    """
    The page of the new address has one button and no word that anybody typed; it leads to her page.
    """
    store.add(one := email_asked(person(), "canary-new@example.be", NOW))
    door = open_(LINKS.new_address(one))
    html = door.new_address().body
    for canary in (*CANARIES, "canary-new", "Griet", "Aalst", one.reference):
        assert canary not in html
    done = door.address_confirmed(posting())
    after = store.records[one.reference]

    assert (303, LINKS.own(after)) == (done.status, done.headers["Location"])
    assert 200 == open_(LINKS.own(after)).shown("").status
    assert 410 == door.address_confirmed(posting()).status


def test_data(store: FakeStore, open_: Open) -> None:
    """
    The page with all that we know has all of it, notes and mails too, and only behind its own link.
    """
    one = phone_corrected(person(), "+32470123123", NOW)
    one = replied(one, "4w", NO, NOW)
    store.add(one)
    html = open_(LINKS.own_data(one, NOW)).data("").body

    for words in (
        *("Griet Kanarienaam", "canary@example.be", "0470 12 31 23", "Kanariebericht", "1785"),
        *(NOTE, "partnercanary@example.be", "Een andere reden", "Nee, niemand"),
        *("De aanmelding voor", "Aangemeld", "Gegevens verbeterd: Telefoonnummer"),
    ):
        assert words in html
    assert 410 == open_(LINKS.own(one)).data("").status


def test_data_in_words(store: FakeStore, open_: Open) -> None:
    """
    The page has no code of ours: no kind of mail or event, no status, no door.
    """
    one = replied(phone_corrected(person(), "", NOW), "4w", NO, NOW)
    store.add(one)
    body = open_(LINKS.own_data(one, NOW)).data("").body
    words = set(re.findall(r"[a-z][a-z-]*[a-z]", re.sub("<[^>]*>", " ", body)))

    assert set() == words & {
        *("registered", "queued", "sent", "forwarding", "confirmation", "answered", "corrected"),
        *("handovers", "fingerprint", "volunteer", "not-now", "other", "link", "partner-1"),
    } - {"link"}
    assert one.fingerprint in body


def test_file(store: FakeStore, open_: Open) -> None:
    """
    As a file: every stored value is in it, and no person in its name.
    """
    one = replied(email_asked(person(), "canary-new@example.be", NOW), "4w", NO, NOW)
    store.add(one)
    answer = open_(LINKS.own_data(one, NOW)).data("json")
    known = json.loads(answer.body)

    assert "application/json" == answer.headers["Content-Type"]
    assert 'attachment; filename="mijn-gegevens.json"' == answer.headers["Content-Disposition"]
    assert "no-store" == answer.headers["Cache-Control"]
    assert {field.name for field in fields(Registration)} <= set(known)
    assert json.loads(json.dumps(asdict(one)["answers"])) == known["answers"]
    assert NOTE == known["handovers"][0]["acts"][0]["note"]
    assert ["sent", "queued"] == [mail["status"] for mail in known["mails"][:2]]
    assert "canary-new@example.be" == known["new_email"]
    legend = known["legend"]
    assert set() == {event["what"] for event in known["events"]} - set(legend["events.what"])
    assert set() == {mail["status"] for mail in known["mails"]} - set(legend["mails.status"])
