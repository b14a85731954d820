"""A municipality's desk: what its addresses answer to who signed in, and to everybody else."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from chalicelib.candidate_files import CSV, MAX_FILE, XLSX
from chalicelib.domain import contacts
from chalicelib.domain.candidate_list import ALL, PAGE, Choice
from chalicelib.domain.candidates import candidates
from chalicelib.domain.following import acted, handed_on, proposed, returned
from chalicelib.domain.handover import (
    CONTACTED,
    DESK,
    HANDED_ON,
    LINK,
    OPENED,
    Act,
    Partner,
)
from chalicelib.domain.reference import references
from chalicelib.domain.registration import QUARANTINE, Registration, held
from chalicelib.domain.session import AGENCY, MUNICIPALITY, began, cookie_of, ended
from chalicelib.domain.vacation import Vacation
from chalicelib.intake import FORM, JSON
from chalicelib.municipal_desk import NOT_HERE, MunicipalDesk
from chalicelib.pages import Pages
from chalicelib.store import Store
from chalicelib.web import Answer, Request
from tests.backend import aws as aws_in_memory
from tests.backend import steps
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, GENT, KEYS, LINKS, NOW, SITE_URL, contact, registration

HERE = {"content-type": FORM, "sec-fetch-site": "same-origin"}
COOKIE = cookie_of(MUNICIPALITY)
View = Callable[[MunicipalDesk, Request, str], Answer]
VIEWS: dict[str, View] = {
    "list": lambda desk, request, _: desk.listed(request, Choice(ALL)),
    "csv": lambda desk, request, _: desk.file(request, Choice(ALL), CSV, MAX_FILE),
    "xlsx": lambda desk, request, _: desk.file(request, Choice(ALL), XLSX, MAX_FILE),
    "candidate": lambda desk, request, reference: desk.candidate(request, reference),
    "card": lambda desk, request, reference: desk.card(request, reference),
    "act": lambda desk, request, reference: desk.acted(request, reference),
    "away": lambda desk, request, _: desk.away(request),
    "set": lambda desk, request, _: desk.away_set(request),
}
OF_ONE = ("candidate", "card", "act")


PAGES = Pages(SITE_URL)


def desk(store: FakeStore, clock: Clock) -> MunicipalDesk:
    return MunicipalDesk(store, PAGES, lambda: KEYS, clock())


def add(store: FakeStore, one: Registration) -> Registration:
    """Kept, and in the lists where it belongs."""
    store.add(one)
    for row in candidates(one):
        store.save_candidate(row)
    return one


def mailed(one: Registration) -> Registration:
    return steps.sent(one, AALST, "message-1", NOW)


@pytest.fixture
def one(store: FakeStore) -> Registration:
    return add(store, mailed(registration()))


def signed_in(store: FakeStore, subject: str = f"{AALST}-1", desk: str = MUNICIPALITY) -> str:
    secret, session = began(desk, subject, "", NOW)
    store.save_session(session)
    return secret


def signed_out(store: FakeStore, now: datetime) -> str:
    secret, session = began(MUNICIPALITY, f"{AALST}-1", "", now)
    store.save_session(ended(session, now))
    return secret


def request(secret: str = "", headers: Mapping[str, str] = HERE, /, **values: str) -> Request:
    cookie = {"cookie": f"{COOKIE}={secret}"} if secret else {}
    return Request({**headers, **cookie}, urlencode(values).encode())


def person(one: Registration) -> list[str]:
    answers = one.answers
    return [answers.name, answers.email, answers.phone, answers.about, one.reference]


def text(answer: Answer) -> str:
    return " ".join(BeautifulSoup(answer.body, "html.parser").get_text(" ").split())


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "make",
    [
        lambda _: "",
        lambda _: "forged",
        lambda store: signed_in(store, desk=AGENCY),
        lambda store: signed_in(store, f"{GENT}-1"),  # whose mailbox was not confirmed
        lambda store: signed_out(store, NOW),
    ],
    ids=["none", "forged", "other-desk", "unconfirmed", "signed-out"],
)
def test_shut(
    store: FakeStore,
    clock: Clock,
    one: Registration,
    view: str,
    make: Callable[[FakeStore], str],
) -> None:
    """
    Who did not sign in, or not here, sees the entrance: nothing of anybody, and nothing changed.
    """
    store.save_contact(contact(GENT, state=contacts.UNCONFIRMED))
    asked = request(
        make(store), HERE, act=CONTACTED, seen="0", first="2026-12-24", last="2026-12-24"
    )
    before = store.records[one.reference], store.writes
    answer = VIEWS[view](desk(store, clock), asked, one.reference)

    assert 403 == answer.status
    assert not [value for value in person(one) if value in answer.body]
    assert "Mail me een link" in answer.body
    assert b"" == answer.content
    assert before == (store.records[one.reference], store.writes)
    assert store.vacation(AALST) is None


@pytest.mark.parametrize("view", OF_ONE)
@pytest.mark.parametrize(
    "make",
    [
        lambda: steps.sent(registration(municipality=[GENT]), GENT, "m", NOW),
        lambda: held(mailed(registration()), QUARANTINE, "x", NOW),
        lambda: taken_away(mailed(registration())),
    ],
    ids=["another", "held", "taken-away"],
)
def test_not_here(
    store: FakeStore,
    clock: Clock,
    view: str,
    make: Callable[[], Registration],
) -> None:
    """
    Another municipality's candidate, or one who may not be seen, is not there: the same words as
    for a reference that is nobody's, and nothing changed.
    """
    other = add(store, make())
    secret = signed_in(store)
    before = store.writes
    asked = request(secret, HERE, act=CONTACTED, seen="0")
    answers = [
        VIEWS[view](desk(store, clock), asked, reference)
        for reference in (other.reference, "MB-7K3F-9Q4D", "x", "../x", "")
    ]

    assert [404] * 5 == [answer.status for answer in answers]
    assert 1 == len({answer.body for answer in answers})
    assert NOT_HERE in answers[0].body
    assert before == store.writes


def taken_away(one: Registration) -> Registration:
    return replace(one, handovers=(replace(one.handovers[0], ended_at=NOW),))


def test_list(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    The list has who waits, with all that is needed to call or mail, in a page that nobody keeps.
    """
    clock.advance(days=7)  # five working days
    answer = desk(store, clock).listed(request(signed_in_at(store, clock)), Choice())
    page = BeautifulSoup(answer.body, "html.parser")

    assert (200, "no-store") == (answer.status, answer.headers["Cache-Control"])
    assert {"tel:+32470123456"} == hrefs(page, "tel:")
    (mailto,) = hrefs(page, "mailto:")
    assert mailto.startswith("mailto:anais%40example.be?subject=Buddy%20worden%20in%20Aalst")
    assert "Wacht op jullie (1)" in text(answer)
    assert "Alle kandidaten (1)" in text(answer)
    assert "5 werkdagen" in text(answer)
    assert "andere gemeente" not in text(answer)


