"""What a municipality does about a candidate, through whichever door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.deed import PROPOSE, REVOKE, UNDO, Deed, InvalidDeedError
from chalicelib.domain.following import MAX_HANDOVERS, declined, revoked
from chalicelib.domain.handover import (
    ACTS,
    AGENCY_DESK,
    CONTACTED,
    DESK,
    DOORS,
    DUO,
    HANDED_ON,
    LINK,
    MAX_ACTS,
    NOT_NOW,
    OPENED,
    UNDO_TERM,
    VOLUNTEER_PAGE,
    WRONG_ADDRESS,
    Act,
    Partner,
)
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.outbox import BOUNCED, NO_MAILBOX, Fact, given_up, heard
from chalicelib.domain.registration import (
    FORWARDING,
    QUARANTINE,
    VOLUNTEER,
    Registration,
    admitted,
    held,
)
from chalicelib.handling import CANDIDATE_TERM, Case, Handled, Outcome, act, found, of_link
from tests.backend import steps
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, GENT, KEYS, LINKS, NOW, mail_to, registration

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
BRUG = Partner("De Brug", "brug@partner.example")


@pytest.fixture
def one(store: FakeStore) -> Registration:
    """A registration of which Aalst has the mail."""
    one = steps.sent(registration(), AALST, "message-1", NOW)
    store.add(one)
    return one


def token(link: str) -> str:
    return link.rpartition("/")[2]


def looked(one: Registration, store: FakeStore, now: datetime = NOW) -> Case | None:
    return of_link(token(LINKS.candidate(one, AALST)), store, lambda: KEYS, now)


def case(store: FakeStore, one: Registration, receiver: str = AALST, now: datetime = NOW) -> Case:
    there = found(one.reference, receiver, store, now)
    assert there
    return there


def done(
    store: FakeStore, one: Registration, what: str, now: datetime = NOW, **more: object
) -> Handled:
    """What a form does that was shown just before."""
    here = case(store, one, now=now)
    deed = replace(Deed(what, here.handover.changes), **more)  # type: ignore[arg-type]
    handled = act(here, deed, LINK, store, now)
    assert handled
    return handled


class TestLink:
    def test_good(self, one: Registration, store: FakeStore) -> None:
        """
        The link in a municipality's mail shows its candidate, for its term.
        """
        there = looked(one, store)

        assert there
        assert (one, AALST, "Aalst") == (there.registration, there.handover.receiver, there.place)
        assert looked(one, store, NOW + CANDIDATE_TERM - SECOND)
        assert looked(one, store, NOW + CANDIDATE_TERM) is None

    def test_forged(self, one: Registration, store: FakeStore) -> None:
        """
        What is altered, of another purpose, or of another place shows nothing.
        """
        good = token(LINKS.candidate(one, AALST))
        wrong = [
            good[:-1],
            good.replace(AALST, GENT),
            good.replace(one.reference, "MB-7K3F-9Q4D"),
            token(LINKS.own(one)),
            token(LINKS.candidate(one, GENT)),  # signed, but she is not there
            token(LINKS.candidate(registration(2), AALST)),  # signed, but nobody is
            "",
            "x",
        ]

        assert [None] * len(wrong) == [of_link(t, store, lambda: KEYS, NOW) for t in wrong]

    def test_revoked(self, one: Registration, store: FakeStore) -> None:
        """
        A revoked link is void; the next mail has a link that is good.
        """
        old = LINKS.candidate(one, AALST)
        after = store.save(revoked(one, AALST, DESK, NOW + MINUTE))

        assert of_link(token(old), store, lambda: KEYS, NOW + MINUTE) is None
        assert looked(after, store, NOW + MINUTE)

    def test_whole_seconds(self, store: FakeStore) -> None:
        """
        A moment within a second makes no link void.
        """
        now = NOW + timedelta(microseconds=999_999)
        store.add(steps.sent(registration(1, now), AALST, "message-1", now))

        assert looked(store.records[registration().reference], store, now)

    def test_not_shown(self, store: FakeStore) -> None:
        """
        What ended, is held or refused, repeats another, or was not mailed shows nothing.
        """
        mailed = steps.sent(registration(), AALST, "message-1", NOW)
        (here,) = mailed.handovers
        for other in (
            replace(mailed, handovers=(replace(here, ended_at=NOW),)),
            held(mailed, QUARANTINE, "honeypot", NOW),
            admitted(mailed, repeat_of="MB-7K3F-9Q4D", confirm=False, now=NOW),
            registration(),
            steps.dropped(registration(), AALST, "refused", NOW),
        ):
            store.records[other.reference] = other
            assert looked(other, store) is None

    def test_gone(self, one: Registration, store: FakeStore) -> None:
        """
        Of who is erased, or whose term is over, nothing is left.
        """
        assert looked(one, store)
        del store.records[one.reference]

        assert looked(one, store) is None

    def test_agency(self, store: FakeStore) -> None:
        """
        The agency acts for a place before its mail went out, but not for what is held.
        """
        new = registration()
        store.add(new)
        assert found(new.reference, AALST, store, NOW, LINK) is None
        assert found(new.reference, AALST, store, NOW, AGENCY_DESK)
        store.save(held(new, QUARANTINE, "honeypot", NOW))

        assert found(new.reference, AALST, store, NOW, AGENCY_DESK) is None


class TestAct:
    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize("what", [what for what in ACTS if what != HANDED_ON])
    def test_each(self, one: Registration, store: FakeStore, what: str, door: str) -> None:
        """
        Each act stands there with its door and note after one write.
        """
        deed = Deed(what, 0, why="other" if what == NOT_NOW else "", note="Gebeld.")
        writes = store.writes
        handled = act(case(store, one), deed, door, store, NOW)

        assert handled
        assert handled.case.registration == store.records[one.reference]
        assert (Outcome.DONE, writes + 1) == (handled.outcome, store.writes)
        assert (Act(NOW, what, door, deed.why, note="Gebeld."),) == handled.case.handover.acts

    def test_handed_on(self, one: Registration, store: FakeStore) -> None:
        """
        Handed on: both ends have her, and the other one's mail waits for an hour.
        """
        after = done(store, one, HANDED_ON, to=GENT).case.registration

        assert [AALST, GENT] == [handover.receiver for handover in after.handovers]
        mail = after.mail(FORWARDING, GENT)
        assert mail
        assert NOW + UNDO_TERM == mail.next_at

    def test_proposed(self, one: Registration, store: FakeStore) -> None:
        """
        An organisation is named, and waits for her.
        """
        after = done(store, one, PROPOSE, partner=BRUG).case

        assert (HANDED_ON, "partner-1") == (after.handover.state, after.handover.acts[0].to)
        assert found(one.reference, "partner-1", store, NOW) is None

    def test_undo(self, one: Registration, store: FakeStore) -> None:
        """
        Taken back within the hour, not later: then nothing happens, and that is told.
        """
        done(store, one, CONTACTED)
        assert Outcome.TOO_LATE is done(store, one, UNDO, NOW + UNDO_TERM).outcome
        handled = done(store, one, UNDO, NOW + UNDO_TERM - SECOND)

        assert (Outcome.DONE, "") == (handled.outcome, handled.case.handover.state)

    def test_revoke(self, one: Registration, store: FakeStore) -> None:
        """
        The link can be made void through it itself.
        """
        done(store, one, REVOKE, NOW + MINUTE)

        assert looked(one, store, NOW + MINUTE) is None

    def test_gone(self, one: Registration, store: FakeStore) -> None:
        """
        She was erased, or taken away from there, since the page was shown.
        """
        here = case(store, one)
        ended = replace(here.handover, ended_at=NOW)
        store.records[one.reference] = replace(one, handovers=(ended,))
        assert act(here, Deed(CONTACTED, 0), LINK, store, NOW) is None
        del store.records[one.reference]

        assert act(here, Deed(CONTACTED, 0), LINK, store, NOW) is None

    def test_too_often(self, one: Registration, store: FakeStore) -> None:
        """
        Beyond what a person does, nothing is done, and that is told.
        """
        (here,) = one.handovers
        many = replace(here, acts=tuple(Act(NOW, CONTACTED, LINK) for _ in range(MAX_ACTS)))
        store.records[one.reference] = replace(one, handovers=(many,))

        assert Outcome.TOO_OFTEN is done(store, one, DUO).outcome

    def test_too_many_hands(self, one: Registration, store: FakeStore) -> None:
        """
        She is not handed on without end.
        """
        others = [place.nis_code for place in MUNICIPALITIES if place.nis_code != AALST]
        outcomes = [
            done(store, one, HANDED_ON, NOW + number * SECOND, to=place).outcome
            for number, place in enumerate(others[:MAX_HANDOVERS])
        ]

        assert [Outcome.DONE] * (MAX_HANDOVERS - 1) + [Outcome.TOO_OFTEN] == outcomes


class TestForm:
    """A form may be posted twice, late, or beside another one."""

    def test_twice(self, one: Registration, store: FakeStore) -> None:
        """
        The same form twice is once, whatever it asks.
        """
        for deed in (
            Deed(CONTACTED, 0, note="Gebeld."),
            Deed(HANDED_ON, 1, to=GENT),
            Deed(UNDO, 2),
            Deed(PROPOSE, 3, partner=BRUG),
        ):
            here = case(store, one)
            outcomes = [act(here, deed, LINK, store, NOW) for _ in range(3)]
            kept = store.records[one.reference]
            assert ["done", "already", "already"] == [o.outcome.value for o in outcomes if o]
            assert kept == store.records[one.reference]

    def test_late(self, one: Registration, store: FakeStore) -> None:
        """
        A form of before something changed does nothing: not another act, not an undoing of what
        it never showed.
        """
        done(store, one, OPENED)
        done(store, one, CONTACTED)
        done(store, one, UNDO)
        before = store.records[one.reference]
        for deed in (
            Deed(DUO, 0),
            Deed(UNDO, 1),
            Deed(HANDED_ON, 2, to=GENT),
            Deed(REVOKE, 0),
            Deed(CONTACTED, None),
        ):
            handled = act(case(store, one), deed, LINK, store, NOW)
            assert handled
            assert handled.outcome in {Outcome.CHANGED, Outcome.ALREADY}
        assert before == store.records[one.reference]

    def test_replayed_undo(self, one: Registration, store: FakeStore) -> None:
        """
        Undoing twice takes back one act, not the one before it too.
        """
        done(store, one, CONTACTED)
        done(store, one, DUO)
        here = case(store, one)
        for _ in range(2):
            act(here, Deed(UNDO, 2), LINK, store, NOW)

        assert CONTACTED == case(store, one).handover.state

    def test_between(self, one: Registration, store: FakeStore) -> None:
        """
        A forwarder that writes at the same moment makes no difference.
        """
        store.before_save = lambda: store.save(store.records[one.reference])

        assert Outcome.DONE is done(store, one, CONTACTED).outcome
        assert CONTACTED == case(store, one).handover.state

    @pytest.mark.parametrize("leave", [withdrawn, erased])
    def test_she_leaves(
        self,
        one: Registration,
        store: FakeStore,
        leave: Callable[[Registration, str, datetime], Registration],
    ) -> None:
        """
        She leaves at the moment that she is handed on: nobody else is mailed about her; and the
        other way round, who was about to be mailed is not.
        """
        store.before_save = lambda: store.save(leave(one, VOLUNTEER_PAGE, NOW))
        deed = Deed(HANDED_ON, 0, to=GENT)
        assert act(case(store, one), deed, LINK, store, NOW) is None
        assert store.records[one.reference].handover(GENT) is None

        store.records[one.reference] = one
        assert act(case(store, one), deed, LINK, store, NOW)
        left = leave(store.records[one.reference], VOLUNTEER_PAGE, NOW)
        mails = [mail.receiver for mail in left.mails if mail.next_at]
        assert [AALST] == mails  # asked to delete its copy

    @pytest.mark.parametrize(
        "deed",
        [
            Deed(CONTACTED, 2),
            Deed(HANDED_ON, 2, to=GENT),
            Deed(PROPOSE, 2, partner=BRUG),
            Deed(UNDO, 2),
            Deed(REVOKE, 2),
        ],
    )
    def test_lost_reply(self, one: Registration, store: FakeStore, deed: Deed) -> None:
        """
        Where the reply to the write is lost, and trying it again finds it done, it is done, once.
        """
        done(store, one, OPENED)
        done(store, one, DUO)
        store.loses_reply = True
        handled = act(case(store, one), deed, LINK, store, NOW)

        assert handled
        assert Outcome.DONE is handled.outcome
        assert 3 == sum(event.door == LINK for event in handled.case.registration.events)

    def test_beside(self, one: Registration, store: FakeStore) -> None:
        """
        Two people press at once: the first counts, the second is shown what stands.
        """

        def other() -> None:
            done(store, one, CONTACTED)

        store.before_save = other
        handled = done(store, one, NOT_NOW, why="other")

        assert (Outcome.CHANGED, CONTACTED) == (handled.outcome, handled.case.handover.state)


class TestSenseless:
    """Where she can't be handed on to, as nobody would then have her in hands."""

    def refused(self, store: FakeStore, one: Registration, what: str, **more: object) -> str:
        before = store.records[one.reference]
        with pytest.raises(InvalidDeedError) as error:
            done(store, one, what, **more)  # type: ignore[arg-type]
        assert before == store.records[one.reference]
        assert what == error.value.form.value("act")
        (message,) = error.value.form.errors.values()
        return message

    def test_itself(self, one: Registration, store: FakeStore) -> None:
        """
        Not to itself.
        """
        assert "al bij Aalst" in self.refused(store, one, HANDED_ON, to=AALST)

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"ended_at": NOW}, "wil niet (meer) naar Gent"),
            ({"acts": (Act(NOW, HANDED_ON, LINK, to=AALST),)}, "Gent gaf deze kandidaat zelf door"),
            ({"acts": (Act(NOW, NOT_NOW, LINK, "other"),)}, "Gent meldde al"),
        ],
    )
    def test_back(self, store: FakeStore, change: dict[str, object], told: str) -> None:
        """
        Not to who handed her on, said no, or lost her.
        """
        one = steps.sent(registration(municipality=[AALST, GENT]), AALST, "message-1", NOW)
        aalst, gent = one.handovers
        store.add(replace(one, handovers=(aalst, replace(gent, **change))))  # type: ignore[arg-type]

        assert told in self.refused(store, one, HANDED_ON, to=GENT)

    def test_declined(self, one: Registration, store: FakeStore) -> None:
        """
        Not to an organisation that she said no to: she is asked once.
        """
        done(store, one, PROPOSE, partner=BRUG)
        store.save(declined(store.records[one.reference], "partner-1", NOW + MINUTE))

        assert "wil niet naar" in self.refused(store, one, PROPOSE, partner=BRUG)

    def test_out_of_reach(self, one: Registration, store: FakeStore) -> None:
        """
        Who can't be mailed can't be asked.
        """
        sent = steps.sent(one, VOLUNTEER, "message-2", NOW)
        told = steps.receipt(sent, VOLUNTEER, Fact(NOW, BOUNCED, NO_MAILBOX), "message-2", NOW)
        back = heard(sent, told)
        store.save(given_up(back, mail_to(back, VOLUNTEER)))

        assert "niet mailen" in self.refused(store, one, PROPOSE, partner=BRUG)

    @pytest.mark.parametrize(
        ("what", "more"), [(HANDED_ON, {"to": GENT}), (PROPOSE, {"partner": BRUG})]
    )
    def test_by_an_organisation(
        self, one: Registration, store: FakeStore, what: str, more: dict[str, object]
    ) -> None:
        """
        She said yes to this organisation, not to whom it knows.
        """
        (here,) = one.handovers
        theirs = replace(here, partner=Partner("De Kern", "kern@partner.example"), agreed_at=NOW)
        store.records[one.reference] = replace(one, handovers=(theirs,))

        assert "kan een kandidaat niet doorgeven" in self.refused(store, one, what, **more)


def test_log(
    one: Registration, store: FakeStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """
    The log tells which registration, where, what and the outcome; never who, or what was noted.
    """
    with caplog.at_level("DEBUG"):
        done(store, one, WRONG_ADDRESS, clock(), note="Canarie belde.")
        done(store, one, PROPOSE, clock(), partner=Partner("Canarie", "canarie@partner.example"))
    told = "".join(str(vars(record)) for record in caplog.records)

    assert one.reference in told
    assert "'outcome': 'done'" in told
    assert [] == [text for text in ("anais", "Hondt", "anarie") if text in told]
