"""The pages of the inventory: what they show of its claims, and how one is found."""

import json
from typing import Any

import pytest

from chalicelib.domain.municipalities import MUNICIPALITIES
from publishing.inventory import FILTERS
from tests.built_site import Site
from tests.site import raw_inventory

PROJECTS = raw_inventory.records("projecten")
PROGRAMMES = raw_inventory.records("programmas")
PAGES = [
    *(f"/projecten/{name}/" for name in PROJECTS),
    *(f"/projecten/programma/{name}/" for name in PROGRAMMES),
]


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def field(page: Any, label: str) -> list[str]:
    """What stands under a label: a text for each claim."""
    name = next(tag for tag in page.select(".claims dt") if words(tag) == label)
    return [words(tag) for tag in name.parent("dd")]


def cells(row: Any) -> list[str]:
    return [words(cell) for cell in row.select("th, td")]


def names_of(place: str) -> list[str]:
    return [
        record["names"][0]["value"]
        for record in PROJECTS.values()
        if place in {claim["value"] for claim in record.get("places", [])}
    ]


class TestOne:
    def test_all(self, site: Site) -> None:
        """
        Every project and programme has a page, to which the list leads.
        """
        linked = {tag["href"] for tag in site.page("/projecten/").main("a")}

        assert set(PAGES) <= set(site.addresses)
        assert set(PAGES) <= linked

    def test_sources(self, site: Site) -> None:
        """
        Every source of a record stands on its page, and every claim leads to it and says how sure.
        """
        for address, record in zip(PAGES, (PROJECTS | PROGRAMMES).values(), strict=True):
            page = site.page(address)
            shown = {
                claim["source"]
                for name, claims in record.items()
                for claim in claims
                if name != "names" or len({one["value"] for one in claims}) > 1
            }
            assert len(shown) == len(page.select(".sources li")), address
            for source in page.select(".claims__source"):
                assert words(source).startswith(("Zeker, volgens", "Onzeker , volgens")), address
                assert source("a"), address

    def test_side_by_side(self, site: Site) -> None:
        """
        Claims that differ stand below each other, each with its moment, its source and its date.
        """
        pilots = site.page("/projecten/programma/proeftuinen-vierde-pijler/")
        found = field(pilots, "Projecten")

        assert ["26 (januari 2021)", "28 (najaar 2022)", "26 (juni 2023)"] == [
            text.partition(")")[0] + ")" for text in found
        ]
        assert "Zeker, volgens VVSG (2021)" in found[0]
        assert "Vlaams Parlement (2022)" in found[1]
        study = site.page("/projecten/buddyproject-leuven/")
        assert ["2007", "2008"] == [text[:4] for text in field(study, "Start")]
        assert "Onzeker" in field(study, "Start")[1]

    def test_unknown(self, site: Site) -> None:
        """
        What no source says is named as not known, and never shown as a value.
        """
        page = site.page("/projecten/stadsklap/")
        unknown = [words(tag) for tag in page.select(".claims__unknown li")]

        assert {"Wie", "Start", "Duo’s", "Budget"} < set(unknown)
        assert set() == set(unknown) & {words(tag) for tag in page.select(".claims dt")}
        assert "jaar niet gekend" in words(page.select_one(".lead"))
        assert "Niet gekend" in words(page.main)

    def test_derived(self, site: Site) -> None:
        """
        A province that follows from the municipality says so.
        """
        assert ["Antwerpen Volgt uit de gemeente."] == field(
            site.page("/projecten/armentekort/"), "Provincie"
        )

    def test_zero(self, site: Site) -> None:
        """
        A zero that a source states is shown with that source.
        """
        [budget] = field(site.page("/projecten/programma/mijnbuddy/"), "Budget")

        assert budget.startswith("0 euro van Vlaamse overheid (2022)")
        assert "Vlaams Parlement" in budget

    def test_fourth_pillar(self, site: Site) -> None:
        """
        A project page says whether it counts as the fourth pillar.
        """
        assert "dus bij de vierde pijler" in words(site.page("/projecten/stoel4/").main)
        assert "telt niet mee" in words(site.page("/projecten/duo-for-a-job/").main)

    @pytest.mark.parametrize(
        ("name", "started", "places"),
        [("huizen-van-vrede", "2016-09-22", ["Brugge"]), ("duo-for-a-job", None, None)],
    )
    def test_linked_data(
        self, site: Site, name: str, started: str | None, places: list[str] | None
    ) -> None:
        """
        A machine reads what is sure: no start where sources give more than one.
        """
        script = site.page(f"/projecten/{name}/").find("script", type="application/ld+json")
        found = json.loads(script.string)

        assert ("Project", f"/projecten/{name}/") == (found["@type"], found["url"])
        assert started == found.get("foundingDate")
        assert places is None or places == [one["name"] for one in found["areaServed"]]


