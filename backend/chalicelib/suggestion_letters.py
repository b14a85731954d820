"""The mails to who told us of a buddy project."""

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.domain.calendar import in_words, local_date
from chalicelib.domain.outbox import Mail
from chalicelib.domain.registration import CONFIRM_FIRST_FOR
from chalicelib.domain.retention import SUGGESTION_ENDED, SUGGESTION_SENDER
from chalicelib.domain.site import PROJECTS
from chalicelib.domain.suggestion import (
    ACCEPTANCE,
    ASKING,
    CONFIRM_FIRST,
    QUESTIONS,
    REASONS,
    RECEIVED,
    REJECTION,
    SENDER,
    Suggestion,
)
from chalicelib.emails import Email, Letters

Facts = Mapping[str, object]


class SuggestionLetters:
    """
    Writes them; `link` leads to the sender's own page. Until an officer looked, nothing is in them
    that anybody typed, but for the name: the address may be a stranger's.
    """

    def __init__(self, letters: Letters, agency: str) -> None:
        self._letters = letters
        self._agency = agency
        self._facts_of: Mapping[str, Callable[[Suggestion, Mail], Facts]] = {
            RECEIVED: lambda one, _: {"is_known": bool(one.answers.existing)},
            CONFIRM_FIRST: lambda one, _: {"until": _day(one.held_at or one.registered_at)},
            ASKING: lambda _, mail: {"question": QUESTIONS[mail.about]},
            ACCEPTANCE: lambda one, _: {
                "project": one.answers.project,
                "is_known": bool(one.belongs_to),
                "projects": PROJECTS,
                "kept": SUGGESTION_SENDER.kept,
            },
            REJECTION: lambda one, _: {
                "why": REASONS[one.why].told,
                "kept": SUGGESTION_ENDED.length.days,
            },
        }

    def letter(self, one: Suggestion, mail: Mail, link: str) -> Email:
        """A mail from the templates in the folder of its kind."""
        about = {
            "reference": one.reference,
            "name": one.answers.name,
            "suggested_on": in_words(local_date(one.registered_at)),
            "link": link,
        }
        return self._letters.written(
            mail.kind,
            one.reference,
            receiver=SENDER,
            route=SENDER,
            to=one.answers.email,
            reply_to=self._agency,
            facts={**about, **self._facts_of[mail.kind](one, mail)},
            about=mail.about,
        )


def _day(held_at: datetime) -> str:
    """Until when the button can be pressed."""
    return in_words(local_date(held_at + CONFIRM_FIRST_FOR))
