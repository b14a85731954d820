"""The ledger's entries: a registration's events, numbered, without the person."""

from dataclasses import fields

from chalicelib.domain.ledger import Entry, entries
from chalicelib.domain.outbox import Event
from tests.backend.samples import AALST, NOW, registration
from tests.backend.steps import sent


def test_entries() -> None:
    """
    Every event is an entry, numbered from one.
    """
    one = sent(registration(), AALST, "message", NOW)

    registered = {"registered": 1, "status:new": 1}
    forwarded = {"forwarded": 1, "status:new": -1, "status:under-way": 1}
    assert list(entries(one)) == [
        Entry(one.reference, 1, Event(NOW, "registered"), AALST, "", registered),
        Entry(one.reference, 2, Event(NOW, "queued", AALST, mail="forwarding")),
        Entry(one.reference, 3, Event(NOW, "sent", AALST, mail="forwarding"), AALST, "", forwarded),
    ]


def test_after() -> None:
    """
    The entries from some event on keep their numbers.
    """
    one = sent(registration(), AALST, "message", NOW)

    assert [3] == [entry.number for entry in entries(one, after=2)]
    assert [] == list(entries(one, after=3))


def test_no_person() -> None:
    """
    An entry holds a reference and an event, and nothing of the answers.
    """
    names = [field.name for field in fields(Entry)]
    assert ["reference", "number", "event", "place", "source", "adds"] == names
    told = repr(list(entries(registration())))
    assert [] == [text for text in ("Ana", "Hondt", "example.be", "470", "9300") if text in told]
