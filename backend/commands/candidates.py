"""
Finding a candidate; what is done about her for a municipality; letting her through, bringing her to
another municipality, refusing her, and undoing that.
"""

from typing import Annotated

import typer

from chalicelib import bootstrap, deciding, handling
from chalicelib.deciding import Decided, Outcome
from chalicelib.domain import cleaning, deed
from chalicelib.domain.deed import DEEDS, UNDO, InvalidDeedError
from chalicelib.domain.finder import find
from chalicelib.domain.handover import COMMAND, REASONS
from chalicelib.domain.reference import is_reference
from chalicelib.domain.rerouting import REFUSALS, NotPossibleError
from chalicelib.domain.views import SEARCHED, View
from chalicelib.names import search as by_name
from chalicelib.worklist import is_place
from commands.console import (
    AsJson,
    DryRun,
    Who,
    fail,
    open_store,
    print_json,
    print_table,
    shown,
    told,
)

commands = typer.Typer()

Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="MB-…")]
Receiver = Annotated[str, typer.Argument(metavar="PLACE", help="Such as 41002, or partner-1.")]


@commands.command()
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A reference, a place or a name.")],
    *,
    who: Who,
    as_json: AsJson = False,
) -> None:
    """Find registrations, by reference only: no person is printed. It is written down by whom."""
    store, now = open_store(), bootstrap.now()
    reference = text.upper().replace(" ", "")
    if is_reference(reference):
        one = store.get(reference, now)
        found = [one] if one else []
    else:
        found = by_name(text, store, bootstrap.signing_keys(), now)
        for seen in [one.reference for one in found] or [""]:
            store.add_view(View(now, who, SEARCHED, seen))
    places = find(text)
    if as_json:
        print_json(
            {
                "registrations": [
                    {
                        "reference": one.reference,
                        "registered_at": one.registered_at,
                        "municipalities": list(one.answers.municipality),
                    }
                    for one in found
                ],
                "places": [place.municipality.nis_code for place in places],
            }
        )
        return
    print_table(
        ("reference", "registered", "municipalities"),
        (
            (
                one.reference,
                shown(one.registered_at),
                ", ".join(place.name for place in one.answers.municipalities),
            )
            for one in found
        ),
    )
    for place in places:
        told.print(f"{place.municipality.nis_code} {place.label}", markup=False)


@commands.command("list")
def list_candidates(
    nis_code: Annotated[str, typer.Argument(metavar="NIS_CODE", help="Such as 41002.")],
    as_json: AsJson = False,
) -> None:
    """The candidates of a municipality, who waits longest first: no person is printed."""
    if not is_place(nis_code):
        raise typer.BadParameter("that is no NIS code of a municipality")
    found = open_store().candidates(nis_code, bootstrap.now())
    rows = sorted(
        (row for row in found if not row.is_gone),
        key=lambda row: (not row.waits, row.since, row.reference),
    )
    if as_json:
        print_json(
            [
                {
                    "reference": row.reference,
                    "state": row.state,
                    "since": row.since,
                    "waits": row.waits,
                }
                for row in rows
            ]
        )
        return
    print_table(
        ("reference", "state", "since", "waits"),
        ((row.reference, row.state, shown(row.since), "yes" if row.waits else "") for row in rows),
    )


