"""
A document as a file: Markdown, HTML, CSV, XLSX or JSON. The same document gives the same bytes.

Text that others typed must not become a formula, a tag or another cell.
"""

import csv
import html
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import xlsxwriter

from chalicelib.domain.document import (
    UNKNOWN,
    Cell,
    Document,
    Heading,
    Part,
    Quote,
    Share,
    Table,
    Text,
    shown,
)
from chalicelib.spreadsheet import BOM, harmless

_CREATED = datetime(2022, 9, 22)  # noqa: DTZ001 (a workbook knows no zones)
"""The launch of mijnbuddy.be, for a property that a workbook must have: not when it was made."""

_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}caption{font-weight:bold;text-align:left}"
    "th,td{border:1px solid;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    "td.number{text-align:right}"
)


def as_markdown(document: Document) -> str:
    parts = [f"# {_plain(document.title)}", *map(_markdown, document.parts)]
    return "\n\n".join(parts) + "\n"


def as_html(document: Document) -> str:
    title = html.escape(document.title)
    body = "\n".join(_tag(part) for part in document.parts)
    return (
        f'<!doctype html>\n<html lang="nl">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{_STYLE}</style>\n'
        f"<h1>{title}</h1>\n{body}\n</html>\n"
    )


def as_csv(document: Document) -> str:
    """The last table with our own figures, for a spreadsheet; the sentences have no place in it."""
    table = main_table(document)
    file = io.StringIO()
    lines = csv.writer(file, delimiter=";", lineterminator="\r\n")
    lines.writerow(table.columns)
    lines.writerows([_raw(cell) for cell in row] for row in table.rows)
    return BOM + file.getvalue()


def main_table(document: Document) -> Table:
    """What was asked: the grouped table where there is one, else the summary."""
    asked = document.facts.get("by")
    return next(one for one in document.tables if not asked or one.name == asked)


def as_json(document: Document) -> str:
    facts = {
        "title": document.title,
        **document.facts,
        "notes": [part.text for part in document.parts if isinstance(part, Text | Quote)],
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "columns": list(table.columns),
                "rows": [[_json(cell) for cell in row] for row in table.rows],
            }
            for table in document.tables
        ],
    }
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def as_xlsx(document: Document) -> bytes:
    """A sheet for each table, and one with the sentences; every text is written as text."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": _CREATED, "title": document.title})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {
        int: book.add_format({"num_format": "#,##0"}),
        Share: book.add_format({"num_format": "0.0%", "align": "right"}),
    }
    for table in document.tables:
        sheet = book.add_worksheet(table.title[:31])  # as many characters as Excel takes
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, len(table.columns), 18)
        for column, title in enumerate(table.columns):
            sheet.write_string(0, column, title, head)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell, formats[int])
                elif isinstance(cell, Share) and cell.whole:
                    sheet.write_number(number, column, cell.part / cell.whole, formats[Share])
                else:
                    sheet.write_string(number, column, shown(cell))
    notes = book.add_worksheet("Uitleg")
    notes.set_column(0, 0, 100)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    texts = [part.text for part in document.parts if not isinstance(part, Table)]
    for number, text in enumerate((document.title, *texts)):
        notes.write_string(number, 0, text, wrapped)
    book.close()
    return file.getvalue()


FORMATS: Mapping[str, Callable[[Document], str | bytes]] = {
    "md": as_markdown,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "json": as_json,
    "html": as_html,
}
TEXTS = ("md", "html", "json")
"""What a document can be that is sentences, with few tables."""


def written(document: Document, kind: str) -> bytes:
    """The file of this kind, one of `FORMATS`."""
    made = FORMATS[kind](document)
    return made.encode() if isinstance(made, str) else made


def _markdown(part: Part) -> str:
    if isinstance(part, Heading):
        return f"## {_plain(part.text)}"
    if isinstance(part, Text):
        return _plain(part.text)
    if isinstance(part, Quote):
        return f"> {_plain(part.text)}"
    columns = zip(*part.rows, strict=True) if part.rows else ((),) * len(part.columns)
    signs = ["---:" if _is_number(cells) else "---" for cells in columns]
    lines = [_line(part.columns), _line(signs, plain=False)]
    lines += [_line([shown(cell) for cell in row]) for row in part.rows]
    return "\n".join((f"## {_plain(part.title)}", "", *lines))


def _is_number(cells: tuple[Cell, ...]) -> bool:
    return bool(cells) and not any(isinstance(cell, str) for cell in cells)


def _line(cells: tuple[str, ...] | list[str], *, plain: bool = True) -> str:
    return f"| {' | '.join(_plain(cell) if plain else cell for cell in cells)} |"


def _plain(text: str) -> str:
    """Without what Markdown would read as something else."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _tag(part: Part) -> str:
    if isinstance(part, Heading):
        return f"<h2>{html.escape(part.text)}</h2>"
    if isinstance(part, Text):
        return f"<p>{html.escape(part.text)}</p>"
    if isinstance(part, Quote):
        return f"<blockquote><p>{html.escape(part.text)}</p></blockquote>"
    head = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in part.columns)
    rows = "\n".join(f"<tr>{''.join(_cells(row))}</tr>" for row in part.rows)
    caption = f"<caption>{html.escape(part.title)}</caption>"
    return f"<table>{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"


def _cells(row: tuple[Cell, ...]) -> Iterator[str]:
    first, *others = row
    yield f'<th scope="row">{html.escape(shown(first))}</th>'
    for cell in others:
        kind = ' class="number"' if isinstance(cell, int | Share) else ""
        yield f"<td{kind}>{html.escape(shown(cell))}</td>"


def _raw(cell: Cell) -> str:
    """For a spreadsheet: a number as it counts with it, a text that it never runs."""
    if cell is None:
        return UNKNOWN
    return str(cell) if isinstance(cell, int) else harmless(shown(cell))


def _json(cell: Cell) -> object:
    if isinstance(cell, Share):
        return {"part": cell.part, "whole": cell.whole}
    return cell
