"""What follows for the registration from what a municipality does: mails, events, hand-overs."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.candidates import is_shown
from chalicelib.domain.following import (
    MAX_HANDOVERS,
    NotHereError,
    TooManyHandoversError,
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
    ACTS,
    AGENCY_DESK,
    CONTACTED,
    DESK,
    HANDED_ON,
    LINK,
    NOT_NOW,
    OPENED,
    UNDO_TERM,
    WRONG_ADDRESS,
    Act,
    Handover,
    Partner,
)
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.outbox import BOUNCED, NO_MAILBOX, Event, Fact, Mail, given_up, heard
from chalicelib.domain.registration import (
    CONSENT,
    DECLINED,
    FORWARDING,
    PHONE_INSTEAD,
    REGRET,
    VOLUNTEER,
    Registration,
    followed_up,
)
from chalicelib.domain.registration import HANDED_ON as HANDED_ON_MAIL
from tests.backend import steps
from tests.backend.samples import AALST, GENT, NOW, mail_to, registration

BRUG = Partner("De Brug", "brug@partner.example")
KERN = Partner("De Kern", "kern@partner.example")
LATER = NOW + timedelta(minutes=5)
HOUR = UNDO_TERM


def act(what: str, at: datetime = NOW, why: str = "", to: str = "", note: str = "") -> Act:
    return Act(at, what, LINK, why, to, note)


def to_gent(one: Registration, at: datetime = NOW) -> Registration:
    return handed_on(one, AALST, act(HANDED_ON, at, to=GENT))


def to_brug(one: Registration, at: datetime = NOW) -> Registration:
    return proposed(one, AALST, BRUG, act(HANDED_ON, at))


def mail(one: Registration, kind: str, receiver: str, about: str = "") -> Mail:
    found = one.mail(kind, receiver, about)
    assert found
    return found


def handover(one: Registration, receiver: str) -> Handover:
    found = one.handover(receiver)
    assert found
    return found


@pytest.mark.parametrize("what", ACTS)
def test_acted(what: str) -> None:
    """
    An act stands in the hand-over with its note; its event has the code, the place and the door,
    and never the note.
    """
    one = acted(registration(), AALST, act(what, why="other", note="Griet belde."))

    assert [act(what, why="other", note="Griet belde.")] == list(handover(one, AALST).acts)
    assert Event(NOW, what, AALST, "other", door=LINK) in one.events
    assert "Griet" not in str(one.events)
    assert registration().mails == tuple(mail for mail in one.mails if mail.kind != REGRET)


def test_not_now_is_told() -> None:
    """
    Where it does not work out she is told, when that can't be undone any more: else she would wait
    for somebody who does not call.
    """
    one = acted(registration(), AALST, act(NOT_NOW, why="no-project"))
    back = undone(one, AALST, LINK, LATER)
    again = acted(back, AALST, act(NOT_NOW, LATER, why="other"))

    assert NOW + HOUR == mail(one, REGRET, VOLUNTEER, AALST).next_at
    assert "dropped" == mail(back, REGRET, VOLUNTEER, AALST).status
    assert LATER + HOUR == mail(again, REGRET, VOLUNTEER, AALST).next_at
    assert 1 == sum(mail.kind == REGRET for mail in again.mails)


def test_known() -> None:
    """
    What was known changes nothing; what is nowhere is an error.
    """
    one = acted(registration(), AALST, act(CONTACTED))

    assert one is acted(one, AALST, act(CONTACTED, LATER))
    with pytest.raises(NotHereError):
        acted(one, GENT, act(CONTACTED))
    with pytest.raises(NotHereError):
        undone(one, GENT, LINK, NOW)
    with pytest.raises(NotHereError):
        revoked(one, GENT, LINK, NOW)
    with pytest.raises(NotHereError):
        agreed(one, "partner-1", NOW)


class TestHandedOn:
    def test_mails(self) -> None:
        """
        After the hour the next municipality is mailed, and she is told; both ends are kept.
        """
        one = to_gent(registration())

        assert NOW + HOUR == mail(one, FORWARDING, GENT).next_at
        assert NOW + HOUR == mail(one, HANDED_ON_MAIL, VOLUNTEER, GENT).next_at
        assert (AALST, NOW) == (handover(one, GENT).handed_on_by, handover(one, GENT).since)
        assert (HANDED_ON, GENT) == (handover(one, AALST).state, handover(one, AALST).acts[0].to)
        assert (False, True) == (handover(one, AALST).waits, handover(one, GENT).waits)

    def test_undone(self) -> None:
        """
        Taken back within the hour: nobody is mailed, and she is with the first one again.
        """
        one = undone(to_gent(registration()), AALST, LINK, NOW + HOUR - timedelta(seconds=1))

        assert one.handover(GENT) is None
        assert {"dropped"} == {
            mail(one, FORWARDING, GENT).status,
            mail(one, HANDED_ON_MAIL, VOLUNTEER, GENT).status,
        }
        assert handover(one, AALST).waits
        late = to_gent(registration())
        assert late is undone(late, AALST, LINK, NOW + HOUR)

    def test_again(self) -> None:
        """
        Taken back, and handed on after all: it goes out once, an hour after that.
        """
        one = to_gent(undone(to_gent(registration()), AALST, LINK, LATER), LATER)

        assert LATER + HOUR == mail(one, FORWARDING, GENT).next_at
        assert 1 == sum(one.receiver == GENT for one in one.forwardings)

    def test_already_there(self) -> None:
        """
        Who has her already is not mailed again, and keeps her when it is taken back.
        """
        before = registration(municipality=[AALST, GENT])
        one = to_gent(before)

        assert before.handover(GENT) == one.handover(GENT)
        assert before.mail(FORWARDING, GENT) == one.mail(FORWARDING, GENT)
        back = undone(one, AALST, LINK, LATER)
        assert before.handover(GENT) == back.handover(GENT)
        assert before.mail(FORWARDING, GENT) == back.mail(FORWARDING, GENT)
        assert "dropped" == mail(back, HANDED_ON_MAIL, VOLUNTEER, GENT).status

    def test_phone_instead(self) -> None:
        """
        Her address does not work: who was just handed on is asked to phone only after its mail.
        """
        one = steps.sent(to_gent(registration()), VOLUNTEER, "message-1", NOW)
        told = steps.receipt(one, VOLUNTEER, Fact(NOW, BOUNCED, NO_MAILBOX), "message-1", NOW)
        one = heard(one, told)
        one = followed_up(given_up(one, mail_to(one, VOLUNTEER)), NOW)

        assert one.mail(PHONE_INSTEAD, AALST)
        assert one.mail(PHONE_INSTEAD, GENT) is None
        sent = steps.sent(one, GENT, "message-2", NOW + HOUR)
        assert followed_up(sent, NOW + HOUR).mail(PHONE_INSTEAD, GENT)

    def test_too_often(self) -> None:
        """
        She does not pass through more hands than make sense.
        """
        one = registration()
        others = [place.nis_code for place in MUNICIPALITIES if place.nis_code != AALST]
        for number, place in enumerate(others[: MAX_HANDOVERS - 1]):
            one = handed_on(one, AALST, act(HANDED_ON, NOW + number * HOUR, to=place))

        with pytest.raises(TooManyHandoversError):
            handed_on(one, AALST, act(HANDED_ON, NOW + 99 * HOUR, to=others[-1]))


class TestPartner:
    def test_asked_first(self) -> None:
        """
        She is asked, after the hour; the organisation gets nothing before she says yes.
        """
        one = to_brug(registration())

        assert NOW + HOUR == mail(one, CONSENT, VOLUNTEER, "partner-1").next_at
        assert (BRUG, AALST) == (
            handover(one, "partner-1").partner,
            handover(one, "partner-1").handed_on_by,
        )
        assert not handover(one, "partner-1").waits
        assert one.mail(FORWARDING, "partner-1") is None
        assert "Brug" not in str(one.events)

    def test_yes(self) -> None:
        """
        Her yes sends it, once; from then on the organisation has its time.
        """
        one = agreed(to_brug(registration()), "partner-1", LATER)

        assert LATER == mail(one, FORWARDING, "partner-1").next_at
        assert (LATER, True) == (
            handover(one, "partner-1").since,
            handover(one, "partner-1").waits,
        )
        assert one is agreed(one, "partner-1", LATER + HOUR)
        assert one is declined(one, "partner-1", LATER + HOUR)
        assert Event(LATER, "agreed", "partner-1", door="volunteer") in one.events

    def test_no(self) -> None:
        """
        Her no leaves her with whoever proposed it, each of them; a no can become a yes.
        """
        one = to_brug(registration(municipality=[AALST, GENT]))
        one = proposed(one, GENT, BRUG, act(HANDED_ON, LATER))
        no = declined(one, "partner-1", LATER + HOUR)

        assert 1 == sum(two.partner is not None for two in one.handovers)
        assert (True, True) == (handover(no, AALST).waits, handover(no, GENT).waits)
        assert no is declined(no, "partner-1", LATER + HOUR)
        assert [LATER + HOUR] * 2 == [
            mail(no, DECLINED, place, "partner-1").next_at for place in (AALST, GENT)
        ]
        assert handover(agreed(no, "partner-1", LATER + 2 * HOUR), "partner-1").waits

    def test_names(self) -> None:
        """
        Another organisation has another name, also after one was taken back.
        """
        one = to_brug(registration(municipality=[AALST, GENT]))
        one = proposed(one, GENT, KERN, act(HANDED_ON, LATER))
        one = undone(one, AALST, LINK, LATER)
        one = proposed(one, AALST, Partner("Derde", "derde@partner.example"), act(HANDED_ON, LATER))

        assert [AALST, GENT, "partner-2", "partner-1"] == [two.receiver for two in one.handovers]
        assert KERN == handover(one, "partner-2").partner
        assert "queued" == mail(one, CONSENT, VOLUNTEER, "partner-1").status

    def test_undone(self) -> None:
        """
        Taken back within the hour she is not asked.
        """
        one = undone(to_brug(registration()), AALST, LINK, LATER)

        assert "dropped" == mail(one, CONSENT, VOLUNTEER, "partner-1").status
        assert one.handover("partner-1") is None


def test_revoked() -> None:
    """
    Revoking writes since when links are good, and its event.
    """
    one = revoked(registration(), AALST, DESK, LATER)

    assert LATER == handover(one, AALST).links_since
    assert Event(LATER, "revoked", AALST, door=DESK) == one.events[-1]


class TestWrongAddress:
    def test_work(self) -> None:
        """
        It waits for the agency while that is how it stands, and it did not end.
        """
        one = acted(registration(), AALST, act(WRONG_ADDRESS, LATER))

        assert ("attention", LATER) == one.work
        assert registration().work is None
        assert acted(one, AALST, act(OPENED, LATER)).work == ("attention", LATER)  # says nothing
        assert acted(one, AALST, act(CONTACTED, LATER)).work is None
        assert undone(one, AALST, LINK, LATER).work is None
        ended = replace(handover(one, AALST), ended_at=LATER)
        assert replace(one, handovers=(ended,)).work is None

    def test_readdressed(self) -> None:
        """
        With the right address it waits again, and the link that went astray is void.
        """
        one = acted(registration(), AALST, act(WRONG_ADDRESS))
        again = readdressed(one, AALST, AGENCY_DESK, LATER)

        assert ("", True, LATER) == (
            handover(again, AALST).state,
            handover(again, AALST).waits,
            handover(again, AALST).links_since,
        )
        assert again.work is None
        assert again is readdressed(again, AALST, AGENCY_DESK, LATER)


step = st.tuples(
    st.sampled_from([*ACTS, "undo", "propose", "agree", "decline", "revoke"]),
    st.integers(min_value=0, max_value=2),  # which of her hand-overs
    st.integers(min_value=0, max_value=2),  # to which other one
    st.integers(min_value=0, max_value=45),  # minutes later
)


@given(st.lists(step, max_size=25))
def test_any_sequence(taken: list[tuple[str, int, int, int]]) -> None:
    """
    Whatever is done and undone: no place twice, no two mails of one name, events are only added,
    nothing that follows from an act leaves before it can no longer be undone, and an organisation
    is not mailed without her yes.
    """
    places, partners = [AALST, GENT, "21004"], [BRUG, KERN, Partner("Derde", "d@partner.example")]
    one, now = registration(municipality=[AALST, GENT]), NOW
    for what, here, there, minutes in taken:
        now += timedelta(minutes=minutes)
        before, receiver = one, one.handovers[here % len(one.handovers)].receiver
        one = taken_step(one, what, receiver, (places[there], partners[there]), now)

        receivers = [handover.receiver for handover in one.handovers]
        assert len(receivers) == len(set(receivers)) <= MAX_HANDOVERS
        assert len(one.mails) == len({mail.name for mail in one.mails})
        assert before.events == one.events[: len(before.events)]
        for queued in set(one.mails) - set(before.mails):
            if not queued.dropped_at and what in {HANDED_ON, "propose"}:
                assert now + UNDO_TERM == queued.next_at
        for handover in one.handovers:
            if handover.partner and not handover.agreed_at:
                assert one.mail(FORWARDING, handover.receiver) is None
                assert not is_shown(one, handover)
            standing = [
                (other.receiver, done.what)
                for other in one.handovers
                for done in other.standing
                if done.to == handover.receiver
            ]
            if handover.handed_on_by and not handover.declined_at:
                assert (handover.handed_on_by, HANDED_ON) in standing


def taken_step(
    one: Registration, what: str, receiver: str, there: tuple[str, Partner], now: datetime
) -> Registration:
    place, partner = there
    if what == "undo":
        return undone(one, receiver, LINK, now)
    if what == "propose":
        return proposed(one, receiver, partner, act(HANDED_ON, now))
    if what == "revoke":
        return revoked(one, receiver, LINK, now)
    if what == HANDED_ON:
        return one if place == receiver else handed_on(one, receiver, act(what, now, to=place))
    if what in {"agree", "decline"}:
        answer = agreed if what == "agree" else declined
        return answer(one, receiver, now) if receiver.startswith("partner") else one
    return acted(one, receiver, act(what, now, why="other" if what == NOT_NOW else ""))
