"""One port for everything, as CloudFront is in production: the built site, the API behind it.

The `/dev/` pages hang on this door and on no other, so they can't exist where it does not.
"""

import json
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from infra.local import static_site
from infra.local.api_proxy import LARGEST_BODY, Api, ApiPaths, try_later
from infra.local.published import Published

RESPONSE_HEADERS = Path(__file__).parents[1] / "response-headers.json"

# Where the API fails like this, CloudFront asks its second origin for the same path: the site, that
# has the files of the toolkit there (publishing.downloads).
FAILED_OVER = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)

log = logging.getLogger(__name__)


def front_door(
    site: Path, api: Api, dev: web.Application, published: Published | None = None
) -> web.Application:
    """Everything that a browser can ask for on this port."""
    headers: Mapping[str, str] = json.loads(RESPONSE_HEADERS.read_text(encoding="utf-8"))

    async def answer(request: web.Request) -> web.StreamResponse:
        if not api.paths.serve(request.path):
            if published and (found := await published.answer(request)):
                return found
            return await static_site.serve(request, site)
        response = await api.answer(request)
        if response.status in FAILED_OVER and static_site.holds(request, site):
            return await static_site.serve(request, site)
        # Also where the API says otherwise: so does the policy of CloudFront.
        response.headers.update(headers)
        return response

    async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)

    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_noted(api.paths)])
    app.on_response_prepare.append(add_headers)
    app.add_subapp("/dev", dev)
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def _noted(paths: ApiPaths) -> Middleware:
    """One line in the log for each request, without its query and without a link's token."""

    @web.middleware
    async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.monotonic()
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        path = paths.without_secrets(request.path) if paths.serve(request.path) else request.path
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        except Exception:
            log.exception("could not answer")
            response = try_later(request, HTTPStatus.INTERNAL_SERVER_ERROR)
        finally:
            took = (time.monotonic() - started) * 1000
            log.info("%s %s %d %.0f ms", request.method, path, status, took)
        return response

    return noted
