"""What SAM makes of the template, as CloudFormation does before it deploys."""

import json
import re
import subprocess
from typing import Any

import pytest

from tests.infra import built

TRANSLATOR = (".venv-aws/bin/python", "tests/infra/transformed.py")
WANTED: tuple[dict[str, str], ...] = ({}, {"OriginKey": "A"}, {"OriginKey": "B"})

Resources = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> list[Resources]:
    """The resources that CloudFormation makes, with each of the wanted parameters."""
    template = built.read()
    for one in template["Resources"].values():
        if one["Type"] == "AWS::Serverless::Function":
            one["Properties"]["CodeUri"] = "s3://bucket/1.zip"
    asked = json.dumps([[template, values] for values in WANTED])
    ran = subprocess.run(TRANSLATOR, input=asked, capture_output=True, text=True, check=True)
    return [one["Resources"] for one in json.loads(ran.stdout)]


def test_closed(made: list[Resources]) -> None:
    """
    The API that is made has the policy that lets in CloudFront alone.
    """
    body = made[0]["RestAPI"]["Properties"]["Body"]
    (statement,) = body["x-amazon-apigateway-policy"]["Statement"]

    assert "aws:Referer" in statement["Condition"]["StringEquals"]
    assert "Allow" == statement["Effect"]


def test_another_key(made: list[Resources]) -> None:
    """
    Choosing the other key makes a new deployment of the API, without which its policy stays as it
    was; choosing the same makes none.
    """
    unsaid, first, second = (
        {name for name, one in each.items() if one["Type"] == "AWS::ApiGateway::Deployment"}
        for each in made
    )

    assert unsaid == first
    assert not first & second


def test_origin(made: list[Resources]) -> None:
    """
    CloudFront asks the stage that there is, and only once it is there.
    """
    settings = made[0]["Distribution"]["Properties"]["DistributionConfig"]
    (api,) = [one for one in settings["Origins"] if one["Id"] == "api"]
    (stage,) = re.findall(r"\$\{(\w+)\}", api["OriginPath"]["Fn::Sub"])

    assert "AWS::ApiGateway::Stage" == made[0][stage]["Type"]


def test_alarms(made: list[Resources]) -> None:
    """
    What watches the API and the functions refers to what there is.
    """
    for name, one in made[0].items():
        if one["Type"] == "AWS::CloudWatch::Alarm":
            for dimension in one["Properties"]["Dimensions"]:
                for target in re.findall(r'"Ref": "(\w+)"', json.dumps(dimension)):
                    assert target in made[0], name


def test_count(made: list[Resources]) -> None:
    """
    CloudFormation takes 500 resources in a stack.
    """
    assert len(made[0]) < 400
