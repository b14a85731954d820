"""What a deployment makes of the template before it goes to AWS."""

import json
from pathlib import Path
from typing import Any

from infra.deploy.deployment import NAMES, RETAINED, with_code_at, with_names


def template() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("build/backend/sam.json").read_text())
    return found


def test_names() -> None:
    """
    Whatever outlives a stack has a plain name, by which the next one takes it in; the rest is as it
    was packaged.
    """
    packaged = template()
    made = with_names(packaged, "dev", "000000000000")
    for name, one in packaged["Resources"].items():
        known = set(one.get("Properties", {})) & NAMES
        if one.get("DeletionPolicy") not in RETAINED or not known:
            assert one == made["Resources"][name]
            continue
        for key in known:
            assert "$" not in made["Resources"][name]["Properties"][key]

    assert "mijnbuddy-dev" == made["Resources"]["Table"]["Properties"]["TableName"]
    assert (
        "mijnbuddy-dev-site-000000000000"
        == made["Resources"]["SiteBucket"]["Properties"]["BucketName"]
    )


def test_code() -> None:
    """
    Each function runs the code that was uploaded; the same twice is the same text.
    """
    made = with_code_at(template(), "s3://bucket/key.zip")
    functions = [
        one
        for one in json.loads(made)["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
    ]

    assert functions
    assert {"s3://bucket/key.zip"} == {one["Properties"]["CodeUri"] for one in functions}
    assert made == with_code_at(template(), "s3://bucket/key.zip")
