"""What follows when she waits too long, and when it is time to ask her how it went."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import outbox
from chalicelib.domain.following import (
    acted,
    agreed,
    declined,
    handed_on,
    proposed,
    readdressed,
    revoked,
    undone,
)
from chalicelib.domain.handover import (
    CHANGED_MIND,
    CONTACTED,
    HANDED_ON,
    LINK,
    NO_MATCH,
    NOT_NOW,
    OPENED,
    UNDO_TERM,
    Act,
    Partner,
)
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    NO_MAILBOX,
    Fact,
    Mail,
    Receipt,
)
from chalicelib.domain.own import moved_to, paused, resumed
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    CONSENT,
    DECLINED,
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
from chalicelib.domain.waiting import (
    TOGETHER,
    asked,
    escalated,
    given_back,
    moved_on,
    told_with,
)
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

    def test_another_place_beside_it(self) -> None:
        """
        Of a place that is late for the first time she is told, also where one of which she knows is
        late again at that moment.
        """
        again = datetime(2027, 1, 11, 9, tzinfo=UTC)
        late = escalated(forwarded(), LATE_AT)
        both = moved_to(resumed(paused(late, LATE_AT), again), GENT, "", again)
        after = escalated(both, datetime(2027, 1, 25, 16, tzinfo=UTC))

        assert [AALST, GENT] == letters(after, LATE)
        assert 2 == len(after.late)

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


def delivered(one: Registration, mail: Mail, now: datetime, route: str = "") -> Registration:
    """A mail goes out, and arrives."""
    name = f"{mail.kind}-{mail.receiver}-{mail.about}-{now:%d%H%M}"
    one = outbox.sent(one, mail, name, route or steps.route_to(mail.receiver), now)
    fact = Fact(now, DELIVERED)
    receipt = Receipt(one.id, mail.kind, mail.receiver, "x", name, now, fact, mail.about)
    return outbox.heard(one, receipt)


def told_at(one: Registration, now: datetime = NOW) -> datetime:
    """When the agency has it on its list, if from `now` on nobody does anything."""
    for _ in range(30):
        if one.work:
            return one.work[1]
        assert one.due_at, "nobody will ever know"
        now = max(now, one.due_at)
        one = moved_on(one, now)
        for mail in list(one.due_mails(now)):
            one = delivered(one, mail, now)
    raise AssertionError("no end to it")


def came_back(one: Registration, at: datetime = NOW) -> Registration:
    """The mail to Aalst came back from its address; the next one is to be tried."""
    one = steps.sent(one, AALST, "m-1", at)
    fact = Fact(at, BOUNCED, NO_MAILBOX)
    return outbox.heard(one, steps.receipt(one, AALST, fact, "m-1", at))


def december(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def to_gent(one: Registration, at: datetime) -> Registration:
    return handed_on(one, AALST, Act(at, "handed-on", LINK, to=GENT))


def taken_back_late(one: Registration) -> Registration:
    """Contacted half an hour before the promise ends, taken back when it is over."""
    one = acted(one, AALST, act("contacted", LATE_AT - timedelta(minutes=30)))
    return undone(one, AALST, LINK, LATE_AT + timedelta(minutes=15))


def readdressed_after_a_day(one: Registration) -> Registration:
    """The wrong people told so; the agency found the right ones, who got the mail."""
    one = acted(one, AALST, act("wrong-address", NOW + timedelta(hours=1)))
    later = NOW + timedelta(days=1)
    one = readdressed(one, AALST, LINK, later)
    return outbox.requeued(one, one.forwardings[0], later)


HOLES: dict[str, tuple[Callable[[Registration], Registration], datetime]] = {
    "nothing happens": (lambda one: one, LATE_AT),
    "opened, not contacted": (lambda one: acted(one, AALST, act("opened")), LATE_AT),
    "link revoked": (lambda one: revoked(one, AALST, LINK, NOW), LATE_AT),
    "never sent": (lambda _: replace(registration(), admitted_at=NOW), LATE_AT),
    "to us, as it has no address": (
        lambda _: delivered(registration(), registration().forwardings[0], NOW, "agency"),
        LATE_AT,
    ),
    "back, and on to the next address": (lambda _: came_back(registration()), LATE_AT),
    "back from everywhere": (
        lambda _: outbox.handed_over(
            came_back(registration()), came_back(registration()).forwardings[0], "all", NOW
        ),
        NOW,
    ),
    "handed on on the ninth day": (lambda one: to_gent(one, december(4, 9)), december(18, 16)),
    "handed on, and not": (
        lambda one: undone(to_gent(one, december(4, 9)), AALST, LINK, december(4, 9, 30)),
        LATE_AT,
    ),
    "paused and back": (
        lambda one: resumed(paused(one, december(1, 9)), december(4, 9)),
        december(18, 16),
    ),
    "taken back after the tenth day": (taken_back_late, LATE_AT),
    "wrong address": (lambda one: acted(one, AALST, act("wrong-address")), NOW),
    "wrong address, then the right one": (readdressed_after_a_day, LATE_AT),
    "not now here, nothing there": (
        lambda _: acted(
            forwarded(municipality=[AALST, GENT]), AALST, act("not-now", why="no-project")
        ),
        LATE_AT,
    ),
    "never confirmed": (
        lambda _: held(registration(), QUARANTINE, "not-confirmed", NOW + CONFIRM_FIRST_FOR),
        NOW + CONFIRM_FIRST_FOR,
    ),
}


@pytest.mark.parametrize("hole", HOLES)
def test_somebody_is_told(hole: str) -> None:
    """
    Whatever happened on the way: when nobody contacts her, a person knows of it, at the latest ten
    working days after she was last promised that somebody would.
    """
    happened, expected = HOLES[hole]

    assert expected == told_at(happened(forwarded()))


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


class TestOrganisation:
    """What an organisation ends with nobody is to be done by who proposed it."""

    BRUG = Partner("De Brug", "brug@partner.example")
    ASKED = NOW + timedelta(days=2)  # a Wednesday
    LAPSES = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)
    """Five o'clock in Brussels, five working days after."""

    def asked(self, *before: Act) -> Registration:
        one = forwarded()
        for step in before:
            one = acted(one, AALST, step)
        return proposed(one, AALST, self.BRUG, act(HANDED_ON, self.ASKED))

    def refused(self, why: str) -> Registration:
        """She said yes, but it does not suit them."""
        one = agreed(self.asked(), "partner-1", self.ASKED + timedelta(hours=2))
        one = steps.sent(one, "partner-1", "message-brug", self.ASKED + timedelta(hours=2))
        return acted(one, "partner-1", act(NOT_NOW, self.LAPSES, why))

    def test_no_answer(self) -> None:
        """
        Where she does not answer in five working days she is back with who asked, once; it is on
        the list of who waits the next morning, and is no mail of its own.
        """
        one = self.asked(act(OPENED))

        assert self.LAPSES == one.returns_at(one.handovers[1])
        assert one is given_back(one, self.LAPSES - MICROSECOND)

        back = given_back(one, self.LAPSES)
        place = back.handovers[0]

        assert ("", True) == (place.state, place.waits)
        assert self.LAPSES == back.handovers[1].lapsed_at
        assert (self.ASKED, self.ASKED) == (back.waits_since(place), back.unopened_since(place))
        assert not letters(back, DECLINED)
        assert "lapsed" == back.events[-1].what
        assert back is given_back(back, self.LAPSES + timedelta(days=30))
        assert back is agreed(back, "partner-1", self.LAPSES)
        assert back is declined(back, "partner-1", self.LAPSES)

    def test_due(self) -> None:
        """
        The sweep finds it at its moment.
        """
        one = self.asked(act(CONTACTED))
        one = replace(one, mails=tuple(mail for mail in one.mails if mail.kind != CONSENT))

        assert self.LAPSES == one.due_at

    def test_seen_again(self) -> None:
        """
        Until somebody does something about her she is on the list, also who was contacted before;
        then not any more. What was done before stays known.
        """
        back = given_back(self.asked(act(CONTACTED)), self.LAPSES)
        seen = acted(back, AALST, act(OPENED, self.LAPSES))
        place = back.handovers[0]

        assert (True, NOW) == (place.waits, place.contacted_at)
        assert back.unopened_since(place)
        assert not back.late_at(place)
        assert not seen.unopened_since(seen.handovers[0])
        assert (OPENED, True) == (seen.handovers[0].state, seen.handovers[0].waits)

    def test_not(self) -> None:
        """
        Nobody has to call who pauses or left.
        """
        for one in (
            paused(self.asked(), self.ASKED),
            withdrawn(self.asked(), "volunteer", self.ASKED),
        ):
            assert one is given_back(one, self.LAPSES + timedelta(days=9))

    def test_no(self) -> None:
        """
        Her no gives the municipality ten working days from then.
        """
        no = declined(self.asked(), "partner-1", self.LAPSES - timedelta(days=1))

        assert self.LAPSES - timedelta(days=1) == no.waits_since(no.handovers[0])
        assert no is given_back(no, self.LAPSES)

    def test_not_now(self) -> None:
        """
        What does not suit an organisation is with who proposed it when it can't be undone any more,
        and is mailed, once; they have ten working days from then.
        """
        one = self.refused(NO_MATCH)
        at = self.LAPSES + UNDO_TERM
        back = given_back(one, at)

        assert one is given_back(one, at - MICROSECOND)
        assert (True, at) == (back.handovers[0].waits, back.waits_since(back.handovers[0]))
        assert ["partner-1"] == letters(back, DECLINED)
        assert back is given_back(back, at + timedelta(days=30))

    def test_undone(self) -> None:
        """
        What an organisation takes back within the hour was never told.
        """
        one = undone(self.refused(NO_MATCH), "partner-1", LINK, self.LAPSES)

        assert one is given_back(one, self.LAPSES + timedelta(days=1))

    def test_changed_mind(self) -> None:
        """
        Who no longer wants to is nobody's to call.
        """
        one = self.refused(CHANGED_MIND)

        assert one is given_back(one, self.LAPSES + timedelta(days=1))
