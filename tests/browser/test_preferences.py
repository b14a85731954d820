"""
A page of each template as somebody sees it who asked for less motion, more contrast, the dark,
paper, larger letters or more space between them.
"""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visiting import SIDEWAYS, visit
from tests.built_site import Site

# Words, controls and their colours, with the colour that lies behind them.
SHOWN = """
() => {
    const behind = one => {
        for (let at = one; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (!/, 0\\)$/.test(colour)) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const words = [...document.querySelectorAll("body *")].filter(one =>
        one.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
        && !one.closest("svg, .visually-hidden, .skip-link"));
    return words.map(one => ({
        name: `${one.localName}.${one.className} «${one.textContent.trim().slice(0, 30)}»`,
        colour: getComputedStyle(one).color,
        behind: behind(one),
        adjust: getComputedStyle(one).forcedColorAdjust,
    }));
}
"""
CONTROLS = """
() => [...document.querySelectorAll("button, input, select, textarea")]
    .filter(one => one.checkVisibility() && one.type !== "hidden")
    .map(one => {
        const style = getComputedStyle(one);
        return {
            name: `${one.localName}.${one.className}`,
            bordered: style.borderTopStyle !== "none" && parseFloat(style.borderTopWidth) > 0
                && style.borderTopColor !== getComputedStyle(one.parentElement).backgroundColor,
            native: style.appearance !== "none",
        };
    })
"""
MOVING = """
() => document.getAnimations()
    .filter(one => one.playState === "running" && one.effect.getComputedTiming().duration > 1)
    .map(one => one.animationName ?? one.transitionProperty)
"""
# WCAG 1.4.12: as much space as a reader may ask for, without anything that gets lost.
SPACING = """
() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* {
        line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important;
    }
    p { margin-block-end: 2em !important; }`);
    document.adoptedStyleSheets = [sheet];
}
"""
CLIPPED = """
() => [...document.querySelectorAll("body *")].filter(one => {
    const style = getComputedStyle(one);
    const clips = [style.overflowX, style.overflowY].some(way => /hidden|clip/.test(way));
    return clips && one.checkVisibility() && one.textContent.trim() && one.localName !== "svg"
        && !one.closest("svg, .visually-hidden")
        && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1);
}).map(one => `${one.localName}.${one.className}`)
"""
DARK = 80  # of 255: how light a dark background may be


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(locale="nl-BE")
    yield page
    page.close()


@pytest.fixture(params=[360, 1280], ids=["phone", "desk"])
def width(request: pytest.FixtureRequest, page: Page) -> int:
    page.set_viewport_size({"width": request.param, "height": 800})
    chosen: int = request.param
    return chosen


def each(page: Page, base: str, site: Site) -> Iterator[str]:
    """Open a page of each template, one after the other; with its folded parts open."""
    for address in site.samples.values():
        visit(page, base, site.folder, address)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        yield address


def unreadable(shown: list[dict[str, str]]) -> list[str]:
    return [one["name"] for one in shown if one["colour"] == one["behind"]]


def lightness(colour: str) -> float:
    numbers = [float(number) for number in colour.strip("rgba()").split(",")[:3]]
    return sum(numbers) / len(numbers)


def test_reduced_motion(page: Page, base: str, site: Site, width: int) -> None:
    """
    Who asked for less motion sees none.
    """
    page.emulate_media(reduced_motion="reduce")
    for address in each(page, base, site):
        assert [] == page.evaluate(MOVING), address
    page.emulate_media(reduced_motion="no-preference")


def test_forced_colours(page: Page, base: str, site: Site, width: int) -> None:
    """
    In the colours of who chose their own, words stand out, and a control has an edge.
    """
    page.emulate_media(forced_colors="active")
    for address in each(page, base, site):
        shown = page.evaluate(SHOWN)
        assert [] == unreadable(shown), address
        assert [] == [one["name"] for one in shown if one["adjust"] == "none"], address
        controls = page.evaluate(CONTROLS)
        bare = [one["name"] for one in controls if not one["bordered"] and not one["native"]]
        assert [] == bare, address
    page.emulate_media(forced_colors="none")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_scheme(page: Page, base: str, site: Site, scheme: Literal["light", "dark"]) -> None:
    """
    Who asked for the dark gets it, and who didn't gets the light.
    """
    page.emulate_media(color_scheme=scheme)
    for address in each(page, base, site):
        behind = page.evaluate(SHOWN)[0]["behind"]
        assert (scheme == "dark") == (lightness(behind) < DARK), address
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print(page: Page, base: str, site: Site, scheme: Literal["light", "dark"]) -> None:
    """
    On paper the menus are gone, the words stay, dark on white, and links among them can be read.
    """
    page.emulate_media(media="print", color_scheme=scheme)
    for address in each(page, base, site):
        for part in ("header nav", "footer nav", ".skip-link"):
            assert not page.locator(part).is_visible(), f"{address}: {part}"
        assert page.locator("h1").is_visible(), address
        shown = page.evaluate(SHOWN)
        assert [] == [one["name"] for one in shown if lightness(one["colour"]) > 255 / 2], address
        assert [] == [one["name"] for one in shown if lightness(one["behind"]) < 255 / 2], address
    page.emulate_media(media="screen", color_scheme="light")


@pytest.mark.parametrize("width", [320, 640], ids=["400 %", "200 %"])
def test_zoom(page: Page, base: str, site: Site, width: int) -> None:
    """
    At 200 % and 400 % zoom on a screen of 1280 px nothing has to be scrolled sideways.
    """
    page.set_viewport_size({"width": width, "height": 800})
    for address in each(page, base, site):
        assert [] == page.evaluate(SIDEWAYS), address


def test_text_spacing(page: Page, base: str, site: Site, width: int) -> None:
    """
    With more space between letters, words and lines nothing is cut off or sticks out.
    """
    for address in each(page, base, site):
        before = page.evaluate(CLIPPED)
        page.evaluate(SPACING)
        assert [] == [one for one in page.evaluate(CLIPPED) if one not in before], address
        assert [] == page.evaluate(SIDEWAYS), address
