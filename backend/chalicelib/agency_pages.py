"""
The pages of the agency's desk (agency_desk.py): what they show, in words.

Whoever signed in stands on each of them, and her role decides which buttons there are: the
templates ask `officer.may`. Nothing here decides anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from chalicelib import digest
from chalicelib.acting import acting_on
from chalicelib.deciding import MAX_AT_ONCE, Outcome, Which, may_close, may_resend
from chalicelib.domain.calendar import BRUSSELS, in_words
from chalicelib.domain.candidates import Candidate
from chalicelib.domain.cleaning import shown_phone
from chalicelib.domain.clearing import HANDLED
from chalicelib.domain.contacts import (
    ASKED,
    BOUNCING,
    CONFIRMED,
    IMPORTED,
    INACTIVE,
    LAPSED,
    MAX_ORDER,
    MERGED_FROM,
    MERGED_INTO,
    REGIONS,
    REPLACED,
    RETIRED,
    SET,
    STATES,
    UNCONFIRMED,
    WRONG_CODE,
    Contact,
)
from chalicelib.domain.coverage import coverage
from chalicelib.domain.deed import NOT_POSTED, DeedForm
from chalicelib.domain.deed import STATES as ACT_STATES
from chalicelib.domain.export import choice_of
from chalicelib.domain.finder import Place
from chalicelib.domain.handover import AGENCY_DESK, UNDO_TERM, Handover
from chalicelib.domain.history import event_in_words, reason_in_words, state_of
from chalicelib.domain.municipalities import MUNICIPALITIES, find_municipality
from chalicelib.domain.officers import ADDED, REMOVED, ROLE, Officer
from chalicelib.domain.outbox import Mail
from chalicelib.domain.registration import QUARANTINE, VOLUNTEER, Registration
from chalicelib.domain.rerouting import REFUSALS, can_undo, decisions, is_refused
from chalicelib.domain.retention import VIEW_TERM
from chalicelib.domain.role_address import looks_personal
from chalicelib.domain.session import HANDLE, MANAGE, READ, ROLES, Session
from chalicelib.domain.site import (
    AGENCY_DESK as HOME,
)
from chalicelib.domain.site import (
    DESK_CONTACTS,
    DESK_EXPORTS,
    DESK_FIGURES,
    DESK_MAILS,
    DESK_OFFICERS,
    DESK_REGISTRATION,
    DESK_SEARCH,
    DESK_VIEWS,
    LAYOUT,
    SIGN_OUT,
    WORK_LIST,
    Link,
)
from chalicelib.domain.suspicion import WORDS as SUSPICIONS
from chalicelib.domain.suspicion import held_for
from chalicelib.domain.views import EXPORTED, FETCHED, SEARCHED, VIEWED, View
from chalicelib.domain.wording import thousands
from chalicelib.entrance import Front
from chalicelib.handling import Case
from chalicelib.previews import Preview, framed
from chalicelib.worklist import Filter, Group, Task

FRONT = Front(
    title="Beheer van mijnbuddy",
    lead="Meld je aan met een link. We mailen die naar je adres.",
    label="Je e-mailadres bij ons",
    hint="Het adres waarmee een collega je toegang gaf.",
    home=HOME,
    inside=WORK_LIST,
    help="Vraag aan een collega met de rol «beheren» of je toegang hebt, en met welk adres.",
)

TO_THE_LIST = Link("Naar de werklijst", WORK_LIST)

ROLE_WORDS = {
    READ: "lezen",
    HANDLE: "behandelen",
    MANAGE: "beheren",
}
CONTACT_STATES = {
    CONFIRMED: "bevestigd",
    UNCONFIRMED: "niet bevestigd",
    BOUNCING: "mails komen terug",
    INACTIVE: "niet meer in gebruik",
}
CONTACT_CHANGES = {
    IMPORTED: "Overgenomen uit een lijst",
    SET: "Ingevuld",
    REPLACED: "Vervangt",
    MERGED_FROM: "Overgenomen van",
    MERGED_INTO: "Gaat verder als",
    ASKED: "Code gemaild",
    WRONG_CODE: "Verkeerde code",
    CONFIRMED: "Bevestigd",
    LAPSED: "Niet op tijd bevestigd",
    RETIRED: "Niet meer in gebruik",
}
"""What happened to an address; beside these, why it bounces (history.py)."""
OFFICER_CHANGES = {ADDED: "Toegelaten", ROLE: "Rol", REMOVED: "Weggehaald"}
OUTCOMES = {
    Outcome.DONE: "opnieuw klaargezet",
    Outcome.ALREADY: "vertrok al, of vertrekt zo",
    Outcome.CHANGED: "veranderde intussen",
    Outcome.SENSELESS: "kan niet opnieuw",
    Outcome.GONE: "bestaat niet meer",
}
VIEW_WORDS = {
    VIEWED: "bekeken",
    SEARCHED: "gezocht op naam",
    EXPORTED: "bestand gemaakt",
    FETCHED: "bestand opgehaald",
}


class Rendering(Protocol):
    @property
    def origin(self) -> str: ...
    def url(self, path: str) -> str: ...
    def render(self, name: str, here: str, **values: Any) -> str: ...


@dataclass(frozen=True)
class AtDesk:
    """Who signed in, as the templates ask it."""

    id: str
    role: str
    session: Session

    def may(self, role: str) -> bool:
        return self.session.may(role)


@dataclass(frozen=True)
class ShownMail:
    """A mail of a registration, in words, with the buttons that make sense for it."""

    what: str
    state: str
    reason: str
    moments: tuple[tuple[str, str], ...]
    which: Which
    may_resend: bool
    may_close: bool


@dataclass(frozen=True)
class ShownPlace:
    """A hand-over, in words; `path` is where it can be acted on, "" where it can't."""

    name: str
    state: str
    since: str
    path: str
    note: str


