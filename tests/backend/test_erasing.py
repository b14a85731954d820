"""
Erasing, withdrawing and staying, on the table, SES and the ledger in memory: whatever the moment,
nothing of her is left, and nothing goes to her.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain import outbox
from chalicelib.domain.contacts import FORMER, bounced, replaced
from chalicelib.domain.following import acted, agreed, handed_on, proposed
from chalicelib.domain.form import parse
from chalicelib.domain.handover import (
    COMMAND,
    CONTACTED,
    DESK,
    HANDED_ON,
    LINK,
    VOLUNTEER_PAGE,
    Act,
    Partner,
)
from chalicelib.domain.leaving import withdrawn
from chalicelib.domain.outbox import BOUNCED, Fact, claim, heard, queued
from chalicelib.domain.recent import Recent, address_of
from chalicelib.domain.registration import (
    DELAY,
    ERASURE,
    FORWARDING,
    QUARANTINE,
    STEP_UP,
    VOLUNTEER,
    WITHDRAWAL,
    Circumstances,
    Registration,
    followed_up,
    held,
)
from chalicelib.domain.retention import ERASED, RULES, WARNED_BEFORE
from chalicelib.erasing import erase, keep, withdraw
from chalicelib.expiring import clean_up
from chalicelib.failures import StaleError
from chalicelib.forward import forward, sweep
from chalicelib.projection import project
from chalicelib.register import identified, take_in
from chalicelib.store import Store
from tests.backend import aws as aws_in_memory
from tests.backend.fakes import Clock
from tests.backend.samples import AALST, GENT, NOW, contact, mail_to, posted
from tests.backend.samples import registration as sample
from tests.backend.steps import postponed, receipt, sent

NAME, EMAIL, PHONE = "Zwaantje Kanarie", "kanarie@example.be", "0470 65 43 21"
ABOUT, NOTE = "Ik fluit graag.", "Spreekt over haar kanariepiet"
PARTNER = Partner("Vogelhuis Kanarie", "zwaantje@vogelhuis.example")
TRACES = ("zwaantje", "kanarie", "470654321", "0470 65", "fluit", "vogelhuis", "9300")
LATER = NOW + timedelta(days=2)
Step = Callable[[Registration], Registration]


def canary(number: int = 1, now: datetime = NOW) -> Registration:
    one = sample(
        number,
        now,
        name=NAME,
        email=EMAIL,
        phone=PHONE,
        about=ABOUT,
        municipality=[AALST, GENT],
    )
    return replace(one, signals=("honeypot",), network="kanarie-net", new_email="k@kanarie.example")


@pytest.fixture
def store(aws: None) -> Store:
    store = bootstrap.store()
    store.save_contact(contact())
    store.save_contact(contact(GENT, "buddy@gent.example"))
    return store


@pytest.fixture
def clock() -> Clock:
    return Clock(LATER)


def go_on(clock: Clock, **step: float) -> None:
    """Whatever is due goes out, and what follows from it."""
    clock.advance(**step)
    sweep(bootstrap.desk(clock), lambda: True)


def kept(store: Store, reference: str, now: datetime = LATER) -> Registration:
    found = store.get(reference, now)
    assert found
    return found


def everything() -> str:
    return json.dumps(aws_in_memory.items(), ensure_ascii=False).casefold()


def to_her() -> list[str]:
    return [str(mail["To"]) for mail in aws_in_memory.mails() if "kanarie" in str(mail["To"])]


def warnings() -> list[Any]:
    return [mail for mail in aws_in_memory.mails() if "nog buddy" in str(mail["Subject"])]


def traces() -> list[str]:
    return [trace for trace in TRACES if trace in everything()]


def _mailed(one: Registration) -> Registration:
    one = replace(one, signals=(), network="", admitted_at=NOW)
    return sent(sent(one, AALST, "first", NOW), VOLUNTEER, "second", NOW)


def _bounced(one: Registration) -> Registration:
    bounce = Fact(NOW, BOUNCED, "no-mailbox")
    one = _mailed(one)
    one = heard(one, receipt(one, VOLUNTEER, bounce, "second", NOW))
    return followed_up(one, NOW)


def _at_a_partner(one: Registration) -> Registration:
    one = proposed(_mailed(one), AALST, PARTNER, Act(NOW, HANDED_ON, LINK, note=NOTE))
    return agreed(one, "partner-1", NOW)


LIVES: dict[str, Step] = {
    "due": lambda one: one,
    "leased": lambda one: claim(one, LATER),
    "half sent": lambda one: sent(one, AALST, "first", NOW),
    "postponed": lambda one: postponed(one, AALST, "Throttling", NOW),
    "mailed": _mailed,
    "bounced": _bounced,
    "delayed": lambda one: queued(_mailed(one), DELAY, VOLUNTEER, LATER),
    "waits for her": lambda one: held(one, STEP_UP, "too-fast", NOW),
    "held": lambda one: held(one, QUARANTINE, "honeypot", NOW),
    "contacted": lambda one: acted(_mailed(one), AALST, Act(NOW, CONTACTED, DESK, note=NOTE)),
    "handed on": lambda one: handed_on(
        _mailed(one), AALST, Act(NOW, HANDED_ON, LINK, to="44083", note=NOTE)
    ),
    "at a partner": _at_a_partner,
    "paused": lambda one: replace(_mailed(one), paused_at=NOW),
    "withdrawn": lambda one: withdrawn(_mailed(one), VOLUNTEER_PAGE, NOW),
    "to be warned": lambda one: replace(_mailed(one), kept_at=NOW),
}


@pytest.mark.parametrize("life", LIVES)
def test_no_trace(store: Store, clock: Clock, life: str) -> None:
    """
    At each step of her life: the table has no trace of her any more, nothing goes to her
    afterwards, and who was mailed is asked once to delete the copy.
    """
    one = LIVES[life](canary())
    store.add(one)
    project(None, one, store)
    assert traces()
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    project(one, kept(store, one.reference), store)

    assert [] == traces()
    for days in (0, 20):
        go_on(clock, days=days, minutes=2)
    assert [] == to_her()
    asked = [str(mail["To"]) for mail in aws_in_memory.mails()]
    was_mailed = any(mail.sendings for mail in one.mails if mail.receiver == AALST)
    assert (["buddy@aalst.example"] if was_mailed else []) == asked
    assert store.get(one.reference, LATER + ERASED.length) is None


def test_what_is_left(store: Store) -> None:
    """
    The stub has nothing but what the table of terms says that it has.
    """
    one = acted(_at_a_partner(canary()), AALST, Act(NOW, CONTACTED, DESK, note=NOTE))
    store.add(one)
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    (item,) = aws_in_memory.images()

    left = set(_paths(item, "registration"))
    assert set() == {path for path in left if path not in ERASED.fields} - {
        "registration.submission_id",
        "registration.fingerprint",
    }


def _paths(image: dict[str, Any], prefix: str) -> Iterator[str]:
    """The attributes of an item as DynamoDB writes it, down to the last, that are not empty."""
    for name, value in image.items():
        if name in {"pk", "sk"}:
            continue
        (kind, held_) = next(iter(value.items()))
        if kind == "M":
            yield from _paths(held_, f"{prefix}.{name}")
        elif kind == "L" and any("M" in one for one in held_):
            for one in held_:
                yield from _paths(one["M"], f"{prefix}.{name}")
        else:
            yield f"{prefix}.{name}"


def test_every_attribute_has_a_rule(store: Store, clock: Clock) -> None:
    """
    Whatever is in the table after a life with everything in it stands in the table of terms.
    """
    one = _at_a_partner(canary())
    one = acted(one, AALST, Act(NOW, CONTACTED, DESK, note=NOTE))
    one = heard(one, receipt(one, AALST, Fact(NOW, BOUNCED, "no-mailbox"), "first", NOW))
    store.add(one)
    project(None, one, store)
    store.add(canary(2))
    go_on(clock)
    known = {field for rule in RULES for field in rule.fields}
    of_items = {"LEDGER": "entry", "CONTACTS": "contact", "CANDIDATES": "candidate"}
    found = {
        path
        for item in aws_in_memory.items()
        for kind in [item["pk"]["S"].partition("#")[0]]
        for path in _paths(item, of_items.get(kind, kind.lower()))
    }

    assert set() == found - known
    assert {"registration.answers.name", "candidate.reference"} < found
    assert {"recent.requests.wish", "network.visits.at", "entry.what"} < found


def test_twice(store: Store) -> None:
    """
    Twice is once: one event, and one mail to each who was mailed.
    """
    one = _mailed(canary())
    store.add(one)
    first = erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    second = erase(one.reference, VOLUNTEER_PAGE, store, LATER + timedelta(hours=1))

    assert first == second == kept(store, one.reference)
    assert 1 == [event.what for event in second.events].count("erased")


def test_two_at_once(store: Store) -> None:
    """
    Whoever presses at the same moment gets the same stub.
    """
    one = _mailed(canary())
    store.add(one)

    with ThreadPoolExecutor(4) as pool:
        stubs = list(
            pool.map(lambda _: erase(one.reference, VOLUNTEER_PAGE, store, LATER), range(8))
        )

    assert {kept(store, one.reference)} == set(filter(None, stubs))
    assert 1 == [event.what for event in kept(store, one.reference).events].count("erased")


def test_meanwhile(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A municipality that writes a note at that moment: the note goes as well.
    """
    one = _mailed(canary())
    store.add(one)
    real, notes = Store.save, [Act(LATER, CONTACTED, LINK, note=NOTE)]

    def save(self: Store, outbox: Any) -> Any:
        while notes:
            real(self, acted(one, AALST, notes.pop()))
        return real(self, outbox)

    monkeypatch.setattr(Store, "save", save)
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)

    assert [] == traces()
    assert [CONTACTED] == [act.what for act in kept(store, one.reference).handovers[0].acts]


