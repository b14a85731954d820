"""Each function acts under its own role: without a right it needs, a call is refused and told."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.rights.calls import Call
from tests.rights.policies import Need
from tests.stack import REGION, Stack, eventually

SYSTEM = "mijnbuddy-local"
GET, PUT = "dynamodb:GetItem", "dynamodb:PutItem"


@contextmanager
def without(stack: Stack, role: str, action: str) -> Iterator[None]:
    """An action is out of the policy of a role, as if it were not in the template."""
    iam = stack.aws("iam")
    (name,) = [
        one["RoleName"]
        for one in iam.list_roles()["Roles"]
        if one["RoleName"].startswith(f"{SYSTEM}-{role}-")
    ]
    document = iam.get_role_policy(RoleName=name, PolicyName="table")["PolicyDocument"]
    kept = [one for one in document["Statement"] if one["Action"] != action]
    assert len(kept) < len(document["Statement"])

    def put(policy: dict[str, Any]) -> None:
        iam.put_role_policy(RoleName=name, PolicyName="table", PolicyDocument=json.dumps(policy))

    put(document | {"Statement": kept})
    try:
        yield
    finally:
        put(document)


def test_one_action_less(stack: Stack, form: Callable[..., dict[str, Any]]) -> None:
    """
    Without PutItem nobody can register. The refusal is written down, and turns a run of the tests
    red.
    """
    put = Call("ApiRole", Need(PUT, "Table", "REGISTRATION#"), is_allowed=False)
    with stack.refusing(put):
        with without(stack, "ApiRole", PUT):
            assert 503 == stack.post(form()).status_code
        eventually(lambda: put in stack.calls())
        with pytest.raises(AssertionError, match="REGISTRATION#"):
            stack.assert_nothing_refused()

    stack.assert_nothing_refused()
    assert 303 == stack.post(form()).status_code


def test_kinds_of_items(stack: Stack) -> None:
    """
    A person at the command line may look at a registration, and not at a session of somebody else:
    the policy tells items apart by their keys.
    """
    (made,) = stack.aws("cloudformation").describe_stacks(StackName=SYSTEM)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in made["Outputs"]}
    role = outputs["OperatorRoleArn"]
    given = stack.aws("sts").assume_role(RoleArn=role, RoleSessionName="griet")["Credentials"]
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{stack.aws_port}",
        region_name=REGION,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )

    def get(pk: str) -> Any:
        return client.get_item(TableName=SYSTEM, Key={"pk": {"S": pk}, "sk": {"S": "x"}})

    assert "Item" not in get("REGISTRATION#MB-7K3F-9Q4D")
    looked = Call("OperatorRole", Need(GET, "Table", "SESSION#"), is_allowed=False)
    with (
        stack.refusing(looked),
        pytest.raises(ClientError, match="AccessDeniedException"),
    ):
        get("SESSION#0f3c")
