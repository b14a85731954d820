"""Sample registrations: one that is right, and what a test wants to be different."""

import uuid
from datetime import UTC, datetime

from chalicelib.domain import reference as references_of
from chalicelib.domain import suggestion_form
from chalicelib.domain.contacts import Contact
from chalicelib.domain.form import Answers, parse
from chalicelib.domain.outbox import Mail
from chalicelib.domain.reference import references
from chalicelib.domain.registration import (
    CONFIRMATION,
    FORWARDING,
    VOLUNTEER,
    Circumstances,
    Registration,
    register,
)
from chalicelib.domain.suggestion import Suggestion, suggest
from chalicelib.links import Links

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday
AALST = "41002"
GENT = "44021"
BRUSSEL = "21004"
AGENCY = "desk@mijnbuddy.example"
SENDER = "buddy@mijnbuddy.example"
SITE_URL = "https://www.mijnbuddy.example"
KEYS = (b"current" * 9, b"previous" * 8)
LINKS = Links(SITE_URL, lambda: KEYS)

Changes = str | list[str] | None


def posted(**changes: Changes) -> dict[str, list[str]]:
    """A right form; a change of None leaves the field out."""
    values: dict[str, Changes] = {
        "name": "Anaïs D’Hondt",
        "email": "anais@example.be",
        "phone": "0470 12 34 56",
        "postcode": "9300",
        "about": "Ik ga graag wandelen.",
        "consent": "yes",
        **changes,
    }
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in values.items()
        if value is not None
    }


def answers(**changes: Changes) -> Answers:
    return parse(posted(**changes)).answers


def registration(number: int = 1, now: datetime = NOW, **changes: Changes) -> Registration:
    """A new registration; another `number` is another submission."""
    submission_id = str(uuid.UUID(int=number))
    return register(answers(**changes), next(references(submission_id)), submission_id, now)


def project_posted(**changes: Changes) -> dict[str, list[str]]:
    """A right form about a project; a change of None leaves the field out."""
    values: dict[str, Changes] = {
        "project": "Samen op Stap",
        "organiser": "vzw Samen",
        "municipality": [AALST],
        "region": "de streek rond Aalst",
        "domain": ["inburgering"],
        "about": "Buddy’s gaan op stap.",
        "since": "maart 2019",
        "link": "www.samen.example",
        "duos": "25",
        "duos_year": "2023",
        "found": "het jaarverslag",
        "remark": "Bel me gerust.",
        "name": "Mieke Melder",
        "email": "mieke@melder.example",
        "consent": "yes",
        **changes,
    }
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in values.items()
        if value is not None
    }


def suggestion(number: int = 1, now: datetime = NOW, **changes: Changes) -> Suggestion:
    """A new suggestion; another `number` is another submission."""
    submission_id = str(uuid.UUID(int=number))
    answers = suggestion_form.parse(project_posted(**changes)).answers
    reference = next(references(submission_id, references_of.SUGGESTION))
    return suggest(answers, reference, submission_id, now, Circumstances())


def mail_to(registration: Registration, receiver: str = AALST) -> Mail:
    """The forwarding to a municipality, or the confirmation."""
    kind = CONFIRMATION if receiver == VOLUNTEER else FORWARDING
    mail = registration.mail(kind, receiver)
    assert mail
    return mail


def contact(
    nis_code: str = AALST,
    email: str = "buddy@aalst.example",
    order: int = 1,
    state: str = "confirmed",
) -> Contact:
    return Contact(nis_code, email, order, state, since=NOW)
