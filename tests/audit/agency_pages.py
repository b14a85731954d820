"""The pages of the agency's desk, in each state that an officer can meet, for the audit."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib import counting
from chalicelib.agency_desk import (
    ACTED,
    CHANGED,
    IMPOSSIBLE,
    LAST_MANAGER,
    NOT_ALLOWED,
    Inside,
)
from chalicelib.agency_pages import FRONT, AgencyPages
from chalicelib.deciding import Outcome
from chalicelib.domain import export as exports
from chalicelib.domain import officers, outbox
from chalicelib.domain.candidates import candidates
from chalicelib.domain.contacts import BOUNCING, asked, replaced
from chalicelib.domain.deed import InvalidDeedError, read
from chalicelib.domain.export import CSV, XLSX, Choice
from chalicelib.domain.finder import find
from chalicelib.domain.following import acted
from chalicelib.domain.handover import LINK, Act
from chalicelib.domain.incidents import SILENCE, Incident
from chalicelib.domain.ledger import entries
from chalicelib.domain.registration import QUARANTINE, Registration, held
from chalicelib.domain.rerouting import refused_for, rerouted
from chalicelib.domain.session import AGENCY, MANAGE, READ, began
from chalicelib.domain.suspicion import HONEYPOT
from chalicelib.domain.views import EXPORTED, FETCHED, SEARCHED, VIEWED, View
from chalicelib.entrance import AddressForm, EntrancePages
from chalicelib.exports_desk import ExportsDesk
from chalicelib.figures_desk import ANSWER, FiguresDesk
from chalicelib.handling import Case
from chalicelib.pages import Pages
from chalicelib.previews import Preview, Previews
from chalicelib.web import Answer
from chalicelib.worklist import Filter, groups, resendable
from tests.backend.fakes import FakeStore
from tests.backend.samples import AALST, GENT, NOW, contact, mail_to, registration

LATER = NOW + timedelta(days=20)
AGENCY_ADDRESS = "desk@mijnbuddy.example"
_STYLESHEET = re.compile(r"&lt;link rel=.{1,9}stylesheet.*?&gt;")


def examples(pages: Pages) -> dict[str, str]:
    """
    Each in each state; a name starts with its template. The mail in its frame is without its own
    stylesheet, which only the desk gives.
    """
    inside = AgencyPages(pages).of(began(AGENCY, "an-p", MANAGE, NOW)[1])
    reader = AgencyPages(pages).of(began(AGENCY, "bo", READ, NOW)[1])
    entrance = EntrancePages(pages, FRONT)
    store = _store()
    everything = resendable(store, Filter(), LATER)
    which = everything[0].which
    if which is None:
        raise AssertionError("nothing can be sent again")
    late = outbox.handed_over(registration(), mail_to(registration()), "no-receipt", NOW)
    seen = acted(late, AALST, Act(NOW, "opened", LINK))
    gone = rerouted(seen, AALST, GENT, "agency", NOW)
    waiting = held(registration(), QUARANTINE, HONEYPOT, NOW)
    rows = [row for number in range(1, 4) for row in candidates(registration(number))]
    told = next(iter(IMPOSSIBLE.values()))
    return {
        "sign-in-agency": entrance.ask_page(AddressForm()),
        "agency-work-list": inside.work_list_page(groups(store, AGENCY_ADDRESS, LATER)),
        "agency-work-list-empty": reader.work_list_page(()),
        "agency-again": inside.again_page(everything, Filter(), everything),
        "agency-again-many": inside.again_page(everything * 60, Filter(), everything * 60),
        "agency-again-none": inside.again_page((), Filter(place=GENT), everything),
        "agency-again-done": inside.again_done_page([(which, one) for one in Outcome]),
        "agency-registration": inside.registration_page(seen, LATER),
        "agency-registration-told": inside.registration_page(seen, LATER, CHANGED),
        "agency-registration-read": reader.registration_page(seen, LATER),
        "agency-registration-held": inside.registration_page(waiting, LATER),
        "agency-registration-rerouted": inside.registration_page(gone, LATER),
        "agency-registration-undo": inside.registration_page(
            refused_for(seen, "no-place", "agency", LATER), LATER
        ),
        "agency-registration-refused": inside.registration_page(
            refused_for(seen, "no-place", "agency", NOW), LATER
        ),
        "agency-handover": inside.handover_page(_case(seen), LATER),
        "agency-handover-told": inside.handover_page(_case(seen), LATER, told=told),
        "agency-handover-acted": inside.handover_page(
            _case(seen), LATER, told=next(iter(ACTED.values()))
        ),
        "agency-handover-read": reader.handover_page(_case(seen), LATER),
        "agency-handover-wrong": _wrong(inside, seen),
        "agency-search": inside.search_page(),
        "agency-search-found": inside.search_page("aalst", find("Aalst"), [seen], "Typ meer."),
        "agency-place": inside.place_page(AALST, rows, 2, 3),
        "agency-place-empty": inside.place_page(AALST, (), 1, 1),
        "agency-contacts": inside.contacts_page(store.all_contacts(), ""),
        "agency-contacts-bouncing": inside.contacts_page(store.all_contacts(), BOUNCING),
        "agency-contact": inside.contact_page(AALST, list(store.contacts(AALST))),
        "agency-contact-none": inside.contact_page(GENT, (), CHANGED),
        "agency-mails": inside.mails_page(Previews("https://x.example", AGENCY_ADDRESS, NOW).all()),
        "agency-mail": _STYLESHEET.sub("", inside.mail_page(_preview("refusal"))),
        "agency-views": inside.views_page(
            NOW.date(),
            [
                View(NOW, "an-p", VIEWED, seen.reference),
                View(NOW, "bo", SEARCHED),
                View(NOW, "an-p", EXPORTED, about=Choice(CSV, place=AALST).code, count=12),
                View(NOW, "an-p", FETCHED, about=Choice(CSV, place=AALST).code, count=12),
            ],
            LATER.date(),
        ),
        "agency-views-empty": inside.views_page(LATER.date(), (), LATER.date()),
        "agency-figures": _figures(inside, {"vergelijk": "2026-01-01", "per": "municipality"}),
        "agency-figures-answer": _figures(inside, {"wat": ANSWER}),
        "agency-figures-wrong": _figures(inside, {"dag": "morgen", "vergelijk": "gisteren"}),
        "agency-exports": _exports(inside, store, {}),
        "agency-exports-wrong": _exports(inside, store, {"kind": "csv", "first": "gisteren"}),
        "agency-exports-empty": _exports(inside, FakeStore(), {}),
        "agency-officers": inside.officers_page(store.roster().officers, LAST_MANAGER),
        "notice-agency": reader.notice_page("Dit mag je niet doen", NOT_ALLOWED),
    }


def _figures(inside: AgencyPages, asked: dict[str, str]) -> str:
    session = began(AGENCY, "an-p", MANAGE, NOW)[1]
    store = FakeStore()
    for number in range(1, 12):
        for entry in entries(registration(number)):
            store.append(entry)
    counting.repaired(store, LATER)
    counting.count(store, LATER)
    return FiguresDesk(_Gate(Inside(session, inside, {})), store, LATER).page(asked).body


def _preview(code: str) -> Preview:
    preview = Previews("https://x.example", AGENCY_ADDRESS, NOW).of(code)
    if preview is None:
        raise AssertionError("there is no such mail")
    return preview


def _store() -> FakeStore:
    """Something of everything that can wait."""
    store = FakeStore()
    store.save_contact(replaced(contact(), "jan.peeters@aalst.example", "an-p", NOW))
    store.save_contact(asked(contact(GENT, "buddy@gent.example", state=BOUNCING), "an-p", NOW))
    for number in range(1, 12):
        one = registration(number)
        store.add(outbox.handed_over(one, mail_to(one), "came-back-from-all", NOW))
    store.add(held(registration(20), QUARANTINE, HONEYPOT, NOW))
    store.add(acted(registration(21), AALST, Act(NOW, "wrong-address", LINK)))
    store.save_incident(Incident(SILENCE, NOW, None, NOW))
    an = officers.added(None, "an-p", "an@agentschap.be", MANAGE, who="make run", now=NOW)
    store.save_roster(officers.enrolled(store.roster(), an))
    store.save_export(exports.asked(Choice(XLSX), "an-p", LATER))
    ready = exports.asked(Choice(CSV, place=AALST), "bo", LATER)
    store.save_export(exports.made(ready, 1234, 345_678, LATER))
    store.save_export(exports.failed(exports.asked(Choice(CSV), "bo", LATER), LATER))
    return store


@dataclass(frozen=True)
class _Gate:
    """Lets an officer in, with what she posted."""

    inside: Inside

    def shown_inside(self, _: str, view: Callable[[Inside], Answer]) -> Answer:
        return view(self.inside)

    done_inside = shown_inside


def _exports(pages: AgencyPages, store: FakeStore, posted: dict[str, str]) -> str:
    """The page of the files; with what was posted, when that is wrong."""
    session = began(AGENCY, "an-p", MANAGE, NOW)[1]
    inside = Inside(session, pages, {name: [value] for name, value in posted.items()})
    desk = ExportsDesk(_Gate(inside), store, LATER)
    return (desk.asked() if posted else desk.page()).body


def _case(one: Registration) -> Case:
    handover = one.handover(AALST)
    if handover is None:
        raise AssertionError("she is not there")
    return Case(replace(one), handover)


def _wrong(pages: AgencyPages, one: Registration) -> str:
    try:
        read({"act": ["not-now"]})
    except InvalidDeedError as error:
        return pages.handover_page(_case(one), LATER, error.form)
    raise AssertionError("this should be refused")
