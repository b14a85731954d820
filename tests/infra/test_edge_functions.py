"""The functions of CloudFront lead where the local front door leads."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.sync_api import Page
from yarl import URL

from chalicelib.domain.figures_files import ADDRESSES
from chalicelib.domain.site import moved_pages
from infra.edge import KINDS, LARGEST_FUNCTION, response_headers, route
from infra.local.api_proxy import Api, ApiPaths
from infra.local.front_door import front_door
from infra.releases import MISSING, SWITCH, public_paths, stands, store_keys
from tests.browser.chromium import launched
from tests.infra.edge_functions import code_of, request, requests, run

SITE = Path("build/site")
RELEASE = "r1"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with launched() as browser:
        yield browser.new_page()


@pytest.fixture(scope="module")
def store() -> dict[str, str]:
    return {SWITCH: RELEASE, **store_keys(RELEASE, SITE)}


def addresses() -> list[str]:
    """Whatever somebody may ask for: all that there is, with and without a slash, and more."""
    pages = [path for path, _ in public_paths(SITE)]
    moved = list(moved_pages())
    folders = [path.rstrip("/") for path in (*pages, *moved) if path.endswith("/") and path != "/"]
    wrong = [
        "/nowhere",
        "/nowhere/",
        "/word-buddy//",
        "//word-buddy",
        "/theme",
        "/theme/",
        "/a.css",
    ]
    odd = ["/word%2Dbuddy/", "/%E0%A4%A", "/release", "/word-buddy/aalst/index.html/"]
    # What says that a page is missing says it at its own address, too: only a file can tell there.
    known = [path for path in (*pages, *moved, *folders) if path != "/404.html"]
    return sorted({*known, *wrong, *odd})


def at_home(asked: list[str], query: str) -> list[tuple[int, str]]:
    """Status and Location that the local front door answers."""

    async def ask() -> list[tuple[int, str]]:
        async with (
            Api("http://127.0.0.1:1", ApiPaths([])) as api,
            TestClient(TestServer(front_door(SITE, api, web.Application()))) as browser,
        ):
            start = str(browser.make_url("/")).rstrip("/")

            async def one(path: str) -> tuple[int, str]:
                url = URL(start + path + query, encoded=True)
                async with browser.session.head(url, allow_redirects=False) as answer:
                    return answer.status, answer.headers.get("Location", "")

            return await asyncio.gather(*map(one, asked))

    with ThreadPoolExecutor(1) as thread:  # Playwright has the loop of this one
        return thread.submit(asyncio.run, ask()).result()


def test_same_as_at_home(page: Page, template: dict[str, Any], store: dict[str, str]) -> None:
    """
    Each address of the site, each former municipality and what is nowhere gets the same answer
    from CloudFront as from the local front door: the file, the way on, or «not found».
    """
    asked = addresses()
    query = "?a=1&b=x%20y&a=2"
    outcomes = requests(
        page, code_of(template, "RouteSite"), store, [request(p, query[1:]) for p in asked]
    )

    found = []
    for one in outcomes:
        if one.status:
            found.append((one.status, re.sub(r"\?.*", query, one.location)))
            continue
        file = SITE / one.path.removeprefix(f"/releases/{RELEASE}/")
        assert file.is_file(), one.path
        found.append((404 if one.path.endswith("/404.html") else 200, ""))

    expected = at_home(asked, query)
    assert [] == [
        (path, home, edge)
        for path, home, edge in zip(asked, expected, found, strict=True)
        if home != edge
    ]
    assert 301 in {status for status, _ in found}
    assert len(moved_pages()) > 20


def test_former(page: Page, template: dict[str, Any], store: dict[str, str]) -> None:
    """
    Each former municipality leads to the page of the one of today, in one step.
    """
    moved = moved_pages()
    for ending in ("", "/"):
        asked = [request(path.rstrip("/") + ending) for path in moved]
        outcomes = requests(page, code_of(template, "RouteSite"), store, asked)

        assert list(moved.values()) == [one.location for one in outcomes]


def test_missing(page: Page, template: dict[str, Any], store: dict[str, str]) -> None:
    """
    Who asks for what is not there gets the whole page that says so, whatever her browser has of it.
    """
    (outcome,) = requests(
        page,
        code_of(template, "RouteSite"),
        store,
        [request("/weg/", if_none_match='"x"', range="bytes=0-1", accept="text/html")],
    )

    assert f"/releases/{RELEASE}/404.html" == outcome.path
    assert ["accept"] == list(outcome.asked or {})


def test_no_release(page: Page, template: dict[str, Any]) -> None:
    """
    Before the first release, the site says that it is not there yet, with the headers of the rest.
    """
    (outcome,) = requests(page, code_of(template, "RouteSite"), {}, [request("/")])

    assert 503 == outcome.status
    assert "60" == (outcome.headers or {})["retry-after"]
    for header, value in response_headers().items():
        assert value == (outcome.headers or {})[header.lower()]


def test_switch(page: Page, template: dict[str, Any], store: dict[str, str]) -> None:
    """
    One key says which release all see: changing it changes every page, and changing it back, too.
    """
    both = store | store_keys("r2", SITE)
    code = code_of(template, "RouteSite")
    for release in ("r1", "r2", "r1"):
        (outcome,) = requests(page, code, both | {SWITCH: release}, [request("/contact/")])

        assert f"/releases/{release}/contact/index.html" == outcome.path


@pytest.mark.parametrize("name", KINDS)
def test_other_host(page: Page, template: dict[str, Any], store: dict[str, str], name: str) -> None:
    """
    Another host leads to the site's, at the same address, with the headers that HSTS needs.
    """
    asked = request("/contact", "a=b", host="mijnbuddy.be")
    (outcome,) = requests(page, code_of(template, name, "www.mijnbuddy.be"), store, [asked])

    assert (301, "https://www.mijnbuddy.be/contact?a=b") == (outcome.status, outcome.location)
    for header, value in response_headers().items():
        assert value == (outcome.headers or {})[header.lower()]


def test_own_host(page: Page, template: dict[str, Any], store: dict[str, str]) -> None:
    """
    The site's own host leads nowhere else.
    """
    code = code_of(template, "RouteSite", "www.mijnbuddy.be")
    (outcome,) = requests(page, code, store, [request("/contact/", host="www.mijnbuddy.be")])

    assert f"/releases/{RELEASE}/contact/index.html" == outcome.path


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/bedankt/", "/bedankt"),
        ("/api/health", "/api/health"),
        ("/gemeente/kandidaten.csv", "/gemeente/kandidaten.csv"),
        ("/mijn/aanmelding/a.b//", "/mijn/aanmelding/a.b"),
    ],
)
def test_api(page: Page, template: dict[str, Any], asked: str, sent: str) -> None:
    """
    The API is asked without the slash at the end, and otherwise as the visitor asked.
    """
    headers = {"origin": "https://www.mijnbuddy.be", "cookie": "a=b"}
    (outcome,) = requests(page, code_of(template, "RouteApi"), {}, [request(asked, **headers)])

    assert sent == outcome.path
    assert set(headers) == set(outcome.asked or {})


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/cijfers/", "/cijfers/index.html"),
        *((path, path) for path in ADDRESSES),
        ("/cijfers/2026-11.csv", "/404.html"),
        ("/cijfers/nergens/", "/404.html"),
        ("/cijfers/nergens", "/404.html"),
    ],
)
def test_published(page: Page, store: dict[str, str], asked: str, path: str) -> None:
    """
    Below the figures, what is published is asked of the bucket as it is, a page by its folder; what
    nobody publishes leads to the page that says so, which both origins can find.
    """
    (outcome,) = requests(
        page, route("published").replace("${SiteHost}", ""), store, [request(asked)]
    )

    assert path == outcome.path
    assert path != MISSING or stands(path)


@pytest.mark.parametrize("kind", ["site", "published"])
@pytest.mark.parametrize(
    "asked",
    [
        "/%3F",
        "/index.html%3Fa",
        "/%2e%2e%2findex.html",
        "/..%2findex.html",
        "/%2e%2e/r1/index.html",
        "/%252e%252e%252findex.html",
        "/%0A",
        "/%00",
        "/%0d%0aX-A:%20b",
        "/%23",
        "/%",
        "/%E0%A4%A",
        "/..;/index.html",
    ],
)
def test_only_what_is_known(page: Page, store: dict[str, str], kind: str, asked: str) -> None:
    """
    Nothing that a visitor wrote goes on to a bucket, written in whichever way: what is not known
    leads to the page that says so.
    """
    code = route(kind).replace("${SiteHost}", "")
    paths = [asked, f"/cijfers{asked}"]
    outcomes = requests(page, code, store, [request(path) for path in paths])

    missing = MISSING if kind == "published" else f"/releases/{RELEASE}{MISSING}"
    assert [(missing, 0)] * 2 == [(one.path, one.status) for one in outcomes]


@pytest.mark.parametrize(
    ("asked", "sent", "location"),
    [
        ("/caf%C3%A9/", "/caf%C3%A9/index.html", ""),
        ("/caf%c3%a9/", "/caf%C3%A9/index.html", ""),
        ("/caf%C3%A9", "", "/caf%C3%A9/"),
        ("/een%20twee.pdf", "/een%20twee.pdf", ""),
        ("/wat%3F.pdf", "/wat%3F.pdf", ""),
    ],
)
def test_encoded(page: Page, asked: str, sent: str, location: str) -> None:
    """
    A known path goes on as an address is written, whatever letters are in it.
    """
    known = {f"{RELEASE}{path}": "." for path in ("/café/", "/een twee.pdf", "/wat?.pdf")}
    for kind, before in (("site", f"/releases/{RELEASE}"), ("published", "")):
        code = route(kind).replace("${SiteHost}", "")
        (one,) = requests(page, code, {SWITCH: RELEASE, **known}, [request(asked)])

        assert (sent and before + sent, location) == (one.path, one.location)


def test_status(page: Page, template: dict[str, Any]) -> None:
    """
    The page of what is missing goes out as such; every other answer as it came.
    """
    events = [
        {"response": {"statusCode": 200, "headers": {"x-amz-meta-status": {"value": "404"}}}},
        {"response": {"statusCode": 304, "headers": {"x-amz-meta-status": {"value": "404"}}}},
        {"response": {"statusCode": 200, "headers": {"etag": {"value": "x"}}}},
    ]
    answers = run(page, code_of(template, "StatusOfMissing"), {}, events)

    assert [404, 304, 200] == [answer["statusCode"] for answer in answers]
    assert [[], [], ["etag"]] == [list(answer["headers"]) for answer in answers]


def test_fits(template: dict[str, Any]) -> None:
    """
    CloudFront takes each function, with the longest host that there can be.
    """
    for name in (*KINDS, "StatusOfMissing"):
        code = code_of(template, name, "w" * 253)

        assert len(code.encode()) <= LARGEST_FUNCTION
        assert "__" not in code
        # What its runtime 2.0 has not: see «JavaScript runtime 2.0 features» of its guide.
        assert not re.search(r"\?\.|\?\?=|\|\|=|&&=|catch *\{|\bclass\b|\beval\b|setTimeout", code)
        assert "${" not in code


def test_filled_in(template: dict[str, Any]) -> None:
    """
    CloudFormation fills in the host, and nothing else of the code.
    """
    for name in KINDS:
        text, names = template["Resources"][name]["Properties"]["FunctionCode"]["Fn::Sub"]

        assert ["${SiteHost}"] == re.findall(r"\$\{[^}]*\}", text)
        assert ["SiteHost"] == list(names)
