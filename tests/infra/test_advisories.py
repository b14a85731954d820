"""`make advisories` says that all is well only if it could know."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.advisories import KNOWN, LOCKS, NO_ANSWER, main

ROOT = Path(__file__).parents[2]
Auditor = Callable[[str], tuple[str, ...]]


@pytest.fixture
def auditor(tmp_path: Path) -> Auditor:
    """A program in the place of pip-audit, that does `code` with `lock`, the text it must audit."""

    def made(code: str) -> tuple[str, ...]:
        program = tmp_path / "auditor.py"
        program.write_text(
            "import sys\n"
            "from pathlib import Path\n"
            "lock = Path(sys.argv[sys.argv.index('--requirement') + 1]).read_text()\n"
            f"is_canary = {KNOWN!r} in lock\n"
            f"{code}\n"
        )
        return (sys.executable, str(program))

    return made


def test_no_answer(auditor: Auditor, capsys: pytest.CaptureFixture[str]) -> None:
    """
    An index without advisories, which finds nothing in anything, is no reason to be at ease.
    """
    assert 1 == main(auditor("print('No known vulnerabilities found')"))
    assert NO_ANSWER in capsys.readouterr().err


def test_no_network(auditor: Auditor, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Nor is a service that can't be reached.
    """
    assert 1 == main(auditor("sys.exit('Failed to resolve the service')"))
    assert NO_ANSWER in capsys.readouterr().err


def test_all_is_well(auditor: Auditor) -> None:
    """
    With an answer about what is known, and none about ours, all is well.
    """
    assert 0 == main(auditor("if is_canary: sys.exit(print('jinja2 2.4.1 PYSEC-2019-217') or 1)"))


def test_found(auditor: Auditor) -> None:
    """
    One lock file with something known is enough to fail.
    """
    assert 1 == main(
        auditor("if is_canary or 'ministack' in lock: sys.exit(print('jinja2 2.4.1') or 1)")
    )


def test_every_lock() -> None:
    """
    Every lock file with hashes in the project is asked about.
    """
    locks = {
        path.relative_to(ROOT)
        for pattern in ("*.lock", "*/requirements.txt", "*/*.lock", "*/*/*.lock")
        for path in ROOT.glob(pattern)
        if not path.relative_to(ROOT).parts[0].startswith((".", "build"))
        and "--hash=sha256:" in path.read_text()
    }

    assert locks == set(LOCKS)
