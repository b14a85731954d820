"""
The allow-list of the agency's desk: who may sign in there, and keeping that list.

Each change is one conditional write. It counts at once: every request looks the officer up.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from chalicelib.domain import cleaning
from chalicelib.domain.contacts import same_address
from chalicelib.domain.officers import (
    LastManagerError,
    Officer,
    added,
    manages,
    removed,
    with_role,
)
from chalicelib.failures import StaleError
from chalicelib.logs import Log
from chalicelib.signing_in import Member

log = Log(__name__)

Step = Callable[[Officer | None], Officer | None]


class Store(Protocol):
    def officers(self) -> Iterable[Officer]: ...
    def officer(self, id_: str) -> Officer | None: ...
    def save_officer(self, officer: Officer) -> Officer: ...


class Officers:
    """The officers, as the members of the agency's desk."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def with_address(self, email: str) -> Iterator[Member]:
        for officer in self._store.officers():
            if officer.is_active and same_address(officer.email, email):
                yield _member(officer)

    def member(self, subject: str) -> Member | None:
        officer = self._store.officer(subject)
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
        current = store.officer(id_)
        following = step(current)
        if following is None or following is current:
            return following
        if current and manages(current) and not manages(following):
            _check_others(id_, store)
        try:
            kept = store.save_officer(following)
        except StaleError:  # somebody else changed it
            continue
        log.info("officer changed", contact=id_, why=kept.changes[-1].what.split()[0])
        return kept


def _check_others(id_: str, store: Store) -> None:
    """Two that remove each other at the same moment are not seen: the command line adds one."""
    if not any(manages(one) for one in store.officers() if one.id != id_):
        raise LastManagerError(id_)


def _member(officer: Officer) -> Member:
    return Member(officer.id, officer.email, officer.role, officer.since, officer.id)
