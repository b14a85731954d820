"""The bars and the tables of the benchmark."""

import pytest

from bench.report import Bar, Verdict, bars, table, verdicts
from bench.runs import Ratio, Result, Run

BAR = Bar("Hugo", "wall", 1.4)


@pytest.mark.parametrize(
    ("low", "median", "words"),
    [
        (1.0, 1.4, "met"),
        (1.3, 1.5, "missed, but not by every pair"),
        (1.41, 1.5, "MISSED"),
    ],
)
def test_verdict(low: float, median: float, words: str) -> None:
    """
    A bar is clearly missed when no pair met it.
    """
    verdict = Verdict(BAR, Ratio(median, low, 2.0))

    assert words == verdict.words
    assert (words == "MISSED") == verdict.is_clearly_missed


def test_verdicts() -> None:
    """
    Each bar is about the builder and the figure that it names.
    """
    ours, hugo = Result((Run(3, 1, 1),), 1), Result((Run(2, 4, 1),), 1)
    those = verdicts([BAR, Bar("Hugo", "cpu", 0.9)], ours, {"Hugo": hugo})

    assert [1.5, 0.25] == [one.ratio.median for one in those]
    assert "MISSED" in bars(those)


def test_table() -> None:
    """
    Columns are as wide as their longest cell.
    """
    assert "    cpu\nx  1.25" == table(("", "cpu"), [("x", "1.25")])
