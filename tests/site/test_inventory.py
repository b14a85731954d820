"""The inventory of buddy projects: what is in it, what stops a build, and what follows from it."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from chalicelib.domain.municipalities import fold
from publishing import front_matter, open_data
from publishing.claims import KINDS, Project
from publishing.front_matter import FrontMatterError, Source
from publishing.inventory import Inventory, ProjectDossier, read
from tests.built_site import ROOT
from tests.site import raw_inventory

YEAR = 2026
SOURCES = {
    "paper": Source(title="A paper", publisher="Somebody"),
    "book": Source(title="A book", publisher="Somebody else"),
}
NAME = "names: [{value: Een project, source: paper}]\n"
Read = Callable[..., Inventory]


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    sources = front_matter.sources(ROOT / "site/data/sources.yaml")
    return read(ROOT / "site/content", sources, YEAR)


@pytest.fixture
def reading(tmp_path: Path) -> Read:
    """Reads an inventory of the projects given by the name of their file, and of a programme."""

    def reading(programme: str = NAME, **projects: str) -> Inventory:
        texts = {f"projecten/{name}": text for name, text in projects.items()}
        for name, text in ({"programmas/call": programme} | texts).items():
            file = tmp_path / f"{name.replace('_', '-')}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return read(tmp_path, SOURCES, 2026)

    return reading


def one(reading: Read, text: str) -> ProjectDossier:
    return reading(een=NAME + text).projects[0]


class TestContent:
    def test_all_named(self, inventory: Inventory) -> None:
        """
        Every project and programme that the documents name is there, and nothing else.
        """
        with (ROOT / "tests/site/named-projects.csv").open(encoding="utf-8", newline="") as file:
            named = list(csv.DictReader(file))
        found = set()
        for row in named:
            for dossier in (*inventory.projects, *inventory.programmes):
                places = [place.slug for place in getattr(dossier, "places", ())]
                names = {claim.value for claim in dossier.item.names}
                if row["name"] in names and (not row["place"] or row["place"] in places):
                    found.add(dossier.slug)
                    break
            else:
                pytest.fail(f"{row['document']}: {row['said']} is not there")

        assert 45 == len([row for row in named if row["document"] == "list 2"])
        assert {one.slug for one in (*inventory.projects, *inventory.programmes)} == found

    def test_sources(self) -> None:
        """
        Every claim has a source, which is in the list with a title and a publisher.
        """
        known = yaml.safe_load((ROOT / "site/data/sources.yaml").read_text("utf-8"))
        found = list(raw_inventory.claims())

        assert len(found) > 400
        assert [] == [claim for *_, claim in found if claim.get("source") not in known]
        assert all(one["title"] and one["publisher"] for one in known.values())

    def test_side_by_side(self, inventory: Inventory) -> None:
        """
        The 26 and the 28 pilot projects both stand there, each with its source.
        """
        pilots = inventory.by_slug["proeftuinen-vierde-pijler"].item
        claims: Any = pilots.of("projects")

        assert {(26, "vvsg-proeftuinen"), (26, "socius-2023"), (28, "vraag-48")} == {
            (claim.value, claim.source) for claim in claims
        }

    def test_schema(self) -> None:
        """
        Every file is valid by the published schema of its kind, as any reader of YAML reads it.
        """
        schema = open_data.schema()
        for folder, kind in KINDS.items():
            part = {"$ref": f"#/$defs/{kind.__name__}", "$defs": schema["$defs"]}
            validator = jsonschema_rs.validator_for(part)
            for file in (ROOT / "site/content" / folder).glob("*.yaml"):
                problems = validator.iter_errors(yaml.safe_load(file.read_text("utf-8")))
                assert [] == [f"{file}: {one.message}" for one in problems]
            assert not validator.is_valid({"names": [{"value": "Zonder bron"}]})


def test_example(tmp_path: Path) -> None:
    """
    The example in the manual for authors is one that the build takes.
    """
    manual = (ROOT / "docs/content.md").read_text(encoding="utf-8")
    example = next(part for part in manual.split("```") if part.startswith("yaml\nnames:"))
    project = front_matter.decode(example.removeprefix("yaml\n"), Project, tmp_path)

    assert ["najaar 2024", "2023"] == [claim.value for claim in project.starts]


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "organisers: [{value: OCMW}]",
                "missing required field `source` - at `$.organisers[0]`",
            ),
            ("organisers: [{value: OCMW, source: gossip}]", "organisers: source: gossip"),
            ("places: [{value: nergens, source: paper}]", "places[0].value: no municipality"),
            (
                "starts: [{value: 2017, source: paper}]\nends: [{value: 2016-12, source: paper}]",
                "ends[0].value: lies before every start",
            ),
            ("starts: [{value: 2017-13, source: paper}]", "starts[0].value: «2017-13» is not in"),
            ("starts: [{value: ooit, source: paper}]", "at `$.starts[0].value`"),
            ("starts: [{value: 2017/2018, source: paper}]", "at `$.starts[0].value`"),
            ("runs: [{value: 2018/2017, source: paper}]", "runs[0].value: «2018/2017» ends before"),
            (
                "starts: [{value: 2017, source: paper, place: gent}]",
                "starts[0].place: «gent» is not among",
            ),
            ("duos: [{value: -1, source: paper}]", "at `$.duos[0].value`"),
            ("duos: [{value: veel, source: paper}]", "at `$.duos[0].value`"),
            ("duos: [{value: 3, source: paper, when: 2017-02-30}]", "duos[0].when: «2017-02-30»"),
            ("budgets: [{value: -0.5, source: paper}]", "at `$.budgets[0].value`"),
            ("staff: [{value: -1, source: paper}]", "at `$.staff[0].value`"),
            (
                "languages: [{value: Arabisch, share: 101, source: paper}]",
                "at `$.languages[0].share`",
            ),
            (
                """languages:
                - {value: Arabisch, share: 60, source: paper}
                - {value: Frans, share: 41, source: paper}""",
                "languages: the shares of paper are 101 % together",
            ),
            ("nationalities: [{value: Syrië, count: 4, source: paper}]", "nationalities[0].count"),
            ("nationalities: [{value: Syrië, source: paper}]", "has a share or a count"),
            ("programmes: [{value: nowhere, source: paper}]", "value: nowhere: not in the inv"),
            ("domains: [{value: koken, source: paper}]", "at `$.domains[0].value`"),
            ("organisers: [{value: '=1+1', source: paper}]", "at `$.organisers[0].value`"),
            ("certainty: misschien", "unknown field `certainty`"),
            ("duos: [{value: 3, source: paper, certainty: bijna}]", "at `$.duos[0].certainty`"),
        ],
    )
    def test_problem(self, reading: Read, tmp_path: Path, text: str, said: str) -> None:
        """
        What can't be used stops the build with the file and the field.
        """
        with pytest.raises(FrontMatterError) as caught:
            reading(een=NAME + text)

        assert str(caught.value).startswith(f"{tmp_path}/projecten/een.yaml: ")
        assert said in str(caught.value)

    @pytest.mark.parametrize(
        ("place", "said"),
        [
            ("", "names: EEN project, without places: is in een.yaml too"),
            ("gent", "names: EEN project, places: gent: is in een.yaml too"),
        ],
    )
    def test_twice(self, reading: Read, place: str, said: str) -> None:
        """
        The same name in the same place is the same project, however it is written.
        """
        where = f"places: [{{value: {place}, source: paper}}]" if place else ""
        with pytest.raises(FrontMatterError, match=r"twee\.yaml") as caught:
            reading(een=NAME + where, twee=NAME.replace("Een", "EEN") + where)

        assert said in str(caught.value)

    def test_elsewhere(self, reading: Read) -> None:
        """
        The same name in another place is another project.
        """
        where = "places: [{value: %s, source: paper}]"

        assert 2 == len(reading(een=NAME + where % "gent", twee=NAME + where % "aalst").projects)

    def test_address(self, reading: Read) -> None:
        """
        A project may not take the address of another page, nor the name of a programme.
        """
        with pytest.raises(FrontMatterError, match="has the name «overzicht»"):
            reading(overzicht=NAME)
        with pytest.raises(FrontMatterError, match="has the name «call»"):
            reading(call=NAME)

    def test_programme(self, reading: Read) -> None:
        """
        A programme that ends before it starts stops the build too.
        """
        wrong = "starts: [{value: 2020, source: paper}]\nends: [{value: 2019, source: paper}]"
        with pytest.raises(FrontMatterError, match=r"call\.yaml: ends\[0\]\.value: lies before"):
            reading(programme=NAME + wrong)

    def test_all_at_once(self, reading: Read) -> None:
        """
        Every problem is told, a line each.
        """
        with pytest.raises(FrontMatterError) as caught:
            reading(een="about: x", twee=NAME + "duos: [{value: 1, source: gossip}]")

        assert 2 == len(str(caught.value).splitlines())


class TestYears:
    @pytest.mark.parametrize(
        ("text", "years"),
        [
            ("", set()),
            ("starts: [{value: 2017, source: paper}]", {2017}),
            ("starts: [{value: schooljaar 2017-2018, source: paper}]", {2017, 2018}),
            ("starts: [{value: voor 2017, source: paper}]", set()),
            ("starts: [{value: 2017, source: paper, certainty: onzeker}]", set()),
            (
                "starts: [{value: 2016, source: paper}]\nends: [{value: 2019-01, source: paper}]",
                {2016, 2017, 2018, 2019},
            ),
            (
                "starts: [{value: 2007, source: paper}, {value: 2008, source: book}]",
                {2008},
            ),
            ("runs: [{value: 2019-11/2020-02, source: paper}]", {2019, 2020}),
            ("duos: [{value: 12, source: paper, when: 2019}]", {2019}),
            ("duos: [{value: 0, source: paper, when: 2019}]", set()),
            ("duos: [{value: 12, source: paper}]", set()),
        ],
    )
    def test_rule(self, reading: Read, text: str, years: set[int]) -> None:
        """
        A project counts in the years that its claims show, and in no other.
        """
        assert years == one(reading, text).years

    def test_place(self, reading: Read) -> None:
        """
        A start in one municipality says nothing of another; what names none is about all of them,
        from their own start on.
        """
        project = one(
            reading,
            "places: [{value: gent, source: paper}, {value: aalst, source: paper}]\n"
            "starts: [{value: 2013, source: paper, place: gent},"
            " {value: 2018, source: paper, place: aalst}]\n"
            "duos: [{value: 9, source: paper, when: 2015}]",
        )
        gent, aalst = project.places

        assert {2013, 2015} == project.years_in([gent])
        assert {2018} == project.years_in([aalst])
        assert {2013, 2015, 2018} == project.years

    def test_maybe(self, reading: Read) -> None:
        """
        Who began and of whom nobody says that it ended may still run.
        """
        begun = "starts: [{value: voor 2018-03, source: paper}]"
        ended = begun + "\nends: [{value: 2019, source: paper}]"
        found = reading(een=NAME + begun, twee=NAME.replace("Een", "Nog een") + ended)

        assert [0, 1, 1] == [found.maybe(year) for year in (2017, 2018, 2026)]

    def test_table(self, inventory: Inventory) -> None:
        """
        The table of years and provinces equals a count made apart from it.
        """
        counted = raw_inventory.table(YEAR)
        ours = {
            (year, name): inventory.count(year, name)
            for year in range(2000, YEAR + 1)
            for name in ("", *inventory.provinces)
        }

        assert counted == {key: count for key, count in ours.items() if count}
        assert sum(counted.values()) > 50

    def test_cities(self, inventory: Inventory) -> None:
        """
        So does that of years and municipalities.
        """
        ours = {
            (place.slug, year): count
            for place, _, counts in inventory.cities
            for year, count in counts.items()
        }

        assert raw_inventory.cities(YEAR) == ours

    def test_without_year(self, inventory: Inventory) -> None:
        """
        Who ran in no known year is counted apart, in all and in each province.
        """
        raw = raw_inventory.records("projecten")
        without = {
            name
            for name, record in raw.items()
            if not any(
                raw_inventory.years(record, place)
                for place in {one["value"] for one in record.get("places", [])} or {""}
            )
        }

        assert without == {project.slug for project in inventory.without_year}
        assert len(without) + len([one for one in inventory.projects if one.years]) == len(raw)


class TestFollows:
    def test_provinces(self, reading: Read) -> None:
        """
        The province follows from the municipality; else a source says it.
        """
        here = one(
            reading, "places: [{value: gent, source: paper}, {value: elsene, source: paper}]"
        )
        there = one(reading, "provinces: [{value: Limburg, source: paper}]")

        assert ("Oost-Vlaanderen", "Brussels Hoofdstedelijk Gewest") == here.provinces
        assert ("Limburg",) == there.provinces

    def test_domains(self, reading: Read) -> None:
        """
        Poverty is welfare too; only what is about integration is the fourth pillar.
        """
        poverty = one(reading, "domains: [{value: armoede, source: paper}]")
        path = one(reading, "domains: [{value: inburgering, source: paper}]")

        assert ("armoede", "welzijn") == poverty.domains
        assert [False, True] == [poverty.item.is_fourth_pillar, path.item.is_fourth_pillar]

    def test_choices(self, inventory: Inventory) -> None:
        """
        Every project can be found by its province and its year, known or not.
        """
        for name in ("provincie", "jaar"):
            chosen = {one for choice in inventory.choices[name] for one in choice.projects}
            assert set(inventory.projects) == chosen

    def test_completeness(self, inventory: Inventory) -> None:
        """
        What is known and what is missing add up to all projects, field by field.
        """
        missing = [label for _, labels in inventory.missing for label in labels]
        raw = raw_inventory.records("projecten").values()

        for known in inventory.completeness:
            assert known.of - known.known == missing.count(known.label), known.label
        found = {known.label: known for known in inventory.completeness}
        assert sum("starts" in record for record in raw) == found["start"].known
        assert 100 * found["start"].known // len(raw) == found["start"].share

    def test_names(self, inventory: Inventory) -> None:
        """
        Everything is in the order of the alphabet.
        """
        names = [fold(one.name) for one in inventory.projects]

        assert sorted(names) == names
