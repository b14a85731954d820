"""
Projects that somebody told us of, at the agency's desk: reading one, and deciding what becomes of
it. Who sent it is a person: each look leaves an entry (domain/views.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib import suggesting
from chalicelib.agency_desk import ACTED, CHANGED, CHOOSE, NOT_NOW, NOTHING, Gate, Inside
from chalicelib.deciding import Outcome
from chalicelib.domain import cleaning, suggestion
from chalicelib.domain.calendar import BRUSSELS
from chalicelib.domain.form import Field
from chalicelib.domain.handover import AGENCY_DESK, UNDO_TERM
from chalicelib.domain.history import EVENTS, mail_in_words, reason_in_words, state_of
from chalicelib.domain.municipalities import find_municipality
from chalicelib.domain.reference import is_suggestion
from chalicelib.domain.registration import QUARANTINE
from chalicelib.domain.session import HANDLE, READ
from chalicelib.domain.site import DESK_SUGGESTION, PROJECTS
from chalicelib.domain.suggestion import (
    ACCEPTED,
    QUESTIONS,
    REASONS,
    REFUSED,
    SUGGESTION_MAILS,
    Suggestion,
)
from chalicelib.domain.suggestion_form import FIELDS, ProjectAnswers
from chalicelib.domain.suspicion import WORDS as SUSPICIONS
from chalicelib.domain.suspicion import held_for
from chalicelib.domain.views import VIEWED, View
from chalicelib.domain.wording import listed
from chalicelib.handling import Outcome as Acted
from chalicelib.web import Answer, page, see_other

NONE = "Er is geen melding met deze referentie. Misschien is ze al gewist."
NOT_A_SLUG = (
    f"{NOTHING} Vul het laatste deel van het adres van het project in, zoals "
    "«samen-op-stap». Of laat het leeg voor een nieuw project."
)
UNSEEN = frozenset({"consent", "submission_id", "token", "website"})
"""Questions whose answer tells an officer nothing."""


class Store(suggesting.Store, Protocol):
    def add_view(self, view: View) -> bool: ...


@dataclass(frozen=True)
class Told:
    """One answer, in words; `href` is where it leads, "" for nowhere."""

    label: str
    text: str
    href: str = ""


class SuggestionsDesk:
    """One request about one of them."""

    def __init__(self, gate: Gate, store: Store, now: datetime) -> None:
        self._gate = gate
        self._store = store
        self._now = now

    def page(self, reference: str) -> Answer:
        return self._gate.shown_inside(READ, lambda inside: self._page(inside, reference))

    def decided(self, reference: str) -> Answer:
        """A button on that page."""

        def done(inside: Inside) -> Answer:
            if self._known(reference) is None:
                return self._none(inside)
            if told := self._decide(inside, reference):
                return self._page(inside, reference, told, 409)
            return see_other(inside.pages.url(f"{DESK_SUGGESTION}{reference}/"))

        return self._gate.done_inside(HANDLE, done)

    def _known(self, reference: str) -> Suggestion | None:
        return self._store.suggestion(reference, self._now) if is_suggestion(reference) else None

    def _none(self, inside: Inside) -> Answer:
        return page(404, inside.pages.notice_page("Dit vonden we niet", NONE))

    def _decide(self, inside: Inside, reference: str) -> str:
        """Do what the button asks; why nothing was done, "" when it was."""
        what, why, now = inside.said("do"), inside.said("why"), self._now
        if what == "erase":
            suggesting.erase(reference, AGENCY_DESK, self._store, now)
            return ""
        if what == "undo":
            return self._undo(inside, reference)
        if what == "accept":
            return self._accept(inside, reference)
        if what == "refuse" and why in REASONS:
            return self._step(
                inside, reference, lambda one: suggestion.refused(one, why, AGENCY_DESK, now)
            )
        if what == "ask" and why in QUESTIONS:
            return self._step(
                inside, reference, lambda one: suggestion.asked(one, why, AGENCY_DESK, now)
            )
        return CHOOSE

    def _accept(self, inside: Inside, reference: str) -> str:
        typed = inside.said("project")
        try:
            belongs_to = cleaning.slug(typed) if typed else ""
        except cleaning.UnusableAnswerError:
            return NOT_A_SLUG
        if len(belongs_to) > FIELDS["existing"].max_length:
            return NOT_A_SLUG
        return self._step(
            inside,
            reference,
            lambda one: suggestion.accepted(one, belongs_to, AGENCY_DESK, self._now),
        )

    def _undo(self, inside: Inside, reference: str) -> str:
        one = self._known(reference)
        if one and one.decision and not one.may_undo(self._now):
            return ACTED[Acted.TOO_LATE]
        return self._step(
            inside, reference, lambda one: suggestion.undone(one, AGENCY_DESK, self._now)
        )

    def _step(self, inside: Inside, reference: str, step: suggesting.Step) -> str:
        decided = suggesting.decide(reference, step, self._store, self._now, inside.seen)
        if decided.outcome is Outcome.CHANGED:
            return CHANGED
        return "" if decided.outcome in {Outcome.DONE, Outcome.ALREADY} else NOT_NOW

    def _page(self, inside: Inside, reference: str, told: str = "", status: int = 200) -> Answer:
        one = self._known(reference)
        if one is None:
            return self._none(inside)
        self._store.add_view(View(self._now, inside.who, VIEWED, reference))
        html = inside.pages.render_inside(
            "agency-suggestion",
            "",
            one=one,
            told=told,
            standing=_standing(one),
            project=_told(one.answers, _of_project()),
            sender=_told(one.answers, _of_sender()) if one.answers.email else [],
            existing=f"{PROJECTS}{one.answers.existing}/" if one.answers.existing else "",
            why_odd=SUSPICIONS.get(held_for(one), "Er is iets ongewoons aan.") if one.hold else "",
            may_undo=one.may_undo(self._now),
            undo_until=_hour(one.decided_at + UNDO_TERM) if one.decided_at else "",
            reasons=REASONS,
            questions=[pair for pair in QUESTIONS.items() if pair[0] not in one.asked],
            mails=[
                (
                    _mail_in_words(mail.kind),
                    state_of(mail),
                    reason_in_words(mail.reason),
                )
                for mail in one.mails
            ],
            events=[
                (_moment(event.at), EVENTS[event.what], _why(event.what, event.why, event.mail))
                for event in reversed(one.events)
            ],
        )
        return page(status, html)


def _of_project() -> Sequence[Field]:
    return [one for name, one in FIELDS.items() if name not in {*UNSEEN, "name", "email"}]


def _of_sender() -> Sequence[Field]:
    return [FIELDS["name"], FIELDS["email"]]


def _told(answers: ProjectAnswers, questions: Sequence[Field]) -> list[Told]:
    """What was answered to these questions; what was not, says so."""
    return [_in_words(question, getattr(answers, question.name)) for question in questions]


def _in_words(question: Field, answer: str | tuple[str, ...]) -> Told:
    if question.kind == "municipality":
        answer = tuple(find_municipality(nis_code).name for nis_code in answer)
    text = answer if isinstance(answer, str) else listed(answer)
    hrefs = {"url": text, "email": f"mailto:{text}"} if text else {}
    href = hrefs.get(question.inputmode or question.kind, "")
    return Told(question.short or question.label, text or "niet ingevuld", href)


def _standing(one: Suggestion) -> str:
    """How it stands, in a sentence."""
    if one.erased_at:
        return "De melder wiste alles."
    if one.decision == ACCEPTED:
        where = f"bij het project «{one.belongs_to}»" if one.belongs_to else "als nieuw project"
        return f"Komt in de lijst, {where}."
    if one.decision == REFUSED:
        return f"Komt niet in de lijst: {REASONS[one.why].words.lower()}."
    if one.repeat_of:
        return f"Herhaling van {one.repeat_of}. Niemand kreeg een mail."
    if one.hold and one.hold != QUARANTINE:
        return "Wacht tot de melder op de knop in onze mail drukt."
    return "Wacht op jou." if one.is_open else "Komt zo op de werklijst."


def _why(what: str, why: str, mail: str) -> str:
    if what == REFUSED:
        return REASONS[why].words
    if what == suggestion.ASKED:
        return QUESTIONS[why]
    if what == "held":
        return SUSPICIONS.get(why, "")
    about = _mail_in_words(mail) if mail in SUGGESTION_MAILS else ""
    return ", ".join(filter(None, (about, reason_in_words(why).rstrip("."))))


def _mail_in_words(kind: str) -> str:
    return mail_in_words(kind, "de melder")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%d/%m/%Y %H.%M}"


def _hour(at: datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%H.%M}"
