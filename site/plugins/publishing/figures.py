"""
Our own figures, once they are published. What nobody knows is None: a page then says so, and never
shows a zero. What others said is in the inventory (`inventory.figures`).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pelican import signals

from publishing import front_matter
from publishing.front_matter import PublishedFigures

GOAL = 10_000
"""The number of buddies that the minister wants to reach (answer to question 48)."""


@dataclass(frozen=True)
class Figures:
    """What is known; `registered` and `as_of` are both None until figures are published."""

    registered: int | None
    as_of: date | None
    goal: int = GOAL


def figures(folder: Path) -> Figures:
    """
    The figures in `folder`: those of `figures.json` where there is one.

    Raises FrontMatterError.
    """
    published = folder / "figures.json"
    if not published.exists():
        return Figures(None, None)
    own = front_matter.decode(published.read_text(encoding="utf-8"), PublishedFigures, published)
    return Figures(own.registered, own.as_of)


@front_matter.ends_the_build()
def provide(generators: list[Any]) -> None:
    """Put the figures in the context that all generators share."""
    context = generators[0].context
    context["figures"] = figures(Path(context["SOURCES"]).parent)


def register() -> None:
    signals.all_generators_finalized.connect(provide)
