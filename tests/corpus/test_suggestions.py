"""Hostile answers about a project: stored as typed, shown and mailed as text, or refused."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from chalicelib.domain import suggestion as steps
from chalicelib.domain.outbox import Mail
from chalicelib.domain.site import SUGGESTIONS
from chalicelib.domain.suggestion import ACCEPTANCE, SENDER, SUGGESTION_MAILS, Suggestion
from chalicelib.domain.suggestion_form import FIELDS
from chalicelib.emails import Email, Letters, mime
from chalicelib.intake import FORM, JSON
from chalicelib.suggestion_letters import SuggestionLetters
from publishing.suggested import claims_of
from tests.backend.samples import (
    AGENCY,
    LINKS,
    NOW,
    SITE_URL,
    Changes,
    project_posted,
    suggestion,
)
from tests.backend.samples import (
    SENDER as FROM,
)
from tests.corpus.application import Application, Outcome, complaints
from tests.corpus.markup import differences
from tests.corpus.test_naughty_strings import FOR_A_PAGE, OURS, STRINGS

LETTERS = SuggestionLetters(Letters(SITE_URL, AGENCY), AGENCY)
SOME = [*OURS[::2], *STRINGS[::24]]
ON_A_PAGE = FOR_A_PAGE[::8]
"""Each question is read as one of the other form is, which is tried with all of them."""


def broken(outcomes: dict[str, Outcome]) -> dict[str, list[str]]:
    return {string: found for string, one in outcomes.items() if (found := complaints(one))}


def as_form(**changes: Changes) -> bytes:
    return urlencode(project_posted(**changes), doseq=True).encode()


@pytest.mark.parametrize("field", FIELDS)
def test_json(application: Application, field: str) -> None:
    """
    A hostile answer is stored as it was typed, or not at all; what the inventory gets of it is no
    formula, and nothing of its sender.
    """
    outcomes = {
        string: application.send(
            json.dumps(project_posted(**{field: string})).encode(), JSON, path=SUGGESTIONS
        )
        for string in SOME
    }

    assert {} == broken(outcomes)
    stored = [one for outcome in outcomes.values() for one in outcome.stored]
    for one in stored:
        assert isinstance(one, Suggestion)
        values = [claim["value"] for claims in claims_of(one).values() for claim in claims]
        assert not [value for value in values if str(value)[0] in "=+-@"]
        assert one.answers.email not in values


def test_form(application: Application) -> None:
    """
    In every question that is typed, at once: shown again as text, in a page that is the same
    otherwise.
    """
    typed = [name for name, field in FIELDS.items() if field.kind in {"text", "textarea"}]
    outcomes = {
        string: application.send(as_form(**dict.fromkeys(typed, string)), FORM, path=SUGGESTIONS)
        for string in ON_A_PAGE
    }

    assert {} == broken(outcomes)
    assert 422 in {one.status for one in outcomes.values()}


def test_chosen(application: Application) -> None:
    """
    The same in what is chosen.
    """
    chosen = ("existing", "municipality", "domain", "consent")
    outcomes = {
        string: application.send(as_form(**dict.fromkeys(chosen, string)), FORM, path=SUGGESTIONS)
        for string in ON_A_PAGE
    }

    assert {} == broken(outcomes)
    assert {422} == {one.status for one in outcomes.values()}


def letter(one: Suggestion, kind: str) -> Email:
    mail = Mail(kind, SENDER, NOW, NOW, about="source" if kind == steps.ASKING else "")
    return LETTERS.letter(replace(one, why="unclear"), mail, LINKS.suggestion(one))


@pytest.mark.parametrize("kind", sorted(SUGGESTION_MAILS))
def test_mails(kind: str) -> None:
    """
    In a mail the name is text and no header; the words of the project stand only in the one that
    goes out after an officer read them.
    """
    one = suggestion(name="Markeernaam", project="Markeerproject")
    plain = letter(one, kind)
    for string in ON_A_PAGE:
        answers = replace(one.answers, name=string, project=string)
        hostile = letter(replace(one, answers=answers), kind)
        wanted = {"Markeernaam": string, "Markeerproject": string}
        assert [] == list(differences(plain.html, hostile.html, wanted)), string
        octets = mime(hostile, FROM, NOW)
        assert (1, 1) == (octets.count(b"\r\nTo: "), octets.count(b"\r\nReply-To: "))
        assert b"\r\nBcc:" not in octets.partition(b"\r\n\r\n")[0]
    assert (one.answers.project in plain.text) == (kind == ACCEPTANCE), kind
