"""
What one registration asks of AWS, and each run by the clock, counted: the quantities that
infra/costs.py reckons with.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from chalice.test import Client

import app as entry_points
from chalicelib import bootstrap, probing
from chalicelib.domain import probe
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.registration import VOLUNTEER, Registration
from chalicelib.forward import forward
from chalicelib.names import index
from chalicelib.projection import ended, project
from chalicelib.queues import DEAD_LETTERS
from chalicelib.receipts import take_in
from chalicelib.registrations import read_registration
from infra import costs
from tests.backend import aws as aws_in_memory
from tests.backend.functions import Functions
from tests.backend.samples import AALST, NOW, contact, registration
from tests.backend.ses_events import event

BACKEND = Path(__file__).parents[2] / "backend"
KILOBYTE = 1024
SHORT = timedelta(days=3)
OVERHEAD = 100
"""Bytes that DynamoDB adds to each item, in the table as in an index (the same page)."""


Item = dict[str, Any]


def size(item: Item) -> int:
    """Bytes as DynamoDB bills them ("DynamoDB item sizes and formats", Developer Guide)."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(attribute: Item) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "B":
            return len(value)
        case "L":
            return 3 + sum(1 + _size(one) for one in value)
        case "M":
            return 3 + len(value) + size(value)
    return 1


class Counting:
    """Every call to AWS, in the units that it bills."""

    def __init__(self, there: list[Item]) -> None:
        self.units: dict[str, float] = defaultdict(float)
        self._there = {_key(item): item for item in there}
        self._before = set(self._there)

    def count(self, operation: str, given: Item, answer: Item) -> None:
        match operation:
            case "PutItem":
                self._written(given["Item"])
            case "GetItem":
                self._read([answer.get("Item", {})])
            case "Query":
                self._read(answer["Items"], 0.5 if "IndexName" in given else 1)
                of = given["ExpressionAttributeValues"].get(":pk", {}).get("S", "")
                if of.startswith("LEDGER#"):
                    self.units["ledger days"] += 1
            case "Scan":  # pays for all that it passes, whatever the filter leaves
                self._read(list(self._there.values()))
                self.units["scans"] += 1
            case "SendEmail":
                self.units["mails"] += 1
            case "GetQueueAttributes":
                self.units["questions"] += 1
            case "PutObject":
                self.units["files"] += 1
                self.units["bytes"] += given["Body"].getbuffer().nbytes  # botocore made it a file
            case "GetSecretValue" | "GetQueueUrl":  # a warm function knows it
                pass
            case _:
                raise LookupError(f"nobody counts {operation}")

    def stored(self, reference: str) -> Registration:
        """As it was written last: the stream brings it, nobody reads it for that."""
        return read_registration(self._there[f"REGISTRATION#{reference} REGISTRATION"])

    def refused(self, operation: str, given: Item) -> None:
        """A write whose condition does not hold is paid for by what is there."""
        if operation == "GetSecretValue":  # there is no previous key
            return
        if operation != "PutItem":
            raise LookupError(f"nobody counts a refused {operation}")
        there = self._there.get(_key(given["Item"]), {})
        self.units["writes"] += max(1, math.ceil(size(there) / KILOBYTE))

    def left(self, now: datetime) -> dict[str, int]:
        """
        Bytes that stand there since, but for what goes within days; in the table with its copies in
        the indexes, and of that in the ledger.
        """
        found = {"table": 0, "ledger": 0}
        for key, item in self._there.items():
            expires = float(item.get("expires_at", {"N": "inf"})["N"])
            if key in self._before or expires < (now + SHORT).timestamp():
                continue
            found["table"] += size(item) + OVERHEAD
            found["ledger"] += size(item) if key.startswith("LEDGER#") else 0
            for name in ("due", "work"):
                if name in item:
                    keys = {part: item[part] for part in ("pk", "sk", name, f"{name}_at")}
                    found["table"] += size(keys) + OVERHEAD
        return found

    def _read(self, items: list[Item], consistency: float = 1) -> None:
        """`consistency`: what an index gives may be old, and costs half."""
        pages = max(1, math.ceil(sum(map(size, items)) / (4 * KILOBYTE)))
        self.units["reads"] += pages * consistency

    def _written(self, item: Item) -> None:
        before = self._there.get(_key(item), {})
        self._there[_key(item)] = item
        if item["sk"]["S"] == "REGISTRATION":
            self.units["changes"] += 1
        self.units["writes"] += math.ceil(max(size(before), size(item)) / KILOBYTE)
        # An index is written where its keys changed: what was there goes, what is there comes.
        for name in ("due", "work"):
            gone, new = ((one.get(name), one.get(f"{name}_at")) for one in (before, item))
            self.units["writes"] += ((gone[0] is not None) + (new[0] is not None)) * (gone != new)


