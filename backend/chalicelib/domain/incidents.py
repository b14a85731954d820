"""
Incidents: something is wrong with the whole, and the agency is told once, and once more when it is
over.

One item per kind in the table. What must be mailed is marked in it before it is mailed (`told`), so
that a crash in between costs no message, and the key of the message no second one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

SILENCE = "silence"  # no registration, while there usually are
PROBE = "probe"  # our own test registration did not go all the way
STUCK = "stuck"  # mails without a next step, found by the daily check
KINDS = (SILENCE, PROBE, STUCK)

NOTICE = "incident"
"""The kind of the notice that tells of one."""

START, END = "start", "end"

_MOMENT = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Incident:
    """
    The last incident of a kind. `why` is a code, `since` when it began as far as we know;
    `told` says whether the mail about how it stands now was made. `version` counts the writes.
    """

    kind: str
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    since: datetime | None = None
    why: str = ""
    told: bool = True
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def key(self) -> str:
        """What names the mail about how it stands: `silence.20261123T093000.start`."""
        return self._key(START if self.is_open else END)

    @property
    def first_key(self) -> str:
        """What names the mail about its beginning."""
        return self._key(START)

    def _key(self, phase: str) -> str:
        if self.opened_at is None:
            raise ValueError(f"no incident: {self.kind}")
        return f"{self.kind}.{self.opened_at:{_MOMENT}}.{phase}"


@dataclass(frozen=True)
class Trouble:
    """What is wrong: a code, and since when."""

    why: str
    since: datetime


def noted(incident: Incident, trouble: Trouble | None, now: datetime) -> Incident:
    """
    The incident after a look: opened by trouble, closed by its absence. It stays as it is while
    nothing changed, and while the mail about the last change was not made.
    """
    if not incident.told or incident.is_open == (trouble is not None):
        return incident
    if trouble is None:
        return replace(incident, closed_at=now, told=False)
    return replace(
        incident,
        opened_at=now,
        closed_at=None,
        since=trouble.since,
        why=trouble.why,
        told=False,
    )


def told(incident: Incident) -> Incident:
    return replace(incident, told=True)
