"""Her own page through the entry points, on AWS in memory."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

import app as entry_points
from chalicelib import bootstrap
from chalicelib.domain.own import email_asked, paused, replied
from chalicelib.domain.registration import Registration
from tests.backend.samples import SITE_URL, registration

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(aws: None) -> Iterator[Client]:
    with Client(entry_points.app) as client:
        yield client


@pytest.fixture
def one(aws: None) -> Registration:
    """A registration of just now, in the table."""
    asked = email_asked(registration(1, bootstrap.now()), "new@example.be", bootstrap.now())
    bootstrap.store().add(asked)
    return asked


def path(link: str) -> str:
    return link.removeprefix(SITE_URL)


def post(client: Client, link: str, **fields: str) -> Any:
    headers = {"Content-Type": FORM, "Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    return client.http.post(path(link), headers=headers, body=urlencode(fields).encode())


def now(one: Registration) -> Registration:
    found = bootstrap.store().get(one.reference, bootstrap.now())
    assert found
    return found


def test_kept_in_the_table(one: Registration) -> None:
    """
    What she does on her page comes back from the table as it was.
    """
    store = bootstrap.store()
    at = bootstrap.now()
    saved = store.save(replied(paused(one, at), "4w", "no", at))

    assert saved == now(one)


def test_pages(client: Client, one: Registration) -> None:
    """
    Each link opens its page, by GET and HEAD; the button's address opened by GET changes nothing.
    """
    links = bootstrap.links()
    at = bootstrap.now()
    for link in (
        *(links.own(one), f"{links.own(one)}?action=erase&sure=yes&seen=1"),
        *(links.own_data(one, at), f"{links.own_data(one, at)}?formaat=json"),
        *(links.question(one, "4w"), f"{links.question(one, '4w')}?answer=no&seen=1"),
        links.new_address(one),
    ):
        assert 200 == client.http.get(path(link)).status_code
        assert 200 == client.http.request("HEAD", path(link)).status_code
    assert one == now(one)
    assert 410 == client.http.get("/mijn/aanmelding/nothing").status_code


def test_file(client: Client, one: Registration) -> None:
    """
    All that we know comes as a file that a program reads.
    """
    link = bootstrap.links().own_data(one, bootstrap.now())
    answer = client.http.get(f"{path(link)}?formaat=json")

    assert "attachment" in answer.headers["Content-Disposition"]
    assert one.answers.about == json.loads(answer.body)["answers"]["about"]


def test_press(client: Client, one: Registration) -> None:
    """
    A button acts and leads back to the page, which tells so; a form without fields does nothing.
    """
    link = bootstrap.links().own(one)
    answer = post(client, link, action="pause", seen="1")
    assert 303 == answer.status_code
    assert "Je pauze begint nu." in client.http.get(answer.headers["Location"]).body.decode()
    assert now(one).paused_at
    assert 422 == post(client, link).status_code


def test_question_and_address(client: Client, one: Registration) -> None:
    """
    An answer is kept; the button of the new address makes it hers.
    """
    links = bootstrap.links()
    assert 303 == post(client, links.question(one, "4w"), answer="no", seen="1").status_code
    assert [one.reference] == list(bootstrap.store().work("attention"))
    answer = post(client, links.new_address(one))

    assert "new@example.be" == now(one).answers.email
    assert 303 == answer.status_code
    assert 200 == client.http.get(path(answer.headers["Location"])).status_code


def test_erase(client: Client, one: Registration) -> None:
    """
    Erased at once: nothing of her is left in the table, and the link opens nothing.
    """
    link = bootstrap.links().own(one)
    assert 200 == post(client, link, action="erase", seen="1", sure="yes").status_code
    stub = repr(now(one))
    for value in ("Anaïs", "anais@", "new@", "0470", "wandelen"):
        assert value not in stub
    assert 410 == client.http.get(path(link)).status_code
