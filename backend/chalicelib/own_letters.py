"""
The mails that follow from what a volunteer does on her own page.

Whoever has a mail to her can ask for them, so what goes to an address that is not hers yet has no
word that anybody typed.
"""

from typing import Protocol

from chalicelib.domain.calendar import in_words, local_date
from chalicelib.domain.cleaning import shown_phone
from chalicelib.domain.contacts import Receiver
from chalicelib.domain.outbox import Mail
from chalicelib.domain.own import NEW_ADDRESS_TERM
from chalicelib.domain.registration import (
    ADDRESS_CHANGE,
    CORRECTION,
    NEW_ADDRESS,
    OWN_DATA,
    OWN_LINK,
    UNCONFIRMED,
    Registration,
)
from chalicelib.emails import Email
from chalicelib.failures import NotNeededError


class Letters(Protocol):
    def to_volunteer(
        self, kind: str, registration: Registration, facts: dict[str, object], about: str = ""
    ) -> Email: ...

    def letter(
        self,
        kind: str,
        registration: Registration,
        *,
        receiver: str,
        route: str,
        to: str,
        reply_to: str,
        facts: dict[str, object],
        about: str = ...,
    ) -> Email: ...


class OwnLetters:
    """Writes them; `agency` is the address for answers where hers must not be used."""

    def __init__(self, letters: Letters, agency: str) -> None:
        self._letters = letters
        self._agency = agency

    def own_link(self, registration: Registration, mail: Mail, link: str) -> Email:
        """The new link to her page."""
        return self._letters.to_volunteer(OWN_LINK, registration, {"link": link}, about=mail.about)

    def own_data(self, registration: Registration, mail: Mail, link: str) -> Email:
        """The link to all that we know of her, for a day."""
        return self._letters.to_volunteer(OWN_DATA, registration, {"link": link}, about=mail.about)

    def address_change(self, registration: Registration, mail: Mail, link: str) -> Email:
        """
        Tells the address that is still hers that another one was asked; she stops it at `link`.

        Raises `NotNeededError` when that was settled meanwhile.
        """
        if not registration.new_email:
            raise NotNeededError("settled")
        return self._letters.to_volunteer(
            ADDRESS_CHANGE, registration, {"link": link}, about=mail.about
        )

    def new_address(self, registration: Registration, mail: Mail, link: str) -> Email:
        """
        Asks the new address for a press of its button. Raises `NotNeededError` when she does not
        want it any more.
        """
        asked_at = registration.new_email_at
        if not registration.new_email or asked_at is None:
            raise NotNeededError("settled")
        return self._letters.letter(
            NEW_ADDRESS,
            registration,
            receiver=UNCONFIRMED,
            route=UNCONFIRMED,
            to=registration.new_email,
            reply_to=self._agency,
            facts={"link": link, "until": in_words(local_date(asked_at + NEW_ADDRESS_TERM))},
            about=mail.about,
        )

    def correction(
        self, registration: Registration, mail: Mail, receiver: Receiver, link: str
    ) -> Email:
        """Tells who has her registration how she can be reached from now on."""
        answers = registration.answers
        return self._letters.letter(
            CORRECTION,
            registration,
            receiver=mail.receiver,
            route=receiver.route,
            to=receiver.email,
            reply_to=answers.email,
            facts={
                "name": answers.name,
                "email": answers.email,
                "phone": shown_phone(answers.phone) if answers.phone else "niet ingevuld",
                "link": link,
            },
            about=mail.about,
        )
