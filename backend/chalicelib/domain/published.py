"""
What is published of our figures, for everybody: how many registered, how soon they were called,
duos, by week, by province and by municipality; and beside it the counts of others.

For all of Flanders and Brussels together that is how it stands now. By place it is how it stood at
the end of last week, without what is too small to show (hiding.py): who looks each hour learns of
nobody that she registered just now, and where.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from chalicelib.domain.calendar import local_date
from chalicelib.domain.course import DUOS, IN_TIME, JUDGED, REGISTERED
from chalicelib.domain.document import UNKNOWN, Share
from chalicelib.domain.downloads import FILES
from chalicelib.domain.external import External
from chalicelib.domain.figures import Tally
from chalicelib.domain.hiding import MIN_SHOWN, hidden, hidden_in_groups
from chalicelib.domain.municipalities import (
    BRUSSELS,
    Municipality,
    UnknownMunicipalityError,
    by_province,
    find_municipality,
)
from chalicelib.domain.report import Week

GOAL = 10_000
"""The number of buddies that the minister wants to reach (answer to question 48)."""

WEEKS = 52
"""How many weeks the curve has, with this one."""

HIDDEN: Literal["hidden"] = "hidden"
Count = int | Literal["hidden"] | None
"""A count; or that it is not shown; or None: nobody knows it."""


@dataclass(frozen=True)
class WeekCount:
    """How many registered in a week; the first one known and this one may be cut off."""

    first: date
    last: date
    registered: int


@dataclass(frozen=True)
class Area:
    """
    A province, Brussels, or «niet gekend». Of those `judged` (called, or waiting longer than ten
    working days) `in_time` were called within ten; both are shown, or neither.
    """

    name: str
    registered: Count
    judged: Count
    in_time: Count
    duos: Count

    @property
    def share(self) -> Share | None:
        return _share(self.in_time, self.judged)


@dataclass(frozen=True)
class Place:
    """A municipality of today, with those that merged into it."""

    nis_code: str
    name: str
    province: str
    registered: Count


@dataclass(frozen=True)
class Other:
    """What a municipality or an organisation counted itself (external.py); never added to ours."""

    organisation: str
    kind: str
    area: str
    day: date
    registered: Count
    origin: str


@dataclass(frozen=True)
class Taken:
    """How often a file of the toolkit or a film was downloaded (downloads.py)."""

    path: str
    what: str
    downloads: int


@dataclass(frozen=True)
class Publication:
    """
    `as_of` is the moment of the figures for all together, `places_on` the last day of those by
    place; None for what is not known.
    """

    as_of: datetime | None = None
    registered: int | None = None
    judged: int | None = None
    in_time: int | None = None
    duos: int | None = None
    weeks: tuple[WeekCount, ...] = ()
    places_on: date | None = None
    provinces: tuple[Area, ...] = ()
    municipalities: tuple[Place, ...] = ()
    others: tuple[Other, ...] = ()
    files: tuple[Taken, ...] | None = None
    goal: int = GOAL

    @property
    def day(self) -> date | None:
        return local_date(self.as_of) if self.as_of else None

    @property
    def share(self) -> Share | None:
        return _share(self.in_time, self.judged)

    @property
    def downloads(self) -> int | None:
        return None if self.files is None else sum(file.downloads for file in self.files)


def last_sunday(today: date) -> date:
    """The last day of the last week that is over."""
    return today - timedelta(days=today.isoweekday())


def first_of_curve(today: date) -> date:
    """The Monday with which the curve begins."""
    return last_sunday(today) + timedelta(days=1, weeks=1 - WEEKS)


def publication(
    as_of: datetime,
    total: Tally | None,
    before: Tally | None,
    weeks: Sequence[Week],
    externals: Iterable[External],
    *,
    downloads: Mapping[str, int] | None,
) -> Publication:
    """
    What to publish at a moment, from the total up to then, the total up to and with last Sunday,
    the weeks of the curve, the counts of others, and how often each file was taken.
    """
    counts = total.total if total else None
    return Publication(
        as_of=as_of,
        registered=counts.get(REGISTERED, 0) if counts is not None else None,
        judged=counts.get(JUDGED, 0) if counts is not None else None,
        in_time=counts.get(IN_TIME, 0) if counts is not None else None,
        duos=counts.get(DUOS, 0) if counts is not None else None,
        weeks=tuple(WeekCount(one.first, one.last, one.adds[REGISTERED]) for one in weeks),
        places_on=last_sunday(local_date(as_of)) if before else None,
        provinces=_areas(before) if before else (),
        municipalities=_places(before) if before else (),
        others=tuple(map(_other, externals)),
        files=_files(downloads),
    )


def _places(total: Tally) -> tuple[Place, ...]:
    groups = _by_place(total, REGISTERED)
    _, gone = hidden_in_groups(groups)
    return tuple(
        Place(
            one.nis_code,
            one.name,
            province,
            _unless(one.nis_code in gone[province], groups[province][one.nis_code]),
        )
        for province, those in by_province().items()
        for one in those
    )


def _areas(total: Tally) -> tuple[Area, ...]:
    groups = _by_place(total, REGISTERED)
    without_sum, _ = hidden_in_groups(groups)
    registered = _sums(groups)
    duos, judged, in_time = (
        _sums(_by_place(total, measure)) for measure in (DUOS, JUDGED, IN_TIME)
    )
    without_duos = hidden(duos)
    without_share = hidden(in_time) | hidden(
        {name: judged[name] - in_time[name] for name in judged}
    )
    nowhere = {measure: _nowhere(total, measure) for measure in (REGISTERED, JUDGED, IN_TIME, DUOS)}
    return tuple(
        Area(
            name,
            _unless(name in without_sum, registered[name]),
            _unless(name in without_share, judged[name]),
            _unless(name in without_share, in_time[name]),
            _unless(name in without_duos, duos[name]),
        )
        for name in by_province()
    ) + ((Area(UNKNOWN, *nowhere.values()),) if nowhere[REGISTERED] else ())


def _by_place(total: Tally, measure: str) -> Mapping[str, Mapping[str, int]]:
    """
    By today's municipality, in provinces.

    In the order in which more is hidden than what is too small: that of the number of people who
    live there, which everybody knows.
    """
    found: Counter[str] = Counter()
    for code, counts in total.places.items():
        found[_today(code)] += counts.get(measure, 0)
    return {
        province: {one.nis_code: found[one.nis_code] for one in sorted(those, key=_people)}
        for province, those in sorted(by_province().items(), key=_people_together)
    }


def _nowhere(total: Tally, measure: str) -> int:
    """What is in no municipality that we know: about no place, so never too small to show."""
    return sum(counts.get(measure, 0) for code, counts in total.places.items() if not _today(code))


def _today(nis_code: str) -> str:
    """The code of today, "" for none: nobody chose one yet, or it is our own of the tests."""
    try:
        found = find_municipality(nis_code)
    except UnknownMunicipalityError:
        return ""
    return found.nis_code if found.province else ""


def _people(one: Municipality) -> tuple[int, str]:
    return one.population_2020, one.nis_code


def _people_together(one: tuple[str, tuple[Municipality, ...]]) -> int:
    return sum(place.population_2020 for place in one[1])


def _sums(groups: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(counts.values()) for name, counts in groups.items()}


def _unless(is_hidden: bool, count: int) -> Count:
    return HIDDEN if is_hidden else count


def _other(one: External) -> Other:
    area = find_municipality(one.nis_code).name if one.nis_code else f"Vlaanderen en {BRUSSELS}"
    count = _unless(one.count < MIN_SHOWN, one.count)
    return Other(one.organisation, one.source, area, one.day, count, one.note)


def _files(downloads: Mapping[str, int] | None) -> tuple[Taken, ...] | None:
    if downloads is None:
        return None
    return tuple(
        Taken(path, f"{file.item}: {file.what}", downloads.get(path, 0))
        for path, file in FILES.items()
    )


def _share(part: Count, whole: Count) -> Share | None:
    """None where there is none to tell: not known, not shown, or of nobody."""
    if not isinstance(part, int) or not isinstance(whole, int) or not whole:
        return None
    return Share(part, whole)
