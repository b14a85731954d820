"""What a deployment may be given, and that the table of it is true."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.parameters import complaints, is_real, unfit
from tests.infra import built

DOCUMENT = Path("docs/parameters.md")
GOOD = {
    "SiteUrl": "https://www.mijnbuddy.be",
    "SenderDomain": "mijnbuddy.be",
    "AgencyAddress": "desk@integratie.be",
    "DivertTo": "",
    "OtherHost": "mijnbuddy.be",
}


def documented(title: str) -> dict[str, list[str]]:
    """The rows of the table below a title: name, then the other cells."""
    part = DOCUMENT.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in part.splitlines()]
    return {cells[0].strip("`"): cells[1:] for cells in rows if cells[0].startswith("`")}


@pytest.mark.parametrize(
    ("title", "template"), [("The system", "sam.json"), ("In us-east-1", "global.json")]
)
def test_documented(title: str, template: str) -> None:
    """
    The table has each parameter of the template, with its default, in the same order.
    """
    declared: dict[str, Any] = built.read(template)["Parameters"]
    rows = documented(title)

    assert sorted(declared) == sorted(rows)
    for name, parameter in declared.items():
        default, needed, what = rows[name]
        shown = parameter.get("Default", "none")
        assert (f"`{shown}`" if shown != "" else "–") == default, name
        assert needed in {"", "prod", "staging", "staging, prod", "always"}, name
        assert what, name


def test_described() -> None:
    """
    Each parameter says what it is for, to who sees it in the console.
    """
    for template in ("sam.json", "global.json"):
        for name, one in built.read(template)["Parameters"].items():
            assert re.search(r"\w.*\.$", one.get("Description", "")), name


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_good(stage: str) -> None:
    """
    Real addresses may be deployed, with another host or without.
    """
    declared = built.read()["Parameters"]

    assert [] == complaints(stage, GOOD, declared)
    assert [] == complaints(stage, GOOD | {"OtherHost": ""}, declared)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SiteUrl", "https://www.mijnbuddy.example"),
        ("SiteUrl", "https://mijnbuddy.test"),
        ("SiteUrl", "https://localhost"),
        ("SenderDomain", "mail.mijnbuddy.example"),
        ("SenderDomain", "example.com"),
        ("SenderDomain", "mijnbuddy"),
        ("SenderDomain", ""),
        ("AgencyAddress", "desk@agentschap.example"),
        ("AgencyAddress", "desk@mail.example.org"),
        ("DmarcReports", "dmarc@mijnbuddy.invalid"),
        ("OtherHost", "mijnbuddy.example"),
        ("DivertTo", "proef@mijnbuddy.example"),
    ],
)
def test_refused(name: str, value: str) -> None:
    """
    Every stage but dev refuses each example and placeholder, by its name: it would wait for a
    certificate that can't be there.
    """
    wrong, declared = GOOD | {name: value}, built.read()["Parameters"]

    for stage in ("staging", "prod"):
        assert [name] == [one.partition(":")[0] for one in complaints(stage, wrong, declared)]
    assert [] == complaints("dev", wrong, declared)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SiteUrl", "http://www.mijnbuddy.be"),
        ("SiteUrl", "https://www.mijnbuddy.be/buddy"),
        ("SiteUrl", "https://www.mijnbuddy.be/"),
        ("SiteUrl", "www.mijnbuddy.be"),
        ("SiteUrl", ""),
        ("OtherHost", "https://mijnbuddy.be"),
        ("DivertTo", "proef@mijnbuddy.be, desk@mijnbuddy.be"),
        ("OriginKey", "C"),
        ("MonthlyBudget", "much"),
        ("MonthlyBudget", "0"),
    ],
)
def test_malformed(name: str, value: str) -> None:
    """
    Every stage refuses what does not fit, by its name and once: CloudFormation would, later.
    """
    wrong, declared = GOOD | {name: value}, built.read()["Parameters"]

    for stage in ("dev", "staging", "prod"):
        assert [name] == [one.partition(":")[0] for one in complaints(stage, wrong, declared)]


@pytest.mark.parametrize(
    ("parameter", "good", "wrong", "expected"),
    [
        ({"AllowedPattern": "|Z[A-Z]+"}, ["", "ZA"], ["Z", "ZA\n", "xZA"], "Its pattern: |Z[A-Z]+"),
        ({"AllowedValues": ["A", "B"]}, ["A", "B"], ["", "C", "a"], "One of: A, B"),
        ({"Type": "Number"}, ["0", "12"], ["", "x", "1.5", "-1", "²"], "A whole number"),
        ({"Type": "Number", "MinValue": 10}, ["10"], ["9"], "A whole number, at least 10"),
    ],
)
def test_unfit(parameter: dict[str, Any], good: list[str], wrong: list[str], expected: str) -> None:
    """
    A value fits its parameter whole; one that does not hears what it is for, and what is expected.
    """
    declared = {"Key": parameter | {"Description": "Opens the door."}}

    for value in good:
        assert [] == list(unfit({"Key": value, "Unknown": ""}, declared))
    for value in wrong:
        ((name, why),) = unfit({"Key": value}, declared)
        assert "Key" == name
        assert f"{value or 'nothing'} is not as expected: Opens the door. {expected}" == why


def test_defaults() -> None:
    """
    What the templates give by themselves fits, and we look at each constraint that they have.
    """
    looked_at = {"AllowedPattern", "AllowedValues", "MinValue"}
    others = {"Type", "Default", "Description"}
    for template in ("sam.json", "global.json"):
        declared = built.read(template)["Parameters"]
        defaults = {name: str(one["Default"]) for name, one in declared.items() if "Default" in one}

        assert [] == list(unfit(defaults, declared))
        assert {key for one in declared.values() for key in one} <= looked_at | others
        assert {one["Type"] for one in declared.values()} <= {"String", "Number"}


def test_real() -> None:
    """
    What only looks like an example is none.
    """
    assert is_real("example-buddy.be")
    assert is_real("www.testgemeente.be")
    assert not is_real("www.mijnbuddy.EXAMPLE.")
