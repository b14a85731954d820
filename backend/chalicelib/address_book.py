"""
The contact addresses of the municipalities: reading a file of them, and keeping them.

The file is a CSV with the columns `nis_code`, `email` and, where a municipality has more than one
address, `order` (1 is tried first). It is taken as a whole or not at all. The code may be a
region's, for when no address of a municipality works. An address under the code of a municipality
that merged becomes its successor's, after the successor's own.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from chalicelib.domain import cleaning
from chalicelib.domain.contacts import (
    CONFIRMED,
    IMPORTED,
    INACTIVE,
    MAX_ORDER,
    MERGED_INTO,
    REGIONS,
    SET,
    UNCONFIRMED,
    USABLE,
    Contact,
    Place,
    moved,
    placed,
    replaced,
    retired,
    same_address,
)
from chalicelib.domain.municipalities import UnknownMunicipalityError, find_municipality
from chalicelib.domain.role_address import looks_personal

MAX_LINES = 5_000  # 304 municipalities with a handful of addresses each


class UnusableFileError(ValueError):
    """The file can't be taken; `errors` has a line for each thing that is wrong."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Row:
    """A line of the file; `nis_code` is as it stands there, perhaps from before a merger."""

    line: int
    nis_code: str
    email: str
    order: int


@dataclass(frozen=True)
class Plan:
    """What an import changes; `warnings` is for a person to judge, and holds nothing up."""

    changes: tuple[Contact, ...]
    warnings: tuple[str, ...]


def read_rows(file: TextIO, *, allow_placeholders: bool) -> list[Row]:
    """
    The lines of a CSV file.

    Raises `UnusableFileError` with everything that is wrong; `.example` addresses are wrong where
    `allow_placeholders` is False.
    """
    read: dict[Place, Row] = {}
    errors: list[str] = []
    lines = csv.DictReader(file)
    if not {"nis_code", "email"} <= set(lines.fieldnames or ()):
        raise UnusableFileError(["line 1: the columns nis_code and email are needed"])
    for line in lines:
        place = f"line {lines.line_num}"
        if lines.line_num > MAX_LINES:
            errors.append(f"{place}: more than {MAX_LINES} lines")
            break
        try:
            row = _row(lines.line_num, line, allow_placeholders=allow_placeholders)
        except ValueError as error:
            errors.append(f"{place}: {error}")
            continue
        if (row.nis_code, row.order) in read:
            errors.append(f"{place}: {row.nis_code} has an address {row.order} already")
        read[row.nis_code, row.order] = row
    if errors:
        raise UnusableFileError(errors)
    return list(read.values())


def plan(
    rows: Iterable[Row],
    kept: Iterable[Contact],
    who: str,
    now: datetime,
    *,
    confirm_placeholders: bool = False,
) -> Plan:
    """
    What the rows change in what is kept. The same address in its place stays as it is.

    New and changed addresses are unconfirmed, but for placeholders where `confirm_placeholders`:
    nobody could read a code there. Raises `UnusableFileError` when a successor has no place left.
    """
    known = {contact.place: contact for contact in kept}
    addresses = {place: contact.email for place, contact in known.items()}
    sources: dict[Place, Row] = {}
    errors: list[str] = []
    for row in sorted(rows, key=lambda row: _today(row.nis_code) != row.nis_code):
        nis_code = _today(row.nis_code)
        place: Place | None = (nis_code, row.order)
        if nis_code != row.nis_code:
            if _find(addresses, nis_code, row.email):
                continue
            place = _free_place(addresses, nis_code)
        if place is None:
            errors.append(f"line {row.line}: {nis_code} has no place left")
            continue
        addresses[place] = row.email
        sources[place] = row
    if errors:
        raise UnusableFileError(errors)

    changes: list[Contact] = []
    warnings = list(_person_first(addresses, sources))
    for place, row in sorted(sources.items()):
        contact = known.get(place)
        if contact and same_address(contact.email, row.email):
            if contact.state not in USABLE:
                warnings.append(f"line {row.line}: {contact.key} stays {contact.state}")
            continue
        is_confirmed = confirm_placeholders and row.email.endswith(".example")
        state = CONFIRMED if is_confirmed else UNCONFIRMED
        if contact:
            changes.append(replaced(contact, row.email, who, now, state=state))
            continue
        what = IMPORTED if row.nis_code == place[0] else f"{IMPORTED} under {row.nis_code}"
        changes.append(placed(place, row.email, who, now, what=what, state=state))
    return Plan(tuple(changes), tuple(warnings))


