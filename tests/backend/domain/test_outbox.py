"""What a mail goes through: the steps, and what SES tells, in any order."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.outbox import (
    BOUNCED,
    BOUNCES,
    COMPLAINED,
    DELAYED,
    DELIVERED,
    FIRST_RETRY,
    GRACE,
    LAST_RETRY,
    LEASE,
    MAX_FACTS,
    MAX_FAILING,
    MAX_LASTING,
    NO_MAILBOX,
    NO_RECEIPT,
    TEMPORARY,
    UNHEARD,
    Event,
    Fact,
    Mail,
    Receipt,
    Sending,
    claim,
    given_up,
    handed_over,
    heard,
    queued,
    release,
    requeued,
)
from chalicelib.domain.registration import FORWARDING, VOLUNTEER, Registration
from tests.backend.samples import AALST, GENT, NOW, mail_to, registration
from tests.backend.steps import dropped, postponed, receipt, sent

LATER = NOW + timedelta(minutes=5)
SENT = Event(LATER, "sent", AALST, mail=FORWARDING)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def told(one: Registration, *facts: Fact, message_id: str = "m") -> Registration:
    """What SES told about the copy that was taken at `NOW`."""
    for fact in facts:
        one = heard(one, receipt(one, AALST, fact, message_id, NOW))
    return one


def taken() -> Registration:
    return sent(registration(), AALST, "m", NOW)


def test_claim() -> None:
    """
    A claim lasts a while, and postpones the sweep until it has run out.
    """
    claimed = claim(registration(), NOW)

    assert NOW + LEASE == claimed.lease_until == claimed.due_at
    assert NOW == release(claimed).due_at


def test_due_at_once() -> None:
    """
    A forwarder is woken for what is due when it is written: not while one is at it, not for what it
    did, not for what is due later; and for what comes back.
    """
    new = registration()
    claimed = claim(new, NOW)
    done = release(sent(sent(claimed, AALST, "m", NOW), VOLUNTEER, "n", NOW))
    asked = queued(done, "delay", VOLUNTEER, LATER)

    assert new.is_due_at_once
    assert not claimed.is_due_at_once
    assert not done.is_due_at_once
    assert asked.is_due_at_once
    assert not claim(asked, LATER).is_due_at_once
    assert not queued(done, "delay", VOLUNTEER, NOW, at=LATER).is_due_at_once
    assert told(done, Fact(LATER, BOUNCED, NO_MAILBOX)).is_due_at_once
    assert not told(done, Fact(LATER, BOUNCED, TEMPORARY)).is_due_at_once
    assert not told(done, Fact(LATER, DELIVERED)).is_due_at_once


def test_sent() -> None:
    """
    A mail that was taken has its copy and moment; SES should tell of it within a day.
    """
    done = sent(registration(), AALST, "message-1", LATER)
    mail = mail_to(done)

    assert ("sent", LATER, LATER + UNHEARD, 1) == (
        mail.status,
        mail.sent_at,
        mail.next_at,
        mail.attempts,
    )
    assert (Sending("message-1", "41002-1", LATER),) == mail.sendings
    assert SENT == done.events[-1]
    assert [VOLUNTEER] == [mail.receiver for mail in done.due_mails(LATER)]


def test_sent_twice() -> None:
    """
    A copy does not move the moment at which the mail was first sent; both are kept.
    """
    mail = mail_to(sent(sent(registration(), AALST, "1", NOW), AALST, "2", LATER))

    assert NOW == mail.sent_at
    assert ["1", "2"] == [sending.message_id for sending in mail.sendings]


def test_all_delivered() -> None:
    """
    Once all is delivered there is nothing due, whether or not the lease was given back.
    """
    done = registration()
    for mail in done.mails:
        done = sent(done, mail.receiver, mail.kind, NOW)
        fact = Fact(LATER, DELIVERED)
        done = heard(done, receipt(done, mail.receiver, fact, mail.kind, NOW))

    assert ["delivered", "delivered"] == [mail.status for mail in done.mails]
    assert [LATER, LATER] == [mail.delivered_at for mail in done.mails]
    assert [None, None] == [mail.next_at for mail in done.mails]
    assert [] == list(claim(done, NOW).due_mails(LATER + timedelta(days=365)))


def test_postponed() -> None:
    """
    A mail that failed stays queued with its reason, its count and its next moment.
    """
    later = postponed(registration(), AALST, "TooManyRequestsException", NOW)
    mail = mail_to(later)

    assert ("queued", 1, "TooManyRequestsException") == (mail.status, mail.attempts, mail.reason)
    assert mail.next_at
    assert NOW < mail.next_at
    failed = Event(NOW, "postponed", AALST, "TooManyRequestsException", FORWARDING)
    assert failed == later.events[-1]
    assert [VOLUNTEER] == [mail.receiver for mail in later.due_mails(NOW)]
    healed = mail_to(sent(later, AALST, "message", LATER))
    assert ("", None) == (healed.reason, healed.failing_since)


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [
        (1, FIRST_RETRY),
        (2, 2 * FIRST_RETRY),
        (3, 4 * FIRST_RETRY),
        (6, 32 * FIRST_RETRY),
        (7, LAST_RETRY),
        (100, LAST_RETRY),
        (100_000, LAST_RETRY),
    ],
)
def test_pause(attempts: int, pause: timedelta) -> None:
    """
    The pauses double up to an hour, and spread by a quarter.
    """
    before = registration()
    tried = replace(
        before, mails=tuple(replace(one, attempts=attempts - 1) for one in before.mails)
    )
    moments = [mail_to(postponed(tried, AALST, "x", NOW)).next_at for _ in range(50)]
    waits = [moment - NOW for moment in moments if moment]

    assert 50 == len(waits)
    assert pause <= min(waits)
    assert 1.25 * pause >= max(waits)
    assert len(set(waits)) > 1


def test_too_long() -> None:
    """
    After three days of failing the mail waits for a person, with the reason.
    """
    one = postponed(registration(), AALST, "Throttling", NOW)
    nearly = postponed(one, AALST, "Throttling", NOW + MAX_FAILING - timedelta(seconds=1))
    over = postponed(nearly, AALST, "Throttling", NOW + MAX_FAILING)

    assert "queued" == mail_to(nearly).status
    assert ("attention", "Throttling", None) == (
        mail_to(over).status,
        mail_to(over).reason,
        mail_to(over).next_at,
    )
    assert ("attention", NOW + MAX_FAILING) == over.work
    assert "handed-over" == over.events[-1].what


@pytest.mark.parametrize("reason", ["MessageRejected", "BadRequestException"])
def test_refused_for_what_it_is(reason: str) -> None:
    """
    What SES refuses for what it is, is tried a few times only.
    """
    one = registration()
    for _ in range(MAX_LASTING - 1):
        one = postponed(one, AALST, reason, NOW)
    assert "queued" == mail_to(one).status

    assert "attention" == mail_to(postponed(one, AALST, reason, NOW)).status


def test_late_failure() -> None:
    """
    A failure that is written down after somebody else sent the mail does not queue it again.
    """
    done = postponed(sent(registration(), AALST, "message", NOW), AALST, "Timeout", LATER)

    assert NOW + UNHEARD == mail_to(done).next_at
    assert "sent" == mail_to(done).status


def test_dropped() -> None:
    """
    A mail that is not needed is no longer due, with the reason.
    """
    without = dropped(registration(), VOLUNTEER, "enough-confirmations", NOW)
    mail = mail_to(without, VOLUNTEER)

    assert ("dropped", "enough-confirmations") == (mail.status, mail.reason)
    event = Event(NOW, "dropped", VOLUNTEER, "enough-confirmations", "confirmation")
    assert event == without.events[-1]
    assert [AALST] == [mail.receiver for mail in without.due_mails(NOW)]


def test_change_nothing_else() -> None:
    """
    A step leaves the person, the other mails and the events before it as they were.
    """
    before = registration(municipality=[AALST, GENT])
    after = sent(before, GENT, "message", LATER)

    assert before.answers == after.answers
    assert before.events == after.events[:-1]
    assert mail_to(before) == mail_to(after)
    assert mail_to(before, VOLUNTEER) == mail_to(after, VOLUNTEER)
    assert before.version == after.version


def test_queued() -> None:
    """
    One mail more is due at once; the same one again changes nothing.
    """
    more = queued(registration(), "delay", VOLUNTEER, LATER)

    assert Mail("delay", VOLUNTEER, LATER, LATER) == more.mails[-1]
    assert more is queued(more, "delay", VOLUNTEER, at(9))


def test_unknown_mail() -> None:
    """
    A step of a mail that is not there is an error.
    """
    with pytest.raises(LookupError):
        handed_over(registration(), Mail("delay", VOLUNTEER, NOW, NOW), "x", NOW)


def test_handed_over() -> None:
    """
    What waits for a person does so since it was first handed over.
    """
    one = registration()
    waiting = handed_over(one, mail_to(one), "why", NOW)

    assert ("attention", NOW) == waiting.work
    assert waiting is handed_over(waiting, mail_to(waiting), "other", LATER)
    assert None is mail_to(waiting).next_at


def test_requeued() -> None:
    """
    A person can have it tried again, from the start.
    """
    one = registration()
    again = requeued(handed_over(one, mail_to(one), "why", NOW), mail_to(one), LATER)

    assert ("queued", LATER, 0, "") == (
        mail_to(again).status,
        mail_to(again).next_at,
        mail_to(again).attempts,
        mail_to(again).reason,
    )
    assert again.work is None


def test_bounced() -> None:
    """
    What came back for good must go elsewhere at once.
    """
    back = told(taken(), Fact(at(1), BOUNCED, NO_MAILBOX))

    assert ("queued", at(1)) == (mail_to(back).status, mail_to(back).next_at)
    assert (NO_MAILBOX, BOUNCED) == (
        mail_to(back).sendings[0].bounce,
        mail_to(back).sendings[0].outcome,
    )
    assert Event(at(1), "bounced", AALST, NO_MAILBOX, FORWARDING) == back.events[-1]
    over = given_up(back, mail_to(back))
    assert ("bounced", None, NO_MAILBOX) == (
        mail_to(over).status,
        mail_to(over).next_at,
        mail_to(over).reason,
    )


def test_perhaps_bounced() -> None:
    """
    What came back for now waits: a delivery may still be told.
    """
    back = told(taken(), Fact(at(1), BOUNCED, TEMPORARY))

    assert at(1) + GRACE == mail_to(back).next_at


def test_automatic_reply() -> None:
    """
    An out-of-office after a delivery is no bounce, whichever is told first.
    """
    facts = Fact(at(1), DELIVERED), Fact(at(2), BOUNCED, TEMPORARY)
    for order in permutations(facts):
        mail = mail_to(told(taken(), *order))

        assert ("delivered", None, "") == (mail.status, mail.next_at, mail.sendings[0].bounce)


@pytest.mark.parametrize("why", ["no-mailbox", "suppressed", "rejected", "mailbox-full"])
def test_bounced_after_delivery(why: str) -> None:
    """
    A server may take a mail and return it later: then it did not arrive.
    """
    for order in permutations((Fact(at(1), DELIVERED), Fact(at(2), BOUNCED, why))):
        mail = mail_to(told(taken(), *order))

        assert (why, None) == (mail.sendings[0].bounce, mail.delivered_at)
        assert "queued" == mail.status


def test_delayed() -> None:
    """
    A delay is a state of its own; it changes nothing else, and is not counted.
    """
    late = told(taken(), Fact(at(1), DELAYED), Fact(at(2), DELAYED))

    assert ("delayed", NOW + UNHEARD) == (mail_to(late).status, mail_to(late).next_at)
    assert taken().events == late.events
    assert "delivered" == mail_to(told(late, Fact(at(3), DELIVERED))).status


def test_complained() -> None:
    """
    A complaint is told beside the delivery, and nothing more is due.
    """
    mail = mail_to(told(taken(), Fact(at(2), COMPLAINED), Fact(at(1), DELIVERED)))

    assert ("complained", None) == (mail.status, mail.next_at)


def test_told_before_written_down() -> None:
    """
    A forwarder that died after SES took the mail is told of it: no second copy goes out.
    """
    one = told(registration(), Fact(at(1), DELIVERED))

    assert ("delivered", None) == (mail_to(one).status, mail_to(one).next_at)
    assert ["sent", "delivered"] == [event.what for event in one.events[-2:]]
    assert one.events == sent(one, AALST, "m", at(1)).events
    assert mail_to(one).sendings == mail_to(sent(one, AALST, "m", at(1))).sendings


def test_late_receipt() -> None:
    """
    What was given to a person because nothing was heard, is taken back by a receipt.
    """
    one = handed_over(taken(), mail_to(taken()), NO_RECEIPT, at(99))
    arrived, back = told(one, Fact(at(1), DELIVERED)), told(one, Fact(at(1), BOUNCED, NO_MAILBOX))

    assert ("attention", at(99)) == one.work
    assert (None, "delivered") == (arrived.work, mail_to(arrived).status)
    assert (None, at(1)) == (back.work, mail_to(back).next_at)
    assert ("attention", at(99)) == told(one, Fact(at(1), DELAYED)).work


def test_of_another() -> None:
    """
    A receipt of a mail that is not there changes nothing.
    """
    one = registration()
    stray = Receipt(one.id, "delay", VOLUNTEER, VOLUNTEER, "m", NOW, Fact(NOW, DELIVERED))

    assert one is heard(one, stray)


def test_many_facts() -> None:
    """
    Only so much is kept of what SES tells about one copy, the same in every order.
    """
    facts = [Fact(at(minute), DELAYED) for minute in range(2 * MAX_FACTS)]
    forth, back = told(taken(), *facts), told(taken(), *reversed(facts))

    assert MAX_FACTS == len(mail_to(forth).sendings[0].facts)
    assert mail_to(forth) == mail_to(back)


FACTS = st.one_of(
    st.builds(
        Fact,
        st.integers(0, 60).map(at),
        st.sampled_from([DELIVERED, DELAYED, COMPLAINED]),
    ),
    st.builds(Fact, st.integers(0, 60).map(at), st.just(BOUNCED), st.sampled_from(BOUNCES)),
)
RECEIPTS = st.lists(st.tuples(st.sampled_from(["m", "n"]), FACTS), max_size=6)


@given(st.data())
def test_any_order(data: st.DataObject) -> None:
    """
    Whatever SES tells, twice or in another order: the mails are the same, and so is what counts.
    """
    receipts = data.draw(RECEIPTS)
    other = data.draw(st.permutations(receipts * 2))

    def after(those: list[tuple[str, Fact]]) -> Registration:
        one = sent(registration(), AALST, "m", NOW)
        for message_id, fact in those:
            one = told(one, fact, message_id=message_id)
        return one

    first, second = after(receipts), after(other)

    assert first.mails == second.mails
    assert Counter(first.events) == Counter(second.events)
    assert (first.due_at, first.work) == (second.due_at, second.work)
