"""The life of a registration, step by step."""

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.registration import (
    FIRST_RETRY,
    LAST_RETRY,
    LEASE,
    VOLUNTEER,
    Event,
    admitted,
    claim,
    dropped,
    fingerprint,
    postponed,
    release,
    sent,
)
from tests.backend.samples import AALST, GENT, NOW, answers, registration

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
        Event(NOW, "queued", AALST),
        Event(NOW, "queued", GENT, "elsewhere"),
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


def test_claim() -> None:
    """
    A claim lasts a while, and postpones the sweep until it has run out.
    """
    claimed = claim(registration(), NOW)

    assert NOW + LEASE == claimed.lease_until == claimed.due_at
    assert NOW == release(claimed).due_at


def test_sent() -> None:
    """
    A mail that was taken has nothing more to do, and its moment.
    """
    done = sent(registration(), AALST, "message-1", LATER)
    mail = done.mail(AALST)

    assert ("sent", LATER, None, 1, "message-1") == (
        mail.status,
        mail.sent_at,
        mail.next_at,
        mail.attempts,
        mail.message_id,
    )
    assert Event(LATER, "sent", AALST) == done.events[-1]
    assert [VOLUNTEER] == [mail.receiver for mail in done.due_mails(LATER)]


def test_sent_twice() -> None:
    """
    A copy does not move the moment at which the mail was first sent.
    """
    done = sent(sent(registration(), AALST, "1", NOW), AALST, "2", LATER)

    assert NOW == done.mail(AALST).sent_at
    assert "2" == done.mail(AALST).message_id


def test_all_sent() -> None:
    """
    Once all is sent there is nothing due, whether or not the lease was given back.
    """
    done = registration()
    for mail in done.mails:
        done = sent(done, mail.receiver, "message", NOW)

    assert done.due_at is None
    assert claim(done, NOW).due_at is None


def test_postponed() -> None:
    """
    A mail that failed stays queued with its reason, its count and its next moment.
    """
    later = postponed(registration(), AALST, "TooManyRequestsException", NOW)
    mail = later.mail(AALST)

    assert ("queued", 1, "TooManyRequestsException") == (mail.status, mail.attempts, mail.reason)
    assert mail.next_at
    assert NOW < mail.next_at
    assert Event(NOW, "postponed", AALST, "TooManyRequestsException") == later.events[-1]
    assert [VOLUNTEER] == [mail.receiver for mail in later.due_mails(NOW)]
    assert "" == sent(later, AALST, "message", LATER).mail(AALST).reason


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
    The pauses double up to an hour, and spread by a tenth.
    """
    before = registration()
    tried = replace(
        before,
        forwardings=tuple(replace(one, attempts=attempts - 1) for one in before.forwardings),
    )
    waits = [_wait(postponed(tried, AALST, "x", NOW).mail(AALST).next_at) for _ in range(50)]

    assert pause <= min(waits)
    assert 1.1 * pause >= max(waits)
    assert len(set(waits)) > 1


def test_late_failure() -> None:
    """
    A failure that is written down after somebody else sent the mail does not queue it again.
    """
    done = postponed(sent(registration(), AALST, "message", NOW), AALST, "Timeout", LATER)

    assert done.mail(AALST).next_at is None
    assert "sent" == done.mail(AALST).status


def test_dropped() -> None:
    """
    A mail that is not needed is no longer due, with the reason.
    """
    without = dropped(registration(), VOLUNTEER, "enough-confirmations", NOW)

    assert "dropped" == without.mail(VOLUNTEER).status
    assert "enough-confirmations" == without.mail(VOLUNTEER).reason
    assert Event(NOW, "dropped", VOLUNTEER, "enough-confirmations") == without.events[-1]
    assert [AALST] == [mail.receiver for mail in without.due_mails(NOW)]


def test_admitted() -> None:
    """
    A new one is only marked as judged.
    """
    new = registration()

    assert replace(new, admitted_at=LATER) == admitted(new, repeat_of="", confirm=True, now=LATER)


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
    assert "enough-confirmations" == judged.mail(VOLUNTEER).reason


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
    assert {"at", "what", "receiver", "why"} == {field.name for field in fields(Event)}


def test_steps_change_nothing_else() -> None:
    """
    A step leaves the person, the other mails and the events before it as they were.
    """
    before = registration(municipality=[AALST, GENT])
    after = sent(before, GENT, "message", LATER)

    assert before.answers == after.answers
    assert before.events == after.events[:-1]
    assert before.mail(AALST) == after.mail(AALST)
    assert before.mail(VOLUNTEER) == after.mail(VOLUNTEER)
    assert before.version == after.version


def _wait(moment: datetime | None) -> timedelta:
    assert moment
    return moment - NOW
