"""The policies of the roles, and what holds them to the calls that the code makes."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.conditions import kinds, leading_keys, mail_checks
from infra.policies import findings, known, main
from tests.backend import aws as aws_in_memory
from tests.infra import built
from tests.infra.built import statements
from tests.rights.calls import Call, of_stack, of_template, read, written
from tests.rights.judgement import OF_AWS, OF_KEYS, is_of_aws, judge
from tests.rights.plugin import is_whole
from tests.rights.policies import ON_EVERYTHING, Need, Right, allows, listed, unused
from tests.rights.shown import table
from tests.test_reliability import defined_in

PAGE = Path("docs/security.md")

GET = Need("dynamodb:GetItem", "Table", "REGISTRATION#")


@pytest.fixture
def spoilt() -> dict[str, Any]:
    """A template to spoil."""
    return built.read()


class TestLint:
    def test_clean(self) -> None:
        """
        Every action, resource and condition of our policies is one that AWS knows, together.
        """
        assert 0 == main([str(built.BUILT / "sam.json")])

    @pytest.mark.parametrize(
        ("change", "wrong"),
        [
            ({"Action": "dynamodb:GetItm"}, "is no action"),
            ({"Action": "dynamodb:*"}, "is no action"),
            ({"Resource": "*"}, "could be allowed on less"),
            ({"Resource": {"Fn::GetAtt": ["MailEvents", "Arn"]}}, "does not work on"),
            ({"Condition": {"StringEqual": {"dynamodb:LeadingKeys": "x"}}}, "no operator"),
            ({"Condition": {"StringEquals": {"ses:FromAddress": "x"}}}, "says nothing of"),
            ({"Action": "dynamodb:Scan"}, "says nothing of dynamodb:LeadingKeys"),
        ],
    )
    def test_found(self, spoilt: dict[str, Any], change: dict[str, Any], wrong: str) -> None:
        """
        One word wrong, and it is told.
        """
        role = spoilt["Resources"]["RemindRole"]["Properties"]
        role["Policies"][0]["PolicyDocument"]["Statement"][0] |= change

        assert any(line.startswith("RemindRole: ") and wrong in line for line in findings(spoilt))

    def test_everything(self, all_resources: dict[str, Any]) -> None:
        """
        No policy allows all of a service, or an action on everything but what AWS knows no resource
        for. The policy of a key speaks of that key.
        """
        allowing = [
            one
            for name, one in statements(all_resources)
            if one["Effect"] == "Allow" and all_resources[name]["Type"] != "AWS::KMS::Key"
        ]
        on_all = {
            action
            for one in allowing
            if "*" in listed(one.get("Resource"))  # who may take a role on is asked of that role
            for action in listed(one["Action"])
        }

        assert set(ON_EVERYTHING) == on_all
        for action in ON_EVERYTHING:
            found = known(action)
            assert found
            assert {"*"} == found.resources
        assert not [one for one in allowing if any("*" in what for what in listed(one["Action"]))]
        assert not [one for one in allowing if "NotAction" in one or "NotResource" in one]


class TestPage:
    """What docs/security.md says."""

    def test_who_may_what(self) -> None:
        """
        The table is what the policies say.
        """
        assert table(aws_in_memory.template()) in PAGE.read_text(encoding="utf-8")

    def test_proofs(self) -> None:
        """
        Every test that is named as a proof is there.
        """
        proofs = re.findall(r"`([\w/]+\.py)::([\w:]+)`", PAGE.read_text(encoding="utf-8"))

        assert len(proofs) > 15
        assert [] == [
            (file, name) for file, name in proofs if name not in defined_in(Path("tests") / file)
        ]


class TestTrust:
    def test_services(self, resources: dict[str, Any]) -> None:
        """
        A service takes a role on for our account only; of AWS Backup nobody says that it would
        tell which account that is.
        """
        for name, one in resources.items():
            if one["Type"] != "AWS::IAM::Role" or name == "OperatorRole":
                continue
            (statement,) = one["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            assert {"Service"} == set(statement["Principal"]), name
            assert "sts:AssumeRole" == statement["Action"]
            ours = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
            backup = {"Service": "backup.amazonaws.com"} == statement["Principal"]
            assert (None if backup else ours) == statement.get("Condition"), name

    def test_operator(self, resources: dict[str, Any]) -> None:
        """
        The role of the command line is for people of our own account, for an hour.
        """
        role = resources["OperatorRole"]["Properties"]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

        assert {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"} == (
            statement["Principal"]["AWS"]
        )
        assert 3600 == role["MaxSessionDuration"]


class TestJudgement:
    def test_allowed(self) -> None:
        """
        A right is an action on a resource for a kind of item: each of the three counts.
        """
        its = {Right("dynamodb:GetItem", "Table", "REGISTRATION#*")}

        assert allows(its, GET)
        for other in (
            GET._replace(action="dynamodb:PutItem"),
            GET._replace(resource="Table/index/due"),
            GET._replace(key="CONTACTS"),
        ):
            assert not allows(its, other)

    def test_each_is_missed(self) -> None:
        """
        Whichever right is taken out of whichever role, something that it needs is refused.
        """
        for role, its in of_template().items():
            for right in its:
                need = Need(right.action, right.resource, right.key.replace("*", ""))
                assert allows(its, need), role
                assert not allows(its - {right}, need), f"{role} has it twice: {right}"

    def test_unused(self) -> None:
        """
        What was not needed in a whole run is told, and only then; what AWS itself does is not.
        """
        needed = Right("dynamodb:GetItem", "Table", "REGISTRATION#*")
        spare = Right("dynamodb:PutItem", "Table", "CONTACTS")
        of_aws = Right("logs:PutLogEvents", "Logs")
        rights = {"SweepRole": frozenset({needed, spare, of_aws})}
        seen = [Call("SweepRole", GET, is_allowed=True)]

        assert {spare, of_aws} == unused(rights["SweepRole"], [GET])
        assert (f"not needed: SweepRole: {spare}",) == judge(rights, seen, is_whole=True).problems
        assert () == judge(rights, seen, is_whole=False).problems

    def test_refused(self) -> None:
        """
        A call that was refused is told, of however small a run.
        """
        seen = [Call("SweepRole", GET, is_allowed=False)]

        assert (f"refused: SweepRole: {GET}",) == judge({}, seen, is_whole=False).problems

    def test_of_aws(self) -> None:
        """
        The list of what AWS itself does names nothing that no role has.
        """
        its = {(right.resource, right.action) for one in of_template().values() for right in one}
        of_aws = (*OF_AWS.items(), *OF_KEYS.items())

        assert {(where, what) for where, those in of_aws for what in those} <= its
        assert not is_of_aws("OperatorRole", Right("sqs:ReceiveMessage", "MailEvents"))

    @pytest.mark.parametrize(
        ("given", "changes", "expected"),
        [
            (["tests"], {}, True),
            (["tests/chain", "tests/backend"], {}, True),
            (["tests/chain"], {}, False),
            (["tests/chain", "tests/backend/test_app.py"], {}, False),
            (["tests/chain", "tests/backend::test_app"], {}, False),
            (["tests"], {"keyword": "digest"}, False),
            (["tests"], {"testsfailed": 1}, False),
        ],
    )
    def test_whole(self, given: list[str], changes: dict[str, Any], expected: bool) -> None:
        """
        A run is whole when all of backend and chain ran, and nothing failed.
        """
        option = SimpleNamespace(keyword="", markexpr="", lf=False, collectonly=False)
        vars(option).update(changes)
        config = SimpleNamespace(option=option, args=given, rootpath=Path.cwd())
        session: Any = SimpleNamespace(config=config, testsfailed=changes.get("testsfailed", 0))

        assert expected == is_whole(session)

    def test_between_processes(self) -> None:
        """
        What one process of a run saw, another reads.
        """
        call = Call("SweepRole", GET, is_allowed=True)

        assert call == read(json.loads(json.dumps(written(call))))

    def test_of_stack(self) -> None:
        """
        What the local AWS writes of a call has the names of the template.
        """
        arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/mijnbuddy-local"
        line = {
            "role": "mijnbuddy-local-SweepRole-1A2B",
            "action": "dynamodb:GetItem",
            "resource": arn,
            "kinds": ["REGISTRATION#"],
            "is_allowed": True,
        }

        assert [Call("SweepRole", GET, is_allowed=True)] == list(of_stack(line))


class TestConditions:
    """What the local AWS is told of a call, as AWS itself knows it."""

    @pytest.mark.parametrize(
        ("call", "keys"),
        [
            ({"Item": {"pk": {"S": "NOTICE#a"}}}, ["NOTICE#a"]),
            ({"Key": {"pk": {"S": "CONTACTS"}}}, ["CONTACTS"]),
            (
                {"RequestItems": {"t": {"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}]}}},
                ["a", "b"],
            ),
            (
                {
                    "RequestItems": {
                        "t": [
                            {"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"S": "x"}}}},
                            {"DeleteRequest": {"Key": {"pk": {"S": "b"}, "sk": {"S": "x"}}}},
                        ]
                    }
                },
                ["a", "b"],
            ),
            (
                {
                    "KeyConditionExpression": "due = :due AND due_at <= :now",
                    "ExpressionAttributeValues": {":due": {"S": "due"}, ":now": {"S": "x"}},
                },
                ["due"],
            ),
            (
                {
                    "KeyConditionExpression": "#work = :work",
                    "ExpressionAttributeValues": {":work": {"S": "attention"}},
                },
                ["attention"],
            ),
        ],
    )
    def test_leading_keys(self, call: dict[str, Any], keys: list[str]) -> None:
        """
        The partition keys that a call names, whichever way.
        """
        assert {"dynamodb:LeadingKeys": keys} == leading_keys(json.dumps(call).encode())

    def test_without_keys(self) -> None:
        """
        A scan names none, and so there is no such key at all.
        """
        assert {} == leading_keys(b'{"TableName": "t"}')

    def test_kinds(self) -> None:
        """
        What is written down of a call names nobody.
        """
        assert ["CONTACTS", "NAME#"] == kinds(["NAME#0f3c", "CONTACTS", "NAME#91aa"])

    def test_mail(self) -> None:
        """
        A mail asks for both actions, on its domain and on its configuration set, from its address.
        """
        body = {
            "FromEmailAddress": "Buddy <buddy@mijnbuddy.example>",
            "ConfigurationSetName": "mijnbuddy-local",
        }
        checks = mail_checks(json.dumps(body).encode(), "eu-central-1", "000000000000")

        assert {
            (action, f"arn:aws:ses:eu-central-1:000000000000:{resource}")
            for action in ("ses:SendEmail", "ses:SendRawEmail")
            for resource in ("identity/mijnbuddy.example", "configuration-set/mijnbuddy-local")
        } == {(check.action, check.resource) for check in checks}
        assert {"buddy@mijnbuddy.example"} == {check.context["ses:FromAddress"] for check in checks}
