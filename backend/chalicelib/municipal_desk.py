"""
A municipality's desk: what its addresses answer to somebody who signed in with its mailbox, and to
everybody else.

She sees the candidates of her own municipality, and whatever she asks about another one is not
there. That she opened a candidate is written down: it is what a person did, not what a link was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

from chalicelib import handling, signing_in
from chalicelib.candidate_link import TOLD
from chalicelib.desk_pages import AwayForm, DeskPages
from chalicelib.desk_rows import Row, rows
from chalicelib.domain.calendar import local_date, read_day
from chalicelib.domain.candidate_list import Choice, ordered, sheet, shown
from chalicelib.domain.candidates import Candidate
from chalicelib.domain.deed import Deed, InvalidDeedError, read
from chalicelib.domain.form import Posted
from chalicelib.domain.handover import DESK, OPENED
from chalicelib.domain.municipalities import Municipality, find_municipality, nis_codes
from chalicelib.domain.reference import is_reference
from chalicelib.domain.registration import Registration
from chalicelib.domain.session import MUNICIPALITY
from chalicelib.domain.site import AWAY, CANDIDATES, MUNICIPALITY_DESK
from chalicelib.domain.tokens import Keys
from chalicelib.domain.vacation import UnusableVacationError, Vacation, ended, read_days
from chalicelib.entrance import Entrance, EntrancePages, Front, Rendering
from chalicelib.failures import StaleError
from chalicelib.handling import Case, act, found
from chalicelib.intake import UnreadableError
from chalicelib.mailboxes import Contacts, Mailboxes
from chalicelib.signing_in import Reception, Visit
from chalicelib.vcard import vcard
from chalicelib.web import Answer, Request, download, first, page, pressed, refused, see_other

FRONT = Front(
    title="Je kandidaat-buddy’s",
    lead="Vul het adres in van de mailbox waar je gemeente onze mails krijgt. We mailen je een "
    "link. Een wachtwoord heb je niet nodig.",
    label="E-mailadres van de mailbox",
    hint="Bijvoorbeeld buddy@gemeente.be.",
    home=MUNICIPALITY_DESK,
    inside=CANDIDATES,
    help="Het werkt alleen met het adres waar jullie onze mails krijgen. Jullie moeten het ooit "
    "bevestigd hebben met een code. Lukt het niet? Antwoord op een van onze mails.",
)
NOT_HERE = (
    "Deze kandidaat staat niet (meer) in je lijst. Misschien trok de kandidaat zich terug. Kijk de "
    "referentie na."
)
TOO_LARGE = "Dit bestand wordt te groot. Kies eerst een stand, en bewaar dan opnieuw."
MAX_TRIES = 5  # each is a colleague who says the same at once


class Store(signing_in.Store, handling.Store, Contacts, Protocol):
    def candidates(self, receiver: str, now: datetime) -> Iterable[Candidate]: ...
    def get_each(self, references: Sequence[str], now: datetime) -> Iterable[Registration]: ...
    def vacation(self, nis_code: str) -> Vacation | None: ...
    def save_vacation(self, vacation: Vacation) -> None: ...


class FileKind(Protocol):
    @property
    def ending(self) -> str: ...
    @property
    def write(self) -> Callable[[Iterable[Row], str, datetime], str | bytes]: ...


@dataclass(frozen=True)
class Inside:
    """Somebody who signed in, at the desk of a municipality of today."""

    visit: Visit
    municipality: Municipality


class MunicipalDesk:
    """The desk, at one moment; `entrance` is what stands before it."""

    def __init__(self, store: Store, pages: Rendering, keys: Keys, now: datetime) -> None:
        self._store = store
        self._pages = DeskPages(pages)
        self._now = now
        reception = Reception(MUNICIPALITY, Mailboxes(store), store, keys, now)
        self.entrance = Entrance(reception, EntrancePages(pages, FRONT))

    def listed(self, request: Request, wanted: Choice) -> Answer:
        """One page of the list."""

        def show(inside: Inside) -> Answer:
            found = sheet(self._candidates(inside), wanted)
            people = tuple(rows(found.rows, self._store, self._now))
            away = self._away(inside)
            return page(200, self._pages.list_page(inside.municipality, found, people, away))

        return self._for_members(request, show)

    def file(self, request: Request, wanted: Choice, kind: FileKind, limit: int) -> Answer:
        """All that is wanted of the list, for a spreadsheet; not more than `limit` bytes."""

        def save(inside: Inside) -> Answer:
            those = ordered(self._candidates(inside), wanted)
            people = rows(those, self._store, self._now)
            day = local_date(self._now).isoformat()
            content = kind.write(people, f"Kandidaten {day}", self._now)
            if len(content if isinstance(content, bytes) else content.encode()) > limit:
                return page(413, self._pages.notice_page("Dit lukte niet", TOO_LARGE))
            name = f"kandidaten-{inside.municipality.slug}-{day}.{kind.ending}"
            return download(name, content)

        return self._for_members(request, save)

    def candidate(self, request: Request, reference: str) -> Answer:
        """One candidate, with the buttons. Who opens her for the first time is written down."""

        def show(inside: Inside) -> Answer:
            case = self._case(inside, reference)
            if case and case.handover.is_unseen:
                seen = Deed(OPENED, case.handover.changes)
                handled = act(case, seen, DESK, self._store, self._now)
                case = handled.case if handled else None
            if case is None:
                return self._not_here()
            return page(200, self._pages.candidate_page(inside.municipality, case, self._now))

        return self._for_members(request, show)

    def acted(self, request: Request, reference: str) -> Answer:
        """A button was pressed: it is done, and on to the page that shows so; or why it was not."""

        def press(inside: Inside, posted: Posted) -> Answer:
            case = self._case(inside, reference)
            return self._done(inside, case, posted) if case else self._not_here()

        return self._for_buttons(request, press)

    def card(self, request: Request, reference: str) -> Answer:
        """Her visiting card, for an address book."""

        def save(inside: Inside) -> Answer:
            case = self._case(inside, reference)
            if case is None:
                return self._not_here()
            answers = case.registration.answers
            card = vcard(
                name=answers.name,
                email=answers.email,
                phone=answers.phone,
                note=f"Kandidaat-buddy, {reference}",
            )
            return download(f"{reference}.vcf", card.decode())

        return self._for_members(request, save)

    def away(self, request: Request) -> Answer:
        """When nobody of this municipality is there, and the form to say so."""

        def show(inside: Inside) -> Answer:
            return page(200, self._pages.away_page(inside.municipality, self._away(inside)))

        return self._for_members(request, show)

    def away_set(self, request: Request) -> Answer:
        """They go, or are back."""

        def press(inside: Inside, posted: Posted) -> Answer:
            try:
                self._save_away(inside, posted)
            except UnusableVacationError as error:
                form = AwayForm(_day(posted, "first"), _day(posted, "last"), error.errors)
                away = self._away(inside)
                return page(422, self._pages.away_page(inside.municipality, away, form))
            return see_other(self._pages.url(AWAY))

        return self._for_buttons(request, press)

    def _save_away(self, inside: Inside, posted: Posted) -> None:
        """Raises `UnusableVacationError`; what a colleague says at the same time is overwritten."""
        nis_code, by = inside.municipality.nis_code, inside.visit.session.subject
        today = local_date(self._now)
        is_back = first(posted, "back") == "yes"
        days = None if is_back else read_days(first(posted, "first"), first(posted, "last"), today)
        for _ in range(MAX_TRIES):
            known = self._store.vacation(nis_code)
            if days:
                version = known.version if known else 0
                following = Vacation(nis_code, *days, self._now, by, version)
            elif known:
                following = ended(known, by, self._now, today)
            else:
                return
            try:
                self._store.save_vacation(following)
            except StaleError:
                continue
            return
        raise StaleError

    def _done(self, inside: Inside, case: Case, posted: Posted) -> Answer:
        municipality = inside.municipality
        try:
            deed = read(posted)
            handled = act(case, deed, DESK, self._store, self._now)
        except InvalidDeedError as error:
            html = self._pages.candidate_page(municipality, case, self._now, error.form)
            return page(422, html)
        if handled is None:
            return self._not_here()
        if told := TOLD.get(handled.outcome):
            html = self._pages.candidate_page(municipality, handled.case, self._now, told=told)
            return page(409, html)
        return see_other(self._pages.url(f"{CANDIDATES}{case.registration.reference}"))

    def _candidates(self, inside: Inside) -> tuple[Candidate, ...]:
        codes = nis_codes(inside.municipality)
        every = chain.from_iterable(self._store.candidates(code, self._now) for code in codes)
        return shown(every, self._now)

    def _case(self, inside: Inside, reference: str) -> Case | None:
        """The candidate, if this municipality may see her."""
        if not is_reference(reference):
            return None
        codes = nis_codes(inside.municipality)
        cases = (found(reference, code, self._store, self._now, DESK) for code in codes)
        return next(filter(None, cases), None)

    def _away(self, inside: Inside) -> Vacation | None:
        """The notice that still counts."""
        known = self._store.vacation(inside.municipality.nis_code)
        return None if known is None or known.is_over(local_date(self._now)) else known

    def _not_here(self) -> Answer:
        """The same for a reference that is nobody's and for one of another municipality."""
        return page(404, self._pages.notice_page("Deze kandidaat is er niet", NOT_HERE))

    def _for_members(self, request: Request, view: Callable[[Inside], Answer]) -> Answer:
        """What `view` answers to who signed in; to nobody else anything."""
        visit = self.entrance.visit(request)
        if visit is None:
            return self.entrance.shut(request)
        return view(Inside(visit, find_municipality(visit.session.nis_code)))

    def _for_buttons(self, request: Request, view: Callable[[Inside, Posted], Answer]) -> Answer:
        try:
            posted = pressed(request, self._pages)
        except UnreadableError as error:
            return refused(request, self._pages, error.status, error.message)
        return self._for_members(request, lambda inside: view(inside, posted))


def _day(posted: Posted, name: str) -> str:
    """What was typed, as a field for a day can show it: nothing when it is no day."""
    day = read_day(first(posted, name))
    return day.isoformat() if day else ""
