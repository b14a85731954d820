"""
Makes the pages that the audit looks at: the site, built anew with a record of which template made
which page, and the pages that only the Lambda shows (`make audit`).
"""

from datetime import timedelta
from pathlib import Path

from chalicelib import publishing
from chalicelib.candidate_link import GONE, REVOKED, TOLD
from chalicelib.candidate_pages import CandidatePages
from chalicelib.domain.contact_code import ADVICE, CODE_FIELD, UNREADABLE, CodeForm
from chalicelib.domain.deed import InvalidDeedError, read
from chalicelib.domain.finder import find
from chalicelib.domain.following import acted, declined, handed_on, proposed
from chalicelib.domain.form import FieldError, Form, InvalidFormError, parse
from chalicelib.domain.handover import LINK, Act, Partner
from chalicelib.domain.registration import STEP_UP, Registration, held
from chalicelib.domain.suspicion import TOO_FAST
from chalicelib.handling import Case
from chalicelib.pages import Pages
from tests.audit import agency_pages, municipal_pages, own_pages, suggestion_pages
from tests.backend.samples import AALST, GENT, NOW, registration
from tests.backend.tallies import first_week, published
from tests.built_site import Site, build

AUDIT = Path("build/audit")
LAMBDA_PAGES = AUDIT / "pages"
SITE = Site(AUDIT / "site", AUDIT / "site.json")


def addresses() -> list[str]:
    """Every page of the site, and every page that the Lambda shows."""
    return SITE.addresses + [f"/{file.name}" for file in sorted(LAMBDA_PAGES.glob("*.html"))]


def examples() -> dict[str, str]:
    """The Lambda's pages in each state that a visitor can meet; a name starts with its template."""
    pages = Pages("")
    unavailable = Form({"name": ["Griet"]}, (FieldError("form", "Het lukte niet."),))
    return {
        "registration-empty": pages.registration_page(_refused({})),
        "registration-shared-postcode": pages.registration_page(
            _refused({"postcode": ["1040"], "name": ["<b>\"'&"], "about": ["</textarea>"]})
        ),
        "registration-unknown-postcode": pages.registration_page(_refused({"postcode": ["1005"]})),
        "registration-unknown-field": pages.registration_page(_refused({"onbekend": ["veld"]})),
        "registration-unavailable": pages.registration_page(unavailable, "b5d7"),
        "thanks": pages.thanks_page("MB-7K3F-9Q4D"),
        "thanks-without-reference": pages.thanks_page(""),
        "search-choice": pages.search_page("Aalst", find("Aalst")),
        "search-nothing": pages.search_page("<Nergens>", ()),
        "contact-confirm": pages.confirm_contact_page(CodeForm()),
        **{
            f"contact-confirm-{number}": pages.confirm_contact_page(CodeForm("41002-1-<b>", told))
            for number, told in enumerate((CODE_FIELD.missing, UNREADABLE, *ADVICE.values()))
        },
        "contact-confirmed": pages.contact_confirmed_page("Aalst", already=False),
        "contact-confirmed-already": pages.contact_confirmed_page("Aalst", already=True),
        "step-up": pages.step_up_page(_held(STEP_UP, TOO_FAST)),
        "notice": pages.notice_page("Dit lukte niet", "Probeer het opnieuw."),
        "figures": publishing.page(published(), pages),
        "figures-first-week": publishing.page(first_week(), pages),
        **_candidates(CandidatePages(pages)),
        **municipal_pages.examples(pages),
        **agency_pages.examples(pages),
        **own_pages.examples(pages),
        **suggestion_pages.examples(pages),
    }


def _candidates(pages: CandidatePages) -> dict[str, str]:
    """One candidate, as a municipality meets her behind the link in its mail."""
    new = registration(name="Anaïs D’Hondt", about="Ik ga graag wandelen.")
    seen = acted(new, AALST, Act(NOW, "opened", LINK))
    later = NOW + timedelta(days=20)
    contacted = acted(seen, AALST, Act(later, "contacted", LINK))
    brug = Partner("De Brug", "brug@partner.example")
    asked = proposed(contacted, AALST, brug, Act(later, "handed-on", LINK))
    on = handed_on(seen, AALST, Act(NOW, "handed-on", LINK, to=GENT))
    not_now = acted(seen, AALST, Act(NOW, "not-now", LINK, why="no-match"))
    wrong: list[dict[str, list[str]]] = [
        {"act": ["not-now"], "note": ["é" * 501]},
        {"act": ["handed-on"]},
        {"act": ["propose"], "partner_name": ["<b>"], "partner_email": ["x"]},
        {},
    ]
    shown = {
        "candidate": pages.candidate_page(_case(new), NOW),
        "candidate-late": pages.candidate_page(_case(seen), later),
        "candidate-contacted": pages.candidate_page(_case(contacted), later),
        "candidate-asked": pages.candidate_page(_case(asked), later),
        "candidate-declined": pages.candidate_page(
            _case(declined(asked, "partner-1", later)), later
        ),
        "candidate-handed-on": pages.candidate_page(_case(on, GENT), NOW),
        "candidate-not-now": pages.candidate_page(_case(not_now), NOW + timedelta(hours=2)),
        "candidate-gone": pages.notice_page("Deze link werkt niet meer", GONE),
        "candidate-revoked": pages.notice_page("De link is ingetrokken", REVOKED),
    }
    for number, told in enumerate(TOLD.values()):
        shown[f"candidate-told-{number}"] = pages.candidate_page(_case(seen), NOW, told=told)
    for number, posted in enumerate(wrong):
        try:
            read(posted)
        except InvalidDeedError as error:
            shown[f"candidate-wrong-{number}"] = pages.candidate_page(_case(seen), NOW, error.form)
    return shown


def _case(one: Registration, receiver: str = AALST) -> Case:
    handover = one.handover(receiver)
    if handover is None:
        raise AssertionError("she is not there")
    return Case(one, handover)


def _held(hold: str, why: str) -> Registration:
    return held(registration(municipality=["41002", "44021"]), hold, why, NOW)


def _refused(posted: dict[str, list[str]]) -> Form:
    try:
        parse(posted)
    except InvalidFormError as error:
        return error.form
    raise AssertionError("these answers should be refused")


def write(folder: Path) -> None:
    """One file for each of the examples."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, html in examples().items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    write(LAMBDA_PAGES)
    build(SITE.folder)
