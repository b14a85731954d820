"""The life of a registration, step by step."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    GRACE,
    Event,
    Fact,
    Sending,
    given_up,
    handed_over,
    heard,
)
from chalicelib.domain.registration import (
    AGENCY,
    CONFIRM_FIRST_FOR,
    CONFIRMATION,
    DELAY,
    FORWARDING,
    PHONE_INSTEAD,
    QUARANTINE,
    STEP_UP,
    VOLUNTEER,
    Circumstances,
    Registration,
    admitted,
    fingerprint,
    followed_up,
    held,
    register,
    unheld,
)
from tests.backend.samples import AALST, GENT, NOW, answers, mail_to, registration
from tests.backend.steps import postponed, receipt, sent

LATER = NOW + timedelta(minutes=5)


def test_register() -> None:
    """
    A new registration has a mail due now for each municipality, then one for the volunteer.
    """
    new = registration(municipality=[AALST, GENT], source="infoavond")

    assert [AALST, GENT, VOLUNTEER] == [mail.receiver for mail in new.mails]
    assert {"queued"} == {mail.status for mail in new.mails}
    assert [NOW] * 3 == [mail.next_at for mail in new.mails]
    assert new.mails == tuple(new.due_mails(NOW))
    assert (AALST, GENT) == tuple(mail.receiver for mail in new.forwardings)
    assert NOW == new.due_at
    assert 1 == new.version
    assert (
        Event(NOW, "registered", why="infoavond"),
        Event(NOW, "queued", AALST, mail=FORWARDING),
        Event(NOW, "queued", GENT, "elsewhere", FORWARDING),
    ) == new.events


def test_elsewhere() -> None:
    """
    Elsewhere is a municipality that the own postcode does not belong to; a shared one has two.
    """
    here = registration(postcode="1040", municipality="21005")

    assert not here.is_elsewhere("21004")
    assert here.is_elsewhere(AALST)
    assert registration(postcode="9999", municipality=AALST).is_elsewhere(AALST)


def test_fingerprint() -> None:
    """
    Equal answers have an equal fingerprint, and any other answer another one.
    """
    prints = {
        fingerprint(answers(**changes))
        for changes in (
            {},
            {"name": "Jan"},
            {"email": "jan@example.be"},
            {"phone": None},
            {"postcode": "9308"},
            {"municipality": [AALST, GENT]},
            {"municipality": [GENT, AALST]},
            {"about": None},
            {"source": "x"},
        )
    }

    assert fingerprint(answers()) == fingerprint(answers(name=" Anaïs  D’Hondt"))
    assert 9 == len(prints)


def test_admitted() -> None:
    """
    A new one is only marked as judged, and the digest of her network is gone.
    """
    new = replace(registration(), network="digest")

    assert replace(new, admitted_at=LATER, network="") == admitted(
        new, repeat_of="", confirm=True, now=LATER
    )


def test_repeat() -> None:
    """
    A repeat keeps its answers, names the first one, and mails nobody.
    """
    again = admitted(registration(), repeat_of="MB-7K3F-9Q3D", confirm=False, now=NOW)

    assert {"dropped"} == {mail.status for mail in again.mails}
    assert again.due_at is None
    assert "MB-7K3F-9Q3D" == again.repeat_of
    assert ["repeated", "dropped", "dropped"] == [event.what for event in again.events[-3:]]


def test_without_confirmation() -> None:
    """
    Who had enough confirmations gets none; the municipality still gets its mail.
    """
    judged = admitted(registration(), repeat_of="", confirm=False, now=NOW)

    assert [AALST] == [mail.receiver for mail in judged.due_mails(NOW)]
    assert "enough-confirmations" == mail_to(judged, VOLUNTEER).reason


def test_steps_leave_no_trace_of_the_person() -> None:
    """
    No event holds anything of the answers but the campaign and what follows from the postcode.
    """
    one = registration(
        name="Canary Naam",
        email="canary@example.be",
        phone="+32470999999",
        postcode="9308",
        municipality=[AALST, GENT],
        about="Canary tekst",
        source="infoavond",
    )
    one = admitted(one, repeat_of="", confirm=False, now=NOW)
    one = sent(postponed(one, AALST, "Throttling", NOW), AALST, "message", LATER)
    told = repr(one.events).casefold()

    assert [] == [
        word for word in ("canary", "470", "9308", one.submission_id, "message") if word in told
    ]
    assert {"at", "what", "receiver", "why", "mail", "door", "noted_at"} == {
        field.name for field in fields(Event)
    }


def test_circumstances() -> None:
    """
    How it came is kept beside the answers.
    """
    one = register(answers(), "MB-7K3F-9Q4D", "id", NOW, Circumstances(("honeypot",), "d", True))

    assert (("honeypot",), "d", True) == (one.signals, one.network, one.synthetic)


def test_step_up() -> None:
    """
    While she must confirm first, only the mail that asks her goes out; then the rest does.
    """
    waiting = held(registration(), STEP_UP, "crowded-network", NOW)
    free = unheld(waiting, "confirmed", LATER)

    assert [STEP_UP] == [mail.kind for mail in waiting.due_mails(LATER)]
    assert Event(NOW, "held", why="crowded-network", mail=STEP_UP) in waiting.events
    assert [FORWARDING, CONFIRMATION] == [mail.kind for mail in free.due_mails(LATER)]
    assert ("", None) == (free.hold, free.held_at)
    assert free is unheld(free, "confirmed", LATER)


def test_time_to_confirm() -> None:
    """
    When she does not confirm, the sweep must look again after her time.
    """
    waiting = held(registration(), STEP_UP, "x", NOW)
    asked = replace(waiting, mails=tuple(replace(one, next_at=None) for one in waiting.mails))

    assert NOW == waiting.due_at
    assert NOW + CONFIRM_FIRST_FOR == asked.due_at
    assert asked.work is None


def test_quarantine() -> None:
    """
    In quarantine nothing goes out and nothing is due: it is work for the desk.
    """
    waiting = held(registration(), QUARANTINE, "honeypot", NOW)

    assert ((), None) == (tuple(waiting.due_mails(LATER)), waiting.due_at)
    assert (QUARANTINE, NOW) == waiting.work
    assert NOW == unheld(waiting, "desk", LATER).due_at
    assert unheld(waiting, "desk", LATER).work is None


def came_back(one: Registration, receiver: str, why: str = "no-mailbox") -> Registration:
    """Sent, and come back."""
    one = sent(one, receiver, f"message-{receiver}", NOW)
    fact = Fact(NOW, BOUNCED, why)
    return heard(one, receipt(one, receiver, fact, f"message-{receiver}", NOW))


def test_her_address_bounces() -> None:
    """
    Each of her municipalities is asked to phone, once.
    """
    one = came_back(registration(municipality=[AALST, GENT]), VOLUNTEER)
    one = given_up(one, mail_to(one, VOLUNTEER))
    followed = followed_up(one, LATER)
    asked = [mail for mail in followed.mails if mail.kind == PHONE_INSTEAD]

    assert [AALST, GENT] == [mail.receiver for mail in asked]
    assert [LATER, LATER] == [mail.next_at for mail in asked]
    assert followed == followed_up(followed, LATER)
    assert followed.work is None


def test_nobody_can_reach_her() -> None:
    """
    Without a phone number a person must look, once.
    """
    one = came_back(registration(phone=None), VOLUNTEER)
    followed = followed_up(given_up(one, mail_to(one, VOLUNTEER)), LATER)

    assert ("attention", "unreachable") == (
        mail_to(followed, VOLUNTEER).status,
        mail_to(followed, VOLUNTEER).reason,
    )
    assert ("attention", LATER) == followed.work
    assert followed == followed_up(followed, LATER + GRACE)


def test_came_back_for_now() -> None:
    """
    A soft bounce has no consequence before its time: it may be an automatic reply.
    """
    one = came_back(registration(), VOLUNTEER, "temporary")

    assert one == followed_up(one, LATER)


def at_the_agency(one: Registration) -> Registration:
    """The municipality's address failed, and the agency has the mail instead."""
    one = came_back(one, AALST)
    mail = mail_to(one)
    again = replace(mail.sendings[0], message_id="2", route=AGENCY, facts=())
    mail = replace(mail, sendings=(*mail.sendings, again), next_at=None)
    return replace(one, mails=(mail, *one.mails[1:]))


