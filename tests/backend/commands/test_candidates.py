"""`search`, `reroute`, `refuse` and `resend --all`, on a table in memory."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain import outbox
from chalicelib.domain.handover import COMMAND
from chalicelib.domain.registration import Registration
from chalicelib.names import index
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
