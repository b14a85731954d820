"""
The last good build, on a port of this machine, with a script in each page that reloads it.

What it serves and with which headers is as behind the front door of `make run`.
"""

import asyncio
import contextlib
import json
import shutil
import time
from collections.abc import Collection
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from infra.local import static_site
from infra.local.front_door import RESPONSE_HEADERS
from infra.site_dev import build

SCRIPT = Path(__file__).parent / "reload.js"
NOTHING_YET = b"<!doctype html>\n<title>site-dev</title>\n<body>\n"


class Site:
    """The folder of the last good build; and what is wrong, when a later one failed."""

    def __init__(self, work: Path) -> None:
        self.folder: Path | None = None
        self.error = ""
        self._work = work
        self._changed = asyncio.Event()

    @property
    def state(self) -> str:
        """What the script in a page must know, as JSON."""
        return json.dumps({"build": self.build, "error": self.error})

    @property
    def build(self) -> str:
        """The name of the last good build; another one than that of any earlier server."""
        return self.folder.name if self.folder else ""

    async def next_state(self) -> str:
        """Wait until a build has ended."""
        await self._changed.wait()
        return self.state

    async def rebuild(self) -> None:
        """Build beside what is being served, and serve it if it is good."""
        folder, log = self._work / str(time.time_ns()), self._work / "log"
        was = self.folder
        process = build.started(folder, log)
        try:
            await asyncio.to_thread(process.join)
        finally:
            process.kill()
        if process.exitcode == 0:
            self.folder, self.error = folder, ""
        else:
            self.error = log.read_text(encoding="utf-8", errors="replace").strip() or "no message"
        for other in (folder, was):
            if other and other != self.folder:
                shutil.rmtree(other, ignore_errors=True)
        self._changed.set()
        self._changed = asyncio.Event()


async def keep_building(site: Site, edited: asyncio.Queue[Collection[str]]) -> None:
    """Build at the start and after each edit; those during a build make one more, after it."""
    files: set[str] = set()
    while True:
        started = time.monotonic()
        await site.rebuild()
        after = f" after {', '.join(sorted(files))}" if files else ""
        if site.error:
            print(f"\n{site.error}\nNot built{after}: the last good build stays.", flush=True)
        else:
            print(f"Built in {time.monotonic() - started:.1f} s{after}", flush=True)
        files = set(await edited.get())
        while not edited.empty():
            files |= set(edited.get_nowait())


def application(site: Site) -> web.Application:
    headers: dict[str, str] = json.loads(RESPONSE_HEADERS.read_text(encoding="utf-8"))

    async def changes(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        state = site.state
        with contextlib.suppress(ConnectionResetError):  # the page is closed
            while True:
                await response.write(f"data: {state}\n\n".encode())
                state = await site.next_state()
        return response

    async def script(_: web.Request) -> web.FileResponse:
        return web.FileResponse(SCRIPT, headers={"Cache-Control": static_site.REVALIDATE})

    async def answer(request: web.Request) -> web.StreamResponse:
        return await _answer(request, site)

    async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)

    app = web.Application()
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/dev/changes", changes)
    app.router.add_get("/dev/reload.js", script)
    app.router.add_route("*", "/{path:.*}", answer)
    return app


async def _answer(request: web.Request, site: Site) -> web.StreamResponse:
    tag = f'<script src="/dev/reload.js" data-build="{site.build}"></script>'.encode()
    if site.folder is None:
        return web.Response(
            status=HTTPStatus.SERVICE_UNAVAILABLE, body=NOTHING_YET + tag, content_type="text/html"
        )
    file = static_site.find(site.folder, request.path).file
    if file and file.suffix == ".html" and request.method in static_site.METHODS:
        headers = static_site.file_headers(file)
        return web.Response(body=file.read_bytes() + tag, headers=headers)
    response = await static_site.serve(request, site.folder)
    if isinstance(response, web.Response) and isinstance(response.body, bytes):  # the 404 page
        response.body += tag
    return response
