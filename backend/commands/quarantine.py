"""What was held as it looked odd, and waits for the desk."""

import typer

from chalicelib import bootstrap
from chalicelib.domain.suspicion import held_for
from chalicelib.domain.wording import listed
from chalicelib.reviewing import quarantined
from commands.console import AsJson, open_store, print_json, print_table, shown

commands = typer.Typer(no_args_is_help=True, help="What was held and waits for the desk.")


@commands.command("list")
def list_quarantine(as_json: AsJson = False) -> None:
    """What waits, longest first: the reference and why, not the person."""
    waiting = list(quarantined(open_store(), bootstrap.now()))
    if as_json:
        print_json(
            [
                {
                    "reference": one.reference,
                    "registered_at": one.registered_at,
                    "held_at": one.held_at,
                    "why": held_for(one),
                    "municipalities": list(one.answers.municipality),
                }
                for one in waiting
            ]
        )
        return
    print_table(
        ("reference", "registered", "held", "why", "municipalities"),
        (
            (
                one.reference,
                shown(one.registered_at),
                shown(one.held_at),
                held_for(one),
                listed(one.answers.municipalities),
            )
            for one in waiting
        ),
    )
