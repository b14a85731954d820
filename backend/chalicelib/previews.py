"""
Every mail that we send, each with an invented sample: for the desk, to read what we write.

The samples call themselves «Voorbeeld», and their links lead nowhere: no key of ours signed them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape

from chalicelib import alarm, confirming, digest, exporting, signing_in
from chalicelib.domain import incidents, suggestion
from chalicelib.domain.calendar import date_in_words, in_words, local_date, promised_by
from chalicelib.domain.contacts import Receiver
from chalicelib.domain.export import XLSX, Choice
from chalicelib.domain.following import acted
from chalicelib.domain.form import Answers
from chalicelib.domain.handover import HANDED_ON as HANDED_ON_ACT
from chalicelib.domain.handover import NO_MATCH, NOT_NOW, Act, Handover, Partner
from chalicelib.domain.outbox import Mail, Sending
from chalicelib.domain.patience import REMIND_AFTER
from chalicelib.domain.registration import (
    ADDRESS_CHANGE,
    AGENCY,
    CONFIRMATION,
    CONSENT,
    CORRECTION,
    DECLINED,
    DELAY,
    ERASURE,
    FORWARDING,
    HANDED_ON,
    LATE,
    NEW_ADDRESS,
    OWN_DATA,
    OWN_LINK,
    PHONE_INSTEAD,
    QUESTION,
    REFUSAL,
    REGRET,
    REMINDER,
    REROUTED,
    STEP_UP,
    TAKEN_BACK,
    VOLUNTEER,
    WARNING,
    WITHDRAWAL,
    Circumstances,
    Registration,
    register,
)
from chalicelib.domain.reply import AFTER_FOUR_WEEKS
from chalicelib.domain.rerouting import refused_for, rerouted
from chalicelib.domain.session import AGENCY as AGENCY_DESK
from chalicelib.domain.site import CONFIRM_CONTACT, DESK_EXPORTS, MUNICIPALITY_DESK
from chalicelib.domain.waiting import escalated
from chalicelib.domain.wording import thousands
from chalicelib.emails import Email, Letters
from chalicelib.links import Links
from chalicelib.own_letters import OwnLetters
from chalicelib.reminding import Waiting
from chalicelib.suggestion_letters import SuggestionLetters

REFERENCE, SUGGESTED = "MB-VRBL-D222", "MP-VRBL-D222"
HERE, THERE = "41002", "44021"  # Aalst and Gent
PARTNER = "partner-1"
_KEY = b"voorbeeld"
_STYLE = re.compile(r' style="([^"]*)"')


@dataclass(frozen=True)
class Preview:
    """One kind of mail; `what` says which, in words."""

    code: str
    what: str
    email: Email


def framed(html: str, stylesheet: str) -> str:
    """
    A mail as a page of ours may show it: its styles stand in its elements, as mail programs want
    it, and our policy takes them from a stylesheet only; at `stylesheet` is the one of this mail.
    """
    numbers = {style: number for number, style in enumerate(_styles(html))}
    named = _STYLE.sub(lambda found: f' data-style="{numbers[found[1]]}"', html)
    return named.replace("</head>", f'<link rel="stylesheet" href="{stylesheet}">\n</head>', 1)


def stylesheet_of(html: str) -> str:
    """The styles that `framed` took out."""
    rules = enumerate(_styles(html))
    return "".join(f'[data-style="{number}"] {{{unescape(style)}}}\n' for number, style in rules)


def _styles(html: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_STYLE.findall(html)))


class Previews:
    """The mails of a site, as they are written at a moment."""

    def __init__(self, site_url: str, agency: str, now: datetime) -> None:
        self._letters = Letters(site_url, agency)
        self._own = OwnLetters(self._letters, agency)
        self._links = Links(site_url, lambda: (_KEY,))
        self._agency = agency
        self._now = now

    def all(self) -> Iterator[Preview]:
        for code in self._samples:
            preview = self.of(code)
            if preview:
                yield preview

    def of(self, code: str) -> Preview | None:
        """The preview of one kind, None for a kind that there is not."""
        sample = self._samples.get(code)
        return Preview(code, digest.kind_in_words(code), sample()) if sample else None

    @property
    def _samples(self) -> Mapping[str, Callable[[], Email]]:
        letters, own, links, now = self._letters, self._own, self._links, self._now
        one, mailbox = _registration(now), Receiver("voorbeeld@gemeente.example", f"{HERE}-1")
        link, candidate = links.own(one), links.candidate(one, HERE)
        return {
            FORWARDING: lambda: letters.forwarding(one, HERE, mailbox, candidate),
            PHONE_INSTEAD: lambda: letters.phone_instead(one, HERE, mailbox, candidate),
            CORRECTION: lambda: own.correction(
                one, _mail(CORRECTION, HERE, now), mailbox, candidate
            ),
            DECLINED: lambda: letters.declined(
                one, replace(_mail(DECLINED, HERE, now), about=PARTNER), mailbox, candidate
            ),
            TAKEN_BACK: lambda: letters.taken_back(one, HERE, mailbox, ""),
            WITHDRAWAL: lambda: letters.withdrawal(replace(one, withdrawn_at=now), HERE, mailbox),
            ERASURE: lambda: letters.erasure(one, _mail(ERASURE, HERE, now), mailbox),
            REMINDER: self._reminder,
            CONFIRMATION: lambda: letters.confirmation(one, link),
            STEP_UP: lambda: letters.step_up(one, links.confirm(one)),
            DELAY: lambda: letters.delay(one, link),
            HANDED_ON: lambda: letters.handed_on(one, THERE, link),
            CONSENT: lambda: letters.consent(one, PARTNER, link),
            REROUTED: lambda: letters.rerouted(_rerouted(now), THERE, link),
            LATE: lambda: letters.late(*_late(now), link, {}),
            REGRET: lambda: letters.regret(*_regret(now), link),
            QUESTION: lambda: letters.question(
                one, AFTER_FOUR_WEEKS, links.question(one, AFTER_FOUR_WEEKS)
            ),
            OWN_LINK: lambda: own.own_link(one, _mail(OWN_LINK, VOLUNTEER, now), link),
            OWN_DATA: lambda: own.own_data(
                one, _mail(OWN_DATA, VOLUNTEER, now), links.own_data(one, now)
            ),
            NEW_ADDRESS: lambda: own.new_address(
                one, _mail(NEW_ADDRESS, VOLUNTEER, now), links.new_address(one)
            ),
            ADDRESS_CHANGE: lambda: own.address_change(
                one, _mail(ADDRESS_CHANGE, VOLUNTEER, now), link
            ),
            WARNING: lambda: letters.warning(one, link),
            REFUSAL: lambda: letters.refusal(refused_for(one, "no-place", "agency", now)),
            suggestion.RECEIVED: lambda: self._to_sender(suggestion.RECEIVED),
            suggestion.CONFIRM_FIRST: lambda: self._to_sender(suggestion.CONFIRM_FIRST),
            suggestion.ASKING: lambda: self._to_sender(suggestion.ASKING, "source"),
            suggestion.ACCEPTANCE: lambda: self._to_sender(suggestion.ACCEPTANCE),
            suggestion.REJECTION: lambda: self._to_sender(suggestion.REJECTION),
            confirming.KIND: self._code,
            signing_in.KIND: self._sign_in,
            exporting.KIND: self._export,
            digest.KIND: self._digest,
            incidents.NOTICE: self._incident,
        }

    def _to_sender(self, kind: str, about: str = "") -> Email:
        letters = SuggestionLetters(self._letters, self._agency)
        one = _suggestion(self._now)
        mail = Mail(kind, suggestion.SENDER, self._now, self._now, about=about)
        return letters.letter(one, mail, self._links.suggestion(one))

    def _code(self) -> Email:
        return self._notice(
            confirming.KIND,
            {
                "code": f"{HERE}-1-VRBL-DVRB",
                "owner": "Voorbeeldgemeente",
                "of_region": False,
                "valid_until": self._day(14),
                "was_confirmed": False,
                "is_reminder": False,
                "page": CONFIRM_CONTACT,
            },
        )

    def _sign_in(self) -> Email:
        return self._notice(
            signing_in.KIND,
            {
                "desk": AGENCY_DESK,
                "name": "voorbeeld",
                "link": self._links.sign_in(AGENCY_DESK, "voorbeeld", self._now),
                "until": "10.30 uur",
            },
        )

    def _export(self) -> Email:
        return self._notice(
            exporting.KIND,
            {
                "name": "voorbeeld",
                "what": Choice(XLSX, place=HERE).in_words(),
                "count": thousands(1234),
                "until": f"{self._day(1)}, 10.30 uur",
                "page": DESK_EXPORTS,
            },
        )

    def _digest(self) -> Email:
        item = digest.Item(
            REFERENCE,
            "De aanmelding voor Voorbeeldgemeente. Ze kwam terug van elk adres dat we kennen.",
            local_date(self._now - timedelta(days=4)),
            local_date(self._now),
            (f"mijnbuddy resend {REFERENCE}",),
        )
        section = digest.Section("Mails die op iemand wachten", "Stuur de mail opnieuw.", (item,))
        today = local_date(self._now)
        return self._notice(
            digest.KIND,
            {
                "day": in_words(today),
                "short_day": date_in_words(today),
                "sections": (section,),
                "count": 1,
            },
        )

    def _incident(self) -> Email:
        return self._notice(
            incidents.NOTICE,
            {
                "is_over": False,
                "title": f"Voorbeeld: {alarm.SUMMARIES[incidents.SILENCE]}",
                "what": ("Op dit uur melden zich anders wel mensen aan.",),
                "advice": ("Kijk of je zelf het formulier kan versturen.",),
                "since": self._day(0),
                "until": self._day(0),
            },
        )

    def _reminder(self) -> Email:
        waiting = Waiting(
            reference=REFERENCE,
            first_name="Voorbeeld",
            waits=f"sinds {self._day(-8)}, 6 werkdagen",
            promised_by=in_words(promised_by(self._now - timedelta(days=8))),
            is_late=False,
            came_back="",
            link=self._links.candidate(_registration(self._now), HERE),
        )
        return self._notice(
            REMINDER,
            {
                "place": "Voorbeeldgemeente",
                "diversion": "",
                "candidates": [waiting],
                "more": 0,
                "count": 1,
                "desk": MUNICIPALITY_DESK,
                "every": REMIND_AFTER,
            },
        )

    def _notice(self, kind: str, facts: dict[str, object]) -> Email:
        return self._letters.written(
            kind,
            f"{kind}.voorbeeld",
            receiver=AGENCY,
            route=AGENCY,
            to=self._agency,
            reply_to=self._agency,
            facts=facts,
        )

    def _day(self, days: int) -> str:
        return in_words(local_date(self._now + timedelta(days=days)))


def _registration(now: datetime) -> Registration:
    """Somebody who is invented, in a state in which each mail makes sense."""
    began = now - timedelta(days=8)
    answers = Answers(
        name="Voorbeeld Verzonnen",
        email="voorbeeld@vrijwilliger.example",
        phone="+32470000000",
        postcode="9300",
        municipality=(HERE,),
        about="Dit is een voorbeeld. Hier staat wat iemand zelf typte.",
        consent="yes",
        source="",
    )
    new = register(answers, REFERENCE, "voorbeeld", began)
    handovers = (
        Handover(HERE, began, acts=(Act(now, HANDED_ON_ACT, "link", to=THERE),)),
        Handover(THERE, now, handed_on_by=HERE),
        Handover(
            PARTNER,
            now,
            handed_on_by=HERE,
            partner=Partner("Voorbeeldorganisatie", "voorbeeld@organisatie.example"),
        ),
    )
    sent = tuple(
        replace(mail, sendings=(Sending("voorbeeld", f"{mail.receiver}-1", began),), next_at=None)
        if mail.kind == FORWARDING
        else mail
        for mail in new.mails
    )
    mails = tuple(
        replace(mail, attention_at=now, reason="came-back-from-all")
        if mail.kind == FORWARDING
        else mail
        for mail in sent
    )
    return replace(
        new,
        mails=mails,
        handovers=handovers,
        new_email="voorbeeld@nieuw-adres.example",
        new_email_at=now,
    )


def _suggestion(now: datetime) -> suggestion.Suggestion:
    """A project that is invented; its sender is told that it is unclear."""
    answers = replace(
        suggestion.NOTHING,
        project="Voorbeeldproject",
        name="Voorbeeld Verzonnen",
        email="voorbeeld@melder.example",
    )
    one = suggestion.suggest(answers, SUGGESTED, "voorbeeld", now, Circumstances())
    return replace(one, why="unclear")


def _rerouted(now: datetime) -> Registration:
    """She was in one municipality, and is brought to another."""
    new = _registration(now)
    return rerouted(replace(new, handovers=new.handovers[:1]), HERE, THERE, AGENCY_DESK, now)


def _late(now: datetime) -> tuple[Registration, Mail]:
    """Nobody contacted her in time."""
    began = now - timedelta(days=30)
    one = _registration(now)
    one = replace(one, registered_at=began, handovers=(Handover(HERE, began),))
    late = escalated(one, now)
    return late, next(mail for mail in late.mails if mail.kind == LATE)


def _regret(now: datetime) -> tuple[Registration, Mail]:
    """A municipality says that it does not work out now."""
    new = _registration(now)
    alone = replace(new, handovers=(Handover(HERE, new.registered_at),))
    said = acted(alone, HERE, Act(now, NOT_NOW, "link", why=NO_MATCH))
    return said, next(mail for mail in said.mails if mail.kind == REGRET)


def _mail(kind: str, receiver: str, now: datetime) -> Mail:
    return Mail(kind, receiver, now, now)
