"""The template and the zip that go to AWS, as `make package` made them."""

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.retention import EXPORT_TERM
from tests.infra.built import BUILT, of_type

TIMEOUTS = {
    "APIHandler": 15,
    "Forward": 300,
    "Project": 60,
    "Receipts": 30,
    "Sweep": 90,
    "Contacts": 300,
    "Repair": 900,
    "Measure": 240,
    "Count": 240,
    "Export": 900,
    "Publish": 240,
    "Watch": 60,
    "Probe": 120,
    "Digest": 60,
    "Remind": 300,
}
FORTNIGHT = 14 * 24 * 60 * 60


@pytest.fixture(scope="module")
def parameters(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Parameters"]
    return found


def triggers(resources: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each function that something triggers, what kind of thing, and how."""
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        for event in function.get("Events", {}).values():
            yield name, event["Type"], event["Properties"]


def referred(value: dict[str, Any]) -> str:
    """The resource that a `Ref` or a `GetAtt` names."""
    (target,) = value.values()
    name: str = target if isinstance(target, str) else target[0]
    return name


def roles_with(resources: dict[str, Any], policy: str) -> set[str]:
    return {
        name
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        if {"Ref": policy} in role.get("ManagedPolicyArns", [])
    }


def test_table(resources: dict[str, Any]) -> None:
    """
    The table tells of each change, and forgets what is over.
    """
    (table,) = of_type(resources, "AWS::DynamoDB::Table").values()

    assert "NEW_AND_OLD_IMAGES" == table["StreamSpecification"]["StreamViewType"]
    assert {"AttributeName": "expires_at", "Enabled": True} == table["TimeToLiveSpecification"]


def test_exports_bucket(resources: dict[str, Any]) -> None:
    """
    The files of officers are encrypted with their own key, and deleted after a day by S3 itself, if
    need be, also what was never put together.
    """
    bucket = resources["ExportsBucket"]["Properties"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    ((encryption,),) = bucket["BucketEncryption"].values()

    assert {"Fn::GetAtt": ["ExportsKey", "Arn"]} == (
        encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    )
    assert EXPORT_TERM == timedelta(days=rule["ExpirationInDays"])
    assert 1 == rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]


def test_who_may_reach_exports(resources: dict[str, Any]) -> None:
    """
    Only the function that makes the files writes and deletes them, and the API only reads one; the
    same for their key, by way of S3 alone.
    """
    found = [
        (name, statement)
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        if "Exports" in json.dumps(statement["Resource"])
    ]
    of_key = {"Fn::GetAtt": ["ExportsKey", "Arn"]}
    through_s3 = {
        "StringEquals": {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}}
    }

    assert [
        ("ApiRole", "s3:GetObject"),
        ("ApiRole", "kms:Decrypt"),
        (
            "ExportRole",
            ["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetObject", "s3:DeleteObject"],
        ),
        ("ExportRole", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ] == [(name, statement["Action"]) for name, statement in found]
    assert [through_s3] * 2 == [one["Condition"] for _, one in found if one["Resource"] == of_key]


def test_functions(resources: dict[str, Any]) -> None:
    """
    Every function has a role of its own, and a memory and a time-out that we chose.
    """
    functions = of_type(resources, "AWS::Serverless::Function")

    assert TIMEOUTS == {name: one["Timeout"] for name, one in functions.items()}
    roles = [json.dumps(one["Role"]) for one in functions.values()]
    assert len(functions) == len(set(roles))
    assert all("Fn::GetAtt" in role for role in roles)
    assert all(one["MemorySize"] > 128 for one in functions.values())  # 128 is Chalice's own


def test_stream_triggers(resources: dict[str, Any]) -> None:
    """
    Both stream triggers start at the oldest record, split what fails, and give up in a queue.
    """
    streams = [trigger for _, kind, trigger in triggers(resources) if kind == "DynamoDB"]

    assert 2 == len(streams)
    for trigger in streams:
        assert {"Fn::GetAtt": ["Table", "StreamArn"]} == trigger["Stream"]
        assert "TRIM_HORIZON" == trigger["StartingPosition"]
        assert trigger["BisectBatchOnFunctionError"]
        assert ["ReportBatchItemFailures"] == trigger["FunctionResponseTypes"]
        assert trigger["MaximumRetryAttempts"] <= 10


def test_woken(resources: dict[str, Any]) -> None:
    """
    The forwarder is woken by what is new, and by a change that makes something due at once: not by
    each of its own writes.
    """
    events = resources["Forward"]["Properties"]["Events"]["ForwardDynamodbEventSource"]
    filters = events["Properties"]["FilterCriteria"]["Filters"]
    patterns = [json.loads(one["Pattern"]) for one in filters]

    assert [["INSERT"], ["MODIFY"]] == [one["eventName"] for one in patterns]
    assert {"NewImage": {"at_once": {"BOOL": [{"exists": True}]}}}.items() <= (
        patterns[1]["dynamodb"].items()
    )


def test_files(resources: dict[str, Any]) -> None:
    """
    API Gateway passes on what is no text as it is, to whoever asks: also to a browser that follows
    a link, and so first of all accepts a page.
    """
    (api,) = of_type(resources, "AWS::Serverless::Api").values()

    assert ["*/*"] == api["BinaryMediaTypes"]


def test_queue_trigger(resources: dict[str, Any]) -> None:
    """
    What fails in a batch of SES's events is offered again alone, and not while it is worked on.
    """
    functions = of_type(resources, "AWS::Serverless::Function")
    ((name, _, trigger),) = [one for one in triggers(resources) if one[1] == "SQS"]
    queue = resources[referred(trigger["Queue"])]["Properties"]

    assert "Receipts" == name
    assert ["ReportBatchItemFailures"] == trigger["FunctionResponseTypes"]
    assert queue["VisibilityTimeout"] >= 6 * functions[name]["Timeout"]


def failures(resources: dict[str, Any]) -> dict[str, str]:
    """The queue where each triggered function leaves what it failed at for good."""
    found = {}
    for name, kind, trigger in triggers(resources):
        if kind == "SQS":
            queue = resources[referred(trigger["Queue"])]["Properties"]
            found[name] = referred(queue["RedrivePolicy"]["deadLetterTargetArn"])
        elif kind == "DynamoDB":
            found[name] = referred(trigger["DestinationConfig"]["OnFailure"]["Destination"])
        else:
            function = resources[name]["Properties"]["EventInvokeConfig"]
            found[name] = referred(function["DestinationConfig"]["OnFailure"]["Destination"])
    return found


def test_failures(resources: dict[str, Any]) -> None:
    """
    Whatever triggers a function, what it fails at for good is kept in a queue.
    """
    assert {
        "Forward": "StreamFailures",
        "Project": "StreamFailures",
        "Receipts": "MailEventFailures",
        "Sweep": "ScheduleFailures",
        "Contacts": "ScheduleFailures",
        "Repair": "ScheduleFailures",
        "Measure": "ScheduleFailures",
        "Count": "ScheduleFailures",
        "Export": "ScheduleFailures",
        "Publish": "ScheduleFailures",
        "Watch": "ScheduleFailures",
        "Probe": "ScheduleFailures",
        "Digest": "ScheduleFailures",
        "Remind": "ScheduleFailures",
    } == failures(resources)


def test_queues(resources: dict[str, Any]) -> None:
    """
    Every queue keeps for two weeks what it got; each is such a last place, or has one.
    """
    last = set(failures(resources).values())
    for name, queue in of_type(resources, "AWS::SQS::Queue").items():
        assert FORTNIGHT == queue["MessageRetentionPeriod"]
        assert name in last or queue["RedrivePolicy"]["maxReceiveCount"] <= 5


def test_schedules(resources: dict[str, Any]) -> None:
    """
    What must not wait runs every minute; the digest is in time for half past seven in Brussels,
    and the reminders for eight, in winter and in summer.
    """
    functions = of_type(resources, "AWS::Serverless::Function")
    schedules = {
        name: event["Properties"]["Schedule"]
        for name, one in functions.items()
        for event in one.get("Events", {}).values()
        if event["Type"] == "Schedule"
    }

    assert {
        "Sweep": "rate(1 minute)",
        "Export": "rate(1 minute)",
        "Measure": "rate(5 minutes)",
        "Count": "rate(15 minutes)",
        "Publish": "rate(1 hour)",
        "Watch": "rate(1 hour)",
        "Probe": "rate(1 hour)",
        "Contacts": "rate(1 day)",
        "Repair": "rate(1 day)",
        "Digest": "cron(30 5,6 ? * MON-FRI *)",
        "Remind": "cron(0 6,7 ? * MON-FRI *)",
    } == schedules


def test_published(resources: dict[str, Any]) -> None:
    """
    What is published is in a bucket that nobody reads but CloudFront, with its earlier versions for
    a month; only `publish` writes there, and only below the address of the figures.
    """
    bucket = resources["PublishedBucket"]["Properties"]
    policy = resources["PublishedBucketPolicy"]["Properties"]["PolicyDocument"]
    (versions,) = bucket["LifecycleConfiguration"]["Rules"]
    writing = {
        name: policy["PolicyDocument"]["Statement"]
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        for policy in role.get("Policies", ())
        if "PublishedBucket" in json.dumps(policy)
    }

    assert {"Status": "Enabled"} == bucket["VersioningConfiguration"]
    assert ("Enabled", {"NoncurrentDays": 30}) == (
        versions["Status"],
        versions["NoncurrentVersionExpiration"],
    )
    (reading,) = [one for one in policy["Statement"] if one["Effect"] == "Allow"]
    assert ({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject") == (
        reading["Principal"],
        reading["Action"],
    )
    allowed = {"Fn::Sub": "${PublishedBucket.Arn}/cijfers/*"}
    assert {
        "PublishRole": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": allowed}]
    } == writing


def test_who_may_mail(resources: dict[str, Any]) -> None:
    """
    Only the forwarder and the sweep may send mail, and only from our own address.
    """
    (statement,) = resources["MailPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert {"ForwardRole", "SweepRole"} == roles_with(resources, "MailPolicy")
    assert "ses:FromAddress" in json.dumps(statement["Condition"])


def test_who_may_sign(resources: dict[str, Any]) -> None:
    """
    The functions that know where the signing key is are those that may read it, and it alone.
    """
    functions = of_type(resources, "AWS::Serverless::Function")
    knowing = {
        referred(one["Role"])
        for one in functions.values()
        if one.get("Environment", {}).get("Variables", {})
        == {"SIGNING_KEY_ARN": {"Ref": "SigningKey"}}
    }
    (statement,) = resources["SigningPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    signing = ("Api", "Forward", "Sweep", "Probe", "Project", "Repair")
    assert {f"{function}Role" for function in signing} == knowing
    # Who searches by name at the command line needs it too.
    assert knowing | {"OperatorRole"} == roles_with(resources, "SigningPolicy")
    assert "secretsmanager:GetSecretValue" == statement["Action"]
    assert {"Fn::GetAtt": ["SigningKey", "Id"]} == statement["Resource"]
    secret = resources["SigningKey"]["Properties"]
    assert 64 == secret["GenerateSecretString"]["PasswordLength"]


def test_indexes(resources: dict[str, Any]) -> None:
    """
    Both indexes hold keys only, and only who looks for what waits may query them.
    """
    (table,) = of_type(resources, "AWS::DynamoDB::Table").values()
    indexes = {one["IndexName"]: one for one in table["GlobalSecondaryIndexes"]}
    querying = {
        name
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        if "/index/" in json.dumps(role.get("Policies", []))
    }

    assert {"due", "work"} == set(indexes)
    for name, index in indexes.items():
        assert [name, f"{name}_at"] == [key["AttributeName"] for key in index["KeySchema"]]
        assert {"ProjectionType": "KEYS_ONLY"} == index["Projection"]
    reading = ("Api", "Forward", "Sweep", "Measure", "Digest", "Remind", "Operator")
    assert {f"{function}Role" for function in reading} == querying


class TestMailEvents:
    def test_who_may_publish(self, resources: dict[str, Any]) -> None:
        """
        Only SES publishes on the topic, and only for our account.
        """
        (statement,) = resources["SesEventsPolicy"]["Properties"]["PolicyDocument"]["Statement"]

        assert {"Service": "ses.amazonaws.com"} == statement["Principal"]
        assert {"StringEquals": {"AWS:SourceAccount": {"Ref": "AWS::AccountId"}}} == (
            statement["Condition"]
        )

    def test_who_may_send(self, resources: dict[str, Any]) -> None:
        """
        Only the topic writes to the queue of events and to the one for those that failed.
        """
        policies = of_type(resources, "AWS::SQS::QueuePolicy").values()

        assert {"MailEvents", "MailEventFailures"} == {
            referred(queue) for policy in policies for queue in policy["Queues"]
        }
        for policy in policies:
            (statement,) = policy["PolicyDocument"]["Statement"]
            assert {"Service": "sns.amazonaws.com"} == statement["Principal"]
            assert {"ArnEquals": {"aws:SourceArn": {"Ref": "SesEvents"}}} == statement["Condition"]

    def test_key(self, resources: dict[str, Any]) -> None:
        """
        The topic is encrypted with a key whose policy lets SES in, for this topic alone.
        """
        topic = resources["SesEvents"]["Properties"]
        key = resources[referred(topic["KmsMasterKeyId"])]["Properties"]
        _, for_ses, for_sns = key["KeyPolicy"]["Statement"]

        assert {"Service": "ses.amazonaws.com"} == for_ses["Principal"]
        assert ["kms:GenerateDataKey", "kms:Decrypt"] == for_ses["Action"]
        (named,) = for_ses["Condition"]["StringEquals"].values()
        assert named["Fn::Sub"].endswith(f":{topic['TopicName']['Fn::Sub']}")
        assert {"Service": "sns.amazonaws.com"} == for_sns["Principal"]
        for queue in ("MailEvents", "MailEventFailures"):  # they name addresses
            assert {"Ref": "SesEventsKey"} == resources[queue]["Properties"]["KmsMasterKeyId"]

    def test_subscription(self, resources: dict[str, Any]) -> None:
        """
        The queue gets each event as SES wrote it; what SNS can't hand over is kept too.
        """
        subscription = resources["MailEventsSubscription"]["Properties"]

        assert ("sqs", True) == (subscription["Protocol"], subscription["RawMessageDelivery"])
        assert "MailEvents" == referred(subscription["Endpoint"])
        assert "MailEventFailures" == referred(subscription["RedrivePolicy"]["deadLetterTargetArn"])

    def test_nobody_is_followed(self, resources: dict[str, Any]) -> None:
        """
        SES tells of every failure, and of nobody who opens a mail or clicks in it.
        """
        (destination,) = of_type(resources, "AWS::SES::ConfigurationSetEventDestination").values()
        (settings,) = of_type(resources, "AWS::SES::ConfigurationSet").values()

        types = set(destination["EventDestination"]["MatchingEventTypes"])
        assert {"DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT", "REJECT"} == types
        assert not {"OPEN", "CLICK", "SUBSCRIPTION"} & types
        assert "TrackingOptions" not in settings


class TestLimits:
    def test_reputation(self, resources: dict[str, Any]) -> None:
        """
        An address that bounced or complained is not mailed again.
        """
        (settings,) = of_type(resources, "AWS::SES::ConfigurationSet").values()

        assert ["BOUNCE", "COMPLAINT"] == settings["SuppressionOptions"]["SuppressedReasons"]

    def test_requests(self, resources: dict[str, Any], parameters: dict[str, Any]) -> None:
        """
        The gateway takes no more requests of all visitors together than the functions can bear.
        """
        (api,) = of_type(resources, "AWS::Serverless::Api").values()
        (settings,) = api["MethodSettings"]

        assert ("/*", "*") == (settings["ResourcePath"], settings["HttpMethod"])
        assert 50 == parameters[referred(settings["ThrottlingRateLimit"])]["Default"]
        assert 100 == parameters[referred(settings["ThrottlingBurstLimit"])]["Default"]
        assert "OpenApiVersion" in api  # or SAM adds a stage that has no limits

    def test_refusals(self, resources: dict[str, Any]) -> None:
        """
        Whom the gateway itself refuses reads in Dutch what to do, and no proxy keeps that answer.
        """
        (api,) = of_type(resources, "AWS::Serverless::Api").values()

        for kind, advice, wait in (
            ("THROTTLED", "Wacht een minuut", "'60'"),
            ("DEFAULT_5XX", "Wacht een minuut", "'60'"),
            ("MISSING_AUTHENTICATION_TOKEN", "Kopieer de hele link", None),
        ):
            response = api["GatewayResponses"][kind]
            (page,) = response["ResponseTemplates"].values()
            headers = response["ResponseParameters"]["Headers"]
            assert page.startswith('<!doctype html><html lang="nl">')
            assert advice in page
            assert not set("#$") & set(page)  # the gateway would read them as its own
            assert "'text/html; charset=utf-8'" == headers["Content-Type"]
            assert "'no-store'" == headers["Cache-Control"]
            assert wait == headers.get("Retry-After")

    def test_at_once(self, resources: dict[str, Any], parameters: dict[str, Any]) -> None:
        """
        What visitors and SES can set going has a limit of its own, and one sweep runs at a time.
        """
        functions = of_type(resources, "AWS::Serverless::Function")
        reserved = {
            name: one["ReservedConcurrentExecutions"]
            for name, one in functions.items()
            if "ReservedConcurrentExecutions" in one
        }
        ((_, _, queue),) = [one for one in triggers(resources) if one[1] == "SQS"]

        assert {"APIHandler", "Forward", "Sweep"} == set(reserved)
        assert 100 == parameters[referred(reserved["APIHandler"])]["Default"]
        assert 3 == parameters[referred(reserved["Forward"])]["Default"]
        assert 1 == reserved["Sweep"]
        assert 2 == queue["ScalingConfig"]["MaximumConcurrency"]


def test_no_dev_routes(resources: dict[str, Any]) -> None:
    """
    The deployed API has the public addresses and nothing of the local front door.
    """
    (api,) = of_type(resources, "AWS::Serverless::Api").values()

    assert {
        "/api/registrations",
        "/api/suggestions",
        "/api/token",
        "/api/health",
        "/api/status",
        "/bedankt",
        "/zoek",
        "/mijn/bevestigen/{token}",
        "/mijn/aanmelding/{token}",
        "/mijn/gegevens/{token}",
        "/mijn/adres/{token}",
        "/mijn/vraag/{token}",
        "/mijn/melding/{token}",
        "/gemeente/bevestigen",
        "/gemeente/kandidaat/{token}",
        "/gemeente",
        "/gemeente/aanmelden/{token}",
        "/gemeente/afmelden",
        "/gemeente/afwezig",
        "/gemeente/kandidaten",
        "/gemeente/kandidaten.csv",
        "/gemeente/kandidaten.xlsx",
        "/gemeente/kandidaten/{reference}",
        "/gemeente/kandidaten/{reference}/kaartje.vcf",
        "/download/{section}/{item}/{file}",
        "/beheer",
        "/beheer/aanmelden/{token}",
        "/beheer/afmelden",
        "/beheer/werklijst",
        "/beheer/opnieuw",
        "/beheer/aanmelding/{reference}",
        "/beheer/aanmelding/{reference}/{receiver}",
        "/beheer/melding/{suggestion}",
        "/beheer/zoeken",
        "/beheer/gemeente/{nis_code}",
        "/beheer/adressen",
        "/beheer/adressen/{nis_code}",
        "/beheer/mails",
        "/beheer/mails/{kind}",
        "/beheer/mails/{kind}/opmaak",
        "/beheer/cijfers",
        "/beheer/cijfers/{name}",
        "/beheer/bestanden",
        "/beheer/bestanden/{export}",
        "/beheer/inzage",
        "/beheer/medewerkers",
    } == set(api["DefinitionBody"]["paths"])


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
        "chalicelib/templates/mail/forwarding/body.html",
    } <= names
    assert not {"boto3", "s3transfer", "dns", "typer", "holidays", "infra", "pelican"} & top
