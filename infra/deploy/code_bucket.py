"""
Where the packaged code and the templates lie, and what was deployed when: a private bucket that the
deployment makes itself, before there is a stack.

The last deployments are in `history.json`, newest first: what `make rollback` goes back to.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import Account
from infra.deploy.buckets import Bucket

HISTORY = "history.json"
KEPT = 5
"""How many deployments can be gone back to, with their sites."""


@dataclass(frozen=True)
class Deployed:
    """
    One deployment: its template, its parameters, its site, and the code that it runs. Until it
    `is_whole`, `release` is the site that visitors still see: the one of before.
    """

    at: str
    template: str
    parameters: dict[str, str]
    release: str
    code: str
    is_whole: bool = True

    @property
    def stack(self) -> tuple[str, dict[str, str]]:
        """What the stack was made of; the template says which code."""
        return self.template, self.parameters


@dataclass(frozen=True)
class CodeBucket:
    """The bucket of a stage. No secret comes into it: parameters are none."""

    account: Account
    name: str

    @property
    def _s3(self) -> Any:
        return self.account.client("s3")

    @property
    def _bucket(self) -> Bucket:
        return Bucket(self._s3, self.name)

    @property
    def is_there(self) -> bool:
        try:
            self._s3.head_bucket(Bucket=self.name, ExpectedBucketOwner=self.account.number)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
                raise
            return False
        return True

    def make(self) -> None:
        """Private, and encrypted, also on its way; again changes nothing."""
        s3 = self._s3
        if not self.is_there:
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
        arn = f"arn:aws:s3:::{self.name}"
        only_encrypted = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = {"Version": "2012-10-17", "Statement": [only_encrypted]}
        s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))

    def put(self, content: bytes, ending: str) -> str:
        """Keep something under the digest of its content; the key."""
        key = f"{hashlib.sha256(content).hexdigest()}.{ending}"
        if key not in self._bucket.digests(key):
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
        self._bucket.delete(key for key in self._bucket.digests() if key not in needed)
        return kept

    def remove(self) -> None:
        """Take it away with all that is in it, where it is there."""
        if self._bucket.empty():
            self._s3.delete_bucket(Bucket=self.name)
