"""
Counting: the ledger's entries become the figures of each day, and running totals.

Counting a day again gives the same, so a run may come twice, late or not at all. A day is final
when the daily repair, begun after its end, came to its own end: it found what the stream missed and
who expired. From then on it is not counted again; unless an entry of it turns up all the same: then
that day is open again, and all after it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.domain.calendar import local_date
from chalicelib.domain.figures import (
    NOTHING,
    Progress,
    Sheet,
    Tally,
    day_of,
    days,
    is_final,
    partitions,
    plus,
    tally,
)
from chalicelib.domain.ledger import Entry
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

_DAY = timedelta(days=1)
_MAX_TRIES = 10


class Keeping(Protocol):
    def progress(self) -> Progress: ...
    def save_progress(self, progress: Progress) -> Progress: ...


class Reading(Protocol):
    def ledger(self, day: str) -> Iterable[Entry]: ...
    def first_day(self) -> date | None: ...
    def sheet(self, day: date) -> Sheet | None: ...
    def total(self, day: date) -> Tally | None: ...
    def day_figures(self, first: date, last: date) -> Iterator[tuple[date, Tally]]: ...
    def progress(self) -> Progress: ...


class Store(Reading, Keeping, Protocol):
    def save_sheet(self, sheet: Sheet) -> None: ...


def count(store: Store, now: datetime, has_time: Callable[[], bool] = lambda: True) -> Sheet | None:
    """
    Count every day that is not final, up to today; returns the last that was counted.

    Without time it stops after a day, and the next run goes on from there; so it does when an entry
    of a final day turns up meanwhile.
    """
    last = None
    try:
        progress = _begun(store, now)
        through = progress.through or local_date(now)
        total = store.total(through) or NOTHING
        for day in days(through + _DAY, local_date(now)):
            if last and not has_time():
                break
            last = _counted(store, day, total)
            store.save_sheet(last)
            total = last.total
            if is_final(day, progress.repaired_at):
                progress = store.save_progress(replace(progress, through=day))
    except StaleError:
        log.info("figures change; the next run goes on")
    return last


def reopen(store: Keeping, day: date) -> None:
    """
    An entry was added to this day: where it is final, it is counted again, and all after it.

    Written also where the day is open: a count that is under way must not make it final.
    """

    def opened(progress: Progress) -> Progress:
        through = progress.through
        return replace(progress, through=through and min(through, day - _DAY))

    before = _changed(store, opened)
    if before.through and day <= before.through:
        log.warning("figures reopened", count=(before.through - day).days + 1)


def repaired(store: Keeping, began_at: datetime) -> None:
    """The daily repair came to its end: what happened before it began is all in the ledger."""
    _changed(store, lambda progress: replace(progress, repaired_at=began_at))


def total_on(store: Reading, day: date) -> tuple[Tally | None, bool]:
    """
    The total up to and with a day, and whether that is final. None for what is not known: before
    the ledger began. A day that is not final yet is counted now, from the ledger.
    """
    progress = store.progress()
    through = progress.through
    if through and day <= through:
        return store.total(day), True
    total = (store.total(through) if through else None) or NOTHING
    first = through + _DAY if through else store.first_day()
    if first is None or day < first:
        return None, False
    for one in days(first, day):
        total = _counted(store, one, total).total
    return total, False


def added_between(store: Reading, first: date, last: date) -> Iterator[tuple[date, Tally]]:
    """What each day of a period added, in order; without those that are not known."""
    through = store.progress().through
    if through:
        yield from store.day_figures(first, min(last, through))
    begin = max(first, through + _DAY) if through else store.first_day()
    for day in days(max(begin, first), last) if begin else ():
        yield day, _counted(store, day, NOTHING).adds


@dataclass(frozen=True)
class Difference:
    """A day of which the kept figures are not what the ledger gives."""

    day: date
    kept: Sheet | None
    counted: Sheet


def recount(store: Reading) -> Iterator[Difference | date]:
    """
    Count every final day again from the ledger, and tell each difference; a day without one is
    told too, so that who waits sees how far it is. Nothing is written.
    """
    total = NOTHING
    for day in recounted(store):
        counted = _counted(store, day, total)
        kept = store.sheet(day)
        total = counted.total
        yield day if kept == counted else Difference(day, kept, counted)


def recounted(store: Reading) -> list[date]:
    """The days that a recount goes through: those of the ledger that are final."""
    first, through = store.first_day(), store.progress().through
    return list(days(first, through)) if first and through else []


def _begun(store: Store, now: datetime) -> Progress:
    """With the day from which is counted: that before the ledger begins is final, and empty."""
    progress = store.progress()
    if progress.through:
        return progress
    begin = store.first_day() or local_date(now)
    return store.save_progress(replace(progress, through=begin - _DAY))


def _changed(store: Keeping, change: Callable[[Progress], Progress]) -> Progress:
    """Changed by one conditional write; as it was. Raises `StaleError` when it keeps changing."""
    for _ in range(_MAX_TRIES):
        before = store.progress()
        try:
            store.save_progress(change(before))
        except StaleError:
            continue
        return before
    raise StaleError


def _counted(store: Reading, day: date, before: Tally) -> Sheet:
    entries = (
        entry
        for partition in partitions(day)
        for entry in store.ledger(partition)
        if day_of(entry) == day
    )
    adds = tally(entries)
    return Sheet(day, adds, plus(before, adds))
