"""Which faults are injected follows from which calls are made."""

from collections.abc import Iterable

import pytest

from tests.fault_proxy import Call, Mode
from tests.faults.plan import Round, Step, Way, rounds, steps, without_repeats

ONE, OTHER = "MB-7K3F-9Q4D", "MB-CCCC-DDDD"


def call(operation: str, about: str = "", body: str = "") -> Call:
    return Call("Forward", 1, operation, about, body.encode())


def life(marker: str, *more: Call) -> tuple[str, Iterable[Call]]:
    put = call("PutItem", "REGISTRATION", marker)
    return marker, [put, call("Query", "CONTACTS"), call("SendEmail", body=marker), put, *more]


def found(*recorded: tuple[str, Iterable[Call]]) -> list[Step]:
    return steps(Way.STREAM, [(marker, list(calls)) for marker, calls in recorded])


def test_steps() -> None:
    """
    Each call of a registration is a step: which one of its kind, whether it names the
    registration, and whether a mail went out just before.
    """
    claimed, asked, sent, written = found(life(ONE), life(OTHER))

    assert ("Forward", "PutItem", "REGISTRATION") == claimed.kind == written.kind
    assert (1, 2) == (claimed.nth, written.nth)
    assert [True, False, True, True] == [s.is_named for s in (claimed, asked, sent, written)]
    assert [False, False, False, True] == [s.follows_mail for s in (claimed, asked, sent, written)]


def test_chance() -> None:
    """
    What only one of the registrations did is chance, and no step.
    """
    again = call("GetItem", "REGISTRATION", ONE)

    assert found(life(OTHER)) == found(life(ONE, again), life(OTHER))


def test_new_call() -> None:
    """
    A call that the code did not make before gets its faults by itself.
    """
    new = call("PublishBatch")

    planned = rounds(found(life(ONE, new), life(OTHER, new)))

    assert set(Mode) == {one.mode for one in planned if one.step.operation == "PublishBatch"}


def test_reads() -> None:
    """
    Whether a read reached AWS makes no difference: it gets one fault of the two.
    """
    [_, asked, _, _] = found(life(ONE))

    modes = {one.mode for one in rounds([asked])}

    assert Mode.BROKEN in modes
    assert Mode.LOST not in modes


def test_repeats() -> None:
    """
    Of writes that are all alike three count, of reads one.
    """
    written = [Step(Way.STREAM, "Project", "PutItem", "LEDGER", nth) for nth in range(1, 9)]
    read = [Step(Way.STREAM, "Digest", "Query", "LEDGER", nth) for nth in range(1, 9)]

    assert [*written[:3], read[0]] == without_repeats([*written, *read])


def test_buttons() -> None:
    """
    Each way's buttons write a registration by code of their own; whatever else is called on several
    ways counts once.
    """
    presses = [
        Step(way, "APIHandler", "PutItem", "REGISTRATION", nth)
        for way in (Way.LINK, Way.OWN)
        for nth in (1, 2)
    ]
    reads = [Step(way, "APIHandler", "GetItem", "SESSION", 1) for way in (Way.DESK, Way.AGENCY)]

    assert [*presses, reads[0]] == without_repeats([*presses, *reads])


def test_signing_up() -> None:
    """
    Whatever becomes of the mails later, signing up is the same code: it counts once.
    """
    signed_up = [
        Step(way, "APIHandler", "PutItem", "REGISTRATION", 1)
        for way in (Way.STREAM, Way.SWEEP, Way.BOUNCE)
    ]

    assert signed_up[:1] == without_repeats(signed_up)


@pytest.mark.parametrize(
    ("step", "mode", "allowed"),
    [
        (Step(Way.STREAM, "Forward", "SendEmail", "", 1), Mode.LOST, 1),
        (Step(Way.STREAM, "Forward", "SendEmail", "", 1), Mode.THROTTLED, 0),
        (Step(Way.STREAM, "Forward", "PutItem", "REGISTRATION", 1), Mode.LOST, 0),
        (
            Step(Way.STREAM, "Forward", "PutItem", "REGISTRATION", 2, follows_mail=True),
            Mode.LOST,
            1,
        ),
    ],
)
def test_may_double(step: Step, mode: Mode, allowed: int) -> None:
    """
    A mail may go out twice where SES took it and nobody could write that down, and nowhere else.
    """
    assert allowed == Round(step, mode).may_double(hits=1)
