"""Who may sign in at the agency's desk. The addresses stand in the table only."""

from collections.abc import Callable
from typing import Annotated

import typer

from chalicelib import bootstrap
from chalicelib import officers as book
from chalicelib.domain import cleaning
from chalicelib.domain.officers import (
    LastManagerError,
    Officer,
    UnknownRoleError,
    UnusableIdError,
)
from chalicelib.domain.session import ROLES
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

commands = typer.Typer(no_args_is_help=True, help="Who may sign in at the agency's desk.")

Id = Annotated[str, typer.Argument(metavar="ID", help="A short name, such as an-p.")]
Role = Annotated[str, typer.Argument(metavar="ROLE", help=f"One of {', '.join(ROLES)}.")]


@commands.command("list")
def list_officers(as_json: AsJson = False) -> None:
    """The officers, also who was removed, and what changed last."""
    known = list(open_store().roster().officers)
    if as_json:
        print_json([_facts(one) for one in known])
        return
    print_table(
        ("id", "address", "role", "since", "changed by"),
        (
            (
                one.id,
                one.email,
                one.role if one.is_active else "removed",
                shown(one.since),
                one.changes[-1].who if one.changes else "",
            )
            for one in known
        ),
    )


@commands.command()
def add(
    id_: Id,
    email: Annotated[str, typer.Argument(metavar="ADDRESS")],
    role: Role,
    *,
    who: Who,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let somebody in; or give somebody another address or role. It counts at once."""
    store, now = open_store(dry_run=dry_run), bootstrap.now()
    _change(
        lambda: book.add(id_, email, role, store, who=who, now=now),
        dry_run=dry_run,
        as_json=as_json,
    )


@commands.command("role")
def change_role(
    id_: Id, role: Role, *, who: Who, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Let somebody do more, or less. It counts at once."""
    store, now = open_store(dry_run=dry_run), bootstrap.now()
    _change(lambda: book.change_role(id_, role, who, store, now), dry_run=dry_run, as_json=as_json)


@commands.command()
def remove(id_: Id, *, who: Who, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Let somebody in no longer; it counts at once, also for who is inside."""
    store, now = open_store(dry_run=dry_run), bootstrap.now()
    _change(lambda: book.remove(id_, who, store, now), dry_run=dry_run, as_json=as_json)


def _change(change: Callable[[], Officer | None], *, dry_run: bool, as_json: bool) -> None:
    try:
        officer = change()
    except LastManagerError:
        fail("Nobody would be left who may add an officer: give somebody that role first.")
    except UnknownRoleError:
        fail(f"A role is one of {', '.join(ROLES)}.")
    except UnusableIdError:
        fail("An id is 2 to 20 small letters, digits and hyphens.")
    except cleaning.UnusableAnswerError:
        fail("That is no e-mail address.")
    if officer is None:
        fail("There is no such officer.")
    if as_json:
        print_json(_facts(officer) | {"dry_run": dry_run})
    else:
        state = f"may {officer.role}" if officer.is_active else "is removed"
        told.print(f"{officer.id} {state}{' (dry run)' if dry_run else ''}.", markup=False)


def _facts(officer: Officer) -> dict[str, object]:
    return {
        "id": officer.id,
        "email": officer.email,
        "role": officer.role if officer.is_active else "",
        "since": officer.since,
        "removed_at": officer.removed_at,
    }
