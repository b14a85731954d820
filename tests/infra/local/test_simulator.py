"""Addresses that act, and all the others."""

import pytest

from infra.local.simulator import Fate, Step, fate, with_mailbox


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("buddy+aalst@aalst.example", (Step.DELIVERED,)),
        ("success@simulator.amazonses.com", (Step.DELIVERED,)),
        ("bounce@simulator.amazonses.com", (Step.UNKNOWN_USER,)),
        ("Bounce+Aalst@Simulator.AmazonSES.com", (Step.UNKNOWN_USER,)),
        ("ooto@simulator.amazonses.com", (Step.DELIVERED, Step.AUTO_REPLY)),
        ("complaint+1@simulator.amazonses.com", (Step.DELIVERED, Step.COMPLAINT)),
        ("suppressionlist@simulator.amazonses.com", (Step.SUPPRESSED,)),
        ("bouncer@simulator.amazonses.com", (Step.DELIVERED,)),
        ("zoe@bounce.example", (Step.UNKNOWN_USER,)),
        ("zoe@full.example", (Step.MAILBOX_FULL,)),
        ("zoe@slow.example", (Step.DELAYED, Step.DELIVERED)),
        ("zoe@not.bounce.example", (Step.DELIVERED,)),
    ],
)
def test_fate(address: str, expected: Fate) -> None:
    """An address of the simulator acts its part, also with a label; any other is delivered to."""
    assert expected == fate(address)


def test_mailboxes() -> None:
    """Only where nobody acts can somebody read."""
    addresses = ["zoe@full.example", "zoe@aalst.example", "success@simulator.amazonses.com"]

    assert ["zoe@aalst.example"] == with_mailbox(addresses)
