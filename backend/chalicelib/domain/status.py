"""
How the whole is doing, in figures without people: what `/api/status` shows.

What is not known is None, never 0: a figure that nobody measured is no good news.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from chalicelib.domain.handover import HANDED_ON, UNDO_TERM
from chalicelib.domain.ledger import Entry
from chalicelib.domain.outbox import DELIVERED, LAST_RETRY, Outbox
from chalicelib.domain.registration import CONFIRMATION, FORWARDING, VOLUNTEER, Registration

WINDOW = timedelta(hours=24)

UNSENT_WITHIN = LAST_RETRY * 1.25
"""Whatever must be sent is due within this time: the longest pause between two attempts."""

TOO_LONG_UNSENT = timedelta(minutes=30)
"""When a person must know (reliability.md, section 5)."""

TOO_OLD = timedelta(minutes=20)
"""A measurement is made every 5 minutes; older than this says that nobody measures."""


@dataclass(frozen=True)
class Delivery:
    """How long mails took from being wanted to being delivered, in seconds."""

    count: int
    median_seconds: float
    p95_seconds: float


@dataclass(frozen=True)
class Probed:
    """The last probe of which the end is known; `seconds` until all was delivered."""

    at: datetime
    ok: bool
    seconds: float | None = None


@dataclass(frozen=True)
class Status:
    """
    What was measured at `measured_at`.

    `oldest_unsent_at` is since when the first of the mails that must be sent waits; None for none.
    `coverage` is the share of the population whose municipality has a confirmed address.
    `dead_letters` has a count per queue; None where the queue did not answer. `incidents` are open.
    """

    measured_at: datetime
    oldest_unsent_at: datetime | None = None
    delivery: Delivery | None = None
    probed: Probed | None = None
    coverage: float | None = None
    dead_letters: int | None = None
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Live:
    """What is looked up at the moment itself; the oldest unsent among what is due already."""

    oldest_unsent_at: datetime | None
    waiting: int
    quarantine: int


def report(status: Status | None, live: Live | None, now: datetime) -> dict[str, object]:
    """What everybody may know: `/api/status` and `mijnbuddy status`."""
    fresh = status if status and now - status.measured_at <= TOO_OLD else None
    seen = (live and live.oldest_unsent_at, fresh and fresh.oldest_unsent_at)
    unsent_at = min((moment for moment in seen if moment), default=None)
    delivery = fresh.delivery if fresh else None
    probed = fresh.probed if fresh else None
    return {
        "status": "degraded" if live is None or is_degraded(fresh, unsent_at, now) else "ok",
        "measured_at": _text(status.measured_at) if status else None,
        "oldest_unsent_seconds": _seconds(unsent_at, now),
        "delivery": {
            "window_hours": round(WINDOW / timedelta(hours=1)),
            "count": delivery.count if delivery else None,
            "median_seconds": delivery.median_seconds if delivery else None,
            "p95_seconds": delivery.p95_seconds if delivery else None,
        },
        "waiting_for_a_person": live.waiting if live else None,
        "quarantine": live.quarantine if live else None,
        "dead_letters": fresh.dead_letters if fresh else None,
        "incidents": list(fresh.incidents) if fresh else None,
        "last_probe": {"at": _text(probed.at), "ok": probed.ok, "seconds": probed.seconds}
        if probed
        else None,
        "contacts": {"coverage": fresh.coverage if fresh else None},
    }


def delivery_of(entries: Iterable[Entry], now: datetime) -> Delivery | None:
    """
    What the ledger tells about the deliveries of the last `WINDOW`; None when there were none.

    The time counts from when a mail was wanted: registered, or found good by a person where it was
    held; one that was handed on may leave after the hour of undoing. Mails that nobody waits for
    don't count. `entries` come in the order of the ledger: in a peak they are too many to keep, so
    only what still waits is.
    """
    wanted: dict[str, dict[tuple[str, str], datetime]] = {}
    took: list[float] = []
    for entry in entries:
        event, of_her = entry.event, wanted.get(entry.reference, {})
        mail = (event.mail, event.receiver)
        if event.what == "registered":
            wanted[entry.reference] = {(CONFIRMATION, VOLUNTEER): event.at}
        elif event.what == "released":
            of_her.update(dict.fromkeys(of_her, event.at))
        elif event.what == HANDED_ON:  # leaves when it can't be undone any more
            leaves_at = event.at + UNDO_TERM
            wanted.setdefault(entry.reference, {})[FORWARDING, event.why] = leaves_at
        elif event.what == "queued" and event.mail == FORWARDING:
            of_her = wanted.setdefault(entry.reference, {})
            of_her[mail] = max(event.at, of_her.get(mail, event.at))
        elif event.what == DELIVERED and mail in of_her:
            start = of_her.pop(mail)
            if not of_her:
                del wanted[entry.reference]
            if now - WINDOW <= event.at <= now:
                took.append(max(0.0, (event.at - start).total_seconds()))
    return _summed_up(sorted(took))


def _summed_up(seconds: Sequence[float]) -> Delivery | None:
    if not seconds:
        return None
    nearest_rank = math.ceil(0.95 * len(seconds)) - 1
    return Delivery(len(seconds), round(median(seconds), 1), round(seconds[nearest_rank], 1))


def unsent_since(outboxes: Iterable[Outbox], now: datetime) -> datetime | None:
    """
    Since when the first of their mails waits that must be sent; those of our own tests don't count.

    A mail that waits for its receipt was sent; one that waits for a person is not ours to send.
    """
    waiting = [
        since
        for outbox in outboxes
        if not (isinstance(outbox, Registration) and outbox.synthetic)
        for mail in outbox.active_mails
        if mail.must_be_sent
        and (since := mail.sendings[-1].ripe_at if mail.sendings else mail.queued_at)
    ]
    return min((since for since in waiting if since <= now), default=None)


def is_degraded(status: Status | None, unsent_at: datetime | None, now: datetime) -> bool:
    """Whether a person must look: something waits too long, failed, or is not measured."""
    if status is None:
        return True
    late = unsent_at is not None and now - unsent_at > TOO_LONG_UNSENT
    failed = status.probed is not None and not status.probed.ok
    return late or failed or bool(status.incidents) or bool(status.dead_letters)


def _seconds(since: datetime | None, now: datetime) -> int | None:
    """How long ago; clocks may differ by minutes, and nothing waits for less than no time."""
    return max(0, round((now - since).total_seconds())) if since else None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