@dataclass(frozen=True)
class ShownContact:
    """A contact address with its history, newest first."""

    contact: Contact
    state: str
    since: str
    confirmed: str
    is_personal: bool
    history: tuple[tuple[str, str, str], ...]


class AgencyPages:
    """The pages inside; `officer` signed in."""

    def __init__(self, pages: Rendering, officer: Session | None = None) -> None:
        self._pages = pages
        self._officer = officer

    def of(self, officer: Session) -> "AgencyPages":
        """The same pages, for who signed in."""
        return AgencyPages(self._pages, officer)

    @property
    def origin(self) -> str:
        return self._pages.origin

    def url(self, path: str) -> str:
        return self._pages.url(path)

    def work_list_page(self, groups: Sequence[Group]) -> str:
        return self.render_inside(
            "agency-work-list",
            WORK_LIST,
            groups=groups,
            count=sum(group.count for group in groups),
        )

    def again_page(self, tasks: Sequence[Task], only: Filter, everything: Sequence[Task]) -> str:
        """The dry run: which mails one press would send again."""
        return self.render_inside(
            "agency-again",
            WORK_LIST,
            tasks=tasks[:MAX_AT_ONCE],
            count=len(tasks),
            most=MAX_AT_ONCE,
            only=only,
            kinds=_choices((task.which.kind, _kind(task)) for task in everything if task.which),
            reasons=_choices((task.item.why, _reason(task)) for task in everything),
            places=_choices((task.item.place, _place(task.item.place)) for task in everything),
        )

    def again_done_page(self, done: Sequence[tuple[Which, Outcome]]) -> str:
        return self.render_inside(
            "agency-again-done",
            WORK_LIST,
            rows=[(which, _place(which.receiver), OUTCOMES[outcome]) for which, outcome in done],
            count=sum(outcome is Outcome.DONE for _, outcome in done),
        )

    def registration_page(self, one: Registration, now: datetime, told: str = "") -> str:
        """Everything of one registration. `told` is why nothing was done."""
        can = can_undo(one, now)
        return self.render_inside(
            "agency-registration",
            "",
            one=one,
            told=told,
            facts=_facts(one),
            standing=_standing(one),
            why_held=SUSPICIONS.get(held_for(one), "Er is iets ongewoons aan.") if one.hold else "",
            is_quarantined=one.hold == QUARANTINE,
            is_refused=is_refused(one),
            may_refuse=not (one.has_left or is_refused(one)),
            decided=decisions(one),
            undo=event_in_words(one, can, "")[0] if can else "",
            undo_until=_hour(can.at + UNDO_TERM) if can else "",
            places=[_place_of(one, handover) for handover in one.handovers],
            mails=[_mail(one, mail, now) for mail in one.mails],
            events=[
                (_moment(event.at), *event_in_words(one, event, "de vrijwilliger"))
                for event in reversed(one.events)
            ],
            handled=list(HANDLED.items()),
            refusals=REFUSALS,
        )

    def handover_page(
        self, case: Case, now: datetime, form: DeedForm = NOT_POSTED, told: str = ""
    ) -> str:
        """One hand-over, with what can be done about it for the place that has it."""
        one = case.registration
        return self.render_inside(
            "agency-handover",
            "",
            one=one,
            place=case.place,
            receiver=case.handover.receiver,
            acting=acting_on(case, now, form),
            told=told,
            path=f"{DESK_REGISTRATION}{one.reference}/",
            decided=decisions(one),
        )

    def search_page(
        self,
        typed: str = "",
        places: Sequence[Place] = (),
        found: Sequence[Registration] = (),
        told: str = "",
    ) -> str:
        """The question; with what was typed, what was found. It came by POST: no name in a URL."""
        rows = [
            (one.reference, one.answers.name, _day(one.registered_at), _places(one))
            for one in found
        ]
        return self.render_inside(
            "agency-search", DESK_SEARCH, typed=typed, places=places, rows=rows, told=told
        )

    def place_page(self, nis_code: str, rows: Sequence[Candidate], page: int, pages: int) -> str:
        """The candidates of one municipality: by reference, as in its own list."""
        return self.render_inside(
            "agency-place",
            DESK_SEARCH,
            place=find_municipality(nis_code).name,
            nis_code=nis_code,
            rows=[
                (row.reference, ACT_STATES[row.state], _day(row.since), row.waits) for row in rows
            ],
            page=page,
            pages=pages,
        )

    def contacts_page(self, contacts: Iterable[Contact], state: str) -> str:
        """All municipalities with their addresses; `state` shows those with one in that state."""
        known: dict[str, list[Contact]] = {}
        for contact in contacts:
            known.setdefault(contact.nis_code, []).append(contact)
        everyone = [(one.nis_code, one.name) for one in MUNICIPALITIES]
        owners = [*REGIONS.items(), *sorted(everyone, key=lambda owner: owner[1])]
        rows = [(code, name, known.get(code, [])) for code, name in owners]
        if state == "none":
            rows = [row for row in rows if not row[2]]
        elif state in STATES:
            rows = [row for row in rows if any(one.state == state for one in row[2])]
        counts = dict.fromkeys(STATES, 0)
        for contact in (one for those in known.values() for one in those):
            counts[contact.state] += 1
        covered = coverage(one for those in known.values() for one in those)
        return self.render_inside(
            "agency-contacts",
            DESK_CONTACTS,
            rows=rows,
            state=state,
            counts=counts,
            states=CONTACT_STATES,
            without=len([code for code, _ in everyone if code not in known]),
            covered=covered,
            share=f"{100 * covered.share:.1f}".replace(".", ","),
        )

    def contact_page(
        self, nis_code: str, contacts: Sequence[Contact], told: str = "", *, is_wrong: bool = False
    ) -> str:
        """The addresses of one municipality, with their history."""
        name = REGIONS.get(nis_code) or find_municipality(nis_code).name
        taken = {one.order for one in contacts}
        return self.render_inside(
            "agency-contact",
            DESK_CONTACTS,
            nis_code=nis_code,
            owner=name,
            contacts=[_contact(one) for one in contacts],
            orders=[(order, order) for order in (*sorted(taken), *_first_free(taken))],
            told=told,
            is_wrong=is_wrong,
        )

    def mails_page(self, previews: Iterable[Preview]) -> str:
        return self.render_inside("agency-mails", DESK_MAILS, previews=list(previews))

    def mail_page(self, preview: Preview) -> str:
        return self.render_inside(
            "agency-mail",
            DESK_MAILS,
            preview=preview,
            email=preview.email,
            framed=framed(preview.email.html, self.url(f"{DESK_MAILS}{preview.code}/{LAYOUT}")),
        )

    def views_page(self, day: date, views: Iterable[View], today: date) -> str:
        return self.render_inside(
            "agency-views",
            DESK_VIEWS,
            day=in_words(day),
            rows=[
                (_hour(view.at), view.officer, VIEW_WORDS[view.what], _seen(view)) for view in views
            ],
            before=(day - timedelta(days=1)).isoformat(),
            after=(day + timedelta(days=1)).isoformat() if day < today else "",
        )

    def officers_page(self, officers: Iterable[Officer], told: str = "") -> str:
        everyone = list(officers)
        return self.render_inside(
            "agency-officers",
            DESK_OFFICERS,
            officers=[one for one in everyone if one.is_active],
            history=sorted(
                (
                    (_moment(change.at), change.who, one.id, _officer_change(change.what))
                    for one in everyone
                    for change in one.changes
                ),
                reverse=True,
            ),
            roles=ROLES,
            told=told,
        )

    def notice_page(self, title: str, text: str) -> str:
        """One message and the way to the work list."""
        return self._pages.render("notice", "", title=title, text=text, link=TO_THE_LIST)

    def render_inside(self, name: str, here: str, **values: Any) -> str:
        """A page for who signed in, from its template; `here` is its place in the menu."""
        if self._officer is None:
            raise RuntimeError("these pages are for who signed in")
        officer = AtDesk(self._officer.subject, self._officer.role, self._officer)
        return self._pages.render(
            name,
            here,
            here_path=here,
            officer=officer,
            desk={"name": "Beheer"},
            ways=_menu(officer),
            sign_out=f"{HOME}{SIGN_OUT}",
            role_words=ROLE_WORDS,
            **values,
        )