@pytest.mark.parametrize("call", ["recent", "remove_recent", "save", "ledger"])
def test_fails_on_the_way(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """
    Whatever fails on the way: nothing of her is left when she is told that it is done, and until
    then she can press again.
    """
    one = replace(canary(), signals=(), network="")
    store.add(one)
    go_on(clock)

    def fails(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as failing:
        failing.setattr(Store, call, fails)
        with pytest.raises(RuntimeError):
            erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    assert kept(store, one.reference).answers.email
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)

    assert [] == traces()
    assert () == store.recent(address_of(one)).requests


def test_while_mailing(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A copy that is under way at that moment can't be called back: its receiver is asked to delete
    it, she gets nothing, and nothing comes back into the table.
    """
    one = replace(canary(), signals=(), network="", admitted_at=NOW)
    store.add(one)
    desk = bootstrap.desk(clock)
    real, under_way = desk.mailer.send, [one.reference]

    class Mailer:
        def send(self, email: Any, now: datetime) -> str:
            while under_way:
                erase(under_way.pop(), VOLUNTEER_PAGE, store, now)
            return real(email, now)

    forward(one, replace(desk, mailer=Mailer()))
    go_on(clock, minutes=2)

    assert ["buddy@aalst.example"] * 2 == [str(mail["To"]) for mail in aws_in_memory.mails()]
    assert "wis" in str(aws_in_memory.mails()[1]["Subject"])
    assert [] == to_her()
    assert [] == traces()


@pytest.mark.parametrize("erased_first", ["original", "repeat"])
def test_repeats(store: Store, clock: Clock, erased_first: str) -> None:
    """
    Who asked twice is erased twice, whichever of the two she names.
    """
    first, second = canary(1, LATER), canary(2, LATER + timedelta(minutes=5))
    for one in (first, second):
        store.add(replace(one, signals=(), network=""))
        clock.now = one.registered_at
        go_on(clock)
        project(None, kept(store, one.reference), store)
    assert first.reference == kept(store, second.reference).repeat_of
    named = first if erased_first == "original" else second
    erase(named.reference, VOLUNTEER_PAGE, store, clock())

    assert [] == traces()
    assert all(kept(store, one.reference).erased_at for one in (first, second))
    assert () == store.recent(address_of(first)).requests


@pytest.mark.parametrize("leave", [erase, withdraw])
@pytest.mark.parametrize("forgets", [True, False])
def test_signs_up_again(
    store: Store, clock: Clock, leave: Callable[..., Any], forgets: bool, monkeypatch: Any
) -> None:
    """
    Who left and signs up again is no repeat: her municipality is mailed, and so is she. Also when
    the digest of her address was not forgotten, as after a crash.
    """
    first = replace(canary(1, LATER), signals=(), network="")
    store.add(first)
    go_on(clock)
    before: Recent = store.recent(address_of(first))
    leave(first.reference, VOLUNTEER_PAGE, store, LATER)
    if not forgets:
        now_ = store.recent(address_of(first))
        store.save_recent(replace(now_, requests=before.requests), LATER)
    second = replace(canary(2, LATER + timedelta(minutes=9)), signals=(), network="")
    store.add(second)
    go_on(clock, minutes=9)

    assert "" == kept(store, second.reference).repeat_of
    assert "sent" == mail_to(kept(store, second.reference)).status


def test_same_form_again(store: Store) -> None:
    """
    The same form, sent again after the erasure, is a new registration and not taken for known.
    """
    submission = identified(parse(posted(submission_id="")), NOW)
    first = take_in(submission, store, NOW, Circumstances())
    assert first == take_in(submission, store, NOW, Circumstances())
    erase(first.reference, VOLUNTEER_PAGE, store, LATER)
    second = take_in(submission, store, LATER, Circumstances())

    assert first.reference != second.reference
    assert submission.answers == kept(store, second.reference).answers


def test_figures(store: Store) -> None:
    """
    The ledger of before stands as it stood, with what happened since behind it.
    """
    one = _at_a_partner(canary())
    store.add(one)
    project(None, one, store)
    day = NOW.date().isoformat()
    before = list(store.ledger(day))
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    project(one, kept(store, one.reference), store)

    assert before == list(store.ledger(day))
    after = [entry.event for entry in store.ledger(LATER.date().isoformat())]
    assert ["erased"] == [event.what for event in after if event.what not in {"dropped", "queued"}]
    assert {"erased"} == {event.why for event in after if event.what == "dropped"}


def test_withdraw(store: Store, clock: Clock) -> None:
    """
    Who withdraws is not mailed any more; who was mailed about her is told, without her name.
    """
    one = _mailed(canary())
    store.add(one)
    withdraw(one.reference, VOLUNTEER_PAGE, store, LATER)
    go_on(clock, minutes=1)
    (mail,) = aws_in_memory.mails()
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    assert ("buddy@aalst.example", True) == (str(mail["To"]), one.reference in str(mail["Subject"]))
    assert "Neem geen contact meer op." in text
    assert [] == [trace for trace in TRACES if trace in f"{mail}{text}".casefold()]
    assert WITHDRAWAL == kept(store, one.reference).mails[-1].kind


def test_unknown(store: Store) -> None:
    """
    What is not there, or has expired, is told to be so.
    """
    one = canary()
    store.add(one)

    for step in (erase, withdraw):
        assert step("MB-9999-9999", DESK, store, LATER) is None
        assert step(one.reference, DESK, store, one.expires_at) is None
    assert keep(one.reference, store, one.expires_at) is None


def test_warned_and_kept(store: Store, clock: Clock) -> None:
    """
    Two weeks before the end she is asked, once, whether she still wants to; her button gives
    another year, and another warning at the end of it.
    """
    one = replace(_mailed(canary()), no_questions_at=NOW)
    one = acted(one, GENT, Act(NOW, CONTACTED, DESK))
    store.add(one)
    go_on(clock, days=1)
    clock.now = one.expires_at - WARNED_BEFORE
    go_on(clock)
    go_on(clock, days=1)
    assert 1 == len(warnings())

    kept_ = keep(one.reference, store, clock())
    assert kept_
    assert clock() + timedelta(days=365) == kept_.expires_at
    go_on(clock, days=20)
    clock.now = kept_.expires_at - WARNED_BEFORE
    go_on(clock)
    assert 2 == len(warnings())
    assert set() == {EMAIL} ^ {str(mail["To"]) for mail in warnings()}


def test_kept_before_it_goes_out(store: Store, clock: Clock) -> None:
    """
    A warning that waits while somebody does something is not sent: the day is another one.
    """
    one = replace(_mailed(canary()), no_questions_at=NOW)
    at = one.expires_at - WARNED_BEFORE
    waiting = queued(one, "warning", VOLUNTEER, at, about=one.expiry_date)
    store.add(acted(waiting, GENT, Act(at, CONTACTED, DESK)))
    clock.now = at
    go_on(clock)

    assert [] == warnings()
    found = kept(store, one.reference, at).mail("warning", VOLUNTEER, one.expiry_date)
    assert found
    assert ("dropped", "kept") == (found.status, found.reason)


def test_erasure_mail(store: Store, clock: Clock) -> None:
    """
    The mail that asks to delete names the reference and no person, and is answered to us.
    """
    one = _mailed(canary())
    store.add(one)
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    go_on(clock, minutes=1)
    (mail,) = aws_in_memory.mails()
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]

    assert one.reference in str(mail["Subject"])
    assert 2 == len(parts)
    assert [] == [trace for trace in TRACES[:-1] if trace in " ".join(parts).casefold()]
    assert ERASURE == kept(store, one.reference).mails[-1].kind


def asked_to_delete() -> list[str]:
    return sorted(str(mail["To"]) for mail in aws_in_memory.mails())


def test_each_mailbox(store: Store, clock: Clock) -> None:
    """
    A mail that came back, perhaps by an automatic reply, and went on to the next address: both
    mailboxes are asked, each once, however many copies lie there.
    """
    store.save_contact(contact(AALST, "onthaal@aalst.example", 2))
    one = _mailed(canary())
    one = heard(one, receipt(one, AALST, Fact(NOW, BOUNCED, "temporary"), "first", NOW))
    for number, route in (("next", "41002-2"), ("again", "41002-2"), ("agency", "agency")):
        mail = one.mail(FORWARDING, AALST)
        assert mail
        one = outbox.sent(one, mail, number, route, NOW + timedelta(minutes=len(number)))
    store.add(one)
    erase(one.reference, COMMAND, store, LATER)
    go_on(clock, minutes=1)
    go_on(clock, minutes=1)

    addresses = ["buddy@aalst.example", "desk@mijnbuddy.example", "onthaal@aalst.example"]
    assert addresses == asked_to_delete()


def test_former_mailbox(store: Store, clock: Clock) -> None:
    """
    The address that had her then is asked, also when another one took its place, as after «wrong
    address»; and what comes back from it says nothing of the new one.
    """
    (known,) = store.contacts(AALST)
    one = _mailed(canary())
    store.save_contact(replaced(known, "juist@aalst.example", "desk", NOW + timedelta(hours=1)))
    mail = one.mail(FORWARDING, AALST)
    assert mail
    one = outbox.sent(one, mail, "right", "41002-1", NOW + timedelta(hours=2))
    store.add(one)
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    go_on(clock, minutes=1)
    go_on(clock, minutes=1)
    stub = kept(store, one.reference)
    routes = {one.route for mail in stub.mails if mail.kind == ERASURE for one in mail.sendings}

    assert ["buddy@aalst.example", "juist@aalst.example"] == asked_to_delete()
    assert {FORMER, "41002-1"} == routes


def test_mailbox_is_gone(store: Store, clock: Clock) -> None:
    """
    Where the mailbox that has her takes no mail any more, the next address of its place is asked to
    see to it.
    """
    (known,) = store.contacts(AALST)
    store.save_contact(contact(AALST, "onthaal@aalst.example", 2))
    store.save_contact(bounced(known, known.since, "no-mailbox", NOW))
    one = _mailed(canary())
    store.add(one)
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    go_on(clock, minutes=1)

    assert ["onthaal@aalst.example"] == asked_to_delete()


def test_organisation(store: Store, clock: Clock) -> None:
    """
    An organisation that was mailed is asked, too; of its address nothing is left after the term.
    """
    one = _at_a_partner(canary())
    mail = one.mail(FORWARDING, "partner-1")
    assert mail
    one = outbox.sent(one, mail, "third", "partner-1", NOW)
    store.add(one)
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)
    go_on(clock, minutes=1)
    to = {str(mail["To"]): str(mail["Subject"]) for mail in aws_in_memory.mails()}

    assert {"buddy@aalst.example", PARTNER.email} == set(to)
    assert f"{one.reference}: wis de gegevens van deze kandidaat" == to[PARTNER.email]
    assert "vogelhuis kanarie" not in everything()
    assert 1 == clean_up(store, LATER + ERASED.length, lambda: True)
    assert PARTNER.email not in everything()


def test_stale(store: Store) -> None:
    """
    What was read before the erasure can't be written any more.
    """
    one = canary()
    store.add(one)
    erase(one.reference, VOLUNTEER_PAGE, store, LATER)

    with pytest.raises(StaleError):
        store.save(one)
