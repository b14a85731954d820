"""Everything on a page of each template can be reached and used with the keyboard alone."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import visit
from tests.built_site import Site

# What a keyboard should stop at, in the order of the page; of radio buttons the first (none of
# them is chosen) counts for all.
STOPS = """
() => {
    window.stops = [...document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, video, audio, [tabindex]",
    )].filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled
        && one.tabIndex >= 0 && one.type !== "hidden"
        && !(one.type === "radio" && one !== document.querySelector(
            `input[type=radio][name=${one.name}]`)));
    return window.stops.length;
}
"""
# Where the focus is, and whether one sees it: a ring, within the window, and nothing on top of it.
FOCUS = """
() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const rects = [...one.getClientRects()];
    const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    // In the middle of what is within the window: of a high field only its caret need be.
    const free = rects.some(({left, top, width, bottom}) => {
        const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
        const there = document.elementFromPoint(left + width / 2, middle);
        return there && (one.contains(there) || there.contains(one)
            || there.control === one || one.labels?.[0]?.contains(there));
    });
    return {
        name: `${one.localName}.${one.className} «${one.textContent.trim().slice(0, 30)}»`,
        place: window.stops?.indexOf(one),
        ringed,
        inside: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
        free,
    };
}
"""
PHONE, DESK = 360, 1280


@pytest.fixture(scope="module")
def browser_page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(locale="nl-BE", reduced_motion="reduce")
    yield page
    page.close()


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser_page: Page) -> Page:
    browser_page.set_viewport_size({"width": request.param, "height": 740})
    return browser_page


def focus(page: Page) -> dict[str, Any] | None:
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    return found


def tab_until(page: Page, selector: str) -> None:
    """Press Tab until the focus is on the first element that the selector finds."""
    page.evaluate(STOPS)
    wanted = page.locator(selector).first
    for _ in range(page.evaluate("window.stops.length + 1")):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not come to {selector}")


def test_walk(page: Page, base: str, site: Site) -> None:
    """
    Tab goes to everything that can be used, in the order of the page, and one sees where it is.
    """
    for address in site.samples.values():
        visit(page, base, site.folder, address)
        stops = page.evaluate(STOPS)
        walked: list[int] = []
        while True:
            page.keyboard.press("Tab")
            here = focus(page)
            if here is None or (here["place"] == 0 and set(walked) - {0}):
                break  # past the last, or at the first again
            # A player has stops of its own with the browser's rings; all say they are the film.
            is_inside_player = here["place"] in walked[-1:]
            assert here["ringed"] or is_inside_player, f"{address}: no ring on {here['name']}"
            assert here["inside"], f"{address}: out of sight is {here['name']}"
            assert here["free"], f"{address}: covered is {here['name']}"
            walked.append(here["place"])
        assert list(range(stops)) == [place for place, _ in groupby(walked)], address


def test_skip_link(browser_page: Page, base: str, site: Site) -> None:
    """
    The first stop of a page leads past the menu, and what comes next is in the content.
    """
    page = browser_page
    page.set_viewport_size({"width": PHONE, "height": 740})
    for address in site.samples.values():
        visit(page, base, site.folder, address)
        page.keyboard.press("Tab")
        expect(page.locator(".skip-link")).to_be_focused()
        expect(page.locator(".skip-link")).to_be_in_viewport()
        page.keyboard.press("Enter")
        # The address follows when the browser gets to it.
        expect(page).to_have_url(f"{base}{address}#inhoud")
        page.keyboard.press("Tab")
        is_past = "!document.activeElement.closest('header, .skip-link')"
        assert page.evaluate(is_past), address


def test_menu(browser_page: Page, base: str) -> None:
    """
    On a phone the menu opens with Enter, its links come next, and Escape closes it again.
    """
    page = browser_page
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.goto(f"{base}/")
    links = page.locator("header nav a")
    toggle = page.locator("header nav button")
    expect(links.first).not_to_be_visible()

    tab_until(page, "header nav button")
    page.keyboard.press("Enter")
    for link in links.all():
        expect(link).to_be_visible()
        page.keyboard.press("Tab")
        expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(links.first).not_to_be_visible()
    expect(toggle).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    wanted = links.first.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{base}{wanted}")


def test_finder(page: Page, base: str) -> None:
    """
    The finder lists places while one types; Tab and Enter go to the one that was meant.
    """
    page.goto(f"{base}/")
    tab_until(page, "form.finder [name=q]")
    page.keyboard.type("erembo")
    expect(page.locator("form.finder a", has_text="Aalst").first).to_be_visible()

    tab_until(page, "form.finder a")
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{base}/word-buddy/aalst/")


def test_film(page: Page, base: str, site: Site) -> None:
    """
    A film starts and stops with the space bar, and its words fold out with Enter.
    """
    page.goto(base + site.samples["film.html"])
    tab_until(page, "video")
    for paused in (False, True):
        page.keyboard.press("Space")
        page.wait_for_function(f"document.querySelector('video').paused === {str(paused).lower()}")

    tab_until(page, "main details summary")
    words = page.locator("main details").first
    page.keyboard.press("Enter")
    expect(words).to_have_attribute("open", "")
    expect(words.locator("p, li, dd").first).to_be_visible()
