"""
Counts of others: how many signed up as buddy at a municipality itself, or at an organisation.

They stand beside our figures and are never added to them: nobody knows who is in both. A count is
how many there were in all on a day, as somebody told us; another count for the same place and day
takes its place from when we got it, and the one before stays, so that a report of then stays right.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.calendar import local_date
from chalicelib.domain.municipalities import UnknownMunicipalityError, find_municipality

MUNICIPALITY, ORGANISATION = "gemeente", "organisatie"
SOURCES = (MUNICIPALITY, ORGANISATION)
"""Who keeps the count: a municipality, or an organisation such as Duo for a Job."""

COLUMNS = ("source", "organisation", "nis_code", "date", "count", "note")
MAX_ORGANISATION, MAX_NOTE = 100, 300  # characters
MAX_COUNT = 1_000_000
"""More than a tenth of all who live in Flanders and Brussels: then it is a mistake."""


class UnusableCountError(ValueError):
    """What was given is no count; the text says what to do about it."""


@dataclass(frozen=True)
class External:
    """
    `count` is how many there were in all on `day`; `nis_code` is "" for all of Flanders and
    Brussels. `note` tells where it comes from, `who` of us wrote it down, at `recorded_at`.
    """

    source: str
    organisation: str
    nis_code: str
    day: date
    count: int
    note: str
    recorded_at: datetime
    who: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Whose count it is."""
        return self.source, self.organisation, self.nis_code

    @property
    def digest(self) -> str:
        """Of whose count it is and of which day: what takes the place of another has the same."""
        named = "\n".join((*self.place, self.day.isoformat()))
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    @property
    def told(self) -> tuple[int, str]:
        """What a correction changes."""
        return self.count, self.note


def read_csv(lines: Iterable[str], recorded_at: datetime, who: str) -> Iterator[External]:
    """
    The counts in a CSV file with the columns of `COLUMNS`, with commas or semicolons.

    Raises `UnusableCountError`, with the line.
    """
    given = list(lines)
    delimiter = ";" if given and given[0].count(";") > given[0].count(",") else ","
    rows = csv.DictReader(given, delimiter=delimiter)
    names = [name.strip().lstrip("\ufeff") for name in rows.fieldnames or ()]
    if sorted(names) != sorted(COLUMNS):
        raise UnusableCountError(f"The first line must be: {','.join(COLUMNS)}.")
    rows.fieldnames = names
    for row in rows:
        if None in row or None in row.values():
            raise UnusableCountError(f"Line {rows.line_num}: it has not {len(COLUMNS)} cells.")
        try:
            yield external(**row, recorded_at=recorded_at, who=who)
        except UnusableCountError as error:
            raise UnusableCountError(f"Line {rows.line_num}: {error}") from None


def external(
    *,
    source: str,
    organisation: str,
    nis_code: str,
    date: str,
    count: str,
    note: str,
    recorded_at: datetime,
    who: str,
) -> External:
    """A count from what somebody typed. Raises `UnusableCountError`."""
    if source.strip() not in SOURCES:
        raise UnusableCountError(f"source is one of: {', '.join(SOURCES)}.")
    return External(
        source=source.strip(),
        organisation=_text("organisation", organisation, MAX_ORGANISATION),
        nis_code=_nis_code(nis_code.strip(), source.strip()),
        day=_day(date.strip(), local_date(recorded_at)),
        count=_count(count.strip()),
        note=_text("note", note, MAX_NOTE),
        recorded_at=recorded_at,
        who=who,
    )


def known(records: Iterable[External], day: date, known_by: date) -> tuple[External, ...]:
    """
    The last count of each place that is of a day at most `day`, as it was known at the end of
    `known_by` (Brussels), in order.
    """
    last: dict[tuple[str, str, str], External] = {}
    for one in sorted(records, key=lambda one: one.recorded_at):
        before = last.get(one.place)
        is_known = one.day <= day and local_date(one.recorded_at) <= known_by
        if is_known and (before is None or before.day <= one.day):
            last[one.place] = one
    return tuple(last[place] for place in sorted(last))


def changed(records: Iterable[External], given: Iterable[External]) -> Iterator[External]:
    """Those of the given counts that are new, or tell something else than what we have."""
    last = {one.digest: one for one in sorted(records, key=lambda one: one.recorded_at)}
    for one in given:
        before = last.get(one.digest)
        if before is None or before.told != one.told:
            last[one.digest] = one
            yield one


def _text(name: str, typed: str, longest: int) -> str:
    text = " ".join(typed.split())
    if not 0 < len(text) <= longest or not text.isprintable():
        raise UnusableCountError(f"{name} has 1 to {longest} characters.")
    return text


def _nis_code(typed: str, source: str) -> str:
    if not typed and source == ORGANISATION:
        return ""
    try:
        find_municipality(typed)
    except UnknownMunicipalityError:
        raise UnusableCountError(f"«{typed}» is no NIS code of a municipality.") from None
    return typed


def _day(typed: str, today: date) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise UnusableCountError(f"«{typed}» is no date such as 2022-11-02.") from None
    if day > today:
        raise UnusableCountError(f"{day} is still to come.")
    return day


def _count(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()) or int(typed) > MAX_COUNT:
        raise UnusableCountError(f"count is a whole number of at most {MAX_COUNT}.")
    return int(typed)
