"""
What the commands of the desk have in common: the table they work on, and how they tell.

What is printed for a program (`--json`) goes to standard output, everything else to standard error.
"""

import getpass
import json
import os
import re
import shlex
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Column, Table

from chalicelib import bootstrap
from chalicelib.domain.officers import Roster
from chalicelib.domain.outbox import AnyOutbox
from chalicelib.store import Store

told = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
MAX_WHO = 40


def _who(name: str) -> str:
    if not name.isprintable() or not 0 < len(name) <= MAX_WHO:
        raise typer.BadParameter(f"a name of at most {MAX_WHO} characters")
    return name


Who = Annotated[
    str,
    typer.Option(
        default_factory=getpass.getuser,
        callback=_who,
        show_default="your login name",
        help="Who does this, for the history.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]


class Trial(Store):
    """The same table, on which one of the things that a person decides is not written down."""

    def __init__(self, store: Store) -> None:
        vars(self).update(vars(store))

    def save(self, outbox: AnyOutbox) -> AnyOutbox:
        return outbox

    def save_roster(self, roster: Roster) -> Roster:
        return roster


def open_store(*, dry_run: bool = False) -> Store:
    """The table; with `dry_run`, one to decide on without a trace."""
    try:
        store = bootstrap.store()
    except KeyError as error:
        told.print(f"Set {error.args[0]}, or use --local beside a running `make run`.")
        raise typer.Exit(1) from None
    return Trial(store) if dry_run else store


def fail(message: str) -> NoReturn:
    """Say why nothing was done, and end with 1."""
    told.print(message, markup=False)
    raise typer.Exit(1)


def is_production() -> bool:
    return os.environ.get("TABLE_NAME", "").endswith("-prod")


def take_local_environment() -> None:
    """Set what `make run` wrote for us: `export NAME=value` lines."""
    file = Path(os.environ.get("LOCAL_DIR", ".local")) / "env"
    if not file.exists():
        told.print(f"There is no {file}: start `make run` first, here.")
        raise typer.Exit(1)
    for line in file.read_text().splitlines():
        if setting := re.fullmatch(r"export (AWS_\w+|TABLE_NAME)=(.*)", line):
            os.environ[setting[1]] = "".join(shlex.split(setting[2]))


def shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def print_json(document: object) -> None:
    def plain(value: object) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    print(json.dumps(document, default=plain, ensure_ascii=False, indent=2))  # noqa: T201


def print_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(*(Column(name, overflow="fold") for name in columns))
    for row in rows:
        table.add_row(*row)
    # Where nobody looks, as in a file, there is no width to keep to.
    width = None if sys.stdout.isatty() else 200
    Console(markup=False, width=width).print(table)


def print_text(line: str) -> None:
    """A line as it is, however narrow the terminal: commands must stay whole."""
    print(line)  # noqa: T201
