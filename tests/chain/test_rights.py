"""Each function acts under its own role: without a right it needs, a call is refused and told."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.rights.calls import Call
from tests.rights.policies import Need
from tests.stack import REGION, Stack, eventually

GET, PUT = "dynamodb:GetItem", "dynamodb:PutItem"


@pytest.fixture(scope="module")
def crippled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A system of its own, of which some calls are refused."""
    running = Stack(tmp_path_factory.mktemp("crippled"))
    running.start()
    yield running
    running.end()


def take(stack: Stack, role: str, action: str) -> None:
    """Take an action out of the policies of a role, as a hand in the template would."""
    iam = stack.aws("iam")
    (name,) = [
        one["RoleName"] for one in iam.list_roles()["Roles"] if f"-{role}-" in one["RoleName"]
    ]
    document = iam.get_role_policy(RoleName=name, PolicyName="table")["PolicyDocument"]
    kept = [one for one in document["Statement"] if one["Action"] != action]
    assert len(kept) < len(document["Statement"])
    iam.put_role_policy(
        RoleName=name, PolicyName="table", PolicyDocument=json.dumps(document | {"Statement": kept})
    )


def refused(stack: Stack) -> set[Call]:
    return {call for call in stack.calls() if not call.is_allowed}


def test_one_action_less(crippled: Stack, form: Callable[..., dict[str, Any]]) -> None:
    """
    Without PutItem nobody can register. The refusal is written down, and turns a run of the tests
    red.
    """
    assert 303 == crippled.post(form()).status_code
    take(crippled, "ApiRole", PUT)
    assert 503 == crippled.post(form()).status_code
    eventually(lambda: refused(crippled))

    put = Call("ApiRole", Need(PUT, "Table", "REGISTRATION#"), is_allowed=False)
    assert {put} == refused(crippled)
    with pytest.raises(AssertionError, match="REGISTRATION#"):
        crippled.assert_nothing_refused()


def test_kinds_of_items(crippled: Stack) -> None:
    """
    A person at the command line may look at a registration, and not at a session of somebody else:
    the policy tells items apart by their keys.
    """
    (stack,) = crippled.aws("cloudformation").describe_stacks()["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    role = outputs["OperatorRoleArn"]
    given = crippled.aws("sts").assume_role(RoleArn=role, RoleSessionName="griet")["Credentials"]
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{crippled.aws_port}",
        region_name=REGION,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )

    def get(pk: str) -> Any:
        return client.get_item(TableName="mijnbuddy-local", Key={"pk": {"S": pk}, "sk": {"S": "x"}})

    assert "Item" not in get("REGISTRATION#MB-7K3F-9Q4D")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        get("SESSION#0f3c")
    looked = Call("OperatorRole", Need(GET, "Table", "SESSION#"), is_allowed=False)
    assert {looked} == {call for call in refused(crippled) if call.role == "OperatorRole"}
