"""A suggestion at the agency's desk and behind the link of its sender."""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

import pytest

from chalicelib.agency_desk import CHANGED, CHOOSE, Inside
from chalicelib.agency_pages import AgencyPages
from chalicelib.domain import suggestion as steps
from chalicelib.domain.recent import Verdict
from chalicelib.domain.session import AGENCY as DESK
from chalicelib.domain.session import HANDLE, began
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.suspicion import HONEYPOT, TOO_FAST
from chalicelib.intake import FORM
from chalicelib.pages import Pages
from chalicelib.suggestion_link import SuggestionDoor
from chalicelib.suggestions_desk import SuggestionsDesk
from chalicelib.web import Answer, Request
from chalicelib.worklist import groups
from tests.backend.fakes import FakeStore
from tests.backend.samples import AGENCY, KEYS, LINKS, NOW, SITE_URL, suggestion


class Gate:
    """Lets an officer in, with what she posted."""

    def __init__(self, role: str, posted: dict[str, str]) -> None:
        session = began(DESK, "an-p", role, NOW)[1]
        self._posted = {name: [value] for name, value in posted.items()}
        self._inside = Inside(session, AgencyPages(Pages(SITE_URL)).of(session), self._posted)

    def shown_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer:
        return view(self._inside)

    def done_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer:
        return view(self._inside)


def kept(why: str = "", **changes: str) -> tuple[FakeStore, Suggestion]:
    store = FakeStore()
    one = steps.judged(suggestion(1, NOW, **changes), Verdict("", confirm=True, why=why), NOW)
    store.add_suggestion(one)
    return store, one


def now(store: FakeStore, one: Suggestion) -> Suggestion:
    return cast("Suggestion", store.suggestion(one.reference, NOW))


def press(store: FakeStore, one: Suggestion, **posted: str) -> Answer:
    return SuggestionsDesk(Gate(HANDLE, posted), store, NOW).decided(one.reference)


def page(store: FakeStore, one: Suggestion, role: str = HANDLE) -> str:
    return SuggestionsDesk(Gate(role, {}), store, NOW).page(one.reference).body


def test_page() -> None:
    """
    An officer reads all that was told, and who told it; that she did is written down.
    """
    store, one = kept(existing="compagnons")
    html = page(store, one)

    for told in ("Samen op Stap", "Aalst", "Mieke Melder", "Bel me gerust.", "het jaarverslag"):
        assert told in html
    assert "/projecten/compagnons/" in html
    assert 'href="https://www.samen.example" rel="noreferrer"' in html
    assert ["viewed"] == [view.what for view in store.views("2026-11-23", NOW)]


def test_hostile() -> None:
    """
    What somebody typed is text on the page.
    """
    store, one = kept(about="<script>alert(1)</script>")

    assert "<script>alert" not in page(store, one)
    assert "&lt;script&gt;alert" in page(store, one)


def test_reader() -> None:
    """
    Who may only read sees no button.
    """
    store, one = kept()

    assert "Weiger" in page(store, one)
    assert "<form" not in page(store, one, "read").partition("<h1")[2].partition("agency__who")[0]


def test_odd() -> None:
    """
    What looked odd says so.
    """
    store, one = kept(HONEYPOT)

    assert "Een veld dat mensen niet zien, was ingevuld." in page(store, one)


@pytest.mark.parametrize(
    ("posted", "decision", "belongs_to"),
    [
        ({"do": "accept", "project": ""}, "accepted", ""),
        ({"do": "accept", "project": "compagnons"}, "accepted", "compagnons"),
        ({"do": "refuse", "why": "unclear"}, "refused", ""),
    ],
)
def test_decided(posted: dict[str, str], decision: str, belongs_to: str) -> None:
    """
    A button decides, goes back to the page, and is not there any more; undoing it brings it back.
    """
    store, one = kept()

    assert 303 == press(store, one, **posted, decided="0").status
    after = now(store, one)
    assert (decision, belongs_to) == (after.decision, after.belongs_to)
    assert "Zet in de lijst" not in page(store, one)
    assert 303 == press(store, one, do="undo", decided="1").status
    assert "Zet in de lijst" in page(store, one)


