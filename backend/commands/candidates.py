"""Finding a candidate, bringing her to another municipality, and refusing her."""

from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from chalicelib import bootstrap, deciding
from chalicelib.deciding import Decided, Outcome
from chalicelib.domain import cleaning
from chalicelib.domain.finder import find
from chalicelib.domain.handover import COMMAND
from chalicelib.domain.reference import is_reference
from chalicelib.domain.rerouting import REFUSALS, NotPossibleError, refused_for, rerouted
from chalicelib.domain.views import SEARCHED, View
from chalicelib.names import search as by_name
from commands.console import AsJson, DryRun, Who, open_store, print_json, print_table, shown, told

commands = typer.Typer()

Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="MB-…")]


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


@commands.command()
def reroute(
    reference: Reference,
    receiver: Annotated[str, typer.Argument(metavar="FROM", help="Such as 41002, or partner-1.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="The NIS code of a municipality.")],
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take somebody from one place and give her to a municipality; all of them are told."""
    try:
        place = cleaning.municipality(to)
    except cleaning.UnusableAnswerError:
        raise typer.BadParameter("that is no NIS code of a municipality") from None
    store, now = open_store(), bootstrap.now()

    def done() -> Decided:
        if dry_run:
            one = store.get(reference, now)
            after = one and rerouted(one, receiver, place, COMMAND, now)
            return Decided(Outcome.DONE, after) if after else Decided(Outcome.GONE)
        return deciding.reroute(reference, receiver, store, to=place, door=COMMAND, now=now)

    _decide(reference, done, "rerouted", dry_run=dry_run, as_json=as_json)


@commands.command()
def refuse(
    reference: Reference,
    *,
    why: Annotated[str, typer.Option(help=f"One of {', '.join(REFUSALS)}.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Refuse somebody, with a reason: nobody has her any more. This can't be undone."""
    if why not in REFUSALS:
        raise typer.BadParameter(f"a reason is one of {', '.join(REFUSALS)}")
    store, now = open_store(), bootstrap.now()

    def done() -> Decided:
        if dry_run:
            one = store.get(reference, now)
            after = one and refused_for(one, why, COMMAND, now)
            same = Outcome.ALREADY if after is one else Outcome.DONE
            return Decided(same, after) if after else Decided(Outcome.GONE)
        return deciding.refuse(reference, why, COMMAND, store, now)

    _decide(reference, done, "refused", dry_run=dry_run, as_json=as_json)


def _decide(
    reference: str, decide: Callable[[], Decided], done: str, *, dry_run: bool, as_json: bool
) -> None:
    try:
        decided = decide() if is_reference(reference) else Decided(Outcome.GONE)
    except NotPossibleError as error:
        _fail(str(error))
    if decided.outcome is Outcome.GONE:
        _fail("There is no registration with that reference.")
    outcome = done if decided.outcome is Outcome.DONE else "unchanged"
    if as_json:
        print_json({"reference": reference, "outcome": outcome, "dry_run": dry_run})
    else:
        told.print(f"{reference}: {'would be ' if dry_run else ''}{outcome}.", markup=False)


def _fail(message: str) -> NoReturn:
    told.print(message, markup=False)
    raise typer.Exit(1)
