"""
The whole system, as `make run` starts it, for the tests that need all of it: the production
template deployed to a local AWS, the site, and the front door, on ports of their own.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
import requests
from botocore.config import Config

from chalicelib import officers
from chalicelib.domain.session import AGENCY, began, cookie_of
from chalicelib.store import Store
from infra.local.events import scheduled_event
from tests.rights.calls import SEEN, Call, of_stack

HOST = "127.0.0.1"
READY = "Ctrl-C"
REGION = "eu-central-1"


class Stack:
    """A running system; its data live in `directory` and survive `stop` and `start`."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.directory = directory
        self.port, self.aws_port = free_port(), free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self._meant: Counter[Call] = Counter()

    def start(self, **environment: str) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        output = self.directory / "output"
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.local"],
                env=os.environ
                | {
                    "PORT": str(self.port),
                    "AWS_PORT": str(self.aws_port),
                    "LOCAL_DIR": str(self.directory),
                    "LOG_DIR": str(self.directory / "log"),
                    "PYTHONUNBUFFERED": "1",
                    # All clients of a test together are faster than a country.
                    "REQUESTS_PER_SECOND": "1000",
                }
                | self.environment
                | environment,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        eventually(lambda: READY in output.read_text() or self._died(output), seconds=90)

    def _died(self, output: Path) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            pytest.fail(f"the stack did not start:\n{output.read_text()}")
        return False

    def stop(self) -> int:
        """End it; what its functions were allowed is remembered, and nothing was refused."""
        code = self.end()
        SEEN.update(set(self.calls()) - set(self._meant))
        self.assert_nothing_refused()
        return code

    def end(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def assert_nothing_refused(self) -> None:
        """A function that is refused something mostly goes another way: nobody else would see."""
        refused = self._refused() - self._meant
        assert not refused, refused

    @contextmanager
    def refusing(self, meant: Call) -> Iterator[None]:
        """Meanwhile this is refused, and nothing else: that once is no fault of the policies."""
        before = self._refused()
        yield
        eventually(lambda: self._refused() != before)
        refused = self._refused() - before
        assert Counter([meant]) == refused
        self._meant += refused

    def _refused(self) -> Counter[Call]:
        return Counter(call for call in self.calls() if not call.is_allowed)

    def calls(self) -> list[Call]:
        """What the functions asked of AWS, under their own roles."""
        lines = (self.directory / "log" / "calls.log").read_text().splitlines()
        return [call for line in lines for call in of_stack(json.loads(line))]

    def aws(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=f"http://{HOST}:{self.aws_port}",
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # pragma: allowlist secret
            config=Config(retries={"total_max_attempts": 1}),
        )

    def post(self, form: Mapping[str, object], **options: Any) -> requests.Response:
        """A plain form, as a browser without JavaScript posts it; redirects are not followed."""
        return requests.post(
            f"{self.url}/api/registrations",
            data=form,
            allow_redirects=False,
            timeout=60,
            **options,
        )

    def mails(self, containing: str = "") -> list[dict[str, Any]]:
        """The mails sent, oldest first; those with `containing` anywhere in them."""
        mails = requests.get(f"{self.url}/dev/mail.json", timeout=60).json()
        return [mail for mail in mails if containing in json.dumps(mail, ensure_ascii=False)]

    def wait_for_mails(self, containing: str, count: int) -> list[dict[str, Any]]:
        """The mails with `containing` in them, as soon as there are `count`."""
        found: list[dict[str, Any]] = []

        def there() -> bool:
            found[:] = self.mails(containing)
            return len(found) >= count

        eventually(there)
        return found

    def mail_count(self) -> int:
        """How many mails were sent; cheap, to wait for many."""
        return len(list((self.directory / "mail").glob("*.eml")))

    def move_clock(self, by: timedelta) -> requests.Response:
        """Run what is scheduled, at a moment from now."""
        now = (datetime.now(UTC) + by).isoformat()
        return requests.post(f"{self.url}/dev/clock", json={"now": now}, timeout=300)

    def run(self, function: str) -> Any:
        """Run one scheduled function now; what it gives back."""
        client = self.aws("lambda")
        pages = client.get_paginator("list_functions").paginate()
        named = [one["FunctionName"] for page in pages for one in page["Functions"]]
        (name,) = [one for one in named if one.startswith(f"mijnbuddy-local-{function}-")]
        event = json.dumps(scheduled_event(function, datetime.now(UTC)))
        answer = client.invoke(FunctionName=name, Payload=event)
        assert "FunctionError" not in answer
        return json.loads(answer["Payload"].read())

    def officer(self, id_: str, role: str) -> dict[str, str]:
        """
        The headers of a new officer of that name, as after signing in. Not by mail: a mailbox gets
        one link in ten minutes, and tests share the stack.
        """
        store, now = Store(self.aws("dynamodb"), "mijnbuddy-local"), datetime.now(UTC)
        officers.add(id_, f"{id_}@agentschap.example", role, store, who="test", now=now)
        secret, session = began(AGENCY, id_, role, now)
        store.save_session(session)
        return {"Cookie": f"{cookie_of(AGENCY)}={secret}"}

    def items(self, sk: str = "REGISTRATION") -> list[dict[str, Any]]:
        """The items in the table with this sort key, as DynamoDB writes them."""
        pages = (
            self.aws("dynamodb")
            .get_paginator("scan")
            .paginate(TableName="mijnbuddy-local", ConsistentRead=True)
        )
        return [item for page in pages for item in page["Items"] if item["sk"]["S"] == sk]

    def workers(self, function: str) -> list[int]:
        """The processes in which a function runs now."""
        found = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            try:
                variables = environ.read_bytes().split(b"\0")
            except (PermissionError, FileNotFoundError, ProcessLookupError):
                continue  # it ended, or is not ours
            name = f"AWS_LAMBDA_FUNCTION_NAME=mijnbuddy-local-{function}-".encode()
            port = f"GATEWAY_PORT={self.aws_port}".encode()
            if port in variables and any(one.startswith(name) for one in variables):
                found.append(int(environ.parent.name))
        return found

    def set_stream(self, function: str, *, enabled: bool) -> None:
        """Switch a function's trigger on or off."""
        client = self.aws("lambda")
        for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
            if f"-{function}-" in mapping["FunctionArn"]:
                client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)


T = TypeVar("T")


def eventually(probe: Callable[[], T], *, seconds: float = 30) -> T:
    """What `probe` answers, as soon as that is true; fails when it never is."""
    until = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer or time.monotonic() > until:
            assert answer, f"not within {seconds} s: {probe}"
            return answer
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One system for all tests that only add to it."""
    running = Stack(tmp_path_factory.mktemp("stack"))
    running.start()
    yield running
    running.stop()
