"""
What the addresses of the agency's desk answer, to an officer who signed in.

Each request looks the officer up anew (signing_in.py), so that a role that changed counts at once.
A link shows, a button acts: every change is a POST. Whoever sees a person leaves an entry of it
(domain/views.py) before the page is made: without the entry, no page.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib import confirming, deciding, names, officers, worklist
from chalicelib.address_book import place_of, set_address
from chalicelib.agency_pages import AgencyPages, day_of
from chalicelib.deciding import MAX_AT_ONCE, Outcome, read_which, resend_many
from chalicelib.domain import cleaning, deed
from chalicelib.domain.candidates import Candidate
from chalicelib.domain.clearing import HANDLED
from chalicelib.domain.contacts import INACTIVE, Contact, Place, retired
from chalicelib.domain.deed import NOT_POSTED, DeedForm, InvalidDeedError, read
from chalicelib.domain.finder import MAX_QUERY, find
from chalicelib.domain.form import Posted
from chalicelib.domain.handover import AGENCY_DESK
from chalicelib.domain.officers import (
    LastManagerError,
    Officer,
    UnknownRoleError,
    UnusableIdError,
)
from chalicelib.domain.reference import is_reference, is_suggestion
from chalicelib.domain.registration import QUARANTINE, Registration
from chalicelib.domain.rerouting import (
    HELD,
    LEFT,
    NOT_THERE,
    REFUSALS,
    SAME,
    THERE,
    TOO_MANY,
    NotPossibleError,
    decisions,
)
from chalicelib.domain.session import HANDLE, MANAGE, READ, Session
from chalicelib.domain.site import (
    DESK_CONTACTS,
    DESK_OFFICERS,
    DESK_REGISTRATION,
    DESK_SUGGESTION,
)
from chalicelib.domain.tokens import Keys
from chalicelib.domain.views import SEARCHED, VIEWED, View
from chalicelib.entrance import Entrance
from chalicelib.failures import StaleError
from chalicelib.handling import Case, act, found
from chalicelib.handling import Outcome as Acted
from chalicelib.intake import UnreadableError
from chalicelib.previews import Previews, stylesheet_of
from chalicelib.web import Answer, Request, first, page, pressed, refused, see_other
from chalicelib.worklist import Filter, is_place

MAX_FOUND = 20
"""Registrations that a search by name shows: each is a person, and an entry."""
ON_A_PAGE = 100
"""Rows of a municipality's list."""

NOTHING = "We deden niets."
NO_REGISTRATION = (
    "Er is geen aanmelding met deze referentie. Misschien is ze al gewist. Zoek ze opnieuw."
)
NO_MAIL = "Zo’n mail is er niet. Kies er een uit de lijst."
NO_PLACE = "We kennen geen gemeente met deze code. Kies ze in de lijst met adressen."
NOT_ALLOWED = (
    "Met jouw rol kan je dit niet doen. Vraag het aan een collega die meer mag, "
    "of vraag een andere rol aan wie de collega’s beheert."
)
CHANGED = f"{NOTHING} Er veranderde iets terwijl je keek. Kijk wat er nu staat, en kies opnieuw."
NOT_NOW = f"{NOTHING} Dat kan nu niet (meer). Kijk wat er nu staat."
CHOOSE = f"{NOTHING} Kies eerst iets uit de lijst."
IMPOSSIBLE = {
    HELD: f"{NOTHING} Deze aanmelding wacht nog. Laat ze eerst door, of weiger ze.",
    LEFT: f"{NOTHING} Deze kandidaat trok zich terug, is geweigerd of meldde zich twee keer aan.",
    NOT_THERE: f"{NOTHING} Deze gemeente heeft de kandidaat niet (meer).",
    SAME: f"{NOTHING} De kandidaat is al bij deze gemeente. Kies een andere.",
    THERE: f"{NOTHING} Die gemeente heeft de kandidaat al. Kies een andere.",
    TOO_MANY: f"{NOTHING} Deze kandidaat ging al langs te veel gemeenten. Bel iemand op.",
}
ACTED = {
    Acted.CHANGED: CHANGED,
    Acted.TOO_LATE: f"{NOTHING} Ongedaan maken kan maar een uur lang.",
    Acted.TOO_OFTEN: f"{NOTHING} Hier werd al te veel gemeld of te vaak doorgegeven.",
}
LAST_MANAGER = f"{NOTHING} Dan kan niemand nog collega’s beheren. Geef eerst iemand die rol."


