"""What the pages made from texts and films show."""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.site import FOOTER, NAVIGATION, NEWS_FEED
from publishing import front_matter
from publishing.films import FIRST, films
from publishing.front_matter import Story, ToolkitItem
from tests.built_site import ROOT, Site

CONTENT = ROOT / "site/content"
IN_WORDS = re.compile(r"\d+ kB|\d+(,\d)? MB")


def told(folder: str, kind: Any) -> list[tuple[str, Any]]:
    """Every text of a kind: the address of its page, and what its author said on top."""
    files = sorted((CONTENT / folder).glob("*.md"))
    return [
        (
            f"/{folder}/{file.stem}/",
            front_matter.decode(front_matter.split(file.read_text("utf-8"), file)[0], kind, file),
        )
        for file in files
    ]


def of(found: list[tuple[str, Any]]) -> pytest.MarkDecorator:
    """One test for each text, by its address."""
    return pytest.mark.parametrize(("address", "item"), found, ids=[one[0] for one in found])


STORIES = told("verhalen", Story)
EXAMPLES = [one for one in STORIES if one[1].example]
TOOLKIT = told("toolkit", ToolkitItem)
FILMS = films(CONTENT / "films")


class TestMenu:
    def test_entries(self, site: Site) -> None:
        """
        Every page has the whole menu and the whole foot; the menu opens without a script.
        """
        for address in ("/", "/aanmelden/", "/word-buddy/aalst/"):
            page = site.page(address)
            menu = page.header.find(id=page.header.button["popovertarget"])
            assert [link.path for link in NAVIGATION] == [tag["href"] for tag in menu("a")]
            foot = [link.path for group in FOOTER for link in group.links]
            assert foot == [tag["href"] for tag in page.footer.nav("a")]

    @pytest.mark.parametrize(
        ("address", "current"),
        [
            ("/verhalen/", {"/verhalen/": "page"}),
            ("/word-buddy/aalst/", {"/word-buddy/": "true"}),
            ("/privacy/", {}),
        ],
    )
    def test_current(self, site: Site, address: str, current: dict[str, str]) -> None:
        """
        The menu marks the page, or the part of the site that the page is in.
        """
        marked = site.page(address).header.nav.find_all("a", attrs={"aria-current": True})

        assert current == {tag["href"]: tag["aria-current"] for tag in marked}


class TestHome:
    def test_parts(self, site: Site) -> None:
        """
        The home page has the finder, the way, one story, one film, how far we are and the way on.
        """
        home = site.page("/").main

        assert home.find("form", class_="finder")
        assert 3 == len(home.find_all(class_="steps__step"))
        assert 1 == len(home.find_all(class_="story__quote"))
        assert 1 == len(home.find_all("video"))
        assert "10.000" in home.find(class_="progress").get_text()
        assert 3 == len(home.find(class_="onward")("a"))

    def test_not_known(self, site: Site) -> None:
        """
        As long as nothing is published, words say so, and no line that looks like zero.
        """
        if (ROOT / "site/data/figures.json").exists():
            assert site.page("/").find(class_="progress__line")
        else:
            assert "niet gekend" in site.page("/").find(class_="progress").get_text()
            assert not site.page("/").find(class_="progress__way")


