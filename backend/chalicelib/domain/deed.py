"""
What somebody wants to be done about a candidate, as a form of acts posts it: read, cleaned, and
checked for what is missing. Whether it can be done now, the registration tells (handling.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain import cleaning, finder
from chalicelib.domain.form import Posted
from chalicelib.domain.handover import (
    ACTS,
    CONTACTED,
    DUO,
    HANDED_ON,
    INTAKE,
    MAX_NOTE,
    NOT_NOW,
    OPENED,
    REASONS,
    WRONG_ADDRESS,
    Partner,
)
from chalicelib.domain.municipalities import find_municipality

UNDO, REVOKE, PROPOSE = "undo", "revoke", "propose"
DEEDS = (*ACTS, UNDO, REVOKE, PROPOSE)
"""What a button can ask: an act, to take the last one back, to make the link void, a partner."""

FIELDS = ("act", "seen", "why", "to", "to_name", "partner_name", "partner_email", "note")
MAX_PARTNER_NAME = 100  # characters

STATES = {
    "": "Nog niets gemeld",
    OPENED: "Gezien",
    CONTACTED: "Gecontacteerd",
    INTAKE: "Intake gepland",
    DUO: "Duo gevormd",
    NOT_NOW: "Nu niet",
    HANDED_ON: "Doorgegeven",
    WRONG_ADDRESS: "Verkeerd adres",
}
"""How it stands after each act, in words."""

DOORS = {
    "link": "via de link in de mail",
    "desk": "via de pagina van de gemeente",
    "agency": "door mijnbuddy",
    "volunteer": "door de kandidaat",
    "command": "door mijnbuddy",
}
"""Through which door something was done, in words."""


@dataclass(frozen=True)
class Deed:
    """
    One pressed button. `seen` is how many changes (`Handover.changes`) there were when its form was
    shown, None when the form did not say: then it is no form of ours. `to_name` is what was typed
    to find the municipality `to`.
    """

    what: str
    seen: int | None
    why: str = ""
    to: str = ""
    partner: Partner | None = None
    note: str = ""
    to_name: str = ""


@dataclass(frozen=True)
class DeedForm:
    """What was posted, to be shown again, and what is wrong with it: a message for each field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, what: str, name: str) -> str:
        """The error of a field, in the form of the button that was pressed."""
        return self.errors.get(name, "") if self.value("act") == what else ""


NOT_POSTED = DeedForm()
"""The form as it is before anybody pressed."""


class InvalidDeedError(ValueError):
    """It can't be done as it was posted; `form` tells why, in Dutch, field by field."""

    def __init__(self, form: DeedForm) -> None:
        super().__init__(", ".join(form.errors))
        self.form = form


def read(posted: Posted) -> Deed:
    """
    The deed that a form asks for. Raises `InvalidDeedError` with everything that is wrong.
    """
    typed = {name: cleaning.normalise(next(iter(posted.get(name, ())), "")) for name in FIELDS}
    what = typed["act"]
    if what not in DEEDS:
        raise InvalidDeedError(DeedForm({}, {"act": "Kies een van de knoppen."}))
    errors: dict[str, str] = {}
    if what == NOT_NOW and typed["why"] not in REASONS:
        errors["why"] = "Kies waarom het nu niet lukt."
    if what == HANDED_ON:
        try:
            typed["to"] = _municipality(typed["to"], typed["to_name"])
        except cleaning.UnusableAnswerError as error:
            errors["to"] = str(error)
    partner = _partner(typed, errors) if what == PROPOSE else None
    if len(typed["note"]) > MAX_NOTE:
        errors["note"] = (
            f"Maak je notitie korter: hoogstens {MAX_NOTE} tekens. "
            f"Je hebt er nu {len(typed['note'])}."
        )
    try:
        cleaning.message(typed["note"])
    except cleaning.UnusableAnswerError:
        errors["note"] = "Je notitie bevat onleesbare tekens. Typ ze opnieuw."
    if errors:
        raise InvalidDeedError(form_of(typed, errors))
    return Deed(
        what=what,
        seen=cleaning.number(typed["seen"]),
        why=typed["why"] if what == NOT_NOW else "",
        to=typed["to"] if what == HANDED_ON else "",
        partner=partner,
        note=typed["note"],
        to_name=typed["to_name"] if what == HANDED_ON else "",
    )


def form_of(typed: Mapping[str, str], errors: Mapping[str, str]) -> DeedForm:
    """The form again, with what can be shown of what was typed."""
    shown = {
        name: "".join(char for char in value if char in "\n\t" or char.isprintable())[
            : 2 * MAX_NOTE
        ]
        for name, value in typed.items()
    }
    return DeedForm(shown, dict(errors))


def _municipality(chosen: str, name: str) -> str:
    """
    The NIS code of the municipality that was chosen from the short list, or typed. What was typed
    in part, or can mean several, must be chosen: a stranger would get her registration.

    Raises `UnusableAnswerError`.
    """
    if not name:
        if chosen:
            return cleaning.municipality(chosen)
        raise cleaning.UnusableAnswerError("Kies een gemeente, of typ een naam of postcode.")
    found = [place.municipality for place in finder.find(name)]
    code = cleaning.municipality(chosen) if chosen else ""
    if any(one.nis_code == code for one in found):
        return code
    if not found:
        message = "We vinden deze gemeente niet. Typ de naam of de postcode, of kies een gemeente."
        raise cleaning.UnusableAnswerError(message)
    if code:
        first = find_municipality(code).name
        raise cleaning.UnusableAnswerError(f"Je koos {first}, maar typte iets anders. Kies één.")
    if one := finder.only(name):
        return one.nis_code
    if len(found) == 1:
        raise cleaning.UnusableAnswerError(f"Bedoel je {found[0].name}? Kies het dan.")
    message = "Dat kan meer dan één gemeente zijn. Kies de juiste."
    raise cleaning.UnusableAnswerError(message)


def _partner(typed: Mapping[str, str], errors: dict[str, str]) -> Partner | None:
    name, email = typed["partner_name"], typed["partner_email"]
    try:
        name = cleaning.name(name)
    except cleaning.UnusableAnswerError:
        errors["partner_name"] = "Vul de naam van de organisatie in, zonder webadres."
    if len(name) > MAX_PARTNER_NAME:
        errors["partner_name"] = f"Maak de naam korter: hoogstens {MAX_PARTNER_NAME} tekens."
    try:
        email = cleaning.email(email)
    except cleaning.UnusableAnswerError:
        errors["partner_email"] = "Vul een e-mailadres in zoals naam@voorbeeld.be."
    return None if errors else Partner(name, email)
