"""
Runs axe-core over every page, in light and dark, at 320 and 1280 px, and looks whether a page has
to be scrolled sideways at 400 % or 200 % zoom (`make audit`).

What was found goes into `build/audit/accessibility.json`. A machine finds part of what is wrong:
no violation here is no proof of accessibility.
"""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.audit.pages import AUDIT, LAMBDA_PAGES, SITE, addresses
from tests.browser.chromium import launched
from tests.browser.site_server import serving
from tests.browser.visiting import SIDEWAYS, visit

AXE = Path("tests/audit/node_modules/axe-core")
RESULT = AUDIT / "accessibility.json"

SCHEMES = ("light", "dark")
WIDTHS = (320, 1280)  # CSS pixels: a small phone, which is also 1280 px at 400 %; and a desk
HALF = 640  # CSS pixels: 1280 px at 200 %
HEIGHT = 800
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
PROCESSES = 2  # a browser each

# Without `preload` axe does not fetch the stylesheet anew; only a rule that is off needs it.
RUN = """
rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false})
    .then(found => found.violations.map(one => `${one.id}: ${one.help} ${one.nodes[0].target}`))
"""
UNFOLD = "() => document.querySelectorAll('details').forEach(one => { one.open = true })"
OPEN_MENU = "() => document.querySelector('header [popover]').showPopover()"


@dataclass
class Findings:
    """What is wrong and where, and how many pages were looked at."""

    pages: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def look(base: str, those: list[str]) -> Findings:
    """Look at these pages in a browser of its own; each is loaded once."""
    findings = Findings()
    with launched() as browser:
        context = browser.new_context(reduced_motion="reduce")
        context.add_init_script(path=AXE / "axe.min.js")
        page = context.new_page()
        for address in those:
            page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
            visit(page, base, SITE.folder, address)
            findings.problems += [(problem, address) for problem in problems(page)]
            if address == "/":
                findings.problems += [(problem, address) for problem in menu_problems(page)]
            findings.pages += 1
    return findings


def problems(page: Page) -> Iterator[str]:
    """What is wrong with the page that is open, with everything unfolded that can be."""
    page.evaluate(UNFOLD)
    for width in (*WIDTHS, HALF):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        yield from (f"{width}px: sticks out: {one}" for one in page.evaluate(SIDEWAYS))
        for scheme in SCHEMES if width in WIDTHS else ():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            violations: list[str] = page.evaluate(RUN, list(RULES))
            yield from (f"{width}px {scheme}: {one}" for one in violations)


def menu_problems(page: Page) -> Iterator[str]:
    """What is wrong with the menu of a phone, once it is open."""
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    page.evaluate(OPEN_MENU)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        violations: list[str] = page.evaluate(RUN, list(RULES))
        yield from (f"menu {scheme}: {one}" for one in violations)


def report(findings: Findings) -> dict[str, Any]:
    package = json.loads((AXE / "package.json").read_text(encoding="utf-8"))
    return {
        "date": datetime.now(ZoneInfo("Europe/Brussels")).date().isoformat(),
        "tool": package["name"],
        "version": package["version"],
        "rules": RULES,
        "pages": findings.pages,
        "schemes": SCHEMES,
        "widths": WIDTHS,
        "violations": len(findings.problems),
    }


def show(found: list[tuple[str, str]]) -> None:
    """A line for each problem: what the pages share is wrong on hundreds of them."""
    where: dict[str, list[str]] = {}
    for problem, address in found:
        where.setdefault(problem, []).append(address)
    for problem, those in sorted(where.items()):
        more = f" and {len(those) - 3} more" if len(those) > 3 else ""
        print(f"{problem}: {', '.join(those[:3])}{more}")


def main() -> int:
    wanted = addresses()
    with (
        serving(SITE.folder, LAMBDA_PAGES) as base,
        ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool,
    ):
        parts = [wanted[start::PROCESSES] for start in range(PROCESSES)]
        found = list(pool.map(look, [base] * PROCESSES, parts))
    findings = Findings(
        sum(one.pages for one in found), [problem for one in found for problem in one.problems]
    )
    show(findings.problems)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(report(findings), indent=1) + "\n", encoding="utf-8")
    print(f"axe: {len(findings.problems)} problems on {findings.pages} pages")
    return 1 if findings.problems or not findings.pages else 0


if __name__ == "__main__":
    sys.exit(main())
