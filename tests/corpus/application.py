"""
The application as an attacker meets it, and what must hold after each request, whatever was sent.

`Application.send` makes one request and returns what became of it; `complaints` says in which ways
that breaks the rules: no fault of ours, stored exactly when we said so, nothing of the input
in an answer but as text.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from chalice.test import Client
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

import app as entry_points
from chalicelib import bootstrap
from chalicelib.domain import form, suggestion_form
from chalicelib.domain.cleaning import normalise
from chalicelib.domain.form import FieldError, Fields, Form, InvalidFormError, Posted
from chalicelib.domain.municipalities import Municipality
from chalicelib.domain.registration import Registration
from chalicelib.domain.site import REGISTRATIONS, SUGGESTIONS
from chalicelib.domain.suggestion import Suggestion
from chalicelib.intake import FORM, UnreadableError, read
from chalicelib.store import read_outbox
from chalicelib.web import HTML, PROBLEM
from tests.backend.aws import REGION, TABLE
from tests.backend.samples import posted, project_posted
from tests.corpus.markup import differences

BACKEND = Path(__file__).parents[2] / "backend"
STORED = {201, 303}
REFUSED = {400, 403, 409, 413, 415, 422}
SPACES = re.compile(r"[ \u00a0\u2009\u202f]+")
# What an answer can be after cleaning where it is more than the typed text in NFC.
CLEAN = {
    "email": re.compile(r"[!-~]+@[!-~]+"),
    "phone": re.compile(r"\+[0-9]{6,15}"),
    "postcode": re.compile(r"[1-9][0-9]{3}"),
    "municipality": re.compile(r"[0-9]{5}"),
}
SHORTEST = 5


@dataclass(frozen=True, eq=False)
class Target:
    """
    A form: how it is read, its questions, how the page is made of it, a right one, and the answers
    that are stored as they were typed.
    """

    parse: Callable[[Posted], object]
    fields: Fields
    page: Callable[[Form], str]
    right: Posted
    as_typed: tuple[str, ...]


TARGETS = {
    REGISTRATIONS: Target(
        form.parse,
        form.FIELDS,
        lambda one: bootstrap.pages().registration_page(one),
        posted(),
        ("name", "about", "consent", "source"),
    ),
    SUGGESTIONS: Target(
        suggestion_form.parse,
        suggestion_form.FIELDS,
        lambda one: bootstrap.pages().project_page(one),
        project_posted(),
        ("name", "about", "consent", "remark", "existing"),
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What was sent where, what was answered, and what this added to the table."""

    path: str
    content_type: str
    body: bytes
    status: int
    headers: Mapping[str, str]
    answer: str
    stored: tuple[Registration | Suggestion, ...]

    @property
    def target(self) -> Target:
        return TARGETS[self.path.partition("?")[0]]


@dataclass
class Application:
    """Sends requests to the functions, one at a time, each to an empty table."""

    client: Client
    requests: int = 0
    registrations: list[Registration] = field(default_factory=list)

    def send(
        self,
        body: bytes,
        content_type: str = FORM,
        *,
        method: str = "POST",
        path: str = REGISTRATIONS,
        headers: Mapping[str, str] | None = None,
    ) -> Outcome:
        sent = {"Accept": "text/html"} if content_type == FORM else {}
        if content_type:
            sent["Content-Type"] = content_type
        sent |= headers or {}
        reply = self.client.http.request(method, path, headers=sent, body=body)
        self.requests += 1
        stored = tuple(_take_stored())
        self.registrations += [one for one in stored if isinstance(one, Registration)]
        return Outcome(
            path,
            content_type,
            body,
            reply.status_code,
            {name.title(): value for name, value in reply.headers.items()},
            reply.body.decode(),
            stored,
        )


@contextmanager
def started() -> Iterator[Application]:
    with Client(entry_points.app, project_dir=str(BACKEND)) as client:
        yield Application(client)


def complaints(outcome: Outcome) -> list[str]:
    """In which ways an answer to a posted form breaks the rules; none if all is well."""
    if outcome.status not in STORED | REFUSED:
        return [f"status {outcome.status}"]
    found = [f"header {name}" for name, value in outcome.headers.items() if not _is_clean(value)]
    if outcome.status in STORED:
        return found + list(_of_stored(outcome))
    if outcome.stored:
        found.append(f"{outcome.status}, and stored {len(outcome.stored)}")
    kind = outcome.headers.get("Content-Type")
    if kind == PROBLEM:
        return found + list(_of_problem(outcome))
    if kind == HTML:
        return found + list(_of_page(outcome))
    return [*found, f"answered as {kind}"]


