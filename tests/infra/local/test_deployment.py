"""What is read from the template that Chalice packaged."""

import json

import pytest

from infra.local.deployment import Deployment, Template
from infra.local.failure import CannotRunError

TEMPLATE = Template(
    {
        "Parameters": {"Stage": {"Type": "String"}, "SiteUrl": {"Type": "String"}},
        "Resources": {
            "RestAPI": {
                "Type": "AWS::Serverless::Api",
                "Properties": {
                    "StageName": "api",
                    "DefinitionBody": {"paths": {"/api/health": {}, "/mijn/{token}": {}}},
                },
            },
            "APIHandler": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"CodeUri": "./deployment.zip"},
            },
            "Sweep": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "CodeUri": "./deployment.zip",
                    "Events": {"SweepEvent": {"Type": "Schedule", "Properties": {}}},
                },
            },
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True}
                },
            },
            "OtherTable": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        },
    }
)


def test_code() -> None:
    """The code of every function is where it was uploaded; the rest stays as it was."""
    packaged = json.loads(TEMPLATE.with_code_at("s3://bucket/1.zip"))

    functions = [packaged["Resources"][name]["Properties"] for name in ("APIHandler", "Sweep")]
    assert [function["CodeUri"] for function in functions] == ["s3://bucket/1.zip"] * 2
    assert packaged["Resources"]["Table"] == TEMPLATE.content["Resources"]["Table"]
    assert "./deployment.zip" == TEMPLATE.content["Resources"]["Sweep"]["Properties"]["CodeUri"]


def test_parameters() -> None:
    """Only the parameters that the template declares are given."""
    assert [{"ParameterKey": "Stage", "ParameterValue": "local"}] == TEMPLATE.parameters(
        {"Stage": "local", "Other": "x"}
    )


def test_schedules() -> None:
    """Functions that run by the clock come with the rule that makes them run."""
    assert {"Sweep": "SweepSweepEvent"} == TEMPLATE.schedules


def test_expiries() -> None:
    """A table of which items expire comes with the attribute that says when."""
    assert {"Table": "expires_at"} == TEMPLATE.expiries


def test_api() -> None:
    """The address of the API follows from the template and from what was deployed."""
    deployment = Deployment(TEMPLATE, outputs={}, names={"RestAPI": "d0e9b9a3"})

    assert "/restapis/d0e9b9a3/api/_user_request_" == deployment.api_path
    assert ["/api/health", "/mijn/{token}"] == TEMPLATE.api_paths


def test_missing_output() -> None:
    """A template that lacks an output that the local stack needs is refused by its name."""
    with pytest.raises(CannotRunError, match="TableName"):
        _ = Deployment(TEMPLATE, outputs={}, names={}).table_name
