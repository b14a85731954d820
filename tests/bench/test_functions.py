"""What `make bench` hands a function, and how it compares two."""

from base64 import b64decode
from urllib.parse import parse_qs

import requests

from bench.endpoint import Endpoint
from bench.functions import Start, event, median, ratio
from bench.packages import ALL, RIVALS
from chalicelib.domain.form import parse
from tests.runtime_api import request


def start(write: float) -> Start:
    return Start(write=write, answer=1, cpu=1, peak=1, calls=("PutItem",))


def test_event() -> None:
    """
    The form is one that our own API takes, and each number is another volunteer.
    """
    bodies = (b64decode(event(number)["body"]).decode() for number in (1, 2))
    one, other = (parse(parse_qs(body)).answers for body in bodies)

    assert "griet-1@example.com" == one.email
    assert one != other


def test_query() -> None:
    """
    What is asked in an address comes as API Gateway takes it apart.
    """
    asked = request("GET", "/bedankt?ref=MB-7K3F-9Q4D")

    assert ("/bedankt", {"ref": "MB-7K3F-9Q4D"}) == (asked["path"], asked["queryStringParameters"])


def test_ratio() -> None:
    """
    Two are compared round by round: a slow round slows both.
    """
    ours, theirs = [start(1), start(10), start(3)], [start(2), start(20), start(12)]

    found = ratio(ours, theirs, "write")
    assert (0.5, 0.25, 0.5) == (found.median, found.low, found.high)
    assert 3 == median(ours, "write")


def test_endpoint() -> None:
    """
    The endpoint notes each operation once, with its moment.
    """
    with Endpoint() as endpoint:
        for operation in ("GetSecretValue", "PutItem"):
            requests.post(endpoint.url, headers={"X-Amz-Target": f"x.{operation}"}, timeout=10)
        calls, after = endpoint.taken(), endpoint.taken()

    assert ["GetSecretValue", "PutItem"] == [call.operation for call in calls]
    assert calls[0].at <= calls[1].at
    assert [] == list(after)


def test_rivals() -> None:
    """
    Each rival has a handler and a lock of its own.
    """
    for rival in ALL:
        assert {"app.py", "requirements.in", "requirements.txt"} <= {
            file.name for file in (RIVALS / rival.folder).iterdir()
        }
