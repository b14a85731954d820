"""How the whole is doing, and what waits for a person."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer

from chalicelib import bootstrap
from chalicelib.digest import sections
from chalicelib.domain.status import report
from chalicelib.previews import Previews
from chalicelib.watching import seen
from commands.console import (
    AsJson,
    fail,
    open_store,
    print_json,
    print_table,
    print_text,
    shown,
    told,
)

commands = typer.Typer()

UNKNOWN, NONE = "unknown", "none"

LIVE = frozenset({"oldest_unsent_seconds", "waiting_for_a_person", "quarantine"})
"""The figures that need no measurement."""

MAY_BE_NONE = frozenset(
    {
        "oldest_unsent_seconds",
        *(f"delivery.{name}" for name in ("count", "median_seconds", "p95_seconds")),
    }
)
"""Which a measurement leaves out where nothing waits, or nothing was delivered."""

SAMPLE_SITE, SAMPLE_AGENCY = "https://www.mijnbuddy.example", "desk@mijnbuddy.example"
"""Of the samples of mails: the person in them is invented, too."""


@commands.command("status")
def show_status(as_json: AsJson = False) -> None:
    """How the whole is doing: the figures of /api/status."""
    store, now = open_store(), bootstrap.now()
    # Where the table does not answer this raises: the desk must hear why, not «degraded».
    found = report(store.status(), seen(store, now), now)
    if as_json:
        print_json(found)
        return
    rows = _rows(found)
    if not found["measured_at"]:
        told.print("Nothing was measured yet: the first measurement comes within minutes.")
        rows = [(name, value) for name, value in rows if name in LIVE and value != UNKNOWN]
    elif found["incidents"] is not None:  # measured, and not too long ago
        rows = [
            (name, NONE if name in MAY_BE_NONE and value == UNKNOWN else value)
            for name, value in rows
        ]
    print_table(("figure", "value"), rows)


@commands.command("digest")
def show_digest(as_json: AsJson = False) -> None:
    """What waits for a person, as the mail of this morning would say it; mails nothing."""
    found = sections(open_store(), "", bootstrap.now())
    if as_json:
        print_json([_plain(asdict(section)) for section in found])
        return
    if not found:
        told.print("Er wacht niets.")
    for section in found:
        print_text(f"\n{section.title} ({section.count})\n{section.how}")
        for item in section.items:
            print_text(f"\n- {item.name}{', ' if item.waits else ''}{item.waits}")
            for line in filter(None, (item.what, *item.commands)):
                print_text(f"  {line}")
        if section.more:
            print_text(f"\nEn nog {section.more}.")


def _rows(figures: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            rows += _rows(value, f"{prefix}{name}.")
        else:
            rows.append((f"{prefix}{name}", _in_words(value)))
    return rows


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or NONE
    return UNKNOWN if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


@commands.command("views")
def show_views(
    day: Annotated[
        datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="2026-11-23 (UTC); today.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Which officer looked at which registration, or took which file, on one day."""
    chosen = (day or bootstrap.now()).date().isoformat()
    views = list(open_store().views(chosen, bootstrap.now()))
    if as_json:
        print_json([asdict(view) for view in views])
        return
    print_table(
        ("when", "who", "what", "of", "registrations"),
        (
            (
                shown(view.at),
                view.officer,
                view.what,
                view.reference or view.about,
                str(view.count) if view.about else "",
            )
            for view in views
        ),
    )


@commands.command("preview")
def show_preview(
    kind: Annotated[str, typer.Argument(metavar="[KIND]", help="Such as forwarding.")] = "",
    as_json: AsJson = False,
) -> None:
    """A mail as it is written now, with an invented person; without a kind, which there are."""
    previews = Previews(SAMPLE_SITE, SAMPLE_AGENCY, bootstrap.now())
    if not kind:
        kinds = [(one.code, one.what) for one in previews.all()]
        if as_json:
            print_json([{"kind": code, "what": what} for code, what in kinds])
        else:
            print_table(("kind", "what"), kinds)
        return
    found = previews.of(kind)
    if found is None:
        fail("There is no such mail: `mijnbuddy preview` tells which there are.")
    email = found.email
    if as_json:
        print_json({"kind": kind, "subject": email.subject, "text": email.text, "html": email.html})
    else:
        print_text(f"{email.subject}\n\n{email.text}")
