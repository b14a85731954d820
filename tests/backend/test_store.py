"""
The contract of the table, held to by the fake of the other tests and by DynamoDB (moto) alike,
on the table that `infra/template.yaml` describes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta, timezone
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from chalicelib.domain import names, officers
from chalicelib.domain import suggestion as steps_of
from chalicelib.domain.candidates import candidates
from chalicelib.domain.contacts import changed
from chalicelib.domain.course import MEASURES, STATUSES
from chalicelib.domain.export import CSV, XLSX, Choice, asked, made, taken_up
from chalicelib.domain.external import External
from chalicelib.domain.figures import MAX_SOURCES, Progress, Sheet, Tally
from chalicelib.domain.incidents import Incident, Trouble, noted, told
from chalicelib.domain.ledger import Entry
from chalicelib.domain.notice import notice
from chalicelib.domain.officers import Roster
from chalicelib.domain.outbox import BOUNCED, DELIVERED, Event, Fact, claim, handed_over, heard
from chalicelib.domain.recent import KEPT, Recent, Verdict, admit
from chalicelib.domain.registration import (
    QUARANTINE,
    STEP_UP,
    VOLUNTEER,
    Registration,
    admitted,
    held,
    register,
)
from chalicelib.domain.rerouting import REFUSALS
from chalicelib.domain.retention import NETWORK_TERM, REGISTRATION_TERM
from chalicelib.domain.session import AGENCY, MANAGE, began, ended, key_of
from chalicelib.domain.status import Delivery, Probed, Status
from chalicelib.domain.suspicion import (
    BUSY_ADDRESS,
    BUSY_NETWORK,
    STEP_UP_BEYOND,
    TOO_FAST,
    Network,
    visited,
)
from chalicelib.domain.vacation import Vacation
from chalicelib.domain.views import View
from chalicelib.domain.waiting import escalated
from chalicelib.failures import StaleError, TakenError
from chalicelib.registrations import is_registration, read_registration
from chalicelib.store import Store, is_outbox, read_outbox
from tests.backend import aws as aws_in_memory
from tests.backend.fakes import FakeStore
from tests.backend.samples import (
    AALST,
    GENT,
    NOW,
    answers,
    contact,
    mail_to,
    registration,
    suggestion,
)
from tests.backend.steps import dropped, postponed, receipt, sent

AnyStore = Store | FakeStore


@pytest.fixture
def real(aws: None) -> Store:
    return Store(aws_in_memory.dynamodb(), aws_in_memory.TABLE)


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> AnyStore:
    if request.param == "fake":
        return FakeStore()
    store: Store = request.getfixturevalue("real")
    return store


def lived() -> Registration:
    """A registration with every attribute set."""
    one = registration(municipality=[AALST, GENT], source="infoavond", about="Eén\n\tTwee 😀")
    one = admitted(one, repeat_of="", confirm=False, now=NOW)
    one = sent(one, AALST, "message", NOW + timedelta(microseconds=1))
    one = heard(one, receipt(one, AALST, Fact(NOW, BOUNCED, "no-mailbox"), "message", NOW))
    one = postponed(one, GENT, "Throttling", NOW)
    one = handed_over(one, mail_to(one, GENT), "too-long", NOW)
    one = held(one, QUARANTINE, "honeypot", NOW)
    one = replace(one, signals=("honeypot",), network="digest", synthetic=True)
    return claim(replace(one, repeat_of="MB-7K3F-9Q3D"), NOW)


def bare() -> Registration:
    """A registration with as little as there can be."""
    return registration(name="李", phone=None, about=None)


@pytest.mark.parametrize("make", [lived, bare])
def test_round_trip(store: AnyStore, make: Callable[[], Registration]) -> None:
    """
    What is read is what was written, to the microsecond.
    """
    one = make()
    store.add(one)

    assert one == store.get(one.reference, NOW)
    assert [one] == list(store.registrations(NOW))


def test_unknown(store: AnyStore) -> None:
    """
    What was never written is not there.
    """
    assert store.get("MB-7K3F-9Q3D", NOW) is None
    assert [] == list(store.registrations(NOW))
    assert [] == list(store.due(NOW))


def test_taken(store: AnyStore) -> None:
    """
    A reference is given once; who comes second sees what is there, as it is now.
    """
    first = registration()
    store.add(first)
    now_ = store.save(sent(first, AALST, "message", NOW))
    other = register(answers(name="Jan"), first.reference, "other", NOW)

    with pytest.raises(TakenError) as taken:
        store.add(other)
    assert now_ == taken.value.existing
    assert now_ == store.get(first.reference, NOW)


def test_save(store: AnyStore) -> None:
    """
    A save is the next version, and is what is read from then on.
    """
    first = registration()
    store.add(first)
    second = store.save(sent(first, AALST, "message", NOW))

    assert 2 == second.version
    assert second == store.get(first.reference, NOW)
    assert 3 == store.save(second).version


def test_stale(store: AnyStore) -> None:
    """
    Who read an older version can't overwrite a newer one.
    """
    first = registration()
    store.add(first)
    second = store.save(sent(first, AALST, "message", NOW))

    with pytest.raises(StaleError):
        store.save(dropped(first, AALST, "withdrawn", NOW))
    assert second == store.get(first.reference, NOW)


def test_remove(store: AnyStore) -> None:
    """
    What expired is deleted in the version that was read, and no other.
    """
    first = registration()
    store.add(first)
    second = store.save(sent(first, AALST, "message", NOW))

    assert not store.remove(first)
    assert store.remove(second)
    assert not store.remove(second)
    assert store.get(first.reference, NOW) is None


def test_remove_recent(store: AnyStore) -> None:
    """
    An address is forgotten in the version that was read; then nothing is known of it.
    """
    store.save_recent(admit(Recent("digest"), registration(), "", NOW)[0], NOW)
    read = store.recent("digest")
    store.save_recent(read, NOW)

    with pytest.raises(StaleError):
        store.remove_recent(read)
    store.remove_recent(store.recent("digest"))
    assert Recent("digest") == store.recent("digest")


def test_terms(store: AnyStore) -> None:
    """
    The clean-up sees what expired, too, with the expiry that was written: whole seconds.
    """
    old = registration(1, NOW - timedelta(days=400))
    new = registration(2, NOW + timedelta(microseconds=5))
    for one in (old, new):
        store.add(one)
    terms = {one.reference: written for one, written in store.terms()}

    assert [new] == list(store.registrations(NOW))
    assert {
        old.reference: old.expires_at,
        new.reference: new.expires_at.replace(microsecond=0),
    } == terms


def test_gone(store: AnyStore) -> None:
    """
    What is not there can't be saved: an erased registration does not come back.
    """
    with pytest.raises(StaleError):
        store.save(registration())
    assert store.get(registration().reference, NOW) is None


def test_one_of_many(store: AnyStore) -> None:
    """
    Of many that write the same version at once, one wins; the others are stale.
    """
    first = registration()
    store.add(first)

    def attempt(number: int) -> bool:
        try:
            store.save(sent(first, AALST, f"message-{number}", NOW))
        except StaleError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(attempt, range(24)))

    assert 1 == sum(won)
    kept = store.get(first.reference, NOW)
    assert kept
    assert f"message-{won.index(True)}" == mail_to(kept).sendings[0].message_id


def test_due(store: AnyStore) -> None:
    """
    Due is what has a mail to send now, the longest waiting first.
    """
    late, early, future = (
        registration(number, NOW + timedelta(minutes=minutes))
        for number, minutes in ((1, -1), (2, -2), (3, 1))
    )
    for one in (late, early, future):
        store.add(one)

    assert [early.reference, late.reference] == list(store.due(NOW))
    assert 3 == len(list(store.due(NOW + timedelta(minutes=1))))
    assert [] == list(store.due(NOW - timedelta(minutes=3)))


def test_due_to_the_microsecond(store: AnyStore) -> None:
    """
    A moment with and one without microseconds sort as moments, not as text.
    """
    whole = registration(1, NOW)
    after = registration(2, NOW + timedelta(microseconds=1))
    for one in (after, whole):
        store.add(one)

    assert [whole.reference] == list(store.due(NOW))
    assert [whole.reference, after.reference] == list(store.due(NOW + timedelta(seconds=1)))


def test_due_in_another_zone(store: AnyStore) -> None:
    """
    A moment given in another time zone is the same moment.
    """
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    one = registration(1, elsewhere)
    store.add(one)

    assert [] == list(store.due(NOW - timedelta(microseconds=1)))
    assert [one.reference] == list(store.due(NOW)) == list(store.due(elsewhere))
    assert one == store.get(one.reference, NOW)


def test_no_longer_due(store: AnyStore) -> None:
    """
    A lease postpones; what is delivered or dropped is due no more.
    """
    one = registration()
    store.add(one)
    claimed = store.save(claim(one, NOW))

    assert [] == list(store.due(NOW))
    assert claimed.lease_until
    assert [one.reference] == list(store.due(claimed.lease_until))
    done = sent(dropped(claimed, VOLUNTEER, "x", NOW), AALST, "message", NOW)
    done = heard(done, receipt(done, AALST, Fact(NOW, DELIVERED), "message", NOW))
    store.save(done)
    assert [] == list(store.due(NOW + timedelta(days=7)))


def test_recent(store: AnyStore) -> None:
    """
    What an address asked is kept, and written by one at a time.
    """
    nothing = store.recent("digest")
    first, _ = admit(nothing, registration(1), "", NOW)
    store.save_recent(first, NOW)
    kept = store.recent("digest")

    assert Recent("digest") == nothing
    assert replace(first, version=1) == kept
    with pytest.raises(StaleError):
        store.save_recent(first, NOW)
    second, _ = admit(kept, registration(2, name="Jan"), "", NOW)
    third, _ = admit(second, registration(3, name="Piet"), TOO_FAST, NOW)
    store.save_recent(third, NOW)
    assert replace(third, version=2) == store.recent("digest")
    told = [(one.confirmed, one.mails, one.why) for one in store.recent("digest").requests]
    assert [(True, 1, ""), (True, 1, ""), (True, 0, BUSY_ADDRESS)] == told
    with pytest.raises(StaleError):
        store.save_recent(kept, NOW)
    assert Recent("other") == store.recent("other")


def test_network(store: AnyStore) -> None:
    """
    The registrations of a network are kept, and written by one at a time.
    """
    network = Network("digest")
    for number in range(STEP_UP_BEYOND + 1):
        one = replace(registration(number), signals=(TOO_FAST,) if number == 1 else ())
        network, _ = visited(network, one)
    assert Network("digest") == store.network("digest")
    store.save_network(network, NOW)
    kept = store.network("digest")

    assert replace(network, version=1) == kept
    assert BUSY_NETWORK == kept.visits[-1].why
    with pytest.raises(StaleError):
        store.save_network(network, NOW)
    store.save_network(kept, NOW)
    assert 2 == store.network("digest").version
    assert Network("other") == store.network("other")


def test_contacts(store: AnyStore) -> None:
    """
    A municipality's addresses come in their order; a new one takes the place of the old one.
    """
    old = contact(order=1, email="old@aalst.be")
    second, gent = contact(order=2, email="two@aalst.be"), contact(GENT)
    gent, second, old = (store.save_contact(one) for one in (gent, second, old))
    first = store.save_contact(replace(old, email="buddy@aalst.be"))

    assert [1, 1, 1, 2] == [one.version for one in (gent, second, old, first)]
    assert [first, second] == list(store.contacts(AALST))
    assert [] == list(store.contacts("21004"))
    assert [first, second, gent] == list(store.all_contacts())
    assert (second, None) == (store.contact("41002-2"), store.contact("41002-3"))
    for nobody in ("agency", "volunteer"):
        assert store.contact(nobody) is None
    with pytest.raises(StaleError):
        store.save_contact(old)
    assert first == store.contact("41002-1")


def test_history_of_a_contact(store: AnyStore) -> None:
    """
    A contact keeps its state, since when, and who changed what.
    """
    one = changed(contact(), "desk", "new-address", NOW, state="unconfirmed", email="b@aalst.be")
    one = store.save_contact(replace(one, confirmed_at=NOW))

    assert one == store.contact(one.key)


def test_notice(store: AnyStore) -> None:
    """
    A notice is kept once, due at once, and followed as a registration is.
    """
    one = notice("digest", "2026-11-23", "agency", NOW)

    assert store.add_notice(one)
    assert not store.add_notice(one)
    assert one == store.outbox(one.id, NOW)
    assert [one.id] == list(store.due(NOW))
    claimed = store.save(claim(one, NOW))
    assert claimed == store.outbox(one.id, NOW)
    with pytest.raises(StaleError):
        store.save(one)
    assert store.outbox(one.id, one.expires_at) is None
    assert [] == list(store.registrations(NOW))


def test_outbox(store: AnyStore) -> None:
    """
    A registration is found by its reference where any outbox is.
    """
    one = registration()
    store.add(one)

    assert one == store.outbox(one.reference, NOW)
    assert store.outbox("digest.2026-11-23", NOW) is None


def test_work(store: AnyStore) -> None:
    """
    What waits for a person is listed by what it waits for, the longest waiting first.
    """
    one, two, three, four = (registration(number) for number in range(1, 5))
    one = handed_over(one, mail_to(one), "x", NOW + timedelta(minutes=1))
    two = handed_over(two, mail_to(two), "x", NOW)
    three = held(three, QUARANTINE, "x", NOW)
    for waiting in (one, two, three, four):
        store.add(waiting)

    assert [two.reference, one.reference] == list(store.work("attention"))
    assert [three.reference] == list(store.work(QUARANTINE))
    store.save(dropped(two, AALST, "x", NOW))
    assert [one.reference] == list(store.work("attention"))


def test_held(store: AnyStore) -> None:
    """
    What is held is not due, but for the mail that asks her and the end of her time.
    """
    asked, looked_at = (registration(number) for number in (1, 2))
    asked, looked_at = held(asked, STEP_UP, "x", NOW), held(looked_at, QUARANTINE, "x", NOW)
    for one in (asked, looked_at):
        store.add(one)

    assert [asked.reference] == list(store.due(NOW + timedelta(days=365)))
    assert [asked, looked_at] == [store.get(one.reference, NOW) for one in (asked, looked_at)]


def test_append(store: AnyStore) -> None:
    """
    An entry is written once.
    """
    entry = Entry("MB-7K3F-9Q3D", 3, Event(NOW, "sent", AALST, "why"))

    assert store.append(entry)
    assert not store.append(entry)
    assert [entry] == list(store.ledger("2026-11-23"))


def test_ledger(store: AnyStore) -> None:
    """
    A day's entries come as they happened, by the day in UTC, whatever the order of writing.
    """
    midnight = NOW.replace(hour=0, minute=0)
    those = [
        Entry("MB-AAAA-AAAA", 1, Event(midnight, "registered")),
        Entry("MB-BBBB-BBBB", 1, Event(midnight + timedelta(microseconds=1), "registered")),
        Entry("MB-AAAA-AAAA", 2, Event(NOW, "queued", AALST)),
        Entry("MB-AAAA-AAAA", 3, Event(NOW, "queued", GENT)),
        Entry("MB-AAAA-AAAA", 10, Event(NOW, "sent", AALST)),
        Entry("MB-BBBB-BBBB", 2, Event(NOW, "queued", AALST)),
    ]
    others = [
        Entry("MB-CCCC-CCCC", 1, Event(midnight - timedelta(microseconds=1), "registered")),
        Entry("MB-DDDD-DDDD", 1, Event(midnight + timedelta(days=1), "registered")),
    ]
    for entry in [*others, *reversed(those)]:
        store.append(entry)

    assert those == list(store.ledger("2026-11-23"))
    assert others[:1] == list(store.ledger("2026-11-22"))
    assert [] == list(store.ledger("2026-11-21"))


def test_kinds_apart(store: AnyStore) -> None:
    """
    Only registrations are registrations, whatever else the table holds.
    """
    one = registration()
    store.add(one)
    store.save_contact(contact())
    store.append(Entry(one.reference, 1, Event(NOW, "registered")))
    store.save_recent(admit(Recent("digest"), one, "", NOW)[0], NOW)
    store.check()

    assert [one] == list(store.registrations(NOW))
    assert [one.reference] == list(store.due(NOW))


def test_more_than_a_page(real: Store) -> None:
    """
    What does not fit in one answer of DynamoDB (1 MB) is read to its end.
    """
    count = 260
    for number in range(count):
        real.add(registration(number, NOW + timedelta(seconds=number), about="😀" * 1000))
    client = aws_in_memory.dynamodb()
    page: Any = client.scan(TableName=aws_in_memory.TABLE)

    assert "LastEvaluatedKey" in page
    assert len(page["Items"]) < count
    assert count == len({one.reference for one in real.registrations(NOW)})
    assert count == len(list(real.due(NOW + timedelta(days=1))))


def test_pages_of_a_query(aws: None) -> None:
    """
    What comes in several answers is read to its end, in order: contacts, ledger and what is due.
    """
    store = Store(Slow(aws_in_memory.dynamodb()), aws_in_memory.TABLE)  # type: ignore[arg-type]
    for number in range(1, 6):
        store.save_contact(contact(order=number))
        store.append(Entry("MB-7K3F-9Q3D", number, Event(NOW, "sent")))
        store.add(registration(number))

    assert [1, 2, 3, 4, 5] == [one.order for one in store.contacts(AALST)]
    assert [1, 2, 3, 4, 5] == [one.order for one in store.all_contacts()]
    assert [1, 2, 3, 4, 5] == [entry.number for entry in store.ledger("2026-11-23")]
    assert 5 == len(list(store.due(NOW)))
    assert 5 == len(list(store.registrations(NOW)))


class Slow:
    """A client whose pages hold two items."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_paginator(self, name: str) -> Any:
        paginator = self._client.get_paginator(name)

        class Two:
            def paginate(self, **request: Any) -> Iterator[Any]:
                return iter(paginator.paginate(**request, PaginationConfig={"PageSize": 2}))

        return Two()


