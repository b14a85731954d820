"""
Who may sign in at a municipality's desk: whoever reads one of its confirmed mailboxes.

An address that was not confirmed, that bounces or that is no longer used opens nothing: what a
municipality may see goes to a mailbox of which somebody there showed that they read it.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from chalicelib.domain.contacts import CONFIRMED, REGIONS, Contact, same_address
from chalicelib.signing_in import Member


class Contacts(Protocol):
    def all_contacts(self) -> Iterable[Contact]: ...
    def contact(self, key: str) -> Contact | None: ...


class Mailboxes:
    """The mailboxes, as the members of that desk."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    def with_address(self, email: str) -> Iterator[Member]:
        """One address may be that of several municipalities: each has a desk of its own."""
        for contact in self._contacts.all_contacts():
            if _may(contact) and same_address(contact.email, email):
                yield _member(contact)

    def member(self, subject: str) -> Member | None:
        contact = self._contacts.contact(subject)
        return _member(contact) if contact and _may(contact) else None


def _may(contact: Contact) -> bool:
    """A region has an address for when none of a municipality works; it has no desk."""
    return contact.state == CONFIRMED and contact.nis_code not in REGIONS


def _member(contact: Contact) -> Member:
    return Member(contact.key, contact.email, "", contact.works_since, contact.owner)
