"""The running system stops cleanly and starts again with its data, and then with a lower limit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.chain.conftest import filled_in
from tests.stack import Stack

FIRST: dict[str, Any] = filled_in()


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A system that took one registration, was stopped, and now takes five requests a second."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    stack.start()
    stack.post(FIRST)
    stack.wait_for_mails(FIRST["email"], 2)
    assert 0 == stack.stop()
    assert [] == stack.workers("Forward")
    stack.start(REQUESTS_PER_SECOND="5")
    yield stack
    stack.stop()


def test_data_survive(restarted: Stack) -> None:
    """
    Registrations and mails are there after a stop and a start, and new ones still arrive.
    """
    assert 1 == len(restarted.items())
    assert 2 == len(restarted.mails(FIRST["email"]))

    second: dict[str, Any] = filled_in()
    restarted.post(second)

    restarted.wait_for_mails(second["email"], 2)


def test_too_many(restarted: Stack) -> None:
    """
    What comes beyond the rate is refused with 429 and reaches no function; the rest is answered.
    """
    address = f"{restarted.url}/api/health"
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: requests.get(address, timeout=60), range(60)))

    statuses = [answer.status_code for answer in answers]
    assert {200, 429} == set(statuses)
    assert statuses.count(200) >= 5
