"""The agency's desk: what an officer sees and does there, on the table in memory."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib import names, officers
from chalicelib.agency_desk import ON_A_PAGE, AgencyDesk, Tools
from chalicelib.agency_pages import FRONT, AgencyPages
from chalicelib.domain import outbox
from chalicelib.domain.contacts import BOUNCING
from chalicelib.domain.following import acted
from chalicelib.domain.handover import AGENCY_DESK, LINK, UNDO_TERM, Act
from chalicelib.domain.officers import LastManagerError, manages
from chalicelib.domain.registration import QUARANTINE, Registration, admitted, held
from chalicelib.domain.session import AGENCY as DESK
from chalicelib.domain.session import HANDLE, MANAGE, READ, began, cookie_of
from chalicelib.domain.suspicion import HONEYPOT
from chalicelib.domain.views import SEARCHED, VIEWED
from chalicelib.entrance import Entrance, EntrancePages
from chalicelib.officers import Officers
from chalicelib.pages import Pages
from chalicelib.previews import Previews
from chalicelib.projection import project
from chalicelib.signing_in import Reception
from chalicelib.web import Answer, Request
from chalicelib.worklist import Filter
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, AGENCY, GENT, KEYS, NOW, SITE_URL, mail_to, registration

FORM = "application/x-www-form-urlencoded"
NAMED = "Anaïs D’Hondt"
PAGES = Pages(SITE_URL)  # made once: reading the templates takes longer than a test


class Officer:
    """Somebody at the desk, in a browser that signed in."""

    def __init__(self, store: FakeStore, clock: Clock, id_: str, role: str) -> None:
        officers.add(id_, f"{id_}@agentschap.be", role, store, who="test", now=clock())
        self._secret, session = began(DESK, id_, role, clock())
        store.save_session(session)
        self._store = store
        self._clock = clock

    def get(self, view: Callable[[AgencyDesk], Answer]) -> Answer:
        return view(self._desk(b""))

    def post(self, view: Callable[[AgencyDesk], Answer], **posted: str) -> Answer:
        return view(self._desk(urlencode(posted).encode()))

    def _desk(self, body: bytes) -> AgencyDesk:
        headers = {
            "cookie": f"{cookie_of(DESK)}={self._secret}",
            "content-type": FORM,
            "accept": "text/html",
        }
        now = self._clock()
        reception = Reception(DESK, Officers(self._store), self._store, lambda: KEYS, now)
        tools = Tools(
            self._store, lambda: KEYS, lambda: Previews(SITE_URL, AGENCY, now), AGENCY, now
        )
        entrance = Entrance(reception, EntrancePages(PAGES, FRONT))
        return AgencyDesk(Request(headers, body), entrance, AgencyPages(PAGES), tools)


@pytest.fixture
def handler(store: FakeStore, clock: Clock) -> Officer:
    return Officer(store, clock, "an", HANDLE)


@pytest.fixture
def reader(store: FakeStore, clock: Clock) -> Officer:
    return Officer(store, clock, "bo", READ)


@pytest.fixture
def manager(store: FakeStore, clock: Clock) -> Officer:
    return Officer(store, clock, "cis", MANAGE)


def stored(store: FakeStore, one: Registration) -> Registration:
    """In the table, with what the stream makes of it."""
    store.add(one)
    project(None, one, store)
    names.index(None, one, KEYS[0], store, NOW)
    return one


def sent(one: Registration, receiver: str = AALST) -> Registration:
    route = f"{receiver}-1"
    return outbox.sent(one, mail_to(one, receiver), "m-1", route, NOW)


def waiting(number: int = 1, receiver: str = AALST) -> Registration:
    """One of which the mail came back from everywhere."""
    one = registration(number, municipality=[receiver])
    return outbox.handed_over(one, mail_to(one, receiver), "came-back-from-all", NOW)


def seen(store: FakeStore) -> list[tuple[str, str, str]]:
    day = NOW.date().isoformat()
    return [(view.officer, view.what, view.reference) for view in store.views(day, NOW)]


def test_work_list(reader: Officer, store: FakeStore) -> None:
    """
    The work list has what waits, in groups, counted, each with a way on; and no person.
    """
    one = stored(store, waiting())
    held_one = stored(store, held(registration(2), QUARANTINE, HONEYPOT, NOW))
    wrong = sent(registration(3))
    stored(store, acted(wrong, AALST, Act(NOW, "wrong-address", LINK)))
    store.save_contact(replace(next(store.contacts(AALST)), state=BOUNCING))

    page = reader.get(lambda desk: desk.work_list()).body

    assert f"/beheer/aanmelding/{one.reference}/" in page
    assert f"/beheer/aanmelding/{held_one.reference}/" in page
    assert "Ze kwam terug van elk adres dat we kennen." in page
    assert "Wie de mail voor Aalst kreeg, zegt: verkeerd adres." in page
    assert f"/beheer/adressen/{AALST}/" in page
    assert "Gemeenten zonder werkend adres" in page
    assert "Ons eigen adres" in page  # a placeholder
    assert "Niemand van ons mag adressen" in page
    assert "Hondt" not in page
    assert [] == seen(store)


def test_order(reader: Officer, store: FakeStore) -> None:
    """
    What waits longest is first.
    """
    late = outbox.handed_over(registration(1), mail_to(registration(1)), "no-receipt", NOW)
    before = NOW - timedelta(days=5)
    early_one = registration(2, before)
    early = outbox.handed_over(early_one, mail_to(early_one), "no-receipt", before)
    stored(store, late)
    stored(store, early)

    page = reader.get(lambda desk: desk.work_list()).body

    assert page.index(early.reference) < page.index(late.reference)


def test_registration(handler: Officer, store: FakeStore) -> None:
    """
    The page of a registration has the person, its places, mails, events and buttons; and that
    somebody looked is written down, without the person.
    """
    one = stored(store, sent(registration()))

    page = handler.get(lambda desk: desk.registration(one.reference)).body

    for text in (NAMED, "0470 12 34 56", "anais@example.be", "Ik ga graag wandelen.", "Aalst"):
        assert text in page
    assert f"/beheer/aanmelding/{one.reference}/{AALST}/" in page
    assert "vertrokken, nog niets gehoord" in page
    assert 'value="refuse"' in page
    assert [("an", VIEWED, one.reference)] == seen(store)


def test_reader_sees_no_button(reader: Officer, store: FakeStore) -> None:
    """
    Whoever may only read sees all of it, and not a button.
    """
    one = stored(store, waiting())
    pages = [
        reader.get(lambda desk: desk.registration(one.reference)).body,
        reader.get(lambda desk: desk.handover(one.reference, AALST)).body,
        reader.get(lambda desk: desk.again(Filter())).body,
        reader.get(lambda desk: desk.contact(AALST)).body,
    ]

    for page in pages:
        main = page.partition('class="desk-bar__out"')[2]
        assert 'method="post"' not in main
    assert NAMED in pages[0]


def test_no_entry_no_page(
    handler: Officer, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Where it can't be written down who looks, nothing is shown.
    """
    one = stored(store, registration())

    def refuse(_: object) -> bool:
        raise RuntimeError

    monkeypatch.setattr(store, "add_view", refuse)

    with pytest.raises(RuntimeError):
        handler.get(lambda desk: desk.registration(one.reference))


