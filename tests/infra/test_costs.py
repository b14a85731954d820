"""The reckoning of the costs: nothing unknown is added up, and nothing is without a source."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra import costs
from infra.costs import Line, Price

OURS = Price("key", 1.0, 1, is_ours=True, source="AWS", read="2026-09-26", region="eu-central-1")
THEIRS = Price("write", 0.625, 1e6, is_ours=False, source="AWS", read="2025", region="us-east-1")
NOBODYS = Price("GB", None, 1, is_ours=False, source="", read="", region="")


def template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("build/backend/sam.json").read_text())
    return found


def test_document() -> None:
    """
    docs/costs.md is what `make costs` writes of this template and these prices.
    """
    text = costs.DOCUMENT.read_text(encoding="utf-8")

    assert costs.written(text, template()) == text


def test_sources() -> None:
    """
    Each price has a region, a day and a source, or is not known.
    """
    for one in costs.prices().values():
        assert (one.usd is None) == (not one.source) == (not one.read) == (not one.region), one.name


@pytest.mark.parametrize(
    ("line", "usd", "is_certain"),
    [
        (Line(OURS, 3), 3.0, True),
        (Line(OURS, 3, is_assumed=True), 3.0, False),
        (Line(THEIRS, 2e6), 1.25, False),
        (Line(NOBODYS, 3), None, False),
        (Line(OURS, None), None, False),
        (Line(OURS, 0), 0.0, True),
    ],
)
def test_line(line: Line, usd: float | None, is_certain: bool) -> None:
    """
    Known are prices of ours with a counted quantity; what is not known is not nothing.
    """
    assert (usd, is_certain) == (line.usd, line.is_certain)


def test_unknown_is_said() -> None:
    """
    What nobody knows prints as that, in every column, and is in no sum.
    """
    table = costs.table(template())
    unknown = [one for one in costs.prices().values() if one.usd is None]

    assert unknown
    for one in unknown:
        assert f"| {one.name} " + f"| {costs.UNKNOWN} " * len(costs.SCENARIOS) in table


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ("rate(1 minute)", 43_200),
        ("rate(15 minutes)", 2_880),
        ("rate(1 hour)", 720),
        ("rate(1 day)", 30),
        ("cron(0 6,7 ? * MON-FRI *)", 300 / 7),
    ],
)
def test_schedule(schedule: str, times: float) -> None:
    """
    How often a schedule runs in a month of thirty days.
    """
    assert pytest.approx(times) == costs._times(schedule)


def test_unreadable_schedule() -> None:
    """
    A schedule that we can't read is an error, not nothing.
    """
    with pytest.raises(ValueError, match="how often"):
        costs._times("cron(0 0 1 * ? *)")


def test_grows() -> None:
    """
    Whatever depends on registrations grows with them, and what does not stays.
    """
    few, many = (
        {one.price.name: one.quantity or 0 for one in costs.lines(template(), count)}
        for count in (500, 1_000_000)
    )
    stays = {"alarm", "dashboard", "key", "secret"}

    assert all(few[name] == many[name] for name in stays)
    assert few["mail"] * 2_000 == many["mail"]
    assert few["write unit of the table"] * 2_000 == many["write unit of the table"]
