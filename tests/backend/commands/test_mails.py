"""`resend` and `close`, on a table in memory."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.domain import outbox
from chalicelib.domain.notice import notice
from chalicelib.domain.registration import Registration
from chalicelib.store import Store
from mijnbuddy import cli
from tests.backend.samples import AALST, NOW, mail_to, registration


@pytest.fixture
def store(aws: None, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(bootstrap, "now", lambda: NOW)
    return bootstrap.store()


@pytest.fixture
def waiting(store: Store) -> Registration:
    """A registration of which the forwarding waits for a person."""
    one = registration()
    one = outbox.handed_over(one, mail_to(one), "came-back-from-all", NOW)
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


def test_resend(store: Store, waiting: Registration) -> None:
    """
    What waits for a person is due again; a second time nothing changes.
    """
    assert [waiting.reference] == list(store.work("attention"))
    first = run("resend", waiting.reference)
    second = run("resend", waiting.reference, "--mail", "forwarding", "--to", AALST, "--json")

    assert f"{waiting.reference}: forwarding to {AALST} resent." in first.stderr
    assert "unchanged" == json.loads(second.stdout)["outcome"]
    assert (NOW, None) == (
        mail_to(kept(store, waiting)).next_at,
        mail_to(kept(store, waiting)).attention_at,
    )
    assert [] == list(store.work("attention"))


def test_close(store: Store, waiting: Registration) -> None:
    """
    A mail that was dealt with otherwise is closed, once, with how.
    """
    words = ("close", waiting.reference, "--mail", "forwarding", "--to", AALST, "--why", "phoned")
    first, second = run(*words, "--json"), run(*words, "--json")

    assert ["closed", "unchanged"] == [json.loads(one.stdout)["outcome"] for one in (first, second)]
    assert ("dropped", "phoned") == (
        mail_to(kept(store, waiting)).status,
        mail_to(kept(store, waiting)).reason,
    )
    assert 1 == [event.what for event in kept(store, waiting).events].count("dropped")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("resend", "MB-9999-9999"), "There is nothing with that reference."),
        (("resend", "nonsense"), "There is nothing with that reference."),
        (("resend", "REF", "--to", "99999"), "It has no such mail"),
        (
            ("close", "REF", "--mail", "delay", "--to", "volunteer", "--why", "other"),
            "no such mail",
        ),
        (
            ("close", "REF", "--mail", "forwarding", "--to", AALST, "--why", "Griet belde"),
            "Say how",
        ),
    ],
)
def test_refused(store: Store, waiting: Registration, words: tuple[str, ...], told: str) -> None:
    """
    What makes no sense is refused in a sentence, and nothing changes.
    """
    asked = (waiting.reference if word == "REF" else word for word in words)
    result = run(*asked, exit_code=1)

    assert told in " ".join(result.stderr.split())
    assert waiting == kept(store, waiting)


def test_notice(store: Store) -> None:
    """
    A mail of our own is sent again by its id.
    """
    one = notice("digest", "2026-11-23", "agency", NOW)
    store.add_notice(outbox.handed_over(one, one.mails[0], "MessageRejected", NOW))
    run("resend", "digest.2026-11-23")

    assert ["digest.2026-11-23"] == list(store.due(NOW))


def test_meanwhile(store: Store, waiting: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A write of somebody else costs nothing: it is decided on what is there then.
    """
    real = Store.save
    others = [waiting]

    def save(self: Store, one: Any) -> Any:
        if others:
            real(self, others.pop())
        return real(self, one)

    monkeypatch.setattr(Store, "save", save)
    run("resend", waiting.reference)

    assert NOW == mail_to(kept(store, waiting)).next_at


def test_close_dry_run(store: Store, waiting: Registration) -> None:
    """
    The dry run says what would be closed, and closes nothing.
    """
    words = ("close", waiting.reference, "--mail", "forwarding", "--to", AALST, "--why", "phoned")
    told = run(*words, "--dry-run").stderr

    assert "would be closed" in told
    assert waiting == kept(store, waiting)


def test_show(store: Store, waiting: Registration) -> None:
    """
    Where she is and what was mailed; who it is only when asked, and then it is written down.
    """
    plain, facts = run("show", waiting.reference), run("show", waiting.reference, "--json")
    unseen = list(store.views("2026-11-23", NOW))
    words = ("show", waiting.reference, "--person", "--who", "griet")
    person = json.loads(run(*words, "--json").stdout)

    assert [] == [text for text in ("Hondt", "anais@") if text in plain.output + facts.output]
    assert [AALST] == [place["receiver"] for place in json.loads(facts.stdout)["places"]]
    assert [] == unseen
    assert "Hondt" in person["answers"]["name"]
    assert "Hondt" in run(*words).stdout
    assert {"griet"} == {view.officer for view in store.views("2026-11-23", NOW)}
    run("show", "MB-9999-9999", exit_code=1)