def signed_in_at(store: FakeStore, clock: Clock) -> str:
    secret, session = began(MUNICIPALITY, f"{AALST}-1", "", clock())
    store.save_session(session)
    return secret


def hrefs(page: BeautifulSoup, scheme: str) -> set[str]:
    links = [str(link["href"]) for link in page.select("a[href]")]
    return {link for link in links if link.startswith(scheme)}


def test_late(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    Who waits longer than the ten working days that we promise is told from the others.
    """
    clock.advance(days=14)
    on_time = desk(store, clock).listed(request(signed_in_at(store, clock)), Choice())
    clock.advance(days=1)
    late = desk(store, clock).listed(request(signed_in_at(store, clock)), Choice())

    assert "10 werkdagen" in text(on_time)
    assert "te lang" not in text(on_time)
    assert "11 werkdagen , te lang" in text(late)


def test_elsewhere(store: FakeStore, clock: Clock) -> None:
    """
    Who lives in another municipality, or was handed on, is told so; her prepared mail does not say
    that she asked for this place.
    """
    gents = steps.sent(registration(2, postcode="9000", municipality=[GENT]), GENT, "m", NOW)
    on = handed_on(gents, GENT, Act(NOW, HANDED_ON, LINK, to=AALST))
    one = add(store, steps.sent(on, AALST, "m", NOW))
    shown = desk(store, clock).candidate(request(signed_in(store)), one.reference)
    (mailto,) = hrefs(BeautifulSoup(shown.body, "html.parser"), "mailto:")

    assert "9000, een andere gemeente" in text(shown)
    assert "Gekregen van Gent" in text(shown)
    assert "Aalst" not in mailto


def test_not_shown(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    Who left since the row was written is not in the list, nor in a file.
    """
    store.save(taken_away(one))
    here, asked = desk(store, clock), request(signed_in(store))
    listed, kept = here.listed(asked, Choice()), here.file(asked, Choice(), CSV, MAX_FILE)

    assert [200, 200] == [listed.status, kept.status]
    assert not [value for value in person(one) if value in listed.body + kept.body]


def test_after_a_merger(store: FakeStore, clock: Clock) -> None:
    """
    Candidates of a municipality that merged are in the list of today's, and open there.
    """
    one = add(store, mailed_to(registration(), "44073"))  # Wachtebeke: since 2025 of 44087
    store.save_contact(contact("44087", "buddy@lochristi.example"))
    here, asked = desk(store, clock), request(signed_in(store, "44087-1"))

    assert one.reference in here.listed(asked, Choice()).body
    assert 200 == here.candidate(asked, one.reference).status


def mailed_to(one: Registration, nis_code: str) -> Registration:
    """A registration of before a merger."""
    (handover,) = one.handovers
    mails = tuple(
        replace(mail, receiver=nis_code) if mail.receiver == AALST else mail for mail in one.mails
    )
    moved = replace(one, mails=mails, handovers=(replace(handover, receiver=nis_code),))
    return steps.sent(moved, nis_code, "message-1", NOW)


def test_pages(store: FakeStore, clock: Clock) -> None:
    """
    A long list comes in pages, which keep what was chosen; only those on the page are read.
    """
    for number in range(PAGE + 1):
        add(store, mailed(registration(number, NOW + timedelta(seconds=number))))
    read: list[int] = []

    def noted(references: Sequence[str], now: datetime) -> Iterator[Registration]:
        read.append(len(references))
        return each(references, now)

    each = store.get_each
    store.get_each = noted  # type: ignore[method-assign]
    secret = signed_in(store)
    first, second = (
        desk(store, clock).listed(request(secret), Choice(ALL, "laatst", page)) for page in (1, 2)
    )
    rows = [
        len(BeautifulSoup(one.body, "html.parser").select("tbody tr")) for one in (first, second)
    ]

    assert [PAGE, 1] == rows == read
    assert "?stand=alle&amp;volgorde=laatst&amp;blad=2" in first.body
    assert "Blad 1 van 2" in text(first)
    assert 'rel="next"' not in second.body


def test_opened_once(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    The first who opens a candidate has seen her, by the desk; it is written once. Taken back, it is
    not written again.
    """
    secret = signed_in(store)
    here = desk(store, clock)
    for _ in range(3):
        assert 200 == here.candidate(request(secret), one.reference).status
    (handover,) = store.records[one.reference].handovers
    assert (Act(NOW, OPENED, DESK),) == handover.acts

    here.acted(request(secret, HERE, act="undo", seen="1"), one.reference)
    here.candidate(request(secret), one.reference)
    (handover,) = store.records[one.reference].handovers
    assert (Act(NOW, OPENED, DESK, undone_at=NOW),) == handover.acts


def test_opened_again(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    Who came back from an organisation is seen anew, once: then she is on no list of who waits.
    """
    there = proposed(
        one, AALST, Partner("De Brug", "brug@partner.example"), Act(NOW, HANDED_ON, LINK)
    )
    later = Clock(NOW + timedelta(days=9))
    store.save(returned(there, "partner-1", later()))
    secret = signed_in_at(store, later)
    for _ in range(2):
        shown = text(desk(store, later).candidate(request(secret), one.reference))
    place = store.records[one.reference].handovers[0]

    assert [OPENED] == [act.what for act in place.standing]
    assert "de kandidaat antwoordde niet" in shown
    assert not store.records[one.reference].unopened_since(place)


def test_candidate(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    All that she told us is there, with what was done through each door and its notes.
    """
    done = acted(one, AALST, Act(NOW, CONTACTED, LINK, note="Gebeld."))
    store.save(done)
    shown = text(desk(store, clock).candidate(request(signed_in(store)), one.reference))

    assert not [value for value in person(one) if value not in shown and value != "+32470123456"]
    assert "0470 12 34 56" in shown
    assert "Gebeld." in shown
    assert "via de link in de mail" in shown


def test_acted(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    A button is done once, by the door of the desk, and leads on to the same page; a form that is
    posted again does nothing.
    """
    asked = request(signed_in(store), HERE, act=CONTACTED, seen="0", note="Gebeld.")
    answers = [desk(store, clock).acted(asked, one.reference) for _ in range(2)]
    (handover,) = store.records[one.reference].handovers

    assert {(303, f"/gemeente/kandidaten/{one.reference}")} == {
        (answer.status, answer.headers["Location"]) for answer in answers
    }
    assert (Act(NOW, CONTACTED, DESK, note="Gebeld."),) == handover.acts


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"act": "x", "seen": "0"}, 422),
        ({"act": "not-now", "seen": "0"}, 422),
        ({"act": CONTACTED, "seen": "7"}, 409),
        ({"act": CONTACTED}, 409),
    ],
)
def test_not_done(
    store: FakeStore, clock: Clock, one: Registration, values: dict[str, str], status: int
) -> None:
    """
    What can't be done, or a form of before something changed, is told, and nothing changed.
    """
    answer = desk(store, clock).acted(request(signed_in(store), HERE, **values), one.reference)

    assert status == answer.status
    assert one == store.records[one.reference]


