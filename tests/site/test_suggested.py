"""What people told us of projects, written into the files of the inventory."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from chalicelib.domain import suggestion as steps
from chalicelib.domain.recent import Verdict
from chalicelib.domain.suggestion import Suggestion
from publishing import front_matter
from publishing.claims import Project
from publishing.suggested import Exported, Outcome, added, claims_of, export
from tests.backend.samples import NOW, Changes, suggestion

ROOT = Path(__file__).parents[2]
FILE = "content/projecten/samen-op-stap.yaml"


def accepted(number: int = 1, belongs_to: str = "", **changes: Changes) -> Suggestion:
    at = NOW + timedelta(minutes=number)
    judged = steps.judged(suggestion(number, at, **changes), Verdict("", confirm=True), at)
    return steps.accepted(judged, belongs_to, "agency", at)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the inventory, and of the sources."""
    for part in ("content/projecten", "content/programmas", "content/evaluaties", "data"):
        shutil.copytree(ROOT / "site" / part, tmp_path / part)
    return tmp_path


def written(site: Path, *these: Suggestion) -> list[Exported]:
    return list(export(these, site, NOW.year))


def read(site: Path, path: str = FILE) -> Project:
    file = site / path
    return front_matter.decode(file.read_text(encoding="utf-8"), Project, file)


def contents(site: Path) -> dict[str, str]:
    return {str(one): one.read_text(encoding="utf-8") for one in site.rglob("*.yaml")}


def test_new(site: Path) -> None:
    """
    A new project gets a file in which every claim is uncertain and has the suggestion as its
    source; the person is nowhere.
    """
    one = accepted()
    before = contents(site)

    assert [Exported(one.reference, Outcome.WRITTEN, FILE)] == written(site, one)
    project = read(site)
    claims = dict(project.claims())
    assert {"onzeker"} == {claim.certainty for _, claim in project.claims()}
    assert {"names", "about", "organisers", "areas", "places", "domains", "starts", "duos"} == {
        *claims
    }
    assert ("Samen op Stap", "aalst", "2019-03", 25, "2023") == (
        project.name,
        project.places[0].value,
        project.starts[0].value,
        project.duos[0].value,
        project.duos[0].when,
    )
    assert "Website, volgens de melder: https://www.samen.example" == project.about[0].note
    assert "Dit staat, volgens de melder, in: het jaarverslag" == project.duos[0].note
    sources = front_matter.sources(site / "data/sources.yaml")
    source = sources[project.names[0].source]
    assert ("melding", "een bezoeker van deze site") == (source.kind, source.publisher)
    everything = "".join(text for path, text in contents(site).items() if text != before.get(path))
    for person in ("Mieke", "melder.example", "Bel me"):
        assert person not in everything


def test_source_keeps_the_rest(site: Path) -> None:
    """
    The list of sources grows at its end, and stays as it was before that, remarks included.
    """
    before = (site / "data/sources.yaml").read_text(encoding="utf-8")
    written(site, accepted())

    assert (site / "data/sources.yaml").read_text(encoding="utf-8").startswith(before)


def test_shortest(site: Path) -> None:
    """
    Of a project of which somebody knows the name only, there is a name, and nothing else.
    """
    names = ("organiser", "municipality", "region", "domain", "about", "since", "duos", "found")
    nothing: dict[str, Changes] = dict.fromkeys((*names, "duos_year"))
    one = accepted(1, "", **nothing)
    written(site, one)

    assert ["names"] == [field for field, _ in read(site).claims()]
    assert "Website, volgens de melder: https://www.samen.example" == read(site).names[0].note


def test_again(site: Path) -> None:
    """
    Doing it again writes nothing.
    """
    one = accepted()
    written(site, one)
    before = contents(site)

    assert [Exported(one.reference, Outcome.UNCHANGED, FILE)] == written(site, one)
    assert before == contents(site)


def test_edited(site: Path) -> None:
    """
    What somebody edited stays so, and it is said.
    """
    one = accepted()
    written(site, one)
    file = site / FILE
    file.write_text(file.read_text(encoding="utf-8").replace("vzw Samen", "Samen vzw"), "utf-8")
    before = contents(site)

    assert [Exported(one.reference, Outcome.EDITED, FILE)] == written(site, one)
    assert before == contents(site)


