"""Watching over the whole, on a running system of its own: probe, status, digest, logs."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]

CANARY = "Kanariepiet"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Apart: here the clock goes on by days, and every item counts."""
    running = Stack(tmp_path_factory.mktemp("watched"))
    running.start()
    yield running
    running.stop()


def status(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{stack.url}/api/status", timeout=30).json()
    return found


def registration(stack: Stack, reference: str) -> dict[str, Any]:
    (item,) = [one for one in stack.items() if one["reference"]["S"] == reference]
    return item


def everything(stack: Stack) -> list[dict[str, Any]]:
    pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName="mijnbuddy-local")
    return [item for page in pages for item in page["Items"]]


def test_probe(stack: Stack) -> None:
    """
    A registration of our own goes from the form to its receipts, and is in no mailbox and no
    ledger; the status tells that it arrived.
    """
    stack.move_clock(timedelta())
    probe = eventually(lambda: next((one for one in stack.items() if "synthetic" in one), None))
    assert probe
    reference = probe["reference"]["S"]

    def has_arrived() -> bool:
        mails = registration(stack, reference)["mails"]["L"]
        return 2 == len([mail for mail in mails if "delivered" in json.dumps(mail)])

    eventually(has_arrived)
    stack.move_clock(timedelta())

    assert [] == stack.mails(reference)
    assert [] == [one for one in everything(stack) if one["pk"]["S"].startswith("LEDGER#")]
    assert status(stack)["last_probe"]["ok"]
    assert "ok" == status(stack)["status"]


def test_digest(stack: Stack, form: Form) -> None:
    """
    What waits for a person is in one mail to the agency, with what clears it and nobody's name.
    """
    posted = form(name=CANARY, email="kanarie@bounce.example", phone="", postcode="9000")
    reference = stack.post(posted).headers["Location"].rpartition("=")[2]
    eventually(lambda: "bounced" in json.dumps(registration(stack, reference)))
    stack.move_clock(timedelta())
    eventually(lambda: status(stack)["waiting_for_a_person"])
    now = datetime.now(UTC)
    for days in range(1, 8):  # a working day is among them
        morning = (now + timedelta(days=days)).replace(hour=7, minute=0)
        stack.move_clock(morning - now)
        if stack.mails(f"mijnbuddy close {reference}"):
            break
    digest, *_ = stack.wait_for_mails(f"mijnbuddy close {reference}", 1)

    assert ["desk@mijnbuddy.example"] == digest["to"]
    assert CANARY not in json.dumps(digest)
    assert "kanarie@" not in json.dumps(digest)


def test_no_person_in_a_log(stack: Stack, form: Form) -> None:
    """
    After good and bad requests nothing of anybody is in any log of the system.
    """
    posted = form(name=CANARY, about=f"{CANARY} zingt", phone="0470 98 76 54")
    stack.post(posted)
    stack.post(posted | {"email": f"{CANARY}@"})
    stack.post(posted | {"municipality": "00000", "token": CANARY})
    requests.post(
        f"{stack.url}/api/registrations",
        data=f'{{"name": "{CANARY}"',
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    requests.get(f"{stack.url}/zoek/?q={CANARY}", timeout=30)
    stack.wait_for_mails(str(posted["email"]), 2)
    stack.move_clock(timedelta())
    logs = [file.read_text(errors="replace") for file in Path(stack.directory, "log").iterdir()]

    assert any('"event": "registered"' in log for log in logs)
    assert '"event": "logged by a library", "logger": "chalicelib' not in "".join(logs)
    for found in (CANARY, str(posted["email"]), "987654", "98 76 54"):
        assert [] == [log for log in logs if found.casefold() in log.casefold()]
