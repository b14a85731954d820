"""What one address asked lately: repeats, and at most two mails a day."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.recent import (
    KEPT,
    MAX_A_DAY,
    MAX_MAILS,
    MAX_REQUESTS,
    WINDOW,
    Recent,
    Verdict,
    address_of,
    admit,
)
from chalicelib.domain.registration import QUARANTINE, STEP_UP, Registration
from chalicelib.domain.suspicion import BUSY_ADDRESS, HONEYPOT, TOO_FAST
from tests.backend.samples import AALST, GENT, NOW, Changes, registration

SECOND = timedelta(seconds=1)
NOTHING = Recent("address")


def judge(
    *those: Registration, recent: Recent = NOTHING, late: timedelta = timedelta(), why: str = ""
) -> tuple[Recent, list[Verdict]]:
    """Judge registrations in a row, each `late` after it was made; `why` they look odd."""
    verdicts = []
    for one in those:
        recent, verdict = admit(recent, one, why, one.registered_at + late)
        verdicts.append(verdict)
    return recent, verdicts


def test_new() -> None:
    """
    The first one of an address is new and confirmed, and remembered.
    """
    recent, verdicts = judge(registration())

    assert [Verdict("", confirm=True)] == verdicts
    assert [registration().reference] == [request.reference for request in recent.requests]


@pytest.mark.parametrize("apart", [timedelta(), SECOND, WINDOW - SECOND])
def test_repeat(apart: timedelta) -> None:
    """
    The same person for the same municipality within 24 hours is a repeat, and leaves no trace.
    """
    first = registration(1)
    before, _ = judge(first)
    after, verdicts = judge(registration(2, NOW + apart), recent=before)

    assert [Verdict(first.reference, confirm=False)] == verdicts
    assert before is after


def test_not_after_a_day() -> None:
    """
    24 hours later the same is new again.
    """
    _, verdicts = judge(registration(1), registration(2, NOW + WINDOW))

    assert [Verdict("", confirm=True)] * 2 == verdicts


def test_own_time() -> None:
    """
    A repeat that reaches us late, or before the first one, is judged by its own time.
    """
    early, late = registration(1, NOW), registration(2, NOW + timedelta(hours=23))

    _, verdicts = judge(early, late, late=timedelta(hours=20))
    assert early.reference == verdicts[1].repeat_of
    _, verdicts = judge(late, early)
    assert late.reference == verdicts[1].repeat_of


@pytest.mark.parametrize(
    "changes", [{"name": "Jan D’Hondt"}, {"municipality": GENT}, {"municipality": [AALST, GENT]}]
)
def test_other_wish(changes: dict[str, Changes]) -> None:
    """
    Another name, or another municipality, is no repeat.
    """
    _, verdicts = judge(registration(1), registration(2, NOW, **changes))

    assert "" == verdicts[1].repeat_of


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "anaïs d’hondt"},
        {"phone": None},
        {"about": "Iets anders"},
        {"municipality": AALST},
    ],
)
def test_same_wish(changes: dict[str, Changes]) -> None:
    """
    Whoever writes her name otherwise, or tells more, still asks the same.
    """
    first = registration(1)
    _, verdicts = judge(first, registration(2, NOW, **changes))

    assert first.reference == verdicts[1].repeat_of


def test_order_of_municipalities() -> None:
    """
    The same municipalities in another order are the same wish.
    """
    first = registration(1, municipality=[AALST, GENT])
    _, verdicts = judge(first, registration(2, municipality=[GENT, AALST]))

    assert first.reference == verdicts[1].repeat_of


def test_two_confirmations() -> None:
    """
    An address gets two confirmations in 24 hours, and again two after; none of these is held.
    """
    moments = [NOW, NOW, NOW, NOW + WINDOW - SECOND, NOW + WINDOW, NOW + WINDOW, NOW + WINDOW]
    _, verdicts = judge(*(wish(number, moment) for number, moment in enumerate(moments)))

    assert [True, True, False, False, True, True, False] == [one.confirm for one in verdicts]
    assert {("", "", "")} == {(one.repeat_of, one.why, one.hold) for one in verdicts}


def test_sixth() -> None:
    """
    What comes after five requests in 24 hours waits for the desk, until the day is over.
    """
    moments = [NOW] * (MAX_A_DAY + 2) + [NOW + WINDOW]
    _, verdicts = judge(*(wish(number, moment) for number, moment in enumerate(moments)))

    assert [BUSY_ADDRESS] * 2 == [one.why for one in verdicts[MAX_A_DAY:-1]]
    assert {QUARANTINE} == {one.hold for one in verdicts[MAX_A_DAY:-1]}
    assert ("", True) == (verdicts[-1].why, verdicts[-1].confirm)


def test_step_up_counts() -> None:
    """
    Who is asked to confirm gets a mail for that, and one after: that makes two.
    """
    recent, asked = judge(wish(1), why=TOO_FAST)
    recent, after = judge(wish(2), recent=recent)
    _, odd = judge(wish(3), recent=recent, why=TOO_FAST)

    assert [(STEP_UP, True)] == [(one.hold, one.confirm) for one in asked]
    assert [("", False)] == [(one.why, one.confirm) for one in after]
    assert [BUSY_ADDRESS] == [one.why for one in odd]


def test_step_up_with_one_left() -> None:
    """
    With one mail left of the two, that one asks to confirm, and no confirmation follows.
    """
    recent, _ = judge(wish(1))
    recent, asked = judge(wish(2), recent=recent, why=TOO_FAST)
    _, after = judge(wish(3), recent=recent, why=TOO_FAST)

    assert [(STEP_UP, False)] == [(one.hold, one.confirm) for one in asked]
    assert [(QUARANTINE, BUSY_ADDRESS)] == [(one.hold, one.why) for one in after]


def test_quarantine_takes_nothing() -> None:
    """
    What waits for the desk keeps nobody from her two mails, and has its own reason.
    """
    recent, held = judge(*(wish(number) for number in range(5)), why=HONEYPOT)
    _, after = judge(wish(6), wish(7), recent=recent)

    assert {(HONEYPOT, True)} == {(one.why, one.confirm) for one in held}
    assert ["", ""] == [one.why for one in after]


def test_repeat_of_held() -> None:
    """
    What was held may be refused: it does not stand for the same request that looks well.
    """
    recent, _ = judge(registration(1), why=HONEYPOT)
    recent, well = judge(registration(2), recent=recent)
    _, odd = judge(registration(3), recent=recent, why=HONEYPOT)

    assert [Verdict("", confirm=True)] == well
    assert [registration(1).reference] == [one.repeat_of for one in odd]


def test_asked_twice() -> None:
    """
    Asked again about one registration, as after a crash, the answer is the same.
    """
    those = [wish(number) for number in range(4)]
    recent, first = judge(*those)
    again, second = judge(*those, recent=recent)

    assert first == second
    assert recent is again


def test_repeat_asked_twice() -> None:
    """
    A repeat stays one when it is asked about again.
    """
    recent, _ = judge(registration(1))
    _, first = judge(registration(2), recent=recent)
    _, second = judge(registration(2), recent=recent)

    assert first == second


def test_forgotten() -> None:
    """
    What is two days old is no longer kept.
    """
    recent, _ = judge(registration(1), registration(2, NOW + KEPT))

    assert [registration(2).reference] == [one.reference for one in recent.requests]


def test_bounded() -> None:
    """
    However often an address is used, what is kept of it stays small.
    """
    recent, _ = judge(*(wish(number) for number in range(3 * MAX_REQUESTS)))

    assert MAX_REQUESTS == len(recent.requests)


def test_flood() -> None:
    """
    However often an address is used, it gets no third mail within 24 hours.
    """
    recent, verdicts = judge(*(wish(number) for number in range(3 * MAX_REQUESTS)))

    assert MAX_A_DAY == sum(not one.hold for one in verdicts)
    assert MAX_MAILS == sum(one.confirm and not one.hold for one in verdicts)
    assert MAX_MAILS == sum(one.mails for one in recent.requests)


@given(st.lists(st.tuples(st.integers(0, 200_000), st.sampled_from(["", TOO_FAST, HONEYPOT]))))
def test_never_three(asked: list[tuple[int, str]]) -> None:
    """
    In no 24 hours does an address get more than two mails, whatever is odd about what was sent.
    """
    recent, mails = NOTHING, []
    for number, (second, why) in enumerate(sorted(asked)):
        one = wish(number, NOW + timedelta(seconds=second))
        recent, verdict = admit(recent, one, why, one.registered_at)
        is_mailed = verdict.hold != QUARANTINE
        count = (verdict.hold == STEP_UP) + verdict.confirm if is_mailed else 0
        mails += [one.registered_at] * count

    assert all(MAX_MAILS >= sum(start <= at < start + WINDOW for at in mails) for start in mails)


def test_address() -> None:
    """
    An address is kept as a digest, whatever its case.
    """
    plain = address_of(registration(email="anais@example.be"))

    assert plain == address_of(registration(email="ANAIS@example.BE"))
    assert plain != address_of(registration(email="jan@example.be"))
    assert "anais" not in plain
    assert 64 == len(plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anais+buddy@example.be", "anais@example.be"),
        ("anais+a+b@example.be", "anais@example.be"),
        ("an.a.is+x@gmail.com", "anais@googlemail.com"),
    ],
)
def test_one_mailbox(one: str, other: str) -> None:
    """
    Two ways to write the address of one mailbox are one address.
    """
    assert address_of(registration(email=one)) == address_of(registration(email=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("an.ais@example.be", "anais@example.be"), ("+a@example.be", "+b@example.be")],
)
def test_two_mailboxes(one: str, other: str) -> None:
    """
    Dots are another mailbox but at Gmail; a name that begins with + is a name.
    """
    assert address_of(registration(email=one)) != address_of(registration(email=other))


def test_no_person() -> None:
    """
    Nothing of the person is readable in what is kept.
    """
    recent, _ = judge(registration(), recent=replace(NOTHING, address=address_of(registration())))

    assert [] == [text for text in ("Ana", "example.be", "Hondt", AALST) if text in repr(recent)]


def wish(number: int, moment: datetime = NOW) -> Registration:
    """A registration that is nobody's repeat."""
    return registration(number + 1, moment, name=f"Persoon {number}")