def _menu(officer: AtDesk) -> list[Link]:
    links = [
        Link("Werklijst", WORK_LIST),
        Link("Zoeken", DESK_SEARCH),
        Link("Adressen", DESK_CONTACTS),
        Link("Mails", DESK_MAILS),
        Link("Cijfers", DESK_FIGURES),
    ]
    if officer.may(MANAGE):
        links += [
            Link("Bestanden", DESK_EXPORTS),
            Link("Collega’s", DESK_OFFICERS),
            Link("Inzage", DESK_VIEWS),
        ]
    return links


def _facts(one: Registration) -> list[tuple[str, str, str]]:
    """What she told: a label, a text, and a link to it."""
    answers = one.answers
    if one.erased_at:
        return []
    phone = (shown_phone(answers.phone), f"tel:{answers.phone}") if answers.phone else ("", "")
    rows = [
        ("Naam", answers.name, ""),
        ("E-mail", answers.email, f"mailto:{answers.email}?subject={one.reference}"),
        ("Telefoon", *phone),
        ("Woont in", answers.postcode, ""),
        ("Wil buddy zijn in", _places(one), ""),
        ("Bericht", answers.about, ""),
        ("Kwam via", answers.source, ""),
    ]
    return [(label, text or "niet ingevuld", href) for label, text, href in rows]


