"""
Where the packaged code and the templates lie, and what was deployed when: a private bucket that the
deployment makes itself, before there is a stack.

The last deployments are in `history.json`, newest first: what `make rollback` goes back to.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import Account

HISTORY = "history.json"
KEPT = 5
"""How many deployments can be gone back to, with their sites."""


@dataclass(frozen=True)
class Deployed:
    """One deployment: its template, its parameters, its site, and the code that it runs."""

    at: str
    template: str
    parameters: dict[str, str]
    release: str
    code: str


@dataclass(frozen=True)
class CodeBucket:
    """The bucket of a stage. No secret comes into it: parameters are none."""

    account: Account
    name: str

    @property
    def _s3(self) -> Any:
        return self.account.client("s3")

    def make(self) -> None:
        """Private, encrypted; again changes nothing."""
        s3 = self._s3
        try:
            s3.head_bucket(Bucket=self.name, ExpectedBucketOwner=self.account.number)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
                raise
            where = {"LocationConstraint": self.account.region}
            s3.create_bucket(Bucket=self.name, CreateBucketConfiguration=where)
        s3.put_public_access_block(
            Bucket=self.name,
            PublicAccessBlockConfiguration=dict.fromkeys(
                (
                    "BlockPublicAcls",
                    "BlockPublicPolicy",
                    "IgnorePublicAcls",
                    "RestrictPublicBuckets",
                ),
                True,
            ),
        )

    def put(self, content: bytes, ending: str) -> str:
        """Keep something under the digest of its content; the key."""
        key = f"{hashlib.sha256(content).hexdigest()}.{ending}"
        if key not in self._keys():
            self._s3.put_object(Bucket=self.name, Key=key, Body=content)
        return key

    def url(self, key: str) -> str:
        """As CloudFormation asks for a template."""
        endpoint = self._s3.meta.endpoint_url
        return f"{endpoint}/{self.name}/{key}"

    def uri(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def history(self) -> list[Deployed]:
        """The last deployments, newest first."""
        try:
            body = self._s3.get_object(Bucket=self.name, Key=HISTORY)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "NoSuchBucket"}:
                return []
            raise
        return [Deployed(**one) for one in json.loads(body)]

    def remember(self, history: Sequence[Deployed]) -> list[Deployed]:
        """Write down the last deployments, and delete what none of them needs; what was kept."""
        kept = list(history[:KEPT])
        body = json.dumps([asdict(one) for one in kept], indent=1).encode()
        self._s3.put_object(Bucket=self.name, Key=HISTORY, Body=body)
        needed = {HISTORY, *(key for one in kept for key in (one.template, one.code))}
        self._delete(key for key in self._keys() if key not in needed)
        return kept

    def remove(self) -> None:
        """Take it away with all that is in it, where it is there."""
        try:
            self._delete(self._keys())
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return
            raise
        self._s3.delete_bucket(Bucket=self.name)

    def _keys(self) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return [one["Key"] for page in pages for one in page.get("Contents", [])]

    def _delete(self, keys: Iterable[str]) -> None:
        for key in list(keys):
            self._s3.delete_object(Bucket=self.name, Key=key)
