"""
Reads a posted body: a plain form or JSON, both to the same posted answers.

Strict on what it takes, and clear about what it does not: every refusal has a status and a Dutch
sentence that says what to do.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.domain.form import (
    MAX_BODY,
    MAX_VALUES,
    FieldError,
    Form,
    InvalidFormError,
    Posted,
    shown_name,
)

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class UnreadableError(ValueError):
    """The body can't be read at all; `status` is the HTTP status, `message` says what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def media_type(content_type: str) -> str:
    """«Application/JSON; charset=utf-8» → «application/json»."""
    return content_type.partition(";")[0].strip().lower()


def read(content_type: str, body: bytes) -> Posted:
    """
    The posted answers.

    Raises `UnreadableError` (400, 413, 415), or `InvalidFormError` for JSON of the wrong types.
    """
    if len(body) > MAX_BODY:
        raise UnreadableError(413, "Je stuurde te veel tegelijk. Maak je bericht korter.")
    if media_type(content_type) == FORM:
        return _read_form(body)
    if media_type(content_type) == JSON:
        return _read_json(body)
    raise UnreadableError(415, "We lezen alleen een formulier of JSON. Gebruik ons formulier.")


def _read_form(body: bytes) -> Posted:
    posted: dict[str, list[str]] = defaultdict(list)
    try:
        # Twice the limit: a form with somewhat too many answers gets the form's own error.
        for name, value in parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=2 * MAX_VALUES,
        ):
            posted[name].append(value)
    except ValueError as error:
        raise UnreadableError(
            400, "We konden je antwoorden niet lezen. Vul het formulier opnieuw in."
        ) from error
    return posted


def _read_json(body: bytes) -> Posted:
    advice = "Dit is geen geldige JSON. Stuur één object in UTF-8."
    try:
        document = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableError(400, advice) from error
    if not isinstance(document, dict):
        raise UnreadableError(400, advice)
    posted: dict[str, Sequence[str]] = {}
    wrong: list[FieldError] = []
    for name, value in document.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        if all(isinstance(one, str) for one in values):
            posted[name] = values
        else:
            wrong.append(
                FieldError(shown_name(name), "Stuur dit als tekst, of als een lijst van teksten.")
            )
    if wrong:
        raise InvalidFormError(Form(errors=tuple(wrong[:MAX_VALUES])))
    return posted


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name stands there twice")
    return document


def _no_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
