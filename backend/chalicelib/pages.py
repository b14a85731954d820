"""
The pages that depend on what was asked or posted, as HTML: the form with its errors, the
confirmation, the answer to a search, and every other message.

They share shell, form and components with the site that Pelican builds. Nothing here reads the
environment or knows HTTP: values in, text out.
"""

import uuid
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.domain.calendar import in_words, local_date
from chalicelib.domain.form import Field, Form
from chalicelib.domain.reference import is_reference, is_suggestion
from chalicelib.domain.registration import Registration
from chalicelib.domain.site import (
    CONFIRM_CONTACT,
    SEARCH,
    SIGN_UP,
    SUGGEST,
    TEMPLATE_OPTIONS,
    THANKS,
    Link,
    base_of,
    origin_of,
    template_globals,
)

if TYPE_CHECKING:
    from jinja2 import Environment

    from chalicelib.domain.contact_code import CodeForm
    from chalicelib.domain.finder import Place

TEMPLATES = Path(__file__).parent / "templates"

TO_THE_FORM = Link("Naar het formulier", SIGN_UP)


class Pages:
    """The pages of the site at `site_url`: "", a path such as «/buddy», or a full address."""

    def __init__(self, site_url: str) -> None:
        self._site_url = site_url

    def url(self, path: str) -> str:
        """A path of the site as a link: below the path where the site lives."""
        return base_of(self._site_url) + path

    @property
    def origin(self) -> str:
        """Scheme and host of the site; "" when they are not known."""
        return origin_of(self._site_url)

    def registration_page(self, form: Form, submission_id: str = "") -> str:
        """
        The form again, with what was posted and what is wrong with it.

        With a `submission_id` the next attempt is the same submission: the first may have been
        stored after all. Without one it is a new submission, as nothing was stored.
        """
        return self._form_page("registration", SIGN_UP, form, submission_id)

    def project_page(self, form: Form, submission_id: str = "") -> str:
        """The same of the form about a project."""
        return self._form_page("suggestion", SUGGEST, form, submission_id)

    def _form_page(self, name: str, here: str, form: Form, submission_id: str) -> str:
        return self.render(
            name,
            here,
            form=form,
            submission_id=submission_id or str(uuid.uuid4()),
            again=bool(submission_id),
            errors=[(error, _field_id(form.fields.get(error.field))) for error in form.errors],
        )

    def thanks_page(self, reference: str = "") -> str:
        """
        The confirmation, of who signed up or who told us of a project; a reference that can't be
        one is not repeated.
        """
        if is_suggestion(reference):
            return self.render("suggested", THANKS, reference=reference)
        return self.render("thanks", THANKS, reference=reference if is_reference(reference) else "")

    def search_page(self, query: str, places: "Sequence[Place]") -> str:
        """The choice that a search leaves: several municipalities, or all when none was found."""
        from chalicelib.domain.finder import MAX_QUERY

        return self.render("search", SEARCH, query=query.strip()[:MAX_QUERY], places=places)

    def confirm_contact_page(self, form: "CodeForm") -> str:
        """Where a municipality enters the code that it was mailed; with what is wrong with it."""
        from chalicelib.domain.contact_code import CODE_FIELD

        return self.render("contact-confirm", CONFIRM_CONTACT, field=CODE_FIELD, form=form)

    def contact_confirmed_page(self, owner: str, *, already: bool) -> str:
        """Whose address is confirmed, now or `already` before."""
        return self.render("contact-confirmed", CONFIRM_CONTACT, owner=owner, already=already)

    def step_up_page(self, registration: Registration) -> str:
        """Was it you? With the one button that says yes, and nothing that anybody typed."""
        return self.render(
            "step-up",
            "",
            registered_on=in_words(local_date(registration.registered_at)),
            municipalities=registration.answers.municipalities,
        )

    def notice_page(self, title: str, text: str) -> str:
        """One message and the way back to the form: a conflict, a fault of ours, …"""
        return self.render("notice", "", title=title, text=text, link=TO_THE_FORM)

    def render(self, name: str, here: str, **values: Any) -> str:
        """A page from its template in `templates/pages/`; `here` is its place in the menu."""
        template = _environment(self._site_url).get_template(f"pages/{name}.html")
        return template.render(here=here, **values)


@cache
def _environment(site_url: str) -> "Environment":
    """With every template that was read: to compile one takes longer than to fill it in."""
    # Who registers is sent on to a page of the site: it takes no template of ours.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 (TEMPLATE_OPTIONS turns autoescape on)
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        auto_reload=False,
        **TEMPLATE_OPTIONS,
    )
    environment.globals |= template_globals(site_url)
    return environment


def _field_id(field: Field | None) -> str:
    """The element to go to for an error: the field, or the form for what a visitor can't see."""
    return "form" if field is None or field.kind == "hidden" else field.name
