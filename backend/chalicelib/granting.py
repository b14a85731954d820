"""
What a volunteer asks on her own page, behind the link that we mailed her: read which registration
it is, and do what the button says.

A link shows, a button acts (design rule 6): looking changes nothing; what a button asks is one
conditional write. A form that is posted again, or long after it was shown, does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from chalicelib import erasing
from chalicelib.domain import leaving, own, tokens, wish
from chalicelib.domain.following import NotHereError, TooManyHandoversError, agreed, declined
from chalicelib.domain.handover import VOLUNTEER_PAGE
from chalicelib.domain.outbox import has_landed
from chalicelib.domain.own import (
    KnownMunicipalityError,
    LastPlaceError,
    TooManyMunicipalitiesError,
    TooOftenError,
    TooSoonError,
    steps,
)
from chalicelib.domain.registration import Registration
from chalicelib.domain.reply import QUESTIONS
from chalicelib.domain.rerouting import is_refused
from chalicelib.domain.standing import may_answer
from chalicelib.domain.tokens import ForgedTokenError, Keys, Signed, verify
from chalicelib.domain.wish import Wish, refused
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

STOP = "no-questions"
"""What the button of a question says that asks for no more of them."""

OWN_DATA_TERM = timedelta(hours=24)
"""How long the link works to all that we know of her: it shows her address and her number."""

Step = Callable[[Registration], Registration]


class Store(erasing.Everything, Protocol):
    """What erasing needs, which is what the rest needs too."""


class Outcome(Enum):
    """
    What became of a pressed button: done; it was so already; nothing, as something changed since
    the page was shown, as it was asked too often, as her address is too new, or as her
    registration is held.
    """

    DONE = "done"
    ALREADY = "already"
    CHANGED = "changed"
    TOO_OFTEN = "too-often"
    TOO_SOON = "too-soon"
    HELD = "held"


class ChangedError(Exception):
    """Something changed since the page with the button was shown."""


@dataclass(frozen=True)
class Granted:
    outcome: Outcome
    registration: Registration


@dataclass(frozen=True)
class Asked:
    """One of our questions (a code of `QUESTIONS`), to one volunteer."""

    registration: Registration
    question: str


@dataclass(frozen=True)
class Means:
    """What acting by a link needs: the table, the keys that it was signed with, the time."""

    store: Store
    keys: Keys
    now: datetime

    def signed(self, purpose: str, token: str) -> Signed | None:
        try:
            return verify(purpose, token, self.keys())
        except ForgedTokenError:
            return None

    def hers(self, signed: Signed, reference: str) -> Registration | None:
        """Her registration, unless she is gone or had older links made void."""
        registration = self.store.get(reference, self.now)
        if registration is None or registration.erased_at:
            return None
        since = registration.links_since or registration.registered_at
        # A token has whole seconds.
        return registration if signed.at >= since.replace(microsecond=0) else None


def of_link(token: str, means: Means) -> Registration | None:
    """
    Whose own page a link opens, also when she withdrew. None when it is forged or revoked, or of
    somebody who is gone.
    """
    signed = means.signed(tokens.OWN, token)
    return means.hers(signed, signed.subject) if signed else None


def of_data_link(token: str, means: Means) -> Registration | None:
    """The same, of the link to all that we know of her, which works for a day."""
    signed = means.signed(tokens.OWN_DATA, token)
    if signed is None or means.now - signed.at >= OWN_DATA_TERM:
        return None
    return means.hers(signed, signed.subject)


def of_question(token: str, means: Means) -> Asked | None:
    """Which question a link asks, and whom; None also when she withdrew."""
    signed = means.signed(tokens.QUESTION, token)
    if signed is None:
        return None
    reference, _, code = signed.subject.rpartition(".")
    registration = means.hers(signed, reference)
    if registration is None or registration.has_left or code not in QUESTIONS:
        return None
    return Asked(registration, code)


def of_new_address(token: str, means: Means) -> Registration | None:
    """Who wants the address that the link was mailed to; None when she no longer does."""
    signed = means.signed(tokens.NEW_ADDRESS, token)
    registration = means.store.get(signed.subject, means.now) if signed else None
    if signed is None or registration is None or registration.has_left:
        return None
    asked_at = registration.new_email_at
    if asked_at is None or means.now - asked_at >= own.NEW_ADDRESS_TERM:
        return None
    return registration if signed.at == asked_at.replace(microsecond=0) else None


def grant(registration: Registration, asked: Wish, means: Means) -> Granted | None:
    """
    Do what a button of her page asks. None when she is gone.

    Raises `InvalidWishError` for what makes no sense as things are now.
    """
    reference, store, now = registration.reference, means.store, means.now
    before = following = registration
    while current := store.get(reference, now):
        if current.erased_at:
            return None
        if has_landed(before, following, current):
            return _told(Outcome.DONE, current, asked)
        before = current
        outcome, following = _tried(current, asked, now)
        try:
            if outcome is Outcome.DONE and following.erased_at:  # not only here
                stub = erasing.erase(reference, VOLUNTEER_PAGE, store, now)
                return _told(outcome, stub, asked) if stub else None
            saved = store.save(following) if outcome is Outcome.DONE else current
        except StaleError:  # a forwarder was at it, or somebody else acted
            continue
        return _told(outcome, saved, asked)
    return None


def _tried(current: Registration, asked: Wish, now: datetime) -> tuple[Outcome, Registration]:
    """What the button makes of her registration, as it is now."""
    if asked.seen != steps(current):
        return (Outcome.ALREADY if _stands(current, asked, now) else Outcome.CHANGED), current
    if not _may_ask(current, asked.action):
        return Outcome.HELD, current
    try:
        following = _step(asked, now)(current)
    except (TooOftenError, TooManyHandoversError):
        return Outcome.TOO_OFTEN, current
    except TooSoonError:
        return Outcome.TOO_SOON, current
    except NotHereError:
        return Outcome.CHANGED, current
    return (Outcome.ALREADY if following is current else Outcome.DONE), following


def _stands(registration: Registration, asked: Wish, now: datetime) -> bool:
    """Whether what is asked is so already: the same form, pressed twice."""
    if asked.seen is None or not _may_ask(registration, asked.action):
        return False
    place = registration.handover(asked.value if asked.action == wish.ADD else asked.receiver)
    known: dict[str, bool] = {
        wish.EMAIL: registration.new_email == asked.value,
        wish.ADD: bool(place and not place.ended_at),
        wish.TAKE_AWAY: bool(place and place.ended_at),
        wish.AGREE: bool(place and place.agreed_at),
        wish.DECLINE: bool(place and place.declined_at),
    }
    if asked.action in known:
        return known[asked.action]
    return asked.action != wish.DATA and _step(asked, now)(registration) is registration


def _may_ask(registration: Registration, action: str) -> bool:
    """To leave, always; to see what we know, unless it may be a stranger; else while it is open."""
    sees_what_is_left = action == wish.DATA and not registration.hold
    return action in wish.LEAVING or sees_what_is_left or is_open(registration)


def is_open(registration: Registration) -> bool:
    """Whether more can be asked than to leave: it is hers, nobody looks at it first or refused."""
    is_kept_back = registration.hold or registration.repeat_of or is_refused(registration)
    return not (registration.has_left or is_kept_back)


def confirm_address(token: str, means: Means) -> Registration | None:
    """
    The button of her new address was pressed: it is hers. None when the link is not good (any
    more), also when it was pressed before.

    Raises `TooOftenError`.
    """
    while registration := of_new_address(token, means):
        following = own.email_confirmed(registration, means.now)
        try:
            saved = means.store.save(following)
        except StaleError:
            found = means.store.get(registration.reference, means.now)
            if found is None or not has_landed(registration, following, found):
                continue
            saved = found
        log.info("own page", reference=saved.reference, why="new-address", outcome="done")
        return saved
    return None


def answer(token: str, said: str, seen: int | None, means: Means) -> Asked | None:
    """
    Her answer to a question, or that she wants no more of them (`STOP`); `seen` is how often she
    did something when it was shown. None when the link is not good (any more).

    Raises LookupError for what is no answer, `TooOftenError`, and `ChangedError`.
    """
    while asked := of_question(token, means):
        before = asked.registration
        if said == STOP:
            following = own.questions_stopped(before, means.now)
        else:
            following = own.replied(before, asked.question, said, means.now)
        if following is before:
            return asked
        if seen != steps(before):
            raise ChangedError
        try:
            saved = means.store.save(following)
        except StaleError:
            continue
        log.info("own page", reference=saved.reference, why=saved.events[-1].what, outcome="done")
        return Asked(saved, asked.question)
    return None


def _step(asked: Wish, now: datetime) -> Step:
    """What the button makes of her registration."""
    simple: dict[str, Step] = {
        wish.EMAIL: lambda one: own.email_asked(one, asked.value, now),
        wish.KEEP_EMAIL: lambda one: own.email_kept(one, now),
        wish.PHONE: lambda one: own.phone_corrected(one, asked.value, now),
        wish.NO_PHONE: lambda one: own.phone_corrected(one, "", now),
        wish.ADD: lambda one: _moved(one, asked, now),
        wish.TAKE_AWAY: lambda one: _taken_away(one, asked, now),
        wish.PAUSE: lambda one: own.paused(one, now),
        wish.RESUME: lambda one: own.resumed(one, now),
        wish.AGREE: lambda one: agreed(_asking(one, asked, now), asked.receiver, now),
        wish.DECLINE: lambda one: declined(_asking(one, asked, now), asked.receiver, now),
        wish.NEW_LINK: lambda one: own.link_renewed(one, now),
        wish.DATA: lambda one: own.data_asked(one, now),
        wish.NO_QUESTIONS: lambda one: own.questions_stopped(one, now),
        wish.QUESTIONS: lambda one: own.questions_wanted(one, now),
        wish.KEEP: lambda one: leaving.kept(one, now),
        wish.WITHDRAW: lambda one: leaving.withdrawn(one, VOLUNTEER_PAGE, now),
        wish.ERASE: lambda one: leaving.erased(one, VOLUNTEER_PAGE, now),
    }
    return simple[asked.action]


def _asking(registration: Registration, asked: Wish, now: datetime) -> Registration:
    """Raises `NotHereError` where she is not asked (any more): a no stays a no when replayed."""
    handover = registration.handover(asked.receiver)
    if handover is None or not may_answer(handover, now):
        raise NotHereError(asked.receiver)
    return registration


def _moved(registration: Registration, asked: Wish, now: datetime) -> Registration:
    name = registration.called(asked.value)
    try:
        return own.moved_to(registration, asked.value, asked.receiver, now)
    except KnownMunicipalityError:
        message = f"{name} kreeg je aanmelding al. Kies een andere gemeente."
        raise refused(asked, "municipality", message) from None
    except TooManyMunicipalitiesError:
        message = "Je hebt al drie gemeenten. Kies hieronder welke ervoor weggaat."
        raise refused(asked, "municipality", message) from None


def _taken_away(registration: Registration, asked: Wish, now: datetime) -> Registration:
    try:
        return own.taken_away(registration, asked.receiver, now)
    except LastPlaceError:
        message = "Dan heeft niemand je aanmelding nog. Kies eerst een andere gemeente. Of trek je "
        raise refused(asked, "form", f"{message}aanmelding in.") from None


def _told(outcome: Outcome, registration: Registration, asked: Wish) -> Granted:
    log.info("own page", reference=registration.reference, why=asked.action, outcome=outcome.value)
    return Granted(outcome, registration)
