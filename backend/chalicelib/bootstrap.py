"""
Puts the real things together: the one place that reads the environment and opens AWS clients.

Everything is made on first use and kept: Chalice imports `app.py` while packaging, without any
of these settings, and a warm function should not open a client twice.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from chalicelib.pages import Pages
from chalicelib.store import Store

if TYPE_CHECKING:
    from chalicelib.forward import Clock, Desk


@dataclass(frozen=True)
class Settings:
    """
    The environment of the functions, as `infra/template.yaml` sets it.

    `sender` and `agency` are addresses: the mails' From, and the agency's mailbox. `site_url` has
    no slash at its end.
    """

    site_url: str
    sender: str
    agency: str
    configuration_set: str

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            site_url=os.environ["SITE_URL"].rstrip("/"),
            sender=os.environ["SENDER_ADDRESS"],
            agency=os.environ["AGENCY_ADDRESS"],
            configuration_set=os.environ["CONFIGURATION_SET"],
        )


@cache
def settings() -> Settings:
    return Settings.from_environment()


@cache
def store() -> Store:
    """The table; the only setting that the command line needs."""
    table = os.environ["TABLE_NAME"]
    client = _client(
        "dynamodb",
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "max_attempts": 4},
    )
    return Store(client, table)


@cache
def pages() -> Pages:
    return Pages(settings().site_url)


def desk(clock: "Clock") -> "Desk":
    """What forwarding needs, at the time that `clock` tells."""
    from chalicelib.forward import Desk

    return Desk(store(), _mailer(), _letters(), settings().agency, clock, wall=now)


@cache
def _letters() -> Any:
    from chalicelib.emails import Letters

    return Letters(settings().site_url, settings().agency)


@cache
def _mailer() -> Any:
    from chalicelib.mailer import Mailer

    # Tries once: SES has no idempotency, so only the record may decide to send again. The
    # time-outs together stay far below the lease.
    client = _client("sesv2", connect_timeout=3, read_timeout=30, retries={"total_max_attempts": 1})
    return Mailer(client, settings().sender, settings().configuration_set)


def _client(service: str, **config: Any) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(**config))  # type: ignore[call-overload]


def now() -> datetime:
    return datetime.now(UTC)


def ticking(start: datetime) -> "Clock":
    """
    A clock that stands at `start` and runs: scheduled work takes its time from the event.

    An event that comes late, as when Lambda tries again, does not turn time back.
    """
    start, began = max(start, now()), monotonic()
    return lambda: start + timedelta(seconds=monotonic() - began)
