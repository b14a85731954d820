"""What passes between a browser and the API, and what happens when the API does not answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from infra.local.api_proxy import LARGEST_BODY, Api, ApiPaths
from infra.local.front_door import front_door

PATHS = ApiPaths(["/api/registrations", "/api/health", "/mijn/{token}", "/beheer/{rest+}"])
Browser = TestClient[web.Request, web.Application]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def mirror(request: web.Request) -> web.Response:
    """Tell what came in."""
    body = await request.read()
    return web.json_response(
        {
            "method": request.method,
            "path": request.raw_path,
            "headers": [[name, value] for name, value in request.headers.items()],
            "body": body.hex(),
        }
    )


@asynccontextmanager
async def door_to(answer: Answer, *, longest_wait: float = 5) -> AsyncIterator[Browser]:
    """A browser before a front door, with an API behind it that answers so."""
    upstream = web.Application(client_max_size=LARGEST_BODY)
    upstream.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(upstream) as server:
        url = f"{server.make_url('/restapis/a1/api/_user_request_')}"
        async with (
            Api(url, PATHS, longest_wait) as api,
            TestClient(TestServer(front_door(Path("nowhere"), api, web.Application()))) as browser,
        ):
            yield browser


def test_form() -> None:
    """A form passes as it is: method, path, query, headers and every byte of the body."""

    async def check() -> None:
        body = "name=Zoë&municipality=1&municipality=2".encode() + b"&about=%C3%A9\xff\x00"
        async with door_to(mirror) as browser:
            url = f"{browser.make_url('/api/registrations')}?q=a%20b&q=c%2Fd&e="
            answer = await browser.session.post(
                URL(url, encoded=True),
                data=body,
                headers={"Content-Type": "application/x-www-form-urlencoded", "X-Own": "1"},
            )
            seen = await answer.json()

        headers = {name.lower(): value for name, value in seen["headers"]}
        assert "POST" == seen["method"]
        assert seen["path"].endswith("/_user_request_/api/registrations?q=a%20b&q=c%2Fd&e=")
        assert bytes.fromhex(seen["body"]) == body
        assert "application/x-www-form-urlencoded" == headers["content-type"]
        assert "1" == headers["x-own"]
        assert "127.0.0.1" == headers["x-forwarded-for"]

    asyncio.run(check())


def test_nothing_added() -> None:
    """A request without a body, a type or a user agent has none at the API either."""

    async def check() -> None:
        async with door_to(mirror) as browser:
            answer = await browser.get("/api/health", skip_auto_headers=["User-Agent", "Accept"])
            headers = {name.lower() for name, _ in (await answer.json())["headers"]}

        assert not headers & {"content-type", "user-agent", "accept", "transfer-encoding"}

    asyncio.run(check())


def test_trailing_slash() -> None:
    """API Gateway knows no trailing slash: with or without is the same page."""

    async def check() -> None:
        async with door_to(mirror) as browser:
            answer = await browser.get("/mijn/abc/?x=1")

            assert (await answer.json())["path"].endswith("/_user_request_/mijn/abc?x=1")

    asyncio.run(check())


def test_forwarded_for() -> None:
    """The visitor's address comes after those that she says she came by."""

    async def check() -> None:
        async with door_to(mirror) as browser:
            answer = await browser.get("/api/health", headers={"X-Forwarded-For": "192.0.2.1"})
            headers = dict((await answer.json())["headers"])

        assert "192.0.2.1, 127.0.0.1" == headers["X-Forwarded-For"]

    asyncio.run(check())


def test_answer() -> None:
    """The answer comes back as it is: no redirect is followed, no header or byte is lost."""

    async def redirect(_: web.Request) -> web.Response:
        answer = web.Response(status=303, body=bytes(range(256)))
        answer.headers["Location"] = "/bedankt/?ref=MB-7K3F-9Q4D"
        answer.headers["Content-Type"] = "application/octet-stream"
        answer.headers.add("Set-Cookie", "a=1")
        answer.headers.add("Set-Cookie", "b=2")
        return answer

    async def check() -> None:
        async with door_to(redirect) as browser:
            answer = await browser.get("/api/health", allow_redirects=False)

            assert 303 == answer.status
            assert "/bedankt/?ref=MB-7K3F-9Q4D" == answer.headers["Location"]
            assert "application/octet-stream" == answer.headers["Content-Type"]
            assert ["a=1", "b=2"] == answer.headers.getall("Set-Cookie")
            assert await answer.read() == bytes(range(256))

    asyncio.run(check())


