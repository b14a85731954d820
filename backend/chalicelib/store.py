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

Every write is one conditional write of one item (design rule 2). Moments are kept as text in UTC
with microseconds, so that they sort. `docs/data-model.md` has the attributes.

DynamoDB deletes what has expired (`expires_at`) when it comes to it: until then it is left out.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from chalicelib.domain.candidates import Candidate
from chalicelib.domain.contacts import Change, Contact
from chalicelib.domain.downloads import Downloads
from chalicelib.domain.export import Choice, Export
from chalicelib.domain.external import External
from chalicelib.domain.figures import Progress, Sheet, Tally
from chalicelib.domain.form import FIELDS, Answers, Fields
from chalicelib.domain.handover import Act, Handover, Partner
from chalicelib.domain.incidents import Incident
from chalicelib.domain.ledger import Entry
from chalicelib.domain.names import Named
from chalicelib.domain.notice import Notice
from chalicelib.domain.officers import Officer, Roster
from chalicelib.domain.outbox import AnyOutbox, Event, Fact, Mail, Outbox, Sending
from chalicelib.domain.recent import KEPT, Recent, Request
from chalicelib.domain.reference import is_reference, is_suggestion
from chalicelib.domain.registration import Registration
from chalicelib.domain.reply import Reply
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
from chalicelib.failures import StaleError, TakenError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.paginator import QueryPaginator

Item = dict[str, Any]
Image = Mapping[str, Any]
"""An item as DynamoDB writes it, with a type beside each value."""

_BATCH = 100
"""Keys that one BatchGetItem takes."""

_serialise = TypeSerializer().serialize
_deserialise = TypeDeserializer().deserialize


