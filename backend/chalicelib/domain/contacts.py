"""
Where a municipality receives its mails: its contact addresses, in order, and their life.

unconfirmed → confirmed (a code mailed to it was entered) → bouncing (mails come back) → inactive.
Once a year it is asked again. The addresses themselves live in the table, never in this repository
(design.md). Every step is a function that returns the next contact with who changed what, and
when; what was asked and tried since is read from that history.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.municipalities import BRUSSELS_NIS, find_municipality
from chalicelib.domain.outbox import Mail
from chalicelib.domain.registration import AGENCY

UNCONFIRMED, CONFIRMED, BOUNCING, INACTIVE = "unconfirmed", "confirmed", "bouncing", "inactive"
Place = tuple[str, int]
"""NIS code and order."""

STATES = (UNCONFIRMED, CONFIRMED, BOUNCING, INACTIVE)
USABLE = frozenset({UNCONFIRMED, CONFIRMED})

FORMER = "former"
"""The route of a mail to an address that is out of use: what comes back tells nothing."""

REGIONS = {"02000": "Vlaanderen", BRUSSELS_NIS: "Brussel"}
"""Whose address is tried after the municipality's own, by NIS code (Statbel REFNIS)."""

MAX_ORDER = 9
MAX_CHANGES = 50
"""Steps of the history that are kept: a dozen years of asking and answering."""

CODE_TERM = timedelta(days=14)
"""How long a code can be entered after it was asked for."""

MAX_WRONG_CODES = 5
"""After so many wrong codes, none is taken until a new one is asked for."""

REMIND_AFTER = timedelta(days=7)
MAX_ASKED = 3
"""How often an address is asked by itself without an answer; then a person must act."""

YEAR = timedelta(days=365)
ASK_AHEAD = timedelta(days=30)
LAPSE_AFTER = timedelta(days=30)

# What happened to an address, in its history; a word may follow that says from what, or why.
IMPORTED, SET, REPLACED = "imported", "set", "replaced"
MERGED_FROM, MERGED_INTO = "merged-from", "merged-into"
ASKED, WRONG_CODE, LAPSED, RETIRED = "asked", "wrong-code", "lapsed", "retired"


@dataclass(frozen=True)
class Change:
    """
    What happened to an address, who did it, and when.

    `who` is a role, a program or, for what the desk did, a login name; `what` a code, followed by
    what an address was or came from, or why it bounces.
    """

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Contact:
    """
    An address of a municipality, or of a region for when none of a municipality works.

    `nis_code` is a municipality's or a region's; `order` 1 is tried first. `since` is when this
    address took its place, `changes` its history, oldest first.
    """

    nis_code: str
    email: str
    order: int
    state: str
    since: datetime
    confirmed_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    version: int = 0

    @property
    def key(self) -> str:
        """What names it where its address may not stand: `41002-1`."""
        return f"{self.nis_code}-{self.order}"

    @property
    def place(self) -> Place:
        return self.nis_code, self.order

    @property
    def owner(self) -> str:
        """The name of whom it belongs to: today's municipality, or a region."""
        return REGIONS.get(self.nis_code) or find_municipality(self.nis_code).name

    @property
    def is_placeholder(self) -> bool:
        """Whether the address can't exist (`.example`, RFC 2606): for trying out only."""
        return self.email.endswith(".example")

    @property
    def works_since(self) -> datetime:
        """Since when what we knew of another address, or before a code was entered, is void."""
        return max(self.since, self.confirmed_at) if self.confirmed_at else self.since

    def email_at(self, moment: datetime) -> str:
        """Which address was in this place at a moment, as far as its history goes back."""
        for change in self.changes:
            what, _, before = change.what.partition(" ")
            if what == REPLACED and change.at > moment:
                return before
        return self.email

    @property
    def requests(self) -> tuple[datetime, ...]:
        """When it was asked for a code, oldest first; not what the place held before."""
        return tuple(
            change.at for change in self.changes if change.what == ASKED and change.at >= self.since
        )

    @property
    def unanswered(self) -> tuple[datetime, ...]:
        """The requests since it was last confirmed."""
        return tuple(
            at for at in self.requests if self.confirmed_at is None or at > self.confirmed_at
        )

    @property
    def wrong_codes(self) -> int:
        """How many wrong codes were entered since it was last asked."""
        last = max(self.requests, default=self.since)
        return sum(change.what == WRONG_CODE and change.at >= last for change in self.changes)

    @property
    def asks_at(self) -> datetime | None:
        """
        When it must be asked (again) by itself; None for never.

        Never asked and never confirmed: somebody chose not to ask, and must choose otherwise.
        """
        if self.state not in USABLE or self.is_placeholder:
            return None
        asked = self.unanswered
        if self.state == CONFIRMED:
            first = (self.confirmed_at or self.since) + YEAR - ASK_AHEAD
            asked = tuple(at for at in asked if at >= first)
            if not asked:
                return first
        return asked[-1] + REMIND_AFTER if 0 < len(asked) < MAX_ASKED else None

    @property
    def lapses_at(self) -> datetime | None:
        """Until when a confirmation counts; None where there is none, or nobody to ask."""
        if self.state != CONFIRMED or self.is_placeholder:
            return None
        return (self.confirmed_at or self.since) + YEAR + LAPSE_AFTER


