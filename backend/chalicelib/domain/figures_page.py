"""
What the page of the figures shows: the site's own, as long as nothing is published, and that of the
function that publishes, from one template (`templates/pages/figures.html`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.calendar import BRUSSELS, date_in_words, local_date
from chalicelib.domain.document import Share, number, share
from chalicelib.domain.figures_files import (
    CSV,
    JSON,
    PACKAGE,
    SCHEMA,
    dataset,
)
from chalicelib.domain.hiding import MIN_SHOWN
from chalicelib.domain.municipalities import by_province
from chalicelib.domain.open_data import LICENCE, LICENCE_URL
from chalicelib.domain.published import HIDDEN, Count, Place, Publication, WeekCount
from chalicelib.domain.report import METHOD

SHADES = (5, 20, 50, 100)
"""From how many registrations on a municipality has each of the shades of the map."""

NOT_SHOWN = "niet getoond"

_WIDTH, _HEIGHT = 1000, 300  # of the curve, in its own units


@dataclass(frozen=True)
class Shade:
    """A shade of the map: its number, from how many on, and the places that have it."""

    number: int
    words: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Curve:
    """The weeks as a line: an SVG path, the area below it, the highest count, and the weeks."""

    line: str
    area: str
    top: int
    weeks: Sequence[WeekCount]

    @property
    def is_last_over(self) -> bool:
        return self.weeks[-1].last.isoweekday() == 7  # noqa: PLR2004 (Sunday)


def values(published: Publication, base: str) -> dict[str, Any]:
    """What the template needs; `base` is the path below which the site lives."""
    return {
        "figures": published,
        "told": told,
        "moment": _moment(published.as_of) if published.as_of else "",
        "curve": curve(published.weeks),
        "shades": shades(published.municipalities),
        "places": _by_province(published.municipalities),
        "dataset": dataset(published, base),
        "method": METHOD,
        "minimum": MIN_SHOWN,
        "files": {"CSV": CSV, "JSON": JSON, "PACKAGE": PACKAGE, "SCHEMA": SCHEMA},
        "licence": (LICENCE, LICENCE_URL),
    }


def told(count: Count | Share) -> str:
    """As it is read: «1.200», «83,3 %», that it is not shown, or that nobody knows it."""
    if isinstance(count, Share):
        return share(count)
    return NOT_SHOWN if count == HIDDEN else number(count if isinstance(count, int) else None)


def curve(weeks: Sequence[WeekCount]) -> Curve | None:
    """None where there is no line to draw: of less than two weeks."""
    if len(weeks) < 2:  # noqa: PLR2004 (two ends of a line)
        return None
    top = max(1, *(week.registered for week in weeks))
    points = [
        f"{place * _WIDTH // (len(weeks) - 1)} {_HEIGHT - max(0, week.registered) * _HEIGHT // top}"
        for place, week in enumerate(weeks)
    ]
    line = f"M{points[0]}L{' '.join(points[1:])}"
    return Curve(line, f"{line}V{_HEIGHT}H0Z", top, weeks)


def shades(places: Sequence[Place]) -> tuple[Shade, ...]:
    """The shades of the map from light to dark, each with its places; none where none is shown."""
    ends = [*(start - 1 for start in SHADES[1:]), None]
    return tuple(
        Shade(
            at,
            f"{start} tot {end}" if end else f"{start} of meer",
            tuple(
                place
                for place in sorted(places, key=lambda place: place.nis_code)
                if isinstance(place.registered, int)
                and start <= place.registered
                and (end is None or place.registered <= end)
            ),
        )
        for at, (start, end) in enumerate(zip(SHADES, ends, strict=True), start=1)
    )


def _by_province(places: Sequence[Place]) -> dict[str, list[Place]]:
    return {name: [one for one in places if one.province == name] for name in by_province()}


def _moment(at: datetime) -> str:
    here = at.astimezone(BRUSSELS)
    return f"{date_in_words(local_date(at))} om {here.hour}.{here:%M} uur"
