"""Forms as volunteers post them."""

import uuid
from collections.abc import Callable
from itertools import count

import pytest

_numbers = count(1)


def filled_in(**changes: str | list[str]) -> dict[str, str | list[str]]:
    """A form that is right, of somebody who did not register yet."""
    return {
        "name": "Griet Peeters",
        "email": f"griet-{next(_numbers)}-{uuid.uuid4().hex[:8]}@example.com",
        "phone": "0470 12 34 56",
        "postcode": "9300",
        "about": "Ik woon hier al dertig jaar.",
        "consent": "yes",
    } | changes


@pytest.fixture
def form() -> Callable[..., dict[str, str | list[str]]]:
    return filled_in
