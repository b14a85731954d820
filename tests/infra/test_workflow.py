"""The workflow for the outside world asks what we ask ourselves, with no more rights than that."""

import re
from pathlib import Path
from typing import Any

import yaml

FILE = Path(".github/workflows/ci.yml")
PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def test_pinned() -> None:
    """
    Each action is pinned by its commit, and says which version that is.
    """
    uses = [line.strip("- \n") for line in FILE.read_text().splitlines() if "uses:" in line]

    assert uses
    assert uses == [line for line in uses if PINNED.fullmatch(line)]


def test_rights() -> None:
    """
    It may read the repository, and has neither a secret nor the token of it afterwards.
    """
    found = workflow()
    (job,) = found["jobs"].values()
    (checkout,) = [one for one in job["steps"] if "checkout" in one.get("uses", "")]

    assert {} == found["permissions"]
    assert {"contents": "read"} == job["permissions"]
    assert checkout["with"] == {"persist-credentials": False}
    assert "secrets." not in FILE.read_text()
    assert "pull_request_target" not in FILE.read_text()


def test_targets() -> None:
    """
    All that `.ci/run` asks, by targets that there are.
    """
    (job,) = workflow()["jobs"].values()
    asked = set(job["strategy"]["matrix"]["target"])
    ours = set(re.findall(r"^make (\w+)", Path(".ci/run").read_text(), re.MULTILINE))
    there = set(re.findall(r"^([a-z-]+):", Path("Makefile").read_text(), re.MULTILINE))

    assert ours <= asked <= there
