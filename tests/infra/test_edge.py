"""What CloudFront does with each address: where it leads, what goes along, what is kept."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.domain.downloads import FILES
from chalicelib.domain.site import download_path
from chalicelib.domain.suspicion import visitor_of
from infra.edge import response_headers
from infra.releases import (
    MISSING,
    STANDING,
    STORING,
    known_paths,
    metadata,
    public_paths,
    stands,
    store_keys,
)

SITE = Path("build/site")
NOT_KEPT = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS's CachingDisabled
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AWS's AllViewerExceptHostHeader
CHANGING = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "GET", "HEAD"}
ROUTES = [(path, method) for path, methods in app.routes.items() for method in methods]


@pytest.fixture(scope="module")
def settings(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resources["Distribution"]["Properties"]["DistributionConfig"]
    return found


def behaviours(settings: dict[str, Any]) -> list[dict[str, Any]]:
    return [*settings["CacheBehaviors"], settings["DefaultCacheBehavior"]]


def meant_for(settings: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """The behaviours of which the pattern fits a path; the default where none does."""
    fitting = [one for one in settings["CacheBehaviors"] if fnmatchcase(path, one["PathPattern"])]
    return fitting or [settings["DefaultCacheBehavior"]]


def asked_for(route: str) -> list[str]:
    """How a browser writes the address of a route: what has no name of a file ends in a slash."""
    path = re.sub(r"\{[^}]+\}", "x1-y2", route)
    is_page = route.count("/") == 1
    return [f"{path}/"] if is_page else [path, f"{path}/"]


@pytest.mark.parametrize(("route", "method"), ROUTES)
def test_routes(settings: dict[str, Any], route: str, method: str) -> None:
    """
    Each route of the API is reached at its address, by exactly one behaviour that lets its method
    through, keeps no answer, and passes all of the request on but for the name of our host.
    """
    for path in asked_for(route):
        (behaviour,) = meant_for(settings, path)

        assert behaviour["TargetOriginId"] in {"api", "api-else-standing"}, path
        assert method in behaviour["AllowedMethods"]
        assert NOT_KEPT == behaviour["CachePolicyId"]
        assert ALL_BUT_HOST == behaviour["OriginRequestPolicyId"]


def test_no_more(settings: dict[str, Any]) -> None:
    """
    Every behaviour that lets a change through has a route that changes something.
    """
    for behaviour in behaviours(settings):
        if set(behaviour["AllowedMethods"]) == {"GET", "HEAD"}:
            continue
        assert CHANGING == set(behaviour["AllowedMethods"])
        assert "POST" in {
            method
            for route, method in ROUTES
            for path in asked_for(route)
            if fnmatchcase(path, behaviour["PathPattern"])
        }, behaviour["PathPattern"]


def test_site(settings: dict[str, Any]) -> None:
    """
    No file of the site is behind the API: each is reached by one behaviour that knows the bucket.
    """
    below = {"published-else-standing": "/cijfers/", "api-else-standing": "/download/"}
    paths = known_paths(SITE)

    assert len(paths) > 500
    for path in paths:
        (behaviour,) = meant_for(settings, path)
        origin = behaviour["TargetOriginId"]
        if origin in below:
            assert path.startswith(below[origin])
        else:
            assert ("standing" if path == STORING else "site") == origin, path


def test_without_slash(settings: dict[str, Any]) -> None:
    """
    A section of the API without its slash is asked of the site, that leads on to it: no behaviour
    fits a page of the site that only begins alike.
    """
    for path in ("/zoekertjes/", "/mijnbuddy/", "/beheerders", "/apis/x", "/cijferslot/"):
        assert [settings["DefaultCacheBehavior"]] == meant_for(settings, path)


def test_encrypted(settings: dict[str, Any], resources: dict[str, Any]) -> None:
    """
    Browsers come over HTTPS, of version 2 or 3, and so does CloudFront to the API.
    """
    assert {"redirect-to-https"} == {one["ViewerProtocolPolicy"] for one in behaviours(settings)}
    assert "http2and3" == settings["HttpVersion"]
    _, with_domain, _ = settings["ViewerCertificate"]["Fn::If"]
    assert "TLSv1.2_2021" == with_domain["MinimumProtocolVersion"]
    origin = {one["Id"]: one for one in settings["Origins"]}["api"]["CustomOriginConfig"]
    assert ("https-only", ["TLSv1.2"]) == (
        origin["OriginProtocolPolicy"],
        origin["OriginSSLProtocols"],
    )


def test_small(settings: dict[str, Any], resources: dict[str, Any]) -> None:
    """
    What is kept travels compressed, by Brotli or gzip, and is kept by its path alone.
    """
    for behaviour in behaviours(settings):
        assert behaviour["Compress"]
    for name in ("SiteCache", "PublishedCache"):
        policy = resources[name]["Properties"]["CachePolicyConfig"]
        key = policy["ParametersInCacheKeyAndForwardedToOrigin"]

        assert policy["MaxTTL"] > 0  # else CloudFront compresses nothing
        assert key["EnableAcceptEncodingBrotli"]
        assert key["EnableAcceptEncodingGzip"]
        assert "none" == key["CookiesConfig"]["CookieBehavior"]
        assert "none" == key["HeadersConfig"]["HeaderBehavior"]
        assert "none" == key["QueryStringsConfig"]["QueryStringBehavior"]


def test_errors(settings: dict[str, Any]) -> None:
    """
    No error is kept for the next visitor, and none of the API's own pages is replaced.
    """
    errors = {one["ErrorCode"]: one for one in settings["CustomErrorResponses"]}

    assert {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504} == set(errors)
    assert {0} == {one["ErrorCachingMinTTL"] for one in errors.values()}
    replaced = {
        code: one["ResponsePagePath"] for code, one in errors.items() if "ResponsePagePath" in one
    }
    assert {502: STORING, 504: STORING} == replaced
    for code, path in replaced.items():
        (behaviour,) = meant_for(settings, path)
        assert code == errors[code]["ResponseCode"]
        assert "standing" == behaviour["TargetOriginId"]
        assert stands(path)
        assert (SITE / path.strip("/")).is_file()


def test_nobody_is_listed(settings: dict[str, Any]) -> None:
    """
    CloudFront keeps no list of who asked for what: there are tokens in the addresses.
    """
    assert "Logging" not in settings
    assert not {"RealtimeLogConfigArn", "FieldLevelEncryptionId"} & {
        key for one in behaviours(settings) for key in one
    }


def test_failover(settings: dict[str, Any]) -> None:
    """
    Where nothing was published, and where a download can't be counted, the site has the file; only
    what reads is tried twice.
    """
    groups = {one["Id"]: one for one in settings["OriginGroups"]["Items"]}
    members = {
        name: [member["OriginId"] for member in one["Members"]["Items"]]
        for name, one in groups.items()
    }
    codes = {name: one["FailoverCriteria"]["StatusCodes"]["Items"] for name, one in groups.items()}

    assert {
        "published-else-standing": ["published", "standing"],
        "api-else-standing": ["api", "standing"],
    } == members
    assert {403, 404} < set(codes["published-else-standing"])
    assert not {403, 404, 422} & set(codes["api-else-standing"])  # those are answers
    for behaviour in behaviours(settings):
        if behaviour["TargetOriginId"] in groups:
            assert ["GET", "HEAD"] == behaviour["AllowedMethods"]


class TestOnlyThroughCloudFront:
    def test_key(self, resources: dict[str, Any], settings: dict[str, Any]) -> None:
        """
        The API lets in who shows one of two keys, which CloudFront alone has: what a visitor sends
        in that header is replaced.
        """
        (statement,) = resources["RestAPI"]["Properties"]["Auth"]["ResourcePolicy"][
            "CustomStatements"
        ]
        (named,) = statement["Condition"].values()
        (header,) = {one["Id"]: one for one in settings["Origins"]}["api"]["OriginCustomHeaders"]
        _, *shown = header["HeaderValue"]["Fn::If"]

        assert ("Allow", "execute-api:Invoke") == (statement["Effect"], statement["Action"])
        assert ["aws:Referer"] == list(named)
        assert "Referer" == header["HeaderName"]
        assert sorted(map(str, named["aws:Referer"])) == sorted(map(str, shown))
        for one in shown:
            assert re.fullmatch(
                r"\{\{resolve:secretsmanager:\$\{OriginKey[AB]\}\}\}", one["Fn::Sub"]
            )

    def test_another_key(self, resources: dict[str, Any]) -> None:
        """
        Choosing the other key changes the policy, so that CloudFormation reads both anew.
        """
        (statement,) = resources["RestAPI"]["Properties"]["Auth"]["ResourcePolicy"][
            "CustomStatements"
        ]

        assert "${OriginKey}" in statement["Sid"]["Fn::Sub"]

    def test_not_logged(self, resources: dict[str, Any]) -> None:
        """
        API Gateway, which sees the header with the key and tokens in addresses, writes no log.
        """
        api = resources["RestAPI"]["Properties"]
        (settings,) = api["MethodSettings"]

        assert not {"AccessLogSetting", "TracingEnabled", "CanarySetting"} & set(api)
        assert {"ResourcePath", "HttpMethod"} == {
            name for name in settings if not name.startswith("Throttling")
        }

    def test_nothing_reads_it(self) -> None:
        """
        Nothing of ours reads the header that has the key in it.
        """
        code = "".join(file.read_text() for file in Path("backend").rglob("*.py"))

        assert "referer" not in code.lower().replace("referrer", "")

    def test_buckets(self, resources: dict[str, Any]) -> None:
        """
        Both buckets open to our distribution alone, for reading.
        """
        for name in ("SiteBucketPolicy", "PublishedBucketPolicy"):
            allowed, _ = resources[name]["Properties"]["PolicyDocument"]["Statement"]

            assert {"Service": "cloudfront.amazonaws.com"} == allowed["Principal"]
            assert "s3:GetObject" == allowed["Action"]
            (source,) = allowed["Condition"]["StringEquals"].values()
            assert source["Fn::Sub"].endswith("distribution/${Distribution}")

    @pytest.mark.parametrize(
        "sent", ["", "192.0.2.1", "192.0.2.1, 198.51.100.9", "203.0.113.5", "not an address,,"]
    )
    def test_visitor(self, sent: str) -> None:
        """
        CloudFront, then API Gateway, each add to X-Forwarded-For whom they saw. Whatever a visitor
        wrote in it, also the address of CloudFront itself, the visitor is whom CloudFront saw.
        """
        by_cloudfront = ", ".join(filter(None, (sent, "198.51.100.7")))
        by_gateway = f"{by_cloudfront}, 203.0.113.5"

        assert "198.51.100.7" == visitor_of(by_gateway, "203.0.113.5")


class TestOtherHost:
    """The domain without www: it leads to the site, so it needs all that the site's host has."""

    def test_certificate(self, everywhere: dict[str, Any]) -> None:
        """
        The certificate has it, and each host of the certificate proves by itself that it is ours:
        CloudFormation would wait for the record of one that does not.
        """
        certificate = everywhere["Resources"]["Certificate"]["Properties"]
        condition, others, _ = certificate["SubjectAlternativeNames"]["Fn::If"]
        _, proofs, _ = certificate["DomainValidationOptions"]["Fn::If"]
        own, other = proofs

        assert ("HasOtherHost", [{"Ref": "OtherHost"}]) == (condition, others)
        zone = {"HostedZoneId": {"Ref": "HostedZoneId"}}
        assert {"DomainName": {"Ref": "SiteHost"}, **zone} == own
        assert ["HasOtherHost", {"DomainName": {"Ref": "OtherHost"}, **zone}] == other["Fn::If"][:2]

    def test_distribution(self, settings: dict[str, Any]) -> None:
        """
        CloudFront answers for it, beside the host of the site.
        """
        condition, aliases, without = settings["Aliases"]["Fn::If"]
        nothing = {"Ref": "AWS::NoValue"}

        assert ("HasDomain", nothing) == (condition, without)
        assert [{"Fn::If": ["HasOtherHost", {"Ref": "OtherHost"}, nothing]}] == aliases[1:]

    def test_records(self, resources: dict[str, Any]) -> None:
        """
        Its DNS leads to CloudFront by both kinds of addresses, as that of the site's host does.
        """
        made = {
            name: one
            for name, one in resources.items()
            if "AliasTarget" in one["Properties"] and one["Type"] == "AWS::Route53::RecordSet"
        }
        own, others = ("SiteRecord", "SiteRecordSix"), ("OtherRecord", "OtherRecordSix")

        assert {*own, *others} == set(made)
        for name, like in zip(others, own, strict=True):
            assert "HasOtherSite" == made[name]["Condition"]
            assert {"Ref": "OtherHost"} == made[name]["Properties"]["Name"]
            for key in ("Type", "AliasTarget", "HostedZoneId"):
                assert made[like]["Properties"][key] == made[name]["Properties"][key]


