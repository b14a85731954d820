"""The figures: the report of a date, the answer to question 48, and whether all is right."""

import hashlib
import json
import shlex
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import track

from chalicelib import bootstrap, counting, reporting
from chalicelib.counting import Difference
from chalicelib.document_files import FORMATS, TEXTS, written
from chalicelib.domain.answer import answer as answer_of
from chalicelib.domain.calendar import local_date
from chalicelib.domain.course import REGISTERED
from chalicelib.domain.document import Document
from chalicelib.domain.figures import FIRST_DAY, Counts, Sheet
from chalicelib.domain.report import GROUPS, NOW, THEN, Known, Question
from chalicelib.domain.report import report as report_of
from chalicelib.projection import repair as repair_ledger
from chalicelib.reporting import NOT_BEFORE, TO_COME, TOO_EARLY, UnanswerableError
from commands.console import AsJson, open_store, print_json, print_table, told

reports = typer.Typer()
commands = typer.Typer(no_args_is_help=True, help="The figures that reports are made of.")

_DAY = ["%Y-%m-%d"]
UNANSWERABLE = {
    TO_COME: "That day is still to come: ask for today or before.",
    TOO_EARLY: f"There was no mijnbuddy.be before {FIRST_DAY}.",
    NOT_BEFORE: "The day to compare with must be before the other one.",
}
AsOf = Annotated[datetime, typer.Option("--as-of", formats=_DAY, help="Up to and with this day.")]
KnownBy = Annotated[
    datetime | None,
    typer.Option(formats=_DAY, help="With the counts of others that we had then; --as-of."),
]
Output = Annotated[Path | None, typer.Option(help="A file to write; its run is beside it.")]


@reports.command("report")
def report(
    *,
    as_of: AsOf,
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Compare with this day.")
    ] = None,
    by: Annotated[str, typer.Option(help=f"One of {', '.join(GROUPS)}.")] = "",
    municipalities: Annotated[
        str, typer.Option(help=f"Those of {THEN}, or those of {NOW}, after mergers.")
    ] = THEN,
    kind: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "md",
    known_by: KnownBy = None,
    output: Output = None,
) -> None:
    """
    How many registered up to and with a day, and what became of them.

    The same day gives the same bytes. When it was made, and their SHA-256, go to standard error.
    """
    _choice(by, ("", *GROUPS), "--by")
    _choice(municipalities, (THEN, NOW), "--municipalities")
    _choice(kind, tuple(FORMATS), "--format")
    question = Question(as_of.date(), _date(since), by, municipalities, _date(known_by))
    question, known = _known(question)
    _hand_out(report_of(question, known), question, known, kind, output)


@reports.command("answer")
def answer(
    as_of: AsOf,
    kind: Annotated[str, typer.Option("--format", help=f"One of {', '.join(TEXTS)}.")] = "md",
    known_by: KnownBy = None,
    output: Output = None,
) -> None:
    """The answer to question 48, with the figures of a day, and what can't be told from them."""
    _choice(kind, TEXTS, "--format")
    question, known = _known(Question(as_of.date(), known_by=_date(known_by)))
    _hand_out(answer_of(question, known), question, known, kind, output)


@commands.command("count")
def count(as_json: AsJson = False) -> None:
    """Count what is not final yet, as the schedule does each quarter of an hour."""
    sheet = counting.count(open_store(), bootstrap.now())
    registered = sheet.total.total.get(REGISTERED, 0) if sheet else None
    if as_json:
        print_json({"day": sheet and sheet.day.isoformat(), "registered": registered})
    elif sheet:
        told.print(f"{registered} registered up to and with {sheet.day}.")


