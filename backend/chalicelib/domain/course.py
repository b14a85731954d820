"""
What the figures count: how a registration stands after each of its events, as numbers.

Each event adds to some figures and takes from others («contacted +1, delivered -1»). That is all
that a figure needs: sums of what events added, by day, never a registration. So a figure of any
past day can be made again when the people in it are long erased, and a day's sum costs as much as
that day had events (docs/decisions/0021-figures.md).

An event counts from the moment that we knew of it, which for what SES tells may be later than when
it happened: only then does the figure of a past day never change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.handover import (
    ACTS,
    CONTACTED,
    DUO,
    HANDED_ON,
    INTAKE,
    NOT_NOW,
    UNDO_TERM,
    WRONG_ADDRESS,
)
from chalicelib.domain.outbox import DELIVERED, Event
from chalicelib.domain.patience import late_from
from chalicelib.domain.registration import ELSEWHERE, FORWARDING, HOME_UNKNOWN, REROUTED

REGISTERED = "registered"
REPEATS = "repeats"
FORWARDED = "forwarded"
ARRIVED = "delivered"
SEEN = "opened"
REACHED = "contacted"
IN_TIME = "in-time"
JUDGED = "judged"
DUOS = "duos"
PASSED_ON = "handed-on"
REFUSED, WITHDRAWN, ERASED, EXPIRED = "refused", "withdrawn", "erased", "expired"
STATUS = "status:"
REASON = "refused:"

MEASURES: Mapping[str, str] = {
    REGISTERED: "Aanmeldingen, zonder herhalingen",
    REPEATS: "Herhalingen: dezelfde persoon voor dezelfde gemeente",
    FORWARDED: "Doorgestuurd naar een gemeente",
    ARRIVED: "Aangekomen bij een gemeente",
    SEEN: "Bekeken door een gemeente",
    REACHED: "Gecontacteerd",
    JUDGED: "Gecontacteerd, of later dan 10 werkdagen",
    IN_TIME: "Gecontacteerd binnen 10 werkdagen",
    DUOS: "Duo’s gevormd",
    PASSED_ON: "Doorgegeven aan een andere gemeente of organisatie",
    ELSEWHERE: "Voor een andere gemeente dan de eigen",
    HOME_UNKNOWN: "Eigen gemeente niet gekend",
    REFUSED: "Geweigerd",
    WITHDRAWN: "Zelf gestopt",
    ERASED: "Gewist op vraag",
    EXPIRED: "Gewist na de bewaartermijn",
}
"""
What is counted, each once for a registration, but duos and handing on: once for each place. What
happened stays counted, whatever came after it; how it stands now is in `STATUSES`.
"""

NEW, HELD, UNDER_WAY, DELIVERED_THERE = "new", "held", "under-way", "delivered"
CONTACT, DUO_FORMED, LATER = "contacted", "duo", "not-now"

STATUSES: Mapping[str, str] = {
    NEW: "Nog niet doorgestuurd",
    HELD: "Wacht op een bevestiging of een controle",
    UNDER_WAY: "Doorgestuurd",
    DELIVERED_THERE: "Aangekomen bij de gemeente",
    CONTACT: "Gecontacteerd",
    DUO_FORMED: "Duo gevormd",
    LATER: "Nu niet",
    REFUSED: "Geweigerd",
    WITHDRAWN: "Zelf gestopt",
    ERASED: "Gewist op vraag",
    EXPIRED: "Gewist na de bewaartermijn",
}
"""How each registration stands, in exactly one way: they add up to all that registered."""

_CONTACTS = frozenset({CONTACTED, INTAKE, DUO})


@dataclass(frozen=True)
class Step:
    """
    What one event adds to the figures. `place` is the NIS code of the first municipality that she
    chose, as it was then, and `source` the code of the campaign: by these it can be counted.
    """

    event: Event
    place: str
    source: str
    adds: Mapping[str, int]


@dataclass(frozen=True)
class _Act:
    """
    What was done in a place, when, whether that was within the term, to whom she was handed on,
    and whether that brought her there.
    """

    what: str
    at: datetime
    is_in_time: bool
    to: str = ""
    brought: bool = False


@dataclass
class _Place:
    """
    What was done in one place: the acts that stand, oldest first, those of when it had her before,
    and whether it has her.
    """

    acts: list[_Act] = field(default_factory=list)
    before: list[_Act] = field(default_factory=list)
    has_her: bool = True

    @property
    def state(self) -> str:
        return self.acts[-1].what if self.acts else ""

    def take_back(self, receiver: str, at: datetime) -> None:
        """
        Whom she was handed on to did not take her: it has her again, and begins anew when the hour
        of undoing was over (`Handover.came_back`).
        """
        ended = [act for act in self.acts if (act.what, act.to) == (HANDED_ON, receiver)]
        self.acts = [act for act in self.acts if act not in ended]
        if any(at - act.at >= UNDO_TERM for act in ended):
            self.before, self.acts = [*self.before, *self.acts], []


@dataclass
class _Course:
    """How a registration stands, as far as its events tell."""

    since: datetime | None = None  # when the ten working days began
    ends: dict[str, str] = field(default_factory=dict)  # what ended it, and why
    is_repeat: bool = False
    is_held: bool = False
    was_held: bool = False  # when it ended
    moves: list[tuple[str, str]] = field(default_factory=list)  # rerouted from where to where
    is_late: bool = False
    told: set[str] = field(default_factory=set)  # what is known of the mails to municipalities
    places: dict[str, _Place] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        what = event.what
        if what == "registered":
            self.since = event.at
        elif what == "repeated":
            self.is_repeat = True
        elif what == "held":
            self.is_held = True
        elif what in {"released", "resumed"}:
            self.is_held = self.is_held and what != "released"
            self.since = event.at
        elif what == "escalated":
            self.is_late = True
        elif event.mail == FORWARDING:
            self._mail(event)
        elif what in {REFUSED, WITHDRAWN, ERASED, EXPIRED}:
            self.was_held = self.is_held
            self.ends[what], self.is_held = event.why, False
        elif what in ACTS:
            self._act(event)
        elif what == "undone":
            self._undo(event)
        else:
            self._move(event)

    def _mail(self, event: Event) -> None:
        if event.what == "queued":
            self._enter(event.receiver)
            self.told.add(event.why)
        elif event.what in {"sent", DELIVERED}:
            self.told.add(event.what)

    def _act(self, event: Event) -> None:
        is_in_time = self.since is not None and event.at <= late_from(self.since)
        is_on = event.what == HANDED_ON
        brought = self._enter(event.why) if is_on else False
        act = _Act(event.what, event.at, is_in_time, event.why if is_on else "", brought)
        self._place(event.receiver).acts.append(act)

    def _undo(self, event: Event) -> None:
        if event.why == REFUSED:
            self.ends.pop(REFUSED, None)
            self.is_held = self.was_held
            return
        if event.why == REROUTED:
            loses, gets = self.moves.pop()
            self._place(loses).has_her = True
            self._leave(gets)
            return
        acts = self._place(event.receiver).acts
        if event.why == WRONG_ADDRESS:
            acts[:] = [act for act in acts if act.what != WRONG_ADDRESS]
        elif acts:
            undone = acts.pop()
            if undone.brought:
                self._leave(undone.to)

    def _move(self, event: Event) -> None:
        what, receiver = event.what, event.receiver
        if what == "agreed":
            self._enter(receiver)
        elif what in {"declined", "lapsed", "returned"}:
            self._leave(receiver)
            for place in self.places.values():
                place.take_back(receiver, event.at)
        elif what == "taken-away":
            self._leave(receiver)
        elif what == REROUTED:
            self.moves.append((receiver, event.why))
            self._leave(receiver)
            self._enter(event.why)
        elif what == "added":
            if event.why:
                self._leave(event.why)
            self._enter(receiver)

    def _enter(self, receiver: str) -> bool:
        """It has her, from the start if it had her before; whether it had not."""
        place = self.places.get(receiver)
        if place and place.has_her:
            return False
        before = [*place.before, *place.acts] if place else []
        self.places[receiver] = _Place(before=before)
        return True

    def _leave(self, receiver: str) -> None:
        self._place(receiver).has_her = False

    def _place(self, receiver: str) -> _Place:
        return self.places.setdefault(receiver, _Place())

    @property
    def end(self) -> str:
        """What ended it; that we deleted what was left of it afterwards changes nothing."""
        asked = [what for what in self.ends if what != EXPIRED]
        return ERASED if ERASED in asked else [*self.ends, *asked][-1] if self.ends else ""

    @property
    def status(self) -> str:
        """The first that is so."""
        states = {one.state for one in self.places.values() if one.has_her} - {HANDED_ON}
        ways = (
            (self.end, bool(self.end)),
            (HELD, self.is_held),
            (DUO_FORMED, DUO in states),
            (CONTACT, bool(_CONTACTS & states)),
            (LATER, states == {NOT_NOW}),
            (DELIVERED_THERE, DELIVERED in self.told),
            (UNDER_WAY, "sent" in self.told),
        )
        return next((status for status, is_so in ways if is_so), NEW)

    def figures(self) -> Counter[str]:
        """What it counts for now."""
        if not self.since:
            return Counter()
        if self.is_repeat:
            return Counter({REPEATS: 1})
        places = [[*place.before, *place.acts] for place in self.places.values()]
        acts = [act for those in places for act in those]
        contacts = [act for act in acts if act.what in _CONTACTS]
        counted = {
            REGISTERED: True,
            FORWARDED: "sent" in self.told or DELIVERED in self.told,
            ARRIVED: DELIVERED in self.told,
            SEEN: bool(acts),
            REACHED: bool(contacts),
            JUDGED: bool(contacts) or self.is_late,
            IN_TIME: any(act.is_in_time for act in contacts),
            DUOS: sum(any(act.what == DUO for act in those) for those in places),
            PASSED_ON: sum(act.what == HANDED_ON for act in acts),
            ELSEWHERE: ELSEWHERE in self.told,
            HOME_UNKNOWN: HOME_UNKNOWN in self.told,
            REFUSED: REFUSED in self.ends,
            WITHDRAWN: WITHDRAWN in self.ends,
            ERASED: ERASED in self.ends,
            EXPIRED: EXPIRED in self.ends and ERASED not in self.ends,
            STATUS + self.status: True,
            REASON + self.ends.get(REFUSED, ""): REFUSED in self.ends,
        }
        return Counter({measure: int(count) for measure, count in counted.items() if count})


def steps(events: Sequence[Event]) -> Iterator[Step]:
    """
    What each event of one registration adds, in their order; `events` start with its first.

    The same events give the same, whenever this is asked.
    """
    course = _Course()
    place = next(
        (one.receiver for one in events if one.what == "queued" and one.mail == FORWARDING), ""
    )
    source = next((one.why for one in events if one.what == "registered"), "")
    before: Counter[str] = Counter()
    for event in events:
        if not _tells(event):
            yield Step(event, place, source, {})
            continue
        course.take(event)
        after = course.figures()
        adds = {
            measure: after[measure] - before[measure]
            for measure in sorted({*before, *after})
            if after[measure] != before[measure]
        }
        yield Step(event, place, source, adds)
        before = after


def counted(events: Iterable[Event]) -> Mapping[str, int]:
    """What one registration counts for after all of these events: what its steps add up to."""
    course = _Course()
    for event in filter(_tells, events):
        course.take(event)
    return course.figures()


def standing(figures: Mapping[str, int]) -> str:
    """Of what one registration counts for, how it stands: one of `STATUSES`, or `REPEATS`."""
    return next((status for status in STATUSES if figures.get(STATUS + status)), REPEATS)


def _tells(event: Event) -> bool:
    """Whether it says how she stands: not a mail to her, or another one to a municipality."""
    return event.mail in {"", FORWARDING} or event.what == "held"
