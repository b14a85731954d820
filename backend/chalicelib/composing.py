"""
Which letter goes to which address: from what is due to a mail, ready to be sent.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.domain.contacts import Contact, Receiver, receiver
from chalicelib.domain.incidents import PROBE
from chalicelib.domain.municipalities import TEST_MUNICIPALITY, find_municipality
from chalicelib.domain.notice import Notice
from chalicelib.domain.outbox import Mail, Outbox
from chalicelib.domain.probe import MUNICIPALITY_ADDRESS
from chalicelib.domain.registration import (
    CONFIRMATION,
    DELAY,
    FORWARDING,
    PHONE_INSTEAD,
    STEP_UP,
    Registration,
)
from chalicelib.emails import Email, Letters
from chalicelib.failures import NobodyLeftError
from chalicelib.links import Links

NoticeComposer = Callable[[Notice, Mail, datetime], Email]


class Store(Protocol):
    def contacts(self, nis_code: str) -> Iterable[Contact]: ...


class Composer:
    """
    Writes whatever is due. `agency` is the address for what has no other; `notices` has who
    writes a notice, by its kind; `links` makes what a mail asks to press.
    """

    def __init__(
        self,
        store: Store,
        letters: Letters,
        agency: str,
        notices: Mapping[str, NoticeComposer],
        links: Links,
    ) -> None:
        self._store = store
        self._agency = agency
        self._notices = notices
        self._letter_of: Mapping[str, Callable[[Registration, Mail], Email]] = {
            FORWARDING: lambda one, mail: letters.forwarding(
                one, mail.receiver, self._receiver(mail)
            ),
            PHONE_INSTEAD: lambda one, mail: letters.phone_instead(
                one, mail.receiver, self._receiver(mail)
            ),
            CONFIRMATION: lambda one, _: letters.confirmation(one),
            DELAY: lambda one, _: letters.delay(one),
            STEP_UP: lambda one, _: letters.step_up(one, links.confirm(one)),
        }

    def compose(self, outbox: Outbox, mail: Mail, now: datetime) -> Email:
        """
        The mail to send now.

        Raises `NobodyLeftError` when it came back from every address, and LookupError for a kind
        that nobody writes.
        """
        if isinstance(outbox, Notice):
            return self._notices[outbox.kind](outbox, mail, now)
        if isinstance(outbox, Registration):
            return self._letter_of[mail.kind](outbox, mail)
        raise TypeError(type(outbox).__name__)

    def _receiver(self, mail: Mail) -> Receiver:
        if mail.receiver == TEST_MUNICIPALITY.nis_code:
            return Receiver(MUNICIPALITY_ADDRESS, PROBE)
        municipality = find_municipality(mail.receiver)  # today's, also after a merger
        found = receiver(
            self._store.contacts(municipality.nis_code),
            self._store.contacts(municipality.region_nis),
            self._agency,
            mail,
        )
        if found is None:
            raise NobodyLeftError
        return found
