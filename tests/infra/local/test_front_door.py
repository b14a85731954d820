"""What a browser meets on the one port: the site, its headers, the log."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.api_proxy import Api, ApiPaths
from infra.local.front_door import RESPONSE_HEADERS, front_door

Browser = TestClient[web.Request, web.Application]


@asynccontextmanager
async def door(site: Path) -> AsyncIterator[Browser]:
    async def broken(_: web.Request) -> web.Response:
        raise RuntimeError("broken")

    dev = web.Application()
    dev.router.add_get("/broken", broken)
    async with (
        Api("http://127.0.0.1:1", ApiPaths(["/mijn/{token}"])) as api,
        TestClient(TestServer(front_door(site, api, dev))) as browser,
    ):
        yield browser


def test_page(site: Path) -> None:
    """A page has its type, its language's letters and a way to ask whether it changed."""

    async def check() -> None:
        async with door(site) as browser:
            page = await browser.get("/word-buddy/")
            again = await browser.get(
                "/word-buddy/", headers={"If-None-Match": page.headers["ETag"]}
            )

            assert 200 == page.status
            assert "text/html; charset=utf-8" == page.headers["Content-Type"]
            assert "<h1>Word buddy</h1>" == await page.text()
            assert 304 == again.status
            assert b"" == await again.read()

    asyncio.run(check())


def test_rebuilt(site: Path) -> None:
    """A page that was built again shows at once, also to who knows the old one."""

    async def check() -> None:
        async with door(site) as browser:
            before = await browser.get("/")
            (site / "index.html").write_text("<h1>Nieuw</h1>", encoding="utf-8")
            after = await browser.get("/", headers={"If-None-Match": before.headers["ETag"]})

            assert "<h1>Nieuw</h1>" == await after.text()

    asyncio.run(check())


def test_slash(site: Path) -> None:
    """A folder without its slash leads to the folder, on this site, and keeps its query."""

    async def check() -> None:
        async with door(site) as browser:
            answer = await browser.get("/word-buddy?bron=affiche%20a", allow_redirects=False)

            assert 301 == answer.status
            assert "/word-buddy/?bron=affiche%20a" == answer.headers["Location"]

    asyncio.run(check())


def test_head(site: Path) -> None:
    """HEAD gives what GET gives, without the page."""

    async def check() -> None:
        async with door(site) as browser:
            answer = await browser.head("/")

            assert 200 == answer.status
            assert answer.headers["Content-Length"] == str(len("<h1>Thuis</h1>"))
            assert b"" == await answer.read()

    asyncio.run(check())


def test_part_of_a_file(site: Path) -> None:
    """A player can ask for a part of a film."""

    async def check() -> None:
        async with door(site) as browser:
            answer = await browser.get("/", headers={"Range": "bytes=4-8"})

            assert 206 == answer.status
            assert "Thuis" == await answer.text()

    asyncio.run(check())


def test_not_found(site: Path) -> None:
    """What is not there gives the site's own page, with the status of what is not there."""

    async def check() -> None:
        async with door(site) as browser:
            answer = await browser.get("/nergens", headers={"If-None-Match": "*"})

            assert 404 == answer.status
            assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
            assert "<h1>Niet gevonden</h1>" == await answer.text()

    asyncio.run(check())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(site: Path, method: str) -> None:
    """A page can only be read."""

    async def check() -> None:
        async with door(site) as browser:
            answer = await browser.request(method, "/word-buddy/")

            assert 405 == answer.status
            assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD"}

    asyncio.run(check())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/word-buddy"),
        ("GET", "/nergens"),
        ("POST", "/"),
        ("GET", "/mijn/abc"),
        ("GET", "/dev/nergens"),
        ("GET", "/dev/broken"),
    ],
)
def test_headers_everywhere(site: Path, method: str, path: str) -> None:
    """Every answer has the headers of the one file, whatever it is an answer to."""

    async def check() -> None:
        expected = json.loads(RESPONSE_HEADERS.read_text(encoding="utf-8"))
        async with door(site) as browser:
            answer = await browser.request(method, path, allow_redirects=False)

            assert {name: answer.headers[name] for name in expected} == expected

    asyncio.run(check())


def test_strict_policy() -> None:
    """The policy allows nothing from elsewhere and nothing inline."""
    headers = json.loads(RESPONSE_HEADERS.read_text(encoding="utf-8"))
    policy = headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_api_is_down(site: Path, method: str) -> None:
    """Where the API gives no answer, a file that the site has at that address is given instead."""
    (site / "mijn").mkdir()
    (site / "mijn" / "affiche.pdf").write_bytes(b"%PDF")

    async def check() -> None:
        async with door(site) as browser:
            file = await browser.request(method, "/mijn/affiche.pdf")
            posted = await browser.post("/mijn/affiche.pdf")
            other = await browser.request(method, "/mijn/abc")

            assert (200, "application/pdf") == (file.status, file.headers["Content-Type"])
            assert (b"%PDF" if method == "GET" else b"") == await file.read()
            assert [502, 502] == [posted.status, other.status]

    asyncio.run(check())


def test_log(site: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log has one line for a request, without its query and without a link's token."""

    async def check() -> None:
        async with door(site) as browser:
            await browser.get("/?email=zoe@visitor.example")
            await browser.get("/mijn/s3cret?x=1")
            await browser.get("/nergens")

    with caplog.at_level(logging.INFO, logger="infra.local.front_door"):
        asyncio.run(check())

    lines = [r.getMessage().rpartition(" ms")[0] for r in caplog.records if "ms" in r.getMessage()]
    assert [
        "GET / 200",
        "GET /mijn/{token} 502",
        "GET /nergens 404",
    ] == [line.rpartition(" ")[0] for line in lines]
    assert "s3cret" not in caplog.text
    assert "zoe" not in caplog.text


def test_own_failure(site: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in the door itself is a 500 with a readable page, and its cause is logged."""

    async def check() -> None:
        async with door(site) as browser:
            answer = await browser.get("/dev/broken")

            assert 500 == answer.status
            assert "Probeer het zo meteen opnieuw" in await answer.text()

    asyncio.run(check())

    assert "RuntimeError: broken" in caplog.text
