"""
A deployment step by step, on an account in memory: what CloudFormation is asked and in which order,
what can be gone back to. tests/chain/test_deploy.py does it on the local AWS.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.deploy import site
from infra.deploy.account import Account
from infra.deploy.deployment import NAMES, RETAINED, Built, Deployment, with_code_at, with_names
from infra.deploy.failure import DeployError
from infra.deploy.stages import Stage
from tests.infra.deploy.in_memory import REGION, Store, a_site, an_s3

NUMBER = "123456789012"
SYSTEM, GLOBAL = "mijnbuddy-dev", "mijnbuddy-dev-global"
FIREWALL = "arn:of-a-firewall"
OF_SYSTEM = {"SiteBucketName": "site", "ReleasesArn": "arn:of-a-store"}


class CloudFormation:
    """Does all that it is asked, and remembers it. `made` is its stacks, with their parameters."""

    def __init__(self) -> None:
        self.made: dict[str, dict[str, str]] = {}
        self.statuses: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.given: list[Mapping[str, Any]] = []

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        if StackName not in self.made:
            raise ClientError({"Error": {"Message": f"Stack {StackName} does not exist"}}, "")
        outputs = dict(OF_SYSTEM)
        if StackName == GLOBAL:
            outputs = {"CertificateArn": "arn:of-a-certificate"}
            if self.made[GLOBAL].get("Firewall") == "yes":
                outputs["WebAclArn"] = FIREWALL
        stack = {
            "StackStatus": self.statuses.get(StackName, "CREATE_COMPLETE"),
            "StackId": StackName,
            "Outputs": [{"OutputKey": key, "OutputValue": one} for key, one in outputs.items()],
        }
        return {"Stacks": [stack]}

    def create_change_set(self, **given: Any) -> dict[str, str]:
        self.given.append(given)
        self.asked.append((given["ChangeSetType"], given["StackName"]))
        return {"Id": given["StackName"]}

    def describe_change_set(self, **_: str) -> Mapping[str, Any]:
        return {"Status": "CREATE_COMPLETE", "Changes": []}

    def execute_change_set(self, ChangeSetName: str) -> None:  # noqa: N803
        self.made[ChangeSetName] = {
            one["ParameterKey"]: one["ParameterValue"] for one in self.given[-1]["Parameters"]
        }

    def delete_stack(self, StackName: str) -> None:  # noqa: N803
        self.asked.append(("DELETE", StackName))
        self.statuses.pop(StackName, None)
        del self.made[StackName]

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"StackEvents": []}


class Aws:
    """An account: its stacks, the room that it has, and whether a table was left in it."""

    def __init__(self, s3: Any) -> None:
        self.s3 = s3
        self.cloudformation = CloudFormation()
        self.store = Store()
        self.room = 1000
        self.has_table = False

    def open(self, service: str, _: str) -> Any:
        return {
            "cloudformation": self.cloudformation,
            "cloudfront-keyvaluestore": self.store,
            "s3": self.s3,
        }.get(service, self)

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"UnreservedConcurrentExecutions": self.room}}

    def describe_table(self, TableName: str) -> None:  # noqa: N803
        if not self.has_table:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with an_s3(monkeypatch, OF_SYSTEM["SiteBucketName"]) as s3:
        yield Aws(s3)


def deployment(aws: Aws, **everywhere: str) -> Deployment:
    stage = Stage("dev", REGION, {"SiteUrl": "https://dev.mijnbuddy.be"}, dict(everywhere) or None)
    account = Account(NUMBER, REGION, aws.open)
    return Deployment(stage, account, lambda _: True, lambda _: None, pause=0, settle=0)


@pytest.fixture
def built(tmp_path: Path) -> Built:
    one = Built(tmp_path / "backend", a_site(tmp_path / "site", "Word buddy"))
    one.backend.mkdir()
    known = ("SiteUrl", "CertificateArn", "WebAclArn")
    parameters = {name: {"Default": ""} for name in known} | {"Many": {"Default": 100}}
    function = {"Type": "AWS::Serverless::Function"}
    system = {
        "Parameters": parameters,
        "Resources": {
            "Api": function | {"Properties": {"ReservedConcurrentExecutions": {"Ref": "Many"}}},
            "Sweep": function | {"Properties": {"ReservedConcurrentExecutions": 1}},
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "DeletionPolicy": "Retain",
                "Properties": {"TableName": {"Fn::Sub": "mijnbuddy-${Stage}"}},
            },
        },
    }
    (one.backend / "sam.json").write_text(json.dumps(system))
    everywhere = {"Parameters": {"Firewall": {"Default": "no"}}, "Resources": {}}
    (one.backend / "global.json").write_text(json.dumps(everywhere))
    changed(one, "Word buddy")
    return one


def changed(built: Built, title: str) -> Built:
    """Another version of all of it."""
    (built.backend / "deployment.zip").write_text(title)
    a_site(built.site, title)
    return built


@pytest.mark.parametrize("has_table", [True, False])
def test_failed_before(aws: Aws, built: Built, has_table: bool) -> None:
    """
    What is left of a first deployment that failed goes, and the next takes in its table, which
    stays: else it would fail at that name for ever.
    """
    aws.cloudformation.made[SYSTEM] = {}
    aws.cloudformation.statuses[SYSTEM] = "ROLLBACK_COMPLETE"
    aws.has_table = has_table
    deployment(aws).deploy(built)

    assert [("DELETE", SYSTEM), ("CREATE", SYSTEM)] == aws.cloudformation.asked
    assert has_table == aws.cloudformation.given[-1].get("ImportExistingResources", False)


def test_failed_everywhere(aws: Aws, built: Built) -> None:
    """
    A stack in us-east-1 of which the creation failed is made anew, too.
    """
    aws.cloudformation.made[GLOBAL] = {}
    aws.cloudformation.statuses[GLOBAL] = "ROLLBACK_COMPLETE"
    deployment(aws, Firewall="no").deploy(built)

    assert [("DELETE", GLOBAL), ("CREATE", GLOBAL), ("CREATE", SYSTEM)] == aws.cloudformation.asked


def test_made_again(aws: Aws, built: Built) -> None:
    """
    Taken away, and made again: it takes in what stayed, and there is nothing to go back to.
    """
    deployment(aws, Firewall="yes").deploy(built)
    aws.has_table = True
    kept = deployment(aws, Firewall="yes").destroy(built.template("sam.json"))
    assert ["Table (AWS::DynamoDB::Table)"] == kept
    assert {} == aws.cloudformation.made

    deployment(aws, Firewall="yes").deploy(built)
    assert aws.cloudformation.given[-1]["ImportExistingResources"]
    assert FIREWALL == aws.cloudformation.made[SYSTEM]["WebAclArn"]
    assert 1 == len(deployment(aws).code.history())


def test_is_there(aws: Aws, built: Built) -> None:
    """
    A stage is there as long as anything of it is that taking it away would end: half of it, too.
    """
    one = deployment(aws, Firewall="no")
    assert not one.is_there

    one.deploy(built)
    assert one.is_there
    for name in (SYSTEM, GLOBAL):
        del aws.cloudformation.made[name]
        assert one.is_there

    one.destroy(built.template("sam.json"))
    assert not one.is_there


@pytest.mark.parametrize(("room", "is_enough"), [(10, False), (200, False), (201, True)])
def test_room(aws: Aws, built: Built, room: int, is_enough: bool) -> None:
    """
    Where AWS would refuse what the functions reserve, that is said before anything is made.
    """
    aws.room = room
    if is_enough:
        deployment(aws, Firewall="no").deploy(built)
        return
    with pytest.raises(DeployError, match=r"reserves 101, and AWS keeps 100 free.+ask for 1,000"):
        deployment(aws, Firewall="no").deploy(built)

    assert [] == aws.cloudformation.asked
    assert ["site"] == [one["Name"] for one in aws.s3.list_buckets()["Buckets"]]


def test_room_of_ours(aws: Aws, built: Built) -> None:
    """
    What is there has its share already: nobody asks for it twice.
    """
    deployment(aws).deploy(built)
    aws.room = 100
    deployment(aws).deploy(changed(built, "Word nu buddy"))

    assert ("UPDATE", SYSTEM) == aws.cloudformation.asked[-1]


def test_broken_halfway(aws: Aws, built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The stack changed and the site did not come up: going back is to the deployment before it, not
    one too far.
    """
    for title in ("Eerst", "Dan"):
        deployment(aws).deploy(changed(built, title))
    first, second = reversed(deployment(aws).code.history())

    def fails(*_: Any) -> None:
        raise DeployError("no network")

    with monkeypatch.context() as patched:
        patched.setattr(site.Site, "upload", fails)
        with pytest.raises(DeployError, match="no network"):
            deployment(aws).deploy(changed(built, "Nu"))
    deployment(aws).rollback()

    assert second.template in aws.cloudformation.given[-1]["TemplateURL"]
    assert second.release == aws.store.keys["release"]
    assert [second, first] == deployment(aws).code.history()


