"""What must be true of every registration after all that happened to it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from chalicelib import names, projection
from chalicelib.domain.ledger import Entry
from chalicelib.domain.notice import Notice
from chalicelib.domain.registration import Registration
from tests.faults.life import ACCEPTED, DONE, Life
from tests.faults.plan import Round
from tests.faults.rig import Rig, has_ended
from tests.load.mailbox import copies

REFUSALS = {503}
ERRORS = {500}  # of a page: it says to try again
GATEWAY = {502, 504}  # where the process itself was killed, the gateway answers

EXPIRED = "expired"
ERASED = "erased"
AGAIN = "requeued"


@dataclass(frozen=True)
class Outcome:
    """One round: what was injected how often, and what it led to."""

    round: Round
    reference: str
    hits: int
    refused: int
    doubled: int
    allowed: int
    problems: tuple[str, ...]


def judge(rig: Rig) -> Iterator[Outcome]:
    """The outcome of each round."""
    stored, written = rig.registrations(), _written(rig)
    for one, life, fault in rig.rounds:
        allowed = one.may_double(fault.hits)
        doubled = copies_too_many(rig, life)
        yield Outcome(
            round=one,
            reference=life.reference,
            hits=fault.hits,
            refused=_refused(life),
            doubled=doubled,
            allowed=allowed,
            problems=(
                *_of_answers(one, life),
                *_of_record(stored, life, written, len(rig.sent(life.reference))),
                *_of_presses(one, life, written[life.reference]),
                *([f"{doubled} doubled, {allowed} allowed"] if doubled > allowed else []),
            ),
        )


def bystanders(rig: Rig) -> list[str]:
    """
    What is wrong with the registrations to which nothing was done themselves, and with what
    belongs to none.
    """
    stored, written = rig.registrations(), _written(rig)
    meant = {life.reference for _, life, _ in rig.rounds}
    others = [life for life in rig.lives if life.reference not in meant]
    found = [
        f"{life.reference}: {problem}"
        for life in others
        for problem in _of_record(stored, life, written, len(rig.sent(life.reference)))
    ]
    in_mailbox = copies(rig.stack.directory / "mail")
    kept = Counter(reference for reference, _ in in_mailbox.elements())
    found += [
        f"{life.reference}: {kept[life.reference]} mails in the mailbox, not as many as SES took"
        for life in rig.lives
        if kept[life.reference] != len(rig.sent(life.reference))
    ]
    ours = {reference for reference, one in stored.items() if not one.synthetic}
    unknown = ours - {life.reference for life in rig.lives}
    people = Counter(one.answers.email for one in stored.values() if not one.erased_at)
    twice = [email for email, count in people.items() if count > 1]
    if twice:
        found.append(f"{len(twice)} registrations stored twice")
    found += [f"{one.id}: not ended" for one in rig.unfinished() if isinstance(one, Notice)]
    found += [f"nobody sent {reference}" for reference in unknown]
    return [*found, *_of_projections(rig), *_of_the_erased(rig, stored)]


def _written(rig: Rig) -> Mapping[str, list[Entry]]:
    """The ledger, by registration, each in its order."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in rig.ledger():
        found[entry.reference].append(entry)
    for entries in found.values():
        entries.sort(key=lambda entry: entry.number)
    return found


def _refused(life: Life) -> int:
    """How often somebody had to press again."""
    presses = [press.told for press in life.pressed]
    return sum(status not in ACCEPTED for status, _ in life.told) + sum(
        status not in DONE for told in presses for status, _ in told
    )


def _of_answers(one: Round, life: Life) -> Iterator[str]:
    """A success only for what is stored; a refusal that says to try again."""
    allowed = REFUSALS | (GATEWAY if one.mode.kills else set())
    for status, is_stored in life.told:
        if status in ACCEPTED and not is_stored:
            yield f"LOST: told {status}, and not stored"
        elif status not in ACCEPTED | allowed:
            yield f"told {status}"
    if not life.is_accepted:
        yield "never accepted"


def _of_presses(one: Round, life: Life, written: Sequence[Entry]) -> Iterator[str]:
    """Done is done, once; an error only when it was not, or when nobody could know."""
    allowed = REFUSALS | ERRORS | (GATEWAY if one.mode.kills else set())
    for press in life.pressed:
        name = press.event or press.path
        for status, has_effect in press.told:
            if status in DONE and not has_effect:
                yield f"LOST: told {status} of {name}, and it is not done"
            elif status not in DONE | allowed:
                yield f"told {status} of {name}"
        if not press.is_done:
            yield f"never done: {name}"
    pressed = Counter(press.event for press in life.pressed if press.event)
    happened = Counter(entry.event.what for entry in written)
    for event, count in pressed.items():
        if happened[event] != count:
            yield f"{event} pressed {count} times, in the ledger {happened[event]} times"


def _of_record(
    stored: Mapping[str, Registration],
    life: Life,
    written: Mapping[str, Sequence[Entry]],
    mailed: int,
) -> Iterator[str]:
    entries = written.get(life.reference, ())
    told = sum(entry.event.what == "sent" for entry in entries)
    if told != mailed:
        yield f"{mailed} mails sent, {told} written down"
    if [entry.number for entry in entries] != list(range(1, len(entries) + 1)):
        yield "events are missing in the ledger"
    registration = stored.get(life.reference)
    if registration is None:
        ended = [entry for entry in entries if entry.event.what == EXPIRED]
        if life.is_accepted and len(ended) != 1:
            yield "LOST: accepted, and not in the table"
        return
    if life.may_expire:
        yield "not deleted, though it expired"
    if not has_ended(registration):
        ends = ", ".join(f"{mail.kind} {mail.status}" for mail in registration.mails)
        yield f"not ended: {ends}"
    if len(entries) != len(registration.events):
        yield f"{len(registration.events)} events, {len(entries)} in the ledger"


def _of_projections(rig: Rig) -> Iterator[str]:
    """After the daily repair there is nothing left to repair."""
    now = datetime.now(UTC)
    if count := projection.repair(rig.store, now):
        yield f"{count} entries or rows of the lists not right"
    if count := names.repair(rig.store, rig.keys[0], now):
        yield f"{count} rows of the names not right"


def _of_the_erased(rig: Rig, stored: Mapping[str, Registration]) -> Iterator[str]:
    """Nothing of her is left, wherever."""
    everything = rig.everything()
    for life in rig.lives:
        one = stored.get(life.reference)
        is_gone = one.erased_at if one else any(press.event == ERASED for press in life.pressed)
        address = sha256(life.email.encode()).hexdigest()
        if is_gone and any(trace in everything for trace in (life.email, life.name, address)):
            yield f"{life.reference}: erased, and something is left"


def copies_too_many(rig: Rig, life: Life) -> int:
    """
    How many mails of this registration, and those that belong to none, went out more than once by
    the same route; but for those that somebody sent again.
    """
    ways = Counter(
        (one.tags["reference"], one.tags["mail"], one.tags["receiver"], one.tags["route"], about)
        for reference in (life.reference, *life.notices)
        for one in rig.sent(reference)
        for about in [one.tags.get("about", "")]
    )
    again = sum(press.event == AGAIN and press.is_done for press in life.pressed)
    return max(0, sum(count - 1 for count in ways.values()) - again)
