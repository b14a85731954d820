"""What can be chosen of all registrations, and the life of what an officer asked for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.course import REPEATS, STATUSES
from chalicelib.domain.export import (
    ASKED,
    CSV,
    FAILED,
    LEASE,
    MAX_ATTEMPTS,
    READY,
    REMOVED,
    STATES,
    WRITING,
    XLSX,
    Choice,
    UnusableChoiceError,
    asked,
    choice_of,
    is_id,
    made,
    postponed,
    read_choice,
    taken_up,
)
from chalicelib.domain.handover import Handover
from chalicelib.domain.retention import EXPORT_TERM
from tests.backend.aws import template
from tests.backend.samples import AALST, BRUSSEL, GENT, NOW, registration

EVERYBODY = Choice(CSV)
BEVEREN = "46003"  # merged on 1 January 2025


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (EVERYBODY, True),
        (Choice(CSV, place=AALST), True),
        (Choice(CSV, place=GENT), True),
        (Choice(CSV, place=BRUSSEL), False),
        (Choice(CSV, province="Oost-Vlaanderen"), True),
        (Choice(CSV, province="Antwerpen"), False),
        (Choice(CSV, state="new"), True),
        (Choice(CSV, state="duo"), False),
        (Choice(CSV, first="2026-11-23", last="2026-11-23"), True),
        (Choice(CSV, first="2026-11-24"), False),
        (Choice(CSV, last="2026-11-22"), False),
    ],
)
def test_takes(choice: Choice, expected: bool) -> None:
    """
    She is in the file of each place that she chose or that has her, of its province, of how she
    stands, and of the day in Brussels on which she registered.
    """
    one = registration(municipality=[AALST])
    there = replace(one, handovers=(*one.handovers, Handover(GENT, NOW, handed_on_by=AALST)))

    assert expected == choice.takes(there, "new")


def test_day_in_brussels() -> None:
    """
    Half past midnight in Brussels is that day, though it is the day before in UTC.
    """
    one = registration(now=NOW.replace(hour=23, minute=30))

    assert Choice(CSV, first="2026-11-24").takes(one, "new")


def test_our_own_tests() -> None:
    """
    Those that we invented to test the chain are in no file.
    """
    assert not EVERYBODY.takes(replace(registration(), synthetic=True), "new")


def test_erased_place() -> None:
    """
    Of who was erased the answers are gone: the places that had her still count her.
    """
    one = registration(municipality=[AALST])
    erased = replace(one, answers=replace(one.answers, municipality=()), erased_at=NOW)

    assert Choice(CSV, place=AALST).takes(erased, "erased")


def test_read() -> None:
    """
    A choice is read and told in words; a municipality that merged is the one that it became.
    """
    choice = read_choice(XLSX, BEVEREN, "Oost-Vlaanderen", "duo", (date(2026, 1, 1), None))

    assert "46030" == choice.place
    assert "Excel, Beveren-Kruibeke-Zwijndrecht, Duo gevormd, vanaf 1/1/2026" == choice.in_words()
    assert "CSV, Vlaanderen en Brussel" == EVERYBODY.in_words()
    assert choice == choice_of(choice.code)


@pytest.mark.parametrize(
    ("field", "choice"),
    [
        ("kind", {"kind": "pdf"}),
        ("municipality", {"place": "99999"}),
        ("municipality", {"place": "Aalst"}),
        ("province", {"province": "Luik"}),
        ("state", {"state": "expired"}),
        ("period", {"period": (date(2026, 2, 1), date(2026, 1, 1))}),
    ],
)
def test_unusable(field: str, choice: dict[str, object]) -> None:
    """
    What is in no list, or ends before it begins, is refused by the name of what is wrong.
    """
    with pytest.raises(UnusableChoiceError) as error:
        read_choice(**{"kind": CSV, **choice})  # type: ignore[arg-type]

    assert field == error.value.field


@pytest.mark.parametrize("code", ["", "kind", "kind=csv&other=1"])
def test_no_code(code: str) -> None:
    """
    What is no choice is not taken for one.
    """
    with pytest.raises(UnusableChoiceError):
        choice_of(code)


def test_states() -> None:
    """
    Every way to stand can be chosen, but having expired: of those nothing is left.
    """
    assert {*STATUSES, REPEATS} - {"expired"} == set(STATES)


def test_life() -> None:
    """
    It waits, is made by one run, is there for a day and is gone.
    """
    new = asked(EVERYBODY, "an", NOW)
    taken = taken_up(new, NOW)
    assert taken
    done = made(taken, 12, 3400, NOW)
    later = NOW + EXPORT_TERM

    assert is_id(new.id)
    assert (ASKED, WRITING) == (new.state(NOW), taken.state(NOW))
    assert None is taken_up(taken, NOW)
    assert (READY, REMOVED) == (done.state(NOW), done.state(later))
    assert (READY, None) == (done.state(later - timedelta(seconds=1)), taken_up(done, later))
    assert "aanmeldingen-2026-11-23-" in done.file_name
    assert done.key.endswith(".csv")


def test_tries() -> None:
    """
    Whoever died while making it loses it after a while; after the last try it has failed.
    """
    one, at = asked(EVERYBODY, "an", NOW), NOW
    for _ in range(MAX_ATTEMPTS):
        following = taken_up(one, at)
        assert following
        one, at = following, at + LEASE
    given_up = taken_up(one, at)

    assert given_up
    assert (FAILED, None) == (given_up.state(at), taken_up(given_up, at + LEASE))


def test_postponed() -> None:
    """
    Where the failure was noticed, another run tries again much sooner.
    """
    taken = taken_up(asked(EVERYBODY, "an", NOW), NOW)
    assert taken
    soon = NOW + timedelta(minutes=3)

    assert None is taken_up(taken, soon)
    assert taken_up(postponed(taken, NOW), soon)


def test_lease() -> None:
    """
    One run has it longer than its function may take.
    """
    timeout = template()["Resources"]["Export"]["Properties"]["Timeout"]

    assert timedelta(seconds=timeout) < LEASE
