"""What an officer does about a candidate, by commands, on a table in memory."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain import outbox
from chalicelib.domain.handover import COMMAND
from chalicelib.domain.registration import Registration
from chalicelib.names import index
from chalicelib.projection import project
from chalicelib.store import Store
from mijnbuddy import cli
from tests.backend.samples import AALST, GENT, NOW, mail_to, registration


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    monkeypatch.delenv("SIGNING_KEY_ARN")  # the command line knows the table only
    return bootstrap.store()


def run(*words: str, exit_code: int = 0) -> Any:
    result = CliRunner().invoke(cli, words)
    assert exit_code == result.exit_code, result.output
    return result


def waiting(store: Store, number: int, receiver: str = AALST) -> Registration:
    one = registration(number, municipality=[receiver])
    one = outbox.handed_over(one, mail_to(one, receiver), "came-back-from-all", NOW)
    store.add(one)
    return one


def kept(store: Store, one: Registration) -> Registration:
    found = store.get(one.reference, NOW)
    assert found
    return found


def test_search(store: Store) -> None:
    """
    A name is found, and by whom it was looked for is written down; no person is printed.
    """
    one = registration()
    store.add(one)
    index(None, one, bootstrap.signing_keys()[0], store, NOW)
    by_name = run("search", "HONDT", "--who", "griet", "--json")
    by_reference = json.loads(run("search", one.reference.lower(), "--json").stdout)
    by_place = json.loads(run("search", "Erembodegem", "--json").stdout)

    assert [one.reference] == [
        each["reference"] for each in json.loads(by_name.stdout)["registrations"]
    ]
    assert "Hondt" not in by_name.output
    assert [one.reference] == [each["reference"] for each in by_reference["registrations"]]
    assert [AALST] == by_place["places"]
    assert ("griet", "searched", one.reference) in {
        (view.officer, view.what, view.reference) for view in store.views("2026-11-23", NOW)
    }


def test_reroute(store: Store) -> None:
    """
    She goes to another municipality, once; the dry run says so and does nothing.
    """
    one = waiting(store, 1)
    dry = json.loads(run("reroute", one.reference, AALST, GENT, "--dry-run", "--json").stdout)
    untouched = kept(store, one)
    run("reroute", one.reference, AALST, GENT)
    again = run("reroute", one.reference, AALST, GENT, exit_code=1)
    after = kept(store, one)

    assert {"reference": one.reference, "outcome": "rerouted", "dry_run": True} == dry
    assert one == untouched
    assert [NOW, None] == [place.ended_at for place in after.handovers]
    assert "does not have her" in again.output
    run("reroute", one.reference, GENT, "99999", exit_code=2)
    run("reroute", "MB-3333-3333", AALST, GENT, exit_code=1)
    run("reroute", "MB-3333-3333", AALST, GENT, "--dry-run", exit_code=1)


def test_refuse(store: Store) -> None:
    """
    She is refused with a code, once; a code that is none is not taken.
    """
    one = waiting(store, 1)
    run("refuse", one.reference, "--why", "nonsense", exit_code=2)
    dry = run("refuse", one.reference, "--why", "duplicate", "--dry-run")
    untouched = kept(store, one)
    first = json.loads(run("refuse", one.reference, "--why", "duplicate", "--json").stdout)
    second = json.loads(run("refuse", one.reference, "--why", "other", "--json").stdout)
    event = next(event for event in kept(store, one).events if event.what == "refused")

    assert "would be refused" in dry.output
    assert one == untouched
    assert ["refused", "unchanged"] == [first["outcome"], second["outcome"]]
    assert ("duplicate", COMMAND) == (event.why, event.door)
    run("refuse", "nonsense", "--why", "other", exit_code=1)


def test_resend_all(store: Store) -> None:
    """
    All that waits goes again, or what is chosen of it; the dry run shows which and does nothing.
    """
    here, there = waiting(store, 1), waiting(store, 2, GENT)
    dry = json.loads(run("resend", "--all", "--dry-run", "--json").stdout)
    untouched = [kept(store, one) for one in (here, there)]
    chosen = json.loads(run("resend", "--all", "--to", GENT, "--json").stdout)
    left = list(store.work("attention"))
    run("resend", "--all", "--why", "no-receipt")
    rest = json.loads(run("resend", "--all", "--json").stdout)

    assert {(here.reference, "would-be-resent"), (there.reference, "would-be-resent")} == {
        (mail["reference"], mail["outcome"]) for mail in dry["mails"]
    }
    assert [here, there] == untouched
    assert [(there.reference, "done")] == [
        (mail["reference"], mail["outcome"]) for mail in chosen["mails"]
    ]
    assert [here.reference] == left
    assert [here.reference] == [mail["reference"] for mail in rest["mails"]]
    run("resend", exit_code=2)
    run("resend", here.reference, "--all", exit_code=2)


def test_resend_dry(store: Store) -> None:
    """
    The dry run of one says what would be done.
    """
    one = waiting(store, 1)
    dry = run("resend", one.reference, "--dry-run")

    assert "would be resent" in dry.output
    assert one == kept(store, one)


def test_undo(store: Store) -> None:
    """
    A refusal is taken back, once; the dry run says so and does nothing.
    """
    one = waiting(store, 1)
    run("refuse", one.reference, "--why", "duplicate")
    refused = kept(store, one)
    dry = json.loads(run("undo", one.reference, "--dry-run", "--json").stdout)
    untouched = kept(store, one)
    run("undo", one.reference)
    again = run("undo", one.reference, exit_code=1)
    after = kept(store, one)

    assert {"reference": one.reference, "outcome": "undone", "dry_run": True} == dry
    assert refused == untouched
    assert "nothing that can be undone" in again.stderr
    assert one.handovers == after.handovers
    assert COMMAND == next(event.door for event in after.events if event.what == "undone")
    run("undo", "MB-3333-3333", exit_code=1)


def test_act(store: Store) -> None:
    """
    What a municipality did is noted for it, with a door of its own, and taken back.
    """
    one = waiting(store, 1)
    words = ("act", one.reference, AALST, "contacted", "--note", "Ze belde.")
    dry = json.loads(run(*words, "--dry-run", "--json").stdout)
    untouched = kept(store, one)
    done = json.loads(run(*words, "--json").stdout)
    again = json.loads(run(*words, "--json").stdout)
    (act,) = kept(store, one).handovers[0].acts
    run("undo", one.reference, AALST)
    late = run("undo", one.reference, AALST, exit_code=1)
    (back,) = kept(store, one).handovers[0].acts

    assert ("done", True) == (dry["outcome"], dry["dry_run"])
    assert one == untouched
    assert ["done", "unchanged"] == [done["outcome"], again["outcome"]]
    assert ("contacted", COMMAND, "Ze belde.") == (act.what, act.door, act.note)
    assert NOW == back.undone_at
    assert "too late" in late.stderr


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        ((AALST, "nonsense"), 2, "one of"),
        ((AALST, "not-now"), 1, "why:"),
        ((AALST, "handed-on", "--to", AALST), 1, "to:"),
        ((GENT, "contacted"), 1, "does not have"),
        ((AALST, "propose", "--partner-name", "De Brug"), 1, "partner_email:"),
    ],
)
def test_act_wrong(store: Store, words: tuple[str, ...], exit_code: int, told: str) -> None:
    """
    What makes no sense is not done, and it says why.
    """
    one = waiting(store, 1)
    result = run("act", one.reference, *words, exit_code=exit_code)

    assert told in result.stderr
    assert one == kept(store, one)


def test_act_more(store: Store) -> None:
    """
    To another municipality, to an organisation, and a link that works no longer.
    """
    one = waiting(store, 1)
    run("act", one.reference, AALST, "revoke")
    brug = ("--partner-name", "De Brug", "--partner-email", "brug@partner.example")
    run("act", one.reference, AALST, "propose", *brug)
    other = waiting(store, 2)
    run("act", other.reference, AALST, "handed-on", "--to", GENT)

    assert NOW == kept(store, one).handovers[0].links_since
    assert ["", "partner-1"] == [
        getattr(place.partner, "name", "") and place.receiver
        for place in kept(store, one).handovers
    ]
    assert [AALST, GENT] == [place.receiver for place in kept(store, other).handovers]


def test_list(store: Store) -> None:
    """
    The candidates of a municipality, by reference only.
    """
    one = waiting(store, 1)
    project(None, one, store)
    rows = json.loads(run("list", AALST, "--json").stdout)
    table = run("list", AALST).stdout

    assert [(one.reference, "", True)] == [
        (row["reference"], row["state"], row["waits"]) for row in rows
    ]
    assert one.reference in table
    assert "Hondt" not in table
    run("list", "99999", exit_code=2)
