"""The local AWS: MiniStack as one ASGI application, with what it lacks for us.

Hypercorn serves this module from `.venv-aws`, so it and what it imports need nothing but the
standard library and MiniStack. It adds five things:

- every mail is kept (`outbox`);
- what becomes of a mail is told on the topic (`ses_events`), unless that was switched off;
- what the functions write goes to a log of its own: MiniStack logs no output of API requests;
- its own log is kept at warnings, because its INFO lines print the recipients of mails;
- it ends when the program that started it ends, however that happens.
"""

import logging
import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack.app import app as ministack
from ministack.core import lambda_runtime

from infra.local.outbox import keeping_mails
from infra.local.ses_events import SesEvents

STANDARD_INPUT = 0


class FunctionsLog:
    """One file for all functions: the time, the function, what it wrote."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        self._lock = threading.Lock()

    def write(self, function: str, text: str) -> None:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        with self._lock:
            for line in text.splitlines():
                self._file.write(f"{now} {function} {line}\n")


class LoggedWorker(lambda_runtime.Worker):  # type: ignore[misc]  # MiniStack is not in .venv
    """A function's process, of which each line is logged as it comes.

    MiniStack reads a worker's output between invocations only, and has no place for the lines of
    one that was killed. An exception that leaves the function travels beside its output, so it is
    logged here as the Lambda runtime logs it.
    """

    def _read_stderr(self) -> None:
        for line in self._proc.stderr:
            FUNCTIONS_LOG.write(self.func_name, line)
            self._stderr_queue.put(line.rstrip("\n"))

    def invoke(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            result: dict[str, Any] = super().invoke(*args, **kwargs)
        except Exception as error:
            FUNCTIONS_LOG.write(self.func_name, f"[ERROR] did not start: {error}")
            raise
        if result.get("status") == "error":
            FUNCTIONS_LOG.write(
                self.func_name, f"[ERROR] {result.get('trace') or result.get('error')}"
            )
        return result


def _log_function_output() -> None:
    if not hasattr(lambda_runtime.Worker, "_read_stderr"):
        raise RuntimeError("this MiniStack reads workers otherwise: functions.log would stay empty")
    lambda_runtime.Worker = LoggedWorker


def _log_warnings_only() -> None:
    # Not by LOG_LEVEL: the functions inherit the environment and may have a LOG_LEVEL of their own.
    logging.getLogger().setLevel(logging.WARNING)
    logging.Formatter.converter = time.gmtime


def _end_with_parent() -> None:
    """Stop as on SIGTERM, so with all state saved, once the parent is gone.

    The parent holds the other end of standard input and never writes to it: it closes when the
    parent ends, even by SIGKILL.
    """
    os.read(STANDARD_INPUT, 1)
    os.kill(os.getpid(), signal.SIGTERM)


app = keeping_mails(
    ministack,
    Path(os.environ["MIJNBUDDY_MAILS"]),
    SesEvents(ministack).tell if os.environ["MIJNBUDDY_SES_EVENTS"] == "1" else None,
)
FUNCTIONS_LOG = FunctionsLog(Path(os.environ["MIJNBUDDY_FUNCTIONS_LOG"]))
_log_warnings_only()
_log_function_output()
threading.Thread(target=_end_with_parent, daemon=True).start()
