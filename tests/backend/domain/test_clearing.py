"""What a person decides about a mail."""

from datetime import timedelta

import pytest

from chalicelib.domain import outbox
from chalicelib.domain.clearing import SenselessError, closed, sent_again
from chalicelib.domain.following import acted
from chalicelib.domain.handover import LINK, WRONG_ADDRESS, Act
from chalicelib.domain.outbox import BOUNCED, DELIVERED, NO_MAILBOX, Fact, heard
from chalicelib.domain.own import replied
from chalicelib.domain.registration import (
    QUARANTINE,
    QUESTION,
    VOLUNTEER,
    Registration,
    held,
)
from chalicelib.domain.reply import AFTER_FOUR_WEEKS, NO
from tests.backend import steps
from tests.backend.samples import AALST, NOW, mail_to, registration

LATER = NOW + timedelta(days=1)


def waiting() -> Registration:
    """A registration of which the forwarding waits for a person."""
    one = registration()
    return outbox.handed_over(one, mail_to(one), "came-back-from-all", NOW)


def told(one: Registration, receiver: str, fact: Fact) -> Registration:
    sent = steps.sent(one, receiver, "message-1", NOW)
    return heard(sent, steps.receipt(sent, receiver, fact, "message-1", NOW))


def test_again() -> None:
    """
    What waits is due at once, from the start; a second time changes nothing.
    """
    again = sent_again(waiting(), mail_to(waiting()), LATER)

    assert (LATER, None, 0) == (
        mail_to(again).next_at,
        mail_to(again).attention_at,
        mail_to(again).attempts,
    )
    assert again is sent_again(again, mail_to(again), LATER)


def test_pressed_again() -> None:
    """
    Who presses again when it went out already reads no error, and nothing goes out twice; an hour
    later it is told as it is.
    """
    again = sent_again(waiting(), mail_to(waiting()), LATER)
    gone = steps.sent(again, AALST, "message-2", LATER)
    fact = Fact(LATER, DELIVERED)
    there = heard(gone, steps.receipt(gone, AALST, fact, "message-2", LATER))
    for one in (gone, there):
        assert one is sent_again(one, mail_to(one), LATER + timedelta(minutes=59))
        with pytest.raises(SenselessError):
            sent_again(one, mail_to(one), LATER + timedelta(minutes=60))


def test_again_sooner() -> None:
    """
    A mail that is tried later is tried now.
    """
    one = steps.postponed(registration(), AALST, "TooManyRequestsException", NOW)

    assert mail_to(sent_again(one, mail_to(one), NOW)).next_at == NOW


def test_wrong_address() -> None:
    """
    What reached the wrong people goes again though it had arrived: the place waits again, and the
    old link is void.
    """
    one = told(registration(), AALST, Fact(NOW, DELIVERED))
    astray = acted(one, AALST, Act(NOW, WRONG_ADDRESS, LINK))
    again = sent_again(astray, mail_to(astray), LATER)
    (here,) = again.handovers

    assert ("attention", NOW) == astray.work
    assert (LATER, True, None) == (
        mail_to(again).next_at,
        mail_to(again).must_be_sent,
        again.work,
    )
    assert ("", True, LATER) == (here.state, here.waits, here.links_since)
    sent = outbox.sent(again, mail_to(again), "message-2", "41002-1", LATER)
    assert (None, False) == (mail_to(sent).next_at, mail_to(sent).must_be_sent)
    assert sent is sent_again(sent, mail_to(sent), LATER)


def test_wrong_address_while_ses_fails() -> None:
    """
    Sent to the right people it waits its turn as any other, and for a person in the end.
    """
    one = told(registration(), AALST, Fact(NOW, DELIVERED))
    astray = acted(one, AALST, Act(NOW, WRONG_ADDRESS, LINK))
    again = sent_again(astray, mail_to(astray), LATER)
    later = steps.postponed(again, AALST, "TooManyRequestsException", LATER)
    last = steps.postponed(later, AALST, "TooManyRequestsException", LATER + outbox.MAX_FAILING)

    assert mail_to(later).next_at
    assert LATER + outbox.MAX_FAILING == mail_to(last).attention_at


def test_closed() -> None:
    """
    What was dealt with otherwise is dropped, with how; a second time changes nothing.
    """
    done = closed(waiting(), mail_to(waiting()), "phoned", LATER)

    assert ("dropped", "phoned") == (mail_to(done).status, mail_to(done).reason)
    assert ("dropped", "phoned") == (done.events[-1].what, done.events[-1].why)
    assert done is closed(done, mail_to(done), "phoned", LATER)


def test_senseless_again() -> None:
    """
    Delivered, closed, under way, held, or come back from her only address: the answer says so.
    """
    delivered = told(registration(), AALST, Fact(NOW, DELIVERED))
    done = closed(waiting(), mail_to(waiting()), "other", NOW)
    sent = steps.sent(registration(), AALST, "message-1", NOW)
    in_quarantine = held(registration(), QUARANTINE, "honeypot", NOW)
    back = told(registration(), VOLUNTEER, Fact(NOW, BOUNCED, NO_MAILBOX))

    for one, receiver, why in (
        (delivered, AALST, "delivered"),
        (done, AALST, "closed"),
        (sent, AALST, "under way"),
        (in_quarantine, AALST, "held"),
        (back, VOLUNTEER, "no other address"),
    ):
        with pytest.raises(SenselessError, match=why):
            sent_again(one, mail_to(one, receiver), LATER)


def test_senseless_close() -> None:
    """
    What arrived or is under way needs no closing; how it was dealt with is one of a few codes.
    """
    delivered = told(registration(), AALST, Fact(NOW, DELIVERED))
    sent = steps.sent(registration(), AALST, "message-1", NOW)
    in_quarantine = held(registration(), QUARANTINE, "honeypot", NOW)

    for one, how, why in (
        (delivered, "phoned", "delivered"),
        (sent, "phoned", "under way"),
        (in_quarantine, "phoned", "held"),
        (waiting(), "phoned Griet", "Say how"),
    ):
        with pytest.raises(SenselessError, match=why):
            closed(one, mail_to(one), how, LATER)


def test_closed_silence() -> None:
    """
    Her answer that nobody contacted her is closed as the mail that asked, also one that arrived:
    then nothing waits for a person, and the mail stays what it was.
    """
    asked = outbox.queued(registration(), QUESTION, VOLUNTEER, NOW, about=AFTER_FOUR_WEEKS)
    mail = asked.mail(QUESTION, VOLUNTEER, AFTER_FOUR_WEEKS)
    assert mail
    arrived = outbox.sent(asked, mail, "message", VOLUNTEER, NOW)
    silent = replied(arrived, AFTER_FOUR_WEEKS, NO, NOW)
    assert ("attention", NOW) == silent.work
    after = closed(silent, mail, "phoned", LATER)

    assert None is after.work
    assert arrived.mails == after.mails
    assert after is closed(after, arrived.mails[-1], "phoned", LATER)
