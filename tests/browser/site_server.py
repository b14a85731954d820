"""
Serves built pages on this machine as CloudFront will: compressed, with the headers of production.

Everything that looks at pages in a browser looks through this, but for the tests of the running
system, which has its own front door.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import brotli
from aiohttp import hdrs, web

from infra.local import static_site
from infra.local.front_door import RESPONSE_HEADERS

HOST = "127.0.0.1"
QUALITY = 5  # CloudFront does not say which level it uses; this is quick and no flattery


@contextmanager
def serving(*folders: Path) -> Iterator[str]:
    """The address at which the files of these folders are served together, the first one first."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(_application(folders), access_log=None)

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        return int(runner.addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)  # Playwright has its own loop
    thread.start()
    yield f"http://{HOST}:{port}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _application(folders: tuple[Path, ...]) -> web.Application:
    headers = json.loads(RESPONSE_HEADERS.read_text(encoding="utf-8"))

    async def answer(request: web.Request) -> web.StreamResponse:
        there = (one for one in folders if static_site.find(one, request.path).file)
        folder = next(there, folders[0])
        file = static_site.find(folder, request.path).file
        if not file or not _is_text(file) or "br" not in request.headers.get("Accept-Encoding", ""):
            return await static_site.serve(request, folder)
        compressed = {hdrs.CONTENT_ENCODING: "br", hdrs.VARY: "Accept-Encoding"}
        return web.Response(
            body=_compressed(file), headers=static_site.file_headers(file) | compressed
        )

    async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)

    app = web.Application()
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/{path:.*}", answer)
    return app


def _is_text(file: Path) -> bool:
    kind = static_site.content_type(file)
    return "charset" in kind or kind == "image/svg+xml"


@cache
def _compressed(file: Path) -> bytes:
    compressed: bytes = brotli.compress(file.read_bytes(), quality=QUALITY)
    return compressed
