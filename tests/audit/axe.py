"""
Runs axe-core over one page of every kind, light and dark, at 320 and 1280 px (`make audit`).

A machine finds part of what is wrong: no violation here is no proof of accessibility.
"""

import mimetypes
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from tests.browser.chromium import launched

SITE = Path("build/site")
LAMBDA_PAGES = Path("build/audit")
AXE = Path("tests/audit/node_modules/axe-core/axe.min.js")
HERE = "http://localhost"

BUILT = (
    "/",
    "/word-buddy/",
    "/aanmelden/",
    "/word-buddy/aalst/",
    "/word-buddy/voeren/",
    "/404.html",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "rules => axe.run(document, {runOnly: rules}).then(found => found.violations)"


def addresses() -> Iterator[str]:
    """A page of each template of the site, and every page that the Lambda shows."""
    yield from BUILT
    for page in sorted(LAMBDA_PAGES.glob("*.html")):
        yield f"/audit/{page.name}"


def serve(route: Route) -> None:
    """Answer from the built files: there is no server."""
    path = route.request.url.removeprefix(HERE).partition("?")[0]
    folder, name = (LAMBDA_PAGES, path[7:]) if path.startswith("/audit/") else (SITE, path[1:])
    file = folder / (f"{name}index.html" if name.endswith("/") or not name else name)
    content_type = mimetypes.guess_type(file)[0] or "application/octet-stream"
    route.fulfill(body=file.read_bytes(), content_type=f"{content_type}; charset=utf-8")


def violations(page: Page, address: str) -> list[dict[str, Any]]:
    page.goto(HERE + address)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, RULES)
    return found


def main() -> int:
    checked = wrong = 0
    with launched() as browser:
        for scheme in ("light", "dark"):
            for width in (320, 1280):
                context = browser.new_context(
                    viewport={"width": width, "height": 800},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                context.route("**/*", serve)
                page = context.new_page()
                for address in addresses():
                    checked += 1
                    for one in violations(page, address):
                        wrong += 1
                        where = one["nodes"][0]["target"]
                        print(f"{address} {scheme} {width}px: {one['id']}: {one['help']} {where}")
                context.close()
    print(f"axe: {wrong} violations on {checked} pages")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
