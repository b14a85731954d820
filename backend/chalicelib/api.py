"""
What each address answers: from a request as plain values to an `Answer`, without Chalice.

A plain form gets pages, JSON gets JSON: the same answers, errors and statuses (design.md, the
outside contract).
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.finder import Place, find
from chalicelib.domain.form import FieldError, Form, InvalidFormError, Posted, parse
from chalicelib.domain.registration import Registration
from chalicelib.domain.site import SIGN_UP, THANKS, municipality_path
from chalicelib.intake import FORM, JSON, UnreadableError, media_type, read
from chalicelib.register import OtherContentError, Store, identified, take_in

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"


class Pages(Protocol):
    def registration_page(self, form: Form, submission_id: str = "") -> str: ...
    def thanks_page(self, reference: str) -> str: ...
    def search_page(self, query: str, places: Sequence[Place]) -> str: ...
    def notice_page(self, title: str, text: str) -> str: ...
    def url(self, path: str) -> str: ...


@dataclass(frozen=True)
class Request:
    """A request: header names in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def is_json(self) -> bool:
        return media_type(self.headers.get("content-type", "")) == JSON

    @property
    def wants_page(self) -> bool:
        """A form gets pages; what we can't read gets one if it comes from a browser."""
        is_form = media_type(self.headers.get("content-type", "")) == FORM
        return is_form or (not self.is_json and "text/html" in self.headers.get("accept", ""))


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def post_registration(request: Request, store: Store, pages: Pages, now: datetime) -> Answer:
    """Take in a registration: 303 or 201, else everything that is wrong, at once."""
    try:
        posted = read(request.headers.get("content-type", ""), request.body)
        submission = identified(parse(posted), now)
    except UnreadableError as error:
        return _refused(request, pages, error.status, error.message)
    except InvalidFormError as error:
        return _invalid(request, pages, error.form)
    try:
        registration = take_in(submission, store, now)
    except OtherContentError as error:
        return _refused(
            request,
            pages,
            409,
            f"Je stuurde dit formulier al met andere antwoorden. We bewaarden de eerste, met "
            f"referentie {error.reference}. Wil je iets wijzigen? Vul een nieuw formulier in.",
        )
    except (ClientError, BotoCoreError) as error:
        log.error("registration not stored: %s", type(error).__name__)
        return _unavailable(request, pages, posted, submission.submission_id)
    if request.is_json:
        return _json(201, _registered(registration))
    return _see_other(pages.url(f"{THANKS}?ref={registration.reference}"))


def to_the_form(pages: Pages) -> Answer:
    return _see_other(pages.url(SIGN_UP))


def thanks(reference: str, pages: Pages) -> Answer:
    """The confirmation page; what is no reference it does not show."""
    return _page(200, pages.thanks_page(reference))


def search(query: str, pages: Pages) -> Answer:
    """A municipality by postcode or name, without JavaScript: its page, or a choice."""
    found = find(query)
    if len(found) == 1:
        return _see_other(pages.url(municipality_path(found[0].municipality.slug)))
    return _page(200, pages.search_page(query, found))


def health(check: Callable[[], None]) -> Answer:
    """200 only if the table answers."""
    try:
        check()
    except (ClientError, BotoCoreError) as error:
        log.error("table does not answer: %s", type(error).__name__)
        return _json(503, {"status": "unavailable"})
    return _json(200, {"status": "ok"})


def fault(request: Request, pages: Pages) -> Answer:
    """Something is wrong with us, and not with what was asked."""
    return _refused(request, pages, 500, "Er liep iets mis bij ons. Probeer het zo meteen opnieuw.")


def _registered(registration: Registration) -> dict[str, object]:
    return {
        "reference": registration.reference,
        "forwardings": [
            {"nis_code": one.nis_code, "municipality": one.name}
            for one in registration.answers.municipalities
        ],
    }


def _invalid(request: Request, pages: Pages, form: Form) -> Answer:
    if request.is_json:
        errors = [{"field": error.field, "message": error.message} for error in form.errors]
        return _problem(422, "Er is een probleem", "Kijk de antwoorden na.", errors=errors)
    return _page(422, pages.registration_page(form))


def _unavailable(request: Request, pages: Pages, posted: Posted, submission_id: str) -> Answer:
    """
    Not stored as far as we know, and said so; a visitor keeps what she typed. The id stays: if
    the write arrived after all and only its reply was lost, trying again finds it.
    """
    message = (
        "Je aanmelding is niet verstuurd: er liep iets mis bij ons. Probeer het zo meteen opnieuw."
    )
    if request.is_json:
        answer = _problem(503, "Niet verstuurd", message)
    else:
        form = Form(posted, (FieldError("form", message),))
        answer = _page(503, pages.registration_page(form, submission_id))
    return Answer(answer.status, answer.body, {**answer.headers, "Retry-After": "5"})


def _refused(request: Request, pages: Pages, status: int, message: str) -> Answer:
    title = "Dit lukte niet"
    if request.wants_page:
        return _page(status, pages.notice_page(title, message))
    return _problem(status, title, message)


def _problem(status: int, title: str, detail: str, **more: Any) -> Answer:
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return _answer(status, json.dumps(document, ensure_ascii=False), PROBLEM)


def _json(status: int, document: object) -> Answer:
    return _answer(status, json.dumps(document, ensure_ascii=False), JSON)


def _page(status: int, html: str) -> Answer:
    return _answer(status, html, HTML)


def _see_other(location: str) -> Answer:
    return Answer(
        303, "", {"Location": location, "Content-Type": HTML, "Cache-Control": "no-store"}
    )


def _answer(status: int, body: str, content_type: str) -> Answer:
    return Answer(status, body, {"Content-Type": content_type, "Cache-Control": "no-store"})
