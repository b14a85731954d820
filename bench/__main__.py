"""
`python -m bench`: measure, print, and keep it in docs/benchmarks.md; ends with 1 when a bar is
clearly missed.

Clearly means: by every pair. It is a measurement on whatever machine this is, not a test: a
median above a bar with pairs on both sides is told, and no reason to stop.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import builders, desk, document, functions, packages, pages, report, runs, site
from bench.endpoint import Endpoint
from bench.report import Bar, Verdict

DOCUMENT = builders.ROOT / "docs/benchmarks.md"
TEMPLATE = builders.ROOT / "build/backend/sam.json"
COLD_BARS = (
    Bar(packages.CHALICE.name, "write", 0.35),
    Bar(packages.FASTAPI.name, "write", 0.4),
)
WARM_CALLS = 300
DESK_CALLS = 20
CANDIDATES = (500, 5_000)

Told = tuple[str, Sequence[Verdict]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="of each comparison (%(default)s)")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; more than once")
    options = parser.parse_args(arguments)
    missed = False
    for name in options.only or PARTS:
        measured_on = document.machine()
        try:
            text, verdicts = PARTS[name](options.rounds)
        except runs.BuildError as error:
            print(error, file=sys.stderr)
            return 2
        told = f"{measured_on}\n\n{text}"
        print(f"\n{told}", flush=True)
        DOCUMENT.write_text(document.replaced(DOCUMENT.read_text(), name, told))
        missed |= any(verdict.is_clearly_missed for verdict in verdicts)
    return int(missed)


def cold(rounds: int) -> Told:
    """Cold starts of our zip and of the rivals' until the write, and how large the zips are."""
    ours = packages.ours()
    rivals = [make(one) for one in packages.ALL for make in (packages.shipped, packages.compiled)]
    with Endpoint() as endpoint:
        starts = functions.rounds([ours, *rivals], endpoint, rounds)
    mine = starts[ours.name]
    verdicts = [
        Verdict(bar, functions.ratio(mine, starts[bar.other], bar.figure)) for bar in COLD_BARS
    ]
    rows = [
        (
            one.name,
            f"{functions.median(starts[one.name], 'write') * 1000:.0f}",
            f"{functions.median(starts[one.name], 'cpu') * 1000:.0f}",
            f"{functions.median(starts[one.name], 'peak'):.0f}",
            f"{one.zipped / 1e6:.1f}",
            *(
                report.ratio(functions.ratio(mine, starts[one.name], figure))
                for figure in ("write", "cpu")
            ),
        )
        for one in (ours, *rivals)
    ]
    head = ("", "write ms", "cpu ms", "MiB", "zip MB", "ours / it, write", "ours / it, cpu")
    calls = ", ".join(mine[0].calls)
    return (
        (
            f"From the start of the process to the first PutItem; medians of {rounds} rounds\n"
            f"{report.table(head, rows)}\n\n{report.bars(verdicts)}\n\n"
            f"Calls of ours to AWS in a cold start: {calls}"
        ),
        verdicts,
    )


def warm(_: int) -> Told:
    """A registration by a function that runs already: processor, and calls to AWS."""
    ours = packages.ours()
    those = [ours, *(packages.compiled(one) for one in packages.ALL)]
    with Endpoint() as endpoint:
        found = {
            one.name: functions.warm(one, endpoint, functions.event, WARM_CALLS) for one in those
        }
    rows = [
        (name, f"{one.cpu * 1000:.2f}", f"{one.wall * 1000:.2f}", f"{one.calls:g}")
        for name, one in found.items()
    ]
    head = ("", "cpu ms", "wall ms", "calls to AWS")
    return (
        (
            f"A registration by a running function, without AWS's share; {WARM_CALLS} of each\n"
            f"{report.table(head, rows)}"
        ),
        (),
    )


def desks(_: int) -> Told:
    """The list of a municipality, and a registration, with ten times the data."""
    template = json.loads(TEMPLATE.read_text())
    found = desk.measure(packages.ours(), template, CANDIDATES, DESK_CALLS)
    few = found[min(found)]
    rows = [
        (
            f"{size:,} candidates",
            f"{listed.cpu * 1000:.0f}",
            f"{listed.wall * 1000:.0f}",
            f"{listed.cpu / few[0].cpu:.1f}",
            f"{listed.size:,}",
            f"{posted.cpu * 1000:.1f}",
            f"{posted.wall * 1000:.1f}",
            f"{posted.wall / few[1].wall:.1f}",
        )
        for size, (listed, posted) in found.items()
    ]
    head = ("in the table", "page: cpu ms", "wall ms", "× cpu", "bytes", "registration: cpu ms",
            "wall ms", "× wall")  # fmt: skip
    return (
        (
            f"The first page of a municipality's list, and a registration; {DESK_CALLS} of each, "
            f"on the local AWS\n{report.table(head, rows)}"
        ),
        (),
    )


def whole_site(rounds: int) -> Told:
    """How fast the site is built beside Hugo and Eleventy, and how light it is."""
    material = pages.material(site.CONTENT)
    with tempfile.TemporaryDirectory(prefix="mijnbuddy-bench-") as folder:
        return site.measure(Path(folder), material, rounds)


PARTS: dict[str, Callable[[int], Told]] = {
    "cold": cold,
    "warm": warm,
    "desk": desks,
    "site": whole_site,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
