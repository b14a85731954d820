"""
How it stands with a registration, in words for the volunteer: what happened in each place, what
comes next and by when, and what she can do when she hears nothing.

It has her places and no word of hers: it is shown behind a link in a mail, and people forward
those. What a municipality did is told as what it says; what can still be taken back is not told
before the hour of undoing is over, but for what she knows herself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import in_words, local_date, promised_by
from chalicelib.domain.contacts import REGIONS
from chalicelib.domain.handover import (
    CHANGED_MIND,
    CONTACTED,
    DUO,
    HANDED_ON,
    INTAKE,
    NO_MATCH,
    NO_PROJECT,
    NOT_NOW,
    NOT_REACHED,
    OPENED,
    OTHER,
    UNDO_TERM,
    UNSUITED,
    VOLUNTEER_PAGE,
    WRONG_ADDRESS,
    Act,
    Handover,
)
from chalicelib.domain.outbox import COMPLAINED, DELIVERED, NO_RECEIPT, Mail, Sending
from chalicelib.domain.own import open_places
from chalicelib.domain.registration import AGENCY, FORWARDING, LATE, STEP_UP, Registration
from chalicelib.domain.rerouting import as_told, is_refused

KIND_REASONS = {
    NO_MATCH: "Er is nu niemand die bij je past. Dat kan later wel zo zijn.",
    NO_PROJECT: "Er is daar nu geen buddywerking.",
    NOT_REACHED: "Ze konden je niet bereiken. Klopt je telefoonnummer nog? Kijk het na.",
    CHANGED_MIND: "Ze begrepen dat je nu liever geen buddy wordt. Klopt dat niet? Antwoord dan op "
    "een van onze mails.",
    UNSUITED: "Ze vinden nu geen plek die bij je past.",
    OTHER: "Wil je weten waarom? Antwoord dan op een van onze mails.",
}
"""Why a municipality does not take her up now, as it is told to her; the keys of `REASONS`."""

_TOLD = {
    OPENED: "{place} bekeek je aanmelding op {day}.",
    CONTACTED: "{place} liet op {day} weten: we namen contact op.",
    INTAKE: "{place} liet op {day} weten: we spraken een gesprek af.",
    DUO: "{place} liet op {day} weten: je vormt een duo.",
    NOT_NOW: "{place} liet op {day} weten: het lukt nu niet.",
    HANDED_ON: "{place} gaf je aanmelding op {day} door aan {to}.",
    WRONG_ADDRESS: "Onze mail kwam bij de verkeerde mensen terecht. Een medewerker van ons zoekt "
    "het juiste adres.",
}
_TOLD_AT_ONCE = frozenset({OPENED, CONTACTED, INTAKE, DUO})
_NEXT = {
    CONTACTED: "Jullie bekijken samen wat bij je past. Hoorde je nog niemand? Antwoord dan op een "
    "van onze mails.",
    INTAKE: "Jullie bekijken dan samen wat bij je past. Weet je van niets? Antwoord dan op een van "
    "onze mails.",
    DUO: "Veel plezier samen!",
    NOT_NOW: "Wil je intussen elders buddy worden? Kies hieronder een andere gemeente.",
    HANDED_ON: "",
    WRONG_ADDRESS: "Je hoeft niets te doen. Het kan wel langer duren.",
}
_FIRST = {
    DUO: "{place} liet weten: je vormt een duo.",
    INTAKE: "{place} bekeek je aanmelding en sprak een gesprek met je af.",
    CONTACTED: "{place} bekeek je aanmelding en nam contact met je op.",
    OPENED: "{place} bekeek je aanmelding op {day}.",
    NOT_NOW: "{place} bekeek je aanmelding. Het lukt daar nu niet.",
    WRONG_ADDRESS: "Niemand in {place} bekeek je aanmelding al. We zoeken het juiste adres.",
    HANDED_ON: "{place} bekeek je aanmelding en gaf ze door.",
}
"""Whether anybody read it, in one sentence: what she wonders first."""
_WEIGHTS = (DUO, INTAKE, CONTACTED, LATE, OPENED, "", WRONG_ADDRESS, NOT_NOW, HANDED_ON)
"""What is told first, of several places."""
_NOBODY = "Niemand heeft je aanmelding nu. Kies hieronder een andere gemeente."
_ASK_US = "Antwoord op een van onze mails. Dan zoeken we het uit."


@dataclass(frozen=True)
class Place:
    """
    One municipality or organisation. `lines` tell what happened, in order; `next` what comes now.
    `first` says whether anybody read it; of several places the one with the least `weight` counts.
    `asks`: whether she must still say yes or no to this organisation. `has_ended`: it is past.
    """

    receiver: str
    name: str
    lines: tuple[str, ...]
    next: str = ""
    asks: bool = False
    has_ended: bool = False
    can_be_taken_away: bool = False
    first: str = ""
    weight: int = len(_WEIGHTS)


@dataclass(frozen=True)
class Standing:
    """All places, and in `first` what she wonders before all: did anybody read it?"""

    places: tuple[Place, ...]
    first: str

    @property
    def questions(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.asks)


def standing(registration: Registration, now: datetime) -> Standing:
    """How it stands now, as far as she is told."""
    registration = as_told(registration, now)
    places = tuple(_places(registration, now))
    told = min(places, key=lambda place: place.weight, default=None)
    return Standing(places, _overall(registration) or (told.first if told else "") or _NOBODY)


def may_answer(handover: Handover, now: datetime) -> bool:
    """Whether she is asked about an organisation now: once, when nobody can take that back."""
    was_answered = (
        handover.agreed_at or handover.declined_at or handover.lapsed_at or handover.ended_at
    )
    return bool(handover.partner) and not was_answered and now - handover.since >= UNDO_TERM


def _overall(registration: Registration) -> str:
    """What is so wherever her registration is, "" for nothing."""
    if is_refused(registration):
        return f"Je aanmelding gaat niet door. Klopt dat niet? {_ASK_US}"
    if registration.repeat_of:
        return "Je meldde je al eerder aan. Die aanmelding loopt gewoon verder."
    if registration.hold == STEP_UP:
        return "Je aanmelding wacht op jou. We mailden je een knop om te bevestigen."
    if registration.hold:
        return "Een medewerker van ons kijkt je aanmelding eerst na. Daarna sturen we ze door."
    if registration.paused_at:
        return (
            f"Je pauzeert sinds {_day(registration.paused_at)}. Je gemeente hoeft je nu niet te "
            "bellen. We sturen je aanmelding zo lang nergens meer naartoe."
        )
    return ""


def _places(registration: Registration, now: datetime) -> Iterator[Place]:
    if registration.hold or registration.repeat_of or is_refused(registration):
        return
    several = len(open_places(registration)) > 1
    for one in sorted(registration.handovers, key=lambda one: bool(one.ended_at)):
        name = registration.called(one.receiver)
        if one.ended_at:
            yield Place(one.receiver, name, (_ended(registration, one),), has_ended=True)
        elif one.declined_at:
            line = f"Je zei nee tegen {name}. Ze kregen je aanmelding niet."
            yield Place(one.receiver, name, (line,), has_ended=True)
        elif one.lapsed_at:
            by = registration.called(one.handed_on_by)
            line = (
                f"We vroegen of {name} je mag contacteren. Je antwoordde niet. Daarom kregen ze je "
                f"aanmelding niet. {by} volgt je nu weer op."
            )
            yield Place(one.receiver, name, (line,), has_ended=True)
        elif one.partner and not one.agreed_at:
            if may_answer(one, now):
                by = registration.called(one.handed_on_by)
                line = (
                    f"{by} wil je aanmelding doorgeven aan {name}. Dat doen we pas als je ja zegt. "
                    f"We mailen ze dan naar een mailadres bij {one.partner.host}."
                )
                first = f"{by} bekeek je aanmelding en stelt je hieronder een vraag."
                yield Place(one.receiver, name, (line,), asks=True, first=first, weight=-1)
        elif not _is_secret(one, now):
            acts = tuple(_settled(one, now))
            state = _state(registration, one, acts, now)
            yield Place(
                one.receiver,
                name,
                (*_about_mail(registration, one), *_about_acts(registration, one, acts)),
                _next(registration, one, acts, now),
                can_be_taken_away=several,
                first=_first(registration, one, acts, state),
                weight=_WEIGHTS.index(state),
            )


def _is_secret(handover: Handover, now: datetime) -> bool:
    """Whether it may still be taken back that she was handed on to there."""
    return (
        bool(handover.handed_on_by) and not handover.agreed_at and now < handover.since + UNDO_TERM
    )


def _settled(handover: Handover, now: datetime) -> Iterator[Act]:
    for act in handover.standing:
        if act.what in _TOLD_AT_ONCE or now - act.at >= UNDO_TERM:
            yield act


def _about_mail(registration: Registration, handover: Handover) -> Iterator[str]:
    place = registration.called(handover.receiver)
    mail = registration.mail(FORWARDING, handover.receiver)
    if mail is None:
        yield f"We weten niet zeker hoe het staat in {place}. {_ASK_US}"
    elif not mail.sendings:
        yield _about_unsent(registration, mail, place)
    else:
        yield from _about_sent(mail, place)


def _about_unsent(registration: Registration, mail: Mail, place: str) -> str:
    if mail.dropped_at:
        return f"Je aanmelding ging niet naar {place}. Verbaast je dat? {_ASK_US}"
    if mail.attention_at:
        return (
            f"Onze mail naar {place} vertrok niet. Een medewerker van ons zoekt uit wie je "
            "aanmelding moet krijgen."
        )
    if registration.paused_at:
        return f"We sturen je aanmelding naar {place} zodra je pauze stopt."
    return f"We sturen je aanmelding nu naar {place}."


def _is_elsewhere(mail: Mail) -> bool:
    """Whether a mail went to somebody who must find the right one at its place."""
    route = _copy(mail).route
    return route == AGENCY or route.partition("-")[0] in REGIONS


def _copy(mail: Mail) -> Sending:
    """The copy that tells how it stands: the first that arrived, or the last that went out."""
    arrived = (one for one in mail.sendings if one.outcome in {DELIVERED, COMPLAINED})
    return next(arrived, mail.sendings[-1])


def _about_sent(mail: Mail, place: str) -> Iterator[str]:
    sending = _copy(mail)
    day = _day(sending.sent_at)
    region = REGIONS.get(sending.route.partition("-")[0])
    if _is_elsewhere(mail):
        yield (
            f"We kennen nog geen adres van {place} dat werkt. Daarom ging je aanmelding op {day} "
            f"naar {'ons contact voor ' + region if region else 'een medewerker van ons'}. Daar "
            "zoekt iemand uit wie je belt."
        )
    else:
        yield f"We stuurden je aanmelding op {day} naar {place}."
        if delivered_at := sending.at(DELIVERED):
            yield f"{place} ontving ze op {_day(delivered_at)}."
    if mail.attention_at and mail.reason not in {NO_RECEIPT, COMPLAINED}:
        yield "Ze kwam niet aan. Een medewerker van ons zoekt uit wie ze moet krijgen."
    elif not mail.arrived and mail.bounced:
        yield "Ze kwam terug. We zoeken een ander adres."
    elif not mail.arrived:
        yield "We weten nog niet of ze aankwam."


def _about_acts(
    registration: Registration, handover: Handover, acts: tuple[Act, ...]
) -> Iterator[str]:
    for act in acts:
        to = registration.handover(act.to)
        if act.what == HANDED_ON and to and to.partner and not to.agreed_at:
            continue  # that question stands by itself
        yield _TOLD[act.what].format(
            place=registration.called(handover.receiver),
            day=_day(act.at),
            to=registration.called(act.to) if act.to else "",
        )
        if act.what == NOT_NOW:
            yield KIND_REASONS[act.why]


def _state(
    registration: Registration, handover: Handover, acts: tuple[Act, ...], now: datetime
) -> str:
    """The last act that she is told of, "" for none; `LATE` where that is too little by now."""
    state = acts[-1].what if acts else ""
    late_at = registration.late_at(handover)
    is_late = handover in registration.late or (late_at is not None and late_at <= now)
    return LATE if is_late and state in {"", OPENED} else state


def _first(
    registration: Registration, handover: Handover, acts: tuple[Act, ...], state: str
) -> str:
    """Whether anybody there read it, as far as we know."""
    place = registration.called(handover.receiver)
    if state == LATE:
        read = " bekeek je aanmelding, maar" if acts else ""
        return f"{place}{read} nam nog geen contact met je op, voor zover wij weten."
    if state:
        return _FIRST[state].format(place=place, day=_day(acts[-1].at))
    mail = registration.mail(FORWARDING, handover.receiver)
    if mail is None or not mail.sendings:
        return next(_about_mail(registration, handover))
    if _is_elsewhere(mail):
        return f"Je aanmelding is nog niet bij {place}. Iemand zoekt uit wie je daar belt."
    went = f"Je aanmelding kwam aan bij {place}" if mail.arrived else f"We mailden {place}"
    return f"{went}. We weten nog niet of iemand ze las."


def _next(
    registration: Registration, handover: Handover, acts: tuple[Act, ...], now: datetime
) -> str:
    state = acts[-1].what if acts else ""
    if state in _NEXT:
        return _NEXT[state]
    mail = registration.mail(FORWARDING, handover.receiver)
    if registration.paused_at or mail is None or (mail.dropped_at and not mail.sendings):
        return ""
    if mail.attention_at and mail.reason != COMPLAINED:
        return (
            "Je hoeft niets te doen. Het kan wel langer duren. Wil je niet wachten? Kies hieronder "
            "een andere gemeente."
        )
    by = promised_by(registration.waits_since(handover))
    if local_date(now) > by:
        return (
            f"We beloofden dat iemand je belt of mailt, uiterlijk op {in_words(by)}. Hoorde je "
            "niets? Dat spijt ons. Een medewerker van ons volgt dit op. Je kan ook hieronder een "
            "andere gemeente kiezen."
        )
    return (
        f"Iemand belt of mailt je, uiterlijk op {in_words(by)}. Hoor je dan niets? Antwoord op een "
        "van onze mails, of kies hieronder een andere gemeente."
    )


def _ended(registration: Registration, handover: Handover) -> str:
    name, day = registration.called(handover.receiver), _day(handover.ended_at or handover.since)
    by_her = any(
        event.at == handover.ended_at and event.door == VOLUNTEER_PAGE
        for event in registration.events
    )
    return f"Je haalde {name} weg op {day}." if by_her else f"{name} heeft je aanmelding niet meer."


def _day(moment: datetime) -> str:
    return in_words(local_date(moment))
