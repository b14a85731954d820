"""
The registrations in the table.

Apart from `store.py`, because a volunteer may wait for this to be imported, and for the records of
all else she would wait as long again (docs/decisions/0026-cold-start.md).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.domain.form import FIELDS, Answers, Fields
from chalicelib.domain.handover import Act, Handover, Partner
from chalicelib.domain.outbox import Event, Fact, Mail, Outbox, Sending
from chalicelib.domain.registration import Registration
from chalicelib.domain.reply import Reply
from chalicelib.failures import TakenError
from chalicelib.table import (
    Image,
    Item,
    Table,
    as_text,
    is_refused,
    item_of,
    maybe_moment,
    moment_of,
    seconds_of,
    values_of,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_BATCH = 100
"""Keys that one BatchGetItem takes."""


class Registrations(Table):
    """The registrations behind the use cases."""

    def add(self, registration: Registration) -> None:
        """
        Keep a new registration: the one write of a request.

        Raises `TakenError` with what is there, when something has its reference already.
        """
        self._keep(registration, registration.registered_at, read_registration)

    def _keep(self, outbox: Outbox, at: datetime, read: Callable[[Image], Outbox]) -> None:
        now = {":now": {"N": str(seconds_of(at))}}
        free = "attribute_not_exists(pk) OR expires_at <= :now"
        try:
            self._put(outbox_item(outbox), free, now)
        except ClientError as error:
            if not is_refused(error):
                raise
            raise TakenError(read(error.response["Item"])) from None  # type: ignore[typeddict-item]

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

    def registrations(
        self, now: datetime, scanned: Callable[[int], object] = lambda _: None
    ) -> Iterator[Registration]:
        """
        Every registration there is: a walk through the whole table, for the repair, and for an
        export. `scanned` is told of each page how many items of whatever kind it had.
        """
        found = map(read_registration, self._scan("sk = :kind", {"kind": "REGISTRATION"}, scanned))
        return (registration for registration in found if now < registration.expires_at)

    def terms(self) -> Iterator[tuple[Registration, datetime]]:
        """
        Every registration, also what has expired and is there still, with the expiry that was
        written: a walk as above, for the daily clean-up only.
        """
        for image in self._scan("sk = :kind", {"kind": "REGISTRATION"}):
            written = datetime.fromtimestamp(int(image["expires_at"]["N"]), UTC)
            yield read_registration(image), written

    def remove(self, registration: Registration) -> bool:
        """Delete what has expired; False where it is another version, or gone."""
        at = {":registered_at": {"S": as_text(registration.registered_at)}}
        return self._removed(
            f"REGISTRATION#{registration.reference}",
            "REGISTRATION",
            registration.version,
            " AND registered_at = :registered_at",
            at,
        )


def outbox_item(outbox: Outbox) -> Item:
    kind = type(outbox).__name__.upper()
    due_at, work = outbox.due_at, outbox.work
    return {
        "pk": f"{kind}#{outbox.id}",
        "sk": kind,
        **item_of(outbox),
        **({"due": "due", "due_at": as_text(due_at)} if due_at else {}),
        **({"at_once": True} if outbox.is_due_at_once else {}),
        **({"work": work[0], "work_at": as_text(work[1])} if work else {}),
        "expires_at": seconds_of(outbox.expires_at),
    }


def read_registration(image: Image) -> Registration:
    """A registration from its item, as a query or the stream gives it."""
    item = values_of(image)
    return Registration(
        **read_mails_and_events(item),
        reference=item["reference"],
        submission_id=item.get("submission_id", ""),
        fingerprint=item.get("fingerprint", ""),
        registered_at=moment_of(item["registered_at"]),
        answers=Answers(**read_answers(item["answers"], Answers, FIELDS)),
        admitted_at=maybe_moment(item.get("admitted_at")),
        repeat_of=item.get("repeat_of", ""),
        signals=tuple(item.get("signals", ())),
        network=item.get("network", ""),
        handovers=tuple(map(_read_handover, item.get("handovers", ()))),
        links_since=maybe_moment(item.get("links_since")),
        hold=item.get("hold", ""),
        held_at=maybe_moment(item.get("held_at")),
        synthetic=item.get("synthetic", False),
        kept_at=maybe_moment(item.get("kept_at")),
        times_kept=int(item.get("times_kept", 0)),
        withdrawn_at=maybe_moment(item.get("withdrawn_at")),
        erased_at=maybe_moment(item.get("erased_at")),
        new_email=item.get("new_email", ""),
        new_email_at=maybe_moment(item.get("new_email_at")),
        paused_at=maybe_moment(item.get("paused_at")),
        resumed_at=maybe_moment(item.get("resumed_at")),
        replies=tuple(map(_read_reply, item.get("replies", ()))),
        no_questions_at=maybe_moment(item.get("no_questions_at")),
    )


def read_mails_and_events(item: Item) -> Item:
    return {
        "mails": tuple(map(_read_mail, item["mails"])),
        "events": tuple(map(read_event, item["events"])),
        "version": int(item["version"]),
        "lease_until": maybe_moment(item.get("lease_until")),
    }


def read_answers(item: Item, kind: "type[DataclassInstance]", questions: Fields) -> Item:
    """The answers to the questions of a form, by the attributes of what keeps them."""
    return {
        name: tuple(item.get(name, ())) if questions[name].max_values > 1 else item.get(name, "")
        for name in (attribute.name for attribute in fields(kind))
    }


def _read_mail(item: Item) -> Mail:
    return Mail(
        kind=item["kind"],
        receiver=item["receiver"],
        queued_at=moment_of(item["queued_at"]),
        next_at=maybe_moment(item.get("next_at")),
        attempts=int(item.get("attempts", 0)),
        reason=item.get("reason", ""),
        failing_since=maybe_moment(item.get("failing_since")),
        sendings=tuple(map(_read_sending, item.get("sendings", ()))),
        dropped_at=maybe_moment(item.get("dropped_at")),
        attention_at=maybe_moment(item.get("attention_at")),
        requeued_at=maybe_moment(item.get("requeued_at")),
        about=item.get("about", ""),
    )


def _read_sending(item: Item) -> Sending:
    return Sending(
        message_id=item["message_id"],
        route=item["route"],
        sent_at=moment_of(item["sent_at"]),
        facts=tuple(
            Fact(moment_of(one["at"]), one["what"], one.get("why", ""))
            for one in item.get("facts", ())
        ),
    )


def _read_handover(item: Item) -> Handover:
    partner = item.get("partner")
    return Handover(
        receiver=item["receiver"],
        since=moment_of(item["since"]),
        handed_on_by=item.get("handed_on_by", ""),
        acts=tuple(map(_read_act, item.get("acts", ()))),
        partner=Partner(partner["name"], partner.get("email", "")) if partner else None,
        agreed_at=maybe_moment(item.get("agreed_at")),
        declined_at=maybe_moment(item.get("declined_at")),
        lapsed_at=maybe_moment(item.get("lapsed_at")),
        links_since=maybe_moment(item.get("links_since")),
        ended_at=maybe_moment(item.get("ended_at")),
        late_since=maybe_moment(item.get("late_since")),
    )


def _read_act(item: Item) -> Act:
    return Act(
        at=moment_of(item["at"]),
        what=item["what"],
        door=item["door"],
        why=item.get("why", ""),
        to=item.get("to", ""),
        note=item.get("note", ""),
        undone_at=maybe_moment(item.get("undone_at")),
    )


def _read_reply(item: Item) -> Reply:
    return Reply(
        question=item["question"],
        answer=item["answer"],
        at=moment_of(item["at"]),
        handled_at=maybe_moment(item.get("handled_at")),
    )


def read_event(item: Item) -> Event:
    return Event(
        at=moment_of(item["at"]),
        what=item["what"],
        receiver=item.get("receiver", ""),
        why=item.get("why", ""),
        mail=item.get("mail", ""),
        door=item.get("door", ""),
        noted_at=maybe_moment(item.get("noted_at")),
    )


def is_registration(keys: Image) -> bool:
    """Whether the keys of an item, as the stream gives them, are a registration's."""
    return str(keys["sk"]["S"]) == "REGISTRATION"