@commands.command("check")
def check(
    *,
    repair: Annotated[bool, typer.Option(help="Count again from the first that differs.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Count every final day again from the ledger, and tell each that differs: then it ends with 1.

    With --repair the ledger is completed first, and what differs is counted again.
    """
    store, now = open_store(), bootstrap.now()
    if repair:
        repair_ledger(store, now)
        counting.count(store, now)
    total = len(counting.recounted(store))
    days = track(counting.recount(store), "counting", total, console=told, disable=as_json)
    found = [one for one in days if isinstance(one, Difference)]
    if repair and found:
        counting.reopen(store, found[0].day)
        counting.count(store, now)
    if as_json:
        print_json(
            {"days": total, "repaired": repair, "differences": [_difference(one) for one in found]}
        )
    else:
        _tell(found, total, repaired=repair)
    if found and not repair:
        raise typer.Exit(1)


def _tell(found: list[Difference], total: int, *, repaired: bool) -> None:
    if found:
        print_table(
            ("day", "measure", "kept", "counted"),
            (
                (one.day.isoformat(), name, str(kept), str(counted))
                for one in found
                for name, (kept, counted) in _measures(one).items()
            ),
        )
    told.print(f"{total} days counted again, {len(found)} differ{'ed' if repaired else ''}.")


def _difference(one: Difference) -> dict[str, object]:
    return {
        "day": one.day.isoformat(),
        "is_kept": one.kept is not None,
        "measures": {
            name: {"kept": kept, "counted": counted}
            for name, (kept, counted) in _measures(one).items()
        },
    }


def _measures(one: Difference) -> dict[str, tuple[int | None, int | None]]:
    """What differs: of the day, of the total, and in each place and campaign."""
    kept = dict(_flat(one.kept)) if one.kept else {}
    counted = dict(_flat(one.counted))
    return {
        name: (kept.get(name), counted.get(name))
        for name in sorted({*kept, *counted})
        if kept.get(name) != counted.get(name)
    }


def _flat(sheet: Sheet) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for name, tally in (("day", sheet.adds), ("total", sheet.total)):
        groups: dict[str, Counts] = {name: tally.total}
        groups |= {f"{name} {place}": counts for place, counts in tally.places.items()}
        groups |= {f"{name} «{code}»": counts for code, counts in tally.sources.items()}
        found += [
            (f"{group} {measure}", count)
            for group, counts in groups.items()
            for measure, count in counts.items()
        ]
    return found


def _known(question: Question) -> tuple[Question, Known]:
    store, now = open_store(), bootstrap.now()
    try:
        question = reporting.answerable(question, now)
    except UnanswerableError as error:
        _fail(UNANSWERABLE[error.code])
    return question, reporting.figures(question, store, now)


def _hand_out(
    document: Document, question: Question, known: Known, kind: str, output: Path | None
) -> None:
    """The bytes go out; what tells of this run goes beside them, as it differs each time."""
    content = written(document, kind)
    digest, now = hashlib.sha256(content).hexdigest(), bootstrap.now()
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        output.write_bytes(content)
        run = {
            "run_at": now.isoformat(),
            "sha256": digest,
            "as_of": question.as_of.isoformat(),
            "is_final": known.is_final,
            "command": shlex.join(["mijnbuddy", *sys.argv[1:]]),
        }
        output.with_name(f"{output.name}.run.json").write_text(
            json.dumps(run, ensure_ascii=False, indent=2) + "\n"
        )
    today = local_date(now)
    what = "final" if known.is_final else "provisional"
    told.print(f"Made at {now:%Y-%m-%d %H:%M:%S} UTC, {what}.", highlight=False)
    told.print(f"SHA-256 {digest}", soft_wrap=True, highlight=False)
    if known.total is None:
        told.print(f"Of {question.as_of} no figures are known.", highlight=False)
    elif not known.is_final and max(question.as_of, question.known_by or now.date()) < today:
        told.print("The daily repair did not make that day final yet.")


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _choice(given: str, known: tuple[str, ...], option: str) -> None:
    if given not in known:
        raise typer.BadParameter(f"{option} is one of {', '.join(filter(None, known))}")


def _fail(message: str) -> NoReturn:
    told.print(message, markup=False)
    raise typer.Exit(1)
