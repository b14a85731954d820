"""
Where a municipality receives its mails: its contact addresses, in order.

The addresses themselves live in the table, never in this repository (design.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

USABLE = frozenset({"unconfirmed", "confirmed"})


@dataclass(frozen=True)
class Contact:
    """An address of a municipality; `order` 1 is tried first."""

    nis_code: str
    email: str
    order: int
    state: str
    since: datetime

    @property
    def is_placeholder(self) -> bool:
        """Whether the address can't exist (`.example`, RFC 2606): for trying out only."""
        return self.email.endswith(".example")


@dataclass(frozen=True)
class Receiver:
    """
    The address that a forwarding goes to; `diverted` says why it is not the municipality's own.
    """

    email: str
    diverted: str = ""


def receiver(contacts: Iterable[Contact], agency: str) -> Receiver:
    """The first usable address of a municipality, else the agency with the reason."""
    known = sorted(contacts, key=lambda contact: contact.order)
    usable = next((contact for contact in known if contact.state in USABLE), None)
    if usable:
        return Receiver(usable.email)
    return Receiver(agency, diverted="unusable-address" if known else "no-address")
