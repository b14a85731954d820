"""A link shows, a button acts: mail scanners open every link, more than once."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]

TIMES = 10
LINK = re.compile(r"https?://[^\s\"'<>]+")


@pytest.fixture(scope="module")
def quiet_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A system of its own, in which nothing happens that this test did not bring about."""
    directory: Path = tmp_path_factory.mktemp("links")
    stack = Stack(directory)
    stack.start()
    yield stack
    stack.stop()


def people(stack: Stack) -> dict[str, str]:
    """The registrations, as the table has them."""
    return {item["pk"]["S"]: json.dumps(item, sort_keys=True) for item in stack.items()}


def links(stack: Stack) -> set[str]:
    """The addresses in all mails, as a scanner finds them."""
    text = " ".join(f"{mail['text']} {mail['html']}" for mail in stack.mails())
    return {link.rstrip(".,)") for link in LINK.findall(text) if link.startswith(stack.url)}


def test_prefetched(quiet_stack: Stack, form: Form) -> None:
    """
    Whatever opens all links of all mails, ten times, by GET and HEAD, changes nothing and brings
    no mail about: those of the volunteer, of the municipality and of the desk.
    """
    stack = quiet_stack
    plain, odd, very_odd = form(), form(token="forged"), form(website="https://spam.example")
    for one in (plain, odd, very_odd):
        assert 303 == stack.post(one).status_code
    stack.wait_for_mails(plain["email"], 2)
    stack.wait_for_mails("/mijn/bevestigen/", 1)
    for days in range(1, 4):  # a working day among them
        stack.move_clock(timedelta(days=days))
    stack.wait_for_mails("/beheer/aanmelding/", 1)
    eventually(lambda: "lease_until" not in str(people(stack)))
    found, before, mails = links(stack), people(stack), stack.mail_count()

    assert {"mijn", "beheer", "gemeente"} <= {link.split("/")[3] for link in found}
    for link in sorted(found):
        status = 403 if "/beheer/aanmelding/" in link else 200  # the desk is for who signed in
        for _ in range(TIMES):
            assert status == requests.get(link, timeout=60).status_code, link
            assert requests.head(link, timeout=60).status_code < 500, link
    assert before == people(stack)
    assert mails == stack.mail_count()