class TestChoices:
    def test_links(self, site: Site) -> None:
        """
        Each page that chooses is linked from the list, which links to no other, with its count.
        """
        chosen = [f"/projecten/{name}/" for name in FILTERS]
        pages = {one for one in site.addresses if one.startswith(tuple(chosen))}
        links = site.page("/projecten/").select(".filters a")

        assert pages == {link["href"] for link in links}
        assert 50 < len(pages) < 150
        for link in links:
            listed = site.page(link["href"]).select("li.projects__project")
            assert str(len(listed)) == words(link.parent.find(class_="filters__count")), link

    @pytest.mark.parametrize("place", ["kapellen", "elsene", "geel"])
    def test_municipality(self, site: Site, place: str) -> None:
        """
        The page of a municipality has the projects there.
        """
        page = site.page(f"/projecten/gemeente/{place}/")

        assert sorted(names_of(place)) == sorted(map(words, page.select(".projects__name")))

    def test_year(self, site: Site) -> None:
        """
        That of a year has those that ran in it; years of which nobody speaks have none.
        """
        ran = {
            f"/projecten/{name}/"
            for name, record in PROJECTS.items()
            for place in {claim["value"] for claim in record.get("places", [])} or {""}
            if 2017 in raw_inventory.years(record, place)
        }
        page = site.page("/projecten/jaar/2017/")

        assert ran == {tag.a["href"] for tag in page.select(".projects__name")}
        assert "/projecten/jaar/2003/" not in site.addresses

    def test_own_page(self, site: Site) -> None:
        """
        A municipality's own page names its projects with who told, and the others say that the
        interest is passed on.
        """
        with_one = [one for one in MUNICIPALITIES if names_of(one.slug)]
        others = [one for one in MUNICIPALITIES if one not in with_one][::10]
        for place in (*with_one, *others):
            page = site.page(f"/word-buddy/{place.slug}/").main
            shown = [words(tag) for tag in page.select(".projects__name")]
            assert sorted(names_of(place.slug)) == sorted(shown), place.name
            assert all("Bron: " in words(tag) for tag in page.select(".projects__line"))
            asked = f"Nog geen buddywerking gekend in {place.name}? We geven je interesse door."
            assert (not shown) == (asked in page.get_text()), place.name


class TestOverview:
    def test_table(self, site: Site) -> None:
        """
        The table shows every year since 2000 with the count made apart; a year of which nobody
        speaks is unknown, and no zero.
        """
        page = site.page("/projecten/overzicht/")
        heads = cells(page.select_one(".wide-table thead tr"))
        rows = [cells(row) for row in page.select(".wide-table tbody tr")]
        last = int(rows[-1][0])
        counted = raw_inventory.table(last)
        columns = {"Samen": "", "Brussel": "Brussels Hoofdstedelijk Gewest"}

        assert list(range(2000, last + 1)) == [int(row[0]) for row in rows]
        for row in rows:
            for head, cell in list(zip(heads, row, strict=True))[1:-1]:
                count = counted.get((int(row[0]), columns.get(head, head)), 0)
                assert (str(count) if count else "– niet gekend") == cell, (row[0], head)

    def test_totals(self, site: Site) -> None:
        """
        Below it stand all projects, and those of which no year is known.
        """
        undated, total = site.page("/projecten/overzicht/").select(".wide-table tfoot tr")
        found = site.page("/projecten/jaar/niet-gekend/").select("li.projects__project")

        assert str(len(PROJECTS)) == cells(total)[-2]
        assert str(len(found)) == cells(undated)[-2]

    def test_cities(self, site: Site) -> None:
        """
        Each municipality with a project has its own row.
        """
        page = site.page("/projecten/overzicht/")
        rows = {row[0]: row[1:] for row in map(cells, page.select(".table tbody tr"))}
        names = {place.slug: place.name for place in MUNICIPALITIES}
        places = {place for place in names if names_of(place)}

        assert {names[place] for place in places} <= set(rows)
        assert ["3", "2016: 1, 2017: 2, 2019: 1"] == rows["Antwerpen"]
        assert ["1", "niet gekend"] == rows["Koekelare"]

    def test_scrolls(self, site: Site) -> None:
        """
        What is too wide scrolls in a box that has a name and that the keyboard reaches.
        """
        box = site.page("/projecten/overzicht/").select_one(".wide-table")

        assert ("region", "0") == (box["role"], box["tabindex"])
        assert words(box.find(id=box["aria-labelledby"]))

    def test_not_known(self, site: Site) -> None:
        """
        It says for how many projects the rest of the question has no answer.
        """
        text = words(site.page("/projecten/overzicht/").main)

        assert f"voltijdse krachten: bij {len(PROJECTS)} projecten" in text
        assert "670" in text


def test_studies(site: Site) -> None:
    """
    Every evaluation has its document, makers, moment, method and findings, known or not.
    """
    page = site.page("/projecten/evaluaties/")
    records = raw_inventory.records("evaluaties")

    assert list(records) == sorted(
        tag["id"] for tag in page.select("h2[id]") if tag["id"] in records
    )
    assert "Resultaten" in [words(tag) for tag in page.select(".claims__unknown li")]
    report = site.page("/projecten/programma/proeftuinen-vierde-pijler/")
    assert report.main.find("a", href="/projecten/evaluaties/#eindrapport-proeftuinen")


def test_gaps(site: Site) -> None:
    """
    Coordinators see of each project what is missing, and how much of each field is known.
    """
    page = site.page("/projecten/volledigheid/")
    rows = {row[0]: row[1:] for row in map(cells, page.select(".table tbody tr"))}
    missing = {tag.a["href"]: words(tag.find_next("dd")) for tag in page.select("dl dt")}

    assert {f"/projecten/{name}/" for name in PROJECTS} == set(missing)
    assert "budget" in missing["/projecten/stadsklap/"]
    assert "start" not in missing["/projecten/stoel4/"].split(" · ")
    with_duos = sum("duos" in record for record in PROJECTS.values())
    assert [str(with_duos), str(len(PROJECTS) - with_duos)] == rows["Duo’s"][:2]
