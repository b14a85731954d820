"""How a volunteer leaves: nobody mails her any more, and who was mailed about her is told."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain import outbox
from chalicelib.domain.candidates import candidates
from chalicelib.domain.following import NotHereError, acted, agreed, proposed
from chalicelib.domain.handover import (
    CONTACTED,
    DESK,
    DUO,
    HANDED_ON,
    LINK,
    NOT_NOW,
    OTHER,
    VOLUNTEER_PAGE,
    Act,
    Partner,
)
from chalicelib.domain.leaving import NOBODY, UNNAMED, erased, kept, warned, withdrawn
from chalicelib.domain.outbox import BOUNCED, DELIVERED, Fact, handed_over, heard, queued
from chalicelib.domain.registration import (
    CONFIRMATION,
    CORRECTION,
    DELAY,
    ERASURE,
    FORWARDING,
    PHONE_INSTEAD,
    QUARANTINE,
    STEP_UP,
    VOLUNTEER,
    WARNING,
    WITHDRAWAL,
    Registration,
    followed_up,
    held,
    unheld,
)
from chalicelib.domain.retention import MAX_KEPT, WARNED_BEFORE
from tests.backend.samples import AALST, GENT, NOW, mail_to, registration
from tests.backend.steps import postponed, receipt, sent

LATER = NOW + timedelta(days=3)
PARTNER = Partner("Buurtwerk Anaïs", "anais.dhondt@buurtwerk.example")
Step = Callable[[Registration], Registration]
Leave = Callable[[Registration, str, datetime], Registration]


def both() -> Registration:
    """Of two municipalities, Aalst was mailed; she was, too."""
    one = sent(registration(municipality=[AALST, GENT]), AALST, "first", NOW)
    return sent(one, VOLUNTEER, "second", NOW)


def to_come(one: Registration) -> list[tuple[str, str]]:
    return [(mail.kind, mail.receiver) for mail in one.mails if mail.next_at or mail.attention_at]


def what(one: Registration) -> list[str]:
    return [event.what for event in one.events]


@pytest.mark.parametrize(("leave", "kind"), [(withdrawn, WITHDRAWAL), (erased, ERASURE)])
class TestLeft:
    def test_mails(self, leave: Leave, kind: str) -> None:
        """
        What was still to come is dropped; the place that was mailed is told, the other one not.
        """
        one = leave(both(), VOLUNTEER_PAGE, LATER)

        assert [(kind, AALST)] == to_come(one)
        assert LATER == one.due_at
        assert "dropped" == mail_to(one, GENT).status

    def test_twice(self, leave: Leave, kind: str) -> None:
        """
        Twice is once.
        """
        one = leave(both(), VOLUNTEER_PAGE, LATER)

        assert one is leave(one, DESK, LATER + timedelta(days=1))
        assert 1 == what(one).count("erased") + what(one).count("withdrawn")
        assert kind in {mail.kind for mail in one.mails}

    def test_event(self, leave: Leave, kind: str) -> None:
        """
        The history says when, and through which door.
        """
        one = leave(both(), DESK, LATER)
        name = {WITHDRAWAL: "withdrawn", ERASURE: "erased"}[kind]
        (event,) = [event for event in one.events if event.what == name]

        assert (LATER, DESK) == (event.at, event.door)

    def test_lists(self, leave: Leave, kind: str) -> None:
        """
        No municipality sees her any more, and nothing waits for a person.
        """
        one = handed_over(both(), mail_to(both(), GENT), "came-back-from-all", NOW)
        assert one.work
        gone = leave(one, VOLUNTEER_PAGE, LATER)

        assert [True, True] == [row.is_gone for row in candidates(gone)]
        assert [False, False] == [row.waits for row in candidates(gone)]
        assert gone.work is None
        assert kind in {mail.kind for mail in gone.mails}

    @pytest.mark.parametrize("hold", [STEP_UP, QUARANTINE])
    def test_held(self, leave: Leave, kind: str, hold: str) -> None:
        """
        Held or not, nobody is mailed who was not; it can't be let go any more.
        """
        one = leave(held(registration(), hold, "x", NOW), VOLUNTEER_PAGE, LATER)

        assert [] == to_come(one)
        assert (None, None) == (one.due_at, one.work)
        assert one is unheld(one, "desk", LATER)
        assert one.mail(kind, AALST) is None

    def test_under_way(self, leave: Leave, kind: str) -> None:
        """
        A copy that was under way is told of as soon as we hear that it went out.
        """
        before = registration()
        gone = leave(before, VOLUNTEER_PAGE, LATER)
        assert [] == to_come(gone)
        told = receipt(before, AALST, Fact(LATER, DELIVERED), "late", LATER)

        written = followed_up(outbox.sent(gone, mail_to(before), "late", "41002-1", LATER), LATER)
        from_ses = followed_up(heard(gone, told), LATER)

        assert [(kind, AALST)] == to_come(written) == to_come(from_ses)
        assert written == followed_up(written, LATER)

    def test_nothing_is_revived(self, leave: Leave, kind: str) -> None:
        """
        What fails, comes back or is asked afterwards brings no other mail.
        """
        before = both()
        gone = leave(before, VOLUNTEER_PAGE, LATER)
        bounce = Fact(LATER, BOUNCED, "no-mailbox")
        for receiver, message in ((AALST, "first"), (VOLUNTEER, "second")):
            gone = followed_up(heard(gone, receipt(before, receiver, bounce, message, NOW)), LATER)
        gone = followed_up(postponed(gone, GENT, "Throttling", LATER), LATER)
        gone = followed_up(handed_over(gone, mail_to(gone, GENT), "x", LATER), LATER)

        assert [(kind, AALST)] == to_come(gone)
        assert {DELAY, PHONE_INSTEAD}.isdisjoint(mail.kind for mail in gone.mails)

    def test_nobody_acts(self, leave: Leave, kind: str) -> None:
        """
        A municipality can't write anything about her any more.
        """
        gone = leave(both(), VOLUNTEER_PAGE, LATER)

        with pytest.raises(NotHereError):
            acted(gone, AALST, Act(LATER, CONTACTED, LINK, note="Anaïs belde"))
        assert kind in {mail.kind for mail in gone.mails}

    def test_organisation(self, leave: Leave, kind: str) -> None:
        """
        An organisation that was mailed is told as well; one that was not is not.
        """
        mailed = _at_a_partner(is_mailed=True)
        waiting = _at_a_partner(is_mailed=False)

        assert (kind, "partner-1") in to_come(leave(mailed, VOLUNTEER_PAGE, LATER))
        assert (kind, "partner-1") not in to_come(leave(waiting, VOLUNTEER_PAGE, LATER))


def _at_a_partner(*, is_mailed: bool) -> Registration:
    act = Act(NOW, HANDED_ON, LINK, note="Anaïs wil liever daar")
    one = agreed(proposed(both(), AALST, PARTNER, act), "partner-1", NOW)
    mail = one.mail(FORWARDING, "partner-1")
    assert mail
    return outbox.sent(one, mail, "third", "partner-1", NOW) if is_mailed else one


def test_withdrawn_then_erased() -> None:
    """
    Who withdrew can be erased: what was to say that she withdrew now says to delete.
    """
    one = erased(withdrawn(both(), VOLUNTEER_PAGE, LATER), VOLUNTEER_PAGE, LATER)

    assert [(ERASURE, AALST)] == to_come(one)
    assert (LATER, LATER) == (one.withdrawn_at, one.erased_at)
    assert one is withdrawn(one, VOLUNTEER_PAGE, LATER)


def test_place_that_she_left_before() -> None:
    """
    A place that she took away, and that was told so, is told of the erasure only; once
    where that mail did not go out yet.
    """
    one = both()
    handovers = (replace(one.handovers[0], ended_at=NOW), one.handovers[1])
    one = queued(replace(one, handovers=handovers), WITHDRAWAL, AALST, NOW, about="1")
    told = outbox.sent(one, one.mails[-1], "told", "41002-1", NOW)

    assert ["1"] == [
        mail.about
        for mail in withdrawn(told, VOLUNTEER_PAGE, LATER).mails
        if mail.kind == WITHDRAWAL
    ]
    assert [(WITHDRAWAL, AALST)] == to_come(withdrawn(one, VOLUNTEER_PAGE, LATER))
    assert erased(one, VOLUNTEER_PAGE, LATER).mail(ERASURE, AALST, "first")


def test_every_copy() -> None:
    """
    Each copy is asked after, as each may lie in another mailbox: what came back and went on, what
    asked to phone, what told of a correction. One for which there is no mailbox lies nowhere.
    """
    one = both()
    one = heard(one, receipt(one, AALST, Fact(NOW, BOUNCED, "temporary"), "first", NOW))
    one = outbox.sent(one, mail_to(one), "next", "41002-2", NOW)
    for number, kind in enumerate((PHONE_INSTEAD, CORRECTION, WITHDRAWAL)):
        one = queued(one, kind, AALST, NOW, about=str(number))
        mail = one.mail(kind, AALST, str(number))
        assert mail
        one = outbox.sent(one, mail, f"{kind}-1", "41002-1", NOW + timedelta(hours=number))
    gone = heard(one, receipt(one, AALST, Fact(NOW, BOUNCED, "no-mailbox"), "first", NOW))

    left = erased(one, VOLUNTEER_PAGE, LATER)
    asked = {mail.about for mail in left.mails if mail.kind == ERASURE}
    assert {"first", "next", "phone-instead-1", "correction-1"} == asked
    assert left == followed_up(left, LATER + timedelta(days=1))
    left = erased(gone, VOLUNTEER_PAGE, LATER)
    assert asked - {"first"} == {mail.about for mail in left.mails if mail.kind == ERASURE}


@pytest.mark.parametrize("is_mailed", [True, False])
def test_no_trace(*, is_mailed: bool) -> None:
    """
    Nothing that she or anybody else typed is left; an organisation keeps its address only where it
    must still be asked to delete its copy.
    """
    one = replace(
        _at_a_partner(is_mailed=is_mailed),
        signals=("honeypot",),
        network="digest",
        new_email="anais.nieuw@example.be",
    )
    stub = erased(one, VOLUNTEER_PAGE, LATER)
    left = json.dumps(asdict(stub), default=str, ensure_ascii=False)

    assert NOBODY == stub.answers
    for typed in ("Anaïs", "anais", "0470", "470123456", "9300", "wandel", "honeypot", "digest"):
        assert (typed == "anais" and is_mailed) == (typed in left), typed
    for digest in (one.submission_id, one.fingerprint):
        assert digest not in left
    partner = stub.handovers[-1].partner
    assert Partner(UNNAMED, PARTNER.email if is_mailed else "") == partner


def test_figures_stay() -> None:
    """
    Erasing only adds to the history: every event of before stands where it stood.
    """
    before = _at_a_partner(is_mailed=True)
    after = erased(before, VOLUNTEER_PAGE, LATER)

    assert before.events == after.events[: len(before.events)]
    assert ["erased"] == [
        event.what
        for event in after.events[len(before.events) :]
        if event.what not in {"dropped", "queued"}
    ]


class TestTerm:
    def test_open(self) -> None:
        """
        Each step of a municipality, and of herself, starts the year anew, also one taken back.
        """
        one = registration()
        contacted = acted(one, AALST, Act(LATER, CONTACTED, LINK))
        paused = replace(contacted, paused_at=LATER + timedelta(days=1))
        year = timedelta(days=365)

        assert NOW + year == one.expires_at
        assert LATER + year == contacted.expires_at
        assert LATER + timedelta(days=1) + year == paused.expires_at

    @pytest.mark.parametrize(
        ("step", "rule", "days"),
        [
            (lambda one: acted(one, AALST, Act(LATER, DUO, LINK)), "duo", 365),
            (lambda one: acted(one, AALST, Act(LATER, NOT_NOW, LINK, OTHER)), "not-now", 270),
            (lambda one: withdrawn(one, DESK, LATER), "withdrawn", 30),
            (lambda one: erased(one, DESK, LATER), "erased", 30),
            (lambda one: held(one, QUARANTINE, "x", LATER), "held", 90),
        ],
    )
    def test_status(self, step: Step, rule: str, days: int) -> None:
        """
        What became of her tells how long it is kept, from that moment.
        """
        one = step(registration())

        assert rule == one.term[0].name
        assert LATER + timedelta(days=days) == one.expires_at

    def test_one_of_two(self) -> None:
        """
        While one place may still call, it is open; a duo in one place is a duo.
        """
        one = acted(both(), AALST, Act(LATER, NOT_NOW, LINK, OTHER))

        assert "open" == one.term[0].name
        assert "duo" == acted(one, GENT, Act(LATER, DUO, LINK)).term[0].name


class TestWarning:
    def test_once(self) -> None:
        """
        She is warned two weeks before, once for that day, and then it is due no more.
        """
        one = registration()
        at = one.expires_at - WARNED_BEFORE
        assert at == one.warn_at
        told = warned(one, at)

        assert (WARNING, VOLUNTEER, "2027-11-23") == told.mails[-1].name
        assert at == told.mails[-1].next_at
        assert told.warn_at is None

    def test_not(self) -> None:
        """
        Not when there is a duo, when she left, or called a mail of ours unwanted.
        """
        one = sent(registration(), VOLUNTEER, "first", NOW)
        complaint = receipt(one, VOLUNTEER, Fact(NOW, "complained"), "first", NOW)

        for step in (
            acted(one, AALST, Act(LATER, DUO, LINK)),
            withdrawn(one, DESK, LATER),
            erased(one, DESK, LATER),
            heard(one, complaint),
            replace(one, synthetic=True),
            replace(one, repeat_of="MB-7K3F-9Q3D"),
        ):
            assert step.warn_at is None

    def test_kept(self) -> None:
        """
        Her button counts from the warning on, starts the year anew, and works twice in all.
        """
        one = registration()
        assert one is kept(one, one.expires_at - WARNED_BEFORE - timedelta(seconds=1))
        for count in range(1, MAX_KEPT + 1):
            at = one.expires_at - WARNED_BEFORE
            assert one.may_be_kept(at)
            one = kept(warned(one, at), at)
            assert (count, at, at + timedelta(days=365)) == (
                one.times_kept,
                one.kept_at,
                one.expires_at,
            )
            assert one is kept(one, at)
        last = one.expires_at - timedelta(days=1)

        assert not one.may_be_kept(last)
        assert one is kept(one, last)
        assert MAX_KEPT == what(one).count("kept")

    def test_too_late(self) -> None:
        """
        What has expired, and who left, can't be kept.
        """
        one = registration()

        assert one is kept(one, one.expires_at)
        gone = erased(one, DESK, NOW)
        assert gone is kept(gone, gone.expires_at - timedelta(days=1))


def test_confirmation_under_way() -> None:
    """
    A mail to her that was under way changes nothing: she is not mailed again.
    """
    one = registration()
    gone = erased(one, DESK, LATER)
    after = followed_up(outbox.sent(gone, mail_to(one, VOLUNTEER), "late", VOLUNTEER, LATER), LATER)

    assert [] == to_come(after)
    assert CONFIRMATION == after.mails[-1].kind
