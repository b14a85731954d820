"""
Where the time of a build goes: `python -m bench.profile` samples one, in this process.

A sample each millisecond of processor time, so that nothing is slowed down by being counted (a
tracing profiler makes small functions look expensive).
"""

import collections
import signal
import sys
import types
from collections.abc import Iterator

from pelican import main as pelican

INTERVAL = 0.001  # seconds of processor time
# The first part of which a frame's file or function tells, from the innermost frame outwards.
PARTS = (
    ("start: imports", ("<frozen importlib", "importlib/")),
    ("Jinja: compile templates", ("jinja2/environment.py:compile", "jinja2/loaders.py")),
    ("templates: render", ("jinja2/environment.py:render",)),
    ("our plugins: Markdown, front matter", ("publishing/reader.py", "publishing/front_matter.py")),
    ("our plugins: the rest", ("site/plugins/publishing/",)),
    ("Pelican: write files", ("pelican/writers.py",)),
    ("Pelican: empty the output folder", ("pelican/utils.py:clean_output_dir",)),
    ("Pelican: read, settings, addresses", ("pelican/",)),
)
OTHER = "the rest"


def part_of(stack: list[str]) -> str:
    """Which part of a build was at work; `stack` has «file:function», innermost first."""
    for place in stack:
        for part, marks in PARTS:
            if any(mark in place for mark in marks):
                return part
    return OTHER


def frames(frame: types.FrameType | None) -> Iterator[str]:
    while frame:
        yield f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
        frame = frame.f_back


def main(arguments: list[str]) -> None:
    """Run Pelican with these arguments, then print how often each part was at work."""
    counts: collections.Counter[str] = collections.Counter()

    def sample(_signal: int, frame: types.FrameType | None) -> None:
        counts[part_of(list(frames(frame)))] += 1

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        pelican(arguments)  # type: ignore[no-untyped-call]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        total = counts.total()
        for part, count in counts.most_common():
            print(f"{count / total:6.1%}  {part}")


if __name__ == "__main__":
    main(sys.argv[1:])
