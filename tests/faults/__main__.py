"""
`make faults`: everything that can go wrong with each call to AWS, on the running system.

First registrations are watched that go all their ways while nothing fails; that gives the calls.
Then to each call everything happens that `Mode` has, once and for a while, each time to a new
registration, and the forwarder is killed at random among many. In the end everything heals, and
every registration must have ended well: prints tables, and exits with 1 when one did not.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.fault_proxy import Mode
from tests.faults.crash import crash
from tests.faults.plan import Round, Step, Way, rounds, steps, without_repeats
from tests.faults.rig import Rig
from tests.faults.verdict import Outcome, bystanders, judge

SYSTEMS = 4  # at once: most of a round is waiting
RECORDED = 2  # registrations of each way
TRIES = 3  # of a round of which the call did not come
TOLD_EVERY = 50  # rounds


@dataclass(frozen=True)
class Part:
    """What is asked for: the rounds with `only` in their name, of some `ways`."""

    only: str
    ways: tuple[Way, ...]

    @property
    def is_whole(self) -> bool:
        return not self.only and self.ways == tuple(Way)


class Queue:
    """The rounds still to do, for several systems; they wait until it is filled."""

    def __init__(self) -> None:
        self._rounds: deque[Round] = deque()
        self._filled = threading.Event()
        self._lock = threading.Lock()
        self.is_stopped = False

    def fill(self, planned: Iterable[Round]) -> None:
        """Way by way, as going from one to the next takes a while."""
        order = list(Way)
        self._rounds.extend(sorted(planned, key=lambda one: order.index(one.step.way)))
        self._filled.set()

    def stop(self) -> None:
        self.is_stopped = True
        self._rounds.clear()
        self._filled.set()

    def __iter__(self) -> Iterator[Round]:
        self._filled.wait()
        while True:
            with self._lock:
                if not self._rounds:
                    return
                if len(self._rounds) % TOLD_EVERY == 0:
                    print(f"… {len(self._rounds)} rounds to do", flush=True)
                one = self._rounds.popleft()
            yield one


@dataclass
class Report:
    """What one system found."""

    outcomes: list[Outcome] = field(default_factory=list)
    missed: list[Round] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    registrations: int = 0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="the rounds with this in their name")
    parser.add_argument("--ways", default="", help="only these, such as OWN,ERASED")
    asked = parser.parse_args(arguments)
    ways = [Way[name] for name in asked.ways.split(",") if name] or list(Way)
    part = Part(asked.only, tuple(ways))
    began = time.monotonic()
    queue = Queue()
    with (
        tempfile.TemporaryDirectory(prefix="mijnbuddy-faults-") as folder,
        ThreadPoolExecutor(SYSTEMS) as systems,
    ):
        working = [
            systems.submit(work, Path(folder) / str(number), queue, part, is_first=number == 0)
            for number in range(SYSTEMS)
        ]
        try:
            reports = [one.result() for one in working]
        except BaseException:
            queue.stop()
            raise
    show([outcome for report in reports for outcome in report.outcomes])
    print(f"{time.monotonic() - began:.0f} s")
    return conclude(reports)


def work(folder: Path, queue: Queue, part: Part, *, is_first: bool) -> Report:
    """Do rounds on a system of its own until there are none, and judge how everything ended."""
    report = Report()
    rig = Rig(folder)
    with rig.running():
        if is_first:
            try:
                queue.fill(one for one in rounds(watched(rig, part.ways)) if part.only in str(one))
            except BaseException:
                queue.stop()  # the others wait for it
                raise
        for one in queue:
            if not any(rig.run(one) for _ in range(TRIES)):
                report.missed.append(one)
        if queue.is_stopped:
            return report
        if is_first and part.is_whole:
            report.problems += crash(rig)
        rig.settle()
        report.outcomes += judge(rig)
        report.problems += bystanders(rig)
        report.registrations = len(rig.lives)
    return report


def watched(rig: Rig, ways: Sequence[Way]) -> list[Step]:
    """The steps of these ways; prints which calls those are."""
    found = without_repeats(
        step for way in ways for step in steps(way, [rig.record(way) for _ in range(RECORDED)])
    )
    print("| function | call | steps |\n| --- | --- | --- |")
    for (function, operation, about), count in Counter(step.kind for step in found).items():
        print(f"| {function} | {operation} {about} | {count} |")
    return found


def show(outcomes: Sequence[Outcome]) -> None:
    print("\n| what happened | registrations | calls | refused | doubled (allowed) |")
    print("| --- | --- | --- | --- | --- |")
    for mode in Mode:
        part = [one for one in outcomes if one.round.mode is mode]
        print(f"| {mode.shown} | {_sums(part)} |")
    print(f"| all | {_sums(outcomes)} |")


def _sums(part: Sequence[Outcome]) -> str:
    doubled, allowed = sum(one.doubled for one in part), sum(one.allowed for one in part)
    hits, refused = sum(one.hits for one in part), sum(one.refused for one in part)
    return f"{len(part)} | {hits} | {refused} | {doubled} ({allowed})"


def conclude(reports: Sequence[Report]) -> int:
    """Say what is wrong; 1 when something is."""
    problems = [problem for report in reports for problem in report.problems]
    outcomes = [outcome for report in reports for outcome in report.outcomes]
    problems += [f"{one.round}: {what}" for one in outcomes for what in one.problems]
    missed = [one for report in reports for one in report.missed]
    reached = {one.round.step for one in outcomes}
    problems += {f"never reached: {one.step}" for one in missed if one.step not in reached}
    for one in missed:
        print(f"this time the call did not come: {one}")
    for problem in problems:
        print(f"PROBLEM: {problem}")
    lost = sum("LOST" in problem for problem in problems)
    print(
        f"{sum(report.registrations for report in reports)} registrations, "
        f"{sum(one.hits for one in outcomes)} faults: lost {lost}, "
        f"doubled {sum(one.doubled for one in outcomes)} "
        f"(allowed {sum(one.allowed for one in outcomes)}), {len(problems)} problems"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
