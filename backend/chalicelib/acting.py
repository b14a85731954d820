"""
How it stands with one candidate, as the form of acts (`templates/components/acts.html`) and the
pages around it show it, whichever door they are behind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import (
    BRUSSELS,
    PROMISED,
    in_words,
    local_date,
    promised_by,
    working_days_between,
)
from chalicelib.domain.deed import DOORS, NOT_POSTED, STATES, DeedForm
from chalicelib.domain.finder import find
from chalicelib.domain.form import FieldError
from chalicelib.domain.handover import HANDED_ON, REASONS, UNDO_TERM, Act, Handover
from chalicelib.domain.municipalities import (
    MUNICIPALITIES,
    Municipality,
    find_municipality,
    neighbours,
)
from chalicelib.domain.registration import Registration
from chalicelib.handling import Case


@dataclass(frozen=True)
class Done:
    """
    One thing that was done, in words; `undone` is why it no longer stands, "" where it does; `note`
    is for who signed in, never behind a link.
    """

    what: str
    when: str
    door: str
    note: str
    undone: str


@dataclass(frozen=True)
class Choice:
    """A municipality to hand her on to."""

    nis_code: str
    label: str


@dataclass(frozen=True)
class Acting:
    """
    What the form of acts needs. `state` is a code of `ACTS` or "", `undo` what can be taken back
    ("" for nothing) and until when, `news` what happened within the hour, `seen` goes along with
    each button. `choices` are the neighbours, or what was found for what was typed.
    """

    state: str
    told_state: str
    waits: str
    done: tuple[Done, ...]
    news: str
    undo: str
    undo_until: str
    seen: int
    form: DeedForm
    reasons: Mapping[str, str]
    can_hand_on: bool
    choices: tuple[Choice, ...]

    @property
    def errors(self) -> list[tuple[FieldError, str]]:
        """What is wrong with what was posted, and the element to go to."""
        of = self.form.value("act")
        return [
            (FieldError(name, message), f"{of}-{name}" if of else "knoppen")
            for name, message in self.form.errors.items()
        ]


def acting_on(case: Case, now: datetime, form: DeedForm = NOT_POSTED) -> Acting:
    """How it stands now, and what can be done."""
    one, here = case.registration, case.handover
    can_undo = here.can_undo(now)
    is_municipality = here.partner is None and here.receiver.isdigit()
    return Acting(
        state=here.state,
        told_state=told_state(one, here),
        waits=_waits(case, now),
        done=tuple(
            Done(_what(one, act), _when(act.at), DOORS[act.door], act.note, _undone(one, act))
            for act in here.acts
        ),
        news=_news(case, now),
        undo=_what(one, can_undo) if can_undo else "",
        undo_until=_hour(can_undo.at + UNDO_TERM) if can_undo else "",
        seen=here.changes,
        form=form,
        reasons=REASONS,
        can_hand_on=is_municipality,
        choices=_choices(find_municipality(here.receiver), form) if is_municipality else (),
    )


def _choices(here: Municipality, form: DeedForm) -> tuple[Choice, ...]:
    """
    The few others to choose from: what was typed can mean them; else the neighbours. With the one
    that was chosen already.
    """
    is_asked = form.value("act") == HANDED_ON
    found = find(form.value("to_name")) if is_asked else ()
    others = (place for place in found if place.municipality != here)
    labels = {place.municipality.nis_code: place.label for place in others}
    labels = labels or {one.nis_code: one.name for one in neighbours(here)}
    chosen = form.value("to") if is_asked else ""
    if chosen in {one.nis_code for one in MUNICIPALITIES}:
        labels.setdefault(chosen, find_municipality(chosen).name)
    return tuple(Choice(nis_code, label) for nis_code, label in labels.items())


def _waits(case: Case, now: datetime) -> str:
    """How long she waits, and until when we promised that somebody contacts her."""
    if not case.handover.waits:
        return ""
    if case.registration.paused_at:
        return "Nu niet: de kandidaat kan even geen buddy zijn. Je hoeft nog niet te bellen."
    since = case.registration.waits_since(case.handover)
    today, first = local_date(now), local_date(since)
    days = working_days_between(first, today)
    if not days:
        waits = "Sinds vandaag." if first == today else f"Sinds {in_words(first)}."
    else:
        waits = f"Sinds {in_words(first)}: {days} {'werkdag' if days == 1 else 'werkdagen'}."
    last = promised_by(since)
    if today > last:
        return f"{waits} We beloofden contact binnen {PROMISED} werkdagen. Dat is voorbij."
    return f"{waits} We beloven contact binnen {PROMISED} werkdagen. Dat is op {in_words(last)}."


def _news(case: Case, now: datetime) -> str:
    """The last change, while it is new."""
    changes = [(act.at, False, act) for act in case.handover.acts]
    changes += [(act.undone_at, True, act) for act in case.handover.acts if act.undone_at]
    if not changes:
        return ""
    at, is_undone, act = max(changes, key=lambda change: change[:2])
    if now - at >= UNDO_TERM:
        return ""
    what = _what(case.registration, act)
    if not is_undone:
        return f"Genoteerd: {what}."
    to = case.registration.handover(act.to)
    if to and to.declined_at == at:
        return f"De kandidaat zegt nee tegen {case.registration.called(act.to)}."
    if act == case.handover.came_back:
        return f"{told_state(case.registration, case.handover)}."
    return f"Ongedaan gemaakt: {what}."


def told_state(registration: Registration, handover: Handover) -> str:
    """How it stands there, in words: «Gezien»; who came back and why, as long as nobody acted."""
    back = handover.came_back
    if handover.last or back is None:
        return STATES[handover.state]
    return f"Terug van {registration.called(back.to)}: {_undone(registration, back)}"


def _undone(registration: Registration, act: Act) -> str:
    """Why an act no longer stands: somebody took it back, or it ended with nobody."""
    to = registration.handover(act.to)
    if not act.undone_at:
        return ""
    if to and to.declined_at == act.undone_at:
        return "de kandidaat zei nee"
    if to and to.lapsed_at == act.undone_at:
        return "de kandidaat antwoordde niet"
    if act.what == HANDED_ON and act.undone_at - act.at >= UNDO_TERM:
        return "daar lukt het nu niet"
    return "teruggenomen"


def _what(registration: Registration, act: Act) -> str:
    """«Doorgegeven aan Gent», «Nu niet: We hebben nu geen buddywerking»."""
    if act.to:
        to = registration.handover(act.to)
        asks = "" if not (to and to.partner) or to.agreed_at else ", als de kandidaat ja zegt"
        return f"{STATES[act.what]} aan {registration.called(act.to)}{asks}"
    return f"{STATES[act.what]}: {REASONS[act.why]}" if act.why else STATES[act.what]


def _when(at: datetime) -> str:
    """«maandag 23 november 2026 om 10.31 uur», in Brussels."""
    return f"{in_words(local_date(at))} om {_hour(at)}"


def _hour(at: datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%-H.%M} uur"
