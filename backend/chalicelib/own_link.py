"""
What the addresses behind the links in a volunteer's mails answer: her own page, all that we know
of her, one question, and the button of a new e-mail address. They need no login.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from chalicelib import web
from chalicelib.domain import cleaning, wish
from chalicelib.domain.form import Form, Posted
from chalicelib.domain.own import TooOftenError
from chalicelib.domain.recent import address_of
from chalicelib.domain.registration import Registration
from chalicelib.domain.site import OWN, QUESTION
from chalicelib.domain.wish import InvalidWishError, Wish
from chalicelib.granting import (
    Asked,
    ChangedError,
    Granted,
    Means,
    Outcome,
    answer,
    confirm_address,
    grant,
    of_data_link,
    of_link,
    of_new_address,
    of_question,
)
from chalicelib.intake import UnreadableError
from chalicelib.takeout import takeout
from chalicelib.web import Answer, Request, first, gone, page, pressed, refused, see_other

GONE = (
    "De link is te oud, niet volledig of vervangen. Of we wisten je aanmelding. Zoek onze laatste "
    "mail en open de link daarin. Lukt dat niet? Antwoord op een van onze mails."
)
DATA_GONE = (
    "Deze link werkt maar 24 uur. Open je eigen pagina met de link in een andere mail van ons. "
    "Daar vraag je een nieuwe."
)
ADDRESS_GONE = (
    "De knop werd al gebruikt, of de link is te oud. Open je eigen pagina met de link in onze "
    "laatste mail. Daar zie je hoe het staat."
)
ERASED = (
    "We wisten al je gegevens. Wie een mail over je kreeg, vragen we om die ook te wissen. Wil je "
    "later toch buddy worden? Dan kan je je opnieuw aanmelden."
)
DONE = {
    wish.EMAIL: "We mailen nu een knop naar je nieuwe adres. Druk daarop om het te bevestigen. "
    "Tot dan blijft je oude adres gelden.",
    wish.KEEP_EMAIL: "Goed. Je e-mailadres blijft zoals het was.",
    wish.PHONE: "We pasten je telefoonnummer aan. Wie je aanmelding heeft, krijgt het ook.",
    wish.NO_PHONE: "We wisten je telefoonnummer. Wie je aanmelding heeft, weet dat ook.",
    wish.ADD: "We sturen je aanmelding naar de gemeente die je koos.",
    wish.TAKE_AWAY: "We haalden die plek weg. Kreeg ze je aanmelding al? Dan vertellen we het.",
    wish.PAUSE: "Je pauze begint nu. Kom terug wanneer je weer kan.",
    wish.RESUME: "Fijn dat je er weer bent! Je aanmelding loopt verder.",
    wish.AGREE: "We sturen je aanmelding nu door.",
    wish.DECLINE: "Goed. We sturen je aanmelding daar niet heen.",
    wish.NEW_LINK: "We mailen je nu een nieuwe link. De oude links werken niet meer.",
    wish.DATA: "We mailen je nu een link naar al je gegevens. Die link werkt 24 uur.",
    wish.NO_QUESTIONS: "Goed. We stellen je geen vragen meer.",
    wish.QUESTIONS: "Goed. We vragen je later hoe het loopt.",
    wish.KEEP: "We bewaren je aanmelding langer.",
}
"""What the page tells after each button; its code goes along in the address (`?gedaan=`)."""
NOT_DONE = {
    Outcome.CHANGED: "We deden niets. Er veranderde iets sinds je deze pagina opende. Kijk wat er "
    "nu staat. Klopt het niet? Druk dan opnieuw.",
    Outcome.TOO_OFTEN: "We deden niets, want je vroeg dit al te vaak. Antwoord op een van onze "
    "mails. Dan helpen we je.",
    Outcome.TOO_SOON: "Je e-mailadres is nog maar net veranderd. Daarom mailen we je gegevens pas "
    "na een week. Is het dringend? Antwoord op een van onze mails.",
    Outcome.HELD: "Dat kan nu niet. Je kan wel je aanmelding intrekken of alles wissen.",
}
MESSAGE = "gedaan"
"""The parameter with the code of what was done."""
AS_JSON = "json"


class Pages(web.Pages, Protocol):
    def url(self, path: str) -> str: ...
    def own_page(
        self,
        registration: Registration,
        now: datetime,
        *,
        told: str = ...,
        form: Form = ...,
        action: str = ...,
    ) -> str: ...
    def sure_page(self, registration: Registration, action: str) -> str: ...
    def left_page(self, registration: Registration, told: str = ...) -> str: ...
    def question_page(self, asked: Asked, link: str, told: str = ...) -> str: ...
    def new_address_page(self) -> str: ...
    def data_page(self, registration: Registration, known: dict[str, Any]) -> str: ...


class Links(Protocol):
    def own(self, registration: Registration) -> str: ...


class Door:
    """The door behind the link `token`: what it needs to look and to act."""

    def __init__(self, token: str, means: Means, links: Links, pages: Pages) -> None:
        self._token = token
        self._means = means
        self._links = links
        self._pages = pages

    def shown(self, message: str) -> Answer:
        """Her page. Changes nothing, however often it is opened."""
        registration = of_link(self._token, self._means)
        if registration is None:
            return gone(self._pages, GONE)
        return self._page(200, registration, told=DONE.get(message, ""))

    def acted(self, request: Request) -> Answer:
        """A button was pressed: it is done, and on to her page; or why it was not."""
        posted = self._pressed(request)
        if isinstance(posted, Answer):
            return posted
        registration = of_link(self._token, self._means)
        if registration is None:
            return gone(self._pages, GONE)
        try:
            asked = wish.read(posted)
            if asked.action in wish.LEAVING and not asked.is_sure:
                return page(200, self._pages.sure_page(registration, asked.action))
            granted = grant(registration, asked, self._means)
        except InvalidWishError as error:
            return self._page(422, registration, form=error.form, action=error.action)
        return self._granted(asked, granted) if granted else gone(self._pages, GONE)

    def data(self, form: str) -> Answer:
        """All that we know of her, to read or (`json`) to take along."""
        registration = of_data_link(self._token, self._means)
        if registration is None:
            return gone(self._pages, DATA_GONE)
        recent = self._means.store.recent(address_of(registration))
        known = takeout(registration, recent)
        if form == AS_JSON:
            saved = {"Content-Disposition": 'attachment; filename="mijn-gegevens.json"'}
            document = web.json_answer(200, known)
            return replace(document, headers={**document.headers, **saved})
        return page(200, self._pages.data_page(registration, known))

    def question(self) -> Answer:
        """One question, with the answers as buttons."""
        asked = of_question(self._token, self._means)
        if asked is None:
            return gone(self._pages, GONE)
        return page(200, self._pages.question_page(asked, self._links.own(asked.registration)))

    def answered(self, request: Request) -> Answer:
        """She answered, or wants no more questions: on to the page that says what happens now."""
        posted = self._pressed(request)
        if isinstance(posted, Answer):
            return posted
        said = first(posted, "answer")
        try:
            seen = cleaning.number(first(posted, "seen"))
            asked = answer(self._token, said, seen, self._means)
        except LookupError:
            return self._not_answered("Kies een van de knoppen.", 422)
        except ChangedError:
            return self._not_answered(NOT_DONE[Outcome.CHANGED], 409)
        except TooOftenError:
            return self._not_answered(NOT_DONE[Outcome.TOO_OFTEN], 409)
        if asked is None:
            return gone(self._pages, GONE)
        return see_other(self._pages.url(f"{QUESTION}{self._token}"))

    def new_address(self) -> Answer:
        """The button that says: this is my address. Nothing that anybody typed is on it."""
        if of_new_address(self._token, self._means) is None:
            return gone(self._pages, ADDRESS_GONE)
        return page(200, self._pages.new_address_page())

    def address_confirmed(self, request: Request) -> Answer:
        """It is her address now: on to her page, by a link that only this address has."""
        posted = self._pressed(request)
        if isinstance(posted, Answer):
            return posted
        try:
            registration = confirm_address(self._token, self._means)
        except TooOftenError:
            return refused(request, self._pages, 409, NOT_DONE[Outcome.TOO_OFTEN])
        if registration is None:
            return gone(self._pages, ADDRESS_GONE)
        return see_other(self._links.own(registration))

    def _granted(self, asked: Wish, granted: Granted) -> Answer:
        if granted.outcome in NOT_DONE:
            told = NOT_DONE[granted.outcome]
            return self._page(409, granted.registration, told=told)
        if granted.registration.erased_at:
            return page(200, self._pages.notice_page("Alles is gewist", ERASED))
        here = self._pages.url(f"{OWN}{self._token}")
        if asked.action == wish.WITHDRAW:
            return see_other(here)
        if asked.action == wish.NEW_LINK:  # this one is void from now on
            return page(200, self._pages.notice_page("Kijk in je mailbox", DONE[wish.NEW_LINK]))
        return see_other(f"{here}?{MESSAGE}={asked.action}")

    def _page(
        self,
        status: int,
        registration: Registration,
        *,
        told: str = "",
        form: Form = wish.NOT_POSTED,
        action: str = "",
    ) -> Answer:
        if registration.has_left:
            return page(status, self._pages.left_page(registration, told))
        html = self._pages.own_page(
            registration, self._means.now, told=told, form=form, action=action
        )
        return page(status, html)

    def _not_answered(self, told: str, status: int) -> Answer:
        asked = of_question(self._token, self._means)
        if asked is None:
            return gone(self._pages, GONE)
        link = self._links.own(asked.registration)
        return page(status, self._pages.question_page(asked, link, told))

    def _pressed(self, request: Request) -> Posted | Answer:
        try:
            return pressed(request, self._pages)
        except UnreadableError as error:
            return refused(request, self._pages, error.status, error.message)
