"""The figures in a build: what was published last, or that it is not known; and the map."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from chalicelib.domain.figures_files import as_json
from chalicelib.domain.figures_page import values
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.published import Publication
from publishing.figures import drawing, figures
from publishing.front_matter import FrontMatterError
from tests.backend.tallies import published
from tests.built_site import Site
from tests.site import raw_inventory

SVG = "{http://www.w3.org/2000/svg}"


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def rows(page: Any) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def points(path: str) -> list[set[tuple[int, int]]]:
    """The corners of each ring of an outline in the drawing."""
    rings = []
    for ring in filter(None, path.replace("z", "").split("M")):
        x = y = 0
        corners = set()
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + right, y + down
            corners.add((x, y))
        rings.append(corners)
    return rings


def test_unknown(tmp_path: Path) -> None:
    """
    Without published figures nothing is known: None, and never zero.
    """
    found = figures(tmp_path)

    assert (None, None) == (found.registered, found.day)
    assert 10_000 == found.goal


@pytest.mark.parametrize("known", [published(), replace(published(), registered=0, provinces=())])
def test_known(tmp_path: Path, known: Publication) -> None:
    """
    What the function published is what the build has, to the last count: one source, one page.
    """
    (tmp_path / "figures.json").write_text(as_json(known), encoding="utf-8")
    found = figures(tmp_path)

    assert known == found
    assert values(known, "/x")["moment"] == values(found, "/x")["moment"]


def test_broken(tmp_path: Path) -> None:
    """
    A file with something else in it ends the build, and is named.
    """
    (tmp_path / "figures.json").write_text('{"registered": "veel"}', encoding="utf-8")

    with pytest.raises(FrontMatterError, match=r"figures\.json"):
        figures(tmp_path)


def test_page(site: Site) -> None:
    """
    Before anything is published the page says so in words, and leads to what others said.
    """
    page = site.page("/cijfers/").main

    assert "niet gekend" in words(page)
    assert [] == page.select(".map, .curve, .progress__way, script")
    assert page.find("a", href="/cijfers/anderen/")


def test_others(site: Site) -> None:
    """
    What others said stands apart, each claim with its date and source.
    """
    found = rows(site.page("/cijfers/anderen/"))
    claims = raw_inventory.records("programmas").values()

    assert sum(len(one.get("figures", [])) for one in claims) == len(found)
    assert ["441", "2 november 2022"] == next(row[1:3] for row in found if "441" in row)
    assert all(row[3] for row in found)


def test_drawing(site: Site) -> None:
    """
    The drawing has each municipality once, within its box, and no script or style of its own.
    """
    root = ElementTree.fromstring(site.read("theme/map.svg"))
    shapes = {tag.attrib["id"]: points(tag.attrib["d"]) for tag in root.iter(f"{SVG}path")}
    left, top, width, height = map(int, root.attrib["viewBox"].split())

    assert {f"n{one.nis_code}" for one in MUNICIPALITIES} == set(shapes)
    assert {"svg", "g", "path"} == {tag.tag.removeprefix(SVG) for tag in root.iter()}
    for rings in shapes.values():
        corners = set().union(*rings)
        assert len(corners) >= 3
        assert all(left <= x <= left + width for x, _ in corners)
        assert all(top <= y <= top + height for _, y in corners)


def test_borders() -> None:
    """
    Neighbours keep the corners that they share, wherever their outlines begin.
    """
    square = '"1": "M0 0l100 0 0 103 -100 0z"'
    beside = '"2": "M203 2l-103 -2 0 103 103 0z"'
    root = ElementTree.fromstring(drawing(f'{{"paths": {{{square}, {beside}}}}}'))
    one, other = (points(tag.attrib["d"])[0] for tag in root.iter(f"{SVG}path"))

    assert {(20, 0), (20, 21)} == one & other
