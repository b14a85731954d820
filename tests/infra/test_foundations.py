"""
The templates after AWS's own practices (Foundational Security Best Practices, in AWS Security Hub's
user guide; read in November 2026). The number of a control stands beside what asks for it.

Not followed, and why: access logs of CloudFront, S3 and API Gateway (CloudFront.5, S3.9,
APIGateway.1) would list who opened which link, and a link is a key to a page; docs/decisions/0012
says what watches in their place. Functions in a network of our own (Lambda.3) reach nothing that is
in one. Who may do what on everything (IAM.1, IAM.21): test_policies.py.
"""

import json
import re
from typing import Any

import pytest

from tests.infra.built import found_in, of_type, statements

EXPORTS = "ExportsBucket"
"""The bucket with personal data, for a day."""

# Where a condition that the service knows nothing of would stop it (watch.yaml, backup.yaml).
WITHOUT_CONDITION = {
    "AlertsKey": "cloudwatch.amazonaws.com",  # the topic says whose alarms may tell
    "BackupRole": "backup.amazonaws.com",  # and may copy our table into our vault
}


@pytest.fixture(scope="module")
def resources(all_resources: dict[str, Any]) -> dict[str, Any]:
    """Those of both templates."""
    return all_resources


def test_buckets(resources: dict[str, Any]) -> None:
    """
    No bucket is public, each is encrypted and forgets what is over; no list of who may what but its
    policy (S3.1, S3.2, S3.3, S3.8, S3.12, S3.13). All have versions (S3.14) but the one with
    personal data, where what is deleted is gone: that one has a key of its own (S3.17).
    """
    for name, bucket in of_type(resources, "AWS::S3::Bucket").items():
        assert {True} == set(bucket["PublicAccessBlockConfiguration"].values()), name
        assert 4 == len(bucket["PublicAccessBlockConfiguration"])
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert [{"ObjectOwnership": "BucketOwnerEnforced"}] == bucket["OwnershipControls"]["Rules"]
        assert not {"AccessControl", "WebsiteConfiguration", "LoggingConfiguration"} & set(bucket)
        assert bucket["LifecycleConfiguration"]["Rules"], name
        assert (name != EXPORTS) == ("VersioningConfiguration" in bucket), name
        assert (name == EXPORTS) == ("aws:kms" in json.dumps(bucket["BucketEncryption"])), name


def test_buckets_over_tls(resources: dict[str, Any]) -> None:
    """
    Each bucket refuses whoever comes in the clear (S3.5).
    """
    refusing = {
        policy["Bucket"]["Ref"]
        for policy in of_type(resources, "AWS::S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Action"] == "s3:*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }

    assert set(of_type(resources, "AWS::S3::Bucket")) == refusing


def test_nobody_in_general(resources: dict[str, Any]) -> None:
    """
    What is allowed to everybody has a condition (S3.6, SNS.4, SQS.3, Lambda.1).
    """
    for name, statement in statements(resources):
        if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}):
            assert statement["Condition"], name


def test_services(resources: dict[str, Any]) -> None:
    """
    What is allowed to a service of AWS is allowed for our account alone: nobody else can make it
    act on ours (the «confused deputy»). Roles of functions are taken on by our functions only.
    """
    for name, statement in statements(resources):
        if statement["Effect"] != "Allow" or "Service" not in (statement.get("Principal") or {}):
            continue
        if statement["Principal"] == {"Service": "lambda.amazonaws.com"}:
            assert "sts:AssumeRole" == statement["Action"], name
            continue
        if statement["Principal"] == {"Service": WITHOUT_CONDITION.get(name)}:
            continue
        condition = json.dumps(statement.get("Condition", {})).lower()
        assert re.search("aws:source(account|arn)|sns:topicarn", condition), name


def test_tables(resources: dict[str, Any]) -> None:
    """
    The table is encrypted by KMS, can be restored to any second, and can't be deleted by mistake
    (DynamoDB.1, DynamoDB.2, DynamoDB.4, DynamoDB.6).
    """
    for name, table in of_type(resources, "AWS::DynamoDB::Table").items():
        assert {"SSEEnabled": True, "SSEType": "KMS"} == table["SSESpecification"]
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert table["DeletionProtectionEnabled"]
        assert "PAY_PER_REQUEST" == table["BillingMode"]
        copied = json.dumps(of_type(resources, "AWS::Backup::BackupSelection"))
        assert f'"{name}", "Arn"' in copied


def test_kept(resources: dict[str, Any]) -> None:
    """
    What holds what can't be made again stays when its stack goes; what an officer asked for she can
    ask for again.
    """
    kinds = {
        "AWS::DynamoDB::Table",
        "AWS::S3::Bucket",
        "AWS::Backup::BackupVault",
    }
    for name, one in resources.items():
        if one["Type"] in kinds and name != EXPORTS:
            assert one["DeletionPolicy"].startswith("Retain"), name
            assert "Retain" == one["UpdateReplacePolicy"], name


