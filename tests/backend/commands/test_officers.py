"""`officers`, on a table in memory."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.store import Store
from mijnbuddy import cli
from tests.backend.samples import NOW


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    return bootstrap.store()


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, ("officers", *words))
    assert exit_code == result.exit_code, result.output
    return result


def test_life(store: Store) -> None:
    """
    An officer is added, listed, given another role and removed, with who did it.
    """
    run("add", "an", "An.P@agentschap.be", "manage", "--who", "griet")
    run("add", "bo", "bo@agentschap.be", "manage", "--who", "griet")
    listed = run("list").output
    run("role", "bo", "read", "--who", "griet")
    gone = json.loads(run("remove", "bo", "--who", "griet", "--json").stdout)
    facts = json.loads(run("list", "--json").stdout)
    bo = store.roster().officer("bo")

    assert "bo@agentschap.be" in listed
    assert ("", "") == (gone["role"], gone["email"])
    assert [("an", "manage"), ("bo", "")] == [(one["id"], one["role"]) for one in facts]
    assert bo
    assert ["added manage", "role read", "removed"] == [change.what for change in bo.changes]
    assert {"griet"} == {change.who for change in bo.changes}


def test_dry_run(store: Store) -> None:
    """
    The dry run says what would be, also that it can't be, and changes nothing.
    """
    run("add", "an", "an@agentschap.be", "manage")
    before = store.roster()
    told = run("add", "bo", "bo@agentschap.be", "read", "--dry-run").output
    facts = json.loads(run("role", "an", "manage", "--dry-run", "--json").stdout)
    run("remove", "an", "--dry-run", exit_code=1)

    assert "bo may read (dry run)." in told
    assert (True, "manage") == (facts["dry_run"], facts["role"])
    assert before == store.roster()


@pytest.mark.parametrize(
    "words",
    [
        ("add", "A!", "a@b.be", "read"),
        ("add", "bo", "nonsense", "read"),
        ("add", "bo", "bo@agentschap.be", "boss"),
        ("role", "nobody", "read"),
        ("role", "an", "read"),
        ("remove", "an"),
        ("remove", "nobody"),
    ],
)
def test_wrong(store: Store, words: tuple[str, ...]) -> None:
    """
    What makes no sense, or would lock everybody out, is not done.
    """
    run("add", "an", "an@agentschap.be", "manage")
    before = store.roster()
    run(*words, exit_code=1)

    assert before == store.roster()
