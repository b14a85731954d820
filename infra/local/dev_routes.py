"""What exists on a developer's machine only: the mailbox, SES events and the clock."""

import asyncio
import json
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.local.events import Run
from infra.local.mailbox import Mail, Mailbox

MAILS_PER_PAGE = 100
TEMPLATES = Path(__file__).parent / "templates"

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail brings its own styles and loads nothing. Its links open in a tab of their own.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
LINKS_IN_NEW_TAB = '<base target="_blank">'


class Events(Protocol):
    """What can be made to happen in the local AWS."""

    def publish_ses_event(self, message: str) -> str: ...

    def run_schedules(self, now: datetime) -> list[Run]: ...


def dev_application(mailbox: Mailbox, events: Events) -> web.Application:
    """The application behind `/dev`."""
    pages = DevPages(mailbox, events)
    app = web.Application()
    app.router.add_get("", _to_index)
    app.router.add_get("/", pages.index)
    app.router.add_get("/style.css", _style)
    app.router.add_get("/mail.json", pages.mails_as_json)
    app.router.add_get("/mail", _to_mailbox)
    app.router.add_get("/mail/", pages.mails)
    app.router.add_get("/mail/{id}/", pages.mail)
    app.router.add_get("/mail/{id}/html", pages.html)
    app.router.add_get("/mail/{id}/mail.eml", pages.raw)
    app.router.add_get("/mail/{id}/attachments/{number}", pages.attachment)
    app.router.add_post("/ses-events", pages.publish_ses_event)
    app.router.add_post("/clock", pages.run_schedules)
    return app


async def _to_index(_: web.Request) -> web.Response:
    raise web.HTTPMovedPermanently("/dev/")


async def _to_mailbox(_: web.Request) -> web.Response:
    raise web.HTTPMovedPermanently("/dev/mail/")


async def _style(_: web.Request) -> web.Response:
    return web.Response(text=(TEMPLATES / "style.css").read_text(), content_type="text/css")


class DevPages:
    def __init__(self, mailbox: Mailbox, events: Events) -> None:
        self._mailbox = mailbox
        self._events = events
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def index(self, request: web.Request) -> web.Response:
        count = len(await asyncio.to_thread(self._mailbox.mails))
        return self._page("index.html", count=count, origin=f"{request.scheme}://{request.host}")

    # The mailbox

    async def mails_as_json(self, _: web.Request) -> web.Response:
        mails = await asyncio.to_thread(self._mailbox.mails)
        text = "[" + ",\n".join(mail.json for mail in mails) + "]"
        return web.json_response(text=text, headers={hdrs.CACHE_CONTROL: "no-store"})

    async def mails(self, request: web.Request) -> web.Response:
        newest_first = (await asyncio.to_thread(self._mailbox.mails))[::-1]
        wanted = request.query.get("pagina", "1")
        page = max(int(wanted), 1) if wanted.isascii() and wanted.isdigit() else 1
        start = (page - 1) * MAILS_PER_PAGE
        return self._page(
            "mailbox.html",
            mails=newest_first[start : start + MAILS_PER_PAGE],
            count=len(newest_first),
            newer=page - 1,
            older=page + 1 if len(newest_first) > start + MAILS_PER_PAGE else 0,
        )

    async def mail(self, request: web.Request) -> web.Response:
        return self._page("mail.html", mail=await self._mail(request))

    async def html(self, request: web.Request) -> web.Response:
        mail = await self._mail(request)
        return web.Response(
            text=LINKS_IN_NEW_TAB + (mail.html or ""),
            content_type="text/html",
            headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
        )

    async def raw(self, request: web.Request) -> web.Response:
        mail = await self._mail(request)
        name = f"{mail.path.stem}.eml"
        return _download(mail.raw(), name, "message/rfc822")

    async def attachment(self, request: web.Request) -> web.Response:
        mail = await self._mail(request)
        number = request.match_info["number"]
        for place, attachment in enumerate(mail.attachments, start=1):
            if str(place) == number:
                name = attachment.filename or f"bijlage-{place}"
                return _download(attachment.content, name, attachment.content_type)
        raise web.HTTPNotFound

    async def _mail(self, request: web.Request) -> Mail:
        mail = await asyncio.to_thread(self._mailbox.mail, request.match_info["id"])
        if mail is None:
            raise web.HTTPNotFound
        return mail

    def _page(self, template: str, **values: Any) -> web.Response:
        return web.Response(
            text=self._templates.get_template(template).render(values),
            content_type="text/html",
            headers={"Content-Security-Policy": PAGE_POLICY, hdrs.CACHE_CONTROL: "no-store"},
        )

    # What happens by itself in AWS

    async def publish_ses_event(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            message = body.decode()
            json.loads(message)
        except ValueError:
            return _refused("De inhoud is geen JSON: stuur een SES-event zoals AWS het schrijft.")
        message_id = await asyncio.to_thread(self._events.publish_ses_event, message)
        return _json({"message_id": message_id}, HTTPStatus.ACCEPTED)

    async def run_schedules(self, request: web.Request) -> web.Response:
        try:
            now = moment(await request.read())
        except ValueError as error:
            return _refused(str(error))
        runs = await asyncio.to_thread(self._events.run_schedules, now)
        has_failed = any(run.has_failed for run in runs)
        return _json(
            {
                "now": now.isoformat(),
                "functions": [
                    {"function": run.function, "error" if run.has_failed else "result": run.result}
                    for run in runs
                ],
            },
            HTTPStatus.BAD_GATEWAY if has_failed else HTTPStatus.OK,
        )


def moment(body: bytes) -> datetime:
    """The moment in `{"now": …}`; a ValueError says in Dutch what is wrong."""
    example = 'Stuur JSON zoals {"now": "2026-03-01T09:00:00+01:00"}'
    try:
        now = datetime.fromisoformat(json.loads(body)["now"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{example}.") from error
    if now.tzinfo is None:
        raise ValueError(f"{example}: de tijdzone ontbreekt.")
    return now


def _json(content: object, status: HTTPStatus) -> web.Response:
    return web.json_response(
        content, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False)
    )


def _refused(reason: str) -> web.Response:
    return _json({"message": reason}, HTTPStatus.BAD_REQUEST)


def _download(content: bytes, filename: str, content_type: str) -> web.Response:
    disposition = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    return web.Response(
        body=content,
        headers={hdrs.CONTENT_TYPE: content_type, hdrs.CONTENT_DISPOSITION: disposition},
    )
