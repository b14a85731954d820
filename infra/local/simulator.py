"""Addresses that act: those of SES's mailbox simulator, and a few domains to try things by hand.

https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html has the simulator: an
address for each of five outcomes, with a label of one's own (`bounce+aalst@…`) where that helps.
Nobody reads these addresses, so a mail to one lands in no mailbox, as in AWS.
"""

from collections.abc import Iterable
from enum import Enum, auto


class Step(Enum):
    """One thing that becomes of a mail after SES took it."""

    DELIVERED = auto()
    DELAYED = auto()
    UNKNOWN_USER = auto()
    MAILBOX_FULL = auto()
    SUPPRESSED = auto()
    AUTO_REPLY = auto()
    COMPLAINT = auto()


Fate = tuple[Step, ...]

SIMULATOR = "simulator.amazonses.com"
SIMULATED: dict[str, Fate] = {
    "success": (Step.DELIVERED,),
    "bounce": (Step.UNKNOWN_USER,),
    # An out-of-office comes after the delivery, and SES takes it for a soft bounce.
    "ooto": (Step.DELIVERED, Step.AUTO_REPLY),
    "complaint": (Step.DELIVERED, Step.COMPLAINT),
    "suppressionlist": (Step.SUPPRESSED,),
}
# Not AWS's: whoever tries the form can give any name at these.
DOMAINS: dict[str, Fate] = {
    "bounce.example": (Step.UNKNOWN_USER,),
    "full.example": (Step.MAILBOX_FULL,),
    "slow.example": (Step.DELAYED, Step.DELIVERED),
}
ARRIVES: Fate = (Step.DELIVERED,)


def fate(address: str) -> Fate:
    """What becomes of a mail to this address, in order."""
    return _acted(address) or ARRIVES


def with_mailbox(addresses: Iterable[str]) -> list[str]:
    """Those of the addresses at which somebody can read."""
    return [address for address in addresses if not _acted(address)]


def _acted(address: str) -> Fate | None:
    name, _, domain = address.lower().rpartition("@")
    if domain == SIMULATOR:
        return SIMULATED.get(name.partition("+")[0])
    return DOMAINS.get(domain)
