"""What must be true of every registration after all that happened to it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain.registration import Registration
from tests.faults.life import ACCEPTED, Life
from tests.faults.plan import Round
from tests.faults.rig import Rig, has_ended
from tests.load.mailbox import copies

REFUSALS = {503}
GATEWAY = {502, 504}  # where the process itself was killed, the gateway answers


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
    """The outcome of each round, also of the registrations to which nothing should happen."""
    stored = rig.registrations()
    written = Counter(item["reference"]["S"] for item in rig.ledger())
    for one, life, fault in rig.rounds:
        allowed = one.may_double(fault.hits)
        doubled = copies_too_many(rig, life)
        yield Outcome(
            round=one,
            reference=life.reference,
            hits=fault.hits,
            refused=sum(status not in ACCEPTED for status, _ in life.told),
            doubled=doubled,
            allowed=allowed,
            problems=(
                *_of_answers(one, life),
                *_of_record(stored, life, written, len(rig.sent(life.reference))),
                *([f"{doubled} doubled, {allowed} allowed"] if doubled > allowed else []),
            ),
        )


def bystanders(rig: Rig) -> list[str]:
    """What is wrong with the registrations to which nothing was done themselves."""
    stored = rig.registrations()
    written = Counter(item["reference"]["S"] for item in rig.ledger())
    meant = {life.reference for _, life, _ in rig.rounds}
    others = [life for life in rig.lives if life.reference not in meant]
    found = [
        problem
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
    people = Counter(one.answers.email for one in stored.values())
    twice = [email for email, count in people.items() if count > 1]
    if twice:
        found.append(f"{len(twice)} registrations stored twice")
    return [*found, *(f"nobody sent {reference}" for reference in unknown)]


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


def _of_record(
    stored: Mapping[str, Registration], life: Life, written: Counter[str], mailed: int
) -> Iterator[str]:
    registration = stored.get(life.reference)
    if registration is None:
        if life.is_accepted:
            yield "LOST: accepted, and not in the table"
        return
    if not has_ended(registration):
        ends = ", ".join(f"{mail.kind} {mail.status}" for mail in registration.mails)
        yield f"not ended: {ends}"
    told = sum(event.what == "sent" for event in registration.events)
    if told != mailed:
        yield f"{mailed} mails sent, {told} written down"
    if written[life.reference] != len(registration.events):
        yield f"{len(registration.events)} events, {written[life.reference]} in the ledger"


def copies_too_many(rig: Rig, life: Life) -> int:
    """How many mails of this registration went out more than once by the same route."""
    ways = Counter(
        (one.tags["mail"], one.tags["receiver"], one.tags["route"])
        for one in rig.sent(life.reference)
    )
    return sum(count - 1 for count in ways.values())
