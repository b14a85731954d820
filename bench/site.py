"""The site: how fast it is built beside Hugo and Eleventy, and what its visitors download."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import builders, pages, report, runs, sizes
from bench.report import Bar, Verdict

CONTENT = builders.ROOT / "site/content"
PLAIN_PAGES = (1_500, 10_000)  # the bars hold for the first
EXTRA_PAGES = (1_000, 10_000)
FEW = 3  # rounds, where one takes a minute: the bars need more, a curve does not
BARS = (
    Bar(builders.HUGO, "wall", 1.4),
    Bar(builders.HUGO, "cpu", 0.9),
    Bar(builders.ELEVENTY, "wall", 0.75),
)


def measure(folder: Path, material: pages.Material, rounds: int) -> tuple[str, Sequence[Verdict]]:
    """The tables, and the bars of the first one. Raises BuildError."""
    parts: list[str] = []
    verdicts: list[Verdict] = []
    for count in PLAIN_PAGES:
        of_these = rounds if count == PLAIN_PAGES[0] else min(rounds, FEW)
        work = folder / f"plain-{count}"
        pages.write(work / "content/pages", count, material)
        results = runs.measure(builders.plain(work / "content/pages", work), of_these)
        parts.append(
            f"{count:,} equal pages in an equal plain template; medians of {of_these} rounds\n"
            f"{report.builds(results, beside=builders.HUGO)}"
        )
        if count == PLAIN_PAGES[0]:
            verdicts = report.verdicts(BARS, results[builders.OURS], results)
            parts.append(report.bars(verdicts))
    parts.extend(_whole(folder / "whole", material, min(rounds, FEW)))
    return "\n\n".join(parts), verdicts


def _whole(work: Path, material: pages.Material, rounds: int) -> Iterator[str]:
    """The site as it is and with more pages, and what its visitors download."""
    as_it_is = "as it is"
    those = [builders.whole_site(as_it_is, CONTENT, work / "site")]
    work.mkdir()
    for extra in EXTRA_PAGES:
        content = shutil.copytree(CONTENT, work / f"content-{extra}")
        pages.write(content / "pages", extra, material)
        name = f"with {extra:,} more"
        those.append(builders.whole_site(name, content, work / f"site-{extra}"))
    yield (
        "The whole site: pages, municipalities, finder, feed, stylesheet\n"
        f"{report.builds(runs.measure(those, rounds), beside=as_it_is)}"
    )
    yield from _weighed(work / "site")


def _weighed(site: Path) -> Iterator[str]:
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
    head = ("", "pages", "html", "brotli", "with css", "which")
    yield f"Bytes of the heaviest page of each kind\n{report.table(head, rows)}"
    others = [(one.path, f"{one.raw:,}", f"{one.compressed:,}") for one in beside]
    yield f"Bytes beside the pages\n{report.table(('', 'raw', 'brotli'), others)}"
