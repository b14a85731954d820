"""Forwarding: every mail goes out, once, whatever fails and whoever else is at work."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.composing import Composer
from chalicelib.domain.contacts import Contact
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.outbox import LEASE, MAX_FAILING, UNHEARD, Mail, Outbox, dropped, requeued
from chalicelib.domain.recent import Recent
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    CONFIRMATION,
    FORWARDING,
    QUARANTINE,
    STEP_UP,
    VOLUNTEER,
    Registration,
    admitted,
    held,
)
from chalicelib.domain.status import UNSENT_WITHIN
from chalicelib.emails import Email, Letters
from chalicelib.failures import DeliveryFailedError
from chalicelib.forward import Desk, forward, sweep
from chalicelib.receipts import take_in
from tests.backend.fakes import Clock, FakeMailer, FakeStore, KilledError, aws_error
from tests.backend.lines import lines, text
from tests.backend.samples import (
    AALST,
    AGENCY,
    BRUSSEL,
    GENT,
    LINKS,
    NOW,
    SITE_URL,
    Changes,
    contact,
    mail_to,
    registration,
)
from tests.backend.ses_events import event

THROTTLED = DeliveryFailedError("TooManyRequestsException")


def always() -> bool:
    return True


Add = Callable[..., Registration]


@pytest.fixture
def add(store: FakeStore, clock: Clock) -> Add:
    """Stores a new registration, made now."""

    def add_(number: int = 1, **changes: Changes) -> Registration:
        new = registration(number, clock(), **changes)
        store.add(new)
        return new

    return add_


def test_both_mails(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    The municipality gets its mail first, then the volunteer; nothing stays due.
    """
    new = add()
    forward(new, desk)
    kept = store.records[new.reference]

    assert [(AALST, "buddy@aalst.example"), (VOLUNTEER, "anais@example.be")] == [
        (email.receiver, email.to) for email in mailer.sent
    ]
    assert ["sent", "sent"] == [mail.status for mail in kept.mails]
    assert ["message-1", "message-2"] == [mail.sendings[0].message_id for mail in kept.mails]
    assert (None, NOW + UNHEARD) == (kept.lease_until, kept.due_at)
    assert ["registered", "queued", "sent", "sent"] == [event.what for event in kept.events]


