"""What a volunteer asks on her own page: which link opens it, and every button in every state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain import leaving, wish
from chalicelib.domain.following import proposed
from chalicelib.domain.handover import (
    AGENCY_DESK,
    HANDED_ON,
    LINK,
    UNDO_TERM,
    VOLUNTEER_PAGE,
    Act,
    Partner,
)
from chalicelib.domain.outbox import sent
from chalicelib.domain.own import NEW_ADDRESS_TERM, email_asked, link_renewed, paused, steps
from chalicelib.domain.registration import (
    OWN_DATA,
    QUARANTINE,
    VOLUNTEER,
    Registration,
    held,
)
from chalicelib.domain.reply import AFTER_FOUR_WEEKS, NO, YES
from chalicelib.domain.rerouting import refused_for
from chalicelib.domain.retention import REGISTRATION_TERM
from chalicelib.domain.tokens import OWN, QUESTION, sign
from chalicelib.domain.wish import InvalidWishError, Wish
from chalicelib.granting import (
    OWN_DATA_TERM,
    STOP,
    ChangedError,
    Means,
    Outcome,
    answer,
    confirm_address,
    grant,
    of_data_link,
    of_link,
    of_new_address,
    of_question,
)
from tests.backend.fakes import Clock, FakeStore
from tests.backend.samples import AALST, GENT, KEYS, LINKS, NOW, mail_to, registration

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
Keep = Callable[[Registration], Registration]


@pytest.fixture
def keep(store: FakeStore) -> Keep:
    """Stores a registration, as the table would have it."""

    def keep_(one: Registration) -> Registration:
        store.add(one)
        return store.records[one.reference]

    return keep_


@pytest.fixture
def means(store: FakeStore, clock: Clock) -> Callable[[], Means]:
    return lambda: Means(store, lambda: KEYS, clock())


def token(link: str) -> str:
    return link.rpartition("/")[2]


def mailed(**changes: str) -> Registration:
    """Two municipalities, one of which was mailed, and an organisation that she may say yes to."""
    one = registration(1, NOW, municipality=[AALST, GENT], **changes)
    one = sent(one, mail_to(one), "message", f"{AALST}-1", NOW)
    partner = Partner("vzw De Brug", "info@debrug.example")
    return proposed(one, AALST, partner, Act(NOW, HANDED_ON, LINK))


STATES: dict[str, Callable[[], Registration]] = {
    "new": mailed,
    "held": lambda: held(mailed(), QUARANTINE, "honeypot", NOW),
    "repeat": lambda: replace(mailed(), repeat_of="MB-7K3F-9Q4D"),
    "refused": lambda: refused_for(mailed(), "other", AGENCY_DESK, NOW),
    "paused": lambda: paused(mailed(), NOW),
    "withdrawn": lambda: leaving.withdrawn(mailed(), VOLUNTEER_PAGE, NOW),
    "erased": lambda: leaving.erased(mailed(), VOLUNTEER_PAGE, NOW),
}
WISHES = {
    wish.EMAIL: Wish(wish.EMAIL, value="new@example.be"),
    wish.PHONE: Wish(wish.PHONE, value="+32470999999"),
    wish.ADD: Wish(wish.ADD, value="31005"),
    wish.TAKE_AWAY: Wish(wish.TAKE_AWAY, receiver=AALST),
    wish.AGREE: Wish(wish.AGREE, receiver="partner-1"),
    wish.DECLINE: Wish(wish.DECLINE, receiver="partner-1"),
}
DONE, ALREADY, HELD = "done", "already", "held"
OPEN = dict.fromkeys(wish.ACTIONS, DONE) | {
    wish.KEEP_EMAIL: ALREADY,
    wish.RESUME: ALREADY,
    wish.QUESTIONS: ALREADY,
    wish.KEEP: ALREADY,
}
CLOSED = dict.fromkeys(wish.ACTIONS, HELD) | {wish.WITHDRAW: DONE, wish.ERASE: DONE}
OUTCOMES: dict[str, dict[str, str | None]] = {
    "new": {**OPEN},
    "held": {**CLOSED},
    "repeat": {**CLOSED, wish.DATA: DONE},
    "refused": {**CLOSED, wish.DATA: DONE},
    "paused": {**OPEN, wish.PAUSE: ALREADY, wish.RESUME: DONE},
    "withdrawn": {**CLOSED, wish.WITHDRAW: ALREADY, wish.DATA: DONE},
    "erased": dict.fromkeys(wish.ACTIONS),
    "expired": dict.fromkeys(wish.ACTIONS),
}


@pytest.mark.parametrize("state", OUTCOMES)
@pytest.mark.parametrize("action", wish.ACTIONS)
def test_every_button(
    action: str, state: str, keep: Keep, means: Callable[[], Means], clock: Clock
) -> None:
    """
    Each button in each state: done, done already, not now, or nobody there. What is not done
    changes nothing.
    """
    one = keep(STATES["new" if state == "expired" else state]())
    clock.now = NOW + (2 * REGISTRATION_TERM if state == "expired" else UNDO_TERM)
    asked = replace(WISHES.get(action, Wish(action)), seen=steps(one), is_sure=True)
    granted = grant(one, asked, means())
    expected = OUTCOMES[state][action]

    assert expected == (granted.outcome.value if granted else None)
    is_changed = one != means().store.get(one.reference, NOW)
    assert (expected == DONE) == is_changed


@pytest.mark.parametrize("action", [name for name in wish.ACTIONS if OPEN[name] == DONE])
def test_replayed(
    action: str, keep: Keep, store: FakeStore, means: Callable[[], Means], clock: Clock
) -> None:
    """
    A form that was posted once does nothing when it is posted again, also when the state that it
    changed was changed back.
    """
    one = keep(mailed())
    clock.now = NOW + UNDO_TERM
    asked = replace(WISHES.get(action, Wish(action)), seen=steps(one), is_sure=True)
    assert grant(one, asked, means())
    before = dict(store.records)
    again = grant(one, asked, means())

    assert again is None or again.outcome in {Outcome.CHANGED, Outcome.ALREADY}
    assert before == store.records


@pytest.mark.parametrize("action", [name for name in wish.ACTIONS if OPEN[name] == DONE])
def test_lost_reply(
    action: str, keep: Keep, store: FakeStore, means: Callable[[], Means], clock: Clock
) -> None:
    """
    Where the reply to the write is lost, and trying it again finds it done, she is told that it
    was; also when somebody else wrote since. It is done once.
    """
    one = keep(mailed())
    clock.now = NOW + UNDO_TERM
    asked = replace(WISHES.get(action, Wish(action)), seen=steps(one), is_sure=True)
    store.loses_reply = True
    granted = grant(one, asked, means())

    assert granted
    assert Outcome.DONE is granted.outcome
    assert 1 == sum(event.door == VOLUNTEER_PAGE for event in granted.registration.events)


SEES_IT_ITSELF = {wish.NEW_LINK, wish.DATA, wish.ERASE}
"""Asked twice it is two mails, or there is nobody left."""


@pytest.mark.parametrize(
    "action",
    [name for name in wish.ACTIONS if OPEN[name] == DONE and name not in SEES_IT_ITSELF],
)
def test_pressed_twice(
    action: str, keep: Keep, store: FakeStore, means: Callable[[], Means], clock: Clock
) -> None:
    """
    A double click is no error: it stands so already.
    """
    one = keep(mailed())
    clock.now = NOW + UNDO_TERM
    asked = replace(WISHES.get(action, Wish(action)), seen=steps(one), is_sure=True)
    assert grant(one, asked, means())
    again = grant(one, asked, means())

    assert again
    assert Outcome.ALREADY is again.outcome


def test_new_address_lost_reply(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    The same goes for the button of a new address.
    """
    one = keep(email_asked(mailed(), "new@example.be", NOW))
    store.loses_reply = True
    confirmed = confirm_address(token(LINKS.new_address(one)), means())

    assert confirmed
    assert "new@example.be" == confirmed.answers.email


