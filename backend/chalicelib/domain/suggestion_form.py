"""
The form with which somebody tells us of a buddy project, or that something in our list is wrong.

Read as the registration form is (form.py): the same limits, the same errors, the same hidden
fields. What is asked is what the inventory keeps of a project (`site/plugins/publishing/claims.py`)
and most people know; the rest, they can say in their own words.
"""

from dataclasses import dataclass

from chalicelib.domain import cleaning
from chalicelib.domain.form import (
    FIELDS as OF_REGISTRATION,
)
from chalicelib.domain.form import (
    MAX_MUNICIPALITIES,
    Field,
    FieldError,
    Fields,
    Posted,
    Section,
    Submission,
    invalid,
    read_form,
    submission,
)

DOMAINS = (
    "inburgering", "onderwijs", "werk", "wonen", "nieuwe inwoners", "welzijn",
    "armoede", "eenzaamheid", "geestelijke gezondheid", "handicap", "jonge gezinnen",
)  # fmt: skip
"""What a project can be about; the first is the fourth pillar."""

LONGEST = 300
"""Characters of one claim in the inventory (`Said`)."""


def _domain(text: str) -> str:
    if text not in DOMAINS:
        raise cleaning.UnusableAnswerError("Kies uit de lijst.")
    return text


SECTIONS = (
    Section(
        "Welk project?",
        (
            Field(
                "existing",
                "Staat het al in onze lijst?",
                cleaning.slug,
                60,
                why="Zo weten we bij welk project je melding hoort.",
                hint="Klopt er iets niet, of weet je meer? Kies dan het project.",
                kind="project",
            ),
            Field(
                "project",
                "Naam van het project",
                cleaning.line,
                120,
                why="Zo heet het project in de lijst.",
                missing="Vul de naam van het project in.",
            ),
            Field(
                "organiser",
                "Wie organiseert het?",
                cleaning.line,
                200,
                why="Dat komt in de lijst.",
                hint="Bijvoorbeeld een gemeente, een OCMW of een vzw.",
            ),
            Field(
                "municipality",
                "In welke gemeente?",
                cleaning.municipality,
                5,
                why="Dat komt in de lijst.",
                hint="Is het voor een hele streek? Vul dan de streek in.",
                kind="municipality",
                max_values=MAX_MUNICIPALITIES,
                nothing="Kies een gemeente",
            ),
            Field(
                "region",
                "In welke streek?",
                cleaning.line,
                200,
                why="Dat komt in de lijst.",
                hint="Bijvoorbeeld Meetjesland, of heel Vlaanderen.",
            ),
            Field(
                "domain",
                "Waarover gaat het?",
                _domain,
                40,
                why="Dat komt in de lijst.",
                hint="Kies alles wat past.",
                kind="choices",
                max_values=len(DOMAINS),
                options=DOMAINS,
            ),
        ),
    ),
    Section(
        "Wat weet je erover?",
        (
            Field(
                "about",
                "Wat doet het project?",
                cleaning.said,
                LONGEST,
                why="Dat komt in de lijst.",
                hint=f"In hoogstens {LONGEST} tekens. Noem geen personen.",
                kind="textarea",
            ),
            Field(
                "since",
                "Sinds wanneer bestaat het?",
                cleaning.month_or_year,
                20,
                why="Dat komt in de lijst.",
                hint="Bijvoorbeeld 2019, of maart 2019.",
            ),
            Field(
                "link",
                "Website",
                cleaning.web_address,
                200,
                why="Daar kijken we na wat je schreef.",
                hint="Bijvoorbeeld www.voorbeeld.be.",
                inputmode="url",
            ),
            Field(
                "duos",
                "Hoeveel duo’s zijn er?",
                cleaning.count,
                10,
                why="Dat komt in de lijst, met waar je het las.",
                hint="Weet je het niet zeker? Laat het dan leeg.",
                inputmode="numeric",
            ),
            Field(
                "duos_year",
                "In welk jaar was dat?",
                cleaning.year,
                10,
                why="Dat komt bij het aantal duo’s.",
                hint="Bijvoorbeeld 2023.",
                inputmode="numeric",
            ),
            Field(
                "found",
                "Waar staat dat aantal?",
                cleaning.line,
                200,
                why="Dat komt bij het aantal duo’s.",
                hint="Bijvoorbeeld in een jaarverslag, of op een website.",
            ),
            Field(
                "remark",
                "Wat moeten we nog weten?",
                cleaning.message,
                1000,
                why="Zo begrijpen we wat je bedoelt. Het komt niet in de lijst.",
                hint="Zeg ook wat er niet klopt. Of ken je talen, budget of personeel? "
                "Zeg dan waar dat staat.",
                kind="textarea",
            ),
        ),
    ),
    Section(
        "Wie ben jij?",
        (
            Field(
                "name",
                "Je naam",
                cleaning.name,
                100,
                why="Zo weten we wie we mailen. Je naam komt niet in de lijst.",
                missing="Vul je naam in.",
                hint="Je naam komt niet op de site.",
                autocomplete="name",
                short="Naam",
            ),
            Field(
                "email",
                "Je e-mailadres",
                cleaning.email,
                254,
                why="Om je te vertellen wat we beslissen. Het komt niet in de lijst.",
                missing="Vul je e-mailadres in.",
                hint="We mailen je wat we ermee doen.",
                kind="email",
                autocomplete="email",
                short="E-mailadres",
                inputmode="email",
            ),
            Field(
                "consent",
                "Jullie mogen op de site zetten wat ik over het project schrijf. "
                "Mijn naam en e-mailadres niet.",
                cleaning.agreement,
                3,
                why="Zo weet je wat er op de site komt.",
                missing="Kruis het vakje aan. Anders kunnen we niets met je melding doen.",
                kind="checkbox",
            ),
            *(OF_REGISTRATION[name] for name in ("submission_id", "token", "website")),
        ),
    ),
)

FIELDS: Fields = {field.name: field for section in SECTIONS for field in section.fields}


@dataclass(frozen=True)
class ProjectAnswers:
    """
    The clean answers; "" is not answered. `existing` is the name of a project's file, `since` a
    year or a month (`2019-03`); the last three are about the sender.
    """

    existing: str
    project: str
    organiser: str
    municipality: tuple[str, ...]
    region: str
    domain: tuple[str, ...]
    about: str
    since: str
    link: str
    duos: str
    duos_year: str
    found: str
    remark: str
    name: str
    email: str
    consent: str


def parse(posted: Posted) -> Submission[ProjectAnswers]:
    """
    Read the answers; a figure without the place where it stands is no use to anybody.

    Raises `InvalidFormError` with every error at once.
    """
    answers, errors = read_form(posted, FIELDS)
    if answers.get("duos") and answers.get("found") == "":
        errors.append(FieldError("found", "Vul in waar dat aantal staat. Of laat het aantal leeg."))
    if answers.get("duos") == "" and (answers.get("duos_year") or answers.get("found")):
        errors.append(FieldError("duos", "Vul het aantal duo’s in. Of laat ook de rest leeg."))
    if errors:
        raise invalid(posted, errors, FIELDS)
    return submission(answers, ProjectAnswers)