@pytest.mark.parametrize("view", ["act", "set"])
@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": FORM, "sec-fetch-site": "cross-site"},
        {"content-type": FORM, "origin": "https://other.example"},
        {"content-type": JSON},
    ],
)
def test_from_elsewhere(
    store: FakeStore,
    clock: Clock,
    one: Registration,
    view: str,
    headers: dict[str, str],
) -> None:
    """
    A button on another site, or a program, does nothing, also with the cookie.
    """
    asked = request(signed_in(store), headers, act=CONTACTED, seen="0", first="2026-12-24")
    answer = VIEWS[view](desk(store, clock), asked, one.reference)

    assert (415 if headers["content-type"] == JSON else 403) == answer.status
    assert one == store.records[one.reference]
    assert store.vacation(AALST) is None


def test_escaped(store: FakeStore, clock: Clock) -> None:
    """
    What somebody typed stands on the pages as text, never as a part of them.
    """
    evil = '<script>alert("1")</script><img src=x onerror=alert(1)>'
    base = mailed(registration())
    add(store, replace(base, answers=replace(base.answers, name=evil, about=evil)))
    here, asked = desk(store, clock), request(signed_in(store))
    for answer in (here.listed(asked, Choice()), here.candidate(asked, base.reference)):
        assert evil in BeautifulSoup(answer.body, "html.parser").get_text()
        assert "<img" not in answer.body
        assert 1 == answer.body.count("<script")


