"""What the texts promise and claim, held against the software and the sources."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyromark import Markdown

from chalicelib.domain.calendar import PROMISED
from chalicelib.domain.form import MAX_MUNICIPALITIES
from chalicelib.domain.municipalities import MUNICIPALITIES
from publishing.front_matter import Page, Story, decode, split
from tests.built_site import ROOT, Site

CONTENT = ROOT / "site/content"
FILES = sorted(CONTENT.rglob("*.md"))
PAGES = sorted((CONTENT / "pages").glob("*.md"))
STORIES = sorted((CONTENT / "verhalen").glob("*.md"))
SUBJECT = ROOT / "backend/chalicelib/templates/mail/forwarding/subject.txt"

WITH_FACTS = (
    "/word-buddy/",
    "/vind-wat-bij-je-past/",
    "/veelgestelde-vragen/",
    "/toolkit/",
    "/agenda/",
    "/agenda/buddywerk-werkt/",
)
FACT = re.compile(
    r"\b(40 uur|minstens 40|10\.000|2\.500|441|twee keer per maand|Vrijwilligerswet)\b"
)
NUMBERS = {"een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5}


def text_of(file: Path) -> str:
    return split(file.read_text(encoding="utf-8"), file)[1]


def story(file: Path) -> Story:
    return decode(split(file.read_text(encoding="utf-8"), file)[0], Story, file)


EXAMPLES = [file for file in STORIES if story(file).example]


def told(site: Site, address: str) -> str:
    """What a story's own part of its page says: below it stand other stories."""
    return " ".join(site.page(address).main.article.get_text(" ").split())


def sections(file: Path) -> Iterator[str]:
    """The text from each heading to the next: what one citation may stand for."""
    return iter(re.split(r"^#{2,3} .*$", text_of(file), flags=re.MULTILINE))


def named(file: Path) -> str:
    return str(file.relative_to(CONTENT))


class TestExamples:
    @pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
    def test_own_page(self, site: Site, file: Path) -> None:
        """
        A story that nobody told says so above its text, and in it for whoever copies the text.
        """
        shown = told(site, f"/verhalen/{file.stem}/")

        assert "Voorbeeld" in shown
        assert "We bedachten dit verhaal als voorbeeld." in shown

    def test_real_ones(self, site: Site) -> None:
        """
        A story that somebody told is never called an example.
        """
        examples = {f"/verhalen/{file.stem}/" for file in EXAMPLES}
        real = [
            address
            for address, origin in site.origins.items()
            if origin.template == "story.html" and address not in examples
        ]

        assert [] == [address for address in real if "Voorbeeld" in told(site, address)]

    def test_list(self, site: Site) -> None:
        """
        There are six stories or more, and each example in the list is marked as one.
        """
        listed = site.page("/verhalen/").main
        marks = listed.find_all("strong", string="Voorbeeld")

        assert len(listed.find_all("article")) >= 6
        assert len(EXAMPLES) == len(marks)


class TestClaims:
    @pytest.mark.parametrize("address", WITH_FACTS)
    def test_sources(self, site: Site, address: str) -> None:
        """
        A page with facts names its sources, and each citation leads to one that is listed.
        """
        page = site.page(address)
        cited = {link["href"].lstrip("#") for link in page.find_all("a", class_="citation")}
        listed = {tag["id"] for tag in page.find_all(id=re.compile(r"^bron-\d+$"))}

        assert cited
        assert cited == listed

    @pytest.mark.parametrize("file", PAGES, ids=named)
    def test_figures(self, file: Path) -> None:
        """
        A figure that comes from a source stands in a section that cites one.
        """
        bare = [part for part in sections(file) if FACT.search(part) and "(bron:" not in part]

        assert [] == bare

    def test_municipalities(self) -> None:
        """
        The numbers of municipalities are those of the data.
        """
        brussels = sum(one.in_brussels for one in MUNICIPALITIES)
        told = text_of(CONTENT / "nieuws/de-site-staat-klaar.md")

        assert f"{len(MUNICIPALITIES) - brussels} gemeenten van Vlaanderen" in told
        assert f"{brussels} van Brussel" in told


class TestPromises:
    @pytest.mark.parametrize("file", FILES, ids=named)
    def test_term(self, file: Path) -> None:
        """
        Whoever mentions working days means those that the mails promise.
        """
        days = re.findall(r"(\w+)\s+werkdag", file.read_text(encoding="utf-8"))

        assert {str(PROMISED)} >= set(days)

    @pytest.mark.parametrize("name", ["word-buddy", "veelgestelde-vragen"])
    def test_places(self, name: str) -> None:
        """
        The page offers as many municipalities as the form takes.
        """
        offered = re.findall(
            r"\btot (\w+) (?:kiezen|gemeenten)", text_of(CONTENT / f"pages/{name}.md")
        )

        assert [MAX_MUNICIPALITIES] == [NUMBERS[word] for word in offered]

    def test_subject(self) -> None:
        """
        Municipalities look for the subject that our mail really has.
        """
        usual = SUBJECT.read_text(encoding="utf-8").partition("{% else %}")[2]
        subject = usual.partition("{{")[0].strip()

        assert f"*{subject}*" in text_of(CONTENT / "nieuws/zo-lees-je-een-aanmelding.md")


class TestDescriptions:
    @pytest.mark.parametrize("file", PAGES, ids=named)
    def test_length(self, file: Path) -> None:
        """
        A description is long enough to choose by, and short enough to be shown whole.
        """
        page = decode(split(file.read_text(encoding="utf-8"), file)[0], Page, file)

        assert 50 <= len(page.description) <= 160

    def test_unique(self, site: Site) -> None:
        """
        No two texts describe themselves in the same words.
        """
        written = [address for address, origin in site.origins.items() if origin.source]
        described = [
            site.page(address).find("meta", attrs={"name": "description"})["content"]
            for address in written
        ]

        assert sorted(set(described)) == sorted(described)


def test_questions() -> None:
    """
    The page with questions has questions, each with an address of its own and an answer.
    """
    text = text_of(CONTENT / "pages/veelgestelde-vragen.md")
    asked = re.findall(r"^### (.+?) \{#[a-z-]+\}$", text, flags=re.MULTILINE)
    answers = re.findall(r"</h3>\s*<p>", Markdown().html(text))

    assert len(asked) >= 20
    assert text.count("### ") == len(asked) == len(answers)
    assert [] == [question for question in asked if not question.endswith("?")]
