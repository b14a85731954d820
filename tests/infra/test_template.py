"""The template and the zip that go to AWS, as `make package` made them."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BUILT = Path("build/backend")

FUNCTIONS = {"APIHandler", "Forward", "Project", "Sweep", "Repair"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    template: dict[str, Any] = json.loads((BUILT / "sam.json").read_text())
    found: dict[str, Any] = template["Resources"]
    return found


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def statements(resources: dict[str, Any]) -> Iterator[dict[str, Any]]:
    documents = [
        one["PolicyDocument"] for one in of_type(resources, "AWS::IAM::ManagedPolicy").values()
    ]
    for role in of_type(resources, "AWS::IAM::Role").values():
        documents += [policy["PolicyDocument"] for policy in role["Policies"]]
    for document in documents:
        yield from document["Statement"]


def test_table(resources: dict[str, Any]) -> None:
    """
    The table keeps what it is given: encrypted, recoverable, protected, with TTL and stream.
    """
    (table,) = of_type(resources, "AWS::DynamoDB::Table").values()

    assert "NEW_AND_OLD_IMAGES" == table["StreamSpecification"]["StreamViewType"]
    assert {"AttributeName": "expires_at", "Enabled": True} == table["TimeToLiveSpecification"]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert table["DeletionProtectionEnabled"]
    assert table["SSESpecification"]["SSEEnabled"]
    assert "Retain" == resources["Table"]["DeletionPolicy"]


def test_functions(resources: dict[str, Any]) -> None:
    """
    Every function has a role of its own, a memory and a time-out that we chose, and Python 3.13.
    """
    functions = of_type(resources, "AWS::Serverless::Function")

    assert FUNCTIONS == set(functions)
    assert {"python3.13"} == {one["Runtime"] for one in functions.values()}
    roles = [json.dumps(one["Role"]) for one in functions.values()]
    assert len(FUNCTIONS) == len(set(roles))
    assert all("Fn::GetAtt" in role for role in roles)
    assert all(one["MemorySize"] > 128 for one in functions.values())  # 128 is Chalice's own
    assert {"APIHandler": 15, "Forward": 300, "Project": 60, "Sweep": 90, "Repair": 900} == {
        name: one["Timeout"] for name, one in functions.items()
    }


def test_triggers(resources: dict[str, Any]) -> None:
    """
    Both stream triggers start at the oldest record, split what fails, and give up in a queue.
    """
    functions = of_type(resources, "AWS::Serverless::Function")
    triggers = [
        event["Properties"]
        for one in functions.values()
        for event in one.get("Events", {}).values()
        if event["Type"] == "DynamoDB"
    ]

    assert 2 == len(triggers)
    for trigger in triggers:
        assert {"Fn::GetAtt": ["Table", "StreamArn"]} == trigger["Stream"]
        assert "TRIM_HORIZON" == trigger["StartingPosition"]
        assert trigger["BisectBatchOnFunctionError"]
        assert ["ReportBatchItemFailures"] == trigger["FunctionResponseTypes"]
        assert trigger["MaximumRetryAttempts"] <= 10
        assert "StreamFailures" in json.dumps(trigger["DestinationConfig"])


def test_schedules(resources: dict[str, Any]) -> None:
    """
    The sweep runs every minute, the repair every day.
    """
    functions = of_type(resources, "AWS::Serverless::Function")
    schedules = {
        name: event["Properties"]["Schedule"]
        for name, one in functions.items()
        for event in one.get("Events", {}).values()
        if event["Type"] == "Schedule"
    }

    assert {"Sweep": "rate(1 minute)", "Repair": "rate(1 day)"} == schedules


def test_least_privilege(resources: dict[str, Any]) -> None:
    """
    No policy allows an action on everything, but for the one action that knows no resource.
    """
    for statement in statements(resources):
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        assert not [action for action in actions if action.endswith("*")]
        if statement["Resource"] == "*":
            assert ["dynamodb:ListStreams"] == actions


def test_who_may_mail(resources: dict[str, Any]) -> None:
    """
    Only the forwarder and the sweep may send mail, and only from our own address.
    """
    mailers = {
        name
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        if {"Ref": "MailPolicy"} in role["ManagedPolicyArns"]
    }
    (statement,) = resources["MailPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert {"ForwardRole", "SweepRole"} == mailers
    assert "ses:FromAddress" in json.dumps(statement["Condition"])


def test_no_dev_routes(resources: dict[str, Any]) -> None:
    """
    The deployed API has the public addresses and nothing of the local front door.
    """
    (api,) = of_type(resources, "AWS::Serverless::Api").values()

    assert {"/api/registrations", "/api/health", "/bedankt", "/zoek"} == set(
        api["DefinitionBody"]["paths"]
    )


def test_zip() -> None:
    """
    The zip has the code with its data and templates, and nothing that the runtime brings itself.
    """
    with zipfile.ZipFile(BUILT / "deployment.zip") as archive:
        names = set(archive.namelist())
    top = {name.partition("/")[0] for name in names}

    assert {
        "app.py",
        "chalicelib/domain/data/municipalities.csv",
        "chalicelib/domain/data/holidays.csv",
        "chalicelib/templates/shell.html",
        "chalicelib/templates/mail/municipality/body.html",
    } <= names
    assert not {"boto3", "botocore", "typer", "holidays", "infra", "pelican"} & top
    assert (BUILT / "deployment.zip").stat().st_size < 2_000_000
