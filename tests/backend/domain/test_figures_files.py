"""The published figures as files: what they say is what is described."""

import csv
import io
import json
from typing import Any

import jsonschema_rs
import pytest

from chalicelib.domain.figures_files import as_csv, as_json, dataset, package, schema
from chalicelib.domain.published import Publication, publication
from tests.backend.tallies import AT, external, published, tally_of, weeks

SMALL = tally_of({"41002": 6, "": 1})
CASES = {
    "full": published(),
    "small": publication(AT, SMALL, SMALL, weeks(7), [external(2)], downloads=None),
    "unknown": publication(AT, None, None, (), (), downloads=None),
    "nothing": Publication(),
}
case = pytest.mark.parametrize("found", CASES.values(), ids=CASES)


def rows(found: Publication) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(found))))


@case
def test_json(found: Publication) -> None:
    """
    The JSON is as its schema says, in every state.
    """
    checker = jsonschema_rs.validator_for(json.loads(schema()), validate_formats=True)

    assert jsonschema_rs.meta.is_valid(json.loads(schema()))
    assert [] == [error.message for error in checker.iter_errors(json.loads(as_json(found)))]


def test_schema_refuses() -> None:
    """
    The schema allows no small count of a place.
    """
    document = json.loads(as_json(published()))
    document["municipalities"][0]["registered"] = 4

    assert not jsonschema_rs.is_valid(json.loads(schema()), document)


@case
def test_csv(found: Publication) -> None:
    """
    Each row of the table has the columns and values that the package describes, and a count or
    the reason why there is none.
    """
    described: dict[str, Any] = json.loads(package(found))
    (table,) = described["resources"]
    fields = {field["name"]: field for field in table["schema"]["fields"]}

    assert list(fields) == as_csv(found).splitlines()[0].split(",")
    assert len(as_csv(found).encode()) == table["bytes"]
    for row in rows(found):
        assert (row["status"] == "shown") == row["value"].isdigit()
        for name, field in fields.items():
            allowed = field.get("constraints", {}).get("enum")
            assert not allowed or row[name] in allowed


def test_same() -> None:
    """
    Both files say the same; what is hidden in one is in the other too.
    """
    small = CASES["small"]
    told = json.loads(as_json(small))
    counts = {row["nis_code"]: row for row in rows(small) if row["level"] == "municipality"}

    assert {"hidden"} == {one["registered"] for one in told["municipalities"]}
    assert {("", "hidden")} == {(row["value"], row["status"]) for row in counts.values()}
    assert "2026-11-23T16:05:00+00:00" == told["as_of"]
    assert "Officer" not in as_json(small) + as_csv(small)


def test_unknown() -> None:
    """
    What nobody knows is no zero.
    """
    assert None is json.loads(as_json(CASES["nothing"]))["registered"]
    assert {("", "unknown")} == {(row["value"], row["status"]) for row in rows(CASES["unknown"])}


def test_dataset() -> None:
    """
    A search engine for data is told what it is, of when, and where the files are.
    """
    found = dataset(published(), "https://www.example.org/buddy")

    assert "2026-11-23T16:05:00+00:00" == found["dateModified"]
    assert [
        "https://www.example.org/buddy/cijfers/figures.csv",
        "https://www.example.org/buddy/cijfers/figures.json",
    ] == [one["contentUrl"] for one in found["distribution"]]
