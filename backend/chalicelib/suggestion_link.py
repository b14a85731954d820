"""
What the address behind the link in the mails to who told us of a project answers: how it stands,
the button that says that it was her, and the one that erases it. It needs no login.
"""

from datetime import datetime
from typing import Any, Protocol

from chalicelib import web
from chalicelib.domain.calendar import in_words, local_date
from chalicelib.domain.handover import VOLUNTEER_PAGE
from chalicelib.domain.registration import STEP_UP
from chalicelib.domain.site import OWN_SUGGESTION
from chalicelib.domain.suggestion import ACCEPTED, REFUSED, Suggestion
from chalicelib.domain.tokens import Keys
from chalicelib.intake import UnreadableError
from chalicelib.suggesting import Store, confirm, erase, of_link
from chalicelib.web import Answer, Request, first, gone, page, pressed, refused, see_other

GONE = (
    "De link is niet volledig, of we wisten je melding al. Zoek onze laatste mail en open de link "
    "daarin."
)
ERASED = "We wisten je naam, je e-mailadres en wat je ons meldde."
SENDER_ERASED = (
    "We wisten je naam en je e-mailadres. Wat je over het project schreef, komt in onze lijst. "
    "Daar staat niet bij van wie het komt."
)
STATES = {
    "": "We lezen na wat je schreef. Daarna mailen we je wat we beslissen.",
    ACCEPTED: "Wat je schreef, komt in onze lijst.",
    REFUSED: "Wat je schreef, komt niet in onze lijst.",
}


class Pages(web.Pages, Protocol):
    def url(self, path: str) -> str: ...
    def render(self, name: str, here: str, **values: Any) -> str: ...


def suggestion_page(pages: Pages, one: Suggestion, told: str = "") -> str:
    """How it stands with what somebody told us of a project; nothing that anybody typed."""
    return pages.render(
        "own-suggestion",
        "",
        told=told,
        reference=one.reference,
        must_confirm=one.hold == STEP_UP,
        is_in=one.decision == ACCEPTED,
        standing=STATES[one.decision],
        suggested_on=in_words(local_date(one.registered_at)),
    )


class SuggestionDoor:
    """The door behind the link `token`."""

    def __init__(self, token: str, store: Store, keys: Keys, pages: Pages, now: datetime) -> None:
        self._token = token
        self._store = store
        self._keys = keys
        self._pages = pages
        self._now = now

    def shown(self) -> Answer:
        """How it stands. Changes nothing, however often it is opened."""
        one = self._known()
        return page(200, suggestion_page(self._pages, one)) if one else gone(self._pages, GONE)

    def acted(self, request: Request) -> Answer:
        """A button was pressed: it is done, and on to the page; or why it was not."""
        try:
            posted = pressed(request, self._pages)
        except UnreadableError as error:
            return refused(request, self._pages, error.status, error.message)
        one = self._known()
        if one is None:
            return gone(self._pages, GONE)
        what = first(posted, "do")
        if what == "erase":
            erase(one.reference, VOLUNTEER_PAGE, self._store, self._now)
            return self._erased()
        if what == "confirm" and one.hold == STEP_UP:
            confirm(one.reference, self._store, self._now)
        elif what != "confirm":
            told = "We deden niets. Kies een van de knoppen."
            return page(422, suggestion_page(self._pages, one, told))
        return see_other(self._pages.url(f"{OWN_SUGGESTION}{self._token}"))

    def _known(self) -> Suggestion | None:
        one = of_link(self._token, self._store, self._keys, self._now)
        return one if one and not one.sender_erased_at else None

    def _erased(self) -> Answer:
        one = of_link(self._token, self._store, self._keys, self._now)
        text = SENDER_ERASED if one and not one.erased_at else ERASED
        return page(200, self._pages.notice_page("Je gegevens zijn gewist", text))
