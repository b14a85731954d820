"""
The rights of all roles, judged at the end of a run: nothing was refused, and nothing is allowed
that nobody needed.

Several processes run the tests (pytest-xdist): each hands what it saw to the one that began them.
What nobody needed shows only when all was run: it is judged when the tests of backend and chain ran
whole, and none failed.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.rights import calls
from tests.rights.judgement import Judgement, judge

RAN = ("tests/backend", "tests/chain")
"""Where the code is driven that asks something of AWS."""

_HANDED_OVER = "rights"
_judgement = Judgement()


def pytest_configure() -> None:
    calls.watch()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of pytest-xdist ended, and says what it saw."""
    calls.SEEN.update(map(calls.read, getattr(node, "workeroutput", {}).get(_HANDED_OVER, ())))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_HANDED_OVER] = list(map(calls.written, calls.SEEN))
        return
    global _judgement  # noqa: PLW0603 (pytest has no other way from one hook to the next)
    _judgement = judge(calls.of_template(), calls.SEEN, is_whole=is_whole(session))
    if _judgement.problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _judgement.problems:
        terminalreporter.section("rights in AWS")
        for line in _judgement.problems:
            terminalreporter.line(line)


def is_whole(session: pytest.Session) -> bool:
    """Whether all was run that drives the code, and went well."""
    options = session.config.option
    chosen = options.keyword or options.markexpr or getattr(options, "lf", False)
    given = [Path(one.partition("::")[0]) for one in session.config.args if "::" not in one]
    root = session.config.rootpath
    return not (chosen or session.testsfailed or options.collectonly) and all(
        any((root / folder).is_relative_to(root / one) for one in given) for folder in RAN
    )
