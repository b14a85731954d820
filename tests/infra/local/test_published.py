"""What a browser meets at the address of the figures: what is published, else the site."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from moto import mock_aws

from infra.local.api_proxy import Api, ApiPaths
from infra.local.front_door import front_door
from infra.local.published import Published

BUCKET = "published"
REGION = "eu-central-1"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client: Any = boto3.client("s3", region_name=REGION)
        client.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield client


def put(s3: Any, key: str, text: str, kind: str = "text/html; charset=utf-8") -> None:
    s3.put_object(
        Bucket=BUCKET, Key=key, Body=text.encode(), ContentType=kind, CacheControl="max-age=0"
    )


@asynccontextmanager
async def door(site: Path, s3: Any) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    (site / "cijfers").mkdir()
    (site / "cijfers/index.html").write_text("<h1>Niet gekend</h1>", encoding="utf-8")
    published = Published(s3, BUCKET)
    async with (
        Api("http://127.0.0.1:1", ApiPaths(["/mijn/{token}"])) as api,
        TestClient(TestServer(front_door(site, api, web.Application(), published))) as browser,
    ):
        yield browser


def test_before(site: Path, s3: Any) -> None:
    """As long as nothing is published, the page of the site is there; so is the rest of it."""

    async def check() -> None:
        async with door(site, s3) as browser:
            assert "<h1>Niet gekend</h1>" == await (await browser.get("/cijfers/")).text()
            assert 404 == (await browser.get("/cijfers/figures.json")).status
            assert "<h1>Thuis</h1>" == await (await browser.get("/")).text()

    asyncio.run(check())


def test_after(site: Path, s3: Any) -> None:
    """What is published comes first, with its type, our headers, and a way to ask for changes."""
    put(s3, "cijfers/index.html", "<h1>12</h1>")
    put(s3, "cijfers/figures.csv", "a,b\n", "text/csv; charset=utf-8")

    async def check() -> None:
        async with door(site, s3) as browser:
            page = await browser.get("/cijfers/")
            table = await browser.get("/cijfers/figures.csv")
            same = await browser.get("/cijfers/", headers={"If-None-Match": page.headers["ETag"]})
            head = await browser.head("/cijfers/")

            assert "<h1>12</h1>" == await page.text()
            assert "max-age=0" == page.headers["Cache-Control"]
            assert "Content-Security-Policy" in page.headers
            assert "text/csv; charset=utf-8" == table.headers["Content-Type"]
            assert (304, b"") == (same.status, await same.read())
            assert (200, b"") == (head.status, await head.read())
            assert 405 == (await browser.post("/cijfers/")).status

    asyncio.run(check())
