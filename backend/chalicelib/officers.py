"""
The allow-list of the agency's desk: who may sign in there, and keeping that list.

Each change is one conditional write. It counts at once: every request looks the officer up.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from chalicelib.domain import cleaning
from chalicelib.domain.contacts import same_address
from chalicelib.domain.officers import Officer, Roster, added, enrolled, removed, with_role
from chalicelib.failures import StaleError
from chalicelib.logs import Log
from chalicelib.signing_in import Member

log = Log(__name__)

Step = Callable[[Officer | None], Officer | None]


class Store(Protocol):
    def roster(self) -> Roster: ...
    def save_roster(self, roster: Roster) -> Roster: ...


class Officers:
    """The officers, as the members of the agency's desk."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def with_address(self, email: str) -> Iterator[Member]:
        for officer in self._store.roster().officers:
            if officer.is_active and same_address(officer.email, email):
                yield _member(officer)

    def member(self, subject: str) -> Member | None:
        officer = self._store.roster().officer(subject)
        return _member(officer) if officer and officer.is_active else None


def add(id_: str, email: str, role: str, store: Store, *, who: str, now: datetime) -> Officer:
    """
    An officer, new, back, or with another address or role. Twice is once.

    Raises `UnusableAnswerError` for what is no address, `UnknownRoleError`, `UnusableIdError`, and
    `LastManagerError`.
    """
    address = cleaning.email(cleaning.normalise(email))
    kept = _changed(id_, lambda one: added(one, id_, address, role, who=who, now=now), store)
    if kept is None:
        raise LookupError(id_)
    return kept


def change_role(id_: str, role: str, who: str, store: Store, now: datetime) -> Officer | None:
    """
    None when there is no such officer (any more).

    Raises `UnknownRoleError`, and `LastManagerError`.
    """
    return _changed(
        id_, lambda one: with_role(one, role, who, now) if one and one.is_active else None, store
    )


def remove(id_: str, who: str, store: Store, now: datetime) -> Officer | None:
    """None when there never was such an officer. Raises `LastManagerError`."""
    return _changed(id_, lambda one: removed(one, who, now) if one else None, store)


def _changed(id_: str, step: Step, store: Store) -> Officer | None:
    while True:
        roster = store.roster()
        current = roster.officer(id_)
        following = step(current)
        if following is None or following is current:
            return following
        try:
            store.save_roster(enrolled(roster, following))
        except StaleError:  # somebody else changed one of them
            continue
        log.info("officer changed", contact=id_, why=following.changes[-1].what.split()[0])
        return following


def _member(officer: Officer) -> Member:
    return Member(officer.id, officer.email, officer.role, officer.since, officer.id)
