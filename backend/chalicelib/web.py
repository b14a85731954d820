"""
Requests and answers as plain values, and the kinds of answers that every address gives: a page, a
way on, a refusal, JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from chalicelib.content_types import content_type
from chalicelib.domain.form import Posted
from chalicelib.intake import FORM, JSON, UnreadableError, media_type, read

MAX_COOKIES = 4096  # characters
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"


class Pages(Protocol):
    def notice_page(self, title: str, text: str) -> str: ...
    @property
    def origin(self) -> str: ...


@dataclass(frozen=True)
class Request:
    """A request: header names in lower case; `address` is the visitor's, "" when unknown."""

    headers: Mapping[str, str]
    body: bytes
    address: str = ""

    @property
    def is_json(self) -> bool:
        return media_type(self.headers.get("content-type", "")) == JSON

    @property
    def wants_page(self) -> bool:
        """A form gets pages; what we can't read gets one if it comes from a browser."""
        is_form = media_type(self.headers.get("content-type", "")) == FORM
        return is_form or (not self.is_json and "text/html" in self.headers.get("accept", ""))

    def is_from_elsewhere(self, origin: str) -> bool:
        """
        Whether a page of another site than `origin` made a browser send it; programs don't say.

        Another site may share our domain, as below vlaanderen.be: only the same origin is ours.
        Browsers from before 2023 know no Sec-Fetch-Site, and as the site asks for `no-referrer`
        they call the origin of our own form «null» as well: that must pass.
        """
        if site := self.headers.get("sec-fetch-site"):
            return site not in {"same-origin", "none"}
        sender = self.headers.get("origin", "null")
        return bool(origin) and sender not in {"null", origin}

    def cookie(self, name: str) -> str:
        """
        The value of a cookie, "" for none; for two that differ as well, as another host of our
        domain may have added one. Not by `http.cookies`: that gives up at the first cookie, of
        whichever site below the same domain, that is not written as it should be.
        """
        header = self.headers.get("cookie", "")[:MAX_COOKIES]
        pairs = (part.strip().partition("=") for part in header.split(";"))
        found = {value for key, _, value in pairs if key == name}
        return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True)
class Answer:
    """What goes back; `content` is what is no text, in the place of a body."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


def read_posted(request: Request, pages: Pages) -> Posted:
    """What our own page, or a program, sent. Raises as `read`, and with 403 for another site."""
    if request.is_from_elsewhere(pages.origin):
        raise UnreadableError(403, "Dit formulier staat op een andere site. Vul het bij ons in.")
    return read(request.headers.get("content-type", ""), request.body)


def pressed(request: Request, pages: Pages) -> Posted:
    """The same, of a button for a person: such a page has no other side, so no JSON."""
    if request.is_json:
        raise UnreadableError(415, "We lezen alleen een formulier. Gebruik ons formulier.")
    return read_posted(request, pages)


def first(posted: Posted, name: str) -> str:
    return next(iter(posted.get(name, ())), "")


def refused(request: Request, pages: Pages, status: int, message: str) -> Answer:
    title = "Dit lukte niet"
    if request.wants_page:
        return page(status, pages.notice_page(title, message))
    return problem(status, title, message)


def gone(pages: Pages, text: str) -> Answer:
    """One page for a link that was used, is too old or never was one: nobody learns which."""
    return page(410, pages.notice_page("Deze link werkt niet meer", text))


def problem(status: int, title: str, detail: str, **more: Any) -> Answer:
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return _answer(status, json.dumps(document, ensure_ascii=False), PROBLEM)


def json_answer(status: int, document: object) -> Answer:
    return _answer(status, json.dumps(document, ensure_ascii=False), JSON)


def page(status: int, html: str) -> Answer:
    return _answer(status, html, HTML)


def see_other(location: str) -> Answer:
    return Answer(
        303, "", {"Location": location, "Content-Type": HTML, "Cache-Control": "no-store"}
    )


def download(name: str, content: str | bytes) -> Answer:
    """A file that the browser keeps under this name; of plain letters, without a person in it."""
    headers = {
        "Content-Type": content_type(name),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    if isinstance(content, bytes):
        return Answer(200, "", headers, content)
    return Answer(200, content, headers)


def with_cookie(answer: Answer, name: str, value: str, path: str, seconds: int) -> Answer:
    """
    The answer with a cookie for whoever signed in: not for scripts, not over plain HTTP, not from
    another site. `seconds` 0 takes it away.
    """
    cookie = f"{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict"
    return replace(answer, headers={**answer.headers, "Set-Cookie": cookie})


def _answer(status: int, body: str, content_type: str) -> Answer:
    return Answer(status, body, {"Content-Type": content_type, "Cache-Control": "no-store"})
