"""
When nobody at a municipality works on its candidates: said by itself, at its desk.

Whoever reminds it (and only that) asks `covers`: what waits goes on waiting, and a volunteer hears
after ten working days all the same. One notice for a municipality; a new one takes its place.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.calendar import read_day
from chalicelib.domain.retention import VACATION_TERM

MAX_DAYS = 60
"""Longer is no vacation: a mailbox that nobody reads for two months needs another one."""

AHEAD = timedelta(days=365)
KEPT = VACATION_TERM
"""After its last day, so that a reminder that comes late can still be explained."""


class UnusableVacationError(ValueError):
    """It can't be kept; `errors` has a message for each field, in Dutch."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Vacation:
    """
    From `first` up to and with `last`, in Brussels' dates. `nis_code` is today's municipality's.
    `by` is the key of the mailbox with which somebody signed in.
    """

    nis_code: str
    first: date
    last: date
    set_at: datetime
    by: str
    version: int = 0

    def covers(self, day: date) -> bool:
        """Whether nobody is there on a day."""
        return self.first <= day <= self.last

    def is_over(self, today: date) -> bool:
        return self.last < today


def read_days(first_typed: str, last_typed: str, today: date) -> tuple[date, date]:
    """
    The first and the last day, from what somebody typed (`2026-12-24`, `24-12-2026`). Raises
    `UnusableVacationError`.
    """
    errors: dict[str, str] = {}
    first, last = read_day(first_typed), read_day(last_typed)
    if first is None:
        errors["first"] = "Vul de eerste dag in, zoals 24-12-2026."
    elif not today - timedelta(days=MAX_DAYS) <= first <= today + AHEAD:
        errors["first"] = "Kies een eerste dag binnen het jaar."
    if last is None:
        errors["last"] = "Vul de laatste dag in, zoals 3-1-2027."
    elif last < today:
        errors["last"] = "De laatste dag is al voorbij. Kies een dag vanaf vandaag."
    if first and last and not errors:
        if last < first:
            errors["last"] = "De laatste dag komt voor de eerste. Draai ze om."
        elif (last - first).days >= MAX_DAYS:
            errors["last"] = f"Kies hoogstens {MAX_DAYS} dagen."
    if errors or first is None or last is None:
        raise UnusableVacationError(errors)
    return first, last


def ended(vacation: Vacation, by: str, now: datetime, today: date) -> Vacation:
    """They are back, or did not go."""
    yesterday = today - timedelta(days=1)
    return replace(
        vacation,
        first=min(vacation.first, yesterday),
        last=min(vacation.last, yesterday),
        set_at=now,
        by=by,
    )
