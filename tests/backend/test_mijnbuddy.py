"""The command line of the desk, on a table in memory."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain.contacts import asked
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.registration import QUARANTINE, Registration, held
from chalicelib.domain.suspicion import HONEYPOT
from chalicelib.store import Store
from chalicelib.suppression import ComplainedError
from mijnbuddy import cli
from tests.backend import aws as aws_in_memory
from tests.backend.samples import AALST, NOW, contact, registration
from tests.backend.steps import postponed, sent

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


def wide(told: str) -> str:
    """What was told, where a narrow terminal put it on several lines or in a frame."""
    return " ".join(told.replace("│", " ").split())


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
    assert "2 addresses read, 2 changed, 2 asked for a code." in first.stderr
    assert "2 addresses read, 0 changed, 0 asked for a code." in second.stderr
    assert 2 == len(list(store.due(NOW)))
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

    told = json.loads(result.stdout)
    (change,) = told.pop("changes")
    assert {"read": 2, "changed": 1, "asked": 1, "warnings": [], "dry_run": False} == told
    assert ("41002", 2, "two@aalst.be", "x@aalst.be") == tuple(
        change[name] for name in ("nis_code", "order", "before", "email")
    )
    assert [("buddy@aalst.be", "confirmed"), ("x@aalst.be", "unconfirmed")] == [
        (one.email, one.state) for one in store.contacts(AALST)
    ]


def test_dry_run(store: Store, book: Book) -> None:
    """
    A dry run says what would change and changes nothing.
    """
    result = run("contacts", "import", book("41002,buddy@aalst.be,\n"), "--dry-run", "--json")

    told = json.loads(result.stdout)
    assert (1, 1, True) == tuple(told[name] for name in ("changed", "asked", "dry_run"))
    assert [
        {
            "nis_code": AALST,
            "municipality": "Aalst",
            "order": 1,
            "before": None,
            "email": "buddy@aalst.be",
            "looks_personal": False,
        }
    ] == told["changes"]
    assert (
        "1 to change"
        in run("contacts", "import", book("41002,buddy@aalst.be,\n"), "--dry-run").stderr
    )
    assert [] == list(store.all_contacts())
    assert [] == list(store.due(NOW))


def test_import_lines(store: Store, book: Book) -> None:
    """
    Each change is seen before a mail leaves: whose, what it was, and whether it is a person's.
    """
    store.save_contact(contact(email="buddy@aalst.be"))
    text = "41002,b@aalst.be,\n24062,jan.janssens@leuven.be,\n44021,an.peeters@gent.be,2\n"
    dry, real = (run("contacts", "import", book(text), *words) for words in (("--dry-run",), ()))
    lines = [
        "Leuven 24062-1: new → jan.janssens@leuven.be person?",
        "Aalst 41002-1: buddy@aalst.be → b@aalst.be",
        "Gent 44021-2: new → an.peeters@gent.be person?",
    ]

    assert sorted(lines) == sorted(line for line in dry.stderr.splitlines() if "→" in line)
    assert lines == [line for line in real.stderr.splitlines() if "→" in line]
    assert "2 × person?: looks like a colleague's own" in wide(dry.stderr)


def test_import_many(store: Store, book: Book) -> None:
    """
    A long file tells each change in a dry run only; how many look like a person's in both.
    """
    codes = [one.nis_code for one in MUNICIPALITIES[:30]]
    file = book("".join(f"{code},jan.peeters@stad.be,\n" for code in codes))
    dry, real = (run("contacts", "import", file, *words).stderr for words in (("--dry-run",), ()))

    assert (30, 0) == (dry.count("→"), real.count("→"))
    for told in (dry, real):
        assert "30 × person?: looks like a colleague's own" in wide(told)


def test_import_without_asking(store: Store, book: Book) -> None:
    """
    On request nobody is asked; later all of these can be, once.
    """
    run("contacts", "import", book("41002,b@aalst.be,\n44021,b@gent.be,\n"), "--no-ask")
    assert [] == list(store.due(NOW))
    asked = [json.loads(run("contacts", "ask", "--all", "--json").stdout) for _ in range(2)]

    assert [["41002-1", "44021-1"], []] == [one["asked"] for one in asked]
    assert 2 == len(list(store.due(NOW)))


def test_import_placeholders(store: Store, book: Book) -> None:
    """
    Placeholders of the local run are confirmed without a mail, and the history says by whom.
    """
    file = book("41002,b@aalst.example,\n")
    run("contacts", "import", file, "--confirm-placeholders", "--who", "make run")
    (one,) = store.all_contacts()

    assert ("confirmed", "make run") == (one.state, one.changes[0].who)
    assert [] == list(store.due(NOW))


def test_import_warns(store: Store, book: Book) -> None:
    """
    A person's address before a role's is told, as text and for programs.
    """
    text = "41002,jan.peeters@aalst.be,1\n41002,buddy@aalst.be,2\n"
    as_json = json.loads(run("contacts", "import", book(text), "--dry-run", "--json").stdout)

    assert 1 == len(as_json["warnings"])
    assert "beware: 41002: jan.peeters@aalst.be" in run("contacts", "import", book(text)).stderr


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
            "municipality": "Aalst",
            "order": 1,
            "email": "buddy@aalst.example",
            "state": "confirmed",
            "since": "2026-11-23T09:30:00+00:00",
            "confirmed_at": None,
            "asked_at": None,
            "looks_personal": False,
        }
    ]
    assert "buddy@aalst.example" in run("contacts", "list").stdout


def test_list_state(store: Store) -> None:
    """
    Only those in one state are listed; a person's address is marked.
    """
    store.save_contact(contact())
    store.save_contact(contact("02000", "jan.peeters@vlaanderen.be", state="bouncing"))
    bouncing = json.loads(run("contacts", "list", "--state", "bouncing", "--json").stdout)

    assert [("02000", "Vlaanderen", True)] == [
        (one["nis_code"], one["municipality"], one["looks_personal"]) for one in bouncing
    ]
    assert "person?" in wide(run("contacts", "list").stdout)
    assert "bouncing" in run("contacts", "list", "--state", "broken", exit_code=2).stderr


def test_set(store: Store) -> None:
    """
    Another address in a place is unconfirmed, asked at once, and its history goes on.
    """
    store.save_contact(contact(state="bouncing"))
    told = run("contacts", "set", AALST, "1", "new@aalst.be", "--who", "Jan").stderr
    one = store.contact("41002-1")

    assert one
    assert ("new@aalst.be", "unconfirmed") == (one.email, one.state)
    assert [("Jan", "replaced buddy@aalst.example"), ("Jan", "asked")] == [
        (change.who, change.what) for change in one.changes
    ]
    assert 1 == len(list(store.due(NOW)))
    assert "41002-1 (Aalst) is unconfirmed." in told


def test_set_dry(store: Store) -> None:
    """
    A dry run of it writes and mails nothing.
    """
    result = run("contacts", "set", AALST, "2", "new@aalst.be", "--dry-run", "--json")

    assert "unconfirmed" == json.loads(result.stdout)["changed"]["state"]
    assert [] == list(store.all_contacts())
    assert [] == list(store.due(NOW))


def test_set_same(store: Store) -> None:
    """
    The address that is there already stays as it is.
    """
    store.save_contact(contact())

    assert "there already" in run("contacts", "set", AALST, "1", "buddy@aalst.example").stderr
    assert [] == list(store.due(NOW))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "99999", "1", "a@b.be"), "99999"),
        (("set", "73009", "1", "a@b.be"), "use 73111"),
        (("set", AALST, "0", "a@b.be"), "1 to 9"),
        (("set", AALST, "1", "a@b.be", "--who", ""), "at most 40"),
        (("set", AALST, "1", "a@b.be", "--who", "\x1b]0;x"), "at most 40"),
        (("ask",), "--all"),
        (("ask", AALST, "--all"), "--all"),
        (("ask", "--all", "--unsuppress"), "one address"),
        (("ask", "--all", "--again"), "one address"),
        (("history", "99999"), "NIS code"),
    ],
)
def test_wrong_words(store: Store, words: tuple[str, ...], told: str) -> None:
    """
    What can't be meant is refused, with what to do.
    """
    assert told in wide(run("contacts", *words, exit_code=2).stderr)


def test_no_address(store: Store) -> None:
    """
    What is no address is not set; where none is in use, there is none to ask or retire.
    """
    store.save_contact(contact(state="inactive"))

    assert "no e-mail address" in run("contacts", "set", AALST, "1", "x", exit_code=1).stderr
    for command in ("ask", "retire"):
        for order in ("1", "2"):
            told = run("contacts", command, AALST, order, exit_code=1).stderr
            assert "contacts set" in wide(told)


def test_ask(store: Store) -> None:
    """
    An address is asked again; a bouncing one stays so until the code is entered.
    """
    store.save_contact(contact(state="bouncing"))
    run("contacts", "ask", AALST, "1", "--dry-run")
    assert [] == list(store.due(NOW))
    run("contacts", "ask", AALST)
    one = store.contact("41002-1")

    assert one
    assert ("bouncing", (NOW,)) == (one.state, one.requests)
    assert 1 == len(list(store.due(NOW)))


def test_ask_confirmed(store: Store) -> None:
    """
    A confirmed address is not asked again by mistake; it is on request, and while its yearly
    question is open.
    """
    store.save_contact(contact())
    told = run("contacts", "ask", AALST).stderr
    as_json = json.loads(run("contacts", "ask", AALST, "--json").stdout)
    assert [] == list(store.due(NOW))
    run("contacts", "ask", AALST, "--again")
    again = json.loads(run("contacts", "ask", AALST, "--json").stdout)

    assert "Aalst is confirmed already (41002-1)" in wide(told)
    assert "--again" in told
    assert ([], ["41002-1"]) == (as_json["asked"], again["asked"])
    assert 1 == len(list(store.due(NOW)))  # asked twice at one moment, which is one mail


class Suppressed:
    """SES's list: what is on it, and what was taken off."""

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self.lifted: list[str] = []

    def lift(self, email: str) -> bool:
        if self._reason == "COMPLAINT":
            raise ComplainedError
        self.lifted.append(email)
        return True


