"""A municipality's list as a file for its own spreadsheet (spreadsheet.py): CSV and XLSX."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.desk_rows import Row
from chalicelib.spreadsheet import Column, write_csv, write_xlsx

MAX_FILE = 4_000_000
"""Bytes. A function answers with 6 MB at most (AWS Lambda), of which Base64 takes a quarter."""

COLUMNS: tuple[Column[Row], ...] = (
    Column("Referentie", lambda row: row.reference, 15),
    Column("Naam", lambda row: row.name, 28),
    Column("Stand", lambda row: row.state, 18),
    Column("Stand sinds", lambda row: row.state_on, 13),
    Column("Bij ons sinds", lambda row: row.since_on, 13),
    Column("Wacht (werkdagen)", lambda row: row.days, 18),
    Column("Telefoon", lambda row: row.phone_shown, 18),
    Column("E-mail", lambda row: row.email, 30),
    Column("Postcode", lambda row: row.postcode, 10),
    Column("Woont hier", lambda row: "nee" if row.is_elsewhere else "ja", 12),
    Column("Doorgegeven door", lambda row: row.handed_on_by, 22),
    Column("Bericht", lambda row: row.about, 60),
)


def as_csv(rows: Iterable[Row]) -> str:
    file = io.StringIO()
    write_csv(file, COLUMNS, rows)
    return file.getvalue()


def as_xlsx(rows: Iterable[Row], title: str, now: datetime) -> bytes:
    file = io.BytesIO()
    write_xlsx(file, COLUMNS, rows, title, now)
    return file.getvalue()


@dataclass(frozen=True)
class Kind:
    """A kind of file: how its name ends, and who writes it."""

    ending: str
    write: Callable[[Iterable[Row], str, datetime], str | bytes]


CSV = Kind("csv", lambda rows, _title, _now: as_csv(rows))
XLSX = Kind("xlsx", as_xlsx)
