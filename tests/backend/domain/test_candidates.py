"""The rows of a municipality's list: which there are, what they say, and when they change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.candidates import (
    Candidate,
    candidates,
    changed_rows,
    is_shown,
    withdrawn_row,
)
from chalicelib.domain.following import acted, handed_on, proposed, undone
from chalicelib.domain.handover import (
    AGENCY_DESK,
    CONTACTED,
    DESK,
    HANDED_ON,
    LINK,
    NOT_NOW,
    Act,
    Partner,
)
from chalicelib.domain.outbox import BOUNCED, Fact, heard
from chalicelib.domain.registration import (
    QUARANTINE,
    STEP_UP,
    Registration,
    admitted,
    held,
    unheld,
)
from chalicelib.domain.rerouting import refused_for
from tests.backend.samples import AALST, GENT, NOW, registration
from tests.backend.steps import dropped, postponed, receipt, sent

LATER = NOW + timedelta(hours=2)
BRUG = Partner("De Brug", "brug@partner.example")


def mailed(one: Registration) -> Registration:
    return sent(one, AALST, "message-1", NOW)


def row(one: Registration, receiver: str = AALST) -> Candidate:
    return next(row for row in candidates(one) if row.receiver == receiver)


def test_new() -> None:
    """
    A candidate who was mailed waits, since she registered.
    """
    found = row(mailed(registration()))

    assert (NOW, "", NOW, True, False) == (
        found.since,
        found.state,
        found.state_at,
        found.waits,
        found.is_gone,
    )


def test_without_the_person() -> None:
    """
    A row says nothing of who she is.
    """
    one = mailed(registration())
    answers = one.answers

    assert not {answers.name, answers.email, answers.phone, answers.about} & set(
        map(str, vars(row(one)).values())
    )


def test_each_municipality() -> None:
    """
    She is in the list of each municipality that she asked for, and of one that she was handed to.
    """
    both = registration(municipality=[AALST, GENT])
    on = handed_on(mailed(registration()), AALST, Act(NOW, HANDED_ON, LINK, to=GENT))

    assert [AALST, GENT] == [found.receiver for found in candidates(both)]
    assert [AALST, GENT] == [found.receiver for found in candidates(on)]
    assert [HANDED_ON, ""] == [found.state for found in candidates(on)]
    assert [False, True] == [found.waits for found in candidates(on)]


def test_nobodys() -> None:
    """
    Our own tests are in no list, and an organisation has none.
    """
    test = replace(mailed(registration()), synthetic=True)
    asked = proposed(mailed(registration()), AALST, BRUG, Act(NOW, HANDED_ON, LINK))

    assert [] == list(candidates(test))
    assert [AALST] == [found.receiver for found in candidates(asked)]


def test_acted() -> None:
    """
    What was done last tells the state, since then; taken back it is as before.
    """
    done = acted(mailed(registration()), AALST, Act(LATER, CONTACTED, DESK))
    back = undone(done, AALST, DESK, LATER + timedelta(minutes=1))

    assert (CONTACTED, LATER, False) == (row(done).state, row(done).state_at, row(done).waits)
    assert ("", NOW, True) == (row(back).state, row(back).state_at, row(back).waits)


@pytest.mark.parametrize(
    "make",
    [
        registration,  # not mailed yet
        lambda: held(mailed(registration()), QUARANTINE, "x", NOW),
        lambda: held(mailed(registration()), STEP_UP, "x", NOW),
        lambda: refused_for(held(registration(), QUARANTINE, "x", NOW), "other", AGENCY_DESK, NOW),
        lambda: admitted(registration(), repeat_of="MB-7K3F-9Q3D", confirm=False, now=NOW),
        lambda: dropped(registration(), AALST, "x", NOW),
        lambda: _taken_away(mailed(registration())),
    ],
)
def test_hidden(make: Callable[[], Registration]) -> None:
    """
    What a municipality may not see (yet), or not any more, is marked as gone.
    """
    assert row(make()).is_gone


@pytest.mark.parametrize(
    "make",
    [
        lambda: mailed(registration()),
        lambda: postponed(registration(), AALST, "Throttling", NOW),
        lambda: unheld(held(mailed(registration()), QUARANTINE, "x", NOW), "desk", NOW),
        lambda: _bounced(mailed(registration())),
    ],
)
def test_shown(make: Callable[[], Registration]) -> None:
    """
    She is shown once we mailed her municipality or tried to: also where that mail came back.
    """
    one = make()
    (handover,) = one.handovers

    assert is_shown(one, handover)
    assert not row(one).is_gone


def test_waits_since() -> None:
    """
    What was held is promised from when it was let go, what was handed on from then.
    """
    let_go = unheld(held(registration(), QUARANTINE, "x", NOW), "desk", LATER)
    on = handed_on(mailed(registration()), AALST, Act(LATER, HANDED_ON, LINK, to=GENT))

    one = registration()
    assert NOW == one.waits_since(one.handovers[0])
    assert LATER == let_go.waits_since(let_go.handovers[0])
    assert LATER == on.waits_since(on.handovers[1])


def test_changed_rows() -> None:
    """
    A change brings the rows that it changed, and no others: an act keeps all of them longer.
    """
    new = registration(municipality=[AALST, GENT])
    one = mailed(new)
    done = acted(one, AALST, Act(LATER, NOT_NOW, LINK, why="no-match"))

    assert [AALST, GENT] == [found.receiver for found in changed_rows(None, new)]
    assert [AALST] == [found.receiver for found in changed_rows(new, one)]
    assert [row(done), row(done, GENT)] == list(changed_rows(one, done))
    assert [] == list(changed_rows(done, done))


def test_withdrawn() -> None:
    """
    A hand-over that is no longer there leaves a row that says so, of this version.
    """
    before = handed_on(mailed(registration()), AALST, Act(NOW, HANDED_ON, LINK, to=GENT))
    after = replace(undone(before, AALST, LINK, NOW + timedelta(minutes=1)), version=7)
    gone = {found.receiver: found for found in changed_rows(before, after)}

    assert {AALST, GENT} == set(gone)
    assert withdrawn_row(after, GENT) == gone[GENT]
    assert (True, 7) == (gone[GENT].is_gone, gone[GENT].version)


def _taken_away(one: Registration) -> Registration:
    (handover,) = one.handovers
    return replace(one, handovers=(replace(handover, ended_at=NOW),))


def _bounced(one: Registration) -> Registration:
    return heard(one, receipt(one, AALST, Fact(NOW, BOUNCED, "no-mailbox"), "message-1", NOW))
