"""
Finding registrations by a name, and keeping the rows for it (domain/names.py): the table's stream
brings each change, the daily repair compares them with the registrations.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.domain.names import (
    Named,
    changed_rows,
    digest_of,
    in_all,
    rows,
    typed_words,
    withdrawn,
    words,
)
from chalicelib.domain.registration import Registration
from chalicelib.logs import Log

log = Log(__name__)

MAX_LOOKED_UP = 100
"""Registrations that are read for one search: beyond it, a word more must be typed."""


class Index(Protocol):
    def save_named(self, row: Named) -> bool: ...


class Store(Protocol):
    def named(self, digest: str, now: datetime) -> Iterator[Named]: ...
    def get(self, reference: str, now: datetime) -> Registration | None: ...


class Everything(Index, Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def registrations(self, now: datetime) -> Iterable[Registration]: ...
    def all_named(self, now: datetime) -> Iterable[Named]: ...


def search(typed: str, store: Store, keys: Sequence[bytes], now: datetime) -> list[Registration]:
    """
    The registrations of who has all these words in her name, newest first.

    What a row says is looked up: it may lag behind her. A previous key finds what was written
    before a rotation.
    """
    wanted = typed_words(typed)
    found = [
        [row for key in keys for row in store.named(digest_of(word, key), now)] for word in wanted
    ]
    registrations = (store.get(row.reference, now) for row in in_all(found)[:MAX_LOOKED_UP])
    return [one for one in registrations if one and set(wanted) <= set(words(one.answers.name))]


def index(
    before: Registration | None, after: Registration, key: bytes, store: Index, now: datetime
) -> None:
    """Write what a change made of the rows of a name; `key` is the current one."""
    if before and before.registered_at != after.registered_at:
        before = None  # somebody else, who expired
    for row in changed_rows(before, after, key, now):
        store.save_named(row)


def repair(store: Everything, key: bytes, now: datetime) -> int:
    """Write every row that is missing or no longer right; returns how many those were."""
    known = {(row.digest, row.reference): row for row in store.all_named(now)}
    count = 0
    for registration in store.registrations(now):
        for row in rows(registration, key):
            if known.pop((row.digest, row.reference), None) != row:
                count += store.save_named(row)
    for row in known.values():
        one = store.get(row.reference, now)
        if one and not row.is_gone and row not in set(rows(one, key)):
            # Of a word that she no longer has, or of a key that is no longer used.
            count += store.save_named(withdrawn(row, max(one.version, row.version + 1), now))
    if count:
        log.warning("names missed something", count=count)
    return count
