"""
A proxy between the functions and the local AWS that can make one call fail, in every way there is.

The functions get its address as `FUNCTIONS_AWS_ENDPOINT`; it passes everything else on, and keeps
a list of what was called by which function. Who calls is read from Linux: the other end of a
connection belongs to a process, and the process has the function's name in its environment. So a
call can be held while its process is killed, which no clock could do as precisely.
"""

import http.client
import json
import os
import re
import select
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
EVER = 1_000_000
LONGEST_HOLD = 60  # seconds: every client of ours gives up before
HTML = b"<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>"


class Mode(Enum):
    """What goes wrong with a call; in its value, whether AWS has carried it out nevertheless."""

    THROTTLED = ("throttled", False)
    FAILING = ("status 500", False)
    BROKEN = ("connection broken", False)
    HTML = ("HTML with status 200", False)
    KILLED_BEFORE = ("killed before", False)
    LOST = ("reply lost", True)
    HANGING = ("reply too late", True)
    MALFORMED = ("malformed reply", True)
    TRUNCATED = ("reply cut short", True)
    KILLED_AFTER = ("killed after", True)

    def __init__(self, shown: str, is_carried_out: bool) -> None:
        self.shown = shown
        self.is_carried_out = is_carried_out

    @property
    def kills(self) -> bool:
        return self in {Mode.KILLED_BEFORE, Mode.KILLED_AFTER}


@dataclass(frozen=True)
class Call:
    """One request to AWS: by which function, in which process, for what and about what."""

    function: str
    pid: int
    operation: str
    about: str
    body: bytes

    @property
    def is_mail(self) -> bool:
        return self.operation == "SendEmail"


@dataclass(frozen=True)
class Sent:
    """A mail that SES took, whether or not the function heard so: its id and its tags."""

    message_id: str
    tags: Mapping[str, str]


@dataclass
class Fault:
    """
    What happens to the calls that it is about: all of an operation, or those of one `function`,
    about one kind of item, with `marker` in them; not to the first `skip` of these, and not to
    more than `times`. `hits` counts them, `dealt` those that are dealt with: a call may hang long.
    """

    mode: Mode
    operation: str
    function: str = ""
    about: str = ""
    marker: str = ""
    skip: int = 0
    times: int = EVER
    code: str = ""
    hits: int = 0
    dealt: int = 0

    def takes(self, call: Call) -> bool:
        """Whether this call is to fail; counts it."""
        if not self._is_about(call) or self.hits >= self.times:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.hits += 1
        return True

    def _is_about(self, call: Call) -> bool:
        return (
            call.operation == self.operation
            and self.function in {"", call.function}
            and self.about in {"", call.about}
            and self.marker.encode() in call.body
        )


