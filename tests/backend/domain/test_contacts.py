"""Where a municipality's mails go, and the life of its addresses."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.contacts import (
    BOUNCING,
    CONFIRMED,
    INACTIVE,
    MAX_ASKED,
    MAX_CHANGES,
    UNCONFIRMED,
    Contact,
    Receiver,
    asked,
    bounced,
    confirmed,
    lapsed,
    mistyped,
    moved,
    placed,
    receiver,
    replaced,
    retired,
)
from chalicelib.domain.outbox import BOUNCED, NO_MAILBOX, Fact, Mail, Sending
from tests.backend.samples import AALST, AGENCY, NOW, contact

FLANDERS = "02000"
DAY = timedelta(days=1)
MAIL = Mail("forwarding", AALST, NOW, NOW)


def came_back(*routes: str, sent_at: datetime = NOW) -> Mail:
    """A mail that came back for good from each of these routes."""
    return replace(
        MAIL,
        sendings=tuple(
            Sending(f"message-{route}", route, sent_at, (Fact(sent_at, BOUNCED, NO_MAILBOX),))
            for route in routes
        ),
    )


def real(state: str = UNCONFIRMED, email: str = "buddy@aalst.be") -> Contact:
    """An address that can exist: placeholders are never asked by themselves."""
    return placed((AALST, 1), email, "griet", NOW, what="imported", state=state)


class TestReceiver:
    def test_first_in_order(self) -> None:
        """
        The address that comes first in order receives the mail, however they are given.
        """
        contacts = [contact(email="two@aalst.be", order=2), contact(email="one@aalst.be", order=1)]

        assert Receiver("one@aalst.be", "41002-1") == receiver(contacts, (), AGENCY, MAIL)

    @pytest.mark.parametrize("state", [UNCONFIRMED, CONFIRMED])
    def test_usable(self, state: str) -> None:
        """
        An address is used until it turns out not to work, confirmed or not.
        """
        found = receiver([contact(state=state)], (), AGENCY, MAIL)

        assert Receiver("buddy@aalst.example", "41002-1") == found

    @pytest.mark.parametrize("state", [BOUNCING, INACTIVE])
    def test_next_usable(self, state: str) -> None:
        """
        An address that does not work, or is retired, is passed over.
        """
        contacts = [contact(state=state), contact(email="two@aalst.be", order=2)]

        assert Receiver("two@aalst.be", "41002-2") == receiver(contacts, (), AGENCY, MAIL)

    @pytest.mark.parametrize(
        ("own", "reason"),
        [([], "no-address"), ([contact(state=BOUNCING)], "unusable-address")],
    )
    def test_region(self, own: list[Contact], reason: str) -> None:
        """
        Without an address of its own that works, the region's receives it, in their order.
        """
        region = [
            contact(FLANDERS, "two@vlaanderen.be", 2),
            contact(FLANDERS, "one@vlaanderen.be", 1, state=UNCONFIRMED),
        ]

        assert Receiver("one@vlaanderen.be", "02000-1", reason) == receiver(
            own, region, AGENCY, MAIL
        )

    @pytest.mark.parametrize(
        ("own", "reason"),
        [([], "no-address"), ([contact(state=BOUNCING)], "unusable-address")],
    )
    def test_agency(self, own: list[Contact], reason: str) -> None:
        """
        Where the region's does not work either, the agency receives it.
        """
        region = [contact(FLANDERS, "one@vlaanderen.be", state=BOUNCING)]

        assert Receiver(AGENCY, "agency", reason) == receiver(iter(own), region, AGENCY, MAIL)

    def test_came_back(self) -> None:
        """
        A mail that came back goes on: own, region, agency; then nobody is left.
        """
        own, region = [contact()], [contact(FLANDERS, "one@vlaanderen.be")]
        routes: list[str] = []
        while found := receiver(own, region, AGENCY, came_back(*routes)):
            routes.append(found.route)

        assert ["41002-1", "02000-1", "agency"] == routes

    def test_confirmed_since(self) -> None:
        """
        An address that was confirmed after a mail came back from it may take that mail.
        """
        mail = came_back("41002-1")
        repaired = confirmed(contact(state=BOUNCING), "code", NOW + DAY)

        assert Receiver("buddy@aalst.example", "41002-1") == receiver([repaired], (), AGENCY, mail)


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("buddy+aalst@aalst.example", True),
        ("buddy@aalst.be", False),
        ("buddy@example.be", False),
        ("example@aalst.be", False),
    ],
)
def test_placeholder(email: str, expected: bool) -> None:
    """
    An address that ends in `.example` can't exist.
    """
    assert expected == contact(email=email).is_placeholder


@pytest.mark.parametrize(
    ("nis_code", "name"),
    [
        (AALST, "Aalst"),
        (FLANDERS, "Vlaanderen"),
        ("04000", "Brussel"),
        ("73009", "Tongeren-Borgloon"),
    ],
)
def test_owner(nis_code: str, name: str) -> None:
    """
    An address belongs to today's municipality, or to a region.
    """
    assert name == contact(nis_code).owner


class TestBounced:
    def test_permanently(self) -> None:
        """
        An address that bounces is no longer used, and its history says why.
        """
        one = bounced(real(CONFIRMED), NOW + DAY, NO_MAILBOX, NOW + DAY)

        assert BOUNCING == one.state
        assert ("ses", NO_MAILBOX) == (one.changes[-1].who, one.changes[-1].what)

    def test_before_it_was_there(self) -> None:
        """
        What was sent to the address before says nothing about this one.
        """
        one = replaced(real(), "new@aalst.be", "griet", NOW + DAY)

        assert one is bounced(one, NOW, NO_MAILBOX, NOW + 2 * DAY)

    def test_before_it_was_confirmed(self) -> None:
        """
        A late bounce says nothing about a mailbox in which a code was read since.
        """
        one = confirmed(asked(real(), "griet", NOW), "code", NOW + DAY)

        assert one is bounced(one, NOW, NO_MAILBOX, NOW + 2 * DAY)

    def test_repaired(self) -> None:
        """
        A bouncing address works again once its code is entered.
        """
        one = confirmed(bounced(real(), NOW, NO_MAILBOX, NOW), "code", NOW + DAY)

        assert (CONFIRMED, NOW + DAY) == (one.state, one.confirmed_at)


class TestHistory:
    def test_everything(self) -> None:
        """
        Who did what and when is there, oldest first, across another address in the same place.
        """
        one = asked(real(), "griet", NOW)
        one = confirmed(one, "code", NOW + DAY)
        one = replaced(one, "new@aalst.be", "jan", NOW + 2 * DAY)
        one = retired(one, "jan", NOW + 3 * DAY)

        assert [
            (NOW, "griet", "imported"),
            (NOW, "griet", "asked"),
            (NOW + DAY, "code", "confirmed"),
            (NOW + 2 * DAY, "jan", "replaced buddy@aalst.be"),
            (NOW + 3 * DAY, "jan", "retired"),
        ] == [(change.at, change.who, change.what) for change in one.changes]
        assert INACTIVE == one.state

    def test_limited(self) -> None:
        """
        A history does not grow without end: the oldest steps go first.
        """
        one = real()
        for number in range(2 * MAX_CHANGES):
            one = asked(one, str(number), NOW)

        assert MAX_CHANGES == len(one.changes)
        assert str(2 * MAX_CHANGES - 1) == one.changes[-1].who

    def test_replaced(self) -> None:
        """
        Another address starts anew: unconfirmed, not asked yet, without wrong codes.
        """
        one = mistyped(asked(real(), "griet", NOW), "code", NOW)
        one = replaced(confirmed(one, "code", NOW), "new@aalst.be", "jan", NOW + DAY)

        assert (UNCONFIRMED, NOW + DAY, None) == (one.state, one.since, one.confirmed_at)
        assert ((), 0) == (one.requests, one.wrong_codes)

    def test_moved(self) -> None:
        """
        After a merger the address is the same, with its state and history, in a new place.
        """
        one = replace(confirmed(asked(real(), "griet", NOW), "code", NOW), version=7)
        there = moved(one, ("44021", 3), "jan", NOW + DAY)

        assert ("44021-3", CONFIRMED, NOW, 0) == (
            there.key,
            there.state,
            there.confirmed_at,
            there.version,
        )
        assert "merged-from 41002-1" == there.changes[-1].what
        assert one.changes == there.changes[:-1]
        assert () == there.requests


class TestAsking:
    def test_never_asked(self) -> None:
        """
        An address that nobody asked on purpose is not asked by itself.
        """
        assert real().asks_at is None

    def test_reminders(self) -> None:
        """
        It is asked three times at most, a week apart, while nobody answers.
        """
        one, moments = asked(real(), "griet", NOW), [NOW]
        while one.asks_at:
            moments.append(one.asks_at)
            one = asked(one, "schedule", one.asks_at)

        assert [NOW, NOW + 7 * DAY, NOW + 14 * DAY] == moments
        assert MAX_ASKED == len(one.unanswered)

    def test_yearly(self) -> None:
        """
        A confirmed address is asked a month before its year is over, and reminded twice.
        """
        one, days = confirmed(asked(real(), "griet", NOW), "code", NOW + DAY), []
        while one.asks_at:
            days.append((one.asks_at - NOW).days)
            one = asked(one, "schedule", one.asks_at)

        assert [336, 343, 350] == days

    def test_asked_in_between(self) -> None:
        """
        What the desk asked half a year early is not reminded, and does not count for the year.
        """
        one = confirmed(asked(real(), "griet", NOW), "code", NOW)
        one = asked(one, "jan", NOW + 180 * DAY)

        assert NOW + 335 * DAY == one.asks_at

    def test_lapses(self) -> None:
        """
        A month after its year it counts no longer, is still used, and nobody is asked again.
        """
        one = confirmed(asked(real(), "griet", NOW), "code", NOW)
        while one.asks_at:
            one = asked(one, "schedule", one.asks_at)
        assert one.lapses_at == NOW + 395 * DAY
        one = lapsed(one, "schedule", one.lapses_at)

        assert (UNCONFIRMED, None, None) == (one.state, one.asks_at, one.lapses_at)
        assert receiver([one], (), AGENCY, MAIL) == Receiver("buddy@aalst.be", "41002-1")

    def test_answered_in_time(self) -> None:
        """
        A code entered after a reminder starts a new year.
        """
        one = confirmed(real(), "code", NOW)
        one = asked(one, "schedule", NOW + 335 * DAY)
        one = confirmed(one, "code", NOW + 340 * DAY)

        assert ((), NOW + (340 + 335) * DAY) == (one.unanswered, one.asks_at)

    @pytest.mark.parametrize("state", [BOUNCING, INACTIVE])
    def test_unusable(self, state: str) -> None:
        """
        An address that does not work, or is retired, is left alone.
        """
        one = replace(asked(real(), "griet", NOW), state=state)

        assert (None, None) == (one.asks_at, one.lapses_at)

    def test_placeholders(self) -> None:
        """
        An address that can't exist is never asked by itself, and never lapses.
        """
        one = confirmed(asked(contact(), "griet", NOW), "code", NOW)

        assert (None, None) == (one.asks_at, one.lapses_at)
