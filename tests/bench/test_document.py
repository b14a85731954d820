"""The document that keeps what was measured."""

import re

import pytest

from bench.__main__ import DOCUMENT, PARTS
from bench.document import machine, replaced

EMPTY = "# Benchmarks\n\n<!-- cold: written by make bench -->\n<!-- end of cold -->\n\nThe end.\n"


def test_replaced() -> None:
    """
    A part says what was measured last, and the rest stays as somebody wrote it.
    """
    once = replaced(EMPTY, "cold", "first run")
    twice = replaced(once, "cold", "second run\n")

    assert "first run" in once
    assert (
        "# Benchmarks\n\n<!-- cold: written by make bench -->\n\n```text\nsecond run\n```\n\n"
        "<!-- end of cold -->\n\nThe end.\n"
    ) == twice


def test_no_part() -> None:
    """
    What has no place in the document is not lost in silence.
    """
    with pytest.raises(ValueError, match="warm"):
        replaced(EMPTY, "warm", "text")


@pytest.mark.parametrize("part", PARTS)
def test_parts(part: str) -> None:
    """
    Each part of `make bench` has its place in the document.
    """
    assert "measured" in replaced(DOCUMENT.read_text(), part, "measured")


def test_machine() -> None:
    """
    A measurement says when and on what.
    """
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC, .+ \d+ processors, load \d+\.\d", machine())
