"""
`python -m bench`: measure and print; ends with 1 when a bar is clearly missed.

Clearly means: by every pair. It is a measurement on whatever machine this is, not a test: a
median above a bar with pairs on both sides is told, and no reason to stop.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench import builders, pages, report, runs, sizes
from bench.report import Bar

CONTENT = builders.ROOT / "site/content"
PACKAGE = builders.ROOT / "build/backend/deployment.zip"
PLAIN_PAGES = (1_500, 10_000)  # the bars hold for the first
EXTRA_PAGES = (1_000, 10_000)
FEW = 3  # rounds, where one takes a minute: the bars need more, a curve does not
BARS = (
    Bar(builders.HUGO, "wall", 1.4),
    Bar(builders.HUGO, "cpu", 0.9),
    Bar(builders.ELEVENTY, "wall", 0.75),
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="of each comparison (%(default)s)")
    rounds: int = parser.parse_args(arguments).rounds
    material = pages.material(CONTENT)
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; medians of {rounds} rounds, "
        f"with more than {PLAIN_PAGES[0]:,} pages of {min(rounds, FEW)}"
    )
    with tempfile.TemporaryDirectory(prefix="mijnbuddy-bench-") as folder:
        try:
            verdicts = [
                verdict
                for count in PLAIN_PAGES
                for verdict in plain(
                    Path(folder, f"plain-{count}"),
                    count,
                    material,
                    rounds if count == PLAIN_PAGES[0] else min(rounds, FEW),
                )
            ]
            whole_site(Path(folder, "whole"), material, min(rounds, FEW))
        except runs.BuildError as error:
            print(error, file=sys.stderr)
            return 2
    return int(any(verdict.is_clearly_missed for verdict in verdicts))


def plain(work: Path, count: int, material: pages.Material, rounds: int) -> list[report.Verdict]:
    """Print the three builders on the same pages, and the bars where they hold."""
    print(f"\n{count:,} equal pages in an equal plain template", flush=True)
    pages.write(work / "content/pages", count, material)
    results = runs.measure(builders.plain(work / "content/pages", work), rounds)
    print(report.builds(results, beside=builders.HUGO))
    if count != PLAIN_PAGES[0]:
        return []
    verdicts = report.verdicts(BARS, results[builders.OURS], results)
    print(f"\n{report.bars(verdicts)}")
    return verdicts


def whole_site(work: Path, material: pages.Material, rounds: int) -> None:
    """Print the site as it is and with more pages, and what its visitors download."""
    print("\nThe whole site: pages, municipalities, finder, feed, stylesheet", flush=True)
    as_it_is = "as it is"
    those = [builders.whole_site(as_it_is, CONTENT, work / "site")]
    work.mkdir()
    for extra in EXTRA_PAGES:
        content = shutil.copytree(CONTENT, work / f"content-{extra}")
        pages.write(content / "pages", extra, material)
        name = f"with {extra:,} more"
        those.append(builders.whole_site(name, content, work / f"site-{extra}"))
    print(report.builds(runs.measure(those, rounds), beside=as_it_is))
    weigh(work / "site")


def weigh(site: Path) -> None:
    beside = sizes.beside(site)
    sheet = next(one for one in beside if one.path == sizes.STYLESHEET)
    rows = [
        (
            kind.name,
            f"{kind.count}",
            f"{kind.heaviest.raw:,}",
            f"{kind.heaviest.compressed:,}",
            f"{kind.heaviest.compressed + sheet.compressed:,}",
            kind.heaviest.path,
        )
        for kind in sizes.kinds(site)
    ]
    print("\nBytes of the heaviest page of each kind")
    print(report.table(("", "pages", "html", "brotli", "with css", "which"), rows))
    print("\nBytes beside the pages")
    others = [(one.path, f"{one.raw:,}", f"{one.compressed:,}") for one in beside]
    if PACKAGE.exists():
        others.append((PACKAGE.name, f"{PACKAGE.stat().st_size:,}", ""))
    print(report.table(("", "raw", "brotli"), others))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
