"""Mails without a next step: found, whatever way they got there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.outbox import BOUNCED, DELIVERED, NO_MAILBOX, Fact, Sending, given_up
from chalicelib.domain.registration import QUARANTINE, VOLUNTEER, Registration, held
from chalicelib.domain.stuck import stuck_mails, unstuck
from tests.backend.samples import AALST, NOW, mail_to, registration

SENDING = Sending("message-1", "41002-1", NOW)
CAME_BACK = replace(SENDING, facts=(Fact(NOW, BOUNCED, NO_MAILBOX),))
ARRIVED = replace(SENDING, facts=(Fact(NOW, DELIVERED),))


def with_mail(receiver: str, **changes: object) -> Registration:
    one = registration()
    mail = mail_to(one, receiver)
    changed = replace(mail, **{"next_at": None, **changes})  # type: ignore[arg-type]
    return replace(one, mails=tuple(changed if each is mail else each for each in one.mails))


def stuck(one: Registration) -> list[str]:
    return [mail.receiver for mail in stuck_mails(one)]


def test_new() -> None:
    """
    A new registration has a next step for each mail, and stays the same object.
    """
    new = registration()

    assert [] == stuck(new)
    assert new is unstuck(new, NOW)


@pytest.mark.parametrize("sendings", [(), (SENDING,), (CAME_BACK,)], ids=["queued", "sent", "back"])
def test_forwarding(sendings: tuple[Sending, ...]) -> None:
    """
    A forwarding that was not sent, of which nothing is known or that came back is not finished.
    """
    one = with_mail(AALST, sendings=sendings)
    freed = unstuck(one, NOW)

    assert [AALST] == stuck(one)
    assert NOW == mail_to(freed).next_at
    assert "requeued" == freed.events[-1].what
    assert [] == stuck(freed)


def test_finished() -> None:
    """
    Delivered, dropped, waiting for a person, or given up for her: finished.
    """
    given = given_up(
        with_mail(VOLUNTEER, sendings=(CAME_BACK,)),
        mail_to(with_mail(VOLUNTEER, sendings=(CAME_BACK,)), VOLUNTEER),
    )

    assert [] == stuck(with_mail(AALST, sendings=(ARRIVED,)))
    assert [] == stuck(with_mail(AALST, dropped_at=NOW))
    assert [] == stuck(with_mail(AALST, attention_at=NOW))
    assert [] == stuck(given)


def test_held() -> None:
    """
    What is held waits for somebody else: its mails are not stuck.
    """
    one = held(with_mail(AALST), QUARANTINE, "honeypot", NOW + timedelta(minutes=1))

    assert [] == stuck(one)