@commands.command()
def act(
    reference: Reference,
    receiver: Receiver,
    what: Annotated[str, typer.Argument(metavar="WHAT", help=f"One of {', '.join(DEEDS)}.")],
    *,
    why: Annotated[str, typer.Option(help=f"With not-now: {', '.join(REASONS)}.")] = "",
    to: Annotated[str, typer.Option(help="With handed-on: a NIS code.")] = "",
    partner_name: Annotated[str, typer.Option(help="With propose: an organisation.")] = "",
    partner_email: Annotated[str, typer.Option(help="With propose: its address.")] = "",
    note: Annotated[str, typer.Option(help="The candidate may ask for it.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Note what a municipality did, or revoke its link; `undo` takes it back for an hour."""
    if what not in DEEDS:
        raise typer.BadParameter(f"it is one of {', '.join(DEEDS)}")
    store, now = open_store(dry_run=dry_run), bootstrap.now()
    known = is_reference(reference)
    case = handling.found(reference, receiver, store, now, COMMAND) if known else None
    if case is None:
        fail("That place does not have a candidate with that reference (any more).")
    posted = {
        "act": what,
        "seen": str(case.handover.changes),
        "why": why,
        "to": to,
        "partner_name": partner_name,
        "partner_email": partner_email,
        "note": note,
    }
    try:
        asked = deed.read({name: [value] for name, value in posted.items()})
        handled = handling.act(case, asked, COMMAND, store, now)
    except InvalidDeedError as error:
        fail("\n".join(f"{name}: {message}" for name, message in error.form.errors.items()))
    outcome = handled.outcome if handled else handling.Outcome.CHANGED
    done = "done" if outcome is handling.Outcome.DONE else "unchanged"
    if outcome in {handling.Outcome.TOO_LATE, handling.Outcome.TOO_OFTEN}:
        fail(f"Nothing was done: it is {outcome.value.replace('-', ' ')}.")
    _tell(reference, done, dry_run=dry_run, as_json=as_json)


@commands.command()
def reroute(
    reference: Reference,
    receiver: Annotated[str, typer.Argument(metavar="FROM", help="Such as 41002, or partner-1.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="The NIS code of a municipality.")],
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take somebody from one place to a municipality; all are told, after the hour of `undo`."""
    try:
        place = cleaning.municipality(to)
    except cleaning.UnusableAnswerError:
        raise typer.BadParameter("that is no NIS code of a municipality") from None
    store, now = open_store(dry_run=dry_run), bootstrap.now()
    try:
        decided = deciding.reroute(reference, receiver, store, to=place, door=COMMAND, now=now)
    except NotPossibleError as error:
        fail(str(error))
    _decided(reference, decided, "rerouted", dry_run=dry_run, as_json=as_json)


@commands.command()
def refuse(
    reference: Reference,
    *,
    why: Annotated[str, typer.Option(help=f"One of {', '.join(REFUSALS)}.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Refuse somebody, with a reason: nobody has her any more. `undo` takes it back for an hour."""
    if why not in REFUSALS:
        raise typer.BadParameter(f"a reason is one of {', '.join(REFUSALS)}")
    store, now = open_store(dry_run=dry_run), bootstrap.now()
    try:
        decided = deciding.refuse(reference, why, COMMAND, store, now=now)
    except NotPossibleError as error:
        fail(str(error))
    _decided(reference, decided, "refused", dry_run=dry_run, as_json=as_json)


@commands.command()
def release(reference: Reference, *, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Let somebody through who was held: her mails go out within a minute."""
    store, now = open_store(dry_run=dry_run), bootstrap.now()
    decided = deciding.release(reference, COMMAND, store, now=now)
    _decided(reference, decided, "released", dry_run=dry_run, as_json=as_json)


@commands.command()
def undo(
    reference: Reference,
    receiver: Annotated[
        str, typer.Argument(metavar="[PLACE]", help="Of an act there; else of a decision.")
    ] = "",
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take back a refusal, another municipality, or (with a place) an act: within the hour."""
    if receiver:
        act(reference, receiver, UNDO, dry_run=dry_run, as_json=as_json)
        return
    decided = deciding.undo(reference, COMMAND, open_store(dry_run=dry_run), now=bootstrap.now())
    if decided.outcome is Outcome.ALREADY:
        fail("There is nothing that can be undone (any more).")
    _decided(reference, decided, "undone", dry_run=dry_run, as_json=as_json)


def _decided(reference: str, decided: Decided, done: str, *, dry_run: bool, as_json: bool) -> None:
    if decided.outcome is Outcome.GONE:
        fail("There is no registration with that reference.")
    outcome = done if decided.outcome is Outcome.DONE else "unchanged"
    _tell(reference, outcome, dry_run=dry_run, as_json=as_json)


def _tell(reference: str, outcome: str, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({"reference": reference, "outcome": outcome, "dry_run": dry_run})
    else:
        told.print(f"{reference}: {'would be ' if dry_run else ''}{outcome}.", markup=False)