class Store(deciding.Store, worklist.Store, officers.Store, names.Store, Protocol):
    def candidates(self, receiver: str, now: datetime) -> Iterator[Candidate]: ...
    def contacts(self, nis_code: str) -> Iterable[Contact]: ...
    def contact(self, key: str) -> Contact | None: ...
    def save_contact(self, contact: Contact) -> Contact: ...
    def add_view(self, view: View) -> bool: ...
    def views(self, day: str, now: datetime) -> Iterable[View]: ...


@dataclass(frozen=True)
class Tools:
    """What the desk works with; `agency` is our own address."""

    store: Store
    keys: Keys
    previews: Callable[[], Previews]
    agency: str
    now: datetime


@dataclass(frozen=True)
class Inside:
    """An officer inside: her pages, and what she posted."""

    session: Session
    pages: AgencyPages
    posted: Posted

    @property
    def who(self) -> str:
        return self.session.subject

    def said(self, name: str) -> str:
        return cleaning.normalise(first(self.posted, name))

    @property
    def seen(self) -> int:
        """How many decisions there were when the form was shown; -1 in what is no form of ours."""
        number = cleaning.number(self.said("decided"))
        return -1 if number is None else number


class Gate(Protocol):
    """The desk, as a page in another module needs it: who comes in, and what she posted."""

    def shown_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer: ...
    def done_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer: ...


@dataclass(frozen=True)
class Shown:
    """How a page comes back: with what status, why nothing was done, what was wrong."""

    status: int = 200
    told: str = ""
    form: DeedForm = NOT_POSTED