def _key(item: Item) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"


def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Counts from now on."""
    found, really = Counting(aws_in_memory.items()), vars(BaseClient)["_make_api_call"]

    def call(client: Any, operation: str, given: Item) -> Any:
        try:
            answer = really(client, operation, given)
        except ClientError:
            found.refused(operation, given)
            raise
        found.count(operation, given, answer)
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return found


def arrived(counted: Counting, reference: str, now: datetime) -> None:
    """What follows when it was stored: two mails that are delivered, the ledger, the names."""
    store, one = bootstrap.store(), counted.stored(reference)
    forward(one, bootstrap.desk(lambda: now))
    place = one.answers.municipality[0]
    for receiver, mail in ((place, "forwarding"), (VOLUNTEER, "confirmation")):
        message = event("Delivery", f"{now:%Y-%m-%dT%H:%M:%S}.500Z", reference=one.reference)
        told = message.replace(AALST, receiver).replace("forwarding", mail)
        take_in(told, store, now)
    after = counted.stored(reference)
    project(None, one, store)
    project(one, after, store)
    index(one, after, bootstrap.signing_keys()[0], store, now)


def probed(counted: Counting, functions: Functions, now: datetime) -> None:
    form = probe.answers(now) | {"token": bootstrap.probe_token(now)}
    assert 303 == functions.post(urlencode(form).encode()).status_code
    arrived(counted, probe.reference(now), now)


def test_one(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    From the form to two mails that were delivered, the ledger and the index of names, and its end
    when its term is over: what it asks of AWS, and what stands in the table, is what we reckon
    with, no more and no less.
    """
    bootstrap.store().save_contact(contact())
    counted, one = counting(monkeypatch), registration()
    bootstrap.store().add(one)
    arrived(counted, one.reference, NOW)
    after = counted.stored(one.reference)
    ended(after, after.expires_at, bootstrap.store())

    assert dict(costs.COUNTED) == counted.units
    assert {"table": costs.LEFT_BYTES, "ledger": costs.LEDGER_BYTES} == counted.left(NOW)


def test_clock(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    One run of each schedule while nobody registers, on the second day: what it asks of AWS is what
    we reckon with. The probe's is all that follows from it.
    """
    for place in MUNICIPALITIES:
        bootstrap.store().save_contact(contact(place.nis_code))
    aws_in_memory.create_published()
    aws_in_memory.create_exports()
    for queue in DEAD_LETTERS:
        name = f"{aws_in_memory.TABLE}-{queue}"
        boto3.client("sqs", region_name=aws_in_memory.REGION).create_queue(QueueName=name)
    names = sorted(costs.clock(costs.built()))
    days: tuple[tuple[datetime, Sequence[str]], ...] = (
        (NOW, ("Repair", "Count")),
        (NOW + timedelta(days=1), ("Repair", "Count")),
        (NOW + timedelta(days=1, minutes=15), names),
    )
    found: dict[str, dict[str, float]] = {}
    counted = counting(monkeypatch)
    monkeypatch.setattr(probing, "poster", lambda _: lambda _: 303)
    with Client(entry_points.app, project_dir=str(BACKEND)) as client:
        functions = Functions(client)
        for moment, wanted in days:
            monkeypatch.setattr(bootstrap, "now", lambda moment=moment: moment)
            for name in wanted:
                counted.units.clear()
                if name == "Probe":  # what it posts comes in by the API, and not in its name
                    probed(counted, functions, moment)
                functions.schedule(name.lower(), moment)
                found[name] = dict(counted.units)

    # A word more on the published page changes nothing.
    assert pytest.approx(found["Publish"]["bytes"], rel=0.2) == costs.CLOCK["Publish"]["bytes"]
    found["Publish"]["bytes"] = costs.CLOCK["Publish"]["bytes"]
    assert {name: dict(units) for name, units in costs.CLOCK.items()} == found
