"""
The table: registrations, contacts, recent requests and the ledger as DynamoDB items.

| item | pk | sk | read by |
| --- | --- | --- | --- |
| registration | `REGISTRATION#MB-7K3F-9Q4D` | `REGISTRATION` | its reference |
| … that has something due | index `due`: `due` | `due_at` | the sweep, oldest first |
| contact address | `CONTACTS` | `41002#1` | a municipality's, in order; all of them |
| recent requests of an address | `RECENT#<digest>` | `RECENT` | the forwarder |
| ledger entry | `LEDGER#2026-11-23` | `<moment>#<reference>#<number>` | a day, in order |

Every write is one conditional write of one item (design rule 2). Moments are kept as text in UTC
with microseconds, so that they sort. `docs/data-model.md` has the attributes.

DynamoDB deletes what has expired (`expires_at`) when it comes to it: until then it is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from chalicelib.domain.contacts import Contact
from chalicelib.domain.form import FIELDS, Answers
from chalicelib.domain.ledger import Entry
from chalicelib.domain.recent import KEPT, Recent, Request
from chalicelib.domain.registration import Event, Forwarding, Mail, Registration
from chalicelib.failures import StaleError, TakenError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.paginator import QueryPaginator

Item = dict[str, Any]
Image = Mapping[str, Any]
"""An item as DynamoDB writes it, with a type beside each value."""

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
        now = {":now": {"N": str(_seconds(registration.registered_at))}}
        free = "attribute_not_exists(pk) OR expires_at <= :now"
        try:
            self._put(registration_item(registration), free, now)
        except ClientError as error:
            if not _is_refused(error):
                raise
            raise TakenError(read_registration(error.response["Item"])) from None  # type: ignore[typeddict-item]

    def get(self, reference: str, now: datetime) -> Registration | None:
        """The registration, unless it has expired."""
        image = self._get(f"REGISTRATION#{reference}", "REGISTRATION")
        registration = read_registration(image) if image else None
        return registration if registration and now < registration.expires_at else None

    def save(self, registration: Registration) -> Registration:
        """
        Write the next version of a registration; returns it.

        Raises `StaleError` when the version read before is no longer the one in the table.
        """
        following = replace(registration, version=registration.version + 1)
        self._put_version(registration_item(following), registration.version)
        return following

    def due(self, now: datetime) -> Iterator[str]:
        """
        The references with something due, longest waiting first.

        The index may lag, and knows no expiry: whoever acts on it reads the registration and
        claims it.
        """
        waiting = self._query(
            "due = :due AND due_at <= :now", index="due", due="due", now=_text(now)
        )
        for image in waiting:
            yield str(image["pk"]["S"]).removeprefix("REGISTRATION#")

    def registrations(self, now: datetime) -> Iterator[Registration]:
        """Every registration there is: a walk through the whole table, for the repair only."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="sk = :registration",
            ExpressionAttributeValues={":registration": {"S": "REGISTRATION"}},
            ConsistentRead=True,
        )
        for page in pages:
            found = map(read_registration, page["Items"])
            yield from (registration for registration in found if now < registration.expires_at)

    def recent(self, address: str) -> Recent:
        image = self._get(f"RECENT#{address}", "RECENT")
        return _read_recent(image) if image else Recent(address)

    def save_recent(self, recent: Recent, now: datetime) -> None:
        """Raises `StaleError` when somebody else wrote it since it was read."""
        item = _recent_item(replace(recent, version=recent.version + 1), now)
        self._put_version(item, recent.version)

    def contacts(self, nis_code: str) -> Iterator[Contact]:
        """The addresses of one municipality, in their order."""
        found = self._query(
            "pk = :pk AND begins_with(sk, :code)", pk="CONTACTS", code=f"{nis_code}#"
        )
        return map(_read_contact, found)

    def all_contacts(self) -> Iterator[Contact]:
        return map(_read_contact, self._query("pk = :pk", pk="CONTACTS"))

    def save_contact(self, contact: Contact) -> None:
        self._put(_contact_item(contact))

    def append(self, entry: Entry) -> bool:
        """Write a ledger entry; False when it was there already."""
        try:
            self._put(_entry_item(entry), "attribute_not_exists(pk)")
        except ClientError as error:
            if not _is_refused(error):
                raise
            return False
        return True

    def ledger(self, day: str) -> Iterator[Entry]:
        """The entries of one day (`2026-11-23`, UTC), in the order in which they happened."""
        return map(_read_entry, self._query("pk = :pk", pk=f"LEDGER#{day}"))

    def check(self) -> None:
        """Read from the table: raises whatever keeps it from answering."""
        self._get("HEALTH", "HEALTH")

    def _get(self, pk: str, sk: str) -> Image | None:
        found = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return found.get("Item")

    def _query(self, condition: str, index: str = "", **values: str) -> Iterator[Image]:
        more: dict[str, Any] = {"IndexName": index} if index else {"ConsistentRead": True}
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


def registration_item(registration: Registration) -> Item:
    item = _item(registration)
    due_at = registration.due_at
    return {
        "pk": f"REGISTRATION#{registration.reference}",
        "sk": "REGISTRATION",
        **item,
        **({"due": "due", "due_at": _text(due_at)} if due_at else {}),
        "expires_at": _seconds(registration.expires_at),
    }


def read_registration(image: Image) -> Registration:
    """A registration from its item, as a query or the stream gives it."""
    item = _read(image)
    return Registration(
        reference=item["reference"],
        submission_id=item["submission_id"],
        fingerprint=item["fingerprint"],
        registered_at=_moment(item["registered_at"]),
        answers=_read_answers(item["answers"]),
        forwardings=tuple(Forwarding(**_read_mail(one)) for one in item["forwardings"]),
        confirmation=Mail(**_read_mail(item["confirmation"])),
        events=tuple(map(_read_event, item["events"])),
        version=int(item["version"]),
        admitted_at=_maybe_moment(item.get("admitted_at")),
        lease_until=_maybe_moment(item.get("lease_until")),
        repeat_of=item.get("repeat_of", ""),
    )


def _read_answers(item: Item) -> Answers:
    answers: Item = {
        name: tuple(item.get(name, ())) if FIELDS[name].max_values > 1 else item.get(name, "")
        for name in (attribute.name for attribute in fields(Answers))
    }
    return Answers(**answers)


def _read_mail(item: Item) -> Item:
    return {
        "receiver": item["receiver"],
        "queued_at": _moment(item["queued_at"]),
        "next_at": _maybe_moment(item.get("next_at")),
        "attempts": int(item.get("attempts", 0)),
        "reason": item.get("reason", ""),
        "sent_at": _maybe_moment(item.get("sent_at")),
        "message_id": item.get("message_id", ""),
        "dropped_at": _maybe_moment(item.get("dropped_at")),
    }


def _read_event(item: Item) -> Event:
    return Event(
        at=_moment(item["at"]),
        what=item["what"],
        receiver=item.get("receiver", ""),
        why=item.get("why", ""),
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
            )
            for one in item.get("requests", ())
        ),
        version=int(item["version"]),
    )


def _entry_item(entry: Entry) -> Item:
    moment = _text(entry.event.at)
    return {
        "pk": f"LEDGER#{moment[:10]}",
        "sk": f"{moment}#{entry.reference}#{entry.number:04}",
        "reference": entry.reference,
        "number": entry.number,
        **_item(entry.event),
    }


def _read_entry(image: Image) -> Entry:
    item = _read(image)
    return Entry(item["reference"], int(item["number"]), _read_event(item))


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
