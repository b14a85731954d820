"""Receipts: what SES tells is kept with the mail, and changes the address that does not work."""

from collections import Counter
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain.delivery import UnreadableEventError
from chalicelib.domain.notice import notice
from chalicelib.domain.registration import VOLUNTEER, Registration
from chalicelib.failures import StaleError
from chalicelib.forward import Desk, forward
from chalicelib.receipts import MAX_TRIES, take_in
from tests.backend.fakes import FakeMailer, FakeStore, aws_error
from tests.backend.lines import lines, text
from tests.backend.samples import AALST, NOW, mail_to, registration
from tests.backend.ses_events import event
from tests.backend.steps import dropped

AT = "2026-11-23T09:31:02.345Z"
REFERENCE = registration().reference


@pytest.fixture
def record(store: FakeStore, desk: Desk) -> Registration:
    """A registration of which both mails were taken by SES."""
    store.add(registration())
    forward(registration(), desk)
    return store.records[REFERENCE]


def told(kind: str = "Delivery", at: str = AT, **more: Any) -> str:
    """An event about the mail to Aalst."""
    return event(kind, at, **{"reference": REFERENCE, "message_id": "message-1"} | more)


def to_her(kind: str, at: str = AT, **more: Any) -> str:
    known = {"mail": "confirmation", "receiver": VOLUNTEER, "route": VOLUNTEER}
    return told(kind, at, **known | {"message_id": "message-2"} | more)


def state(store: FakeStore) -> list[str]:
    return [mail.status for mail in store.records[REFERENCE].mails]


def test_delivered(store: FakeStore, record: Registration) -> None:
    """
    Both mails are delivered: nothing is to be done with them any more.
    """
    take_in(told(), store, NOW)
    assert ["delivered", "sent"] == state(store)
    take_in(to_her("Delivery"), store, NOW)

    assert ["delivered", "delivered"] == state(store)
    assert [None, None] == [mail.next_at for mail in store.records[REFERENCE].mails]


def test_twice(store: FakeStore, record: Registration) -> None:
    """
    An event that comes twice is written once.
    """
    take_in(told(), store, NOW)
    writes = store.writes
    take_in(told(), store, NOW)

    assert writes == store.writes


def test_every_order(store: FakeStore, record: Registration) -> None:
    """
    Whatever the order in which SES's events come, each twice, the end is the same.
    """
    events = [
        told("DeliveryDelay", "2026-11-23T09:31:00.000Z"),
        told("Delivery", "2026-11-23T09:32:00.000Z"),
        told("Bounce", "2026-11-23T09:33:00.000Z", bounceType="Transient"),
        to_her("Delivery", "2026-11-23T09:31:00.000Z"),
        to_her("Complaint", "2026-11-23T09:40:00.000Z"),
    ]
    ends = []
    for order in permutations(events):
        store.records[REFERENCE] = record
        for one in (*order, *order):
            take_in(one, store, NOW)
        end = store.records[REFERENCE]
        ends.append((end.mails, Counter(end.events), end.due_at, end.work))

    assert ["delivered", "complained"] == state(store)
    assert all(end == ends[0] for end in ends)


def test_bounce(store: FakeStore, record: Registration) -> None:
    """
    An address that does not exist is bouncing from then on, with who found out and when.
    """
    take_in(told("Bounce", bounceSubType="NoEmail"), store, NOW)
    (contact,) = store.contacts(AALST)

    assert "bouncing" == contact.state
    assert [("ses", "no-mailbox", NOW)] == [
        (change.who, change.what, change.at) for change in contact.changes
    ]
    assert "queued" == mail_to(store.records[REFERENCE]).status


def test_soft_bounce(store: FakeStore, record: Registration) -> None:
    """
    A full mailbox leaves the address as it is: the mail goes elsewhere, the next one may arrive.
    """
    take_in(told("Bounce", bounceType="Transient", bounceSubType="MailboxFull"), store, NOW)

    assert ["confirmed"] == [contact.state for contact in store.contacts(AALST)]
    assert "queued" == mail_to(store.records[REFERENCE]).status


def test_corrected_meanwhile(store: FakeStore, record: Registration) -> None:
    """
    A bounce of the address that stood there before says nothing of the new one.
    """
    (contact,) = store.contacts(AALST)
    store.save_contact(replace(contact, email="new@aalst.example", since=NOW.replace(hour=10)))
    take_in(told("Bounce"), store, NOW)

    assert ["confirmed"] == [contact.state for contact in store.contacts(AALST)]


