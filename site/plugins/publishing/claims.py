"""
What the inventory of buddy projects is made of: claims. Nobody has a full or an agreed list, so a
value never stands alone: it has a source, says how sure that is, and stands beside other values
where sources differ. What no source says is not there; a page then says «niet gekend».

What is said here of each type goes into the published JSON Schema.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from chalicelib.domain.municipalities import MUNICIPALITIES
from publishing.front_matter import Slug, Strict
from publishing.moments import Moment, MomentError, MomentText, PeriodText, moment

# No text starts with a sign that makes a spreadsheet take it for a formula.
Said = Annotated[str, Meta(min_length=2, max_length=300, pattern=r"^[^\s=+@-]")]
Count = Annotated[int, Meta(ge=0)]
Amount = Annotated[float, Meta(ge=0)]

Certainty = Literal["zeker", "onzeker"]
Qualifier = Literal["ongeveer", "meer dan", "minstens", "hoogstens"]
Province = Literal[
    "Antwerpen", "Limburg", "Oost-Vlaanderen", "Vlaams-Brabant", "West-Vlaanderen",
    "Brussels Hoofdstedelijk Gewest",
]  # fmt: skip
Domain = Literal[
    "inburgering", "onderwijs", "werk", "wonen", "nieuwe inwoners", "welzijn",
    "armoede", "eenzaamheid", "geestelijke gezondheid", "handicap", "jonge gezinnen",
]  # fmt: skip
WELFARE = ("armoede", "eenzaamheid", "geestelijke gezondheid", "handicap", "jonge gezinnen")
"""Domains that are part of «welzijn», which the answer of 2020 names as one."""
FOURTH_PILLAR = "inburgering"
"""The only domain that counts as the fourth pillar (the same answer)."""
SMALLEST = 5
"""People in a group: fewer could be recognised, and are no aggregate."""
_WHOLE = 100.5  # per cent of shares together: each of them may have been rounded

_PLACES = {municipality.slug for municipality in MUNICIPALITIES}


class Claim(Strict, frozen=True, kw_only=True):
    """What one source says."""

    source: Annotated[Slug, Meta(description="A key of site/data/sources.yaml")]
    certainty: Certainty = "zeker"
    note: Said | None = None

    @property
    def is_sure(self) -> bool:
        return self.certainty == "zeker"

    def moments(self) -> Iterator[tuple[str, str]]:
        """The moments in it, as written, by their field."""
        return iter(())

    def problems(self) -> Iterator[str]:
        for field, text in self.moments():
            try:
                moment(text)
            except MomentError as error:
                yield f"{field}: {error}"


class Dated(Claim, frozen=True, kw_only=True):
    """… with when that was so; without one, the source doesn't say."""

    when: PeriodText | None = None

    @property
    def period(self) -> Moment | None:
        return moment(self.when) if self.when else None

    def moments(self) -> Iterator[tuple[str, str]]:
        if self.when:
            yield "when", self.when


class TextClaim(Dated, frozen=True, kw_only=True):
    """In words, as the source has it."""

    value: Said


class PlaceClaim(Dated, frozen=True, kw_only=True):
    """A municipality of today, by its address."""

    value: Annotated[Slug, Meta(description="As in /word-buddy/aalst/")]

    def problems(self) -> Iterator[str]:
        yield from super().problems()
        if self.value not in _PLACES:
            yield f"value: no municipality has the address «{self.value}»"


class ProvinceClaim(Dated, frozen=True, kw_only=True):
    """Where a source names a province and no municipality; the rest follows from the places."""

    value: Province


class DomainClaim(Dated, frozen=True, kw_only=True):
    """What it is about."""

    value: Domain


class FormClaim(Dated, frozen=True, kw_only=True):
    """Of an organisation, or grown from below."""

    value: Literal["formeel", "informeel"]


class LinkClaim(Dated, frozen=True, kw_only=True):
    """A project or programme of the inventory, by the name of its file."""

    value: Slug


