"""
A registration, the mails it must send, and every step in its life.

A step is a function that takes a registration and returns the next one, with its event appended:
nothing here reads a clock, a table or a mailbox. What any mail goes through is in `outbox`; here is
what is a registration's own. All moments are in UTC.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.form import Answers
from chalicelib.domain.handover import (
    CHANGED_MIND,
    UNDO_TERM,
    UNSUITED,
    WRONG_ADDRESS,
    Handover,
)
from chalicelib.domain.handover import DUO as DUO_STATE
from chalicelib.domain.handover import NOT_NOW as NOT_NOW_STATE
from chalicelib.domain.municipalities import find_municipality, of_postcode
from chalicelib.domain.outbox import (
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    PERMANENT,
    Event,
    Mail,
    Outbox,
    Sending,
    dropped,
    handed_over,
    queued,
)
from chalicelib.domain.patience import answered_by, asked_from, late_from
from chalicelib.domain.reply import QUESTIONS, Reply
from chalicelib.domain.retention import (
    DUO,
    ERASED,
    HELD,
    MAX_KEPT,
    NOT_NOW,
    OPEN,
    REFUSED,
    REPEAT,
    SYNTHETIC,
    WARNED_BEFORE,
    WITHDRAWN,
    Rule,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VOLUNTEER = "volunteer"
"""The receiver of what is mailed to her; every other receiver is a NIS code."""

FORWARDING = "forwarding"  # to a municipality: this person wants to be a buddy
PHONE_INSTEAD = "phone-instead"  # to a municipality: her e-mail address does not work
CONFIRMATION = "confirmation"  # to the volunteer: what happens next
STEP_UP = "step-up"  # to the volunteer: was it you? Press the button
DELAY = "delay"  # to the volunteer: your municipality could not be reached, we look for another way
HANDED_ON = "handed-on"  # to the volunteer, about a receiver: your municipality asked it instead
CONSENT = "consent"  # to the volunteer, about a partner: may we send it your registration?
DECLINED = "declined"  # to who proposed it, about a partner: no, so she is with you again
WARNING = "warning"  # to the volunteer, about a date: then we delete what you told us
WITHDRAWAL = "withdrawal"  # to whoever was mailed: she no longer wants to be a buddy
ERASURE = "erasure"  # to whoever was mailed, about a copy (its message id): delete it
CORRECTION = "correction"  # to whoever was mailed, about a moment: this is her new number
OWN_LINK = "own-link"  # to the volunteer, about a moment: the new link to her own page
OWN_DATA = "own-data"  # to the volunteer, about a moment: the link to all that we know of her
NEW_ADDRESS = "new-address"  # to the address that she wants to have from now on: press the button
ADDRESS_CHANGE = "address-change"  # to the volunteer, about a moment: is that what you want?
QUESTION = "question"  # to the volunteer, about a question: how did it go? (reply.py)
LATE = "late"  # to the volunteer, about a receiver: nobody contacted you in time, as far as we know
TAKEN_BACK = "taken-back"  # to a municipality, about a moment: the agency took her away from there
REROUTED = "rerouted"  # to the volunteer, about a receiver: the agency asked another municipality
REFUSAL = "refusal"  # to the volunteer: the agency refused her, and why
REGRET = "regret"  # to the volunteer, about a receiver: it does not work out there now, and why
REMINDER = "reminder"  # to a municipality: these candidates nobody opened yet (reminding.py)

TO_MUNICIPALITY = frozenset(
    {FORWARDING, PHONE_INSTEAD, DECLINED, WITHDRAWAL, ERASURE, CORRECTION, REMINDER, TAKEN_BACK}
)
"""The kinds of mail that go to whatever address of a municipality works."""

WITH_HER_DATA = frozenset({FORWARDING, PHONE_INSTEAD, DECLINED, CORRECTION})
"""Those that leave something of her in a mailbox: the others name nobody."""

NOT_WHILE_PAUSED = frozenset({FORWARDING, PHONE_INSTEAD, QUESTION})
"""The kinds of mail that wait while she can't be a buddy."""