def kept(typed: Posted, names: tuple[str, ...] = TARGETS[REGISTRATIONS].as_typed) -> dict[str, Any]:
    """What must be stored of readable answers, as far as it is the typed text itself."""
    return {
        name: " ".join(normalise(value) for value in typed.get(name, ())).strip() for name in names
    }


def _take_stored() -> Iterator[Registration | Suggestion]:
    # Not by Scan: that asks DynamoDB's whole way of working 6,000 times.
    items = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(TABLE).items
    taken = [item.to_json()["Attributes"] for rows in items.values() for item in rows.values()]
    items.clear()
    found = (
        read_outbox(item) for item in taken if item["sk"]["S"] in {"REGISTRATION", "SUGGESTION"}
    )
    return (one for one in found if isinstance(one, Registration | Suggestion))


def _is_clean(value: str) -> bool:
    return value.isascii() and value.isprintable()


def _of_stored(outcome: Outcome) -> Iterator[str]:
    if len(outcome.stored) != 1:
        yield f"{outcome.status}, and stored {len(outcome.stored)}"
        return
    (one,) = outcome.stored
    if outcome.status == 201:
        told = json.loads(outcome.answer)["reference"]
    else:
        told = outcome.headers["Location"].partition("/bedankt/?ref=")[2]
    if told != one.reference:
        yield f"told {told}, stored {one.reference}"
    expected = kept(read(outcome.content_type, outcome.body), outcome.target.as_typed)
    expected["name"] = SPACES.sub(" ", expected["name"])
    for name, value in expected.items():
        if getattr(one.answers, name) != value:
            yield f"{name} is stored otherwise than it was typed"
    for name, pattern in CLEAN.items():
        answer = getattr(one.answers, name, "")
        for value in answer if isinstance(answer, tuple) else filter(None, (answer,)):
            if not pattern.fullmatch(value):
                yield f"{name} is stored as {value!r}"


def _of_problem(outcome: Outcome) -> Iterator[str]:
    document = json.loads(outcome.answer)
    if document["status"] != outcome.status:
        yield f"{outcome.status} says that it is {document['status']}"
    errors = document.get("errors", [])
    for error in errors:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", error["field"]):
            yield f"repeats the name {error['field']!r}"
    told = " ".join([document["detail"], *(error["message"] for error in errors)])
    yield from (f"repeats {value!r}" for value in _typed(outcome) if value in told)


def _of_page(outcome: Outcome) -> Iterator[str]:
    """The page must be what it is for plain answers, with the typed ones in it as text."""
    marks: dict[str, str] = {}
    try:
        outcome.target.parse(read(outcome.content_type, outcome.body))
    except UnreadableError as error:
        plain = bootstrap.pages().notice_page("Dit lukte niet", error.message)
    except InvalidFormError as error:
        plain, marks = _plain_form(error.form, outcome.target)
        for message in (one.message for one in error.form.errors):
            if any(value in message for value in _typed(outcome)):
                yield f"repeats an answer in «{message}»"
    else:
        yield f"refused with {outcome.status} what can be read"
        return
    yield from differences(_without_id(plain), _without_id(outcome.answer), marks)


def _plain_form(form: Form, target: Target) -> tuple[str, dict[str, str]]:
    """The same page with a mark in the place of each hostile answer, and what each stands for."""
    marks = {
        name: f"@@{name}@@"
        for name in form.posted
        if target.fields[name].kind not in {"checkbox", "municipality", "choices", "project"}
        and form.value(name).strip()
        and list(form.values(name)) != target.right.get(name, [""])
    }
    answers = {name: tuple(values) for name, values in form.posted.items()}
    answers |= {name: (mark,) for name, mark in marks.items()}
    plain = _page(target, tuple(sorted(answers.items())), form.errors, form.choices)
    return plain, {mark: form.value(name) for name, mark in marks.items()}


@cache
def _page(
    target: Target,
    answers: tuple[tuple[str, tuple[str, ...]], ...],
    errors: tuple[FieldError, ...],
    choices: tuple[Municipality, ...],
) -> str:
    return target.page(Form(dict(answers), errors, choices, target.fields))


def _without_id(page: str) -> str:
    """A page without the submission id, which each time is another one."""
    return re.sub(r'(?<=name="submission_id" value=")[0-9a-f-]{36}(?=")', "", page)


def _typed(outcome: Outcome) -> set[str]:
    """
    What was sent as an answer or as the name of one, or the body if it can't be read; but for plain
    words and what is so short that it stands in a message by chance.
    """
    try:
        typed = read(outcome.content_type, outcome.body)
        texts = {value for values in typed.values() for value in values} | set(typed)
    except (UnreadableError, InvalidFormError):
        texts = {outcome.body.decode(errors="replace")}
    return {text for text in texts if len(text) >= SHORTEST and not re.fullmatch(r"[\w-]+", text)}
