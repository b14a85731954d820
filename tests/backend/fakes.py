"""
Small stand-ins for the table, SES, the pages and the clock.

`FakeStore` keeps the contract that `test_store.py` holds the real one to.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from botocore.exceptions import ClientError

from chalicelib.domain.candidates import Candidate
from chalicelib.domain.contacts import Contact
from chalicelib.domain.downloads import Downloads
from chalicelib.domain.export import Export
from chalicelib.domain.external import External
from chalicelib.domain.figures import Progress, Sheet, Tally
from chalicelib.domain.finder import Place
from chalicelib.domain.form import Form
from chalicelib.domain.incidents import Incident
from chalicelib.domain.ledger import Entry
from chalicelib.domain.names import Named
from chalicelib.domain.notice import Notice
from chalicelib.domain.officers import Roster
from chalicelib.domain.outbox import AnyOutbox, Outbox
from chalicelib.domain.recent import Recent
from chalicelib.domain.registration import Registration
from chalicelib.domain.session import Session
from chalicelib.domain.status import Status
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.suspicion import Network
from chalicelib.domain.vacation import Vacation
from chalicelib.domain.views import View
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

    `failure` is raised by every call; `written_terms` are expiries that were written by older
    rules; `before_save` runs once, just before the next save of an outbox, as somebody else's write
    would. `loses_reply`: the next save is done and its reply lost, so that the client tries it
    again, and is refused.
    """

    def __init__(self) -> None:
        self.records: dict[str, Registration] = {}
        self.notices: dict[str, Notice] = {}
        self._suggestions: dict[str, Suggestion] = {}
        self.writes = 0
        self.failure: Exception | None = None
        self.written_terms: dict[str, datetime] = {}
        self.before_save: Callable[[], object] | None = None
        self.loses_reply = False
        self._recent: dict[str, Recent] = {}
        self._networks: dict[str, Network] = {}
        self._sessions: dict[str, Session] = {}
        self._used: dict[str, str] = {}
        self._vacations: dict[str, Vacation] = {}
        self._candidates: dict[tuple[str, str], Candidate] = {}
        self._named: dict[tuple[str, str], Named] = {}
        self._roster = Roster()
        self._views: dict[tuple[datetime, str, str], View] = {}
        self._exports: dict[str, Export] = {}
        self._contacts: dict[tuple[str, int], Contact] = {}
        self._incidents: dict[str, Incident] = {}
        self._status: Status | None = None
        self._sheets: dict[date, Sheet] = {}
        self._progress = Progress()
        self._externals: dict[tuple[datetime, str], External] = {}
        self._downloads: dict[str, Counter[date]] = defaultdict(Counter)
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

    def add_suggestion(self, suggestion: Suggestion) -> None:
        self.check()
        existing = self._suggestions.get(suggestion.reference)
        if existing and suggestion.registered_at < existing.expires_at:
            raise TakenError(existing)
        self._write(suggestion)

    def suggestion(self, reference: str, now: datetime) -> Suggestion | None:
        self.check()
        one = self._suggestions.get(reference)
        return one if one and now < one.expires_at else None

    def suggestions(self, now: datetime) -> Iterator[Suggestion]:
        self.check()
        yield from [one for one in self._suggestions.values() if now < one.expires_at]

    def get_each(self, references: Sequence[str], now: datetime) -> Iterator[Registration]:
        found = [self.get(one, now) for one in references]
        yield from filter(None, found)

    def add_notice(self, notice: Notice) -> bool:
        self.check()
        if notice.id in self.notices:
            return False
        self._write(notice)
        return True

    def outbox(self, id_: str, now: datetime) -> Outbox | None:
        self.check()
        one = self._outboxes.get(id_)
        return one if one and now < one.expires_at else None

    def save(self, outbox: AnyOutbox) -> AnyOutbox:
        if self.before_save:
            interruption, self.before_save = self.before_save, None
            interruption()
        self.check()
        current = self._outboxes.get(outbox.id)
        if current is None or current.version != outbox.version:
            raise StaleError
        saved = self._write(replace(outbox, version=outbox.version + 1))
        if self.loses_reply:
            self.loses_reply = False
            raise StaleError
        return saved

    def due(self, now: datetime) -> Iterator[str]:
        self.check()
        waiting = [(one.due_at, id_) for id_, one in self._outboxes.items() if one.due_at]
        yield from (id_ for due_at, id_ in sorted(waiting) if due_at <= now)

    def work(self, kind: str) -> Iterator[str]:
        self.check()
        waiting = [(*one.work, id_) for id_, one in self._outboxes.items() if one.work]
        yield from (id_ for what, _, id_ in sorted(waiting) if what == kind)

    def registrations(self, now: datetime) -> Iterator[Registration]:
        self.check()
        yield from [one for one in self.records.values() if now < one.expires_at]

    def terms(self) -> Iterator[tuple[Registration, datetime]]:
        self.check()
        for one in list(self.records.values()):
            yield one, self.written_terms.get(one.reference, one.expires_at.replace(microsecond=0))

    def remove(self, registration: Registration) -> bool:
        self.check()
        known = self.records.get(registration.reference)
        if known is None or known.version != registration.version:
            return False
        del self.records[registration.reference]
        return True

    def recent(self, address: str) -> Recent:
        self.check()
        return self._recent.get(address, Recent(address))

    def remove_recent(self, recent: Recent) -> None:
        self.check()
        if recent.address not in self._recent or self.recent(recent.address) != recent:
            raise StaleError
        del self._recent[recent.address]

    def save_recent(self, recent: Recent, now: datetime) -> None:
        self.check()
        if self.recent(recent.address).version != recent.version:
            raise StaleError
        self._recent[recent.address] = replace(recent, version=recent.version + 1)

    def network(self, network: str) -> Network:
        self.check()
        return self._networks.get(network, Network(network))

    def save_network(self, network: Network, now: datetime) -> None:
        self.check()
        if self.network(network.network).version != network.version:
            raise StaleError
        self._networks[network.network] = replace(network, version=network.version + 1)

    def contacts(self, nis_code: str) -> Iterator[Contact]:
        self.check()
        return (contact for contact in self.all_contacts() if contact.nis_code == nis_code)

    def all_contacts(self) -> Iterator[Contact]:
        self.check()
        yield from [self._contacts[place] for place in sorted(self._contacts)]

    def contact(self, key: str) -> Contact | None:
        self.check()
        nis_code, order = key.split("-") if "-" in key else (key, "0")
        return self._contacts.get((nis_code, int(order)))

    def save_contact(self, contact: Contact) -> Contact:
        self.check()
        known = self._contacts.get((contact.nis_code, contact.order))
        if contact.version != (known.version if known else 0):
            raise StaleError
        following = replace(contact, version=contact.version + 1)
        self._contacts[contact.nis_code, contact.order] = following
        return following

    def candidates(self, receiver: str, now: datetime) -> Iterator[Candidate]:
        self.check()
        found = [row for place, row in sorted(self._candidates.items()) if place[0] == receiver]
        yield from [row for row in found if now < row.expires_at]

    def unopened(self, since: datetime, now: datetime) -> Iterator[tuple[str, datetime]]:
        self.check()
        rows = self._candidates.values()
        found = [(row.unopened_since, row.receiver) for row in rows if row.unopened_since]
        yield from [(place, at) for at, place in sorted(found) if since <= at <= now]

    def save_candidate(self, candidate: Candidate) -> bool:
        self.check()
        place = (candidate.receiver, candidate.reference)
        known = self._candidates.get(place)
        made_from = (candidate.registered_at, candidate.version)
        if known and (known.registered_at, known.version) >= made_from:
            return False
        self._candidates[place] = candidate
        return True

    def vacation(self, nis_code: str) -> Vacation | None:
        self.check()
        return self._vacations.get(nis_code)

    def save_vacation(self, vacation: Vacation) -> None:
        self.check()
        known = self._vacations.get(vacation.nis_code)
        if vacation.version != (known.version if known else 0):
            raise StaleError
        self._vacations[vacation.nis_code] = replace(vacation, version=vacation.version + 1)

    def named(self, digest: str, now: datetime) -> Iterator[Named]:
        self.check()
        found = [row for place, row in sorted(self._named.items()) if place[0] == digest]
        yield from [row for row in found if now < row.expires_at]

    def all_named(self, now: datetime) -> Iterator[Named]:
        self.check()
        yield from [row for row in self._named.values() if now < row.expires_at]

    def save_named(self, row: Named) -> bool:
        self.check()
        known = self._named.get((row.digest, row.reference))
        made_from = (row.registered_at, row.version)
        if known and (known.registered_at, known.version) >= made_from:
            return False
        self._named[row.digest, row.reference] = row
        return True

    def roster(self) -> Roster:
        self.check()
        return self._roster

    def save_roster(self, roster: Roster) -> Roster:
        self.check()
        before, self.before_save = self.before_save, None
        if before:
            before()
        if roster.version != self._roster.version:
            raise StaleError
        self._roster = replace(roster, version=roster.version + 1)
        return self._roster

    def add_view(self, view: View) -> bool:
        self.check()
        place = (view.at, view.officer, view.reference)
        is_new = place not in self._views
        self._views.setdefault(place, view)
        return is_new

    def views(self, day: str, now: datetime) -> Iterator[View]:
        self.check()
        found = [view for _, view in sorted(self._views.items())]
        yield from [v for v in found if v.at.date().isoformat() == day and now < v.expires_at]

    def exports(self, now: datetime) -> Iterator[Export]:
        self.check()
        yield from [one for one in self._exports.values() if now < one.expires_at]

    def export(self, id_: str, now: datetime) -> Export | None:
        return next((one for one in self.exports(now) if one.id == id_), None)

    def save_export(self, export: Export) -> Export:
        self.check()
        known = self._exports.get(export.id)
        if (known.version if known else 0) != export.version:
            raise StaleError
        self._exports[export.id] = replace(export, version=export.version + 1)
        return self._exports[export.id]

    def save_session(self, session: Session) -> None:
        self.check()
        self._sessions[session.key] = session

    def session(self, key: str, now: datetime) -> Session | None:
        self.check()
        found = self._sessions.get(key)
        return found if found and now < found.expires_at else None

    def use_once(self, key: str, by: str, until: datetime) -> bool:
        self.check()
        return self._used.setdefault(key, by) == by

    def append(self, entry: Entry) -> bool:
        self.check()
        known_at = entry.event.known_at
        day = self._ledger[known_at.date().isoformat()]
        place = (known_at, entry.reference, entry.number)
        if place in day:
            return False
        day[place] = entry
        return True

    def ledger(self, day: str, what: str = "") -> Iterator[Entry]:
        self.check()
        found = [entry for _, entry in sorted(self._ledger.get(day, {}).items())]
        yield from [entry for entry in found if what in {"", entry.event.what}]

    def first_day(self) -> date | None:
        self.check()
        found = [day for day, entries in self._ledger.items() if entries]
        return date.fromisoformat(min(found)) if found else None

    def sheet(self, day: date) -> Sheet | None:
        self.check()
        return self._sheets.get(day)

    def total(self, day: date) -> Tally | None:
        sheet = self.sheet(day)
        return sheet.total if sheet else None

    def day_figures(self, first: date, last: date) -> Iterator[tuple[date, Tally]]:
        self.check()
        found = [sheet for day, sheet in sorted(self._sheets.items()) if first <= day <= last]
        yield from [(sheet.day, sheet.adds) for sheet in found]

    def save_sheet(self, sheet: Sheet) -> None:
        self.check()
        self._sheets[sheet.day] = sheet

    def progress(self) -> Progress:
        self.check()
        return self._progress

    def save_progress(self, progress: Progress) -> Progress:
        self.check()
        if progress.version != self._progress.version:
            raise StaleError
        self._progress = replace(progress, version=progress.version + 1)
        return self._progress

    def add_external(self, one: External) -> bool:
        self.check()
        place = (one.recorded_at, one.digest)
        is_new = place not in self._externals
        self._externals.setdefault(place, one)
        return is_new

    def count_download(self, path: str, day: date) -> None:
        self.check()
        self._downloads[path][day] += 1

    def downloads(self) -> Iterator[Downloads]:
        self.check()
        yield from (Downloads(path, days) for path, days in self._downloads.items())

    def externals(self) -> Iterator[External]:
        self.check()
        yield from [one for _, one in sorted(self._externals.items())]

    def outboxes(self, now: datetime) -> Iterator[Outbox]:
        self.check()
        yield from [one for one in self._outboxes.values() if now < one.expires_at]

    def incident(self, kind: str) -> Incident:
        self.check()
        return self._incidents.get(kind, Incident(kind))

    def save_incident(self, incident: Incident) -> Incident:
        self.check()
        if self.incident(incident.kind).version != incident.version:
            raise StaleError
        following = replace(incident, version=incident.version + 1)
        self._incidents[incident.kind] = following
        return following

    def status(self) -> Status | None:
        self.check()
        return self._status

    def save_status(self, status: Status) -> None:
        self.check()
        self._status = status

    def check(self) -> None:
        if self.failure:
            raise self.failure

    @property
    def _outboxes(self) -> dict[str, Outbox]:
        return {**self.records, **self._suggestions, **self.notices}

    def _write(self, outbox: AnyOutbox) -> AnyOutbox:
        self.writes += 1
        if isinstance(outbox, Registration):
            self.records[outbox.id] = outbox
        if isinstance(outbox, Suggestion):
            self._suggestions[outbox.id] = outbox
        if isinstance(outbox, Notice):
            self.notices[outbox.id] = outbox
        return outbox


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


