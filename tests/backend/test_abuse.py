"""
From a posted form to who is mailed, when what is posted is not what a volunteer posts: nobody is
refused, nobody is flooded, and nothing is dropped silently.
"""

from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib import api
from chalicelib.deciding import release
from chalicelib.domain.calendar import in_words, promised_by
from chalicelib.domain.handover import AGENCY_DESK
from chalicelib.domain.outbox import UNHEARD
from chalicelib.domain.recent import MAX_A_DAY
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    QUARANTINE,
    STEP_UP,
    VOLUNTEER,
    Registration,
)
from chalicelib.domain.suspicion import (
    BUSY_ADDRESS,
    BUSY_NETWORK,
    FLOODING_NETWORK,
    FORGED_TOKEN,
    HONEYPOT,
    NOT_CONFIRMED,
    QUARANTINE_BEYOND,
    STEP_UP_BEYOND,
    TOO_FAST,
    held_for,
)
from chalicelib.domain.tokens import FORM, PROBE, sign
from chalicelib.forward import Desk, forward, sweep
from chalicelib.intake import FORM as FORM_TYPE
from chalicelib.reviewing import Review, confirm
from chalicelib.web import Answer, Request
from tests.backend.fakes import Clock, FakeMailer, FakePages, FakeStore, KilledError
from tests.backend.samples import AALST, KEYS, LINKS, Changes, mail_to, posted

FORGED = ".1795426200.c2lnbmF0dXJl"


class Visitor:
    """Posts forms from one network; each is forwarded at once, as the stream does."""

    def __init__(self, desk: Desk, store: FakeStore, clock: Clock) -> None:
        self._desk, self._store, self._clock = desk, store, clock
        self.address = "192.0.2.7"

    def post(self, **changes: Changes) -> Answer:
        body = urlencode(posted(**changes), doseq=True).encode()
        request = Request({"content-type": FORM_TYPE}, body, self.address)
        return api.post_registration(request, self._store, FakePages(), lambda: KEYS, self._clock())

    def sign_up(self, **changes: Changes) -> Registration:
        reference = self.post(**changes).headers["Location"].partition("=")[2]
        forward(self._store.records[reference], self._desk)
        return self._store.records[reference]

    def token(self, purpose: str = FORM, seconds: float = 60) -> str:
        return sign(purpose, "", KEYS[0], self._clock() - timedelta(seconds=seconds))


@pytest.fixture
def visitor(desk: Desk, store: FakeStore, clock: Clock) -> Visitor:
    return Visitor(desk, store, clock)


def always() -> bool:
    return True


def person(number: int) -> dict[str, Changes]:
    return {"name": f"Persoon {number}", "email": f"persoon-{number}@example.be"}


def test_well(visitor: Visitor, mailer: FakeMailer) -> None:
    """
    A volunteer who takes her time is forwarded at once; the digest of her network is gone.
    """
    one = visitor.sign_up(token=visitor.token())

    assert ("", "", ()) == (one.hold, one.network, one.signals)
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_honeypot(visitor: Visitor, mailer: FakeMailer, store: FakeStore) -> None:
    """
    What fills in the trap is kept, mails nobody, and waits for the desk; let go, it goes out.
    """
    one = visitor.sign_up(website="https://www.example.com")

    assert (QUARANTINE, HONEYPOT) == (one.hold, held_for(one))
    assert [] == mailer.sent
    assert [one.reference] == list(store.work(QUARANTINE))
    release(one.reference, AGENCY_DESK, store, now=one.registered_at)
    forward(store.records[one.reference], visitor._desk)
    assert [AALST, VOLUNTEER] == mailer.receivers


def test_same_answer(visitor: Visitor) -> None:
    """
    The answer to what is odd, and to a repeat, is that to anything else, but for the reference.
    """
    plain, odd = visitor.post(), visitor.post(website="x", about="Hallo")
    fast = visitor.post(token=visitor.token(seconds=1), about="Dag")
    again = visitor.post(about="Nog eens")

    assert {303} == {one.status for one in (plain, odd, fast, again)}
    assert {""} == {one.body for one in (plain, odd, fast, again)}
    assert 1 == len({tuple(one.headers) for one in (plain, odd, fast, again)})
    assert 1 == len({len(one.headers["Location"]) for one in (plain, odd, fast, again)})


