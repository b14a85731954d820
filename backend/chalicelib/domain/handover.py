"""
A hand-over: one candidate in the hands of one municipality (or partner organisation), and what was
done about it there.

What was done is a list of acts, each with its moment and its door; the state follows from the last
one that stands. An act can be undone for an hour: until then nothing goes out because of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

OPENED = "opened"  # somebody there has seen it
CONTACTED = "contacted"
INTAKE = "intake"
DUO = "duo"
NOT_NOW = "not-now"
HANDED_ON = "handed-on"
WRONG_ADDRESS = "wrong-address"

ACTS = (OPENED, CONTACTED, INTAKE, DUO, NOT_NOW, HANDED_ON, WRONG_ADDRESS)
"""What a municipality can say that it did."""

TAKEN_UP = frozenset({CONTACTED, INTAKE, DUO, NOT_NOW, HANDED_ON})
"""The acts after which a volunteer is no longer waiting for this municipality."""

LINK, DESK, AGENCY_DESK, VOLUNTEER_PAGE, COMMAND = "link", "desk", "agency", "volunteer", "command"
DOORS = (LINK, DESK, AGENCY_DESK, VOLUNTEER_PAGE, COMMAND)
"""Through which door somebody acted: the link of a mail, a desk, her own page, the command line."""

NO_MATCH, NO_PROJECT, NOT_REACHED = "no-match", "no-project", "not-reached"
CHANGED_MIND, UNSUITED, OTHER = "changed-mind", "unsuited", "other"
REASONS = {
    NO_MATCH: "Er is nu niemand die bij deze kandidaat past",
    NO_PROJECT: "We hebben nu geen buddywerking",
    NOT_REACHED: "We konden de kandidaat niet bereiken",
    CHANGED_MIND: "De kandidaat wil het nu niet meer",
    UNSUITED: "Deze kandidaat past niet bij een buddywerking",
    OTHER: "Een andere reden",
}
"""Why a candidate is not taken up now, as a municipality chooses it."""

UNDO_TERM = timedelta(hours=1)
MAX_NOTE = 500  # characters
MAX_ACTS = 50
"""Of one hand-over; a municipality needs a handful."""


@dataclass(frozen=True)
class Act:
    """
    What somebody did about a candidate. `why` is a code of `REASONS`; `to` whom she was handed on
    to (a receiver, see `Handover`); `note` is free text, a person's data: it never leaves the
    record. One that was taken back has `undone_at`.
    """

    at: datetime
    what: str
    door: str
    why: str = ""
    to: str = ""
    note: str = ""
    undone_at: datetime | None = None


@dataclass(frozen=True)
class Partner:
    """An organisation that a municipality hands a candidate on to, outside our 304."""

    name: str
    email: str

    @property
    def host(self) -> str:
        """
        What its address ends in, for the volunteer to judge: whoever has a forwarded mail may type
        a good name with an address of their own. The rest of it may be somebody's name.
        """
        return self.email.rpartition("@")[2]


@dataclass(frozen=True)
class Handover:
    """
    `receiver` is a NIS code, or `partner-1`, `partner-2`, … for an organisation. That one then
    stands in `partner` and gets nothing before the volunteer said yes (`agreed_at`), or after she
    said no (`declined_at`), or did not answer in time (`lapsed_at`). `handed_on_by` is the receiver
    that handed it on, "" where she asked for it herself. Links of before `links_since` are void.
    `ended_at`: she, or the agency, took it away from here. `late_since`: the agency was told that
    nobody took her up in time.
    """

    receiver: str
    since: datetime
    handed_on_by: str = ""
    acts: tuple[Act, ...] = ()
    partner: Partner | None = None
    agreed_at: datetime | None = None
    declined_at: datetime | None = None
    lapsed_at: datetime | None = None
    links_since: datetime | None = None
    ended_at: datetime | None = None
    late_since: datetime | None = None

    @property
    def standing(self) -> tuple[Act, ...]:
        """The acts that were not undone."""
        return tuple(act for act in self.acts if not act.undone_at)

    @property
    def changes(self) -> int:
        """How often something was done or taken back: it never falls, so a form can carry it."""
        return len(self.acts) + sum(act.undone_at is not None for act in self.acts)

    @property
    def came_back(self) -> Act | None:
        """
        The handing on that ended with nobody, the latest: she said no, or nothing, or they could
        not take her. What somebody undoes is undone within the hour; that is none.
        """
        ended = (
            (act.undone_at, act)
            for act in self.acts
            if act.what == HANDED_ON and act.undone_at and act.undone_at - act.at >= UNDO_TERM
        )
        return max(ended, key=lambda one: one[0], default=(None, None))[1]

    @property
    def last(self) -> Act | None:
        """The act that tells how it stands; None, too, while nobody did anything since it came
        back."""
        last = self.standing[-1] if self.standing else None
        back = self.came_back
        is_past = last and back and back.undone_at and last.at < back.undone_at
        return None if is_past else last

    @property
    def is_unseen(self) -> bool:
        """Whether nobody ever did anything, or not since it came back; what was undone counts."""
        back = self.came_back
        since = back.undone_at if back else None
        return not any(since is None or act.at >= since for act in self.acts)

    @property
    def state(self) -> str:
        """One of `ACTS`, or "" while nobody did anything."""
        return self.last.what if self.last else ""

    @property
    def opened_at(self) -> datetime | None:
        """When it was first seen there: whoever does anything has seen it."""
        return self.standing[0].at if self.standing else None

    @property
    def contacted_at(self) -> datetime | None:
        """When she was first contacted there, as far as we were told."""
        spoken = {CONTACTED, INTAKE, DUO}
        return next((act.at for act in self.standing if act.what in spoken), None)

    @property
    def taken_up_at(self) -> datetime | None:
        """Since when nobody has to wait for this municipality any more."""
        return next((act.at for act in self.standing if act.what in TAKEN_UP), None)

    @property
    def waits(self) -> bool:
        """Whether something is still to be done here."""
        if self.ended_at or self.declined_at or (self.partner and not self.agreed_at):
            return False
        return self.state in {"", OPENED, WRONG_ADDRESS}

    def can_undo(self, now: datetime) -> Act | None:
        """The act that can be taken back now."""
        return self.last if self.last and now - self.last.at < UNDO_TERM else None


def with_act(handover: Handover, act: Act) -> Handover:
    """
    With one act more; the same hand-over when it says what already stands.

    Raises `TooManyActsError`.
    """
    last = handover.last
    if last and (last.what, last.why, last.to, last.note) == (act.what, act.why, act.to, act.note):
        return handover
    if act.what == OPENED and last:
        return handover
    if len(handover.acts) >= MAX_ACTS:
        raise TooManyActsError
    return replace(handover, acts=(*handover.acts, act))


def without_last(handover: Handover, now: datetime) -> Handover:
    """With the last act taken back; the same hand-over when it can't be (any more)."""
    last = handover.can_undo(now)
    if last is None:
        return handover
    acts = tuple(replace(act, undone_at=now) if act is last else act for act in handover.acts)
    return replace(handover, acts=acts)


def without_handing_on(handover: Handover, to: str, now: datetime) -> Handover:
    """As the one that it was handed on to is not taking her: it is to be done here again."""
    acts = tuple(
        replace(act, undone_at=now) if act.to == to and not act.undone_at else act
        for act in handover.acts
    )
    return replace(handover, acts=acts)


class TooManyActsError(ValueError):
    """More was done about one candidate than anybody does: no person, or a fault."""
