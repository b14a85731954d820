"""Figures about the whole: unknown is not zero."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.ledger import Entry
from chalicelib.domain.outbox import Event, queued
from chalicelib.domain.registration import CONFIRMATION, FORWARDING, QUARANTINE, VOLUNTEER, held
from chalicelib.domain.status import (
    Delivery,
    Live,
    Probed,
    Status,
    delivery_of,
    report,
    unsent_since,
)
from tests.backend import steps
from tests.backend.samples import AALST, GENT, NOW, registration

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
QUIET = Live(oldest_unsent_at=None, waiting=0, quarantine=0)


def entry(
    number: int, at: datetime, what: str, mail: str = FORWARDING, reference: str = "MB-1"
) -> Entry:
    receiver = VOLUNTEER if mail == CONFIRMATION else AALST
    return Entry(reference, number, Event(at, what, receiver, mail=mail))


def test_delivery() -> None:
    """
    The time from being wanted to being delivered, for a forwarding and for a confirmation.
    """
    entries = [
        entry(1, NOW, "registered", ""),
        entry(2, NOW, "queued"),
        entry(3, NOW + SECOND, "sent"),
        entry(4, NOW + 4 * SECOND, "delivered"),
        entry(5, NOW + 2 * SECOND, "delivered", CONFIRMATION),
    ]

    assert Delivery(2, 3.0, 4.0) == delivery_of(entries, NOW + HOUR)


def test_delivery_handed_on() -> None:
    """
    A mail that waits for the hour in which handing on can be undone is not late for that.
    """
    entries = [
        Entry("MB-1", 1, Event(NOW, "handed-on", AALST, GENT)),
        Entry("MB-1", 2, Event(NOW, "queued", GENT, mail=FORWARDING)),
        Entry("MB-1", 3, Event(NOW + HOUR + 5 * SECOND, "delivered", GENT, mail=FORWARDING)),
    ]

    assert Delivery(1, 5.0, 5.0) == delivery_of(entries, NOW + 2 * HOUR)


def test_delivery_p95() -> None:
    """
    The 95th percentile is a time that there was: the 19th of 20.
    """
    entries = [
        one
        for number in range(1, 21)
        for one in (
            entry(1, NOW, "queued", reference=f"MB-{number}"),
            entry(2, NOW + number * SECOND, "delivered", reference=f"MB-{number}"),
        )
    ]

    assert Delivery(20, 10.5, 19.0) == delivery_of(entries, NOW + HOUR)


def test_delivery_window() -> None:
    """
    Of yesterday's deliveries nothing is told; without any there is no figure at all.
    """
    entries = [entry(1, NOW, "queued"), entry(2, NOW + SECOND, "delivered")]

    assert delivery_of(entries, NOW + 25 * HOUR) is None
    assert delivery_of([], NOW) is None


def test_delivery_twice() -> None:
    """
    Told twice it counts once, as the first time; of a mail that nobody asked for, nothing.
    """
    entries = [
        entry(1, NOW, "queued"),
        entry(2, NOW + SECOND, "delivered"),
        entry(3, NOW + 9 * SECOND, "delivered"),
        entry(1, NOW, "delivered", reference="MB-2"),
    ]

    assert Delivery(1, 1.0, 1.0) == delivery_of(entries, NOW + HOUR)


def test_delivery_held() -> None:
    """
    While a person had it, the mail was not late.
    """
    entries = [
        entry(1, NOW, "queued"),
        entry(2, NOW + 5 * HOUR, "released", ""),
        entry(3, NOW + 5 * HOUR + SECOND, "delivered"),
    ]

    assert Delivery(1, 1.0, 1.0) == delivery_of(entries, NOW + 6 * HOUR)


def test_unsent() -> None:
    """
    A mail that failed waits since it was queued, not since it was tried last.
    """
    later = registration(2, NOW + HOUR)
    failed = steps.postponed(registration(), AALST, "TooManyRequestsException", NOW + HOUR)
    failed = steps.sent(failed, VOLUNTEER, "message-1", NOW)

    assert NOW == unsent_since([later, failed], NOW + 2 * HOUR)


def test_unsent_later() -> None:
    """
    A mail that leaves at a moment to come waits from then on.
    """
    sent = steps.sent(registration(), AALST, "message-1", NOW)
    sent = steps.sent(sent, VOLUNTEER, "message-2", NOW)
    planned = queued(sent, "handed-on", VOLUNTEER, NOW, about=GENT, at=NOW + HOUR)

    assert unsent_since([planned], NOW + HOUR / 2) is None
    assert NOW + HOUR == unsent_since([planned], NOW + 2 * HOUR)


def test_unsent_not() -> None:
    """
    Sent, held or our own test: nobody waits for us.
    """
    sent = steps.sent(
        steps.sent(registration(), AALST, "message-1", NOW), VOLUNTEER, "message-2", NOW
    )
    in_quarantine = held(registration(), QUARANTINE, "honeypot", NOW)
    synthetic = replace(registration(), synthetic=True)

    assert unsent_since([sent, in_quarantine, synthetic], NOW + HOUR) is None


def test_report_unknown() -> None:
    """
    Before anything was measured nothing is known, and that is not well.
    """
    told = report(None, QUIET, NOW)

    assert "degraded" == told["status"]
    assert told["oldest_unsent_seconds"] is None
    assert told["delivery"] == {
        "window_hours": 24,
        "count": None,
        "median_seconds": None,
        "p95_seconds": None,
    }
    assert (0, 0) == (told["waiting_for_a_person"], told["quarantine"])
    assert told["last_probe"] is None


def test_report() -> None:
    """
    What was measured and what is so now, in one.
    """
    status = Status(
        NOW,
        delivery=Delivery(3, 2.0, 4.5),
        probed=Probed(NOW - HOUR, ok=True, seconds=3.1),
        coverage=0.25,
        dead_letters=0,
    )
    told = report(status, Live(NOW - 90 * SECOND, 2, 1), NOW)

    assert told == {
        "status": "ok",
        "measured_at": "2026-11-23T09:30:00Z",
        "oldest_unsent_seconds": 90,
        "delivery": {
            "window_hours": 24,
            "count": 3,
            "median_seconds": 2.0,
            "p95_seconds": 4.5,
        },
        "waiting_for_a_person": 2,
        "quarantine": 1,
        "dead_letters": 0,
        "incidents": [],
        "last_probe": {"at": "2026-11-23T08:30:00Z", "ok": True, "seconds": 3.1},
        "contacts": {"coverage": 0.25},
    }


def test_degraded() -> None:
    """
    A mail that waits for over half an hour, a failed probe, an incident, dead letters, or a
    measurement that nobody made: each of them is not well.
    """
    good = Status(NOW, dead_letters=0)

    assert "ok" == report(good, QUIET, NOW)["status"]
    for status, live, now in (
        (good, Live(NOW - timedelta(minutes=31), 0, 0), NOW),
        (replace(good, oldest_unsent_at=NOW - HOUR), QUIET, NOW),
        (replace(good, probed=Probed(NOW, ok=False)), QUIET, NOW),
        (replace(good, incidents=("silence",)), QUIET, NOW),
        (replace(good, dead_letters=1), QUIET, NOW),
        (good, QUIET, NOW + timedelta(minutes=21)),
        (good, None, NOW),
    ):
        assert "degraded" == report(status, live, now)["status"]


def test_stale() -> None:
    """
    What was measured too long ago is not told as if it were so now; when it was, is.
    """
    told = report(Status(NOW, coverage=0.5, dead_letters=0), QUIET, NOW + HOUR)

    assert (None, None) == (told["dead_letters"], told["incidents"])
    assert {"coverage": None} == told["contacts"]
    assert "2026-11-23T09:30:00Z" == told["measured_at"]


def test_clocks_differ() -> None:
    """
    A mail of a moment to come waits for no time.
    """
    told = report(Status(NOW, dead_letters=0), Live(NOW + timedelta(minutes=2), 0, 0), NOW)

    assert 0 == told["oldest_unsent_seconds"]