def test_one_write(visitor: Visitor, store: FakeStore) -> None:
    """
    Whatever is odd, a POST is one write and no look-up: all of it is judged later.
    """
    visitor.post(website="x", token=visitor.token(seconds=1))

    assert 1 == store.writes
    assert [HONEYPOT, TOO_FAST] == list(next(iter(store.records.values())).signals)


def test_step_up(visitor: Visitor, mailer: FakeMailer, store: FakeStore, clock: Clock) -> None:
    """
    Whose token is not ours is asked first, once, by a mail with a link; her button sends it on.
    """
    one = visitor.sign_up(token=FORGED)
    (asked,) = mailer.sent

    assert (STEP_UP, FORGED_TOKEN) == (one.hold, held_for(one))
    assert ("step-up", "anais@example.be") == (asked.kind, asked.to)
    assert LINKS.confirm(one) in asked.text
    confirm(LINKS.confirm(one).rpartition("/")[2], Review(store, lambda: KEYS, clock()))
    assert 1 == sweep(visitor._desk, always)
    assert [VOLUNTEER, AALST, VOLUNTEER] == mailer.receivers
    assert ["step-up", "forwarding", "confirmation"] == [email.kind for email in mailer.sent]


def test_too_fast(visitor: Visitor, clock: Clock) -> None:
    """
    One form that is filled in within seconds may be a browser's doing; the next one from that
    network, within the hour, is asked to confirm. Those that take their time are not.
    """

    def fast(number: int) -> str:
        return visitor.sign_up(token=visitor.token(seconds=1), **person(number)).hold

    assert ["", STEP_UP, STEP_UP] == [fast(number) for number in range(3)]
    assert "" == visitor.sign_up(token=visitor.token(), **person(3)).hold
    visitor.address = "192.0.2.8"
    assert "" == fast(4)
    clock.advance(hours=1)
    assert "" == fast(5)


def test_never_pressed(
    visitor: Visitor, mailer: FakeMailer, store: FakeStore, clock: Clock
) -> None:
    """
    Whose button is not pressed in a week waits for the desk.
    """
    one = visitor.sign_up(token=FORGED)
    clock.advance(days=6)
    sweep(visitor._desk, always)
    assert STEP_UP == store.records[one.reference].hold
    clock.now = one.registered_at + CONFIRM_FIRST_FOR
    sweep(visitor._desk, always)
    kept = store.records[one.reference]

    assert (QUARANTINE, NOT_CONFIRMED) == (kept.hold, held_for(kept))
    assert [VOLUNTEER] == mailer.receivers


def test_promise(visitor: Visitor, mailer: FakeMailer, store: FakeStore, clock: Clock) -> None:
    """
    What the desk let go after a week is promised from then on, not from a day that is over.
    """
    one = visitor.sign_up(website="x")
    clock.advance(days=7)
    release(one.reference, AGENCY_DESK, store, now=clock())
    sweep(visitor._desk, always)
    confirmation = mailer.sent[-1]

    assert in_words(promised_by(clock())) in confirmation.text
    assert in_words(promised_by(one.registered_at)) not in confirmation.text


def test_nothing_typed(visitor: Visitor, mailer: FakeMailer) -> None:
    """
    The mail that asks holds nothing that anybody typed: the address may be a stranger's.
    """
    typed: dict[str, Changes] = {
        "name": "Goedkoop Voordelig",
        "phone": "0499987654",
        "about": "Prijzen winnen",
        "postcode": "9308",
        "source": "reclame-2026",
    }
    visitor.sign_up(token=FORGED, **typed)
    (asked,) = mailer.sent
    told = asked.subject + asked.text + asked.html + asked.reply_to

    assert () == asked.attachments
    words = " ".join(str(text) for text in typed.values()).split()
    assert [] == [word for word in words if word in told]


def test_busy_network(visitor: Visitor) -> None:
    """
    A network that sends many is asked to confirm; one that sends very many waits for the desk.
    """
    those = [visitor.sign_up(**person(number)) for number in range(QUARANTINE_BEYOND + 1)]

    counted = Counter((one.hold, held_for(one)) for one in those)
    assert {
        ("", ""): STEP_UP_BEYOND,
        (STEP_UP, BUSY_NETWORK): QUARANTINE_BEYOND - STEP_UP_BEYOND,
        (QUARANTINE, FLOODING_NETWORK): 1,
    } == counted
    assert {""} == {one.network for one in those}