def test_broken_and_repaired(aws: Aws, built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What broke halfway and was then deployed whole can't be gone back to in its half.
    """
    deployment(aws).deploy(built)
    (first,) = deployment(aws).code.history()

    def fails(*_: Any) -> None:
        raise DeployError("no network")

    with monkeypatch.context() as patched:
        patched.setattr(site.Site, "switch", fails)
        with pytest.raises(DeployError, match="no network"):
            deployment(aws).deploy(changed(built, "Nu"))
    (half, _) = deployment(aws).code.history()
    assert (False, first.release) == (half.is_whole, half.release)
    deployment(aws).deploy(built)

    (whole, before) = deployment(aws).code.history()
    assert first == before
    assert whole.is_whole
    assert whole.release == aws.store.keys["release"] != first.release


def test_shown_again(aws: Aws, built: Built) -> None:
    """
    The site of before, shown because of errors: the same deployed again is shown, and is the one
    that there is, not another.
    """
    for title in ("Eerst", "Dan"):
        deployment(aws).deploy(changed(built, title))
    history = deployment(aws).code.history()
    deployment(aws).show_before()
    assert history[1].release == aws.store.keys["release"]
    deployment(aws).deploy(built)

    assert history == deployment(aws).code.history()
    assert history[0].release == aws.store.keys["release"]


def test_firewall_switched_on(aws: Aws, built: Built) -> None:
    """
    What us-east-1 gives is made first, as the system needs it.
    """
    deployment(aws, Firewall="no").deploy(built)
    aws.cloudformation.asked.clear()
    deployment(aws, Firewall="yes").deploy(built)

    assert [("UPDATE", GLOBAL), ("UPDATE", SYSTEM)] == aws.cloudformation.asked
    assert FIREWALL == aws.cloudformation.made[SYSTEM]["WebAclArn"]


def test_firewall_switched_off(aws: Aws, built: Built) -> None:
    """
    CloudFront lets go of it first: what it uses can't be deleted.
    """
    deployment(aws, Firewall="yes").deploy(built)
    aws.cloudformation.asked.clear()
    deployment(aws, Firewall="no").deploy(built)

    assert [("UPDATE", SYSTEM), ("UPDATE", GLOBAL)] == aws.cloudformation.asked
    assert "WebAclArn" not in aws.cloudformation.made[SYSTEM]
    assert "CertificateArn" in aws.cloudformation.made[SYSTEM]
    assert "no" == aws.cloudformation.made[GLOBAL]["Firewall"]


@pytest.mark.parametrize(("before", "now"), [("yes", "no"), ("no", "yes")])
def test_back_with_the_firewall_of_now(aws: Aws, built: Built, before: str, now: str) -> None:
    """
    Going back neither asks for a firewall that is gone, nor drops the one that is there.
    """
    deployment(aws, Firewall=before).deploy(built)
    deployment(aws, Firewall=now).deploy(changed(built, "Word nu buddy"))
    deployment(aws, Firewall=now).rollback()

    assert (now == "yes") == ("WebAclArn" in aws.cloudformation.made[SYSTEM])
    assert "CertificateArn" in aws.cloudformation.made[SYSTEM]


def test_names(template: dict[str, Any]) -> None:
    """
    Whatever outlives a stack has a plain name, by which the next one takes it in; the rest is as it
    was packaged.
    """
    made = with_names(template, "dev", "000000000000")["Resources"]
    for name, one in template["Resources"].items():
        if one.get("DeletionPolicy") not in RETAINED:
            assert one == made[name]
            continue
        known = set(one["Properties"]) & NAMES
        assert 1 == len(known), name
        assert "$" not in made[name]["Properties"][known.pop()]

    assert "mijnbuddy-dev" == made["Table"]["Properties"]["TableName"]
    assert "mijnbuddy-dev-site-000000000000" == made["SiteBucket"]["Properties"]["BucketName"]
    assert "/aws/lambda/mijnbuddy-dev" == made["Logs"]["Properties"]["LogGroupName"]


def test_code(template: dict[str, Any]) -> None:
    """
    Each function runs the code that was uploaded; the same twice is the same text.
    """
    made = with_code_at(template, "s3://bucket/key.zip")
    functions = [
        one
        for one in json.loads(made)["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
    ]

    assert functions
    assert {"s3://bucket/key.zip"} == {one["Properties"]["CodeUri"] for one in functions}
    assert made == with_code_at(template, "s3://bucket/key.zip")
