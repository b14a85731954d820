"""
A file with many registrations, for an officer who manages: what she chose, and what became of it.

A file of everybody takes minutes, and is larger than a function may answer with. So asking for one
is a record, which a scheduled function takes up (exporting.py): who asked what, how far it is, and
until when the file is there. The record holds no person.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from chalicelib.domain.calendar import local_date
from chalicelib.domain.course import EXPIRED, REPEATS, STATUSES
from chalicelib.domain.municipalities import (
    MUNICIPALITIES,
    Municipality,
    UnknownMunicipalityError,
    find_municipality,
)
from chalicelib.domain.registration import Registration
from chalicelib.domain.retention import EXPORT_REQUEST_TERM, EXPORT_TERM

CSV, XLSX = "csv", "xlsx"
KINDS: Mapping[str, str] = {XLSX: "Excel", CSV: "CSV"}

STATES: Mapping[str, str] = {
    **{code: words for code, words in STATUSES.items() if code != EXPIRED},
    REPEATS: "Herhaling",
}
"""How a registration that is still there can stand: one that expired is not."""

PROVINCES = tuple(sorted({one.province for one in MUNICIPALITIES}))

LEASE = timedelta(minutes=20)
"""How long one run has an export to itself: longer than its function may run."""
PAUSE = timedelta(minutes=2)
"""After a failure that was noticed: what is out of order may be well again."""
MAX_ATTEMPTS = 3


class UnusableChoiceError(ValueError):
    """`field` is the name of what can't be chosen so."""

    def __init__(self, field: str) -> None:
        super().__init__(f"that is no {field} that can be chosen")
        self.field = field


@dataclass(frozen=True)
class Choice:
    """
    Which registrations, in which kind of file; "" is all of them. `place` is a NIS code of today,
    `state` one of `STATES`; `first` and `last` are the days (2026-11-23, in Brussels) between which
    somebody registered.
    """

    kind: str
    place: str = ""
    province: str = ""
    state: str = ""
    first: str = ""
    last: str = ""

    @property
    def code(self) -> str:
        """As it is kept in an entry of who looked: `kind=xlsx&place=41002`."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def takes(self, one: Registration, state: str) -> bool:
        """Whether it takes her, who stands in that state. Our own tests are nobody."""
        day = local_date(one.registered_at).isoformat()
        if one.synthetic or day < self.first or (self.last and day > self.last):
            return False
        if self.state not in {"", state}:
            return False
        places = places_of(one) if self.place or self.province else ()
        is_there = not self.place or self.place in {place.nis_code for place in places}
        is_near = not self.province or self.province in {place.province for place in places}
        return is_there and is_near

    def in_words(self) -> str:
        """«Excel, Aalst, Duo gevormd, vanaf 1/1/2026», for who manages."""
        place = find_municipality(self.place).name if self.place else ""
        parts = (
            KINDS[self.kind],
            place or self.province or "Vlaanderen en Brussel",
            STATES[self.state] if self.state else "",
            f"vanaf {_shown(self.first)}" if self.first else "",
            f"tot en met {_shown(self.last)}" if self.last else "",
        )
        return ", ".join(filter(None, parts))


def read_choice(
    kind: str,
    place: str = "",
    province: str = "",
    state: str = "",
    period: tuple[date | None, date | None] = (None, None),
) -> Choice:
    """
    What somebody chose. A municipality that merged is the one that it became.

    Raises `UnusableChoiceError`.
    """
    first, last = period
    try:
        nis_code = find_municipality(place).nis_code if place else ""
    except UnknownMunicipalityError:
        raise UnusableChoiceError("municipality") from None
    for field, is_usable in (
        ("kind", kind in KINDS),
        ("province", province in {"", *PROVINCES}),
        ("state", state in {"", *STATES}),
        ("period", not (first and last) or first <= last),
    ):
        if not is_usable:
            raise UnusableChoiceError(field)
    return Choice(kind, nis_code, province, state, _text(first), _text(last))


def choice_of(code: str) -> Choice:
    """What an entry tells that was chosen. Raises `UnusableChoiceError` for another text."""
    try:
        return Choice(**dict(parse_qsl(code, strict_parsing=True)))
    except (TypeError, ValueError):
        raise UnusableChoiceError("code") from None


def places_of(one: Registration) -> tuple[Municipality, ...]:
    """The municipalities of today that she chose, or that have her or had her."""
    codes = [*one.answers.municipality, *(handover.receiver for handover in one.handovers)]
    found = (find_municipality(code) for code in codes if code.isdigit())
    return tuple(dict.fromkeys(found))


ASKED, WRITING, READY, REMOVED, FAILED = "asked", "writing", "ready", "removed", "failed"


@dataclass(frozen=True)
class Export:
    """
    One file that `officer` asked for. `count` is how many are in it, `size` its bytes, since
    `made_at`; `failed_at` when we gave up; `told_at` when she was mailed; `removed_at` when the
    file was deleted. `version` counts the writes.
    """

    id: str
    choice: Choice
    officer: str
    asked_at: datetime
    attempts: int = 0
    lease_until: datetime | None = None
    made_at: datetime | None = None
    count: int = 0
    size: int = 0
    failed_at: datetime | None = None
    told_at: datetime | None = None
    removed_at: datetime | None = None
    version: int = 0

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + EXPORT_REQUEST_TERM

    @property
    def until(self) -> datetime | None:
        """Until when the file can be fetched; None while there is none."""
        return self.made_at + EXPORT_TERM if self.made_at else None

    @property
    def is_open(self) -> bool:
        """Whether it must be made still."""
        return not (self.made_at or self.failed_at)

    def state(self, now: datetime) -> str:
        if self.failed_at:
            return FAILED
        if self.until:
            return READY if now < self.until and not self.removed_at else REMOVED
        return WRITING if self.lease_until and now < self.lease_until else ASKED

    @property
    def key(self) -> str:
        """Where its file is: nobody can guess it."""
        return f"{self.id}.{self.choice.kind}"

    @property
    def file_name(self) -> str:
        """As a browser keeps it: without a person, and without a place that would need accents."""
        day = local_date(self.made_at or self.asked_at).isoformat()
        return f"aanmeldingen-{day}-{self.id[:4]}.{self.choice.kind}"


def is_id(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{32}", text))


def asked(choice: Choice, officer: str, now: datetime) -> Export:
    return Export(secrets.token_hex(16), choice, officer, now)


def taken_up(one: Export, now: datetime) -> Export | None:
    """
    The same, for one run to make; None where another one is at it, or nothing has to be made (any
    more). One that was tried too often has failed.
    """
    if not one.is_open or (one.lease_until and now < one.lease_until):
        return None
    if one.attempts >= MAX_ATTEMPTS:
        return failed(one, now)
    return replace(one, attempts=one.attempts + 1, lease_until=now + LEASE)


def made(one: Export, count: int, size: int, now: datetime) -> Export:
    return replace(one, made_at=now, count=count, size=size, lease_until=None)


def failed(one: Export, now: datetime) -> Export:
    return replace(one, failed_at=now, lease_until=None)


def postponed(one: Export, now: datetime) -> Export:
    """It went wrong: another run tries again soon."""
    return replace(one, lease_until=now + PAUSE)


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _shown(day: str) -> str:
    return f"{date.fromisoformat(day):%-d/%-m/%Y}"
