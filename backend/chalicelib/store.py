"""
The table: registrations, notices, contacts, recent requests and the ledger as DynamoDB items.

| item | pk | sk | read by |
| --- | --- | --- | --- |
| registration | `REGISTRATION#MB-7K3F-9Q4D` | `REGISTRATION` | its reference |
| notice | `NOTICE#digest.2026-11-23` | `NOTICE` | its kind and key |
| suggestion | `SUGGESTION#MP-7K3F-9Q4D` | `SUGGESTION` | its reference |
| … of these, with something due | index `due`: `due` | `due_at` | the sweep, oldest first |
| candidates that nobody opened | index `due`: `unopened` | since when | the reminders |
| … that wait for a person | index `work`: `attention`, `quarantine`, … | `work_at` | the desk |
| contact address | `CONTACTS` | `41002#1` | a municipality's, in order; all of them |
| recent requests of an address | `RECENT#<digest>` | `RECENT` | the forwarder |
| registrations of a network, today | `NETWORK#<digest>` | `NETWORK` | the forwarder |
| candidate in a municipality | `CANDIDATES#41002` | its reference | that municipality's desk |
| word of a name | `NAME#<digest>` | its reference | the agency's desk |
| officers, all in one | `OFFICERS` | `OFFICERS` | the agency's desk |
| file that an officer asked for | `EXPORTS` | its id | the agency's desk, who makes it |
| an officer saw a person | `VIEWS#2026-11-23` | `<moment>#<officer>#<reference>` | a day |
| vacation of a municipality | `DESK#41002` | `VACATION` | its desk, and who would remind it |
| session at a desk | `SESSION#<digest>` | `SESSION` | each request of that browser |
| link that was used | `USED#<digest>` | `USED` | whoever uses it again |
| ledger entry | `LEDGER#2026-11-23` | `<moment>#<reference>#<number>` | a day, in order |
| figures of a day | `FIGURES` | `DAY#2026-11-23` | reports, a period |
| … their total up to that day | `FIGURES` | `TOTAL#2026-11-23` | reports, a date |
| … how far they are | `FIGURES` | `PROGRESS` | who counts |
| count of somebody else | `EXTERNAL` | `<moment>#<digest>` | reports, all |
| downloads of a file, in a year | `DOWNLOADS` | `2026#/films/x/film.mp4` | reports, all |
| last incident of a kind | `INCIDENT#silence` | `INCIDENT` | its kind |
| how the whole is doing | `STATUS` | `STATUS` | everybody |

Every write is one conditional write of one item (design rule 2). `docs/data-model.md` has the
attributes; `registrations.py` keeps the first of these, `table.py` does the writing.

DynamoDB deletes what has expired (`expires_at`) when it comes to it: until then it is left out.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time

from chalicelib.domain.candidates import Candidate
from chalicelib.domain.contacts import Change, Contact
from chalicelib.domain.downloads import Downloads
from chalicelib.domain.export import Choice, Export
from chalicelib.domain.external import External
from chalicelib.domain.figures import Progress, Sheet, Tally
from chalicelib.domain.incidents import Incident
from chalicelib.domain.ledger import Entry
from chalicelib.domain.names import Named
from chalicelib.domain.notice import Notice
from chalicelib.domain.officers import Officer, Roster
from chalicelib.domain.outbox import AnyOutbox, Outbox
from chalicelib.domain.recent import KEPT, Recent, Request
from chalicelib.domain.reference import is_reference, is_suggestion
from chalicelib.domain.retention import NETWORK_TERM
from chalicelib.domain.session import Session
from chalicelib.domain.status import Delivery, Probed, Status
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.suggestion_form import FIELDS as PROJECT_FIELDS
from chalicelib.domain.suggestion_form import ProjectAnswers
from chalicelib.domain.suspicion import Network, Visit
from chalicelib.domain.vacation import KEPT as VACATION_KEPT
from chalicelib.domain.vacation import Vacation
from chalicelib.domain.views import View
from chalicelib.failures import StaleError
from chalicelib.registrations import (
    Registrations,
    outbox_item,
    read_answers,
    read_event,
    read_mails_and_events,
    read_registration,
)
from chalicelib.table import (
    Image,
    Item,
    as_text,
    item_of,
    maybe_moment,
    moment_of,
    seconds_of,
    values_of,
)


class Store(Registrations):
    """The whole table behind the use cases; `client` is a DynamoDB client."""

    def add_suggestion(self, suggestion: Suggestion) -> None:
        """
        Keep a new suggestion: the one write of a request.

        Raises `TakenError` as `add` does.
        """
        self._keep(suggestion, suggestion.registered_at, _read_suggestion)

    def suggestion(self, reference: str, now: datetime) -> Suggestion | None:
        """The suggestion, unless it has expired."""
        image = self._get(f"SUGGESTION#{reference}", "SUGGESTION")
        one = _read_suggestion(image) if image else None
        return one if one and now < one.expires_at else None

    def suggestions(self, now: datetime) -> Iterator[Suggestion]:
        """Every suggestion there is: a walk through the whole table, for the command only."""
        found = map(_read_suggestion, self._scan("sk = :kind", {"kind": "SUGGESTION"}))
        return (one for one in found if now < one.expires_at)

    def add_notice(self, notice: Notice) -> bool:
        """Keep a new notice; False when it was there already."""
        return self._added(outbox_item(notice))

    def outbox(self, id_: str, now: datetime) -> Outbox | None:
        """The registration or suggestion with this reference, or the notice; unless it expired."""
        if is_reference(id_):
            return self.get(id_, now)
        if is_suggestion(id_):
            return self.suggestion(id_, now)
        image = self._get(f"NOTICE#{id_}", "NOTICE")
        notice = _read_notice(image) if image else None
        return notice if notice and now < notice.expires_at else None

    def save(self, outbox: AnyOutbox) -> AnyOutbox:
        """
        Write the next version of a registration, suggestion or notice; returns it.

        Raises `StaleError` when the version read before is no longer the one in the table.
        """
        following = replace(outbox, version=outbox.version + 1)
        self._put_version(outbox_item(following), outbox.version)
        return following

    def due(self, now: datetime) -> Iterator[str]:
        """
        The ids of what has something due, longest waiting first.

        The index may lag, and knows no expiry: whoever acts on it reads the item and claims it.
        """
        waiting = self._query(
            "due = :due AND due_at <= :now", index="due", due="due", now=as_text(now)
        )
        return (_id_of(image) for image in waiting)

    def work(self, kind: str) -> Iterator[str]:
        """The ids of what waits for a person (`attention`, `quarantine`, …), longest first."""
        return (_id_of(image) for image in self._query("#work = :work", index="work", work=kind))

    def outboxes(self, now: datetime) -> Iterator[Outbox]:
        """Everything with mails: a walk through the whole table, for the daily check only."""
        kinds = {kind.lower(): kind for kind in _OUTBOXES}
        only = f"sk IN ({', '.join(f':{name}' for name in kinds)})"
        found = map(read_outbox, self._scan(only, kinds))
        return (outbox for outbox in found if now < outbox.expires_at)

    def recent(self, address: str) -> Recent:
        image = self._get(f"RECENT#{address}", "RECENT")
        return _read_recent(image) if image else Recent(address)

    def remove_recent(self, recent: Recent) -> None:
        """Forget an address; raises `StaleError` when somebody else wrote it since it was read."""
        if not self._removed(f"RECENT#{recent.address}", "RECENT", recent.version):
            raise StaleError

    def save_recent(self, recent: Recent, now: datetime) -> None:
        """Raises `StaleError` when somebody else wrote it since it was read."""
        item = _recent_item(replace(recent, version=recent.version + 1), now)
        self._put_version(item, recent.version)

    def network(self, network: str) -> Network:
        image = self._get(f"NETWORK#{network}", "NETWORK")
        return _read_network(image) if image else Network(network)

    def save_network(self, network: Network, now: datetime) -> None:
        """Raises `StaleError` when somebody else wrote it since it was read."""
        item = _network_item(replace(network, version=network.version + 1), now)
        self._put_version(item, network.version)

    def contacts(self, nis_code: str) -> Iterator[Contact]:
        """The addresses of one municipality, in their order."""
        found = self._query(
            "pk = :pk AND begins_with(sk, :code)", pk="CONTACTS", code=f"{nis_code}#"
        )
        return map(_read_contact, found)

    def all_contacts(self) -> Iterator[Contact]:
        return map(_read_contact, self._query("pk = :pk", pk="CONTACTS"))

    def contact(self, key: str) -> Contact | None:
        """One address, by its key (`41002-1`)."""
        image = self._get("CONTACTS", key.replace("-", "#"))
        return _read_contact(image) if image else None

    def save_contact(self, contact: Contact) -> Contact:
        """
        Write the next version of an address; returns it.

        Raises `StaleError` when the version read before is no longer the one in the table.
        """
        following = replace(contact, version=contact.version + 1)
        self._put_version(_contact_item(following), contact.version)
        return following

    def candidates(self, receiver: str, now: datetime) -> Iterator[Candidate]:
        """The rows of a municipality or organisation: all that have not expired."""
        found = self._query("pk = :pk", pk=f"CANDIDATES#{receiver}")
        return (row for row in map(_read_candidate, found) if now < row.expires_at)

    def unopened(self, since: datetime, now: datetime) -> Iterator[tuple[str, datetime]]:
        """
        The municipality of each candidate whom nobody there opened, and since when, oldest first:
        those of after `since`. The index may lag, and knows no expiry.
        """
        found = self._query(
            "due = :due AND due_at BETWEEN :since AND :now",
            index="due",
            due="unopened",
            since=as_text(since),
            now=as_text(now),
        )
        return ((_id_of(image), moment_of(image["due_at"]["S"])) for image in found)

    def save_candidate(self, candidate: Candidate) -> bool:
        """Write a row; False when one is there that is as new, or newer."""
        item = _candidate_item(candidate)
        return self._projected(item, candidate.registered_at, candidate.version)

    def named(self, digest: str, now: datetime) -> Iterator[Named]:
        """The rows of one word of a name: all that have not expired."""
        found = self._query("pk = :pk", pk=f"NAME#{digest}")
        return (row for row in map(_read_named, found) if now < row.expires_at)

    def all_named(self, now: datetime) -> Iterator[Named]:
        """Every row of every name: a walk through the whole table, for the repair only."""
        found = map(_read_named, self._scan("begins_with(pk, :name)", {"name": "NAME#"}))
        return (row for row in found if now < row.expires_at)

    def save_named(self, row: Named) -> bool:
        """Write a row; False when one is there that is as new, or newer."""
        return self._projected(_named_item(row), row.registered_at, row.version)

    def roster(self) -> Roster:
        """All officers, in one item."""
        image = self._get("OFFICERS", "OFFICERS")
        return _read_roster(image) if image else Roster()

    def save_roster(self, roster: Roster) -> Roster:
        """
        Write the next version of all officers; returns it.

        Raises `StaleError` when the version read before is no longer the one in the table.
        """
        following = replace(roster, version=roster.version + 1)
        self._put_version(
            {"pk": "OFFICERS", "sk": "OFFICERS", **item_of(following)}, roster.version
        )
        return following

    def add_view(self, view: View) -> bool:
        """Write down that an officer saw a person; False when it was there already."""
        return self._added(
            {
                "pk": f"VIEWS#{view.at.date().isoformat()}",
                "sk": f"{as_text(view.at)}#{view.officer}#{view.reference}",
                **item_of(view),
                "expires_at": seconds_of(view.expires_at),
            }
        )

    def views(self, day: str, now: datetime) -> Iterator[View]:
        """What officers saw on one day (`2026-11-23`, UTC), in order."""
        found = map(_read_view, self._query("pk = :pk", pk=f"VIEWS#{day}"))
        return (view for view in found if now < view.expires_at)

    def exports(self, now: datetime) -> Iterator[Export]:
        """The files that officers asked for lately, in whatever order."""
        found = map(_read_export, self._query("pk = :pk", pk="EXPORTS"))
        return (one for one in found if now < one.expires_at)

    def export(self, id_: str, now: datetime) -> Export | None:
        """The file with this id, unless nobody should know of it any more."""
        image = self._get("EXPORTS", id_)
        one = _read_export(image) if image else None
        return one if one and now < one.expires_at else None

    def save_export(self, export: Export) -> Export:
        """
        Write the next version of what somebody asked for; returns it.

        Raises `StaleError` when the version read before is no longer the one in the table.
        """
        following = replace(export, version=export.version + 1)
        expires_at = seconds_of(following.expires_at)
        item = {"pk": "EXPORTS", "sk": export.id, **item_of(following), "expires_at": expires_at}
        self._put_version(item, export.version)
        return following

    def vacation(self, nis_code: str) -> Vacation | None:
        """The last notice of a municipality, by today's NIS code; perhaps one that is over."""
        image = self._get(f"DESK#{nis_code}", "VACATION")
        return _read_vacation(image) if image else None

    def save_vacation(self, vacation: Vacation) -> None:
        """Raises `StaleError` when somebody else wrote it since it was read."""
        item = _vacation_item(replace(vacation, version=vacation.version + 1))
        self._put_version(item, vacation.version)

    def save_session(self, session: Session) -> None:
        """Keep a new session, or how an old one ended."""
        self._put(
            {
                "pk": f"SESSION#{session.key}",
                "sk": "SESSION",
                **item_of(session),
                "expires_at": seconds_of(session.expires_at),
            }
        )

    def session(self, key: str, now: datetime) -> Session | None:
        """The session, unless it ended or expired."""
        image = self._get(f"SESSION#{key}", "SESSION")
        session = _read_session(image) if image else None
        return session if session and now < session.expires_at else None

    def use_once(self, key: str, by: str, until: datetime) -> bool:
        """
        Whether `by` is the first, and so the only one, to use what has this digest; remembered at
        least `until`. The same one asking again is no second use.
        """
        item = {"pk": f"USED#{key}", "sk": "USED", "used_by": by, "expires_at": seconds_of(until)}
        return self._put_if("attribute_not_exists(pk) OR used_by = :by", item, {":by": {"S": by}})

    def append(self, entry: Entry) -> bool:
        """Write a ledger entry; False when it was there already."""
        return self._added(_entry_item(entry))

    def ledger(self, day: str, what: str = "") -> Iterator[Entry]:
        """
        The entries of one day (`2026-11-23`, UTC), in the order in which they happened: all, or
        those of one kind of event.
        """
        pk = f"LEDGER#{day}"
        if not what:
            return map(_read_entry, self._query("pk = :pk", pk=pk))
        return map(_read_entry, self._query("pk = :pk", only="what = :what", pk=pk, what=what))

    def sheet(self, day: date) -> Sheet | None:
        """The figures of a day; None where it was not counted."""
        adds = self._get("FIGURES", f"DAY#{day}")
        total = self._get("FIGURES", f"TOTAL#{day}")
        return Sheet(day, _read_tally(adds), _read_tally(total)) if adds and total else None

    def total(self, day: date) -> Tally | None:
        """What happened up to and with a day; None where it was not counted."""
        image = self._get("FIGURES", f"TOTAL#{day}")
        return _read_tally(image) if image else None

    def day_figures(self, first: date, last: date) -> Iterator[tuple[date, Tally]]:
        """What each day of a period added, in order; without the days that were not counted."""
        found = self._query(
            "pk = :pk AND sk BETWEEN :first AND :last",
            pk="FIGURES",
            first=f"DAY#{first}",
            last=f"DAY#{last}",
        )
        return (
            (date.fromisoformat(image["sk"]["S"].removeprefix("DAY#")), _read_tally(image))
            for image in found
        )

    def save_sheet(self, sheet: Sheet) -> None:
        """The same day again takes its place: counting again gives the same."""
        for sk, tally in ((f"TOTAL#{sheet.day}", sheet.total), (f"DAY#{sheet.day}", sheet.adds)):
            self._put({"pk": "FIGURES", "sk": sk, "tally": _packed(tally)})

    def first_day(self) -> date | None:
        """
        The first day (UTC) of the ledger; None while it is empty. A walk through the whole table,
        for the first count and for a recount only.
        """
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="begins_with(pk, :ledger)",
            ExpressionAttributeValues={":ledger": {"S": "LEDGER#"}},
            ProjectionExpression="pk",
            Select="SPECIFIC_ATTRIBUTES",  # who counts may ask for nothing but keys
        )
        found = (image["pk"]["S"] for page in pages for image in page["Items"])
        first = min(found, default="")
        return date.fromisoformat(first.removeprefix("LEDGER#")) if first else None

    def progress(self) -> Progress:
        """How far the figures are; one that never began where nothing was counted."""
        image = self._get("FIGURES", "PROGRESS")
        return _read_progress(image) if image else Progress()

    def save_progress(self, progress: Progress) -> Progress:
        """
        Write how far the figures are; returns it.

        Raises `StaleError` when the version read before is no longer the one in the table.
        """
        following = replace(progress, version=progress.version + 1)
        item = {"pk": "FIGURES", "sk": "PROGRESS", **item_of(following)}
        if following.through:
            item["through"] = following.through.isoformat()
        self._put_version(item, progress.version)
        return following

    def add_external(self, one: External) -> bool:
        """Keep a count of somebody else; False when it was there already."""
        day = one.day.isoformat()
        sk = f"{as_text(one.recorded_at)}#{one.digest}"
        return self._added({"pk": "EXTERNAL", "sk": sk, **item_of(one), "day": day})

    def externals(self) -> Iterator[External]:
        """The counts of others, also what was replaced, in the order in which we got them."""
        return map(_read_external, self._query("pk = :pk", pk="EXTERNAL"))

    def count_download(self, path: str, day: date) -> None:
        """
        One more download of a file on a day. Adding is atomic; where an answer was lost, the client
        asks again, and then it counts twice.
        """
        self._client.update_item(
            TableName=self._table,
            Key={"pk": {"S": "DOWNLOADS"}, "sk": {"S": f"{day.year}#{path}"}},
            UpdateExpression="ADD #day :one",
            ExpressionAttributeNames={"#day": day.isoformat()},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    def downloads(self) -> Iterator[Downloads]:
        """How often each file was downloaded, a record a year: some dozens for each year."""
        return map(_read_downloads, self._query("pk = :pk", pk="DOWNLOADS"))

    def incident(self, kind: str) -> Incident:
        """The last incident of a kind; one that never began when there was none."""
        image = self._get(f"INCIDENT#{kind}", "INCIDENT")
        return _read_incident(image) if image else Incident(kind)

    def save_incident(self, incident: Incident) -> Incident:
        """
        Write the next version of an incident; returns it.

        Raises `StaleError` when the version read before is no longer the one in the table.
        """
        following = replace(incident, version=incident.version + 1)
        item = {"pk": f"INCIDENT#{incident.kind}", "sk": "INCIDENT", **item_of(following)}
        self._put_version(item, incident.version)
        return following

    def status(self) -> Status | None:
        image = self._get("STATUS", "STATUS")
        return _read_status(image) if image else None

    def save_status(self, status: Status) -> None:
        """In the place of the one before: each is made again from nothing, the last counts."""
        self._put({"pk": "STATUS", "sk": "STATUS", "status": _status_text(status)})


def read_outbox(image: Image) -> Outbox:
    """What has an outbox from its item, as a query or the stream gives it."""
    return _OUTBOXES[str(image["sk"]["S"])](image)


def _read_suggestion(image: Image) -> Suggestion:
    item = values_of(image)
    return Suggestion(
        **read_mails_and_events(item),
        reference=item["reference"],
        submission_id=item.get("submission_id", ""),
        fingerprint=item.get("fingerprint", ""),
        registered_at=moment_of(item["registered_at"]),
        answers=ProjectAnswers(**read_answers(item["answers"], ProjectAnswers, PROJECT_FIELDS)),
        signals=tuple(item.get("signals", ())),
        network=item.get("network", ""),
        admitted_at=maybe_moment(item.get("admitted_at")),
        repeat_of=item.get("repeat_of", ""),
        hold=item.get("hold", ""),
        held_at=maybe_moment(item.get("held_at")),
        decision=item.get("decision", ""),
        decided_at=maybe_moment(item.get("decided_at")),
        why=item.get("why", ""),
        belongs_to=item.get("belongs_to", ""),
        sender_erased_at=maybe_moment(item.get("sender_erased_at")),
        erased_at=maybe_moment(item.get("erased_at")),
    )


def _read_notice(image: Image) -> Notice:
    item = values_of(image)
    return Notice(
        **read_mails_and_events(item),
        kind=item["kind"],
        key=item["key"],
        created_at=moment_of(item["created_at"]),
    )


def _contact_item(contact: Contact) -> Item:
    return {"pk": "CONTACTS", "sk": f"{contact.nis_code}#{contact.order}", **item_of(contact)}


def _read_contact(image: Image) -> Contact:
    item = values_of(image)
    return Contact(
        nis_code=item["nis_code"],
        email=item["email"],
        order=int(item["order"]),
        state=item["state"],
        since=moment_of(item["since"]),
        confirmed_at=maybe_moment(item.get("confirmed_at")),
        changes=tuple(
            Change(moment_of(one["at"]), one["who"], one["what"]) for one in item.get("changes", ())
        ),
        version=int(item.get("version", 0)),
    )


def _recent_item(recent: Recent, now: datetime) -> Item:
    return {
        "pk": f"RECENT#{recent.address}",
        "sk": "RECENT",
        **item_of(recent),
        "expires_at": seconds_of(now + KEPT),
    }


def _read_recent(image: Image) -> Recent:
    item = values_of(image)
    return Recent(
        address=item["address"],
        requests=tuple(
            Request(
                reference=one["reference"],
                wish=one["wish"],
                registered_at=moment_of(one["registered_at"]),
                seen_at=moment_of(one["seen_at"]),
                confirmed=one.get("confirmed", False),
                mails=int(one.get("mails", 0)),
                why=one.get("why", ""),
            )
            for one in item.get("requests", ())
        ),
        version=int(item["version"]),
    )


def _network_item(network: Network, now: datetime) -> Item:
    return {
        "pk": f"NETWORK#{network.network}",
        "sk": "NETWORK",
        **item_of(network),
        "expires_at": seconds_of(now + NETWORK_TERM),
    }


def _read_network(image: Image) -> Network:
    item = values_of(image)
    return Network(
        network=item["network"],
        visits=tuple(
            Visit(
                one["reference"],
                moment_of(one["at"]),
                one.get("why", ""),
                one.get("is_fast", False),
            )
            for one in item.get("visits", ())
        ),
        version=int(item["version"]),
    )


def _candidate_item(candidate: Candidate) -> Item:
    since = candidate.unopened_since
    return {
        "pk": f"CANDIDATES#{candidate.receiver}",
        "sk": candidate.reference,
        **item_of(candidate),
        **({"due": "unopened", "due_at": as_text(since)} if since else {}),
        "expires_at": seconds_of(candidate.expires_at),
    }


def _read_candidate(image: Image) -> Candidate:
    item = values_of(image)
    return Candidate(
        receiver=item["receiver"],
        reference=item["reference"],
        registered_at=moment_of(item["registered_at"]),
        since=moment_of(item["since"]),
        state=item.get("state", ""),
        state_at=moment_of(item["state_at"]),
        waits=item.get("waits", False),
        is_gone=item.get("is_gone", False),
        expires_at=datetime.fromtimestamp(int(item["expires_at"]), UTC),
        version=int(item["version"]),
        unopened_since=maybe_moment(item.get("unopened_since")),
    )


def _vacation_item(vacation: Vacation) -> Item:
    kept_until = datetime.combine(vacation.last + VACATION_KEPT, time(), UTC)
    return {
        "pk": f"DESK#{vacation.nis_code}",
        "sk": "VACATION",
        **item_of(vacation),
        "first": vacation.first.isoformat(),
        "last": vacation.last.isoformat(),
        "expires_at": seconds_of(kept_until),
    }


def _read_vacation(image: Image) -> Vacation:
    item = values_of(image)
    return Vacation(
        nis_code=item["nis_code"],
        first=date.fromisoformat(item["first"]),
        last=date.fromisoformat(item["last"]),
        set_at=moment_of(item["set_at"]),
        by=item["by"],
        version=int(item["version"]),
    )


def _named_item(row: Named) -> Item:
    return {
        "pk": f"NAME#{row.digest}",
        "sk": row.reference,
        **item_of(row),
        "expires_at": seconds_of(row.expires_at),
    }


def _read_named(image: Image) -> Named:
    item = values_of(image)
    return Named(
        digest=item["digest"],
        reference=item["reference"],
        registered_at=moment_of(item["registered_at"]),
        is_gone=item.get("is_gone", False),
        expires_at=datetime.fromtimestamp(int(item["expires_at"]), UTC),
        version=int(item["version"]),
    )


def _read_roster(image: Image) -> Roster:
    item = values_of(image)
    return Roster(tuple(map(_read_officer, item["officers"])), int(item["version"]))


def _read_officer(item: Item) -> Officer:
    return Officer(
        id=item["id"],
        email=item.get("email", ""),
        role=item["role"],
        since=moment_of(item["since"]),
        removed_at=maybe_moment(item.get("removed_at")),
        changes=tuple(
            Change(moment_of(one["at"]), one["who"], one["what"]) for one in item.get("changes", ())
        ),
    )


def _read_view(image: Image) -> View:
    item = values_of(image)
    return View(
        at=moment_of(item["at"]),
        officer=item["officer"],
        what=item["what"],
        reference=item.get("reference", ""),
        about=item.get("about", ""),
        count=int(item.get("count", 0)),
    )


def _read_export(image: Image) -> Export:
    item = values_of(image)
    return Export(
        id=item["id"],
        choice=Choice(**item["choice"]),
        officer=item["officer"],
        asked_at=moment_of(item["asked_at"]),
        attempts=int(item.get("attempts", 0)),
        lease_until=maybe_moment(item.get("lease_until")),
        made_at=maybe_moment(item.get("made_at")),
        count=int(item.get("count", 0)),
        size=int(item.get("size", 0)),
        failed_at=maybe_moment(item.get("failed_at")),
        told_at=maybe_moment(item.get("told_at")),
        removed_at=maybe_moment(item.get("removed_at")),
        version=int(item["version"]),
    )


def _read_session(image: Image) -> Session:
    item = values_of(image)
    return Session(
        key=item["key"],
        desk=item["desk"],
        subject=item["subject"],
        role=item.get("role", ""),
        began_at=moment_of(item["began_at"]),
        expires_at=datetime.fromtimestamp(int(item["expires_at"]), UTC),
    )


def _entry_item(entry: Entry) -> Item:
    moment = as_text(entry.event.known_at)
    adds = json.dumps(entry.adds) if entry.adds else ""
    counted = {"place": entry.place, "source": entry.source, "adds": adds}
    return {
        "pk": f"LEDGER#{moment[:10]}",
        "sk": f"{moment}#{entry.reference}#{entry.number:04}",
        "reference": entry.reference,
        "number": entry.number,
        **{name: value for name, value in counted.items() if value},
        **item_of(entry.event),
    }


def _read_entry(image: Image) -> Entry:
    item = values_of(image)
    return Entry(
        reference=item["reference"],
        number=int(item["number"]),
        event=read_event(item),
        place=item.get("place", ""),
        source=item.get("source", ""),
        adds=json.loads(item.get("adds", "{}")),
    )


def _packed(tally: Tally) -> bytes:
    """
    As compressed JSON, in one attribute: with all municipalities and campaigns it would be larger
    than an item may be (400 kB), and it says the same words again and again.
    """
    parts = {"total": tally.total, "places": tally.places, "sources": tally.sources}
    return zlib.compress(json.dumps(parts, separators=(",", ":")).encode())


def _read_tally(image: Image) -> Tally:
    return Tally(**json.loads(zlib.decompress(bytes(image["tally"]["B"]))))


def _read_progress(image: Image) -> Progress:
    item = values_of(image)
    through = item.get("through")
    return Progress(
        through=date.fromisoformat(through) if through else None,
        repaired_at=maybe_moment(item.get("repaired_at")),
        version=int(item["version"]),
    )


def _read_external(image: Image) -> External:
    item = values_of(image)
    return External(
        source=item["source"],
        organisation=item["organisation"],
        nis_code=item.get("nis_code", ""),
        day=date.fromisoformat(item["day"]),
        count=int(item.get("count", 0)),
        note=item["note"],
        recorded_at=moment_of(item["recorded_at"]),
        who=item["who"],
    )


def _read_downloads(image: Image) -> Downloads:
    item = values_of(image)
    days = {key: count for key, count in item.items() if key not in {"pk", "sk"}}
    return Downloads(
        path=item["sk"].partition("#")[2],
        days={date.fromisoformat(day): int(count) for day, count in days.items()},
    )


def _read_incident(image: Image) -> Incident:
    item = values_of(image)
    return Incident(
        kind=item["kind"],
        opened_at=maybe_moment(item.get("opened_at")),
        closed_at=maybe_moment(item.get("closed_at")),
        since=maybe_moment(item.get("since")),
        why=item.get("why", ""),
        told=item.get("told", False),
        version=int(item["version"]),
    )


def _status_text(status: Status) -> str:
    """As JSON, in one attribute: here 0 and None are not the same, and it has fractions."""
    return json.dumps(asdict(status), default=as_text)


def _read_status(image: Image) -> Status:
    item = json.loads(values_of(image)["status"])
    probed = item["probed"]
    return Status(
        measured_at=moment_of(item["measured_at"]),
        oldest_unsent_at=maybe_moment(item["oldest_unsent_at"]),
        delivery=Delivery(**item["delivery"]) if item["delivery"] else None,
        probed=Probed(**probed | {"at": moment_of(probed["at"])}) if probed else None,
        coverage=item["coverage"],
        dead_letters=item["dead_letters"],
        incidents=tuple(item["incidents"]),
    )


def is_outbox(keys: Image) -> bool:
    """Whether they are of something with mails."""
    return str(keys["sk"]["S"]) in _OUTBOXES


_OUTBOXES: Mapping[str, Callable[[Image], Outbox]] = {
    "REGISTRATION": read_registration,
    "SUGGESTION": _read_suggestion,
    "NOTICE": _read_notice,
}
"""What has mails, by its sort key: how it is read."""


def _id_of(image: Image) -> str:
    return str(image["pk"]["S"]).partition("#")[2]
