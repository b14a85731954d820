"""The command line of the desk, on a table in memory."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain.registration import postponed, sent
from chalicelib.store import Store
from mijnbuddy import cli
from tests.backend import aws as aws_in_memory
from tests.backend.samples import AALST, NOW, contact, registration

HEADER = "nis_code,email,order\n"


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    return bootstrap.store()


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., str]:
    """Writes a file of addresses and gives its name."""

    def write(text: str, encoding: str = "utf-8") -> str:
        file = tmp_path / "contacts.csv"
        file.write_text(HEADER + text, encoding=encoding)
        return str(file)

    return write


Book = Callable[..., str]


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, words)
    assert exit_code == result.exit_code, result.output
    return result


def test_import(store: Store, book: Book) -> None:
    """
    Addresses of a file are kept, unconfirmed; a second time nothing changes.
    """
    file = book("41002,buddy@aalst.be,\n44021,buddy@gent.be,1\n")
    first, second = run("contacts", "import", file), run("contacts", "import", file)

    assert ["buddy@aalst.be", "buddy@gent.be"] == [one.email for one in store.all_contacts()]
    assert {"unconfirmed"} == {one.state for one in store.all_contacts()}
    assert "2 addresses read, 2 changed." in first.stderr
    assert "2 addresses read, 0 changed." in second.stderr
    assert "" == first.stdout


def test_import_keeps_state(store: Store, book: Book) -> None:
    """
    An address that stays the same keeps its state; one that changes is unconfirmed again.
    """
    store.save_contact(contact(email="buddy@aalst.be"))
    store.save_contact(contact(email="two@aalst.be", order=2))
    result = run(
        "contacts", "import", book("41002,buddy@aalst.be,1\n41002,x@aalst.be,2\n"), "--json"
    )

    assert {"read": 2, "changed": 1, "dry_run": False} == json.loads(result.stdout)
    assert [("buddy@aalst.be", "confirmed"), ("x@aalst.be", "unconfirmed")] == [
        (one.email, one.state) for one in store.contacts(AALST)
    ]


def test_dry_run(store: Store, book: Book) -> None:
    """
    A dry run says what would change and changes nothing.
    """
    result = run("contacts", "import", book("41002,buddy@aalst.be,\n"), "--dry-run", "--json")

    assert {"read": 1, "changed": 1, "dry_run": True} == json.loads(result.stdout)
    assert (
        "1 to change"
        in run("contacts", "import", book("41002,buddy@aalst.be,\n"), "--dry-run").stderr
    )
    assert [] == list(store.all_contacts())


def test_refused(store: Store, book: Book) -> None:
    """
    A file with mistakes is refused as a whole, with a line for each.
    """
    file = book("41002,buddy@aalst.be,\n99999,a@b.be,\n44021,[red]x[/red],\n44021,a@b.be,0\n")
    result = run("contacts", "import", file, exit_code=1)

    assert ["line 3", "line 4", "line 5"] == [
        line.partition(":")[0] for line in result.stderr.splitlines() if line.startswith("line")
    ]
    assert "Traceback" not in result.output
    assert [] == list(store.all_contacts())


def test_excel(store: Store, book: Book) -> None:
    """
    A file with Excel's byte order mark is read; one that is not in UTF-8 is refused.
    """
    run("contacts", "import", book("41002,buddy@aalst.be,\n", encoding="utf-8-sig"))
    refused = run(
        "contacts", "import", book("41002,é@aalst.be,\n", encoding="latin-1"), exit_code=1
    )

    assert "UTF-8" in refused.stderr
    assert 1 == len(list(store.all_contacts()))


def test_production(store: Store, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Production takes no placeholders.
    """
    aws_in_memory.create_table("mijnbuddy-prod")
    monkeypatch.setenv("TABLE_NAME", "mijnbuddy-prod")
    bootstrap.store.cache_clear()
    result = run("contacts", "import", book("41002,b@aalst.example,\n"), exit_code=1)

    assert "line 2: b@aalst.example is a placeholder" in result.stderr
    assert [] == list(bootstrap.store().all_contacts())


def test_list(store: Store) -> None:
    """
    The addresses are listed by municipality, for people and for programs.
    """
    store.save_contact(contact())
    document = json.loads(run("contacts", "list", "--json").stdout)

    assert document == [
        {
            "nis_code": AALST,
            "email": "buddy@aalst.example",
            "order": 1,
            "state": "confirmed",
            "since": "2026-11-23T09:30:00+00:00",
            "municipality": "Aalst",
        }
    ]
    assert "buddy@aalst.example" in run("contacts", "list").stdout


def test_show(store: Store) -> None:
    """
    A registration's mails and events are shown, and nothing of the person.
    """
    one = postponed(registration(), AALST, "Throttling", NOW)
    store.add(sent(one, "volunteer", "message", NOW))
    as_json = run("show", one.reference, "--json").stdout
    as_table = run("show", one.reference).stdout
    document = json.loads(as_json)

    assert one.reference == document["reference"]
    assert [("queued", "Throttling", 1), ("sent", "", 1)] == [
        (mail["status"], mail["reason"], mail["attempts"]) for mail in document["mails"]
    ]
    assert ["registered", "queued", "postponed", "sent"] == [
        event["what"] for event in document["events"]
    ]
    assert document["mails"][0]["next_at"]
    assert "Throttling" in as_table
    for told in (as_json, as_table):
        assert [] == [word for word in ("Ana", "example.be", "470", "9300") if word in told]


@pytest.mark.parametrize("reference", ["MB-7K3F-9Q3D", "nonsense", "\x1b]0;x\x07"])
def test_show_unknown(store: Store, reference: str) -> None:
    """
    A reference that is not there, or is none, is said to be so.
    """
    result = run("show", reference, exit_code=1)

    assert "There is no registration with that reference." in result.stderr
    assert "\x1b]" not in result.output


def test_repair(store: Store) -> None:
    """
    The ledger is repaired on request.
    """
    store.add(registration())

    assert {"missing": 2} == json.loads(run("ledger", "repair", "--json").stdout)
    assert "0 events were missing" in run("ledger", "repair").stderr
    assert 2 == len(list(store.ledger("2026-11-23")))


def test_no_settings(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without a table's name it is said what to do.
    """
    monkeypatch.delenv("TABLE_NAME")
    result = run("contacts", "list", exit_code=1)

    assert "TABLE_NAME" in result.stderr
    assert "--local" in result.stderr


def test_local(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    `--local` takes the settings that `make run` wrote.
    """
    store.save_contact(contact())
    lines = ("# made", f"export TABLE_NAME='{aws_in_memory.TABLE}'", 'export PATH=/bin:"$PATH"')
    (tmp_path / "env").write_text("\n".join(lines))
    path = os.environ["PATH"]
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("TABLE_NAME", "elsewhere")
    bootstrap.store.cache_clear()

    assert 1 == len(json.loads(run("--local", "contacts", "list", "--json").stdout))
    assert path == os.environ["PATH"]


def test_local_without_a_run(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    `--local` without a running system says to start it.
    """
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))

    assert "make run" in run("--local", "contacts", "list", exit_code=1).stderr


def test_help() -> None:
    """
    Every command says what it does.
    """
    told = run("--help").stdout + run("contacts", "--help").stdout

    for word in ("contacts", "show", "ledger", "import", "list"):
        assert word in told