class TestStories:
    @of(EXAMPLES)
    def test_example(self, site: Site, address: str, item: Story) -> None:
        """
        An example says so, on its own page and where it is listed.
        """
        page = site.page(address).main
        card = site.page("/verhalen/").find("a", href=address).find_parent("article")

        assert "Voorbeeld" == page.find(class_="mark__word").get_text()
        assert "Dit is een voorbeeld." in page.find(class_="mark").get_text()
        assert "Voorbeeld" == card.find(class_="mark__word").get_text()

    @of(STORIES)
    def test_parts(self, site: Site, address: str, item: Story) -> None:
        """
        A story has its drawing with a description, its quote, and its municipality's page.
        """
        page = site.page(address).main
        drawing = page.find("img", class_="story__portrait")

        assert item.portrait_alt == drawing["alt"]
        assert f"/theme/portraits/{item.portrait}" == drawing["src"]
        assert item.quote == page.find("blockquote").get_text(strip=True)
        assert page.find("a", href=f"/word-buddy/{item.municipality}/")

    def test_example_on_home(self, site: Site) -> None:
        """
        The home page marks the story that it shows if that is an example.
        """
        shown = site.page("/").find(class_="story--quote")
        address = shown.find("a")["href"]

        assert dict(STORIES)[address].example == bool(shown.find(class_="mark__word"))

    def test_drawings(self) -> None:
        """
        Every drawing is at most 4 kB, and is drawn for light and dark.
        """
        drawings = list((ROOT / "site/theme/static/assets/portraits").glob("*.svg"))

        assert drawings
        for drawing in drawings:
            assert drawing.stat().st_size <= 4096, drawing.name
            assert "prefers-color-scheme:dark" in drawing.read_text("utf-8"), drawing.name


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)
class TestFilms:
    def test_player(self, site: Site, film: Any) -> None:
        """
        A film is shown by the browser itself, fetches nothing before it is asked for, and has its
        size, its poster and captions.
        """
        video = site.page(film.path).find("video")

        assert ("none", "1280", "720") == (video["preload"], video["width"], video["height"])
        assert video.has_attr("controls")
        assert video.has_attr("playsinline")
        assert not video.has_attr("autoplay")
        assert film.poster == video["poster"]
        assert (film.video, "video/mp4") == (video.source["src"], video.source["type"])
        assert ("captions", "nl") == (video.track["kind"], video.track["srclang"])
        assert film.captions == video.track["src"]

    def test_transcript(self, site: Site, film: Any) -> None:
        """
        All that is said and seen can be read below the film.
        """
        text = site.page(film.path).find("details", class_="film__text").get_text()

        for scene in film.storyboard.scenes:
            assert scene.words in text
            assert scene.alt in text

    def test_microdata(self, site: Site, film: Any) -> None:
        """
        Search engines are told what the film is called, how long it lasts and where it is.
        """
        item = site.page(film.path).find(itemtype="https://schema.org/VideoObject")
        said = {
            tag["itemprop"]: tag.get("content", tag.get("href"))
            for tag in item.find_all(itemprop=True)
        }

        assert film.storyboard.title == said["name"]
        assert film.storyboard.made.isoformat() == said["uploadDate"]
        assert re.fullmatch(r"PT\d+M\d+S", said["duration"])
        assert (film.poster, film.video) == (said["thumbnailUrl"], said["contentUrl"])
        assert ("nl", film.storyboard.summary) == (said["inLanguage"], said["description"])

    def test_downloads(self, site: Site, film: Any) -> None:
        """
        Film, square film, captions and text can be taken along, each with its format and size.
        """
        rows = site.page(film.path).find(class_="downloads").tbody("tr")

        assert 4 == len(rows)
        for row in rows:
            assert row.a["href"].lstrip("/") in site.files
            assert IN_WORDS.fullmatch(row("td")[2].get_text())

    def test_listed(self, site: Site, film: Any) -> None:
        """
        The list of films leads to the film, and marks one that acts out an example.
        """
        link = site.page("/films/").main.find("a", href=film.path, string=film.storyboard.title)
        mark = link.find_parent("article").find(class_="mark__word")

        assert bool(film.storyboard.label) == bool(mark)


def test_first_film() -> None:
    """
    The film that says what it is all about comes first.
    """
    assert [FIRST] == [film.slug for film in FILMS[:1]]


