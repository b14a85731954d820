"""The counts of others: how many registered at a municipality itself, or at an organisation."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from chalicelib import bootstrap
from chalicelib.domain.external import (
    COLUMNS,
    SOURCES,
    External,
    UnusableCountError,
    changed,
    external,
    read_csv,
)
from chalicelib.store import Store
from commands.console import (
    AsJson,
    DryRun,
    Who,
    open_store,
    print_json,
    print_table,
    shown,
    told,
)

commands = typer.Typer(no_args_is_help=True, help="How many registered elsewhere, as others told.")

Day = Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="So many on this day.")]


@commands.command("add")
def add(
    organisation: Annotated[str, typer.Argument(help="Such as «Duo for a Job», or «Stad Gent».")],
    count: Annotated[str, typer.Argument(help="How many in all.")],
    *,
    day: Day,
    source: Annotated[str, typer.Option(help=f"One of {', '.join(SOURCES)}.")],
    note: Annotated[str, typer.Option(help="Where it comes from.")],
    who: Who,
    nis_code: Annotated[str, typer.Option("--nis", help="Of a municipality; not for all.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Keep one count. Another for the same place and day takes its place; both are kept."""
    try:
        one = external(
            source=source,
            organisation=organisation,
            nis_code=nis_code,
            date=day.date().isoformat(),
            count=count,
            note=note,
            recorded_at=bootstrap.now(),
            who=who,
        )
    except UnusableCountError as error:
        _fail(str(error))
    _keep([one], open_store(), dry_run=dry_run, as_json=as_json)


@commands.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=",".join(COLUMNS))],
    *,
    who: Who,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Keep the counts of a CSV file: all, or none when a line is wrong. Twice changes nothing."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        given = list(read_csv(text.splitlines(), bootstrap.now(), who))
    except UnicodeDecodeError:
        _fail("Save the file as UTF-8.")
    except UnusableCountError as error:
        _fail(str(error))
    _keep(given, open_store(), dry_run=dry_run, as_json=as_json)


@commands.command("list")
def list_counts(as_json: AsJson = False) -> None:
    """Every count that we ever got, in the order in which we got them."""
    found = list(open_store().externals())
    if as_json:
        print_json([_facts(one) for one in found])
        return
    print_table(
        ("date", "organisation", "source", "nis", "count", "recorded", "who", "note"),
        (
            (
                one.day.isoformat(),
                one.organisation,
                one.source,
                one.nis_code,
                str(one.count),
                shown(one.recorded_at),
                one.who,
                one.note,
            )
            for one in found
        ),
    )


def _keep(given: Iterable[External], store: Store, *, dry_run: bool, as_json: bool) -> None:
    given = list(given)
    new = list(changed(store.externals(), given))
    if not dry_run:
        for one in new:
            store.add_external(one)
    if as_json:
        print_json({"read": len(given), "changed": len(new), "dry_run": dry_run})
    else:
        kept = "to keep" if dry_run else "kept"
        told.print(f"{len(given)} counts read, {len(new)} {kept}.")


def _facts(one: External) -> dict[str, object]:
    return {
        "source": one.source,
        "organisation": one.organisation,
        "nis_code": one.nis_code,
        "date": one.day.isoformat(),
        "count": one.count,
        "note": one.note,
        "recorded_at": one.recorded_at,
        "who": one.who,
    }


def _fail(message: str) -> NoReturn:
    told.print(message, markup=False)
    raise typer.Exit(1)
