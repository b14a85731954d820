"""
The pages, opened once in Chromium under the headers of production: they keep to their policy, ask
little of the network, and leave nothing behind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.visiting import visit
from tests.built_site import Site

MANY = ("municipality.html", "project.html", "chosen-projects.html", "moved.html")
EACH = 16  # of the pages of each of these, which differ in their data only; `make audit` opens all
REQUESTS = 3  # the page, its stylesheet, and at most one more
NOT_READ = {"image", "media", "other"}  # what comes beside the words; "other" is the tab's icon

WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", event => window.violations.push(
    `${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile ?? ""}`));
"""
LOOK = """
async () => ({
    violations: window.violations,
    kept: [
        ...document.cookie ? ["cookie"] : [],
        ...localStorage.length ? ["localStorage"] : [],
        ...sessionStorage.length ? ["sessionStorage"] : [],
        ...(await indexedDB.databases()).map(one => `IndexedDB ${one.name}`),
        ...(await caches.keys()).map(name => `cache ${name}`),
        ...(await navigator.serviceWorker.getRegistrations()).map(one => one.scope),
    ],
    blocking: performance.getEntriesByType("resource")
        .filter(one => one.renderBlockingStatus === "blocking").map(one => one.name),
    fonts: [...document.fonts].map(one => one.family),
    empty: [...document.querySelectorAll("form[method=post]")]
        .filter(one => !one.querySelector("[name]")).map(one => one.action),
})
"""


@dataclass
class Visit:
    """What happened while a page was open."""

    address: str
    requests: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def needed(self) -> list[str]:
        """What the browser asked for before the page can be read."""
        return [url for kind, url in self.requests if kind not in NOT_READ]


@pytest.fixture(scope="module")
def visits(browser: Browser, base: str, site: Site, lambda_pages: Path) -> list[Visit]:
    """Visits to pages, the Lambda's among them, in a browser that keeps what it is given."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="nl-BE")
    context.add_init_script(WATCH)
    page = context.new_page()
    found = [
        _visit(page, base, site, address)
        for address in _chosen(site) + _of_the_lambda(lambda_pages)
    ]
    context.close()
    return found


def _chosen(site: Site) -> list[str]:
    """All addresses; of a template with many pages each so many."""
    left_out: set[str] = set()
    for template in MANY:
        of_one = sorted(one for one, origin in site.origins.items() if origin.template == template)
        assert len(of_one) > EACH, f"{template} has few pages, or another name"
        left_out |= set(of_one) - set(of_one[::EACH])
    return [address for address in site.addresses if address not in left_out]


def _of_the_lambda(folder: Path) -> list[str]:
    """All addresses; of the same page with another sentence on it (`own-told-7`), the first."""
    names = (file.name for file in sorted(folder.glob("*.html")))
    return [f"/{name}" for name in names if not re.search(r"-[1-9]\d*\.html$", name)]


def _visit(page: Page, base: str, site: Site, address: str) -> Visit:
    visited = Visit(address)

    def asked(request: Request) -> None:
        is_elsewhere = request.is_navigation_request() and visited.requests
        if not is_elsewhere:  # where a page leads on to is no part of it
            visited.requests.append((request.resource_type, request.url))

    listeners: dict[Any, Any] = {
        "request": asked,
        "console": lambda message: visited.complaints.append(message.text),
        "pageerror": lambda error: visited.complaints.append(str(error)),
    }
    for name, listener in listeners.items():
        page.on(name, listener)
    visit(page, base, site.folder, address)
    visited.seen = page.evaluate(LOOK)
    visited.seen["kept"] += [one["name"] for one in page.context.cookies()]
    for name, listener in listeners.items():
        page.remove_listener(name, listener)
    return visited


def wrong(visits: list[Visit], of_one: str) -> Iterator[str]:
    for one in visits:
        yield from (f"{one.address}: {line}" for line in one.seen[of_one])


def test_all(visits: list[Visit], site: Site, lambda_pages: Path) -> None:
    """
    Every chosen page was opened and read, at least one of each template among them.
    """
    assert {*_chosen(site)} < {one.address for one in visits}
    assert len(_chosen(site)) + len(_of_the_lambda(lambda_pages)) == len(visits)
    assert {one.template for one in site.origins.values()} == {
        site.origins[address].template for address in _chosen(site) if address in site.origins
    }
    assert all(one.requests for one in visits)


def test_policy(visits: list[Visit]) -> None:
    """
    The Content-Security-Policy, which has no exceptions, is never violated.
    """
    assert [] == list(wrong(visits, "violations"))


def test_complaints(visits: list[Visit]) -> None:
    """
    The browser has nothing to say: no error, no warning, no missing file.
    """
    assert [] == [f"{one.address}: {line}" for one in visits for line in one.complaints]


def test_nothing_from_elsewhere(visits: list[Visit], base: str) -> None:
    """
    A page asks this site and nobody else.
    """
    for one in visits:
        others = [url for _, url in one.requests if not url.startswith((f"{base}/", "data:"))]
        assert [] == others, one.address


def test_nothing_kept(visits: list[Visit]) -> None:
    """
    A page leaves no cookie, and nothing in any of the stores that a browser has.
    """
    assert [] == list(wrong(visits, "kept"))


def test_no_empty_form(visits: list[Visit]) -> None:
    """
    A form of one button carries something along: Lynx sends an empty one as a GET.
    """
    assert [] == list(wrong(visits, "empty"))


def test_three_requests(visits: list[Visit]) -> None:
    """
    A page can be read after its stylesheet; with its script that makes three requests. A desk has a
    stylesheet more.
    """
    for one in visits:
        sheets = [urlsplit(url).path for url in one.seen["blocking"]]
        more = sheets[:-1]
        assert "/theme/style.css" == sheets[-1], one.address
        assert more in ([], ["/theme/desk.css"]), one.address
        assert len(one.needed) <= REQUESTS + len(more), f"{one.address}: {one.needed}"


def test_no_web_font(visits: list[Visit]) -> None:
    """
    Words are shown in a font that is there already.
    """
    assert [] == list(wrong(visits, "fonts"))
    assert not any(kind == "font" for one in visits for kind, _ in one.requests)


def test_without_script(browser: Browser, base: str, site: Site) -> None:
    """
    Without JavaScript a page of each template says all it says with JavaScript.
    """
    said: dict[bool, dict[str, list[str]]] = {}
    for scripted in (True, False):
        page = browser.new_page(java_script_enabled=scripted)
        said[scripted] = {}
        for address in site.samples.values():
            visit(page, base, site.folder, address)
            said[scripted][address] = page.locator("main").inner_text().splitlines()
        page.close()

    for address, lines in said[False].items():
        assert lines, address
        assert [] == [line for line in said[True][address] if line not in lines], address
