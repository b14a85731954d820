"""
Small stand-ins for the table, SES, the pages and the clock.

`FakeStore` keeps the contract that `test_store.py` holds the real one to.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from chalicelib.domain.contacts import Contact
from chalicelib.domain.finder import Place
from chalicelib.domain.form import Form
from chalicelib.domain.ledger import Entry
from chalicelib.domain.recent import Recent
from chalicelib.domain.registration import Registration
from chalicelib.emails import Email
from chalicelib.failures import StaleError, TakenError


class KilledError(BaseException):
    """The process is gone: nothing that comes after runs, no `except Exception` either."""


def aws_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> None:
        self.now += timedelta(**step)


class FakeStore:
    """
    The table in memory.

    `failure` is raised by every call; `before_save` runs once, just before the next save of a
    registration, as somebody else's write would.
    """

    def __init__(self) -> None:
        self.records: dict[str, Registration] = {}
        self.writes = 0
        self.failure: Exception | None = None
        self.before_save: Callable[[], object] | None = None
        self._recent: dict[str, Recent] = {}
        self._contacts: dict[tuple[str, int], Contact] = {}
        self._ledger: dict[str, dict[tuple[datetime, str, int], Entry]] = defaultdict(dict)

    def add(self, registration: Registration) -> None:
        self.check()
        existing = self.records.get(registration.reference)
        if existing and registration.registered_at < existing.expires_at:
            raise TakenError(existing)
        self._write(registration)

    def get(self, reference: str, now: datetime) -> Registration | None:
        self.check()
        one = self.records.get(reference)
        return one if one and now < one.expires_at else None

    def save(self, registration: Registration) -> Registration:
        if self.before_save:
            interruption, self.before_save = self.before_save, None
            interruption()
        self.check()
        current = self.records.get(registration.reference)
        if current is None or current.version != registration.version:
            raise StaleError
        return self._write(replace(registration, version=registration.version + 1))

    def due(self, now: datetime) -> Iterator[str]:
        self.check()
        waiting = [(one.due_at, one.reference) for one in self.records.values() if one.due_at]
        yield from (reference for due_at, reference in sorted(waiting) if due_at <= now)

    def registrations(self, now: datetime) -> Iterator[Registration]:
        self.check()
        yield from [one for one in self.records.values() if now < one.expires_at]

    def recent(self, address: str) -> Recent:
        self.check()
        return self._recent.get(address, Recent(address))

    def save_recent(self, recent: Recent, now: datetime) -> None:
        self.check()
        if self.recent(recent.address).version != recent.version:
            raise StaleError
        self._recent[recent.address] = replace(recent, version=recent.version + 1)

    def contacts(self, nis_code: str) -> Iterator[Contact]:
        self.check()
        return (contact for contact in self.all_contacts() if contact.nis_code == nis_code)

    def all_contacts(self) -> Iterator[Contact]:
        self.check()
        yield from [self._contacts[place] for place in sorted(self._contacts)]

    def save_contact(self, contact: Contact) -> None:
        self.check()
        self._contacts[contact.nis_code, contact.order] = contact

    def append(self, entry: Entry) -> bool:
        self.check()
        day = self._ledger[entry.event.at.date().isoformat()]
        place = (entry.event.at, entry.reference, entry.number)
        if place in day:
            return False
        day[place] = entry
        return True

    def ledger(self, day: str) -> Iterator[Entry]:
        self.check()
        yield from [entry for _, entry in sorted(self._ledger[day].items())]

    def check(self) -> None:
        if self.failure:
            raise self.failure

    def _write(self, registration: Registration) -> Registration:
        self.writes += 1
        self.records[registration.reference] = registration
        return registration


class FakeMailer:
    """
    Keeps what it sends. `failures` are raised for a receiver, `during` runs while a mail is under
    way: before it is taken, as anything could happen then.
    """

    def __init__(self) -> None:
        self.sent: list[Email] = []
        self.failures: dict[str, Exception] = {}
        self.during: Callable[[Email], object] | None = None

    def send(self, email: Email, now: datetime) -> str:
        if self.during:
            interruption, self.during = self.during, None
            interruption(email)
        if email.receiver in self.failures:
            raise self.failures[email.receiver]
        self.sent.append(email)
        return f"message-{len(self.sent)}"

    @property
    def receivers(self) -> list[str]:
        return [email.receiver for email in self.sent]


class FakePages:
    """Pages that show what they were given, as JSON."""

    def registration_page(self, form: Form, submission_id: str = "") -> str:
        return json.dumps(
            {
                "page": "registration",
                "posted": {name: list(values) for name, values in form.posted.items()},
                "errors": [[error.field, error.message] for error in form.errors],
                "choices": [str(choice) for choice in form.choices],
                "submission_id": submission_id,
            }
        )

    def thanks_page(self, reference: str = "") -> str:
        return json.dumps({"page": "thanks", "reference": reference})

    def search_page(self, query: str, places: Sequence[Place]) -> str:
        labels = [place.label for place in places]
        return json.dumps({"page": "search", "query": query, "places": labels})

    def notice_page(self, title: str, text: str) -> str:
        return json.dumps({"page": "notice", "title": title, "text": text})

    def url(self, path: str) -> str:
        return f"/buddy{path}"
