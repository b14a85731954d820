"""`status`, `digest`, `views` and `preview`, on a table in memory."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import NoCredentialsError
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain import outbox
from chalicelib.domain.status import Status
from chalicelib.store import Store
from mijnbuddy import cli
from tests.backend.samples import NOW, mail_to, registration


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    return bootstrap.store()


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, words)
    assert exit_code == result.exit_code, result.output
    return result


def figures(table: str) -> dict[str, str]:
    """The rows of the table that was printed."""
    cells = [[cell.strip() for cell in line.split("│")] for line in table.splitlines()]
    return {row[1]: row[2] for row in cells if len(row) == 4}


def test_status(store: Store) -> None:
    """
    The figures of /api/status; what is not known says so.
    """
    store.save_status(Status(NOW, coverage=0.5, dead_letters=0))
    told = json.loads(run("status", "--json").stdout)

    assert ("ok", 0.5, None) == (
        told["status"],
        told["contacts"]["coverage"],
        told["delivery"]["count"],
    )
    assert "unknown" in run("status").stdout


def test_status_none(store: Store) -> None:
    """
    What was measured and is not there says «none», not that nobody knows.
    """
    store.save_status(Status(NOW, coverage=0.5))
    told = figures(run("status").stdout)

    assert ("none", "none", "none", "unknown") == (
        told["oldest_unsent_seconds"],
        told["delivery.median_seconds"],
        told["incidents"],
        told["dead_letters"],
    )


def test_status_waits(store: Store) -> None:
    """
    The seconds of what waits, also before anything was measured.
    """
    store.add(registration())

    assert "0" == figures(run("status").stdout)["oldest_unsent_seconds"]


def test_status_too_old(store: Store) -> None:
    """
    Of a measurement from long ago nothing holds.
    """
    store.save_status(Status(NOW - timedelta(hours=1)))
    told = figures(run("status").stdout)

    assert ("degraded", "unknown") == (told["status"], told["oldest_unsent_seconds"])


def test_status_not_measured(store: Store) -> None:
    """
    Right after a start: that nothing was measured yet, and what is known without.
    """
    plain = run("status")
    told = figures(plain.stdout)

    assert "Nothing was measured yet: the first measurement comes within minutes." in plain.stderr
    assert {"waiting_for_a_person": "0", "quarantine": "0"} == told
    assert "degraded" == json.loads(run("status", "--json").stdout)["status"]


def test_status_no_table(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A table that does not answer is no status: the entry of the command line says why.
    """
    monkeypatch.setattr(store, "due", Mock(side_effect=NoCredentialsError))

    for words in (["status"], ["status", "--json"]):
        result = CliRunner().invoke(cli, words)
        assert (1, "", NoCredentialsError) == (
            result.exit_code,
            result.stdout,
            type(result.exception),
        )


def test_digest(store: Store) -> None:
    """
    What waits, and what clears it; nothing is mailed.
    """
    one = registration()
    store.add(outbox.handed_over(one, mail_to(one), "came-back-from-all", NOW))
    (section,) = json.loads(run("digest", "--json").stdout)
    plain = run("digest").stdout

    assert [one.reference] == [item["name"] for item in section["items"]]
    assert f"mijnbuddy resend {one.reference} --mail forwarding --to 41002" in plain
    assert "digest.2026-11-23" not in list(store.due(NOW))


def test_nothing(store: Store) -> None:
    """
    Nothing waits: that is said too.
    """
    assert [] == json.loads(run("digest", "--json").stdout)
    assert "Er wacht niets." in run("digest").stderr


def test_views(store: Store) -> None:
    """
    Who looked at whom, today or on a day.
    """
    one = registration()
    store.add(one)
    run("show", one.reference, "--person", "--who", "griet")
    (view,) = json.loads(run("views", "--json").stdout)

    assert ("griet", "viewed", one.reference) == (view["officer"], view["what"], view["reference"])
    assert one.reference in run("views", "2026-11-23").stdout
    assert [] == json.loads(run("views", "2026-11-22", "--json").stdout)


def test_preview(store: Store) -> None:
    """
    A mail as it is written now; without a kind, which there are.
    """
    kinds = [one["kind"] for one in json.loads(run("preview", "--json").stdout)]
    mail = json.loads(run("preview", "forwarding", "--json").stdout)

    assert {"forwarding", "refusal", "digest"} <= set(kinds)
    assert "refusal" in run("preview").stdout
    assert mail["subject"] in run("preview", "forwarding").stdout
    assert mail["text"]
    run("preview", "nonsense", exit_code=1)