def test_items(real: Store) -> None:
    """
    An item holds what its keys promise, and nothing empty.
    """
    one = registration(municipality=[AALST, GENT], phone=None)
    real.add(one)
    (item,) = aws_in_memory.items()

    assert f"REGISTRATION#{one.reference}" == item["pk"]["S"]
    assert "REGISTRATION" == item["sk"]["S"]
    assert ("due", "2026-11-23T09:30:00.000000Z") == (item["due"]["S"], item["due_at"]["S"])
    assert "Anaïs D’Hondt" == item["answers"]["M"]["name"]["S"]
    assert [AALST, GENT] == [code["S"] for code in item["answers"]["M"]["municipality"]["L"]]
    assert "phone" not in item["answers"]["M"]
    assert "repeat_of" not in item


def test_sparse(real: Store) -> None:
    """
    What has nothing to do is not in the index of what is due.
    """
    real.add(admitted(registration(), repeat_of="MB-7K3F-9Q3D", confirm=False, now=NOW))
    (item,) = aws_in_memory.items()

    assert set() == {"due", "due_at"} & set(item)


def test_expiry(real: Store) -> None:
    """
    What an address asked expires, in seconds, in the attribute that the template names.
    """
    real.save_recent(admit(Recent("digest"), registration(), "", NOW)[0], NOW)
    (item,) = aws_in_memory.items()
    table = aws_in_memory.template()["Resources"]["Table"]["Properties"]

    attribute = table["TimeToLiveSpecification"]["AttributeName"]
    assert str(int((NOW + KEPT).timestamp())) == item[attribute]["N"]


