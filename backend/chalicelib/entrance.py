"""
The entrance of a desk: the pages on which somebody asks for a link, uses it, and signs out; and
what stands before every other page there.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib import web
from chalicelib.domain import cleaning
from chalicelib.domain.form import Field, Posted
from chalicelib.domain.session import SESSION_TERM, cookie_of
from chalicelib.domain.site import Link
from chalicelib.intake import UnreadableError
from chalicelib.signing_in import Member, Reception, Visit
from chalicelib.web import Answer, Request, first, gone, page, pressed, refused, see_other

MAX_TYPED = 254  # characters of an address (RFC 5321, section 4.5.3.1.3)

USED = (
    "Een link werkt één keer en hoogstens een uur. Vraag een nieuwe. Vroeg je er al een? Neem dan "
    "de link uit de nieuwste mail."
)
CLOSED = (
    "Je bent niet meer aangemeld. Dat gebeurt na acht uur, na afmelden of als het adres verandert. "
    "Wat je net stuurde, is niet bewaard. Vraag een nieuwe link."
)
SHUT = "Deze pagina is alleen voor wie aangemeld is. Vraag eerst een link."


@dataclass(frozen=True)
class Front:
    """
    The words at the entrance of a desk: its title, what it asks, who can help. `home` is its
    address, `inside` where somebody arrives who signed in.
    """

    title: str
    lead: str
    label: str
    hint: str
    home: str
    inside: str
    help: str

    @property
    def field(self) -> Field:
        """The one question."""
        return Field(
            "email",
            self.label,
            cleaning.email,
            MAX_TYPED,
            why="Naar dit adres sturen we de link.",
            missing="Vul een e-mailadres in.",
            hint=self.hint,
            kind="email",
            autocomplete="email",
        )


@dataclass(frozen=True)
class AddressForm:
    """The form as its page shows it: what was typed, and what to do about it."""

    typed: str = ""
    message: str = ""

    def value(self, _: str) -> str:
        return "".join(char for char in self.typed if char.isprintable())[:MAX_TYPED]

    def error(self, _: str) -> str:
        return self.message


class Rendering(Protocol):
    @property
    def origin(self) -> str: ...
    def url(self, path: str) -> str: ...
    def render(self, name: str, here: str, **values: Any) -> str: ...


class EntrancePages:
    """The pages at the entrance of one desk."""

    def __init__(self, pages: Rendering, front: Front) -> None:
        self._pages = pages
        self.front = front

    @property
    def origin(self) -> str:
        return self._pages.origin

    def url(self, path: str) -> str:
        return self._pages.url(path)

    def ask_page(self, form: AddressForm, told: str = "") -> str:
        """Asks for the address; `told` is why somebody stands outside."""
        return self._pages.render(
            "sign-in", self.front.home, front=self.front, form=form, told=told
        )

    def sent_page(self) -> str:
        """The same for everybody: whether we know the address is for its mailbox to tell."""
        return self._pages.render("sign-in-sent", self.front.home, front=self.front)

    def open_page(self, member: Member) -> str:
        """The one button of a mailed link."""
        return self._pages.render("sign-in-open", "", front=self.front, member=member)

    def notice_page(self, title: str, text: str) -> str:
        link = Link("Vraag een nieuwe link", self.front.home)
        return self._pages.render("notice", "", title=title, text=text, link=link)


class Entrance:
    """What the addresses at the entrance answer; `reception` does the work."""

    def __init__(self, reception: Reception, pages: EntrancePages) -> None:
        self._reception = reception
        self._pages = pages
        self._cookie = cookie_of(reception.desk)

    def shown(self, request: Request) -> Answer:
        """The question; for who signed in, the way inside."""
        if self.visit(request):
            return see_other(self._pages.url(self._pages.front.inside))
        return page(200, self._pages.ask_page(AddressForm()))

    def asked(self, request: Request) -> Answer:
        """Look in the mailbox: the same answer for every address."""
        posted = self._read(request)
        if isinstance(posted, Answer):
            return posted
        typed = first(posted, "email").strip()
        if not typed:
            form = AddressForm(typed, self._pages.front.field.missing)
            return page(422, self._pages.ask_page(form))
        try:
            self._reception.ask(typed)
        except cleaning.UnusableAnswerError as error:
            return page(422, self._pages.ask_page(AddressForm(typed, str(error))))
        return page(200, self._pages.sent_page())

    def link(self, token: str) -> Answer:
        """What a mailed link shows. Looking uses nothing up."""
        member = self._reception.bearer(token)
        return page(200, self._pages.open_page(member)) if member else gone(self._pages, USED)

    def opened(self, token: str, request: Request) -> Answer:
        """The button was pressed: a session for this browser, and inside."""
        posted = self._read(request)
        if isinstance(posted, Answer):
            return posted
        secret = self._reception.sign_in(token)
        if secret is None:
            return gone(self._pages, USED)
        answer = see_other(self._pages.url(self._pages.front.inside))
        seconds = int(SESSION_TERM.total_seconds())
        return web.with_cookie(answer, self._cookie, secret, self._path, seconds)

    def left(self, request: Request) -> Answer:
        """Sign out."""
        posted = self._read(request)
        if isinstance(posted, Answer):
            return posted
        self._reception.sign_out(request.cookie(self._cookie))
        answer = see_other(self._pages.url(self._pages.front.home))
        return web.with_cookie(answer, self._cookie, "", self._path, 0)

    def visit(self, request: Request) -> Visit | None:
        """Who signed in; None is for `shut`."""
        return self._reception.visit(request.cookie(self._cookie))

    def shut(self, request: Request) -> Answer:
        """In the place of any page inside, for who did not sign in: nothing of it, and the way."""
        told = CLOSED if request.cookie(self._cookie) else SHUT
        return page(403, self._pages.ask_page(AddressForm(), told))

    @property
    def _path(self) -> str:
        return self._pages.url(f"/{self._reception.desk}")

    def _read(self, request: Request) -> Posted | Answer:
        try:
            return pressed(request, self._pages)
        except UnreadableError as error:
            return refused(request, self._pages, error.status, error.message)
