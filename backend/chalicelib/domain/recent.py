"""
What one e-mail address asked in the last 24 hours, so that nobody is mailed too much.

Two rules: the same person asking the same again is a repeat and is not mailed again (issue 2,
points 4 and 5); and an address gets at most two mails a day that a form can bring about, so that
ours can't be used to flood somebody's mailbox (issue 4, point 5). After those two her municipality
is still mailed; what comes after five a day, or is odd, waits for the desk. The record belongs to a
digest of the address and is deleted after.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.registration import QUARANTINE, STEP_UP
from chalicelib.domain.retention import RECENT_TERM
from chalicelib.domain.suspicion import BUSY_ADDRESS, HOLDS, Arrived

WINDOW = timedelta(hours=24)
KEPT = RECENT_TERM  # longer than the window: who reaches us late is compared by its own time
MAX_MAILS = 2  # confirmations, and the mails that ask to confirm
MAX_A_DAY = 5  # a family or a club with one mailbox; who asks more often waits for the desk
MAX_REQUESTS = 50  # an item has a size; who asks this often is not a volunteer


@dataclass(frozen=True)
class Request:
    """
    A registration that was not a repeat; `wish` is the person with the municipalities asked.

    `seen_at` is when it was judged, `mails` how many mails to her that could bring about,
    `confirmed` whether one of them is the confirmation, `why` why it was held.
    """

    reference: str
    wish: str
    registered_at: datetime
    seen_at: datetime
    confirmed: bool
    mails: int = 0
    why: str = ""


@dataclass(frozen=True)
class Recent:
    """The requests of one address; `address` is its digest, `version` counts the writes."""

    address: str
    requests: tuple[Request, ...] = ()
    version: int = 0


@dataclass(frozen=True)
class Verdict:
    """
    `repeat_of`: the reference of the first request, "" for a new one. `confirm`: send her a
    confirmation. `why`: the reason to hold it (suspicion.py), "" for none.
    """

    repeat_of: str
    confirm: bool
    why: str = ""

    @property
    def hold(self) -> str:
        return HOLDS[self.why] if self.why else ""


class Sender(Protocol):
    @property
    def email(self) -> str: ...


class Asking(Arrived, Protocol):
    """What arrived with an address to mail to; a repeat asks with the same `wish`."""

    @property
    def answers(self) -> Sender: ...
    @property
    def wish(self) -> str: ...
    @property
    def network(self) -> str: ...


def address_of(asking: Asking) -> str:
    return hashlib.sha256(_folded(asking.answers.email).encode()).hexdigest()


def _folded(email: str) -> str:
    """The mailbox behind an address: many providers let one mailbox have many addresses."""
    name, _, domain = email.casefold().rpartition("@")
    name = name.partition("+")[0] or name
    if domain in {"gmail.com", "googlemail.com"}:
        name, domain = name.replace(".", ""), "gmail.com"
    return f"{name}@{domain}"


def admit(recent: Recent, asking: Asking, why: str, now: datetime) -> tuple[Recent, Verdict]:
    """
    What to do with what arrived, and the record in which that is remembered; `why` is what looked
    odd about it.

    Asked twice about the same, as after a crash, it answers the same.
    """
    known = next((one for one in recent.requests if one.reference == asking.reference), None)
    if known:
        return recent, Verdict("", known.confirmed, known.why)

    kept = tuple(one for one in recent.requests if now - one.seen_at < KEPT)
    wish = hashlib.sha256(asking.wish.encode()).hexdigest()
    today = [one for one in kept if now - one.seen_at < WINDOW]
    left = MAX_MAILS - sum(one.mails for one in today)
    verdict, mails = _within(left, len(today), why)
    # What was held may be refused: it must not stand for one that nothing is wrong with.
    alike = (one for one in kept if verdict.why or not one.why)
    original = next((one for one in alike if _is_repeat(asking, wish, one)), None)
    if original:
        return recent, Verdict(original.reference, confirm=False)

    request = Request(
        asking.reference,
        wish,
        asking.registered_at,
        now,
        verdict.confirm,
        mails,
        verdict.why,
    )
    return replace(recent, requests=_trimmed((*kept, request))), verdict


def forgotten(recent: Recent, reference: str) -> Recent:
    """Without one registration; the same record when it has none such."""
    left = tuple(one for one in recent.requests if one.reference != reference)
    return recent if left == recent.requests else replace(recent, requests=left)


def _within(left: int, today: int, why: str) -> tuple[Verdict, int]:
    """
    What to do while her address may get `left` mails, after the `today` requests before this one;
    and how many of those mails that can take.

    What the desk lets through takes none: a person looked, and that is no flood.
    """
    hold = HOLDS[why] if why else ""
    if hold != QUARANTINE and left <= 0 and (hold or today >= MAX_A_DAY):
        hold, why = QUARANTINE, BUSY_ADDRESS
    if hold == QUARANTINE:
        return Verdict("", confirm=True, why=why), 0
    if hold == STEP_UP:
        return Verdict("", confirm=left > 1, why=why), min(left, MAX_MAILS)
    return Verdict("", confirm=left > 0), min(max(left, 0), 1)


def _trimmed(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The newest requests; those with mails stay, as they count until their day is over."""
    others = [one for one in requests if not one.mails]
    surplus = others[: max(0, len(requests) - MAX_REQUESTS)]
    return tuple(one for one in requests if one not in surplus)


def _is_repeat(asking: Asking, wish: str, earlier: Request) -> bool:
    apart = abs(asking.registered_at - earlier.registered_at)
    return wish == earlier.wish and apart < WINDOW
