"""How the templates are put together."""

import json
import re
from typing import Any

import pytest

from infra import assemble
from infra.assemble import FRAGMENTS, TwiceError, add, read
from infra.local.deployment import LEFT_OUT, OUTPUTS_LEFT_OUT, Template
from tests.infra.built import BUILT


def test_twice() -> None:
    """
    A fragment changes nothing that is there: it says the name and the file.
    """
    template = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}}

    with pytest.raises(TwiceError, match=r"edge\.yaml: Resources\.Table"):
        add(template, {"Resources": {"Table": {}}}, "edge.yaml")


def test_added() -> None:
    """
    What is new comes beside what is there, in its section.
    """
    template: dict[str, Any] = {"Resources": {"Table": {}}}
    add(template, {"Resources": {"Bucket": {}}, "Rules": {"Region": {}}}, "edge.yaml")

    assert {"Resources": {"Table": {}, "Bucket": {}}, "Rules": {"Region": {}}} == template


def test_whole(template: dict[str, Any], everywhere: dict[str, Any]) -> None:
    """
    Each fragment is in the template that goes to AWS, beside what Chalice made.
    """
    for file in FRAGMENTS.glob("*.yaml"):
        for section, things in read(file).items():
            assert set(things) <= set(template[section]), file.name
    assert "APIHandler" in template["Resources"]
    assert assemble.everywhere() == everywhere


def test_limits() -> None:
    """
    CloudFormation takes it: its size by way of S3, its resources with what SAM makes of them.
    """
    for name in ("sam.json", "global.json"):
        text = (BUILT / name).read_text()

        assert len(text.encode()) < 1_000_000
        assert len(json.loads(text)["Resources"]) < 250  # SAM about doubles what is its own; 500
        assert len(json.loads(text)["Parameters"]) <= 200


def test_plain(template: dict[str, Any]) -> None:
    """
    What YAML alone has is written out, and did not become a text: no merge, tag or alias.
    """
    text = json.dumps(template)

    assert '"<<"' not in text
    assert not re.search(r'": "[!&*]\w', text)


def _names(value: Any) -> set[str]:
    """What a part of a template refers to."""
    if isinstance(value, list):
        return set().union(*map(_names, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(_names, value.values())) if value else set()
    if "Ref" in value:
        found.add(str(value["Ref"]).partition(".")[0])
    if "Fn::GetAtt" in value:
        found.add(value["Fn::GetAtt"][0])
    return found


class TestLocal:
    def test_left_out(self) -> None:
        """
        The local AWS gets all but two kinds of resources and one output, to which nothing refers.
        """
        template = Template.read(BUILT / "sam.json")
        given = json.loads(template.with_code_at("s3://bucket/1.zip"))
        resources, outputs = template.content["Resources"], template.content["Outputs"]
        left_out = set(resources) - set(given["Resources"])

        assert {"AWS::Backup::BackupSelection", "AWS::Budgets::Budget"} == LEFT_OUT
        assert LEFT_OUT == {resources[name]["Type"] for name in left_out}
        assert {"DkimRecords"} == OUTPUTS_LEFT_OUT == set(outputs) - set(given["Outputs"])
        assert not left_out & _names(given)