def test_municipality_out_of_reach() -> None:
    """
    When no address of her municipality works she is told, once, that it takes longer.
    """
    followed = followed_up(at_the_agency(registration()), LATER)

    assert [DELAY] == [mail.kind for mail in followed.mails[2:]]
    assert followed == followed_up(followed, LATER)


@pytest.mark.parametrize("reason", ["MessageRejected", "came-back-from-all", "ClientError"])
def test_waits_for_a_person(reason: str) -> None:
    """
    So she is when a person must find out where her registration should go.
    """
    one = registration()
    followed = followed_up(handed_over(one, mail_to(one), reason, NOW), LATER)

    assert followed.mail(DELAY, VOLUNTEER)


def test_nothing_changes_for_her() -> None:
    """
    No receipt of a mail that probably arrived, and another address that works, change nothing.
    """
    one = registration()
    silent = handed_over(one, mail_to(one), "no-receipt", NOW)
    second = came_back(registration(), AALST)

    assert silent == followed_up(silent, LATER)
    assert second == followed_up(second, LATER)


def test_not_told_in_vain() -> None:
    """
    Whose address does not work is not mailed again.
    """
    one = came_back(at_the_agency(registration()), VOLUNTEER)
    followed = followed_up(given_up(one, mail_to(one, VOLUNTEER)), LATER)

    assert followed.mail(DELAY, VOLUNTEER) is None