UNCONFIRMED = "new-address"
"""The receiver, and the route, of a mail to an address that is not hers yet as far as we know."""

AGENCY = "agency"
"""The route of a mail to the agency's own mailbox."""

QUARANTINE = "quarantine"  # the desk looks at it first
UNREACHABLE = "unreachable"
"""Why a person must look when her e-mail address does not work."""
CONFIRM_FIRST_FOR = timedelta(days=7)
"""How long she has to press the button; then the desk looks at it."""


ELSEWHERE, HOME_UNKNOWN = "elsewhere", "home-unknown"
"""Why a municipality was asked that is not her own, or that may be: her postcode is not known."""

RELEASED, REFUSED_EVENT, UNDONE = "released", "refused", "undone"


@dataclass(frozen=True, kw_only=True)
class Registration(Outbox):
    """
    Somebody who wants to be a buddy; one item in the table, outbox included.

    `handovers` has one for each municipality or organisation that has her, or had her. Links
    of before `links_since` to her own page are void.
    `fingerprint` tells whether two submissions with one id have the same answers. `admitted_at`
    is when it was judged new or a repeat (recent.py). `signals` are what looked odd about the
    request, `network` is a salted digest of the address that it came from, there until it is
    judged. While `hold` says `step-up` or `quarantine`, no municipality is mailed. `synthetic` ones
    are our own tests: no figure counts them. She said at `kept_at`, last, that we must keep it
    (`times_kept`). One with `withdrawn_at` or `erased_at` is nobody's to act on any more
    (leaving.py); of the latter only the stub is left.

    What she does on her own page (own.py): `new_email` is the address that she wants since
    `new_email_at`, until its button is pressed. She can't be a buddy for a while since `paused_at`,
    and could again since `resumed_at`. `replies` are her answers to our questions, which she does
    not want since `no_questions_at`.
    """

    reference: str
    submission_id: str
    fingerprint: str
    registered_at: datetime
    answers: Answers
    handovers: tuple[Handover, ...] = ()
    links_since: datetime | None = None
    admitted_at: datetime | None = None
    repeat_of: str = ""
    signals: tuple[str, ...] = ()
    network: str = ""
    hold: str = ""
    held_at: datetime | None = None
    synthetic: bool = field(default=False)
    kept_at: datetime | None = None
    times_kept: int = 0
    withdrawn_at: datetime | None = None
    erased_at: datetime | None = None
    new_email: str = ""
    new_email_at: datetime | None = None
    paused_at: datetime | None = None
    resumed_at: datetime | None = None
    replies: tuple[Reply, ...] = ()
    no_questions_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.reference

    @property
    def wish(self) -> str:
        """Who wants to be a buddy where: the same in a repeat (recent.py)."""
        person = " ".join(self.answers.name.casefold().split())
        return f"{person}/{','.join(sorted(self.answers.municipality))}"

    @property
    def has_left(self) -> bool:
        """Whether she withdrew, or was erased: nobody may act on it, and she is not mailed."""
        return bool(self.withdrawn_at or self.erased_at)

    @property
    def term(self) -> tuple[Rule, datetime]:
        """By which rule it is kept, and since when that counts: the first that is so."""
        judged = self.judgement
        ends = (
            (SYNTHETIC, self.registered_at if self.synthetic else None),
            (ERASED, self.erased_at),
            (WITHDRAWN, self.withdrawn_at),
            (REPEAT, self.registered_at if self.repeat_of else None),
            (REFUSED, judged.at if judged and judged.what == REFUSED_EVENT else None),
            (HELD, self.held_at),
        )
        states = {one.state for one in self.handovers if not one.ended_at}
        still = DUO if DUO_STATE in states else NOT_NOW if states == {NOT_NOW_STATE} else OPEN
        found = ((rule, since) for rule, since in ends if since)
        return next(found, (still, self._last_act_at))

    @property
    def judgement(self) -> Event | None:
        """How it was let go or refused, last; None while nobody did, or when that was undone."""
        standing: list[Event] = []
        for event in self.events:
            if event.what in {RELEASED, REFUSED_EVENT}:
                standing.append(event)
            elif (event.what, event.why) == (UNDONE, REFUSED_EVENT):
                del standing[-1:]
        return standing[-1] if standing else None

    @property
    def _last_act_at(self) -> datetime:
        """When she or a municipality last did something; one that was taken back counts too."""
        hers = (self.kept_at, self.new_email_at, self.paused_at, self.resumed_at)
        replies = (reply.at for reply in self.replies)
        acts = (act.at for one in self.handovers for act in one.acts)
        return max([self.registered_at, *filter(None, hers), *replies, *acts])

    @property
    def expires_at(self) -> datetime:
        rule, since = self.term
        return since + rule.length

    @property
    def warn_at(self) -> datetime | None:
        """When she must be told that it is about to be deleted, None for never (again)."""
        complained = any(
            one.status == COMPLAINED and one.receiver == VOLUNTEER for one in self.mails
        )
        is_known = self.mail(WARNING, VOLUNTEER, self.expiry_date) is not None
        if complained or is_known or not self._is_worth_keeping:
            return None
        return self.expires_at - WARNED_BEFORE

    @property
    def expiry_date(self) -> str:
        """The day (UTC) on which it expires: `2027-11-23`, what a warning is about."""
        return self.expires_at.date().isoformat()

    def may_be_kept(self, now: datetime) -> bool:
        """Whether she may have it kept for another term: from the warning on, and not for ever."""
        is_time = self.expires_at - WARNED_BEFORE <= now < self.expires_at
        return is_time and self._is_worth_keeping and self.times_kept < MAX_KEPT

    @property
    def _is_worth_keeping(self) -> bool:
        """Whether somebody may still call her."""
        return self.term[0] in {OPEN, NOT_NOW} and self._is_willing

    def handover(self, receiver: str) -> Handover | None:
        """How it stands with her in one municipality, or at one organisation."""
        return next((one for one in self.handovers if one.receiver == receiver), None)

    def called(self, receiver: str) -> str:
        """
        The name of a receiver: a municipality's, or an organisation's as somebody typed it, as long
        as we have that.
        """
        handover = self.handover(receiver)
        if handover and handover.partner:
            return handover.partner.name
        return find_municipality(receiver).name if receiver.isdigit() else "een organisatie"

    @property
    def forwardings(self) -> tuple[Mail, ...]:
        """The mails that ask a municipality to call: queued, retried and followed on their own."""
        return tuple(mail for mail in self.mails if mail.kind == FORWARDING)

    @property
    def active_mails(self) -> tuple[Mail, ...]:
        """
        While it is held, only what asks her to confirm may go out; while she pauses, nothing that
        would make a municipality call.
        """
        return tuple(mail for mail in self.mails if not self._waits_with(mail))

    def _waits_with(self, mail: Mail) -> bool:
        is_paused = bool(self.paused_at) and mail.kind in NOT_WHILE_PAUSED and mail.must_be_sent
        return bool(self.hold and mail.kind != STEP_UP) or is_paused

    @property
    def due_at(self) -> datetime | None:
        """
        Also when she had the time to confirm, when she must be warned that it expires, when a place
        is later than we promised, when an organisation ends with nobody, and when we ask her how it
        went.
        """
        moments = [super().due_at, self.warn_at, *map(self.late_at, self.handovers)]
        moments += map(self.returns_at, self.handovers)
        moments += [at for _, at in self.questions_at]
        if self.hold == STEP_UP and self.held_at:
            moments.append(self.held_at + CONFIRM_FIRST_FOR)
        return min((moment for moment in moments if moment), default=None)

    @property
    def work(self) -> tuple[str, datetime] | None:
        """
        Also where the mail of a municipality reached the wrong people, as they tell, where nobody
        took her up in time, and where she tells that nobody contacted her.
        """
        if self.hold == QUARANTINE and self.held_at:
            return QUARANTINE, self.held_at
        astray = [("attention", one.last.at) for one in self.astray if one.last]
        astray += [("attention", one.late_since) for one in self.late if one.late_since]
        astray += [("attention", one.at) for one in self.unheard]
        waiting = super().work
        return min([*astray, *([waiting] if waiting else [])], default=None)

    @property
    def astray(self) -> tuple[Handover, ...]:
        """The hand-overs whose mail reached the wrong people: a person must find the right ones."""
        return tuple(
            one for one in self.handovers if one.state == WRONG_ADDRESS and not one.ended_at
        )

    def waits_since(self, handover: Handover) -> datetime:
        """
        Since when the place of a hand-over is asked to contact her: the ten working days begin
        then. What was held is promised from when it was let go, and who paused from when she could
        again. Who came back from an organisation waits since that answered; where she did not
        answer herself, since she was asked.
        """
        moments = [event.at for event in self.events if event.what == RELEASED]
        back = handover.came_back
        to = self.handover(back.to) if back else None
        if back and back.undone_at:
            lapsed = to is not None and to.lapsed_at == back.undone_at
            moments.append(back.at if lapsed else back.undone_at)
        return max(handover.since, self.resumed_at or handover.since, *moments)

    def returns_at(self, handover: Handover) -> datetime | None:
        """
        When who handed her on to an organisation has her in hands again: she did not answer in
        time, or they can't take her, and that can't be undone any more. None for never. When she no
        longer wants to, nobody has to call her.
        """
        if self.hold or self.has_left or self.paused_at or not handover.partner:
            return None
        last = handover.last
        acts = (act for one in self.handovers for act in one.standing)
        is_theirs = any(act.to == handover.receiver for act in acts)
        if handover.ended_at or handover.declined_at or handover.lapsed_at or not is_theirs:
            return None
        if not handover.agreed_at:
            return answered_by(self.waits_since(handover))
        is_over = last is not None and last.what == NOT_NOW_STATE and last.why != CHANGED_MIND
        return last.at + UNDO_TERM if last and is_over else None

    def is_awaited(self, handover: Handover) -> bool:
        """Whether she waits for somebody in the place of a hand-over to take her up."""
        return self._waits_at(handover) and handover.taken_up_at is None

    def _waits_at(self, handover: Handover) -> bool:
        """Whether the place of a hand-over was asked, and still has something to do."""
        if self.hold or self.repeat_of or self.synthetic or self.has_left or self.paused_at:
            return False
        mail = self.mail(FORWARDING, handover.receiver)
        was_asked = mail is not None and not (mail.dropped_at and not mail.sendings)
        return was_asked and handover.waits

    def unopened_since(self, handover: Handover) -> datetime | None:
        """
        Since when a municipality has the mail about her, delivered as far as we know, that nobody
        there opened; None where somebody did, or where it did not get there. Also of one that came
        back, until somebody does something about her.
        """
        mail = self.mail(FORWARDING, handover.receiver)
        if mail is None or not mail.sendings or handover.partner or handover.last:
            return None
        last = mail.sendings[-1]
        if not self._waits_at(handover) or last.outcome in {BOUNCED, COMPLAINED}:
            return None
        return max(last.at(DELIVERED) or last.sent_at, self.waits_since(handover))

    def late_at(self, handover: Handover) -> datetime | None:
        """When the place of a hand-over is later than we promised; None where it was noted."""
        since = self.waits_since(handover)
        is_noted = handover.late_since is not None and handover.late_since > since
        return None if is_noted or not self.is_awaited(handover) else late_from(since)

    @property
    def late(self) -> tuple[Handover, ...]:
        """The hand-overs that the agency must ask after, until somebody there takes her up."""
        return tuple(
            one
            for one in self.handovers
            if one.late_since and self.is_awaited(one) and one.late_since > self.waits_since(one)
        )

    @property
    def questions_at(self) -> tuple[tuple[str, datetime], ...]:
        """
        Our questions that she was not asked yet, in their order, and when each is. None of who
        wants none, left, pauses, was forwarded to nobody, or can't be mailed.
        """
        if self.hold or self.repeat_of or self.synthetic or self.has_left or self.paused_at:
            return ()
        was_forwarded = any(mail.sendings for mail in self.forwardings)
        if self.no_questions_at or not was_forwarded or not self.takes_mail or not self._is_willing:
            return ()
        asked = [code for code in QUESTIONS if self.mail(QUESTION, VOLUNTEER, code)]
        left = list(QUESTIONS)[list(QUESTIONS).index(asked[-1]) + 1 :] if asked else QUESTIONS
        return tuple((code, asked_from(self.registered_at, code)) for code in left)

    @property
    def takes_mail(self) -> bool:
        """Whether she may be mailed: the last mail did not come back, and none was unwanted."""
        to_her = (mail for mail in self.mails if mail.receiver == VOLUNTEER)
        sendings = [sending for mail in to_her for sending in mail.sendings]
        last = max(sendings, key=lambda sending: sending.sent_at, default=None)
        is_unwanted = any(sending.outcome == COMPLAINED for sending in sendings)
        return not is_unwanted and (last is None or last.outcome != BOUNCED)

    @property
    def _is_willing(self) -> bool:
        """Whether some place did not tell us that she no longer wants to, or that it can't be."""
        over = {CHANGED_MIND, UNSUITED}
        return any(
            not one.ended_at and not (one.last and one.last.why in over) for one in self.handovers
        )

    @property
    def unheard(self) -> tuple[Reply, ...]:
        """Her answers that nobody contacted her, as long as nobody did something about it."""
        return () if self.has_left else tuple(one for one in self.replies if one.tells_of_silence)

    def is_elsewhere(self, nis_code: str) -> bool:
        """Whether a municipality is another one than the volunteer's own."""
        return nis_code not in {home.nis_code for home in of_postcode(self.answers.postcode)}

    def whence(self, nis_code: str) -> str:
        """As the ledger has it: from another municipality, from nobody knows where, or its own."""
        if not of_postcode(self.answers.postcode):
            return HOME_UNKNOWN
        return ELSEWHERE if self.is_elsewhere(nis_code) else ""


