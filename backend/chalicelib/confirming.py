"""
Confirming: that somebody reads the mailbox of each contact address, now and every year again.

An address is asked by a mail with a code, which is entered once on a page of ours. That it was
asked is written in the contact itself, in one write; the mail is a notice that follows from it. A
crash between the two costs a day at most: the daily run makes the notice when it is not there.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.domain.calendar import in_words, local_date
from chalicelib.domain.contact_code import Entered, Outcome, code_of, enter, is_open, read_code
from chalicelib.domain.contacts import CODE_TERM, REGIONS, Contact, asked, lapsed
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.outbox import Mail
from chalicelib.domain.site import CONFIRM_CONTACT
from chalicelib.emails import Email, Letters
from chalicelib.failures import NotNeededError, StaleError
from chalicelib.logs import Log

log = Log(__name__)

KIND = "contact-code"
"""Of the notice and its mail."""

SCHEDULE = "schedule"
"""Who acts, in the history, when nobody does."""

MAX_TRIES = 20  # each is a write of somebody else: at most a handful of wrong codes at once

Keys = Callable[[], Sequence[bytes]]
"""What codes are signed with: the current key first. Only asked for where a code is needed."""


class Store(Protocol):
    def contact(self, key: str) -> Contact | None: ...
    def save_contact(self, contact: Contact) -> Contact: ...


class Outbox(Protocol):
    def save_contact(self, contact: Contact) -> Contact: ...
    def add_notice(self, notice: Notice) -> bool: ...


class AddressBook(Outbox, Protocol):
    def all_contacts(self) -> Iterable[Contact]: ...


def ask(contact: Contact, who: str, store: Outbox, now: datetime) -> Contact:
    """
    Mail a code to an address; `contact` may be one that is not kept yet.

    Raises `StaleError` when it is no longer what was read: then nothing was asked.
    """
    kept = store.save_contact(asked(contact, who, now))
    _mail(kept, now, store)
    return kept


def keep_current(store: AddressBook, now: datetime) -> dict[str, int]:
    """
    Ask whoever must be asked (again), and let what nobody answered lapse.

    Done twice it is done once. An address that somebody else writes meanwhile waits for the next
    run. Returns how many were asked, lapsed, and had been asked without a mail in the outbox.
    """
    done = {"asked": 0, "lapsed": 0, "mended": 0}
    for contact in store.all_contacts():
        try:
            _keep_one(contact, store, now, done)
        except StaleError:
            log.info("contact changed meanwhile", contact=contact.key)
    return done


def _keep_one(contact: Contact, store: Outbox, now: datetime, done: dict[str, int]) -> None:
    done["mended"] += sum(
        _mail(contact, asked_at, store)
        for asked_at in contact.unanswered
        if is_open(contact, asked_at, now)
    )
    if contact.lapses_at and contact.lapses_at <= now:
        store.save_contact(lapsed(contact, SCHEDULE, now))
        log.warning("contact lapsed", contact=contact.key)
        done["lapsed"] += 1
    elif contact.asks_at and contact.asks_at <= now:
        ask(contact, SCHEDULE, store, now)
        done["asked"] += 1


def _mail(contact: Contact, asked_at: datetime, store: Outbox) -> bool:
    """The notice of one request; False when it was there already."""
    key = f"{contact.key}.{asked_at:%Y%m%dT%H%M%S%f}"
    return store.add_notice(notice(KIND, key, contact.key, asked_at))


def confirm(typed: str, store: Store, keys: Keys, now: datetime) -> Entered | None:
    """
    Enter a code as somebody typed it; None for what can't be a code.

    Entered twice, or by two at once, it confirms once.
    """
    code = read_code(typed)
    if code is None:
        return None
    for _ in range(MAX_TRIES):
        contact = store.contact(code.contact)
        if contact is None:
            log.info("code entered", outcome="no-contact")
            return Entered(Outcome.WRONG)
        outcome, following = enter(contact, code, keys(), now)
        if following is not contact:
            try:
                store.save_contact(following)
            except StaleError:
                continue
        log.info("code entered", contact=contact.key, outcome=outcome.value)
        return Entered(outcome, "" if outcome is Outcome.WRONG else contact.owner)
    raise StaleError


class CodeComposer:
    """Writes the mail with the code, to what the address is when it goes out."""

    def __init__(self, store: Store, letters: Letters, agency: str, keys: Keys) -> None:
        self._store = store
        self._letters = letters
        self._agency = agency
        self._keys = keys

    def __call__(self, notice: Notice, mail: Mail, now: datetime) -> Email:
        """
        Raises `NotNeededError` when the address is gone or retired, answered already, became
        another one, or when the code would have expired.
        """
        contact = self._store.contact(mail.receiver)
        asked_at = notice.created_at
        if contact is None or not is_open(contact, asked_at, now):
            raise NotNeededError("no-longer-asked")
        return self._letters.written(
            KIND,
            notice.id,
            receiver=mail.receiver,
            route=contact.key,
            to=contact.email,
            reply_to=self._agency,
            facts={
                "code": str(code_of(contact, asked_at, self._keys()[0])),
                "owner": contact.owner,
                "of_region": contact.nis_code in REGIONS,
                "valid_until": in_words(local_date(asked_at + CODE_TERM)),
                "was_confirmed": contact.confirmed_at is not None,
                "is_reminder": asked_at != contact.unanswered[0],
                "page": CONFIRM_CONTACT,
            },
        )
