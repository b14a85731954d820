"""
From an edit to the open browser: `python -m bench.edits`, on a copy of the tree, with Chromium.

The clock runs from the moment that the file is written until the page shows it.
"""

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chromium import launched
from tests.site_dev import WAIT, Server

ROUNDS = 7


@dataclass(frozen=True)
class Edit:
    """What in a file becomes what, and the JavaScript that is true once the page shows it."""

    name: str
    file: Path
    before: str
    after: str
    shown: str


EDITS = (
    Edit(
        "text",
        Path("site/content/pages/aanmelden.md"),
        "title: ",
        "title: Nu ",
        "document.title.startsWith('Nu ')",
    ),
    Edit(
        "stylesheet",
        Path("site/theme/static/css/components/button.css"),
        ".button {",
        ".button { outline: 7px solid;",
        "getComputedStyle(document.querySelector('.button')).outlineWidth === '7px'",
    ),
    Edit(
        "shared template",
        Path("backend/chalicelib/templates/shell.html"),
        '<html lang="nl">',
        '<html lang="nl" id="nu">',
        "document.documentElement.id === 'nu'",
    ),
    Edit(
        "domain",
        Path("backend/chalicelib/domain/site.py"),
        'NAME = "mijnbuddy"',
        'NAME = "andersom"',
        "document.title.endsWith('andersom')",
    ),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        server = Server(Path(folder))
        server.start()
        page = browser.new_page()
        page.goto(f"{server.url}/aanmelden/")
        for edit in EDITS:
            times = [seconds(server, page, edit) for _ in range(ROUNDS)]
            middle = statistics.median(times)
            print(f"{edit.name:16}{middle:5.2f} s  [{min(times):.2f}-{max(times):.2f}]", flush=True)
        server.stop()


def seconds(server: Server, page: Page, edit: Edit) -> float:
    """How long one edit takes to show; its end is waited for as well."""
    with server.edited(edit.file, edit.before, edit.after):
        started = time.perf_counter()
        wait(page, edit.shown)
        took = time.perf_counter() - started
    wait(page, f"!({edit.shown})")
    return took


def wait(page: Page, shown: str) -> None:
    loaded = "document.readyState === 'complete'"  # also where a reload is on its way
    page.wait_for_function(f"() => {loaded} && {shown}", timeout=WAIT * 1000)


if __name__ == "__main__":
    main()
