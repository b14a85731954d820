"""
The officers of the agency: who may sign in at its desk, and what each may do there.

They stand in the table, never in this repository. Every step is a function that returns the next
officer with who changed what, and when. One who was removed stays for that history, and for the
list of who looked at whom, without an address.

All of them are one item: whoever changes one has seen the others, so that two who remove each other
at the same moment can't both succeed, and somebody who manages is always left.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.contacts import MAX_CHANGES, Change
from chalicelib.domain.session import MANAGE, ROLES

ID = re.compile(r"[a-z][a-z0-9-]{1,19}")
"""How an officer is named where no address may stand: it fits in a log line and a mail's tag."""

ADDED, ROLE, REMOVED = "added", "role", "removed"


@dataclass(frozen=True)
class Officer:
    """
    `role` is one of `ROLES`; links and sessions of before `since` are void. One that was removed
    has `removed_at` and no address.
    """

    id: str
    email: str
    role: str
    since: datetime
    removed_at: datetime | None = None
    changes: tuple[Change, ...] = ()

    @property
    def is_active(self) -> bool:
        return self.removed_at is None


@dataclass(frozen=True)
class Roster:
    """All officers, by their ids, also who was removed; `version` counts the writes."""

    officers: tuple[Officer, ...] = ()
    version: int = 0

    def officer(self, id_: str) -> Officer | None:
        return next((one for one in self.officers if one.id == id_), None)


class UnknownRoleError(ValueError):
    """There is no such role."""


class UnusableIdError(ValueError):
    """An id is 2 to 20 small letters, digits and hyphens, and begins with a letter."""


class LastManagerError(ValueError):
    """Nobody would be left who may add an officer."""


def added(
    known: Officer | None, id_: str, email: str, role: str, *, who: str, now: datetime
) -> Officer:
    """
    An officer, new, back, or with another address or role; the same one where nothing changes.

    Raises `UnknownRoleError`, and `UnusableIdError`.
    """
    if role not in ROLES:
        raise UnknownRoleError(role)
    if not ID.fullmatch(id_):
        raise UnusableIdError(id_)
    if known and known.is_active and (known.email, known.role) == (email, role):
        return known
    before = known or Officer(id_, email, role, now)
    # The history has no address: it stays when she is gone.
    return _changed(before, who, f"{ADDED} {role}", now, email=email, role=role)


def with_role(officer: Officer, role: str, who: str, now: datetime) -> Officer:
    """The same officer where she has that role. Raises `UnknownRoleError`."""
    if role not in ROLES:
        raise UnknownRoleError(role)
    if role == officer.role:
        return officer
    return _changed(officer, who, f"{ROLE} {role}", now, email=officer.email, role=role)


def removed(officer: Officer, who: str, now: datetime) -> Officer:
    """She may no longer sign in, and whoever signed in as her is out. Twice is once."""
    if not officer.is_active:
        return officer
    gone = _changed(officer, who, REMOVED, now, email="", role=officer.role)
    return replace(gone, removed_at=now)


def manages(officer: Officer) -> bool:
    return officer.is_active and officer.role == MANAGE


def enrolled(roster: Roster, officer: Officer) -> Roster:
    """
    With an officer as she is now. Raises `LastManagerError` where nobody would be left who manages.
    """
    others = [one for one in roster.officers if one.id != officer.id]
    everyone = tuple(sorted((*others, officer), key=lambda one: one.id))
    if any(map(manages, roster.officers)) and not any(map(manages, everyone)):
        raise LastManagerError(officer.id)
    return replace(roster, officers=everyone)


def _changed(
    officer: Officer, who: str, what: str, now: datetime, *, email: str, role: str
) -> Officer:
    changes = (*officer.changes, Change(now, who, what))[-MAX_CHANGES:]
    return replace(officer, email=email, role=role, since=now, removed_at=None, changes=changes)
