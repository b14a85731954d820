"""
What the form about a project brings: taken in and answered as a registration is (api.py).

Apart from it, so that who signs up does not wait for what only this needs.
"""

from datetime import datetime
from typing import Protocol

from chalicelib import api
from chalicelib.api import Way, post
from chalicelib.domain import reference
from chalicelib.domain.form import Form, Submission
from chalicelib.domain.reference import references
from chalicelib.domain.registration import Circumstances
from chalicelib.domain.suggestion import Suggestion, suggest
from chalicelib.domain.suggestion_form import FIELDS, ProjectAnswers, parse
from chalicelib.domain.tokens import Keys
from chalicelib.register import kept
from chalicelib.web import Answer, Request

UNSENT = "Je melding is niet verstuurd: er liep iets mis bij ons. Probeer het zo meteen opnieuw."


class Pages(api.Pages, Protocol):
    def project_page(self, form: Form, submission_id: str = "") -> str: ...


class Store(Protocol):
    def add_suggestion(self, suggestion: Suggestion) -> None: ...


def post_suggestion(
    request: Request, store: Store, pages: Pages, keys: Keys, now: datetime
) -> Answer:
    """Take in what somebody tells us of a project: 303 or 201, else all that is wrong."""

    def keep(submission: Submission[ProjectAnswers], came: Circumstances) -> Suggestion:
        return take_in(submission, store, now, came)

    def told(one: Suggestion) -> dict[str, object]:
        return {"reference": one.reference}

    way = Way(parse, keep, told, pages.project_page, FIELDS, UNSENT)
    return post(request, way, pages, keys, now)


def take_in(
    submission: Submission[ProjectAnswers], store: Store, now: datetime, came: Circumstances
) -> Suggestion:
    """
    Keep an identified submission and how it `came`; the same again gives the same suggestion.

    Raises `OtherContentError` when its id was used for other answers.
    """
    id_, answers = submission.submission_id, submission.answers
    names = references(id_, reference.SUGGESTION)
    candidates = (suggest(answers, one, id_, now, came) for one in names)
    return kept(candidates, store.add_suggestion)
