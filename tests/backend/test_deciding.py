"""What an officer decides, when the table's reply does not come: told as it is, and done once."""

from collections.abc import Callable

import pytest

from chalicelib import deciding
from chalicelib.deciding import Decided, Outcome, Which
from chalicelib.domain.following import acted
from chalicelib.domain.handover import AGENCY_DESK, LINK, WRONG_ADDRESS, Act
from chalicelib.domain.registration import FORWARDING, QUARANTINE, Registration, held
from chalicelib.domain.rerouting import NotPossibleError
from tests.backend.fakes import FakeStore
from tests.backend.samples import AALST, GENT, NOW, registration
from tests.backend.steps import sent

Decide = Callable[[Registration, FakeStore], Decided]

DECISIONS: dict[str, Decide] = {
    "resend": lambda one, store: deciding.resend(
        Which(one.reference, FORWARDING, AALST), AGENCY_DESK, store, NOW
    ),
    "reroute": lambda one, store: deciding.reroute(
        one.reference, AALST, store, to=GENT, door=AGENCY_DESK, now=NOW, seen=0
    ),
    "refuse": lambda one, store: deciding.refuse(
        one.reference, "other", AGENCY_DESK, store, now=NOW, seen=0
    ),
    "release": lambda one, store: deciding.release(
        one.reference, AGENCY_DESK, store, now=NOW, seen=0
    ),
}


@pytest.mark.parametrize("what", DECISIONS)
def test_lost_reply(store: FakeStore, what: str) -> None:
    """
    Where the reply to the write is lost, and trying it again finds it done, the officer is told
    that it is done; once.
    """
    one = registration()
    if what == "release":
        one = held(one, QUARANTINE, "honeypot", NOW)
    else:
        one = acted(sent(one, AALST, "message", NOW), AALST, Act(NOW, WRONG_ADDRESS, LINK))
    store.add(one)
    store.loses_reply = True
    decided = DECISIONS[what](one, store)

    assert Outcome.DONE is decided.outcome
    assert decided.after == store.records[one.reference]
    assert one.version + 1 == store.records[one.reference].version


def test_two_officers(store: FakeStore) -> None:
    """
    Two decide otherwise at the same moment: the first counts, the second is told.
    """
    one = sent(registration(), AALST, "message", NOW)
    store.add(one)
    store.before_save = lambda: DECISIONS["refuse"](one, store)
    with pytest.raises(NotPossibleError):
        DECISIONS["reroute"](one, store)

    assert ["refused"] == [e.what for e in store.records[one.reference].events if e.door]