def set_address(
    kept: Contact | None, place: Place, email: str, who: str, now: datetime
) -> Contact | None:
    """
    An address for one place, unconfirmed; None when it stands there and is not retired.

    Raises ValueError for what is no address.
    """
    clean = cleaning.email(cleaning.normalise(email))
    if kept is None:
        return placed(place, clean, who, now, what=SET)
    if kept.state != INACTIVE and same_address(kept.email, clean):
        return None
    return replaced(kept, clean, who, now)


def place_of(nis_code: str, order: str) -> Place:
    """
    A place as somebody names it. Raises ValueError, also for a code from before a merger: today's
    municipality has places of its own.
    """
    today = _owner(nis_code)
    if today != nis_code:
        raise ValueError(f"{nis_code} merged: use {today}")
    return nis_code, _order(order)


def merges(
    kept: Iterable[Contact], who: str, now: datetime
) -> Iterator[tuple[Contact | None, Contact]]:
    """
    Addresses under a code that has merged since: each as the successor's (None where it has the
    same address already), and retired where it was.

    Write them in this order: then a crash between the two loses nothing, and the next run goes on.
    Raises `UnusableFileError` when a successor has no place left.
    """
    known = {contact.place: contact for contact in kept}
    addresses = {place: contact.email for place, contact in known.items()}
    for contact in known.values():
        nis_code = _today(contact.nis_code)
        if nis_code == contact.nis_code or contact.state == INACTIVE:
            continue
        following = None
        place = _find(addresses, nis_code, contact.email)
        if place is None:
            place = _free_place(addresses, nis_code)
            if place is None:
                raise UnusableFileError([f"{nis_code} has no place left for {contact.key}"])
            following = moved(contact, place, who, now)
            addresses[place] = contact.email
        what = f"{MERGED_INTO} {place[0]}-{place[1]}"
        yield following, retired(contact, who, now, what=what)


def _row(number: int, line: Mapping[str, str | None], *, allow_placeholders: bool) -> Row:
    nis_code = (line["nis_code"] or "").strip()
    _owner(nis_code)
    email = cleaning.email((line["email"] or "").strip())
    if email.endswith(".example") and not allow_placeholders:
        raise ValueError(f"{email} is a placeholder")
    return Row(number, nis_code, email, _order(line.get("order") or "1"))


def _owner(nis_code: str) -> str:
    try:
        return _today(nis_code)
    except UnknownMunicipalityError:
        raise ValueError(f"{nis_code} is the NIS code of no municipality or region") from None


def _order(text: str) -> int:
    order = text.strip()
    if not (order.isascii() and order.isdecimal() and 1 <= int(order) <= MAX_ORDER):
        raise ValueError(f"order must be 1 to {MAX_ORDER}")
    return int(order)


def _today(nis_code: str) -> str:
    return nis_code if nis_code in REGIONS else find_municipality(nis_code).nis_code


def _find(addresses: Mapping[Place, str], nis_code: str, email: str) -> Place | None:
    return next(
        (
            place
            for place, known in addresses.items()
            if place[0] == nis_code and same_address(known, email)
        ),
        None,
    )


def _free_place(addresses: Collection[Place], nis_code: str) -> Place | None:
    """After the last one, else any that is free; None when there is none."""
    taken = {order for code, order in addresses if code == nis_code}
    after = range(max(taken, default=0) + 1, MAX_ORDER + 1)
    orders = (*after, *range(1, MAX_ORDER + 1))
    return next(((nis_code, order) for order in orders if order not in taken), None)


def _person_first(addresses: Mapping[Place, str], places: Collection[Place]) -> Iterator[str]:
    """Of the municipalities in the file: where a person's address comes before a role's."""
    for nis_code in sorted({code for code, _ in places}):
        own = [email for (code, _), email in sorted(addresses.items()) if code == nis_code]
        if looks_personal(own[0]) and not all(map(looks_personal, own)):
            yield f"{nis_code}: {own[0]} looks like a person's, and comes before a role's address"
