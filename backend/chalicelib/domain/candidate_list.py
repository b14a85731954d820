"""
A municipality's list as somebody wants to see it: which candidates, in which order, which page.

Plain choices over the slim rows (candidates.py): nothing here knows the person, so that only those
on the page are read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain import cleaning
from chalicelib.domain.candidates import Candidate
from chalicelib.domain.handover import (
    ACTS,
    CONTACTED,
    DUO,
    HANDED_ON,
    INTAKE,
    NOT_NOW,
    OPENED,
    WRONG_ADDRESS,
)

PAGE = 50  # candidates

WAITING, NEW, ALL = "wacht", "nieuw", "alle"
CHOICES: Mapping[str, str] = {
    WAITING: "",
    NEW: "",
    "gezien": OPENED,
    "gecontacteerd": CONTACTED,
    "intake": INTAKE,
    "duo": DUO,
    "nu-niet": NOT_NOW,
    "doorgegeven": HANDED_ON,
    "verkeerd-adres": WRONG_ADDRESS,
    ALL: "",
}
"""What can be chosen, as it stands in an address, with the act that it is about."""

AGE, LAST, STATE = "wacht", "laatst", "stand"
ORDERS = (AGE, LAST, STATE)
"""The longest known first, the last change first, or by state."""


@dataclass(frozen=True)
class Choice:
    """What somebody wants to see; `page` counts from 1."""

    state: str = WAITING
    order: str = AGE
    page: int = 1

    def with_(self, *, state: str = "", order: str = "", page: int = 1) -> "Choice":
        return replace(self, state=state or self.state, order=order or self.order, page=page)

    @property
    def query(self) -> str:
        """As it stands in an address: what is as usual is left out."""
        parts = {
            "stand": self.state if self.state != WAITING else "",
            "volgorde": self.order if self.order != AGE else "",
            "blad": str(self.page) if self.page > 1 else "",
        }
        return "&".join(f"{name}={value}" for name, value in parts.items() if value)


def choice(state: str, order: str, page: str) -> Choice:
    """What an address asks for; what it can't ask for is as if it did not."""
    return Choice(
        state if state in CHOICES else WAITING,
        order if order in ORDERS else AGE,
        cleaning.number(page) or 1,
    )


@dataclass(frozen=True)
class Sheet:
    """One page of the list. `counts` has each choice, `total` is that of this one."""

    rows: tuple[Candidate, ...]
    counts: Mapping[str, int]
    choice: Choice

    @property
    def total(self) -> int:
        return self.counts[self.choice.state]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def sheet(rows: Iterable[Candidate], wanted: Choice) -> Sheet:
    """The page that is wanted; the last one where there are not that many."""
    kept = tuple(rows)
    chosen = ordered(kept, wanted)
    last = max(1, -(-len(chosen) // PAGE))
    page = min(wanted.page, last)
    start = (page - 1) * PAGE
    return Sheet(tuple(chosen[start : start + PAGE]), counted(kept), wanted.with_(page=page))


def ordered(rows: Iterable[Candidate], wanted: Choice) -> list[Candidate]:
    """All that are wanted, in the order that is wanted."""
    found = [row for row in rows if is_wanted(row, wanted.state)]
    found.sort(key=lambda row: (row.since, row.reference))
    if wanted.order == LAST:
        found.sort(key=lambda row: row.state_at, reverse=True)
    if wanted.order == STATE:
        found.sort(key=lambda row: ("", *ACTS).index(row.state))
    return found


def is_wanted(row: Candidate, state: str) -> bool:
    if state == ALL:
        return True
    if state == WAITING:
        return row.waits
    return row.state == CHOICES[state]


def counted(rows: Iterable[Candidate]) -> dict[str, int]:
    """How many there are of each choice."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(state for state in CHOICES if is_wanted(row, state))
    return {state: counts[state] for state in CHOICES}


def shown(rows: Iterable[Candidate], now: datetime) -> tuple[Candidate, ...]:
    """What may be seen now: one row for each candidate, also after a merger."""
    found: dict[str, Candidate] = {}
    for row in rows:
        if not row.is_gone and now < row.expires_at:
            found.setdefault(row.reference, row)
    return tuple(found.values())
