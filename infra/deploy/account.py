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

    def lacks(self, stack: str) -> str:
        """The words for a stack that is not there; what follows from it comes after them."""
        return f"There is no stack {stack} in {self.region} of account {self.number}"


def signed_in(region: str, open_client: Open) -> Account:
    """The account that these clients are signed in to; botocore's errors where they are not."""
    return Account(open_client("sts", region).get_caller_identity()["Account"], region, open_client)


def of_this_machine(service: str, region: str) -> Any:
    """Opens a client as this machine is set to, by AWS's own ways to sign in."""
    session = boto3.session.Session()
    open_client: Callable[..., Any] = session.client  # boto3's types want the name spelt out
    return open_client(service, region_name=region)