def test_expiry_of_a_network(real: Store) -> None:
    """
    What came from a network expires, too, and holds digests and references only.
    """
    real.save_network(visited(Network("digest"), registration())[0], NOW)
    (item,) = aws_in_memory.items()

    assert str(int((NOW + NETWORK_TERM).timestamp())) == item["expires_at"]["N"]
    assert {"pk", "sk", "network", "visits", "version", "expires_at"} == set(item)
    assert [{"reference", "at"}] == [set(visit["M"]) for visit in item["visits"]["L"]]


def test_expiry_of_a_registration(real: Store) -> None:
    """
    A registration expires a term after it was made, also when it is written again later.
    """
    one = registration()
    real.add(one)
    (first,) = aws_in_memory.items()
    real.save(sent(one, AALST, "message", NOW + timedelta(days=30)))
    (second,) = aws_in_memory.items()

    expiry = int((NOW + REGISTRATION_TERM).timestamp())
    assert [str(expiry)] * 2 == [item["expires_at"]["N"] for item in (first, second)]


def test_expired(store: AnyStore) -> None:
    """
    What has expired is gone, also while DynamoDB has not deleted it yet.
    """
    one = registration()
    store.add(one)
    last, first = one.expires_at - timedelta(microseconds=1), one.expires_at

    assert one == store.get(one.reference, last)
    assert [one] == list(store.registrations(last))
    assert store.get(one.reference, first) is None
    assert [] == list(store.registrations(first))