def test_taken_away(site: Path) -> None:
    """
    What somebody took away does not come back.
    """
    one = accepted()
    written(site, one)
    (site / FILE).unlink()

    assert [Exported(one.reference, Outcome.TAKEN_AWAY)] == written(site, one)
    assert not (site / FILE).exists()


def test_interrupted(site: Path) -> None:
    """
    A run that ended before the source was written is finished by the next.
    """
    sources = site / "data/sources.yaml"
    before = sources.read_text(encoding="utf-8")
    one = accepted()
    written(site, one)
    after = sources.read_text(encoding="utf-8")
    sources.write_text(before, encoding="utf-8")

    assert [Outcome.WRITTEN] == [done.outcome for done in written(site, one)]
    assert after == sources.read_text(encoding="utf-8")


def test_existing(site: Path) -> None:
    """
    About a project of the list, its claims come after those that are there, of which none changes;
    a name that it has already is no news.
    """
    file = "content/projecten/compagnons.yaml"
    before = yaml.safe_load((site / file).read_text(encoding="utf-8"))
    one = accepted(belongs_to="compagnons", project="COMPAGNONS", municipality=None)

    assert [Exported(one.reference, Outcome.WRITTEN, file)] == written(site, one)
    after = yaml.safe_load((site / file).read_text(encoding="utf-8"))
    assert before["names"] == after["names"]
    for field, claims in before.items():
        assert claims == after[field][: len(claims)]
    assert "vzw Samen" == after["organisers"][-1]["value"]
    assert [Outcome.UNCHANGED] == [done.outcome for done in written(site, one)]


def test_same_name_elsewhere(site: Path) -> None:
    """
    Two projects of one name in two places get each a file.
    """
    here, there = accepted(1), accepted(2, municipality=["44021"])

    assert [FILE, "content/projecten/samen-op-stap-gent.yaml"] == [
        done.path for done in written(site, here, there)
    ]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (accepted(belongs_to="no-such-project"), "no project «no-such-project»"),
        (accepted(project="Overzicht", municipality=None), "no name is free"),
        (accepted(project="李李"), "no name is free"),
    ],
)
def test_by_hand(site: Path, one: Suggestion, why: str) -> None:
    """
    What can't be written by itself is left to a person, and nothing is written.
    """
    before = contents(site)
    (done,) = written(site, one)

    assert (Outcome.BY_HAND, "") == (done.outcome, done.path)
    assert why in done.why
    assert before == contents(site)


def test_would_break_the_build(site: Path) -> None:
    """
    What the build would refuse, as the same project in the same place, is not written; the others
    are.
    """
    first, same, other = accepted(1), accepted(2), accepted(3, project="Iets anders")
    names = replace(same, answers=replace(same.answers, project="Samen op stap!"))
    before = contents(site)
    done = written(site, first, names, other)

    assert [Outcome.WRITTEN, Outcome.BY_HAND, Outcome.WRITTEN] == [one.outcome for one in done]
    assert "is in samen-op-stap-aalst.yaml too" in done[1].why
    assert len(before) + 2 == len(contents(site))


def test_laid_out_by_hand(site: Path) -> None:
    """
    A file with remarks of an author is not laid out anew.
    """
    file = site / "content/projecten/compagnons.yaml"
    text = f"# Mind the gap\n{file.read_text(encoding='utf-8')}"
    file.write_text(text, encoding="utf-8")
    (done,) = written(site, accepted(belongs_to="compagnons"))

    assert (Outcome.BY_HAND, "the file is laid out by hand") == (done.outcome, done.why)
    assert text == file.read_text(encoding="utf-8")


def test_every_file_can_grow() -> None:
    """
    Every file of the inventory is laid out so that claims can be added to it.
    """
    claims = claims_of(accepted())
    files = sorted((ROOT / "site/content/projecten").glob("*.yaml"))
    grown = [added(file.read_text(encoding="utf-8"), claims) for file in files]

    assert files
    assert all("vzw Samen" in text for text in grown)
