"""A real browser, with and without JavaScript, that reaches this machine only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.audit import pages
from tests.browser.chromium import launched
from tests.browser.site_server import serving
from tests.built_site import Site

PATIENCE = 30_000
"""Milliseconds for what must happen, as long as `eventually` waits: a machine may be busy."""


# Not for the session: while Playwright runs, no other test can have an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def lambda_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages that only the Lambda shows, as files."""
    folder = tmp_path_factory.mktemp("lambda-pages")
    pages.write(folder)
    return folder


@pytest.fixture(scope="session")
def base(site: Site, lambda_pages: Path) -> Iterator[str]:
    """The address of a server with the built site and the Lambda's pages, under real headers."""
    with serving(site.folder, lambda_pages) as address:
        yield address


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of a phone's width; the test runs with JavaScript and without."""
    yield from _page(browser, java_script_enabled=request.param)


@pytest.fixture
def scripted_page(browser: Browser) -> Iterator[Page]:
    """A page with JavaScript, for what only that adds."""
    yield from _page(browser, java_script_enabled=True)


def _page(browser: Browser, **options: Any) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="nl-BE", **options
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: _note(complaints, message.type, message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: _check_address(complaints, request.url))
    yield page
    assert [] == complaints, "the browser complained"
    assert [] == context.cookies()
    context.close()


def _note(complaints: list[str], kind: str, text: str) -> None:
    # A refused form is answered with 422, which Chromium reports as an error of loading.
    if kind == "error" and "the server responded with a status of 4" not in text:
        complaints.append(text)


def _check_address(complaints: list[str], url: str) -> None:
    if not url.startswith(("http://127.0.0.1", "data:")):
        complaints.append(f"asked for {url}")