class TestReleases:
    def test_paths(self) -> None:
        """
        The store knows each file of the site by its path, and each page by its folder.
        """
        known = known_paths(SITE)

        assert "." == known["/"] == known["/index.html"] == known["/theme/style.css"]
        assert "/.built" not in known
        assert len(known) < 5_000  # 5 MB is what a store holds

    def test_keys(self) -> None:
        """
        The keys of two releases don't meet, and each fits: 512 bytes a key, 1 KB a value.
        """
        first, second = store_keys("r1", SITE), store_keys("r2", SITE)

        assert not set(first) & set(second)
        assert max(len(key.encode()) for key in first) <= 512
        assert max(len(value.encode()) for value in first.values()) <= 1024

    def test_missing(self) -> None:
        """
        Only the page of what is missing says that it is no success.
        """
        marked = {path for path, _ in public_paths(SITE) if metadata(path)}

        assert {MISSING} == marked

    def test_standing(self) -> None:
        """
        What is needed without a release is part of the site: with it, each file of the toolkit.
        """
        paths = [path for path, _ in public_paths(SITE)]
        there = {one for one in STANDING if any(path.startswith(one) for path in paths)}

        assert set(STANDING) == there
        assert set(map(download_path, FILES)) <= set(filter(stands, paths))

    def test_hidden(self, tmp_path: Path) -> None:
        """
        Hidden files stay at home, but for those that the web asks for there.
        """
        for name in (".git/config", ".well-known/security.txt", "a/.b/c.html", "index.html"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("x")

        assert ["/.well-known/security.txt", "/index.html", "/"] == [
            path for path, _ in public_paths(tmp_path)
        ]


def test_headers_are_named() -> None:
    """
    There is one list of headers, and nothing of it is empty.
    """
    assert all(response_headers().values())
