"""What a person decides about a mail."""

from datetime import timedelta

import pytest

from chalicelib.domain import outbox
from chalicelib.domain.clearing import SenselessError, closed, sent_again
from chalicelib.domain.outbox import BOUNCED, DELIVERED, NO_MAILBOX, Fact, heard
from chalicelib.domain.registration import QUARANTINE, VOLUNTEER, Registration, held
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


def test_again_sooner() -> None:
    """
    A mail that is tried later is tried now.
    """
    one = steps.postponed(registration(), AALST, "TooManyRequestsException", NOW)

    assert mail_to(sent_again(one, mail_to(one), NOW)).next_at == NOW


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
