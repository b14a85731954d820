"""Pass a request to the deployed API, as CloudFront does, and the answer back.

Where requests pass follows from the paths of the deployed API: there is no second list of them.
"""

import asyncio
import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict
from yarl import URL

# The limits of API Gateway.
LARGEST_BODY = 10 * 1024 * 1024
LONGEST_WAIT = 29.0
# Every request at once is a process of its own in the local AWS. More of them wait here.
REQUESTS_AT_ONCE = 6

# About one connection and not about the message (RFC 9110, 7.6.1).
HOP_BY_HOP = frozenset(
    name.lower()
    for name in (
        hdrs.CONNECTION,
        hdrs.KEEP_ALIVE,
        hdrs.PROXY_AUTHENTICATE,
        hdrs.PROXY_AUTHORIZATION,
        hdrs.TE,
        hdrs.TRAILER,
        hdrs.TRANSFER_ENCODING,
        hdrs.UPGRADE,
        "Proxy-Connection",
    )
)
# Written anew on each side. CloudFront sends the API its own name as Host.
WRITTEN_ANEW = HOP_BY_HOP | {"host", "content-length", "expect", "date", "server"}

# By aiohttp, to a request that lacks them.
ADDED_UNASKED = (hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE, hdrs.USER_AGENT)

LATER = "Probeer het zo meteen opnieuw"
LATER_PAGE = f"""<!doctype html>
<html lang="nl">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{LATER}</title>
<h1>{LATER}</h1>
<p>De site kan je vraag nu niet verwerken.</p>
</html>
"""

log = logging.getLogger(__name__)


class ApiPaths:
    """The paths of the API, such as `/api/health` and `/mijn/{token}`."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._patterns = {path: _pattern(path) for path in paths}
        self._sections = {_section(path) for path in self._patterns}

    def serve(self, path: str) -> bool:
        """Whether the first part of the path is the API's; what follows is for the API to know."""
        return _section(path) in self._sections

    def without_secrets(self, path: str) -> str:
        """The path as it may be logged: a link's token in it is a key to somebody's page."""
        named = next((p for p, pattern in self._patterns.items() if pattern.fullmatch(path)), None)
        return named or f"/{_section(path)}/…"


def _section(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", path)
    return re.compile("".join(_part(part) for part in parts) + "/?")


def _part(part: str) -> str:
    if part.endswith("+}"):
        return ".+"
    return "[^/]+" if part.startswith("{") else re.escape(part)


@dataclass
class Api:
    """The API as it is deployed."""

    url: str
    paths: ApiPaths
    longest_wait: float = LONGEST_WAIT
    _session: aiohttp.ClientSession = field(init=False)
    _turns: asyncio.Semaphore = field(init=False)

    async def __aenter__(self) -> Self:
        self._turns = asyncio.Semaphore(REQUESTS_AT_ONCE)
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=None),
            skip_auto_headers=ADDED_UNASKED,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def answer(self, request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.json_response(
                {"message": "Request Too Long"}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        try:
            async with asyncio.timeout(self.longest_wait), self._turns:
                return await self._ask(request, body)
        except TimeoutError:
            log.warning("no answer from the API in time")
            return try_later(request, HTTPStatus.GATEWAY_TIMEOUT)
        except aiohttp.ClientError as error:
            log.warning("no answer from the API: %s", type(error).__name__)
            return try_later(request, HTTPStatus.BAD_GATEWAY)

    async def _ask(self, request: web.Request, body: bytes) -> web.Response:
        query = request.rel_url.raw_query_string
        # API Gateway knows no path that ends in a slash.
        path = request.rel_url.raw_path.rstrip("/")
        url = URL(self.url + path + (f"?{query}" if query else ""), encoded=True)
        async with self._session.request(
            request.method,
            url,
            headers=_to_api(request),
            data=body or None,
            allow_redirects=False,
        ) as answer:
            return web.Response(
                status=answer.status,
                headers=_end_to_end(answer.headers),
                body=await answer.read(),
            )


def _to_api(request: web.Request) -> CIMultiDict[str]:
    headers = _end_to_end(request.headers)
    came_from = [*request.headers.getall(hdrs.X_FORWARDED_FOR, ()), request.remote or ""]
    headers[hdrs.X_FORWARDED_FOR] = ", ".join(came_from)
    headers[hdrs.X_FORWARDED_PROTO] = request.scheme
    return headers


def _end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict((n, v) for n, v in headers.items() if n.lower() not in WRITTEN_ANEW)


def try_later(request: web.Request, status: HTTPStatus) -> web.Response:
    spoken = request.headers.get(hdrs.ACCEPT, "") + request.headers.get(hdrs.CONTENT_TYPE, "")
    if "json" in spoken.lower():
        problem = json.dumps({"title": LATER, "status": status})
        return web.Response(status=status, text=problem, content_type="application/problem+json")
    return web.Response(status=status, text=LATER_PAGE, content_type="text/html")
