"""What follows when she waits too long, and when it is time to ask her how it went."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import outbox
from chalicelib.domain.following import acted, agreed, handed_on, proposed, readdressed, undone
from chalicelib.domain.handover import LINK, Act, Partner
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.outbox import BOUNCED, COMPLAINED, DELIVERED, NO_MAILBOX, Fact
from chalicelib.domain.registration import (
    LATE,
    QUARANTINE,
    QUESTION,
    STEP_UP,
    VOLUNTEER,
    Registration,
    admitted,
    held,
    unheld,
)
from chalicelib.domain.waiting import TOGETHER, asked, escalated, moved_on, told_with
from tests.backend import steps
from tests.backend.samples import AALST, GENT, NOW, registration

LATE_AT = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
"""Five o'clock in Brussels, ten working days after `NOW`."""

MICROSECOND = timedelta(microseconds=1)


def forwarded(**changes: list[str]) -> Registration:
    """Registered, and mailed to everybody."""
    one = registration(1, NOW, **changes)
    for receiver in (*one.answers.municipality, VOLUNTEER):
        one = steps.sent(one, receiver, f"message-{receiver}", NOW)
        fact = Fact(NOW + timedelta(seconds=2), DELIVERED)
        one = outbox.heard(one, steps.receipt(one, receiver, fact, f"message-{receiver}", NOW))
    return one


def act(what: str, at: datetime = NOW, why: str = "") -> Act:
    return Act(at, what, LINK, why)


def letters(one: Registration, kind: str) -> list[str]:
    """What the mails of a kind are about that went out, or will."""
    return [mail.about for mail in one.mails if mail.kind == kind and not mail.dropped_at]


