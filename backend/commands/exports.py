"""A file with many registrations, as the agency's desk makes it, straight to this disk."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from chalicelib import bootstrap
from chalicelib.domain.export import KINDS, PROVINCES, STATES, UnusableChoiceError, read_choice
from chalicelib.domain.views import EXPORTED, View
from chalicelib.export_files import write
from commands.console import AsJson, Who, fail, open_store, print_json, told

commands = typer.Typer()

_DAY = ["%Y-%m-%d"]


@commands.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Such as list.xlsx or list.csv.")],
    *,
    municipality: Annotated[str, typer.Option(help="A NIS code, such as 41002.")] = "",
    province: Annotated[str, typer.Option(help=f"One of {', '.join(PROVINCES)}.")] = "",
    state: Annotated[str, typer.Option(help=f"One of {', '.join(STATES)}.")] = "",
    since: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="Registered from this day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="… up to and with this day.")
    ] = None,
    who: Who,
    as_json: AsJson = False,
) -> None:
    """
    Write registrations to a new file, XLSX or CSV. It is written down who did, and what is in it.

    Personal data: only you may read the file. Delete it when you are done.
    """
    kind = file.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise typer.BadParameter(f"a file ends in one of {', '.join(f'.{kind}' for kind in KINDS)}")
    period = (since and since.date(), until and until.date())
    try:
        choice = read_choice(kind, municipality, province, state, period)
    except UnusableChoiceError as error:
        raise typer.BadParameter(str(error)) from None
    if file.exists():
        fail(f"There is a {file} already.")
    store, now = open_store(), bootstrap.now()
    # It has its name once it is whole, and once there is an entry of it.
    part = file.with_name(f".{file.name}.part")
    try:
        with _bar(disable=as_json) as progress:
            size = store.size()
            task = progress.add_task("reading", total=size)

            def scanned(items: int) -> None:
                progress.advance(task, items)
                progress.update(task, total=max(size, progress.tasks[task].completed))

            count = write(part, store.registrations(now, scanned), choice, now)
            progress.update(task, total=progress.tasks[task].completed)
        store.add_view(View(bootstrap.now(), who, EXPORTED, about=choice.code, count=count))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    if as_json:
        print_json({"file": str(file), "choice": choice.code, "registrations": count})
    else:
        told.print(f"{count} registrations in {file}.", markup=False, highlight=False)


def _bar(*, disable: bool) -> Progress:
    """How much of the table was read: its items are counted every six hours, so about."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("items"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=told,
        disable=disable,
    )