def test_place_of_an_expired_one(store: AnyStore) -> None:
    """
    The reference of an expired registration is free for the same form, and taken until then.
    """
    one = registration()
    store.add(one)
    with pytest.raises(TakenError):
        store.add(registration(now=one.expires_at - timedelta(seconds=1)))
    again = registration(now=one.expires_at)
    store.add(again)

    assert again == store.get(one.reference, one.expires_at)


def test_stream_image(real: Store) -> None:
    """
    A registration is read from what the stream brings, and told from all else by its keys.
    """
    one = lived()
    real.add(one)
    real.save_contact(contact())
    images = {
        item["sk"]["S"]: item
        for item in aws_in_memory.items()
        if is_registration({"pk": item["pk"], "sk": item["sk"]})
    }

    assert ["REGISTRATION"] == list(images)
    assert one == read_registration(images["REGISTRATION"])


def test_stream_image_of_a_notice(real: Store) -> None:
    """
    So is a notice, which is no registration.
    """
    one = notice("digest", "2026-11-23", "agency", NOW)
    real.add_notice(one)
    (image,) = aws_in_memory.items()

    assert (True, False) == (is_outbox(image), is_registration(image))
    assert one == read_outbox(image)


def test_no_table(aws: None) -> None:
    """
    A table that is not there is an error, for a check and for a write.
    """
    nowhere = Store(aws_in_memory.dynamodb(), "nowhere")

    for use in (nowhere.check, lambda: nowhere.add(registration()), lambda: list(nowhere.due(NOW))):
        with pytest.raises(ClientError):
            use()


