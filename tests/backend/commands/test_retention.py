"""`erase`, `withdraw` and `retention`, on a table in memory."""

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain.registration import Registration, admitted
from chalicelib.projection import ended, project
from chalicelib.store import Store
from mijnbuddy import cli
from tests.backend.samples import AALST, NOW, registration
from tests.backend.steps import sent

RANGE = ("--from", "2026-11-20", "--to", "2026-11-23")


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    return bootstrap.store()


@pytest.fixture
def mailed(store: Store) -> Registration:
    one = sent(registration(), AALST, "message", NOW)
    store.add(one)
    return one


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, words)
    assert exit_code == result.exit_code, result.output
    return result


def kept(store: Store, one: Registration) -> Registration:
    found = store.get(one.reference, NOW)
    assert found
    return found


def test_erase(store: Store, mailed: Registration) -> None:
    """
    Erased through the door of the command line, with who is told; again nothing changes.
    """
    (first,) = json.loads(run("erase", mailed.reference, "--json").stdout)
    (second,) = json.loads(run("erase", mailed.reference, "--json").stdout)

    assert ("erased", [AALST]) == (first["outcome"], first["told"])
    assert "unchanged" == second["outcome"]
    stub = kept(store, mailed)
    assert "" == stub.answers.name
    assert ["command"] == [event.door for event in stub.events if event.what == "erased"]


def test_withdraw(store: Store, mailed: Registration) -> None:
    """
    Withdrawn, once, in words for who typed it.
    """
    first, second = (run("withdraw", mailed.reference).stderr for _ in range(2))

    assert f"{mailed.reference}: withdrawn; told: {AALST}.\n" == first
    assert "unchanged" in second
    assert NOW == kept(store, mailed).withdrawn_at


@pytest.mark.parametrize(("command", "done"), [("erase", "erased"), ("withdraw", "withdrawn")])
def test_dry_run(store: Store, mailed: Registration, command: str, done: str) -> None:
    """
    A dry run says what would be done, and changes nothing.
    """
    told = run(command, mailed.reference, "--dry-run").stderr

    assert f"{mailed.reference}: would be {done}; told: {AALST}.\n" == told
    assert mailed == kept(store, mailed)


def test_many(store: Store, mailed: Registration) -> None:
    """
    More than one at once, as after a restored backup; what is not there is said and fails, the
    others are erased.
    """
    other = registration(2)
    store.add(other)
    words = (mailed.reference, "MB-9999-9999", "Zwaantje", other.reference, other.reference)
    result = run("erase", *words, exit_code=1)

    assert kept(store, mailed).erased_at
    assert kept(store, other).erased_at
    assert "MB-9999-9999: there is no registration with that reference." in result.stderr
    assert 4 == result.stderr.count("MB-") + result.stderr.count("Zwaantje:")


def test_repeats(store: Store, mailed: Registration) -> None:
    """
    What repeats it is named, and erased with it.
    """
    again = registration(2, NOW + timedelta(minutes=1))
    store.add(again)
    repeat = admitted(again, repeat_of=mailed.reference, confirm=False, now=NOW)
    project(again, store.save(repeat), store)
    (told,) = json.loads(run("erase", mailed.reference, "--json").stdout)

    assert [again.reference] == told["also"]
    assert kept(store, again).erased_at


def test_report(store: Store, mailed: Registration) -> None:
    """
    By day and rule: what was asked for, and what was over.
    """
    run("erase", mailed.reference)
    project(mailed, kept(store, mailed), store)
    old = registration(2, NOW - timedelta(days=366))
    ended(old, NOW, store)

    assert [
        {"day": "2026-11-22", "what": "expired", "rule": "open", "count": 1},
        {"day": "2026-11-23", "what": "erased", "rule": "", "count": 1},
    ] == json.loads(run("retention", "report", *RANGE, "--json").stdout)
    assert "asked" in run("retention", "report", *RANGE).stdout
    assert f"{mailed.reference}\n" == run("retention", "references", *RANGE).stdout


def test_too_long(store: Store) -> None:
    """
    A report of a lifetime is refused; one of days to come is empty.
    """
    run("retention", "report", "--from", "1990-01-01", "--to", "2026-11-23", exit_code=2)
    later = run("retention", "report", "--from", "2026-12-01", "--to", "2026-12-31", "--json")

    assert [] == json.loads(later.stdout)