@pytest.mark.parametrize("reference", ["MB-3333-3333", "nonsense", "../x"])
def test_unknown(handler: Officer, reference: str, store: FakeStore) -> None:
    """
    A reference that there is not gets a page that helps.
    """
    answer = handler.get(lambda desk: desk.registration(reference))

    assert (404, True) == (answer.status, "Zoek ze opnieuw" in answer.body)
    assert [] == seen(store)


def test_resend(handler: Officer, store: FakeStore) -> None:
    """
    A mail that waits for a person goes again, by one press; a second press changes nothing.
    """
    one = stored(store, waiting())
    pressed = {"do": "resend", "which": f"{one.reference}|forwarding|{AALST}|"}
    first = handler.post(lambda desk: desk.decided(one.reference), **pressed)
    version = store.records[one.reference].version
    second = handler.post(lambda desk: desk.decided(one.reference), **pressed)
    mail = mail_to(store.records[one.reference])

    assert [303, 303] == [first.status, second.status]
    assert (None, NOW) == (mail.attention_at, mail.next_at)
    assert version == store.records[one.reference].version


def test_close(handler: Officer, store: FakeStore) -> None:
    """
    A mail is closed with how it was dealt with; without that nothing is done.
    """
    one = stored(store, waiting())
    which = f"{one.reference}|forwarding|{AALST}|"
    without = handler.post(lambda desk: desk.decided(one.reference), do="close", which=which)
    before = mail_to(store.records[one.reference])
    answer = handler.post(
        lambda desk: desk.decided(one.reference), do="close", which=which, why="phoned"
    )
    mail = mail_to(store.records[one.reference])

    assert (409, None) == (without.status, before.dropped_at)
    assert (303, "phoned", NOW) == (answer.status, mail.reason, mail.dropped_at)


