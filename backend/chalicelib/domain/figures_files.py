"""
The published figures as files for programs: JSON with its JSON Schema, a table (CSV) with its
description (Frictionless Data Package), and what a search engine for data reads.

Names are in English, as those of the API; what they mean is told in Dutch.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from chalicelib.domain.course import DUOS, IN_TIME, JUDGED, REGISTERED
from chalicelib.domain.hiding import MIN_SHOWN
from chalicelib.domain.open_data import LICENCE, LICENCE_URL, PACKAGE_LICENCE, dataset_of
from chalicelib.domain.published import HIDDEN, Count, Publication
from chalicelib.domain.site import FIGURES

TITLE = "Aanmeldingen van kandidaat-buddy’s in Vlaanderen en Brussel"
WHAT = (
    "Hoeveel mensen zich via mijnbuddy.be aanmeldden als buddy, per week, provincie en gemeente, "
    "en hoe snel hun gemeente hen contacteerde."
)

JSON = f"{FIGURES}figures.json"
SCHEMA = f"{FIGURES}figures.schema.json"
CSV = f"{FIGURES}figures.csv"
PACKAGE = f"{FIGURES}datapackage.json"
ADDRESSES = (JSON, SCHEMA, CSV, PACKAGE)
"""All that is published beside the page: nobody else knows which addresses there are."""

_SHOWN, _UNKNOWN = "shown", "unknown"

_FIELDS = (
    (
        "level",
        "string",
        "Waarover: alles samen, een week, een provincie, een gemeente, anderen, of een bestand",
    ),
    (
        "name",
        "string",
        "Naam van de provincie, de gemeente of de organisatie, of adres van het bestand",
    ),
    ("nis_code", "string", "NIS-code van de gemeente"),
    ("from", "date", "Eerste dag; leeg: vanaf het begin"),
    ("to", "date", "Laatste dag die meetelt"),
    ("measure", "string", "Wat er geteld is"),
    ("value", "integer", "Het aantal; leeg als het niet getoond wordt, of niet gekend is"),
    ("status", "string", "Of het aantal er staat, niet getoond wordt, of niet gekend is"),
)
_LEVELS = ("total", "week", "province", "municipality", "other", "file")
_DOWNLOADS = "downloads"
_MEASURES = {
    REGISTERED: "aanmeldingen",
    JUDGED: "gecontacteerd, of al langer dan 10 werkdagen niet",
    IN_TIME: "gecontacteerd binnen 10 werkdagen",
    DUOS: "duo’s",
    _DOWNLOADS: "keer gedownload",
}
_VALUES = {
    "level": list(_LEVELS),
    "measure": list(_MEASURES),
    "status": [_SHOWN, HIDDEN, _UNKNOWN],
}


def as_json(published: Publication) -> str:
    """All of it. What is not shown is «hidden», what nobody knows is null."""
    about = {
        "title": TITLE,
        "description": WHAT,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "minimum_shown": MIN_SHOWN,
    }
    return _text(about | asdict(published))


def as_csv(published: Publication) -> str:
    """A row for each count (RFC 4180)."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(name for name, _, _ in _FIELDS)
    writer.writerows(_rows(published))
    return file.getvalue()


def _rows(published: Publication) -> Iterator[tuple[object, ...]]:
    def row(of: tuple[object, ...], measure: str, count: Count) -> tuple[object, ...]:
        if isinstance(count, int):
            return (*of, measure, count, _SHOWN)
        return (*of, measure, "", HIDDEN if count == HIDDEN else _UNKNOWN)

    all_of_it = ("total", "", "", "", published.day or "")
    yield row(all_of_it, REGISTERED, published.registered)
    yield row(all_of_it, JUDGED, published.judged)
    yield row(all_of_it, IN_TIME, published.in_time)
    yield row(all_of_it, DUOS, published.duos)
    for week in published.weeks:
        yield row(("week", "", "", week.first, week.last), REGISTERED, week.registered)
    for area in published.provinces:
        of = ("province", area.name, "", "", published.places_on)
        yield row(of, REGISTERED, area.registered)
        yield row(of, JUDGED, area.judged)
        yield row(of, IN_TIME, area.in_time)
        yield row(of, DUOS, area.duos)
    for place in published.municipalities:
        where = ("municipality", place.name, place.nis_code, "", published.places_on)
        yield row(where, REGISTERED, place.registered)
    for other in published.others:
        whose = ("other", f"{other.organisation} ({other.area})", "", "", other.day)
        yield row(whose, REGISTERED, other.registered)
    for taken in published.files or ():
        which = ("file", taken.path, "", "", published.day)
        yield row(which, _DOWNLOADS, taken.downloads)