def test_incident(store: AnyStore) -> None:
    """
    An incident is read as it was written; two writers of one version are one.
    """
    never = store.incident("silence")
    begun = noted(never, Trouble("no-registrations", NOW), NOW)
    store.save_incident(begun)
    with pytest.raises(StaleError):
        store.save_incident(begun)
    kept = store.incident("silence")
    store.save_incident(noted(told(kept), None, NOW + timedelta(hours=1)))

    assert Incident("silence") == never
    assert replace(begun, version=1) == kept
    assert (2, False, False) == (
        store.incident("silence").version,
        store.incident("silence").is_open,
        store.incident("silence").told,
    )
    assert Incident("probe") == store.incident("probe")


@pytest.mark.parametrize(
    "status",
    [
        Status(NOW),
        Status(
            NOW,
            oldest_unsent_at=NOW - timedelta(minutes=3),
            delivery=Delivery(3, 1.5, 2.25),
            probed=Probed(NOW, ok=False),
            coverage=0.0,
            dead_letters=0,
            incidents=("probe",),
        ),
    ],
)
def test_status(store: AnyStore, status: Status) -> None:
    """
    What was measured last is read as it was written: unknown stays unknown, and zero zero.
    """
    assert store.status() is None
    store.save_status(Status(NOW - timedelta(minutes=5), dead_letters=7))
    store.save_status(status)

    assert status == store.status()


def test_outboxes(store: AnyStore) -> None:
    """
    The daily check sees registrations and notices, and nothing that expired.
    """
    store.add(registration())
    store.add(registration(2, NOW - REGISTRATION_TERM))
    store.add_notice(notice("digest", "2026-11-23", "agency", NOW))
    store.save_status(Status(NOW))

    assert [registration().reference, "digest.2026-11-23"] == sorted(
        (one.id for one in store.outboxes(NOW)), key=lambda id_: id_.startswith("digest")
    )


def test_ledger_of_one_kind(store: AnyStore) -> None:
    """
    One kind of event of a day, without the others.
    """
    for number, what in enumerate(("registered", "queued", "registered"), start=1):
        store.append(Entry("MB-7K3F-9Q4D", number, Event(NOW, what)))

    assert [1, 3] == [entry.number for entry in store.ledger("2026-11-23", "registered")]


def test_reserved_words(real: Store) -> None:
    """
    No attribute that DynamoDB reserves stands in an expression: AWS refuses that, moto does not.
    """
    asked: list[str] = []

    def note_down(params: dict[str, Any], **_: Any) -> None:
        asked.extend(str(value) for name, value in params.items() if name.endswith("Expression"))

    real._client.meta.events.register("provide-client-params.dynamodb.*", note_down)
    real.add(registration())
    real.save(registration())
    for read in (
        real.due(NOW),
        real.work("attention"),
        real.registrations(NOW),
        real.outboxes(NOW),
        real.contacts(AALST),
        real.all_contacts(),
        real.ledger("2026-11-23", "registered"),
    ):
        list(read)
    words = {word.upper() for text in asked for word in re.findall(r"(?<![:#\w])[a-z]\w*", text)}

    assert {"DUE_AT", "PK", "VERSION", "WHAT", "EXPIRES_AT"} <= words
    assert set() == words & set(ReservedKeywords.get_reserved_keywords())


def test_candidate_as_it_was(store: AnyStore) -> None:
    """
    A row comes back as it was written, also of a registration at a fraction of a second: whoever
    compares it finds nothing to repair.
    """
    one = registration(now=NOW + timedelta(microseconds=5))
    (row,) = candidates(one)
    store.save_candidate(row)

    assert [row] == list(store.candidates(AALST, NOW))