class TestLate:
    def test_moment(self) -> None:
        """
        On the tenth working day, when the offices close, and not a moment earlier, the agency has
        it on its list and she is told.
        """
        one = forwarded()
        before = escalated(one, LATE_AT - MICROSECOND)
        late = escalated(one, LATE_AT)

        assert LATE_AT == one.due_at
        assert before is one
        assert ("attention", LATE_AT) == late.work
        assert [AALST] == letters(late, LATE)
        assert ("escalated", AALST) == (late.events[-2].what, late.events[-2].receiver)

    def test_once(self) -> None:
        """
        However often it is looked at, it is noted once and she is mailed once.
        """
        late = escalated(forwarded(), LATE_AT)

        assert late is escalated(late, LATE_AT + timedelta(days=100))

    def test_skipped(self) -> None:
        """
        Looked at days too late, it is noted then.
        """
        later = LATE_AT + timedelta(days=4)

        assert ("attention", later) == escalated(forwarded(), later).work

    def test_taken_up_afterwards(self) -> None:
        """
        As soon as somebody takes her up, it goes off the list; taken back, it is there again.
        """
        late = escalated(forwarded(), LATE_AT)
        taken_up = acted(late, AALST, act("contacted", LATE_AT))
        back = undone(taken_up, AALST, LINK, LATE_AT + timedelta(minutes=5))

        assert taken_up.work is None
        assert late.work == back.work

    def test_opened(self) -> None:
        """
        Looking at her is not contacting her.
        """
        seen = acted(forwarded(), AALST, act("opened"))

        assert ("attention", LATE_AT) == escalated(seen, LATE_AT).work

    @pytest.mark.parametrize("what", ["contacted", "intake", "duo", "not-now"])
    def test_taken_up(self, what: str) -> None:
        """
        Who was taken up is not late, ever.
        """
        one = acted(forwarded(), AALST, act(what))

        assert one is escalated(one, LATE_AT)

    def test_several(self) -> None:
        """
        Two municipalities that are late at the same moment are told in one mail; one that took her
        up before it went out is not in it.
        """
        late = escalated(forwarded(municipality=[AALST, GENT]), LATE_AT)
        (mail,) = (one for one in late.mails if one.kind == LATE and not one.dropped_at)
        (other,) = (one for one in late.mails if one.kind == LATE and one.dropped_at)
        half = acted(late, AALST, act("contacted", LATE_AT))

        assert (AALST, GENT, TOGETHER) == (mail.about, other.about, other.reason)
        assert [AALST, GENT] == [place.receiver for place in told_with(late, mail)]
        assert [GENT] == [place.receiver for place in told_with(half, mail)]
        assert 2 == len(late.late)

    def test_not_her_address(self) -> None:
        """
        Where her own address does not work, the agency has it all the same.
        """
        one = registration()
        one = steps.sent(one, AALST, "m-1", NOW)
        one = steps.sent(one, VOLUNTEER, "m-2", NOW)
        told = Fact(NOW, BOUNCED, NO_MAILBOX)
        one = outbox.heard(one, steps.receipt(one, VOLUNTEER, told, "m-2", NOW))
        late = escalated(one, LATE_AT)

        assert [] == letters(late, LATE)
        assert late.late

    def test_not_mailed_yet(self) -> None:
        """
        Where our own mail did not even go out, she waits as well.
        """
        assert [AALST] == letters(escalated(registration(), LATE_AT), LATE)

    @pytest.mark.parametrize(
        "change",
        [
            lambda one: replace(one, synthetic=True),
            lambda one: replace(one, paused_at=NOW),
            lambda one: admitted(one, repeat_of="MB-1", confirm=False, now=NOW),
            lambda one: held(one, QUARANTINE, "honeypot", NOW),
            lambda one: held(one, STEP_UP, "too-fast", NOW),
            lambda one: withdrawn(one, LINK, NOW),
            lambda one: erased(one, LINK, NOW),
            lambda one: steps.dropped(one, AALST, "refused", NOW),
            lambda one: replace(
                one, handovers=tuple(replace(here, ended_at=NOW) for here in one.handovers)
            ),
        ],
        ids=[
            "synthetic",
            "paused",
            "repeat",
            "quarantine",
            "step-up",
            "withdrawn",
            "erased",
            "refused",
            "ended",
        ],
    )
    @pytest.mark.parametrize("was_late", [False, True])
    def test_nobody_waits(
        self, change: Callable[[Registration], Registration], was_late: bool
    ) -> None:
        """
        Our own tests, who paused or left, who is held, refused or asked the same again: nobody
        waits there. What was late is off the list by that.
        """
        one = registration()
        one = change(escalated(one, LATE_AT) if was_late else one)

        assert one.handovers == escalated(one, LATE_AT + timedelta(days=30)).handovers
        assert () == one.late

    def test_let_go(self) -> None:
        """
        What was held is promised from when it was let go.
        """
        later = NOW + timedelta(days=2)
        one = unheld(held(registration(), QUARANTINE, "honeypot", NOW), "desk", later)

        assert one is escalated(one, LATE_AT)
        assert escalated(one, LATE_AT + timedelta(days=2)).late

    def test_resumed(self) -> None:
        """
        Who paused is promised ten working days again; she is not mailed a second time.
        """
        late = escalated(forwarded(), LATE_AT)
        paused = replace(late, paused_at=LATE_AT + timedelta(days=1))
        again = replace(paused, paused_at=None, resumed_at=datetime(2027, 1, 11, 9, tzinfo=UTC))
        late_again = escalated(again, datetime(2027, 1, 25, 16, tzinfo=UTC))

        assert (None, None) == (paused.work, again.work)
        assert again is escalated(again, datetime(2027, 1, 25, 15, tzinfo=UTC))
        assert ("attention", datetime(2027, 1, 25, 16, tzinfo=UTC)) == late_again.work
        assert [AALST] == letters(late_again, LATE)

    def test_handed_on(self) -> None:
        """
        Handed on, she waits for the other municipality: ten working days, from then.
        """
        on = handed_on(forwarded(), AALST, Act(NOW + timedelta(days=7), "handed-on", LINK, to=GENT))

        assert on is escalated(on, LATE_AT)
        assert [GENT] == [one.receiver for one in escalated(on, LATE_AT + timedelta(days=7)).late]

    def test_organisation(self) -> None:
        """
        An organisation must take her up too, from when she said yes; before that nobody may.
        """
        brug = Partner("De Brug", "brug@partner.example")
        to_brug = proposed(forwarded(), AALST, brug, Act(NOW, "handed-on", LINK))
        yes = agreed(to_brug, "partner-1", NOW + timedelta(days=7))

        assert () == escalated(to_brug, LATE_AT + timedelta(days=90)).late
        assert yes is escalated(yes, LATE_AT)
        assert ["partner-1"] == letters(escalated(yes, LATE_AT + timedelta(days=7)), LATE)

    def test_astray(self) -> None:
        """
        A mail that reached the wrong people makes nobody take her up.
        """
        wrong = acted(forwarded(), AALST, act("wrong-address"))

        assert [AALST] == letters(escalated(wrong, LATE_AT), LATE)


