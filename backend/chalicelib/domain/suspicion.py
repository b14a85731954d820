"""
What looks odd about a registration, and what follows from it: all limits in one place.

Nobody is refused by a machine. What is somewhat odd waits until the volunteer confirms by a button
in a mail (`step-up`); what is very odd waits until the desk looked (`quarantine`). Why these
limits: docs/decisions/0011-abuse.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import digest
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol

from chalicelib.domain.outbox import Event
from chalicelib.domain.registration import QUARANTINE, STEP_UP, UNREACHABLE
from chalicelib.domain.tokens import derived

FASTEST = timedelta(seconds=3)
"""Nobody reads, fills in and sends the form within this time; a program does, or a browser."""

HOUR = timedelta(hours=1)
STEP_UP_BEYOND = 10
"""Registrations an hour from one network: a home has one or two, a library or an evening more."""
QUARANTINE_BEYOND = 60
"""One a minute, all hour long, from one network: no recruitment evening does that."""
MAX_VISITS = 100  # an item has a size; beyond the limit above, more makes no difference

HONEYPOT = "honeypot"  # the field that people don't see was filled in
TOO_FAST = "too-fast"  # once is a browser that fills in; twice in an hour is a program
FORGED_TOKEN = "forged-token"  # noqa: S105 (a code, no secret)
BUSY_NETWORK = "busy-network"
FLOODING_NETWORK = "flooding-network"
NOT_CONFIRMED = "not-confirmed"  # she did not press the button (forward.py)
BUSY_ADDRESS = "busy-address"  # it got its mails of today: we can't even ask

HOLDS = {
    HONEYPOT: QUARANTINE,
    FLOODING_NETWORK: QUARANTINE,
    BUSY_ADDRESS: QUARANTINE,
    FORGED_TOKEN: STEP_UP,
    TOO_FAST: STEP_UP,
    BUSY_NETWORK: STEP_UP,
}
"""What follows from each, what weighs most first."""

WORDS = {
    HONEYPOT: "Een veld dat mensen niet zien, was ingevuld. Dat doen vooral computers.",
    FLOODING_NETWORK: f"Van dezelfde plek kwamen meer dan {QUARANTINE_BEYOND} aanmeldingen in een "
    "uur.",
    BUSY_ADDRESS: "Met dit e-mailadres kwamen al meer aanmeldingen binnen in 24 uur.",
    FORGED_TOKEN: "Iemand veranderde een verborgen code in het formulier.",
    TOO_FAST: "Van dezelfde plek kwamen in een uur meer formulieren die heel snel ingevuld waren.",
    BUSY_NETWORK: f"Van dezelfde plek kwamen meer dan {STEP_UP_BEYOND} aanmeldingen in een uur.",
    NOT_CONFIRMED: "We vroegen om op een knop in een mail te drukken. Dat gebeurde niet binnen "
    "7 dagen.",
    UNREACHABLE: "We vroegen om op een knop in een mail te drukken. Die mail kwam terug.",
}
"""Each, as the desk reads it."""


def gravest(reasons: Iterable[str]) -> str:
    """The reason that weighs most, "" for none."""
    found = set(reasons)
    return next((why for why in HOLDS if why in found), "")


class Arrived(Protocol):
    """What a form of ours brought: a registration, a suggestion."""

    @property
    def reference(self) -> str: ...
    @property
    def registered_at(self) -> datetime: ...
    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def events(self) -> tuple[Event, ...]: ...


def held_for(arrived: Arrived) -> str:
    """Why it was held, last; "" when it never was."""
    return next((one.why for one in reversed(arrived.events) if one.what == "held"), "")


@dataclass(frozen=True)
class Visit:
    """One registration from a network; `why` it was found odd, "" for well."""

    reference: str
    at: datetime
    why: str = ""
    is_fast: bool = False


@dataclass(frozen=True)
class Network:
    """The registrations of today from one network; `version` counts the writes."""

    network: str
    visits: tuple[Visit, ...] = ()
    version: int = 0


def visited(network: Network, arrived: Arrived) -> tuple[Network, str]:
    """
    Judge what arrived by its signals and by what came from its network within an hour before, by
    its own time: when we come late, that is not a flood. Returns why it is odd, "" for well.

    Asked twice about the same, as after a crash, it answers the same.
    """
    known = next((one for one in network.visits if one.reference == arrived.reference), None)
    if known:
        return network, known.why
    at, is_fast = arrived.registered_at, TOO_FAST in arrived.signals
    before = [one for one in network.visits if timedelta() <= at - one.at < HOUR]
    reasons = {one for one in arrived.signals if one != TOO_FAST}
    if is_fast and any(one.is_fast for one in before):
        reasons.add(TOO_FAST)
    if len(before) >= STEP_UP_BEYOND:
        reasons.add(FLOODING_NETWORK if len(before) >= QUARANTINE_BEYOND else BUSY_NETWORK)
    visit = Visit(arrived.reference, at, gravest(reasons), is_fast)
    visits = sorted((*network.visits, visit), key=lambda one: one.at)
    return replace(network, visits=tuple(visits[-MAX_VISITS:])), visit.why


def visitor_of(forwarded_for: str, connection: str) -> str:
    """
    The address of the visitor, "" when there is none.

    `forwarded_for` is the header X-Forwarded-For, `connection` the address that API Gateway saw:
    CloudFront's. Each of the two may add the address that it saw to the end, and a visitor can
    send any text before that: so the last one that is not CloudFront's own is what CloudFront saw.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",")]
    return next((hop for hop in reversed(hops) if hop not in {"", connection}), connection)


def network_of(address: str, key: bytes, now: datetime) -> str:
    """
    A digest of the network of an address, another one each day (UTC) and of no use without `key`.

    A network is an IPv4 address, or the /64 that an IPv6 provider gives one home. "" for what is
    no address, or of this machine: that is no visitor.
    """
    try:
        read: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(read, IPv6Address):
        read = read.ipv4_mapped or read
    if read.is_loopback:
        return ""
    network = ip_network((read, 64 if read.version == 6 else 32), strict=False)  # noqa: PLR2004
    salt = derived(key, f"network/{now.astimezone(UTC).date().isoformat()}")
    return digest(salt, str(network).encode(), sha256).hex()[:32]
