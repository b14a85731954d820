"""What the infrastructure keeps is what the privacy statement says."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.retention import LOG_TERM

TEMPLATE = Path("build/backend/sam.json")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TEMPLATE.read_text())
    return found


def test_logs(template: dict[str, Any]) -> None:
    """
    Every function logs, as JSON, to a group that forgets after the term on the page.
    """
    group = template["Resources"]["Logs"]["Properties"]
    everywhere = template["Globals"]["Function"]["LoggingConfig"]

    assert LOG_TERM == timedelta(days=group["RetentionInDays"])
    assert {"Ref": "Logs"} == everywhere["LogGroup"]
    assert "JSON" == everywhere["LogFormat"]


def test_no_visitors(template: dict[str, Any]) -> None:
    """
    Nothing keeps a list of who visited: no access log of the API or of what stands before it.
    """
    text = json.dumps(template)

    for setting in ("AccessLogSetting", "AccessLogDestination", "LoggingBucket"):
        assert setting not in text
