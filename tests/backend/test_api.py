"""The API without Chalice: what each request is answered, as a page and as JSON."""

import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import api
from chalicelib.domain import tokens
from chalicelib.domain.form import MAX_BODY
from chalicelib.domain.registration import STEP_UP, Registration, admitted, held
from chalicelib.domain.suspicion import TOO_FAST
from chalicelib.domain.tokens import verify
from chalicelib.intake import FORM, JSON
from chalicelib.reviewing import CONFIRM_TERM, Review
from chalicelib.searching import found
from chalicelib.web import HTML, PROBLEM, Answer, Request
from tests.backend.fakes import FakePages, FakeStore, aws_error
from tests.backend.samples import KEYS, LINKS, NOW, Changes, posted, registration

ID = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"
THROTTLED = aws_error("ProvisionedThroughputExceededException")


class Visitor:
    """Posts to the API, as a browser (`form`) and as a program (`json`)."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store

    def post(self, content_type: str, body: bytes, accept: str = "") -> Answer:
        headers = {"content-type": content_type} | ({"accept": accept} if accept else {})
        return api.post_registration(
            Request(headers, body), self.store, FakePages(), lambda: KEYS, NOW
        )

    def form(self, **changes: Changes) -> Answer:
        body = urlencode(posted(**changes), doseq=True).encode()
        return self.post(FORM, body, accept="text/html,*/*;q=0.8")

    def json(self, **changes: Changes) -> Answer:
        return self.post(JSON, json.dumps(posted(**changes)).encode())


def pressed_with(body: bytes = b"", **headers: str) -> Request:
    """A button pressed in a browser."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request({"content-type": FORM, "accept": "text/html"} | names, body)


PRESSED = pressed_with()


@pytest.fixture
def visitor(store: FakeStore) -> Visitor:
    return Visitor(store)


def document(answer: Answer) -> Any:
    return json.loads(answer.body)


def errors(answer: Answer) -> list[str]:
    listed: list[dict[str, str]] = document(answer)["errors"]
    assert all(error["message"] for error in listed)
    return [error["field"] for error in listed]


def test_form(visitor: Visitor) -> None:
    """
    A form leads to the confirmation, with the reference of what was stored.
    """
    answer = visitor.form()
    (reference,) = visitor.store.records

    assert 303 == answer.status
    assert f"/buddy/bedankt/?ref={reference}" == answer.headers["Location"]
    assert "no-store" == answer.headers["Cache-Control"]
    assert 1 == visitor.store.writes


def test_json(visitor: Visitor) -> None:
    """
    JSON gives the reference and where the registration goes.
    """
    answer = visitor.json(municipality=["41002", "73009"])
    (reference,) = visitor.store.records

    assert 201 == answer.status
    assert JSON == answer.headers["Content-Type"]
    assert "no-store" == answer.headers["Cache-Control"]
    assert document(answer) == {
        "reference": reference,
        "forwardings": [
            {"nis_code": "41002", "municipality": "Aalst"},
            {"nis_code": "73111", "municipality": "Tongeren-Borgloon"},
        ],
    }


def test_same_answer(visitor: Visitor) -> None:
    """
    The same again, in either kind, gives the same reference and no second record.
    """
    answers = [visitor.form(submission_id=ID), visitor.form(submission_id=ID)]
    again = visitor.json(submission_id=ID)

    assert answers[0] == answers[1]
    assert document(again)["reference"] in answers[0].headers["Location"]
    assert (201, 1) == (again.status, visitor.store.writes)


def test_pressed_twice(visitor: Visitor) -> None:
    """
    Pressing the button twice without JavaScript is one registration.
    """
    assert visitor.form() == visitor.form()
    assert 1 == visitor.store.writes


def test_conflict(visitor: Visitor) -> None:
    """
    The same number with other answers is a conflict: the first ones stay.
    """
    visitor.form(submission_id=ID)
    page = visitor.form(submission_id=ID, name="Jan")
    problem = visitor.json(submission_id=ID, name="Jan")
    (record,) = visitor.store.records.values()

    assert (409, HTML) == (page.status, page.headers["Content-Type"])
    assert "notice" == document(page)["page"]
    assert record.reference in document(page)["text"]
    assert (409, PROBLEM) == (problem.status, problem.headers["Content-Type"])
    assert record.reference in document(problem)["detail"]
    assert ("Anaïs D’Hondt", 1) == (record.answers.name, visitor.store.writes)


def test_invalid_form(visitor: Visitor) -> None:
    """
    A form that is refused comes back with all its errors and what was typed; nothing is stored.
    """
    answer = visitor.form(name="", email="jan", postcode="1040")
    page = document(answer)

    assert (422, HTML) == (answer.status, answer.headers["Content-Type"])
    assert ["name", "email", "municipality"] == [field for field, _ in page["errors"]]
    assert ["Brussel", "Etterbeek"] == page["choices"]
    assert (["jan"], ["Ik ga graag wandelen."]) == (
        page["posted"]["email"],
        page["posted"]["about"],
    )
    assert {} == visitor.store.records