def _standing(one: Registration) -> str:
    """How it stands with the whole of it, in a sentence."""
    ends = (
        (one.erased_at, "De gegevens zijn gewist."),
        (one.withdrawn_at, "De kandidaat trok zich terug."),
        (is_refused(one), "Geweigerd. Niemand heeft deze aanmelding nog."),
        (one.repeat_of, f"Herhaling van {one.repeat_of}. Niemand kreeg een mail."),
        (one.hold == QUARANTINE, "Wacht op jou: doorlaten of weigeren?"),
        (one.hold, "Wacht tot de kandidaat op de knop in onze mail drukt."),
        (one.paused_at, "De kandidaat vroeg om even te wachten."),
    )
    return next((words for is_so, words in ends if is_so), "Loopt.")


def _place_of(one: Registration, handover: Handover) -> ShownPlace:
    is_open = not handover.ended_at and not one.hold and not one.repeat_of
    notes = (
        (handover.ended_at, f"Weg sinds {_moment(handover.ended_at)}."),
        (handover.declined_at, "De kandidaat zei nee."),
        (handover.lapsed_at, "De kandidaat antwoordde niet."),
        (handover.partner and not handover.agreed_at, "Wacht op het ja van de kandidaat."),
        (handover.waits and is_open, "Wacht nog op contact."),
    )
    return ShownPlace(
        name=one.called(handover.receiver),
        state=ACT_STATES[handover.state],
        since=_moment(handover.since),
        path=f"{DESK_REGISTRATION}{one.reference}/{handover.receiver}/" if is_open else "",
        note=next((words for is_so, words in notes if is_so), ""),
    )