def test_bounce_again(store: FakeStore, record: Registration) -> None:
    """
    A second bounce of a bouncing address changes it no more.
    """
    take_in(told("Bounce"), store, NOW)
    (before,) = store.contacts(AALST)
    take_in(told("Bounce", "2026-11-23T09:55:00.000Z"), store, NOW)

    assert [before] == list(store.contacts(AALST))


def test_volunteer_bounces(store: FakeStore, record: Registration) -> None:
    """
    The volunteer's address is no contact: none changes.
    """
    take_in(to_her("Bounce"), store, NOW)

    assert ["confirmed"] == [contact.state for contact in store.contacts(AALST)]
    assert ["sent", "queued"] == state(store)


def test_notice(store: FakeStore) -> None:
    """
    A notice is followed like any mail.
    """
    store.add_notice(notice("digest", "2026-11-23", "agency", NOW))
    ours = {"mail": "digest", "receiver": "agency", "route": "agency"}
    take_in(told(reference="digest.2026-11-23", **ours), store, NOW)

    assert "delivered" == store.notices["digest.2026-11-23"].mails[0].status


@pytest.mark.parametrize(
    "message",
    [
        told(reference="MB-AAAA-AAAA"),
        told(mail="phone-instead"),
        told(receiver="44021"),
        told("Open"),
        told().replace('"route"', '"other"'),
    ],
)
def test_left_alone(store: FakeStore, record: Registration, message: str) -> None:
    """
    What is gone, not there or not ours is left alone.
    """
    writes = store.writes
    take_in(message, store, NOW)

    assert writes == store.writes


def test_expired(store: FakeStore, record: Registration) -> None:
    """
    An event about what has expired changes nothing.
    """
    writes = store.writes
    take_in(told(), store, record.expires_at)

    assert writes == store.writes


def test_unreadable(store: FakeStore) -> None:
    """
    What can't be read is an error: the queue keeps it where somebody sees it.
    """
    with pytest.raises(UnreadableEventError):
        take_in("Hello", store, NOW)


def test_table_down(store: FakeStore, record: Registration) -> None:
    """
    Without the table it is an error, and the event comes again.
    """
    store.failure = aws_error("InternalServerError")
    with pytest.raises(type(store.failure)):
        take_in(told(), store, NOW)
    store.failure = None
    take_in(told(), store, NOW)

    assert ["delivered", "sent"] == state(store)


def test_somebody_else_first(store: FakeStore, record: Registration) -> None:
    """
    What somebody else writes at the same moment stays.
    """

    def withdraw() -> None:
        current = store.records[REFERENCE]
        store.save(dropped(current, VOLUNTEER, "withdrawn", NOW))

    store.before_save = withdraw
    take_in(told(), store, NOW)

    assert ["delivered", "dropped"] == state(store)


def test_always_somebody_else(store: FakeStore, record: Registration) -> None:
    """
    It does not try for ever.
    """
    tries = 0

    def touch() -> None:
        nonlocal tries
        tries += 1
        store.before_save = None
        store.save(store.records[REFERENCE])
        store.before_save = touch

    store.before_save = touch
    with pytest.raises(StaleError):
        take_in(told(), store, NOW)

    assert MAX_TRIES == tries


def test_while_sending(store: FakeStore, desk: Desk, mailer: FakeMailer) -> None:
    """
    An event that comes before its mail is written down is kept, and no copy goes out.
    """
    new = registration(municipality=[AALST])
    store.add(new)

    def tell(_: object) -> None:
        take_in(told(), store, NOW)

    mailer.during = tell
    forward(new, desk)

    assert ["delivered", "sent"] == state(store)
    assert [AALST, VOLUNTEER] == mailer.receivers
    assert 1 == len(mail_to(store.records[REFERENCE]).sendings)


def test_log(store: FakeStore, record: Registration, caplog: pytest.LogCaptureFixture) -> None:
    """
    The log has references and codes, no address.
    """
    with caplog.at_level("DEBUG"):
        take_in(told("Bounce"), store, NOW)
        take_in(to_her("Complaint"), store, NOW)

    assert {REFERENCE} == {line["reference"] for line in lines(caplog) if "reference" in line}
    assert "@" not in caplog.text + text(caplog)
