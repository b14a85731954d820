"""The ledger that all figures come from."""

import typer

from chalicelib import bootstrap, projection
from commands.console import AsJson, open_store, print_json, told

commands = typer.Typer(no_args_is_help=True, help="The ledger that all figures come from.")


@commands.command("repair")
def repair_ledger(as_json: AsJson = False) -> None:
    """Compare ledger and lists with the registrations and add what is missing."""
    missing = projection.repair(open_store(), bootstrap.now())
    if as_json:
        print_json({"missing": missing})
    else:
        told.print(f"{missing} entries were missing and are there now.")
