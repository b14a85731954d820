"""What was logged, as the functions would write it."""

import json
from typing import Any

import pytest

from chalicelib.logs import Lines

_OF_EVERY_LINE = {"timestamp", "level", "logger"}


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Each line, without what every line has."""
    found = [json.loads(Lines("").format(record)) for record in caplog.records]
    return [{key: line[key] for key in line if key not in _OF_EVERY_LINE} for line in found]


def text(caplog: pytest.LogCaptureFixture) -> str:
    """All of it, as a search for somebody would read it."""
    return json.dumps(lines(caplog), ensure_ascii=False).casefold()
