"""How it stands, in words: each state of a hand-over, what comes next, and what is not known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.following import acted, agreed, declined, handed_on, proposed, returned
from chalicelib.domain.handover import (
    ACTS,
    AGENCY_DESK,
    CONTACTED,
    DUO,
    HANDED_ON,
    INTAKE,
    LINK,
    NOT_NOW,
    OPENED,
    REASONS,
    UNDO_TERM,
    WRONG_ADDRESS,
    Act,
    Partner,
)
from chalicelib.domain.outbox import (
    BOUNCED,
    DELIVERED,
    NO_MAILBOX,
    Fact,
    Mail,
    Receipt,
    dropped,
    handed_over,
    heard,
    sent,
)
from chalicelib.domain.own import paused, taken_away
from chalicelib.domain.registration import (
    FORWARDING,
    QUARANTINE,
    STEP_UP,
    Registration,
    held,
)
from chalicelib.domain.rerouting import refused_for
from chalicelib.domain.standing import KIND_REASONS, Place, standing
from chalicelib.domain.waiting import escalated
from tests.backend.samples import AALST, GENT, NOW, mail_to, registration

HOUR = timedelta(hours=1)
SOON = NOW + 2 * HOUR
PARTNER = Partner("vzw De Brug", "info@debrug.example")


def forwarded(route: str = f"{AALST}-1", *places: str) -> Registration:
    one = registration(1, NOW, municipality=list(places or (AALST,)))
    return sent(one, mail_to(one, AALST), "message", route, NOW)


def told_by_ses(one: Registration, what: str, why: str = "") -> Registration:
    fact = Fact(NOW + HOUR, what, why)
    route = mail_to(one).sendings[-1].route
    return heard(one, Receipt(one.id, FORWARDING, AALST, route, "message", NOW, fact))


def place(one: Registration, now: datetime = SOON, receiver: str = AALST) -> Place:
    return next(known for known in standing(one, now).places if known.receiver == receiver)


def text(one: Registration, now: datetime = SOON, receiver: str = AALST) -> str:
    found = place(one, now, receiver)
    return " ".join((*found.lines, found.next))


def did(one: Registration, what: str, at: datetime = SOON, why: str = "") -> Registration:
    return acted(one, AALST, Act(at, what, LINK, why))


def test_on_its_way() -> None:
    """
    Before our mail went out, nothing else is said.
    """
    assert ("We sturen je aanmelding nu naar Aalst.",) == place(registration()).lines


def test_sent() -> None:
    """
    Sent is told as sent: whether it arrived we do not know yet.
    """
    assert (
        "We stuurden je aanmelding op maandag 23 november 2026 naar Aalst.",
        "We weten nog niet of ze aankwam.",
    ) == place(forwarded()).lines


def test_delivered() -> None:
    """
    Delivered is told with its date, and by when somebody calls: ten working days.
    """
    found = place(told_by_ses(forwarded(), DELIVERED))

    assert "Aalst ontving ze op maandag 23 november 2026." == found.lines[-1]
    assert found.next.startswith("Iemand belt of mailt je, uiterlijk op maandag 7 december 2026.")
    assert "Hoor je dan niets?" in found.next


def test_late() -> None:
    """
    After the promised day, and not on it, it says sorry and what she can do.
    """
    one = told_by_ses(forwarded(), DELIVERED)
    last_day = datetime.fromisoformat("2026-12-07T22:59:00+00:00")

    assert "uiterlijk op" in place(one, last_day).next
    assert "Dat spijt ons." not in place(one, last_day).next
    late = place(one, last_day + timedelta(minutes=1)).next
    assert "Dat spijt ons." in late
    assert "andere gemeente" in late


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("agency", "naar een medewerker van ons"),
        ("02000-1", "naar ons contact voor Vlaanderen"),
        ("04000-1", "naar ons contact voor Brussel"),
    ],
)
def test_diverted(route: str, words: str) -> None:
    """
    What went elsewhere is not told as sent to her municipality.
    """
    one = told_by_ses(forwarded(route), DELIVERED)

    assert words in text(one)
    assert "naar Aalst" not in text(one)
    assert "Aalst ontving" not in text(one)


def test_came_back() -> None:
    """
    What came back is told; when nobody is left a person looks, and she can choose another.
    """
    back = told_by_ses(forwarded(), BOUNCED, NO_MAILBOX)
    assert "Ze kwam terug. We zoeken een ander adres." in text(back)
    nobody = handed_over(back, mail_to(back), "came-back-from-all", SOON)

    assert "Ze kwam niet aan. Een medewerker van ons zoekt uit wie ze moet krijgen." in text(nobody)
    assert "Het kan wel langer duren." in text(nobody)
    never = registration()
    assert "vertrok niet" in text(handed_over(never, mail_to(never), "MessageRejected", SOON))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (OPENED, "Aalst bekeek je aanmelding op maandag 23 november 2026."),
        (CONTACTED, "Aalst liet op maandag 23 november 2026 weten: we namen contact op."),
        (INTAKE, "we spraken een gesprek af."),
        (DUO, "je vormt een duo."),
        (WRONG_ADDRESS, "Onze mail kwam bij de verkeerde mensen terecht."),
    ],
)
def test_acts(what: str, words: str) -> None:
    """
    What the municipality did is told as what it says, with its date.
    """
    assert words in text(did(forwarded(), what), SOON + UNDO_TERM)


@pytest.mark.parametrize("why", REASONS)
def test_not_now(why: str) -> None:
    """
    «Not now» comes with its reason in kind words, and with what she can do.
    """
    one = did(forwarded(), NOT_NOW, why=why)
    told = text(one, SOON + UNDO_TERM)

    assert KIND_REASONS[why] in told
    assert REASONS[why] not in told
    assert "Kies hieronder een andere gemeente." in told


@pytest.mark.parametrize("what", ACTS)
def test_hour_of_undoing(what: str) -> None:
    """
    What would be bad news if it were a mistake is not told before the hour of undoing is over.
    """
    if what == HANDED_ON:
        one = handed_on(forwarded(), AALST, Act(SOON, what, LINK, to=GENT))
    else:
        one = did(forwarded(), what, why="other" if what == NOT_NOW else "")
    before, at = text(one, SOON + UNDO_TERM - timedelta(seconds=1)), text(one, SOON + UNDO_TERM)

    assert (what in {OPENED, CONTACTED, INTAKE, DUO}) == (before == at)


def test_handed_on() -> None:
    """
    Both ends are there: who gave her on, and who calls now; the new one from when it is certain.
    """
    one = handed_on(forwarded(), AALST, Act(SOON, HANDED_ON, LINK, to=GENT))
    assert [AALST] == [known.receiver for known in standing(one, SOON).places]
    later = SOON + UNDO_TERM

    assert "door aan Gent." in text(one, later)
    assert "We sturen je aanmelding nu naar Gent." in text(one, later, GENT)


def asked() -> Registration:
    return proposed(forwarded(), AALST, PARTNER, Act(SOON, HANDED_ON, LINK))


def test_organisation() -> None:
    """
    She is asked about an organisation when nobody can take that back; nothing says it has her.
    """
    assert () == standing(asked(), SOON).questions
    later = SOON + UNDO_TERM
    found = place(asked(), later, "partner-1")

    assert (found,) == standing(asked(), later).questions
    assert "Aalst wil je aanmelding doorgeven aan vzw De Brug." in found.lines[0]
    assert "We mailen ze dan naar een mailadres bij debrug.example." in found.lines[0]
    assert "info@" not in found.lines[0]
    assert "vzw De Brug" not in text(asked(), later)


def test_yes_and_no() -> None:
    """
    After her answer she is not asked again; a yes goes on, a no is past.
    """
    later = SOON + UNDO_TERM
    yes, no = (step(asked(), "partner-1", later) for step in (agreed, declined))

    assert () == standing(yes, later).questions + standing(no, later).questions
    assert "We sturen je aanmelding nu naar vzw De Brug." in text(yes, later, "partner-1")
    assert place(no, later, "partner-1").has_ended
    assert "Je zei nee tegen vzw De Brug." in text(no, later, "partner-1")


def test_no_answer() -> None:
    """
    What she did not answer in time is past, and who has her now is told.
    """
    later = SOON + timedelta(days=8)
    one = returned(asked(), "partner-1", later)

    assert () == standing(one, later).questions
    assert place(one, later, "partner-1").has_ended
    assert "Je antwoordde niet." in text(one, later, "partner-1")
    assert "Aalst volgt je nu weer op." in text(one, later, "partner-1")
    assert "gaf je aanmelding" not in text(one, later)


def test_taken_away() -> None:
    """
    What she took away is past; what the agency took away is not said to be her doing.
    """
    both = forwarded(f"{AALST}-1", AALST, GENT)
    one = taken_away(both, GENT, SOON)

    assert "Je haalde Gent weg op maandag 23 november 2026." == text(one, SOON, GENT).strip()
    gent = both.handovers[1]
    theirs = replace(both, handovers=(both.handovers[0], replace(gent, ended_at=SOON)))
    assert "Gent heeft je aanmelding niet meer." == text(theirs, SOON, GENT).strip()
    assert [False, False] == [known.can_be_taken_away for known in standing(one, SOON).places]
    assert [True, True] == [known.can_be_taken_away for known in standing(both, SOON).places]


def without_mail(one: Registration) -> Registration:
    return replace(one, mails=tuple(mail for mail in one.mails if mail.kind != FORWARDING))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (without_mail, "We weten niet zeker hoe het staat in Aalst."),
        (lambda one: dropped(one, mail_to(one), "phoned", SOON), "ging niet naar Aalst"),
    ],
)
def test_not_known(make: Callable[[Registration], Registration], words: str) -> None:
    """
    What we do not know is told as such, and promises nothing.
    """
    told = text(make(registration()))

    assert words in told
    assert "uiterlijk op" not in told
    assert "Antwoord op een van onze mails." in told


def test_lost_track() -> None:
    """
    When nobody told us what became of a mail, that is what it says.
    """
    one = forwarded()
    told = text(handed_over(one, mail_to(one), "no-receipt", SOON))

    assert "We weten nog niet of ze aankwam." in told


def test_overall() -> None:
    """
    Held, a repeat, or paused: said of the whole; of what is held no place is promised anything.
    """
    one = registration()
    assert "wacht op jou" in standing(held(one, STEP_UP, "too-fast", NOW), SOON).first
    in_quarantine = standing(held(one, QUARANTINE, "honeypot", NOW), SOON)
    assert "kijkt je aanmelding eerst na" in in_quarantine.first
    assert () == in_quarantine.places
    assert "al eerder" in standing(replace(one, repeat_of="MB-7K3F-9Q4D"), SOON).first
    no = standing(refused_for(one, "other", AGENCY_DESK, SOON), SOON + UNDO_TERM)
    assert (True, ()) == ("gaat niet door" in no.first, no.places)
    away = paused(one, NOW)
    assert "Je pauzeert sinds maandag 23 november 2026." in standing(away, SOON).first
    assert "zodra je pauze stopt" in text(away)
    assert "We sturen je aanmelding nu naar Aalst." == standing(one, SOON).first


def first(one: Registration, now: datetime = SOON) -> str:
    return standing(one, now).first


LATE_AT = datetime.fromisoformat("2026-12-07T16:00:00+00:00")


@pytest.mark.parametrize(
    ("what", "why", "said"),
    [
        ("", "", "Je aanmelding kwam aan bij Aalst. We weten nog niet of iemand ze las."),
        (OPENED, "", "Aalst bekeek je aanmelding op maandag 23 november 2026."),
        (CONTACTED, "", "Aalst bekeek je aanmelding en nam contact met je op."),
        (INTAKE, "", "Aalst bekeek je aanmelding en sprak een gesprek met je af."),
        (DUO, "", "Aalst liet weten: je vormt een duo."),
        (NOT_NOW, "other", "Aalst bekeek je aanmelding. Het lukt daar nu niet."),
        (
            WRONG_ADDRESS,
            "",
            "Niemand in Aalst bekeek je aanmelding al. We zoeken het juiste adres.",
        ),
    ],
)
def test_did_anybody_read_it(what: str, why: str, said: str) -> None:
    """
    The first sentence answers what she wonders; of several places, where it is furthest.
    """
    one = told_by_ses(forwarded(f"{AALST}-1", AALST), DELIVERED)
    done = did(one, what, SOON, why) if what else one
    with_gent = told_by_ses(forwarded(f"{AALST}-1", AALST, GENT), DELIVERED)
    in_gent = acted(with_gent, GENT, Act(SOON, DUO, LINK))

    assert said == first(done, SOON + UNDO_TERM)
    assert "Gent liet weten: je vormt een duo." == first(in_gent, SOON)


def test_nobody_read_it_in_time() -> None:
    """
    From the moment that the promise is broken it says so; seen or not makes a difference.
    """
    one = told_by_ses(forwarded(), DELIVERED)
    seen = did(one, OPENED)
    not_yet = "nam nog geen contact met je op, voor zover wij weten."

    assert "We weten nog niet" in first(one, LATE_AT - timedelta(seconds=1))
    assert f"Aalst {not_yet}" == first(one, LATE_AT) == first(escalated(one, LATE_AT), LATE_AT)
    assert f"Aalst bekeek je aanmelding, maar {not_yet}" == first(seen, LATE_AT)


def test_first_of_what_is_elsewhere() -> None:
    """
    What is with us, with a question to her, under way or with nobody: each has its sentence.
    """
    asked = proposed(forwarded(), AALST, PARTNER, Act(SOON, HANDED_ON, LINK))
    gone = replace(forwarded(), handovers=())

    assert "is nog niet bij Aalst" in first(forwarded("agency"))
    assert "is nog niet bij Aalst" in first(forwarded("02000-1"))
    assert first(forwarded()).startswith("We mailden Aalst.")
    assert first(asked, SOON + UNDO_TERM).startswith("Aalst bekeek je aanmelding en stelt je")
    assert first(gone).startswith("Niemand heeft je aanmelding nu.")


def test_every_status() -> None:
    """
    Whatever became of a mail, there is a sentence for it, and each has at most 25 words.
    """
    empty = Mail(FORWARDING, AALST, NOW, NOW)
    for made in (
        forwarded(),
        told_by_ses(forwarded(), "delayed"),
        told_by_ses(forwarded(), "complained"),
        replace(forwarded(), mails=(empty,)),
    ):
        sentences = text(made).replace("? ", ". ").replace(": ", ". ").split(". ")
        assert sentences
        assert max(len(sentence.split()) for sentence in sentences) <= 25
