"""
The work list of the agency's desk: everything that waits for a person, grouped, oldest first, each
with what to do and where.

What waits and in which words comes from the digest (digest.py): the mail of the morning and this
page say the same. Nothing here names a person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Protocol, TypeVar

from chalicelib import digest
from chalicelib.deciding import Which
from chalicelib.digest import FINAL, Item
from chalicelib.domain.calendar import local_date
from chalicelib.domain.contacts import REGIONS, UNCONFIRMED, USABLE, Contact
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.officers import Officer, Roster, manages
from chalicelib.domain.reference import is_reference, is_suggestion
from chalicelib.domain.registration import QUARANTINE
from chalicelib.domain.site import DESK_CONTACTS, DESK_REGISTRATION, DESK_SUGGESTION
from chalicelib.domain.suggestion import SUGGESTIONS

MAX_LOOKED_UP = 200
"""How many of what waits are read for one page; of the rest it tells how many."""

T = TypeVar("T")

GROUPS = {
    digest.UNDELIVERABLE: (
        "Mails die niet aankomen",
        "Stuur de mail opnieuw. Regelde je het anders? Sluit de mail dan af.",
    ),
    digest.ASTRAY: (
        "Verkeerd adres",
        "Zoek het juiste adres en vul het in. Stuur de mail daarna opnieuw.",
    ),
    digest.LATE: (
        "Te lang zonder contact",
        "Bel of mail de gemeente. Lukt het daar niet? Kies dan een andere gemeente.",
    ),
    digest.SILENT: (
        "Kandidaten die zeggen dat niemand belde",
        "Vraag de gemeente wat er scheelt. Of kies een andere gemeente.",
    ),
    "": ("Wat nog op iemand wacht", "Open het en kijk wat er nodig is."),
}
"""What waits in the mails and hand-overs, by the code of its item: a title, and what to do."""


class Store(digest.Store, Protocol):
    def roster(self) -> Roster: ...


@dataclass(frozen=True)
class Task:
    """One thing to do: `path` is where; `which` is the mail that can be sent again, if one can."""

    item: Item
    path: str = ""
    which: Which | None = None


@dataclass(frozen=True)
class Group:
    """All that waits of one kind; `more` counts what was not looked up."""

    code: str
    title: str
    how: str
    tasks: tuple[Task, ...]
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.tasks) + self.more

    @property
    def resendable(self) -> tuple[Which, ...]:
        return tuple(task.which for task in self.tasks if task.which)


@dataclass(frozen=True)
class Filter:
    """Of which mails that wait: a kind, a reason, a receiver; "" for all."""

    kind: str = ""
    why: str = ""
    place: str = ""

    def takes(self, task: Task) -> bool:
        if task.which is None:
            return False
        wanted = ((self.kind, task.which.kind), (self.why, task.item.why))
        is_right = all(asked in {"", is_} for asked, is_ in wanted)
        return is_right and self.place in {"", task.item.place}


def groups(store: Store, agency: str, now: datetime) -> tuple[Group, ...]:
    """Everything that waits, by kind; without the kinds of which there is nothing."""
    today = local_date(now)
    contacts = tuple(store.all_contacts())
    found = (
        _plain(
            "storingen", "Storingen", "Kijk in de logboeken.", digest.open_incidents(store, today)
        ),
        *attention(store, now),
        _held(store, today, now),
        _suggested(store, today, now),
        _plain(
            "teruggekomen",
            "Contactadressen die niet werken",
            "Vraag de gemeente een ander adres, en vul het in.",
            digest.bouncing(store, today),
        ),
        _plain(
            "onbevestigd",
            "Contactadressen die niemand bevestigde",
            "We mailen ernaar, maar niemand toonde dat iemand ze leest. Bel de gemeente.",
            _unconfirmed(contacts, today),
        ),
        _plain(
            "zonder-adres",
            "Gemeenten zonder werkend adres",
            "Aanmeldingen gaan naar de regio of naar ons. Zoek een adres, en vul het in.",
            _without_address(contacts),
        ),
        _plain(
            "instellingen",
            "Instellingen die niet kloppen",
            "Vraag het aan wie de site technisch beheert.",
            _misconfigured(agency, store.roster().officers),
        ),
        _plain(
            "blijven-liggen",
            "Berichten die bleven liggen",
            "Bekijk ze eerst. Bied ze daarna opnieuw aan.",
            digest.dead_letters(store),
        ),
    )
    return tuple(group for group in found if group.count)


def attention(store: Store, now: datetime) -> tuple[Group, ...]:
    """What waits because of a mail or a hand-over."""
    today = local_date(now)
    looked_up, more = _first(store.work("attention"))
    tasks: dict[str, list[Task]] = {code: [] for code in GROUPS}
    for id_ in looked_up:
        for item in digest.waiting_mails(id_, store, today, now):
            tasks[item.code if item.code in GROUPS else ""].append(_task(item))
    tasks_of = {code: tuple(sorted(found, key=_since)) for code, found in tasks.items()}
    return tuple(
        Group(code, title, how, tasks_of[code], more if code == digest.UNDELIVERABLE else 0)
        for code, (title, how) in GROUPS.items()
    )


def resendable(store: Store, only: Filter, now: datetime) -> tuple[Task, ...]:
    """The mails that wait for a person and can be sent again, oldest first."""
    found = (task for group in attention(store, now) for task in group.tasks)
    return tuple(sorted(filter(only.takes, found), key=_since))


def _task(item: Item) -> Task:
    desk = DESK_SUGGESTION if is_suggestion(item.name) else DESK_REGISTRATION
    has_page = is_suggestion(item.name) or is_reference(item.name)
    path = f"{desk}{item.name}/" if has_page else ""
    can_go = item.code in {digest.UNDELIVERABLE, digest.ASTRAY} and item.why not in FINAL
    if item.mail is None or not can_go:
        return Task(item, path)
    return Task(item, path, Which(item.name, *item.mail))


def _held(store: Store, today: date, now: datetime) -> Group:
    looked_up, more = _first(store.work(QUARANTINE))
    items = [item for id_ in looked_up for item in digest.held(id_, store, "", today, now)]
    return Group(
        "nakijken",
        "Aanmeldingen om na te kijken",
        "Open de aanmelding en kies: doorlaten of weigeren. De vrijwilliger wacht zo lang.",
        tuple(map(_task, items)),
        more,
    )


def _suggested(store: Store, today: date, now: datetime) -> Group:
    looked_up, more = _first(store.work(SUGGESTIONS))
    items = [item for id_ in looked_up for item in digest.suggested(id_, store, "", today, now)]
    return Group(
        "projecten",
        "Gemelde buddyprojecten",
        "Open de melding en kies: in de lijst of niet. Twijfel je? Vraag het na.",
        tuple(map(_task, items)),
        more,
    )


def _plain(code: str, title: str, how: str, items: Iterable[Item]) -> Group:
    tasks = (Task(item, f"{DESK_CONTACTS}{item.place}/" if item.place else "") for item in items)
    return Group(code, title, how, tuple(sorted(tasks, key=_since)))


def _unconfirmed(contacts: Iterable[Contact], today: date) -> Iterator[Item]:
    for contact in contacts:
        if contact.state == UNCONFIRMED:
            asked = len(contact.requests)
            what = f"{asked} keer een code gemaild." if asked else "Nog nooit een code gemaild."
            yield Item(
                f"{contact.owner}, adres {contact.order}",
                what,
                local_date(contact.since),
                today,
                place=contact.nis_code,
            )


def _without_address(contacts: Iterable[Contact]) -> Iterator[Item]:
    usable = {contact.nis_code for contact in contacts if contact.state in USABLE}
    for one in MUNICIPALITIES:
        if one.nis_code not in usable:
            yield Item(one.name, "Geen enkel adres dat werkt.", place=one.nis_code)


def _misconfigured(agency: str, officers: Iterable[Officer]) -> Iterator[Item]:
    if agency.endswith(".example"):
        yield Item("Ons eigen adres", "Het is een voorbeeldadres. Mails naar ons komen niet aan.")
    if not any(map(manages, officers)):
        yield Item("Beheerders", "Niemand van ons mag adressen en collega’s beheren.")


def is_place(nis_code: str) -> bool:
    """Whether it has contact addresses: a municipality of today, or a region."""
    return nis_code in REGIONS or any(one.nis_code == nis_code for one in MUNICIPALITIES)


def _first(waiting: Iterator[T]) -> tuple[list[T], int]:
    """What is looked up, and how many are not."""
    return list(islice(waiting, MAX_LOOKED_UP)), sum(1 for _ in waiting)


def _since(task: Task) -> tuple[date, str]:
    return task.item.since or date.max, task.item.name
