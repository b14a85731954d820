"""Nobody waits in silence: reminders, and what the sweep does when time passes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import digest
from chalicelib.composing import Composer, receiver_of
from chalicelib.domain import outbox
from chalicelib.domain.following import acted, proposed
from chalicelib.domain.handover import DESK, HANDED_ON, LINK, OPENED, Act, Partner
from chalicelib.domain.leaving import erased, withdrawn
from chalicelib.domain.outbox import DELIVERED, Fact
from chalicelib.domain.registration import (
    LATE,
    QUESTION,
    REMINDER,
    VOLUNTEER,
    Registration,
)
from chalicelib.domain.vacation import Vacation
from chalicelib.emails import Email, Letters
from chalicelib.failures import DeliveryFailedError
from chalicelib.forward import Desk, sweep
from chalicelib.projection import repair
from chalicelib.reminding import MAX_NAMED, ReminderComposer, remind
from tests.backend import steps
from tests.backend.fakes import Clock, FakeMailer, FakeStore
from tests.backend.samples import (
    AALST,
    AGENCY,
    GENT,
    LINKS,
    NOW,
    SITE_URL,
    contact,
    registration,
)

FIFTH = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
"""Eight in the morning in Brussels, five working days after `NOW`."""

TENTH = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
"""Five in the afternoon, ten working days after `NOW`."""

Add = Callable[..., Registration]
Run = Callable[..., int]


def day(month: int, number: int, hour: int = 7) -> datetime:
    return datetime(2027 if month < 11 else 2026, month, number, hour, tzinfo=UTC)


def with_letters(store: FakeStore, mailer: FakeMailer, clock: Clock) -> Desk:
    """A desk that writes reminders too, as `bootstrap` puts it together."""
    letters = Letters(SITE_URL, AGENCY)
    compose = ReminderComposer(
        store, letters, AGENCY, lambda mail: receiver_of(mail, store, AGENCY), LINKS.candidate
    )
    composer = Composer(store, letters, AGENCY, {REMINDER: compose}, LINKS)
    return Desk(store, mailer, composer, clock, wall=clock)


@pytest.fixture
def desk(store: FakeStore, mailer: FakeMailer, clock: Clock) -> Desk:
    return with_letters(store, mailer, clock)


@pytest.fixture
def add(store: FakeStore) -> Add:
    return lambda number=1, now=NOW, **changes: kept(store, number, now, **changes)


@pytest.fixture
def run(store: FakeStore, desk: Desk, clock: Clock) -> Run:
    """What is scheduled, at a moment; returns how many reminders were made."""
    return lambda now: run_all(store, desk, clock, now)


def kept(store: FakeStore, number: int = 1, now: datetime = NOW, **changes: str) -> Registration:
    """A registration that was mailed to everybody, and delivered."""
    one = registration(number, now, **changes)
    for receiver in (*one.answers.municipality, VOLUNTEER):
        name = f"message-{number}-{receiver}"
        one = steps.sent(one, receiver, name, now)
        fact = Fact(now + timedelta(seconds=2), DELIVERED)
        one = outbox.heard(one, steps.receipt(one, receiver, fact, name, now))
    one = replace(one, admitted_at=now)
    store.add(one)
    return one


def run_all(store: FakeStore, desk: Desk, clock: Clock, now: datetime) -> int:
    clock.now = now
    repair(store, now)
    made = remind(store, now)
    sweep(desk, lambda: True)
    return made


def sent(mailer: FakeMailer, kind: str) -> list[Email]:
    return [email for email in mailer.sent if email.kind == kind]


def test_no_answer(add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
    """
    Who did not answer about an organisation in five working days is on the next list of the
    municipality, with why; that is the only mail to it, and it waits since it asked.
    """
    one = add(1, now=NOW - timedelta(days=14))
    seen = acted(one, AALST, Act(NOW - timedelta(days=14), OPENED, DESK))
    asked = proposed(
        seen, AALST, Partner("De Brug", "brug@partner.example"), Act(NOW, HANDED_ON, DESK)
    )
    store.save(asked)
    for now in (NOW + timedelta(hours=2), FIFTH, FIFTH + timedelta(hours=10)):
        run(now)
    assert [] == sent(mailer, REMINDER)
    for days in (1, 2, 3):
        run(FIFTH + timedelta(days=days))
    (reminder,) = sent(mailer, REMINDER)

    assert "Terug van De Brug: de kandidaat antwoordde niet." in reminder.text
    assert "Terug van De Brug: de kandidaat antwoordde niet." in reminder.html
    assert "sinds maandag 23 november 2026, 6 werkdagen" in reminder.text
    assert not [email for email in mailer.sent if email.kind == "declined"]


class TestFifthDay:
    def test_one_mail(self, add: Add, run: Run, mailer: FakeMailer) -> None:
        """
        Five working days after the mails were delivered the municipality gets one mail, that names
        both who wait: reference, first name, link, and nothing else of a person.
        """
        first, second = add(1), add(2, name="Bilal Mansour", email="bilal@example.be", about="")
        run(FIFTH)
        (reminder,) = sent(mailer, REMINDER)

        assert ("buddy@aalst.example", "41002-1") == (reminder.to, reminder.route)
        assert "2 kandidaat-buddy’s wachten op Aalst" == reminder.subject
        for one, name in ((first, "Anaïs"), (second, "Bilal")):
            for text in (reminder.text, reminder.html):
                assert name in text
                assert one.reference in text
                assert LINKS.candidate(one, AALST) in text
                for private in (one.answers.email, "0470", "470", "wandelen", "Mansour", "Hondt"):
                    assert private not in text
        assert "sinds maandag 23 november 2026, 5 werkdagen" in reminder.text
        assert "uiterlijk op maandag 7 december 2026" in reminder.text

    @pytest.mark.parametrize(
        "moment",
        [
            day(11, 27),  # the fourth working day
            datetime(2026, 11, 30, 6, 59, tzinfo=UTC),  # before eight
            day(11, 29),  # a Sunday
        ],
    )
    def test_not_yet(self, add: Add, run: Run, moment: datetime) -> None:
        """
        Not before the fifth working day, nor before eight, nor in a weekend.
        """
        add()

        assert 0 == run(moment)

    def test_again(self, add: Add, run: Run, mailer: FakeMailer) -> None:
        """
        Run again, that day or the days after, there is no second mail; after five working days
        there is, as long as nobody opened it, and after three the agency has it.
        """
        add()
        made = {}
        for number in range(60):
            now = FIFTH + timedelta(days=number)
            made[now.date()] = run(now) + run(now + timedelta(hours=1))
        days = [one for one, count in made.items() if count]

        assert [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14)] == days
        assert 3 == len(sent(mailer, REMINDER))

    def test_at_once(
        self, add: Add, store: FakeStore, desk: Desk, clock: Clock, mailer: FakeMailer
    ) -> None:
        """
        Two runs at the same moment make one mail: its key is that of the day.
        """
        add()
        clock.now = FIFTH
        repair(store, FIFTH)
        second: list[int] = []

        class Interrupted(FakeStore):
            def __getattr__(self, name: str) -> object:
                return getattr(store, name)

            def __getattribute__(self, name: str) -> object:
                if name == "add_notice" and not second:
                    second.append(remind(store, FIFTH))
                return getattr(store, name)

        made = remind(Interrupted(), FIFTH)
        sweep(desk, lambda: True)

        assert [1] == second
        assert 0 == made
        assert 1 == len(sent(mailer, REMINDER))

    def test_skipped_day(self, add: Add, run: Run, mailer: FakeMailer) -> None:
        """
        What a run skipped the next one does, once; five working days count from then.
        """
        add()

        assert [1, 0, 0, 1] == [run(day(12, number)) for number in (2, 3, 8, 9)]
        assert 2 == len(sent(mailer, REMINDER))

    def test_christmas(self, add: Add, run: Run) -> None:
        """
        Christmas and New Year's Day are no working days: nobody is mailed, and they don't count.
        """
        add(now=datetime(2026, 12, 18, 9, 30, tzinfo=UTC))
        made = [run(day(12, number)) for number in range(21, 32)]
        made += [run(day(1, number)) for number in range(1, 6)]
        days = [21 + number for number, count in enumerate(made) if count]

        assert [28, 36] == days  # the 28th of December, and the 5th of January

    def test_opened(self, add: Add, run: Run, store: FakeStore) -> None:
        """
        Where somebody opened it, there is no reminder.
        """
        one = add()
        store.save(acted(one, AALST, Act(NOW, "opened", LINK)))

        assert 0 == run(FIFTH)

    def test_opened_meanwhile(
        self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer, desk: Desk
    ) -> None:
        """
        What was opened before the mail went out is not named; with nobody left there is no mail,
        and the next who waits long enough does not wait for another five days.
        """
        first, second = add(1), add(2, name="Bilal Mansour", email="bilal@example.be")
        repair(store, FIFTH)
        remind(store, FIFTH)
        for one in (first, second):
            store.save(acted(one, AALST, Act(FIFTH, "opened", LINK)))
        sweep(replace(desk, clock=lambda: FIFTH), lambda: True)
        add(3, datetime(2026, 11, 24, 9, 30, tzinfo=UTC), email="cem@example.be", name="Cem Kaya")

        assert [] == sent(mailer, REMINDER)
        assert 1 == run(FIFTH + timedelta(days=1))
        (reminder,) = sent(mailer, REMINDER)
        assert "Cem" in reminder.text
        assert "Bilal" not in reminder.text

    def test_newcomers_are_named(self, add: Add, run: Run, mailer: FakeMailer) -> None:
        """
        Whoever is there that day is named, also who waits for less: so nobody waits longer than
        five days to be named, and the municipality has one mail.
        """
        add(1)
        late = add(2, datetime(2026, 11, 26, 9, 30, tzinfo=UTC), email="bilal@example.be")

        assert [1, 0, 1] == [run(FIFTH), run(day(12, 3)), run(day(12, 7))]
        assert all(late.reference in one.text for one in sent(mailer, REMINDER))

    def test_two_municipalities(
        self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer
    ) -> None:
        """
        Each municipality has its own list; where one opened it, the other is reminded all the same.
        """
        store.save_contact(contact(GENT, "buddy@gent.example"))
        one = add(1, municipality=[AALST, GENT])
        store.save(acted(one, AALST, Act(NOW, "opened", LINK)))
        run(FIFTH)
        (reminder,) = sent(mailer, REMINDER)

        assert "buddy@gent.example" == reminder.to
        assert LINKS.candidate(one, GENT) in reminder.text

    def test_many(self, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        Of many it names those that wait longest, and how many more there are.
        """
        for number in range(1, MAX_NAMED + 4):
            kept(store, number, NOW + timedelta(minutes=number), email=f"a{number}@example.be")
        run(FIFTH)
        (reminder,) = sent(mailer, REMINDER)

        assert "33 kandidaat-buddy’s wachten op Aalst" == reminder.subject
        assert "En nog 3." in reminder.text
        assert MAX_NAMED == reminder.text.count(f"{SITE_URL}/gemeente/kandidaat/")
        assert registration(MAX_NAMED + 3).reference not in reminder.text

    def test_no_address(self, run: Run, mailer: FakeMailer, clock: Clock) -> None:
        """
        Where a municipality has no address, the reminder takes the way of the forwarding, and says
        for whom it is; the desk, where nobody can sign in, is not named.
        """
        store = FakeStore()
        kept(store)
        run_all(store, with_letters(store, mailer, clock), clock, FIFTH)
        (reminder,) = sent(mailer, REMINDER)

        assert (AGENCY, "agency") == (reminder.to, reminder.route)
        assert "Dit bericht is voor Aalst." in reminder.text
        assert "alle kandidaten" not in reminder.text + reminder.html

    @pytest.mark.parametrize(
        "change",
        [
            lambda one: replace(one, synthetic=True),
            lambda one: replace(one, paused_at=NOW),
            lambda one: replace(one, repeat_of="MB-1"),
            lambda one: replace(one, hold="quarantine", held_at=NOW),
            lambda one: withdrawn(one, LINK, NOW),
            lambda one: erased(one, LINK, NOW),
            lambda one: replace(
                one, handovers=tuple(replace(here, ended_at=NOW) for here in one.handovers)
            ),
        ],
        ids=["synthetic", "paused", "repeat", "held", "withdrawn", "erased", "ended"],
    )
    def test_nobody_waits(
        self,
        add: Add,
        run: Run,
        store: FakeStore,
        change: Callable[[Registration], Registration],
    ) -> None:
        """
        Nobody is reminded of our own tests, of who pauses or left, is held, or is a repeat.
        """
        store.save(change(add()))

        assert 0 == run(FIFTH)

    def test_vacation(self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        Who is closed is reminded on the first day back.
        """
        add()
        closed = Vacation(AALST, date(2026, 11, 28), date(2026, 12, 6), NOW, "41002-1")
        store.save_vacation(closed)

        assert [0, 0, 1] == [run(FIFTH), run(day(12, 4)), run(day(12, 7))]
        assert 1 == len(sent(mailer, REMINDER))

    def test_long_vacation(self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        The weeks in which nobody was there don't make it too late to remind: on the first day back
        the mail is there, and it ends with time as any other.
        """
        add()
        away = Vacation(AALST, date(2026, 11, 26), date(2027, 1, 22), NOW, "key")
        store.save_vacation(away)
        made = [run(moment) for moment in (FIFTH, TENTH, day(1, 22), day(1, 25), day(3, 1))]

        assert [0, 0, 0, 1, 0] == made
        assert 1 == len(sent(mailer, REMINDER))

    def test_bounces(self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        A reminder that comes back goes to the next address.
        """
        add()
        store.save_contact(contact(AALST, "welzijn@aalst.example", 2))
        run(FIFTH)
        (notice,) = store.notices.values()
        (mail,) = notice.mails
        told = outbox.Receipt(
            notice.id, REMINDER, AALST, "41002-1", mail.sendings[0].message_id, FIFTH,
            Fact(FIFTH, outbox.BOUNCED, outbox.NO_MAILBOX),
        )  # fmt: skip
        store.save(outbox.heard(notice, told))
        run(FIFTH + timedelta(minutes=1))

        assert ["buddy@aalst.example", "welzijn@aalst.example"] == [
            email.to for email in sent(mailer, REMINDER)
        ]


class TestTenthDay:
    def test_whole(self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        The volunteer gets one honest mail, the agency has it on its list, and it is off the list
        when somebody takes her up.
        """
        one = add()
        run(TENTH - timedelta(minutes=1))
        before = sent(mailer, LATE)
        for _ in range(3):
            run(TENTH)
        (late,) = sent(mailer, LATE)
        waiting = [*store.work("attention")]
        (item,) = digest.waiting_mails(one.reference, store, date(2026, 12, 8), TENTH)
        taken_up = acted(store.records[one.reference], AALST, Act(TENTH, "contacted", LINK))
        store.save(taken_up)

        assert [] == before
        assert "anais@example.be" == late.to
        assert [one.reference] == waiting
        assert "Aalst nam nog geen contact op, na 10 werkdagen." in item.what
        assert "sinds maandag 23 november 2026, 11 werkdagen" == item.waits
        assert [] == [*store.work("attention")]

    def test_mail(self, add: Add, run: Run, mailer: FakeMailer) -> None:
        """
        It says what we promised, what we do, and what she can do: wait, choose another
        municipality, or an organisation.
        """
        one = add()
        run(TENTH)
        (late,) = sent(mailer, LATE)

        assert f"Je aanmelding als buddy ({one.reference}): hoorde je al iets van Aalst?" == (
            late.subject
        )
        assert "binnen 10 werkdagen" in late.text
        assert "Een medewerker van ons vraagt na bij Aalst hoe het komt." in late.text
        assert "bijvoorbeeld Affligem, Asse, Denderleeuw of Dendermonde" in late.text
        for text in (late.text, late.html):
            assert LINKS.own(one) in text
            assert f"{SITE_URL}/projecten/" in text
            assert "gesloten" not in text

    def test_closed(self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        Where the municipality is closed, she reads until when.
        """
        add()
        closed = Vacation(AALST, date(2026, 12, 7), date(2026, 12, 20), NOW, "41002-1")
        store.save_vacation(closed)
        run(TENTH)
        (late,) = sent(mailer, LATE)

        assert "Aalst is gesloten tot en met zondag 20 december 2026." in late.text

    def test_several(self, add: Add, run: Run, mailer: FakeMailer) -> None:
        """
        Two municipalities that are late are in one mail; one that had contact is named as such.
        """
        add(1, municipality=[AALST, GENT])
        run(TENTH)
        (late,) = sent(mailer, LATE)

        assert "iemand van Aalst of Gent" in late.text
        assert "bij Aalst en Gent" in late.text

    def test_in_touch(self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        With another municipality she had contact: that goes on.
        """
        one = add(1, municipality=[AALST, GENT])
        store.save(acted(one, GENT, Act(NOW, "contacted", LINK)))
        run(TENTH)
        (late,) = sent(mailer, LATE)

        assert "hoorde je al iets van Aalst?" in late.subject
        assert "Met Gent had je al contact." in late.text

    def test_taken_up_before_it_went_out(
        self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer, clock: Clock
    ) -> None:
        """
        Taken up while the mail could not be sent, she does not get it any more.
        """
        one = add()
        mailer.failures[VOLUNTEER] = DeliveryFailedError("TooManyRequestsException")
        run(TENTH)
        store.save(acted(store.records[one.reference], AALST, Act(TENTH, "contacted", LINK)))
        mailer.failures.clear()
        run(TENTH + timedelta(hours=3))
        mail = store.records[one.reference].mail(LATE, VOLUNTEER, AALST)
        assert mail

        assert [] == sent(mailer, LATE)
        assert "taken-up" == mail.reason

    def test_off_the_list_of_reminders(self, add: Add, run: Run, mailer: FakeMailer) -> None:
        """
        The second reminder says that the promise is over.
        """
        add()
        run(FIFTH)
        run(day(12, 7))
        run(day(12, 14))
        first, second, third = sent(mailer, REMINDER)

        assert ["Dat is voorbij." in one.text for one in (first, second, third)] == [
            False,
            False,
            True,
        ]


class TestQuestion:
    def test_asked(self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer) -> None:
        """
        After four weeks, and after half a year, she gets one question with a link to answer it.
        """
        one = add()
        store.save(acted(one, AALST, Act(NOW, "duo", LINK)))
        for moment in (day(12, 21, 8), day(12, 21, 9), day(12, 22), day(5, 24, 8), day(5, 25)):
            run(moment)
        first, second = sent(mailer, QUESTION)

        assert f"Eén vraag over je aanmelding als buddy ({one.reference})" == first.subject
        assert "Heeft iemand je gebeld of gemaild?" in first.text
        assert "Vormen jullie nu een duo?" in second.text
        for mail, code in ((first, "4w"), (second, "6m")):
            assert LINKS.question(one, code) in mail.text
            assert LINKS.question(one, code) in mail.html

    def test_opted_out_before_it_went_out(
        self, add: Add, run: Run, store: FakeStore, mailer: FakeMailer
    ) -> None:
        """
        Who wants no questions any more gets none that was under way.
        """
        one = add()
        store.save(acted(one, AALST, Act(NOW, "duo", LINK)))
        mailer.failures[VOLUNTEER] = DeliveryFailedError("TooManyRequestsException")
        run(day(12, 21, 9))
        store.save(replace(store.records[one.reference], no_questions_at=day(12, 21, 10)))
        mailer.failures.clear()
        run(day(12, 21, 12))

        assert [] == sent(mailer, QUESTION)


HOURS = st.lists(st.integers(0, 24 * 70), min_size=1, max_size=12)


@given(
    hours=HOURS,
    registered=st.lists(st.integers(0, 24 * 20), min_size=1, max_size=3),
    is_ordered=st.booleans(),
)
def test_any_runs(hours: list[int], registered: list[int], is_ordered: bool) -> None:
    """
    However often, when and in which order it runs: a municipality has at most one reminder in five
    working days, and each hand-over at most one mail that it is late.
    """
    store, mailer, clock = FakeStore(), FakeMailer(), Clock(NOW)
    store.save_contact(contact())
    desk = with_letters(store, mailer, clock)
    for number, hour in enumerate(registered, 1):
        start = NOW + timedelta(hours=hour)
        kept(store, number, start, email=f"a{number}@example.be")
    last = NOW + timedelta(hours=max(registered))
    for hour in sorted(hours) if is_ordered else hours:
        run_all(store, desk, clock, last + timedelta(hours=hour))
    days = sorted(date.fromisoformat(name.rpartition(".")[2]) for name in store.notices)
    told = Counter(email.reference for email in sent(mailer, LATE))

    for one, next_ in pairwise(days):
        assert working_days(one, next_) >= 5
    assert len(sent(mailer, REMINDER)) <= len(days)
    assert all(count == 1 for count in told.values())


def working_days(start: date, end: date) -> int:
    """Counted here by hand: the holidays of these weeks are known."""
    off = {date(2026, 12, 25), date(2027, 1, 1)}
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(one.weekday() < 5 and one not in off for one in days)
