"""`external`: the counts of others, kept with who and when, never added to ours."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap, counting
from chalicelib.store import Store
from mijnbuddy import cli
from tests.backend.fakes import Clock
from tests.backend.samples import NOW

HEADER = "source,organisation,nis_code,date,count,note\n"
ADD = (
    "external",
    "add",
    "Duo for a Job",
    "--source",
    "organisatie",
    "--note",
    "mail",
    "--who",
    "an",
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(NOW)
    monkeypatch.setattr(bootstrap, "now", clock)
    return clock


@pytest.fixture
def store(aws: None, clock: Clock) -> Store:
    return bootstrap.store()


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, words)
    assert exit_code == result.exit_code, result.output
    return result


def test_add(store: Store) -> None:
    """
    Kept with who and when; the same again changes nothing.
    """
    run(*ADD, "12", "--date", "2026-11-02")
    again = run(*ADD, "12", "--date", "2026-11-02", "--json")

    assert {"read": 1, "changed": 0, "dry_run": False} == json.loads(again.stdout)
    (one,) = json.loads(run("external", "list", "--json").stdout)
    assert ("an", NOW.isoformat(), 12, "") == (
        *(one["who"], one["recorded_at"], one["count"], one["nis_code"]),
    )
    assert "Duo for a Job" in run("external", "list").stdout


def test_import(store: Store, tmp_path: Path) -> None:
    """
    All lines, or none where one is wrong; a dry run keeps nothing.
    """
    file = tmp_path / "counts.csv"
    file.write_text(HEADER + "organisatie,Duo,,2026-11-02,12,mail\ngemeente,Gent,44021,x,1,mail\n")
    wrong = run("external", "import", str(file), exit_code=1)
    assert "Line 3" in wrong.stderr
    file.write_text(HEADER + "organisatie,Duo,,2026-11-02,12,mail\n", encoding="utf-16")
    assert "UTF-8" in run("external", "import", str(file), exit_code=1).stderr
    file.write_text("\ufeff" + HEADER + "organisatie,Duo,,2026-11-02,12,één mail\n", "utf-8")
    assert "1 counts read, 1 to keep." in run("external", "import", str(file), "--dry-run").stderr
    assert [] == list(store.externals())
    run("external", "import", str(file))

    (one,) = store.externals()
    assert ("Duo", "één mail") == (one.organisation, one.note)


def test_unusable(store: Store) -> None:
    """
    What is no count is refused with what to do about it.
    """
    assert "whole number" in run(*ADD, "veel", "--date", "2026-11-02", exit_code=1).stderr
    assert [] == list(store.externals())


def test_in_a_report(store: Store, clock: Clock) -> None:
    """
    A report has what was known that day; who asks what we know now gets the correction, too. Our
    own figures stay the same.
    """
    counting.count(store, NOW)
    run(*ADD, "12", "--date", "2026-11-02")
    clock.now += timedelta(days=2)
    run(*ADD, "13", "--date", "2026-11-02")
    clock.now += timedelta(days=1)
    report = ("report", "--as-of", "2026-11-23", "--format", "json")
    then, now = (
        {table["name"]: table["rows"] for table in json.loads(run(*words).stdout)["tables"]}
        for words in (report, (*report, "--known-by", "2026-11-25"))
    )

    assert [12, 13] == [tables["external"][0][4] for tables in (then, now)]
    assert then["summary"] == now["summary"]
    assert 0 == now["summary"][0][1]
    assert "| 12 |" in run("answer", "--as-of", "2026-11-23").stdout