def test_candidates(store: AnyStore) -> None:
    """
    A municipality's rows come by their references; what expired is left out, others' are not there.
    """
    rows = [row for number in (1, 2, 3) for row in candidates(registration(number))]
    for row in rows:
        assert store.save_candidate(row)
    store.save_candidate(replace(rows[0], receiver=GENT))

    in_order = sorted(rows, key=lambda row: row.reference)
    assert in_order == list(store.candidates(AALST, NOW))
    assert [AALST] * 3 == [row.receiver for row in store.candidates(AALST, NOW)]
    assert [] == list(store.candidates("21004", NOW))
    assert [] == list(store.candidates(AALST, max(row.expires_at for row in rows)))


def test_unopened(store: AnyStore) -> None:
    """
    Whom nobody opened is found with her municipality, whoever waits longest first; opened, she is
    not, and what is long ago neither.
    """
    for number, (place, hours) in enumerate([(AALST, 3), (GENT, 1), (AALST, 2)], 1):
        one = sent(registration(number, municipality=[place]), place, "m", NOW)
        (row,) = candidates(one)
        at = NOW + timedelta(hours=hours)
        store.save_candidate(replace(row, unopened_since=at))
        last = replace(row, unopened_since=None, version=row.version + 1)
    found = list(store.unopened(NOW, NOW + timedelta(days=1)))
    store.save_candidate(last)

    assert [(GENT, 1), (AALST, 2), (AALST, 3)] == [
        (place, (at - NOW) / timedelta(hours=1)) for place, at in found
    ]
    assert 2 == len(list(store.unopened(NOW, NOW + timedelta(days=1))))
    assert [] == list(store.unopened(NOW, NOW))
    assert [] == list(store.unopened(NOW + timedelta(hours=4), NOW + timedelta(days=1)))
    assert [] == list(store.due(NOW + timedelta(days=1)))


def test_late(store: AnyStore) -> None:
    """
    That a hand-over is late is kept, and puts it on the list of work.
    """
    one = sent(registration(), AALST, "m", NOW)
    store.add(one)
    later = NOW + timedelta(days=30)
    late = store.save(escalated(one, later))

    assert late == store.get(one.reference, later)
    assert [one.reference] == list(store.work("attention"))


def test_newer_candidate(store: AnyStore) -> None:
    """
    A row gives way to a newer one only, in whatever order the stream brings them; a registration
    that took the place of an expired one begins anew.
    """
    (old,) = candidates(registration())
    new, later = replace(old, version=7, state="contacted"), timedelta(days=400)
    again = replace(old, registered_at=NOW + later, expires_at=old.expires_at + later, version=1)

    assert [True, True] == [store.save_candidate(row) for row in (old, new)]
    assert [False, False] == [store.save_candidate(row) for row in (old, new)]
    assert [new] == list(store.candidates(AALST, NOW))
    assert store.save_candidate(again)
    assert not store.save_candidate(new)
    assert [again] == list(store.candidates(AALST, NOW))


def test_session(store: AnyStore) -> None:
    """
    A session is found by its digest, until it ends or expires.
    """
    secret, session = began(AGENCY, "griet", MANAGE, NOW + timedelta(microseconds=1))
    session = replace(session, expires_at=session.expires_at.replace(microsecond=0))
    store.save_session(session)

    assert session == store.session(key_of(secret), NOW)
    assert store.session(secret, NOW) is None
    assert store.session(key_of("other"), NOW) is None
    assert store.session(session.key, session.expires_at) is None
    store.save_session(ended(session, NOW))
    assert store.session(session.key, NOW) is None


def test_use_once(store: AnyStore) -> None:
    """
    A link is used by the first, also of many at once; whose write is tried again, as its reply was
    lost, is no second one.
    """
    with ThreadPoolExecutor(8) as pool:
        firsts = list(pool.map(lambda by: store.use_once("digest", str(by), NOW), range(16)))

    assert 1 == sum(firsts)
    assert store.use_once("digest", str(firsts.index(True)), NOW)
    assert store.use_once("other", "15", NOW)


def test_vacation(store: AnyStore) -> None:
    """
    A vacation is kept for its municipality, and written by one at a time.
    """
    away = Vacation(AALST, NOW.date(), NOW.date() + timedelta(days=9), NOW, f"{AALST}-1")
    assert store.vacation(AALST) is None
    store.save_vacation(away)
    kept = store.vacation(AALST)

    assert replace(away, version=1) == kept
    assert store.vacation(GENT) is None
    with pytest.raises(StaleError):
        store.save_vacation(away)
    store.save_vacation(replace(kept, last=NOW.date()))
    assert NOW.date() == (store.vacation(AALST) or away).last


def test_get_each(store: AnyStore) -> None:
    """
    Many registrations are read together, as they are; what is gone or expired is left out.
    """
    those = [registration(number) for number in range(130)]
    for one in those:
        store.add(one)
    found = list(store.get_each([*(one.reference for one in those), "MB-7K3F-9Q3D"], NOW))

    assert those == sorted(found, key=those.index)
    assert [] == list(store.get_each([], NOW))
    assert [] == list(store.get_each([those[0].reference], those[0].expires_at))


