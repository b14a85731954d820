"""
A municipality's list of candidates, with few and with many, through the packaged zip.

The table is the local AWS's. Everybody in the list is there as a registration, as for a real page.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.session import get_session

from bench import functions
from bench.endpoint import Endpoint
from bench.packages import Package
from chalicelib.domain.candidates import candidates
from chalicelib.domain.contacts import Contact
from chalicelib.domain.form import parse
from chalicelib.domain.outbox import sent
from chalicelib.domain.reference import references
from chalicelib.domain.registration import FORWARDING, register
from chalicelib.domain.session import MUNICIPALITY, began, cookie_of
from chalicelib.domain.site import CANDIDATES
from chalicelib.store import Store
from infra.local import local_aws
from infra.local.settings import ACCESS_KEY, REGION, SECRET_KEY, read_settings
from tests.runtime_api import request
from tests.stack import free_port

AALST = "41002"
TABLE = "mijnbuddy-bench"  # as `functions.function` tells the function
BATCH = 100  # items that one transaction takes: the fewest calls


class Writes:
    """In the place of a client: keeps what would be written."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def put_item(self, *, Item: dict[str, Any], **_: object) -> None:  # noqa: N803 (DynamoDB's name)
        self.items.append(Item)


def people(numbers: Sequence[int], now: datetime) -> list[dict[str, Any]]:
    """The items of that many candidates of Aalst: the registration, and its row in the list."""
    writes: Any = Writes()
    store = Store(writes, TABLE)
    for number in numbers:
        form = parse({name: [value] for name, value in functions.form(number).items()})
        id_ = f"candidate-{number}"
        one = register(form.answers, next(references(id_)), id_, now)
        mail = one.mail(FORWARDING, AALST)
        if mail:
            one = sent(one, mail, f"message-{number}", f"{AALST}-1", now)
        store.add(one)
        for row in candidates(one):
            store.save_candidate(row)
    return list(writes.items)


class Table:
    """The table of the local AWS, with what a desk needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        session: Any = get_session()
        session.set_credentials(ACCESS_KEY, SECRET_KEY)

        def client(service: str) -> Any:
            return session.create_client(service, region_name=REGION, endpoint_url=url)

        self._client = client("dynamodb")
        self._secrets = client("secretsmanager")
        self.store = Store(self._client, TABLE)

    def make(self, template: dict[str, Any]) -> None:
        properties = template["Resources"]["Table"]["Properties"]
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        self._client.create_table(TableName=TABLE, **{part: properties[part] for part in wanted})
        self._secrets.create_secret(Name=f"{TABLE}-signing-key", SecretString="k" * 64)

    def fill(self, items: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(items), BATCH):
            puts = [
                {"Put": {"TableName": TABLE, "Item": item}} for item in items[start : start + BATCH]
            ]
            self._client.transact_write_items(TransactItems=puts)


@contextmanager
def table(template: dict[str, Any]) -> Iterator[Table]:
    """A table of its own, on a local AWS of its own."""
    with tempfile.TemporaryDirectory(prefix="mijnbuddy-bench-") as folder:
        there = {"AWS_PORT": str(free_port()), "LOCAL_DIR": folder, "SES_EVENTS": "off"}
        settings = read_settings([], {**os.environ, **there, "LOG_DIR": f"{folder}/log"})
        Path(settings.log_dir).mkdir()
        running = local_aws.start(settings)
        try:
            made = Table(settings.aws_endpoint)
            made.make(template)
            yield made
        finally:
            running.stop()


def measure(
    package: Package, template: dict[str, Any], sizes: Sequence[int], count: int
) -> dict[int, tuple[functions.Warm, functions.Warm]]:
    """For each number of candidates: the first page of their list, and one more registration."""
    found = {}
    now = datetime.now(UTC)
    with Endpoint() as endpoint, table(template) as here:
        here.store.save_contact(Contact(AALST, "buddy@aalst.example", 1, "confirmed", since=now))
        secret, session = began(MUNICIPALITY, f"{AALST}-1", "", now)
        here.store.save_session(session)
        cookie = {"Cookie": f"{cookie_of(MUNICIPALITY)}={secret}"}
        there = 0
        for size in sorted(sizes):
            here.fill(people(range(there, size), now))
            there = size
            page = request("GET", CANDIDATES.rstrip("/"), headers=cookie)
            listed = functions.warm(package, endpoint, _same(page), count, status=200, aws=here.url)
            others = _others(first=size + int(time.time()) % 10**6 * 10**3)
            posted = functions.warm(package, endpoint, others, count, aws=here.url)
            found[size] = (listed, posted)
    return found


def _same(event: dict[str, Any]) -> Callable[[int], dict[str, Any]]:
    return lambda _: event


def _others(first: int) -> Callable[[int], dict[str, Any]]:
    """Other people than in the round before, or they would be known already."""
    return lambda number: functions.event(first + number)
