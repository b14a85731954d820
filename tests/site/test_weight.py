"""What a page weighs on its way to a phone, and how its pictures are named, sized and packed."""

import re
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import brotli
import pytest

from chalicelib import publishing
from chalicelib.pages import Pages
from tests.backend.tallies import published
from tests.browser.site_server import QUALITY
from tests.built_site import Site

PAGE = 14_000  # bytes of page and stylesheet by brotli: one flight of packets on a new connection
STYLESHEET = 6_000  # bytes by brotli
DESK_STYLESHEET = 3_000  # the same
SCRIPT = 3_600  # bytes as it stands
PICTURES = 150_000  # bytes of pictures on one page
PACKED = {"avif", "webp", "svg"}
FIRST = 3  # pictures that may be in sight at once, and so needn't wait


@cache
def packed(content: bytes) -> int:
    """The size in bytes over the wire."""
    return len(brotli.compress(content, quality=QUALITY))


def pictures(page: Any) -> list[Any]:
    found: list[Any] = page.find_all("img")
    return found


def test_pages(site: Site) -> None:
    """
    Every page comes with its stylesheet in one flight.
    """
    stylesheet = packed(site.files["theme/style.css"])
    weights = {
        name: packed(content) + stylesheet
        for name, content in site.files.items()
        if name.endswith(".html")
    }

    assert {} == {name: weight for name, weight in weights.items() if weight > PAGE}


def test_published_figures(site: Site) -> None:
    """
    So does the page of the figures, also when the goal is reached and nearly each municipality is
    shown; the outlines of its map are one drawing beside it.
    """
    page = publishing.page(published(people=600), Pages(""))
    drawing = site.files["theme/map.svg"]

    assert 290 <= page.count("map.svg#n")
    assert packed(page.encode()) + packed(site.files["theme/style.css"]) <= PAGE
    assert packed(drawing) <= PICTURES // 6


def test_stylesheet(site: Site) -> None:
    """
    Every page has one stylesheet, small enough to leave it its room; a desk has a second one.
    """
    sheets = {name for name in site.files if name.endswith(".css")}
    pages = [content for name, content in site.files.items() if name.endswith(".html")]

    assert {"theme/style.css", "theme/desk.css"} == sheets
    assert not any(b"desk.css" in content for content in pages)
    assert packed(site.files["theme/style.css"]) <= STYLESHEET
    assert packed(site.files["theme/desk.css"]) <= DESK_STYLESHEET


def test_script(site: Site) -> None:
    """
    There is one script, at most 3.6 kB as it stands, and it keeps nothing in the browser.
    """
    script = site.files["theme/site.js"]

    assert ["theme/site.js"] == [name for name in site.files if name.endswith((".js", ".mjs"))]
    assert len(script) <= SCRIPT
    assert not re.search(rb"cookie|Storage|indexedDB|https?:|eval|innerHTML", script)


def test_no_web_font(site: Site) -> None:
    """
    No font comes with the site: words are shown in one that is there.
    """
    fonts = (".woff", ".woff2", ".ttf", ".otf")
    assert [] == [name for name in site.files if name.endswith(fonts)]
    assert b"@font-face" not in site.files["theme/style.css"]


@pytest.mark.parametrize("name", ["width", "height", "alt"])
def test_pictures(site: Site, name: str) -> None:
    """
    Every picture has its size, so that nothing jumps, and its description, empty for a decoration.
    """
    for address, page in site.pages:
        assert [] == [str(one) for one in pictures(page) if not one.has_attr(name)], address


def test_packed_pictures(site: Site) -> None:
    """
    A picture is drawn (SVG), or packed as AVIF or WebP; any other stands in where that fails.
    """
    for address, page in site.pages:
        for one in pictures(page):
            kind = urlsplit(one["src"]).path.rpartition(".")[2]
            sources = one.parent.find_all("source") if one.parent.name == "picture" else []
            offered = {urlsplit(source["srcset"]).path.rpartition(".")[2] for source in sources}
            assert kind in PACKED or offered & PACKED, f"{address}: {one}"


def test_lazy_pictures(site: Site) -> None:
    """
    What is out of sight at first is fetched when it comes near.
    """
    for address, page in site.pages:
        eager = [one for one in pictures(page) if one.get("loading") != "lazy"]
        assert eager == pictures(page)[: len(eager)], address
        assert len(eager) <= FIRST, address


def test_all_pictures(site: Site) -> None:
    """
    The pictures of one page together stay light, the poster of a film among them.
    """
    for address, page in site.pages:
        named = [one["src"] for one in pictures(page)]
        named += [one["poster"] for one in page.find_all("video", poster=True)]
        files = {urlsplit(urljoin(address, src)).path.lstrip("/") for src in named}
        weight = sum(
            packed(site.files[file]) if file.endswith(".svg") else len(site.files[file])
            for file in files
        )
        assert weight <= PICTURES, f"{address}: {weight}"


def test_films(site: Site) -> None:
    """
    A film is fetched when somebody asks for it, and has its captions and its size.
    """
    for address, page in site.pages:
        for film in page.find_all("video"):
            assert "none" == film["preload"], address
            assert film.find("track", kind="captions"), address
            assert film.has_attr("width"), address
            assert film.has_attr("height"), address
            assert not film.has_attr("autoplay"), address
