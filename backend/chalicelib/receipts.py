"""
Receipts: what SES tells about a mail is added to what it belongs to.

Told twice, late or in another order it gives the same (domain/outbox.py). What must follow is the
forwarder's to do, at the moment that follows from the facts: here nothing is mailed.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chalicelib.domain.consequences import followed_up
from chalicelib.domain.contacts import Contact, bounced
from chalicelib.domain.delivery import OfAnotherError, read_event
from chalicelib.domain.outbox import BOUNCED, PERMANENT, AnyOutbox, Outbox, Receipt, heard
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

MAX_TRIES = 20  # each is a write of somebody else: a registration knows a handful of writers


class Store(Protocol):
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...
    def save(self, outbox: AnyOutbox) -> AnyOutbox: ...
    def contact(self, key: str) -> Contact | None: ...
    def save_contact(self, contact: Contact) -> Contact: ...


def take_in(message: str, store: Store, now: datetime) -> None:
    """
    Add what an event of SES (as SNS carries it) tells.

    An event of a mail that is not ours, or of what has expired, is left alone. Raises
    `UnreadableEventError`, and what the table raises: then nothing is lost, the queue offers the
    event again.
    """
    try:
        receipt = replace(read_event(message), noted_at=now)
    except OfAnotherError as other:
        log.info("event left alone", why=str(other))
        return
    if receipt.fact.what == BOUNCED and receipt.fact.why in PERMANENT:
        _note_bounce(receipt, store, now)
    _again_when_stale(lambda: _note(receipt, store, now))
    log.info(
        "heard",
        reference=receipt.outbox,
        mail=receipt.kind,
        receiver=receipt.receiver,
        outcome=receipt.fact.what,
        why=receipt.fact.why,
    )


def _note(receipt: Receipt, store: Store, now: datetime) -> None:
    outbox = store.outbox(receipt.outbox, now)
    if outbox is None:
        log.info("event of what is gone", reference=receipt.outbox)
        return
    following = heard(outbox, receipt)
    if following is outbox:
        return
    store.save(followed_up(following, now))


def _note_bounce(receipt: Receipt, store: Store, now: datetime) -> None:
    """First, and apart: if the rest fails, the event comes again and this changes nothing."""

    def note() -> None:
        contact = store.contact(receipt.route)
        if contact is None:
            return
        following = bounced(contact, receipt.sent_at, receipt.fact.why, now)
        if following is not contact:
            log.warning("contact bounces", contact=contact.key, why=receipt.fact.why)
            store.save_contact(following)

    _again_when_stale(note)


def _again_when_stale(act: Callable[[], None]) -> None:
    for _ in range(MAX_TRIES - 1):
        try:
            return act()
        except StaleError:
            continue
    return act()