class AgencyDesk:
    """One request at the desk."""

    def __init__(
        self, request: Request, entrance: Entrance, pages: AgencyPages, tools: Tools
    ) -> None:
        self._request = request
        self._entrance = entrance
        self._pages = pages
        self._tools = tools
        self._store = tools.store
        self._now = tools.now

    def work_list(self) -> Answer:
        def shown(inside: Inside) -> Answer:
            groups = worklist.groups(self._store, self._tools.agency, self._now)
            return page(200, inside.pages.work_list_page(groups))

        return self.shown_inside(READ, shown)

    def again(self, only: Filter) -> Answer:
        """The dry run of sending many mails again."""

        def shown(inside: Inside) -> Answer:
            everything = worklist.resendable(self._store, Filter(), self._now)
            chosen = tuple(filter(only.takes, everything))
            return page(200, inside.pages.again_page(chosen, only, everything))

        return self.shown_inside(READ, shown)

    def sent_again(self) -> Answer:
        """Many mails were sent again: those that stood on the page, one by one."""

        def done(inside: Inside) -> Answer:
            these = [read_which(line) for line in inside.said("which").splitlines()]
            chosen = [which for which in these if which]
            if len(chosen) != len(these) or not 0 < len(chosen) <= MAX_AT_ONCE:
                text = f"{NOTHING} Kies één tot {MAX_AT_ONCE} mails op de werklijst."
                return page(422, inside.pages.notice_page("Dit lukte niet", text))
            outcomes = [
                (which, decided.outcome)
                for which, decided in resend_many(chosen, AGENCY_DESK, self._store, self._now)
            ]
            return page(200, inside.pages.again_done_page(outcomes))

        return self.done_inside(HANDLE, done)

    def registration(self, reference: str) -> Answer:
        return self.shown_inside(READ, lambda inside: self._registration(inside, reference))

    def decided(self, reference: str) -> Answer:
        """A button on the page of one registration."""

        def done(inside: Inside) -> Answer:
            if not self._known(reference):
                return self._none(inside, NO_REGISTRATION)
            told = self._decide(inside, reference)
            if told:
                return self._registration(inside, reference, told, 409)
            return see_other(inside.pages.url(f"{DESK_REGISTRATION}{reference}/"))

        return self.done_inside(HANDLE, done)

    def handover(self, reference: str, receiver: str) -> Answer:
        return self.shown_inside(READ, lambda inside: self._handover(inside, reference, receiver))

    def acted(self, reference: str, receiver: str) -> Answer:
        """A button on the page of one hand-over: an act for that place, or away from there."""

        def done(inside: Inside) -> Answer:
            case = self._case(reference, receiver)
            if case is None:
                return self._handover(inside, reference, receiver)
            if inside.said("act") == "reroute":
                return self._reroute(inside, case)
            return self._act(inside, case)

        return self.done_inside(HANDLE, done)

    def search(self) -> Answer:
        return self.shown_inside(READ, lambda inside: page(200, inside.pages.search_page()))

    def searched(self) -> Answer:
        """By reference, by place, or by name: what was typed tells which."""
        return self.done_inside(READ, self._search)

    def place(self, nis_code: str, number: str) -> Answer:
        """The candidates of a municipality; a page of its list, from 1."""

        def shown(inside: Inside) -> Answer:
            if not is_place(nis_code):
                return self._none(inside, NO_PLACE)
            rows = [row for row in self._store.candidates(nis_code, self._now) if not row.is_gone]
            rows.sort(key=lambda row: (not row.waits, row.since, row.reference))
            pages = max(1, -(-len(rows) // ON_A_PAGE))
            here = max(1, min(cleaning.number(number) or 1, pages))
            part = rows[(here - 1) * ON_A_PAGE : here * ON_A_PAGE]
            return page(200, inside.pages.place_page(nis_code, part, here, pages))

        return self.shown_inside(READ, shown)

    def contacts(self, state: str) -> Answer:
        def shown(inside: Inside) -> Answer:
            return page(200, inside.pages.contacts_page(self._store.all_contacts(), state))

        return self.shown_inside(READ, shown)

    def contact(self, nis_code: str) -> Answer:
        return self.shown_inside(READ, lambda inside: self._contact(inside, nis_code))

    def contact_changed(self, nis_code: str) -> Answer:
        """A button on the page with the addresses of one municipality."""

        def done(inside: Inside) -> Answer:
            if not is_place(nis_code):
                return self._none(inside, NO_PLACE)
            try:
                told = self._change_contact(inside, nis_code)
            except StaleError:
                told = CHANGED
            if told:
                return self._contact(inside, nis_code, told)
            return see_other(inside.pages.url(f"{DESK_CONTACTS}{nis_code}/"))

        return self.done_inside(MANAGE, done)

    def mails(self) -> Answer:
        def shown(inside: Inside) -> Answer:
            return page(200, inside.pages.mails_page(self._tools.previews().all()))

        return self.shown_inside(READ, shown)

    def mail(self, code: str) -> Answer:
        """One mail, with an invented sample."""

        def shown(inside: Inside) -> Answer:
            preview = self._tools.previews().of(code)
            if preview is None:
                return self._none(inside, NO_MAIL)
            return page(200, inside.pages.mail_page(preview))

        return self.shown_inside(READ, shown)

    def layout(self, code: str) -> Answer:
        """The stylesheet of that mail."""

        def shown(inside: Inside) -> Answer:
            preview = self._tools.previews().of(code)
            if preview is None:
                return self._none(inside, NO_MAIL)
            headers = {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "no-store"}
            return Answer(200, stylesheet_of(preview.email.html), headers)

        return self.shown_inside(READ, shown)

    def views(self, day: str) -> Answer:
        """Who looked at whom, on one day."""

        def shown(inside: Inside) -> Answer:
            chosen = day_of(day, self._now)
            seen = self._store.views(chosen.isoformat(), self._now)
            return page(200, inside.pages.views_page(chosen, seen, self._now.date()))

        return self.shown_inside(MANAGE, shown)

    def officers(self) -> Answer:
        return self.shown_inside(MANAGE, self._officers)

    def officer_changed(self) -> Answer:
        def done(inside: Inside) -> Answer:
            told = self._change_officer(inside)
            if told:
                return self._officers(inside, told)
            return see_other(inside.pages.url(DESK_OFFICERS))

        return self.done_inside(MANAGE, done)

    # -- who may, and what she posted

    def shown_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer:
        """A page for an officer with this role; who has not is told so, and who is out gets in."""
        visit = self._entrance.visit(self._request)
        if visit is None:
            return self._entrance.shut(self._request)
        inside = Inside(visit.session, self._pages.of(visit.session), {})
        return view(inside) if visit.session.may(role) else self._not_allowed(inside)

    def done_inside(self, role: str, view: Callable[[Inside], Answer]) -> Answer:
        """The same for a button, with what was posted."""
        try:
            posted = pressed(self._request, self._pages)
        except UnreadableError as error:
            return refused(self._request, self._pages, error.status, error.message)
        return self.shown_inside(
            role, lambda inside: view(Inside(inside.session, inside.pages, posted))
        )

    def _not_allowed(self, inside: Inside) -> Answer:
        return page(403, inside.pages.notice_page("Dit mag je niet doen", NOT_ALLOWED))

    def _none(self, inside: Inside, text: str) -> Answer:
        return page(404, inside.pages.notice_page("Dit vonden we niet", text))

    # -- one registration

    def _known(self, reference: str) -> Registration | None:
        return self._store.get(reference, self._now) if is_reference(reference) else None

    def _registration(
        self, inside: Inside, reference: str, told: str = "", status: int = 200
    ) -> Answer:
        one = self._known(reference)
        if one is None:
            return self._none(inside, NO_REGISTRATION)
        self._saw(inside, VIEWED, reference)
        return page(status, inside.pages.registration_page(one, self._now, told))

    def _decide(self, inside: Inside, reference: str) -> str:
        """Do what the button asks; why nothing was done, "" when it was."""
        what = inside.said("do")
        if what == "release":
            return self._release(inside, reference)
        if what == "refuse":
            return self._refuse(inside, reference)
        if what == deed.UNDO:
            return self._undo(inside, reference)
        return self._decide_mail(inside, reference, what)

    def _release(self, inside: Inside, reference: str) -> str:
        one = self._known(reference)
        if one is None or one.hold != QUARANTINE:
            return NOT_NOW
        return _why(
            deciding.release(
                reference, AGENCY_DESK, self._store, now=self._now, seen=inside.seen
            ).outcome
        )

    def _undo(self, inside: Inside, reference: str) -> str:
        decided = deciding.undo(
            reference, AGENCY_DESK, self._store, now=self._now, seen=inside.seen
        )
        is_of_now = isinstance(decided.after, Registration) and inside.seen == decisions(
            decided.after
        )
        if decided.outcome is Outcome.ALREADY and is_of_now:
            return ACTED[Acted.TOO_LATE]
        return _why(decided.outcome)

    def _decide_mail(self, inside: Inside, reference: str, what: str) -> str:
        which = read_which(inside.said("which"))
        if which is None or which.id != reference:
            return CHOOSE
        if what == "resend":
            return _why(deciding.resend(which, AGENCY_DESK, self._store, self._now).outcome)
        if what == "close" and inside.said("why") in HANDLED:
            why = inside.said("why")
            return _why(deciding.close(which, why, AGENCY_DESK, self._store, self._now).outcome)
        return CHOOSE

    def _refuse(self, inside: Inside, reference: str) -> str:
        why = inside.said("why")
        if why not in REFUSALS:
            return CHOOSE
        try:
            decided = deciding.refuse(
                reference, why, AGENCY_DESK, self._store, now=self._now, seen=inside.seen
            )
        except NotPossibleError as error:
            return IMPOSSIBLE[error.code]
        return _why(decided.outcome)

    # -- one hand-over

    def _case(self, reference: str, receiver: str) -> Case | None:
        if not is_reference(reference):
            return None
        return found(reference, receiver, self._store, self._now, AGENCY_DESK)

    def _handover(
        self, inside: Inside, reference: str, receiver: str, how: Shown = Shown()
    ) -> Answer:
        case = self._case(reference, receiver)
        if case is None:
            text = "Deze gemeente heeft de kandidaat niet (meer). Open de aanmelding zelf."
            return self._none(inside, text)
        self._saw(inside, VIEWED, reference)
        html = inside.pages.handover_page(case, self._now, how.form, how.told)
        return page(how.status, html)

    def _act(self, inside: Inside, case: Case) -> Answer:
        reference, receiver = case.registration.reference, case.handover.receiver
        try:
            handled = act(case, read(inside.posted), AGENCY_DESK, self._store, self._now)
        except InvalidDeedError as error:
            return self._handover(inside, reference, receiver, Shown(422, form=error.form))
        told = ACTED.get(handled.outcome, "") if handled else ""
        if handled is None or told:
            return self._handover(inside, reference, receiver, Shown(409, told))
        return see_other(inside.pages.url(f"{DESK_REGISTRATION}{reference}/{receiver}/"))

    def _reroute(self, inside: Inside, case: Case) -> Answer:
        reference, receiver = case.registration.reference, case.handover.receiver

        def not_done(told: str) -> Answer:
            return self._handover(inside, reference, receiver, Shown(409, told))

        try:
            to = cleaning.municipality(inside.said("to"))
        except cleaning.UnusableAnswerError:
            return not_done(CHOOSE)
        try:
            decided = deciding.reroute(
                reference,
                receiver,
                self._store,
                to=to,
                door=AGENCY_DESK,
                now=self._now,
                seen=inside.seen,
            )
        except NotPossibleError as error:
            return not_done(IMPOSSIBLE[error.code])
        if told := _why(decided.outcome):
            return not_done(told)
        return see_other(inside.pages.url(f"{DESK_REGISTRATION}{reference}/"))

    # -- searching

    def _search(self, inside: Inside) -> Answer:
        typed = inside.said("q")[:MAX_QUERY]
        reference = typed.upper().replace(" ", "")
        if is_reference(reference):
            if self._known(reference):
                return see_other(inside.pages.url(f"{DESK_REGISTRATION}{reference}/"))
            return page(404, inside.pages.search_page(typed, told=NO_REGISTRATION))
        if is_suggestion(reference):  # its page says so where it is not there
            return see_other(inside.pages.url(f"{DESK_SUGGESTION}{reference}/"))
        if not typed:
            told = "Typ een referentie, een gemeente of een naam."
            return page(422, inside.pages.search_page(told=told))
        everyone = names.search(typed, self._store, self._tools.keys(), self._now)
        shown = everyone[:MAX_FOUND]
        for one in shown:
            self._saw(inside, SEARCHED, one.reference)
        if not shown:
            self._saw(inside, SEARCHED, "")
        places = find(typed)
        told = ""
        if len(everyone) > MAX_FOUND:
            told = f"Dit zijn de {MAX_FOUND} nieuwste. Typ ook de voornaam of de familienaam."
        elif not shown and not places:
            told = "We vinden niets. Kijk na of alles juist getypt is, of typ een deel minder."
        return page(200, inside.pages.search_page(typed, places, shown, told))

    # -- addresses and officers

    def _contact(self, inside: Inside, nis_code: str, told: str = "") -> Answer:
        if not is_place(nis_code):
            return self._none(inside, NO_PLACE)
        known = sorted(self._store.contacts(nis_code), key=lambda one: one.order)
        html = inside.pages.contact_page(nis_code, known, told, is_wrong=bool(told))
        return page(409 if told else 200, html)

    def _change_contact(self, inside: Inside, nis_code: str) -> str:
        """Why nothing was done, "" when it was. Raises `StaleError`."""
        try:
            place = place_of(nis_code, inside.said("order"))
        except ValueError:
            return CHOOSE
        known = self._store.contact(f"{place[0]}-{place[1]}")
        what = inside.said("do")
        if what == "set":
            return self._set_address(inside, place, known)
        if known is None or known.state == INACTIVE:
            return NOT_NOW
        if what == "ask":
            confirming.ask(known, inside.who, self._store, self._now)
        elif what == "retire":
            self._store.save_contact(retired(known, inside.who, self._now))
        else:
            return CHOOSE
        return ""

    def _set_address(self, inside: Inside, place: Place, known: Contact | None) -> str:
        try:
            following = set_address(known, place, inside.said("email"), inside.who, self._now)
        except ValueError:
            return f"{NOTHING} Vul een e-mailadres in zoals naam@voorbeeld.be."
        if following is None:
            return f"{NOTHING} Dat adres staat daar al."
        if following.is_placeholder and not self._tools.agency.endswith(".example"):
            return f"{NOTHING} Dat is een voorbeeldadres. Vul het echte adres in."
        confirming.ask(following, inside.who, self._store, self._now)
        return ""

    def _officers(self, inside: Inside, told: str = "") -> Answer:
        html = inside.pages.officers_page(self._store.roster().officers, told)
        return page(409 if told else 200, html)

    def _change_officer(self, inside: Inside) -> str:
        """Why nothing was done, "" when it was."""
        id_, role, what = inside.said("id"), inside.said("role"), inside.said("do")
        steps: dict[str, Callable[[], Officer | None]] = {
            "add": lambda: officers.add(
                id_, inside.said("email"), role, self._store, who=inside.who, now=self._now
            ),
            "role": lambda: officers.change_role(id_, role, inside.who, self._store, self._now),
            "remove": lambda: officers.remove(id_, inside.who, self._store, self._now),
        }
        if what not in steps:
            return CHOOSE
        try:
            done = steps[what]()
        except LastManagerError:
            return LAST_MANAGER
        except UnusableIdError:
            return f"{NOTHING} Een korte naam heeft 2 tot 20 kleine letters, cijfers of streepjes."
        except UnknownRoleError:
            return f"{NOTHING} Kies een rol."
        except cleaning.UnusableAnswerError as error:
            return f"{NOTHING} {error}"
        return "" if done else NOT_NOW

    def _saw(self, inside: Inside, what: str, reference: str) -> None:
        self._store.add_view(View(self._now, inside.who, what, reference))


def _why(outcome: Outcome) -> str:
    """What the page says when a button did nothing; it stood so already is as good as done."""
    if outcome is Outcome.CHANGED:
        return CHANGED
    return "" if outcome in {Outcome.DONE, Outcome.ALREADY} else NOT_NOW
