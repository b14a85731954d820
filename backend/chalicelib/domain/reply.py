"""
What a volunteer answers when we ask, some time later, how it went: one question each time.
"""

from dataclasses import dataclass
from datetime import datetime

AFTER_FOUR_WEEKS, AFTER_SIX_MONTHS = "4w", "6m"
YES, NO, NOT_YET = "yes", "no", "not-yet"


@dataclass(frozen=True)
class Question:
    """One question with what she can answer: a code, and what stands on its button."""

    code: str
    text: str
    answers: tuple[tuple[str, str], ...]


QUESTIONS = {
    question.code: question
    for question in (
        Question(
            AFTER_FOUR_WEEKS,
            "Heeft iemand je gebeld of gemaild?",
            ((YES, "Ja"), (NO, "Nee, niemand")),
        ),
        Question(
            AFTER_SIX_MONTHS,
            "Vormen jullie nu een duo?",
            ((YES, "Ja, we zijn een duo"), (NOT_YET, "Nog niet"), (NO, "Nee")),
        ),
    )
}
"""By code, in the order in which they are asked."""


@dataclass(frozen=True)
class Reply:
    """
    Her answer to one question. `handled_at`: when a person dealt with an answer that tells that
    nobody contacted her.
    """

    question: str
    answer: str
    at: datetime
    handled_at: datetime | None = None

    @property
    def tells_of_silence(self) -> bool:
        """Whether somebody should do something about it."""
        return (self.question, self.answer) == (AFTER_FOUR_WEEKS, NO) and not self.handled_at