class FakeFiles:
    """
    The bucket of the exports in memory. `failure` is raised by every call, `while_keeping` runs
    once, while a file is on its way.
    """

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.failure: Exception | None = None
        self.while_keeping: Callable[[], object] | None = None

    def keep(self, path: Path, key: str, content_type: str) -> None:
        interruption, self.while_keeping = self.while_keeping, None
        if interruption:
            interruption()
        if self.failure:
            raise self.failure
        self.kept[key], self.types[key] = path.read_bytes(), content_type

    def link(self, key: str, file_name: str) -> str:
        return f"https://files.example/{key}?name={file_name}"

    def remove(self, key: str) -> None:
        if self.failure:
            raise self.failure
        self.kept.pop(key, None)


class FakePages:
    """Pages that show what they were given, as JSON."""

    origin = "https://www.mijnbuddy.example"

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

    def project_page(self, form: Form, submission_id: str = "") -> str:
        return json.dumps(
            {
                "page": "project",
                "errors": [[error.field, error.message] for error in form.errors],
                "submission_id": submission_id,
            }
        )

    def thanks_page(self, reference: str = "") -> str:
        return json.dumps({"page": "thanks", "reference": reference})

    def search_page(self, query: str, places: Sequence[Place]) -> str:
        labels = [place.label for place in places]
        return json.dumps({"page": "search", "query": query, "places": labels})

    def step_up_page(self, registration: Registration) -> str:
        return json.dumps({"page": "step-up", "reference": registration.reference})

    def notice_page(self, title: str, text: str) -> str:
        return json.dumps({"page": "notice", "title": title, "text": text})

    def url(self, path: str) -> str:
        return f"/buddy{path}"