def test_files(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    The files are for a spreadsheet, of what was chosen, with nobody in their names.
    """
    asked, here = request(signed_in(store)), desk(store, clock)
    csv, xlsx = (here.file(asked, Choice(), kind, MAX_FILE) for kind in (CSV, XLSX))
    none = here.file(asked, Choice("duo"), CSV, MAX_FILE)

    assert (
        'attachment; filename="kandidaten-aalst-2026-11-23.csv"'
        == csv.headers["Content-Disposition"]
    )
    assert (
        'attachment; filename="kandidaten-aalst-2026-11-23.xlsx"'
        == xlsx.headers["Content-Disposition"]
    )
    assert ("no-store", "no-store") == (csv.headers["Cache-Control"], xlsx.headers["Cache-Control"])
    assert one.answers.name in csv.body
    assert xlsx.content.startswith(b"PK")
    assert 1 == len(none.body.splitlines())


def test_too_large(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    A file that can't be answered whole is not cut off: somebody is told to choose less.
    """
    answer = desk(store, clock).file(request(signed_in(store)), Choice(), CSV, 100)

    assert (413, b"") == (answer.status, answer.content)
    assert one.answers.name not in answer.body


def test_card(store: FakeStore, clock: Clock, one: Registration) -> None:
    """
    Her visiting card comes under the name of her reference.
    """
    answer = desk(store, clock).card(request(signed_in(store)), one.reference)

    assert f'attachment; filename="{one.reference}.vcf"' == answer.headers["Content-Disposition"]
    assert "FN:Anaïs D’Hondt\r\n" in answer.body


def test_away(store: FakeStore, clock: Clock) -> None:
    """
    Somebody says when nobody is there, once for the whole municipality; it shows on the list.
    """
    store.save_contact(contact(order=2, email="twee@aalst.example"))
    set_, again = (
        desk(store, clock).away_set(
            request(signed_in(store, who), HERE, first=day, last="2027-01-03")
        )
        for who, day in ((f"{AALST}-1", "2026-12-24"), (f"{AALST}-2", "2026-12-23"))
    )
    known = store.vacation(AALST)

    assert {(303, "/gemeente/afwezig/")} == {
        (one.status, one.headers["Location"]) for one in (set_, again)
    }
    assert known
    assert ("2026-12-23", "2027-01-03", f"{AALST}-2") == (
        known.first.isoformat(),
        known.last.isoformat(),
        known.by,
    )
    add(store, mailed(registration()))
    for answer in (
        desk(store, clock).listed(request(signed_in(store)), Choice()),
        desk(store, clock).away(request(signed_in(store))),
    ):
        assert "23 december 2026 tot en met" in text(answer)


def test_back(store: FakeStore, clock: Clock) -> None:
    """
    Who is back says so by one button; twice is once, and without a notice it does nothing.
    """
    secret = signed_in(store)
    desk(store, clock).away_set(request(secret, HERE, back="yes"))
    assert store.vacation(AALST) is None

    day = NOW.date()
    store.save_vacation(Vacation(AALST, day, day + timedelta(days=5), NOW, f"{AALST}-1"))
    for _ in range(2):
        assert 303 == desk(store, clock).away_set(request(secret, HERE, back="yes")).status
    known = store.vacation(AALST)
    assert known
    assert not known.covers(day)
    assert "We zijn er toch" not in desk(store, clock).away(request(secret)).body


def test_wrong_days(store: FakeStore, clock: Clock) -> None:
    """
    What can't be is told at its field, with what was typed, and nothing is kept.
    """
    asked = request(signed_in(store), HERE, first="2026-12-24", last="2026-12-23")
    answer = desk(store, clock).away_set(asked)

    assert 422 == answer.status
    assert 'href="#last"' in answer.body
    assert 'value="2026-12-23"' in answer.body
    assert store.vacation(AALST) is None
    asked = request(signed_in(store), HERE, first='"><script>', last="3-1-2027")
    answer = desk(store, clock).away_set(asked)
    assert 'href="#first"' in answer.body
    assert 'value="2027-01-03"' in answer.body
    assert '"><script>' not in answer.body


def test_entrance(store: FakeStore, clock: Clock) -> None:
    """
    The entrance asks for an address; for who signed in it leads inside.
    """
    here = desk(store, clock).entrance
    asks, leads = here.shown(request()), here.shown(request(signed_in(store)))

    assert (200, True) == (asks.status, 'type="email"' in asks.body)
    assert (303, "/gemeente/kandidaten/") == (leads.status, leads.headers["Location"])


def test_same_answer(store: FakeStore, clock: Clock) -> None:
    """
    Whatever the address, the answer is the same to the letter; only one of them is mailed.
    """
    here = desk(store, clock).entrance
    answers = [
        here.asked(request("", HERE, email=typed))
        for typed in ("buddy@aalst.example", "griet@example.be", "buddy@aalst.example")
    ]

    assert {200} == {answer.status for answer in answers}
    assert 1 == len({answer.body for answer in answers})
    assert 1 == len(store.notices)


@pytest.mark.parametrize("typed", ["", " ", "buddy", "<b>", "a@b"])
def test_asked_wrongly(store: FakeStore, clock: Clock, typed: str) -> None:
    """
    What is no address comes back with what to do, as text.
    """
    answer = desk(store, clock).entrance.asked(request("", HERE, email=typed))

    assert 422 == answer.status
    assert "Vul een e-mailadres in" in answer.body
    assert "<b>" not in answer.body
    assert {} == store.notices


def test_link_and_cookie(store: FakeStore, clock: Clock) -> None:
    """
    A link shows a button, which gives a cookie for this desk only, for eight hours, and leads
    inside; pressed again it says that the link was used.
    """
    token = LINKS.sign_in(MUNICIPALITY, f"{AALST}-1", NOW).rpartition("/")[2]
    here = desk(store, clock).entrance
    shown = [here.link(token) for _ in range(3)]
    opened, again = here.opened(token, request()), here.opened(token, request())
    cookie, *parts = opened.headers["Set-Cookie"].split("; ")
    name, _, secret = cookie.partition("=")

    assert [200] * 3 == [answer.status for answer in shown]
    assert (303, "/gemeente/kandidaten/") == (opened.status, opened.headers["Location"])
    assert COOKIE == name
    assert {"Path=/gemeente", "Max-Age=28800", "HttpOnly", "Secure", "SameSite=Strict"} == set(
        parts
    )
    assert 200 == desk(store, clock).listed(request(secret), Choice()).status
    assert (410, False) == (again.status, "Set-Cookie" in again.headers)
    assert 410 == here.link("forged").status


def test_below_a_path(store: FakeStore, clock: Clock) -> None:
    """
    Where the site lives below a path, the cookie is for the desk below that path.
    """
    here = MunicipalDesk(store, Pages("https://www.stad.example/buddy"), lambda: KEYS, clock())
    token = LINKS.sign_in(MUNICIPALITY, f"{AALST}-1", NOW).rpartition("/")[2]
    opened = here.entrance.opened(token, request())

    assert "Path=/buddy/gemeente;" in opened.headers["Set-Cookie"]
    assert "/buddy/gemeente/kandidaten/" == opened.headers["Location"]


def test_left(store: FakeStore, clock: Clock) -> None:
    """
    Signing out takes the cookie away, and ends the session for whoever copied it.
    """
    secret = signed_in(store)
    answer = desk(store, clock).entrance.left(request(secret))

    assert (303, "/gemeente/") == (answer.status, answer.headers["Location"])
    assert f"{COOKIE}=;" in answer.headers["Set-Cookie"]
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert 403 == desk(store, clock).listed(request(secret), Choice()).status


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_entrance_from_elsewhere(store: FakeStore, clock: Clock, site: str) -> None:
    """
    Another site can't make a browser ask for a link, use one, or sign somebody out.
    """
    secret = signed_in(store)
    token = LINKS.sign_in(MUNICIPALITY, f"{AALST}-1", NOW).rpartition("/")[2]
    here = desk(store, clock).entrance
    asked = request(secret, HERE | {"sec-fetch-site": site}, email="buddy@aalst.example")
    answers = [here.asked(asked), here.opened(token, asked), here.left(asked)]

    assert [403] * 3 == [answer.status for answer in answers]
    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]
    assert {} == store.notices
    assert here.visit(request(secret))


