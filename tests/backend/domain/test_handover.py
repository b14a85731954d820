"""What a hand-over tells of the acts that were done: its state, its moments, what can be undone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.handover import (
    ACTS,
    CONTACTED,
    DUO,
    HANDED_ON,
    INTAKE,
    LINK,
    MAX_ACTS,
    NOT_NOW,
    OPENED,
    TAKEN_UP,
    UNDO_TERM,
    WRONG_ADDRESS,
    Act,
    Handover,
    Partner,
    TooManyActsError,
    with_act,
    without_handing_on,
    without_last,
)
from tests.backend.samples import AALST, GENT, NOW

SECOND = timedelta(seconds=1)


def act(what: str, minutes: float = 0, why: str = "", to: str = "", note: str = "") -> Act:
    return Act(NOW + timedelta(minutes=minutes), what, LINK, why, to, note)


def after(*acts: Act) -> Handover:
    handover = Handover(AALST, NOW)
    for one in acts:
        handover = with_act(handover, one)
    return handover


def test_nothing_yet() -> None:
    """
    Nobody did anything: it waits, and nothing can be undone.
    """
    new = after()

    assert ("", None, None, True) == (new.state, new.opened_at, new.contacted_at, new.waits)
    assert new.can_undo(NOW) is None
    assert new is without_last(new, NOW)


@pytest.mark.parametrize(
    ("what", "is_contact", "waits"),
    [
        (OPENED, False, True),
        (CONTACTED, True, False),
        (INTAKE, True, False),
        (DUO, True, False),
        (NOT_NOW, False, False),
        (HANDED_ON, False, False),
        (WRONG_ADDRESS, False, True),
    ],
)
def test_each(what: str, is_contact: bool, waits: bool) -> None:
    """
    Whoever does anything has seen it; after some acts nobody waits any more.
    """
    one = after(act(what))

    assert (what, NOW, waits) == (one.state, one.opened_at, one.waits)
    assert is_contact == (one.contacted_at is not None)
    assert (what in TAKEN_UP) == (one.taken_up_at is not None) == (not waits)


def test_first_moments() -> None:
    """
    Opened, contacted and taken up are when it first happened; the state is the last.
    """
    one = after(act(OPENED), act(INTAKE, 1), act(CONTACTED, 2), act(NOT_NOW, 3, why="other"))

    assert NOT_NOW == one.state
    assert [0, 60, 60] == [
        (at - NOW).total_seconds()
        for at in (one.opened_at, one.contacted_at, one.taken_up_at)
        if at
    ]


def test_said_twice() -> None:
    """
    What already stands is not written again; the same act with another note or reason is.
    """
    one = after(act(CONTACTED, note="Gebeld."))

    assert one is with_act(one, act(CONTACTED, 5, note="Gebeld."))
    assert 2 == len(with_act(one, act(CONTACTED, 5, note="Nog eens gebeld.")).acts)
    assert one is with_act(one, act(OPENED, 5))  # seen it has


def test_undo() -> None:
    """
    For an hour the last act can be taken back, and the one before it after that; then no more.
    """
    one = after(act(CONTACTED), act(INTAKE, 10))
    undone = without_last(one, NOW + timedelta(minutes=20))

    assert (CONTACTED, 2) == (undone.state, len(undone.acts))
    assert NOW + timedelta(minutes=20) == undone.acts[1].undone_at
    assert "" == without_last(undone, NOW + UNDO_TERM - SECOND).state
    assert undone is without_last(undone, NOW + UNDO_TERM)
    assert one is without_last(one, NOW + timedelta(minutes=10) + UNDO_TERM)


def test_refused_by_her() -> None:
    """
    When the one that it was handed on to is not taking her, it is to be done here again, whatever
    was done before; that stays known.
    """
    one = after(act(CONTACTED), act(HANDED_ON, 1, to="partner-1"))
    back = without_handing_on(one, "partner-1", NOW + timedelta(days=3))

    assert ("", True, HANDED_ON, False) == (back.state, back.waits, one.state, one.waits)
    assert one.contacted_at == back.contacted_at
    assert CONTACTED == with_act(back, act(CONTACTED, 9999)).state
    assert one == without_handing_on(one, GENT, NOW)


def test_changes() -> None:
    """
    What a form carries along differs after each act and each undoing.
    """
    one = after(act(OPENED))
    two = with_act(one, act(CONTACTED, 1))
    three = without_last(two, NOW + timedelta(minutes=2))
    four = with_act(three, act(CONTACTED, 3))

    assert [0, 1, 2, 3, 4] == [one.changes for one in (after(), one, two, three, four)]


def test_too_many() -> None:
    """
    Nobody does so much about one candidate.
    """
    one = replace(after(), acts=tuple(act(CONTACTED, number) for number in range(MAX_ACTS)))

    with pytest.raises(TooManyActsError):
        with_act(one, act(DUO, 99))


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({}, True),
        ({"ended_at": NOW}, False),
        ({"partner": Partner("De Brug", "brug@partner.example")}, False),
        ({"partner": Partner("De Brug", "brug@partner.example"), "agreed_at": NOW}, True),
        ({"partner": Partner("De Brug", "brug@partner.example"), "declined_at": NOW}, False),
    ],
)
def test_waits(changes: dict[str, object], waits: bool) -> None:
    """
    Nothing is to be done where she was taken away, nor before she said yes to an organisation.
    """
    assert waits == replace(Handover(AALST, NOW), **changes).waits  # type: ignore[arg-type]


acts_and_undos = st.lists(
    st.tuples(st.sampled_from([*ACTS, "undo"]), st.integers(min_value=0, max_value=90)),
    max_size=40,
)


@given(acts_and_undos)
def test_any_sequence(steps: list[tuple[str, int]]) -> None:
    """
    Whatever is done and undone, in whatever time: acts are never lost or changed but for being
    undone, only of the last hour; the count of changes rises with each; the state is the last that
    stands.
    """
    one, now = Handover(AALST, NOW), NOW
    for what, minutes in steps:
        now += timedelta(minutes=minutes)
        can = one.can_undo(now)
        before = one
        one = without_last(one, now) if what == "undo" else with_act(one, Act(now, what, LINK))

        assert before.acts == tuple(
            replace(act, undone_at=None if known.undone_at is None else act.undone_at)
            for act, known in zip(one.acts, before.acts, strict=False)
        )
        assert before.changes + (one is not before) == one.changes
        if what == "undo":
            assert (one is before) == (can is None)
        assert one.state == next((a.what for a in reversed(one.acts) if not a.undone_at), "")
        undone = [a for a in one.acts if a.undone_at]
        assert all(a.undone_at and a.undone_at - a.at < UNDO_TERM for a in undone)
