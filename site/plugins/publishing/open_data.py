"""
The inventory as open data: a table with a row for each claim (CSV), the same as JSON, a package
that describes them (Frictionless Data Package 1.0), and the JSON Schema of the files themselves.

Names are in English, as those of the API; what they mean is told in Dutch.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from chalicelib.domain.open_data import LICENCE, LICENCE_URL, PACKAGE_LICENCE, dataset_of
from chalicelib.domain.site import PROJECT_DATA, PROJECTS
from publishing.claims import KINDS, Claim, MomentClaim, RunClaim
from publishing.front_matter import Source
from publishing.inventory import Dossier, Inventory

TITLE = "Buddyprojecten in Vlaanderen en Brussel"
WHAT = "Wat openbare bronnen zeggen over buddyprojecten: elke waarde met bron, datum en zekerheid."
CSV = f"{PROJECT_DATA}projecten.csv"
JSON = f"{PROJECT_DATA}projecten.json"
PACKAGE = f"{PROJECT_DATA}datapackage.json"
SCHEMA = f"{PROJECTS}schema.json"
_KIND = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True)
class Column:
    """A column of the table: its name, its type (Table Schema), and what stands in it."""

    name: str
    type: str
    what: str
    is_required: bool = False
    values: tuple[str, ...] = ()

    def described(self) -> dict[str, Any]:
        rules: dict[str, Any] = {"required": True} if self.is_required else {}
        if self.values:
            rules["enum"] = list(self.values)
        facts = {"name": self.name, "type": self.type, "description": self.what}
        return facts | ({"constraints": rules} if rules else {})


COLUMNS = (
    Column("kind", "string", "Soort", True, tuple(KINDS)),
    Column("id", "string", "Naam van het bestand, en laatste deel van het adres", True),
    Column("name", "string", "Naam", True),
    Column("field", "string", "Waarover de bron iets zegt", True),
    Column("value", "string", "Wat de bron zegt", True),
    Column(
        "qualifier", "string", "Hoe precies het getal is; leeg: precies",
        values=("ongeveer", "meer dan", "minstens", "hoogstens"),
    ),
    Column("what", "string", "Wat het getal telt"),
    Column("funder", "string", "Wie het budget geeft"),
    Column("share", "number", "Aandeel van de groep, in procent"),
    Column("count", "integer", "Aantal mensen in de groep; nooit minder dan vijf"),
    Column("place", "string", "Gemeente waarvoor dit geldt; leeg: voor alle"),
    Column("when", "string", "Wanneer dit zo was, zoals de bron het zegt"),
    Column("from", "date", "Eerste dag die daarmee bedoeld kan zijn"),
    Column("to", "date", "Laatste dag die daarmee bedoeld kan zijn"),
    Column(
        "precision", "string", "Hoe precies dat is",
        values=("dag", "maand", "jaar", "seizoen", "schooljaar", "grens", "periode"),
    ),
    Column("certainty", "string", "Hoe zeker het is", True, ("zeker", "onzeker")),
    Column("note", "string", "Wat erbij hoort"),
    Column("source", "string", "Sleutel van de bron", True),
    Column("source_title", "string", "Titel van de bron", True),
    Column("publisher", "string", "Wie de bron uitgeeft", True),
    Column("source_date", "string", "Dag of jaar van de bron; leeg: niet gekend"),
    Column("source_read", "date", "Dag waarop we de bron lazen"),
    Column("source_url", "string", "Adres van de bron"),
)  # fmt: skip


def table(inventory: Inventory) -> Iterator[dict[str, str]]:
    """A row for each claim."""
    for dossier in inventory.dossiers:
        for field, claim in dossier.item.claims():
            yield _row(dossier, field, claim, inventory.sources[claim.source])


def _row(dossier: Dossier, field: str, claim: Claim, source: Source) -> dict[str, str]:
    said = {key: given for key, given in msgspec.to_builtins(claim).items() if given is not None}
    moment = claim.moment if isinstance(claim, MomentClaim | RunClaim) else None
    moment = moment or getattr(claim, "period", None)
    facts = said | {
        "kind": _KIND[type(dossier.item)],
        "id": dossier.slug,
        "name": dossier.name,
        "field": field,
        "from": moment and moment.first,
        "to": moment and moment.last,
        "precision": moment and moment.precision,
        "source_title": source.title,
        "publisher": source.publisher,
        "source_date": source.date or source.year,
        "source_read": source.read,
        "source_url": source.url,
    }
    return {column.name: _cell(facts.get(column.name)) for column in COLUMNS}


def _cell(given: Any) -> str:
    return "" if given is None else f"{given:g}" if isinstance(given, float) else str(given)


def as_csv(inventory: Inventory) -> str:
    """The table as a file (RFC 4180)."""
    file = io.StringIO()
    writer = csv.DictWriter(file, [column.name for column in COLUMNS])
    writer.writeheader()
    writer.writerows(table(inventory))
    return file.getvalue()


def as_json(inventory: Inventory) -> str:
    """Everything, in the shape of the files, with what follows from it below `derived`."""
    years = {
        str(year): {
            "total": inventory.count(year),
            "maybe": inventory.maybe(year),
            "provinces": {name: inventory.count(year, name) for name in inventory.provinces},
        }
        for year in inventory.years
    }
    whole = {
        "title": TITLE,
        "description": WHAT,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "date": inventory.read_on,
        "sources": inventory.sources,
        "years": years,
        **{
            kind: [_shape(one) for one in those]
            for kind, those in zip(
                KINDS,
                (inventory.projects, inventory.programmes, inventory.evaluations),
                strict=True,
            )
        },
    }
    return _text(_without_nothing(msgspec.to_builtins(whole)))


def _shape(dossier: Dossier) -> dict[str, Any]:
    item = msgspec.to_builtins(dossier.item)
    shape: dict[str, Any] = {"id": dossier.slug, "path": dossier.path, **item}
    if years := getattr(dossier, "years", None):
        shape["derived"] = {"years": sorted(years)}
    if provinces := getattr(dossier, "provinces", None):
        shape["derived"] = shape.get("derived", {}) | {"provinces": provinces}
    return shape


def _without_nothing(value: Any) -> Any:
    """What nobody says is left out: no null and no empty list that may read as «none»."""
    if isinstance(value, dict):
        return {
            key: _without_nothing(one) for key, one in value.items() if one not in (None, [], ())
        }
    if isinstance(value, list | tuple):
        return [_without_nothing(one) for one in value]
    return value


def package(inventory: Inventory, files: dict[str, str]) -> dict[str, Any]:
    """The description of the files, by their address, in the terms of Frictionless."""
    used = {claim.source for one in inventory.dossiers for _, claim in one.item.claims()}
    return {
        "profile": "tabular-data-package",
        "name": "buddyprojecten",
        "title": TITLE,
        "description": WHAT,
        "version": inventory.read_on.isoformat(),
        "licenses": [PACKAGE_LICENCE],
        "sources": [_source(inventory.sources[key]) for key in sorted(used)],
        "resources": [
            {
                "name": "projecten",
                "path": CSV.removeprefix(PROJECT_DATA),
                "profile": "tabular-data-resource",
                "title": "Een rij voor elke waarde van elke bron",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(files[CSV].encode()),
                "hash": f"sha256:{hashlib.sha256(files[CSV].encode()).hexdigest()}",
                "schema": {
                    "fields": [column.described() for column in COLUMNS],
                    "missingValues": [""],
                },
            }
        ],
    }


def _source(source: Source) -> dict[str, str]:
    named = {"title": f"{source.title}, {source.publisher}"}
    return named | ({"path": source.url} if source.url and source.url[0] != "/" else {})


def schema() -> dict[str, Any]:
    """The JSON Schema of a file of each kind, made from the types that read it."""
    references, parts = msgspec.json.schema_components(
        KINDS.values(), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "description": "A file of site/content: projecten, programmas or evaluaties.",
        "anyOf": list(references),
        "$defs": parts,
    }


def files(inventory: Inventory) -> dict[str, str]:
    """The text of every file, by its address."""
    found = {CSV: as_csv(inventory), JSON: as_json(inventory), SCHEMA: _text(schema())}
    return found | {PACKAGE: _text(package(inventory, found))}


def dataset(inventory: Inventory, base: str) -> dict[str, Any]:
    """What a search engine for data reads of it; links begin with `base`."""
    return dataset_of(
        TITLE,
        WHAT,
        {base + CSV: "text/csv", base + JSON: "application/json"},
        dateModified=inventory.read_on.isoformat(),
        temporalCoverage=f"{inventory.years[0]}/{inventory.years[-1]}",
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