def test_many(store: FakeStore, clock: Clock) -> None:
    """
    A city with 5,000 candidates pages as any other: of the people, those on the page are read.
    """
    one = add(store, mailed(registration()))
    (row,) = candidates(one)
    for number in range(5000):
        store.save_candidate(replace(row, reference=next(references(f"candidate-{number}"))))
    last = max(row.reference for row in store.candidates(AALST, NOW))
    store.add(replace(one, reference=last))
    answer = desk(store, clock).listed(request(signed_in(store)), Choice(page=101))

    assert "Alle kandidaten (5.001)" in text(answer)
    assert "Blad 101 van 101" in text(answer)
    assert last in answer.body


def test_queries(aws: None, clock: Clock) -> None:
    """
    A page costs a query for each megabyte of the list (5,000 rows: two), one that reads the people
    on it, and three items; never a scan.
    """
    client = aws_in_memory.dynamodb()
    real = Store(client, aws_in_memory.TABLE)
    real.save_contact(contact())
    for number in range(PAGE + 1):
        one = mailed(registration(number))
        real.add(one)
        for row in candidates(one):
            real.save_candidate(row)
    secret, session = began(MUNICIPALITY, f"{AALST}-1", "", NOW)
    real.save_session(session)
    asked: list[str] = []
    client.meta.events.register(
        "before-call.dynamodb.*", lambda model, **_: asked.append(model.name)
    )
    answer = MunicipalDesk(real, PAGES, lambda: KEYS, clock()).listed(request(secret), Choice())

    assert PAGE == len(BeautifulSoup(answer.body, "html.parser").select("tbody tr"))
    assert {"GetItem": 3, "Query": 1, "BatchGetItem": 1} == Counter(asked)
