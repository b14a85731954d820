"""The page that says what can go wrong names tests that exist."""

import ast
import re
from pathlib import Path

TESTS = Path("tests")
PAGE = Path("docs/reliability.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::([\w:]+)`", PAGE)
ROWS = re.findall(r"^\| ([A-Z]\d+) \|.*\| (.+) \|$", PAGE, re.MULTILINE)
EXPECTED = {"L": 22, "D": 10, "R": 5, "T": 7, "I": 8, "A": 7, "P": 5, "O": 4, "S": 2}


def defined_in(path: Path) -> set[str]:
    """The tests in a file, those in a class with its name before them."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one.name}" for one in node.body if hasattr(one, "name")}
    return found


def test_exist() -> None:
    """
    Every test that is named is there.
    """
    missing = [
        f"{file}::{name}"
        for file, name in NAMED
        if not (TESTS / file).exists() or name not in defined_in(TESTS / file)
    ]

    assert [] == missing
    assert len(NAMED) > 100


def test_every_failure() -> None:
    """
    Each failure of the model has its row, once, and says what proves it.
    """
    names = [f"{kind}{number + 1}" for kind, count in EXPECTED.items() for number in range(count)]

    assert names == [name for name, _ in ROWS]
    assert all(proof for _, proof in ROWS)
