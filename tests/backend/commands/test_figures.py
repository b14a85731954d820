"""`report`, `answer` and `figures`: the same date, the same bytes; the unknown is no number."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from chalicelib import bootstrap, counting
from chalicelib.document_files import FORMATS, written
from chalicelib.domain.answer import ASKED, NOT_FROM_FIGURES
from chalicelib.domain.document import Document, Table
from chalicelib.domain.leaving import erased
from chalicelib.domain.ledger import entries
from chalicelib.domain.registration import Registration
from chalicelib.domain.rerouting import refused_for
from chalicelib.projection import project
from mijnbuddy import cli
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, GENT, registration

LAUNCH = datetime(2022, 9, 22, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AS_OF = ("--as-of", "2022-11-02")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(datetime(2022, 11, 4, 9, 0, tzinfo=UTC))
    monkeypatch.setattr(bootstrap, "now", clock)
    return clock


@pytest.fixture
def table(now: Clock, monkeypatch: pytest.MonkeyPatch) -> FakeStore:
    """441 registered by 2 November 2022, as the minister told, and one more the day after."""
    store = FakeStore()
    monkeypatch.setattr(bootstrap, "store", lambda: store)
    for number in range(441):
        at = LAUNCH + number * timedelta(minutes=134)
        sign_up(store, number, at, [AALST, GENT][number % 2])
    sign_up(store, 441, datetime(2022, 11, 2, 23, 30, tzinfo=UTC), AALST)
    settle(store, now())
    return store


@cache
def signed_up(number: int, at: datetime, place: str) -> Registration:
    return registration(number, at, municipality=[place])


def sign_up(store: FakeStore, number: int, at: datetime, place: str) -> None:
    one = signed_up(number, at, place)
    store.add(one)
    for entry in entries(one):
        by_campaign = number == 7 and bool(entry.adds)
        store.append(replace(entry, source="=1+1|<b>") if by_campaign else entry)


def settle(store: FakeStore, now: datetime) -> None:
    counting.repaired(store, now)
    counting.count(store, now)


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, words)
    assert exit_code == result.exit_code, result.output
    return result


def test_answer(table: FakeStore) -> None:
    """
    441 registered by 2 November 2022, none of them refused: exactly that, and what can't be told.
    """
    text = run("answer", *AS_OF).stdout

    assert (
        "Op datum van 2 november 2022 zijn er 441 aanmeldingen gebeurd van kandidaat-buddy’s via "
        "de website mijnbuddy.be. Er werden door het Agentschap tot op die datum geen kandidaten "
        "geweigerd."
    ) in text
    for number, asked in enumerate(ASKED, start=1):
        assert f"## Vraag {number}\n\n> {asked}" in text
    assert "> Deze gegevens worden bij inschrijving niet gevraagd aan de kandidaat-buddy." in text
    assert 4 == text.count(NOT_FROM_FIGURES)
    assert "Daarover hebben we geen cijfers: niet gekend." in text
    assert "voorlopig" not in text


def test_answer_refused(table: FakeStore, now: Clock) -> None:
    """
    Who was refused by then is told with the reason; who was refused later is not.
    """
    for number, at in ((0, LAUNCH + 2 * DAY), (1, LAUNCH + 3 * DAY), (2, now())):
        one = registration(number, LAUNCH + number * timedelta(minutes=134))
        one = table.records[one.reference]
        project(one, refused_for(one, "too-far", "desk", at), table)
    counting.reopen(table, LAUNCH.date())
    settle(table, now())
    text = run("answer", *AS_OF).stdout

    assert "tot op die datum 2 kandidaten geweigerd." in text
    assert "| Is te ver weg om iemand te ontmoeten | 2 |" in text
    one_refused = run("answer", "--as-of", "2022-09-24").stdout
    assert "Er werd door het Agentschap tot op die datum 1 kandidaat geweigerd." in one_refused


def test_answer_unknown(table: FakeStore, now: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Of a date of which there are no figures, no number is told.
    """
    empty = FakeStore()
    monkeypatch.setattr(bootstrap, "store", lambda: empty)
    settle(empty, now())
    result = run("answer", *AS_OF)

    assert "is het aantal aanmeldingen via de website mijnbuddy.be niet gekend" in result.stdout
    assert "Of er kandidaten geweigerd werden, is niet gekend." in result.stdout
    assert "Eigen gemeente niet gekend: niet gekend." in result.stdout
    assert "Of 2022-11-02 no figures are known." in result.stderr


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("by", ["", "municipality", "week"])
def test_same_bytes(table: FakeStore, now: Clock, tmp_path: Path, kind: str, by: str) -> None:
    """
    A year later, when people were erased, and expired, the same date gives the same bytes; what
    tells of the run is beside it.
    """
    words = ["report", *AS_OF, "--since", "2022-10-01", "--format", kind]
    words += ["--by", by] if by else []
    first, second = tmp_path / "first", tmp_path / "second"
    run(*words, "--output", str(first))
    later = LAUNCH + 500 * DAY
    for one in list(table.records.values())[:50]:
        project(one, erased(one, "desk", LAUNCH + 60 * DAY), table)
    now.now = later
    settle(table, later)
    result = run(*words, "--output", str(second))

    assert first.read_bytes() == second.read_bytes()
    digest = hashlib.sha256(second.read_bytes()).hexdigest()
    told = json.loads((tmp_path / "second.run.json").read_text())
    assert (digest, later.isoformat(), True) == (told["sha256"], told["run_at"], told["is_final"])
    assert digest in result.stderr
    assert "" == result.stdout