def test_invalid_json(visitor: Visitor) -> None:
    """
    JSON that is refused gets a problem with a message for each field; nothing is stored.
    """
    answer = visitor.json(name="", email="jan", postcode="1040")

    assert (422, PROBLEM) == (answer.status, answer.headers["Content-Type"])
    assert ["name", "email", "municipality"] == errors(answer)
    assert {"type", "title", "status", "detail", "errors"} == set(document(answer))
    assert 422 == document(answer)["status"]
    assert {} == visitor.store.records


def test_wrong_types(visitor: Visitor) -> None:
    """
    JSON of the wrong types is refused under the names of the fields.
    """
    answer = visitor.post(JSON, b'{"name": 1, "consent": true, "about": "x"}')

    assert 422 == answer.status
    assert ["name", "consent"] == errors(answer)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "\ud800"},
        {"\ud800": "x"},
        {"\ud800": 1},
        {"about": "\x00"},
        {"name": "a\r\nBcc: b@c.be"},
        {"submission_id": "\ud800"},
    ],
    ids=ascii,
)
def test_answers_can_be_sent(visitor: Visitor, body: dict[str, Any]) -> None:
    """
    Whatever comes in, what goes out is text that can be sent.
    """
    answer = visitor.post(JSON, json.dumps({**posted(), **body}).encode())

    assert 422 == answer.status
    assert answer.body.encode("utf-8", "replace").decode() == answer.body
    assert {} == visitor.store.records


REFUSED = [
    (400, JSON, b"{"),
    (400, JSON, b""),
    (400, JSON, b"[]"),
    (400, FORM, b"name=%ff"),
    (413, FORM, b"about=" + b"a" * MAX_BODY),
    (413, JSON, b'{"about": "' + b"a" * 1_000_000 + b'"}'),
    (415, "text/plain", b"name=Jan"),
    (415, "multipart/form-data; boundary=x", b"--x"),
    (415, "", b"name=Jan"),
]


@pytest.mark.parametrize(("status", "content_type", "body"), REFUSED)
def test_refused(visitor: Visitor, status: int, content_type: str, body: bytes) -> None:
    """
    What can't be read gets a clear status, as a page for a browser and else as a problem.
    """
    browser = visitor.post(content_type, body, accept="text/html,application/xhtml+xml")
    program = visitor.post(content_type, body, accept="application/json")

    assert (status, status) == (browser.status, program.status)
    assert (HTML if content_type != JSON else PROBLEM) == browser.headers["Content-Type"]
    assert (PROBLEM if content_type != FORM else HTML) == program.headers["Content-Type"]
    assert {} == visitor.store.records
    for answer in (browser, program):
        assert "aaaa" not in answer.body
        assert "no-store" == answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "failure",
    [
        aws_error("ProvisionedThroughputExceededException"),
        aws_error("InternalServerError"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "an answer that is none"),
    ],
    ids=repr,
)
def test_unavailable(visitor: Visitor, failure: Exception) -> None:
    """
    When the table does not answer nobody hears that it worked; a visitor keeps what she typed.
    """
    visitor.store.failure = failure
    page, problem = visitor.form(submission_id=ID), visitor.json(submission_id=ID)

    assert (503, HTML) == (page.status, page.headers["Content-Type"])
    assert (503, PROBLEM) == (problem.status, problem.headers["Content-Type"])
    assert ("5", "5") == (page.headers["Retry-After"], problem.headers["Retry-After"])
    assert "niet verstuurd" in document(page)["errors"][0][1]
    assert "niet verstuurd" in document(problem)["detail"]
    assert ["Anaïs D’Hondt"] == document(page)["posted"]["name"]
    assert ID == document(page)["submission_id"]


def test_unavailable_without_a_number(visitor: Visitor) -> None:
    """
    Trying again after a fault is the same registration, also when the page gave no number: its
    write may have arrived.
    """
    first = visitor.form()
    visitor.store.failure = THROTTLED
    page = visitor.form()
    visitor.store.failure = None
    again = visitor.form(submission_id=document(page)["submission_id"])

    assert uuid.UUID(document(page)["submission_id"])
    assert first == again
    assert 1 == visitor.store.writes