def test_get_each_in_parts(real: Store) -> None:
    """
    What the table could not give at once is asked again.
    """
    those = [registration(number) for number in range(5)]
    for one in those:
        real.add(one)
    client: Any = real._client
    asks = client.batch_get_item
    asked = 0

    def one_at_a_time(RequestItems: dict[str, Any]) -> Any:  # noqa: N803 (boto's)
        nonlocal asked
        asked += 1
        ((table, wanted),) = RequestItems.items()
        first, rest = wanted["Keys"][:1], wanted["Keys"][1:]
        answer = asks(RequestItems={table: wanted | {"Keys": first}})
        left = {table: wanted | {"Keys": rest}} if rest else {}
        return answer | {"UnprocessedKeys": left}

    client.batch_get_item = one_at_a_time

    assert those == list(real.get_each([one.reference for one in those], NOW))
    assert len(those) == asked


def test_named(store: AnyStore) -> None:
    """
    The rows of a word are found by its digest, until they expire; all of them by the repair.
    """
    one = registration()
    everyone = [*names.rows(one, b"key"), *names.rows(registration(2), b"other")]
    for row in everyone:
        assert store.save_named(row)
    first = everyone[0]

    assert [first] == list(store.named(first.digest, NOW))
    assert [] == list(store.named("unknown", NOW))
    assert [] == list(store.named(first.digest, first.expires_at))
    assert {(row.digest, row.reference) for row in everyone} == {
        (row.digest, row.reference) for row in store.all_named(NOW)
    }
    assert [] == list(store.all_named(first.expires_at))


def test_newer_named(store: AnyStore) -> None:
    """
    A row that was made from a newer version stays, whatever comes later.
    """
    old = next(names.rows(registration(), b"key"))
    gone = names.withdrawn(old, 2, NOW)

    assert [True, True] == [store.save_named(row) for row in (old, gone)]
    assert [False, False] == [store.save_named(row) for row in (old, gone)]
    assert [gone] == list(store.named(old.digest, NOW))


def test_officers(store: AnyStore) -> None:
    """
    The officers are kept as they are, by their ids, and written by one at a time.
    """
    an = officers.added(None, "an", "an@agentschap.be", MANAGE, who="bo", now=NOW)
    bo = officers.added(None, "bo", "bo@agentschap.be", MANAGE, who="bo", now=NOW)
    gone = officers.removed(bo, "an", NOW + timedelta(microseconds=1))
    assert Roster() == store.roster()
    kept = store.save_roster(officers.enrolled(store.roster(), an))
    with pytest.raises(StaleError):
        store.save_roster(officers.enrolled(Roster(), bo))
    last = store.save_roster(officers.enrolled(kept, gone))

    assert last == store.roster()
    assert (an, gone) == last.officers


def test_views(store: AnyStore) -> None:
    """
    Who saw whom is found by day, in order, once each, until its term is over.
    """
    later = NOW + timedelta(seconds=1)
    seen = [View(NOW, "an", "viewed", "MB-3333-3333"), View(later, "an", "searched")]

    assert [True, True] == [store.add_view(view) for view in reversed(seen)]
    assert not store.add_view(seen[0])
    assert seen == list(store.views("2026-11-23", NOW))
    assert [] == list(store.views("2026-11-24", NOW))
    assert [] == list(store.views("2026-11-23", seen[1].expires_at))


def test_file_view(store: AnyStore) -> None:
    """
    Of who made a file it is kept what was chosen, and how many are in it.
    """
    view = View(NOW, "an", "exported", about="kind=csv", count=12)
    store.add_view(view)

    assert [view] == list(store.views("2026-11-23", NOW))


def test_exports(store: AnyStore) -> None:
    """
    What officers asked for is kept for a week, each by its id, and written by one at a time.
    """
    one = asked(Choice(XLSX, place=AALST, first="2026-01-01"), "an", NOW)
    kept = store.save_export(one)
    with pytest.raises(StaleError):
        store.save_export(one)
    taken = taken_up(kept, NOW)
    assert taken
    done = store.save_export(made(store.save_export(taken), 12, 3400, NOW))
    other = store.save_export(asked(Choice(CSV), "bo", NOW))

    assert [done, other] == sorted(store.exports(NOW), key=lambda one: one.officer)
    assert (done, None) == (store.export(one.id, NOW), store.export("x", NOW))
    assert replace(one, attempts=1, made_at=NOW, count=12, size=3400, version=3) == done
    assert [] == list(store.exports(one.expires_at))
    assert None is store.export(one.id, one.expires_at)


def test_counted_entry(store: AnyStore) -> None:
    """
    An entry keeps what it adds, by which place and campaign, and is found by when we knew of it.
    """
    event = Event(NOW, "delivered", AALST, mail="forwarding", noted_at=NOW + timedelta(days=2))
    one = Entry("MB-1", 3, event, AALST, "infoavond", {"delivered": 1, "status:new": -1})
    assert store.append(one)

    assert [one] == list(store.ledger("2026-11-25"))
    assert [] == list(store.ledger("2026-11-23"))


def test_first_day(store: AnyStore) -> None:
    """
    The first day of the ledger, whatever was written first.
    """
    assert store.first_day() is None
    for days in (3, 1, 2):
        store.append(Entry("MB-1", days, Event(NOW + timedelta(days=days), "sent")))

    assert date(2026, 11, 24) == store.first_day()


