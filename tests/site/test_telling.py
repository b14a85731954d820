"""What claims say in words."""

from typing import Any

import msgspec
import pytest

from publishing import telling
from publishing.claims import Claim, Programme, Project
from publishing.inventory import Dossier, Inventory, ProjectDossier


def record(kind: type[Any], **fields: list[dict[str, Any]]) -> Any:
    """A record of a kind, in which every claim without a source has the same one."""
    sourced = {name: [{"source": "a"} | one for one in those] for name, those in fields.items()}
    return msgspec.convert({"names": [{"value": "Een", "source": "a"}]} | sourced, kind)


def only(kind: type[Any], field: str, **claim: Any) -> Claim:
    [found] = getattr(record(kind, **{field: [claim]}), field)
    assert isinstance(found, Claim)
    return found


@pytest.mark.parametrize(
    ("kind", "field", "claim", "words"),
    [
        (Project, "duos", {"value": 1200, "qualifier": "meer dan"}, "meer dan 1.200"),
        (Project, "staff", {"value": 1.5}, "1,5"),
        (Project, "budgets", {"value": 40000, "funder": "ESF"}, "40.000 euro van ESF"),
        (Project, "budgets", {"value": 0}, "0 euro"),
        (Project, "languages", {"value": "Arabisch", "share": 12.5}, "Arabisch: 12,5 %"),
        (Project, "languages", {"value": "Frans", "count": 1000}, "Frans: 1.000 mensen"),
        (Project, "languages", {"value": "Frans", "share": 0}, "Frans: 0 %"),
        (Project, "starts", {"value": "2017-06", "place": "geel"}, "juni 2017 in Geel"),
        (Programme, "figures", {"value": 18, "what": "Netwerken"}, "Netwerken: 18"),
    ],
)
def test_in_words(kind: type[Any], field: str, claim: dict[str, Any], words: str) -> None:
    """
    A value reads as in Dutch, with what it counts.
    """
    assert words == telling.in_words(only(kind, field, **claim))


@pytest.mark.parametrize(
    ("years", "words"),
    [([], ""), ([2019], "2019"), ([2016, 2014, 2015, 2019], "2014–2016, 2019")],
)
def test_years(years: list[int], words: str) -> None:
    """
    Years that follow each other read as one stretch.
    """
    assert words == telling.years(years)


def told(**fields: list[dict[str, Any]]) -> dict[str, list[tuple[list[str], tuple[str, ...]]]]:
    project = ProjectDossier("een", record(Project, **fields))
    inventory = Inventory((project,), (), (), {}, 2026)
    return {
        row.label: [([one.text for one in those.values], those.sources) for those in row.told]
        for row in telling.rows(project, inventory)
        if row.told
    }


def test_together() -> None:
    """
    Who says the same stands in one line; numbers that differ never do, whoever gives them.
    """
    found = told(
        organisers=[{"value": "Stad"}, {"value": "OCMW"}],
        duos=[{"value": 26}, {"value": 26, "source": "b"}, {"value": 28}],
    )

    assert [(["Stad", "OCMW"], ("a",))] == found["Wie"]
    assert [(["26"], ("a", "b")), (["28"], ("a",))] == found["Duo’s"]


def test_names() -> None:
    """
    The name stands among the claims only where sources give more than one.
    """
    assert "Naam" not in told()
    assert "Naam" in told(names=[{"value": "Een"}, {"value": "Twee", "source": "b"}])


def test_where() -> None:
    """
    A few places are named; many are told as the source does, or counted.
    """
    slugs = ["gent", "aalst", "brugge", "geel", "genk"]
    places = [{"value": slug} for slug in slugs]
    few = ProjectDossier("een", record(Project, places=places[:2]))
    many = ProjectDossier("twee", record(Project, places=places))
    nowhere = ProjectDossier("drie", record(Project))

    assert "Gent en Aalst" == telling.where(few)
    assert "5 gemeenten" == telling.where(many)
    assert "jaar niet gekend" == telling.in_line(nowhere)
    assert "/projecten/programma/een/" == Dossier("een", record(Programme)).path
