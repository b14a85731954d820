"""What the figures count after each event of a registration."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import outbox, own
from chalicelib.domain.course import MEASURES, STATUS, STATUSES, steps
from chalicelib.domain.following import (
    NotHereError,
    TooManyHandoversError,
    acted,
    agreed,
    declined,
    handed_on,
    proposed,
    readdressed,
    undone,
)
from chalicelib.domain.handover import (
    CONTACTED,
    DUO,
    HANDED_ON,
    INTAKE,
    LINK,
    NOT_NOW,
    OPENED,
    WRONG_ADDRESS,
    Act,
    Partner,
)
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.ledger import ending, entries
from chalicelib.domain.outbox import BOUNCED, DELIVERED, Event, Fact
from chalicelib.domain.registration import QUARANTINE, Registration, admitted, held, unheld
from chalicelib.domain.rerouting import NotPossibleError, is_refused, refused_for, rerouted
from chalicelib.domain.waiting import escalated
from tests.backend import steps as mails
from tests.backend.samples import AALST, BRUSSEL, GENT, NOW, registration

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BRUG = Partner("De Brug", "brug@partner.example")
Step = Callable[[Registration], Registration]


def figures(one: Registration) -> dict[str, int]:
    """What it counts for, as the sum of what its events added."""
    total: Counter[str] = Counter()
    for step in steps(one.events):
        for measure, count in step.adds.items():
            total[measure] += count
    return {measure: count for measure, count in total.items() if count}


def status(one: Registration) -> str:
    found = [name for name, count in figures(one).items() if name.startswith(STATUS) and count]
    (status,) = found
    return status.removeprefix(STATUS)


def delivered(one: Registration, receiver: str = AALST, at: datetime = NOW) -> Registration:
    one = mails.sent(one, receiver, f"message-{receiver}", at)
    fact = Fact(at + timedelta(seconds=2), DELIVERED)
    return outbox.heard(one, mails.receipt(one, receiver, fact, f"message-{receiver}", at))


def did(what: str, at: datetime = NOW, why: str = "", place: str = AALST) -> Step:
    return lambda one: acted(one, place, Act(at, what, LINK, why))


def on(to: str, at: datetime = NOW, place: str = AALST) -> Step:
    return lambda one: handed_on(one, place, Act(at, HANDED_ON, LINK, to=to))


def asked(at: datetime = NOW) -> Step:
    return lambda one: proposed(one, AALST, BRUG, Act(at, HANDED_ON, LINK))


def back(at: datetime = NOW, place: str = AALST) -> Step:
    return lambda one: undone(one, place, LINK, at)


def life(*steps: Step) -> Registration:
    one = delivered(registration())
    for step in steps:
        one = step(one)
    return one


def no(why: str) -> Step:
    return lambda one: refused_for(one, why, LINK, NOW)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (registration(), "new"),
        (held(registration(), QUARANTINE, "honeypot", NOW), "held"),
        (unheld(held(registration(), QUARANTINE, "honeypot", NOW), "desk", NOW), "new"),
        (mails.sent(registration(), AALST, "message", NOW), "under-way"),
        (life(), "delivered"),
        (life(did(OPENED)), "delivered"),
        (life(did(CONTACTED)), "contacted"),
        (life(did(INTAKE)), "contacted"),
        (life(did(DUO)), "duo"),
        (life(did(NOT_NOW, why="no-match")), "not-now"),
        (life(did(WRONG_ADDRESS)), "delivered"),
        (life(did(CONTACTED), did(NOT_NOW, why="no-match")), "not-now"),
        (life(did(CONTACTED), back()), "delivered"),
        (life(on(GENT)), "delivered"),
        (life(did(CONTACTED), on(GENT)), "delivered"),
        (life(did(CONTACTED), on(GENT), back()), "contacted"),
        (life(on(GENT), back(), did(NOT_NOW, why="no-match")), "not-now"),
        (life(on(GENT), did(DUO, place=GENT)), "duo"),
        (life(did(CONTACTED), asked()), "delivered"),
        (life(did(CONTACTED), asked(), lambda one: declined(one, "partner-1", NOW)), "contacted"),
        (
            life(
                asked(),
                lambda one: agreed(one, "partner-1", NOW),
                did(DUO, place="partner-1"),
            ),
            "duo",
        ),
        (life(did(CONTACTED), lambda one: rerouted(one, AALST, GENT, LINK, NOW)), "delivered"),
        (
            life(
                did(CONTACTED),
                lambda one: rerouted(one, AALST, GENT, LINK, NOW),
                lambda one: rerouted(one, GENT, AALST, LINK, NOW),
            ),
            "delivered",
        ),
        (
            life(
                lambda one: rerouted(one, AALST, GENT, LINK, NOW),
                lambda one: rerouted(one, GENT, AALST, LINK, NOW),
                did(CONTACTED),
            ),
            "contacted",
        ),
        (life(did(CONTACTED), lambda one: own.moved_to(one, GENT, AALST, NOW)), "delivered"),
        (
            life(
                lambda one: own.moved_to(one, GENT, "", NOW),
                did(CONTACTED),
                lambda one: own.taken_away(one, AALST, NOW),
            ),
            "delivered",
        ),
        (life(did(WRONG_ADDRESS), lambda one: readdressed(one, AALST, LINK, NOW)), "delivered"),
        (life(no("too-far")), "refused"),
        (life(lambda one: withdrawn(one, LINK, NOW)), "withdrawn"),
        (life(did(DUO), lambda one: erased(one, LINK, NOW)), "erased"),
        (life(lambda one: withdrawn(one, LINK, NOW), lambda one: erased(one, LINK, NOW)), "erased"),
    ],
)
def test_status(one: Registration, expected: str) -> None:
    """
    A registration stands in one way, whatever happened to it before.
    """
    assert expected == status(one)
    assert 1 == figures(one)["registered"]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (lambda one: one, "expired"),
        (did(DUO), "expired"),
        (no("no-buddy"), "refused"),
        (lambda one: withdrawn(one, LINK, NOW), "withdrawn"),
        (lambda one: erased(one, LINK, NOW), "erased"),
    ],
)
def test_expired(step: Step, expected: str) -> None:
    """
    Who left stays counted by how, when the rest of her is deleted; what was done stays, too.
    """
    one = step(life(did(CONTACTED)))
    total = Counter(figures(one))
    total.update(dict(ending(one).adds))
    after = {name for name, count in total.items() if count}

    assert f"{STATUS}{expected}" in after
    assert {"registered", "contacted", "delivered"} <= after
    assert 1 == len([name for name in after if name.startswith(STATUS)])
    assert ("expired" in after) == (expected != "erased")
    assert ("refused:no-buddy" in after) == (expected == "refused")


def test_measures() -> None:
    """
    Each is counted once for a registration; duos and handing on once for each place.
    """
    one = life(
        did(OPENED),
        did(CONTACTED),
        did(DUO),
        on(GENT),
        did(CONTACTED, place=GENT),
        did(DUO, place=GENT),
    )

    assert {
        "registered": 1,
        "forwarded": 1,
        "delivered": 1,
        "opened": 1,
        "contacted": 1,
        "judged": 1,
        "in-time": 1,
        "duos": 2,
        "handed-on": 1,
        "status:duo": 1,
    } == figures(one)


def test_undone() -> None:
    """
    What is taken back is no longer counted.
    """
    assert figures(life()) == figures(life(did(CONTACTED), back()))
    assert figures(life()) == figures(life(on(GENT), back()))
    assert figures(life()) == figures(life(asked(), lambda one: declined(one, "partner-1", NOW)))


def test_stays_counted() -> None:
    """
    What a place did that lost her stays counted, however she stands now.
    """
    one = life(
        did(DUO),
        lambda one: rerouted(one, AALST, GENT, LINK, NOW),
        lambda one: rerouted(one, GENT, AALST, LINK, NOW),
    )

    assert (1, 1, 1) == tuple(figures(one)[name] for name in ("duos", "contacted", "in-time"))
    assert "delivered" == status(one)


def test_in_time() -> None:
    """
    In time until the offices close on the tenth working day; later, or never, it counts against us.
    """
    last = datetime.fromisoformat("2026-12-07T16:00:00Z")
    late = escalated(life(), last)

    assert 1 == figures(life(did(CONTACTED, last)))["in-time"]
    assert (1, None) == tuple(map(figures(late).get, ("judged", "in-time")))
    after = figures(acted(late, AALST, Act(last + MINUTE, CONTACTED, LINK)))
    assert (1, 1, None) == tuple(map(after.get, ("judged", "contacted", "in-time")))
    assert "judged" not in figures(life())


@pytest.mark.parametrize(
    "waits",
    [
        lambda one, at: own.resumed(own.paused(one, NOW), at),
        lambda one, at: unheld(held(one, QUARANTINE, "honeypot", NOW), "desk", at),
    ],
)
def test_term_begins_again(waits: Callable[[Registration, datetime], Registration]) -> None:
    """
    After a pause, or when she was held, the ten working days begin again.
    """
    at = NOW + 30 * DAY

    assert "in-time" not in figures(life(did(CONTACTED, at)))
    assert 1 == figures(did(CONTACTED, at + DAY)(waits(life(), at)))["in-time"]


def test_repeat() -> None:
    """
    What repeats another one counts as that, and as nothing else, whatever becomes of it.
    """
    one = admitted(registration(), repeat_of="MB-7K3F-9Q3D", confirm=False, now=NOW)

    assert {"repeats": 1} == figures(one)
    assert {"repeats": 1} == figures(erased(one, LINK, NOW))


def test_from_elsewhere() -> None:
    """
    Once, however many municipalities are not her own; and where her own is not known, that.
    """
    other = registration(municipality=[AALST, GENT, BRUSSEL])

    assert 1 == figures(other)["elsewhere"]
    assert "elsewhere" not in figures(registration())
    unknown = registration(postcode="1999", municipality=[GENT, AALST])
    assert (1, None) == tuple(map(figures(unknown).get, ("home-unknown", "elsewhere")))


def test_place_and_source() -> None:
    """
    Each step is counted by the first municipality that she chose, wherever she went, and by the
    campaign.
    """
    one = on(GENT)(delivered(registration(source="infoavond")))

    assert {(AALST, "infoavond")} == {(step.place, step.source) for step in steps(one.events)}
    assert {(AALST, "infoavond"), ("", "")} == {(one.place, one.source) for one in entries(one)}


def test_bounced() -> None:
    """
    What came back was forwarded, and did not arrive.
    """
    one = mails.sent(registration(), AALST, "message", NOW)
    fact = Fact(NOW + MINUTE, BOUNCED, "no-mailbox")
    one = outbox.heard(one, mails.receipt(one, AALST, fact, "message", NOW))

    assert "under-way" == status(one)
    assert "delivered" not in figures(one)


def as_it_is(one: Registration) -> str:
    """How it stands, from the record itself and not from its events."""
    here = [place for place in one.handovers if not place.ended_at and not place.declined_at]
    states = {place.state for place in here} - {HANDED_ON}
    sendings = [sending for mail in one.forwardings for sending in mail.sendings]
    ways = {
        "erased": bool(one.erased_at),
        "withdrawn": bool(one.withdrawn_at),
        "refused": is_refused(one),
        "held": bool(one.hold),
        "duo": DUO in states,
        "contacted": bool(states & {CONTACTED, INTAKE}),
        "not-now": states == {NOT_NOW},
        "delivered": any(sending.at(DELIVERED) for sending in sendings),
        "under-way": bool(sendings),
    }
    return next((name for name, is_so in ways.items() if is_so), "new")


PLACES = (AALST, GENT, "partner-1")


def choices(here: str, to: str, what: str, now: datetime) -> dict[str, Step]:
    """What can happen in a place, or between two; what ends it comes last."""
    return {
        "sent": lambda one: mails.sent(one, to, f"{now}", now),
        "delivered": lambda one: delivered(one, to, now),
        "acted": did(what, now, place=here),
        "handed on": on(to, now, here),
        "proposed": lambda one: proposed(one, here, BRUG, Act(now, HANDED_ON, LINK)),
        "agreed": lambda one: agreed(one, "partner-1", now),
        "declined": lambda one: declined(one, "partner-1", now),
        "undone": back(now, here),
        "readdressed": lambda one: readdressed(one, here, LINK, now),
        "rerouted": lambda one: rerouted(one, here, to, LINK, now),
        "added": lambda one: own.moved_to(one, to, "", now),
        "replaced": lambda one: own.moved_to(one, to, here, now),
        "taken away": lambda one: own.taken_away(one, here, now),
        "held": lambda one: held(one, QUARANTINE, "honeypot", now),
        "released": lambda one: unheld(one, "desk", now),
        "paused": lambda one: own.paused(one, now),
        "resumed": lambda one: own.resumed(one, now),
        "late": lambda one: escalated(one, now),
        "refused": lambda one: refused_for(one, "too-far", LINK, now),
        "withdrawn": lambda one: withdrawn(one, LINK, now),
        "erased": lambda one: erased(one, LINK, now),
    }


@st.composite
def lives(draw: st.DrawFn) -> Registration:
    """A registration to which anything happens that can, a minute or some days apart."""
    now = NOW
    one = registration(municipality=draw(st.sampled_from([[AALST], [AALST, GENT]])))
    for _ in range(draw(st.integers(3, 18))):
        now += draw(st.sampled_from([MINUTE, 2 * DAY, 20 * DAY]))
        here, to = draw(st.sampled_from(PLACES)), draw(st.sampled_from(PLACES[:2]))
        what = draw(st.sampled_from((OPENED, CONTACTED, INTAKE, DUO, NOT_NOW, WRONG_ADDRESS)))
        anything = choices(here, to, what, now)
        # What ends a life is rarer than what goes on in it.
        name = draw(st.sampled_from([*list(anything)[:17] * 3, *list(anything)[17:]]))
        if (here == to and name == "handed on") or (one.has_left and name != "erased"):
            continue
        if is_refused(one) and name != "erased":
            continue
        try:
            one = anything[name](one)
        except (
            NotHereError,
            NotPossibleError,
            TooManyHandoversError,
            own.KnownMunicipalityError,
            own.LastPlaceError,
            own.TooManyMunicipalitiesError,
            AssertionError,  # no such mail
        ):
            continue
    return one


@given(lives())
def test_any_life(one: Registration) -> None:
    """
    At every moment it stands in exactly one way, nothing is counted below zero, and after the last
    event it stands as the record says.
    """
    total: Counter[str] = Counter()
    for step in steps(one.events):
        total.update(dict(step.adds))
        statuses = {name: count for name, count in total.items() if name.startswith(STATUS)}
        assert total["registered"] == sum(statuses.values()) == 1
        assert min(total.values()) >= 0
        assert total["in-time"] <= total["judged"] <= 1

    assert as_it_is(one) == status(one)


def told(*events: tuple[str, str, str]) -> dict[str, int]:
    """What a life counts for to which these happened: what, where, and why or to whom."""
    one = life()
    more = tuple(Event(NOW, what, place, why) for what, place, why in events)
    return figures(replace(one, events=(*one.events, *more)))


@pytest.mark.parametrize(
    ("events", "same_as"),
    [
        ((("refused", "", "too-far"), ("undone", "", "refused")), ()),
        (
            (("held", "", "honeypot"), ("refused", "", "not-real"), ("undone", "", "refused")),
            (("held", "", "honeypot"),),
        ),
        (
            (("contacted", AALST, ""), ("rerouted", AALST, GENT), ("undone", AALST, "rerouted")),
            (("contacted", AALST, ""),),
        ),
        (
            (("handed-on", AALST, "partner-1"), ("lapsed", "partner-1", "")),
            (),
        ),
        (
            (
                *(("opened", AALST, ""), ("handed-on", AALST, "partner-1")),
                *(("agreed", "partner-1", ""), ("returned", "partner-1", "")),
            ),
            (("opened", AALST, ""),),
        ),
    ],
)
def test_taken_back(
    events: tuple[tuple[str, str, str], ...], same_as: tuple[tuple[str, str, str], ...]
) -> None:
    """
    What the agency undid, and what an organisation gave back, is as if it never was.
    """
    assert told(*same_as) == told(*events)


def test_named() -> None:
    """
    All that is counted has a name for who reads it.
    """
    known = {*MEASURES, *(f"{STATUS}{one}" for one in STATUSES)}
    one = life(did(DUO), on(GENT), lambda one: erased(one, LINK, NOW))

    assert set(figures(one)) <= known
