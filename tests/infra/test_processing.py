"""The register of processing says what the software keeps to."""

import re
from pathlib import Path

import pytest

from chalicelib.domain.retention import RULES
from infra import processing

DPIA = Path("docs/dpia.md")


def test_document() -> None:
    """
    docs/processing.md is made of today's rules.
    """
    text = processing.DOCUMENT.read_text(encoding="utf-8")

    assert processing.written(text) == text


def test_each_rule() -> None:
    """
    Each kind of data is in it, with its term in words.
    """
    table = processing.table()

    for one in RULES:
        assert f"| `{one.name}` |" in table
        assert one.kept in table


def test_no_place() -> None:
    """
    A document that has lost its place for the table is an error.
    """
    with pytest.raises(ValueError, match="no place"):
        processing.written("# Register")


@pytest.mark.parametrize(
    "file", [DPIA, processing.DOCUMENT, Path("docs/decisions/0029-deploying.md")]
)
def test_links(file: Path) -> None:
    """
    What these documents refer to is there: other documents, and the tests that are proof.
    """
    text = file.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (file.parent / target).exists(), target
    for proof in re.findall(r"`((?:backend|chain|infra)/test_\w+\.py)`", text):
        assert Path("tests", proof).exists(), proof
