"""
The daily digest: one mail to the agency with everything that waits for a person, and how to clear
it; only when there is something.

The notice of a day is made once, whoever asks. What it says is looked up when it goes out, so that
a mail that was held up tells how things are, not how they were. Of a person it has the reference.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from chalicelib.alarm import SUMMARIES
from chalicelib.domain.calendar import (
    BRUSSELS,
    PROMISED,
    date_in_words,
    in_words,
    is_working_day,
    local_date,
    working_days_between,
)
from chalicelib.domain.clearing import HANDLED
from chalicelib.domain.contacts import BOUNCING, REGIONS, USABLE, Contact
from chalicelib.domain.history import mail_in_words, reason_in_words
from chalicelib.domain.incidents import KINDS, Incident
from chalicelib.domain.ledger import Entry
from chalicelib.domain.municipalities import find_municipality
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.outbox import (
    COMPLAINED,
    NO_RECEIPT,
    AnyOutbox,
    Mail,
    Outbox,
)
from chalicelib.domain.registration import (
    AGENCY,
    FORWARDING,
    QUARANTINE,
    QUESTION,
    TO_MUNICIPALITY,
    UNCONFIRMED,
    UNREACHABLE,
    VOLUNTEER,
    Registration,
)
from chalicelib.domain.site import DESK_REGISTRATION, DESK_SUGGESTION
from chalicelib.domain.status import Status
from chalicelib.domain.suggestion import SENDER, SUGGESTION_MAILS, SUGGESTIONS, Suggestion
from chalicelib.domain.suspicion import WORDS as SUSPICIONS
from chalicelib.domain.suspicion import held_for
from chalicelib.domain.wording import listed
from chalicelib.emails import Email, Letters
from chalicelib.failures import NotNeededError
from chalicelib.logs import Log
from chalicelib.watching import withdraw

log = Log(__name__)

T = TypeVar("T")

KIND = "digest"
"""Of the notice and its mail."""

FROM_HOUR = 7  # in Brussels: it is there when the desk begins
MAX_ITEMS = 50  # of a kind; of the rest it tells how many
STALE = timedelta(days=14)
"""Older ones were sent, or are with a person."""
RECENTLY = timedelta(days=28)
"""Who registered longer ago than this was told what came of it."""

_NOTICES = {
    KIND: "Een dagoverzicht",
    "incident": "Een mail over een storing",
    "contact-code": "De code voor een contactadres van {}",
    "sign-in": "Een link om je aan te melden",
    "export": "Een bestand dat klaar is",
}
"""The mails that are not about a registration (those: history.py)."""
UNDELIVERABLE, ASTRAY, SILENT = "undeliverable", "wrong-address", "nobody-called"
LATE = "late"
"""What kind of thing an item is, of those that wait because of a mail."""
FINAL = frozenset({COMPLAINED, UNREACHABLE})
"""The reasons for which sending again makes no sense."""


class Store(Protocol):
    def work(self, kind: str) -> Iterator[str]: ...
    def outbox(self, id_: str, now: datetime) -> Outbox | None: ...
    def save(self, outbox: AnyOutbox) -> AnyOutbox: ...
    def add_notice(self, notice: Notice) -> bool: ...
    def all_contacts(self) -> Iterable[Contact]: ...
    def ledger(self, day: str, what: str = "") -> Iterable[Entry]: ...
    def incident(self, kind: str) -> Incident: ...
    def status(self) -> Status | None: ...


@dataclass(frozen=True)
class Item:
    """
    One thing that waits: which, what is wrong, since when, and what clears it (a command, a link).

    For the desk's work list: `code` is the kind of thing where a section has several, `mail` the
    name of the mail that waits and `why` the code of its reason, `place` whom it is about.
    """

    name: str
    what: str
    since: date | None = None
    today: date | None = None
    commands: tuple[str, ...] = ()
    link: str = ""
    code: str = ""
    mail: tuple[str, str, str] | None = None
    why: str = ""
    place: str = ""

    @property
    def waits(self) -> str:
        """«sinds vrijdag 20 november 2026, 1 werkdag»."""
        if self.since is None or self.today is None:
            return ""
        days = working_days_between(self.since, self.today)
        if self.since >= self.today or not days:
            return f"sinds {in_words(self.since)}"
        return f"sinds {in_words(self.since)}, {days} {'werkdag' if days == 1 else 'werkdagen'}"


@dataclass(frozen=True)
class Section:
    """All that waits of one kind; `how` tells what to do, `more` how many are not shown."""

    title: str
    how: str
    items: tuple[Item, ...]
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.items) + self.more


def make(store: Store, now: datetime) -> bool:
    """
    Make today's digest: on a working day, from seven in the morning, when there is something.

    Those of before that could not be sent are withdrawn: this one says the same, and more.

    False when there is nothing to make, or when it was made already.
    """
    local = now.astimezone(BRUSSELS)
    if not is_working_day(local.date()) or local.hour < FROM_HOUR:
        return False
    if not sections(store, "", now):
        return False
    made = store.add_notice(notice(KIND, local.date().isoformat(), AGENCY, now))
    if made:
        log.info("digest made", reference=f"{KIND}.{local.date().isoformat()}")
    for back in range(1, STALE.days + 1):
        day = local.date() - timedelta(days=back)
        withdraw(f"{KIND}.{day.isoformat()}", store, now)
    return made


def sections(store: Store, site_url: str, now: datetime) -> tuple[Section, ...]:
    """
    Everything that waits for a person, by kind; without the kinds of which there is nothing.

    What shows a person is behind a link to the desk, where somebody signs in first.
    """
    today = local_date(now)
    found = (
        Section(
            "Storingen",
            "Kijk in de logboeken, of vraag het aan wie de site technisch beheert.",
            tuple(open_incidents(store, today)),
        ),
        _limited(
            "Mails die op iemand wachten",
            "Stuur de mail opnieuw. Regelde je het op een andere manier? Sluit ze dan af. "
            f"Zeg met --why hoe: {listed(HANDLED, 'of')}.",
            store.work("attention"),
            lambda id_: waiting_mails(id_, store, today, now),
        ),
        _limited(
            "Aanmeldingen om na te kijken",
            "Open de link, meld je aan en kies: doorlaten of weigeren. De vrijwilliger wacht zo "
            "lang.",
            store.work(QUARANTINE),
            lambda id_: held(id_, store, site_url, today, now),
        ),
        _limited(
            "Gemelde buddyprojecten",
            "Open de link, meld je aan en kies: in de lijst of niet. Twijfel je? Vraag het na.",
            store.work(SUGGESTIONS),
            lambda id_: suggested(id_, store, site_url, today, now),
        ),
        _limited(
            "Contactadressen die niet werken",
            "Vraag de gemeente een ander adres. Vul het in waar ADRES staat.",
            bouncing(store, today),
            lambda item: (item,),
        ),
        _limited(
            "Gemeenten zonder werkend adres",
            "Hier meldden mensen zich aan. Hun aanmelding ging naar de regio of naar ons. "
            "Zoek een adres van de gemeente. Vul het in waar ADRES staat.",
            _unreachable(store, today),
            lambda item: (item,),
        ),
        Section(
            "Berichten die bleven liggen",
            "Bekijk ze eerst. Bied ze daarna opnieuw aan.",
            tuple(dead_letters(store)),
        ),
    )
    return tuple(section for section in found if section.items)


class DigestComposer:
    """Writes the digest, as things are when it goes out."""

    def __init__(self, store: Store, letters: Letters, agency: str, site_url: str) -> None:
        self._store = store
        self._letters = letters
        self._agency = agency
        self._site_url = site_url

    def __call__(self, notice: Notice, mail: Mail, now: datetime) -> Email:
        """Raises `NotNeededError` when all was cleared before it went out."""
        found = sections(self._store, self._site_url, now)
        if not found:
            raise NotNeededError("nothing-waits")
        return self._letters.written(
            KIND,
            notice.id,
            receiver=mail.receiver,
            route=AGENCY,
            to=self._agency,
            reply_to=self._agency,
            facts={
                "day": in_words(date.fromisoformat(notice.key)),
                "short_day": date_in_words(date.fromisoformat(notice.key)),
                "sections": found,
                "count": sum(section.count for section in found),
            },
        )


def about(mail: Mail) -> str:
    """Which mail it is, in words: «De aanmelding voor Aalst»."""
    nis_code = mail.receiver.partition("-")[0]
    if mail.receiver == VOLUNTEER:
        name = "de vrijwilliger"
    elif mail.receiver == SENDER:
        name = "de melder"
    elif mail.receiver == UNCONFIRMED:
        name = "het nieuwe adres"
    else:
        name = REGIONS.get(nis_code) or (
            find_municipality(nis_code).name if nis_code.isdigit() else "een organisatie"
        )
    return _NOTICES.get(mail.kind, mail_in_words(mail.kind, name)).format(name)


def reason(mail: Mail) -> str:
    """Why it waits for a person, in words."""
    words = reason_in_words(mail.reason)
    return f"{words} Vraag het na." if mail.reason == NO_RECEIPT else words


def kind_in_words(kind: str) -> str:
    """Which kind of mail it is, whoever gets it."""
    who = "een gemeente" if kind in TO_MUNICIPALITY else "de vrijwilliger"
    who = "de melder" if kind in SUGGESTION_MAILS else who
    return _NOTICES.get(kind, mail_in_words(kind, who)).format("een gemeente")


def _limited(
    title: str, how: str, waiting: Iterable[T], items: Callable[[T], Iterable[Item]]
) -> Section:
    """What waits beyond the limit is counted and not looked up: there may be thousands."""
    found: list[Item] = []
    more = 0
    for one in waiting:
        if len(found) < MAX_ITEMS:
            found += items(one)
        else:
            more += 1
    return Section(title, how, tuple(found[:MAX_ITEMS]), more + max(0, len(found) - MAX_ITEMS))


def waiting_mails(id_: str, store: Store, today: date, now: datetime) -> Iterator[Item]:
    outbox = store.outbox(id_, now)
    if outbox is None or (isinstance(outbox, Registration) and outbox.synthetic):
        return
    if isinstance(outbox, Registration):
        yield from _astray(outbox, today)
        yield from _silent(outbox, today)
        yield from _late(outbox, today)
    for mail in outbox.mails:
        if mail.attention_at is None:
            continue
        which = f"{id_} --mail {mail.kind} --to {mail.receiver}"
        again = () if mail.reason in FINAL else (f"mijnbuddy resend {which}",)
        yield Item(
            id_,
            f"{about(mail)}. {reason(mail)}",
            local_date(mail.attention_at),
            today,
            (*again, f"mijnbuddy close {which} --why ..."),
            code=UNDELIVERABLE,
            mail=mail.name,
            why=mail.reason,
            place=mail.receiver,
        )


def _astray(registration: Registration, today: date) -> Iterator[Item]:
    """Where a mail reached the wrong people, as they tell: what is to be found first."""
    for handover in registration.astray:
        place, reference = handover.receiver, registration.reference
        if handover.partner:  # its address was typed by the municipality that proposed it
            asked = registration.called(handover.handed_on_by)
            whose, how = "een organisatie", f"Bel {asked} en zoek samen een andere plaats."
            commands: tuple[str, ...] = ()
        else:
            whose = registration.called(place)
            how = "Zoek het juiste adres. Stuur de mail daarna opnieuw."
            commands = (
                f"mijnbuddy contacts set {place} 1 ADRES",
                f"mijnbuddy resend {reference} --mail {FORWARDING} --to {place}",
            )
        yield Item(
            reference,
            f"Wie de mail voor {whose} kreeg, zegt: verkeerd adres. {how}",
            local_date(handover.last.at if handover.last else handover.since),
            today,
            commands,
            code=ASTRAY,
            mail=None if handover.partner else (FORWARDING, place, ""),
            why=ASTRAY,
            place=place,
        )


def _late(registration: Registration, today: date) -> Iterator[Item]:
    """
    Where nobody took her up in time: somebody must ask why, and it goes off the list as soon as
    somebody does. One whose mail went astray is listed with that.
    """
    for handover in registration.late:
        if handover not in registration.astray:
            name = "een organisatie" if handover.partner else registration.called(handover.receiver)
            yield Item(
                registration.reference,
                f"{name[0].upper()}{name[1:]} nam nog geen contact op, na {PROMISED} werkdagen. "
                "Bel of mail hen: hoe komt het? Noteer daarna wat er gebeurde. Of geef de "
                "aanmelding door.",
                local_date(registration.waits_since(handover)),
                today,
                code=LATE,
                why=LATE,
                place=handover.receiver,
            )


def _silent(registration: Registration, today: date) -> Iterator[Item]:
    """Where she says that nobody contacted her."""
    which = f"{registration.reference} --mail {QUESTION} --to {VOLUNTEER}"
    for reply in registration.unheard:
        yield Item(
            registration.reference,
            "De vrijwilliger zegt na vier weken: niemand belde of mailde. Bel de gemeente. "
            "Sluit dit daarna af.",
            local_date(reply.at),
            today,
            (f"mijnbuddy close {which} --why ...",),
            code=SILENT,
            mail=(QUESTION, VOLUNTEER, reply.question),
            why=SILENT,
        )


def held(id_: str, store: Store, site_url: str, today: date, now: datetime) -> Iterator[Item]:
    one = store.outbox(id_, now)
    if isinstance(one, Registration) and one.hold == QUARANTINE and not one.synthetic:
        since = local_date(one.held_at or one.registered_at)
        what = SUSPICIONS.get(held_for(one), "Er is iets ongewoons aan.")
        link = f"{site_url}{DESK_REGISTRATION}{one.reference}/"
        yield Item(one.reference, what, since, today, link=link)


def suggested(id_: str, store: Store, site_url: str, today: date, now: datetime) -> Iterator[Item]:
    """A project that somebody told us of: which, says the page where one signs in."""
    one = store.outbox(id_, now)
    if isinstance(one, Suggestion) and one.is_open:
        asks = (
            "Iemand wil iets aan de lijst veranderen."
            if one.answers.existing
            else ("Iemand meldde een project.")
        )
        told = [asks, "We vroegen de melder al iets." if one.asked else "", _odd(one)]
        yield Item(
            one.reference,
            " ".join(filter(None, told)),
            local_date(one.registered_at),
            today,
            link=f"{site_url}{DESK_SUGGESTION}{one.reference}/",
        )


def _odd(one: Suggestion) -> str:
    return SUSPICIONS.get(held_for(one), "Er is iets ongewoons aan.") if one.hold else ""


def bouncing(store: Store, today: date) -> Iterator[Item]:
    for contact in store.all_contacts():
        if contact.state == BOUNCING:
            since = max((change.at for change in contact.changes), default=contact.since)
            yield Item(
                f"{contact.owner}, adres {contact.order}",
                "Mails komen terug.",
                local_date(since),
                today,
                (f"mijnbuddy contacts set {contact.nis_code} {contact.order} ADRES",),
                place=contact.nis_code,
            )


def _unreachable(store: Store, today: date) -> Iterator[Item]:
    """Municipalities that people chose recently, and of which no address can be used."""
    usable = {contact.nis_code for contact in store.all_contacts() if contact.state in USABLE}
    asked: Counter[str] = Counter()
    for back in range(RECENTLY.days + 1):
        day = (today - timedelta(days=back)).isoformat()
        for entry in store.ledger(day, "queued"):
            receiver = entry.event.receiver
            is_municipality = receiver.isdigit()  # an organisation has the address it was given
            if entry.event.mail == FORWARDING and is_municipality and receiver not in usable:
                asked[entry.event.receiver] += 1
    for nis_code, count in asked.most_common():
        who = "1 vrijwilliger" if count == 1 else f"{count} vrijwilligers"
        yield Item(
            find_municipality(nis_code).name,
            f"In de laatste vier weken: {who}.",
            commands=(f"mijnbuddy contacts set {nis_code} 1 ADRES",),
        )


def dead_letters(store: Store) -> Iterator[Item]:
    status = store.status()
    if status and status.dead_letters:
        count = status.dead_letters
        yield Item(
            "1 bericht" if count == 1 else f"{count} berichten",
            "Een automatische stap mislukte een paar keer.",
            commands=("mijnbuddy dead-letters list", "mijnbuddy dead-letters requeue"),
        )


def open_incidents(store: Store, today: date) -> Iterator[Item]:
    for kind in KINDS:
        one = store.incident(kind)
        if one.is_open and one.since:
            yield Item(SUMMARIES[kind], "", local_date(one.since), today)
