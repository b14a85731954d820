"""
Which faults there are to inject: found out by watching a registration go all its ways.

A new call in the code is a new step here, and gets its faults, without anybody thinking of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from tests.fault_proxy import EVER, Call, Fault, Mode


class Way(Enum):
    """
    How a registration goes: what wakes the functions, what becomes of its mail, and what people
    press when it was delivered. In the order in which they are done: of those in which the clock
    moves, `WAITING` leaves little to the others, and after `EXPIRED` there is nothing left.
    """

    WAITING = "nobody opens it"
    STREAM = "by the stream"
    SWEEP = "by the sweep"
    BOUNCE = "after a bounce"
    LINK = "by the mailed link"
    DESK = "at the desk of a municipality"
    OWN = "on her own page"
    ERASED = "withdrawn and erased"
    AGENCY = "at the desk of the agency"
    EXPIRED = "its term is over"

    @property
    def begins_delivered(self) -> bool:
        """Whether it begins with a registration of which the mails were delivered."""
        return self not in {Way.STREAM, Way.SWEEP, Way.BOUNCE}


OWN_WRITES = {"APIHandler", "Sweep"}
READS = ("BatchGet", "Describe", "Get", "List", "Query", "Receive", "Scan")


@dataclass(frozen=True)
class Step:
    """
    One call in the life of a registration: the `nth` of this function, operation and kind of
    item. Some name no registration, such as a query of what is due: `is_named` is whether it does.
    `follows_mail`: the same function sent a mail just before, and did not write it down yet.
    """

    way: Way
    function: str
    operation: str
    about: str
    nth: int
    is_named: bool = True
    follows_mail: bool = False

    @property
    def is_read(self) -> bool:
        return self.operation.startswith(READS)

    @property
    def kind(self) -> tuple[str, str, str]:
        return self.function, self.operation, self.about

    @property
    def place(self) -> tuple[object, ...]:
        """
        Where in the code the call is made: the same for all ways, but that each button writes a
        registration by code of its own, and so does what follows from waiting.
        """
        is_own_code = self.function == "Sweep" or self.way.begins_delivered  # all sign up alike
        own = (
            self.function in OWN_WRITES
            and self.kind[1:] == ("PutItem", "REGISTRATION")
            and is_own_code
        )
        return (self.way if own else None, *self.kind, self.nth)

    def __str__(self) -> str:
        about = f" {self.about}" if self.about else ""
        return f"{self.function}: {self.operation}{about} #{self.nth} {self.way.value}"


@dataclass(frozen=True)
class Round:
    """One registration to which one thing happens: at one step, once or as long as it lasts."""

    step: Step
    mode: Mode
    lasts: bool = False

    def fault(self, marker: str) -> Fault:
        return Fault(
            self.mode,
            self.step.operation,
            function=self.step.function,
            about=self.step.about,
            marker=marker if self.step.is_named else "",
            skip=self.step.nth - 1,
            times=EVER if self.lasts else 1,
        )

    def may_double(self, hits: int) -> int:
        """How many mails may go out once more: SES has no idempotency, so these windows stay."""
        if self.step.operation == "SendEmail":
            return hits if self.mode.is_carried_out else 0
        return 1 if self.step.follows_mail and hits else 0

    def __str__(self) -> str:
        return f"{self.step}, {self.mode.shown}{', for a while' if self.lasts else ''}"


ONCE = tuple(Mode)
LASTING = (Mode.THROTTLED, Mode.LOST)
"""What also happens for longer than a client tries by itself."""

THE_SAME_FOR_READS = {Mode.LOST, Mode.KILLED_AFTER}
"""Where nothing is written, it makes no difference whether AWS has carried it out."""


def steps(way: Way, recorded: Sequence[tuple[str, Sequence[Call]]]) -> list[Step]:
    """
    The steps of a way, from several registrations that went it: marker and calls of each.

    What not all of them did, such as reading again what somebody else just wrote, is chance.
    """
    found = [list(_steps(way, marker, calls)) for marker, calls in recorded]
    counts = Counter(step.place for one in found for step in one)
    return [step for step in found[0] if counts[step.place] == len(found)]


def _steps(way: Way, marker: str, calls: Iterable[Call]) -> Iterator[Step]:
    counts: Counter[tuple[str, str, str]] = Counter()
    was_mail: dict[str, bool] = {}
    for call in calls:
        kind = (call.function, call.operation, call.about)
        counts[kind] += 1
        yield Step(
            way=way,
            function=call.function,
            operation=call.operation,
            about=call.about,
            nth=counts[kind],
            is_named=marker.encode() in call.body,
            follows_mail=was_mail.get(call.function, False),
        )
        was_mail[call.function] = call.is_mail


MOST_ALIKE = 3


def without_repeats(found: Iterable[Step]) -> list[Step]:
    """
    The steps of all ways, each call of the code once: by the first way that has it. Of writes that
    a function repeats, such as one for each event, the first three; of reads the first.
    """
    first: dict[tuple[object, ...], Step] = {}
    for step in found:
        if step.nth <= (1 if step.is_read else MOST_ALIKE):
            first.setdefault(step.place, step)
    return list(first.values())


def rounds(found: Iterable[Step]) -> list[Round]:
    """Each step with each mode."""
    return [
        Round(step, mode, lasts)
        for step in found
        for lasts, modes in ((False, ONCE), (True, LASTING))
        for mode in modes
        if not (step.is_read and mode in THE_SAME_FOR_READS)
    ]
