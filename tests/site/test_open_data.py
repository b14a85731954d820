"""The inventory as open data: complete, described, and as it says."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from publishing import open_data
from tests.built_site import Site
from tests.site import raw_inventory

PLACE = "projecten/data/"
# What the Table Schema of a column means, as far as we use it (specs.frictionlessdata.io).
TYPES: dict[str, Callable[[str], object]] = {
    "string": str,
    "integer": int,
    "number": float,
    "date": date.fromisoformat,
}
PACKAGE = {  # what the Data Package 1.0 asks, and a tabular one besides
    "required": ["profile", "name", "licenses", "resources"],
    "properties": {
        "profile": {"const": "tabular-data-package"},
        "name": {"pattern": "^[-a-z0-9._/]+$"},
        "version": {"format": "date"},
        "licenses": {"minItems": 1, "items": {"required": ["name", "path"]}},
        "sources": {"minItems": 1, "items": {"required": ["title"]}},
        "resources": {
            "minItems": 1,
            "items": {
                "required": ["name", "path", "profile", "schema", "encoding", "bytes", "hash"],
                "properties": {
                    "profile": {"const": "tabular-data-resource"},
                    "path": {"pattern": "^(?![./])[^:]+$"},
                    "schema": {
                        "required": ["fields"],
                        "properties": {
                            "fields": {
                                "items": {
                                    "required": ["name", "type", "description"],
                                    "properties": {"type": {"enum": list(TYPES)}},
                                }
                            }
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def package(site: Site) -> Any:
    return json.loads(site.read(f"{PLACE}datapackage.json"))


@pytest.fixture(scope="module")
def rows(site: Site) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(site.files[f"{PLACE}projecten.csv"].decode())))


def test_package(site: Site, package: Any) -> None:
    """
    The description is a tabular data package, and its size and hash are those of the file.
    """
    jsonschema_rs.validator_for(PACKAGE, validate_formats=True).validate(package)
    [resource] = package["resources"]
    file = site.files[PLACE + resource["path"]]

    assert len(file) == resource["bytes"]
    assert f"sha256:{hashlib.sha256(file).hexdigest()}" == resource["hash"]
    assert "CC-BY-4.0" == package["licenses"][0]["name"]


def test_columns(package: Any, rows: list[dict[str, str]]) -> None:
    """
    Every cell is of the type and within the rules that the description gives.
    """
    fields = package["resources"][0]["schema"]["fields"]

    assert [one["name"] for one in fields] == list(rows[0])
    for field in fields:
        rules = field.get("constraints", {})
        for row in rows:
            cell = row[field["name"]]
            if cell:
                TYPES[field["type"]](cell)
                assert cell in rules.get("enum", [cell]), row
            else:
                assert not rules.get("required"), (field["name"], row)


def test_a_row_for_each_claim(rows: list[dict[str, str]]) -> None:
    """
    The table has every claim of the files, once, and nothing else.
    """

    def key(*values: str | None) -> tuple[str, ...]:
        return tuple(value or "" for value in values)

    found = sorted(
        key(one["kind"], one["id"], one["field"], one["value"], one["source"], one["when"])
        for one in rows
    )
    raw = sorted(
        key(folder, name, field, claim["value"], claim["source"], claim.get("when"))
        for folder, name, field, claim in raw_inventory.claims()
    )

    assert raw == found


def test_no_formula(rows: list[dict[str, str]]) -> None:
    """
    No cell begins as a formula does.
    """
    assert [] == [cell for row in rows for cell in row.values() if re.match(r"[=+@\-\t\r]", cell)]


def test_json(site: Site) -> None:
    """
    The JSON has the same, with what follows from it apart; what nobody says is left out.
    """
    found = json.loads(site.read(f"{PLACE}projecten.json"))
    by_name = {one["id"]: one for one in found["projecten"]}
    text = site.read(f"{PLACE}projecten.json")

    assert set(raw_inventory.records("projecten")) == set(by_name)
    assert ["Antwerpen"] == by_name["armentekort"]["derived"]["provinces"]
    assert [2017, 2019] == by_name["armentekort"]["derived"]["years"]
    assert "budgets" not in by_name["armentekort"]
    assert "null" not in text
    assert "CC BY 4.0" == found["licence"]
    last = max(map(int, found["years"]))
    assert {
        str(year): raw_inventory.table(last).get((year, ""), 0) for year in range(2000, last + 1)
    } == {year: counts["total"] for year, counts in found["years"].items()}


def test_schema(site: Site) -> None:
    """
    The published schema is the one of the types, and is a schema.
    """
    published = json.loads(site.read("projecten/schema.json"))

    assert json.loads(json.dumps(open_data.schema())) == published
    assert jsonschema_rs.meta.is_valid(published)


def test_dataset(site: Site) -> None:
    """
    A search engine for data finds what it is, of when, under which licence, and where.
    """
    script = site.page("/projecten/overzicht/").find("script", type="application/ld+json")
    found = json.loads(script.string)
    files = {one["contentUrl"].lstrip("/") for one in found["distribution"]}

    assert "Dataset" == found["@type"]
    assert found["license"].startswith("https://")
    assert date.fromisoformat(found["dateModified"])
    assert files <= set(site.files)


def test_page(site: Site) -> None:
    """
    The page of the open data leads to each file and explains each column.
    """
    page = site.page("/projecten/data/")
    linked = {tag["href"] for tag in page.main("a")}
    heads = {row.th.get_text() for row in page.select("tbody tr")}

    assert {open_data.CSV, open_data.JSON, open_data.PACKAGE, open_data.SCHEMA} <= linked
    assert {column.name for column in open_data.COLUMNS} == heads