def test_of_another(handler: Officer, store: FakeStore) -> None:
    """
    A button names a mail of the registration that it stands with, or does nothing.
    """
    one, other = stored(store, waiting(1)), stored(store, waiting(2))
    which = f"{other.reference}|forwarding|{AALST}|"
    answer = handler.post(lambda desk: desk.decided(one.reference), do="resend", which=which)

    assert 409 == answer.status
    assert [one, other] == [store.records[each.reference] for each in (one, other)]


def test_release(handler: Officer, store: FakeStore) -> None:
    """
    What is held goes on, once, and the history says by whom.
    """
    judged = admitted(registration(), repeat_of="", confirm=True, now=NOW)
    one = stored(store, held(judged, QUARANTINE, HONEYPOT, NOW))
    page = handler.get(lambda desk: desk.registration(one.reference)).body
    answers = [
        handler.post(lambda desk: desk.decided(one.reference), do="release", decided=decided).status
        for decided in ("", "0", "0")
    ]

    assert "Een veld dat mensen niet zien, was ingevuld." in page
    assert [409, 303, 409] == answers
    after = store.records[one.reference]
    assert "" == after.hold
    assert ("released", AGENCY_DESK) in {(event.what, event.door) for event in after.events}


def test_refuse(handler: Officer, store: FakeStore) -> None:
    """
    Refused with a code: the event has it, with the door; nobody has her any more.
    """
    one = stored(store, sent(registration()))
    without = handler.post(lambda desk: desk.decided(one.reference), do="refuse")
    pressed = {"do": "refuse", "why": "too-far"}
    strange = handler.post(lambda desk: desk.decided(one.reference), **pressed)
    done = handler.post(lambda desk: desk.decided(one.reference), **pressed, decided="0")
    after = store.records[one.reference]
    event = next(event for event in after.events if event.what == "refused")
    page = handler.get(lambda desk: desk.registration(one.reference)).body

    assert [409, 409, 303] == [without.status, strange.status, done.status]
    assert ("too-far", AGENCY_DESK) == (event.why, event.door)
    assert [NOW] == [place.ended_at for place in after.handovers]
    assert after.mail("refusal", "volunteer")
    assert "Is te ver weg om iemand te ontmoeten" in page
    assert 'value="refuse"' not in page


