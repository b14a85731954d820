"""The runbook has what an alarm sends somebody to, and names nothing that is not there."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.main import get_command

from chalicelib.logs import Lines, Log
from infra.deploy.__main__ import EXTRA_WORD
from mijnbuddy import cli
from tests.infra.built import of_type

TEXT = Path("docs/runbook.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)


def alarms(resources: dict[str, Any]) -> list[str]:
    """Their names, as their texts give them to who is mailed."""
    found = of_type(resources, "AWS::CloudWatch::Alarm").values()
    told = [one["AlarmDescription"] for one in found]
    return [one.rpartition("docs/runbook.md, ")[2].rstrip(".") for one in told]


def test_alarms(resources: dict[str, Any]) -> None:
    """
    Each alarm stands in a heading, and no heading has one that is gone.
    """
    named = re.findall(r"`(\w+)`", " ".join(HEADINGS))

    assert sorted(alarms(resources)) == sorted(named)


def anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_links() -> None:
    """
    Each link to another part of it leads to a heading, each to a file to one that is there.
    """
    anchors = {anchor(one) for one in HEADINGS}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert Path("docs", target).exists(), target


def test_targets() -> None:
    """
    Each `make` that it asks for is a target.
    """
    targets = set(re.findall(r"^([a-z-]+):", Path("Makefile").read_text(), re.MULTILINE))
    asked = set(re.findall(r"(?:^|`|=yes )make ([a-z]+)", TEXT, re.MULTILINE))

    assert {"deploy", "smoke", "export"} <= asked
    assert asked <= targets


@pytest.mark.parametrize("words", sorted(set(re.findall(r"mijnbuddy ([a-z]+(?:-[a-z]+)?)", TEXT))))
def test_commands(words: str) -> None:
    """
    Each command that it asks for is one.
    """
    known = get_command(cli)

    assert words in getattr(known, "commands")  # noqa: B009 (typed as a single command)


def test_word() -> None:
    """
    It has the word that taking production away asks for.
    """
    assert f"the word `{EXTRA_WORD}`" in TEXT


def refused() -> None:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Query")


def test_query(caplog: pytest.LogCaptureFixture) -> None:
    """
    Each field that the query of the logs asks for stands in the line of a function that failed.
    """
    (asked,) = re.findall(r"^fields (.+?) \| filter (\w+) in", TEXT, re.MULTILINE)
    with pytest.raises(ClientError) as caught:
        refused()
    with caplog.at_level(logging.ERROR):
        Log("app").error("function failed", fault=caught.value, reference="MB-7K3F-9Q4D")
    line = json.loads(Lines("Sweep").format(caplog.records[-1]))

    assert {*asked[0].split(", "), asked[1]} - {"@timestamp"} <= set(line)
    assert line["code"].startswith("AccessDenied")