def _mail(one: Registration, mail: Mail, now: datetime) -> ShownMail:
    last = mail.sendings[-1] if mail.sendings else None
    waits_until = "mag weg vanaf" if mail.queued_at > now else "klaargezet"
    moments = [
        (waits_until, mail.queued_at),
        ("vertrokken", mail.sent_at),
        ("aangekomen", mail.delivered_at),
        ("kwam terug", last.at("bounced") if last else None),
        ("wacht sinds", mail.attention_at),
        ("afgesloten", mail.dropped_at),
        ("volgende stap", mail.next_at),
    ]
    reason = digest.reason(mail) if mail.attention_at else reason_in_words(mail.reason)
    return ShownMail(
        what=digest.about(mail),
        state=state_of(mail),
        reason=reason,
        moments=tuple((label, _moment(at)) for label, at in moments if at),
        which=Which(one.reference, *mail.name),
        may_resend=may_resend(one, mail, AGENCY_DESK, now),
        may_close=may_close(one, mail, now),
    )


def _seen(view: View) -> str:
    """Whom somebody saw, or what is in the file."""
    if view.about:
        return f"{choice_of(view.about).in_words()} (aantal: {thousands(view.count)})"
    return view.reference or "geen gevonden"


def _first_free(taken: set[int]) -> list[int]:
    """The place after the last one that is in use, if there is one left."""
    return [order for order in range(1, MAX_ORDER + 1) if order not in taken][:1]


def _contact(contact: Contact) -> ShownContact:
    return ShownContact(
        contact=contact,
        state=CONTACT_STATES[contact.state],
        since=_day(contact.since),
        confirmed=_day(contact.confirmed_at) if contact.confirmed_at else "",
        is_personal=looks_personal(contact.email),
        history=tuple(
            (_moment(change.at), change.who, _contact_change(change.what))
            for change in reversed(contact.changes)
        ),
    )


def _contact_change(what: str) -> str:
    """«Vervangt buddy@aalst.example», «De mailbox was vol»."""
    code, _, more = what.partition(" ")
    words = CONTACT_CHANGES.get(code) or reason_in_words(code).rstrip(".")
    return f"{words} {more.replace('under ', 'onder ')}".strip()


def _officer_change(what: str) -> str:
    """«Rol: beheren»."""
    code, _, role = what.partition(" ")
    return f"{OFFICER_CHANGES[code]}{': ' + ROLE_WORDS[role] if role else ''}"


def _choices(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Each code that is there, its words, and how often, most first."""
    counts: dict[tuple[str, str], int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0][1]))
    return [(code, words, count) for (code, words), count in ordered if code]


def _kind(task: Task) -> str:
    return digest.kind_in_words(task.which.kind) if task.which else ""


def _reason(task: Task) -> str:
    if task.item.why == digest.ASTRAY:
        return "Verkeerd adres"
    return reason_in_words(task.item.why)


def _place(receiver: str) -> str:
    """The name of a receiver, or the code itself where it is none."""
    if receiver in REGIONS:
        return REGIONS[receiver]
    if receiver == VOLUNTEER:
        return "de vrijwilliger"
    if receiver.isdigit():
        try:
            return find_municipality(receiver).name
        except LookupError:
            return receiver
    return receiver


def _places(one: Registration) -> str:
    return ", ".join(place.name for place in one.answers.municipalities)


def _day(at: datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%d/%m/%Y}"


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(BRUSSELS):%d/%m/%Y %H.%M}" if at else ""


def _hour(at: datetime) -> str:
    return f"{at.astimezone(BRUSSELS):%H.%M}"


def day_of(text: str, now: datetime) -> date:
    """
    The day that a query names, of those that may have entries; today (in UTC, as the entries are
    kept) for any other text.
    """
    today = now.date()
    try:
        return max(today - VIEW_TERM, min(date.fromisoformat(text), today))
    except ValueError:
        return today
