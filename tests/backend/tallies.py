"""Figures to publish, made up: not from registrations, but as counting leaves them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.course import DUOS, IN_TIME, JUDGED, REGISTERED
from chalicelib.domain.downloads import FILES
from chalicelib.domain.external import External
from chalicelib.domain.figures import Tally
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.published import Publication, publication
from chalicelib.domain.report import Week

AT = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)
"""A Monday, five past five in Brussels."""


def tally_of(registered: Mapping[str, int], **others: Mapping[str, int]) -> Tally:
    """
    A total from how many registered by NIS code; `judged`, `in_time` and `duos` likewise, where
    they are not in a third.
    """
    names = {"judged": JUDGED, "in_time": IN_TIME, "duos": DUOS}
    measures = {REGISTERED: registered, **{names[name]: those for name, those in others.items()}}
    places = {
        code: {measure: those.get(code, 0) for measure, those in measures.items()}
        for those in measures.values()
        for code in those
    }
    total = {measure: sum(those.values()) for measure, those in measures.items()}
    return Tally(total, places, {})


def weeks(*registered: int) -> tuple[Week, ...]:
    """The last weeks, up to the Monday of `AT`."""
    monday = AT.date()
    starts = [monday - timedelta(weeks=ago) for ago in reversed(range(len(registered)))]
    return tuple(
        Week(start, min(start + timedelta(days=6), monday), {REGISTERED: count})
        for start, count in zip(starts, registered, strict=True)
    )


def external(count: int, nis_code: str = "44021") -> External:
    return External(
        source="gemeente",
        organisation="Gent",
        nis_code=nis_code,
        day=date(2026, 10, 1),
        count=count,
        note="Mail van de dienst",
        recorded_at=AT,
        who="An Officer",
    )


def published(people: int = 2000) -> Publication:
    """A year of figures, as the page may look in practice: one of so many `people` registered."""
    registered = {one.nis_code: one.population_2020 // people for one in MUNICIPALITIES}
    judged = {code: count * 8 // 10 for code, count in registered.items()}
    in_time = {code: count * 7 // 10 for code, count in judged.items()}
    duos = {code: count // 4 for code, count in registered.items()}
    total = tally_of(registered, judged=judged, in_time=in_time, duos=duos)
    curve = weeks(*(20 + (number * number) % 67 for number in range(52)))
    downloads = {path: 3 * number for number, path in enumerate(FILES)}
    return publication(AT, total, total, curve, [external(31)], downloads=downloads)


def first_week() -> Publication:
    """The figures when the first few registered: little may be shown."""
    total = tally_of({"41002": 3, "44021": 5}, judged={"44021": 1})
    return publication(AT, total, total, weeks(8), (), downloads=None)
