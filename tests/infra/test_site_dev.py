"""`make site-dev` on a copy of the tree, with a real browser that stays open."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import launched
from tests.site_dev import ROOT, WAIT, Server

TEXT = Path("site/content/pages/aanmelden.md")
DOMAIN = Path("backend/chalicelib/domain/site.py")
STYLE = Path("site/theme/static/css/components/button.css")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("tree"))
    server.start()
    yield server
    assert 0 == server.stop(), server.said


@pytest.fixture(scope="module")
def page(server: Server) -> Iterator[Page]:
    with launched() as browser:
        page = browser.new_page()
        expect.set_options(timeout=WAIT * 1000)
        page.goto(f"{server.url}/aanmelden/")
        yield page
        expect.set_options(timeout=None)


def test_text(server: Server, page: Page) -> None:
    """
    An edit of a text shows in the page that is open, and so does its end.
    """
    with server.edited(TEXT, "title: ", "title: Nu "):
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nu ")

    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Nu ")


def test_code(server: Server, page: Page) -> None:
    """
    An edit of the domain shows: no build runs the code of an earlier one.
    """
    with server.edited(DOMAIN, 'NAME = "mijnbuddy"', 'NAME = "andersom"'):
        expect(page).to_have_title("Meld je aan als buddy · andersom")


def test_style(server: Server, page: Page) -> None:
    """
    An edit of a stylesheet shows.
    """
    with server.edited(STYLE, ".button {", ".button { outline: 7px solid;"):
        expect(page.locator(".button").last).to_have_css("outline-width", "7px")


def test_error(server: Server, page: Page) -> None:
    """
    A text that can't be used leaves the page as it is; page and terminal name the file.
    """
    with server.edited(TEXT, "title: ", "titel: "):
        expect(page.get_by_role("alert").last).to_contain_text(str(TEXT))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        server.wait_for(f"{TEXT}: ")

    expect(page.locator("#site-dev")).to_have_count(0)


def test_template(server: Server, page: Page) -> None:
    """
    A misspelt name in a template is told with the file and the line.
    """
    template = Path("site/theme/templates/sign-up.html")
    with server.edited(template, "page.title", "page.titel"):
        expect(page.locator("#site-dev")).to_contain_text(f"{template}:")

    expect(page.locator("#site-dev")).to_have_count(0)


def test_edit_during_build(server: Server, page: Page) -> None:
    """
    An edit while a build runs is not lost: another one follows.
    """
    built = set((server.tree / "build/dev").iterdir())
    with server.edited(TEXT, "title: ", "title: Eerst "):
        while set((server.tree / "build/dev").iterdir()) <= built:
            time.sleep(0.01)
        with server.edited(TEXT, "title: Eerst", "title: Daarna"):
            expect(page.get_by_role("heading", level=1)).to_contain_text("Daarna")


def test_port(server: Server) -> None:
    """
    A port that is taken is said in a line that says what to do.
    """
    second = subprocess.run(
        [sys.executable, "-m", "infra.site_dev"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT": str(server.port)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (1, f"Port {server.port} is taken") == (second.returncode, second.stderr.split(":")[0])