def test_queues_and_topics(resources: dict[str, Any]) -> None:
    """
    Queues and topics are encrypted (SQS.1, SNS.1).
    """
    for name, queue in of_type(resources, "AWS::SQS::Queue").items():
        assert queue.get("SqsManagedSseEnabled") or queue.get("KmsMasterKeyId"), name
    for name, topic in of_type(resources, "AWS::SNS::Topic").items():
        assert topic["KmsMasterKeyId"], name


def test_keys(resources: dict[str, Any]) -> None:
    """
    Keys change once a year (KMS.4).
    """
    for name, key in of_type(resources, "AWS::KMS::Key").items():
        assert key["EnableKeyRotation"], name


def test_logs(resources: dict[str, Any]) -> None:
    """
    No group of logs is kept for ever (CloudWatch.16): the functions all write to ours.
    """
    for name, group in of_type(resources, "AWS::Logs::LogGroup").items():
        assert group["RetentionInDays"] <= 30, name


def test_functions(resources: dict[str, Any]) -> None:
    """
    Functions run on a version of Python that AWS supports, and have no secret among their settings
    (Lambda.2).
    """
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        assert "python3.13" == function["Runtime"], name
        settings = function.get("Environment", {}).get("Variables", {})
        for setting, value in settings.items():
            assert not re.search("resolve:|PASSWORD|_SECRET$", json.dumps({setting: value})), name


def test_distribution(resources: dict[str, Any]) -> None:
    """
    The distribution encrypts, has no bucket open to all, and speaks no old TLS (CloudFront.3, .7,
    .8, .10, .13). It has a firewall on demand (CloudFront.6), and its first page by its function
    (CloudFront.1).
    """
    for distribution in of_type(resources, "AWS::CloudFront::Distribution").values():
        settings = distribution["DistributionConfig"]
        for origin in settings["Origins"]:
            assert ("S3OriginConfig" in origin) == ("OriginAccessControlId" in origin)
            if "S3OriginConfig" in origin:
                assert {"OriginAccessIdentity": ""} == origin["S3OriginConfig"]
            if "CustomOriginConfig" in origin:
                assert ["TLSv1.2"] == origin["CustomOriginConfig"]["OriginSSLProtocols"]
        assert "WebACLId" in settings
        assert "allow-all" not in json.dumps(settings)


def test_firewall(resources: dict[str, Any]) -> None:
    """
    The firewall brakes by address, keeps no sample of what it saw, and has a brake of its own for
    the links to the desks, which are mails.
    """
    for firewall in of_type(resources, "AWS::WAFv2::WebACL").values():
        assert {"Allow": {}} == firewall["DefaultAction"]
        assert {False} == set(found_in(firewall, "SampledRequestsEnabled"))
        rules = {
            rule["Name"]: rule["Statement"]["RateBasedStatement"] for rule in firewall["Rules"]
        }
        assert {"sign-in", "requests"} == set(rules)
        assert {300} == {rule["EvaluationWindowSec"] for rule in rules.values()}
        assert {"IP"} == {rule["AggregateKeyType"] for rule in rules.values()}
        method, path = rules["sign-in"]["ScopeDownStatement"]["AndStatement"]["Statements"]
        assert "POST" == method["ByteMatchStatement"]["SearchString"]
        desks = re.compile(path["RegexMatchStatement"]["RegexString"])
        for asked in ("/gemeente/", "/beheer/", "/gemeente", "/beheer//"):
            assert desks.search(asked), asked
        # Whoever works at a desk presses many buttons.
        for asked in ("/gemeente/kandidaten/MB-1", "/beheer/zoeken/", "/api/registrations", "/"):
            assert not desks.search(asked), asked


def test_secrets(resources: dict[str, Any]) -> None:
    """
    Every secret is made in the account, long enough, and stands in no template.
    """
    for name, secret in of_type(resources, "AWS::SecretsManager::Secret").items():
        assert "SecretString" not in secret, name
        assert secret["GenerateSecretString"]["PasswordLength"] >= 48, name


def test_names_have_a_stage(resources: dict[str, Any]) -> None:
    """
    What has a name of its own has the stage in it, so that stages can share an account.
    """
    keys = ("BucketName", "QueueName", "TopicName", "TableName", "LogGroupName", "AlarmName")
    for name, one in resources.items():
        for key in (*keys, "DashboardName", "BackupVaultName"):
            given = one["Properties"].get(key)
            if given and "Ref" not in given:
                assert "${Stage}" in given["Fn::Sub"], name