def test_policy_of_the_door() -> None:
    """The API's own idea of a security header does not replace the door's."""

    async def lax(_: web.Request) -> web.Response:
        return web.Response(headers={"X-Frame-Options": "ALLOWALL"})

    async def check() -> None:
        async with door_to(lax) as browser:
            answer = await browser.get("/api/health")

            assert ["DENY"] == answer.headers.getall("X-Frame-Options")

    asyncio.run(check())


def test_too_large() -> None:
    """A body over 10 MB is refused as API Gateway refuses it; one of 10 MB passes."""

    async def check() -> None:
        async with door_to(mirror) as browser:
            passed = await browser.post("/api/registrations", data=b"x" * LARGEST_BODY)
            refused = await browser.post("/api/registrations", data=b"x" * (LARGEST_BODY + 1))

            assert 200 == passed.status
            assert 413 == refused.status
            assert {"message": "Request Too Long"} == await refused.json()

    asyncio.run(check())


def test_no_answer_in_time() -> None:
    """A visitor who waited too long reads that she can try again; a program gets JSON."""

    async def sleepy(_: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response()

    async def check() -> None:
        async with door_to(sleepy, longest_wait=0.05) as browser:
            page = await browser.get("/api/health", headers={"Accept": "text/html"})
            problem = await browser.get("/api/health", headers={"Accept": "application/json"})

            assert (page.status, page.content_type) == (504, "text/html")
            assert "Probeer het zo meteen opnieuw" in await page.text()
            assert (problem.status, problem.content_type) == (504, "application/problem+json")
            assert 504 == (await problem.json(content_type=None))["status"]

    asyncio.run(check())


def test_nobody_there() -> None:
    """An API that is gone gives the same page, as 502, also to a POST of JSON."""

    async def check() -> None:
        async with (
            Api("http://127.0.0.1:1", PATHS) as api,
            TestClient(TestServer(front_door(Path("nowhere"), api, web.Application()))) as browser,
        ):
            page = await browser.post("/api/registrations", data=b"a=1")
            problem = await browser.post("/api/registrations", json={})

            assert (page.status, page.content_type) == (502, "text/html")
            assert (problem.status, problem.content_type) == (502, "application/problem+json")

    asyncio.run(check())


def test_many_at_once() -> None:
    """Fifty visitors at once are all answered, however few functions run side by side."""

    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.01)
        return web.Response()

    async def check() -> None:
        async with door_to(slow) as browser:
            answers = await asyncio.gather(*(browser.get("/api/health") for _ in range(50)))

            assert {200} == {answer.status for answer in answers}

    asyncio.run(check())


def test_broken_connection() -> None:
    """An API that hangs up halfway gives 502."""

    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.close()
        return web.Response()

    async def check() -> None:
        async with door_to(hang_up) as browser:
            answer = await browser.post("/api/registrations", data=b"a=1")

            assert 502 == answer.status

    asyncio.run(check())


@pytest.mark.parametrize(
    ("path", "is_api"),
    [
        ("/api", True),
        ("/api/unknown", True),
        ("/mijn/", True),
        ("/", False),
        ("/apiary", False),
        ("/word-buddy/mijn/", False),
        ("*", False),
    ],
)
def test_sections(path: str, is_api: bool) -> None:
    """The first part of a path says whether it is the API's."""
    assert PATHS.serve(path) == is_api


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/api/health", "/api/health"),
        ("/api/health/", "/api/health"),
        ("/mijn/s3cret", "/mijn/{token}"),
        ("/mijn/s3cret/", "/mijn/{token}"),
        ("/mijn/s3cret/unknown", "/mijn/…"),
        ("/beheer/a/b", "/beheer/{rest+}"),
    ],
)
def test_path_in_log(path: str, logged: str) -> None:
    """A path is logged without the token that a link holds."""
    assert PATHS.without_secrets(path) == logged


def test_encoded_answer() -> None:
    """An answer that came compressed goes on compressed."""

    async def compressed(_: web.Request) -> web.Response:
        answer = web.Response(text="é" * 1000)
        answer.enable_compression(web.ContentCoding.gzip)
        return answer

    async def check() -> None:
        async with (
            door_to(compressed) as browser,
            aiohttp.ClientSession(auto_decompress=False) as plain,
        ):
            answer = await plain.get(
                browser.make_url("/api/health"), headers={"Accept-Encoding": "gzip"}
            )

            assert "gzip" == answer.headers["Content-Encoding"]
            assert (await answer.read()).startswith(b"\x1f\x8b")

    asyncio.run(check())
