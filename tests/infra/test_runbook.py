"""The runbook has what an alarm sends somebody to, and names nothing that is not there."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from infra.deploy.__main__ import EXTRA_WORD
from mijnbuddy import cli

TEXT = Path("docs/runbook.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)


def alarms() -> list[str]:
    """Their names, as their texts give them to who is mailed."""
    template = json.loads(Path("build/backend/sam.json").read_text())
    told = [
        one["Properties"]["AlarmDescription"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    ]
    return [one.rpartition("docs/runbook.md, ")[2].rstrip(".") for one in told]


def test_alarms() -> None:
    """
    Each alarm stands in a heading, and no heading has one that is gone.
    """
    named = re.findall(r"`(\w+)`", " ".join(HEADINGS))

    assert sorted(alarms()) == sorted(named)


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
