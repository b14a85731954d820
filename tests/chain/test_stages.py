"""What CloudFormation refuses before it makes anything, by the rules of the template."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stack import Stack

REAL = {
    "Stage": "prod",
    "SiteUrl": "https://www.mijnbuddy.be",
    "SenderDomain": "mijnbuddy.be",
    "AgencyAddress": "desk@mijnbuddy.be",
    "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/0-1",
}


def refusal(stack: Stack, values: dict[str, str], template: str = "sam.json") -> str:
    """What CloudFormation says of a stack with these parameters; "" where it would go on."""
    whole: dict[str, Any] = json.loads(Path("build/backend", template).read_text())
    # The rules and what they look at, with one thing to make: the whole would not fit a request.
    asked = {
        "Parameters": whole["Parameters"],
        "Rules": whole["Rules"],
        "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
    }
    cloudformation = stack.aws("cloudformation")
    try:
        made = cloudformation.create_change_set(
            StackName="rules",
            ChangeSetName="rules",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(asked),
            Parameters=[{"ParameterKey": n, "ParameterValue": v} for n, v in values.items()],
        )
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    cloudformation.delete_change_set(ChangeSetName=made["Id"])
    cloudformation.delete_stack(StackName="rules")
    return ""


def test_production(stack: Stack) -> None:
    """
    Production may be made with real values.
    """
    assert "" == refusal(stack, REAL)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SiteUrl", "https://www.mijnbuddy.example", "SiteUrl is an example"),
        ("SenderDomain", "mijnbuddy.example", "SenderDomain is an example"),
        ("AgencyAddress", "desk@mijnbuddy.example", "AgencyAddress is an example"),
        ("CertificateArn", "", "Give its certificate"),
        ("DivertTo", "proef@mijnbuddy.be", "Production must not have it"),
    ],
)
def test_not_in_production(stack: Stack, name: str, value: str, why: str) -> None:
    """
    Production refuses each example, and a mailbox that keeps mails from their receivers.
    """
    assert why in refusal(stack, REAL | {name: value})


def test_staging(stack: Stack) -> None:
    """
    Staging is not made without the one mailbox that gets all mails, and has real values too.
    """
    staging = REAL | {"Stage": "staging"}

    assert "Give it as DivertTo" in refusal(stack, staging)
    assert "SiteUrl is an example" in refusal(stack, {"Stage": "staging"})
    assert "" == refusal(stack, staging | {"DivertTo": "proef@mijnbuddy.example"})


def test_trying(stack: Stack) -> None:
    """
    A stage for trying needs no values at all.
    """
    assert "" == refusal(stack, {})


def test_region(stack: Stack) -> None:
    """
    What CloudFront takes from us-east-1 only is made nowhere else.
    """
    assert "us-east-1 only" in refusal(stack, {"SiteHost": "www.mijnbuddy.be"}, "global.json")
