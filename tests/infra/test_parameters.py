"""What a deployment may be given, and that the table of it is true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.parameters import complaints, is_real

DOCUMENT = Path("docs/parameters.md")
BUILT = Path("build/backend")
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
    declared: dict[str, Any] = json.loads((BUILT / template).read_text())["Parameters"]
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
        for name, one in json.loads((BUILT / template).read_text())["Parameters"].items():
            assert re.search(r"\w.*\.$", one.get("Description", "")), name


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_good(stage: str) -> None:
    """
    Real addresses may be deployed, with another host or without.
    """
    assert [] == complaints(stage, GOOD)
    assert [] == complaints(stage, GOOD | {"OtherHost": ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SiteUrl", "https://www.mijnbuddy.example"),
        ("SiteUrl", "https://mijnbuddy.test"),
        ("SiteUrl", "http://www.mijnbuddy.be"),
        ("SiteUrl", "https://www.mijnbuddy.be/buddy"),
        ("SiteUrl", "https://localhost"),
        ("SiteUrl", ""),
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
    wrong = GOOD | {name: value}

    for stage in ("staging", "prod"):
        assert [name] == sorted({one.partition(":")[0] for one in complaints(stage, wrong)})
    assert [] == complaints("dev", wrong)


def test_real() -> None:
    """
    What only looks like an example is none.
    """
    assert is_real("example-buddy.be")
    assert is_real("www.testgemeente.be")
    assert not is_real("www.mijnbuddy.EXAMPLE.")
