"""What may be logged, and what is left out whatever a caller does."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.logs import UNFIT, Log, set_up, told
from tests.backend.fakes import aws_error

CANARY = "Canarie Vogel"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a function writes, in a process of its own."""
    root, ours = logging.getLogger(), logging.getLogger("chalicelib")
    before = (list(root.handlers), root.level, ours.level)
    output = io.StringIO()
    monkeypatch.setattr(sys, "stderr", output)
    set_up("mijnbuddy-test-Sweep")
    yield output
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def fail() -> None:
    raise ValueError(CANARY)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_line(written: io.StringIO) -> None:
    """
    A line has the moment, the level, the event, the function, and what was told; nothing empty.
    """
    Log("chalicelib.forward").info("sent", reference="MB-7K3F-9Q4D", mail="forwarding", why="")
    (line,) = lines(written)

    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "INFO",
        "event": "sent",
        "logger": "chalicelib.forward",
        "function": "mijnbuddy-test-Sweep",
        "reference": "MB-7K3F-9Q4D",
        "mail": "forwarding",
    }


def test_fault(written: io.StringIO) -> None:
    """
    An exception is its type and place, and AWS's code; never its text.
    """
    try:
        fail()
    except ValueError as fault:
        Log("chalicelib.api").error("request failed", fault=fault)
    Log("chalicelib.api").error("request failed", fault=aws_error("ThrottlingException"))
    ours, of_aws = lines(written)

    assert "ValueError" == ours["error"]
    assert ours["place"].startswith("test_logs.fail:")
    assert ("ClientError", "ThrottlingException") == (of_aws["error"], of_aws["code"])
    assert "Canarie" not in written.getvalue()


@pytest.mark.parametrize(
    "value",
    [
        CANARY,
        "canarie@example.be",
        "Bel me\nmorgen",
        "a" * 81,
        "Anaïs",
        "{'name': 'Canarie'}",
    ],
)
def test_unfit(value: str) -> None:
    """
    A value that is no code does not come through.
    """
    assert {"why": UNFIT} == told({"why": value})


@pytest.mark.parametrize(
    "value",
    ["MB-7K3F-9Q4D", "TooManyRequestsException", "41002-1", "incident.silence.20261123T093000.end"],
)
def test_fit(value: str) -> None:
    """
    References, codes, routes and the ids of notices do.
    """
    assert {"why": value} == told({"why": value})


def test_unknown_key() -> None:
    """
    What is not on the list is left out, also when mypy was not asked.
    """
    careless: Any = {"name": "Canarie", "reference": "MB-7K3F-9Q4D"}

    assert {"reference": "MB-7K3F-9Q4D"} == told(careless)


def test_library(written: io.StringIO) -> None:
    """
    Of what a library logs, its name and level come through, and of a traceback nothing.
    """
    try:
        fail()
    except ValueError:
        logging.getLogger("chalice").exception("Caught exception for %s", CANARY)
    logging.getLogger("botocore").info("Found credentials of %s", CANARY)
    (line,) = lines(written)

    assert ("logged by a library", "chalice", "ERROR") == (
        line["event"],
        line["logger"],
        line["level"],
    )
    assert "Canarie" not in written.getvalue()


def test_request_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The id of the request, which Lambda's own handler adds, stays; the line is written once.
    """
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    output, of_lambda = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(of_lambda)

    def identify(record: logging.LogRecord) -> bool:
        record.aws_request_id = "8f1e"
        return True

    handler.addFilter(identify)
    root.handlers[:] = [handler]
    monkeypatch.setattr(sys, "stderr", output)
    try:
        set_up("mijnbuddy-test-Sweep")
        Log("chalicelib.forward").warning("postponed")
    finally:
        root.handlers[:] = before
        root.setLevel(level)

    assert "8f1e" == json.loads(output.getvalue())["request_id"]
    assert "" == of_lambda.getvalue()
