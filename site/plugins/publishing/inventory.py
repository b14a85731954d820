"""
The inventory of buddy projects: the claims of `site/content`, checked against each other, and what
follows from them (places, provinces, the years in which a project ran, what nobody knows).

Nothing here merges or averages two claims.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from pelican import signals

from chalicelib.domain.municipalities import (
    BRUSSELS,
    MUNICIPALITIES,
    Municipality,
    by_province,
    fold,
    slug,
)
from chalicelib.domain.site import (
    PROGRAMMES,
    PROJECT_DATA,
    PROJECT_GAPS,
    PROJECT_STUDIES,
    PROJECTS,
    PROJECTS_BY_YEAR,
    SUGGEST,
)
from publishing import front_matter
from publishing.claims import (
    KINDS,
    WELFARE,
    Claim,
    Evaluation,
    FigureClaim,
    LinkClaim,
    Programme,
    Project,
    Record,
)
from publishing.front_matter import FrontMatterError, Source

SINCE = 2000
"""The year in which the overview begins: the question of 2020 asks for 2000 up to 2019."""
NO_YEAR = "Niet gekend"
NEVER = 9999
NO_PROVINCE = "Zonder provincie"
"""Projects of the whole region, and those of which no source names a place."""
FILTERS = {"provincie": "Provincie", "gemeente": "Gemeente", "domein": "Domein", "jaar": "Jaar"}
"""The ways to choose projects, each a folder of pages, with its heading."""
TAKEN = {*FILTERS} | {
    path.split("/")[2]
    for path in (PROGRAMMES, PROJECTS_BY_YEAR, PROJECT_STUDIES, PROJECT_GAPS, PROJECT_DATA, SUGGEST)
}
"""What a project's file may not be called: its page would take another's address."""

_REST = {NO_PROVINCE: "zonder provincie", NO_YEAR: "waarvan geen jaar gekend is"}
_HEADINGS = {
    "provincie": "in de provincie", "gemeente": "in", "domein": "rond", "jaar": "die liepen in",
}  # fmt: skip
_BY_SLUG = {municipality.slug: municipality for municipality in MUNICIPALITIES}


@dataclass(frozen=True)
class Dossier:
    """What the inventory has about one thing, under the name of its file."""

    slug: str
    item: Record = field(hash=False)

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def path(self) -> str:
        if isinstance(self.item, Evaluation):
            return f"{PROJECT_STUDIES}#{self.slug}"
        folder = PROGRAMMES if isinstance(self.item, Programme) else PROJECTS
        return f"{folder}{self.slug}/"


@dataclass(frozen=True)
class ProjectDossier(Dossier):
    """… about a project, with what follows from its claims."""

    item: Project = field(hash=False)

    @cached_property
    def places(self) -> tuple[Municipality, ...]:
        return tuple(dict.fromkeys(_BY_SLUG[claim.value] for claim in self.item.places))

    @cached_property
    def provinces(self) -> tuple[str, ...]:
        """Of its municipalities, and those that a source names."""
        named = {claim.value for claim in self.item.provinces}
        found = named | {place.province for place in self.places}
        return tuple(province for province in by_province() if province in found)

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """As claimed; what is part of welfare is welfare too."""
        found = {claim.value for claim in self.item.domains}
        return tuple(sorted(found | ({"welzijn"} if found & set(WELFARE) else set())))

    @cached_property
    def years(self) -> frozenset[int]:
        """The calendar years in which claims show that it ran, anywhere."""
        return self.years_in(self.places)

    @cached_property
    def begun(self) -> int:
        """The year by which it surely ran or had begun; far away when nobody says."""
        starts = {
            claim.moment.last.year
            for claim in self.item.starts
            if claim.is_sure and claim.moment.last
        }
        return min(self.years | starts, default=NEVER)

    def years_in(self, places: Iterable[Municipality]) -> frozenset[int]:
        """The same, in any of these municipalities; without any, as far as it has no place."""
        slugs: list[str | None] = [place.slug for place in places]
        return frozenset[int]().union(*(self._years(one) for one in slugs or [None]))

    def years_of(self, province: str) -> frozenset[int]:
        """The same, in a province."""
        return self.years_in(place for place in self.places if place.province == province)

    def _years(self, place: str | None) -> set[int]:
        """
        The rule, as the overview tells it: the year of the start, of the end, and all between when
        both are known; each year that a source speaks of, by itself or with a number of duos. What
        is uncertain, or open at one side, shows no year. Where sources differ on the start, the
        latest counts: by then all agree that it ran. A claim without a place is about all places,
        but not about years before that place's own start.
        """
        starts = list(_of_place(self.item.starts, place))
        start = max(starts, key=lambda one: one.moment.years[-1], default=None)
        end = min(
            _of_place(self.item.ends, place), key=lambda one: one.moment.years[0], default=None
        )
        years = {year for run in _of_place(self.item.runs, place) for year in run.moment.years}
        years |= {
            year
            for duos in self.item.duos
            if duos.is_sure and duos.value and duos.period
            for year in duos.period.years
        }
        for one in (start, end):
            years.update(one.moment.years if one else ())
        if start and end:
            years.update(range(start.moment.years[0], end.moment.years[-1] + 1))
        if start and start.place:
            years = {year for year in years if year >= start.moment.years[0]}
        return years


def _of_place(claims: Iterable[Any], place: str | None) -> Iterator[Any]:
    """Those that are sure and closed at both sides, of this place or of no place in particular."""
    for claim in claims:
        if claim.is_sure and claim.moment.years and claim.place in (None, place):
            yield claim


@dataclass(frozen=True)
class Choice:
    """One page of a filter: what it chooses, and the projects that it leaves."""

    filter: str
    title: str
    projects: tuple[ProjectDossier, ...]

    @property
    def path(self) -> str:
        return f"{PROJECTS}{self.filter}/{slug(self.title)}/"

    @property
    def heading(self) -> str:
        """«Buddyprojecten in de provincie Antwerpen», «… rond wonen»."""
        if self.title in _REST:
            return f"Buddyprojecten {_REST[self.title]}"
        before = "in het" if self.title == BRUSSELS else _HEADINGS[self.filter]
        return f"Buddyprojecten {before} {self.title}"


@dataclass(frozen=True)
class Known:
    """Of how many projects a field is known."""

    label: str
    known: int
    of: int

    @property
    def share(self) -> int:
        """In per cent, rounded down: everything known is 100, and nothing else is."""
        return 100 * self.known // self.of if self.of else 0


@dataclass(frozen=True)
class Inventory:
    """Everything that we have, by name."""

    projects: tuple[ProjectDossier, ...]
    programmes: tuple[Dossier, ...]
    evaluations: tuple[Dossier, ...]
    sources: dict[str, Source]
    until: int
    """The year of the build, the last one of the overview."""

    @property
    def dossiers(self) -> tuple[Dossier, ...]:
        return (*self.projects, *self.programmes, *self.evaluations)

    @property
    def paths(self) -> list[str]:
        """Every page that comes from the inventory alone, without a text of its own."""
        own = [one.path for one in (*self.projects, *self.programmes)]
        return own + [one.path for choices in self.choices.values() for one in choices]

    @cached_property
    def read_on(self) -> date:
        """The last day on which somebody read one of its sources: how current it is."""
        used = {claim.source for one in self.dossiers for _, claim in one.item.claims()}
        return max(day for key in used if (day := self.sources[key].read))

    @cached_property
    def by_slug(self) -> dict[str, Dossier]:
        """The projects and programmes, which other records may name."""
        return {one.slug: one for one in (*self.projects, *self.programmes)}

    def of_programme(self, programme: Dossier) -> list[tuple[ProjectDossier, LinkClaim]]:
        """The projects that a source counts as part of it, each with that claim."""
        return [
            (project, claim)
            for project in self.projects
            for claim in project.item.programmes
            if claim.value == programme.slug
        ]

    def evaluations_of(self, dossier: Dossier) -> list[Dossier]:
        """The studies that name this project or programme."""
        return [
            one
            for one in self.evaluations
            for name, claim in one.item.claims()
            if name in ("projects", "programmes") and getattr(claim, "value", "") == dossier.slug
        ]

    @cached_property
    def years(self) -> range:
        return range(SINCE, self.until + 1)

    @cached_property
    def without_year(self) -> tuple[ProjectDossier, ...]:
        return tuple(one for one in self.projects if not set(one.years) & set(self.years))

    @cached_property
    def provinces(self) -> dict[str, tuple[ProjectDossier, ...]]:
        """The projects of each province, and last those without one."""
        return {
            name: tuple(one for one in self.projects if name in (one.provinces or (NO_PROVINCE,)))
            for name in (*by_province(), NO_PROVINCE)
        }

    def count(self, year: int, province: str = "") -> int:
        """Projects that ran in a year: in a province, or each once."""
        if not province:
            return sum(year in one.years for one in self.projects)
        return sum(year in one.years_of(province) for one in self.provinces[province])

    def undated(self, province: str) -> int:
        """Projects of a province of which no year there is known."""
        shown = set(self.years)
        return sum(not shown & one.years_of(province) for one in self.provinces[province])

    def maybe(self, year: int) -> int:
        """Projects that had begun by this year, and of which nobody says that they ended."""
        return sum(
            year not in one.years and not one.item.ends and one.begun <= year
            for one in self.projects
        )

    @cached_property
    def cities(self) -> list[tuple[Municipality, tuple[ProjectDossier, ...], dict[int, int]]]:
        """Each municipality with projects, and how many of them ran there in each year."""
        rows = []
        for choice in self.choices["gemeente"]:
            place = next(one for one in MUNICIPALITIES if one.name == choice.title)
            years = [year for one in choice.projects for year in one.years_in([place])]
            counted = {year: years.count(year) for year in sorted(set(years)) if year in self.years}
            rows.append((place, choice.projects, counted))
        return rows

    @cached_property
    def choices(self) -> dict[str, list[Choice]]:
        """The pages of each filter; there is none for what has no projects."""
        names = sorted((place.name for place in MUNICIPALITIES), key=fold)
        domains = {name for one in self.projects for name in one.domains}
        years = map(str, reversed(self.years))
        titles: dict[str, tuple[Iterable[str], Callable[[ProjectDossier], Iterable[str]]]] = {
            "provincie": (
                (*by_province(), NO_PROVINCE),
                lambda one: one.provinces or (NO_PROVINCE,),
            ),
            "gemeente": (names, lambda one: [place.name for place in one.places]),
            "domein": (sorted(domains), lambda one: one.domains),
            "jaar": ((*years, NO_YEAR), self._titles_of_years),
        }
        return {name: list(self._chosen(name, *those)) for name, those in titles.items()}

    def _titles_of_years(self, one: ProjectDossier) -> list[str]:
        return [str(year) for year in one.years if year in self.years] or [NO_YEAR]

    def _chosen(
        self,
        name: str,
        titles: Iterable[str],
        titles_of: Callable[[ProjectDossier], Iterable[str]],
    ) -> Iterator[Choice]:
        by_title = defaultdict(list)
        for one in self.projects:
            for title in titles_of(one):
                by_title[title].append(one)
        for title in titles:
            if by_title[title]:
                yield Choice(name, title, tuple(by_title[title]))

    @property
    def figures(self) -> list[FigureClaim]:
        """What others counted of a programme, oldest first."""
        found = [claim for one in self.programmes for claim in one.item.of("figures")]
        dated = [one for one in found if isinstance(one, FigureClaim) and one.period]
        return sorted(dated, key=lambda one: str(one.period and one.period.last))

    def values(self, name: str) -> list[tuple[Dossier, Claim]]:
        """Every claim of a field, over all projects."""
        return [(one, claim) for one in self.projects for claim in one.item.of(name)]

    @cached_property
    def completeness(self) -> list[Known]:
        """How much of each field is known, over all projects."""
        known = {name: sum(_is_known(self, one, name) for one in self.projects) for name in WANTED}
        return [Known(label, known[name], len(self.projects)) for name, label in WANTED.items()]

    @cached_property
    def missing(self) -> list[tuple[ProjectDossier, list[str]]]:
        """What nobody says of each project, those with the most first."""
        found = [
            (one, [label for name, label in WANTED.items() if not _is_known(self, one, name)])
            for one in self.projects
        ]
        return sorted(found, key=lambda row: -len(row[1]))


WANTED = {
    "organisers": "wie",
    "provinces": "provincie",
    "places": "gemeente",
    "domains": "domein",
    "forms": "formeel of informeel",
    "programmes": "programma",
    "starts": "start",
    "ends": "einde",
    "duos": "duo’s",
    "languages": "talen of nationaliteiten",
    "budgets": "budget",
    "staff": "voltijdse krachten",
    "evaluations": "evaluatie",
}
"""What both documents of parliament ask of a project, each with its name in a sentence."""


def _is_known(inventory: Inventory, one: ProjectDossier, name: str) -> bool:
    if name == "evaluations":
        return bool(inventory.evaluations_of(one))
    if name == "provinces":
        return bool(one.provinces)
    if name == "languages":
        return bool(one.item.languages or one.item.nationalities)
    return bool(one.item.of(name))


def read(content: Path, sources: dict[str, Source], until: int) -> Inventory:
    """
    The inventory in the folders of `content`, with the years up to `until`.

    Raises FrontMatterError with every problem, a line each, that names the file and the field.
    """
    problems: list[str] = []
    found: dict[str, list[tuple[Path, Any]]] = {kind: [] for kind in KINDS}
    for folder, kind in KINDS.items():
        for file in sorted((content / folder).glob("*.yaml")):
            try:
                item = front_matter.decode(file.read_text(encoding="utf-8"), kind, file)
            except FrontMatterError as error:
                problems.append(str(error))
                continue
            found[folder].append((file, item))
    problems += _across(found, sources)
    if problems:
        raise FrontMatterError("\n".join(problems))
    projects = (ProjectDossier(file.stem, item) for file, item in found["projecten"])
    programmes = (Dossier(file.stem, item) for file, item in found["programmas"])
    evaluations = (Dossier(file.stem, item) for file, item in found["evaluaties"])
    return Inventory(
        tuple(sorted(projects, key=_by_name)),
        tuple(sorted(programmes, key=_by_name)),
        tuple(sorted(evaluations, key=_by_name)),
        sources,
        until,
    )


def _by_name(one: Dossier) -> tuple[str, str]:
    return fold(one.name), one.slug


def _across(found: dict[str, list[tuple[Path, Any]]], sources: dict[str, Source]) -> Iterator[str]:
    """What no file shows by itself: names of others, and the same project twice."""
    known = {kind: {file.stem for file, _ in files} for kind, files in found.items()}
    for file, item in (one for files in found.values() for one in files):
        for name, claim in item.claims():
            if claim.source not in sources:
                yield f"{file}: {name}: source: {claim.source}: not in the list of sources"
            if isinstance(claim, LinkClaim):
                there = known["programmas" if name == "programmes" else "projecten"]
                if claim.value not in there:
                    yield f"{file}: {name}: value: {claim.value}: not in the inventory"
    yield from _twice(found["projecten"], TAKEN | known["programmas"])


def _twice(files: list[tuple[Path, Project]], reserved: set[str]) -> Iterator[str]:
    taken: dict[tuple[str, str], Path] = {}
    for file, item in files:
        if file.stem in reserved:
            yield f"{file}: another page or programme has the name «{file.stem}»"
        places = dict.fromkeys(claim.value for claim in item.places) or [""]
        names = {fold(claim.value) for claim in item.names}
        for place, name in product(places, names):
            other = taken.setdefault((name, place), file)
            if other != file:
                where = f"places: {place}" if place else "without places"
                yield f"{file}: names: {item.name}, {where}: is in {other.name} too"


@front_matter.ends_the_build()
def provide(generators: list[Any]) -> None:
    """Put the inventory in the context that all generators share."""
    context = generators[0].context
    sources = front_matter.sources(Path(context["SOURCES"]))
    content = Path(context["INVENTORY"])
    context["inventory"] = read(content, sources, context["TODAY"].year)


def register() -> None:
    signals.all_generators_finalized.connect(provide)
