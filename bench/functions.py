"""
Functions under measurement: started by AWS's own runtime client, with an event of API Gateway.

Cold: the clock runs from the start of the process until the write of the registration has arrived
at AWS. It does not have what Lambda does before that (a machine, the download of the zip).
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.endpoint import Endpoint
from bench.packages import ROOT, Package
from bench.runs import BuildError, Ratio
from tests.runtime_api import Function, FunctionError, RuntimeApi, request

PYTHON = ROOT / ".venv-runtime/bin/python"
WRITE = "PutItem"
TICK = os.sysconf("SC_CLK_TCK")
MIB = 1024  # in the kibibytes that Linux counts memory in


@dataclass(frozen=True)
class Start:
    """
    One cold start: seconds until the write, until the answer, of processor until its end; MiB at
    its peak; the operations of AWS that it called.
    """

    write: float
    answer: float
    cpu: float
    peak: float
    calls: tuple[str, ...]


def form(number: int = 0) -> dict[str, str]:
    """What a volunteer posts, another one for each number."""
    return {
        "name": "Griet Peeters",
        "email": f"griet-{number}@example.com",
        "phone": "0470 12 34 56",
        "postcode": "9300",
        "about": "Ik woon hier al dertig jaar.",
        "consent": "yes",
    }


def event(number: int = 0) -> dict[str, Any]:
    """Her form as API Gateway hands it on."""
    return request("POST", "/api/registrations", urlencode(form(number)))


def function(package: Package, endpoint: str, **more: str) -> Function:
    """The function of a package, with the settings that infra/template.yaml gives ours."""
    variables = {
        "TABLE_NAME": "mijnbuddy-bench",
        "SITE_URL": "https://www.mijnbuddy.example",
        "SENDER_ADDRESS": "buddy@mijnbuddy.example",
        "AGENCY_ADDRESS": "desk@mijnbuddy.example",
        "CONFIGURATION_SET": "mijnbuddy-bench",
        "DIVERT_TO": "",
        "SIGNING_KEY_ARN": "mijnbuddy-bench-signing-key",
        "AWS_ENDPOINT_URL": endpoint,
        # What stands for /var/task: nothing may be written there.
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
    return Function(PYTHON, package.folder, package.handler, variables)


def cold(package: Package, endpoint: Endpoint) -> Start:
    """
    One process from nothing to an answer.

    Raises BuildError when it is another answer than the one for a registration that was stored.
    """
    endpoint.taken()
    with RuntimeApi() as api:
        api.put(event())
        began = time.perf_counter()
        process = function(package, endpoint.url).started(api)
        try:
            answer = _outcome(package, api)
            answered = time.perf_counter()
            peak = _peak(process.pid)
        finally:
            process.kill()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
    calls = endpoint.taken()
    writes = [call.at for call in calls if call.operation == WRITE]
    if answer.get("statusCode") != 303 or len(writes) != 1:  # noqa: PLR2004
        raise BuildError(f"{package.name} does not do the job: {answer}")
    return Start(
        write=writes[0] - began,
        answer=answered - began,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=peak,
        calls=tuple(call.operation for call in calls),
    )


def rounds(packages: Sequence[Package], endpoint: Endpoint, count: int) -> dict[str, list[Start]]:
    """Each package once a round, in another order each time; first each once to warm the disk."""
    starts: dict[str, list[Start]] = {package.name: [] for package in packages}
    order = random.Random(7)  # noqa: S311 (an order, the same in each run)
    for package in packages:
        cold(package, endpoint)
    for _ in range(count):
        for package in order.sample(list(packages), len(packages)):
            starts[package.name].append(cold(package, endpoint))
    return starts


def median(starts: Sequence[Start], figure: str) -> float:
    figures: list[float] = [getattr(start, figure) for start in starts]
    return statistics.median(figures)


def ratio(ours: Sequence[Start], others: Sequence[Start], figure: str) -> Ratio:
    return Ratio.of(*((getattr(one, figure) for one in those) for those in (ours, others)))


@dataclass(frozen=True)
class Warm:
    """
    What one of many calls of a running function takes: seconds of processor, seconds by the clock
    (medians), calls to AWS, bytes of the answer.
    """

    cpu: float
    wall: float
    calls: float
    size: int


def warm(
    package: Package,
    endpoint: Endpoint,
    events: Callable[[int], dict[str, Any]],
    count: int,
    *,
    status: int = 303,
    aws: str = "",
) -> Warm:
    """
    `count` calls of a process after some that don't count. AWS is `endpoint`, or another process
    at the address `aws`.

    Raises BuildError when an answer has another status.
    """
    first = max(2, count // 10)
    with RuntimeApi() as api:
        process = function(package, aws or endpoint.url).started(api)
        try:
            walls: list[float] = []
            size = 0
            before = 0.0
            for number in range(first + count):
                if number == first:
                    endpoint.taken()
                    walls.clear()
                    before = _cpu(process.pid)
                began = time.perf_counter()
                api.put(events(number))
                answer = _outcome(package, api)
                walls.append(time.perf_counter() - began)
                if answer.get("statusCode") != status:
                    raise BuildError(f"{package.name} does not do the job: {answer}")
                size = len(answer["body"])
            spent = _cpu(process.pid) - before
        finally:
            process.kill()
            process.wait()
    calls = len(endpoint.taken()) / count
    return Warm(spent / count, statistics.median(walls), calls, size)


def _outcome(package: Package, api: RuntimeApi) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = api.outcome()
    except FunctionError as error:
        raise BuildError(f"{package.name} does not do the job: {error}") from None
    return answer


def _cpu(pid: int) -> float:
    """Seconds of processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _peak(pid: int) -> float:
    """MiB that a process had at most; the usage that `wait4` tells begins with what we have."""
    status = Path(f"/proc/{pid}/status").read_text()
    kibibytes = int(status.partition("VmHWM:")[2].split()[0])
    return kibibytes / MIB
