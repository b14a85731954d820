"""
The command line of the agency's desk: `mijnbuddy --help`.

Works on the table named by `TABLE_NAME`, with the AWS settings of the environment; `--local`
takes both from the running `make run`. What a command prints for a program (`--json`) goes to
standard output, everything else to standard error.
"""

import csv
import json
import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from chalicelib import address_book, bootstrap, projection
from chalicelib.domain.municipalities import find_municipality
from chalicelib.domain.reference import is_reference
from chalicelib.store import Store

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="The desk of mijnbuddy.")
contacts = typer.Typer(no_args_is_help=True, help="Contact addresses of the municipalities.")
ledger = typer.Typer(no_args_is_help=True, help="The ledger that all figures come from.")
cli.add_typer(contacts, name="contacts")
cli.add_typer(ledger, name="ledger")

told = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]


@cli.callback()
def choose(
    local: Annotated[bool, typer.Option("--local", help="Use the running `make run`.")] = False,
) -> None:
    if local:
        _take_local_environment()


@contacts.command("import")
def import_contacts(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV: nis_code,email[,order]")
    ],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take over the addresses of a CSV file: new and changed ones, as unconfirmed."""
    store = _store()
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            read = address_book.read_contacts(
                lines, bootstrap.now(), allow_placeholders=not _is_production()
            )
    except (address_book.UnusableFileError, UnicodeDecodeError, csv.Error) as error:
        for line in getattr(error, "errors", ["this is no CSV file in UTF-8"]):
            told.print(line, markup=False)
        raise typer.Exit(1) from None
    changed = list(address_book.changes(store, read))
    if not dry_run:
        for contact in track(changed, "importing", console=told, disable=as_json):
            store.save_contact(contact)
    if as_json:
        _print_json({"read": len(read), "changed": len(changed), "dry_run": dry_run})
    else:
        told.print(
            f"{len(read)} addresses read, {len(changed)} {'to change' if dry_run else 'changed'}."
        )


@contacts.command("list")
def list_contacts(as_json: AsJson = False) -> None:
    """The contact addresses, by municipality."""
    known = list(_store().all_contacts())
    if as_json:
        _print_json(
            [
                asdict(contact) | {"municipality": find_municipality(contact.nis_code).name}
                for contact in known
            ]
        )
        return
    _print_table(
        ("municipality", "address", "order", "state", "since"),
        (
            (
                find_municipality(contact.nis_code).name,
                contact.email,
                str(contact.order),
                contact.state,
                f"{contact.since:%Y-%m-%d}",
            )
            for contact in known
        ),
    )


@cli.command()
def show(reference: str, as_json: AsJson = False) -> None:
    """What became of one registration: its mails and events, not the person."""
    known = is_reference(reference)
    registration = _store().get(reference, bootstrap.now()) if known else None
    if registration is None:
        told.print("There is no registration with that reference.")
        raise typer.Exit(1)
    facts = {
        "reference": registration.reference,
        "registered_at": registration.registered_at,
        "repeat_of": registration.repeat_of,
        "mails": [asdict(mail) | {"status": mail.status} for mail in registration.mails],
        "events": [asdict(event) for event in registration.events],
    }
    if as_json:
        _print_json(facts)
        return
    _print_table(
        ("to", "status", "attempts", "reason", "next attempt", "sent"),
        (
            (
                mail.receiver,
                mail.status,
                str(mail.attempts),
                mail.reason,
                _shown(mail.next_at),
                _shown(mail.sent_at),
            )
            for mail in registration.mails
        ),
    )


@ledger.command("repair")
def repair_ledger(as_json: AsJson = False) -> None:
    """Compare the ledger with the registrations and add what is missing."""
    missing = projection.repair(_store(), bootstrap.now())
    if as_json:
        _print_json({"missing": missing})
    else:
        told.print(f"{missing} events were missing and are there now.")


def _store() -> Store:
    try:
        return bootstrap.store()
    except KeyError as error:
        told.print(f"Set {error.args[0]}, or use --local beside a running `make run`.")
        raise typer.Exit(1) from None


def _is_production() -> bool:
    return os.environ.get("TABLE_NAME", "").endswith("-prod")


def _take_local_environment() -> None:
    """Set what `make run` wrote for us: `export NAME=value` lines."""
    file = Path(os.environ.get("LOCAL_DIR", ".local")) / "env"
    if not file.exists():
        told.print(f"There is no {file}: start `make run` first, here.")
        raise typer.Exit(1)
    for line in file.read_text().splitlines():
        if setting := re.fullmatch(r"export (AWS_\w+|TABLE_NAME)=(.*)", line):
            os.environ[setting[1]] = "".join(shlex.split(setting[2]))


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _print_json(document: object) -> None:
    def plain(value: object) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    print(json.dumps(document, default=plain, ensure_ascii=False, indent=2))  # noqa: T201


def _print_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(*(Column(name, overflow="fold") for name in columns))
    for row in rows:
        table.add_row(*row)
    Console(markup=False).print(table)


def main() -> None:
    cli()


if __name__ == "__main__":
    main()
