"""What the infrastructure keeps is what the privacy statement says."""

import json
from datetime import timedelta
from typing import Any

from chalicelib.domain.retention import LOG_TERM


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