def test_undo(handler: Officer, reader: Officer, store: FakeStore, clock: Clock) -> None:
    """
    For an hour the page offers to undo a refusal, to who may; then all is as before, and the same
    form, or that of the refusal, posted again does nothing.
    """
    one = stored(store, sent(registration()))
    refuse = {"do": "refuse", "why": "too-far", "decided": "0"}
    handler.post(lambda desk: desk.decided(one.reference), **refuse)
    offered = handler.get(lambda desk: desk.registration(one.reference)).body
    hidden = reader.get(lambda desk: desk.registration(one.reference)).body
    undo = {"do": "undo", "decided": "1"}
    done = handler.post(lambda desk: desk.decided(one.reference), **undo)
    after = store.records[one.reference]
    again = handler.post(lambda desk: desk.decided(one.reference), **undo)
    stale = handler.post(lambda desk: desk.decided(one.reference), **refuse)
    shown = handler.get(lambda desk: desk.registration(one.reference)).body

    assert "Je kan «Geweigerd» ongedaan maken tot 11.30 uur." in offered
    assert 'value="undo"' not in hidden
    assert [303, 303, 409] == [done.status, again.status, stale.status]
    assert after == store.records[one.reference]
    assert one.handovers == after.handovers
    assert 'value="undo"' not in shown


def test_undo_late(handler: Officer, store: FakeStore, clock: Clock) -> None:
    """
    After the hour it is too late, and the page says so.
    """
    one = stored(store, sent(registration()))
    pressed = {"do": "refuse", "why": "too-far", "decided": "0"}
    handler.post(lambda desk: desk.decided(one.reference), **pressed)
    clock.advance(hours=1)
    answer = handler.post(lambda desk: desk.decided(one.reference), do="undo", decided="1")

    assert (409, True) == (answer.status, "maar een uur lang" in answer.body)
    assert store.records[one.reference].judgement


def test_act(handler: Officer, store: FakeStore) -> None:
    """
    An officer notes what a municipality did, through a door of its own, with a note.
    """
    one = stored(store, sent(registration()))
    answer = handler.post(
        lambda desk: desk.acted(one.reference, AALST), act="contacted", seen="0", note="Ze belde."
    )
    (act,) = store.records[one.reference].handovers[0].acts
    page = handler.get(lambda desk: desk.handover(one.reference, AALST)).body

    assert 303 == answer.status
    assert ("contacted", AGENCY_DESK, "Ze belde.") == (act.what, act.door, act.note)
    assert "Ze belde." in page
    assert "door mijnbuddy" in page


def test_act_wrong(handler: Officer, store: FakeStore) -> None:
    """
    What can't be done comes back with why, and changes nothing.
    """
    one = stored(store, sent(registration()))
    without = handler.post(lambda desk: desk.acted(one.reference, AALST), act="not-now", seen="0")
    stale = handler.post(lambda desk: desk.acted(one.reference, AALST), act="contacted", seen="7")

    assert (422, True) == (without.status, "Kies waarom het nu niet lukt." in without.body)
    assert (409, True) == (stale.status, "We deden niets." in stale.body)
    assert one == store.records[one.reference]


def test_reroute(handler: Officer, store: FakeStore) -> None:
    """
    Taken from Aalst and given to Gent: Gent is mailed, Aalst and the volunteer are told, after the
    hour of undoing.
    """
    one = stored(store, sent(registration()))
    none = handler.post(lambda desk: desk.acted(one.reference, AALST), act="reroute", to="")
    same = handler.post(lambda desk: desk.acted(one.reference, AALST), act="reroute", to=AALST)
    untouched = store.records[one.reference]
    strange = handler.post(lambda desk: desk.acted(one.reference, AALST), act="reroute", to=GENT)
    pressed = {"act": "reroute", "to": GENT, "decided": "0"}
    done = handler.post(lambda desk: desk.acted(one.reference, AALST), **pressed)
    after = store.records[one.reference]
    queued = {mail.name[:2] for mail in after.mails if mail.next_at == NOW + UNDO_TERM}

    assert [409] * 3 == [none.status, same.status, strange.status]
    assert 303 == done.status
    assert one == untouched
    assert {("forwarding", GENT), ("taken-back", AALST), ("rerouted", "volunteer")} <= queued
    gone = handler.get(lambda desk: desk.handover(one.reference, AALST))
    assert 404 == gone.status


