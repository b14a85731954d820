"""
What one e-mail address asked in the last 24 hours, so that nobody is mailed too much.

Two rules (issue 2, points 4 and 5): the same person asking the same again is a repeat and is not
mailed again; and an address gets at most two confirmations a day, so that our form can't be used
to flood somebody's mailbox. The record belongs to a digest of the address and is deleted after.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.registration import Registration
from chalicelib.domain.retention import RECENT_TERM

WINDOW = timedelta(hours=24)
KEPT = RECENT_TERM  # longer than the window: who reaches us late is compared by its own time
MAX_CONFIRMATIONS = 2
MAX_REQUESTS = 50  # an item has a size; who asks this often is not a volunteer


@dataclass(frozen=True)
class Request:
    """
    A registration that was not a repeat; `wish` is the person with the municipalities asked.

    `seen_at` is when it was judged, `confirmed` whether a confirmation was allowed then.
    """

    reference: str
    wish: str
    registered_at: datetime
    seen_at: datetime
    confirmed: bool


@dataclass(frozen=True)
class Recent:
    """The requests of one address; `address` is its digest, `version` counts the writes."""

    address: str
    requests: tuple[Request, ...] = ()
    version: int = 0


@dataclass(frozen=True)
class Verdict:
    """`repeat_of`: the reference of the first request, "" for a new one. `confirm`: mail her."""

    repeat_of: str
    confirm: bool


def address_of(registration: Registration) -> str:
    return hashlib.sha256(registration.answers.email.casefold().encode()).hexdigest()


def admit(recent: Recent, registration: Registration, now: datetime) -> tuple[Recent, Verdict]:
    """
    What to do with a registration, and the record in which that is remembered.

    Asked twice about one registration, as after a crash, it answers the same.
    """
    known = next((one for one in recent.requests if one.reference == registration.reference), None)
    if known:
        return recent, Verdict("", known.confirmed)

    kept = tuple(one for one in recent.requests if now - one.seen_at < KEPT)
    wish = _wish(registration)
    original = next((one for one in kept if _is_repeat(registration, wish, one)), None)
    if original:
        return recent, Verdict(original.reference, confirm=False)

    today = sum(one.confirmed for one in kept if now - one.seen_at < WINDOW)
    confirm = today < MAX_CONFIRMATIONS
    request = Request(registration.reference, wish, registration.registered_at, now, confirm)
    return replace(recent, requests=_trimmed((*kept, request))), Verdict("", confirm)


def _trimmed(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The newest requests; those confirmed stay, as they count until their day is over."""
    others = [one for one in requests if not one.confirmed]
    surplus = others[: max(0, len(requests) - MAX_REQUESTS)]
    return tuple(one for one in requests if one not in surplus)


def _is_repeat(registration: Registration, wish: str, earlier: Request) -> bool:
    apart = abs(registration.registered_at - earlier.registered_at)
    return wish == earlier.wish and apart < WINDOW


def _wish(registration: Registration) -> str:
    person = " ".join(registration.answers.name.casefold().split())
    asked = f"{person}/{','.join(sorted(registration.answers.municipality))}"
    return hashlib.sha256(asked.encode()).hexdigest()
