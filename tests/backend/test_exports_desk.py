"""The page where who manages asks for files with many registrations, and fetches them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from chalicelib import exporting
from chalicelib.agency_desk import Inside
from chalicelib.agency_pages import AgencyPages
from chalicelib.domain import export as exports
from chalicelib.domain.export import CSV, XLSX, Choice, Export
from chalicelib.domain.retention import EXPORT_TERM
from chalicelib.domain.session import AGENCY, MANAGE, began
from chalicelib.domain.views import EXPORTED, FETCHED, View
from chalicelib.exporting import MAX_OPEN
from chalicelib.exports_desk import ExportsDesk
from chalicelib.pages import Pages
from chalicelib.web import Answer
from tests.backend.fakes import FakeFiles, FakeStore
from tests.backend.samples import AALST, NOW, SITE_URL

PAGES = Pages(SITE_URL)  # made once: reading the templates takes longer than a test
RIGHT = {"kind": XLSX, "place": AALST, "state": "duo", "first": "2026-01-01", "last": "31/10/2026"}
EVERYTHING = Choice(CSV)


class Gate:
    """Lets `an` in, who manages; a test of all gates is in test_routes.py."""

    def __init__(self, posted: Mapping[str, str]) -> None:
        session = began(AGENCY, "an", MANAGE, NOW)[1]
        fields = {name: [value] for name, value in posted.items()}
        self._inside = Inside(session, AgencyPages(PAGES).of(session), fields)

    def shown_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer:
        assert MANAGE == role
        return view(self._inside)

    done_inside = shown_inside


def desk(
    store: FakeStore, posted: Mapping[str, str] = {}, later: timedelta = timedelta()
) -> ExportsDesk:
    return ExportsDesk(Gate(posted), store, NOW + later)


def ready(store: FakeStore) -> Export:
    one = exporting.ask(Choice(XLSX, place=AALST), "bo", store, NOW)
    return store.save_export(exports.made(one, 1234, 5_432_100, NOW))


def test_asked(store: FakeStore) -> None:
    """
    What was chosen is asked once, however often she presses, and stands on the page.
    """
    answers = [desk(store, RIGHT).asked() for _ in range(2)]
    (one,) = store.exports(NOW)
    page = desk(store).page().body

    assert [(303, f"{PAGES.url('/beheer/bestanden/')}")] * 2 == [
        (answer.status, answer.headers["Location"]) for answer in answers
    ]
    assert Choice(XLSX, AALST, "", "duo", "2026-01-01", "2026-10-31") == one.choice
    assert "Excel, Aalst, Duo gevormd, vanaf 1/1/2026, tot en met 31/10/2026" in page
    assert "23/11/2026 10.30 door an" in page
    assert "Kijk opnieuw" in page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "pdf"}, "Kies Excel of CSV."),
        ({"place": "99999"}, "Kies de gemeente uit de lijst."),
        ({"province": "x"}, "Kies de provincie uit de lijst."),
        ({"state": "x"}, "Kies de stand uit de lijst."),
        ({"first": "gisteren"}, "Vul een dag in"),
        ({"first": "2026-11-01"}, "Draai ze om."),
    ],
)
def test_wrong(store: FakeStore, wrong: dict[str, str], told: str) -> None:
    """
    What can't be asked is told on the page, where the rest stands as she chose it.
    """
    answer = desk(store, RIGHT | wrong).asked()
    chosen = BeautifulSoup(answer.body, "html.parser").select("option[selected]")

    assert 422 == answer.status
    assert told in answer.body
    assert [] == list(store.exports(NOW))
    assert {"Aalst", "Duo gevormd"} & {option.text for option in chosen}


def test_too_many(store: FakeStore) -> None:
    """
    When enough are waiting, she is told to wait.
    """
    for number in range(MAX_OPEN):
        exporting.ask(Choice(CSV, first=f"2026-01-0{number + 1}"), "an", store, NOW)
    answer = desk(store, {"kind": CSV}).asked()

    assert 409 == answer.status
    assert "Er wachten al 5 bestanden." in answer.body


def test_ready(store: FakeStore) -> None:
    """
    A file that is there has a link that says which one, how large it is and until when it stays.
    """
    one = ready(store)
    (link,) = BeautifulSoup(desk(store).page().body, "html.parser").select("td a")
    told = link.find_parent("td")

    assert PAGES.url(f"/beheer/bestanden/{one.id}/") == link["href"]
    assert "Haal het op: Excel, Aalst, van 23/11/2026 10.30" == link.text
    assert told
    assert "(5,4 MB). Aantal aanmeldingen: 1.234. Tot dinsdag 24 november 2026, 10.30 uur" in (
        " ".join(told.text.split())
    )


def test_fetched(store: FakeStore) -> None:
    """
    Fetching leads on to the file itself, and leaves an entry of who did.
    """
    one = ready(store)
    answer = desk(store).file(one.id, FakeFiles)
    (view,) = store.views(NOW.date().isoformat(), NOW)

    assert (303, "no-store") == (answer.status, answer.headers["Cache-Control"])
    assert answer.headers["Location"].startswith(f"https://files.example/{one.key}")
    assert View(NOW, "an", FETCHED, "", one.choice.code, 1234) == view


def test_gone(store: FakeStore) -> None:
    """
    After its term the file is no longer offered, nor given.
    """
    one = ready(store)
    answer = desk(store, later=EXPORT_TERM).file(one.id, FakeFiles)
    page = desk(store, later=EXPORT_TERM).page().body

    assert 404 == answer.status
    assert "We wissen elk bestand na 24 uur." in answer.body
    assert ("gewist", 0) == (
        BeautifulSoup(page, "html.parser").select("td")[-1].text,
        page.count(one.id),
    )


def test_failed(store: FakeStore) -> None:
    """
    That one failed is told, with what to do.
    """
    one = exporting.ask(EVERYTHING, "an", store, NOW)
    store.save_export(replace(one, failed_at=NOW))
    page = desk(store).page().body

    assert "mislukt. Vraag het opnieuw." in page
    assert "Kijk opnieuw" not in page


def test_views() -> None:
    """
    Who looked at whom tells of a file what was chosen, and how many were in it.
    """
    session = began(AGENCY, "an", MANAGE, NOW)[1]
    seen = [View(NOW, "an", EXPORTED, about=Choice(CSV, place=AALST).code, count=1200)]
    page = AgencyPages(PAGES).of(session).views_page(NOW.date(), seen, NOW.date())

    assert "bestand gemaakt" in page
    assert "CSV, Aalst (aantal: 1.200)" in page
