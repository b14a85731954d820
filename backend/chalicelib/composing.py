"""
Which letter goes to which address: from what is due to a mail, ready to be sent.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.domain.calendar import local_date
from chalicelib.domain.contacts import (
    BOUNCING,
    FORMER,
    USABLE,
    Contact,
    Receiver,
    receiver,
    same_address,
)
from chalicelib.domain.handover import NOT_NOW
from chalicelib.domain.incidents import PROBE
from chalicelib.domain.municipalities import TEST_MUNICIPALITY, find_municipality
from chalicelib.domain.notice import Notice
from chalicelib.domain.outbox import Mail, Outbox, Sending
from chalicelib.domain.probe import MUNICIPALITY_ADDRESS
from chalicelib.domain.registration import (
    ADDRESS_CHANGE,
    AGENCY,
    CONFIRMATION,
    CONSENT,
    CORRECTION,
    DECLINED,
    DELAY,
    ERASURE,
    FORWARDING,
    HANDED_ON,
    LATE,
    NEW_ADDRESS,
    OWN_DATA,
    OWN_LINK,
    PHONE_INSTEAD,
    QUESTION,
    REFUSAL,
    REGRET,
    REROUTED,
    STEP_UP,
    TAKEN_BACK,
    WARNING,
    WITHDRAWAL,
    Registration,
    copies,
)
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.vacation import Vacation
from chalicelib.domain.waiting import TOGETHER, told_with
from chalicelib.emails import Closed, Email, Letters
from chalicelib.failures import NobodyLeftError, NotNeededError
from chalicelib.links import Links
from chalicelib.own_letters import OwnLetters
from chalicelib.suggestion_letters import SuggestionLetters

NoticeComposer = Callable[[Notice, Mail, datetime], Email]


class Contacts(Protocol):
    def contacts(self, nis_code: str) -> Iterable[Contact]: ...


class Store(Contacts, Protocol):
    def vacation(self, nis_code: str) -> Vacation | None: ...


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
        self._links = links
        self._to_sender = SuggestionLetters(letters, agency)
        own = OwnLetters(letters, agency)
        self._letter_of: Mapping[str, Callable[[Registration, Mail], Email]] = {
            FORWARDING: lambda one, mail: letters.forwarding(
                one, mail.receiver, self._receiver(one, mail), links.candidate(one, mail.receiver)
            ),
            PHONE_INSTEAD: lambda one, mail: letters.phone_instead(
                one, mail.receiver, self._receiver(one, mail), links.candidate(one, mail.receiver)
            ),
            CONFIRMATION: lambda one, _: letters.confirmation(one, links.own(one)),
            DELAY: lambda one, _: letters.delay(one, links.own(one)),
            STEP_UP: lambda one, _: letters.step_up(one, links.confirm(one)),
            HANDED_ON: lambda one, mail: letters.handed_on(one, mail.about, links.own(one)),
            DECLINED: lambda one, mail: letters.declined(
                one, mail, self._receiver(one, mail), links.candidate(one, mail.receiver)
            ),
            CONSENT: lambda one, mail: letters.consent(one, mail.about, links.own(one)),
            LATE: lambda one, mail: letters.late(
                _late_still(one, mail), mail, links.own(one), self._closed(one, mail)
            ),
            QUESTION: lambda one, mail: letters.question(
                _wants_questions(one), mail.about, links.question(one, mail.about)
            ),
            REGRET: lambda one, mail: letters.regret(_not_now(one, mail), mail, links.own(one)),
            OWN_LINK: lambda one, mail: own.own_link(one, mail, links.own(one)),
            OWN_DATA: lambda one, mail: own.own_data(
                one, mail, links.own_data(one, mail.queued_at)
            ),
            NEW_ADDRESS: lambda one, mail: own.new_address(one, mail, links.new_address(one)),
            ADDRESS_CHANGE: lambda one, mail: own.address_change(one, mail, links.own(one)),
            CORRECTION: lambda one, mail: own.correction(
                one, mail, self._receiver(one, mail), links.candidate(one, mail.receiver)
            ),
            WARNING: lambda one, mail: letters.warning(_still(one, mail), links.own(one)),
            WITHDRAWAL: lambda one, mail: letters.withdrawal(
                one, mail.receiver, self._receiver(one, mail), mail.about
            ),
            TAKEN_BACK: lambda one, mail: letters.taken_back(
                one, mail.receiver, self._receiver(one, mail), mail.about
            ),
            REROUTED: lambda one, mail: letters.rerouted(one, mail.about, links.own(one)),
            REFUSAL: lambda one, _: letters.refusal(one),
            ERASURE: lambda one, mail: letters.erasure(one, mail, self._keeper(one, mail)),
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
        if isinstance(outbox, Suggestion):
            return self._to_sender.letter(outbox, mail, self._links.suggestion(outbox))
        raise TypeError(type(outbox).__name__)

    def _receiver(self, registration: Registration, mail: Mail) -> Receiver:
        handover = registration.handover(mail.receiver)
        if handover and handover.partner:  # one address, which a municipality gave us
            if mail.newly_bounced:
                raise NobodyLeftError
            return Receiver(handover.partner.email, mail.receiver)
        if mail.receiver == TEST_MUNICIPALITY.nis_code:
            return Receiver(MUNICIPALITY_ADDRESS, PROBE)
        return receiver_of(mail, self._store, self._agency)

    def _keeper(self, registration: Registration, mail: Mail) -> Receiver:
        """
        Whose mailbox has the copy that a mail asks to delete; where that one takes no mail any
        more, the next address of its place.

        Raises `NotNeededError` where nobody has it, or another mail asks the same mailbox.
        """
        found = copies(registration, mail.receiver)
        copy = next((one for one in found if one.message_id == mail.about), None)
        if copy is None:
            raise NotNeededError("came-back")
        keeper = self._took(registration, mail.receiver, copy)
        if keeper is None or mail.newly_bounced:
            return self._receiver(registration, mail)
        for earlier in found[: found.index(copy)]:
            other = self._took(registration, mail.receiver, earlier)
            if other and same_address(other.email, keeper.email):
                raise NotNeededError(TOGETHER)
        return keeper

    def _took(self, registration: Registration, receiver: str, copy: Sending) -> Receiver | None:
        """Which address a copy went to then, None where we don't know or it bounces since."""
        handover = registration.handover(receiver)
        if handover and handover.partner:
            return Receiver(handover.partner.email, receiver)
        if copy.route == AGENCY:
            return Receiver(self._agency, AGENCY)
        contacts = self._store.contacts(copy.route.rpartition("-")[0])
        contact = next((one for one in contacts if one.key == copy.route), None)
        if contact is None or contact.state == BOUNCING:
            return None
        email = contact.email_at(copy.sent_at)
        is_in_use = contact.state in USABLE and same_address(email, contact.email)
        return Receiver(email, contact.key if is_in_use else FORMER)

    def _closed(self, registration: Registration, mail: Mail) -> Closed:
        """Which of the places that a mail tells of are closed, and until when."""
        closed = {}
        for place in told_with(registration, mail):
            if place.partner:
                continue
            found = self._store.vacation(find_municipality(place.receiver).nis_code)
            if found and found.covers(local_date(mail.queued_at)):
                closed[place.receiver] = found.last
        return closed


