"""What became of a registration's mails, and what a person decides about one that waits."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import track

from chalicelib import bootstrap, deciding
from chalicelib.domain.clearing import HANDLED, SenselessError, closed, sent_again
from chalicelib.domain.handover import COMMAND
from chalicelib.domain.outbox import Mail, Outbox
from chalicelib.domain.reference import is_reference
from chalicelib.domain.registration import Registration
from chalicelib.domain.views import VIEWED, View
from chalicelib.failures import StaleError
from chalicelib.worklist import Filter, resendable
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

MAX_TRIES = 10

commands = typer.Typer()

Id = Annotated[str, typer.Argument(metavar="REFERENCE", help="MB-…, or the id of a notice.")]
Kind = Annotated[str, typer.Option("--mail", metavar="KIND", help="Such as forwarding.")]
To = Annotated[str, typer.Option("--to", metavar="RECEIVER", help="A NIS code, or volunteer.")]


@commands.command()
def show(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="MB-…")],
    *,
    who: Who,
    person: Annotated[
        bool, typer.Option("--person", help="Also who it is. It is written down by whom.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What became of one registration: where she is, its mails and events; not the person."""
    store, now = open_store(), bootstrap.now()
    registration = store.get(reference, now) if is_reference(reference) else None
    if registration is None:
        fail("There is no registration with that reference.")
    if person:  # the entry comes first: without it, nothing is shown
        store.add_view(View(now, who, VIEWED, reference))
    facts: dict[str, object] = {
        **({"answers": asdict(registration.answers)} if person else {}),
        "reference": registration.reference,
        "registered_at": registration.registered_at,
        "repeat_of": registration.repeat_of,
        "hold": registration.hold,
        "places": [
            {"receiver": one.receiver, "state": one.state, "ended_at": one.ended_at}
            for one in registration.handovers
        ],
        "mails": [
            asdict(mail) | {"status": mail.status, "sent_at": mail.sent_at}
            for mail in registration.mails
        ],
        "events": [asdict(event) for event in registration.events],
    }
    if as_json:
        print_json(facts)
        return
    if person:
        print_table(("field", "value"), _answers(registration))
    print_table(
        ("place", "state", "since", "ended"),
        (
            (one.receiver, one.state, shown(one.since), shown(one.ended_at))
            for one in registration.handovers
        ),
    )
    print_table(
        ("mail", "to", "status", "attempts", "reason", "when"),
        (
            (
                mail.kind,
                mail.receiver,
                mail.status,
                str(mail.attempts),
                mail.reason,
                _moments(mail),
            )
            for mail in registration.mails
        ),
    )


def _answers(registration: Registration) -> list[tuple[str, str]]:
    answers = asdict(registration.answers).items()
    return [(name, str(value)) for name, value in answers if value]


def _moments(mail: Mail) -> str:
    moments = {"sent": mail.sent_at, "delivered": mail.delivered_at, "next": mail.next_at}
    return "\n".join(f"{what} {shown(at)}" for what, at in moments.items() if at)


@commands.command()
def resend(
    reference: Annotated[str, typer.Argument(metavar="[REFERENCE]", help="One of them.")] = "",
    kind: Kind = "",
    to: To = "",
    why: Annotated[str, typer.Option(help="With --all: such as came-back-from-all.")] = "",
    *,
    everyone: Annotated[
        bool, typer.Option("--all", help="Every mail that waits for a person and can go again.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Try a mail again that waits for a person; without --mail and --to, all that do."""
    if everyone == bool(reference):
        raise typer.BadParameter("name one registration, or use --all")
    if everyone:
        _resend_all(Filter(kind, why, to), dry_run=dry_run, as_json=as_json)
    else:
        _decide(reference, kind, to, _again, "resent", dry_run=dry_run, as_json=as_json)


def _resend_all(only: Filter, *, dry_run: bool, as_json: bool) -> None:
    store, now = open_store(), bootstrap.now()
    found = [task.which for task in resendable(store, only, now) if task.which]
    outcomes = [
        "would-be-resent" if dry_run else deciding.resend(which, COMMAND, store, now).outcome.value
        for which in track(found, "resending", console=told, disable=as_json or dry_run)
    ]
    if as_json:
        rows = [
            {"reference": one.id, "mail": one.kind, "receiver": one.receiver, "outcome": outcome}
            for one, outcome in zip(found, outcomes, strict=True)
        ]
        print_json({"mails": rows, "dry_run": dry_run})
        return
    print_table(
        ("reference", "mail", "to", "outcome"),
        (
            (one.id, one.kind, one.receiver, outcome)
            for one, outcome in zip(found, outcomes, strict=True)
        ),
    )
    told.print(f"{len(found)} mails.")


@commands.command()
def close(
    reference: Id,
    *,
    kind: Kind,
    to: To,
    why: Annotated[str, typer.Option(help=f"How you dealt with it: {', '.join(HANDLED)}.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Close a mail that waits for a person: you dealt with it in another way."""

    def handled(outbox: Outbox, mail: Mail) -> Outbox:
        return closed(outbox, mail, why, bootstrap.now())

    _decide(reference, kind, to, handled, "closed", dry_run=dry_run, as_json=as_json)


def _again(outbox: Outbox, mail: Mail) -> Outbox:
    return sent_again(outbox, mail, bootstrap.now())


def _decide(
    id_: str,
    kind: str,
    to: str,
    decide: Callable[[Outbox, Mail], Outbox],
    done: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    store = open_store(dry_run=dry_run)
    for _ in range(MAX_TRIES):
        outbox = store.outbox(id_, bootstrap.now())
        if outbox is None:
            fail("There is nothing with that reference.")
        mails = _chosen(outbox, kind, to)
        following = outbox
        try:
            for mail in mails:
                following = decide(following, mail)
            if following is not outbox:
                store.save(following)
        except SenselessError as error:
            fail(str(error))
        except StaleError:  # something happened to it meanwhile: look again
            continue
        changed = following is not outbox
        outcome = f"would be {done}" if dry_run else done
        _tell(id_, mails, outcome if changed else "unchanged", as_json=as_json)
        return
    fail("It keeps changing. Try again in a minute.")


def _chosen(outbox: Outbox, kind: str, to: str) -> list[Mail]:
    if kind or to:
        found = [one for one in outbox.mails if kind in {"", one.kind} and to in {"", one.receiver}]
    else:
        found = [one for one in outbox.mails if one.attention_at]
    if not found:
        known = ", ".join(f"--mail {one.kind} --to {one.receiver}" for one in outbox.mails)
        fail(f"It has no such mail, or none waits for a person. It has: {known}.")
    return found


def _tell(id_: str, mails: list[Mail], done: str, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "reference": id_,
                "outcome": done,
                "mails": [{"mail": one.kind, "receiver": one.receiver} for one in mails],
            }
        )
        return
    for one in mails:
        told.print(f"{id_}: {one.kind} to {one.receiver} {done}.", markup=False)