def test_revoke(handler: Officer, store: FakeStore) -> None:
    """
    The link in a municipality's mail is made void.
    """
    one = stored(store, sent(registration()))
    answer = handler.post(lambda desk: desk.acted(one.reference, AALST), act="revoke", seen="0")

    assert 303 == answer.status
    assert NOW == store.records[one.reference].handovers[0].links_since


def test_search_by_reference(reader: Officer, store: FakeStore) -> None:
    """
    A reference, typed however, leads to its registration.
    """
    one = stored(store, registration())
    typed = one.reference.lower().replace("-", " - ")
    found = reader.post(lambda desk: desk.searched(), q=typed)
    unknown = reader.post(lambda desk: desk.searched(), q="mb-3333-3333")

    assert f"/beheer/aanmelding/{one.reference}/" == found.headers["Location"]
    assert (303, 404) == (found.status, unknown.status)


@pytest.mark.parametrize("typed", ["hondt anais", "D'HONDT", "dhondt", "  anaïs  "])
def test_search_by_name(reader: Officer, store: FakeStore, typed: str) -> None:
    """
    A name is found by all words typed, without accents or capitals; each person shown is an entry.
    """
    one = stored(store, registration(1))
    stored(store, registration(2, name="Griet Peeters"))

    page = reader.post(lambda desk: desk.searched(), q=typed)

    assert 200 == page.status
    assert NAMED in page.body
    assert "Peeters" not in page.body
    assert [("bo", SEARCHED, one.reference)] == seen(store)


def test_search_nothing(reader: Officer, store: FakeStore) -> None:
    """
    A name that nobody has is an entry too; an empty question asks for one.
    """
    stored(store, registration())
    nobody = reader.post(lambda desk: desk.searched(), q="hondt griet")
    empty = reader.post(lambda desk: desk.searched(), q=" ")

    assert (200, True) == (nobody.status, "We vinden niets" in nobody.body)
    assert (422, True) == (empty.status, "Typ een referentie" in empty.body)
    assert [("bo", SEARCHED, "")] == seen(store)


def test_search_by_place(reader: Officer, store: FakeStore) -> None:
    """
    A place leads to that municipality's list: references, and no person.
    """
    one = stored(store, sent(registration()))
    found = reader.post(lambda desk: desk.searched(), q="Erembodegem").body
    listed = reader.get(lambda desk: desk.place(AALST, "")).body

    assert f"/beheer/gemeente/{AALST}/" in found
    assert one.reference in listed
    assert "Hondt" not in listed


def test_pages_of_a_place(reader: Officer, store: FakeStore) -> None:
    """
    A long list comes in pages, whatever number is asked.
    """
    for number in range(1, ON_A_PAGE + 3):
        stored(store, sent(registration(number)))
    shown = [
        len(re.findall(r"/beheer/aanmelding/MB-", page.body))
        for page in (
            reader.get(lambda desk: desk.place(AALST, "")),
            reader.get(lambda desk: desk.place(AALST, "2")),
            reader.get(lambda desk: desk.place(AALST, "99")),
            reader.get(lambda desk: desk.place(AALST, "x")),
            reader.get(lambda desk: desk.place(AALST, "9" * 5000)),
        )
    ]

    assert [ON_A_PAGE, 2, 2, ON_A_PAGE, ON_A_PAGE] == shown
    assert 404 == reader.get(lambda desk: desk.place("99999", "")).status


@pytest.mark.parametrize("which", ["", "x", "a|b|c", f"{'x' * 3000}|forwarding|{AALST}|"])
def test_many_of_nothing(handler: Officer, which: str) -> None:
    """
    What names no mail is refused before the table is asked: it would refuse so long a key.
    """
    answer = handler.post(lambda desk: desk.sent_again(), which=which)

    assert (422, True) == (answer.status, "We deden niets." in answer.body)