class TestUnopened:
    def test_delivered(self) -> None:
        """
        It waits from when the mail was delivered, until somebody opens it.
        """
        one = forwarded()
        seen = acted(one, AALST, act("opened"))
        here, there = one.handover(AALST), seen.handover(AALST)
        assert here
        assert there

        assert NOW + timedelta(seconds=2) == one.unopened_since(here)
        assert seen.unopened_since(there) is None

    def test_nothing_heard(self) -> None:
        """
        Of a mail of which nothing was heard it counts when it was sent.
        """
        one = steps.sent(registration(), AALST, "m-1", NOW)
        (here,) = one.handovers

        assert NOW == one.unopened_since(here)

    @pytest.mark.parametrize(
        "fact", [Fact(NOW, BOUNCED, NO_MAILBOX), Fact(NOW, COMPLAINED)], ids=["bounced", "spam"]
    )
    def test_not_there(self, fact: Fact) -> None:
        """
        What came back, or is called unwanted, is with the agency: a reminder would be as well.
        """
        one = steps.sent(registration(), AALST, "m-1", NOW)
        one = outbox.heard(one, steps.receipt(one, AALST, fact, "m-1", NOW))
        (here,) = one.handovers

        assert one.unopened_since(here) is None

    def test_not_sent(self) -> None:
        """
        What did not go out can't be opened.
        """
        one = registration()

        assert one.unopened_since(one.handovers[0]) is None

    def test_another_address(self) -> None:
        """
        After a wrong address it counts from when the right one got it.
        """
        wrong = acted(forwarded(), AALST, act("wrong-address"))
        later = NOW + timedelta(days=6)
        right = readdressed(wrong, AALST, LINK, later)
        again = outbox.requeued(right, right.forwardings[0], later)
        again = steps.sent(again, AALST, "m-9", later)
        (here,) = again.handovers

        assert later == again.unopened_since(here)

    def test_organisation(self) -> None:
        """
        An organisation gets no reminders: it has no list.
        """
        brug = Partner("De Brug", "brug@partner.example")
        one = proposed(forwarded(), AALST, brug, Act(NOW, "handed-on", LINK))
        one = steps.sent(agreed(one, "partner-1", NOW), "partner-1", "m-9", NOW)
        place = one.handover("partner-1")
        assert place

        assert one.unopened_since(place) is None


class TestQuestion:
    FOUR_WEEKS = datetime(2026, 12, 21, 9, 0, tzinfo=UTC)
    HALF_A_YEAR = datetime(2027, 5, 24, 8, 0, tzinfo=UTC)

    def test_moments(self) -> None:
        """
        Asked after four weeks and after half a year, once each.
        """
        one = acted(forwarded(), AALST, act("contacted"))
        first = asked(one, self.FOUR_WEEKS)
        second = asked(first, self.HALF_A_YEAR)

        assert self.FOUR_WEEKS == one.due_at
        assert one is asked(one, self.FOUR_WEEKS - MICROSECOND)
        assert ["4w"] == letters(first, QUESTION)
        assert first is asked(first, self.HALF_A_YEAR - MICROSECOND)
        assert ["4w", "6m"] == letters(second, QUESTION)
        assert () == second.questions_at

    def test_both_due(self) -> None:
        """
        Where both are due, as after a long pause, she is asked the last one only.
        """
        one = asked(forwarded(), self.HALF_A_YEAR)

        assert ["6m"] == letters(one, QUESTION)
        assert one is asked(one, self.HALF_A_YEAR + timedelta(days=100))

    @pytest.mark.parametrize(
        "change",
        [
            lambda one: replace(one, no_questions_at=NOW),
            lambda one: replace(one, paused_at=NOW),
            lambda one: replace(one, synthetic=True),
            lambda one: admitted(one, repeat_of="MB-1", confirm=False, now=NOW),
            lambda one: held(one, QUARANTINE, "honeypot", NOW),
            lambda one: withdrawn(one, LINK, NOW),
            lambda one: erased(one, LINK, NOW),
            lambda one: acted(one, AALST, act("not-now", why="changed-mind")),
            lambda one: acted(one, AALST, act("not-now", why="unsuited")),
        ],
        ids=[
            "opted out",
            "paused",
            "synthetic",
            "repeat",
            "held",
            "withdrawn",
            "erased",
            "changed her mind",
            "unsuited",
        ],
    )
    def test_not_asked(self, change: Callable[[Registration], Registration]) -> None:
        """
        Not who wants no questions, pauses, left, or is no candidate.
        """
        one = change(forwarded())

        assert () == one.questions_at
        assert one is asked(one, self.HALF_A_YEAR)

    def test_never_forwarded(self) -> None:
        """
        Nobody could call who was not forwarded.
        """
        one = registration()

        assert one is asked(one, self.HALF_A_YEAR)

    def test_her_address_bounced(self) -> None:
        """
        No question to an address that does not work, until a mail arrives again.
        """
        one = steps.sent(registration(), AALST, "m-1", NOW)
        one = steps.sent(one, VOLUNTEER, "m-2", NOW)
        told = Fact(NOW, BOUNCED, NO_MAILBOX)
        one = outbox.heard(one, steps.receipt(one, VOLUNTEER, told, "m-2", NOW))
        later = NOW + timedelta(days=1)
        other = steps.sent(one, VOLUNTEER, "m-3", later)

        assert () == one.questions_at
        assert other.questions_at


def test_nothing_to_do() -> None:
    """
    Where no moment has come, nothing changes.
    """
    one = forwarded()

    assert one is moved_on(one, NOW + timedelta(days=1))
