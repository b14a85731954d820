"""Imports point inwards: what ruff's list of banned modules can't say."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BACKEND = Path("backend/chalicelib")
OURS = {"chalicelib", "app", "commands", "mijnbuddy", "infra", "media", "publishing"}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def ours(file: Path) -> set[str]:
    return {module for module in imported(file) if module.partition(".")[0] in OURS}


@pytest.mark.parametrize("file", sorted(BACKEND.glob("domain/*.py")), ids=lambda file: file.stem)
def test_domain(file: Path) -> None:
    """
    The domain knows nobody but itself.
    """
    assert [] == [module for module in ours(file) if not module.startswith("chalicelib.domain")]


@pytest.mark.parametrize(
    "file",
    [
        Path("pelicanconf.py"),
        *sorted(Path("site/plugins").rglob("*.py")),
        *sorted(Path("media").rglob("*.py")),
    ],
    ids=str,
)
def test_site(file: Path) -> None:
    """
    The site and its films take the domain from the backend, and nothing else.
    """
    theirs = ("chalicelib.domain", "media", "publishing")

    assert [] == [module for module in ours(file) if not module.startswith(theirs)]


@pytest.mark.parametrize("file", sorted(BACKEND.rglob("*.py")), ids=str)
def test_backend(file: Path) -> None:
    """
    What goes into the Lambda's zip does not know the site, the films or the infrastructure.
    """
    theirs = ("media", "publishing", "infra")

    assert [] == [module for module in ours(file) if module.startswith(theirs)]


@pytest.mark.parametrize(
    "name",
    [
        "address_book",
        "api",
        "circumstances",
        "composing",
        "confirming",
        "forward",
        "intake",
        "links",
        "probing",
        "projection",
        "receipts",
        "register",
        "reviewing",
        "watching",
    ],
)
def test_use_cases(name: str) -> None:
    """
    A use case says what it needs; it does not know the store, the mailer or who puts it together.
    """
    outer = {
        f"chalicelib.{module}"
        for module in (
            "bootstrap",
            "mailer",
            "pages",
            "registrations",
            "store",
            "table",
        )
    }

    assert set() == ours(BACKEND / f"{name}.py") & outer


def test_something_is_read() -> None:
    """
    The walk sees imports at all: the entry points import the backend.
    """
    assert "chalicelib.bootstrap" in ours(Path("backend/app.py"))
