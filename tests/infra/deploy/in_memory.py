"""What a deployment finds in an account, in memory."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.deploy.site import AT_ONCE

REGION = "eu-central-1"


@contextmanager
def an_s3(monkeypatch: pytest.MonkeyPatch, *buckets: str) -> Iterator[Any]:
    """S3, with these buckets."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        s3: Any = boto3.client("s3", region_name=REGION)
        for name in buckets:
            where: Any = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
        # moto reads no condition of a policy: it would refuse everybody.
        s3.policies = {}
        monkeypatch.setattr(
            s3, "put_bucket_policy", lambda **given: s3.policies.update({given["Bucket"]: given})
        )
        yield s3


class Store:
    """CloudFront's: lists a page at a time, and takes a change of its newest version only."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.version = 0
        self.listed: list[int] = []

    def describe_key_value_store(self, KvsARN: str) -> dict[str, str]:  # noqa: N803
        return {"ETag": str(self.version)}

    def get_paginator(self, _: str) -> "Store":
        return self

    def paginate(self, KvsARN: str, PaginationConfig: Mapping[str, int]) -> Iterator[Any]:  # noqa: N803
        self.listed.append(PaginationConfig["PageSize"])
        yield {"Items": [{"Key": key, "Value": value} for key, value in self.keys.items()]}

    def update_keys(
        self,
        KvsARN: str,  # noqa: N803
        IfMatch: str,  # noqa: N803
        Puts: Sequence[Mapping[str, str]],  # noqa: N803
        Deletes: Sequence[Mapping[str, str]],  # noqa: N803
    ) -> dict[str, str]:
        if IfMatch != str(self.version):
            raise ClientError({"Error": {"Code": "ConflictException"}}, "UpdateKeys")
        assert len(Puts) + len(Deletes) <= AT_ONCE
        self.version += 1
        self.keys |= {one["Key"]: one["Value"] for one in Puts}
        for one in Deletes:
            del self.keys[one["Key"]]
        return {"ETag": str(self.version)}


def a_site(folder: Path, title: str) -> Path:
    """A site of three pages."""
    folder.mkdir(exist_ok=True)
    for name in ("index.html", "404.html", "storing.html"):
        (folder / name).write_text(f"<h1>{title}</h1>")
    return folder