def test_ask() -> None:
    """
    A question is asked once: then it can't be chosen again.
    """
    store, one = kept()

    assert 303 == press(store, one, do="ask", why="source", decided="0").status
    assert ("source",) == now(store, one).asked
    assert 'value="source"' not in page(store, one)
    assert 'value="years"' in page(store, one)


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"do": "refuse", "why": "x", "decided": "0"}, CHOOSE),
        ({"do": "ask", "why": "", "decided": "0"}, CHOOSE),
        ({"do": "x", "decided": "0"}, CHOOSE),
        ({"do": "accept", "project": "../x", "decided": "0"}, "Vul het laatste deel van het adres"),
        ({"do": "accept", "project": "x" * 61, "decided": "0"}, "Vul het laatste deel"),
        ({"do": "accept", "project": "", "decided": "7"}, CHANGED),
        ({"do": "accept", "project": ""}, CHANGED),
    ],
)
def test_not_done(posted: dict[str, str], told: str) -> None:
    """
    What can't be done says why, and nothing is done.
    """
    store, one = kept()
    answer = press(store, one, **posted)

    assert 409 == answer.status
    assert told in answer.body
    assert one == now(store, one)


def test_none() -> None:
    """
    Of what is not there, or no reference, there is a page that says so.
    """
    desk = SuggestionsDesk(Gate(HANDLE, {}), FakeStore(), NOW)

    for reference in ("MP-7K3F-9Q4D", "MB-7K3F-9Q4D", "x"):
        assert (404, 404) == (desk.page(reference).status, desk.decided(reference).status)


def test_erase() -> None:
    """
    An officer erases who asks for it.
    """
    store, one = kept()
    press(store, one, do="erase")

    assert "Mieke" not in page(store, one) + str(now(store, one))


def test_work_list() -> None:
    """
    It stands on the work list, with a way to its page, and without a word that was typed.
    """
    store, one = kept(existing="compagnons")
    (group,) = [group for group in groups(store, AGENCY, NOW) if group.code == "projecten"]
    (task,) = group.tasks

    assert (f"/beheer/melding/{one.reference}/", one.reference) == (task.path, task.item.name)
    assert "Iemand wil iets aan de lijst veranderen." == task.item.what
    press(store, one, do="refuse", why="unclear", decided="0")
    assert "projecten" not in [group.code for group in groups(store, AGENCY, NOW)]


class TestLink:
    def door(self, store: FakeStore, one: Suggestion) -> SuggestionDoor:
        token = LINKS.suggestion(one).rpartition("/")[2]
        return SuggestionDoor(token, store, lambda: KEYS, Pages(SITE_URL), NOW)

    def press(self, store: FakeStore, one: Suggestion, what: str) -> Answer:
        request = Request({"content-type": FORM}, urlencode({"do": what}).encode())
        return self.door(store, one).acted(request)

    def test_shown(self) -> None:
        """
        The page tells how it stands, and nothing that anybody typed.
        """
        store, one = kept()
        answer = self.door(store, one).shown()

        assert 200 == answer.status
        assert one.reference in answer.body
        assert "We lezen na wat je schreef." in answer.body
        for typed in ("Mieke", "Samen op Stap", "vzw Samen", "melder.example"):
            assert typed not in answer.body

    def test_confirm(self) -> None:
        """
        What must be confirmed has the button; pressed twice is once.
        """
        store, one = kept(TOO_FAST)

        assert "Ja, dat was ik" in self.door(store, one).shown().body
        assert [303, 303] == [self.press(store, one, "confirm").status for _ in range(2)]
        assert "" == now(store, one).hold
        assert "Ja, dat was ik" not in self.door(store, one).shown().body

    def test_not_let_through(self) -> None:
        """
        What an officer must look at is not let through by a link.
        """
        store, one = kept(HONEYPOT)
        self.press(store, one, "confirm")

        assert "quarantine" == now(store, one).hold

    def test_erase(self) -> None:
        """
        Erasing says what is gone; the link works no more.
        """
        store, one = kept()

        assert "wat je ons meldde" in self.press(store, one, "erase").body
        assert 410 == self.door(store, one).shown().status
        assert 410 == self.press(store, one, "erase").status

    def test_erase_accepted(self) -> None:
        """
        What comes into the list stays, and the page says so before and after.
        """
        store, one = kept()
        press(store, one, do="accept", project="", decided="0")

        assert "komt in de lijst" in self.door(store, one).shown().body
        assert "komt in onze lijst" in self.press(store, one, "erase").body
        assert ("accepted", "") == (now(store, one).decision, now(store, one).answers.email)

    def test_no_button(self) -> None:
        """
        A button that there is not does nothing.
        """
        store, one = kept()

        assert 422 == self.press(store, one, "x").status
        assert one == now(store, one)