def test_many(handler: Officer, store: FakeStore) -> None:
    """
    The dry run shows how many and which; the press does those, twice is once.
    """
    here, there = stored(store, waiting(1)), stored(store, waiting(2, GENT))
    dry = handler.get(lambda desk: desk.again(Filter(place=GENT)))
    untouched = [store.records[one.reference] for one in (here, there)]
    which = re.search(r'name="which" value="([^"]*)"', dry.body)
    assert which
    first = handler.post(lambda desk: desk.sent_again(), which=which[1])
    version = store.records[there.reference].version
    second = handler.post(lambda desk: desk.sent_again(), which=which[1])

    assert [here, there] == untouched
    assert "1 mail" in dry.body
    assert there.reference in dry.body.partition('id="lijst"')[2]
    assert here.reference not in dry.body.partition('id="lijst"')[2]
    assert "1 mail vertrekt opnieuw" in first.body
    assert "vertrok al, of vertrekt zo" in second.body
    assert version == store.records[there.reference].version
    assert here == store.records[here.reference]


@pytest.mark.parametrize("which", ["", "x", "a|b|c|d\nnonsense", "\n".join(["a|b|c|"] * 101)])
def test_many_wrong(handler: Officer, which: str, store: FakeStore) -> None:
    """
    A list that is no list of ours, or too long, does nothing.
    """
    stored(store, waiting())
    writes = store.writes

    assert 422 == handler.post(lambda desk: desk.sent_again(), which=which).status
    assert writes == store.writes


def test_contacts(reader: Officer, store: FakeStore) -> None:
    """
    Every municipality stands there with its addresses; a state shows those that have it.
    """
    everyone = reader.get(lambda desk: desk.contacts("")).body
    confirmed = reader.get(lambda desk: desk.contacts("confirmed")).body
    without = reader.get(lambda desk: desk.contacts("none")).body

    assert 306 == everyone.count('<th scope="row">')
    assert 1 == confirmed.count('<th scope="row">')
    assert "buddy@aalst.example" in confirmed
    assert 305 == without.count('<th scope="row">')
    assert "1 van de 304 gemeenten" in everyone


def test_contact(manager: Officer, store: FakeStore) -> None:
    """
    Another address gets a code at once; the history says which officer did it.
    """
    view = lambda desk: desk.contact_changed(GENT)  # noqa: E731
    wrong = manager.post(view, do="set", order="1", email="geen adres")
    done = manager.post(view, do="set", order="1", email="buddy@gent.example")
    asked = manager.post(view, do="ask", order="1")
    same = manager.post(view, do="set", order="1", email="buddy@gent.example")
    retired = manager.post(view, do="retire", order="1")
    again = manager.post(view, do="retire", order="1")
    contact = store.contact(f"{GENT}-1")
    page = manager.get(lambda desk: desk.contact(GENT)).body

    assert [409, 303, 303, 409, 303, 409] == [
        one.status for one in (wrong, done, asked, same, retired, again)
    ]
    assert contact
    assert [("cis", "set"), ("cis", "asked"), ("cis", "asked"), ("cis", "retired")] == [
        (change.who, change.what) for change in contact.changes
    ]
    assert "<strong>Niet meer in gebruik</strong> door cis" in page