class RunClaim(Claim, frozen=True, kw_only=True):
    """A moment or period in which it ran; in one municipality of it where `place` says so."""

    value: PeriodText
    place: Slug | None = None

    @property
    def moment(self) -> Moment:
        return moment(self.value)

    def moments(self) -> Iterator[tuple[str, str]]:
        yield "value", self.value


class MomentClaim(RunClaim, frozen=True, kw_only=True):
    """When it began or ended: a moment."""

    value: MomentText


class CountClaim(Dated, frozen=True, kw_only=True):
    """A number, at a moment or over a period."""

    value: Count
    qualifier: Qualifier | None = None


class FigureClaim(CountClaim, frozen=True, kw_only=True):
    """Another number, with what it counts."""

    what: Said


class GroupClaim(Dated, frozen=True, kw_only=True):
    """People with the same language or nationality, together: a share (%), or a number."""

    value: Said
    share: Annotated[float, Meta(ge=0, le=100)] | None = None
    count: Annotated[int, Meta(ge=SMALLEST)] | None = None


class BudgetClaim(Dated, frozen=True, kw_only=True):
    """Euros, and whose."""

    value: Amount
    qualifier: Qualifier | None = None
    funder: Said | None = None


class StaffClaim(Dated, frozen=True, kw_only=True):
    """Full-time equivalents."""

    value: Amount
    qualifier: Qualifier | None = None


Texts = tuple[TextClaim, ...]
Names = Annotated[Texts, Meta(min_length=1)]


