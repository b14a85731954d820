"""Who leaves, as asked by phone or by mail at the agency; and what was erased."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from chalicelib import bootstrap
from chalicelib.domain.handover import COMMAND
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.reference import is_reference, is_suggestion
from chalicelib.domain.registration import ERASURE, WITHDRAWAL, Registration
from chalicelib.erasing import erase, same_wish, withdraw
from chalicelib.expiring import erased as erased_on
from chalicelib.expiring import gone
from chalicelib.logs import AGAIN
from chalicelib.suggesting import erase as erase_suggestion
from commands.console import AsJson, DryRun, open_store, print_json, print_table, print_text, told

UNKNOWN, UNCHANGED = "unknown", "unchanged"
MAX_DAYS = 3660  # a report reads every day of it

leaving = typer.Typer()
commands = typer.Typer(no_args_is_help=True, help="What was erased, by rule and day.")

References = Annotated[
    list[str],
    typer.Argument(metavar="REFERENCE...", help="MB-…; more than one after restoring a backup."),
]
Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="MB-….")]
From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="2026-11-01 (UTC).")]
To = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="That day included.")]


@dataclass(frozen=True)
class Outcome:
    """`told` is who is mailed because of it, `also` what is erased with it."""

    reference: str
    outcome: str
    told: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@leaving.command("erase")
def erase_references(
    references: References, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """
    Erase everything that we know of a volunteer, at once: it can't be undone.

    Who was mailed about her is asked to delete the copy.
    """
    asked = list(dict.fromkeys(references))
    outcomes = [
        _erase(one, dry_run=dry_run)
        for one in track(asked, "erasing", console=told, disable=as_json or len(asked) == 1)
    ]
    _tell(outcomes, dry_run=dry_run, as_json=as_json)


@leaving.command("withdraw")
def withdraw_reference(
    reference: Reference, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """She no longer wants to be a buddy: who was mailed about her is told; erased in 30 days."""
    _tell([_withdraw(reference, dry_run=dry_run)], dry_run=dry_run, as_json=as_json)


@commands.command("report")
def report(since: From, until: To, as_json: AsJson = False) -> None:
    """How many were erased or expired, by day and rule, as the ledger tells."""
    store = open_store()
    days = _days(since.date(), until.date())
    rows = [
        row
        for day in track(days, "reading", console=told, disable=as_json)
        for row in gone(day, store)
    ]
    if as_json:
        print_json([{**asdict(row), "day": row.day.isoformat()} for row in rows])
        return
    print_table(
        ("day (UTC)", "what", "rule", "count"),
        ((row.day.isoformat(), row.what, row.rule or "asked", str(row.count)) for row in rows),
    )


@commands.command("references")
def references_erased(since: From, until: To) -> None:
    """
    The references of who was erased, one a line: to erase them again in a restored table.

    mijnbuddy erase $(mijnbuddy retention references --from 2026-11-20 --to 2026-11-23)
    """
    store = open_store()
    for day in _days(since.date(), until.date()):
        for reference in erased_on(day, store):
            print_text(reference)


@commands.command("again")
def do_again(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Lines of the log, as they are.")
    ],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    In a table that was restored: let everybody leave again who left since that copy.

    FILE has lines of the log with «to do again after a restore»; other lines in it are passed over.
    Who is not in this table signed up after the copy, and is said.
    """
    _tell(
        [_again(why, one, dry_run=dry_run) for one, why in left(file.read_text("utf-8"))],
        dry_run=dry_run,
        as_json=as_json,
        unknown_is_fine=True,
    )


def left(lines: str) -> list[tuple[str, str]]:
    """
    Who left, and how, of lines of the log in any wrapping (a whole answer of CloudWatch Logs too):
    each reference once; who was erased is not withdrawn as well.
    """
    found: dict[str, str] = {}
    # CloudWatch Logs quotes a line of ours in one of its own, or many of them in one line.
    for line in re.findall(rf'{{[^{{}}]*"{AGAIN}"[^{{}}]*}}', lines.replace("\\", "")):
        reference, why = (
            re.search(rf'"{name}": *"([^"]+)"', line) for name in ("reference", "why")
        )
        if reference and why and found.get(reference[1]) != "erased":
            found[reference[1]] = why[1]
    return list(found.items())


def _again(why: str, reference: str, *, dry_run: bool) -> Outcome:
    if is_suggestion(reference):
        return _forget_sender(reference, dry_run=dry_run)
    return (_withdraw if why == "withdrawn" else _erase)(reference, dry_run=dry_run)


def _forget_sender(reference: str, *, dry_run: bool) -> Outcome:
    store, now = open_store(), bootstrap.now()
    if store.suggestion(reference, now) is None:
        return Outcome(reference, UNKNOWN)
    if not dry_run:
        erase_suggestion(reference, COMMAND, store, now)
    return Outcome(reference, "erased")


def _erase(reference: str, *, dry_run: bool) -> Outcome:
    store, now = open_store(), bootstrap.now()
    before = _found(reference)
    if before is None:
        return Outcome(reference, UNKNOWN)
    also = tuple(sorted(same_wish(before, store, now) - {reference}))
    after = erased(before, COMMAND, now) if dry_run else erase(reference, COMMAND, store, now)
    outcome = UNCHANGED if before.erased_at else "erased"
    return Outcome(reference, outcome, _told(after, ERASURE), also)


def _withdraw(reference: str, *, dry_run: bool) -> Outcome:
    store, now = open_store(), bootstrap.now()
    before = _found(reference)
    if before is None:
        return Outcome(reference, UNKNOWN)
    after = withdrawn(before, COMMAND, now) if dry_run else withdraw(reference, COMMAND, store, now)
    outcome = UNCHANGED if before.has_left else "withdrawn"
    return Outcome(reference, outcome, _told(after, WITHDRAWAL))


def _told(after: Registration | None, kind: str) -> tuple[str, ...]:
    mails = after.mails if after else ()
    told = (one.receiver for one in mails if one.kind == kind and not one.dropped_at)
    return tuple(dict.fromkeys(told))  # a place may have several copies


def _found(reference: str) -> Registration | None:
    if not is_reference(reference):
        return None
    return open_store().get(reference, bootstrap.now())


def _tell(
    outcomes: list[Outcome], *, dry_run: bool, as_json: bool, unknown_is_fine: bool = False
) -> None:
    if as_json:
        print_json([{**asdict(one), "dry_run": dry_run} for one in outcomes])
    else:
        for one in outcomes:
            told.print(_in_words(one, dry_run=dry_run), markup=False)
    if not unknown_is_fine and any(one.outcome == UNKNOWN for one in outcomes):
        raise typer.Exit(1)


def _in_words(one: Outcome, *, dry_run: bool) -> str:
    if one.outcome == UNKNOWN:
        return f"{one.reference}: there is no registration with that reference."
    would = "would be " if dry_run and one.outcome != UNCHANGED else ""
    also = f"; also: {', '.join(one.also)}" if one.also else ""
    mailed = ", ".join(one.told) or "nobody"
    return f"{one.reference}: {would}{one.outcome}; told: {mailed}{also}."


def _days(since: date, until: date) -> list[date]:
    count = (min(until, bootstrap.now().date()) - since).days + 1
    if count > MAX_DAYS:
        raise typer.BadParameter(f"at most {MAX_DAYS} days")
    return [since + timedelta(days=number) for number in range(count)]
