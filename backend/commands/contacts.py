"""Contact addresses of the municipalities: taking them over, confirming and repairing them."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from chalicelib import address_book, bootstrap, confirming
from chalicelib.address_book import Row, UnusableFileError
from chalicelib.domain.contacts import (
    CONFIRMED,
    INACTIVE,
    REGIONS,
    STATES,
    UNCONFIRMED,
    Contact,
    Place,
    retired,
)
from chalicelib.domain.coverage import POPULATION_OF, coverage
from chalicelib.domain.municipalities import UnknownMunicipalityError, find_municipality
from chalicelib.domain.role_address import looks_personal
from chalicelib.failures import StaleError
from chalicelib.store import Store
from chalicelib.suppression import ComplainedError
from commands.console import (
    AsJson,
    DryRun,
    Who,
    fail,
    is_production,
    open_store,
    print_json,
    print_table,
    shown,
    told,
)

commands = typer.Typer(no_args_is_help=True, help="Contact addresses of the municipalities.")

PERSON = "person?"
MAX_LINES = 20
"""An import tells each change, for as long as somebody reads them; a dry run always."""

NisCode = Annotated[str, typer.Argument(metavar="NIS_CODE", help="Such as 41002.")]
Order = Annotated[str, typer.Argument(metavar="ORDER", help="1 is tried first.")]


@commands.command("import")
def import_contacts(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV: nis_code,email[,order]")
    ],
    *,
    who: Who,
    ask: Annotated[bool, typer.Option(help="Mail a code to each new address.")] = True,
    confirm_placeholders: Annotated[
        bool, typer.Option("--confirm-placeholders", help="Addresses in .example need no code.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take over the addresses of a CSV file: new and changed ones, as unconfirmed."""
    store, now = open_store(), bootstrap.now()
    try:
        rows = _read(file)
        kept = list(store.all_contacts())
        plan = address_book.plan(rows, kept, who, now, confirm_placeholders=confirm_placeholders)
    except (UnusableFileError, UnicodeDecodeError, csv.Error) as error:
        for line in getattr(error, "errors", ["this is no CSV file in UTF-8"]):
            told.print(line, markup=False)
        raise typer.Exit(1) from None
    changed = plan.changes
    before = {one.place: one.email for one in kept}
    to_ask = {one.key for one in changed if ask and one.state != CONFIRMED}
    if not as_json and (dry_run or len(changed) <= MAX_LINES):
        _tell_changes(changed, before)
    if not dry_run:
        with _unless_stale():
            for contact in track(changed, "importing", console=told, disable=as_json):
                if contact.key in to_ask:
                    confirming.ask(contact, who, store, now)
                else:
                    store.save_contact(contact)
    if as_json:
        counts = {"read": len(rows), "changed": len(changed), "asked": len(to_ask)}
        changes = [_change(one, before.get(one.place)) for one in changed]
        print_json({**counts, "changes": changes, "warnings": plan.warnings, "dry_run": dry_run})
        return
    for warning in plan.warnings:
        told.print(f"beware: {warning}", markup=False)
    if personal := sum(looks_personal(one.email) for one in changed):
        told.print(
            f"{personal} × {PERSON}: looks like a colleague's own mailbox, unread when she is ill."
        )
    told.print(
        f"{len(rows)} addresses read, {len(changed)} {'to change' if dry_run else 'changed'}, "
        f"{len(to_ask)} {'to ask' if dry_run else 'asked'} for a code."
    )


@commands.command("list")
def list_contacts(
    state: Annotated[str, typer.Option(help=f"Only these: {', '.join(STATES)}.")] = "",
    as_json: AsJson = False,
) -> None:
    """The contact addresses, by municipality; `person?` marks what looks like a colleague's own."""
    if state and state not in STATES:
        raise typer.BadParameter(f"a state is one of {', '.join(STATES)}")
    known = [one for one in open_store().all_contacts() if state in {"", one.state}]
    if as_json:
        print_json([_facts(contact) for contact in known])
        return
    print_table(
        ("municipality", "place", "address", "state", "confirmed"),
        (
            (
                contact.owner,
                contact.key,
                _marked(contact.email),
                contact.state,
                f"{contact.confirmed_at:%Y-%m-%d}" if contact.confirmed_at else "",
            )
            for contact in known
        ),
    )


