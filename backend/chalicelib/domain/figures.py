"""
Figures of a day, and running totals: sums of what the entries of the ledger add.

A day is one of Brussels, and an entry belongs to the day on which we knew of it (course.py). The
total of a day is that of the day before plus its own: a figure for any date is one of these, and
making the next one costs what that day had entries, whatever went before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.domain.calendar import BRUSSELS, local_date
from chalicelib.domain.campaigns import CAMPAIGNS
from chalicelib.domain.ledger import Entry

FIRST_DAY = date(2022, 9, 22)
"""The day on which mijnbuddy.be was launched (question 48 in the Flemish Parliament)."""

CLOSES_AFTER = timedelta(hours=2)
"""How long after the end of a day the repair must begin that makes its figures final."""

MAX_SOURCES = 200
"""
Codes of campaigns that are counted apart, beside those of our own list: anybody can make up more,
and an item has 400 kB at most.
"""

OTHER = "*"
"""The campaigns beyond that, together. No code of a campaign looks like this."""

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Tally:
    """
    How many of each measure (course.py): in all, by the NIS code of the first municipality that she
    chose, and by campaign, "" for none.
    """

    total: Counts
    places: Mapping[str, Counts]
    sources: Mapping[str, Counts]


NOTHING = Tally({}, {}, {})


@dataclass(frozen=True)
class Sheet:
    """What one day adds, and the total up to and with that day."""

    day: date
    adds: Tally
    total: Tally


@dataclass(frozen=True)
class Progress:
    """
    How far the figures are: all up to and with the day `through` are final. `repaired_at` is when
    the last daily repair began that came to its end: what happened before that is in the ledger.
    """

    through: date | None = None
    repaired_at: datetime | None = None
    version: int = 0


def tally(entries: Iterable[Entry]) -> Tally:
    """What entries add together, in constant memory whatever their number."""
    total: Counter[str] = Counter()
    places: dict[str, Counter[str]] = {}
    sources: dict[str, Counter[str]] = {}
    for entry in entries:
        for counts in (
            total,
            places.setdefault(entry.place, Counter()),
            sources.setdefault(_kept_apart(entry.source, sources), Counter()),
        ):
            _add(counts, entry.adds)
    return Tally(_clean(total), _clean_each(places), _clean_each(sources))


def plus(one: Tally, other: Tally) -> Tally:
    """Two tallies together; the campaigns that the first has stay apart."""
    places = {key: Counter(counts) for key, counts in one.places.items()}
    sources = {key: Counter(counts) for key, counts in one.sources.items()}
    total = Counter(one.total)
    _add(total, other.total)
    for place, counts in other.places.items():
        _add(places.setdefault(place, Counter()), counts)
    for source, counts in other.sources.items():
        _add(sources.setdefault(_kept_apart(source, sources), Counter()), counts)
    return Tally(_clean(total), _clean_each(places), _clean_each(sources))


def day_of(entry: Entry) -> date:
    """The day, in Brussels, whose figures it is in."""
    return local_date(entry.event.known_at)


def partitions(day: date) -> tuple[str, ...]:
    """The days of the ledger (UTC, `2026-11-23`) in which the entries of a day of Brussels are."""
    begin, end = (
        datetime.combine(one, time(), BRUSSELS).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    last = end - timedelta(microseconds=1)
    return tuple(sorted({begin.date().isoformat(), last.date().isoformat()}))


def is_final(day: date, repaired_at: datetime | None) -> bool:
    """Whether a day can get no entry any more, but for a fault that the recount would show."""
    return repaired_at is not None and local_date(repaired_at - CLOSES_AFTER) > day


def days(first: date, last: date) -> Iterator[date]:
    """Each day from the first up to and with the last."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _kept_apart(source: str, known: Mapping[str, object]) -> str:
    is_ours = not source or source in CAMPAIGNS
    return source if is_ours or source in known or len(known) < MAX_SOURCES else OTHER


def _add(counts: Counter[str], adds: Counts) -> None:
    """As `Counter.update`, which mypy wants typed otherwise; counts may fall below zero."""
    for measure, count in adds.items():
        counts[measure] += count


def _clean(counts: Counts) -> Counts:
    """In one order, without zeros: equal figures are equal bytes."""
    return {measure: counts[measure] for measure in sorted(counts) if counts[measure]}


def _clean_each(counts: Mapping[str, Counts]) -> Mapping[str, Counts]:
    cleaned = {key: _clean(counts[key]) for key in sorted(counts)}
    return {key: those for key, those in cleaned.items() if those}
