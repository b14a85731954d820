"""
What is held from the municipalities: the volunteer lets it go by her button; what else becomes of
it, an officer decides (deciding.py).

A link shows, a button acts (design rule 6): nothing here changes a registration but `confirm`, by
one conditional write. What was let go is forwarded by whoever forwards.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    QUARANTINE,
    RELEASED,
    Registration,
    unheld,
)
from chalicelib.domain.tokens import CONFIRM, ForgedTokenError, Keys, verify
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

CONFIRM_TERM = CONFIRM_FIRST_FOR + timedelta(days=1)  # who reads «7 days» may mean the evening

CONFIRMED = "confirmed"  # by the volunteer herself

Step = Callable[[Registration], Registration]


class Store(Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def save(self, outbox: Registration) -> Registration: ...


class Waiting(Store, Protocol):
    def work(self, kind: str) -> Iterator[str]: ...


@dataclass(frozen=True)
class Review:
    """What acting by a link needs: the table, the keys that the link was signed with, the time."""

    store: Store
    keys: Keys
    now: datetime

    def named(self, token: str, purpose: str, term: timedelta) -> Registration | None:
        """The registration that a link names; None when it is forged, too old, or of one gone."""
        try:
            signed = verify(purpose, token, self.keys())
        except ForgedTokenError:
            return None
        is_good = self.now - signed.at < term
        return self.store.get(signed.subject, self.now) if is_good else None


def to_confirm(token: str, review: Review) -> Registration | None:
    """The registration that waits for this link's button; None for whatever other reason."""
    registration = review.named(token, CONFIRM, CONFIRM_TERM)
    return registration if registration and registration.hold else None


def confirm(token: str, review: Review) -> Registration | None:
    """
    The volunteer pressed the button: it goes on. Twice is once.

    None when the link is not good (any more), or the desk refused it.
    """
    registration = review.named(token, CONFIRM, CONFIRM_TERM)
    if registration is None:
        return None
    now = review.now
    following = _changed(registration, lambda one: unheld(one, CONFIRMED, now), review.store, now)
    decision = following.judgement if following else None
    return following if decision and decision.what == RELEASED else None


def quarantined(store: Waiting, now: datetime) -> Iterator[Registration]:
    """What waits for the desk, longest first; the index may lag behind what was decided."""
    for reference in store.work(QUARANTINE):
        registration = store.get(reference, now)
        if registration and registration.hold == QUARANTINE:
            yield registration


def _changed(
    registration: Registration, step: Step, store: Store, now: datetime
) -> Registration | None:
    current: Registration | None = registration
    while current:
        following = step(current)
        if following is current:
            return current
        try:
            saved = store.save(following)
        except StaleError:  # a forwarder was at it, or somebody else decided
            current = store.get(registration.reference, now)
        else:
            log.info("decided", reference=saved.reference, outcome=saved.events[-1].what)
            return saved
    return None
