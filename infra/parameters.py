"""
What a deployment is given: refuses what does not fit, examples and placeholders before anything is
made.

What fits is for the templates to say, in the constraints of their parameters. CloudFormation's own
rules (infra/templates/stages.yaml) compare whole values only. This looks into them, and is what
`make deploy` asks first.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

PRODUCTION = "prod"
TRYING = "dev"
"""The stage that has no domain of its own: its examples may stay."""
NOT_REAL = ("example", "invalid", "test", "localhost", "local")
"""Domains at the top that can't exist on the internet (RFC 2606 and 6762)."""
EXAMPLES = ("example.com", "example.net", "example.org", "example.be")

ADDRESSES = ("AgencyAddress", "DivertTo", "DmarcReports")

Declared = Mapping[str, Mapping[str, Any]]
"""The parameters of a template."""
Found = Iterator[tuple[str, str]]
"""Names, each with what is wrong."""


def complaints(stage: str, values: Mapping[str, str], declared: Declared) -> list[str]:
    """
    What is wrong with the values of a stage, each in one line. Only `dev` may have examples: others
    wait for a certificate, and for mails, of a domain that must be there.

    `values` are those of the template's parameters, defaults included.
    """
    found = [*_only_local(values), *unfit(values, declared)]
    if stage != TRYING:
        found += _examples(values)
    first: dict[str, str] = {}
    for name, why in found:  # what does not fit may be an example, too
        first.setdefault(name, why)
    return [f"{name}: {why}" for name, why in first.items()]


def unfit(values: Mapping[str, str], declared: Declared) -> Found:
    """What CloudFormation would refuse: it matches a pattern with the whole of a value."""
    for name, value in values.items():
        one = declared.get(name, {})
        allowed, pattern = one.get("AllowedValues"), one.get("AllowedPattern")
        least = one.get("MinValue")
        if allowed is not None and value not in allowed:
            expected = f"One of: {', '.join(allowed)}"
        elif pattern is not None and not re.fullmatch(pattern, value):
            expected = f"Its pattern: {pattern}"
        elif one.get("Type") == "Number" and not _is_number(value, least):
            expected = "A whole number" + ("" if least is None else f", at least {least}")
        else:
            continue
        yield name, _not_as(value, f"{one['Description']} {expected}")


def is_real(host: str) -> bool:
    """Whether a host can exist on the internet."""
    labels = host.lower().rstrip(".").split(".")
    ends = ".".join(labels[-2:])
    return len(labels) > 1 and labels[-1] not in NOT_REAL and ends not in EXAMPLES


def _not_as(value: str, expected: str) -> str:
    return f"{value or 'nothing'} is not as expected: {expected}"


def _is_number(value: str, least: float | None) -> bool:
    """CloudFormation takes fractions as well; whatever we count has none."""
    return bool(re.fullmatch("[0-9]+", value)) and (least is None or int(value) >= least)


def _only_local(values: Mapping[str, str]) -> Found:
    """What the template lets through for the local AWS (`make run`), and CloudFront has not."""
    value = values.get("SiteUrl", "")
    site = urlsplit(value)
    if site.scheme != "https" or site.path:
        expected = "https:// and the host of the site, without a slash at the end"
        yield "SiteUrl", _not_as(value, expected)


def _examples(values: Mapping[str, str]) -> Found:
    site = urlsplit(values.get("SiteUrl", ""))
    if not is_real(site.hostname or ""):
        yield "SiteUrl", f"{site.hostname or 'nothing'} is an example"
    if not is_real(values.get("SenderDomain", "")):
        yield "SenderDomain", f"{values.get('SenderDomain') or 'nothing'} is an example"
    for name in ("OtherHost", *ADDRESSES):
        host = values.get(name, "").rpartition("@")[2]
        if host and not is_real(host):
            yield name, f"{host} is an example"
