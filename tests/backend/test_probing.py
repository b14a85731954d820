"""The probe: what is posted, and what is told when it does not come back."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from chalicelib.domain import probe
from chalicelib.domain.form import InvalidFormError, parse
from chalicelib.domain.incidents import PROBE
from chalicelib.domain.municipalities import (
    MUNICIPALITIES,
    TEST_MUNICIPALITY,
    by_province,
    find_municipality,
)
from chalicelib.domain.registration import Circumstances, register
from chalicelib.probing import poster, probe_chain
from tests.backend.fakes import FakeStore
from tests.backend.samples import NOW

HOUR = timedelta(hours=1)
TOKEN = "signed"


class Site:
    """Takes in what is posted, as the form does; or answers `statuses` first."""

    def __init__(self, store: FakeStore, *statuses: int) -> None:
        self.store = store
        self.statuses = list(statuses)
        self.posted: list[dict[str, str]] = []
        self.now = NOW

    def __call__(self, form: dict[str, str]) -> int:
        self.posted.append(form)
        if self.statuses:
            return self.statuses.pop(0)
        submission = parse({name: [value] for name, value in form.items()}, TOKEN.__eq__)
        reference = probe.reference(self.now)
        if reference not in self.store.records:
            came = Circumstances(synthetic=True)
            new = register(submission.answers, reference, submission.submission_id, self.now, came)
            self.store.add(new)
        return 303


def test_posted() -> None:
    """
    The probe of an hour is one registration for the test municipality, also when run twice.
    """
    store = FakeStore()
    site = Site(store)
    assert "" == probe_chain(store, site, TOKEN, NOW)
    assert "" == probe_chain(store, site, TOKEN, NOW + timedelta(minutes=20))

    (one,) = store.records.values()
    assert one.synthetic
    assert ("00000",) == one.answers.municipality
    assert one.answers.email.endswith("@simulator.amazonses.com")
    assert {} == store.notices


def test_another_address_each_hour() -> None:
    """
    No probe is a repeat of the one before: then it would get no mail.
    """
    now, later = probe.answers(NOW), probe.answers(NOW + HOUR)

    assert now["email"] != later["email"]
    assert now["submission_id"] != later["submission_id"]
    assert now == probe.answers(NOW + timedelta(minutes=29))


@pytest.mark.parametrize("status", [503, 403, 422, 0])
def test_not_posted(status: int) -> None:
    """
    A form that is not taken is an incident at once.
    """
    store = FakeStore()

    assert probe.NOT_POSTED == probe_chain(store, Site(store, *[status] * 3), TOKEN, NOW)
    assert ["incident.probe.20261123T093000.start"] == list(store.notices)


def test_tried_again() -> None:
    """
    One answer that fails is no incident: a visitor would try again too.
    """
    store = FakeStore()

    assert "" == probe_chain(store, Site(store, 0, 503), TOKEN, NOW)
    assert {} == store.notices


def test_not_stored() -> None:
    """
    A site that says yes and keeps nothing is an incident.
    """
    store = FakeStore()

    assert probe.NOT_STORED == probe_chain(store, Site(store, 303), TOKEN, NOW)
    assert store.incident(PROBE).is_open


def test_not_delivered() -> None:
    """
    A probe of which the mails did not arrive is told once, and once more when the next did.
    """
    store = FakeStore()
    site = Site(store)
    probe_chain(store, site, TOKEN, NOW)
    for hours in (1, 2):
        site.now = NOW + hours * HOUR
        assert probe.NOT_DELIVERED == probe_chain(store, site, TOKEN, site.now)
    assert (True, NOW) == (store.incident(PROBE).is_open, store.incident(PROBE).since)

    store.records = {key: replace(one, mails=()) for key, one in store.records.items()}
    site.now = NOW + 3 * HOUR
    store.records.pop(probe.reference(NOW + 2 * HOUR))
    assert "" == probe_chain(store, site, TOKEN, site.now)
    assert 2 == len(store.notices)


def test_test_municipality() -> None:
    """
    Only a probe may ask for the test municipality; others get the error of an unknown one. It is
    on no list.
    """
    form = {name: [value] for name, value in probe.answers(NOW).items()}
    messages = []
    for code in (TEST_MUNICIPALITY.nis_code, "99999"):
        with pytest.raises(InvalidFormError) as refused:
            parse(form | {"municipality": [code], "token": ["forged"]}, TOKEN.__eq__)
        messages.append(refused.value.form.error("municipality"))
    parsed = parse(form | {"token": [TOKEN]}, TOKEN.__eq__)

    assert messages[0] == messages[1] != ""
    assert ("00000",) == parsed.answers.municipality
    assert TEST_MUNICIPALITY is find_municipality("00000")
    assert TEST_MUNICIPALITY not in MUNICIPALITIES
    assert TEST_MUNICIPALITY not in [one for those in by_province().values() for one in those]


@pytest.fixture
def server() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A site that takes what is posted and leads on, as ours does."""
    posted: list[dict[str, list[str]]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append(parse_qs(body.decode()))
            self.send_response(503 if b"fail" in body else 303)
            self.send_header("Location", "/bedankt/?ref=MB-7K3F-9Q4D")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    running = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", posted
    running.shutdown()
    thread.join()
    running.server_close()


def test_poster(server: tuple[str, list[dict[str, list[str]]]]) -> None:
    """
    A form goes over HTTP to the address of the form; the redirect is the answer.
    """
    address, posted = server

    assert 303 == poster(address)({"name": "Test", "about": "é"})
    assert 503 == poster(address)({"name": "fail"})
    assert [{"name": ["Test"], "about": ["é"]}, {"name": ["fail"]}] == posted


def test_poster_without_answer() -> None:
    """
    Nobody there is a status too.
    """
    assert 0 == poster("http://127.0.0.1:9")({"name": "Test"})
