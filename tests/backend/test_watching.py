"""Watching over the whole: incidents told once, mails freed, figures kept."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain import outbox, probe
from chalicelib.domain.incidents import SILENCE, STUCK, Trouble
from chalicelib.domain.ledger import Entry, entries
from chalicelib.domain.outbox import BOUNCED, DELIVERED, Event, Fact, heard
from chalicelib.domain.registration import VOLUNTEER, Circumstances, register
from chalicelib.failures import StaleError
from chalicelib.watching import (
    Gauge,
    free_stuck,
    look,
    measure,
    note,
    status_now,
    watch_silence,
    withdraw,
)
from tests.backend import steps
from tests.backend.fakes import FakeStore, aws_error
from tests.backend.samples import AALST, NOW, answers, mail_to, registration

HOUR = timedelta(hours=1)
TROUBLE = Trouble("no-registrations", NOW - 9 * HOUR)
START = "incident.silence.20261123T093000.start"


class FakeQueues:
    def __init__(self, count: int = 0) -> None:
        self.letters = count
        self.failure: Exception | None = None

    def count(self) -> int:
        if self.failure:
            raise self.failure
        return self.letters


def always() -> bool:
    return True


def gauge(store: FakeStore, dead_letters: int = 0) -> Gauge:
    return Gauge(store, FakeQueues(dead_letters))


def one_an_hour(store: FakeStore, until: datetime, days: int = 28) -> None:
    at = NOW - timedelta(days=days)
    number = 0
    while at <= until:
        number += 1
        store.append(Entry(f"MB-{number}", 1, Event(at, "registered")))
        at += HOUR


def test_note() -> None:
    """
    An incident has one mail when it begins and one when it is over, however often it is looked at.
    """
    store = FakeStore()
    for _ in range(3):
        note(SILENCE, TROUBLE, store, NOW)
    for _ in range(3):
        note(SILENCE, None, store, NOW + HOUR)

    assert [START, "incident.silence.20261123T093000.end"] == list(store.notices)
    assert not store.incident(SILENCE).is_open


def test_note_after_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A crash before the mail was made costs no mail, and one after it no second.
    """
    for broken in ("add_notice", "save_incident"):
        store = FakeStore()
        note(SILENCE, None, store, NOW)
        working = getattr(store, broken)
        calls: list[object] = []

        def failing(
            given: object, calls: list[object] = calls, working: object = working
        ) -> object:
            calls.append(given)
            if len(calls) == (2 if broken == "save_incident" else 1):  # noqa: B023
                raise aws_error("InternalServerError")
            return working(given)  # type: ignore[operator]

        monkeypatch.setattr(store, broken, failing)
        with pytest.raises(Exception, match="InternalServerError"):
            note(SILENCE, TROUBLE, store, NOW)
        note(SILENCE, TROUBLE, store, NOW + HOUR)

        assert [START] == list(store.notices)
        assert store.incident(SILENCE).told


def test_note_two_at_once() -> None:
    """
    Two runs at once open one incident.
    """

    class Racing(FakeStore):
        raced = False

        def save_incident(self, incident):  # type: ignore[no-untyped-def]
            if not self.raced:
                self.raced = True
                note(SILENCE, TROUBLE, self, NOW + timedelta(seconds=2))
                raise StaleError
            return super().save_incident(incident)

    store = Racing()
    note(SILENCE, TROUBLE, store, NOW)

    assert ["incident.silence.20261123T093002.start"] == list(store.notices)


def test_silence() -> None:
    """
    One an hour, and then nobody for nine hours: told once, since the last; over with the next.
    """
    store = FakeStore()
    one_an_hour(store, NOW - 9 * HOUR)
    awaited = watch_silence(store, NOW)
    watch_silence(store, NOW + HOUR)
    known = store.incident(SILENCE)

    assert 9 == pytest.approx(awaited, rel=0.01)
    assert (True, NOW - 9 * HOUR) == (known.is_open, known.since)

    for days in range(1, 9):  # what is expected sinks: that does not make it over
        watch_silence(store, NOW + timedelta(days=days))
    assert store.incident(SILENCE).is_open

    store.append(Entry("MB-1000", 1, Event(NOW + timedelta(days=9), "registered")))
    watch_silence(store, NOW + timedelta(days=9, hours=1))
    assert not store.incident(SILENCE).is_open
    assert 2 == len(store.notices)


def test_silence_unknown() -> None:
    """
    In its first weeks the site does not know what is usual, and tells nothing.
    """
    store = FakeStore()
    one_an_hour(store, NOW - 9 * HOUR, days=20)

    assert watch_silence(store, NOW) is None
    assert {} == store.notices


def lost(store: FakeStore, **changes: object) -> None:
    """A registration of which the forwarding has no next step."""
    one = registration()
    mail = replace(mail_to(one), next_at=None, **changes)  # type: ignore[arg-type]
    store.add(replace(one, mails=(mail, *one.mails[1:])))


def test_stuck() -> None:
    """
    A mail without a next step gets one, and the agency hears how many there were, once.
    """
    store = FakeStore()
    lost(store)
    store.add(registration(2))

    assert 1 == free_stuck(store, NOW + HOUR)
    (freed, _) = store.records.values()
    assert NOW + HOUR == mail_to(freed).next_at
    assert ("1", True) == (store.incident(STUCK).why, store.incident(STUCK).is_open)

    assert 0 == free_stuck(store, NOW + timedelta(days=1))
    assert not store.incident(STUCK).is_open
    assert 2 == len(store.notices)


