"""
The contact addresses of the municipalities: reading a file of them, and keeping them.

The file is a CSV with the columns `nis_code`, `email` and, where a municipality has more than one
address, `order` (1 is tried first). It is taken as a whole or not at all.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, TextIO

from chalicelib.domain import cleaning
from chalicelib.domain.contacts import Contact

MAX_LINES = 5_000  # 304 municipalities with a handful of addresses each
MAX_ORDER = 9


class Store(Protocol):
    def all_contacts(self) -> Iterable[Contact]: ...
    def save_contact(self, contact: Contact) -> None: ...


class UnusableFileError(ValueError):
    """The file can't be taken; `errors` has a line for each thing that is wrong."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def read_contacts(file: TextIO, now: datetime, *, allow_placeholders: bool) -> list[Contact]:
    """
    The contacts in a CSV file, as unconfirmed addresses.

    Raises `UnusableFileError` with everything that is wrong; `.example` addresses are wrong where
    `allow_placeholders` is False.
    """
    contacts: dict[tuple[str, int], Contact] = {}
    errors: list[str] = []
    rows = csv.DictReader(file)
    if not {"nis_code", "email"} <= set(rows.fieldnames or ()):
        raise UnusableFileError(["line 1: the columns nis_code and email are needed"])
    for row in rows:
        place = f"line {rows.line_num}"
        if rows.line_num > MAX_LINES:
            errors.append(f"{place}: more than {MAX_LINES} lines")
            break
        try:
            contact = _contact(row, now)
        except ValueError as error:
            errors.append(f"{place}: {error}")
            continue
        if contact.is_placeholder and not allow_placeholders:
            errors.append(f"{place}: {contact.email} is a placeholder")
        elif (contact.nis_code, contact.order) in contacts:
            errors.append(f"{place}: {contact.nis_code} has an address {contact.order} already")
        contacts[contact.nis_code, contact.order] = contact
    if errors:
        raise UnusableFileError(errors)
    return list(contacts.values())


def changes(store: Store, contacts: Iterable[Contact]) -> Iterator[Contact]:
    """Those contacts that are new, or differ from what is kept under the same place."""
    kept = {(contact.nis_code, contact.order): contact for contact in store.all_contacts()}
    for contact in contacts:
        known = kept.get((contact.nis_code, contact.order))
        if known is None or known.email != contact.email:
            yield contact


def _contact(row: dict[str, str | None], now: datetime) -> Contact:
    order = (row.get("order") or "1").strip()
    if not (order.isdecimal() and 1 <= int(order) <= MAX_ORDER):
        raise ValueError(f"order must be 1 to {MAX_ORDER}")
    return Contact(
        nis_code=cleaning.municipality((row["nis_code"] or "").strip()),
        email=cleaning.email((row["email"] or "").strip()),
        order=int(order),
        state="unconfirmed",
        since=now,
    )
