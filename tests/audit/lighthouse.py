"""
Asks of Lighthouse, on a phone, 100 in each of its four categories, for a page of every template
of the site and of the Lambda (`make audit`).
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.audit.pages import AUDIT, LAMBDA_PAGES, SITE
from tests.browser.chromium import find
from tests.browser.site_server import serving

SCRIPT = Path("tests/audit/lighthouse.mjs")
RESULT = AUDIT / "lighthouse.json"
LAMBDA_TEMPLATES = Path("backend/chalicelib/templates/pages")
FULL = 100

# Only the time a page takes depends on who else uses this machine, and only for the worse: the
# best of so many attempts says most about the page.
ATTEMPTS = 5

NOINDEX = 'name="robots" content="noindex"'
BY_NATURE = "is-crawlable"
"""What a page that says `noindex` falls short of on purpose: it is of no use in a search engine
(the page of an address that is not there, or of one visitor)."""


def samples() -> dict[str, str]:
    """An address of each template, by the template's name."""
    found = dict(SITE.samples)
    for template in sorted(LAMBDA_TEMPLATES.glob("*.html")):
        examples = sorted(LAMBDA_PAGES.glob(f"{template.stem}*.html"))
        found[f"pages/{template.name}"] = f"/{examples[0].name}"
    return found


def measure(base: str, addresses: list[str]) -> dict[str, Any]:
    """What Lighthouse says of each address."""
    node, chromium = shutil.which("node"), find()
    if not node or not chromium:
        sys.exit("Node and a Chromium are needed.")
    done = subprocess.run(
        [node, str(SCRIPT), chromium],
        input="\n".join(base + address for address in addresses),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = map(json.loads, done.stdout.splitlines())
    return {line["address"].removeprefix(base): line for line in lines}


def shortcomings(address: str, measured: dict[str, Any]) -> Iterator[str]:
    """What keeps this page from full marks."""
    if measured.get("error"):
        yield measured["error"]
    file = address.lstrip("/") + ("index.html" if address.endswith("/") else "")
    folder = LAMBDA_PAGES if (LAMBDA_PAGES / file).is_file() else SITE.folder
    is_kept_out = NOINDEX in (folder / file).read_text(encoding="utf-8")
    for category, score in measured["scores"].items():
        reasons = measured["short"][category]
        if is_kept_out and [reason.partition(":")[0] for reason in reasons] == [BY_NATURE]:
            continue
        if score < FULL:
            yield f"{category} {score}, because of {'; '.join(reasons)}"


def is_slow(measured: dict[str, Any]) -> bool:
    return bool(measured["scores"]["performance"] < FULL)


def main() -> int:
    by_template = samples()
    best: dict[str, Any] = {}
    with serving(SITE.folder, LAMBDA_PAGES) as base:
        wanted = list(by_template.values())
        for _ in range(ATTEMPTS):
            for address, measured in measure(base, wanted).items():
                before = best.get(address, measured)
                best[address] = max(before, measured, key=lambda one: one["scores"]["performance"])
            wanted = [address for address in wanted if is_slow(best[address])]
            if not wanted:
                break
    wrong = [
        f"{template} ({address}): {problem}"
        for template, address in by_template.items()
        for problem in shortcomings(address, best[address])
    ]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    RESULT.write_text(json.dumps(best, indent=1) + "\n", encoding="utf-8")
    print(f"Lighthouse: {len(wrong)} of {len(by_template)} templates short of 100")
    return 1 if wrong or not by_template else 0


if __name__ == "__main__":
    sys.exit(main())
