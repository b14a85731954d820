"""
What becomes of a project that somebody told us of: an officer accepts it, refuses it, asks
something, or takes a decision back; who sent it says that it was her, or wants to be forgotten.

Each is one conditional write. Pressed twice, it is done once; `seen` is how many decisions there
were when a form was shown, None for who saw no form.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.deciding import ChangedError, Decided, Outcome, changed
from chalicelib.domain import suggestion
from chalicelib.domain.outbox import AnyOutbox
from chalicelib.domain.recent import Recent, address_of
from chalicelib.domain.retention import REGISTRATION_TERM
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.tokens import SUGGESTION, ForgedTokenError, Keys, verify
from chalicelib.erasing import forget
from chalicelib.logs import AGAIN, Log

log = Log(__name__)

Step = Callable[[Suggestion], Suggestion]

CONFIRMED = "confirmed"  # by the button in a mail
LINK_TERM = 2 * REGISTRATION_TERM + timedelta(days=1)
"""A link works as long as there is something behind it: undecided a year, accepted one more."""


class Store(Protocol):
    def suggestion(self, reference: str, now: datetime) -> Suggestion | None: ...
    def save(self, outbox: AnyOutbox) -> AnyOutbox: ...
    def recent(self, address: str) -> Recent: ...
    def save_recent(self, recent: Recent, now: datetime) -> None: ...
    def remove_recent(self, recent: Recent) -> None: ...


def of_link(token: str, store: Store, keys: Keys, now: datetime) -> Suggestion | None:
    """The suggestion that a link names; None when it is forged, or of one gone."""
    try:
        signed = verify(SUGGESTION, token, keys())
    except ForgedTokenError:
        return None
    is_good = now - signed.at < LINK_TERM
    return store.suggestion(signed.subject, now) if is_good else None


def decide(
    reference: str, step: Step, store: Store, now: datetime, seen: int | None = None
) -> Decided:
    """Take a step of domain/suggestion.py, unless something was decided since it was `seen`."""

    def unless_changed(one: Suggestion) -> Suggestion:
        following = step(one)
        if following is not one and seen not in {None, one.decisions}:
            raise ChangedError
        return following

    try:
        decided = changed(lambda: store.suggestion(reference, now), unless_changed, store)
    except ChangedError:
        decided = Decided(Outcome.CHANGED, store.suggestion(reference, now))
    log.info("suggestion decided", reference=reference, outcome=decided.outcome.value)
    return decided


def confirm(reference: str, store: Store, now: datetime) -> Decided:
    """Who sent it pressed the button: it was her."""
    return decide(reference, lambda one: suggestion.confirmed(one, CONFIRMED, now), store, now)


def erase(reference: str, door: str, store: Store, now: datetime) -> Decided:
    """
    Forget who sent it, at once; all of it, unless it is accepted. Twice is once. Where repeats are
    known by, her address is forgotten too: first, as nobody knows it after the write, and once more
    after it, as a forwarder may have judged it meanwhile.
    """
    known = store.suggestion(reference, now)
    address = address_of(known) if known and known.answers.email else ""
    if address:
        # First too: whoever asks again finds no address, and nothing would be logged.
        log.info(AGAIN, reference=reference, why="erased")
        forget(reference, address, store, now)
    decided = decide(reference, lambda one: suggestion.erased(one, door, now), store, now)
    if address:
        forget(reference, address, store, now)
    return decided
