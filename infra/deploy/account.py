"""An AWS account, and what a deployment says to who watches it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

EVERYWHERE = "us-east-1"
"""Where CloudFront takes its certificates and firewalls from."""

Open = Callable[[str, str], Any]
"""Opens a client of a service in a region."""


@dataclass(frozen=True)
class Account:
    """The account that we are signed in to, and the region of the stage."""

    number: str
    region: str
    open: Open

    def client(self, service: str, region: str = "") -> Any:
        return self.open(service, region or self.region)


def signed_in(region: str, open_client: Open | None = None) -> Account:
    """The account of who runs this, by AWS's own ways to sign in; botocore's errors otherwise."""
    chosen = open_client or _open
    return Account(chosen("sts", region).get_caller_identity()["Account"], region, chosen)


def _open(service: str, region: str) -> Any:
    session = boto3.session.Session()
    open_client: Callable[..., Any] = session.client  # boto3's types want the name spelt out
    return open_client(service, region_name=region)