def test_report(table: FakeStore) -> None:
    """
    By municipality, with what came since another day, as a program reads it.
    """
    words = ("report", *AS_OF, "--since", "2022-10-01", "--by", "municipality", "--format", "json")
    told = json.loads(run(*words).stdout)
    summary, places, *_ = told["tables"]

    assert ("2022-11-02", "2022-10-01", True) == (told["as_of"], told["since"], told["is_final"])
    registered = summary["rows"][0]
    assert 441 == registered[1] == registered[2] + registered[3]
    assert [["Aalst", AALST, 221], ["Gent", GENT, 220]] == [
        [row[0], row[1], row[3]] for row in places["rows"]
    ]


def test_harmless() -> None:
    """
    What somebody typed is no formula, no tag and no cell of its own, in any kind of file.
    """
    typed = Table("typed", "Wat iemand typte", ("Wat", "Aantal"), (("=1+1|<b>", 1),))
    made = {kind: written(Document("Titel", (typed,), {}), kind) for kind in FORMATS}
    book = load_workbook(io.BytesIO(made["xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    (cell,) = [one for one in cells if one.value == "=1+1|<b>"]

    assert "s" == cell.data_type
    assert "'=1+1|<b>;1" in made["csv"].decode()
    assert b"=1+1|&lt;b&gt;</th>" in made["html"]
    assert b"| =1+1\\|\\<b\\> | 1 |" in made["md"]
    assert [["=1+1|<b>", 1]] == json.loads(made["json"])["tables"][0]["rows"]


def test_made_up_code(table: FakeStore) -> None:
    """
    A code that somebody made up is counted, and not repeated.
    """
    made = run("report", *AS_OF, "--by", "source", "--format", "json").stdout
    rows = json.loads(made)["tables"][1]["rows"]

    assert [["Andere codes", 1], ["Zonder code", 440]] == [row[:2] for row in rows]
    assert "1+1" not in made


def test_provisional(table: FakeStore, now: Clock) -> None:
    """
    Of today, or of a day that the repair did not come to, figures are provisional, and say so.
    """
    today = run("report", "--as-of", "2022-11-04")
    yesterday = run("report", "--as-of", "2022-11-03")
    assert "voorlopig" not in yesterday.stdout
    now.now += 3 * DAY
    later = run("report", "--as-of", "2022-11-05")

    assert "Deze cijfers zijn voorlopig" in today.stdout
    assert "Deze cijfers zijn voorlopig" in later.stdout
    assert "| Aanmeldingen, zonder herhalingen | 442 |" in later.stdout
    assert "The daily repair did not make that day final yet." in later.stderr
    assert "daily repair" not in today.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--as-of", "2022-11-05"), "still to come"),
        (("--as-of", "2022-09-21"), "no mijnbuddy.be before 2022-09-22"),
        ((*AS_OF, "--since", "2022-09-21"), "no mijnbuddy.be before"),
        ((*AS_OF, "--since", "2022-11-02"), "must be before"),
        ((*AS_OF, "--known-by", "2022-11-05"), "still to come"),
    ],
)
def test_no_such_day(table: FakeStore, words: tuple[str, ...], why: str) -> None:
    """
    A day that can't be asked for is refused, and nothing is printed for a program.
    """
    result = run("report", *words, exit_code=1)

    assert why in " ".join(result.stderr.split())
    assert "" == result.stdout


@pytest.mark.parametrize(
    "words",
    [("--by", "colour"), ("--format", "pdf"), ("--municipalities", "never"), ("--since", "now")],
)
def test_no_such_choice(table: FakeStore, words: tuple[str, ...]) -> None:
    """
    What can't be chosen is refused.
    """
    run("report", *AS_OF, *words, exit_code=2)
    run("answer", *AS_OF, "--format", "csv", exit_code=2)


def test_check(table: FakeStore) -> None:
    """
    All is right; a difference ends with 1 and is told; after the repair all is right again.
    """
    right = json.loads(run("figures", "check", "--json").stdout)
    assert {"days": 43, "repaired": False, "differences": []} == right
    sheet = table.sheet(date(2022, 10, 1))
    assert sheet
    wrong = type(sheet)(sheet.day, sheet.adds, sheet.adds)
    table.save_sheet(wrong)
    (found,) = json.loads(run("figures", "check", "--json", exit_code=1).stdout)["differences"]
    told = run("figures", "check", exit_code=1)

    assert "2022-10-01" == found["day"]
    kept = wrong.total.total["registered"]
    assert {"kept": kept, "counted": sheet.total.total["registered"]} == (
        found["measures"]["total registered"]
    )
    assert "43 days counted again, 1 differ." in told.stderr
    assert "total registered" in told.stdout
    run("figures", "check", "--repair")
    assert sheet == table.sheet(sheet.day)
    run("figures", "check")


def test_check_completes(table: FakeStore) -> None:
    """
    With --repair, an entry that the stream missed is written first, and counted.
    """
    table.add(registration(500, LAUNCH + 2 * DAY))
    run("figures", "check", "--repair")

    assert "| Aanmeldingen, zonder herhalingen | 442 |" in run("report", *AS_OF).stdout


def test_count(table: FakeStore, now: Clock) -> None:
    """
    Counted by hand, as the schedule would.
    """
    told = json.loads(run("figures", "count", "--json").stdout)

    assert {"day": "2022-11-04", "registered": 442} == told
    assert "442 registered up to and with 2022-11-04." in run("figures", "count").stderr
