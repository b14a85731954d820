"""The commands about projects that people told us of."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain import suggestion as steps
from chalicelib.domain.recent import Verdict
from chalicelib.domain.suggestion import Suggestion
from mijnbuddy import cli
from tests.backend.fakes import FakeStore
from tests.backend.samples import NOW, Changes, suggestion

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> FakeStore:
    kept = FakeStore()
    monkeypatch.setattr(bootstrap, "store", lambda: kept)
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    return kept


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for part in ("content/projecten", "content/programmas", "content/evaluaties", "data"):
        shutil.copytree(ROOT / "site" / part, tmp_path / part)
    return tmp_path


def told(store: FakeStore, number: int = 1, **changes: Changes) -> Suggestion:
    one = steps.judged(suggestion(number, NOW, **changes), Verdict("", confirm=True), NOW)
    store.add_suggestion(one)
    return one


def accepted(store: FakeStore, number: int = 1, **changes: Changes) -> Suggestion:
    return store.save(steps.accepted(told(store, number, **changes), "", "agency", NOW))


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["projects", *arguments])
    assert code == done.exit_code, done.output
    return done.stdout


def test_list(store: FakeStore) -> None:
    """
    What there is, and how it stands; nobody's name.
    """
    one, other = accepted(store), told(store, 2)
    rows = json.loads(run("list", "--json"))

    assert {one.reference: "accepted", other.reference: "open"} == {
        row["reference"]: row["decision"] for row in rows
    }
    assert "Mieke" not in run("list") + str(rows)


def test_export(store: FakeStore, site: Path) -> None:
    """
    Only what was accepted is written, once.
    """
    one = accepted(store)
    told(store, 2, project="Iets anders")
    expected = {
        "reference": one.reference,
        "outcome": "written",
        "path": "content/projecten/samen-op-stap.yaml",
        "why": "",
    }

    assert [expected] == json.loads(run("export", "--site", str(site), "--json"))
    assert [{**expected, "outcome": "unchanged"}] == json.loads(
        run("export", "--site", str(site), "--json")
    )
    assert not (site / "content/projecten/iets-anders.yaml").exists()


def test_by_hand(store: FakeStore, site: Path) -> None:
    """
    Where a person must write something, the command says why, and ends with 1.
    """
    accepted(store, project="Overzicht", municipality=None)

    assert "no name is free" in run("export", "--site", str(site), code=1)


def test_no_site(store: FakeStore, tmp_path: Path) -> None:
    """
    A folder that is not there is refused.
    """
    run("export", "--site", str(tmp_path / "x"), code=2)


def test_erase(store: FakeStore) -> None:
    """
    Erased at once; a dry run erases nothing, and what is not there is said.
    """
    one = told(store)
    run("erase", one.reference, "--dry-run")
    assert store.suggestion(one.reference, NOW) == one
    run("erase", one.reference)
    assert "Mieke" not in str(store.suggestion(one.reference, NOW))
    run("erase", "MP-7K3F-9Q4D", code=1)
    run("erase", "MB-7K3F-9Q4D", code=1)
