"""
Working days in Belgium, and dates as people read them.

The public holidays are a data file (`data/holidays.csv`), made from the library `holidays`: that
library is 13 MB, the days that we need are a few kB.
"""

import csv
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.domain.municipalities import DATA

PROMISED = 10  # working days within which a municipality contacts a volunteer (design.md)

BRUSSELS = ZoneInfo("Europe/Brussels")
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


@cache
def holidays() -> frozenset[date]:
    with (DATA / "holidays.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(date.fromisoformat(row["date"]) for row in csv.DictReader(file))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays()  # noqa: PLR2004 (Monday to Friday)


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days there were after `start`, up to and with `end`."""
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(map(is_working_day, days))


def local_date(moment: datetime) -> date:
    """The date in Brussels at a moment."""
    return moment.astimezone(BRUSSELS).date()


def promised_by(moment: datetime) -> date:
    """The last day on which somebody who registered at `moment` is contacted."""
    return working_days_after(local_date(moment), PROMISED)


def in_words(day: date) -> str:
    """«dinsdag 8 december 2026»."""
    return f"{_DAYS[day.weekday()]} {date_in_words(day)}"


def date_in_words(day: date) -> str:
    """«8 december 2026»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def read_day(text: str) -> date | None:
    """A day as a browser's own field gives it, or as somebody types it: `24-12-2026`."""
    text = text.strip()
    parts = text.replace("/", "-").replace(".", "-").split("-")
    if len(parts) == len(("day", "month", "year")) and len(parts[2]) == len("2026"):
        parts.reverse()
    if not all(part.isascii() and part.isdigit() and len(part) <= len("2026") for part in parts):
        return None
    try:
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError:
        return None
