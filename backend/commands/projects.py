"""Buddy projects that people told us of: what waits, writing them into the inventory, erasing."""

from pathlib import Path
from typing import Annotated

import typer

from chalicelib import bootstrap
from chalicelib.deciding import Outcome as Decided
from chalicelib.domain.calendar import local_date
from chalicelib.domain.handover import COMMAND
from chalicelib.domain.reference import is_suggestion
from chalicelib.domain.suggestion import ACCEPTED
from chalicelib.suggesting import erase as erase_one
from commands.console import AsJson, DryRun, fail, open_store, print_json, print_table, shown, told

commands = typer.Typer(no_args_is_help=True, help="Buddy projects that people told us of.")

Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="MP-….")]
Site = Annotated[
    Path,
    typer.Option(
        "--site", exists=True, file_okay=False, help="The folder with content/ and data/."
    ),
]


@commands.command("list")
def list_suggestions(as_json: AsJson = False) -> None:
    """What there is, oldest first: how it stands, not who sent it."""
    found = sorted(open_store().suggestions(bootstrap.now()), key=lambda one: one.registered_at)
    rows = [
        {
            "reference": one.reference,
            "registered_at": one.registered_at,
            "decision": "erased" if one.erased_at else one.decision or one.hold or "open",
            "decided_at": one.decided_at,
            "belongs_to": one.belongs_to,
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("reference", "registered", "decision", "decided", "project"),
        (
            (
                one.reference,
                shown(one.registered_at),
                str(row["decision"]),
                shown(one.decided_at),
                one.belongs_to,
            )
            for one, row in zip(found, rows, strict=True)
        ),
    )


@commands.command("export")
def export_accepted(site: Site = Path("site"), as_json: AsJson = False) -> None:
    """
    Write what was accepted into the files of the inventory, to look through before publishing.

    Doing it again writes nothing; what somebody edited stays. Ends with 1 where a person must
    write something by hand.
    """
    from publishing.suggested import Outcome, export

    now = bootstrap.now()
    accepted = [one for one in open_store().suggestions(now) if one.decision == ACCEPTED]
    done = list(export(accepted, site, local_date(now).year))
    if as_json:
        print_json(
            [
                {
                    "reference": one.reference,
                    "outcome": one.outcome.value,
                    "path": one.path,
                    "why": one.why,
                }
                for one in done
            ]
        )
    else:
        print_table(
            ("reference", "outcome", "file", "why"),
            ((one.reference, one.outcome.value, one.path, one.why) for one in done),
        )
        if any(one.outcome is Outcome.WRITTEN for one in done):
            told.print("Look through it with `git diff`, and commit what is right.", markup=False)
    if any(one.outcome is Outcome.BY_HAND for one in done):
        raise typer.Exit(1)


@commands.command("erase")
def erase_reference(reference: Reference, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """
    Forget who sent a suggestion, at once: it can't be undone.

    What was accepted stays, without the person; of any other only a stub is left.
    """
    if not is_suggestion(reference):
        fail(f"{reference} is no reference of a suggestion.")
    store, now = open_store(), bootstrap.now()
    if dry_run:
        outcome = "would be erased" if store.suggestion(reference, now) else Decided.GONE.value
    else:
        outcome = erase_one(reference, COMMAND, store, now).outcome.value
    if as_json:
        print_json({"reference": reference, "outcome": outcome})
    else:
        told.print(f"{reference}: {outcome}", markup=False)
    if outcome == Decided.GONE.value:
        raise typer.Exit(1)
