"""What looks odd: networks without addresses, limits that a library can live with."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.registration import QUARANTINE, STEP_UP, UNREACHABLE, Registration
from chalicelib.domain.suspicion import (
    BUSY_NETWORK,
    FLOODING_NETWORK,
    FORGED_TOKEN,
    HOLDS,
    HONEYPOT,
    HOUR,
    MAX_VISITS,
    NOT_CONFIRMED,
    QUARANTINE_BEYOND,
    STEP_UP_BEYOND,
    TOO_FAST,
    WORDS,
    Network,
    gravest,
    network_of,
    visited,
    visitor_of,
)
from tests.backend.samples import KEYS, NOW, registration

KEY = KEYS[0]
NOTHING = Network("digest")
EDGE = "130.176.1.1"  # an address of CloudFront, as API Gateway sees it


def visits(
    count: int, apart: timedelta = timedelta(), network: Network = NOTHING
) -> tuple[Network, list[str]]:
    """What each of a row of registrations from one network means."""
    told = []
    for number in range(count):
        network, why = visited(network, registration(number, NOW + number * apart))
        told.append(why)
    return network, told


def test_limits() -> None:
    """
    The first ten within an hour are well, then they must confirm, then the desk must look.
    """
    _, told = visits(QUARANTINE_BEYOND + 1)

    assert [""] * STEP_UP_BEYOND == told[:STEP_UP_BEYOND]
    assert {BUSY_NETWORK} == set(told[STEP_UP_BEYOND:QUARANTINE_BEYOND])
    assert FLOODING_NETWORK == told[QUARANTINE_BEYOND]


def test_slowly() -> None:
    """
    However many come from one network in a day, ten an hour are well.
    """
    _, told = visits(200, HOUR / STEP_UP_BEYOND)

    assert {""} == set(told)


def test_own_time() -> None:
    """
    When we come late to what came slowly, that is no flood, in whatever order we come.
    """
    those = [registration(number, NOW + number * HOUR) for number in range(20)]
    network, told = NOTHING, []
    for one in reversed(those):
        network, why = visited(network, one)
        told.append(why)

    assert {""} == set(told)


def odd(number: int, *signals: str) -> Registration:
    return replace(registration(number), signals=signals)


def test_signals() -> None:
    """
    What is odd by itself needs no network; too fast is odd from the second time on.
    """
    unknown = Network("")
    for signals, expected in [
        ((), ""),
        ((TOO_FAST,), ""),
        ((HONEYPOT, TOO_FAST), HONEYPOT),
        ((FORGED_TOKEN,), FORGED_TOKEN),
    ]:
        assert expected == visited(unknown, odd(1, *signals))[1]
    network, first = visited(NOTHING, odd(1, TOO_FAST))
    network, slow = visited(network, odd(2))
    network, second = visited(network, odd(3, TOO_FAST))

    assert ("", "", TOO_FAST) == (first, slow, second)


def test_asked_twice() -> None:
    """
    Asked again about one registration, as after a crash, the answer is the same.
    """
    network, first = visits(STEP_UP_BEYOND + 2)
    again, second = visits(STEP_UP_BEYOND + 2, network=network)

    assert first == second
    assert network is again


def test_bounded() -> None:
    """
    However many come, what is kept stays small, and they keep being held.
    """
    network, told = visits(3 * MAX_VISITS)

    assert MAX_VISITS == len(network.visits)
    assert {FLOODING_NETWORK} == set(told[QUARANTINE_BEYOND:])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.7", "::ffff:192.0.2.7"),
        ("2001:db8:1:2::1", "2001:0db8:0001:0002:ffff::9"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_one_network(one: str, other: str) -> None:
    """
    An address written otherwise, and the /64 of one home, are one network.
    """
    assert network_of(one, KEY, NOW) == network_of(other, KEY, NOW)


@pytest.mark.parametrize(
    ("one", "other"), [("192.0.2.7", "192.0.2.8"), ("2001:db8:1:2::1", "2001:db8:1:3::1")]
)
def test_two_networks(one: str, other: str) -> None:
    """
    Another address, or another /64, is another network.
    """
    assert network_of(one, KEY, NOW) != network_of(other, KEY, NOW)


def test_digest() -> None:
    """
    The digest shows nothing of the address, and is another one the next day or with another key.
    """
    tomorrow = network_of("192.0.2.7", KEY, NOW + timedelta(days=1))
    digests = {network_of("192.0.2.7", KEY, NOW), tomorrow, network_of("192.0.2.7", KEYS[1], NOW)}

    assert 3 == len(digests)
    assert {32} == {len(digest) for digest in digests}
    assert not any("192" in digest and "2.7" in digest for digest in digests)


@pytest.mark.parametrize(
    "address", ["", "unknown", "_hidden", "127.0.0.1", "::1", "1.2.3", "x" * 99]
)
def test_no_network(address: str) -> None:
    """
    What is no address, or this machine's own, has no network.
    """
    assert "" == network_of(address, KEY, NOW)


@pytest.mark.parametrize("sent", ["", "198.51.100.1", "198.51.100.1, 203.0.113.9", "<script>", ","])
@pytest.mark.parametrize("added", [f", {EDGE}", ""])
def test_visitor(sent: str, added: str) -> None:
    """
    Whatever a visitor sends along, she is where CloudFront saw her; whether or not API Gateway
    adds where it saw CloudFront.
    """
    by_cloudfront = ", ".join(filter(None, (sent, "192.0.2.7")))

    assert "192.0.2.7" == visitor_of(by_cloudfront + added, EDGE)


def test_spoofed_edge() -> None:
    """
    Sending CloudFront's own address along changes nothing.
    """
    assert "192.0.2.7" == visitor_of(f"{EDGE}, 192.0.2.7, {EDGE}", EDGE)


@pytest.mark.parametrize("forwarded_for", ["", "192.0.2.7", " , 192.0.2.7"])
def test_without_cloudfront(forwarded_for: str) -> None:
    """
    Without a header, or with the connection alone in it, the connection is all there is.
    """
    assert "192.0.2.7" == visitor_of(forwarded_for, "192.0.2.7")


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ((), ""),
        (("",), ""),
        ((TOO_FAST, ""), TOO_FAST),
        ((TOO_FAST, HONEYPOT), HONEYPOT),
        ((BUSY_NETWORK, FORGED_TOKEN, TOO_FAST), FORGED_TOKEN),
        ((FORGED_TOKEN, FLOODING_NETWORK), FLOODING_NETWORK),
    ],
)
def test_gravest(reasons: tuple[str, ...], expected: str) -> None:
    """
    Of several reasons the one that weighs most decides.
    """
    assert expected == gravest(reasons)


def test_holds() -> None:
    """
    What weighs most comes first, and the desk reads a sentence for each reason that there is.
    """
    holds = list(HOLDS.values())

    assert sorted(holds) == holds  # «quarantine» before «step-up»
    assert {QUARANTINE, STEP_UP} == set(holds)
    assert {*HOLDS, NOT_CONFIRMED, UNREACHABLE} == set(WORDS)
