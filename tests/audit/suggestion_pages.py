"""The pages about a project that somebody told us of, for the audit: of all its doors."""

from dataclasses import replace

from chalicelib.domain import suggestion as steps
from chalicelib.domain import suggestion_form
from chalicelib.domain.form import FieldError, Form, InvalidFormError
from chalicelib.domain.suspicion import HONEYPOT, TOO_FAST
from chalicelib.pages import Pages
from chalicelib.suggestion_link import suggestion_page
from tests.backend.samples import NOW, Changes, project_posted
from tests.backend.test_suggestions_desk import kept, page, press


def examples(pages: Pages) -> dict[str, str]:
    """Each in the states that somebody can meet; a name starts with its template."""
    unsent = Form({}, (FieldError("form", "Het lukte niet."),), fields=suggestion_form.FIELDS)
    _, new = kept()
    accepted = steps.accepted(new, "", "agency", NOW)
    return {
        "suggestion-empty": pages.project_page(_refused()),
        "suggestion-wrong": pages.project_page(
            _refused(existing="compagnons", duos="veel", about="</textarea>=", email="x")
        ),
        "suggestion-unavailable": pages.project_page(unsent, "b5d7"),
        "suggested": pages.thanks_page("MP-7K3F-9Q4D"),
        "own-suggestion": suggestion_page(pages, new),
        "own-suggestion-confirm": suggestion_page(pages, kept(TOO_FAST)[1]),
        "own-suggestion-accepted": suggestion_page(pages, accepted),
        "own-suggestion-refused": suggestion_page(pages, replace(accepted, decision=steps.REFUSED)),
        **_at_the_desk(),
    }


def _at_the_desk() -> dict[str, str]:
    found = {
        "agency-suggestion": page(*kept(existing="compagnons")),
        "agency-suggestion-read": page(*kept(), "read"),
        "agency-suggestion-odd": page(*kept(HONEYPOT)),
    }
    decisions = {
        "accepted": {"do": "accept", "project": "compagnons"},
        "refused": {"do": "refuse", "why": "unclear"},
        "asked": {"do": "ask", "why": "source"},
        "erased": {"do": "erase"},
    }
    for name, posted in decisions.items():
        store, one = kept()
        press(store, one, **posted, decided="0")
        found[f"agency-suggestion-{name}"] = page(store, one)
    return {**found, "agency-suggestion-told": press(*kept(), do="x").body}


def _refused(**changes: Changes) -> Form:
    """The form as it comes back: empty, or right but for these."""
    try:
        suggestion_form.parse(project_posted(**changes) if changes else {})
    except InvalidFormError as error:
        return error.form
    raise AssertionError("nothing is wrong with it")
