"""
Files with many registrations, for who manages the agency's desk: asking for one, making it, telling
that it is there, fetching it, and deleting it when its term is over.

Asking is one write. A scheduled function does the rest (docs/decisions/0023-exports.md). Whoever
gets a file leaves an entry (domain/views.py) before it is there, and another one each time that it
is fetched.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from chalicelib.content_types import content_type
from chalicelib.domain.calendar import BRUSSELS, in_words, local_date
from chalicelib.domain.export import (
    READY,
    REMOVED,
    Choice,
    Export,
    asked,
    failed,
    is_id,
    made,
    postponed,
    taken_up,
)
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.officers import Roster, manages
from chalicelib.domain.outbox import Mail
from chalicelib.domain.registration import Registration
from chalicelib.domain.session import MANAGE
from chalicelib.domain.site import DESK_EXPORTS
from chalicelib.domain.views import EXPORTED, FETCHED, View
from chalicelib.domain.wording import thousands
from chalicelib.emails import Email, Letters
from chalicelib.export_files import write
from chalicelib.failures import NotNeededError, StaleError
from chalicelib.logs import Log
from chalicelib.signing_in import Members

log = Log(__name__)

KIND = "export"
"""Of the notice and its mail."""
MAX_OPEN = 5
"""Files that may wait at once: each reads the whole table."""


class TooManyError(Exception):
    """There are enough files that wait."""


class Asked(Protocol):
    def exports(self, now: datetime) -> Iterable[Export]: ...
    def export(self, id_: str, now: datetime) -> Export | None: ...
    def save_export(self, export: Export) -> Export: ...
    def add_view(self, view: View) -> bool: ...


class Store(Asked, Protocol):
    def registrations(self, now: datetime) -> Iterator[Registration]: ...
    def roster(self) -> Roster: ...
    def add_notice(self, notice: Notice) -> bool: ...


class Links(Protocol):
    def link(self, key: str, file_name: str) -> str: ...


class Files(Protocol):
    def keep(self, path: Path, key: str, content_type: str) -> None: ...
    def remove(self, key: str) -> None: ...


def ask(choice: Choice, officer: str, store: Asked, now: datetime) -> Export:
    """
    A file for an officer; where she asked the same and it is not there yet, that one.

    Raises `TooManyError`.
    """
    waiting = [one for one in store.exports(now) if one.is_open]
    for one in waiting:
        if (one.officer, one.choice) == (officer, choice):
            return one
    if len(waiting) >= MAX_OPEN:
        raise TooManyError
    log.info("export asked", contact=officer)
    return store.save_export(asked(choice, officer, now))


def fetch(id_: str, officer: str, store: Asked, files: Links, now: datetime) -> str | None:
    """An address where the file can be fetched for minutes; None where it is not (any more)."""
    one = store.export(id_, now) if is_id(id_) else None
    if one is None or one.state(now) != READY:
        return None
    store.add_view(View(now, officer, FETCHED, about=one.choice.code, count=one.count))
    return files.link(one.key, one.file_name)


def run(store: Store, files: Files, clock: Callable[[], datetime]) -> dict[str, int]:
    """
    Delete the files of which the term is over, make the one that waits longest, and mail whoever
    asked for what is ready, or failed. Says how many of each.

    Raises whatever making it raised: then another run tries again.
    """
    known = sorted(store.exports(clock()), key=lambda one: one.asked_at)
    removed = sum(_remove(one, store, files, clock()) for one in known)
    made_one = _make_next(known, store, files, clock)
    told = sum(_tell(one, store, clock()) for one in store.exports(clock()))
    return {"removed": removed, "made": int(made_one), "told": told}


def _remove(one: Export, store: Asked, files: Files, now: datetime) -> bool:
    if one.removed_at or one.state(now) != REMOVED:
        return False
    files.remove(one.key)
    return _saved(replace(one, removed_at=now), store) is not None


def _make_next(
    known: Iterable[Export], store: Store, files: Files, clock: Callable[[], datetime]
) -> bool:
    """Whether one was made: each run makes one at most, as that may take all its time."""
    for one in known:
        following = taken_up(one, clock())
        taken = _saved(following, store) if following else None
        if taken and taken.is_open:
            return _make(taken, store, files, clock)
    return False


def _make(one: Export, store: Store, files: Files, clock: Callable[[], datetime]) -> bool:
    officer = store.roster().officer(one.officer)
    if officer is None or not manages(officer):
        store.save_export(failed(one, clock()))
        return False
    now = clock()
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / one.key
            count = write(path, store.registrations(now), one.choice, now)
            size = path.stat().st_size
            store.add_view(View(clock(), one.officer, EXPORTED, about=one.choice.code, count=count))
            files.keep(path, one.key, content_type(one.key))
    except Exception:
        store.save_export(postponed(one, clock()))
        raise
    store.save_export(made(one, count, size, clock()))
    log.info("export made", contact=one.officer, count=count)
    return True


def _tell(one: Export, store: Store, now: datetime) -> bool:
    """Whether a mail was made; twice makes it once."""
    if one.is_open or one.told_at:
        return False
    store.add_notice(notice(KIND, one.id, one.officer, now))
    return _saved(replace(one, told_at=now), store) is not None


def _saved(one: Export, store: Asked) -> Export | None:
    """None where another run was first: it does the same."""
    try:
        return store.save_export(one)
    except StaleError:
        return None


class ExportComposer:
    """Writes the mail that the file is there, or that it failed, to what her address is then."""

    def __init__(self, store: Asked, members: Members, letters: Letters, agency: str) -> None:
        self._store = store
        self._members = members
        self._letters = letters
        self._agency = agency

    def __call__(self, notice: Notice, mail: Mail, now: datetime) -> Email:
        """Raises `NotNeededError` when she may not fetch it any more, or it is gone."""
        one, member = self._store.export(notice.key, now), self._members.member(mail.receiver)
        if one is None or member is None or member.role != MANAGE:
            raise NotNeededError("no-longer-asked")
        if one.state(now) == REMOVED:
            raise NotNeededError("too-late")
        return self._letters.written(
            KIND,
            notice.id,
            receiver=mail.receiver,
            route=mail.receiver,
            to=member.email,
            reply_to=self._agency,
            facts={
                "name": member.name,
                "what": one.choice.in_words(),
                "count": thousands(one.count),
                "until": until_in_words(one),
                "page": DESK_EXPORTS,
            },
        )


def until_in_words(one: Export) -> str:
    """«dinsdag 24 november 2026, 10.30 uur»: how long the file stays; "" where there is none."""
    if one.until is None:
        return ""
    return f"{in_words(local_date(one.until))}, {one.until.astimezone(BRUSSELS):%-H.%M} uur"