def test_unsuppress(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An address is taken off SES's list before it is asked, but not in a dry run.
    """
    suppressed = Suppressed("BOUNCE")
    monkeypatch.setattr(bootstrap, "suppression", lambda: suppressed)
    store.save_contact(contact(state="bouncing"))
    run("contacts", "ask", AALST, "1", "--unsuppress", "--dry-run")
    assert [] == suppressed.lifted
    run("contacts", "ask", AALST, "1", "--unsuppress")

    assert ["buddy@aalst.example"] == suppressed.lifted
    assert 1 == len(list(store.due(NOW)))


def test_unsuppress_complaint(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whoever called us spam is not mailed again by a command.
    """
    monkeypatch.setattr(bootstrap, "suppression", lambda: Suppressed("COMPLAINT"))
    store.save_contact(contact(state="bouncing"))

    assert "spam" in run("contacts", "ask", AALST, "1", "--unsuppress", exit_code=1).stderr
    assert [] == list(store.due(NOW))


def test_retire(store: Store) -> None:
    """
    A retired address stays there for its history, and is no longer used.
    """
    store.save_contact(contact())
    run("contacts", "retire", AALST, "1", "--dry-run")
    assert ["confirmed"] == [one.state for one in store.all_contacts()]
    run("contacts", "retire", AALST, "1", "--who", "Jan")
    (one,) = store.all_contacts()

    assert ("inactive", "Jan", "retired") == (one.state, one.changes[-1].who, one.changes[-1].what)


def test_merge(store: Store) -> None:
    """
    An address under an old code goes to the successor, once; an open request is made anew.
    """
    store.save_contact(contact("73111", "own@tb.be"))
    old = contact("73009", "b@borgloon.be", state="unconfirmed")
    yesterday = NOW - timedelta(days=1)
    store.save_contact(asked(replace(old, since=yesterday), "jan", yesterday))
    dry = json.loads(run("contacts", "merge", "--dry-run", "--json").stdout)
    assert [] == list(store.due(NOW))
    first, second = run("contacts", "merge"), run("contacts", "merge")
    moved, retired = store.contact("73111-2"), store.contact("73009-1")

    assert [{"from": "73009-1", "to": "73111-2"}] == dry["merged"]
    assert "1 addresses merged." in first.stderr
    assert "0 addresses merged." in second.stderr
    assert moved
    assert retired
    assert ("b@borgloon.be", (NOW,), "inactive") == (moved.email, moved.requests, retired.state)
    assert 1 == len(list(store.due(NOW)))


def test_history(store: Store) -> None:
    """
    What happened to the addresses of a municipality is told, also under its old codes.
    """
    store.save_contact(contact("73009", "b@borgloon.be"))
    run("contacts", "merge", "--who", "Jan")
    told = json.loads(run("contacts", "history", "73111", "--json").stdout)

    assert {
        ("73009-1", "Jan", "merged-into 73111-1"),
        ("73111-1", "Jan", "merged-from 73009-1"),
    } == {(one["place"], one["who"], one["what"]) for one in told}
    assert told == json.loads(run("contacts", "history", "73009", "--json").stdout)
    assert "merged-from" in run("contacts", "history", "73111").stdout


def test_coverage(store: Store) -> None:
    """
    The share of the population that a confirmed address covers, and of which day that is.
    """
    store.save_contact(contact())
    document = json.loads(run("contacts", "coverage", "--json").stdout)

    assert (304, 1, "2020-01-01") == (
        document["municipalities"],
        document["covered_municipalities"],
        document["population_of"],
    )
    assert document["share"] == round(document["covered_population"] / document["population"], 4)
    assert "1 of 304 municipalities" in wide(run("contacts", "coverage").stderr)


def test_somebody_else(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Who writes an address at the same time as somebody else is told to try again.
    """
    store.save_contact(contact())
    stale = store.contact("41002-1")
    assert stale
    store.save_contact(stale)
    monkeypatch.setattr(Store, "contact", lambda *_: stale)

    assert "Do it again" in wide(run("contacts", "retire", AALST, "1", exit_code=1).stderr)


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
    person = re.compile(
        r"Ana|example\.be|\+32|\b0?470|\b9300\b"
    )  # not within a fraction of a second
    assert [] == [*person.findall(as_json), *person.findall(as_table)]


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

    assert {"missing": 3} == json.loads(run("ledger", "repair", "--json").stdout)
    assert "0 entries were missing" in run("ledger", "repair").stderr
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


class TestQuarantine:
    """What waits for the desk, from the command line."""

    @pytest.fixture
    def one(self, store: Store) -> Registration:
        waiting = held(registration(), QUARANTINE, HONEYPOT, NOW)
        store.add(waiting)
        store.add(registration(2, name="Jan"))
        return waiting

    def test_list(self, one: Registration) -> None:
        """
        The list has what waits, and why, as a table and as JSON; not the person.
        """
        table = CliRunner().invoke(cli, ["quarantine", "list"])
        listed = CliRunner().invoke(cli, ["quarantine", "list", "--json"])

        assert [(one.reference, HONEYPOT, [AALST])] == [
            (item["reference"], item["why"], item["municipalities"])
            for item in json.loads(listed.stdout)
        ]
        assert one.reference[:4] in table.stdout
        told = table.stdout + listed.stdout
        assert [] == [word for word in ("Ana", "Hondt", "anais@") if word in told]

    def test_release(self, one: Registration, store: Store) -> None:
        """
        It goes on, once; the dry run says so and does nothing.
        """
        dry = run("release", one.reference, "--dry-run")
        untouched = store.get(one.reference, NOW)
        first = json.loads(run("release", one.reference, "--json").stdout)
        kept = store.get(one.reference, NOW)
        again = json.loads(run("release", one.reference, "--json").stdout)

        assert "would be released" in dry.stderr
        assert one == untouched
        assert ["released", "unchanged"] == [first["outcome"], again["outcome"]]
        assert kept
        assert ("", kept) == (kept.hold, store.get(one.reference, NOW))
        assert [] == json.loads(run("quarantine", "list", "--json").stdout)

    @pytest.mark.parametrize("reference", ["MB-7K3F-9Q4D", "x"])
    def test_unknown(self, one: Registration, reference: str) -> None:
        """
        A reference that nobody has is said so.
        """
        assert "no registration" in run("release", reference, exit_code=1).stderr
