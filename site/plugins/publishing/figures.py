"""
The figures that pages show: our own once they are published, and those that others gave, with who
said so and when. What nobody knows is None: a page then says so, and never shows a zero.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pelican import signals

from publishing import front_matter
from publishing.front_matter import Claim, FrontMatterError, PublishedFigures, Source

GOAL = 10_000
"""The number of buddies that the minister wants to reach (answer to question 48)."""


@dataclass(frozen=True)
class Cited:
    """A claim with the source that makes it."""

    claim: Claim
    source: Source


@dataclass(frozen=True)
class Figures:
    """What is known; `registered` and `as_of` are both None until figures are published."""

    registered: int | None
    as_of: date | None
    claims: tuple[Cited, ...]
    goal: int = GOAL


def figures(folder: Path, sources: dict[str, Source]) -> Figures:
    """
    The figures in `folder`: `claims.yaml`, and `figures.json` where there is one.

    Raises FrontMatterError.
    """
    file = folder / "claims.yaml"
    claims = front_matter.decode(file.read_text(encoding="utf-8"), tuple[Claim, ...], file)
    for claim in claims:
        if claim.source not in sources:
            raise FrontMatterError(f"{file}: source: {claim.source}: not in the list of sources")
    cited = tuple(Cited(claim, sources[claim.source]) for claim in claims)
    published = folder / "figures.json"
    if not published.exists():
        return Figures(None, None, cited)
    own = front_matter.decode(published.read_text(encoding="utf-8"), PublishedFigures, published)
    return Figures(own.registered, own.as_of, cited)


@front_matter.ends_the_build()
def provide(generators: list[Any]) -> None:
    """Put the figures in the context that all generators share."""
    context = generators[0].context
    sources = Path(context["SOURCES"])
    context["figures"] = figures(sources.parent, front_matter.sources(sources))


def register() -> None:
    signals.all_generators_finalized.connect(provide)
