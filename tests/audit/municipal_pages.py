"""The pages of a municipality's desk, and those at its entrance, in each state."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.desk_pages import AwayForm, DeskPages
from chalicelib.desk_rows import row_of
from chalicelib.domain.candidate_list import ALL, Choice, Sheet, counted, sheet
from chalicelib.domain.candidates import candidates
from chalicelib.domain.deed import DeedForm, InvalidDeedError, read
from chalicelib.domain.following import acted
from chalicelib.domain.handover import DESK, Act, Handover
from chalicelib.domain.municipalities import find_municipality
from chalicelib.domain.registration import Registration
from chalicelib.domain.vacation import Vacation
from chalicelib.entrance import CLOSED, SHUT, USED, AddressForm, EntrancePages
from chalicelib.handling import Case
from chalicelib.municipal_desk import FRONT, NOT_HERE, TOO_LARGE
from chalicelib.pages import Pages
from chalicelib.signing_in import Member
from tests.backend import steps
from tests.backend.samples import AALST, GENT, NOW, registration


def examples(pages: Pages) -> dict[str, str]:
    """Each in each state; a name starts with its template."""
    return _entrance(EntrancePages(pages, FRONT)) | _desk(DeskPages(pages))


def _entrance(pages: EntrancePages) -> dict[str, str]:
    """Where a municipality signs in."""
    member = Member("41002-1", "buddy@aalst.example", "", NOW, "Aalst")
    wrong = AddressForm("<b>", FRONT.field.missing)
    return {
        "sign-in": pages.ask_page(AddressForm()),
        "sign-in-closed": pages.ask_page(AddressForm(), CLOSED),
        "sign-in-shut": pages.ask_page(AddressForm(), SHUT),
        "sign-in-wrong": pages.ask_page(wrong),
        "sign-in-sent": pages.sent_page(),
        "sign-in-open": pages.open_page(member),
        "sign-in-used": pages.notice_page("Deze link werkt niet meer", USED),
    }


def _desk(pages: DeskPages) -> dict[str, str]:
    """What a municipality sees that signed in."""
    aalst = find_municipality(AALST)
    later = NOW + timedelta(days=18)
    new = registration(1, about="Ik ga graag wandelen.\nOok met honden.")
    new = steps.sent(new, AALST, "message", NOW)
    elsewhere = registration(2, name="Jan Janssens", postcode="9000", phone=None, about=None)
    elsewhere = replace(elsewhere, handovers=(Handover(AALST, later, handed_on_by=GENT),))
    called = acted(new, AALST, Act(later, "contacted", DESK, note="Gebeld.\n<b>"))
    paused = replace(called, paused_at=later)
    people = [row_of(one, one.handovers[0], later) for one in (new, elsewhere, paused)]
    slim = [row for one in (new, elsewhere, called) for row in candidates(one)]
    away = Vacation(AALST, NOW.date(), NOW.date() + timedelta(days=30), NOW, "41002-1")
    wrong = AwayForm("", "2026-12-24", {"first": "Vul de eerste dag in, zoals 24-12-2026."})
    several = Sheet(tuple(slim), counted(slim) | {ALL: 5001}, Choice(ALL, page=2))
    return {
        "desk-list": pages.list_page(aalst, several, people, None),
        "desk-list-nobody": pages.list_page(aalst, sheet((), Choice()), (), away),
        "desk-list-all-done": pages.list_page(
            aalst, sheet([*candidates(called)], Choice()), (), None
        ),
        "desk-list-none-of-it": pages.list_page(aalst, sheet(slim, Choice("duo")), (), away),
        "desk-list-changing": pages.list_page(aalst, sheet(slim, Choice(ALL)), (), None),
        "desk-candidate": pages.candidate_page(aalst, _case(new), later),
        "desk-candidate-called": pages.candidate_page(aalst, _case(paused), later),
        "desk-candidate-handed-on": pages.candidate_page(aalst, _case(elsewhere), later),
        "desk-candidate-wrong": pages.candidate_page(aalst, _case(new), later, _refused()),
        "desk-candidate-gone": pages.notice_page("Deze kandidaat is er niet", NOT_HERE),
        "desk-too-large": pages.notice_page("Dit lukte niet", TOO_LARGE),
        "desk-away": pages.away_page(aalst, None),
        "desk-away-set": pages.away_page(aalst, away),
        "desk-away-wrong": pages.away_page(aalst, None, wrong),
    }


def _case(one: Registration) -> Case:
    return Case(one, one.handovers[0])


def _refused() -> DeedForm:
    try:
        read({"act": ["not-now"], "note": ["é" * 501]})
    except InvalidDeedError as error:
        return error.form
    raise AssertionError("this should be refused")
