"""What a volunteer does on her own page, step by step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain import own
from chalicelib.domain.candidates import candidates
from chalicelib.domain.following import MAX_HANDOVERS, NotHereError, TooManyHandoversError
from chalicelib.domain.handover import AGENCY_DESK, VOLUNTEER_PAGE, Handover
from chalicelib.domain.outbox import (
    BOUNCED,
    NO_MAILBOX,
    Fact,
    Mail,
    Receipt,
    dropped,
    given_up,
    heard,
    sent,
)
from chalicelib.domain.own import (
    MAX_CHANGED_REPLIES,
    MAX_MAILS,
    MAX_MAILS_A_DAY,
    MAX_STEPS,
    NEW_ADDRESS_REST,
    KnownMunicipalityError,
    LastPlaceError,
    TooManyMunicipalitiesError,
    TooOftenError,
    TooSoonError,
    data_asked,
    email_asked,
    email_confirmed,
    email_kept,
    heeded,
    link_renewed,
    moved_to,
    open_places,
    own_places,
    paused,
    phone_corrected,
    questions_stopped,
    questions_wanted,
    replied,
    resumed,
    steps,
    taken_away,
)
from chalicelib.domain.registration import (
    CONFIRMATION,
    CORRECTION,
    FORWARDING,
    NEW_ADDRESS,
    OWN_LINK,
    QUESTION,
    UNREACHABLE,
    VOLUNTEER,
    WITHDRAWAL,
    Registration,
    followed_up,
)
from chalicelib.domain.reply import AFTER_FOUR_WEEKS, AFTER_SIX_MONTHS, NO, NOT_YET, YES, Reply
from tests.backend.samples import AALST, BRUSSEL, GENT, NOW, mail_to, registration

LATER = NOW + timedelta(hours=2)
DAY = timedelta(days=1)
BRUGGE, LEUVEN = "31005", "24062"
Step = Callable[[Registration, datetime], Registration]


def mailed(*places: str, phone: str = "0470 12 34 56") -> Registration:
    """A registration of which each municipality was mailed, and she too."""
    one = registration(1, NOW, municipality=list(places or (AALST,)), phone=phone)
    for number, mail in enumerate(one.mails):
        one = sent(one, mail, f"message-{number}", mail.receiver, NOW)
    return one


def kinds(one: Registration, kind: str) -> list[str]:
    """Who gets a mail of this kind that must still go out."""
    return [mail.receiver for mail in one.mails if mail.kind == kind and mail.must_be_sent]


STEPS: dict[str, tuple[Step, str, str]] = {
    "phone": (lambda one, now: phone_corrected(one, "+32470999999", now), "corrected", "phone"),
    "no-phone": (lambda one, now: phone_corrected(one, "", now), "corrected", "phone"),
    "email": (lambda one, now: email_asked(one, "new@example.be", now), "address-asked", ""),
    "add": (lambda one, now: moved_to(one, GENT, "", now), "added", ""),
    "pause": (paused, "paused", ""),
    "link": (link_renewed, "link-renewed", ""),
    "data": (data_asked, "data-asked", ""),
    "no-questions": (questions_stopped, "questions-stopped", ""),
    "answer": (lambda one, now: replied(one, AFTER_FOUR_WEEKS, NO, now), "answered", "4w-no"),
}


@pytest.mark.parametrize("name", STEPS)
def test_event(name: str) -> None:
    """
    Each step adds one event through her door, with a code and nothing of her, and counts once.
    """
    step, what, why = STEPS[name]
    one = step(mailed(), LATER)
    hers = [event for event in one.events if event.door == VOLUNTEER_PAGE]

    assert [(LATER, what, why)] == [(event.at, event.what, event.why) for event in hers]
    assert 1 == steps(one)


@pytest.mark.parametrize("name", [name for name in STEPS if name not in {"link", "data"}])
def test_twice_is_once(name: str) -> None:
    """
    A step that is done already changes nothing; asking a mail again asks for one more.
    """
    step = STEPS[name][0]
    one = step(mailed(), LATER)
    if name == "add":
        with pytest.raises(KnownMunicipalityError):
            step(one, LATER + DAY)
    elif name == "email":
        assert 2 == steps(step(one, LATER + DAY))
    else:
        assert one is step(one, LATER + DAY)


def test_phone() -> None:
    """
    A new number is mailed to each place that has the old one; what was not mailed yet has it.
    """
    one = phone_corrected(mailed(AALST, GENT), "+32470999999", LATER)

    assert "+32470999999" == one.answers.phone
    assert [AALST, GENT] == kinds(one, CORRECTION)
    waiting = registration(1, NOW)
    assert [] == kinds(phone_corrected(waiting, "", LATER), CORRECTION)


def test_phone_of_who_is_away() -> None:
    """
    A place that she took away is not told her new number.
    """
    one = taken_away(mailed(AALST, GENT), GENT, LATER)

    assert [AALST] == kinds(phone_corrected(one, "", LATER), CORRECTION)


def test_email_asked() -> None:
    """
    A new address counts only when its own button was pressed: until then the old one is mailed,
    and told.
    """
    one = email_asked(mailed(), "new@example.be", LATER)

    assert "anais@example.be" == one.answers.email
    assert "new@example.be" == one.new_email
    assert ["new-address"] == kinds(one, NEW_ADDRESS)
    assert [VOLUNTEER] == kinds(one, "address-change")


def test_email_asked_again() -> None:
    """
    Another new address takes the place of the first, which gets no mail any more.
    """
    one = email_asked(mailed(), "typo@example.be", LATER)
    one = email_asked(one, "new@example.be", LATER + timedelta(minutes=1))

    assert "new@example.be" == one.new_email
    assert 1 == len(kinds(one, NEW_ADDRESS))


def test_email_confirmed() -> None:
    """
    With the button pressed it is hers: links of before are void, she is mailed a new one, and her
    municipality is told. Pressed twice is once.
    """
    one = email_confirmed(email_asked(mailed(), "new@example.be", LATER), LATER + DAY)

    assert ("new@example.be", "", None) == (one.answers.email, one.new_email, one.new_email_at)
    assert LATER + DAY == one.links_since
    assert [VOLUNTEER] == kinds(one, OWN_LINK)
    assert [AALST] == kinds(one, CORRECTION)
    assert one is email_confirmed(one, LATER + 2 * DAY)


def test_email_kept() -> None:
    """
    Whoever reads the old address stops it: the new one is not mailed, and its button is void.
    """
    one = email_kept(email_asked(mailed(), "new@example.be", LATER), LATER + DAY)

    assert ("anais@example.be", "", None) == (one.answers.email, one.new_email, one.new_email_at)
    assert [] == kinds(one, NEW_ADDRESS)
    assert one is email_kept(one, LATER + DAY)
    assert one is email_confirmed(one, LATER + DAY)


def test_address_that_did_not_work() -> None:
    """
    After her confirmation came back, it goes to the new address, and no person must look any more.
    """
    one = mailed(phone="")
    mail = mail_to(one, VOLUNTEER)
    fact = Fact(LATER, BOUNCED, NO_MAILBOX)
    message = mail.sendings[0].message_id
    receipt = Receipt(one.id, CONFIRMATION, VOLUNTEER, VOLUNTEER, message, NOW, fact)
    came_back = heard(one, receipt)
    back = followed_up(given_up(came_back, mail_to(came_back, VOLUNTEER)), LATER)
    assert UNREACHABLE == mail_to(back, VOLUNTEER).reason
    asked = email_asked(back, "new@example.be", LATER)
    one = followed_up(email_confirmed(asked, LATER + DAY), LATER + DAY)

    assert None is one.work
    assert [VOLUNTEER] == kinds(one, CONFIRMATION)


def test_add() -> None:
    """
    One municipality more is mailed at once, and her answers say where she wants to be.
    """
    one = moved_to(mailed(), GENT, "", LATER)

    assert (AALST, GENT) == one.answers.municipality
    assert [GENT] == kinds(one, FORWARDING)
    assert LATER == mail_to(one, GENT).next_at
    assert [] == kinds(one, WITHDRAWAL)


def test_change() -> None:
    """
    One in the place of another: the new one is mailed, the old one is told.
    """
    one = moved_to(mailed(), GENT, AALST, LATER)

    assert (GENT,) == one.answers.municipality
    assert [GENT] == [place.receiver for place in open_places(one)]
    assert ([GENT], [AALST]) == (kinds(one, FORWARDING), kinds(one, WITHDRAWAL))


def test_maximum() -> None:
    """
    She has at most as many as the form allows; a fourth comes only in the place of another.
    """
    full = mailed(AALST, GENT, BRUGGE)
    with pytest.raises(TooManyMunicipalitiesError):
        moved_to(full, LEUVEN, "", LATER)
    one = moved_to(full, LEUVEN, GENT, LATER)

    assert (AALST, BRUGGE, LEUVEN) == one.answers.municipality


def test_add_known() -> None:
    """
    One that has her already is not added; one that is none of hers is not replaced.
    """
    with pytest.raises(KnownMunicipalityError):
        moved_to(mailed(), AALST, "", LATER)
    with pytest.raises(NotHereError):
        moved_to(mailed(), GENT, BRUSSEL, LATER)


def test_too_many_hands() -> None:
    """
    A registration has so many hand-overs at most, as an item has a size.
    """
    one = mailed()
    names = [f"partner-{number}" for number in range(1, MAX_HANDOVERS)]
    more = tuple(Handover(name, NOW, handed_on_by=AALST) for name in names)
    full = replace(one, handovers=(*one.handovers, *more))
    with pytest.raises(TooManyHandoversError):
        moved_to(full, GENT, "", LATER)


def test_take_away() -> None:
    """
    A place that was mailed is told; one that was not gets nothing. Twice is once.
    """
    one = mailed(AALST, GENT)
    away = taken_away(one, GENT, LATER)
    handover = away.handover(GENT)

    assert handover
    assert LATER == handover.ended_at
    assert [GENT] == kinds(away, WITHDRAWAL)
    assert away is taken_away(away, GENT, LATER + DAY)
    unsent = taken_away(registration(1, NOW, municipality=[AALST, GENT]), GENT, LATER)
    assert ([AALST], []) == (kinds(unsent, FORWARDING), kinds(unsent, WITHDRAWAL))


def test_take_away_last() -> None:
    """
    The last place stays: without it nobody would have her registration.
    """
    with pytest.raises(LastPlaceError):
        taken_away(mailed(), AALST, LATER)
    with pytest.raises(NotHereError):
        taken_away(mailed(AALST, GENT), BRUSSEL, LATER)


@pytest.mark.parametrize("was_mailed", [True, False])
@pytest.mark.parametrize("is_closed", [True, False])
def test_back_again(was_mailed: bool, is_closed: bool) -> None:
    """
    A place that she took away and chooses again is mailed again, whatever became of the first mail,
    and not told that she left.
    """
    one = mailed(AALST, GENT) if was_mailed else registration(1, NOW, municipality=[AALST, GENT])
    if is_closed:
        one = dropped(one, mail_to(one, GENT), "phoned", LATER)
    away = taken_away(one, GENT, LATER)
    one = moved_to(away, GENT, "", LATER + DAY)

    assert GENT in kinds(one, FORWARDING)
    assert [] == kinds(one, WITHDRAWAL)
    assert mail_to(one, GENT) in list(one.due_mails(LATER + DAY))
    assert 2 == len(own_places(one))
    again = sent(one, mail_to(one, GENT), "again", "44021-1", LATER + DAY)
    assert [] == [name for name in kinds(again, FORWARDING) if name == GENT]


def test_pause() -> None:
    """
    While she pauses no new forwarding goes out and nobody waits for her; then all goes on, and the
    ten working days begin again.
    """
    one = paused(registration(), LATER)

    assert [VOLUNTEER] == [mail.receiver for mail in one.due_mails(LATER)]
    assert [False] == [row.waits for row in candidates(one)]
    back = resumed(one, LATER + DAY)
    assert [AALST, VOLUNTEER] == [mail.receiver for mail in back.due_mails(LATER + DAY)]
    assert [True] == [row.waits for row in candidates(back)]
    assert LATER + DAY == back.waits_since(back.handovers[0])
    assert back is resumed(back, LATER + DAY)


def test_pause_while_under_way() -> None:
    """
    What was mailed before the pause is followed as ever, and a new municipality waits.
    """
    one = moved_to(paused(mailed(), LATER), GENT, "", LATER)

    assert [AALST, VOLUNTEER] == [mail.receiver for mail in one.due_mails(NOW + 2 * DAY)]


def test_new_link() -> None:
    """
    The older links are void from now on, and a new one is mailed to her.
    """
    one = link_renewed(mailed(), LATER)

    assert LATER == one.links_since
    assert [VOLUNTEER] == kinds(one, OWN_LINK)


@pytest.mark.parametrize("step", [link_renewed, data_asked])
def test_mails_a_day(step: Step) -> None:
    """
    Three mails of a kind a day, and twenty in all: the page can't flood a mailbox.
    """
    one = mailed()
    for number in range(MAX_MAILS_A_DAY):
        one = step(one, LATER + timedelta(seconds=number))
    with pytest.raises(TooOftenError):
        step(one, LATER + timedelta(hours=23))
    for number in range(1, MAX_MAILS - MAX_MAILS_A_DAY + 1):
        one = step(one, LATER + number * DAY)
    with pytest.raises(TooOftenError):
        step(one, LATER + 30 * DAY)


def test_new_addresses_a_day() -> None:
    """
    Three addresses a day may be mailed a button: they may be strangers'.
    """
    one = mailed()
    for number in range(MAX_MAILS_A_DAY):
        one = email_asked(one, f"stranger-{number}@example.be", LATER + timedelta(seconds=number))
    with pytest.raises(TooOftenError):
        email_asked(one, "stranger@example.be", LATER + timedelta(hours=1))


def test_steps_end() -> None:
    """
    Nobody needs a hundred steps; an item has a size.
    """
    one = mailed()
    for _ in range(MAX_STEPS // 2):
        one = resumed(paused(one, LATER), LATER)
    with pytest.raises(TooOftenError):
        paused(one, LATER)


def test_data_of_a_new_address() -> None:
    """
    In the week after her address became another one, what we know of her is not mailed to it.
    """
    one = email_confirmed(email_asked(mailed(), "new@example.be", LATER), LATER)
    with pytest.raises(TooSoonError):
        data_asked(one, LATER + NEW_ADDRESS_REST - timedelta(seconds=1))

    assert [VOLUNTEER] == kinds(data_asked(one, LATER + NEW_ADDRESS_REST), "own-data")
    assert LATER == own.moved_at(one)
    assert None is own.moved_at(phone_corrected(mailed(), "", LATER))


def test_questions() -> None:
    """
    She can refuse our questions, and want them again.
    """
    one = questions_stopped(mailed(), LATER)

    assert LATER == one.no_questions_at
    back = questions_wanted(one, LATER + DAY)
    assert None is back.no_questions_at
    assert back is questions_wanted(back, LATER + DAY)


def test_reply() -> None:
    """
    An answer takes the place of the one before; each question has its own.
    """
    one = replied(mailed(), AFTER_FOUR_WEEKS, YES, LATER)
    one = replied(one, AFTER_SIX_MONTHS, NOT_YET, LATER + DAY)
    one = replied(one, AFTER_FOUR_WEEKS, NO, LATER + 2 * DAY)

    assert {(AFTER_SIX_MONTHS, NOT_YET), (AFTER_FOUR_WEEKS, NO)} == {
        (reply.question, reply.answer) for reply in one.replies
    }
    assert ["4w-yes", "6m-not-yet", "4w-no"] == [
        event.why for event in one.events if event.what == "answered"
    ]


def test_reply_of_another() -> None:
    """
    What is no answer to this question, or no question, is refused; so is changing it for ever.
    """
    one = mailed()
    for code, answer in ((AFTER_FOUR_WEEKS, NOT_YET), (AFTER_FOUR_WEEKS, ""), ("1y", YES)):
        with pytest.raises(LookupError):
            replied(one, code, answer, LATER)
    for number in range(MAX_CHANGED_REPLIES + 1):
        one = replied(one, AFTER_FOUR_WEEKS, (YES, NO)[number % 2], LATER)
    with pytest.raises(TooOftenError):
        replied(one, AFTER_FOUR_WEEKS, YES, LATER)


def test_nobody_called() -> None:
    """
    «Niemand» waits for a person until one dealt with it, or she says otherwise.
    """
    one = replied(mailed(), AFTER_FOUR_WEEKS, NO, LATER)
    assert ("attention", LATER) == one.work
    dealt_with = heeded(one, AFTER_FOUR_WEEKS, "phoned", AGENCY_DESK, LATER + DAY)

    assert None is dealt_with.work
    assert (Reply(AFTER_FOUR_WEEKS, NO, LATER, LATER + DAY),) == dealt_with.replies
    assert dealt_with is heeded(dealt_with, AFTER_FOUR_WEEKS, "phoned", AGENCY_DESK, LATER)
    assert None is replied(one, AFTER_FOUR_WEEKS, YES, LATER + DAY).work
    assert None is replied(mailed(), AFTER_SIX_MONTHS, NO, LATER).work


def test_question_waits_for_pause() -> None:
    """
    No question goes out while she pauses.
    """
    asked = Mail(QUESTION, VOLUNTEER, NOW, NOW, about=AFTER_FOUR_WEEKS)
    one = mailed()
    one = replace(one, mails=(*one.mails, asked))

    assert asked in list(one.due_mails(LATER))
    assert asked not in list(paused(one, LATER).due_mails(LATER))
