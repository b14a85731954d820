"""The terms: in words for the page, and the same in the software and in the infrastructure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from chalicelib import registrations, store
from chalicelib.domain import retention
from chalicelib.domain.figures import Sheet
from chalicelib.domain.ledger import Entry
from chalicelib.domain.outbox import Outbox
from chalicelib.domain.recent import KEPT, WINDOW
from chalicelib.domain.retention import RULES, in_words
from chalicelib.domain.status import Status
from tests.backend.aws import template


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (timedelta(days=365), "1 jaar"),
        (timedelta(days=730), "2 jaar"),
        (timedelta(days=30), "30 dagen"),
        (timedelta(hours=48), "48 uur"),
        (timedelta(hours=1), "1 uur"),
    ],
)
def test_words(term: timedelta, words: str) -> None:
    """
    A term is told in the largest unit that fits.
    """
    assert words == in_words(term)


def test_no_words() -> None:
    """
    A term that the page can't tell exactly is refused.
    """
    with pytest.raises(ValueError, match="whole number of hours"):
        in_words(timedelta(minutes=90))


def test_told() -> None:
    """
    Every kind of data says what, why, on what ground, how long and how it ends.
    """
    for rule in RULES:
        assert all((rule.name, rule.what, rule.why, rule.basis, rule.kept, rule.how)), rule
    assert "1 jaar na de laatste stap van jou of je gemeente" == RULES[0].kept
    assert "Blijft bewaard" == RULES[-1].kept
    assert len(RULES) == len({rule.name for rule in RULES})


def test_no_term() -> None:
    """
    What is kept without end has no length to count with.
    """
    with pytest.raises(ValueError, match="ledger has no term"):
        _ = RULES[-1].length


def test_every_field_has_a_rule() -> None:
    """
    Whatever the table can keep stands in a rule: who adds a field must say what for, and how long.
    """
    fields = {field for rule in RULES for field in rule.fields}

    assert set() == set(stored_fields()) - fields
    assert set() == fields - set(stored_fields()) - set(OF_THE_ITEM)


ITEMS = {
    "REGISTRATION": "registration",
    "SUGGESTION": "suggestion",
    "NOTICE": "notice",
    "CANDIDATES": "candidate",
    "RECENT": "recent",
    "NETWORK": "network",
    "CONTACTS": "contact",
    "DESK": "vacation",
    "SESSION": "session",
    "USED": "used",
    "NAME": "name",
    "OFFICERS": "roster",
    "EXPORTS": "export",
    "VIEWS": "view",
    "LEDGER": "entry",
    "FIGURES": "figures",
    "EXTERNAL": "external",
    "DOWNLOADS": "downloads",
    "INCIDENT": "incident",
    "STATUS": "status",
}
"""What a rule calls the items of a partition, by what its key begins with."""


def test_every_item_has_a_rule() -> None:
    """
    Whatever the store writes, by a class or by hand, stands in a rule; and a rule has no item that
    nobody writes.
    """
    source = Path(str(store.__file__)).read_text(encoding="utf-8")
    outboxes = {"REGISTRATION", "SUGGESTION", "NOTICE"}
    written = set(re.findall(r'"pk": (?:{"S": )?f?"([A-Z]+)', source)) | outboxes
    described = {field.partition(".")[0] for rule in RULES for field in rule.fields}

    assert set(ITEMS) == written
    assert set(ITEMS.values()) == described


def test_erased_has_no_person() -> None:
    """
    What is left of who was erased has none of her answers, nor what others wrote about her.
    """
    left = set(retention.ERASED.fields)

    assert set() == {field for field in left if field.startswith("registration.answers")}
    assert set() == left & {"registration.handovers.acts.note", "registration.new_email"}
    assert left < set(retention.OPEN.fields)


OF_THE_ITEM = (
    {
        f"{item}.{name}"
        for item in ("registration", "suggestion", "notice")
        for name in ("due", "due_at", "at_once", "work", "work_at", "expires_at")
    }
    | {"candidate.due", "candidate.due_at", "used.used_by"}
    | {f"{item}.expires_at" for item in ("recent", "network", "used", "view", "vacation", "export")}
)
"""The attributes that the table has beside the fields of a class."""
AS_JSON: Mapping[type, tuple[str, ...]] = {
    Status: ("status.status",),
    Sheet: ("figures.tally",),
}
"""What is written as one text, and the attributes that it then has."""
NAMES = {"Named": "name", "Progress": "figures"}
"""What a rule calls an item that is not called as its class."""


def stored_fields() -> Iterator[str]:
    """Of every class that the table keeps, each field down to the last: `contact.changes.at`."""
    kept = {
        one
        for module in (registrations, store)
        for one in vars(module).values()
        if isinstance(one, type)
        and is_dataclass(one)
        and one.__module__.startswith("chalicelib.domain")
    }
    parts = {part for one in kept for part in _parts(one)}
    for root in kept - parts - {Outbox}:
        if root in AS_JSON:
            yield from AS_JSON[root]
        else:
            yield from _fields(root, NAMES.get(root.__name__, root.__name__.lower()))


def _parts(kind: Any) -> Iterator[Any]:
    for one in get_type_hints(kind).values():
        for part in _classes(one):
            yield part
            yield from _parts(part)


def _fields(kind: Any, prefix: str) -> Iterator[str]:
    hints = get_type_hints(kind)
    for one in fields(kind):
        nested = list(_classes(hints[one.name]))
        for part in nested:
            name = prefix if kind is Entry else f"{prefix}.{one.name}"  # it is written flat
            yield from _fields(part, name)
        if not nested:
            yield f"{prefix}.{one.name}"


def _classes(hint: Any) -> Iterator[Any]:
    """The classes of ours in a type: `tuple[Act, ...]` has one."""
    for one in (hint, *get_args(hint)):
        if isinstance(one, type) and is_dataclass(one):
            yield one
        elif one is not hint:
            yield from _classes(one)


def test_recent() -> None:
    """
    What an address asked is kept long enough to know a repeat that reaches us a day late.
    """
    assert retention.RECENT_TERM == KEPT
    assert 2 * WINDOW <= KEPT


@pytest.mark.parametrize("queue", ["MailEvents", "MailEventFailures"])
def test_mail_events(queue: str) -> None:
    """
    The queues keep what SES tells of an address as long as the page says.
    """
    seconds = template()["Resources"][queue]["Properties"]["MessageRetentionPeriod"]

    assert retention.MAIL_EVENT_TERM == timedelta(seconds=seconds)


def test_backup() -> None:
    """
    The template keeps backups as long as the page says.
    """
    table = template()["Resources"]["Table"]["Properties"]
    days = table["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"]

    assert retention.BACKUP_TERM == timedelta(days=days)
