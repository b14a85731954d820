"""
A municipality's list as a file for its own spreadsheet: CSV as a Belgian Excel opens it, and XLSX.

What somebody typed must never be run as a formula by whoever opens the file (OWASP, «CSV
Injection»): in CSV such a cell gets an apostrophe before it, in XLSX every cell is written as text.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

import xlsxwriter

from chalicelib.desk_rows import Row

MAX_FILE = 4_000_000
"""Bytes. A function answers with 6 MB at most (AWS Lambda), of which Base64 takes a quarter."""

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for another encoding."""

_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")  # the last four: full width, as in Japanese

Cell = str | int | date | None


@dataclass(frozen=True)
class Column:
    """`width` is in characters, as a spreadsheet counts it."""

    title: str
    of: Callable[[Row], Cell]
    width: int


COLUMNS = (
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
    """In text with a byte order mark, semicolons between cells, a line for each candidate."""
    file = io.StringIO()
    lines = csv.writer(file, delimiter=";", lineterminator="\r\n")
    lines.writerow(column.title for column in COLUMNS)
    lines.writerows(map(_line, rows))
    return BOM + file.getvalue()


def as_xlsx(rows: Iterable[Row], title: str, now: datetime) -> bytes:
    """A workbook of one sheet; `title` is its name, `now` when it was made."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": now.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left", "valign": "top"})
    text = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
    sheet = book.add_worksheet(title[:31])  # as many characters as Excel takes
    sheet.freeze_panes(1, 1)
    for number, column in enumerate(COLUMNS):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.title, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for number, column in enumerate(COLUMNS):
            value = column.of(row)
            if isinstance(value, date):
                sheet.write_datetime(last, number, datetime.combine(value, time()), day)
            elif isinstance(value, int):
                sheet.write_number(last, number, value, text)
            elif value:
                sheet.write_string(last, number, value, text)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    book.close()
    return file.getvalue()


@dataclass(frozen=True)
class Kind:
    """A kind of file: how its name ends, what a browser calls it, and who writes it."""

    ending: str
    content_type: str
    write: Callable[[Iterable[Row], str, datetime], str | bytes]


CSV = Kind("csv", "text/csv; charset=utf-8", lambda rows, _title, _now: as_csv(rows))
XLSX = Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx)


def harmless(text: str) -> str:
    """What a spreadsheet that opens a CSV file shows, and never runs."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _line(row: Row) -> Iterator[str]:
    for column in COLUMNS:
        value = column.of(row)
        if isinstance(value, date):
            yield f"{value:%d/%m/%Y}"
        elif isinstance(value, str):
            yield harmless(value)
        else:
            yield "" if value is None else str(value)
