"""What one registration asks of AWS, counted: the quantities that infra/costs.py reckons with."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

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


class Counting:
    """Every call to AWS, in the units that DynamoDB bills."""

    def __init__(self) -> None:
        self.units: Counter[str] = Counter()
        self._call: Any = vars(BaseClient)["_make_api_call"]

    def __call__(self, client: Any, operation: str, given: dict[str, Any]) -> Any:
        answer = self._call(client, operation, given)
        if operation == "PutItem":
            self._written(given["Item"])
        elif operation in {"GetItem", "Query", "BatchGetItem"}:
            self.units["reads"] += max(1, math.ceil(self._size(answer) / (4 * KILOBYTE)))
        elif operation == "SendEmail":
            self.units["mails"] += 1
        return answer

    def _written(self, item: dict[str, Any]) -> None:
        self.units["changes"] += item["sk"]["S"] == "REGISTRATION"
        self.units["writes"] += math.ceil(len(json.dumps(item, default=str)) / KILOBYTE)
        # An index that has the item is written as well: its keys only, so one unit.
        self.units["writes"] += sum(key in item for key in ("due", "work"))

    @staticmethod
    def _size(answer: dict[str, Any]) -> int:
        found = {key: answer[key] for key in ("Item", "Items", "Responses") if key in answer}
        return len(json.dumps(found, default=str))


def _method(counting: Counting) -> Any:
    """A function, so that it is given the client too."""

    def call(client: Any, operation: str, given: dict[str, Any]) -> Any:
        return counting(client, operation, given)

    return call


@pytest.fixture
def counted(aws: None) -> Iterator[Counting]:
    bootstrap.store().save_contact(contact())
    bootstrap.desk(lambda: NOW)
    counting = Counting()
    with patch.object(BaseClient, "_make_api_call", _method(counting)):
        yield counting


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
