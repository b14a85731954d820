"""
Makes the pages that the audit looks at: the site, built anew with a record of which template made
which page, and the pages that only the Lambda shows (`make audit`).
"""

from pathlib import Path

from chalicelib.domain.contact_code import ADVICE, CODE_FIELD, UNREADABLE, CodeForm
from chalicelib.domain.finder import find
from chalicelib.domain.form import FieldError, Form, InvalidFormError, parse
from chalicelib.domain.registration import QUARANTINE, STEP_UP, Registration, held, unheld
from chalicelib.domain.suspicion import HONEYPOT, TOO_FAST
from chalicelib.pages import Pages
from tests.backend.samples import NOW, registration
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
        "review": pages.review_page(_held(QUARANTINE, HONEYPOT)),
        "review-decided": pages.review_page(unheld(_held(QUARANTINE, HONEYPOT), "desk", NOW)),
        "notice": pages.notice_page("Dit lukte niet", "Probeer het opnieuw."),
    }


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
