"""To another municipality, or to none: what follows for whom, and what makes no sense."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain import outbox
from chalicelib.domain.following import acted, handed_on, proposed
from chalicelib.domain.handover import AGENCY_DESK, LINK, UNDO_TERM, Act, Partner
from chalicelib.domain.leaving import withdrawn
from chalicelib.domain.outbox import BOUNCED, Fact, heard, requeued
from chalicelib.domain.registration import (
    FORWARDING,
    QUARANTINE,
    REFUSAL,
    REROUTED,
    TAKEN_BACK,
    VOLUNTEER,
    WITHDRAWAL,
    Registration,
    followed_up,
    held,
)
from chalicelib.domain.rerouting import (
    REFUSALS,
    NotPossibleError,
    as_told,
    can_undo,
    decisions,
    is_refused,
    refused_for,
    rerouted,
    told_why,
    undone,
)
from tests.backend.samples import AALST, BRUSSEL, GENT, NOW, mail_to, registration
from tests.backend.steps import receipt, sent

LATER = NOW + timedelta(days=1)
AFTER = NOW + timedelta(days=2)
LEAVES = LATER + UNDO_TERM
SOON = LATER + timedelta(minutes=59)


def asked() -> Registration:
    """Aalst was mailed about her."""
    return sent(registration(), AALST, "m-1", NOW)


def due(one: Registration, at: object = LEAVES) -> set[tuple[str, str]]:
    return {(mail.kind, mail.receiver) for mail in one.mails if mail.next_at == at}


def test_mailed_before() -> None:
    """
    Who was mailed is told, the new one is mailed, she is told, when the hour of undoing is over;
    the event has from and to.
    """
    one = rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER)
    aalst, gent = one.handovers

    assert {(TAKEN_BACK, AALST), (FORWARDING, GENT), (REROUTED, VOLUNTEER)} == due(one)
    assert (LATER, None, LATER) == (aalst.ended_at, gent.ended_at, gent.since)
    event = next(event for event in one.events if event.what == REROUTED)
    assert (AALST, GENT, AGENCY_DESK) == (event.receiver, event.why, event.door)


def test_not_mailed_yet() -> None:
    """
    A place whose mail had not gone out never hears of her.
    """
    one = rerouted(registration(), AALST, GENT, AGENCY_DESK, LATER)

    assert {(FORWARDING, GENT), (REROUTED, VOLUNTEER)} == due(one)
    assert REROUTED == mail_to(one).reason


def test_copy_under_way() -> None:
    """
    A copy that left at that very moment is followed by the same mail, once.
    """
    taken = rerouted(registration(), AALST, GENT, AGENCY_DESK, LATER)
    told = followed_up(sent(taken, AALST, "m-1", LATER), LATER)

    assert (TAKEN_BACK, AALST) in due(told)
    assert told == followed_up(told, AFTER)


def test_back_again() -> None:
    """
    Back to where she came from: that place gets the mail anew, and loses her a second time too.
    """
    there = rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER)
    back = rerouted(there, GENT, AALST, AGENCY_DESK, AFTER)
    again = rerouted(back, AALST, BRUSSEL, AGENCY_DESK, AFTER + timedelta(hours=1))

    assert mail_to(back).must_be_sent
    assert (None, AFTER + UNDO_TERM) == (back.handovers[-1].ended_at, mail_to(back).next_at)
    assert 2 == sum(mail.name[:2] == (TAKEN_BACK, AALST) for mail in again.mails)


def test_what_was_to_come() -> None:
    """
    The mail to her about a place that has not got her yet does not go out any more.
    """
    on = handed_on(asked(), AALST, Act(NOW, "handed-on", LINK, to=GENT))
    one = rerouted(on, GENT, BRUSSEL, AGENCY_DESK, NOW)
    told = one.mail("handed-on", VOLUNTEER, GENT)

    assert told
    assert REROUTED == told.reason


def test_from_an_organisation() -> None:
    """
    She is taken from an organisation as well, also before she said yes to it.
    """
    brug = Partner("De Brug", "brug@partner.example")
    asks = proposed(asked(), AALST, brug, Act(NOW, "handed-on", LINK))
    one = rerouted(asks, "partner-1", GENT, AGENCY_DESK, LATER)
    consent = one.mail("consent", VOLUNTEER, "partner-1")

    assert consent
    assert REROUTED == consent.reason


@pytest.mark.parametrize(
    ("one", "receiver", "to", "code"),
    [
        (asked(), AALST, AALST, "same"),
        (asked(), GENT, AALST, "not-there"),
        (registration(municipality=[AALST, GENT]), AALST, GENT, "there-already"),
        (held(registration(), QUARANTINE, "honeypot", NOW), AALST, GENT, "held"),
        (withdrawn(asked(), "volunteer", NOW), AALST, GENT, "left"),
        (replace(asked(), repeat_of="MB-3333-3333"), AALST, GENT, "left"),
        (refused_for(asked(), "other", AGENCY_DESK, NOW), AALST, GENT, "left"),
        (rerouted(asked(), AALST, GENT, AGENCY_DESK, NOW), AALST, BRUSSEL, "not-there"),
    ],
)
def test_senseless(one: Registration, receiver: str, to: str, code: str) -> None:
    """
    What makes no sense is refused with a code that says why.
    """
    with pytest.raises(NotPossibleError) as error:
        rerouted(one, receiver, to, AGENCY_DESK, LATER)

    assert code == error.value.code


def test_too_many_hands() -> None:
    """
    After a dozen places a person must phone.
    """
    one = asked()
    places = ["11001", "11002", "11004", "11005", "11008", "11009", "11013", "11016", "11018"]
    here = AALST
    for to in (*places, "11021", "11022"):
        one = rerouted(one, here, to, AGENCY_DESK, LATER)
        here = to
    with pytest.raises(NotPossibleError) as error:
        rerouted(one, here, GENT, AGENCY_DESK, LATER)

    assert "too-many" == error.value.code


@pytest.mark.parametrize("why", REFUSALS)
def test_refused(why: str) -> None:
    """
    With each code nobody has her any more; she is mailed where there is something to tell her.
    """
    one = refused_for(asked(), why, AGENCY_DESK, LATER)
    is_told = bool(REFUSALS[why].told)
    mails = {(TAKEN_BACK, AALST)} | ({(REFUSAL, VOLUNTEER)} if is_told else set())

    assert is_refused(one)
    assert mails == due(one)
    assert [LATER] == [place.ended_at for place in one.handovers]
    event = next(event for event in one.events if event.what == "refused")
    assert (why, AGENCY_DESK, "") == (event.why, event.door, event.receiver)
    assert told_why(one) in {REFUSALS[why].told, REFUSALS["other"].told}
    assert one is refused_for(one, "other", AGENCY_DESK, AFTER)


def test_refused_while_held() -> None:
    """
    One that was held is mailed to nobody: nothing shows that the address is hers.
    """
    one = refused_for(
        held(registration(), QUARANTINE, "honeypot", NOW), "other", AGENCY_DESK, LATER
    )

    assert (True, "", None) == (is_refused(one), one.hold, one.due_at)


def test_refused_out_of_reach() -> None:
    """
    Who can't be mailed is not.
    """
    one = sent(asked(), VOLUNTEER, "m-2", NOW)
    told = receipt(one, VOLUNTEER, Fact(NOW, BOUNCED, "no-mailbox"), "m-2", NOW)
    refused = refused_for(heard(one, told), "other", AGENCY_DESK, LATER)

    assert refused.mail(REFUSAL, VOLUNTEER) is None


def test_refused_waiting() -> None:
    """
    A mail that waited for a person waits no longer: it is off the work list.
    """
    one = outbox.handed_over(asked(), mail_to(asked()), "no-receipt", NOW)

    assert one.work
    assert refused_for(one, "duplicate", AGENCY_DESK, LATER).work is None


def test_refused_after_leaving() -> None:
    """
    Who left can't be refused; a code that is none is a fault of ours.
    """
    with pytest.raises(NotPossibleError):
        refused_for(withdrawn(asked(), "volunteer", NOW), "other", AGENCY_DESK, LATER)
    with pytest.raises(KeyError):
        refused_for(asked(), "nonsense", AGENCY_DESK, LATER)


@pytest.mark.parametrize(
    "one",
    [
        asked(),
        registration(municipality=[AALST, GENT]),
        sent(registration(municipality=[AALST, GENT]), GENT, "m-1", NOW),
    ],
    ids=["mailed", "not-mailed", "one-of-two"],
)
def test_undo_refusal(one: Registration) -> None:
    """
    Within the hour all is as it was: her places, what was still to be mailed; nothing went out.
    """
    refused = refused_for(one, "too-far", AGENCY_DESK, LATER)
    back = undone(refused, AGENCY_DESK, SOON)
    stood = {mail.name for mail in one.mails if mail.must_be_sent}

    assert set(one.handovers) == set(back.handovers)
    assert stood == {mail.name for mail in back.mails if mail.must_be_sent}
    assert {SOON} <= {mail.next_at for mail in back.mails if mail.must_be_sent}
    assert not is_refused(back)
    assert (None, one.term) == (back.judgement, back.term)
    event = back.events[len(refused.events)]
    assert ("undone", "refused", AGENCY_DESK) == (event.what, event.why, event.door)
    assert back is undone(back, AGENCY_DESK, SOON)
    assert (1, 2) == (decisions(refused), decisions(back))


@pytest.mark.parametrize("why", ["no-receipt", "came-back-from-all"])
def test_undo_refusal_of_what_waited(why: str) -> None:
    """
    A mail that waited for a person is tried again, or looked at again: it is not forgotten.
    """
    one = outbox.handed_over(asked(), mail_to(asked()), why, NOW)
    back = undone(refused_for(one, "other", AGENCY_DESK, LATER), AGENCY_DESK, SOON)
    mail = mail_to(back)

    assert (None, "") == (mail.dropped_at, mail.reason)
    assert mail.next_at
    assert mail.next_at <= NOW + timedelta(days=1)


def test_undo_refusal_of_what_was_asked_again() -> None:
    """
    Another copy that a person wanted goes out after all.
    """
    one = requeued(asked(), mail_to(asked()), NOW + timedelta(minutes=1))
    back = undone(refused_for(one, "other", AGENCY_DESK, LATER), AGENCY_DESK, SOON)

    assert mail_to(back).must_be_sent
    assert SOON == mail_to(back).next_at


@pytest.mark.parametrize("hold", [QUARANTINE, "step-up"])
def test_undo_while_held(hold: str) -> None:
    """
    One that was held when it was refused waits for the desk, or for her, again.
    """
    one = held(registration(), hold, "honeypot", NOW)
    back = undone(refused_for(one, "misuse", AGENCY_DESK, LATER), AGENCY_DESK, SOON)

    assert (hold, NOW) == (back.hold, back.held_at)
    assert one.work == back.work


def test_refused_twice() -> None:
    """
    Refused, undone and refused again: she is told of the last, an hour after that.
    """
    back = undone(refused_for(asked(), "too-far", AGENCY_DESK, LATER), AGENCY_DESK, SOON)
    again = refused_for(back, "too-young", AGENCY_DESK, AFTER)

    assert {(TAKEN_BACK, AALST), (REFUSAL, VOLUNTEER)} == due(again, AFTER + UNDO_TERM)
    assert set() == due(again)
    assert REFUSALS["too-young"].told == told_why(again)


def test_undo_rerouting() -> None:
    """
    Within the hour she is back where she was, and nobody was told anything.
    """
    one = asked()
    back = undone(rerouted(one, AALST, GENT, AGENCY_DESK, LATER), AGENCY_DESK, SOON)

    assert one.handovers == back.handovers
    assert set() == due(back)
    assert {"undone"} == {mail.reason for mail in back.mails if mail.dropped_at}
    event = back.events[-4]
    assert ("undone", "rerouted", AALST) == (event.what, event.why, event.receiver)


def test_undo_rerouting_back() -> None:
    """
    A place that had her before, lost her and was to get her again, does not.
    """
    there = rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER)
    again = rerouted(sent(there, GENT, "m-2", LEAVES), GENT, AALST, AGENCY_DESK, AFTER)
    back = undone(again, AGENCY_DESK, AFTER)

    assert {AALST: AFTER, GENT: None} == {one.receiver: one.ended_at for one in back.handovers}
    assert not mail_to(back).must_be_sent
    told = due(back, AFTER + UNDO_TERM)
    assert not told & {(TAKEN_BACK, GENT), (FORWARDING, AALST), (REROUTED, VOLUNTEER)}


def test_undo_twice() -> None:
    """
    Two decisions within the hour are taken back one by one, the last first.
    """
    one = asked()
    two = refused_for(rerouted(one, AALST, GENT, AGENCY_DESK, LATER), "other", "agency", SOON)
    first = undone(two, AGENCY_DESK, SOON)
    second = undone(first, AGENCY_DESK, SOON)

    assert {AALST: LATER, GENT: None} == {one.receiver: one.ended_at for one in first.handovers}
    assert {(TAKEN_BACK, AALST), (FORWARDING, GENT), (REROUTED, VOLUNTEER)} == due(first)
    assert one.handovers == second.handovers
    assert second is undone(second, AGENCY_DESK, SOON)


def test_refused_after_rerouting() -> None:
    """
    Whoever lost her by the first decision is told so, also when she is refused before that.
    """
    there = rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER)
    refused = refused_for(there, "other", AGENCY_DESK, SOON)

    assert (TAKEN_BACK, AALST) in due(refused)


def test_withdrawn_after_rerouting() -> None:
    """
    Whoever lost her and was not told yet hears that she withdrew.
    """
    there = rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER)
    left = withdrawn(there, "volunteer", SOON)

    assert (WITHDRAWAL, AALST) in due(left, SOON)
    assert (TAKEN_BACK, AALST) not in due(left)


@pytest.mark.parametrize(
    ("one", "now"),
    [
        (asked(), SOON),
        (refused_for(asked(), "other", AGENCY_DESK, LATER), LEAVES),
        (rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER), LEAVES),
        (withdrawn(refused_for(asked(), "other", AGENCY_DESK, LATER), "volunteer", SOON), SOON),
        (
            acted(
                rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER),
                GENT,
                Act(LATER, "contacted", AGENCY_DESK),
            ),
            SOON,
        ),
        (sent(rerouted(asked(), AALST, GENT, AGENCY_DESK, LATER), GENT, "m-2", SOON), SOON),
    ],
    ids=["nothing", "late", "late-rerouting", "left", "acted", "mailed"],
)
def test_no_undo(one: Registration, now: datetime) -> None:
    """
    Nothing is taken back when there is nothing, it is late, she left, or something came of it.
    """
    assert can_undo(one, now) is None
    assert one is undone(one, AGENCY_DESK, now)
    assert one is as_told(one, now)
