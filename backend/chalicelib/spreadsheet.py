"""
Rows as a file for a spreadsheet: CSV as a Belgian Excel opens it, and XLSX, in a memory that does
not grow with the rows.

What somebody typed must never be run as a formula by whoever opens the file (OWASP, «CSV
Injection»): in CSV such a cell gets an apostrophe before it, in XLSX every text is written as text.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO, Generic, TextIO, TypeVar

import xlsxwriter

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for another encoding."""
MAX_ROWS = 1_048_575
"""As many as Excel has below a head."""

_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")  # the last four: full width, as in Japanese
_MAX_TITLE = 31  # characters that Excel takes as the name of a sheet

Cell = str | int | date | None
R = TypeVar("R")


@dataclass(frozen=True)
class Column(Generic[R]):
    """`width` is in characters, as a spreadsheet counts it."""

    title: str
    of: Callable[[R], Cell]
    width: int


class TooManyRowsError(ValueError):
    """Excel would leave out the last of them."""


def write_csv(file: TextIO, columns: Sequence[Column[R]], rows: Iterable[R]) -> int:
    """
    Text with a byte order mark, semicolons between cells, a line for each row; returns how many.

    A file on a disk must be open with `newline=""`.
    """
    file.write(BOM)
    lines = csv.writer(file, delimiter=";", lineterminator="\r\n")
    lines.writerow(column.title for column in columns)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 (how many there were)
        lines.writerow(_line(columns, row))
    return count


def write_xlsx(
    file: Path | BinaryIO,
    columns: Sequence[Column[R]],
    rows: Iterable[R],
    title: str,
    now: datetime,
) -> int:
    """
    A workbook of one sheet; `title` is its name, `now` when it was made. Returns how many rows.

    Each row goes to a temporary file as soon as it is whole. Raises `TooManyRowsError`.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    book.set_properties({"created": now.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left", "valign": "top"})
    text = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
    sheet = book.add_worksheet(title[:_MAX_TITLE])
    sheet.freeze_panes(1, 1)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.title, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > MAX_ROWS:
            raise TooManyRowsError
        for number, column in enumerate(columns):
            value = column.of(row)
            if isinstance(value, date):
                sheet.write_datetime(last, number, datetime.combine(value, time()), day)
            elif isinstance(value, int):
                sheet.write_number(last, number, value, text)
            elif value:
                sheet.write_string(last, number, value, text)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    return last


def harmless(text: str) -> str:
    """What a spreadsheet that opens a CSV file shows, and never runs."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _line(columns: Sequence[Column[R]], row: R) -> Iterator[str]:
    for column in columns:
        value = column.of(row)
        if isinstance(value, date):
            yield f"{value:%d/%m/%Y}"
        elif isinstance(value, str):
            yield harmless(value)
        else:
            yield "" if value is None else str(value)
