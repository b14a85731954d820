"""`export`, on a table in memory."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.store import Store
from commands import exports
from mijnbuddy import cli
from tests.backend.samples import GENT, NOW, registration


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A table with one registration in Aalst, and one in Gent."""
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    store = bootstrap.store()
    store.add(registration(1))
    store.add(registration(2, municipality=[GENT]))
    return store


def run(*words: object, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, ("export", *map(str, words)))
    assert exit_code == result.exit_code, result.output
    return result


def test_csv(store: Store, tmp_path: Path) -> None:
    """
    Those that were chosen are in a file that only its owner reads; it is written down who made it.
    """
    path = tmp_path / "gent.csv"
    told = run(path, "--municipality", GENT, "--from", "2026-11-23", "--who", "griet").stderr
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    (view,) = store.views("2026-11-23", NOW)

    assert ["Gent"] == [line["Wil buddy zijn in"] for line in lines]
    assert 0o600 == path.stat().st_mode & 0o777
    assert ("griet", "exported", 1) == (view.officer, view.what, view.count)
    assert f"kind=csv&place={GENT}&first=2026-11-23" == view.about
    assert "1 registrations in" in told
    assert [path] == list(tmp_path.iterdir())


def test_xlsx(store: Store, tmp_path: Path) -> None:
    """
    The end of its name says which kind of file it is.
    """
    path = tmp_path / "all.XLSX"
    facts = json.loads(run(path, "--json").stdout)

    assert 2 == facts["registrations"]
    assert 3 == openpyxl.load_workbook(path).active.max_row


def test_not_twice(store: Store, tmp_path: Path) -> None:
    """
    A file that is there is not overwritten.
    """
    path = tmp_path / "all.csv"
    path.write_text("mine")

    assert "already" in run(path, exit_code=1).stderr
    assert "mine" == path.read_text()


@pytest.mark.parametrize(
    "words", [("all.pdf",), ("all.csv", "--province", "Luik"), ("all.csv", "--state", "x")]
)
def test_unusable(store: Store, tmp_path: Path, words: tuple[str, ...]) -> None:
    """
    What can't be chosen is refused before anything is read.
    """
    run(tmp_path / words[0], *words[1:], exit_code=2)

    assert [] == list(tmp_path.iterdir())
    assert [] == list(store.views("2026-11-23", NOW))


def test_broken_off(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where writing fails nothing is left on the disk, as it would be personal data.
    """

    def fail(path: Path, *_: object) -> int:
        path.write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(exports, "write", fail)
    run(tmp_path / "all.csv", exit_code=1)

    assert [] == list(tmp_path.iterdir())
    assert [] == list(store.views("2026-11-23", NOW))


def test_progress(store: Store) -> None:
    """
    The bar goes from nothing to about as many items as the table has.
    """
    scanned: list[int] = []
    list(store.registrations(NOW, scanned.append))

    assert (2, 2) == (store.size(), sum(scanned))
