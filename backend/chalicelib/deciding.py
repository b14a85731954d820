"""
What an officer decides about a registration or a mail, at the agency's desk or the command line:
send a mail again (or many), close it, let somebody through who was held, take her to another
municipality, refuse her, and undo that.

Each decision is one conditional write. Pressed twice, it is done once. `seen` is how many decisions
(`rerouting.decisions`) there were when a form was shown: one that is posted again, or late, does
nothing to what changed since. Who types a command saw no form: None.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from chalicelib.domain.clearing import SenselessError, closed, sent_again
from chalicelib.domain.outbox import AnyOutbox, Mail, Outbox, has_landed
from chalicelib.domain.registration import Registration, unheld
from chalicelib.domain.rerouting import decisions, refused_for, rerouted, undone
from chalicelib.failures import StaleError
from chalicelib.logs import Log

log = Log(__name__)

DESK = "desk"
"""Why one that was held was let go: a person looked."""

MAX_AT_ONCE = 100
"""Mails that one press sends again: some seconds of work, and few enough to look through."""


class Saving(Protocol):
    def save(self, outbox: AnyOutbox) -> AnyOutbox: ...


class Store(Saving, Protocol):
    def get(self, reference: str, now: datetime) -> Registration | None: ...
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...


@dataclass(frozen=True, order=True)
class Which:
    """One mail, named from anywhere: the id of its outbox, and its own name there."""

    id: str
    kind: str
    receiver: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.id}|{self.kind}|{self.receiver}|{self.about}"


MAX_WHICH = 300
"""Characters of a mail named from a form: DynamoDB refuses a longer key as a fault of ours."""


def read_which(text: str) -> Which | None:
    """What `str(which)` was; None for any other text."""
    parts = text.split("|") if len(text) <= MAX_WHICH else []
    return Which(*parts) if len(parts) == 4 and all(parts[:3]) else None  # noqa: PLR2004


class Outcome(Enum):
    """
    Done; nothing, as it stood so already; nothing, as something changed since the form was shown;
    nothing, as it makes no sense now; nothing to find.
    """

    DONE = "done"
    CHANGED = "changed"
    ALREADY = "already"
    SENSELESS = "senseless"
    GONE = "gone"


@dataclass(frozen=True)
class Decided:
    """`text` says why it makes no sense, in English; `after` is how it stands now."""

    outcome: Outcome
    after: Outbox | None = None
    text: str = ""


class ChangedError(Exception):
    """Something was decided since the form was shown."""


def resend(which: Which, door: str, store: Store, now: datetime) -> Decided:
    """Try a mail again, from the start."""
    decided = _on_mail(which, lambda one, mail: sent_again(one, mail, now, door), store, now)
    return _told("resend", which, decided)


def resend_many(
    these: Iterable[Which], door: str, store: Store, now: datetime
) -> Iterator[tuple[Which, Decided]]:
    """Each of them on its own, at most `MAX_AT_ONCE`; what one of them raises stops the rest."""
    for which in sorted(set(these))[:MAX_AT_ONCE]:
        yield which, resend(which, door, store, now)


def may_resend(outbox: Outbox, mail: Mail, door: str, now: datetime) -> bool:
    """Whether `resend` would do something."""
    try:
        return sent_again(outbox, mail, now, door) is not outbox
    except SenselessError:
        return False


def close(which: Which, why: str, door: str, store: Store, now: datetime) -> Decided:
    """Nobody has to wait for this mail any more: it was dealt with otherwise (clearing.HANDLED)."""
    decided = _on_mail(which, lambda one, mail: closed(one, mail, why, now, door), store, now)
    return _told("close", which, decided)


def may_close(outbox: Outbox, mail: Mail, now: datetime) -> bool:
    try:
        return closed(outbox, mail, "other", now) is not outbox
    except SenselessError:
        return False


def release(
    reference: str, door: str, store: Store, *, now: datetime, seen: int | None = None
) -> Decided:
    """Let somebody through who is held: her mails go out."""
    decided = _on_registration(
        reference, lambda one: unheld(one, DESK, now, door), store, now, seen
    )
    return _told("release", Which(reference, "", ""), decided)


def reroute(
    reference: str,
    receiver: str,
    store: Store,
    *,
    to: str,
    door: str,
    now: datetime,
    seen: int | None = None,
) -> Decided:
    """
    Take somebody from one place and give her to a municipality.

    Raises `NotPossibleError` when that makes no sense as things are now.
    """
    decided = _on_registration(
        reference, lambda one: rerouted(one, receiver, to, door, now), store, now, seen
    )
    return _told("reroute", Which(reference, to, receiver), decided)


def refuse(
    reference: str, why: str, door: str, store: Store, *, now: datetime, seen: int | None = None
) -> Decided:
    """
    Refuse somebody, for one of `REFUSALS`.

    Raises `NotPossibleError`, and KeyError for a code that is none.
    """
    decided = _on_registration(
        reference, lambda one: refused_for(one, why, door, now), store, now, seen
    )
    return _told("refuse", Which(reference, why, ""), decided)


def undo(
    reference: str, door: str, store: Store, *, now: datetime, seen: int | None = None
) -> Decided:
    """Take back the last refusal or change of municipality; `ALREADY` when it is too late."""
    decided = _on_registration(reference, lambda one: undone(one, door, now), store, now, seen)
    return _told("undo", Which(reference, "", ""), decided)


def _on_mail(
    which: Which, step: Callable[[Outbox, Mail], Outbox], store: Store, now: datetime
) -> Decided:
    def on_outbox(outbox: Outbox) -> Outbox | None:
        mail = outbox.mail(which.kind, which.receiver, which.about)
        return step(outbox, mail) if mail else None

    try:
        return changed(lambda: store.outbox(which.id, now), on_outbox, store)
    except SenselessError as error:
        return Decided(Outcome.SENSELESS, store.outbox(which.id, now), str(error))


def _on_registration(
    reference: str,
    step: Callable[[Registration], Registration],
    store: Store,
    now: datetime,
    seen: int | None,
) -> Decided:
    def unless_changed(one: Registration) -> Registration:
        following = step(one)
        if following is not one and seen not in {None, decisions(one)}:
            raise ChangedError
        return following

    try:
        return changed(lambda: store.get(reference, now), unless_changed, store)
    except ChangedError:
        return Decided(Outcome.CHANGED, store.get(reference, now))


def changed(
    read: Callable[[], AnyOutbox | None],
    step: Callable[[AnyOutbox], AnyOutbox | None],
    store: Saving,
) -> Decided:
    """Write the step after what is read, also when somebody else writes in between."""
    before: AnyOutbox | None = None
    following: AnyOutbox | None = None
    while True:
        current = read()
        if before and following and current and has_landed(before, following, current):
            return Decided(Outcome.DONE, current)
        before, following = current, step(current) if current else None
        if current is None or following is None:
            return Decided(Outcome.GONE)
        if following is current:
            return Decided(Outcome.ALREADY, current)
        try:
            return Decided(Outcome.DONE, store.save(following))
        except StaleError:  # a forwarder was at it, or somebody else decided
            continue


def _told(what: str, which: Which, decided: Decided) -> Decided:
    log.info(
        "decided at the desk",
        reference=which.id,
        mail=which.kind,
        receiver=which.receiver,
        why=what,
        outcome=decided.outcome.value,
    )
    return decided