def test_stuck_changed_meanwhile() -> None:
    """
    What somebody else writes at that moment is not stuck.
    """
    store = FakeStore()
    lost(store)

    def interfere() -> None:
        (one,) = store.records.values()
        store.save(one)

    store.before_save = interfere

    assert 0 == free_stuck(store, NOW)
    assert {} == store.notices


def probed(store: FakeStore, now: datetime, *, arrives: bool) -> None:
    """A probe as it is in the table, its mails delivered or not."""
    one = register(
        answers(),
        probe.reference(now),
        probe.submission_id(now),
        now,
        Circumstances(synthetic=True),
    )
    for receiver in (AALST, VOLUNTEER):
        one = steps.sent(one, receiver, f"to-{receiver}", now)
        if arrives:
            fact = Fact(now + timedelta(seconds=3), DELIVERED)
            one = heard(one, steps.receipt(one, receiver, fact, f"to-{receiver}", now))
    store.add(one)


def test_measure() -> None:
    """
    The figures are kept for whoever asks: deliveries, the last probe, coverage, dead letters.
    """
    store = FakeStore()
    one = steps.sent(registration(), AALST, "message-1", NOW)
    one = heard(
        one,
        steps.receipt(one, AALST, Fact(NOW + timedelta(seconds=4), DELIVERED), "message-1", NOW),
    )
    store.add(one)
    for entry in entries(one):
        store.append(entry)
    probed(store, NOW - HOUR, arrives=True)
    kept = measure(gauge(store, dead_letters=2), NOW + timedelta(minutes=5), always)

    assert kept == store.status()
    assert kept.delivery
    assert (1, 4.0) == (kept.delivery.count, kept.delivery.median_seconds)
    assert kept.probed
    assert (True, 3.0) == (kept.probed.ok, kept.probed.seconds)
    assert (0.0, 2, ()) == (kept.coverage, kept.dead_letters, kept.incidents)
    assert NOW == kept.oldest_unsent_at  # her confirmation is still to go


def test_measure_unsent() -> None:
    """
    A mail that is tried again in an hour is seen, though nothing is due now.
    """
    store = FakeStore()
    one = steps.sent(registration(), VOLUNTEER, "message-1", NOW)
    for _ in range(8):
        one = steps.postponed(one, AALST, "TooManyRequestsException", NOW + HOUR)
    store.add(one)

    assert NOW == measure(gauge(store), NOW + HOUR + timedelta(minutes=2), always).oldest_unsent_at
    live = look(store, NOW + HOUR)
    assert live
    assert live.oldest_unsent_at is None


def test_measure_in_a_peak() -> None:
    """
    When there is no time to look at all that waits, what was looked at counts, and the rest of the
    figures is there.
    """
    store = FakeStore()
    for number in range(5):
        store.add(registration(number, NOW + timedelta(minutes=number)))
    looks = iter([True, True])
    kept = measure(gauge(store), NOW + HOUR, lambda: next(looks, False))

    assert NOW == kept.oldest_unsent_at
    assert kept.coverage is not None


def test_measure_failed_probe() -> None:
    """
    A probe that did not arrive in ten minutes failed; before that, the one before it counts.
    """
    store = FakeStore()
    probed(store, NOW - HOUR, arrives=True)
    probed(store, NOW, arrives=False)
    early = measure(gauge(store), NOW + timedelta(minutes=5), always).probed
    late = measure(gauge(store), NOW + timedelta(minutes=11), always).probed

    assert early
    assert late
    assert (True, False) == (early.ok, late.ok)


def test_measure_without_queue() -> None:
    """
    A queue that does not answer is unknown, and costs no other figure.
    """
    store = FakeStore()
    queues = FakeQueues()
    queues.failure = aws_error("AccessDenied")
    kept = measure(Gauge(store, queues), NOW, always)

    assert (None, 0.0) == (kept.dead_letters, kept.coverage)


def test_status() -> None:
    """
    What waits for a person is counted live; a table that does not answer makes all unknown.
    """
    store = FakeStore()
    one = steps.sent(registration(), VOLUNTEER, "message-1", NOW)
    one = heard(
        one, steps.receipt(one, VOLUNTEER, Fact(NOW, BOUNCED, "no-mailbox"), "message-1", NOW)
    )
    store.add(replace(one, mails=tuple(replace(m, attention_at=NOW) for m in one.mails)))
    measure(gauge(store), NOW, always)
    told = status_now(store, NOW)
    store.failure = aws_error("InternalServerError")
    broken = status_now(store, NOW)

    assert 1 == told["waiting_for_a_person"]
    assert ("degraded", None, None) == (
        broken["status"],
        broken["waiting_for_a_person"],
        broken["measured_at"],
    )


def test_withdrawn() -> None:
    """
    «Look at this» does not go out after «it is over»; what was sent stays sent.
    """
    store = FakeStore()
    note(SILENCE, TROUBLE, store, NOW)
    note(SILENCE, None, store, NOW + HOUR)
    begins, ends = store.notices.values()

    assert ("dropped", "superseded") == (begins.mails[0].status, begins.mails[0].reason)
    assert "queued" == ends.mails[0].status


def test_not_withdrawn() -> None:
    """
    A mail that went out, or that somebody is at work on, is left alone.
    """
    store = FakeStore()
    note(SILENCE, TROUBLE, store, NOW)
    (begins,) = store.notices.values()
    store.save(outbox.sent(begins, begins.mails[0], "message-1", "agency", NOW))
    withdraw(START, store, NOW)
    withdraw("incident.nothing", store, NOW)

    assert "sent" == store.notices[START].mails[0].status

    other = FakeStore()
    note(SILENCE, TROUBLE, other, NOW)
    other.before_save = lambda: other.save(other.notices[START])
    withdraw(START, other, NOW)

    assert "queued" == other.notices[START].mails[0].status
