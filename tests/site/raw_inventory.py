"""
The inventory read a second time, straight from its files and as simply as can be: what the tests
compare our counts with. It knows nothing of the code of the site.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.built_site import ROOT

CONTENT = ROOT / "site/content"
MUNICIPALITIES = ROOT / "backend/chalicelib/domain/data/municipalities.csv"
_TEXTS = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value a text
Record = dict[str, list[dict[str, str]]]


def records(folder: str) -> dict[str, Record]:
    """Each file by its name, every value a text."""
    files = sorted((CONTENT / folder).glob("*.yaml"))
    return {file.stem: yaml.load(file.read_text("utf-8"), Loader=_TEXTS) for file in files}


def claims() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Every claim: its folder, the name of its file, its field, and itself."""
    for folder in ("projecten", "programmas", "evaluaties"):
        for name, record in records(folder).items():
            for field, those in record.items():
                yield from ((folder, name, field, claim) for claim in those)


def provinces() -> dict[str, str]:
    """The province of each municipality, by its address."""
    with Path(MUNICIPALITIES).open(encoding="utf-8", newline="") as file:
        return {
            row["slug"]: row["province_nl"]
            if row["region_nis"] != "04000"
            else "Brussels Hoofdstedelijk Gewest"
            for row in csv.DictReader(file)
        }


def years_of(text: str) -> set[int]:
    """The years that a moment shows: none if it is only a limit."""
    if text.startswith(("voor ", "uiterlijk ", "vanaf ")):
        return set()
    if text.startswith("schooljaar "):
        one, other = text.removeprefix("schooljaar ").split("-")
        return {int(one), int(other)}
    if "/" in text:
        one, other = text.split("/")
        return set(range(int(one[:4]), int(other[:4]) + 1))
    return {int(text.rpartition(" ")[2][:4])}


def sure(record: Record, field: str, place: str) -> list[dict[str, Any]]:
    return [
        claim
        for claim in record.get(field, [])
        if claim.get("certainty", "zeker") == "zeker" and claim.get("place", place) == place
    ]


def years(record: Record, place: str) -> set[int]:
    """The years in which a project ran in a place ("" for one without): the rule of the page."""
    found: set[int] = set()
    latest: tuple[int, dict[str, Any] | None] = (0, None)
    for claim in sure(record, "starts", place):
        if years_of(claim["value"]) and max(years_of(claim["value"])) > latest[0]:
            latest = (max(years_of(claim["value"])), claim)
    ends = [years_of(claim["value"]) for claim in sure(record, "ends", place)]
    ends = sorted((end for end in ends if end), key=min)
    for claim in sure(record, "runs", place):
        found |= years_of(claim["value"])
    for claim in sure(record, "duos", place):
        if claim["value"] != "0" and "when" in claim:
            found |= years_of(claim["when"])
    start = years_of(latest[1]["value"]) if latest[1] else set()
    found |= start | (ends[0] if ends else set())
    if start and ends:
        found |= set(range(min(start), max(ends[0]) + 1))
    if latest[1] and "place" in latest[1]:
        found = {year for year in found if year >= min(start)}
    return found


def table(last: int) -> dict[tuple[int, str], int]:
    """Projects by year and province; the province "" counts each project once."""
    where = provinces()
    counted: dict[tuple[int, str], int] = {}
    for record in records("projecten").values():
        places = sorted({claim["value"] for claim in record.get("places", [])})
        named = {claim["value"] for claim in record.get("provinces", [])}
        seen: set[tuple[int, str]] = set()
        for place in places or [""]:
            for year in years(record, place):
                seen.add((year, ""))
                if place:
                    seen.add((year, where[place]))
        for province in named - {where[place] for place in places} or (
            set() if places or named else {"Zonder provincie"}
        ):
            seen |= {(year, province) for year in years(record, "")}
        for key in seen:
            if 2000 <= key[0] <= last:
                counted[key] = counted.get(key, 0) + 1
    return counted


def cities(last: int) -> dict[tuple[str, int], int]:
    """Projects by municipality and year."""
    counted: dict[tuple[str, int], int] = {}
    for record in records("projecten").values():
        for place in {claim["value"] for claim in record.get("places", [])}:
            for year in years(record, place):
                if 2000 <= year <= last:
                    counted[place, year] = counted.get((place, year), 0) + 1
    return counted
