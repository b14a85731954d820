"""What one registration asks of AWS, counted: the quantities that infra/costs.py reckons with."""

import math
from collections import Counter
from typing import Any

import pytest
from botocore.client import BaseClient

from chalicelib import bootstrap
from chalicelib.domain.registration import VOLUNTEER
from chalicelib.forward import forward
from chalicelib.names import index
from chalicelib.projection import project
from chalicelib.receipts import take_in
from infra import costs
from tests.backend.samples import AALST, NOW, contact, registration
from tests.backend.ses_events import event

KILOBYTE = 1024


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
    """Every call to AWS, in the units that DynamoDB bills."""

    def __init__(self) -> None:
        self.units: Counter[str] = Counter()
        self._there: dict[str, Item] = {}

    def count(self, operation: str, given: Item, answer: Item) -> None:
        match operation:
            case "PutItem":
                self._written(given["Item"])
            case "GetItem":
                self._read([answer.get("Item", {})])
            case "Query":
                self._read(answer["Items"])
            case "SendEmail":
                self.units["mails"] += 1
            case "GetSecretValue":
                pass
            case _:
                raise LookupError(f"nobody counts {operation}")

    def _read(self, items: list[Item]) -> None:
        self.units["reads"] += max(1, math.ceil(sum(map(size, items)) / (4 * KILOBYTE)))

    def _written(self, item: Item) -> None:
        key = item["pk"]["S"] + item["sk"]["S"]
        before, self._there[key] = self._there.get(key, {}), item
        self.units["changes"] += item["sk"]["S"] == "REGISTRATION"
        self.units["writes"] += math.ceil(max(size(before), size(item)) / KILOBYTE)
        # An index is written where its keys changed: what was there goes, what is there comes.
        for name in ("due", "work"):
            gone, new = ((one.get(name), one.get(f"{name}_at")) for one in (before, item))
            self.units["writes"] += ((gone[0] is not None) + (new[0] is not None)) * (gone != new)


@pytest.fixture
def counted(aws: None, monkeypatch: pytest.MonkeyPatch) -> Counting:
    bootstrap.store().save_contact(contact())
    counting, really = Counting(), vars(BaseClient)["_make_api_call"]

    def call(client: Any, operation: str, given: Item) -> Any:
        answer = really(client, operation, given)
        counting.count(operation, given, answer)
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return counting


def test_one(counted: Counting) -> None:
    """
    From the form to two mails that were delivered, the ledger and the index of names: what it asks
    of AWS is what we reckon with, no more and no less.
    """
    store = bootstrap.store()
    one = registration()
    store.add(one)
    forward(one, bootstrap.desk(lambda: NOW))
    for receiver, mail in ((AALST, "forwarding"), (VOLUNTEER, "confirmation")):
        message = event("Delivery", "2026-11-23T10:00:00.000Z", reference=one.reference)
        told = message.replace(AALST, receiver).replace("forwarding", mail)
        take_in(told, store, NOW)
    after = store.get(one.reference, NOW)
    assert after
    project(None, one, store)
    project(one, after, store)
    index(one, after, b"key", store, NOW)

    assert costs.COUNTED == dict(counted.units)