def test_every_municipality(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    Each municipality gets a mail of its own, at its own address.
    """
    store.save_contact(contact(GENT, "buddy@gent.example"))
    forward(add(municipality=[GENT, AALST]), desk)

    assert ["buddy@gent.example", "buddy@aalst.example", "anais@example.be"] == [
        email.to for email in mailer.sent
    ]


def test_again(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    The stream bringing a registration again, or the sweep after it, sends nothing more.
    """
    new = add()
    for _ in range(3):
        forward(new, desk)
    forward(store.records[new.reference], desk)

    assert 0 == sweep(desk, always)
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_failure(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    What can't be sent stays queued with the reason, the count and the next moment; the other mail
    goes out.
    """
    mailer.failures[AALST] = THROTTLED
    new = add()
    forward(new, desk)
    kept = store.records[new.reference]
    mail = mail_to(kept)

    assert ("queued", "TooManyRequestsException", 1) == (mail.status, mail.reason, mail.attempts)
    assert mail.next_at
    assert timedelta(seconds=60) <= mail.next_at - clock() <= timedelta(seconds=75)
    assert "sent" == mail_to(kept, VOLUNTEER).status
    assert (None, mail.next_at) == (kept.lease_until, kept.due_at)


def test_later(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    The sweep sends what failed when its moment has come, not before.
    """
    mailer.failures = {AALST: THROTTLED, VOLUNTEER: THROTTLED}
    new = add()
    forward(new, desk)
    mailer.failures = {}

    clock.advance(seconds=59)
    assert 0 == sweep(desk, always)
    assert [] == mailer.sent
    clock.advance(seconds=16)
    assert 1 == sweep(desk, always)
    assert [AALST, VOLUNTEER] == mailer.receivers
    assert [2, 2] == [mail.attempts for mail in store.records[new.reference].mails]
    assert NOW == store.records[new.reference].admitted_at


def test_long_failure(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    SES failing for two days loses nothing: tried ever more rarely, never given up.
    """
    mailer.failures = {AALST: THROTTLED, VOLUNTEER: THROTTLED}
    new = add()
    for _ in range(2 * 24 * 60):
        sweep(desk, always)
        clock.advance(minutes=1)
    attempts = mail_to(store.records[new.reference]).attempts
    mailer.failures = {}
    clock.now += UNSENT_WITHIN
    sweep(desk, always)

    assert 42 <= attempts <= 60
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_unwritable(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    A registration that can't be made into a mail stays queued, too; the other mail goes out.
    """

    class Broken(Letters):
        def forwarding(self, *_: object) -> Email:
            raise KeyError("a person's name")

    new = add()
    broken = Composer(store, Broken(SITE_URL, AGENCY), AGENCY, {}, LINKS)
    forward(new, replace(desk, composer=broken))

    assert "KeyError" == mail_to(store.records[new.reference]).reason
    assert [VOLUNTEER] == mailer.receivers


def test_contacts_fail(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    Without the contacts the municipality's mail waits: it does not go to the agency instead.
    """

    class Failing(FakeStore):
        def contacts(self, nis_code: str) -> Iterator[Contact]:
            raise aws_error("InternalServerError")

    failing = Failing()
    failing.records = store.records
    new = add()
    composer = Composer(failing, Letters(SITE_URL, AGENCY), AGENCY, {}, LINKS)
    forward(new, replace(desk, store=failing, composer=composer))

    assert "queued" == mail_to(store.records[new.reference]).status
    assert "ClientError" == mail_to(store.records[new.reference]).reason
    assert [VOLUNTEER] == mailer.receivers


@pytest.mark.parametrize("state", [None, "bouncing"])
def test_diverted(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, state: str | None
) -> None:
    """
    Without a usable address, as in Brussels, the mail goes to the agency and says why.
    """
    if state:
        store.save_contact(contact(BRUSSEL, state=state))
    forward(add(municipality=BRUSSEL), desk)

    assert AGENCY == mailer.sent[0].to
    assert "Dit bericht is voor Brussel." in mailer.sent[0].text
    assert [BRUSSEL, VOLUNTEER] == mailer.receivers


def test_address_set_later(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    The address is looked up when the mail is sent: a correction counts for what still waits.
    """
    mailer.failures[AALST] = THROTTLED
    forward(add(), desk)
    (known,) = store.contacts(AALST)
    store.save_contact(replace(known, email="new@aalst.example"))
    mailer.failures = {}
    clock.advance(minutes=2)
    sweep(desk, always)

    assert "new@aalst.example" == mailer.sent[-1].to


def test_two_at_once(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    A second forwarder that comes while the first one sends leaves it alone.
    """
    new = add()

    def come_too(_: object) -> None:
        forward(new, desk)
        forward(store.records[new.reference], desk)
        sweep(desk, always)

    mailer.during = come_too
    forward(new, desk)

    assert [AALST, VOLUNTEER] == mailer.receivers
    assert 4 == store.writes  # stored, claimed, and a step for each mail


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=2), -timedelta(hours=1)])
def test_two_clocks(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, ahead: timedelta
) -> None:
    """
    A sweep of another day, as `/dev/clock` asks for, and one of now leave each other alone.
    """
    new = add()
    elsewhere = replace(desk, clock=lambda: NOW + ahead)

    def come_too(_: object) -> None:
        sweep(elsewhere, always)
        forward(store.records[new.reference], elsewhere)

    mailer.during = come_too
    forward(new, desk)

    assert [AALST, VOLUNTEER] == mailer.receivers
    assert 4 == store.writes


def test_two_at_the_same_moment(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    Of two that claim it at the same moment one sends.
    """
    new = add()
    store.before_save = lambda: forward(new, desk)
    forward(new, desk)

    assert [AALST, VOLUNTEER] == mailer.receivers


def test_due_between_two_looks(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A mail that becomes due while it is looked at is not sent without a claim.
    """
    mailer.failures[AALST] = THROTTLED
    new = add()
    forward(new, desk)
    waiting = store.records[new.reference]
    mailer.failures = {}
    assert waiting.due_at
    moments = [waiting.due_at - timedelta(microseconds=1)]

    def passing() -> datetime:
        return moments.pop() if moments else waiting.due_at or NOW

    mailer.during = lambda _: sweep(replace(desk, clock=lambda: waiting.due_at or NOW), always)
    forward(waiting, replace(desk, clock=passing))
    clock.now = waiting.due_at
    sweep(desk, always)

    assert 1 == mailer.receivers.count(AALST)


def test_due_after_the_release(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A mail that becomes due again just after the lease was given back waits for the next claim.
    """
    mailer.failures[AALST] = THROTTLED
    new = add()

    def wait_until_due() -> None:
        mailer.failures = {}
        clock.now = mail_to(store.records[new.reference]).next_at or NOW
        mailer.during = lambda _: sweep(desk, always)

    def during_the_second(_: object) -> None:
        store.before_save = wait_until_due

    def during_the_first(_: object) -> None:
        mailer.during = during_the_second

    mailer.during = during_the_first
    forward(new, desk)
    mailer.during = None
    sweep(desk, always)

    assert [VOLUNTEER, AALST] == mailer.receivers


def test_killed(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    A forwarder killed before SES took the mail costs nothing: it is sent when the lease is over.
    """

    def kill(_: object) -> None:
        raise KilledError

    mailer.during = kill
    with pytest.raises(KilledError):
        forward(add(), desk)

    clock.now += LEASE - timedelta(seconds=1)
    assert 0 == sweep(desk, always)
    clock.advance(seconds=1)
    assert 1 == sweep(desk, always)
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_killed_after_sending(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A forwarder killed between SES's answer and writing it down costs one extra copy of that mail,
    with the same reference, after the lease and no sooner.
    """

    def kill_at_next_save(_: object) -> None:
        def kill() -> None:
            raise KilledError

        store.before_save = kill

    mailer.during = kill_at_next_save
    new = add()
    with pytest.raises(KilledError):
        forward(new, desk)

    forward(new, desk)
    sweep(desk, always)
    assert [AALST] == mailer.receivers
    clock.now += LEASE
    sweep(desk, always)
    assert [AALST, AALST, VOLUNTEER] == mailer.receivers
    assert {new.reference} == {email.reference for email in mailer.sent}
    clock.advance(hours=23)
    assert 0 == sweep(desk, always)


def test_many_kills(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    However often the forwarder is killed, nothing is lost and each kill costs one copy at most.
    """
    kills = 25

    def kill(_: object = None) -> None:
        raise KilledError

    def kill_at_next_save(_: object) -> None:
        store.before_save = kill

    those = [add(number, email=f"a{number}@example.be") for number in range(1, 11)]
    for number in range(kills):
        mailer.during = kill if number % 3 == 0 else kill_at_next_save
        with pytest.raises(KilledError):
            sweep(desk, always)
        clock.now += LEASE
    sweep(desk, always)
    copies = [(email.reference, email.receiver) for email in mailer.sent]

    assert {(one.reference, mail.receiver) for one in those for mail in one.mails} == set(copies)
    assert len(copies) - len(set(copies)) <= kills
    assert {"sent"} == {mail.status for one in store.records.values() for mail in one.mails}


def test_stale_while_sending(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    What somebody else changes while a mail is under way stays, and the sent mail is written down.
    """
    new = add()

    def change(_: object) -> None:
        current = store.records[new.reference]
        store.save(dropped(current, mail_to(current, VOLUNTEER), "withdrawn", NOW))

    mailer.during = change
    forward(new, desk)
    kept = store.records[new.reference]

    assert ["sent", "dropped"] == [mail.status for mail in kept.mails]
    assert "message-1" == mail_to(kept).sendings[0].message_id
    assert ["dropped", "sent"] == [event.what for event in kept.events[-2:]]
    assert [AALST] == mailer.receivers


def test_stale_twice(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    It is written down also when somebody else is quicker again; the next mail goes out as well.
    """
    new = add()

    def touch() -> None:
        store.save(store.records[new.reference])

    def touch_again() -> None:
        touch()
        store.before_save = touch

    def touch_twice(_: object) -> None:
        touch()
        store.before_save = touch_again

    mailer.during = touch_twice
    forward(new, desk)

    assert ["sent", "sent"] == [mail.status for mail in store.records[new.reference].mails]
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_erased_while_sending(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, caplog: pytest.LogCaptureFixture
) -> None:
    """
    A registration that is gone when its mail was sent does not come back.
    """
    mailer.during = lambda _: store.records.clear()
    new = add()
    with caplog.at_level("WARNING"):
        forward(new, desk)

    assert {} == store.records
    assert [{"event": "gone while its mail was sent", "reference": new.reference}] == lines(caplog)


def test_late_failure(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A forwarder that hung, and failed after another one had sent the mail, does not send it again.
    """
    new = add()

    def hang(_: object) -> None:
        clock.now += LEASE
        sweep(desk, always)
        mailer.failures[AALST] = DeliveryFailedError("ReadTimeoutError")

    mailer.during = hang
    forward(new, desk)
    mailer.failures = {}
    clock.advance(days=1)
    sweep(desk, always)

    assert [AALST, VOLUNTEER] == mailer.receivers


def test_lost_lease(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A forwarder that hung until another one took over writes down what it sent, and stops there.
    """
    new = add()

    def kill(_: object) -> None:
        raise KilledError

    def hang(_: object) -> None:
        clock.now += LEASE
        mailer.during = kill
        with pytest.raises(KilledError):
            sweep(desk, always)

    mailer.during = hang
    forward(new, desk)

    assert [AALST] == mailer.receivers
    assert clock() + LEASE == store.records[new.reference].lease_until
    clock.now += LEASE
    sweep(desk, always)
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_repeat(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    The same person for the same municipality within a day is kept and marked, and mails nobody.
    """
    first = add(1)
    forward(first, desk)
    clock.advance(hours=23)
    again = add(2, about="Nog eens")
    forward(again, desk)
    kept = store.records[again.reference]

    assert [AALST, VOLUNTEER] == mailer.receivers
    assert first.reference == kept.repeat_of
    assert {"dropped"} == {mail.status for mail in kept.mails}
    assert (None, None) == (kept.due_at, kept.lease_until)
    assert "Nog eens" == kept.answers.about


def test_no_repeat(add: Add, desk: Desk, mailer: FakeMailer, clock: Clock) -> None:
    """
    A day later the same person is mailed again; somebody else at the same address at once.
    """
    forward(add(1), desk)
    forward(add(2, name="Jan"), desk)
    clock.advance(hours=24)
    forward(add(3), desk)

    assert [AALST, VOLUNTEER] * 3 == mailer.receivers


def test_third_request(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    An address gets two confirmations a day, and every municipality its mail; what comes after five
    waits for the desk.
    """
    for number in range(1, 8):
        forward(add(number, name=f"Persoon {number}"), desk)
    those = list(store.records.values())

    assert [*[AALST, VOLUNTEER] * 2, *[AALST] * 3] == mailer.receivers
    assert [*[""] * 5, QUARANTINE, QUARANTINE] == [one.hold for one in those]
    assert "enough-confirmations" == mail_to(those[2], VOLUNTEER).reason
    assert (QUARANTINE, NOW) == those[-1].work


def test_judged_once(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A forwarder that died after judging a registration, before claiming it, leaves it new.
    """

    def kill() -> None:
        raise KilledError

    store.before_save = kill
    new = add()
    with pytest.raises(KilledError):
        forward(new, desk)
    sweep(desk, always)

    assert [AALST, VOLUNTEER] == mailer.receivers
    assert "" == store.records[new.reference].repeat_of


def test_judged_at_the_same_moment(add: Add, desk: Desk, store: FakeStore) -> None:
    """
    Two registrations of one address that are judged at the same moment: one is the repeat.
    """
    one, two = add(1), add(2)

    class Racing(FakeStore):
        """Another forwarder writes between our reading and our writing."""

        raced = False

        def save_recent(self, recent: Recent, now: datetime) -> None:
            if not self.raced:
                self.raced = True
                forward(two, racing)
            super().save_recent(recent, now)

    store_ = Racing()
    store_.records = store.records
    racing = replace(desk, store=store_)
    forward(one, racing)

    assert ["", two.reference] == sorted(one.repeat_of for one in store.records.values())
    assert two.reference == store.records[one.reference].repeat_of


def test_sweep_alone(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    Without the stream the sweep sends everything, the longest waiting first.
    """
    those = [add(number, email=f"a{number}@example.be") for number in range(1, 31)]

    assert 30 == sweep(desk, always)
    assert 60 == len(mailer.sent)
    assert {one.reference for one in those} == {email.reference for email in mailer.sent}


def test_oldest_first(
    add: Add, desk: Desk, mailer: FakeMailer, clock: Clock, store: FakeStore
) -> None:
    """
    Who waits longest goes first, when there is no time for all.
    """
    old = add(1)
    clock.advance(minutes=5)
    add(2, email="jan@example.be")
    time = iter([True, False])

    assert 1 == sweep(desk, lambda: next(time))
    assert {old.reference} == {email.reference for email in mailer.sent}
    assert 1 == sweep(desk, always)
    assert 4 == len(mailer.sent)


def test_poison(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    A registration that can't even be read does not hold up the others; the error is raised last.
    """
    add(1)
    clock.advance(seconds=1)
    those = [add(number, email=f"a{number}@example.be") for number in range(2, 5)]

    class Poisoned(FakeStore):
        def outbox(self, id_: str, now: datetime) -> Outbox | None:
            if id_ == registration(1).reference:
                raise KeyError("mails")
            return super().outbox(id_, now)

    poisoned = Poisoned()
    poisoned.records = store.records
    with pytest.raises(KeyError):
        sweep(replace(desk, store=poisoned), always)

    assert {one.reference for one in those} == {email.reference for email in mailer.sent}


def test_expired(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    What has expired is not mailed any more, though the index still shows it.
    """
    one = add()
    clock.now = one.expires_at

    assert 1 == sweep(desk, always)
    assert [] == mailer.sent
    assert store.records[one.reference] == one


def test_gone_before_the_sweep(add: Add, desk: Desk, mailer: FakeMailer) -> None:
    """
    What the index still shows but is no longer there is passed over.
    """
    add()

    class Lagging(FakeStore):
        def outbox(self, id_: str, now: datetime) -> Outbox | None:
            return None

    assert 0 == sweep(replace(desk, store=Lagging()), always)
    lagging = Lagging()
    lagging.add(registration())

    assert 1 == sweep(replace(desk, store=lagging), always)
    assert [] == mailer.sent


def test_index_lags(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    What the index still shows but was sent meanwhile is not sent again.
    """
    new = add()
    forward(new, desk)

    class Lagging(FakeStore):
        def due(self, now: datetime) -> Iterator[str]:
            yield new.reference

    lagging = Lagging()
    lagging.records = store.records
    sweep(replace(desk, store=lagging), always)

    assert [AALST, VOLUNTEER] == mailer.receivers


def test_table_down(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer) -> None:
    """
    A table that does not answer is an error, and nothing is sent.
    """
    new = add()
    failure = aws_error("InternalServerError")
    store.failure = failure

    with pytest.raises(type(failure)):
        forward(new, desk)
    with pytest.raises(type(failure)):
        sweep(desk, always)
    assert [] == mailer.sent


def test_log(
    add: Add, desk: Desk, mailer: FakeMailer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """
    The log has references and reasons, never the person.
    """
    mailer.failures[AALST] = THROTTLED
    with caplog.at_level("DEBUG"):
        new = add()
        forward(new, desk)
        forward(new, desk)
        forward(add(2), desk)

    which = {"reference": new.reference, "mail": FORWARDING, "receiver": AALST}
    assert which | {"event": "postponed", "why": "TooManyRequestsException"} in lines(caplog)
    which |= {"mail": CONFIRMATION, "receiver": VOLUNTEER}
    assert which | {"event": "sent"} in lines(caplog)
    told = caplog.text.casefold() + text(caplog)
    assert [] == [word for word in ("anais", "anaïs", "hondt", "470", "9300") if word in told]


def test_sent_is_not_moved(add: Add, desk: Desk, store: FakeStore, clock: Clock) -> None:
    """
    Each mail has the moment at which it was sent itself.
    """
    new = add()
    clock.advance(seconds=3)
    forward(new, desk)
    kept = store.records[new.reference]

    assert [clock(), clock()] == [mail.sent_at for mail in kept.mails]
    assert NOW == kept.registered_at


def tell(store: FakeStore, one: Registration, kind: str, number: int, **more: Any) -> None:
    """What SES tells of the copy with this number, a minute after `NOW`."""
    kept = store.records[one.reference]
    mail, sending = next(
        (mail, sending)
        for mail in kept.mails
        for sending in mail.sendings
        if sending.message_id == f"message-{number}"
    )
    message = event(
        kind,
        "2026-11-23T09:31:00.000Z",
        reference=one.reference,
        mail=mail.kind,
        receiver=mail.receiver,
        route=sending.route,
        message_id=sending.message_id,
        **more,
    )
    take_in(message, store, NOW)


def test_second_address(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    What came back from a municipality's address goes to the next ones: its second, its region's,
    the agency's; then it waits for a person. She is told once.
    """
    store.save_contact(contact(email="two@aalst.example", order=2))
    store.save_contact(contact("02000", "regio@vlaanderen.example"))
    new = add()
    forward(new, desk)
    tell(store, new, "Delivery", 2)
    told = []
    for number in (1, 3, 4, 5):
        tell(store, new, "Bounce", number)
        clock.advance(minutes=2)
        sweep(desk, always)
        told.append([mail.kind for mail in store.records[new.reference].mails][2:])
    kept = store.records[new.reference]

    assert [
        "buddy@aalst.example",
        "anais@example.be",
        "two@aalst.example",
        "regio@vlaanderen.example",
        AGENCY,
        "anais@example.be",
    ] == [email.to for email in mailer.sent]
    assert "het duurt wat langer" in mailer.sent[-1].subject
    assert [[], [], ["delay"], ["delay"]] == told
    assert ("attention", "came-back-from-all") == (mail_to(kept).status, mail_to(kept).reason)
    assert ["bouncing", "bouncing", "bouncing"] == [one.state for one in store.all_contacts()]


def test_full_mailbox(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A full mailbox is passed over for this mail, and tried again for the next.
    """
    store.save_contact(contact(email="two@aalst.example", order=2))
    first, second = add(1), add(2, email="jan@example.be")
    forward(first, desk)
    tell(store, first, "Bounce", 1, bounceType="Transient", bounceSubType="MailboxFull")
    clock.advance(minutes=2)
    sweep(desk, always)

    assert [
        (first.reference, "buddy@aalst.example"),
        (second.reference, "buddy@aalst.example"),
        (first.reference, "two@aalst.example"),
    ] == [(email.reference, email.to) for email in mailer.sent if email.receiver == AALST]


def test_out_of_office(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    An automatic reply, told before the delivery, sends nothing again.
    """
    new = add()
    forward(new, desk)
    tell(store, new, "Bounce", 1, bounceType="Transient")
    clock.advance(minutes=30)
    sweep(desk, always)
    tell(store, new, "Delivery", 1)
    clock.advance(hours=20)
    sweep(desk, always)

    assert "delivered" == mail_to(store.records[new.reference]).status
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_came_back_for_now(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A soft bounce without delivery is one after a while.
    """
    new = add()
    forward(new, desk)
    tell(store, new, "Bounce", 1, bounceType="Transient")
    clock.advance(minutes=62)
    sweep(desk, always)

    assert AGENCY == mailer.sent[2].to


def test_her_address_bounces(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    When the volunteer's address does not work her municipality is asked, once, to phone.
    """
    new = add()
    forward(new, desk)
    tell(store, new, "Bounce", 2)
    tell(store, new, "Delivery", 1)
    for _ in range(3):
        clock.advance(minutes=2)
        sweep(desk, always)
    tell(store, new, "Delivery", 3)
    clock.advance(days=2)
    sweep(desk, always)
    kept = store.records[new.reference]

    assert [AALST, VOLUNTEER, AALST] == mailer.receivers
    assert ("buddy@aalst.example", "phone-instead") == (mailer.sent[2].to, mailer.sent[2].kind)
    assert ["delivered", "bounced", "delivered"] == [mail.status for mail in kept.mails]
    assert ([], None) == ([mail for mail in kept.mails if mail.next_at], kept.work)


def test_nothing_heard(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A mail of which SES tells nothing for a day waits for a person, and is not sent again.
    """
    new = add()
    forward(new, desk)
    tell(store, new, "Delivery", 2)
    clock.now = NOW + UNHEARD
    sweep(desk, always)
    kept = store.records[new.reference]

    assert [("attention", "no-receipt"), ("delivered", "")] == [
        (mail.status, mail.reason) for mail in kept.mails
    ]
    assert [AALST, VOLUNTEER] == mailer.receivers
    assert [new.reference] == list(store.work("attention"))


def test_after_three_days(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    After three days of failing a person must look, and nothing is tried any more.
    """
    mailer.failures[AALST] = THROTTLED
    new = add()
    for _ in range(80):
        sweep(desk, always)
        clock.advance(hours=1)
    kept = store.records[new.reference]

    assert ("attention", "TooManyRequestsException") == (
        mail_to(kept).status,
        mail_to(kept).reason,
    )
    waits_since = mail_to(kept).attention_at
    assert waits_since
    assert MAX_FAILING <= waits_since - NOW < MAX_FAILING + timedelta(hours=2)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", "queued"),
        ("LimitExceededException", "queued"),
        ("AccountSuspendedException", "queued"),
        ("SendingPausedException", "queued"),
        ("MailFromDomainNotVerifiedException", "queued"),
        ("NotFoundException", "queued"),
        ("MessageRejected", "attention"),
        ("BadRequestException", "attention"),
    ],
)
def test_each_refusal(  # noqa: PLR0917 (fixtures)
    add: Add,
    desk: Desk,
    store: FakeStore,
    mailer: FakeMailer,
    clock: Clock,
    code: str,
    status: str,
) -> None:
    """
    What SES refuses for our account's sake waits for better times; what it refuses for the mail's
    sake, for a person. Both go out when it is asked, without a change of data.
    """
    mailer.failures[AALST] = DeliveryFailedError(code)
    new = add()
    for _ in range(24):
        sweep(desk, always)
        clock.advance(minutes=30)
    assert (status, code) == (
        mail_to(store.records[new.reference]).status,
        mail_to(store.records[new.reference]).reason,
    )

    mailer.failures = {}
    current = store.records[new.reference]
    store.save(requeued(current, mail_to(current), clock()))
    sweep(desk, always)
    assert "sent" == mail_to(store.records[new.reference]).status


def test_held(add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    Who does not confirm in time is for the desk to look at; until then no municipality is mailed.
    """
    new = add()
    store.save(held(admitted(new, repeat_of="", confirm=True, now=NOW), QUARANTINE, "x", NOW))
    clock.advance(days=1)
    assert 0 == sweep(desk, always)
    other = held(add(2, email="jan@example.be"), STEP_UP, "x", clock())
    store.save(replace(other, mails=other.mails[:2]))
    clock.now += CONFIRM_FIRST_FOR
    sweep(desk, always)

    assert [] == mailer.sent
    assert {new.reference, other.reference} == set(store.work(QUARANTINE))
    assert "not-confirmed" == store.records[other.reference].events[-1].why


def test_notice(desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock) -> None:
    """
    A notice goes the way of any mail: woken, tried again, followed.
    """
    one = notice("digest", "2026-11-23", "agency", NOW)
    store.add_notice(one)

    def write(_: Notice, mail: Mail, __: datetime) -> Email:
        return Email(one.id, mail.kind, mail.receiver, "agency", AGENCY, AGENCY, "x", "x", "x")

    composer = Composer(store, Letters(SITE_URL, AGENCY), AGENCY, {"digest": write}, LINKS)
    mailer.failures["agency"] = THROTTLED
    forward(one, replace(desk, composer=composer))
    mailer.failures = {}
    clock.advance(minutes=2)
    assert 1 == sweep(replace(desk, composer=composer), always)

    assert [AGENCY] == [email.to for email in mailer.sent]
    assert ("sent", 2) == (
        store.notices[one.id].mails[0].status,
        store.notices[one.id].mails[0].attempts,
    )


def resend(store: FakeStore, one: Registration, now: datetime) -> None:
    """A person wants the forwarding tried again."""
    kept = store.records[one.reference]
    store.save(requeued(kept, mail_to(kept), now))


def test_asked_again_when_nothing_was_heard(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A person can have another copy sent of what nobody heard of, also while SES is down for a while.
    """
    new = add()
    forward(new, desk)
    tell(store, new, "Delivery", 2)
    clock.now = NOW + UNHEARD
    sweep(desk, always)
    clock.advance(hours=1)
    resend(store, new, clock())
    mailer.failures[AALST] = THROTTLED
    sweep(desk, always)
    assert "queued" == mail_to(store.records[new.reference]).status
    mailer.failures = {}
    clock.advance(minutes=2)
    sweep(desk, always)
    sweep(desk, always)

    assert [AALST, VOLUNTEER, AALST] == mailer.receivers
    assert "sent" == mail_to(store.records[new.reference]).status


def test_asked_again_when_all_failed(
    add: Add, desk: Desk, store: FakeStore, mailer: FakeMailer, clock: Clock
) -> None:
    """
    A person can have it tried again from the start: also where it came back from, if it may.
    """
    new = add()
    forward(new, desk)
    tell(store, new, "Delivery", 2)
    for number in (1, 3):
        tell(store, new, "Bounce", number, bounceType="Transient", bounceSubType="MailboxFull")
        clock.advance(minutes=2)
        sweep(desk, always)
    assert "attention" == mail_to(store.records[new.reference]).status
    resend(store, new, clock())
    sweep(desk, always)

    to_aalst = [email.to for email in mailer.sent if email.receiver == AALST]
    assert ["buddy@aalst.example", AGENCY, "buddy@aalst.example"] == to_aalst
