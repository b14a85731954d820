"""
What a deployment is given: refuses examples and placeholders before anything is made.

CloudFormation's own rules (infra/templates/stages.yaml) compare whole values only. This looks into
them, and is what `make deploy` asks first.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

PRODUCTION = "prod"
TRYING = "dev"
"""The stage that has no domain of its own: its examples may stay."""
NOT_REAL = ("example", "invalid", "test", "localhost", "local")
"""Domains at the top that can't exist on the internet (RFC 2606 and 6762)."""
EXAMPLES = ("example.com", "example.net", "example.org", "example.be")

ADDRESSES = ("AgencyAddress", "DivertTo", "DmarcReports")


def complaints(stage: str, values: Mapping[str, str]) -> list[str]:
    """
    What is wrong with the values of a stage, each in one line. Only `dev` may have examples: others
    wait for a certificate, and for mails, of a domain that must be there.

    `values` are those of the template's parameters, defaults included.
    """
    return [] if stage == TRYING else list(_complaints(values))


def is_real(host: str) -> bool:
    """Whether a host can exist on the internet."""
    labels = host.lower().rstrip(".").split(".")
    ends = ".".join(labels[-2:])
    return len(labels) > 1 and labels[-1] not in NOT_REAL and ends not in EXAMPLES


def _complaints(values: Mapping[str, str]) -> Iterator[str]:
    site = urlsplit(values.get("SiteUrl", ""))
    if site.scheme != "https":
        yield "SiteUrl: the site has https only"
    if not is_real(site.hostname or ""):
        yield f"SiteUrl: {site.hostname or 'nothing'} is an example"
    if site.path:
        yield "SiteUrl: the site is at the root of its host"
    if not is_real(values.get("SenderDomain", "")):
        yield f"SenderDomain: {values.get('SenderDomain') or 'nothing'} is an example"
    for name in ("OtherHost", *ADDRESSES):
        host = values.get(name, "").rpartition("@")[2]
        if host and not is_real(host):
            yield f"{name}: {host} is an example"
