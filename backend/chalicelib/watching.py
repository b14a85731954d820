"""
Watching over the whole: what is stuck, silent or failing is told to the agency, once.

Each of these may run twice, or twice at once: an incident is one item with one writer at a time,
and its mail has a key that follows from it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile
from typing import Protocol

from chalicelib.domain import probe
from chalicelib.domain.contacts import Contact
from chalicelib.domain.coverage import coverage
from chalicelib.domain.incidents import (
    KINDS,
    NOTICE,
    SILENCE,
    STUCK,
    Incident,
    Trouble,
    noted,
    told,
)
from chalicelib.domain.ledger import Entry
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.outbox import AnyOutbox, Outbox, dropped
from chalicelib.domain.registration import AGENCY, QUARANTINE, Registration
from chalicelib.domain.silence import WORTH_AN_ALARM, expected, history_days
from chalicelib.domain.status import (
    UNSENT_WITHIN,
    WINDOW,
    Live,
    Probed,
    Status,
    delivery_of,
    report,
    unsent_since,
)
from chalicelib.domain.stuck import unstuck
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

MAX_TRIES = 10
MAX_LOOKED_AT = 25  # by a public address: what is due longest comes first


class Notices(Protocol):
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...
    def save(self, outbox: AnyOutbox) -> AnyOutbox: ...


class Incidents(Notices, Protocol):
    def incident(self, kind: str) -> Incident: ...
    def save_incident(self, incident: Incident) -> Incident: ...
    def add_notice(self, notice: Notice) -> bool: ...


class Silences(Incidents, Protocol):
    def ledger(self, day: str, what: str = "") -> Iterable[Entry]: ...


class Outboxes(Incidents, Protocol):
    def outboxes(self, now: datetime) -> Iterable[Outbox]: ...


class Figures(Protocol):
    def due(self, now: datetime) -> Iterator[str]: ...
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def ledger(self, day: str, what: str = "") -> Iterable[Entry]: ...
    def all_contacts(self) -> Iterable[Contact]: ...
    def incident(self, kind: str) -> Incident: ...
    def save_status(self, status: Status) -> None: ...


class Waiting(Protocol):
    def due(self, now: datetime) -> Iterator[str]: ...
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...
    def work(self, kind: str) -> Iterator[str]: ...
    def status(self) -> Status | None: ...


class Queues(Protocol):
    def count(self) -> int: ...


def note(kind: str, trouble: Trouble | None, store: Incidents, now: datetime) -> None:
    """
    Note whether something is wrong; when that changed, the agency gets one mail.

    First it is written that a mail must be made, then the mail, then that it was: whoever comes
    after a crash goes on from there, and the key makes it one mail.
    """
    for _ in range(MAX_TRIES):
        known = store.incident(kind)
        try:
            following = noted(known, trouble, now)
            if following is not known:
                log.warning(
                    "incident opened" if following.is_open else "incident closed",
                    incident=kind,
                    why=following.why,
                )
                following = store.save_incident(following)
            if following.told:
                return
            store.add_notice(notice(NOTICE, following.key, AGENCY, now))
            if not following.is_open:  # «look at this» must not come after «it is over»
                withdraw(f"{NOTICE}.{following.first_key}", store, now)
            store.save_incident(told(following))
        except StaleError:  # another run was quicker: look at what it left
            continue


def withdraw(id_: str, store: Notices, now: datetime) -> None:
    """
    Let go of the mails of a notice that were not sent: a later one says the same and more.

    One that somebody is at work on goes out: that is no harm.
    """
    found = store.outbox(id_, now)
    if found is None:
        return
    following = found
    for mail in found.mails:
        if not mail.sendings and not mail.dropped_at:
            following = dropped(following, mail, "superseded", now)
    if following is not found:
        try:
            store.save(following)
        except StaleError:
            log.info("not withdrawn", reference=id_)


def watch_silence(store: Silences, now: datetime) -> float | None:
    """
    Tell when nobody registered for longer than chance explains; returns how many were expected.

    Once told, it is over with the next registration, not when less is expected.
    """
    registered = [
        entry.event.at for day in history_days(now) for entry in store.ledger(day, "registered")
    ]
    last = max(registered, default=None)
    awaited = expected(registered, now)
    known = store.incident(SILENCE)
    if known.is_open and known.opened_at and (last is None or last < known.opened_at):
        note(SILENCE, Trouble(known.why, known.since or known.opened_at), store, now)
    elif last and awaited is not None and awaited >= WORTH_AN_ALARM:
        note(SILENCE, Trouble("no-registrations", last), store, now)
    else:
        note(SILENCE, None, store, now)
    return awaited


def free_stuck(store: Outboxes, now: datetime) -> int:
    """
    Give a next step to every mail that has none, and tell how many there were.

    By construction there are none; one is a fault of ours, or of a hand in the table.
    """
    count = 0
    for outbox in store.outboxes(now):
        following = unstuck(outbox, now)
        if following is outbox:
            continue
        try:
            store.save(following)
        except StaleError:  # something happened to it: then it is not stuck
            continue
        log.error("was stuck", reference=outbox.id)
        count += 1
    note(STUCK, Trouble(f"{count}", now) if count else None, store, now)
    return count


@dataclass(frozen=True)
class Gauge:
    """What a measurement reads."""

    store: Figures
    queues: Queues


def measure(gauge: Gauge, now: datetime, has_time: Callable[[], bool]) -> Status:
    """
    Measure how the whole is doing, and keep it for `/api/status`.

    In a peak there may be no time to look at all that waits: then the oldest of those looked at
    counts, those due longest first.
    """
    store = gauge.store
    delivery = delivery_of(_recent_entries(store, now), now)
    ids = takewhile(lambda _: has_time(), store.due(now + UNSENT_WITHIN))
    waiting = filter(None, (store.outbox(id_, now) for id_ in ids))
    status = Status(
        measured_at=now,
        oldest_unsent_at=unsent_since(waiting, now),
        delivery=delivery,
        probed=_last_probe(store, now),
        coverage=round(coverage(store.all_contacts()).share, 4),
        dead_letters=_dead_letters(gauge.queues),
        incidents=tuple(kind for kind in KINDS if store.incident(kind).is_open),
    )
    store.save_status(status)
    return status


def seen(store: Waiting, now: datetime) -> Live:
    """What is to be known of this moment. Raises what the table raises."""
    overdue = islice(store.due(now), MAX_LOOKED_AT)
    outboxes = filter(None, (store.outbox(id_, now) for id_ in overdue))
    return Live(
        oldest_unsent_at=unsent_since(outboxes, now),
        waiting=sum(1 for _ in store.work("attention")),
        quarantine=sum(1 for _ in store.work(QUARANTINE)),
    )


def look(store: Waiting, now: datetime) -> Live | None:
    """What is to be known of this moment; None when the table does not answer."""
    try:
        return seen(store, now)
    except Exception as error:  # «unknown» is an answer too, and the one that is true then
        log.error("status not known", fault=error)
        return None


def status_now(store: Waiting, now: datetime) -> dict[str, object]:
    """What was measured last and what is so now, for everybody to see."""
    live = look(store, now)
    return report(store.status() if live else None, live, now)


def _recent_entries(store: Figures, now: datetime) -> Iterator[Entry]:
    """The days of the window, and two before it: a mail may be wanted long before it arrives."""
    for back in (3, 2, 1, 0):
        yield from store.ledger((now - back * WINDOW).date().isoformat())


def _last_probe(store: Figures, now: datetime) -> Probed | None:
    """The newest probe of the last three hours of which the end is known."""
    for back in range(3):
        hour = now - back * probe.EVERY
        one = store.get(probe.reference(hour), now)
        if one is None or not one.synthetic:
            continue
        took = probe.took(one)
        if took is not None:
            return Probed(one.registered_at, ok=True, seconds=round(took.total_seconds(), 1))
        if now - one.registered_at > probe.PATIENCE:
            return Probed(one.registered_at, ok=False)
    return None


def _dead_letters(queues: Queues) -> int | None:
    try:
        return queues.count()
    except Exception as error:  # the rest of the figures must not wait for a queue
        log.error("queues do not answer", fault=error)
        return None
