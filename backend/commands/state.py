"""How the whole is doing, and what waits for a person."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import typer

from chalicelib import bootstrap
from chalicelib.digest import sections
from chalicelib.watching import status_now
from commands.console import AsJson, open_store, print_json, print_table, print_text, told

commands = typer.Typer()


@commands.command("status")
def show_status(as_json: AsJson = False) -> None:
    """How the whole is doing: the figures of /api/status."""
    report = status_now(open_store(), bootstrap.now())
    if as_json:
        print_json(report)
        return
    print_table(("figure", "value"), _rows(report))


@commands.command("digest")
def show_digest(as_json: AsJson = False) -> None:
    """What waits for a person, as the mail of this morning would say it; mails nothing."""
    found = sections(open_store(), lambda _, __: "", bootstrap.now())
    if as_json:
        print_json([_plain(asdict(section)) for section in found])
        return
    if not found:
        told.print("Er wacht niets.")
    for section in found:
        print_text(f"\n{section.title} ({section.count})\n{section.how}")
        for item in section.items:
            print_text(f"\n- {item.name}{', ' if item.waits else ''}{item.waits}")
            for line in filter(None, (item.what, *item.commands)):
                print_text(f"  {line}")
        if section.more:
            print_text(f"\nEn nog {section.more}.")


def _rows(report: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in report.items():
        if isinstance(value, dict):
            rows += _rows(value, f"{prefix}{name}.")
        else:
            rows.append((f"{prefix}{name}", "unknown" if value is None else str(value)))
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value
