"""A suggestion, step by step: judged, decided, told of, forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain import suggestion as steps
from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    NO_MAILBOX,
    Fact,
    Mail,
    Receipt,
    given_up,
    heard,
    sent,
)
from chalicelib.domain.recent import Verdict
from chalicelib.domain.registration import QUARANTINE, STEP_UP
from chalicelib.domain.suggestion import (
    ACCEPTANCE,
    ASKING,
    CONFIRM_FIRST,
    NOTHING,
    RECEIVED,
    REJECTION,
    SENDER,
    SUGGESTIONS,
    Suggestion,
)
from chalicelib.domain.suspicion import HONEYPOT, NOT_CONFIRMED, TOO_FAST
from tests.backend.samples import NOW, suggestion

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def judged(why: str = "", repeat_of: str = "", *, confirm: bool = True) -> Suggestion:
    return steps.judged(suggestion(), Verdict(repeat_of, confirm, why), NOW)


def accepted(belongs_to: str = "") -> Suggestion:
    return steps.accepted(judged(), belongs_to, "agency", NOW)


def mail(one: Suggestion, kind: str, about: str = "") -> Mail:
    found = one.mail(kind, SENDER, about)
    assert found
    return found


def pending(one: Suggestion) -> list[str]:
    """The mails that are to go out, in a while or now."""
    return [mail.kind for mail in one.active_mails if mail.must_be_sent]


def test_new() -> None:
    """
    A new one has a mail due at once, and is nobody's work before it is judged.
    """
    one = suggestion()

    assert ([RECEIVED], NOW, None) == (pending(one), one.due_at, one.work)


def test_ordinary() -> None:
    """
    What nothing is wrong with waits for an officer, and its sender is told that we have it.
    """
    one = judged()

    assert ((SUGGESTIONS, NOW), [RECEIVED], "") == (one.work, pending(one), one.network)


def test_repeat() -> None:
    """
    The same, sent twice, is mailed and listed once.
    """
    one = judged(repeat_of="MP-7K3F-9Q4D")

    assert (None, [], NOW + 30 * DAY) == (one.work, pending(one), one.expires_at)


def test_enough_mails() -> None:
    """
    An address that had its mails of today gets no other, and is still listed.
    """
    one = judged(confirm=False)

    assert ((SUGGESTIONS, NOW), []) == (one.work, pending(one))


def test_step_up() -> None:
    """
    What is somewhat odd waits for the button; the mail that asks for it is the only one.
    """
    one = judged(TOO_FAST)

    assert (STEP_UP, None, [CONFIRM_FIRST]) == (one.hold, one.work, pending(one))
    free = steps.confirmed(one, "confirmed", NOW + HOUR)
    assert ((SUGGESTIONS, NOW), [RECEIVED]) == (free.work, pending(free))
    assert free is steps.confirmed(free, "confirmed", NOW + HOUR)


def test_not_confirmed() -> None:
    """
    Nobody pressed the button in a week: an officer looks, and the address gets no other mail.
    """
    one = judged(TOO_FAST)
    late = NOW + 7 * DAY
    after = steps.moved_on(one, late)

    assert one is steps.moved_on(one, late - HOUR)
    assert one.due_at is not None
    assert one.due_at <= late
    assert (QUARANTINE, (SUGGESTIONS, late)) == (after.hold, after.work)
    assert NOT_CONFIRMED == after.events[-1].why


def test_step_up_came_back() -> None:
    """
    The question whether it was you came back: an officer looks.
    """
    one = judged(TOO_FAST)
    asked = sent(one, mail(one, CONFIRM_FIRST), "m-1", SENDER, NOW)
    fact = Fact(NOW, BOUNCED, NO_MAILBOX)
    back = heard(asked, Receipt(one.id, CONFIRM_FIRST, SENDER, SENDER, "m-1", NOW, fact))

    gone = given_up(back, mail(back, CONFIRM_FIRST))

    assert QUARANTINE == steps.followed_up(gone, NOW).hold


def test_quarantine() -> None:
    """
    What is very odd is listed, and nobody is mailed before an officer looked.
    """
    one = judged(HONEYPOT)

    assert ((SUGGESTIONS, NOW), []) == (one.work, pending(one))
    done = steps.accepted(one, "", "agency", NOW)
    assert ("", [ACCEPTANCE]) == (done.hold, pending(done))


def test_complaint() -> None:
    """
    Who calls a mail of ours unwanted gets no more.
    """
    one = judged()
    told = sent(one, mail(one, RECEIVED), "m-1", SENDER, NOW)
    fact = Fact(NOW, COMPLAINED)
    complained = heard(told, Receipt(one.id, RECEIVED, SENDER, SENDER, "m-1", NOW, fact))
    after = steps.followed_up(complained, NOW)

    assert after is steps.asked(after, "source", "agency", NOW)
    assert [] == pending(steps.refused(after, "unclear", "agency", NOW))


def test_accepted() -> None:
    """
    Accepted: no work any more, and the sender is told after the hour in which it can be undone.
    """
    one = accepted("compagnons")

    assert ("accepted", "compagnons", None) == (one.decision, one.belongs_to, one.work)
    assert [ACCEPTANCE] == pending(one)
    assert NOW + HOUR == mail(one, ACCEPTANCE).next_at
    assert one is steps.accepted(one, "", "agency", NOW)
    assert one is steps.refused(one, "unclear", "agency", NOW)


@pytest.mark.parametrize(("why", "mails"), [("unclear", [REJECTION]), ("not-real", [])])
def test_refused(why: str, mails: list[str]) -> None:
    """
    Refused: the sender is told why, unless it was not real; all of it goes in a month.
    """
    one = steps.refused(judged(), why, "agency", NOW)

    assert ("refused", why, None, mails) == (one.decision, one.why, one.work, pending(one))
    assert NOW + 30 * DAY == one.expires_at


def test_refused_for_nothing() -> None:
    """
    A reason that is none is a fault of ours.
    """
    with pytest.raises(KeyError):
        steps.refused(judged(), "x", "agency", NOW)


def test_undone() -> None:
    """
    Within the hour a decision is taken back, and no mail went out; another one can follow, with its
    own mail.
    """
    one = steps.refused(judged(), "unclear", "agency", NOW)
    back = steps.undone(one, "agency", NOW + HOUR - timedelta(seconds=1))

    assert one is steps.undone(one, "agency", NOW + HOUR)
    assert ("", "", (SUGGESTIONS, NOW), []) == (back.decision, back.why, back.work, pending(back))
    assert 2 == back.decisions
    again = steps.refused(back, "unclear", "agency", NOW + HOUR)
    assert [REJECTION] == pending(again)


def test_asked() -> None:
    """
    Each question is asked once, and it stays work.
    """
    one = steps.asked(judged(), "source", "agency", NOW)

    assert (("source",), (SUGGESTIONS, NOW), [ASKING]) == (one.asked, one.work, pending(one))
    assert one is steps.asked(one, "source", "agency", NOW)
    assert ("source", "years") == steps.asked(one, "years", "agency", NOW).asked


def test_sender_forgotten() -> None:
    """
    A month after it is accepted nobody knows who sent it; what she told of the project stays.
    """
    one = accepted()
    sent_ = sent(one, mail(one, ACCEPTANCE), "m-1", SENDER, NOW)
    due = replace(sent_, mails=tuple(replace(mail, next_at=None) for mail in sent_.mails))
    after = steps.moved_on(due, NOW + 30 * DAY)

    assert NOW + 30 * DAY == due.due_at
    assert due is steps.moved_on(due, NOW + 30 * DAY - HOUR)
    assert ("", "", "") == (after.answers.name, after.answers.email, after.answers.remark)
    assert ("", "") == (after.fingerprint, after.submission_id)
    assert "vzw Samen" == after.answers.organiser
    assert (None, NOW + 365 * DAY) == (after.due_at, after.expires_at)


def test_erased() -> None:
    """
    Who wants to be forgotten is, and with her all that she sent: no word of it is left.
    """
    one = steps.erased(judged(), "volunteer", NOW)

    assert (NOTHING, None, []) == (one.answers, one.work, pending(one))
    assert NOW + 30 * DAY == one.expires_at
    assert one is steps.erased(one, "volunteer", NOW)
    assert one is steps.accepted(one, "", "agency", NOW)


def test_erased_when_accepted() -> None:
    """
    What comes into the inventory stays, without her; nobody is mailed any more.
    """
    one = steps.erased(accepted(), "volunteer", NOW)

    assert ("", "vzw Samen") == (one.answers.email, one.answers.organiser)
    assert ([], "accepted") == (pending(one), one.decision)
    assert one is steps.erased(one, "volunteer", NOW)


@pytest.mark.parametrize(("why", "days"), [("", 365), (HONEYPOT, 90)])
def test_undecided(why: str, days: int) -> None:
    """
    What nobody decides is not kept for ever, and less long where it looked odd.
    """
    assert NOW + days * DAY == judged(why).expires_at