@pytest.mark.parametrize("seen", [None, 7])
def test_not_our_form(
    seen: int | None, keep: Keep, store: FakeStore, means: Callable[[], Means]
) -> None:
    """
    A form that does not say what it showed, or says it wrong, does nothing: not even erase.
    """
    one = keep(mailed())
    granted = grant(one, Wish(wish.ERASE, seen, is_sure=True), means())

    assert granted
    assert Outcome.CHANGED is granted.outcome
    assert {one.reference: one} == store.records


def test_somebody_else_wrote(
    keep: Keep, store: FakeStore, means: Callable[[], Means], clock: Clock
) -> None:
    """
    When a forwarder writes at the same moment, both are there after.
    """
    one = keep(mailed())
    gent = mail_to(one, GENT)
    store.before_save = lambda: store.save(sent(one, gent, "other", f"{GENT}-1", NOW))
    granted = grant(one, Wish(wish.PAUSE, 0), means())

    assert granted
    assert Outcome.DONE is granted.outcome
    after = store.records[one.reference]
    assert clock() == after.paused_at
    assert "other" == mail_to(after, GENT).sendings[0].message_id


def test_erased_everywhere(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    Erasing leaves nothing of her, a new address that waits for its button included.
    """
    one = keep(email_asked(mailed(), "nieuw@example.be", NOW))
    grant(one, Wish(wish.ERASE, steps(one), is_sure=True), means())
    stub = repr(store.records[one.reference])

    for value in ("Anaïs", "anais@", "nieuw@", "470123456", "wandelen", "De Brug"):
        assert value not in stub


def test_makes_no_sense(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    What makes no sense as things are now is told at its field, and changes nothing.
    """
    one = keep(registration(1, NOW, municipality=[AALST, GENT, "31005"]))
    for asked, field, words in (
        (Wish(wish.ADD, 0, GENT), "municipality", "Gent kreeg je aanmelding al."),
        (Wish(wish.ADD, 0, "24062"), "municipality", "Je hebt al drie gemeenten."),
    ):
        with pytest.raises(InvalidWishError) as why:
            grant(one, asked, means())
        assert [field] == [error.field for error in why.value.form.errors]
        assert why.value.form.errors[0].message.startswith(words)
        assert asked.value == why.value.form.value(field)
    lone = keep(registration(2))
    with pytest.raises(InvalidWishError):
        grant(lone, Wish(wish.TAKE_AWAY, 0, receiver=AALST), means())

    assert {one.reference: one, lone.reference: lone} == store.records


def test_nobody_asked_her(keep: Keep, means: Callable[[], Means], clock: Clock) -> None:
    """
    She can't say yes to what nobody proposed, or within the hour in which that is taken back.
    """
    one = keep(mailed())
    for receiver in (AALST, "partner-9", "", "partner-1"):
        granted = grant(one, Wish(wish.AGREE, 0, receiver=receiver), means())
        assert granted
        assert Outcome.CHANGED is granted.outcome


def test_kept(keep: Keep, store: FakeStore, means: Callable[[], Means], clock: Clock) -> None:
    """
    When her registration is about to be deleted, her button keeps it for another term.
    """
    one = keep(mailed())
    clock.now = one.expires_at - DAY
    granted = grant(one, Wish(wish.KEEP, 0), means())

    assert granted
    assert clock() + REGISTRATION_TERM == store.records[one.reference].expires_at


def test_link(keep: Keep, means: Callable[[], Means]) -> None:
    """
    Her link opens her page; an altered one, one for another purpose or of nobody, none.
    """
    one = keep(registration())
    good = token(LINKS.own(one))
    forged = sign(OWN, one.reference, b"another key" * 3, NOW)
    others = (
        *(good[:-1], f"{good}x", "", "é", good.replace(one.reference[:5], "MB-22")),
        *(forged, token(LINKS.candidate(one, AALST)), token(LINKS.own_data(one, NOW))),
        *(token(LINKS.question(one, "4w")), token(LINKS.own(registration(9)))),
    )

    assert one == of_link(good, means())
    assert [None] * len(others) == [of_link(other, means()) for other in others]


def test_link_revoked(
    keep: Keep, store: FakeStore, means: Callable[[], Means], clock: Clock
) -> None:
    """
    «Stuur me een nieuwe link» makes the older ones void, those to her data and questions too.
    """
    one = keep(registration())
    clock.advance(hours=1)
    before = [
        token(link)
        for link in (LINKS.own(one), LINKS.own_data(one, NOW), LINKS.question(one, "4w"))
    ]
    new = store.save(link_renewed(one, clock()))

    assert new == of_link(token(LINKS.own(new)), means())
    assert None is of_link(before[0], means())
    assert None is of_data_link(before[1], means())
    assert None is of_question(before[2], means())


def test_data_link(keep: Keep, means: Callable[[], Means], clock: Clock) -> None:
    """
    The link to her data works for a day.
    """
    one = keep(registration())
    link = token(LINKS.own_data(one, NOW))
    clock.now = NOW + OWN_DATA_TERM - SECOND
    assert one == of_data_link(link, means())
    clock.advance(seconds=1)

    assert None is of_data_link(link, means())
    assert None is of_data_link(token(LINKS.own(one)), means())


def test_new_address(
    keep: Keep, store: FakeStore, means: Callable[[], Means], clock: Clock
) -> None:
    """
    The button of the new address makes it hers, once; the link of an address before does not.
    """
    first = email_asked(registration(), "typo@example.be", NOW)
    one = keep(email_asked(first, "new@example.be", NOW + timedelta(minutes=1)))
    clock.advance(hours=1)
    assert None is confirm_address(token(LINKS.new_address(first)), means())
    link = token(LINKS.new_address(one))
    assert one == of_new_address(link, means())
    after = confirm_address(link, means())

    assert after
    assert "new@example.be" == store.records[one.reference].answers.email
    assert None is confirm_address(link, means())
    assert None is of_link(token(LINKS.own(one)), means())


def test_new_address_late(keep: Keep, means: Callable[[], Means], clock: Clock) -> None:
    """
    After a week, or when she left meanwhile, the button does nothing.
    """
    one = keep(email_asked(registration(), "new@example.be", NOW))
    link = token(LINKS.new_address(one))
    clock.now = NOW + NEW_ADDRESS_TERM
    assert None is confirm_address(link, means())
    clock.now = NOW
    grant(one, Wish(wish.WITHDRAW, steps(one), is_sure=True), means())

    assert None is confirm_address(link, means())


def test_answer(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    Her answer is kept; said again it is once, and a form of before does not change it back.
    """
    one = keep(registration())
    link = token(LINKS.question(one, AFTER_FOUR_WEEKS))
    assert answer(link, NO, 0, means())
    writes = store.writes
    assert answer(link, NO, 0, means())
    assert writes == store.writes
    assert answer(link, YES, 1, means())
    with pytest.raises(ChangedError):
        answer(link, NO, 1, means())

    assert [YES] == [reply.answer for reply in store.records[one.reference].replies]


def test_answer_refused(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    No question of ours, no answer to it, or nobody there any more: nothing is kept.
    """
    one = keep(registration())
    unknown = sign(QUESTION, f"{one.reference}.1y", KEYS[0], NOW)
    assert None is answer(unknown, YES, 0, means())
    assert None is answer(token(LINKS.own(one)), YES, 0, means())
    with pytest.raises(LookupError):
        answer(token(LINKS.question(one, AFTER_FOUR_WEEKS)), "maybe", 0, means())
    assert one is store.records[one.reference]
    store.save(leaving.withdrawn(one, VOLUNTEER_PAGE, NOW))

    assert None is answer(token(LINKS.question(one, AFTER_FOUR_WEEKS)), YES, 1, means())


def test_no_more_questions(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    The page of a question has a button for no more of them.
    """
    one = keep(registration())
    answer(token(LINKS.question(one, AFTER_FOUR_WEEKS)), STOP, 0, means())

    assert NOW == store.records[one.reference].no_questions_at


def test_withdrawn_data(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    Who withdrew can still see what we know, until that is deleted.
    """
    one = keep(leaving.withdrawn(mailed(), VOLUNTEER_PAGE, NOW))
    grant(one, Wish(wish.DATA, steps(one)), means())
    after = store.records[one.reference]

    assert [VOLUNTEER] == [mail.receiver for mail in after.due_mails(NOW) if mail.kind == OWN_DATA]
    assert after == of_data_link(token(LINKS.own_data(after, NOW)), means())


def test_looking_changes_nothing(keep: Keep, store: FakeStore, means: Callable[[], Means]) -> None:
    """
    However often the links are opened, nothing is written.
    """
    one = keep(email_asked(registration(), "new@example.be", NOW))
    writes = store.writes
    for _ in range(10):
        of_link(token(LINKS.own(one)), means())
        of_data_link(token(LINKS.own_data(one, NOW)), means())
        of_question(token(LINKS.question(one, "6m")), means())
        of_new_address(token(LINKS.new_address(one)), means())

    assert writes == store.writes


def test_whole_seconds(keep: Keep, means: Callable[[], Means], clock: Clock) -> None:
    """
    A link that was signed within the second of what made the others void is a new one.
    """
    at: datetime = NOW + timedelta(hours=1, microseconds=999_999)
    one = keep(link_renewed(registration(), at))
    clock.now = at

    assert one == of_link(token(LINKS.own(one)), means())