def test_log(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    """
    The log of a failure names the kind of failure, never the person.
    """
    visitor.store.failure = THROTTLED
    with caplog.at_level("DEBUG"):
        visitor.form()
        visitor.json(email="no address")

    told = [(record.getMessage(), vars(record)["told"]["error"]) for record in caplog.records]
    assert [("form not stored", "ClientError")] == told


def test_thanks(pages: FakePages) -> None:
    """
    The confirmation is a page with the reference that was asked for.
    """
    answer = api.thanks("MB-7K3F-9Q3D", pages)

    assert (200, HTML) == (answer.status, answer.headers["Content-Type"])
    assert "MB-7K3F-9Q3D" == document(answer)["reference"]


def test_search(pages: FakePages) -> None:
    """
    A search that finds one municipality leads to its page, else to a choice.
    """
    one, choice, none = (found(query, pages) for query in ("Borgloon", "1040", "xyzzy"))

    assert 303 == one.status
    assert "/buddy/word-buddy/tongeren-borgloon/" == one.headers["Location"]
    assert (200, ["1040 Brussel", "1040 Etterbeek"]) == (choice.status, document(choice)["places"])
    assert (200, []) == (none.status, document(none)["places"])


@pytest.mark.parametrize(
    ("code", "tail"),
    [
        ("infoavond-aalst", "?bron=infoavond-aalst"),
        ("", ""),
        ("A B", ""),
        ("x" * 41, ""),
        ("%0A", ""),
    ],
)
def test_search_from_a_campaign(pages: FakePages, code: str, tail: str) -> None:
    """
    The code by which somebody came goes along to the form; what can't be one does not.
    """
    answer = found("Borgloon", pages, code)

    assert f"/buddy/word-buddy/tongeren-borgloon/{tail}" == answer.headers["Location"]


def test_to_the_form(pages: FakePages) -> None:
    """
    Who comes back to the address of the form's errors is led to an empty form.
    """
    answer = api.to_the_form(pages)

    assert (303, "/buddy/aanmelden/") == (answer.status, answer.headers["Location"])


def test_health(store: FakeStore) -> None:
    """
    Healthy is only when the table answers.
    """
    well = api.health(store.check)
    store.failure = THROTTLED
    ill = api.health(store.check)

    assert (200, {"status": "ok"}) == (well.status, document(well))
    assert (503, {"status": "unavailable"}) == (ill.status, document(ill))


def test_fault(pages: FakePages) -> None:
    """
    A fault of ours is a page for a form and a problem for JSON.
    """
    page = api.fault(Request({"content-type": FORM}, b""), pages)
    problem = api.fault(Request({"content-type": JSON}, b""), pages)

    assert (500, HTML) == (page.status, page.headers["Content-Type"])
    assert (500, PROBLEM) == (problem.status, problem.headers["Content-Type"])


class TestHeld:
    """The pages behind the links to what is held, and their buttons."""

    @pytest.fixture
    def one(self, store: FakeStore) -> Registration:
        judged = admitted(registration(), repeat_of="", confirm=True, now=NOW)
        held_one = held(judged, STEP_UP, TOO_FAST, NOW)
        store.add(held_one)
        return held_one

    @pytest.fixture
    def review(self, store: FakeStore) -> Review:
        return Review(store, lambda: KEYS, NOW)

    def test_button(self, one: Registration, review: Review, pages: FakePages) -> None:
        """
        Her link shows a page; its button leads to where everybody comes after signing up.
        """
        token = LINKS.confirm(one).rpartition("/")[2]
        shown = api.confirmation(token, review, pages)
        pressed = api.confirmed(token, PRESSED, review, pages)

        assert (200, "no-store") == (shown.status, shown.headers["Cache-Control"])
        assert "step-up" == document(shown)["page"]
        assert (303, "no-store") == (pressed.status, pressed.headers["Cache-Control"])
        assert f"/buddy/bedankt/?ref={one.reference}" == pressed.headers["Location"]

    def test_no_oracle(self, one: Registration, review: Review, pages: FakePages) -> None:
        """
        A link that was used, is too old, never was one, or is of another kind: one answer.
        """
        token = LINKS.confirm(one).rpartition("/")[2]
        late = Review(review.store, review.keys, NOW + CONFIRM_TERM)
        answers = [
            api.confirmation(token, late, pages),
            api.confirmed(token, PRESSED, late, pages),
            api.confirmation("x", review, pages),
            api.confirmation(LINKS.own(one).rpartition("/")[2], review, pages),
            api.confirmation(LINKS.confirm(registration(9)).rpartition("/")[2], review, pages),
        ]
        api.confirmed(token, PRESSED, review, pages)
        answers.append(api.confirmation(token, review, pages))

        assert answers == [answers[0]] * len(answers)
        assert (410, "notice") == (answers[0].status, document(answers[0])["page"])

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            (pressed_with(b"x=y", sec_fetch_site="cross-site"), 403),
            (pressed_with(b"x=y", origin="https://evil.example"), 403),
            (pressed_with(b"x" * (MAX_BODY + 1)), 413),
            (Request({"content-type": JSON}, b"{}"), 415),
            (Request({}, b"x=y"), 415),
        ],
    )
    def test_pressed_elsewhere(
        self,
        one: Registration,
        review: Review,
        pages: FakePages,
        request_: Request,
        status: int,
    ) -> None:
        """
        A button counts only from our own page, with a body of a size that a button has.
        """
        to_confirm = LINKS.confirm(one).rpartition("/")[2]

        assert status == api.confirmed(to_confirm, request_, review, pages).status
        assert one == review.store.get(one.reference, NOW)


def test_token() -> None:
    """
    The token of a form tells when it was begun, and is kept nowhere on its way.
    """
    answer = api.token(lambda: KEYS, NOW)

    assert (200, JSON, "no-store") == (
        answer.status,
        answer.headers["Content-Type"],
        answer.headers["Cache-Control"],
    )
    assert NOW == verify(tokens.FORM, document(answer), KEYS).at
