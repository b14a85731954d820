"""
What Mozilla's HTTP Observatory gives for the headers of an answer, written after its published
methodology (https://github.com/mozilla/http-observatory, httpobs/docs/scoring.md, as of 27 February
2024; the bonus for Cross-Origin-Resource-Policy from its successor, MDN's).

Stricter where it can't see: that a domain is on the preload list of browsers is no header, so that
bonus is never counted. What a header can't tell (scripts of others, http leading to https) is left
to the tests of the pages and of the template.
"""

import re
from collections.abc import Iterator, Mapping

EXTRA_FROM = 90
"""A bonus counts only from this score on."""
SIX_MONTHS = 15_768_000
BROAD = {"*", "http:", "https:", "ftp:", "data:", "blob:"}
UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "'wasm-unsafe-eval'"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
LEAKY = {"origin", "origin-when-cross-origin", "unsafe-url"}
GRADES = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"))


def grade(headers: Mapping[str, str]) -> str:
    """The letter for the headers of an answer."""
    reached = score(headers)
    return next((letter for least, letter in GRADES if reached >= least), "C or worse")


def score(headers: Mapping[str, str]) -> int:
    found = {name.lower(): value for name, value in headers.items()}
    changes = list(_changes(found))
    without_extra = 100 + sum(change for change in changes if change < 0)
    extra = sum(change for change in changes if change > 0)
    return max(0, without_extra + (extra if without_extra >= EXTRA_FROM else 0))


def _changes(headers: Mapping[str, str]) -> Iterator[int]:
    policy = _policy(headers.get("content-security-policy", ""))
    yield _of_policy(policy)
    yield _of_transport(headers.get("strict-transport-security", ""))
    yield _of_referrer(headers.get("referrer-policy"))
    yield 0 if headers.get("x-content-type-options", "").strip().lower() == "nosniff" else -5
    if "frame-ancestors" in policy and not policy["frame-ancestors"] & BROAD:
        yield 5
    elif headers.get("x-frame-options", "").upper() not in {"DENY", "SAMEORIGIN"}:
        yield -20
    if headers.get("cross-origin-resource-policy", "") in {"same-origin", "same-site"}:
        yield 10
    if (
        headers.get("access-control-allow-origin") == "*"
        and "access-control-allow-credentials" in headers
    ):
        yield -50
    if cookie := headers.get("set-cookie"):
        yield _of_cookie(cookie.lower())


def _policy(text: str) -> dict[str, set[str]]:
    parts = (part.split() for part in text.split(";") if part.strip())
    return {name.lower(): set(sources) for name, *sources in parts}


def _of_policy(policy: Mapping[str, set[str]]) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    scripts = policy.get("script-src", default)
    objects = policy.get("object-src", default)
    styles = policy.get("style-src", default)
    all_sources = set().union(*policy.values())
    if scripts & (BROAD | {"'unsafe-inline'"}) or objects & BROAD:
        return -20
    if any(source.startswith(("http:", "ftp:")) for source in all_sources):
        return -20
    if scripts & UNSAFE:
        return -10
    if styles & (BROAD | UNSAFE):
        return 0
    return 10 if default == {"'none'"} else 5


def _of_transport(text: str) -> int:
    age = re.search(r"max-age=(\d+)", text)
    if age is None:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS else -10


def _of_referrer(text: str | None) -> int:
    if text is None or text == "no-referrer-when-downgrade":
        return 0
    return 5 if text in PRIVATE else -5


def _of_cookie(cookie: str) -> int:
    flags = {part.strip().partition("=")[0] for part in cookie.split(";")[1:]}
    if "secure" not in flags:
        return -40
    if "httponly" not in flags:
        return -30
    return 5 if "samesite" in flags else 0
