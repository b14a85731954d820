"""The daily digest: exact, short, once a day, and only when there is something."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import digest
from chalicelib.digest import DigestComposer, Section, make, sections
from chalicelib.domain import outbox
from chalicelib.domain.contacts import changed
from chalicelib.domain.following import acted, agreed, proposed
from chalicelib.domain.handover import HANDED_ON, WRONG_ADDRESS, Act, Partner
from chalicelib.domain.handover import LINK as LINK_DOOR
from chalicelib.domain.incidents import PROBE, Trouble
from chalicelib.domain.ledger import Entry, entries
from chalicelib.domain.notice import notice
from chalicelib.domain.outbox import BOUNCES, NO_RECEIPT, Event
from chalicelib.domain.own import replied
from chalicelib.domain.registration import AGENCY as TO_AGENCY
from chalicelib.domain.registration import QUARANTINE, VOLUNTEER, Registration, held
from chalicelib.domain.reply import AFTER_FOUR_WEEKS, NO
from chalicelib.domain.status import Status
from chalicelib.emails import Email, Letters
from chalicelib.failures import NotNeededError
from chalicelib.watching import note
from tests.backend.fakes import FakeStore
from tests.backend.samples import AALST, AGENCY, GENT, NOW, contact, mail_to, registration

MORNING = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)  # a Friday, half past seven in Brussels
SITE = "https://www.mijnbuddy.example"


def found(store: FakeStore, now: datetime = MORNING) -> dict[str, Section]:
    return {section.title: section for section in sections(store, SITE, now)}


@pytest.fixture
def write(store: FakeStore, letters: Letters) -> Callable[[], Email]:
    """The mail as it would go out on Friday morning."""

    def compose() -> Email:
        today = notice(digest.KIND, "2026-11-27", TO_AGENCY, MORNING)
        return DigestComposer(store, letters, AGENCY, SITE)(today, today.mails[0], MORNING)

    return compose


def waiting(
    number: int = 1, reason: str = "came-back-from-all", receiver: str = AALST
) -> Registration:
    one = registration(number)
    return outbox.handed_over(one, mail_to(one, receiver), reason, NOW)


def test_nothing(store: FakeStore) -> None:
    """
    Where nothing waits, there is no mail.
    """
    store.add(registration())

    assert not make(store, MORNING)
    assert {} == store.notices


def test_once_a_day(store: FakeStore) -> None:
    """
    However often it runs on a day, there is one; the next working day has its own.
    """
    store.add(waiting())

    assert make(store, MORNING)
    assert not make(store, MORNING + timedelta(hours=1))
    assert make(store, MORNING + timedelta(days=3))
    assert ["digest.2026-11-27", "digest.2026-11-30"] == list(store.notices)


def test_superseded(store: FakeStore) -> None:
    """
    A digest that could not be sent does not come the day after, beside the next one.
    """
    store.add(waiting())
    make(store, MORNING)
    make(store, MORNING + timedelta(days=3))

    assert ["dropped", "queued"] == [one.mails[0].status for one in store.notices.values()]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 28, 7, 30, tzinfo=UTC),  # Saturday
        datetime(2026, 12, 25, 7, 30, tzinfo=UTC),  # Christmas
        datetime(2026, 11, 27, 5, 30, tzinfo=UTC),  # half past six in Brussels
    ],
)
def test_not_now(store: FakeStore, moment: datetime) -> None:
    """
    Not in the weekend, not on a public holiday, not before seven.
    """
    store.add(waiting())

    assert not make(store, moment)


def test_summer(store: FakeStore) -> None:
    """
    In summer half past five in UTC is half past seven.
    """
    store.add(waiting())

    assert make(store, datetime(2027, 6, 1, 5, 30, tzinfo=UTC))


def test_waiting_mail(store: FakeStore) -> None:
    """
    A mail that waits: which, why, since when, and the commands that clear it.
    """
    one = waiting()
    store.add(one)
    (item,) = found(store)["Mails die op iemand wachten"].items

    assert one.reference == item.name
    assert "De aanmelding voor Aalst. Ze kwam terug van elk adres dat we kennen." == item.what
    assert "sinds maandag 23 november 2026, 4 werkdagen" == item.waits
    which = f"{one.reference} --mail forwarding --to {AALST}"
    assert (f"mijnbuddy resend {which}", f"mijnbuddy close {which} --why ...") == item.commands


def test_nobody_called(store: FakeStore) -> None:
    """
    Where she says that nobody contacted her: since when, and how to close it; not her own words.
    """
    one = replied(registration(), AFTER_FOUR_WEEKS, NO, NOW)
    store.add(one)
    (item,) = found(store)["Mails die op iemand wachten"].items

    assert one.reference == item.name
    assert "De vrijwilliger zegt na vier weken: niemand belde of mailde." in item.what
    assert "sinds maandag 23 november 2026, 4 werkdagen" == item.waits
    close = f"mijnbuddy close {one.reference} --mail question --to volunteer --why ..."
    assert (close,) == item.commands


def test_wrong_address(store: FakeStore) -> None:
    """
    Where a mail reached the wrong people: whose, since when, and how to send it to the right ones.
    """
    one = acted(registration(), AALST, Act(NOW, WRONG_ADDRESS, LINK_DOOR, note="CANARIE"))
    store.add(one)
    (item,) = found(store)["Mails die op iemand wachten"].items

    assert one.reference == item.name
    assert "Wie de mail voor Aalst kreeg, zegt: verkeerd adres." in item.what
    assert "sinds maandag 23 november 2026, 4 werkdagen" == item.waits
    assert (
        "mijnbuddy contacts set 41002 1 ADRES",
        f"mijnbuddy resend {one.reference} --mail forwarding --to 41002",
    ) == item.commands
    assert "CANARIE" not in str(item)


def test_wrong_address_of_an_organisation(store: FakeStore) -> None:
    """
    The address of an organisation came from a municipality: that one is asked.
    """
    brug = Partner("Canarie", "canarie@partner.example")
    one = proposed(registration(), AALST, brug, Act(NOW, HANDED_ON, LINK_DOOR))
    one = agreed(one, "partner-1", NOW)
    store.add(acted(one, "partner-1", Act(NOW, WRONG_ADDRESS, LINK_DOOR)))
    (item,) = found(store)["Mails die op iemand wachten"].items

    assert item.what.endswith("Bel Aalst en zoek samen een andere plaats.")
    assert () == item.commands
    assert "anarie" not in str(item)


def test_organisation(store: FakeStore, write: Callable[[], Email]) -> None:
    """
    An organisation is no municipality without an address, and has no name here.
    """
    brug = Partner("Canarie", "canarie@partner.example")
    one = agreed(
        proposed(registration(), AALST, brug, Act(NOW, HANDED_ON, LINK_DOOR)), "partner-1", NOW
    )
    mail = one.mail("forwarding", "partner-1")
    assert mail
    one = outbox.handed_over(one, mail, "came-back-from-all", NOW)
    store.add(one)
    for entry in entries(one):
        store.append(entry)
    (item,) = found(store)["Mails die op iemand wachten"].items

    assert item.what.startswith("De aanmelding voor een organisatie. Ze kwam terug")
    assert "anarie" not in write().text


def test_final(store: FakeStore) -> None:
    """
    Where sending again makes no sense, it is not proposed.
    """
    store.add(waiting(reason="unreachable", receiver=VOLUNTEER))
    store.add(waiting(2, NO_RECEIPT))
    items = found(store)["Mails die op iemand wachten"].items

    assert [["resend", "close"], ["close"]] == [
        [command.split()[1] for command in item.commands] for item in items
    ]


def test_quarantine(store: FakeStore) -> None:
    """
    What is held has a link to where the desk decides.
    """
    one = held(registration(), QUARANTINE, "honeypot", NOW)
    store.add(one)
    (item,) = found(store)["Aanmeldingen om na te kijken"].items

    assert (one.reference, f"{SITE}/beheer/aanmelding/{one.reference}/") == (item.name, item.link)
    assert "computers" in item.what


def test_contacts(store: FakeStore) -> None:
    """
    An address that bounces, and a municipality that people chose without any that works.
    """
    kept = store.contact(f"{AALST}-1")
    assert kept
    store.save_contact(changed(kept, "ses", "no-mailbox", NOW, state="bouncing"))
    for one in (registration(), registration(2), registration(3, postcode="9000")):
        for entry in entries(one):
            store.append(entry)
    store.save_contact(contact(GENT))
    here = found(store)
    (bouncing,) = here["Contactadressen die niet werken"].items
    (unreachable,) = here["Gemeenten zonder werkend adres"].items

    assert ("Aalst, adres 1", ("mijnbuddy contacts set 41002 1 ADRES",)) == (
        bouncing.name,
        bouncing.commands,
    )
    assert ("Aalst", "In de laatste vier weken: 2 vrijwilligers.") == (
        unreachable.name,
        unreachable.what,
    )


def test_dead_letters_and_incidents(store: FakeStore) -> None:
    """
    Dead letters and open incidents are in it.
    """
    store.save_status(Status(NOW, dead_letters=3))
    note(PROBE, Trouble("not-delivered", NOW), store, NOW)
    here = found(store)

    assert "3 berichten" == here["Berichten die bleven liggen"].items[0].name
    assert "Onze testaanmelding komt niet aan" == here["Storingen"].items[0].name


def test_synthetic(store: FakeStore) -> None:
    """
    Our own tests are in no list.
    """
    store.add(replace(waiting(), synthetic=True))
    store.add(replace(held(registration(2), QUARANTINE, "honeypot", NOW), synthetic=True))

    assert {} == found(store)


def test_limit(store: FakeStore, write: Callable[[], Email]) -> None:
    """
    The first fifty of a kind, and how many more: one mail stays readable.
    """
    for number in range(60):
        store.add(waiting(number))
    section = found(store)["Mails die op iemand wachten"]

    assert (50, 10, 60) == (len(section.items), section.more, section.count)
    mail = write()
    assert "En nog 10." in mail.text
    assert "60 punten" in mail.subject
    assert len(mail.html) < 90_000


def test_mail(store: FakeStore, write: Callable[[], Email]) -> None:
    """
    One mail to the agency, in text and HTML with the same content, and nobody's name in it.
    """
    one = waiting()
    store.add(one)
    mail = write()

    assert (AGENCY, "agency", "agency") == (mail.to, mail.receiver, mail.route)
    assert "mijnbuddy, 27 november 2026: 1 punt wacht op je" == mail.subject
    for body in (mail.text, mail.html):
        for words in (
            one.reference,
            "De aanmelding voor Aalst.",
            "mijnbuddy resend",
            "4 werkdagen",
        ):
            assert words in body
        for person in ("Anaïs", "Hondt", "anais", "470", "9300", "wandelen", "@aalst"):
            assert person not in body


def test_solved(write: Callable[[], Email]) -> None:
    """
    A digest that was held up until all was solved is not needed any more.
    """
    with pytest.raises(NotNeededError, match="nothing-waits"):
        write()


@pytest.mark.parametrize(
    "reason",
    [*BOUNCES, NO_RECEIPT, "complained", "came-back-from-all", "unreachable", "MessageRejected"],
)
def test_reasons(reason: str) -> None:
    """
    Every reason has a sentence.
    """
    told = digest.reason(mail_to(waiting(reason=reason)))

    assert told.endswith(".")
    assert len(told.split()) <= 12


def test_notice_that_waits(store: FakeStore) -> None:
    """
    A mail of our own that can't be sent is listed as well, by its id.
    """
    one = notice("contact-code", "41002-1.x", "41002-1", NOW)
    store.add_notice(outbox.handed_over(one, one.mails[0], "MessageRejected", NOW))
    (item,) = found(store)["Mails die op iemand wachten"].items

    assert "contact-code.41002-1.x" == item.name
    assert item.what.startswith("De code voor een contactadres van Aalst.")


def test_unknown_kind_of_entry(store: FakeStore) -> None:
    """
    What is old, or no forwarding, makes no municipality without address.
    """
    store.append(
        Entry("MB-1", 1, Event(MORNING - timedelta(days=40), "queued", GENT, "", "forwarding"))
    )
    store.append(Entry("MB-2", 1, Event(NOW, "queued", VOLUNTEER, "", "delay")))

    assert {} == found(store)
