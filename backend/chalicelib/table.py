"""
A DynamoDB table as we use it: items by their key, queries, and conditional writes of one item.

What each item holds is said by whoever keeps it: `registrations.py`, and `store.py` for all else.
Moments are kept as text in UTC with microseconds, so that they sort.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.attributes import read, written
from chalicelib.failures import StaleError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.paginator import QueryPaginator

Item = dict[str, Any]
Image = Mapping[str, Any]
"""An item as DynamoDB writes it, with a type beside each value."""


class Table:
    """The table named `table`; `client` is a DynamoDB client."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def size(self) -> int:
        """About how many items there are, of whatever kind: AWS counts them every six hours."""
        return self._client.describe_table(TableName=self._table)["Table"]["ItemCount"]

    def check(self) -> None:
        """Read from the table: raises whatever keeps it from answering."""
        self._get("HEALTH", "HEALTH")

    def _get(self, pk: str, sk: str) -> Image | None:
        found = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return found.get("Item")

    def _query(
        self, condition: str, index: str = "", only: str = "", **values: str
    ) -> Iterator[Image]:
        more: dict[str, Any] = {"IndexName": index} if index else {"ConsistentRead": True}
        if only:
            more["FilterExpression"] = only
        if "#work" in condition:  # a word that DynamoDB reserves
            more["ExpressionAttributeNames"] = {"#work": "work"}
        pages = self._queries.paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
            **more,
        )
        for page in pages:
            yield from page["Items"]

    @cached_property
    def _queries(self) -> "QueryPaginator":
        """Made once: botocore builds a class for each paginator, which costs more than a query."""
        return self._client.get_paginator("query")

    def _scan(
        self,
        only: str,
        values: Mapping[str, str],
        scanned: Callable[[int], object] = lambda _: None,
    ) -> Iterator[Image]:
        """A walk through the whole table; `scanned` is told how many items each page of it had."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression=only,
            ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
            ConsistentRead=True,
        )
        for page in pages:
            scanned(page["ScannedCount"])
            yield from page["Items"]

    def _added(self, item: Item) -> bool:
        return self._put_if("attribute_not_exists(pk)", item)

    def _projected(self, item: Item, registered_at: datetime, version: int) -> bool:
        """Write what was made from a version of a registration, unless a newer one did."""
        newer = (
            "attribute_not_exists(pk) OR registered_at < :registered_at"
            " OR (registered_at = :registered_at AND version < :version)"
        )
        made_from = {
            ":registered_at": {"S": as_text(registered_at)},
            ":version": {"N": str(version)},
        }
        return self._put_if(newer, item, made_from)

    def _removed(
        self, pk: str, sk: str, version: int, condition: str = "", values: Image | None = None
    ) -> bool:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key={"pk": {"S": pk}, "sk": {"S": sk}},
                ConditionExpression=f"version = :version{condition}",
                ExpressionAttributeValues={":version": {"N": str(version)}, **(values or {})},
            )
        except ClientError as error:
            if is_refused(error):
                return False
            raise
        return True

    def _put_version(self, item: Item, version: int) -> None:
        known = {":version": {"N": str(version)}}
        is_written = (
            self._put_if("version = :version", item, known) if version else self._added(item)
        )
        if not is_written:
            raise StaleError

    def _put_if(self, condition: str, item: Item, values: Image | None = None) -> bool:
        try:
            self._put(item, condition, values)
        except ClientError as error:
            if is_refused(error):
                return False
            raise
        return True

    def _put(self, item: Item, condition: str = "", values: Image | None = None) -> None:
        more: dict[str, Any] = {}
        if condition:
            more["ConditionExpression"] = condition
            # A refused write then shows what stands there: nobody needs to read it again.
            more["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if values:
            more["ExpressionAttributeValues"] = values
        self._client.put_item(TableName=self._table, Item=_image(item), **more)


def item_of(value: "DataclassInstance") -> Item:
    """The attributes of a dataclass, without the empty ones; moments as text."""
    return asdict(value, dict_factory=_without_empty)


def _without_empty(pairs: list[tuple[str, Any]]) -> Item:
    return {
        name: as_text(value) if isinstance(value, datetime) else value
        for name, value in pairs
        if value not in (None, "", (), 0, False)
    }


def _image(item: Item) -> Image:
    return {name: written(value) for name, value in item.items()}


def values_of(image: Image) -> Item:
    return {name: read(value) for name, value in image.items()}


def seconds_of(moment: datetime) -> int:
    """As the table's TTL wants it: seconds since 1970."""
    return int(moment.timestamp())


def as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None


def is_refused(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"
