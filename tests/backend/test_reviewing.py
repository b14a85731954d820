"""What is held: her button, and that nothing else of hers lets it go."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.deciding import refuse, release
from chalicelib.domain.handover import AGENCY_DESK
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    QUARANTINE,
    STEP_UP,
    Registration,
    admitted,
    held,
)
from chalicelib.domain.suspicion import HONEYPOT, NOT_CONFIRMED, TOO_FAST, held_for
from chalicelib.reviewing import CONFIRM_TERM, CONFIRMED, Review, confirm, quarantined, to_confirm
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import KEYS, LINKS, NOW, registration

SECOND = timedelta(seconds=1)
Hold = Callable[..., Registration]


@pytest.fixture
def hold(store: FakeStore) -> Hold:
    """Stores a registration that is held."""

    def hold_(kind: str = STEP_UP, why: str = TOO_FAST, number: int = 1) -> Registration:
        judged = admitted(registration(number), repeat_of="", confirm=True, now=NOW)
        one = held(judged, kind, why, NOW)
        store.add(one)
        return one

    return hold_


def review(store: FakeStore, clock: Clock) -> Review:
    return Review(store, lambda: KEYS, clock())


def token(link: str) -> str:
    return link.rpartition("/")[2]


def test_confirm(hold: Hold, store: FakeStore, clock: Clock) -> None:
    """
    Her button lets it go, with one write: every mail but the one that asked is due.
    """
    one = hold()
    link = token(LINKS.confirm(one))
    assert one == to_confirm(link, review(store, clock))
    before = store.writes
    after = confirm(link, review(store, clock))

    assert after == store.records[one.reference]
    assert before + 1 == store.writes
    assert after
    assert ("", None) == (after.hold, after.work)
    assert ["forwarding", "confirmation"] == [mail.kind for mail in after.due_mails(NOW)]
    assert [("released", CONFIRMED)] == [
        (e.what, e.why) for e in after.events if e.what == "released"
    ]


def test_looking_changes_nothing(hold: Hold, store: FakeStore, clock: Clock) -> None:
    """
    However often a link is opened, nothing changes.
    """
    one = hold()
    before = dict(store.records)
    for _ in range(10):
        to_confirm(token(LINKS.confirm(one)), review(store, clock))

    assert before == store.records


def test_confirm_twice(hold: Hold, store: FakeStore, clock: Clock) -> None:
    """
    Pressed twice is once, and ends the same; the link shows its button no more.
    """
    link = token(LINKS.confirm(hold()))
    first = confirm(link, review(store, clock))
    writes = store.writes

    assert first == confirm(link, review(store, clock))
    assert writes == store.writes
    assert to_confirm(link, review(store, clock)) is None


def test_confirm_late(hold: Hold, store: FakeStore, clock: Clock) -> None:
    """
    On the eighth day, when the desk has it already, her button still lets it go; after, not.
    """
    one = hold()
    link = token(LINKS.confirm(one))
    store.save(held(one, QUARANTINE, NOT_CONFIRMED, NOW + CONFIRM_FIRST_FOR))
    clock.now = NOW + CONFIRM_TERM
    assert confirm(link, review(store, clock)) is None
    clock.now -= SECOND
    after = confirm(link, review(store, clock))

    assert after
    assert "" == after.hold


def test_confirm_what_was_refused(hold: Hold, store: FakeStore, clock: Clock) -> None:
    """
    What the desk refused stays refused.
    """
    one = hold()
    refuse(one.reference, "other", AGENCY_DESK, store, now=NOW)

    assert confirm(token(LINKS.confirm(one)), review(store, clock)) is None
    assert {"dropped"} == {mail.status for mail in store.records[one.reference].mails}


def test_confirm_what_was_never_held(store: FakeStore, clock: Clock) -> None:
    """
    A link to what was never held does nothing.
    """
    one = registration()
    store.add(one)

    assert confirm(token(LINKS.confirm(one)), review(store, clock)) is None
    assert one == store.records[one.reference]


def test_between(hold: Hold, store: FakeStore, clock: Clock) -> None:
    """
    A forwarder that writes at the same moment makes it no less hers.
    """
    one = hold()
    store.before_save = lambda: store.save(one)
    after = confirm(token(LINKS.confirm(one)), review(store, clock))

    assert after
    assert ("", 3) == (after.hold, after.version)


def test_unknown(store: FakeStore, clock: Clock) -> None:
    """
    A good link to a registration that is gone does nothing.
    """
    one = registration()

    assert to_confirm(token(LINKS.confirm(one)), review(store, clock)) is None


def test_quarantined(hold: Hold, store: FakeStore, clock: Clock) -> None:
    """
    What waits for the desk is listed; not what waits for a volunteer, nor what is decided.
    """
    hold(STEP_UP)
    two, three = hold(QUARANTINE, HONEYPOT, 2), hold(QUARANTINE, HONEYPOT, 3)
    release(two.reference, AGENCY_DESK, store, now=NOW)

    assert [three] == list(quarantined(store, clock()))


def test_told(hold: Hold, store: FakeStore) -> None:
    """
    Why something was held, and how that ended, can be told from its events.
    """
    assert ("", None) == (held_for(registration()), registration().judgement)
    one = hold(QUARANTINE, HONEYPOT)
    assert (HONEYPOT, None) == (held_for(one), one.judgement)
    refuse(one.reference, "misuse", AGENCY_DESK, store, now=NOW + SECOND)
    decision = store.records[one.reference].judgement

    assert decision
    assert ("refused", "misuse", NOW + SECOND) == (decision.what, decision.why, decision.at)


def test_log(hold: Hold, store: FakeStore, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """
    The log tells which registration and what was decided, never who or by which link.
    """
    one = hold()
    link = token(LINKS.confirm(one))
    with caplog.at_level("DEBUG"):
        confirm(link, review(store, clock))
    told = "".join(str(vars(record)) for record in caplog.records)

    assert one.reference in told
    assert [] == [text for text in ("anais", "Hondt", link) if text in told]
