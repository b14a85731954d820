"""
What a volunteer wants when she presses a button on her own page: read, cleaned, and checked for
what is missing. Whether it can be done now, the registration tells (granting.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain import cleaning
from chalicelib.domain.cleaning import UnusableAnswerError
from chalicelib.domain.form import FIELDS, FieldError, Form, Posted, read_answer

EMAIL, KEEP_EMAIL = "correct-email", "keep-email"
PHONE, NO_PHONE = "correct-phone", "no-phone"
ADD, TAKE_AWAY = "add", "take-away"
PAUSE, RESUME = "pause", "resume"
AGREE, DECLINE = "agree", "decline"
NEW_LINK, DATA = "new-link", "data"
NO_QUESTIONS, QUESTIONS = "no-questions", "questions"
KEEP = "keep"
WITHDRAW, ERASE = "withdraw", "erase"
ACTIONS = (
    *(EMAIL, KEEP_EMAIL, PHONE, NO_PHONE, ADD, TAKE_AWAY, PAUSE, RESUME, AGREE, DECLINE),
    *(NEW_LINK, DATA, NO_QUESTIONS, QUESTIONS, KEEP, WITHDRAW, ERASE),
)
"""What a button of her page can ask."""

LEAVING = (WITHDRAW, ERASE)
"""What is asked twice: do you really want that?"""

EMAIL_FIELD = replace(
    FIELDS["email"],
    label="Je nieuwe e-mailadres",
    missing="Vul je nieuwe e-mailadres in.",
    hint="We mailen er een knop naartoe. Pas als je daarop drukt, geldt het nieuwe adres.",
)
PHONE_FIELD = replace(
    FIELDS["phone"],
    label="Je nieuwe telefoonnummer",
    missing="Vul je nieuwe telefoonnummer in.",
    hint="Je gemeente krijgt het meteen.",
)
MUNICIPALITY_FIELD = replace(
    FIELDS["municipality"],
    label="Gemeente waar je buddy wil zijn",
    missing="Kies een gemeente.",
    hint="Ze krijgt je aanmelding meteen.",
    max_values=1,
)
_FIELD_OF = {EMAIL: EMAIL_FIELD, PHONE: PHONE_FIELD, ADD: MUNICIPALITY_FIELD}

NOT_POSTED = Form()
"""The forms as they are before anybody pressed."""


@dataclass(frozen=True)
class Wish:
    """
    One pressed button. `value` is the clean answer of its one question; `receiver` the place that
    it is about. `seen` is how often she did something when the page was shown (`own.steps`), None
    when the form did not say: then it is no form of ours. `is_sure`: she was asked twice.
    """

    action: str
    seen: int | None = None
    value: str = ""
    receiver: str = ""
    is_sure: bool = False


class InvalidWishError(ValueError):
    """It can't be done as it was posted; `form` tells why, `action` which button it was."""

    def __init__(self, form: Form, action: str = "") -> None:
        super().__init__(", ".join(error.field for error in form.errors))
        self.form = form
        self.action = action


def read(posted: Posted) -> Wish:
    """What a form of her page asks. Raises `InvalidWishError`."""
    action = _first(posted.get("action", ()))
    if action not in ACTIONS:
        raise InvalidWishError(Form(errors=(FieldError("form", "Kies een van de knoppen."),)))
    return Wish(
        action,
        cleaning.number(_first(posted.get("seen", ()))),
        _value(action, posted),
        _first(posted.get("receiver", ())),
        _first(posted.get("sure", ())) == "yes",
    )


def refused(wish: Wish, field: str, message: str) -> InvalidWishError:
    """It makes no sense as things are now: the form again, and why."""
    values = {field: [wish.value]} if wish.value else {}
    return InvalidWishError(Form(values, (FieldError(field, message),)), wish.action)


def _value(action: str, posted: Posted) -> str:
    question = _FIELD_OF.get(action)
    if question is None:
        return ""
    try:
        value = read_answer(question, posted.get(question.name, ()))
    except UnusableAnswerError as error:
        typed = _first(posted.get(question.name, ()))[: 2 * question.max_length]
        shown = "".join(char for char in typed if char.isprintable())
        form = Form({question.name: [shown]}, (FieldError(question.name, str(error)),))
        raise InvalidWishError(form, action) from None
    return value if isinstance(value, str) else value[0]


def _first(values: Sequence[str]) -> str:
    return next(iter(values), "")
