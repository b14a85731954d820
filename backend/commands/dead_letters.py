"""What could not be handled and waits in a queue: shown, and offered again."""

from collections import Counter

import typer

from chalicelib import bootstrap, projection
from chalicelib.queues import DEAD_LETTERS, MAIL_EVENT_FAILURES, DeadLetter
from chalicelib.watching import free_stuck
from commands.console import AsJson, DryRun, open_store, print_json, print_table, shown, told

commands = typer.Typer(no_args_is_help=True, help="What could not be handled, in its queues.")


@commands.command("list")
def list_letters(as_json: AsJson = False) -> None:
    """The dead letters, by queue: since when, about what and with which outcome; no person."""
    found = _read()
    _put_down(found)
    if as_json:
        print_json([_shown(letter) for letter in found])
        return
    print_table(
        ("queue", "since", "about", "outcome"),
        ((one.queue, shown(one.since), one.about, one.outcome) for one in found),
    )
    told.print(f"{len(found)} dead letters.")


@commands.command("requeue")
def requeue_letters(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """
    Offer them again: an event of SES goes back to its queue; what the stream or a schedule failed
    at is done anew by the repair and the next sweep, from the table.

    A crash halfway means twice, which is once.
    """
    found = _read()
    done: Counter[str] = Counter()
    if dry_run:
        _put_down(found)
    else:
        if any(one.queue != MAIL_EVENT_FAILURES for one in found):
            now = bootstrap.now()
            projection.repair(open_store(), now)
            free_stuck(open_store(), now)
        for letter in found:
            if letter.queue == MAIL_EVENT_FAILURES:
                bootstrap.queues().send_back(letter)
            bootstrap.queues().delete(letter)
            done[letter.queue] += 1
    counts = Counter(one.queue for one in found)
    if as_json:
        print_json({"found": counts, "requeued": done, "dry_run": dry_run})
        return
    for queue in DEAD_LETTERS:
        told.print(f"{queue}: {counts[queue]} found, {done[queue]} requeued.")


def _read() -> list[DeadLetter]:
    open_store()  # says what is missing in the environment
    return [letter for queue in DEAD_LETTERS for letter in bootstrap.queues().dead_letters(queue)]


def _put_down(letters: list[DeadLetter]) -> None:
    for letter in letters:
        bootstrap.queues().put_down(letter)


def _shown(letter: DeadLetter) -> dict[str, object]:
    return {
        "queue": letter.queue,
        "id": letter.id,
        "since": letter.since,
        "about": letter.about,
        "outcome": letter.outcome,
    }
