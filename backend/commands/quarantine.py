"""What was held as it looked odd, and waits for the desk."""

import typer

from chalicelib import bootstrap
from chalicelib.domain.reference import is_reference
from chalicelib.domain.suspicion import decision_on, held_for
from chalicelib.domain.wording import listed
from chalicelib.reviewing import REFUSE, RELEASE, decide, quarantined
from commands.console import AsJson, open_store, print_json, print_table, shown, told

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


@commands.command()
def release(reference: str, as_json: AsJson = False) -> None:
    """Forward it after all: its mails go out within a minute."""
    _decide(reference, RELEASE, as_json=as_json)


@commands.command()
def refuse(reference: str, as_json: AsJson = False) -> None:
    """Refuse it: nobody is mailed."""
    _decide(reference, REFUSE, as_json=as_json)


def _decide(reference: str, decision: str, *, as_json: bool) -> None:
    now = bootstrap.now()
    registration = (
        decide(reference, decision, open_store(), now) if is_reference(reference) else None
    )
    if registration is None:
        told.print("There is no registration with that reference.")
        raise typer.Exit(1)
    event = decision_on(registration)
    outcome = event.what if event else "never-held"
    if as_json:
        print_json({"reference": reference, "outcome": outcome, "at": event.at if event else None})
    else:
        told.print(f"{reference}: {outcome} {shown(event.at) if event else ''}".rstrip())
