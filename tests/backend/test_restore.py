"""
The restore drill: the table is copied, lives on, is destroyed, is restored from the copy, and who
left in the meantime leaves again. On AWS in memory; docs/runbook.md has the same steps.
"""

import gzip
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.counting import count, recount, total_on
from chalicelib.domain.figures import Tally
from chalicelib.domain.registration import Registration
from chalicelib.erasing import erase, withdraw
from chalicelib.logs import AGAIN, Lines
from chalicelib.projection import project, repair
from chalicelib.store import Store
from chalicelib.suggesting import erase as erase_suggestion
from commands.retention import left
from infra import table
from mijnbuddy import cli
from tests.backend import aws as aws_in_memory
from tests.backend.samples import NOW, registration, suggestion

LATER = NOW + timedelta(hours=1)
TODAY = date(2026, 11, 23)
NAMES = ("Blijft", "Stopt", "Gaat")


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(bootstrap, "now", lambda: LATER)
    return bootstrap.store()


def sign_up(store: Store, number: int) -> Registration:
    changes = {"name": f"Buddy {NAMES[number]}", "email": f"{NAMES[number].lower()}@example.be"}
    one = registration(number, NOW, **changes)
    store.add(one)
    project(None, one, store)
    return one


def kept(store: Store, reference: str) -> Registration:
    found = store.get(reference, LATER)
    assert found
    return found


def figures(store: Store) -> Tally | None:
    count(store, LATER)
    return total_on(store, TODAY)[0]


def items(dynamodb: Any) -> str:
    """Everything in the table, as text."""
    return repr(dynamodb.scan(TableName=aws_in_memory.TABLE)["Items"])


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """The log as CloudWatch Logs hands it out: our lines, quoted in lines of its own."""
    lines = [Lines("").format(record) for record in caplog.records]
    return "\n".join(json.dumps({"message": line}) for line in lines)


def test_drill(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """
    After it nobody is back who left, whoever stayed is there, and the figures are those of before.
    """
    caplog.set_level("INFO", logger="chalicelib")
    dynamodb = aws_in_memory.dynamodb()
    stays, leaves, goes = (sign_up(store, number) for number in range(3))
    told = suggestion()
    store.add_suggestion(told)
    copy = tmp_path / "copy.jsonl.gz"
    table.export(dynamodb, aws_in_memory.TABLE, copy)

    # What happens after the copy was made.
    for one, leave in ((goes, erase), (leaves, withdraw)):
        leave(one.reference, "volunteer", store, LATER)
        project(one, kept(store, one.reference), store)
    erase_suggestion(told.reference, "link", store, LATER)
    before = figures(store)
    log = tmp_path / "log.json"
    log.write_text(logged(caplog))

    dynamodb.delete_table(TableName=aws_in_memory.TABLE)
    aws_in_memory.create_table()
    table.put_back(dynamodb, aws_in_memory.TABLE, copy)
    assert goes.answers.email in items(dynamodb)

    done = CliRunner().invoke(cli, ["retention", "again", str(log), "--json"])
    assert 0 == done.exit_code, done.output
    repair(store, LATER)

    there = items(dynamodb)
    for gone in (goes.answers.email, goes.answers.name, told.answers.email):
        assert gone not in there
    assert stays.answers == kept(store, stays.reference).answers
    assert kept(store, leaves.reference).withdrawn_at
    assert before
    assert before == figures(store)
    assert [] == [one for one in recount(store) if not isinstance(one, date)]


def test_not_twice(store: Store, tmp_path: Path) -> None:
    """
    Putting back adds what is missing only: what is there is newer than the copy.
    """
    dynamodb = aws_in_memory.dynamodb()
    first = sign_up(store, 0)
    count(store, LATER)  # has bytes in it
    copy = tmp_path / "copy.jsonl.gz"
    size = table.export(dynamodb, aws_in_memory.TABLE, copy)
    withdraw(first.reference, "volunteer", store, LATER)
    whole = items(dynamodb)

    assert (0, size) == table.put_back(dynamodb, aws_in_memory.TABLE, copy)
    assert whole == items(dynamodb)


def test_file(store: Store, tmp_path: Path) -> None:
    """
    The file is for who made it only, is never written over, and has bytes as they were.
    """
    dynamodb = aws_in_memory.dynamodb()
    sign_up(store, 0)
    count(store, LATER)
    copy = tmp_path / "copy.jsonl.gz"
    table.export(dynamodb, aws_in_memory.TABLE, copy)
    with gzip.open(copy, "rt") as lines:
        found = [json.loads(line, object_hook=table._read) for line in lines]

    assert 0o600 == copy.stat().st_mode & 0o777
    assert dynamodb.scan(TableName=aws_in_memory.TABLE)["Items"] == found
    assert any("B" in value for item in found for value in item.values())
    with pytest.raises(FileExistsError):
        table.export(dynamodb, aws_in_memory.TABLE, copy)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], []),
        ([("MB-1111-1111", "erased")], [("MB-1111-1111", "erased")]),
        ([("MB-1111-1111", "erased")] * 2, [("MB-1111-1111", "erased")]),
        (
            [("MB-1111-1111", "withdrawn"), ("MB-1111-1111", "erased")],
            [("MB-1111-1111", "erased")],
        ),
        (
            [("MB-1111-1111", "erased"), ("MB-1111-1111", "withdrawn")],
            [("MB-1111-1111", "erased")],
        ),
    ],
)
def test_lines(lines: list[tuple[str, str]], found: list[tuple[str, str]]) -> None:
    """
    Each person once, the further of both; other lines are passed over, however they are wrapped.
    """
    plain = [json.dumps({"event": AGAIN, "reference": one, "why": why}) for one, why in lines]
    other = json.dumps({"event": "left", "reference": "MB-9999-9999", "outcome": "erased"})
    wrapped = [json.dumps({"message": one}) for one in [*plain, other]]

    assert found == left("\n".join([*plain, other]))
    assert found == left("\n".join(wrapped))
    assert found == left(json.dumps({"events": [{"message": one} for one in plain]}))


def test_unknown(store: Store, tmp_path: Path) -> None:
    """
    Who signed up after the copy is not in it: that is said, and is no fault.
    """
    log = tmp_path / "log"
    one, other = "MB-7K3F-9Q4D", "MP-7K3F-9Q4D"
    log.write_text(
        "\n".join(
            json.dumps({"event": AGAIN, "reference": r, "why": "erased"}) for r in (one, other)
        )
    )
    done = CliRunner().invoke(cli, ["retention", "again", str(log)])

    assert 0 == done.exit_code
    assert f"{one}: there is no registration" in done.stderr
    assert other in done.stderr


def test_dry_run(store: Store, tmp_path: Path) -> None:
    """
    A dry run tells who would leave, and changes nothing.
    """
    one, told = sign_up(store, 0), suggestion()
    store.add_suggestion(told)
    log = tmp_path / "log"
    log.write_text(
        "\n".join(
            json.dumps({"event": AGAIN, "reference": reference, "why": "erased"})
            for reference in (one.reference, told.reference)
        )
    )
    whole = items(aws_in_memory.dynamodb())
    done = CliRunner().invoke(cli, ["retention", "again", str(log), "--dry-run"])

    assert 2 == done.stderr.count("would be erased")
    assert whole == items(aws_in_memory.dynamodb())
