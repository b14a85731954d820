"""
What the functions log: a JSON object on each line, of which every key is known here.

A line says what happened (a fixed phrase), to which reference, with which outcome; never who. That
does not rest on the care of the caller: mypy refuses another key than those of `Fields`, a value
that is no code is left out, an exception is its type and its place, and of what a library logs only
its name and level come through. docs/decisions/0012 weighs this against AWS Lambda Powertools.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, TypedDict, Unpack

CODE = re.compile(r"[A-Za-z0-9_.:#/+-]{1,80}", re.ASCII)
"""What a value looks like that may be logged: no space and no @, so no name and no address."""

UNFIT = "unfit"
"""Stands in the place of a value that is no code."""

AGAIN = "to do again after a restore"
"""
What is logged of who left, with `why`: a copy of before has her again, and the log outlives every
copy. `mijnbuddy retention again` reads it.
"""


class Fields(TypedDict, total=False):
    """
    What a line may tell beside its event.

    `reference` is the id of an outbox, `mail` the kind of a mail, `receiver` and `route` are those
    of domain/outbox.py, `outcome` and `why` are codes. `fault` is an exception.
    """

    reference: str
    mail: str
    receiver: str
    route: str
    contact: str
    incident: str
    outcome: str
    why: str
    status: int
    count: int
    seconds: float
    fault: BaseException


class Log:
    """The log of one module: `log.info("sent", reference=…, mail=…)`."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **fields: Unpack[Fields]) -> None:
        self._tell(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Unpack[Fields]) -> None:
        self._tell(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Unpack[Fields]) -> None:
        self._tell(logging.ERROR, event, fields)

    def _tell(self, level: int, event: str, fields: Fields) -> None:
        self._logger.log(level, event, extra={"told": told(fields)})


def told(fields: Fields) -> dict[str, Any]:
    """The fields as they are logged: without empty ones, exceptions without their text."""
    shown: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in Fields.__annotations__ or value in (None, ""):
            continue
        if isinstance(value, BaseException):
            shown |= _told_of(value)
        elif isinstance(value, bool | int | float):
            shown[name] = value
        else:
            shown[name] = value if CODE.fullmatch(str(value)) else UNFIT
    return shown


def _told_of(fault: BaseException) -> dict[str, Any]:
    """Its type, where it was raised and where in our code; AWS's own code, where it has one."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "chalicelib" in PurePath(frame.filename).parts]
    places = [f"{PurePath(one.filename).stem}.{one.name}:{one.lineno}" for one in (ours or frames)]
    answer: Any = getattr(fault, "response", None)
    code = answer.get("Error", {}).get("Code", "") if isinstance(answer, dict) else ""
    return {
        "error": type(fault).__name__,
        **({"place": places[-1]} if places else {}),
        **({"code": code} if CODE.fullmatch(str(code)) else {}),
    }


class Lines(logging.Formatter):
    """A record as one line of JSON; `function` is the name of the function that logs."""

    def __init__(self, function: str) -> None:
        super().__init__()
        self._function = function

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] | None = getattr(record, "told", None)
        line = {
            # Lambda reads these two: for its log levels, and to order lines.
            "timestamp": _moment(record.created),
            "level": record.levelname,
            # Of a library nothing but its name: its message may quote what was typed.
            "event": "logged by a library" if fields is None else record.getMessage(),
            "logger": record.name,
            "function": self._function,
            "request_id": getattr(record, "aws_request_id", ""),
            **(fields or {}),
        }
        return json.dumps({name: value for name, value in line.items() if value != ""})


def set_up(function: str) -> None:
    """
    Let everything that is logged in this process come out as lines of ours, and nothing else.

    Takes the place of the handler of Lambda's runtime; its filter, which knows the id of the
    request, stays.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(function))
    root = logging.getLogger()
    for other in list(root.handlers):
        for one in other.filters:
            handler.addFilter(one)
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("chalicelib").setLevel(logging.INFO)


def _moment(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
