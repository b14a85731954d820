"""Measuring whole processes."""

import sys
from pathlib import Path

import pytest

from bench.runs import Builder, BuildError, Result, Run, measure, run


def builder(folder: Path, code: str, name: str = "a") -> Builder:
    return Builder(name, (sys.executable, "-c", code), folder, folder / name)


def test_run(tmp_path: Path) -> None:
    """
    A run has used the clock, the processor and memory.
    """
    one = run(builder(tmp_path, "sum(range(100_000))"))

    assert one.wall > 0
    assert one.cpu > 0
    assert one.peak > 1


def test_failure(tmp_path: Path) -> None:
    """
    A build that fails has no figures, and says why.
    """
    with pytest.raises(BuildError, match="a failed:\nno disk"):
        run(builder(tmp_path, "import sys; sys.exit('no disk')"))


def test_measure(tmp_path: Path) -> None:
    """
    Everybody runs once a round, into an empty folder, after a run that does not count.
    """
    write = "from pathlib import Path; import os; Path('{0}').mkdir(); Path('{0}/x.html').touch(); "
    log = "Path('order').open('a').write('{0}')"
    both = [builder(tmp_path, (write + log).format(name), name) for name in ("a", "b")]

    results = measure(both, rounds=2)

    assert "ab" + "ab" + "ba" == (tmp_path / "order").read_text()
    assert [2, 2] == [len(results[name].runs) for name in ("a", "b")]
    assert [1, 1] == [results[name].pages for name in ("a", "b")]


def test_ratio() -> None:
    """
    Ratios are taken round by round: a busy moment that hits both does not show.
    """
    ours = Result((Run(1, 1, 1), Run(20, 1, 1), Run(3, 1, 1)), pages=1)
    theirs = Result((Run(2, 1, 1), Run(40, 1, 1), Run(2, 1, 1)), pages=1)

    ratio = ours.ratio_to(theirs, "wall")

    assert (0.5, 0.5, 1.5) == (ratio.median, ratio.low, ratio.high)
    assert 3 == ours.median("wall")
