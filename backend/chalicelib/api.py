"""
What each address answers: from a request as plain values to an `Answer`, without Chalice.

A plain form gets pages, JSON gets JSON: the same answers, errors and statuses (design.md, the
outside contract).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol

from chalicelib import web
from chalicelib.circumstances import circumstances, is_probe
from chalicelib.domain import tokens
from chalicelib.domain.form import (
    FIELDS,
    Answers,
    AnyAnswers,
    FieldError,
    Fields,
    Form,
    InvalidFormError,
    Posted,
    Submission,
    parse,
)
from chalicelib.domain.registration import Circumstances, Registration
from chalicelib.domain.site import SIGN_UP, THANKS
from chalicelib.domain.tokens import Keys, sign
from chalicelib.intake import UnreadableError
from chalicelib.logs import Log
from chalicelib.register import (
    Arrived,
    OtherContentError,
    Store,
    identified,
    take_in,
)
from chalicelib.reviewing import Review, confirm, to_confirm
from chalicelib.web import (
    Answer,
    Request,
    gone,
    json_answer,
    page,
    pressed,
    problem,
    read_posted,
    refused,
    see_other,
)

log = Log(__name__)

UNSENT = "Je aanmelding is niet verstuurd: er liep iets mis bij ons. Probeer het zo meteen opnieuw."
PRESSED_OR_OLD = (
    "Drukte je al op de knop? Dan is het in orde en hoef je niets te doen. Anders is de link te "
    "oud of niet volledig. Vul dan het formulier opnieuw in."
)


class Pages(web.Pages, Protocol):
    def registration_page(self, form: Form, submission_id: str = "") -> str: ...
    def thanks_page(self, reference: str) -> str: ...
    def step_up_page(self, registration: Registration) -> str: ...
    def url(self, path: str) -> str: ...


def post_registration(
    request: Request, store: Store, pages: Pages, keys: Keys, now: datetime
) -> Answer:
    """
    Take in a registration: 303 or 201, else everything that is wrong, at once.

    What looks odd gets the same answer: it is judged later (forward.py), and nobody learns how.
    """

    def read(posted: Posted) -> Submission[Answers]:
        return parse(posted, lambda token: is_probe(token, keys, now))

    def keep(submission: Submission[Answers], came: Circumstances) -> Registration:
        return take_in(submission, store, now, came)

    way = Way(read, keep, _registered, pages.registration_page, FIELDS, UNSENT)
    return post(request, way, pages, keys, now)


@dataclass(frozen=True)
class Way(Generic[AnyAnswers, Arrived]):
    """
    How one form is taken in: `read` and `keep` what was posted, what a program is `told` then, the
    `page` of the form with its `fields`, and what is said when it could not be kept.
    """

    read: Callable[[Posted], Submission[AnyAnswers]]
    keep: Callable[[Submission[AnyAnswers], Circumstances], Arrived]
    told: Callable[[Arrived], dict[str, object]]
    page: Callable[[Form, str], str]
    fields: Fields
    unsent: str


def post(
    request: Request, way: Way[AnyAnswers, Arrived], pages: Pages, keys: Keys, now: datetime
) -> Answer:
    """Take in what was posted, in the way of its form: 303 or 201, else all that is wrong."""
    try:
        posted = read_posted(request, pages)
        submission = identified(way.read(posted), now)
    except UnreadableError as error:
        return refused(request, pages, error.status, error.message)
    except InvalidFormError as error:
        return _invalid(request, way.page, error.form)
    try:
        came = circumstances(submission, request.address, keys, now)
        arrived = way.keep(submission, came)
    except OtherContentError as error:
        return refused(
            request,
            pages,
            409,
            f"Je stuurde dit formulier al met andere antwoorden. We bewaarden de eerste, met "
            f"referentie {error.reference}. Wil je iets wijzigen? Vul een nieuw formulier in.",
        )
    except Exception as error:  # whatever it is: nobody must think that it worked
        log.error("form not stored", fault=error)
        return _unavailable(request, way, posted, submission.submission_id)
    if request.is_json:
        return json_answer(201, way.told(arrived))
    return see_other(pages.url(f"{THANKS}?ref={arrived.reference}"))


def to_the_form(pages: Pages, form: str = SIGN_UP) -> Answer:
    return see_other(pages.url(form))


def thanks(reference: str, pages: Pages) -> Answer:
    """The confirmation page; what is no reference it does not show."""
    return page(200, pages.thanks_page(reference))


def token(keys: Keys, now: datetime) -> Answer:
    """A token that tells when somebody began to fill in the form, for the script of the page."""
    return json_answer(200, sign(tokens.FORM, "", keys()[0], now))


def confirmation(token: str, review: Review, pages: Pages) -> Answer:
    """The page with the button that says: yes, that was me."""
    registration = to_confirm(token, review)
    if registration is None:
        return gone(pages, PRESSED_OR_OLD)
    return page(200, pages.step_up_page(registration))


def confirmed(token: str, request: Request, review: Review, pages: Pages) -> Answer:
    """The button was pressed: on to the same page as everybody after signing up."""
    try:
        pressed(request, pages)
    except UnreadableError as error:
        return refused(request, pages, error.status, error.message)
    registration = confirm(token, review)
    if registration is None:
        return gone(pages, PRESSED_OR_OLD)
    return see_other(pages.url(f"{THANKS}?ref={registration.reference}"))


def health(check: Callable[[], None]) -> Answer:
    """200 only if the table answers."""
    try:
        check()
    except Exception as error:  # as above
        log.error("table does not answer", fault=error)
        return json_answer(503, {"status": "unavailable"})
    return json_answer(200, {"status": "ok"})


def status(report: Callable[[], Mapping[str, object]]) -> Answer:
    """
    How the whole is doing. Answers 200 whatever it tells, so that who watches us can tell
    «degraded» from «gone».
    """
    return json_answer(200, report())


def fault(request: Request, pages: Pages) -> Answer:
    """Something is wrong with us, and not with what was asked."""
    return refused(request, pages, 500, "Er liep iets mis bij ons. Probeer het zo meteen opnieuw.")


def _registered(registration: Registration) -> dict[str, object]:
    return {
        "reference": registration.reference,
        "forwardings": [
            {"nis_code": one.nis_code, "municipality": one.name}
            for one in registration.answers.municipalities
        ],
    }


def _invalid(request: Request, shown: Callable[[Form, str], str], form: Form) -> Answer:
    if request.is_json:
        errors = [{"field": error.field, "message": error.message} for error in form.errors]
        return problem(422, "Er is een probleem", "Kijk de antwoorden na.", errors=errors)
    return page(422, shown(form, ""))


def _unavailable(
    request: Request, way: Way[Any, Any], posted: Posted, submission_id: str
) -> Answer:
    """
    Not stored as far as we know, and said so; a visitor keeps what she typed. The id stays: if
    the write arrived after all and only its reply was lost, trying again finds it.
    """
    if request.is_json:
        answer = problem(503, "Niet verstuurd", way.unsent)
    else:
        form = Form(posted, (FieldError("form", way.unsent),), fields=way.fields)
        answer = page(503, way.page(form, submission_id))
    return Answer(answer.status, answer.body, {**answer.headers, "Retry-After": "5"})