def fingerprint(answers: "DataclassInstance") -> str:
    """A digest of the answers: equal answers, equal fingerprint."""
    canonical = json.dumps(asdict(answers), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Circumstances:
    """How a registration came, beside its answers: see `Registration`."""

    signals: tuple[str, ...] = ()
    network: str = ""
    synthetic: bool = False


def register(
    answers: Answers,
    reference: str,
    submission_id: str,
    now: datetime,
    came: Circumstances = Circumstances(),
) -> Registration:
    """A new registration, with a mail due for each municipality and one for the volunteer."""
    registration = Registration(
        mails=(
            *(Mail(FORWARDING, nis_code, now, now) for nis_code in answers.municipality),
            Mail(CONFIRMATION, VOLUNTEER, now, now),
        ),
        events=(Event(now, "registered", why=answers.source),),
        reference=reference,
        submission_id=submission_id,
        fingerprint=fingerprint(answers),
        registered_at=now,
        answers=answers,
        handovers=tuple(Handover(nis_code, now) for nis_code in answers.municipality),
        signals=came.signals,
        network=came.network,
        synthetic=came.synthetic,
    )
    events = tuple(
        Event(
            now,
            "queued",
            mail.receiver,
            registration.whence(mail.receiver),
            FORWARDING,
        )
        for mail in registration.forwardings
    )
    return replace(registration, events=registration.events + events)


def admitted(
    registration: Registration, *, repeat_of: str, confirm: bool, now: datetime
) -> Registration:
    """
    Judged, once: a repeat is kept, marked and not mailed again; no confirmation where `confirm`
    is False, as the address had enough of them. The digest of her network has served.
    """
    judged = replace(registration, admitted_at=now, repeat_of=repeat_of, network="")
    if repeat_of:
        judged = replace(judged, events=(*judged.events, Event(now, "repeated", why=repeat_of)))
        for mail in registration.mails:
            judged = dropped(judged, mail, "repeat", now)
    elif not confirm:
        judged = _without(judged, CONFIRMATION, "enough-confirmations", now)
    return judged


def held(registration: Registration, hold: str, why: str, now: datetime) -> Registration:
    """
    Kept from the municipalities until she confirms (`step-up`) or the desk looked (`quarantine`).
    """
    waiting = replace(
        registration,
        hold=hold,
        held_at=now,
        events=(*registration.events, Event(now, "held", why=why, mail=hold)),
    )
    return queued(waiting, STEP_UP, VOLUNTEER, now) if hold == STEP_UP else waiting


def unheld(registration: Registration, why: str, now: datetime, door: str = "") -> Registration:
    """
    She confirmed, or the desk found it good (`why`): it goes on as any other. Twice is once.
    """
    if not registration.hold:
        return registration
    free = replace(registration, hold="", held_at=None)
    free = replace(free, events=(*free.events, Event(now, RELEASED, why=why, door=door)))
    return _without(free, STEP_UP, why, now)


def followed_up(registration: Registration, now: datetime) -> Registration:
    """
    What must follow from what became of the mails; nothing twice, whenever it is asked.

    Her address does not work → her municipalities are asked to phone; without a phone number, or
    when she had to confirm first, a person must look. A municipality can't be reached → she is
    told, once, that it takes longer. A complaint → a person must look; hers stops all mails to her.
    Once she left, only who still has her data is told so.
    """
    if registration.has_left:
        return _told_that_she_left(registration, now)
    following = told_taken_back(_followed_up_to_her(registration, now), now)
    for mail in registration.forwardings:
        if mail.status == COMPLAINED and mail.reason != COMPLAINED:
            following = _looked_at(following, mail, now)
        if _is_out_of_reach(mail) and _is_reachable(following):
            following = queued(following, DELAY, VOLUNTEER, now)
    return following


def told_taken_back(registration: Registration, now: datetime) -> Registration:
    """
    Each place that was mailed about her, and that the agency took her away from, is told when that
    can't be undone any more; also of a copy that was under way at that moment, as soon as we hear
    that it went out.
    """
    taken = {one.at for one in registration.events if one.what in {REROUTED, REFUSED_EVENT}}
    for mail in registration.mails:
        place = registration.handover(mail.receiver)
        ended_at = place.ended_at if place else None
        was_mailed = mail.kind in {FORWARDING, PHONE_INSTEAD} and bool(mail.sendings)
        if ended_at and was_mailed and ended_at in taken:
            leaves_at = max(now, ended_at + UNDO_TERM)
            about = taken_back_at(ended_at)
            registration = queued(
                registration, TAKEN_BACK, mail.receiver, now, about=about, at=leaves_at
            )
    return registration


def taken_back_at(ended_at: datetime) -> str:
    """What the mail is about that tells a place that the agency took her away from there."""
    return f"{ended_at:%Y%m%dT%H%M%S}"


def _followed_up_to_her(registration: Registration, now: datetime) -> Registration:
    following = registration
    to_her = [mail for mail in following.mails if mail.receiver == VOLUNTEER]
    for mail in to_her:
        if mail.status == COMPLAINED:
            for other in to_her:
                if other.must_be_sent:
                    following = dropped(following, other, "complained", now)
        if mail.status == BOUNCED and mail.kind != STEP_UP:
            following = _unreachable(following, mail, now)
        if mail.status == BOUNCED and following.hold == STEP_UP:
            following = held(following, QUARANTINE, UNREACHABLE, now)
    return following


def parted(registration: Registration, why: str, now: datetime) -> Registration:
    """
    As she left (`withdrawn_at` or `erased_at` is set): nothing that was still to come goes out, she
    is taken away from every place, and each place that was mailed is told.
    """
    for mail in registration.mails:
        if not mail.dropped_at and (mail.next_at or mail.attention_at):
            registration = dropped(registration, mail, why, now)
    ended = tuple(
        one if one.ended_at else replace(one, ended_at=now) for one in registration.handovers
    )
    following = replace(registration, handovers=ended, hold="", held_at=None)
    return _told_that_she_left(following, now)


def copies(registration: Registration, receiver: str) -> tuple[Sending, ...]:
    """
    What went to one place with something of her in it, oldest first: each may lie in another
    mailbox. What came back as there is no such mailbox lies nowhere.
    """
    found = (
        sending
        for mail in registration.mails
        if mail.kind in WITH_HER_DATA and mail.receiver == receiver
        for sending in mail.sendings
        if sending.bounce not in PERMANENT
    )
    return tuple(sorted(found, key=lambda one: (one.sent_at, one.message_id)))


def _told_that_she_left(registration: Registration, now: datetime) -> Registration:
    """Also of a copy that was under way when she left, as soon as we hear that it went out."""
    if registration.erased_at:
        return _asked_to_delete(registration, now)
    for mail in registration.mails:
        was_mailed = mail.kind in {FORWARDING, PHONE_INSTEAD} and bool(mail.sendings)
        if was_mailed and not _knows(registration, mail.receiver):
            registration = queued(registration, WITHDRAWAL, mail.receiver, now)
    return registration


def _asked_to_delete(registration: Registration, now: datetime) -> Registration:
    """One mail for each copy: the composer knows which of them lie in one mailbox."""
    for receiver in dict.fromkeys(mail.receiver for mail in registration.mails):
        for copy in copies(registration, receiver):
            registration = queued(registration, ERASURE, receiver, now, about=copy.message_id)
    return registration


def _knows(registration: Registration, receiver: str) -> bool:
    """Whether a place was told before that she does not want it there any more."""
    told = any(
        one.kind in {WITHDRAWAL, TAKEN_BACK}
        and one.receiver == receiver
        and (one.sendings or not one.dropped_at)
        for one in registration.mails
    )
    place, left_at = registration.handover(receiver), registration.withdrawn_at
    return told and bool(place and place.ended_at and left_at and place.ended_at < left_at)


def _unreachable(registration: Registration, mail: Mail, now: datetime) -> Registration:
    if not registration.answers.phone:
        return handed_over(registration, mail, UNREACHABLE, now)
    for forwarding in registration.forwardings:
        if not forwarding.dropped_at and not _may_be_undone(forwarding, now):
            registration = queued(registration, PHONE_INSTEAD, forwarding.receiver, now)
    return registration


def _may_be_undone(forwarding: Mail, now: datetime) -> bool:
    """Whether a municipality was asked so lately that it may still be taken back."""
    return not forwarding.sendings and forwarding.queued_at > now


def _looked_at(registration: Registration, mail: Mail, now: datetime) -> Registration:
    """A municipality called our mail unwanted: it has it, but somebody should ask why."""
    waiting = replace(mail, attention_at=now, reason=COMPLAINED)
    event = Event(now, "handed-over", mail.receiver, COMPLAINED, mail.kind)
    mails = tuple(waiting if one is mail else one for one in registration.mails)
    return replace(registration, mails=mails, events=(*registration.events, event))


def _is_out_of_reach(mail: Mail) -> bool:
    """Whether every address of its municipality failed: the agency has it, or nobody."""
    if mail.attention_at and mail.reason != COMPLAINED:
        return mail.reason != "no-receipt"
    return bool(mail.bounced) and mail.sendings[-1].route == AGENCY


def _is_reachable(registration: Registration) -> bool:
    """Whether the volunteer may be mailed, as far as we know."""
    confirmation = registration.mail(CONFIRMATION, VOLUNTEER)
    unreachable = {BOUNCED, COMPLAINED, "dropped", "attention"}
    return confirmation is not None and confirmation.status not in unreachable


def _without(registration: Registration, kind: str, reason: str, now: datetime) -> Registration:
    """Without a mail to her that did not go out yet."""
    return without_mail(registration, registration.mail(kind, VOLUNTEER), reason, now)


def without_mail(
    registration: Registration, mail: Mail | None, reason: str, now: datetime
) -> Registration:
    """Without a mail that did not go out yet, if there is one."""
    if mail is None or mail.sendings or mail.dropped_at:
        return registration
    return dropped(registration, mail, reason, now)
