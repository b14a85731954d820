"""
AWS for a function under measurement: answers at once, and notes what it was asked and when.

It takes no time of its own that would differ between two functions, and keeps nothing.
"""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Self

from tests.runtime_api import HOST, Server

SECRET = json.dumps({"ARN": "arn", "Name": "key", "SecretString": "k" * 64}).encode()


@dataclass(frozen=True)
class Call:
    """An operation (`PutItem`) and the moment at which its request had come in whole."""

    operation: str
    at: float


class Endpoint:
    """One server for whichever functions; `with` it."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._server = Server((HOST, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def taken(self) -> Sequence[Call]:
        """The calls since this was asked last."""
        calls, self._calls[:] = list(self._calls), []
        return calls

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        calls = self._calls

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
                calls.append(Call(operation, time.perf_counter()))
                content = SECRET if operation == "GetSecretValue" else b"{}"
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Nothing: the bench has its own output."""

        return Handler
