"""A contact address on the running system: from a new address to its confirmation."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.stack import Stack, eventually

ZWALM = "45065"  # no other test mails to it
PAGE = "/gemeente/bevestigen/"


def mijnbuddy(stack: Stack, *words: str) -> str:
    """What the desk's command line prints for a program."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "mijnbuddy"), "--local", *words],
        env={**os.environ, "LOCAL_DIR": str(stack.directory)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout


def state(stack: Stack) -> Any:
    (item,) = stack.items(f"{ZWALM}#1")
    return item


def enter(stack: Stack, code: str) -> requests.Response:
    return requests.post(stack.url + PAGE, data={"code": code}, timeout=60)


@pytest.fixture
def mail(stack: Stack) -> Any:
    """The mail with a code, to a new address of Zwalm."""
    address = f"buddy-{uuid.uuid4().hex}@zwalm.be"
    mijnbuddy(stack, "contacts", "set", ZWALM, "1", address, "--who", "Griet")
    return stack.wait_for_mails(address, 1)[0]


def code_in(mail: Any) -> str:
    found = re.search(rf"{ZWALM}-1-\w{{4}}-\w{{4}}", mail["text"])
    assert found
    return found[0]


def test_confirm(stack: Stack, mail: Any) -> None:
    """
    The code from the mail, typed in small letters, confirms the address once.
    """
    code = code_in(mail)
    wrong = enter(stack, f"{ZWALM}-1-3333-3333")
    first, second = enter(stack, code.lower().replace("-", " ")), enter(stack, code)

    assert [422, 200, 200] == [wrong.status_code, first.status_code, second.status_code]
    assert "Het contactadres voor Zwalm is bevestigd." in first.text
    assert "al bevestigd" in second.text
    assert "confirmed" == state(stack)["state"]["S"]
    assert ["Griet asked", "code wrong-code", "code confirmed"] == [
        f"{change['M']['who']['S']} {change['M']['what']['S']}"
        for change in state(stack)["changes"]["L"][-3:]
    ]


def test_prefetched(stack: Stack, mail: Any) -> None:
    """
    Whoever opens every link of the mail, ten times and in two ways, changes nothing.
    """
    before = state(stack)
    links = set(re.findall(r'href="(http[^"]+)"', mail["html"]))
    assert stack.url + PAGE in links
    for link in links:
        for method in ("GET", "HEAD") * 10:
            requests.request(method, link, timeout=60)

    assert before == state(stack)
    assert code_in(mail) not in "".join(links)


def test_bounce(stack: Stack) -> None:
    """
    An address that the code can't reach is bouncing, and the history says why.
    """
    mijnbuddy(stack, "contacts", "set", ZWALM, "1", f"{uuid.uuid4().hex}@bounce.example")

    eventually(lambda: state(stack)["state"]["S"] == "bouncing")
    assert "no-mailbox" == state(stack)["changes"]["L"][-1]["M"]["what"]["S"]
