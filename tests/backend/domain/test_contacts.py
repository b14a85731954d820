"""Where a municipality's mails go."""

import pytest

from chalicelib.domain.contacts import Contact, Receiver, receiver
from tests.backend.samples import AGENCY, contact


def test_first_in_order() -> None:
    """
    The address that comes first in order receives the mail, however they are given.
    """
    contacts = [contact(email="two@aalst.be", order=2), contact(email="one@aalst.be", order=1)]

    assert Receiver("one@aalst.be") == receiver(contacts, AGENCY)


@pytest.mark.parametrize("state", ["unconfirmed", "confirmed"])
def test_usable(state: str) -> None:
    """
    An address is used until it turns out not to work, confirmed or not.
    """
    assert Receiver("buddy@aalst.example") == receiver([contact(state=state)], AGENCY)


def test_next_usable() -> None:
    """
    An address that does not work is passed over.
    """
    contacts = [contact(state="bounced"), contact(email="two@aalst.be", order=2)]

    assert Receiver("two@aalst.be") == receiver(contacts, AGENCY)


@pytest.mark.parametrize(
    ("contacts", "reason"),
    [([], "no-address"), ([contact(state="bounced")], "unusable-address")],
)
def test_diverted(contacts: list[Contact], reason: str) -> None:
    """
    Without an address that works the agency receives it, with the reason.
    """
    assert Receiver(AGENCY, reason) == receiver(iter(contacts), AGENCY)


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
