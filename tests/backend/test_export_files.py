"""What stands in a file with many registrations, and that its memory does not grow with them."""

import csv
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from chalicelib import spreadsheet
from chalicelib.domain import leaving
from chalicelib.domain.export import CSV, XLSX, Choice
from chalicelib.domain.following import acted
from chalicelib.domain.handover import CONTACTED, DESK, Act
from chalicelib.domain.registration import Registration
from chalicelib.domain.rerouting import refused_for
from chalicelib.export_files import COLUMNS, write
from chalicelib.spreadsheet import TooManyRowsError
from tests.backend.samples import AALST, NOW, registration
from tests.backend.steps import sent

FORMULA = '=HYPERLINK("https://evil.example";"klik")'
PERSON = ("Naam", "Telefoon", "E-mail", "Postcode", "Bericht")


def contacted(number: int = 1, about: str = "Ik ga graag wandelen.") -> Registration:
    one = sent(registration(number, about=about), AALST, f"m-{number}", NOW)
    return acted(one, AALST, Act(NOW, CONTACTED, DESK))


def as_csv(path: Path, those: Iterable[Registration], choice: Choice) -> list[dict[str, str]]:
    count = write(path, those, choice, NOW)
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))

    assert count == len(found)
    return found


def test_line(tmp_path: Path) -> None:
    """
    A line tells how she stands, where, since when, and who she is; unknown is told as unknown.
    """
    (line,) = as_csv(tmp_path / "x", [contacted()], Choice(CSV))

    assert {
        "Referentie": contacted().reference,
        "Aangemeld": "23/11/2026",
        "Stand": "Gecontacteerd",
        "Waarom geweigerd": "",
        "Wil buddy zijn in": "Aalst",
        "Provincie": "Oost-Vlaanderen",
        "Nu bij": "Aalst (Gecontacteerd)",
        "Doorgestuurd": "23/11/2026",
        "Aangekomen": "",
        "Gecontacteerd": "23/11/2026",
        "Binnen 10 werkdagen": "ja",
        "Kwam via": "niet gekend",
        "Naam": "Anaïs D’Hondt",
        "Telefoon": "0470 12 34 56",
        "E-mail": "anais@example.be",
        "Postcode": "9300",
        "Bericht": "Ik ga graag wandelen.",
    } == line


def test_who_left(tmp_path: Path) -> None:
    """
    Who stopped, was erased or was refused is counted, and is nobody any more; why, is told.
    """
    one = contacted()
    those = [
        leaving.withdrawn(one, "own-page", NOW),
        leaving.erased(one, "own-page", NOW),
        refused_for(one, "no-place", "agency", NOW),
    ]
    lines = as_csv(tmp_path / "x", those, Choice(CSV))

    assert ["Zelf gestopt", "Gewist op vraag", "Geweigerd"] == [line["Stand"] for line in lines]
    assert {""} == {line[name] for line in lines for name in PERSON}
    assert [False, False, True] == [bool(line["Waarom geweigerd"]) for line in lines]


def test_chosen(tmp_path: Path) -> None:
    """
    Only those who stand as was chosen are in the file.
    """
    those = [registration(1), contacted(2), registration(3)]
    lines = as_csv(tmp_path / "x", those, Choice(CSV, state="contacted"))

    assert [contacted(2).reference] == [line["Referentie"] for line in lines]


def test_workbook(tmp_path: Path) -> None:
    """
    The same in a workbook, with texts as texts and days as days; only its owner may read the file.
    """
    path = tmp_path / "x.xlsx"
    write(path, [contacted(1, about=FORMULA)], Choice(XLSX), NOW)
    head, line = openpyxl.load_workbook(path).active.iter_rows()
    cells: dict[Any, Any] = {title.value: cell for title, cell in zip(head, line, strict=True)}

    assert [column.title for column in COLUMNS] == [cell.value for cell in head]
    assert ("s", FORMULA) == (cells["Bericht"].data_type, cells["Bericht"].value)
    assert ("d", "s") == (cells["Aangemeld"].data_type, cells["Postcode"].data_type)
    assert 0o600 == path.stat().st_mode & 0o777


def test_no_formula(tmp_path: Path) -> None:
    """
    In CSV what somebody typed does not begin as a formula does.
    """
    (line,) = as_csv(tmp_path / "x", [contacted(1, about=FORMULA)], Choice(CSV))

    assert f"'{FORMULA}" == line["Bericht"]


def test_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    More than a workbook can hold is refused, and not left out.
    """
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 1)

    with pytest.raises(TooManyRowsError):
        write(tmp_path / "x", [contacted(1), contacted(2)], Choice(XLSX), NOW)


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_memory(tmp_path: Path, kind: str) -> None:
    """
    Six times as many registrations take no more memory: what is kept of one is a small part of it.
    (For 100,000 of them: docs/performance.md.)
    """
    one = contacted(1, about="Ik ga graag wandelen. " * 40)

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            write(tmp_path / f"{kind}-{count}", _copies(one, count), Choice(kind), NOW)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # what is made once
    few, many = peak(100), peak(600)

    assert many - few < 500 * 400  # bytes: such a line has a thousand


def _copies(one: Registration, count: int) -> Iterator[Registration]:
    for _ in range(count):
        yield one