class FaultProxy:
    def __init__(self, aws_port: int) -> None:
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self._aws_port = aws_port
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._server = _Server((HOST, 0), self)
        self.url = f"http://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[Fault]:
        """The fault, for as long as the block lasts."""
        with self._lock:
            self._faults.append(fault)
        try:
            yield fault
        finally:
            with self._lock:
                self._faults.remove(fault)

    def fault_for(self, call: Call) -> Fault | None:
        with self._lock:
            self.calls.append(call)
            return next((fault for fault in self._faults if fault.takes(call)), None)

    def ask(
        self, call: Call, request: BaseHTTPRequestHandler
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """What AWS answers."""
        upstream = http.client.HTTPConnection(HOST, self._aws_port, timeout=LONGEST_HOLD)
        upstream.request(request.command, request.path, call.body, dict(request.headers))
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        if call.is_mail and answer.status == HTTPStatus.OK:
            self.sent.append(Sent(json.loads(content)["MessageId"], _tags(call.body)))
        return answer, content

    def caller(self, port: int) -> tuple[str, int]:
        """The function and the process at the other end of a connection from that port."""
        inode = _inode(port, self._server.server_port)
        for pid, name in functions(self._aws_port):
            if inode and _has_open(pid, inode):
                return name, pid
        return "", 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], proxy: FaultProxy) -> None:
        super().__init__(address, _Passing)
        self.proxy = proxy

    def handle_error(self, *_: object) -> None:
        """A function that was killed leaves its connections; nobody reads about it."""


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._function, self._pid = self.server.proxy.caller(self.client_address[1])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        target = self.headers.get("X-Amz-Target", "")
        call = Call(self._function, self._pid, *_asked(self.command, self.path, target, body))
        fault = self.server.proxy.fault_for(call)
        if fault is None:
            self._pass(*self.server.proxy.ask(call, self))
            return
        try:
            if fault.mode.is_carried_out:
                self._spoil(fault, call, *self.server.proxy.ask(call, self))
            else:
                self._refuse(fault, call)
        finally:
            fault.dealt += 1

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815

    def _refuse(self, fault: Fault, call: Call) -> None:
        """AWS never hears of it."""
        if fault.mode is Mode.HTML:
            self._send(200, HTML, "text/html")
        elif fault.mode is Mode.FAILING:
            self._fail(500, fault.code or "InternalServerError")
        elif fault.mode is Mode.THROTTLED:
            status, code = _throttled(call)
            self._fail(status, fault.code or code)
        else:
            self._break(fault, call)

    def _spoil(
        self, fault: Fault, call: Call, answer: http.client.HTTPResponse, content: bytes
    ) -> None:
        """AWS has done it, and the function does not hear so."""
        if fault.mode is Mode.MALFORMED:
            self._pass(answer, content[: len(content) // 2] + b"\xff")
        elif fault.mode is Mode.TRUNCATED:
            self._pass(answer, content[:1], length=max(len(content), 2))
            self.close_connection = True
        else:
            if fault.mode is Mode.HANGING:
                select.select([self.connection], [], [], LONGEST_HOLD)  # until the caller gives up
            self._break(fault, call)

    def _break(self, fault: Fault, call: Call) -> None:
        if fault.mode.kills:
            os.kill(call.pid, signal.SIGKILL)
        self.close_connection = True

    def _fail(self, status: int, code: str) -> None:
        content = f'{{"__type": "{code}", "message": "injected"}}'.encode()
        self._send(status, content, "application/x-amz-json-1.0", errortype=code)

    def _send(self, status: int, content: bytes, content_type: str, errortype: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        if errortype:
            self.send_header("x-amzn-errortype", errortype)
        self.end_headers()
        self.wfile.write(content)

    def _pass(
        self, answer: http.client.HTTPResponse, content: bytes, length: int | None = None
    ) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Nobody reads it."""


def _throttled(call: Call) -> tuple[int, str]:
    """As SES and as DynamoDB say it."""
    if call.is_mail:
        return 429, "TooManyRequestsException"
    return 400, "ProvisionedThroughputExceededException"


def _asked(method: str, path: str, target: str, body: bytes) -> tuple[str, str, bytes]:
    """
    The operation («PutItem», «SendEmail», or the address of what is neither), the kind of item or
    the index that it is about, and everything that was sent.
    """
    text = body.decode(errors="replace")
    if target:
        operation = target.rpartition(".")[2]
    elif action := re.match(r"Action=(\w+)", text):
        operation = action[1]
    else:
        operation = "SendEmail" if path.endswith("/outbound-emails") else f"{method} {path}"
    about = re.search(r'"IndexName": ?"(\w+)"', text) or re.search(
        r'":?pk": ?\{"S": ?"([A-Z-]+)', text
    )
    return operation, about[1] if about else "", body


def _tags(body: bytes) -> dict[str, str]:
    return {tag["Name"]: tag["Value"] for tag in json.loads(body).get("EmailTags", ())}


def functions(aws_port: int) -> Iterator[tuple[int, str]]:
    """The processes in which the functions of a stack run now, with the function's name."""
    port = f"GATEWAY_PORT={aws_port}".encode()
    name = b"AWS_LAMBDA_FUNCTION_NAME=mijnbuddy-local-"  # pragma: allowlist secret
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = environ.read_bytes().split(b"\0")
        except OSError:
            continue  # it ended, or is not ours
        named = [one for one in variables if one.startswith(name)]
        if named and port in variables:
            yield int(environ.parent.name), named[0].removeprefix(name).split(b"-")[0].decode()


def _inode(from_port: int, to_port: int) -> str:
    """The number of the socket that is connected so."""
    ends = f"0100007F:{from_port:04X} 0100007F:{to_port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines():
        columns = line.split()
        if " ".join(columns[1:3]) == ends:
            return columns[9]
    return ""


def _has_open(pid: int, inode: str) -> bool:
    try:
        files = [file.readlink().name for file in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False  # it ended
    return f"socket:[{inode}]" in files
