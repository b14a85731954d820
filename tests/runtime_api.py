"""
Lambda's side of a function: its Runtime API, on loopback, for AWS's own runtime client; and a
request as API Gateway hands it on.

A function's process asks for the next event, answers, and asks again; what AWS hands it beside the
event is in headers ("Using the Lambda runtime API", AWS Lambda Developer Guide, version
2018-06-01).
"""

import json
import os
import queue
import subprocess
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

HOST = "127.0.0.1"
VERSION = "/2018-06-01/runtime"
ANSWERED_WITHIN = 60.0
LOOKED_EVERY = 0.5
SECONDS_LEFT = 60
FUNCTION_ARN = "arn:aws:lambda:eu-central-1:000000000000:function:"


FORM = "application/x-www-form-urlencoded"


def request(
    method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """
    An event of API Gateway's REST API with its proxy integration (payload version 1.0), as for a
    browser. The body is in Base64, as for every type that counts as binary, which are all
    (`BinaryMediaTypes` in the template).
    """
    path, _, query = path.partition("?")
    asked = dict(part.split("=", 1) for part in query.split("&")) if query else None
    sent = {"Accept": "text/html", "X-Forwarded-For": "192.0.2.7"}
    sent |= ({"Content-Type": FORM} if body else {}) | dict(headers or {})
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": asked,
        "multiValueQueryStringParameters": {n: [v] for n, v in asked.items()} if asked else None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourceId": "abc123",
            "resourcePath": path,
            "httpMethod": method,
            "path": f"/api{path}",
            "protocol": "HTTP/1.1",
            "stage": "api",
            "identity": {"sourceIp": "192.0.2.7", "userAgent": "Mozilla/5.0"},
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "accountId": "000000000000",
            "apiId": "abcdefghij",
        },
        "body": b64encode(body.encode()).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


class FunctionError(Exception):
    """The function did not start, ended, or let an exception out; says what it told."""


@dataclass(frozen=True)
class _Outcome:
    kind: str
    content: Any


class RuntimeApi:
    """Serves one process of a function; `with` it."""

    def __init__(self) -> None:
        self._events: queue.Queue[bytes | None] = queue.Queue()
        self._outcomes: queue.Queue[_Outcome] = queue.Queue()
        self._server = Server((HOST, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        return f"{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._events.put(None)  # lets go who still waits for an event
        self._server.shutdown()
        self._server.server_close()

    def put(self, event: object) -> None:
        """Hand out an event; the first may wait here for its function to start."""
        self._events.put(json.dumps(event).encode())

    def outcome(self, process: "subprocess.Popen[bytes] | None" = None) -> Any:
        """
        What the function, which runs in `process`, answers to the event. Without it, one that
        ended is only known by the time.

        Raises `FunctionError` when it ended, or let an exception out.
        """
        until = time.monotonic() + ANSWERED_WITHIN
        while True:
            ended = process.poll() if process else None  # asked first: its last words count
            try:
                outcome = self._outcomes.get(timeout=LOOKED_EVERY)
                break
            except queue.Empty:
                if ended is not None:
                    raise FunctionError(f"it ended with {ended}") from None
                if time.monotonic() > until:
                    raise FunctionError("no answer in time") from None
        if outcome.kind != "response":
            raise FunctionError(json.dumps(outcome.content))
        return outcome.content

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        events, outcomes = self._events, self._outcomes

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def do_GET(self) -> None:
                event = events.get() if self.path.startswith(f"{VERSION}/invocation/next") else None
                if event is None:
                    self._answer(410, b"{}")
                    return
                deadline = int((time.time() + SECONDS_LEFT) * 1000)
                self._answer(
                    200,
                    event,
                    {
                        "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
                        "Lambda-Runtime-Deadline-Ms": str(deadline),
                        "Lambda-Runtime-Invoked-Function-Arn": f"{FUNCTION_ARN}mijnbuddy",
                        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
                    },
                )

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                # Taken in before it is answered: the function then begins to wait again.
                outcomes.put(_Outcome(self.path.rpartition("/")[2], json.loads(content or b"null")))
                self._answer(202, b'{"status": "OK"}')

            def _answer(
                self, status: int, content: bytes, headers: Mapping[str, str] | None = None
            ) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Nothing: the suite has its own output."""

        return Handler


class Server(ThreadingHTTPServer):
    """On loopback, for a process that may be ended at any moment."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A function that is ended lets go of its connection: that is no error here."""


@dataclass(frozen=True)
class Function:
    """
    A function as Lambda starts it: code unpacked in `folder`, a `handler` (`app.app`), the
    variables of its environment, and a `python` that has AWS's runtime client and nothing else.
    """

    python: Path
    folder: Path
    handler: str
    variables: Mapping[str, str]

    def call(self, *events: object, log: Path | None = None) -> list[Any]:
        """
        The answers of one process, from cold, to these events.

        Raises `FunctionError`.
        """
        with RuntimeApi() as api, self.started(api, log) as process:
            try:
                answers = []
                for event in events:
                    api.put(event)
                    answers.append(api.outcome(process))
                return answers
            finally:
                process.kill()

    def started(self, api: RuntimeApi, log: Path | None = None) -> "subprocess.Popen[bytes]":
        """Its process, which asks `api` for events until somebody ends it."""
        with (log or Path(os.devnull)).open("ab") as output:
            return subprocess.Popen(
                self.command, cwd=self.folder, env=self._environment(api), stdout=output,
                stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def command(self) -> Sequence[str]:
        return (str(self.python), "-m", "awslambdaric", self.handler)

    def _environment(self, api: RuntimeApi) -> dict[str, str]:
        """What Lambda sets, and nothing of this machine."""
        return {
            "PATH": os.environ["PATH"],
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": str(self.folder),
            "_HANDLER": self.handler,
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LAMBDA_FUNCTION_NAME": "mijnbuddy",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",  # pragma: allowlist secret
            "AWS_SESSION_TOKEN": "test",  # as the role of a function gets one
            **self.variables,
        }