class Record(Strict, frozen=True, kw_only=True):
    """Something that the inventory has claims about; the name of its file is its address."""

    LABELS: ClassVar[dict[str, str]]
    """The fields in the order of the page, each with what a reader calls it."""

    names: Names
    about: Texts = ()

    @property
    def name(self) -> str:
        return self.names[0].value

    def of(self, field: str) -> tuple[Claim, ...]:
        """The claims of one field."""
        claims: tuple[Claim, ...] = getattr(self, field)
        return claims

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Every claim, with the name of its field."""
        for field in self.LABELS:
            yield from ((field, claim) for claim in self.of(field))

    def problems(self) -> Iterator[str]:
        for field in self.LABELS:
            for number, claim in enumerate(self.of(field)):
                yield from (f"{field}[{number}].{problem}" for problem in claim.problems())


def _ends_too_soon(starts: Iterable[MomentClaim], ends: Iterable[MomentClaim]) -> Iterator[str]:
    """An end that lies before every start of the same place, however wide both are taken."""
    firsts: dict[str | None, list[Any]] = defaultdict(list)
    for start in starts:
        firsts[start.place].append(start.moment.first)
    for number, end in enumerate(ends):
        known = [first for first in firsts[end.place] if first]
        last = end.moment.last
        if last and known and len(known) == len(firsts[end.place]) and last < min(known):
            yield f"ends[{number}].value: lies before every start"


class Project(Record, frozen=True, kw_only=True):
    """A buddy project, as sources describe it."""

    LABELS: ClassVar[dict[str, str]] = {
        "names": "Naam",
        "about": "Wat",
        "organisers": "Wie",
        "areas": "Waar, in woorden",
        "places": "Gemeente",
        "provinces": "Provincie",
        "domains": "Domein",
        "forms": "Formeel of informeel",
        "programmes": "Programma",
        "starts": "Start",
        "ends": "Einde",
        "runs": "Liep in",
        "duos": "Duo’s",
        "languages": "Talen",
        "nationalities": "Nationaliteiten",
        "budgets": "Budget",
        "staff": "Voltijdse krachten (vte)",
    }

    organisers: Texts = ()
    areas: Texts = ()
    places: tuple[PlaceClaim, ...] = ()
    provinces: tuple[ProvinceClaim, ...] = ()
    domains: tuple[DomainClaim, ...] = ()
    forms: tuple[FormClaim, ...] = ()
    programmes: tuple[LinkClaim, ...] = ()
    starts: tuple[MomentClaim, ...] = ()
    ends: tuple[MomentClaim, ...] = ()
    runs: tuple[RunClaim, ...] = ()
    duos: tuple[CountClaim, ...] = ()
    languages: tuple[GroupClaim, ...] = ()
    nationalities: tuple[GroupClaim, ...] = ()
    budgets: tuple[BudgetClaim, ...] = ()
    staff: tuple[StaffClaim, ...] = ()

    @property
    def is_fourth_pillar(self) -> bool:
        return any(claim.value == FOURTH_PILLAR for claim in self.domains)

    def problems(self) -> Iterator[str]:
        if found := list(super().problems()):
            yield from found
            return
        here = {claim.value for claim in self.places}
        for field in ("starts", "ends", "runs"):
            for number, claim in enumerate(self.of(field)):
                place = getattr(claim, "place", None)
                if place and place not in here:
                    yield f"{field}[{number}].place: «{place}» is not among `places`"
        for field in ("languages", "nationalities"):
            yield from self._too_much(field)
        yield from _ends_too_soon(self.starts, self.ends)

    def _too_much(self, field: str) -> Iterator[str]:
        """A share or a number each, and no more than everybody in one source at one moment."""
        shares: dict[tuple[str, str | None], float] = defaultdict(float)
        for number, claim in enumerate(getattr(self, field)):
            if (claim.share is None) == (claim.count is None):
                yield f"{field}[{number}]: has a share or a count"
            shares[claim.source, claim.when] += claim.share or 0
        for (source, _), share in shares.items():
            if share > _WHOLE:
                yield f"{field}: the shares of {source} are {share:g} % together"


class Programme(Record, frozen=True, kw_only=True):
    """What several projects are part of: a call, a subsidy, a policy."""

    LABELS: ClassVar[dict[str, str]] = {
        "names": "Naam",
        "about": "Wat",
        "organisers": "Wie",
        "areas": "Waar, in woorden",
        "starts": "Start",
        "ends": "Einde",
        "projects": "Projecten",
        "municipalities": "Gemeenten",
        "budgets": "Budget",
        "figures": "Andere cijfers",
    }

    organisers: Texts = ()
    areas: Texts = ()
    starts: tuple[MomentClaim, ...] = ()
    ends: tuple[MomentClaim, ...] = ()
    projects: tuple[CountClaim, ...] = ()
    municipalities: tuple[CountClaim, ...] = ()
    budgets: tuple[BudgetClaim, ...] = ()
    figures: tuple[FigureClaim, ...] = ()

    def problems(self) -> Iterator[str]:
        if found := list(super().problems()):
            yield from found
            return
        for field in ("starts", "ends"):
            for number, claim in enumerate(self.of(field)):
                if getattr(claim, "place", None):
                    yield f"{field}[{number}].place: a programme has no municipality of its own"
        yield from _ends_too_soon(self.starts, self.ends)


class Evaluation(Record, frozen=True, kw_only=True):
    """A study or report: of projects, of a programme, or (of neither) of the whole field."""

    LABELS: ClassVar[dict[str, str]] = {
        "names": "Document",
        "about": "Wat",
        "authors": "Wie",
        "periods": "Wanneer",
        "projects": "Projecten",
        "programmes": "Programma",
        "methods": "Werkwijze",
        "findings": "Resultaten",
    }

    authors: Texts = ()
    periods: tuple[RunClaim, ...] = ()
    projects: tuple[LinkClaim, ...] = ()
    programmes: tuple[LinkClaim, ...] = ()
    methods: Texts = ()
    findings: Texts = ()


KINDS: dict[str, type[Record]] = {
    "projecten": Project,
    "programmas": Programme,
    "evaluaties": Evaluation,
}
"""Each kind by its folder in site/content."""
