"""
Who looked at whom: each time that an officer sees a person's data, an entry without the person.

Kept apart from the ledger: that one stays for ever and tells what became of a registration; this
one is about our own people, and has a term.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.retention import VIEW_TERM

VIEWED, SEARCHED = "viewed", "searched"
"""She had the registration before her; or a search by name showed it, or showed nothing."""
EXPORTED, FETCHED = "exported", "fetched"
"""A file with many was made for her; or she fetched one (export.py)."""


@dataclass(frozen=True)
class View:
    """
    `officer` is an id, `reference` that of the registration: "" where a search found none, and for
    a file. Then `about` is what was chosen (`Choice.code`), and `count` how many are in it.
    """

    at: datetime
    officer: str
    what: str
    reference: str = ""
    about: str = ""
    count: int = 0

    @property
    def expires_at(self) -> datetime:
        return self.at + VIEW_TERM
