"""Who may make a browser post the form: our own pages, and nobody else's."""

import json
from urllib.parse import urlencode

import pytest

from chalicelib import api
from chalicelib.intake import FORM, JSON
from chalicelib.pages import Pages
from chalicelib.web import HTML, PROBLEM, Answer, Request
from tests.backend.fakes import FakePages, FakeStore
from tests.backend.samples import KEYS, NOW, SITE_URL, posted

BODIES = {
    FORM: urlencode(posted(), doseq=True).encode(),
    JSON: json.dumps(posted()).encode(),
    "text/plain": urlencode(posted(), doseq=True).encode(),
}
ACCEPTED = {FORM: 303, JSON: 201, "text/plain": 415}

# What a browser says of the page that posts. A recent one: Origin and Sec-Fetch-Site; an older one
# Origin alone, «null» from our own pages (Referrer-Policy: no-referrer); a program nothing.
OURS = {
    "own page": {"origin": SITE_URL, "sec-fetch-site": "same-origin"},
    "own page, no referrer": {"origin": "null", "sec-fetch-site": "same-origin"},
    "own page by its other name": {
        "origin": "https://mijnbuddy.example",
        "sec-fetch-site": "same-origin",
    },
    "restored by the visitor": {"origin": "null", "sec-fetch-site": "none"},
    "own page, older browser": {"origin": "null"},
    "own page, older browser, referrer": {"origin": SITE_URL},
    "program": {},
}
THEIRS = {
    "other site": {"origin": "https://elders.example", "sec-fetch-site": "cross-site"},
    "other site, no referrer": {"origin": "null", "sec-fetch-site": "cross-site"},
    "same domain": {"origin": "https://x.mijnbuddy.example", "sec-fetch-site": "same-site"},
    "says to be ours": {"origin": SITE_URL, "sec-fetch-site": "cross-site"},
    "other site, older browser": {"origin": "https://elders.example"},
    "same name, other scheme": {"origin": SITE_URL.replace("https", "http")},
    "name that begins as ours": {"origin": f"{SITE_URL}.elders.example"},
    "no browser says this": {"sec-fetch-site": "x"},
}


def post(store: FakeStore, content_type: str, sender: dict[str, str]) -> Answer:
    headers = {"content-type": content_type, "accept": "text/html", **sender}
    request = Request(headers, BODIES[content_type])
    return api.post_registration(request, store, FakePages(), lambda: KEYS, NOW)


@pytest.mark.parametrize("content_type", BODIES)
@pytest.mark.parametrize("sender", OURS.values(), ids=OURS)
def test_ours(store: FakeStore, sender: dict[str, str], content_type: str) -> None:
    """
    Our own pages and programs are answered as ever, whatever the browser tells of them.
    """
    assert ACCEPTED[content_type] == post(store, content_type, sender).status


@pytest.mark.parametrize("content_type", BODIES)
@pytest.mark.parametrize("sender", THEIRS.values(), ids=THEIRS)
def test_theirs(store: FakeStore, sender: dict[str, str], content_type: str) -> None:
    """
    What another site makes a browser send is refused, with what to do, and not stored.
    """
    answer = post(store, content_type, sender)

    assert 403 == answer.status
    assert {} == store.records
    assert "Vul het bij ons in." in answer.body
    assert (PROBLEM if content_type == JSON else HTML) == answer.headers["Content-Type"]


def test_own_origin() -> None:
    """
    The site's origin is that of its address; a site without a host has none, and refuses nobody.
    """
    nowhere = Request({"origin": "https://elders.example"}, b"")

    assert "https://www.mijnbuddy.example" == Pages(f"{SITE_URL}/buddy").origin
    assert "" == Pages("/buddy").origin
    assert not nowhere.is_from_elsewhere("")
