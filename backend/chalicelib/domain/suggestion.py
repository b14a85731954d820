"""
A project that somebody told us of, the mails that follow, and every step until it is in the
inventory, or not.

As a registration it is stored first and judged later, by the same rules (suspicion.py, recent.py);
then an officer decides. Who told us is forgotten a month after that; what she told of the project
is kept long enough to be written into the inventory (`mijnbuddy projects export`). A step takes a
suggestion and returns the next one. All moments are in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.handover import UNDO_TERM
from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    Event,
    Mail,
    Outbox,
    dropped,
    queued,
)
from chalicelib.domain.recent import Verdict
from chalicelib.domain.registration import (
    CONFIRM_FIRST_FOR,
    QUARANTINE,
    RELEASED,
    STEP_UP,
    UNDONE,
    UNREACHABLE,
    Circumstances,
    fingerprint,
)
from chalicelib.domain.rerouting import Refusal
from chalicelib.domain.retention import (
    HELD,
    SUGGESTED,
    SUGGESTION_ACCEPTED,
    SUGGESTION_ENDED,
    SUGGESTION_SENDER,
    Rule,
)
from chalicelib.domain.suggestion_form import ProjectAnswers
from chalicelib.domain.suspicion import NOT_CONFIRMED

SENDER = "sender"
"""The receiver, and the route, of every mail about a suggestion."""

RECEIVED = "project-received"  # we have it, and what happens next
CONFIRM_FIRST = "project-step-up"  # was it you? Press the button
ASKING = "project-question"  # about a code of ASKED: what we don't understand
ACCEPTANCE = "project-accepted"  # it comes into the inventory
REJECTION = "project-refused"  # it does not, and why

SUGGESTION_MAILS = frozenset({RECEIVED, CONFIRM_FIRST, ASKING, ACCEPTANCE, REJECTION})

SUGGESTIONS = "suggestion"
"""What the index of work calls those that wait for an officer."""

ACCEPTED, REFUSED, ASKED, ERASED = "accepted", "refused", "asked", "erased"
SENDER_ERASED = "sender-erased"

REASONS: Mapping[str, Refusal] = {
    "not-real": Refusal("Geen echte melding: reclame, een grap of een computer"),
    "no-buddies": Refusal(
        "Er zijn geen buddy’s in dit project",
        "In onze lijst staan alleen projecten met buddy’s. In dit project vinden we die niet.",
    ),
    "elsewhere": Refusal(
        "Het is niet in Vlaanderen of Brussel",
        "In onze lijst staan alleen projecten in Vlaanderen en Brussel.",
    ),
    "known": Refusal(
        "Het staat al zo in de lijst",
        "Wat je schreef, staat al in onze lijst.",
    ),
    "unclear": Refusal(
        "We vinden er niets over terug",
        "We vinden nergens iets over dit project. Heb je een document of een website? "
        "Meld het dan opnieuw.",
    ),
    "person": Refusal(
        "Er staat te veel over een persoon in",
        "Er staat te veel over een persoon in. Dat mogen we niet op de site zetten.",
    ),
    "other": Refusal(
        "Een andere reden",
        "We kunnen dit nu niet in onze lijst zetten. Wil je weten waarom? Antwoord op deze mail.",
    ),
}
"""Why an officer refuses it, by code; no free text, so that nobody writes down a person there."""

QUESTIONS: Mapping[str, str] = {
    "source": "Waar kunnen we nalezen wat je schreef? Stuur ons een link of een document.",
    "place": "In welke gemeenten of in welke streek is het project?",
    "years": "In welk jaar begon het project? En loopt het nog?",
    "organiser": "Wie organiseert het project?",
    "buddies": "Wat doen de buddy’s in dit project?",
    "wrong": "Wat klopt er niet in onze lijst? En hoe is het dan wel?",
}
"""What an officer may ask, by code: she answers by mail."""

NOTHING = ProjectAnswers("", "", "", (), "", (), "", "", "", "", "", "", "", "", "", "")


@dataclass(frozen=True, kw_only=True)
class Suggestion(Outbox):
    """
    What somebody told us of a project; one item in the table, outbox included.

    `fingerprint`, `signals`, `network`, `admitted_at`, `repeat_of`, `hold` and `held_at` are as
    those of a registration. An officer decided at `decided_at`: `decision` is `accepted` or
    `refused`, `why` a code of `REASONS`, `belongs_to` the name of the file of the project that it
    is about, "" for a new one. The sender is gone since `sender_erased_at`, all of it but a stub
    since `erased_at`.
    """

    reference: str
    submission_id: str
    fingerprint: str
    registered_at: datetime
    answers: ProjectAnswers
    signals: tuple[str, ...] = ()
    network: str = ""
    admitted_at: datetime | None = None
    repeat_of: str = ""
    hold: str = ""
    held_at: datetime | None = None
    decision: str = ""
    decided_at: datetime | None = None
    why: str = ""
    belongs_to: str = ""
    sender_erased_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.reference

    @property
    def wish(self) -> str:
        """The same in a repeat: who sends other words about the same project, tells us more."""
        return f"project/{self.fingerprint}"

    @property
    def term(self) -> tuple[Rule, datetime]:
        """By which rule it is kept, and since when that counts."""
        if self.erased_at:
            return SUGGESTION_ENDED, self.erased_at
        if self.decided_at:
            is_in = self.decision == ACCEPTED
            return SUGGESTION_ACCEPTED if is_in else SUGGESTION_ENDED, self.decided_at
        if self.repeat_of:
            return SUGGESTION_ENDED, self.registered_at
        return (HELD, self.held_at) if self.held_at else (SUGGESTED, self.registered_at)

    @property
    def expires_at(self) -> datetime:
        rule, since = self.term
        return since + rule.length

    @property
    def forget_at(self) -> datetime | None:
        """When the sender must be forgotten, where the rest stays."""
        if self.decision != ACCEPTED or self.sender_erased_at or not self.decided_at:
            return None
        return self.decided_at + SUGGESTION_SENDER.length

    @property
    def active_mails(self) -> tuple[Mail, ...]:
        """While it is held, only what asks to confirm may go out."""
        return tuple(one for one in self.mails if not self.hold or one.kind == CONFIRM_FIRST)

    @property
    def due_at(self) -> datetime | None:
        """Also when there was time enough to confirm, and when the sender must be forgotten."""
        moments = [super().due_at, self.forget_at]
        if self.hold == STEP_UP and self.held_at:
            moments.append(self.held_at + CONFIRM_FIRST_FOR)
        return min((moment for moment in moments if moment), default=None)

    @property
    def is_open(self) -> bool:
        """Whether an officer has to decide about it."""
        is_judged = self.admitted_at is not None and self.hold != STEP_UP
        return is_judged and not (self.decision or self.repeat_of or self.erased_at)

    @property
    def work(self) -> tuple[str, datetime] | None:
        """It waits for a decision first; then for what is wrong with a mail."""
        return (SUGGESTIONS, self.held_at or self.registered_at) if self.is_open else super().work

    @property
    def takes_mail(self) -> bool:
        """Whether there is somebody to mail, who did not call a mail of ours unwanted."""
        return bool(self.answers.email) and all(one.status != COMPLAINED for one in self.mails)

    @property
    def asked(self) -> tuple[str, ...]:
        """What the sender was asked, by code of `QUESTIONS`."""
        return tuple(one.about for one in self.mails if one.kind == ASKING)

    @property
    def decisions(self) -> int:
        """How often something was decided or undone: it never falls, so a form can carry it."""
        return sum(one.what in {ACCEPTED, REFUSED, UNDONE} for one in self.events)

    def may_undo(self, now: datetime) -> bool:
        """Whether the decision can be taken back: within the hour, before anybody is told."""
        is_in_time = self.decided_at is not None and now < self.decided_at + UNDO_TERM
        return is_in_time and not self.erased_at


def suggest(
    answers: ProjectAnswers,
    reference: str,
    submission_id: str,
    now: datetime,
    came: Circumstances,
) -> Suggestion:
    """A new suggestion, with a mail due to who sent it."""
    return Suggestion(
        mails=(Mail(RECEIVED, SENDER, now, now),),
        events=(Event(now, "suggested"), Event(now, "queued", SENDER, mail=RECEIVED)),
        reference=reference,
        submission_id=submission_id,
        fingerprint=fingerprint(answers),
        registered_at=now,
        answers=answers,
        signals=came.signals,
        network=came.network,
    )


def judged(one: Suggestion, verdict: Verdict, now: datetime) -> Suggestion:
    """Judged, once, as a registration is; the digest of the network has served."""
    known = replace(one, admitted_at=now, repeat_of=verdict.repeat_of, network="")
    if verdict.repeat_of:
        event = Event(now, "repeated", why=verdict.repeat_of)
        return _without(replace(known, events=(*known.events, event)), "repeat", now)
    if not verdict.confirm:
        known = _without(known, "enough-confirmations", now)
    return _held(known, verdict.hold, verdict.why, now) if verdict.why else known


def moved_on(one: Suggestion, now: datetime) -> Suggestion:
    """What time alone brings: nobody confirmed, or the sender is to be forgotten."""
    if one.forget_at and one.forget_at <= now:
        return sender_forgotten(one, now)
    is_over = one.held_at is not None and now >= one.held_at + CONFIRM_FIRST_FOR
    if one.hold == STEP_UP and is_over:
        return _held(one, QUARANTINE, NOT_CONFIRMED, now)
    return one


def followed_up(one: Suggestion, now: datetime) -> Suggestion:
    """
    What must follow from what became of the mails: who calls one unwanted gets no more, and where
    the question whether it was you came back, an officer looks.
    """
    if any(mail.status == COMPLAINED for mail in one.mails):
        one = _without(one, COMPLAINED, now)
    first = one.mail(CONFIRM_FIRST, SENDER)
    if one.hold == STEP_UP and first and first.status in {BOUNCED, COMPLAINED}:
        return _held(one, QUARANTINE, UNREACHABLE, now)
    return one


def confirmed(one: Suggestion, why: str, now: datetime) -> Suggestion:
    """The sender pressed the button (`why`): it goes on as any other. Twice is once."""
    if not one.hold:
        return one
    free = replace(one, hold="", held_at=None)
    free = replace(free, events=(*free.events, Event(now, RELEASED, why=why)))
    return _without(free, why, now, CONFIRM_FIRST)


def asked(one: Suggestion, code: str, door: str, now: datetime) -> Suggestion:
    """
    The sender is asked something, each thing once; the same suggestion where nobody can be asked.

    Raises KeyError for a code that is none.
    """
    _ = QUESTIONS[code]
    if not one.is_open or code in one.asked or not one.takes_mail:
        return one
    free = replace(one, hold="", held_at=None)
    free = replace(free, events=(*free.events, Event(now, ASKED, why=code, door=door)))
    return queued(_without(free, "settled", now), ASKING, SENDER, now, about=code)


def accepted(one: Suggestion, belongs_to: str, door: str, now: datetime) -> Suggestion:
    """It comes into the inventory: of a project that is there, or as a new one."""
    if not one.is_open:
        return one
    done = replace(one, belongs_to=belongs_to)
    return _decided(done, Event(now, ACCEPTED, door=door), ACCEPTANCE, now)


def refused(one: Suggestion, why: str, door: str, now: datetime) -> Suggestion:
    """
    It does not; who sent it is told why, unless it was not real.

    Raises KeyError for a reason that is none.
    """
    reason = REASONS[why]
    if not one.is_open:
        return one
    done = replace(one, why=why)
    kind = REJECTION if reason.told else ""
    return _decided(done, Event(now, REFUSED, why=why, door=door), kind, now)


def undone(one: Suggestion, door: str, now: datetime) -> Suggestion:
    """The decision is taken back: within the hour, so nobody was told of it."""
    if not one.may_undo(now):
        return one
    event = Event(now, UNDONE, why=one.decision, door=door)
    back = replace(one, decision="", decided_at=None, why="", belongs_to="")
    return _without(replace(back, events=(*back.events, event)), UNDONE, now)


def sender_forgotten(one: Suggestion, now: datetime, door: str = "") -> Suggestion:
    """Nobody knows any more who sent it; what she told of the project stays."""
    if one.sender_erased_at:
        return one
    nobody = replace(one.answers, name="", email="", remark="")
    event = Event(now, SENDER_ERASED, door=door)
    known = replace(one, answers=nobody, sender_erased_at=now, events=(*one.events, event))
    return _ended(replace(known, submission_id="", fingerprint=""), now)


def erased(one: Suggestion, door: str, now: datetime) -> Suggestion:
    """
    The sender wants to be forgotten: all goes but a stub; what the inventory has already, or is
    about to have, stays without her. Twice is once.
    """
    if one.decision == ACCEPTED:
        return sender_forgotten(one, now, door)
    if one.erased_at:
        return one
    stub = Suggestion(  # named one by one: what is added to a suggestion is not kept by itself
        mails=one.mails,
        events=(*one.events, Event(now, ERASED, door=door)),
        version=one.version,
        lease_until=one.lease_until,
        reference=one.reference,
        submission_id="",
        fingerprint="",
        registered_at=one.registered_at,
        answers=NOTHING,
        admitted_at=one.admitted_at,
        repeat_of=one.repeat_of,
        decision=one.decision,
        decided_at=one.decided_at,
        why=one.why,
        sender_erased_at=now,
        erased_at=now,
    )
    return _ended(stub, now)


def _held(one: Suggestion, hold: str, why: str, now: datetime) -> Suggestion:
    event = Event(now, "held", why=why, mail=hold)
    waiting = replace(one, hold=hold, held_at=now, events=(*one.events, event))
    return queued(waiting, CONFIRM_FIRST, SENDER, now) if hold == STEP_UP else waiting


def _decided(one: Suggestion, event: Event, kind: str, now: datetime) -> Suggestion:
    """What is told leaves after the hour in which it can be undone."""
    done = replace(
        one, hold="", held_at=None, decision=event.what, decided_at=now, events=(*one.events, event)
    )
    done = _without(done, "settled", now)
    at = now + UNDO_TERM
    is_told = kind and done.takes_mail
    return queued(done, kind, SENDER, now, at=at, again=True) if is_told else done


def _without(one: Suggestion, why: str, now: datetime, kind: str = "") -> Suggestion:
    """Without the mails, or those of one kind, that did not go out yet."""
    for mail in one.mails:
        if kind in {"", mail.kind} and mail.must_be_sent:
            one = dropped(one, mail, why, now)
    return one


def _ended(one: Suggestion, now: datetime) -> Suggestion:
    """Without any mail with which something is to be done: there is nobody to mail any more."""
    for mail in one.mails:
        if not mail.dropped_at and (mail.next_at or mail.attention_at):
            one = dropped(one, mail, ERASED, now)
    return one
