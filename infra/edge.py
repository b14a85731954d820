"""
What of the templates is code or data elsewhere: the headers of each answer, and the functions that
CloudFront runs. `infra.assemble` puts it beside what is written in `infra/templates`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESPONSE_HEADERS = HERE / "response-headers.json"
FUNCTIONS = HERE / "functions"

LARGEST_FUNCTION = 10_240
"""Bytes that CloudFront takes (quotas of CloudFront Functions, read in November 2026)."""

KINDS = {"RouteSite": "site", "RoutePublished": "published", "RouteApi": "api"}
"""The resource of each function, with the kind of behaviour that it serves."""

NAMED = {
    "Content-Security-Policy": "ContentSecurityPolicy",
    "Referrer-Policy": "ReferrerPolicy",
    "Strict-Transport-Security": "StrictTransportSecurity",
    "X-Content-Type-Options": "ContentTypeOptions",
    "X-Frame-Options": "FrameOptions",
}
"""The headers that CloudFront has a setting for, and refuses among the others."""

UNLISTED = {"X-Robots-Tag": "noindex"}
"""What a stage for trying says besides: no search engine should lead anybody there."""

BODY = (
    '<!doctype html><html lang="nl"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    "<title>Probeer het straks opnieuw</title><h1>Probeer het straks opnieuw</h1>"
    "<p>Er kwamen heel veel vragen van jouw netwerk. Wacht vijf minuten en probeer het opnieuw.</p>"
    "</html>"
)


def response_headers() -> dict[str, str]:
    """What every answer has, whoever gives it."""
    found: dict[str, str] = json.loads(RESPONSE_HEADERS.read_text(encoding="utf-8"))
    return found


def route(kind: str) -> str:
    """The function before the cache for a kind of behaviour; CloudFormation adds the host."""
    text = (FUNCTIONS / "route.js").read_text(encoding="utf-8")
    headers = json.dumps(response_headers(), separators=(",", ":"))
    return _without_comments(text).replace("__KIND__", kind).replace("__HEADERS__", headers)


def status() -> str:
    """The function after the cache."""
    return _without_comments((FUNCTIONS / "status.js").read_text(encoding="utf-8"))


def resources() -> dict[str, Any]:
    """For the template of the system."""
    functions = {
        name: _function(
            name,
            {"Fn::Sub": [route(kind), {"SiteHost": {"Fn::If": ["HasDomain", _HOST, ""]}}]},
            # The API's needs no store: it only changes how a path is written.
            store=kind != "api",
        )
        for name, kind in KINDS.items()
    }
    return {
        "ResponseHeaders": _policy(response_headers()),
        **functions,
        "StatusOfMissing": _function("StatusOfMissing", status(), store=False),
    }


def refusal() -> dict[str, Any]:
    """How the firewall refuses: its answers don't pass by the policy of the headers."""
    return {
        "ResponseCode": 429,
        "CustomResponseBodyKey": "later",
        "ResponseHeaders": [
            {"Name": name, "Value": value}
            for name, value in {**response_headers(), "Retry-After": "300"}.items()
        ],
    }


_HOST = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "SiteUrl"}]}]}


def _without_comments(text: str) -> str:
    return re.sub(r"^\s*//.*\n|(?<=[;,{}]) +//.*$", "", text, flags=re.MULTILINE)


def _function(name: str, code: object, *, store: bool) -> dict[str, Any]:
    config: dict[str, Any] = {"Comment": f"mijnbuddy {name}", "Runtime": "cloudfront-js-2.0"}
    if store:
        arn = {"Fn::GetAtt": ["Releases", "Arn"]}
        config["KeyValueStoreAssociations"] = [{"KeyValueStoreARN": arn}]
    return {
        "Type": "AWS::CloudFront::Function",
        "Properties": {
            "Name": {"Fn::Sub": f"mijnbuddy-${{Stage}}-{name}"},
            "AutoPublish": True,
            "FunctionCode": code,
            "FunctionConfig": config,
        },
    }


def _items(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"Header": name, "Value": value, "Override": True} for name, value in headers.items()]


def _policy(headers: Mapping[str, str]) -> dict[str, Any]:
    transport = headers["Strict-Transport-Security"]
    age = re.search(r"max-age=(\d+)", transport)
    if age is None:
        raise ValueError(f"Strict-Transport-Security says not how long: {transport}")
    security: dict[str, dict[str, Any]] = {
        "ContentSecurityPolicy": {"ContentSecurityPolicy": headers["Content-Security-Policy"]},
        "ContentTypeOptions": {},
        "FrameOptions": {"FrameOption": headers["X-Frame-Options"]},
        "ReferrerPolicy": {"ReferrerPolicy": headers["Referrer-Policy"]},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": int(age[1]),
            "IncludeSubdomains": "includeSubDomains" in transport,
            "Preload": "preload" in transport,
        },
    }
    others = {name: value for name, value in headers.items() if name not in NAMED}
    return {
        "Type": "AWS::CloudFront::ResponseHeadersPolicy",
        "Properties": {
            "ResponseHeadersPolicyConfig": {
                "Name": {"Fn::Sub": "mijnbuddy-${Stage}"},
                "SecurityHeadersConfig": {
                    # Also where an origin says otherwise.
                    name: {**setting, "Override": True}
                    for name, setting in security.items()
                },
                "CustomHeadersConfig": {
                    "Items": {"Fn::If": ["IsProduction", _items(others), _items(others | UNLISTED)]}
                },
                # Of the store behind it: of no use to a visitor.
                "RemoveHeadersConfig": {
                    "Items": [
                        {"Header": name}
                        for name in ("Server", "x-amz-server-side-encryption", "x-amz-version-id")
                    ]
                },
            }
        },
    }
