"""The bucket of the code, on an S3 in memory."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.deploy.account import Account
from infra.deploy.buckets import Bucket
from infra.deploy.code_bucket import HISTORY, KEPT, CodeBucket, Deployed
from infra.deploy.failure import DeployError
from tests.infra.deploy.in_memory import REGION, an_s3

NAME = "mijnbuddy-dev-code-123456789012"


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> Iterator[CodeBucket]:
    with an_s3(monkeypatch) as s3:
        one = CodeBucket(Account("123456789012", REGION, lambda *_: s3), NAME)
        one.make()
        yield one


def test_private(code: CodeBucket) -> None:
    """
    Nobody comes in from outside, and nobody over plain HTTP; made again it is as it was.
    """
    code.make()
    s3 = code.account.client("s3")
    blocked = s3.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
    (statement,) = json.loads(s3.policies[NAME]["Policy"])["Statement"]

    assert {True} == set(blocked.values())
    assert "Deny" == statement["Effect"]
    assert {"Bool": {"aws:SecureTransport": "false"}} == statement["Condition"]
    assert {f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"} == set(statement["Resource"])


def test_kept(code: CodeBucket) -> None:
    """
    What the last deployments need stays, what none of them needs goes.
    """
    keys = [code.put(f"{number}".encode(), "zip") for number in range(KEPT + 1)]
    history = [Deployed("now", key, {}, "release", key) for key in keys]

    assert history[:KEPT] == code.remember(history) == code.history()
    assert {HISTORY, *keys[:KEPT]} == set(Bucket(code.account.client("s3"), NAME).digests())


def test_removed(code: CodeBucket) -> None:
    """
    It goes with all that is in it; where it is gone already, that is fine.
    """
    code.put(b"code", "zip")
    code.remove()
    code.remove()

    assert [] == code.account.client("s3").list_buckets()["Buckets"]
    assert [] == code.history()


def test_not_deleted() -> None:
    """
    S3 answers 200 with what it did not delete: that is said.
    """

    class S3:
        def delete_objects(self, **_: Any) -> dict[str, Any]:
            return {"Errors": [{"Key": "one", "Message": "Access Denied"}]}

    with pytest.raises(DeployError, match="bucket/one: Access Denied"):
        Bucket(S3(), "bucket").delete(["one"])
