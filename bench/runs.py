"""
Runs of whole processes, in pairs: A B A B …, so that a busy moment of the machine hits both.

Ratios are taken within a round and their median is told; seconds only give the order of size.
"""

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MIB = 1024  # in the kibibytes that Linux counts memory in


class BuildError(Exception):
    """A build under measurement failed: its figures would mean nothing."""


@dataclass(frozen=True)
class Builder:
    """A program that makes a site; `out` is emptied before each run, outside the measurement."""

    name: str
    command: Sequence[str | Path]
    cwd: Path
    out: Path


@dataclass(frozen=True)
class Run:
    """What one build took: seconds by the clock, seconds of processor, MiB at its peak."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Ratio:
    """How much of the other one's figure this one needs: the median, and the outer pairs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, ours: Iterable[float], theirs: Iterable[float]) -> "Ratio":
        """Round by round."""
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return cls(statistics.median(ratios), min(ratios), max(ratios))


@dataclass(frozen=True)
class Result:
    """The runs of one builder, in the order of the rounds."""

    runs: tuple[Run, ...]
    pages: int

    def figures(self, name: str) -> list[float]:
        """One of the figures of a run (wall, cpu, peak), of every round."""
        return [getattr(run, name) for run in self.runs]

    def median(self, figure: str) -> float:
        return statistics.median(self.figures(figure))

    def ratio_to(self, other: "Result", figure: str) -> Ratio:
        """The figure beside that of another builder."""
        return Ratio.of(self.figures(figure), other.figures(figure))


def measure(builders: Sequence[Builder], rounds: int) -> dict[str, Result]:
    """
    Every builder once a round, every other round in reverse; first each once to warm the disk.

    Raises BuildError.
    """
    runs: dict[str, list[Run]] = {builder.name: [] for builder in builders}
    for builder in builders:
        run(builder)
    for number in range(rounds):
        for builder in builders if number % 2 == 0 else reversed(builders):
            runs[builder.name].append(run(builder))
    return {
        builder.name: Result(tuple(runs[builder.name]), sum(1 for _ in builder.out.rglob("*.html")))
        for builder in builders
    }


def run(builder: Builder) -> Run:
    """
    One build.

    Raises BuildError, with what the program said.
    """
    shutil.rmtree(builder.out, ignore_errors=True)
    log = builder.out.with_suffix(".log")
    with log.open("wb") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            builder.command, cwd=builder.cwd, env=_environment(), stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BuildError(f"{builder.name} failed:\n{log.read_text(encoding='utf-8')[-2000:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)


def _environment() -> Mapping[str, str]:
    """Nothing of this machine but where its programs are: settings would not be equal for all."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "SITEURL": ""}
