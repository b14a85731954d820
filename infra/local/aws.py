"""The local AWS: MiniStack as one ASGI application, with what it lacks for us.

Hypercorn serves this module from `.venv-aws`, so it and what it imports need nothing but the
standard library and MiniStack. It adds six things:

- every mail is kept (`outbox`);
- what becomes of a mail is told on the topic (`ses_events`), unless that was switched off;
- policies see what they see in AWS (`conditions`), and what they are asked is written down;
- what the functions write goes to a log of its own: MiniStack logs no output of API requests;
- its own log is kept at warnings, because its INFO lines print the recipients of mails;
- it ends when the program that started it ends, however that happens.
"""

import json
import logging
import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack import app as gateway
from ministack.app import app as ministack
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import sns

from infra.local.conditions import LEADING_KEYS, kinds, leading_keys, mail_checks
from infra.local.outbox import SEND_EMAIL, keeping_mails
from infra.local.ses_events import SesEvents
from infra.local.settings import ACCOUNT, REGION

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


class Calls:
    """
    What each role asked for, a JSON object a line: the action, the resource, of which kind the
    items were, and whether the policies allowed it. The same twice is one line.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._enforce = iam_evaluator.enforce
        self._written: set[str] = set()

    def enforce(self, access_key: str, action: str, *args: Any, **kwargs: Any) -> Any:
        """MiniStack's own check, and what came of it."""
        denied = self._enforce(access_key, action, *args, **kwargs)
        principal = iam_evaluator.resolve_principal(access_key, ACCOUNT)
        _, is_role, session = getattr(principal, "arn", "").partition(":assumed-role/")
        if is_role:
            context = kwargs.get("service_context") or {}
            call = {
                "role": session.partition("/")[0],
                "action": action,
                "resource": kwargs.get("resource_arn", "*"),
                "kinds": kinds(context.get(LEADING_KEYS, ())),
                "is_allowed": denied is None,
            }
            self._write(json.dumps(call))
        return denied

    def _write(self, line: str) -> None:
        if line not in self._written:
            self._written.add(line)
            self._file.write(line + "\n")


def _complete_policies() -> None:
    """Let policies see what they see in AWS: MiniStack looks these functions up at each call."""
    known_of_dynamodb = iam_actions.dynamodb_service_context
    known_of_ses = gateway._enforce_ses_v2  # noqa: SLF001 (it has no other place for it)

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        return {**known_of_dynamodb(body), **leading_keys(body)}

    def enforce_ses(method: str, path: str, headers: Any, body: bytes, *rest: Any) -> Any:
        if (method, path) != ("POST", SEND_EMAIL):
            return known_of_ses(method, path, headers, body, *rest)
        answers = (
            gateway._enforce_data_plane(  # noqa: SLF001
                *("sesv2", check.action, headers, *rest),
                resource_arn=check.resource,
                service_context=check.context,
                named_resource=check.resource,
            )
            for check in mail_checks(body, REGION, ACCOUNT)
        )
        return next(filter(None, answers), None)

    def pin_request_origin(address: str, _: bool) -> None:
        # Buckets refuse who comes in the clear; nothing here leaves the machine.
        iam_evaluator.pin_request_origin(address, True)

    gateway.pin_request_origin = pin_request_origin
    iam_actions.dynamodb_service_context = dynamodb_service_context
    gateway._enforce_ses_v2 = enforce_ses  # noqa: SLF001
    iam_evaluator.enforce = CALLS.enforce


def _may_publish(topic: str, configuration_set: str) -> bool:
    """Whether the policy of the topic lets SES in, for events of this configuration set."""
    source = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{configuration_set}"
    allowed: bool = sns.topic_policy_allows(topic, "ses.amazonaws.com", source, ACCOUNT)
    return allowed


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
    SesEvents(ministack, _may_publish).tell if os.environ["MIJNBUDDY_SES_EVENTS"] == "1" else None,
)
FUNCTIONS_LOG = FunctionsLog(Path(os.environ["MIJNBUDDY_FUNCTIONS_LOG"]))
CALLS = Calls(Path(os.environ["MIJNBUDDY_CALLS"]))
_complete_policies()
_log_warnings_only()
_log_function_output()
threading.Thread(target=_end_with_parent, daemon=True).start()