def receiver_of(mail: Mail, store: Contacts, agency: str) -> Receiver:
    """
    The next address to try for a mail to a municipality. Raises `NobodyLeftError` when it came back
    from all of them.
    """
    municipality = find_municipality(mail.receiver)  # today's, also after a merger
    found = receiver(
        store.contacts(municipality.nis_code),
        store.contacts(municipality.region_nis),
        agency,
        mail,
    )
    if found is None:
        raise NobodyLeftError
    return found


def _late_still(registration: Registration, mail: Mail) -> Registration:
    """Raises `NotNeededError` where somebody took her up before the mail went out."""
    if not told_with(registration, mail):
        raise NotNeededError("taken-up")
    return registration


def _not_now(registration: Registration, regret: Mail) -> Registration:
    """Raises `NotNeededError` where somebody took her up after all, before the mail went out."""
    handover = registration.handover(regret.about)
    if handover is None or handover.ended_at or handover.state != NOT_NOW:
        raise NotNeededError("taken-up")
    return registration


def _wants_questions(registration: Registration) -> Registration:
    """Raises `NotNeededError` where she does not want to be asked any more."""
    if registration.no_questions_at:
        raise NotNeededError("no-questions")
    return registration


def _still(registration: Registration, warning: Mail) -> Registration:
    """Raises `NotNeededError` where she, or a municipality, did something since it was wanted."""
    if warning.about != registration.expiry_date:
        raise NotNeededError("kept")
    return registration