def package(published: Publication) -> str:
    """The description of the table, in the terms of Frictionless."""
    table = as_csv(published).encode()
    fields = [
        {"name": name, "type": kind, "description": what}
        | ({"constraints": {"enum": _VALUES[name]}} if name in _VALUES else {})
        for name, kind, what in _FIELDS
    ]
    return _text(
        {
            "profile": "tabular-data-package",
            "name": "mijnbuddy-cijfers",
            "title": TITLE,
            "description": WHAT,
            "created": published.as_of,
            "licenses": [PACKAGE_LICENCE],
            "measures": _MEASURES,
            "resources": [
                {
                    "name": "figures",
                    "path": CSV.removeprefix(FIGURES),
                    "profile": "tabular-data-resource",
                    "format": "csv",
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "bytes": len(table),
                    "hash": f"sha256:{hashlib.sha256(table).hexdigest()}",
                    "schema": {"fields": fields, "missingValues": [""]},
                }
            ],
        }
    )


def schema() -> str:
    """The JSON Schema of the JSON."""
    known = {"type": ["integer", "null"], "minimum": 0}
    count = {
        "description": "Een aantal; «hidden»: niet getoond, omdat het minder dan 5 is of een "
        "ander aantal zou verraden; null: niet gekend",
        "oneOf": [{"type": "integer", "minimum": MIN_SHOWN}, {"const": HIDDEN}, {"type": "null"}],
    }
    of_no_place = count | {"oneOf": [{"type": "integer", "minimum": 0}, *count["oneOf"][1:]]}
    day = {"type": "string", "format": "date"}
    text = {"type": "string"}
    return _text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": TITLE,
            "description": WHAT,
            **_object(
                title=text,
                description=text,
                licence=text,
                licence_url={"type": "string", "format": "uri"},
                minimum_shown={"const": MIN_SHOWN},
                as_of={
                    "type": ["string", "null"],
                    "format": "date-time",
                    "description": "Moment waarop alles samen zo was; null: nog niets gekend",
                },
                registered=known | {"description": _MEASURES[REGISTERED]},
                judged=known | {"description": _MEASURES[JUDGED]},
                in_time=known | {"description": _MEASURES[IN_TIME]},
                duos=known | {"description": _MEASURES[DUOS]},
                weeks=_list(first=day, last=day, registered={"type": "integer"}),
                places_on={
                    "type": ["string", "null"],
                    "format": "date",
                    "description": "Laatste dag van de aantallen per provincie en gemeente",
                },
                provinces=_list(
                    name=text,
                    registered=of_no_place,
                    judged=of_no_place,
                    in_time=of_no_place,
                    duos=of_no_place,
                ),
                municipalities=_list(
                    nis_code={"type": "string", "pattern": "^[0-9]{5}$"},
                    name=text,
                    province=text,
                    registered=count,
                ),
                others=_list(
                    organisation=text,
                    kind=text,
                    area=text,
                    day=day,
                    registered=count,
                    origin=text,
                ),
                files={
                    "description": "Hoe vaak elk bestand gedownload werd; null: niet gekend",
                    "anyOf": [
                        _list(path=text, what=text, downloads={"type": "integer", "minimum": 0}),
                        {"type": "null"},
                    ],
                },
                goal={"type": "integer", "description": "Het doel van de minister"},
            ),
        }
    )


def dataset(published: Publication, base: str) -> dict[str, Any]:
    """What a search engine for data reads of it; links begin with `base`."""
    known = {"dateModified": published.as_of.isoformat()} if published.as_of else {}
    files = {base + CSV: "text/csv", base + JSON: "application/json"}
    return dataset_of(TITLE, WHAT, files, variableMeasured=list(_MEASURES.values()), **known)


def _object(**properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(**properties: object) -> dict[str, Any]:
    return {"type": "array", "items": _object(**properties)}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_moment) + "\n"


def _moment(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
