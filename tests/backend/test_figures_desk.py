"""The figures at the agency's desk: the report of a day and the answer, as page and as files."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from typer.testing import CliRunner

from chalicelib import bootstrap, counting
from chalicelib.agency_desk import Inside
from chalicelib.agency_pages import AgencyPages
from chalicelib.document_files import FORMATS
from chalicelib.domain.ledger import entries
from chalicelib.domain.session import AGENCY, READ, began
from chalicelib.figures_desk import ANSWER, KINDS, REPORT, FiguresDesk
from chalicelib.pages import Pages
from chalicelib.web import Answer
from mijnbuddy import cli
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, GENT, SITE_URL, registration

PAGES = Pages(SITE_URL)
NOW = datetime(2022, 11, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Gate:
    """Lets everybody in, and keeps which role was asked for."""

    def __init__(self) -> None:
        self.roles: set[str] = set()

    def shown_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer:
        self.roles.add(role)
        _, session = began(AGENCY, "an", role, NOW)
        return view(Inside(session, AgencyPages(PAGES, session), {}))

    done_inside = shown_inside


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def table() -> FakeStore:
    """One a day in Aalst and Gent, from 22 October 2022."""
    store = FakeStore()
    for number in range(12):
        place = [AALST, GENT][number % 2]
        one = registration(number, NOW - (13 - number) * DAY, municipality=[place])
        store.add(one)
        for entry in entries(one):
            store.append(entry)
    counting.repaired(store, NOW)
    counting.count(store, NOW)
    return store


@pytest.fixture
def desk(gate: Gate, table: FakeStore) -> FiguresDesk:
    return FiguresDesk(gate, table, NOW)


def soup(answer: Answer, status: int = 200) -> BeautifulSoup:
    assert status == answer.status
    return BeautifulSoup(answer.body, "html.parser")


def one(found: Tag, selector: str) -> Tag:
    (element,) = found.select(selector)
    return element


def cells(row: Tag) -> list[str]:
    return texts(row, "th, td")


def texts(found: Tag, selector: str) -> list[str]:
    return [" ".join(one.text.split()) for one in found.select(selector)]


def test_today(desk: FiguresDesk) -> None:
    """
    Nothing asked: the report of today, which may still change, and says so.
    """
    page = soup(desk.page({}))

    assert "2022-11-04" == one(page, "#dag")["value"]
    assert "Kandidaat-buddy’s via mijnbuddy.be, tot en met 4 november 2022" in texts(page, "h2")
    rows = dict(map(cells, page.select("table:has(caption:-soup-contains('Hoeveel')) tbody tr")))
    assert "12" == rows["Aanmeldingen, zonder herhalingen"]
    assert "voorlopig" in page.text
    assert "komende nacht" in page.text


def test_day(desk: FiguresDesk) -> None:
    """
    A day of the past, compared with one before and per municipality: a row for each, final.
    """
    asked = {"dag": "2-11-2022", "vergelijk": "2022-10-25", "per": "municipality"}
    page = soup(desk.page(asked))

    assert ["2022-11-02", "2022-10-25"] == [one["value"] for one in page.select("[type=date]")]
    assert "municipality" == one(page, "#per [selected]")["value"]
    rows = map(cells, page.select("[aria-labelledby=tabel-municipality] tbody tr"))
    assert [("Aalst", "6", "4"), ("Gent", "6", "4")] == [(r[0], r[3], r[-1]) for r in rows]
    assert "dezelfde dag geeft altijd hetzelfde bestand" in page.text


def test_answer(desk: FiguresDesk) -> None:
    """
    The answer to question 48 stands on the page, and can be fetched as text; its form is given.
    """
    page = soup(desk.page({"dag": "2022-11-02", "wat": ANSWER, "per": "week"}))

    assert "zijn er 12 aanmeldingen gebeurd" in page.text
    assert "geen kandidaten geweigerd" in page.text
    hrefs = [str(link["href"]) for link in page.select("a[href*='/antwoord.']")]
    assert ["md", "html", "json"] == [one.partition("?")[0].rpartition(".")[2] for one in hrefs]
    assert not any("per=" in one for one in hrefs)


@pytest.mark.parametrize(("what", "kind"), [(what, one) for what in KINDS for one in KINDS[what]])
def test_same_file(
    desk: FiguresDesk, table: FakeStore, monkeypatch: pytest.MonkeyPatch, what: str, kind: str
) -> None:
    """
    A file of the desk is the one of the command line, to the byte, and the page tells its SHA-256.
    """
    monkeypatch.setattr(bootstrap, "store", lambda: table)
    monkeypatch.setattr(bootstrap, "now", Clock(NOW))
    command = {REPORT: "report", ANSWER: "answer"}[what]
    by = ("--by", "source") if what == REPORT else ()
    asked = {"dag": "2022-11-02", "per": "source", "wat": what}
    words = (command, "--as-of", "2022-11-02", "--format", kind, *by)
    expected = CliRunner().invoke(cli, words).stdout_bytes

    answer = desk.file(f"{what}.{kind}", asked)
    assert expected == (answer.content or answer.body.encode())
    assert (
        f'attachment; filename="{what}-2022-11-02.{kind}"' == answer.headers["Content-Disposition"]
    )
    assert hashlib.sha256(expected).hexdigest() in texts(soup(desk.page(asked)), "dd")


@pytest.mark.parametrize(
    ("asked", "at", "told"),
    [
        ({"dag": "gisteren"}, "dag", "Vul een dag in"),
        ({"dag": "2022-02-30"}, "dag", "Vul een dag in"),
        ({"dag": "2022-11-02", "vergelijk": "<b>"}, "vergelijk", "Vul een vroegere dag in"),
        ({"dag": "2022-11-05"}, "dag", "moet nog komen"),
        ({"dag": "1999-01-01"}, "dag", "Toen begon de site"),
        ({"dag": "2022-11-02", "vergelijk": "1-1-2000"}, "dag", "Toen begon de site"),
        ({"dag": "2022-11-02", "vergelijk": "2022-11-02"}, "vergelijk", "vroegere dag"),
        ({"dag": "9" * 5000}, "dag", "Vul een dag in"),
    ],
)
def test_wrong_day(desk: FiguresDesk, asked: dict[str, str], at: str, told: str) -> None:
    """
    A day that is none, or that can't be answered: told at the field and above, and nothing else.
    """
    for answer in (desk.page(asked), desk.file("rapport.csv", asked)):
        page = soup(answer, 422)

        assert told in one(page, f"#{at}-error").text
        assert [f"#{at}"] == [link["href"] for link in page.select(".error-summary a")]
        assert not page.select("table, b")
        assert len(answer.body) < 12_000


def test_odd_choice(desk: FiguresDesk) -> None:
    """
    A choice that is not in the list counts as the first one.
    """
    odd = {"dag": "2022-11-02", "per": "naam", "gemeenten": "x", "wat": "../etc"}

    assert desk.page({"dag": "2022-11-02"}).body == desk.page(odd).body


@pytest.mark.parametrize(
    "name", ["antwoord.xlsx", "antwoord.csv", "rapport.exe", "rapport", "", "../rapport.csv"]
)
def test_no_file(desk: FiguresDesk, name: str) -> None:
    """
    A file that we don't make is not there.
    """
    assert 404 == desk.file(name, {}).status


def test_reader(desk: FiguresDesk, gate: Gate) -> None:
    """
    Whoever may sign in may see them: no person is in them.
    """
    desk.page({})
    desk.file("rapport.json", {})

    assert {READ} == gate.roles


def test_json_file(desk: FiguresDesk) -> None:
    """
    The file for programs says of which day it is.
    """
    facts = json.loads(desk.file("rapport.json", {"dag": "2022-11-02"}).content)

    assert ("2022-11-02", True) == (facts["as_of"], facts["is_final"])
    assert set(FORMATS) == set(KINDS[REPORT])