def test_sheets(store: AnyStore) -> None:
    """
    The figures of a day are read as they were written; again takes their place.
    """
    days = [date(2026, 11, day) for day in (22, 23, 30)]
    adds = Tally({"registered": 1}, {AALST: {"registered": 1}}, {"": {"registered": 1}})
    total = Tally({"registered": 7}, {AALST: {"registered": 7}}, {"": {"registered": 7}})
    for day in reversed(days):
        store.save_sheet(Sheet(day, total, total))
        store.save_sheet(Sheet(day, adds, total))

    assert Sheet(days[0], adds, total) == store.sheet(days[0])
    assert total == store.total(days[1])
    assert (None, None) == (store.sheet(date(2026, 11, 24)), store.total(date(2026, 11, 24)))
    assert [(days[0], adds), (days[1], adds)] == list(store.day_figures(days[0], days[1]))
    assert [(days[2], adds)] == list(store.day_figures(date(2026, 11, 24), date(2027, 1, 1)))


def test_largest_total(real: Store) -> None:
    """
    A total with every municipality of before and now, and all campaigns, fits in an item.
    """
    names = [*MEASURES, *(f"status:{one}" for one in STATUSES), *(f"refused:{r}" for r in REFUSALS)]
    numbers = Random(1)

    def counts() -> dict[str, int]:
        return {name: numbers.randrange(10_000) for name in names}

    places = {f"{number:05}": counts() for number in range(304 + 42)}
    sources = {f"campaign-with-a-long-name-{n:04}": counts() for n in range(MAX_SOURCES + 2)}
    total = Tally(counts(), places, sources)
    sheet = Sheet(date(2026, 11, 23), total, total)
    real.save_sheet(sheet)

    assert sheet == real.sheet(sheet.day)


def test_progress(store: AnyStore) -> None:
    """
    How far the figures are; who read something else before may not write it.
    """
    assert Progress() == store.progress()
    first = store.save_progress(Progress(repaired_at=NOW))
    second = store.save_progress(replace(first, through=date(2026, 11, 22)))

    assert Progress(date(2026, 11, 22), NOW, 2) == second == store.progress()
    for stale in (first, Progress()):
        with pytest.raises(StaleError):
            store.save_progress(stale)


def test_downloads(store: AnyStore) -> None:
    """
    Each download adds one to its file and its day; a year is a record, so that they stay few.
    """
    one, other = "/toolkit/affiche/affiche-a3.pdf", "/films/zo-verloopt-het/film.mp4"
    old, new = date(2026, 12, 31), date(2027, 1, 1)
    for path, day in ((one, old), (one, old), (one, new), (other, new)):
        store.count_download(path, day)
    found: Counter[tuple[str, date]] = Counter()
    for each in store.downloads():
        found.update({(each.path, day): count for day, count in each.days.items()})

    assert {(one, old): 2, (one, new): 1, (other, new): 1} == found


def test_external(store: AnyStore) -> None:
    """
    Counts of others are kept, each once, in the order in which we got them; a correction too.
    """
    one = External("gemeente", "Gent", GENT, date(2022, 11, 2), 12, "mail", NOW, "an")
    other = External("organisatie", "Duo", "", date(2022, 11, 2), 0, "site", NOW, "an")
    right = replace(one, count=13, recorded_at=NOW + timedelta(days=1))

    assert [True, True, True] == [store.add_external(each) for each in (right, one, other)]
    assert not store.add_external(one)
    assert right == list(store.externals())[-1]
    assert {one, other, right} == set(store.externals())


class TestSuggestions:
    def test_the_same(self, store: AnyStore) -> None:
        """
        A suggestion comes back as it was kept, with every step in its life.
        """
        new = replace(suggestion(), signals=("too-fast",), network="digest")
        store.add_suggestion(new)
        assert new == store.suggestion(new.reference, NOW)
        held = steps_of.judged(new, Verdict("", confirm=True, why="too-fast"), NOW)
        kept = store.save(held)
        assert kept == store.outbox(new.id, NOW)
        free = store.save(steps_of.accepted(steps_of.confirmed(kept, "x", NOW), "y", "z", NOW))
        assert [free] == list(store.suggestions(NOW))
        last = store.save(steps_of.sender_forgotten(free, NOW))
        assert last in list(store.outboxes(NOW))

    def test_taken(self, store: AnyStore) -> None:
        """
        Two are not kept under one reference.
        """
        one = suggestion()
        store.add_suggestion(one)

        with pytest.raises(TakenError) as taken:
            store.add_suggestion(one)
        assert one == taken.value.existing

    def test_work(self, store: AnyStore) -> None:
        """
        What waits for a decision is in the index, until it is decided.
        """
        one = steps_of.judged(suggestion(), Verdict("", confirm=True), NOW)
        store.add_suggestion(one)

        assert [one.reference] == list(store.work("suggestion"))
        store.save(steps_of.refused(one, "unclear", "agency", NOW))
        assert [] == list(store.work("suggestion"))

    def test_expired(self, store: AnyStore) -> None:
        """
        What has expired is not there.
        """
        one = suggestion()
        store.add_suggestion(one)

        assert store.suggestion(one.reference, one.expires_at) is None
        assert [] == list(store.suggestions(one.expires_at))
        assert list(store.registrations(NOW)) == []
