"""
What is in a bucket, and deleting it.

Not boto3's own `Bucket`: it opens clients of its own, past who gives us ours, and does not tell
which keys S3 refused to delete.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.failure import DeployError

DELETED_AT_ONCE = 1000
"""Keys that one request may delete (S3, DeleteObjects)."""


@dataclass(frozen=True)
class Bucket:
    """A bucket by its name, whether it is there or not."""

    s3: Any
    name: str

    def digests(self, prefix: str = "") -> dict[str, str]:
        """All keys below a prefix, each with what S3 calls its ETag."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return {
            one["Key"]: one["ETag"].strip('"') for page in pages for one in page.get("Contents", [])
        }

    def delete(self, keys: Iterable[str]) -> None:
        """Raises DeployError for what S3 does not delete."""
        for some in batches(keys, DELETED_AT_ONCE):
            answer = self.s3.delete_objects(
                Bucket=self.name,
                Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
            )
            for error in answer.get("Errors", []):
                raise DeployError(f"{self.name}/{error['Key']}: {error['Message']}")

    def empty(self) -> bool:
        """Delete all that is in it; False where there is no such bucket."""
        try:
            self.delete(self.digests())
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return False
            raise
        return True


def batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