@commands.command("set")
def set_contact(
    nis_code: NisCode,
    order: Order,
    email: Annotated[str, typer.Argument(metavar="ADDRESS")],
    *,
    who: Who,
    ask: Annotated[bool, typer.Option(help="Mail it a code.")] = True,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give a place another address: unconfirmed, with the history of the place, and a code."""
    store, now = open_store(), bootstrap.now()
    place = _place(nis_code, order)
    kept = _find(store, place)
    try:
        contact = address_book.set_address(kept, place, email, who, now)
    except ValueError:
        fail("That is no e-mail address.")
    if contact and contact.is_placeholder and is_production():
        fail("That is a placeholder.")
    if contact and not dry_run:
        with _unless_stale():
            contact = (
                confirming.ask(contact, who, store, now) if ask else store.save_contact(contact)
            )
    _tell_change(contact, dry_run=dry_run, as_json=as_json, same="That address is there already.")


@commands.command("ask")
def ask_contacts(
    nis_code: Annotated[str, typer.Argument(metavar="[NIS_CODE]", help="Such as 41002.")] = "",
    order: Order = "1",
    *,
    who: Who,
    everyone: Annotated[
        bool, typer.Option("--all", help="Every unconfirmed address that was never asked.")
    ] = False,
    unsuppress: Annotated[
        bool, typer.Option("--unsuppress", help="Take it off SES's suppression list first.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also a confirmed one; each year it is asked by itself.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Mail a (new) code to an address; an address that bounced works again when it is entered."""
    store, now = open_store(), bootstrap.now()
    if everyone == bool(nis_code):
        raise typer.BadParameter("name one municipality, or use --all")
    if everyone and (unsuppress or again):
        raise typer.BadParameter("--unsuppress and --again are for one address")
    if everyone:
        found = [
            contact
            for contact in store.all_contacts()
            if contact.state == UNCONFIRMED and not contact.requests
        ]
    else:
        one = _known(store, _place(nis_code, order))
        # While its yearly question is open it may have lost the code.
        is_done = one.state == CONFIRMED and not one.unanswered
        found = [] if is_done and not (again or unsuppress) else [one]
        if not found and not as_json:
            told.print(
                f"{one.owner} is confirmed already ({one.key}). To ask it all the same: --again.",
                markup=False,
            )
    if unsuppress and not dry_run:
        _unsuppress(found[0])
    if not dry_run:
        with _unless_stale():
            for contact in track(found, "asking", console=told, disable=as_json):
                confirming.ask(contact, who, store, now)
    if as_json:
        print_json({"asked": [contact.key for contact in found], "dry_run": dry_run})
    else:
        told.print(f"{len(found)} {'to ask' if dry_run else 'asked'} for a code.")


@commands.command("retire")
def retire_contact(
    nis_code: NisCode, order: Order, *, who: Who, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Use an address no longer. It stays there for its history; `set` puts another in its place."""
    store = open_store()
    contact = retired(_known(store, _place(nis_code, order)), who, bootstrap.now())
    if not dry_run:
        with _unless_stale():
            contact = store.save_contact(contact)
    _tell_change(contact, dry_run=dry_run, as_json=as_json)


@commands.command("merge")
def merge_contacts(who: Who, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Give addresses under the code of a municipality that merged to its successor."""
    store, now = open_store(), bootstrap.now()
    try:
        pairs = list(address_book.merges(store.all_contacts(), who, now))
    except UnusableFileError as error:
        fail(str(error))
    if not dry_run:
        with _unless_stale():
            for following, former in pairs:
                if following and following.state == UNCONFIRMED and former.unanswered:
                    # Its code names the place where it was.
                    confirming.ask(following, who, store, now)
                elif following:
                    store.save_contact(following)
                store.save_contact(former)
    moves = [{"from": former.key, "to": former.changes[-1].what.split()[-1]} for _, former in pairs]
    if as_json:
        print_json({"merged": moves, "dry_run": dry_run})
        return
    for move in moves:
        told.print(f"{move['from']} → {move['to']}")
    told.print(f"{len(moves)} addresses {'to merge' if dry_run else 'merged'}.")


@commands.command("history")
def show_history(nis_code: NisCode, as_json: AsJson = False) -> None:
    """Who changed what about the addresses of one municipality, also before it merged."""
    today = _today(nis_code)
    found = [
        (contact, change)
        for contact in open_store().all_contacts()
        if _today(contact.nis_code) == today
        for change in contact.changes
    ]
    found.sort(key=lambda pair: pair[1].at)
    if as_json:
        print_json([{"place": contact.key, **asdict(change)} for contact, change in found])
        return
    print_table(
        ("when", "place", "who", "what"),
        ((shown(change.at), contact.key, change.who, change.what) for contact, change in found),
    )


@commands.command("coverage")
def show_coverage(as_json: AsJson = False) -> None:
    """The share of the population whose municipality has a confirmed address."""
    found = coverage(open_store().all_contacts())
    if as_json:
        share = round(found.share, 4)
        print_json({**asdict(found), "share": share, "population_of": POPULATION_OF})
        return
    told.print(
        f"{found.share:.1%} of the people ({found.covered_population:,} of {found.population:,}, "
        f"on {POPULATION_OF}) live in a municipality with a confirmed address: "
        f"{found.covered_municipalities} of {found.municipalities} municipalities.",
        highlight=False,
    )


def _read(file: Path) -> list[Row]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return address_book.read_rows(lines, allow_placeholders=not is_production())


def _marked(email: str) -> str:
    return f"{email} {PERSON}" if looks_personal(email) else email


def _tell_changes(changed: Iterable[Contact], before: Mapping[Place, str]) -> None:
    for one in changed:
        line = f"{one.owner} {one.key}: {before.get(one.place, 'new')} → {_marked(one.email)}"
        told.print(line, markup=False, highlight=False, soft_wrap=True)


def _change(contact: Contact, before: str | None) -> dict[str, object]:
    return {
        "nis_code": contact.nis_code,
        "municipality": contact.owner,
        "order": contact.order,
        "before": before,
        "email": contact.email,
        "looks_personal": looks_personal(contact.email),
    }


def _facts(contact: Contact) -> dict[str, object]:
    return {
        "nis_code": contact.nis_code,
        "municipality": contact.owner,
        "order": contact.order,
        "email": contact.email,
        "state": contact.state,
        "since": contact.since,
        "confirmed_at": contact.confirmed_at,
        "asked_at": contact.requests[-1] if contact.requests else None,
        "looks_personal": looks_personal(contact.email),
    }


def _place(nis_code: str, order: str) -> Place:
    try:
        return address_book.place_of(nis_code, order)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _today(nis_code: str) -> str:
    if nis_code in REGIONS:
        return nis_code
    try:
        return find_municipality(nis_code).nis_code
    except UnknownMunicipalityError:
        raise typer.BadParameter("that is no NIS code of a municipality or region") from None


def _find(store: Store, place: Place) -> Contact | None:
    return store.contact(f"{place[0]}-{place[1]}")


def _known(store: Store, place: Place) -> Contact:
    contact = _find(store, place)
    if contact is None or contact.state == INACTIVE:
        fail("There is no address in use in that place: `contacts set` puts one there.")
    return contact


def _unsuppress(contact: Contact) -> None:
    try:
        was_there = bootstrap.suppression().lift(contact.email)
    except ComplainedError:
        fail("Somebody there called our mail spam. Speak with them first, then take it off in SES.")
    told.print("Taken off SES's list." if was_there else "SES did not have it on its list.")


def _tell_change(contact: Contact | None, *, dry_run: bool, as_json: bool, same: str = "") -> None:
    if as_json:
        print_json({"changed": _facts(contact) if contact else None, "dry_run": dry_run})
    elif contact is None:
        told.print(same)
    else:
        verb = "would be" if dry_run else "is"
        told.print(f"{contact.key} ({contact.owner}) {verb} {contact.state}.", markup=False)


@contextmanager
def _unless_stale() -> Iterator[None]:
    """What was written before stays, and is not done again by the next try."""
    try:
        yield
    except StaleError:
        fail("Somebody changed an address at the same time. Do it again.")
