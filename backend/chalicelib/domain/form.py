"""
The registration form as data: each question once, and how to read the answers.

The page, the check, the stored item, the e-mails and the JSON API all follow from `SECTIONS`: to
add a question, add a `Field` and the attribute of `Answers` that keeps its answer. What it takes to
read any form of questions (`read_form`) serves the other one too: suggestion_form.py.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from chalicelib.domain import cleaning
from chalicelib.domain.municipalities import (
    TEST_MUNICIPALITY,
    Municipality,
    find_municipality,
    of_postcode,
)
from chalicelib.domain.wording import listed

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Posted = Mapping[str, Sequence[str]]
"""What was posted: field name → its values, as they came."""

MAX_MUNICIPALITIES = 3  # design.md: one to three places where somebody wants to be a buddy
MAX_BODY = 32_768  # bytes: every field at its longest, percent-encoded, fits well within it
MAX_VALUES = 40  # fields with their repetitions; the form itself has fourteen

Kind = Literal[
    "text", "email", "tel", "municipality", "project", "choices", "textarea", "checkbox",
    "hidden", "trap",
]  # fmt: skip


@dataclass(frozen=True)
class Field:
    """
    One question. `why` is what we do with the answer, for the privacy statement; `missing` is the
    error when it is left empty; empty for an optional question.

    `max_length` counts characters (code points after NFC), `max_values` how often it may be given.
    In the mails the answer stands beside `short`: for the municipality as `show` makes it, in the
    confirmation as `confirm` makes it; not at all where that is None. What a confirmation repeats
    is never her own words, but for her name: the address may be somebody else's. `options` are what
    can be chosen of `choices`, `nothing` is what a list says where nothing is.

    A `trap` is hidden from people, and nothing that is filled in there is wrong: it only tells that
    a program did it.
    """

    name: str
    label: str
    clean: Callable[[str], str]
    max_length: int
    why: str
    missing: str = ""
    hint: str = ""
    kind: Kind = "text"
    autocomplete: str = "off"
    inputmode: str = ""
    max_values: int = 1
    options: tuple[str, ...] = ()
    nothing: str = ""
    short: str = ""
    show: Callable[[str], str] | None = None
    confirm: Callable[[str], str] | None = None

    @property
    def required(self) -> bool:
        return bool(self.missing)

    @property
    def is_forwarded(self) -> bool:
        """Whether the municipality reads the answer: in its rows, or apart, in full."""
        return self.show is not None or self.confirm is not None


@dataclass(frozen=True)
class Section:
    """The questions that stand together under one heading."""

    legend: str
    fields: tuple[Field, ...]


SECTIONS = (
    Section(
        "Wie ben je?",
        (
            Field(
                "name",
                "Je naam",
                cleaning.name,
                100,
                why="Zo weet je gemeente wie je bent.",
                missing="Vul je naam in.",
                hint="Voornaam en familienaam.",
                autocomplete="name",
                short="Naam",
                show=str,
                confirm=str,
            ),
            Field(
                "email",
                "Je e-mailadres",
                cleaning.email,
                254,
                why="Om je een bevestiging te sturen. Je gemeente kan je mailen.",
                missing="Vul je e-mailadres in.",
                hint="Je krijgt meteen een bevestiging.",
                kind="email",
                autocomplete="email",
                inputmode="email",
                short="E-mail",
                show=str,
            ),
            Field(
                "phone",
                "Je telefoonnummer",
                cleaning.phone,
                40,
                why="Zo kan je gemeente je bellen.",
                hint="Zo kan je gemeente je bellen.",
                kind="tel",
                autocomplete="tel",
                inputmode="tel",
                short="Telefoon",
                show=cleaning.shown_phone,
                confirm=lambda number: f"eindigt op {number[-4:]}",
            ),
        ),
    ),
    Section(
        "Waar wil je buddy zijn?",
        (
            Field(
                "postcode",
                "Je postcode",
                cleaning.postcode,
                10,
                why="Zo vinden we je gemeente.",
                missing="Vul je postcode in.",
                hint="De postcode van waar je woont, bijvoorbeeld 9300.",
                autocomplete="postal-code",
                inputmode="numeric",
                short="Postcode",
                show=str,
                confirm=str,
            ),
            Field(
                "municipality",
                "Gemeente waar je buddy wil zijn",
                cleaning.municipality,
                5,
                why="Naar die gemeente sturen we je aanmelding.",
                hint="Kies niets als je buddy wil zijn waar je woont.",
                kind="municipality",
                max_values=MAX_MUNICIPALITIES,
                nothing="De gemeente waar ik woon",
                short="Buddy in",
                show=lambda nis_code: find_municipality(nis_code).name,
                confirm=lambda nis_code: find_municipality(nis_code).name,
            ),
        ),
    ),
    Section(
        "Nog iets?",
        (
            Field(
                "about",
                "Wat mag je gemeente over je weten?",
                cleaning.message,
                1000,
                why="Zo kan je gemeente beter kijken wat bij je past.",
                hint="Bijvoorbeeld wanneer je vrij bent of wat je graag doet. "
                "Schrijf niets over je gezondheid of je geloof.",
                kind="textarea",
                short="Bericht",
                confirm=lambda _: "doorgegeven",  # the municipality reads it apart, in full
            ),
            Field(
                "consent",
                "Ik ben 18 jaar of ouder. Geef mijn gegevens door aan de gemeente waar ik "
                "buddy wil zijn.",
                cleaning.agreement,
                3,
                why="Een buddy is 18 jaar of ouder. En je weet wie je gegevens krijgt.",
                missing="Kruis het vakje aan. Anders kunnen we je gegevens niet doorgeven.",
                kind="checkbox",
            ),
            Field(
                "source",
                "Campagne",
                cleaning.campaign,
                40,
                why="Een code in de link die je volgde. Zo zien we welke oproep werkt.",
                kind="hidden",
            ),
            Field(
                "submission_id",
                "Nummer van dit formulier",
                cleaning.submission_id,
                45,
                why="Verstuur je het formulier twee keer? Dan herkennen we dat.",
                kind="hidden",
            ),
            Field(
                "token",
                "Tijdstip",
                cleaning.token,
                120,
                why="Een code met het tijdstip waarop je begon. Zo herkennen we computers.",
                kind="hidden",
            ),
            Field(
                "website",
                "Laat dit veld leeg",
                str,
                500,
                why="Mensen zien dit veld niet. Is het toch ingevuld? Dan kijken we je aanmelding "
                "eerst na.",
                kind="trap",
            ),
        ),
    ),
)

Fields = Mapping[str, Field]
"""The questions of a form by their names, in the order of the page."""

FIELDS: Fields = {field.name: field for section in SECTIONS for field in section.fields}

AnyAnswers = TypeVar("AnyAnswers", bound="DataclassInstance")


@dataclass(frozen=True)
class Answers:
    """The clean answers: phone in E.164, municipalities as NIS codes; "" is not answered."""

    name: str
    email: str
    phone: str
    postcode: str
    municipality: tuple[str, ...]
    about: str
    consent: str
    source: str

    @property
    def municipalities(self) -> tuple[Municipality, ...]:
        return tuple(find_municipality(nis_code) for nis_code in self.municipality)

    def shown(self) -> tuple[tuple[str, str], ...]:
        """What the municipality reads, a label and an answer each."""
        return tuple(self._rows(lambda field: field.show))

    def confirmed(self) -> tuple[tuple[str, str], ...]:
        """What the volunteer's confirmation repeats, a label and an answer each."""
        return tuple(self._rows(lambda field: field.confirm))

    def _rows(
        self, way: Callable[[Field], Callable[[str], str] | None]
    ) -> Iterator[tuple[str, str]]:
        for question in FIELDS.values():
            if shown := way(question):
                answer = getattr(self, question.name)
                values = answer if isinstance(answer, tuple) else filter(None, (answer,))
                yield question.short, listed(map(shown, values)) or "niet ingevuld"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one answer; `field` is its name, `message` says what to do."""

    field: str
    message: str


@dataclass(frozen=True)
class Form:
    """
    The form as a page shows it: empty, with a municipality set, or with what was posted and what
    is wrong with it. `choices` are the municipalities that a shared postcode leaves open.
    """

    posted: Posted = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    choices: tuple[Municipality, ...] = ()
    fields: Fields = field(default_factory=lambda: FIELDS)

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(self.posted.get(name, ()))[: self.fields[name].max_values]

    def value(self, name: str) -> str:
        return next(iter(self.values(name)), "")

    def error(self, name: str) -> str:
        return next((error.message for error in self.errors if error.field == name), "")


class InvalidFormError(ValueError):
    """The answers can't be accepted; `form` has them with all errors, in the page's order."""

    def __init__(self, form: Form) -> None:
        super().__init__(", ".join(error.field for error in form.errors))
        self.form = form


@dataclass(frozen=True)
class Submission(Generic[AnyAnswers]):
    """
    The answers of one form, with the UUID and the token that the page gave it ("" without
    JavaScript); `is_trapped` tells that what people don't see was filled in.
    """

    answers: AnyAnswers
    submission_id: str
    token: str = ""
    is_trapped: bool = False


def parse(posted: Posted, is_probe: Callable[[str], bool] = lambda _: False) -> Submission[Answers]:
    """
    Read the answers. Only with a token that `is_probe` knows may they be for the test municipality.

    Raises `InvalidFormError` with every error at once: unknown, repeated, missing or unusable.
    """
    is_for_test = _is_for_test(posted, is_probe)
    known = {"municipality": (TEST_MUNICIPALITY.nis_code,)} if is_for_test else {}
    answers, errors = read_form(posted, FIELDS, known)

    choices: tuple[Municipality, ...] = ()
    if "municipality" in answers and "postcode" in answers:
        choices = of_postcode(answers["postcode"])
        if not answers["municipality"]:
            if len(choices) == 1:
                answers["municipality"] = (choices[0].nis_code,)
            else:
                errors.append(FieldError("municipality", _which(answers["postcode"], choices)))

    if errors:
        raise invalid(posted, errors, FIELDS, choices if len(choices) > 1 else ())
    return submission(answers, Answers)


def read_form(
    posted: Posted, fields: Fields, known: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[FieldError]]:
    """
    The answers to the questions of a form, cleaned, and all that is wrong with what was posted.
    What is `known` is not read.
    """
    errors = list(_misplaced(posted, fields))
    answers: dict[str, Any] = dict(known or {})
    for question in fields.values():
        if question.name in answers:
            continue
        try:
            answers[question.name] = read_answer(question, posted.get(question.name, ()))
        except cleaning.UnusableAnswerError as error:
            errors.append(FieldError(question.name, str(error)))
    return answers, errors


def invalid(
    posted: Posted,
    errors: Sequence[FieldError],
    fields: Fields,
    choices: tuple[Municipality, ...] = (),
) -> InvalidFormError:
    """What tells of all these errors, in the order of the page."""
    places = {name: place for place, name in enumerate(fields)}
    ordered = sorted(errors, key=lambda error: places.get(error.field, len(places)))
    return InvalidFormError(Form(_printable(posted, fields), tuple(ordered), choices, fields))


def submission(answers: dict[str, Any], kind: Callable[..., AnyAnswers]) -> Submission[AnyAnswers]:
    """The answers to the questions that people see, apart from the others."""
    unseen = {"submission_id", "token", "website"}
    seen = {name: answer for name, answer in answers.items() if name not in unseen}
    is_trapped = bool(answers["website"])
    return Submission(kind(**seen), answers["submission_id"], answers["token"], is_trapped)


def _is_for_test(posted: Posted, is_probe: Callable[[str], bool]) -> bool:
    asked = list(posted.get("municipality", ()))
    return asked == [TEST_MUNICIPALITY.nis_code] and is_probe("".join(posted.get("token", ())))


def read_answer(question: Field, values: Sequence[str]) -> str | tuple[str, ...]:
    """What somebody answers to one question, cleaned. Raises `UnusableAnswerError`."""
    given = [normalised for value in values if (normalised := cleaning.normalise(value))]
    if question.kind == "trap":
        return "".join(given)
    if not given and question.required:
        raise cleaning.UnusableAnswerError(question.missing)
    if len(given) > question.max_values:
        raise cleaning.UnusableAnswerError(
            f"Kies er hoogstens {question.max_values}."
            if question.max_values > 1
            else "Vul dit maar één keer in."
        )
    for value in given:
        if len(value) > question.max_length:
            raise cleaning.UnusableAnswerError(
                f"Maak dit korter: hoogstens {question.max_length} tekens. "
                f"Je hebt er nu {len(value)}."
            )
    cleaned = tuple(dict.fromkeys(question.clean(value) for value in given))
    if question.max_values > 1:
        return cleaned
    return cleaned[0] if cleaned else ""


def _misplaced(posted: Posted, fields: Fields) -> Iterator[FieldError]:
    if sum(map(len, posted.values())) > MAX_VALUES:
        yield FieldError("form", "Er kwamen te veel antwoorden mee. Laad de pagina opnieuw.")
    for name in posted:
        if name not in fields:
            yield FieldError(shown_name(name), "Dit veld kennen we niet. Laad de pagina opnieuw.")
            return


def shown_name(name: str) -> str:
    """The name of a field as an error may repeat it: an unknown one is somebody's text."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) else "form"


def _which(postcode: str, choices: Sequence[Municipality]) -> str:
    if choices:
        return f"Postcode {postcode} hoort bij meer dan één gemeente. Kies {listed(choices, 'of')}."
    return f"We kennen postcode {postcode} niet. Kies zelf je gemeente."


def _printable(posted: Posted, fields: Fields) -> Posted:
    """What can be shown again: known fields, without characters that would break the page."""
    return {
        name: tuple(
            "".join(
                char for char in cleaning.normalise(value) if char in "\n\t" or char.isprintable()
            )[: 2 * fields[name].max_length]
            for value in values[: fields[name].max_values]
        )
        for name, values in posted.items()
        if name in fields
    }
