"""How much memory the functions' processes have, from time to time."""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from tests.fault_proxy import functions

EVERY = 2.0  # seconds
WARM = 60.0  # seconds: by then a function has done everything once
LONG_ENOUGH = 180.0  # seconds: a shorter course says nothing about growth
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 2**20


@dataclass
class Memory:
    """The resident memory of each function in MiB, the mean of its processes, oldest first."""

    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    processes: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, aws_port: int) -> None:
        now = defaultdict(list)
        for pid, function in functions(aws_port):
            resident = _resident(pid)
            if resident:
                now[function].append(resident)
        for function, sizes in now.items():
            self.samples[function].append(mean(sizes))
            self.processes[function] = max(self.processes[function], len(sizes))

    def course(self, function: str) -> tuple[float, float, float]:
        """When it is warm, in the middle, at the end."""
        samples = self.samples[function]
        warm = samples[min(int(WARM / EVERY), len(samples) - 1) :]
        return warm[0], warm[len(warm) // 2], warm[-1]

    def has_grown(self, function: str, part: float) -> bool:
        """Whether it grew by more than that part, as far as it was watched long enough."""
        start, _, end = self.course(function)
        return len(self.samples[function]) * EVERY > LONG_ENOUGH and end > start * (1 + part)


@contextmanager
def watched(aws_port: int) -> Iterator[Memory]:
    """The memory for as long as the block lasts."""
    memory, ended = Memory(), threading.Event()

    def watch() -> None:
        while not ended.wait(EVERY):
            memory.take(aws_port)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        ended.set()
        watcher.join()


def _resident(pid: int) -> float:
    """0 for a process that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / MIB
    except OSError:
        return 0.0
