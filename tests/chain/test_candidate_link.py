"""A candidate from hand to hand, by the links in the mails, on the running system."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

from chalicelib.intake import FORM
from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]
LINK = re.compile(r"https?://[^\s\"'<>]+")
HERE = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
GENT = "44021"


def kept(stack: Stack, email: str) -> dict[str, Any]:
    """The registration of an address, without the lease of whoever works on it."""
    (one,) = [item for item in stack.items() if item["answers"]["M"]["email"]["S"] == email]
    return one


def link_in(stack: Stack, mail: dict[str, Any]) -> str:
    """The link to the candidate in a mail to a municipality."""
    (link,) = set(re.findall(rf"{stack.url}/gemeente/kandidaat/\S+", mail["text"]))
    return str(link)


def press(link: str, **values: str) -> requests.Response:
    return requests.post(link, data=values, headers=HERE, allow_redirects=False, timeout=30)


def settled(stack: Stack, email: str, delivered: int) -> str:
    """Its registration, when so many of its mails were delivered, and nobody works on it."""

    def is_still() -> bool:
        one = kept(stack, email)  # its events tell of each delivery a second time
        known = json.dumps(one["mails"]).count('"delivered"')
        return known >= delivered and "lease_until" not in json.dumps(one)

    eventually(is_still)
    return json.dumps(kept(stack, email), sort_keys=True)


def test_from_hand_to_hand(stack: Stack, form: Form) -> None:
    """
    Signed up, contacted by the link, handed on: an hour later the next municipality has its mail
    with a link of its own, and she is told. Scanners that open all links change nothing.
    """
    posted = form()
    email = posted["email"]
    assert 303 == stack.post(posted).status_code
    to_aalst, _ = stack.wait_for_mails(email, 2)
    link = link_in(stack, to_aalst)
    settled(stack, email, 2)

    assert 303 == press(link, act="contacted", seen="0", note="Gebeld.").status_code
    handed_on = {"act": "handed-on", "seen": "1", "to": GENT}
    assert [303, 303] == [press(link, **handed_on).status_code for _ in range(2)]
    assert 409 == press(link, act="undo", seen="1").status_code
    stack.move_clock(timedelta(minutes=55))
    assert 2 == len(stack.mails(email))
    stack.move_clock(timedelta(minutes=65))
    to_gent, to_her = stack.wait_for_mails(email, 4)[2:]
    assert ["buddy+gent@gent.example"] == to_gent["to"]
    assert ["Gebeld." in json.dumps(mail) for mail in (to_gent, to_her)] == [False, False]
    assert "Aalst geeft je aanmelding als buddy door aan Gent." in to_her["text"]

    before = settled(stack, email, 4)
    text = " ".join(f"{mail['text']} {mail['html']}" for mail in stack.mails(email))
    links = {found.rstrip(".,)") for found in LINK.findall(text) if found.startswith(stack.url)}
    assert {link, link_in(stack, to_gent)} <= links
    for one in sorted(links) * 10:
        assert 200 == requests.get(one, timeout=60).status_code, one
        assert requests.head(one, timeout=60).status_code < 500, one
    assert before == json.dumps(kept(stack, email), sort_keys=True)
    assert 4 == len(stack.mails(email))

    assert 303 == press(link_in(stack, to_gent), act="duo", seen="0").status_code
    assert "Duo gevormd" in requests.get(link_in(stack, to_gent), timeout=30).text
    assert "Doorgegeven aan Gent" in requests.get(link, timeout=30).text