@dataclass(frozen=True)
class Receiver:
    """
    The address that a mail for a municipality goes to, and its route (see `Sending`); `diverted`
    says why it is not the municipality's own.
    """

    email: str
    route: str
    diverted: str = ""


def receiver(
    contacts: Iterable[Contact], of_region: Iterable[Contact], agency: str, mail: Mail
) -> Receiver | None:
    """
    The next address to try for a mail: the municipality's own in their order, its region's, the
    agency's. None when this mail came back from all of them.
    """
    own = sorted(contacts, key=lambda contact: contact.order)
    diverted = "unusable-address" if own else "no-address"
    for contact in own:
        if _may_take(contact, mail):
            return Receiver(contact.email, contact.key)
    for contact in sorted(of_region, key=lambda contact: contact.order):
        if _may_take(contact, mail):
            return Receiver(contact.email, contact.key, diverted)
    if any(sending.route == AGENCY for sending in mail.newly_bounced):
        return None
    return Receiver(agency, AGENCY, diverted)


def placed(
    place: Place, email: str, who: str, now: datetime, *, what: str, state: str = UNCONFIRMED
) -> Contact:
    """An address in a place where none was."""
    return Contact(place[0], email, place[1], state, now, changes=(Change(now, who, what),))


def replaced(
    contact: Contact, email: str, who: str, now: datetime, *, state: str = UNCONFIRMED
) -> Contact:
    """Another address in its place; the history goes on, and tells which one it was."""
    return changed(contact, who, f"{REPLACED} {contact.email}", now, state=state, email=email)


def asked(contact: Contact, who: str, now: datetime) -> Contact:
    """A code is asked for: from here on one can be entered, whether or not its mail went out."""
    return changed(contact, who, ASKED, now)


def mistyped(contact: Contact, who: str, now: datetime) -> Contact:
    return changed(contact, who, WRONG_CODE, now)


def confirmed(contact: Contact, who: str, now: datetime) -> Contact:
    """Somebody reads its mailbox: whatever it was before, it works from now on."""
    return replace(changed(contact, who, CONFIRMED, now, state=CONFIRMED), confirmed_at=now)


def lapsed(contact: Contact, who: str, now: datetime) -> Contact:
    """Nobody answered for a year: still used, no longer counted as confirmed."""
    return changed(contact, who, LAPSED, now, state=UNCONFIRMED)


def retired(contact: Contact, who: str, now: datetime, *, what: str = RETIRED) -> Contact:
    """No longer used, and kept for its history."""
    return changed(contact, who, what, now, state=INACTIVE)


def bounced(contact: Contact, sent_at: datetime, why: str, now: datetime) -> Contact:
    """
    A mail to it came back for good: until somebody looks, nothing is sent to it.

    Nothing changes when the mail was sent to what the address was before, or before somebody
    showed that it works.
    """
    if contact.state not in USABLE or sent_at < contact.works_since:
        return contact
    return changed(contact, "ses", why, now, state=BOUNCING)


def moved(contact: Contact, place: Place, who: str, now: datetime) -> Contact:
    """
    The same address in another place, as after a merger: with its state and its history.

    A code that was mailed names the old place and is void there.
    """
    following = changed(contact, who, f"{MERGED_FROM} {contact.key}", now)
    return replace(following, nis_code=place[0], order=place[1], since=now, version=0)


def changed(
    contact: Contact, who: str, what: str, now: datetime, *, state: str = "", email: str = ""
) -> Contact:
    """With a new state or address, and that in its history. A new address is not confirmed yet."""
    return replace(
        contact,
        state=state or contact.state,
        email=email or contact.email,
        since=now if email else contact.since,
        confirmed_at=None if email else contact.confirmed_at,
        changes=(*contact.changes, Change(now, who, what))[-MAX_CHANGES:],
    )


def same_address(one: str, other: str) -> bool:
    """
    Whether two addresses are one mailbox: mail hosts know no capitals in practice (RFC 5321,
    section 2.4 advises against them).
    """
    return one.casefold() == other.casefold()


def _may_take(contact: Contact, mail: Mail) -> bool:
    came_back = any(
        sending.route == contact.key and sending.sent_at >= contact.works_since
        for sending in mail.newly_bounced
    )
    return contact.state in USABLE and not came_back
