"""Going to a built page, also to one that leads on to another at once."""

import re
from pathlib import Path

from playwright.sync_api import Page

# What does not fit in the width of the window: the page itself, which must be scrolled, or a part
# with something in it that is cut off. What scrolls by itself, as a wide table may, is none.
SIDEWAYS = """
() => {
    const {scrollWidth, clientWidth} = document.documentElement;
    const out = [...document.querySelectorAll("body *")].filter(one => {
        const {left, right, width} = one.getBoundingClientRect();
        return width && (right > clientWidth + 1 || left < -1)
            && (one.matches("img, video, input, select, textarea, button")
                || [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
            && !one.closest("svg, [aria-hidden=true], .visually-hidden, .skip-link");
    }).filter(one => {
        for (let at = one; at !== document.body; at = at.parentElement)
            if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return false;
        return true;
    });
    return [
        ...scrollWidth > clientWidth ? [`the page: ${scrollWidth} px`] : [],
        ...out.map(one => `${one.localName}.${one.className}`),
    ];
}
"""
REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]*)"')


def visit(page: Page, base: str, folder: Path, address: str) -> None:
    """
    Open the page that `folder` has at `address`, and stay there: where it leads on to another
    page, that one answers «no content», so that the browser has nowhere to go.
    """
    page.context.unroute_all()
    file = folder / address.lstrip("/") / "index.html"
    if file.is_file() and (refresh := REFRESH.search(file.read_text(encoding="utf-8"))):
        page.context.route(base + refresh[1], lambda route: route.fulfill(status=204))
    page.goto(base + address)
