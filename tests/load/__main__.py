"""
`make load`: everybody who is expected signs up at once, and nothing is lost and nothing doubled.

On the running system, started for it alone. Prints what was measured as a table; ends with 1 when
something is not as it should be.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from chalicelib.domain.registration import Registration
from chalicelib.registrations import read_registration
from tests.load.clients import CLIENTS, Tally, send_all
from tests.load.crowd import Person, crowd
from tests.load.mailbox import copies, moments
from tests.load.memory import Memory, watched
from tests.stack import Stack

TARGET = 10_000
PACKAGE = Path("build/backend/deployment.zip")
STANDSTILL = 240  # seconds without any progress: longer than a queue hides what failed
SOON = timedelta(days=2)  # what we ask or tell her later (patience.py) is no work left over
FLAT = 0.10


@dataclass(frozen=True)
class Run:
    """What is known when everything has ended; times in seconds."""

    people: Sequence[Person]
    tally: Tally
    sending: float
    draining: float
    registrations: Mapping[str, Registration]
    items: int
    mailed: Counter[tuple[str, str]]
    mails_a_second: float
    memory: Memory


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=TARGET, help="people (%(default)s)")
    people = list(crowd(parser.parse_args(arguments).count))
    with tempfile.TemporaryDirectory(prefix="mijnbuddy-load-") as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            run = measure(stack, people)
        finally:
            stack.stop()
    print("\n".join(table(run)))
    found = list(problems(run))
    for problem in found:
        print(f"PROBLEM: {problem}")
    return 1 if found else 0


def measure(stack: Stack, people: Sequence[Person]) -> Run:
    """Let everybody sign up, and wait until nothing is left to do."""
    tally = Tally()
    with watched(stack.aws_port) as memory:
        sending = asyncio.run(send_all(stack.url, people, tally))
        tell(f"sent in {sending:.0f} s; now the mails")
        began = time.monotonic()
        drain(stack, sum(person.mails for person in people))
        draining = time.monotonic() - began
    sent = moments(stack.directory / "mail")
    items = stack.items()
    return Run(
        people=people,
        tally=tally,
        sending=sending,
        draining=draining,
        registrations={one.reference: one for one in map(read_registration, items)},
        items=len(items),
        mailed=copies(stack.directory / "mail"),
        mails_a_second=len(sent) / (sent[-1] - sent[0]).total_seconds(),
        memory=memory,
    )


def drain(stack: Stack, mails: int) -> None:
    """Wait until every mail is out and SES has told of each, or nothing moves any more."""
    moved, before = time.monotonic(), (-1, -1)
    while time.monotonic() - moved < STANDSTILL:
        now = stack.mail_count(), waiting(stack)
        if now[0] >= mails and now[1] == 0:
            return
        if now != before:
            moved, before = time.monotonic(), now
        tell(f"{now[0]} of {mails} mails, {now[1]} registrations wait")
        time.sleep(10)


def waiting(stack: Stack) -> int:
    """How many registrations have a next step soon, be it to hear from SES."""
    soon = datetime.now(UTC) + SOON
    pages = (
        stack.aws("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName="mijnbuddy-local",
            IndexName="due",
            KeyConditionExpression="due = :due AND due_at <= :soon",
            ExpressionAttributeValues={
                ":due": {"S": "due"},
                ":soon": {"S": soon.isoformat()},
            },
            Select="COUNT",
        )
    )
    return sum(page["Count"] for page in pages)


def problems(run: Run) -> Iterator[str]:
    """Whatever is not as it should be."""
    if run.tally.errors:
        yield f"{len(run.tally.errors)} never accepted: {Counter(run.tally.errors)}"
    given = [reference for one in run.tally.references.values() for reference in one]
    if len(given) != len(run.tally.references):
        yield "somebody was given two references"
    lost = [one for one in given if one not in run.registrations]
    if lost:
        yield f"LOST: {len(lost)} acknowledged and not stored"
    if run.items != len(run.registrations) or run.items != len(run.people):
        yield f"{run.items} registrations stored of {len(run.people)} people"
    yield from _mail_problems(run)
    for function in run.memory.samples:
        if run.memory.has_grown(function, FLAT):
            yield f"memory of {function} is not flat"


def _mail_problems(run: Run) -> Iterator[str]:
    per_reference = Counter(reference for reference, _ in run.mailed)
    by_email = {one.answers.email: one for one in run.registrations.values()}
    unmailed = [
        person
        for person in run.people
        if person.form["email"] in by_email
        and per_reference[by_email[person.form["email"]].reference] != person.mails
    ]
    if unmailed:
        yield f"LOST: {len(unmailed)} without all their mails"
    doubled = [pair for pair, count in run.mailed.items() if count > 1]
    if doubled:
        yield f"DOUBLED: {len(doubled)} mails"
    statuses = Counter(mail.status for one in run.registrations.values() for mail in one.mails)
    if set(statuses) != {"delivered"}:
        yield f"not every mail is known to be delivered: {dict(statuses)}"


def table(run: Run) -> Iterator[str]:
    """What was measured, as Markdown."""
    tally, milliseconds = run.tally, [1000 * one for one in run.tally.seconds]
    statuses = Counter(mail.status for one in run.registrations.values() for mail in one.mails)
    doubled = sum(count - 1 for count in run.mailed.values())
    events = Counter(event.what for one in run.registrations.values() for event in one.events)
    rows = {
        "people, clients at once": f"{len(run.people):,}, {CLIENTS}",
        "requests": f"{tally.requests:,} in {run.sending:.0f} s: "
        f"{tally.requests / run.sending:.0f} a second",
        "POST, p50 and p99": f"{median(milliseconds):.0f} ms, "
        f"{quantiles(milliseconds, n=100)[98]:.0f} ms",
        "sent twice, broken off, tried again": f"{tally.repeated}, {tally.broken_off}, "
        f"{tally.retries} {dict(Counter(tally.refused)) or ''}".rstrip(),
        "errors": f"{len(tally.errors)}",
        "registrations stored": f"{run.items:,}",
        "mails": f"{run.mailed.total():,}, {run.mails_a_second:.1f} a second",
        "mails by status": ", ".join(f"{count:,} {what}" for what, count in statuses.items()),
        "doubled": f"{doubled}",
        "from the last answer until nothing waits": f"{timedelta(seconds=round(run.draining))}",
        "events in the records": ", ".join(f"{count:,} {what}" for what, count in events.items()),
        "zip": f"{PACKAGE.stat().st_size:,} bytes",
    }
    yield f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n"
    yield "| | |\n| --- | --- |"
    yield from (f"| {name} | {value} |" for name, value in rows.items())
    yield "\n| memory, MiB a process | processes | start | middle | end |"
    yield "| --- | --- | --- | --- | --- |"
    for function in sorted(run.memory.samples):
        sizes = " | ".join(f"{size:.0f}" for size in run.memory.course(function))
        yield f"| {function} | {run.memory.processes[function]} | {sizes} |"


def tell(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
