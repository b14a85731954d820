"""
Moments and periods as sources give them, often no more exact than a year: «2017», «2017-03»,
«najaar 2024», «voor 2023», «2021-01/2022-06».

Each has bounds: the first and the last day that it may mean, None where it is open.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.domain.calendar import date_in_words

Precision = Literal["dag", "maand", "jaar", "seizoen", "schooljaar", "grens", "periode"]

_YEAR = r"(19|20)\d\d"
_POINT = rf"{_YEAR}(-\d\d(-\d\d)?)?"
_NAMED = rf"(voorjaar|zomer|najaar) {_YEAR}|schooljaar {_YEAR}-{_YEAR}"
_LIMIT = "(voor|uiterlijk|vanaf) "
_MOMENT = rf"({_LIMIT})?({_POINT})|{_NAMED}"

MomentText = Annotated[str, Meta(pattern=rf"^({_MOMENT})$", description="2017, voor 2023, …")]
"""When something began or ended: never a period, as that would say too much."""
PeriodText = Annotated[
    str, Meta(pattern=rf"^({_MOMENT}|{_POINT}/{_POINT})$", description="…, 2021-01/2022-06")
]
"""When something was so: a moment, or from one up to and with another."""

# Months in which a season may lie, taken wide: nobody who says «najaar» means a solstice.
_SEASONS = {"voorjaar": (3, 6), "zomer": (6, 9), "najaar": (9, 12)}
_SCHOOL = (9, 8)  # months in which a school year begins and ends
_LENGTHS: dict[int, Precision] = {1: "jaar", 2: "maand", 3: "dag"}  # by the number of its parts


class MomentError(ValueError):
    """A moment that the calendar doesn't have; the message says which."""


@dataclass(frozen=True)
class Moment:
    """A moment or period: as it is written, its bounds, and how exact it is."""

    text: str
    first: date | None
    last: date | None
    precision: Precision

    @property
    def years(self) -> range:
        """The calendar years that it touches; none when it is open at one side."""
        if self.first is None or self.last is None:
            return range(0)
        return range(self.first.year, self.last.year + 1)

    def __str__(self) -> str:
        """As people read it: «voor maart 2018»."""
        start, _, end = self.text.partition("/")
        if end:
            return f"{_in_words(start)} tot en met {_in_words(end)}"
        *before, point = self.text.split(" ")
        return " ".join((*before, _in_words(point)))


@cache
def moment(text: str) -> Moment:
    """
    What is written, read.

    Raises MomentError.
    """
    start, _, end = text.partition("/")
    if end:
        period = Moment(text, _bounds(start)[0], _bounds(end)[1], "periode")
        if _bounds(end)[0] < _bounds(start)[0]:
            raise MomentError(f"«{text}» ends before it starts")
        return period
    name, _, rest = text.partition(" ")
    if name in _SEASONS:
        begin, finish = _SEASONS[name]
        return Moment(text, *_months(int(rest), begin, int(rest), finish), "seizoen")
    if name == "schooljaar":
        one, other = map(int, rest.split("-"))
        if other != one + 1:
            raise MomentError(f"«{text}» is no school year")
        return Moment(text, *_months(one, _SCHOOL[0], other, _SCHOOL[1]), "schooljaar")
    if rest:
        first, last = _bounds(rest)
        if name == "vanaf":
            return Moment(text, first, None, "grens")
        return Moment(text, None, first - timedelta(days=1) if name == "voor" else last, "grens")
    return Moment(text, *_bounds(text), _LENGTHS[len(text.split("-"))])


def _bounds(point: str) -> tuple[date, date]:
    """The first and the last day of a year, a month or a day."""
    numbers = [int(number) for number in point.split("-")]
    try:
        if len(numbers) == 3:  # noqa: PLR2004 (year, month, day)
            return date(*numbers), date(*numbers)
        year = numbers[0]
        first, last = (numbers[1], numbers[1]) if len(numbers) > 1 else (1, 12)
        return _months(year, first, year, last)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise MomentError(f"«{point}» is not in the calendar") from error


def _months(year: int, month: int, end_year: int, end_month: int) -> tuple[date, date]:
    days = calendar.monthrange(end_year, end_month)[1]
    return date(year, month, 1), date(end_year, end_month, days)


def _in_words(point: str) -> str:
    first, _ = _bounds(point) if re.fullmatch(_POINT, point) else (None, None)
    if first is None:
        return point
    words = date_in_words(first).split(" ")  # day, month, year
    return " ".join(words[3 - len(point.split("-")) :])
