"""A stack, as CloudFormation answers: what is shown, asked, done and told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.deploy.failure import DeployError
from infra.deploy.stacks import Change, Question, Stack

TEMPLATE = {"TemplateBody": "{}"}


def change(action: str, kind: str, replacement: str = "False") -> dict[str, Any]:
    return {
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": "Thing",
            "ResourceType": kind,
            "Replacement": replacement,
        }
    }


class CloudFormation:
    """Answers as told, and remembers what it was asked."""

    def __init__(
        self,
        statuses: list[str],
        change_sets: list[Mapping[str, Any]],
        events: list[tuple[str, str, str]] = [],  # noqa: B006 (never changed)
    ) -> None:
        self.statuses = statuses
        self.change_sets = change_sets
        self.events = events
        self.asked: list[str] = []

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            raise ClientError({"Error": {"Message": f"Stack {StackName} does not exist"}}, "")
        return {"Stacks": [{"StackStatus": status, "StackId": StackName}]}

    def create_change_set(self, **given: Any) -> dict[str, str]:
        self.asked.append(given["ChangeSetType"])
        return {"Id": "change-set"}

    def describe_change_set(self, **_: str) -> Mapping[str, Any]:
        return self.change_sets.pop(0)

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        moment = datetime.now(UTC)
        return {
            "StackEvents": [
                {
                    "EventId": str(number),
                    "Timestamp": moment + timedelta(seconds=number),
                    "LogicalResourceId": name,
                    "ResourceStatus": status,
                    "ResourceStatusReason": why,
                }
                for number, (name, status, why) in reversed(list(enumerate(self.events)))
            ]
        }

    def describe_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        refused = {
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": "SiteBucket",
            "ValidationStatusReason": "it already exists",
        }
        now = datetime.now(UTC)
        moments = (now, now - timedelta(days=1))
        return {"OperationEvents": [refused | {"Timestamp": moment} for moment in moments]}

    def execute_change_set(self, **_: str) -> None:
        self.asked.append("execute")

    def delete_change_set(self, **_: str) -> None:
        self.asked.append("drop")

    def delete_stack(self, **_: str) -> None:
        self.asked.append("delete")


def stack(cloudformation: CloudFormation, said: list[str] | None = None) -> Stack:
    told: list[str] = [] if said is None else said
    return Stack(cloudformation, "mijnbuddy-dev", say=told.append, sleep=lambda _: None)


def made(*changes: Mapping[str, Any], **more: str) -> dict[str, Any]:
    return {"Status": "CREATE_COMPLETE", "ChangeSetId": "id", "Changes": list(changes), **more}


def yes(_: Question) -> bool:
    return True


def no(_: Question) -> bool:
    return False


def test_update() -> None:
    """
    What changes is said, on all its pages, and done once somebody agrees.
    """
    first = made(change("Add", "AWS::SQS::Queue"), NextToken="more")
    cloudformation = CloudFormation(
        ["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"],
        [{"Status": "CREATE_IN_PROGRESS"}, first, made(change("Modify", "AWS::SNS::Topic"))],
    )
    said: list[str] = []

    assert stack(cloudformation, said).change(TEMPLATE, {}, yes)
    assert ["UPDATE", "execute"] == cloudformation.asked
    assert "mijnbuddy-dev: 2 changes" == said[0]


def test_disagreed() -> None:
    """
    Who does not agree leaves nothing behind, also not the empty stack of a first time.
    """
    cloudformation = CloudFormation([""], [made(change("Add", "AWS::SQS::Queue"))])
    with pytest.raises(DeployError, match="Nothing was changed"):
        stack(cloudformation).change(TEMPLATE, {}, no)

    assert ["CREATE", "drop", "delete"] == cloudformation.asked


def test_nothing() -> None:
    """
    Where nothing would change nobody is asked.
    """
    why = "The submitted information didn't contain changes. Submit different information."
    failed = {"Status": "FAILED", "StatusReason": why}
    cloudformation = CloudFormation(["CREATE_COMPLETE"], [failed])

    assert not stack(cloudformation).change(TEMPLATE, {}, no)


def test_refused() -> None:
    """
    What a rule of the template refuses is said in its own words.
    """
    failed = {"Status": "FAILED", "StatusReason": "Give its certificate"}
    cloudformation = CloudFormation(["CREATE_COMPLETE"], [failed])
    with pytest.raises(DeployError, match="mijnbuddy-dev: Give its certificate"):
        stack(cloudformation).change(TEMPLATE, {}, yes)


def test_failed() -> None:
    """
    What fails is told as it does, in order and once; the deployment fails with it.
    """
    cloudformation = CloudFormation(
        ["UPDATE_COMPLETE", *["UPDATE_IN_PROGRESS"] * 4, "UPDATE_ROLLBACK_COMPLETE"],
        [made(change("Add", "AWS::SQS::Queue"))],
        [
            ("Certificate", "CREATE_IN_PROGRESS", "Content of DNS Record is: {Name: _x}"),
            ("Queue", "CREATE_FAILED", "no such key"),
            ("Other", "CREATE_FAILED", "Resource creation cancelled"),
        ],
    )
    said: list[str] = []
    with pytest.raises(DeployError, match="UPDATE_ROLLBACK_COMPLETE"):
        stack(cloudformation, said).change(TEMPLATE, {}, yes)

    assert [
        "  Certificate: Content of DNS Record is: {Name: _x}",
        "  Queue: no such key",
        "  Other: Resource creation cancelled",
        "  SiteBucket: it already exists",
    ] == said[2:]


def test_never_worked() -> None:
    """
    What is left of a first time that failed is removed; then there is no stack.
    """
    cloudformation = CloudFormation(["ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "", ""], [])
    one = stack(cloudformation)
    one.clear_failed()

    assert ["delete"] == cloudformation.asked
    assert one.described() is None


@pytest.mark.parametrize("status", ["", "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_worked(status: str) -> None:
    """
    A stack that worked once is never removed so.
    """
    cloudformation = CloudFormation([status], [])
    stack(cloudformation).clear_failed()

    assert [] == cloudformation.asked


@pytest.mark.parametrize(
    ("changes", "is_of_loss"),
    [
        ([change("Add", "AWS::DynamoDB::Table")], False),
        ([change("Add", "AWS::SNS::Topic"), change("Remove", "AWS::SQS::Queue")], True),
    ],
)
def test_question(changes: list[Mapping[str, Any]], is_of_loss: bool) -> None:
    """
    Who is asked knows whether any of the changes would leave data behind.
    """
    cloudformation = CloudFormation(["CREATE_COMPLETE"], [made(*changes)])
    asked: list[bool] = []

    def ask(question: Question) -> bool:
        asked.append(question.is_of_loss)
        return False

    with pytest.raises(DeployError, match="Nothing was changed"):
        stack(cloudformation).change(TEMPLATE, {}, ask)

    assert [is_of_loss] == asked


@pytest.mark.parametrize(
    ("action", "kind", "replaced", "is_loss"),
    [
        ("Remove", "AWS::DynamoDB::Table", "", True),
        ("Modify", "AWS::DynamoDB::Table", "True", True),
        ("Modify", "AWS::S3::Bucket", "Conditional", True),
        ("Modify", "AWS::DynamoDB::Table", "False", False),
        ("Remove", "AWS::CloudWatch::Alarm", "", False),
        ("Add", "AWS::DynamoDB::Table", "", False),
    ],
)
def test_loss(action: str, kind: str, replaced: str, is_loss: bool) -> None:
    """
    A change that would leave data behind says so in capitals.
    """
    assert is_loss == ("DATA WOULD BE LEFT BEHIND" in str(Change(action, "Thing", kind, replaced)))