def test_neighbours(visitor: Visitor) -> None:
    """
    What one network does harms no other, nor the same one an hour later.
    """
    for number in range(QUARANTINE_BEYOND + 1):
        visitor.sign_up(**person(number))
    visitor.address = "192.0.2.8"
    assert "" == visitor.sign_up(**person(100)).hold
    visitor.address = "192.0.2.7"
    visitor._clock.advance(hours=1)

    assert "" == visitor.sign_up(**person(101)).hold


@pytest.mark.parametrize("honest", [0, 1])
def test_mail_bomb(visitor: Visitor, mailer: FakeMailer, store: FakeStore, honest: int) -> None:
    """
    50 forms with the address of one victim, in all its spellings: at most two mails to her; every
    other form is a repeat, or waits for the desk.
    """
    addresses = ["victim@example.be", "victim+a@example.be", "VICTIM+b+c@example.be"]
    for number in range(50):
        visitor.address = f"192.0.2.{number}"  # from anywhere
        odd = FORGED if number % 3 == honest else ""
        visitor.sign_up(
            name=f"Persoon {number % 40}",
            email=addresses[number % 3],
            about=str(number),
            website="x" if number % 10 == 5 else "",
            token=odd,
        )
        visitor._clock.advance(minutes=7)
    to_her = [email for email in mailer.sent if email.receiver == VOLUNTEER]
    kept = store.records.values()
    forwarded = [one for one in kept if not one.hold and not one.repeat_of]

    assert 50 == len(kept)
    assert len(to_her) <= 2
    assert len(forwarded) <= MAX_A_DAY
    assert {QUARANTINE} == {one.hold for one in kept if one.hold} - {STEP_UP}
    assert all(one.work or one.hold for one in kept if one not in forwarded and not one.repeat_of)
    reasons = {held_for(one) for one in kept if one.hold}
    assert BUSY_ADDRESS in reasons


def test_forwarded_later_is_not_asked_again(
    visitor: Visitor, mailer: FakeMailer, store: FakeStore, clock: Clock
) -> None:
    """
    After her button it is not judged again, whatever came in meanwhile.
    """
    one = visitor.sign_up(token=FORGED)
    for number in range(STEP_UP_BEYOND + 1):
        visitor.sign_up(**person(number))
    confirm(LINKS.confirm(one).rpartition("/")[2], Review(store, lambda: KEYS, clock()))
    sweep(visitor._desk, always)

    assert {"sent"} == {
        mail.status for mail in store.records[one.reference].mails if mail.kind != STEP_UP
    }
    clock.advance(seconds=UNHEARD.total_seconds() - 1)
    assert "" == store.records[one.reference].hold


def test_confirmed_while_it_is_asked(
    visitor: Visitor, mailer: FakeMailer, store: FakeStore, clock: Clock
) -> None:
    """
    Who presses while our mail is hardly out is forwarded in the same go, by the same forwarder.
    """

    def press(_: object) -> None:
        (one,) = store.records.values()
        confirm(LINKS.confirm(one).rpartition("/")[2], Review(store, lambda: KEYS, clock()))

    mailer.during = press
    one = visitor.sign_up(token=FORGED)

    assert ["step-up", "forwarding", "confirmation"] == [email.kind for email in mailer.sent]
    assert ("", "sent") == (one.hold, mail_to(one).status)


def test_killed_while_judged(visitor: Visitor, mailer: FakeMailer, store: FakeStore) -> None:
    """
    A forwarder that died between judging and writing that down judges the same again.
    """

    def kill() -> None:
        raise KilledError

    for number in range(STEP_UP_BEYOND):
        visitor.sign_up(**person(number))
    store.before_save = kill
    with pytest.raises(KilledError):
        visitor.sign_up(**person(99))
    sweep(visitor._desk, always)
    last = list(store.records.values())[-1]

    assert (STEP_UP, BUSY_NETWORK) == (last.hold, held_for(last))
    network = next(iter(store._networks.values()))
    assert STEP_UP_BEYOND + 1 == len(network.visits)
    assert 1 == [email.kind for email in mailer.sent].count("step-up")


def test_probe(visitor: Visitor, mailer: FakeMailer, store: FakeStore) -> None:
    """
    A probe of our own, the same every hour, is never held, never a repeat, and counts nowhere.
    """
    for number in range(STEP_UP_BEYOND + 3):
        one = visitor.sign_up(token=visitor.token(PROBE), about=str(number))
        assert (True, "", "") == (one.synthetic, one.hold, one.repeat_of)

    assert 2 * (STEP_UP_BEYOND + 3) == len(mailer.sent)
    assert {} == store._networks
    assert {} == store._recent
