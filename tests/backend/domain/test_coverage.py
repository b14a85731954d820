"""For how many people a registration surely finds its way."""

import pytest

from chalicelib.domain.contacts import BOUNCING, CONFIRMED, INACTIVE, UNCONFIRMED
from chalicelib.domain.coverage import coverage
from chalicelib.domain.municipalities import MUNICIPALITIES, find_municipality
from tests.backend.samples import AALST, GENT, contact

AALST_PEOPLE = find_municipality(AALST).population_2020
ALL_PEOPLE = sum(one.population_2020 for one in MUNICIPALITIES)


def test_nobody() -> None:
    """
    Without an address nobody is reached.
    """
    found = coverage([])

    assert (304, 0, 0, 0.0) == (
        found.municipalities,
        found.covered_municipalities,
        found.covered_population,
        found.share,
    )


def test_share() -> None:
    """
    The share is of the people, not of the municipalities; two addresses count once.
    """
    found = coverage([contact(AALST), contact(AALST, order=2), contact(GENT, state=UNCONFIRMED)])

    assert (1, AALST_PEOPLE, ALL_PEOPLE) == (
        found.covered_municipalities,
        found.covered_population,
        found.population,
    )
    assert pytest.approx(AALST_PEOPLE / ALL_PEOPLE) == found.share


@pytest.mark.parametrize("state", [UNCONFIRMED, BOUNCING, INACTIVE])
def test_other_states(state: str) -> None:
    """
    Only a confirmed address counts.
    """
    assert 0 == coverage([contact(state=state)]).covered_municipalities


def test_second_address() -> None:
    """
    One confirmed address is enough, whatever its order.
    """
    found = coverage([contact(state=BOUNCING), contact(order=2, state=CONFIRMED)])

    assert 1 == found.covered_municipalities


def test_region() -> None:
    """
    A region's address, or one under a code from before a merger, covers no municipality.
    """
    assert 0 == coverage([contact("02000"), contact("73009")]).covered_municipalities


def test_everybody() -> None:
    """
    With all municipalities it is everybody.
    """
    assert 1.0 == coverage(contact(one.nis_code) for one in MUNICIPALITIES).share
