"""
The page where a municipality enters the code that it was mailed: its address is confirmed.
"""

from collections.abc import Callable
from typing import Protocol

from chalicelib import web
from chalicelib.domain.contact_code import (
    ADVICE,
    CODE_FIELD,
    UNREADABLE,
    CodeForm,
    Entered,
    Outcome,
)
from chalicelib.intake import UnreadableError
from chalicelib.web import Answer, Request, first, page, pressed, refused


class Pages(web.Pages, Protocol):
    def confirm_contact_page(self, form: CodeForm) -> str: ...
    def contact_confirmed_page(self, owner: str, *, already: bool) -> str: ...


def shown(pages: Pages) -> Answer:
    return page(200, pages.confirm_contact_page(CodeForm()))


def entered(request: Request, enter: Callable[[str], Entered | None], pages: Pages) -> Answer:
    """Enter a code: the address is confirmed, or the form again with what to do."""
    try:
        posted = pressed(request, pages)
    except UnreadableError as error:
        return refused(request, pages, error.status, error.message)
    typed = first(posted, CODE_FIELD.name)
    found = enter(typed)
    if found is None:
        message = UNREADABLE if typed.strip() else CODE_FIELD.missing
        return page(422, pages.confirm_contact_page(CodeForm(typed, message)))
    if found.outcome in ADVICE:
        message = ADVICE[found.outcome]
        return page(422, pages.confirm_contact_page(CodeForm(typed, message)))
    already = found.outcome is Outcome.ALREADY
    return page(200, pages.contact_confirmed_page(found.owner, already=already))
