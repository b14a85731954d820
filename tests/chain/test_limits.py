"""The limits of the gateway, on the running system."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.stack import Stack


@pytest.fixture
def slow_stack(tmp_path: Path) -> Iterator[Stack]:
    """A system that takes five requests a second."""
    stack = Stack(tmp_path / "stack", SES_EVENTS="off")
    stack.start(REQUESTS_PER_SECOND="5")
    yield stack
    stack.stop()


def test_too_many(slow_stack: Stack) -> None:
    """
    What comes beyond the rate is refused with 429 and reaches no function; the rest is answered.
    """
    with ThreadPoolExecutor(20) as clients:
        answers = list(
            clients.map(
                lambda _: requests.get(f"{slow_stack.url}/api/health", timeout=60), range(60)
            )
        )

    statuses = [answer.status_code for answer in answers]
    assert {200, 429} == set(statuses)
    assert statuses.count(200) >= 5