def test_her_complaint() -> None:
    """
    Who calls our mail unwanted gets no other.
    """
    one = sent(registration(), VOLUNTEER, "m", NOW)
    one = heard(one, receipt(one, VOLUNTEER, Fact(NOW, COMPLAINED), "m", NOW))
    one = followed_up(held(one, STEP_UP, "x", NOW), LATER)
    asked = one.mail(STEP_UP, VOLUNTEER)
    assert asked

    assert ("dropped", "complained") == (asked.status, asked.reason)


def test_complaint_of_a_municipality() -> None:
    """
    A municipality that calls our mail unwanted has it; a person must ask why, once, whatever SES
    tells next.
    """
    one = sent(registration(), AALST, "m", NOW)
    one = heard(one, receipt(one, AALST, Fact(NOW, COMPLAINED), "m", NOW))
    one = followed_up(one, LATER)
    later = heard(one, receipt(one, AALST, Fact(NOW, DELIVERED), "m", NOW))

    assert ("attention", LATER) == one.work == later.work
    assert later == followed_up(later, LATER)
    assert later.due_at == mail_to(later, VOLUNTEER).next_at


def test_expiry() -> None:
    """
    A registration is kept for a year; our own tests for a week.
    """
    one = registration()

    assert NOW + timedelta(days=365) == one.expires_at
    assert NOW + timedelta(days=7) == replace(one, synthetic=True).expires_at


def test_can_not_confirm() -> None:
    """
    Who was asked to confirm at an address that does not work is for the desk to look at, at once.
    """
    one = held(registration(), STEP_UP, "too-fast", NOW)
    asked = one.mail(STEP_UP, VOLUNTEER)
    assert asked
    back = Sending("m", VOLUNTEER, NOW, (Fact(NOW, BOUNCED, "no-mailbox"),))
    returned = replace(asked, sendings=(back,), next_at=None)
    one = replace(one, mails=tuple(returned if mail is asked else mail for mail in one.mails))
    followed = followed_up(one, LATER)

    assert (QUARANTINE, LATER) == followed.work
    assert followed == followed_up(followed, LATER + GRACE)
    assert followed.mail(PHONE_INSTEAD, AALST) is None