class Store:
    """The table behind the use cases; `client` is a DynamoDB client."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, registration: Registration) -> None:
        """
        Keep a new registration: the one write of a request.

        Raises `TakenError` with what is there, when something has its reference already.
        """
        self._keep(registration, registration.registered_at)

    def add_suggestion(self, suggestion: Suggestion) -> None:
        """Keep a new suggestion; the same."""
        self._keep(suggestion, suggestion.registered_at)

    def _keep(self, outbox: Outbox, at: datetime) -> None:
        now = {":now": {"N": str(_seconds(at))}}
        free = "attribute_not_exists(pk) OR expires_at <= :now"
        try:
            self._put(_outbox_item(outbox), free, now)
        except ClientError as error:
            if not _is_refused(error):
                raise
            raise TakenError(read_outbox(error.response["Item"])) from None  # type: ignore[typeddict-item]

    def suggestion(self, reference: str, now: datetime) -> Suggestion | None:
        """The suggestion, unless it has expired."""
        image = self._get(f"SUGGESTION#{reference}", "SUGGESTION")
        one = _read_suggestion(image) if image else None
        return one if one and now < one.expires_at else None

    def suggestions(self, now: datetime) -> Iterator[Suggestion]:
        """Every suggestion there is: a walk through the whole table, for the command only."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="sk = :suggestion",
            ExpressionAttributeValues={":suggestion": {"S": "SUGGESTION"}},
            ConsistentRead=True,
        )
        for page in pages:
            found = map(_read_suggestion, page["Items"])
            yield from (one for one in found if now < one.expires_at)

    def get(self, reference: str, now: datetime) -> Registration | None:
        """The registration, unless it has expired."""
        image = self._get(f"REGISTRATION#{reference}", "REGISTRATION")
        registration = read_registration(image) if image else None
        return registration if registration and now < registration.expires_at else None

    def get_each(self, references: Sequence[str], now: datetime) -> Iterator[Registration]:
        """Those of these registrations that are there and have not expired, in whatever order."""
        for start in range(0, len(references), _BATCH):
            wanted: Any = {
                self._table: {
                    "Keys": [
                        {"pk": {"S": f"REGISTRATION#{one}"}, "sk": {"S": "REGISTRATION"}}
                        for one in references[start : start + _BATCH]
                    ],
                    "ConsistentRead": True,
                }
            }
            while wanted:  # 16 MB at once, or what the table can give: the rest is asked again
                answer = self._client.batch_get_item(RequestItems=wanted)
                found = map(read_registration, answer["Responses"].get(self._table, ()))
                yield from (one for one in found if now < one.expires_at)
                wanted = answer.get("UnprocessedKeys")

    def add_notice(self, notice: Notice) -> bool:
        """Keep a new notice; False when it was there already."""
        return self._added(_outbox_item(notice))

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
        self._put_version(_outbox_item(following), outbox.version)
        return following

    def due(self, now: datetime) -> Iterator[str]:
        """
        The ids of what has something due, longest waiting first.

        The index may lag, and knows no expiry: whoever acts on it reads the item and claims it.
        """
        waiting = self._query(
            "due = :due AND due_at <= :now", index="due", due="due", now=_text(now)
        )
        return (_id_of(image) for image in waiting)

    def work(self, kind: str) -> Iterator[str]:
        """The ids of what waits for a person (`attention`, `quarantine`, …), longest first."""
        return (_id_of(image) for image in self._query("#work = :work", index="work", work=kind))

    def registrations(
        self, now: datetime, scanned: Callable[[int], object] = lambda _: None
    ) -> Iterator[Registration]:
        """
        Every registration there is: a walk through the whole table, for the repair, and for an
        export. `scanned` is told of each page how many items of whatever kind it had.
        """
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="sk = :registration",
            ExpressionAttributeValues={":registration": {"S": "REGISTRATION"}},
            ConsistentRead=True,
        )
        for page in pages:
            scanned(page["ScannedCount"])
            found = map(read_registration, page["Items"])
            yield from (registration for registration in found if now < registration.expires_at)

    def size(self) -> int:
        """About how many items there are, of whatever kind: AWS counts them every six hours."""
        return self._client.describe_table(TableName=self._table)["Table"]["ItemCount"]

    def terms(self) -> Iterator[tuple[Registration, datetime]]:
        """
        Every registration, also what has expired and is there still, with the expiry that was
        written: a walk as above, for the daily clean-up only.
        """
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="sk = :registration",
            ExpressionAttributeValues={":registration": {"S": "REGISTRATION"}},
            ConsistentRead=True,
        )
        for page in pages:
            for image in page["Items"]:
                written = datetime.fromtimestamp(int(image["expires_at"]["N"]), UTC)
                yield read_registration(image), written

    def remove(self, registration: Registration) -> bool:
        """Delete what has expired; False where it is another version, or gone."""
        at = {":registered_at": {"S": _text(registration.registered_at)}}
        return self._removed(
            f"REGISTRATION#{registration.reference}",
            "REGISTRATION",
            registration.version,
            " AND registered_at = :registered_at",
            at,
        )

    def outboxes(self, now: datetime) -> Iterator[Outbox]:
        """Everything with mails that there is: a walk as above, for the daily check only."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="sk IN (:registration, :suggestion, :notice)",
            ExpressionAttributeValues={
                ":registration": {"S": "REGISTRATION"},
                ":suggestion": {"S": "SUGGESTION"},
                ":notice": {"S": "NOTICE"},
            },
            ConsistentRead=True,
        )
        for page in pages:
            found = map(read_outbox, page["Items"])
            yield from (outbox for outbox in found if now < outbox.expires_at)

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
            since=_text(since),
            now=_text(now),
        )
        return ((_id_of(image), _moment(image["due_at"]["S"])) for image in found)

    def save_candidate(self, candidate: Candidate) -> bool:
        """Write a row; False when one is there that is as new, or newer."""
        item = _candidate_item(candidate)
        return self._projected(item, candidate.registered_at, candidate.version)

    def named(self, digest: str, now: datetime) -> Iterator[Named]:
        """The rows of one word of a name: all that have not expired."""
        found = self._query("pk = :pk", pk=f"NAME#{digest}")
        return (row for row in map(_read_named, found) if now < row.expires_at)

    def all_named(self, now: datetime) -> Iterator[Named]:
        """Every row of every name: a walk as above, for the repair only."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="begins_with(pk, :name)",
            ExpressionAttributeValues={":name": {"S": "NAME#"}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from (row for row in map(_read_named, page["Items"]) if now < row.expires_at)

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
        self._put_version({"pk": "OFFICERS", "sk": "OFFICERS", **_item(following)}, roster.version)
        return following

    def add_view(self, view: View) -> bool:
        """Write down that an officer saw a person; False when it was there already."""
        return self._added(
            {
                "pk": f"VIEWS#{view.at.date().isoformat()}",
                "sk": f"{_text(view.at)}#{view.officer}#{view.reference}",
                **_item(view),
                "expires_at": _seconds(view.expires_at),
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
        expires_at = _seconds(following.expires_at)
        item = {"pk": "EXPORTS", "sk": export.id, **_item(following), "expires_at": expires_at}
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
                **_item(session),
                "expires_at": _seconds(session.expires_at),
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
        item = {"pk": f"USED#{key}", "sk": "USED", "used_by": by, "expires_at": _seconds(until)}
        try:
            self._put(item, "attribute_not_exists(pk) OR used_by = :by", {":by": {"S": by}})
        except ClientError as error:
            if _is_refused(error):
                return False
            raise
        return True

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
        The first day (UTC) of the ledger; None while it is empty. A walk as above, for the first
        count and for a recount only.
        """
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="begins_with(pk, :ledger)",
            ExpressionAttributeValues={":ledger": {"S": "LEDGER#"}},
            ProjectionExpression="pk",
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
        item = {"pk": "FIGURES", "sk": "PROGRESS", **_item(following)}
        if following.through:
            item["through"] = following.through.isoformat()
        self._put_version(item, progress.version)
        return following

    def add_external(self, one: External) -> bool:
        """Keep a count of somebody else; False when it was there already."""
        day = one.day.isoformat()
        sk = f"{_text(one.recorded_at)}#{one.digest}"
        return self._added({"pk": "EXTERNAL", "sk": sk, **_item(one), "day": day})

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
        item = {"pk": f"INCIDENT#{incident.kind}", "sk": "INCIDENT", **_item(following)}
        self._put_version(item, incident.version)
        return following

    def status(self) -> Status | None:
        image = self._get("STATUS", "STATUS")
        return _read_status(image) if image else None

    def save_status(self, status: Status) -> None:
        """In the place of the one before: each is made again from nothing, the last counts."""
        self._put({"pk": "STATUS", "sk": "STATUS", "status": _status_text(status)})

    def check(self) -> None:
        """Read from the table: raises whatever keeps it from answering."""
        self._get("HEALTH", "HEALTH")

    def _get(self, pk: str, sk: str) -> Image | None:
        found = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return found.get("Item")

    def _query(
        self, condition: str, index: str = "", only: str = "", **values: str
    ) -> Iterator[Image]:
        more: dict[str, Any] = {"IndexName": index} if index else {"ConsistentRead": True}
        if only:
            more["FilterExpression"] = only
        if "#work" in condition:  # a word that DynamoDB reserves
            more["ExpressionAttributeNames"] = {"#work": "work"}
        pages = self._queries.paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
            **more,
        )
        for page in pages:
            yield from page["Items"]

    @cached_property
    def _queries(self) -> "QueryPaginator":
        """Made once: botocore builds a class for each paginator, which costs more than a query."""
        return self._client.get_paginator("query")

    def _added(self, item: Item) -> bool:
        try:
            self._put(item, "attribute_not_exists(pk)")
        except ClientError as error:
            if _is_refused(error):
                return False
            raise
        return True

    def _projected(self, item: Item, registered_at: datetime, version: int) -> bool:
        """Write what was made from a version of a registration, unless a newer one did."""
        newer = (
            "attribute_not_exists(pk) OR registered_at < :registered_at"
            " OR (registered_at = :registered_at AND version < :version)"
        )
        made_from = {
            ":registered_at": {"S": _text(registered_at)},
            ":version": {"N": str(version)},
        }
        try:
            self._put(item, newer, made_from)
        except ClientError as error:
            if _is_refused(error):
                return False
            raise
        return True

    def _removed(
        self, pk: str, sk: str, version: int, condition: str = "", values: Image | None = None
    ) -> bool:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key={"pk": {"S": pk}, "sk": {"S": sk}},
                ConditionExpression=f"version = :version{condition}",
                ExpressionAttributeValues={":version": {"N": str(version)}, **(values or {})},
            )
        except ClientError as error:
            if _is_refused(error):
                return False
            raise
        return True

    def _put_version(self, item: Item, version: int) -> None:
        try:
            if version:
                self._put(item, "version = :version", {":version": {"N": str(version)}})
            else:
                self._put(item, "attribute_not_exists(pk)")
        except ClientError as error:
            if _is_refused(error):
                raise StaleError from None
            raise

    def _put(self, item: Item, condition: str = "", values: Image | None = None) -> None:
        more: dict[str, Any] = {}
        if condition:
            more["ConditionExpression"] = condition
            # A refused write then shows what stands there: nobody needs to read it again.
            more["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if values:
            more["ExpressionAttributeValues"] = values
        self._client.put_item(TableName=self._table, Item=_image(item), **more)


def _outbox_item(outbox: Outbox) -> Item:
    kind = type(outbox).__name__.upper()
    due_at, work = outbox.due_at, outbox.work
    return {
        "pk": f"{kind}#{outbox.id}",
        "sk": kind,
        **_item(outbox),
        **({"due": "due", "due_at": _text(due_at)} if due_at else {}),
        **({"at_once": True} if outbox.is_due_at_once else {}),
        **({"work": work[0], "work_at": _text(work[1])} if work else {}),
        "expires_at": _seconds(outbox.expires_at),
    }


def read_outbox(image: Image) -> Outbox:
    """What has an outbox from its item, as a query or the stream gives it."""
    return _OUTBOXES[str(image["sk"]["S"])](image)


def read_registration(image: Image) -> Registration:
    """A registration from its item, as a query or the stream gives it."""
    item = _read(image)
    return Registration(
        **_read_outbox(item),
        reference=item["reference"],
        submission_id=item.get("submission_id", ""),
        fingerprint=item.get("fingerprint", ""),
        registered_at=_moment(item["registered_at"]),
        answers=Answers(**_read_fields(item["answers"], Answers, FIELDS)),
        admitted_at=_maybe_moment(item.get("admitted_at")),
        repeat_of=item.get("repeat_of", ""),
        signals=tuple(item.get("signals", ())),
        network=item.get("network", ""),
        handovers=tuple(map(_read_handover, item.get("handovers", ()))),
        links_since=_maybe_moment(item.get("links_since")),
        hold=item.get("hold", ""),
        held_at=_maybe_moment(item.get("held_at")),
        synthetic=item.get("synthetic", False),
        kept_at=_maybe_moment(item.get("kept_at")),
        times_kept=int(item.get("times_kept", 0)),
        withdrawn_at=_maybe_moment(item.get("withdrawn_at")),
        erased_at=_maybe_moment(item.get("erased_at")),
        new_email=item.get("new_email", ""),
        new_email_at=_maybe_moment(item.get("new_email_at")),
        paused_at=_maybe_moment(item.get("paused_at")),
        resumed_at=_maybe_moment(item.get("resumed_at")),
        replies=tuple(map(_read_reply, item.get("replies", ()))),
        no_questions_at=_maybe_moment(item.get("no_questions_at")),
    )


def _read_suggestion(image: Image) -> Suggestion:
    item = _read(image)
    return Suggestion(
        **_read_outbox(item),
        reference=item["reference"],
        submission_id=item.get("submission_id", ""),
        fingerprint=item.get("fingerprint", ""),
        registered_at=_moment(item["registered_at"]),
        answers=ProjectAnswers(**_read_fields(item["answers"], ProjectAnswers, PROJECT_FIELDS)),
        signals=tuple(item.get("signals", ())),
        network=item.get("network", ""),
        admitted_at=_maybe_moment(item.get("admitted_at")),
        repeat_of=item.get("repeat_of", ""),
        hold=item.get("hold", ""),
        held_at=_maybe_moment(item.get("held_at")),
        decision=item.get("decision", ""),
        decided_at=_maybe_moment(item.get("decided_at")),
        why=item.get("why", ""),
        belongs_to=item.get("belongs_to", ""),
        sender_erased_at=_maybe_moment(item.get("sender_erased_at")),
        erased_at=_maybe_moment(item.get("erased_at")),
    )


def _read_notice(image: Image) -> Notice:
    item = _read(image)
    return Notice(
        **_read_outbox(item),
        kind=item["kind"],
        key=item["key"],
        created_at=_moment(item["created_at"]),
    )


def _read_outbox(item: Item) -> Item:
    return {
        "mails": tuple(map(_read_mail, item["mails"])),
        "events": tuple(map(_read_event, item["events"])),
        "version": int(item["version"]),
        "lease_until": _maybe_moment(item.get("lease_until")),
    }


def _read_fields(item: Item, kind: "type[DataclassInstance]", questions: Fields) -> Item:
    """The answers to the questions of a form, by the attributes of what keeps them."""
    return {
        name: tuple(item.get(name, ())) if questions[name].max_values > 1 else item.get(name, "")
        for name in (attribute.name for attribute in fields(kind))
    }


def _read_mail(item: Item) -> Mail:
    return Mail(
        kind=item["kind"],
        receiver=item["receiver"],
        queued_at=_moment(item["queued_at"]),
        next_at=_maybe_moment(item.get("next_at")),
        attempts=int(item.get("attempts", 0)),
        reason=item.get("reason", ""),
        failing_since=_maybe_moment(item.get("failing_since")),
        sendings=tuple(map(_read_sending, item.get("sendings", ()))),
        dropped_at=_maybe_moment(item.get("dropped_at")),
        attention_at=_maybe_moment(item.get("attention_at")),
        requeued_at=_maybe_moment(item.get("requeued_at")),
        about=item.get("about", ""),
    )


def _read_sending(item: Item) -> Sending:
    return Sending(
        message_id=item["message_id"],
        route=item["route"],
        sent_at=_moment(item["sent_at"]),
        facts=tuple(
            Fact(_moment(one["at"]), one["what"], one.get("why", ""))
            for one in item.get("facts", ())
        ),
    )


def _read_handover(item: Item) -> Handover:
    partner = item.get("partner")
    return Handover(
        receiver=item["receiver"],
        since=_moment(item["since"]),
        handed_on_by=item.get("handed_on_by", ""),
        acts=tuple(map(_read_act, item.get("acts", ()))),
        partner=Partner(partner["name"], partner.get("email", "")) if partner else None,
        agreed_at=_maybe_moment(item.get("agreed_at")),
        declined_at=_maybe_moment(item.get("declined_at")),
        lapsed_at=_maybe_moment(item.get("lapsed_at")),
        links_since=_maybe_moment(item.get("links_since")),
        ended_at=_maybe_moment(item.get("ended_at")),
        late_since=_maybe_moment(item.get("late_since")),
    )


def _read_act(item: Item) -> Act:
    return Act(
        at=_moment(item["at"]),
        what=item["what"],
        door=item["door"],
        why=item.get("why", ""),
        to=item.get("to", ""),
        note=item.get("note", ""),
        undone_at=_maybe_moment(item.get("undone_at")),
    )


def _read_reply(item: Item) -> Reply:
    return Reply(
        question=item["question"],
        answer=item["answer"],
        at=_moment(item["at"]),
        handled_at=_maybe_moment(item.get("handled_at")),
    )


def _read_event(item: Item) -> Event:
    return Event(
        at=_moment(item["at"]),
        what=item["what"],
        receiver=item.get("receiver", ""),
        why=item.get("why", ""),
        mail=item.get("mail", ""),
        door=item.get("door", ""),
        noted_at=_maybe_moment(item.get("noted_at")),
    )


def _contact_item(contact: Contact) -> Item:
    return {"pk": "CONTACTS", "sk": f"{contact.nis_code}#{contact.order}", **_item(contact)}


def _read_contact(image: Image) -> Contact:
    item = _read(image)
    return Contact(
        nis_code=item["nis_code"],
        email=item["email"],
        order=int(item["order"]),
        state=item["state"],
        since=_moment(item["since"]),
        confirmed_at=_maybe_moment(item.get("confirmed_at")),
        changes=tuple(
            Change(_moment(one["at"]), one["who"], one["what"]) for one in item.get("changes", ())
        ),
        version=int(item.get("version", 0)),
    )


def _recent_item(recent: Recent, now: datetime) -> Item:
    return {
        "pk": f"RECENT#{recent.address}",
        "sk": "RECENT",
        **_item(recent),
        "expires_at": _seconds(now + KEPT),
    }


def _read_recent(image: Image) -> Recent:
    item = _read(image)
    return Recent(
        address=item["address"],
        requests=tuple(
            Request(
                reference=one["reference"],
                wish=one["wish"],
                registered_at=_moment(one["registered_at"]),
                seen_at=_moment(one["seen_at"]),
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
        **_item(network),
        "expires_at": _seconds(now + NETWORK_TERM),
    }


def _read_network(image: Image) -> Network:
    item = _read(image)
    return Network(
        network=item["network"],
        visits=tuple(
            Visit(
                one["reference"],
                _moment(one["at"]),
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
        **_item(candidate),
        **({"due": "unopened", "due_at": _text(since)} if since else {}),
        "expires_at": _seconds(candidate.expires_at),
    }


def _read_candidate(image: Image) -> Candidate:
    item = _read(image)
    return Candidate(
        receiver=item["receiver"],
        reference=item["reference"],
        registered_at=_moment(item["registered_at"]),
        since=_moment(item["since"]),
        state=item.get("state", ""),
        state_at=_moment(item["state_at"]),
        waits=item.get("waits", False),
        is_gone=item.get("is_gone", False),
        expires_at=datetime.fromtimestamp(int(item["expires_at"]), UTC),
        version=int(item["version"]),
        unopened_since=_maybe_moment(item.get("unopened_since")),
    )


def _vacation_item(vacation: Vacation) -> Item:
    kept_until = datetime.combine(vacation.last + VACATION_KEPT, time(), UTC)
    return {
        "pk": f"DESK#{vacation.nis_code}",
        "sk": "VACATION",
        **_item(vacation),
        "first": vacation.first.isoformat(),
        "last": vacation.last.isoformat(),
        "expires_at": _seconds(kept_until),
    }


def _read_vacation(image: Image) -> Vacation:
    item = _read(image)
    return Vacation(
        nis_code=item["nis_code"],
        first=date.fromisoformat(item["first"]),
        last=date.fromisoformat(item["last"]),
        set_at=_moment(item["set_at"]),
        by=item["by"],
        version=int(item["version"]),
    )


def _named_item(row: Named) -> Item:
    return {
        "pk": f"NAME#{row.digest}",
        "sk": row.reference,
        **_item(row),
        "expires_at": _seconds(row.expires_at),
    }


def _read_named(image: Image) -> Named:
    item = _read(image)
    return Named(
        digest=item["digest"],
        reference=item["reference"],
        registered_at=_moment(item["registered_at"]),
        is_gone=item.get("is_gone", False),
        expires_at=datetime.fromtimestamp(int(item["expires_at"]), UTC),
        version=int(item["version"]),
    )


def _read_roster(image: Image) -> Roster:
    item = _read(image)
    return Roster(tuple(map(_read_officer, item["officers"])), int(item["version"]))


def _read_officer(item: Item) -> Officer:
    return Officer(
        id=item["id"],
        email=item.get("email", ""),
        role=item["role"],
        since=_moment(item["since"]),
        removed_at=_maybe_moment(item.get("removed_at")),
        changes=tuple(
            Change(_moment(one["at"]), one["who"], one["what"]) for one in item.get("changes", ())
        ),
    )


def _read_view(image: Image) -> View:
    item = _read(image)
    return View(
        at=_moment(item["at"]),
        officer=item["officer"],
        what=item["what"],
        reference=item.get("reference", ""),
        about=item.get("about", ""),
        count=int(item.get("count", 0)),
    )


def _read_export(image: Image) -> Export:
    item = _read(image)
    return Export(
        id=item["id"],
        choice=Choice(**item["choice"]),
        officer=item["officer"],
        asked_at=_moment(item["asked_at"]),
        attempts=int(item.get("attempts", 0)),
        lease_until=_maybe_moment(item.get("lease_until")),
        made_at=_maybe_moment(item.get("made_at")),
        count=int(item.get("count", 0)),
        size=int(item.get("size", 0)),
        failed_at=_maybe_moment(item.get("failed_at")),
        told_at=_maybe_moment(item.get("told_at")),
        removed_at=_maybe_moment(item.get("removed_at")),
        version=int(item["version"]),
    )


def _read_session(image: Image) -> Session:
    item = _read(image)
    return Session(
        key=item["key"],
        desk=item["desk"],
        subject=item["subject"],
        role=item.get("role", ""),
        began_at=_moment(item["began_at"]),
        expires_at=datetime.fromtimestamp(int(item["expires_at"]), UTC),
    )


def _entry_item(entry: Entry) -> Item:
    moment = _text(entry.event.known_at)
    adds = json.dumps(entry.adds) if entry.adds else ""
    counted = {"place": entry.place, "source": entry.source, "adds": adds}
    return {
        "pk": f"LEDGER#{moment[:10]}",
        "sk": f"{moment}#{entry.reference}#{entry.number:04}",
        "reference": entry.reference,
        "number": entry.number,
        **{name: value for name, value in counted.items() if value},
        **_item(entry.event),
    }


def _read_entry(image: Image) -> Entry:
    item = _read(image)
    return Entry(
        reference=item["reference"],
        number=int(item["number"]),
        event=_read_event(item),
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
    item = _read(image)
    through = item.get("through")
    return Progress(
        through=date.fromisoformat(through) if through else None,
        repaired_at=_maybe_moment(item.get("repaired_at")),
        version=int(item["version"]),
    )


def _read_external(image: Image) -> External:
    item = _read(image)
    return External(
        source=item["source"],
        organisation=item["organisation"],
        nis_code=item.get("nis_code", ""),
        day=date.fromisoformat(item["day"]),
        count=int(item.get("count", 0)),
        note=item["note"],
        recorded_at=_moment(item["recorded_at"]),
        who=item["who"],
    )


def _read_downloads(image: Image) -> Downloads:
    item = _read(image)
    days = {key: count for key, count in item.items() if key not in {"pk", "sk"}}
    return Downloads(
        path=item["sk"].partition("#")[2],
        days={date.fromisoformat(day): int(count) for day, count in days.items()},
    )


def _read_incident(image: Image) -> Incident:
    item = _read(image)
    return Incident(
        kind=item["kind"],
        opened_at=_maybe_moment(item.get("opened_at")),
        closed_at=_maybe_moment(item.get("closed_at")),
        since=_maybe_moment(item.get("since")),
        why=item.get("why", ""),
        told=item.get("told", False),
        version=int(item["version"]),
    )


def _status_text(status: Status) -> str:
    """As JSON, in one attribute: here 0 and None are not the same, and it has fractions."""
    return json.dumps(asdict(status), default=_text)


def _read_status(image: Image) -> Status:
    item = json.loads(_read(image)["status"])
    probed = item["probed"]
    return Status(
        measured_at=_moment(item["measured_at"]),
        oldest_unsent_at=_maybe_moment(item["oldest_unsent_at"]),
        delivery=Delivery(**item["delivery"]) if item["delivery"] else None,
        probed=Probed(**probed | {"at": _moment(probed["at"])}) if probed else None,
        coverage=item["coverage"],
        dead_letters=item["dead_letters"],
        incidents=tuple(item["incidents"]),
    )


def _item(value: "DataclassInstance") -> Item:
    """The attributes of a dataclass, without the empty ones; moments as text."""
    return asdict(value, dict_factory=_without_empty)


def _without_empty(pairs: list[tuple[str, Any]]) -> Item:
    return {
        name: _text(value) if isinstance(value, datetime) else value
        for name, value in pairs
        if value not in (None, "", (), 0, False)
    }


def _image(item: Item) -> Image:
    return {name: _serialise(_listed(value)) for name, value in item.items()}


def _listed(value: object) -> object:
    """DynamoDB's serialiser knows lists, not tuples."""
    if isinstance(value, Mapping):
        return {name: _listed(one) for name, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, tuple | list) else value


def _read(image: Image) -> Item:
    return {name: _deserialise(value) for name, value in image.items()}


def _seconds(moment: datetime) -> int:
    """As the table's TTL wants it: seconds since 1970."""
    return int(moment.timestamp())


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe_moment(text: str | None) -> datetime | None:
    return _moment(text) if text else None


def _is_refused(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def is_registration(keys: Image) -> bool:
    """Whether the keys of an item, as the stream gives them, are a registration's."""
    return str(keys["sk"]["S"]) == "REGISTRATION"


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
