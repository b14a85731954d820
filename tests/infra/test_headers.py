"""
Every kind of answer has the headers that Mozilla's Observatory asks for an A+: from the site and
the API, of an error, a redirect, the gateway, the firewall.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from chalicelib.domain.site import moved_pages
from infra.edge import NAMED, response_headers
from infra.local.api_proxy import Api, ApiPaths
from infra.local.front_door import front_door
from tests.infra.observatory import grade, score

SITE = Path("build/site")
HIGHEST = 130
"""100, and what headers add: 10 for the policy, 10 for resources, 5 for referrers, 5 for frames."""
YEAR = 31_536_000


@asynccontextmanager
async def door() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """The front door before an API that answers as ours does, and says less safe things."""

    async def answer(request: web.Request) -> web.Response:
        unsafe = {"Content-Security-Policy": "default-src *", "Referrer-Policy": "unsafe-url"}
        status = int(request.query.get("status", "200"))
        return web.Response(status=status, text="<!doctype html>", headers=unsafe)

    stub = web.Application()
    stub.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(stub) as server:
        paths = ApiPaths(["/api/registrations", "/mijn/{token}"])
        async with (
            Api(str(server.make_url("/")).rstrip("/"), paths) as api,
            TestClient(TestServer(front_door(SITE, api, web.Application()))) as browser,
        ):
            yield browser


KINDS = {
    "a page": ("GET", "/", 200),
    "a style": ("GET", "/theme/style.css", 200),
    "a picture": ("GET", "/theme/icon.svg", 200),
    "a list": ("GET", "/finder.json", 200),
    "the head of a page": ("HEAD", "/", 200),
    "a redirect to a slash": ("GET", "/word-buddy", 301),
    "a former municipality": ("GET", next(iter(moved_pages())), 301),
    "what is not there": ("GET", "/nergens/", 404),
    "what may not be": ("POST", "/", 405),
    "an answer of the API": ("POST", "/api/registrations", 200),
    "a redirect of the API": ("POST", "/api/registrations?status=303", 303),
    "a refusal": ("POST", "/api/registrations?status=422", 422),
    "a page for who signed in": ("GET", "/mijn/x?status=403", 403),
    "a link that ended": ("GET", "/mijn/x?status=404", 404),
    "a fault": ("GET", "/api/registrations?status=500", 500),
    "a gateway that is busy": ("GET", "/api/registrations?status=429", 429),
    "a gateway that gets no answer": ("GET", "/api/registrations?status=504", 504),
}


@pytest.mark.parametrize("kind", KINDS)
def test_at_home(kind: str) -> None:
    """
    Each kind of answer of the one port has the grade A+, also where the API says otherwise.
    """
    method, path, status = KINDS[kind]

    async def ask() -> tuple[int, dict[str, str]]:
        async with door() as browser:
            answer = await browser.request(method, path, allow_redirects=False)
            return answer.status, dict(answer.headers)

    answered, headers = asyncio.run(ask())

    assert status == answered
    assert HIGHEST == score(headers)
    assert "A+" == grade(headers)


def custom(policy: Mapping[str, Any], stage: str) -> list[dict[str, Any]]:
    """The headers of a policy of CloudFront for which it has no setting."""
    settings = policy["Properties"]["ResponseHeadersPolicyConfig"]
    condition, in_production, elsewhere = settings["CustomHeadersConfig"]["Items"]["Fn::If"]
    assert "IsProduction" == condition
    chosen: list[dict[str, Any]] = in_production if stage == "prod" else elsewhere
    return chosen


def given_by(policy: Mapping[str, Any], stage: str = "prod") -> dict[str, str]:
    """The headers that a policy of CloudFront gives."""
    settings = policy["Properties"]["ResponseHeadersPolicyConfig"]
    security = settings["SecurityHeadersConfig"]
    transport = security["StrictTransportSecurity"]
    parts = [f"max-age={transport['AccessControlMaxAgeSec']}"]
    parts += ["includeSubDomains"] if transport["IncludeSubdomains"] else []
    parts += ["preload"] if transport["Preload"] else []
    named = {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": "; ".join(parts),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
    }
    others = {one["Header"]: one["Value"] for one in custom(policy, stage)}
    return {**named, **others}


def test_of_cloudfront(template: dict[str, Any]) -> None:
    """
    CloudFront gives the same headers, in the place of what an origin says.
    """
    policy = template["Resources"]["ResponseHeaders"]
    settings = policy["Properties"]["ResponseHeadersPolicyConfig"]

    assert response_headers() == given_by(policy)
    assert "A+" == grade(given_by(policy))
    assert set(NAMED.values()) == set(settings["SecurityHeadersConfig"])
    overriding = [*settings["SecurityHeadersConfig"].values(), *custom(policy, "prod")]
    assert all(one["Override"] for one in overriding)


def test_for_trying(template: dict[str, Any]) -> None:
    """
    Only a stage for trying asks search engines to pass by; the rest is the same.
    """
    policy = template["Resources"]["ResponseHeaders"]

    assert response_headers() | {"X-Robots-Tag": "noindex"} == given_by(policy, "staging")


def test_of_every_behaviour(template: dict[str, Any]) -> None:
    """
    There is no address, of the site, the API, or an error, without these headers.
    """
    settings = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    for behaviour in (*settings["CacheBehaviors"], settings["DefaultCacheBehavior"]):
        assert {"Ref": "ResponseHeaders"} == behaviour["ResponseHeadersPolicyId"]


def test_of_firewall(everywhere: dict[str, Any]) -> None:
    """
    Whom the firewall brakes gets the same headers, a page in Dutch, and when to come back.
    """
    firewall = everywhere["Resources"]["WebAcl"]["Properties"]
    (page,) = firewall["CustomResponseBodies"].values()

    assert page["Content"].startswith('<!doctype html><html lang="nl">')
    for rule in firewall["Rules"]:
        refusal = rule["Action"]["Block"]["CustomResponse"]
        headers = {one["Name"]: one["Value"] for one in refusal["ResponseHeaders"]}
        assert 429 == refusal["ResponseCode"]
        assert response_headers() | {"Retry-After": "300"} == headers
        assert "A+" == grade(headers)


def test_no_unsafe() -> None:
    """
    The policy allows nothing unsafe, and nothing of others.
    """
    policy = response_headers()["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*|blob:", policy)
    assert "script-src 'self';" in policy  # no data: but for pictures
    assert policy.count("data:") == 1


def test_preload() -> None:
    """
    The header is what the preload list of browsers asks for: a year, all below it, and «preload».
    """
    transport = response_headers()["Strict-Transport-Security"]
    age = re.search(r"max-age=(\d+)", transport)

    assert age
    assert int(age[1]) >= YEAR
    assert "includeSubDomains" in transport
    assert "preload" in transport


def test_isolated() -> None:
    """
    No other site opens, frames or reads ours, and ours uses nothing of a device.
    """
    headers = response_headers()

    assert "same-origin" == headers["Cross-Origin-Opener-Policy"]
    assert "same-origin" == headers["Cross-Origin-Resource-Policy"]
    assert "no-referrer" == headers["Referrer-Policy"]
    allowed = [one.strip().partition("=") for one in headers["Permissions-Policy"].split(",")]
    assert {"()"} == {value for _, _, value in allowed}
    assert {"camera", "microphone", "geolocation", "payment"} <= {name for name, _, _ in allowed}


class TestScorer:
    """The rules of the Observatory, or the tests above prove nothing."""

    @pytest.mark.parametrize(
        ("name", "value", "expected", "letter"),
        [
            ("Content-Security-Policy", None, 75, "B"),
            ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'", 80, "B+"),
            ("Content-Security-Policy", "default-src 'none'; script-src https:", 80, "B+"),
            ("Content-Security-Policy", "default-src *", 80, "B+"),
            ("Strict-Transport-Security", None, 80, "B+"),
            ("Strict-Transport-Security", "max-age=86400", 120, "A+"),
            ("X-Content-Type-Options", None, 125, "A+"),
            ("Referrer-Policy", "unsafe-url", 120, "A+"),
            ("Cross-Origin-Resource-Policy", None, 120, "A+"),
        ],
    )
    def test_worse(self, name: str, value: str | None, expected: int, letter: str) -> None:
        """
        Each header that is weaker or gone costs what the methodology says; a bonus counts only
        from 90 on.
        """
        headers = {one: text for one, text in response_headers().items() if one != name}
        if value is not None:
            headers[name] = value

        assert (expected, letter) == (score(headers), grade(headers))

    def test_nothing(self) -> None:
        """
        An answer without any of them fails.
        """
        assert 30 == score({})

    def test_style(self) -> None:
        """
        Styles in a page cost the bonus of the policy, and no more.
        """
        headers = response_headers()
        policy = headers["Content-Security-Policy"].replace(
            "style-src", "style-src 'unsafe-inline'"
        )

        assert HIGHEST - 10 == score(headers | {"Content-Security-Policy": policy})

    @pytest.mark.parametrize(
        ("cookie", "change"),
        [
            ("a=b; HttpOnly; Secure; SameSite=Strict", 5),
            ("a=b; HttpOnly; Secure", 0),
        ],
    )
    def test_cookie(self, cookie: str, change: int) -> None:
        """
        A cookie as the desks set it adds to the score.
        """
        assert HIGHEST + change == score(response_headers() | {"Set-Cookie": cookie})