def test_officers(manager: Officer, store: FakeStore, clock: Clock) -> None:
    """
    An officer is added, gets another role and is removed; it counts at her next request.
    """
    view = lambda desk: desk.officer_changed()  # noqa: E731
    manager.post(view, do="add", id="dora", email="dora@agentschap.be", role=READ)
    dora = Officer(store, clock, "dora", READ)
    inside = dora.get(lambda desk: desk.work_list()).status
    clock.advance(minutes=1)
    changed = manager.post(view, do="role", id="dora", role=HANDLE)
    outside = dora.get(lambda desk: desk.work_list())
    manager.post(view, do="remove", id="dora")
    page = manager.get(lambda desk: desk.officers()).body

    assert (200, 303, 403) == (inside, changed.status, outside.status)
    assert "Je bent niet meer aangemeld." in outside.body
    assert "dora@agentschap.be" not in page
    assert "dora: Weggehaald" in page


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"do": "remove", "id": "cis"}, "Dan kan niemand nog"),
        ({"do": "role", "id": "cis", "role": READ}, "Dan kan niemand nog"),
        ({"do": "add", "id": "A!", "email": "a@b.be", "role": READ}, "Een korte naam"),
        ({"do": "add", "id": "dora", "email": "a@b.be", "role": "boss"}, "Kies een rol."),
        ({"do": "add", "id": "dora", "email": "nonsense", "role": READ}, "e-mailadres"),
        ({"do": "remove", "id": "nobody"}, "Dat kan nu niet"),
        ({}, "Kies eerst iets"),
    ],
)
def test_officers_wrong(
    manager: Officer, store: FakeStore, posted: dict[str, str], told: str
) -> None:
    """
    What would lock everybody out, or makes no sense, is not done, and the page says why.
    """
    before = store.roster()
    answer = manager.post(lambda desk: desk.officer_changed(), **posted)

    assert (409, True) == (answer.status, told in answer.body)
    assert before == store.roster()


def test_two_managers_at_once(manager: Officer, store: FakeStore, clock: Clock) -> None:
    """
    Two managers who remove each other at the same moment: the second one is told that nobody would
    be left.
    """
    Officer(store, clock, "dora", MANAGE)
    store.before_save = lambda: officers.remove("cis", "dora", store, clock())
    with pytest.raises(LastManagerError):
        officers.remove("dora", "cis", store, clock())

    assert ["dora"] == [one.id for one in store.roster().officers if manages(one)]


def test_views(manager: Officer, handler: Officer, store: FakeStore) -> None:
    """
    Who looked at whom stands on a page for a day; another day has its own.
    """
    one = stored(store, registration())
    handler.get(lambda desk: desk.registration(one.reference))
    today = manager.get(lambda desk: desk.views("")).body
    before = manager.get(lambda desk: desk.views("2026-11-22")).body

    assert "Hondt" not in today
    assert one.reference in today
    assert '<th scope="row">an</th>' in today
    assert "Niemand van ons bekeek die dag iets." in before


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "x", "2024-02-30", "1" * 5000])
def test_odd_day(manager: Officer, day: str) -> None:
    """
    A day that has no entries any more, or is none, shows today or an empty page: never a fault.
    """
    assert 200 == manager.get(lambda desk: desk.views(day)).status


def test_mails(reader: Officer) -> None:
    """
    A mail stands there with a sample that says so, in a frame that may do nothing.
    """
    listed = reader.get(lambda desk: desk.mails()).body
    answer = reader.get(lambda desk: desk.mail("forwarding"))
    layout = reader.get(lambda desk: desk.layout("forwarding"))
    unknown = [
        reader.get(lambda desk: desk.mail("../layout")),
        reader.get(lambda desk: desk.layout("../layout")),
    ]

    assert "/beheer/mails/refusal/" in listed
    assert "Voorbeeld. Deze persoon is verzonnen." in answer.body
    assert re.search(r'<iframe [^>]*sandbox="allow-same-origin" srcdoc=', answer.body)
    assert " style=" not in answer.body  # our policy refuses it
    assert "/beheer/mails/forwarding/opmaak" in answer.body
    assert "text/css; charset=utf-8" == layout.headers["Content-Type"]
    styles = set(re.findall(r"data-style=&#34;(\d+)&#34;", answer.body))
    assert styles
    assert styles == set(re.findall(r'^\[data-style="(\d+)"\] \{.+\}$', layout.body, re.MULTILINE))
    assert [404, 404] == [one.status for one in unknown]
