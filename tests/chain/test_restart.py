"""The running system stops cleanly and starts again with its data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.stack import Stack


def test_data_survive(tmp_path: Path, form: Callable[..., dict[str, Any]]) -> None:
    """
    Registrations and mails are there after a stop and a start, and new ones still arrive.
    """
    stack = Stack(tmp_path / "stack")
    stack.start()
    first = form()
    stack.post(first)
    stack.wait_for_mails(first["email"], 2)

    assert 0 == stack.stop()
    assert [] == stack.workers("Forward")
    stack.start()

    assert 1 == len(stack.items())
    assert 2 == len(stack.mails(first["email"]))
    second = form()
    stack.post(second)
    stack.wait_for_mails(second["email"], 2)
    stack.stop()
