"""
What the address behind the link in a municipality's mail answers. It needs no login: whoever has
the mail may press, so it shows what is needed for that and nothing more.
"""

from datetime import datetime
from typing import Protocol

from chalicelib import web
from chalicelib.domain.deed import REVOKE, DeedForm, InvalidDeedError, read
from chalicelib.domain.form import Posted
from chalicelib.domain.handover import LINK
from chalicelib.domain.site import CANDIDATE
from chalicelib.domain.tokens import Keys
from chalicelib.handling import Case, Outcome, Store, act, of_link
from chalicelib.intake import UnreadableError
from chalicelib.web import Answer, Request, gone, page, pressed, refused, see_other

GONE = (
    "De link is te oud, niet volledig of ingetrokken. Of de aanmelding is er niet meer. Open de "
    "pagina voor gemeenten: daar staan al je kandidaten. Lukt dat niet? Antwoord op onze mail."
)
REVOKED = (
    "Niemand kan de link nog gebruiken. Wil je later nog iets melden? Open dan de pagina voor "
    "gemeenten: daar staan al je kandidaten. Of antwoord op onze mail."
)
TOLD = {
    Outcome.CHANGED: "We deden niets. Er veranderde iets sinds je deze pagina opende. "
    "Kijk wat er nu staat. Klopt het niet? Druk dan opnieuw.",
    Outcome.TOO_LATE: "Ongedaan maken kan maar een uur lang. Druk op de knop die nu klopt.",
    Outcome.TOO_OFTEN: "Hier werd al te veel gemeld of te vaak doorgegeven. We deden niets. "
    "Antwoord op onze mail: dan helpen we je.",
}


class Pages(web.Pages, Protocol):
    def url(self, path: str) -> str: ...
    def candidate_page(
        self, case: Case, now: datetime, form: DeedForm = ..., told: str = ...
    ) -> str: ...


class Door:
    """The door behind the link `token`: what it needs to look and to act."""

    def __init__(self, token: str, store: Store, keys: Keys, pages: Pages, now: datetime) -> None:
        self._token = token
        self._store = store
        self._keys = keys
        self._pages = pages
        self._now = now

    def shown(self) -> Answer:
        """The candidate, and the buttons. Changes nothing, however often it is opened."""
        case = self._case()
        if case is None:
            return gone(self._pages, GONE)
        return page(200, self._pages.candidate_page(case, self._now))

    def acted(self, request: Request) -> Answer:
        """A button was pressed: it is done, and on to the page that shows so; or why it was not."""
        try:
            posted = pressed(request, self._pages)
        except UnreadableError as error:
            return refused(request, self._pages, error.status, error.message)
        case = self._case()
        return self._done(case, posted) if case else gone(self._pages, GONE)

    def _done(self, case: Case, posted: Posted) -> Answer:
        try:
            deed = read(posted)
            handled = act(case, deed, LINK, self._store, self._now)
        except InvalidDeedError as error:
            return page(422, self._pages.candidate_page(case, self._now, error.form))
        if handled is None:
            return gone(self._pages, GONE)
        if handled.outcome in TOLD:
            told = TOLD[handled.outcome]
            return page(409, self._pages.candidate_page(handled.case, self._now, told=told))
        if deed.what == REVOKE:
            return page(200, self._pages.notice_page("De link is ingetrokken", REVOKED))
        return see_other(self._pages.url(f"{CANDIDATE}{self._token}"))

    def _case(self) -> Case | None:
        return of_link(self._token, self._store, self._keys, self._now)
