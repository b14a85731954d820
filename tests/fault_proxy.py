"""
A proxy between the functions and the local AWS that can make one call fail.

The functions get its address as `FUNCTIONS_AWS_ENDPOINT`; it passes everything else on.
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"


@dataclass
class Fault:
    """
    What happens to a call: `before` it reaches AWS it is answered with `status` and `code`, or,
    with `lose_reply`, it reaches AWS but the connection breaks before the answer.
    """

    operation: str
    status: int = 500
    code: str = "InternalServerError"
    lose_reply: bool = False
    times: int = 1_000_000


class FaultProxy:
    def __init__(self, aws_port: int) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        proxy = self

        class Passing(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                operation = _operation(self.path, self.headers.get("X-Amz-Target", ""))
                fault = proxy.next_fault(operation)
                if fault and not fault.lose_reply:
                    return self._refuse(fault)
                upstream = http.client.HTTPConnection(HOST, aws_port, timeout=60)
                upstream.request(self.command, self.path, body, dict(self.headers))
                answer = upstream.getresponse()
                content = answer.read()
                upstream.close()
                if fault:
                    self.close_connection = True
                    return None
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return None

            do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815

            def _refuse(self, fault: Fault) -> None:
                content = f'{{"__type": "{fault.code}", "message": "injected"}}'.encode()
                self.send_response(fault.status)
                self.send_header("x-amzn-errortype", fault.code)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer((HOST, 0), Passing)
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def next_fault(self, operation: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.operation == operation and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        self._faults.append(fault)
        try:
            yield
        finally:
            self._faults.remove(fault)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _operation(path: str, target: str) -> str:
    """«PutItem», «SendEmail», or the path of what is neither."""
    if target:
        return target.rpartition(".")[2]
    return "SendEmail" if path.endswith("/outbound-emails") else path
