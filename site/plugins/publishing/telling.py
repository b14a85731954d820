"""
What claims say, in words for a page: values that the same sources give in the same way stand
together, each other one stands apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.wording import listed, thousands
from publishing.claims import (
    BudgetClaim,
    Claim,
    CountClaim,
    FigureClaim,
    GroupClaim,
    LinkClaim,
    MomentClaim,
    RunClaim,
    StaffClaim,
)
from publishing.front_matter import Source
from publishing.inventory import Dossier, Inventory, ProjectDossier

# Fields of which several values are true at once, so that they read as one list.
_LISTED = {"organisers", "places", "provinces", "domains", "programmes", "projects", "authors"}
_NAMES = {municipality.slug: municipality.name for municipality in MUNICIPALITIES}
_EXACT = ("dag", "maand", "jaar")
_FILTERS = {"provinces": "provincie", "places": "gemeente", "domains": "domein"}


@dataclass(frozen=True)
class Value:
    """What is claimed, and the page about it, "" when there is none."""

    text: str
    path: str = ""


@dataclass(frozen=True)
class Told:
    """One or more values that the same sources give, at the same moment and as surely."""

    values: tuple[Value, ...]
    when: str
    certainty: str
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A field with all that is said of it; nothing, when nobody knows."""

    label: str
    told: tuple[Told, ...]


def rows(dossier: Dossier, inventory: Inventory) -> list[Row]:
    """Every field; the name only where sources give more than one."""
    item = dossier.item
    several = len({claim.value for claim in item.names}) > 1
    return [
        Row(
            label,
            tuple(told(field, item.of(field), inventory)) or derived(field, dossier, inventory),
        )
        for field, label in item.LABELS.items()
        if field != "names" or several
    ]


def derived(field: str, dossier: Dossier, inventory: Inventory) -> tuple[Told, ...]:
    """The provinces that follow from the municipalities, where no source names one."""
    if field != "provinces" or not isinstance(dossier, ProjectDossier) or not dossier.provinces:
        return ()
    choices = {one.title: one for one in inventory.choices["provincie"]}
    values = (Value(name, choices[name].path) for name in dossier.provinces)
    return (Told(tuple(values), "", "zeker", "Volgt uit de gemeente.", ()),)


def told(field: str, claims: Iterable[Claim], inventory: Inventory) -> Iterator[Told]:
    """The claims of a field, each value with those who give it."""
    by_value: dict[tuple[Value, str, str, str], list[str]] = {}
    for claim in claims:
        told_as = (value(field, claim, inventory), when(claim), claim.certainty, claim.note or "")
        by_value.setdefault(told_as, []).append(claim.source)
    together: dict[tuple[Any, ...], list[Value]] = {}
    for number, (said, keys) in enumerate(by_value.items()):
        sources = tuple(dict.fromkeys(keys))
        apart = None if field in _LISTED else number
        together.setdefault((*said[1:], sources, apart), []).append(said[0])
    for (period, certainty, note, sources, _), values in together.items():
        yield Told(tuple(values), period, certainty, note, sources)


def value(field: str, claim: Any, inventory: Inventory) -> Value:
    """The value of a claim in words, with a link where there is a page about it."""
    if field in _FILTERS:
        name = _NAMES[claim.value] if field == "places" else claim.value
        choices = {one.title: one for one in inventory.choices[_FILTERS[field]]}
        return Value(name, choices[name].path)
    if isinstance(claim, LinkClaim):
        there = inventory.by_slug[claim.value]
        return Value(there.name, there.path)
    return Value(in_words(claim))


def in_words(claim: Any) -> str:
    """The value of a claim that has no page."""
    if isinstance(claim, BudgetClaim):
        return f"{number(claim)} euro" + (f" van {claim.funder}" if claim.funder else "")
    if isinstance(claim, FigureClaim):
        return f"{claim.what}: {number(claim)}"
    if isinstance(claim, CountClaim | StaffClaim):
        return number(claim)
    if isinstance(claim, GroupClaim):
        share = f"{claim.share:g} %".replace(".", ",") if claim.share is not None else ""
        return f"{claim.value}: {share or f'{thousands(claim.count or 0)} mensen'}"
    if isinstance(claim, MomentClaim | RunClaim):
        return f"{claim.moment}" + (f" in {_NAMES[claim.place]}" if claim.place else "")
    return str(claim.value)


def number(claim: Any) -> str:
    """The number of a claim: «ongeveer 2.000»."""
    given = claim.value
    whole = thousands(int(given)) if given == int(given) else f"{given:g}".replace(".", ",")
    return f"{claim.qualifier} {whole}" if claim.qualifier else whole


def when(claim: Any) -> str:
    """The moment or period of a claim in words; "" when its value is the moment, or it has none."""
    period = getattr(claim, "period", None)
    return str(period) if period else ""


def cited(shown: Iterable[Row], inventory: Inventory) -> dict[str, Source]:
    """The sources of what is shown, in the order in which they come."""
    keys = (key for row in shown for one in row.told for key in one.sources)
    return {key: inventory.sources[key] for key in dict.fromkeys(keys)}


def described(project: ProjectDossier, base: str) -> dict[str, Any]:
    """What a machine reads of a project (schema.org): what is sure, and nothing else."""
    item = project.item
    starts = [one for one in item.starts if one.is_sure and one.moment.precision in _EXACT]
    places = [place.name for place in project.places] or list(project.provinces)
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": project.name,
        "areaServed": [{"@type": "AdministrativeArea", "name": name} for name in places],
        "member": [
            {"@type": "Organization", "name": name}
            for name in dict.fromkeys(one.value for one in item.organisers if one.is_sure)
        ],
        "keywords": list(project.domains),
        "foundingDate": starts[0].value if len(starts) == 1 and not starts[0].place else "",
        "url": base + project.path,
    }
    return {name: fact for name, fact in facts.items() if fact}


FEW = 4
"""Municipalities that still read as a list."""


def choices(inventory: Inventory) -> list[tuple[str, str]]:
    """Every project as a list of a form has it: its file's name, and what people call it where."""
    named = ((one.slug, f"{one.name}, {where(one)}".rstrip(", ")) for one in inventory.projects)
    return list(named)


def where(project: ProjectDossier) -> str:
    """The place of a project in a few words."""
    if 0 < len(project.places) <= FEW:
        return listed(place.name for place in project.places)
    areas = [one.value for one in project.item.areas]
    if project.places:
        return areas[0] if areas else f"{len(project.places)} gemeenten"
    return areas[0] if areas else listed(project.provinces)


def domains(project: ProjectDossier) -> str:
    """What a project is about, as its sources say it."""
    return listed(dict.fromkeys(one.value for one in project.item.domains))


def years(those: Iterable[int]) -> str:
    """«2014–2016, 2019»; "" for none."""
    runs: list[list[int]] = []
    for year in sorted(those):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def about(project: ProjectDossier) -> str:
    """What and when, as far as anybody says."""
    dated = f"liep in {years(project.years)}" if project.years else "jaar niet gekend"
    return " · ".join(filter(None, (domains(project), dated)))


def in_line(project: ProjectDossier) -> str:
    """Where, what and when, as far as anybody says."""
    return " · ".join(filter(None, (where(project), about(project))))
