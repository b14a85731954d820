"""The figures as tables, and whether each bar is met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.runs import Ratio, Result


@dataclass(frozen=True)
class Bar:
    """How much of another builder's figure ours may need at most."""

    other: str
    figure: str
    limit: float


@dataclass(frozen=True)
class Verdict:
    """A bar and what was measured."""

    bar: Bar
    ratio: Ratio

    @property
    def is_met(self) -> bool:
        return self.ratio.median <= self.bar.limit

    @property
    def is_clearly_missed(self) -> bool:
        """Not one pair met it: no busy moment of the machine explains that."""
        return self.ratio.low > self.bar.limit

    @property
    def words(self) -> str:
        if self.is_met:
            return "met"
        return "MISSED" if self.is_clearly_missed else "missed, but not by every pair"


def verdicts(bars: Iterable[Bar], ours: Result, others: dict[str, Result]) -> list[Verdict]:
    return [Verdict(bar, ours.ratio_to(others[bar.other], bar.figure)) for bar in bars]


def builds(results: dict[str, Result], beside: str) -> str:
    """What each build took, and its ratio to the builder `beside`."""
    rows = [
        (
            name,
            f"{result.pages:,}",
            f"{result.median('wall'):.2f}",
            f"{result.pages / result.median('wall'):,.0f}",
            f"{result.median('cpu'):.2f}",
            f"{result.median('peak'):.0f}",
            *(ratio(result.ratio_to(results[beside], figure)) for figure in ("wall", "cpu")),
        )
        for name, result in results.items()
    ]
    head = ("", "pages", "wall s", "pages/s", "cpu s", "MiB", f"wall / {beside}", f"cpu / {beside}")
    return table(head, rows)


def bars(those: Iterable[Verdict]) -> str:
    rows = [
        (f"{one.bar.figure} / {one.bar.other}", f"≤ {one.bar.limit}", ratio(one.ratio), one.words)
        for one in those
    ]
    return table(("bar", "", "measured", ""), rows)


def ratio(one: Ratio) -> str:
    return f"{one.median:.2f} [{one.low:.2f}-{one.high:.2f}]"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their longest cell; the first one to the left, figures to the right."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