class TestToolkit:
    @of(TOOLKIT)
    def test_listed(self, site: Site, address: str, item: ToolkitItem) -> None:
        """
        The list says of every item what it is, for whom, in which formats and under which licence.
        """
        link = site.page("/toolkit/").main.find("a", href=address, string=item.title)
        text = link.find_parent("li").get_text()

        assert item.summary in text
        assert item.audience[1:] in text
        assert item.licence in text
        assert ("PDF" in text) == any(one.file.endswith(".pdf") for one in item.files)

    @of(TOOLKIT)
    def test_downloads(self, site: Site, address: str, item: ToolkitItem) -> None:
        """
        Every file can be downloaded, and its format, size and licence are told before.
        """
        table = site.page(address).find(class_="downloads")
        rows = table.tbody("tr") if table else []

        files = [f"/download{address}{one.file}" for one in item.files]
        assert files == [row.a["href"] for row in rows]
        for row in rows:
            assert row("td")[1].get_text()
            assert IN_WORDS.fullmatch(row("td")[2].get_text())
        assert item.licence in site.page(address).main.get_text()

    @of([one for one in TOOLKIT if one[1].preview])
    def test_preview(self, site: Site, address: str, item: ToolkitItem) -> None:
        """
        A preview has a description, and its size, so that nothing jumps when it arrives.
        """
        image = site.page(address).find("img", src=f"{address}{item.preview}")

        assert item.preview_alt == image["alt"]
        assert int(image["width"]) > 0 < int(image["height"])

    @of([one for one in TOOLKIT if one[1].preview])
    def test_narrow_preview(self, site: Site, address: str, item: ToolkitItem) -> None:
        """
        In the list a phone takes a narrower copy of the preview.
        """
        images = site.page("/toolkit/")("img", srcset=re.compile(f"{address}{item.preview} 800w"))
        [image] = images

        assert image["srcset"].startswith(f"{image['src']} {image['width']}w, ")
        assert int(image["width"]) < 800
        assert image["sizes"]


class TestContents:
    def test_every_heading(self, site: Site) -> None:
        """
        A list of contents leads to every heading of the second level in the text, in order.
        """
        for address in ("/word-buddy/", "/veelgestelde-vragen/"):
            page = site.page(address).main
            named = [tag["href"] for tag in page.find(class_="contents")("a")]
            assert [f"#{tag['id']}" for tag in page.find(class_="prose")("h2")] == named

    def test_ways(self, site: Site) -> None:
        """
        Four ways lead from the fork, the rest of the page from the list below it.
        """
        page = site.page("/vind-wat-bij-je-past/").main
        ways = [tag["href"] for tag in page.find_all(class_="ways__link")]
        others = [tag["href"] for tag in page.find(class_="contents")("a")]

        assert 4 == len(ways)
        assert [f"#{tag['id']}" for tag in page.find(class_="prose")("h2")] == ways + others


def test_feed(site: Site) -> None:
    """
    The news says where its feed is.
    """
    link = site.page("/nieuws/").find("link", rel="alternate")

    assert ("application/atom+xml", NEWS_FEED) == (link["type"], link["href"])
    assert NEWS_FEED.lstrip("/") in site.files


def test_events(site: Site) -> None:
    """
    Every event stands on the agenda, coming or past, and has a page that leads back to it.
    """
    for file in (CONTENT / "agenda").glob("*.md"):
        address = f"/agenda/{file.stem}/"
        assert site.page("/agenda/").main.find("a", href=address)
        assert site.page(address).main.find("a", href="/agenda/")


def test_card(site: Site, site_below_a_path: Site) -> None:
    """
    A link that is shared has its picture, title and description, in full addresses; where the host
    is not known it has none.
    """
    page = site_below_a_path.page("/verhalen/")
    said = {tag["property"]: tag["content"] for tag in page.find_all("meta", property=True)}

    assert "Verhalen" == said["og:title"]
    assert "https://www.example.org/buddy/verhalen/" == said["og:url"]
    assert page.find("meta", attrs={"name": "description"})["content"] == said["og:description"]
    picture = said["og:image"].removeprefix("https://www.example.org/buddy/")
    assert Path(picture).suffix == ".png"
    assert picture in site_below_a_path.files
    assert not site.page("/verhalen/").find("meta", property=True)
