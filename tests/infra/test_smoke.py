"""
The checks of a real account, on answers as AWS gives them (the shapes of boto3's documentation).
Nobody asks AWS or the internet here: whether a real account is green is for `make smoke` to tell.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dns.resolver
import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.site import moved_pages
from infra import smoke
from infra.deploy.account import Account
from infra.deploy.failure import DeployError
from infra.deploy.stages import Stage
from infra.edge import response_headers
from infra.smoke import CHECKS, LEFT, RED, Answer, World

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SITE = "https://www.mijnbuddy.be"
API = "https://abc.execute-api.eu-central-1.amazonaws.com/api/"
BUCKET = "https://site-bucket.s3.eu-central-1.amazonaws.com"
HTML = {"content-type": "text/html; charset=utf-8"}
OWN = {name.lower(): value for name, value in response_headers().items()}
FORMER, TODAY = next(iter(moved_pages().items()))

Aws = dict[tuple[str, str], Any]


def fine() -> Aws:
    """What AWS answers when all is well, by service and operation."""
    return {
        ("cloudformation", "describe_stacks"): {
            "Stacks": [
                {
                    "StackStatus": "UPDATE_COMPLETE",
                    "Parameters": [
                        {"ParameterKey": name, "ParameterValue": value}
                        for name, value in {
                            "SiteUrl": SITE,
                            "SenderDomain": "mijnbuddy.be",
                            "CertificateArn": "arn:aws:acm:us-east-1:0:certificate/1",
                            "ApiConcurrency": "100",
                        }.items()
                    ],
                    "Outputs": [
                        {"OutputKey": name, "OutputValue": value}
                        for name, value in {
                            "EndpointURL": API,
                            "SiteBucketName": "site-bucket",
                            "AlertsTopicArn": "arn:aws:sns:eu-central-1:0:alerts",
                            "TableName": "mijnbuddy-prod",
                            "BackupVaultName": "mijnbuddy-prod",
                            "APIHandlerName": "mijnbuddy-prod-APIHandler",
                            "DistributionDomain": "d1.cloudfront.net",
                        }.items()
                    ],
                }
            ]
        },
        ("sesv2", "get_email_identity"): {
            "VerifiedForSendingStatus": True,
            "DkimAttributes": {"Status": "SUCCESS"},
            "MailFromAttributes": {"MailFromDomainStatus": "SUCCESS"},
        },
        ("sesv2", "get_account"): {
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "SendQuota": {"MaxSendRate": 14.0},
        },
        ("acm", "describe_certificate"): {
            "Certificate": {"Status": "ISSUED", "NotAfter": NOW + timedelta(days=200)}
        },
        ("cloudwatch", "describe_alarms"): {
            "MetricAlarms": [
                {"AlarmName": "mijnbuddy-prod-ApiFails", "StateValue": "OK", "AlarmActions": ["x"]}
            ]
        },
        ("sns", "list_subscriptions_by_topic"): {
            "Subscriptions": [{"SubscriptionArn": "arn:aws:sns:eu-central-1:0:alerts:1"}]
        },
        ("dynamodb", "describe_table"): {
            "Table": {"DeletionProtectionEnabled": True, "SSEDescription": {"SSEType": "KMS"}}
        },
        ("dynamodb", "describe_continuous_backups"): {
            "ContinuousBackupsDescription": {
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}
            }
        },
        ("dynamodb", "describe_time_to_live"): {
            "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED"}
        },
        ("dynamodb", "query"): {
            "Items": [
                {"nis_code": {"S": one.nis_code}, "state": {"S": "confirmed"}}
                for one in MUNICIPALITIES
            ]
        },
        ("backup", "list_recovery_points_by_backup_vault"): {
            "RecoveryPoints": [{"Status": "COMPLETED"}]
        },
        ("logs", "describe_log_groups"): {
            "logGroups": [{"logGroupName": "/aws/lambda/mijnbuddy-prod", "retentionInDays": 30}]
        },
        ("lambda", "get_function_concurrency"): {"ReservedConcurrentExecutions": 100},
        ("lambda", "get_account_settings"): {
            "AccountLimit": {"UnreservedConcurrentExecutions": 896}
        },
    }


def pages() -> dict[str, Answer]:
    """What a visitor gets, by address."""
    speed = {"alt-svc": 'h3=":443"; ma=86400', "content-encoding": "br"}
    cut = Answer(404, OWN | HTML, "<h1>Deze pagina is er niet</h1>")
    return {
        f"{SITE}/": Answer(200, OWN | HTML | speed, "<h1>Word buddy</h1>"),
        f"{SITE}/deze-pagina-is-er-niet/": Answer(404, OWN | HTML, "<h1>Deze pagina</h1>"),
        f"{SITE}{FORMER}": Answer(301, OWN | {"location": TODAY}, ""),
        f"{SITE}/api/health": Answer(200, OWN, "{}"),
        f"{SITE}/mijn/een/link/die/afgekapt/is": cut,
        f"{API}api/health": Answer(403, {}, ""),
        BUCKET: Answer(403, {}, ""),
    }


class Client:
    """One service: answers what it was given, in pages too."""

    def __init__(self, service: str, aws: Aws) -> None:
        self.service, self.aws = service, aws

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **_: self.answer(operation)

    def answer(self, operation: str) -> Any:
        answer = self.aws[self.service, operation]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get_paginator(self, operation: str) -> Any:
        return type("Pages", (), {"paginate": lambda _, **__: iter([self.answer(operation)])})()


def world(aws: Aws, answers: Mapping[str, Answer], **records: list[str]) -> World:
    stage = Stage("prod", "eu-central-1", {"SiteUrl": SITE}, {})
    account = Account("000000000000", stage.region, lambda service, _: Client(service, aws))
    texts = records or {"_dmarc.mijnbuddy.be": ["v=DMARC1; p=reject; adkim=s; aspf=r"]}
    return World(
        account,
        stage,
        lambda address, _: answers[address],
        lambda name, _: texts.get(name, []),
        NOW,
    )


def red(one: World) -> dict[str, str]:
    """The names of the checks that are red, with what they found."""
    return {
        result.check.name: result.found for result in smoke.results(one) if result.outcome == RED
    }


def test_all_is_well() -> None:
    """
    An account in which all is well is green, and nothing is left unasked.
    """
    found = smoke.results(world(fine(), pages()))

    assert {"ok"} == {one.outcome for one in found}, [smoke.in_words(one) for one in found]


def test_few() -> None:
    """
    At most twenty, each with what it proves and what to do.
    """
    assert len(CHECKS) <= smoke.MOST
    assert len({one.name for one in CHECKS}) == len(CHECKS)
    assert all(one.proves and one.when_red for one in CHECKS)


def set_in(answers: Any, path: str, value: object) -> None:
    *way, last = path.split(".")
    for part in way:
        answers = answers[int(part) if part.isdigit() else part]
    answers[last] = value


def wrong_answers() -> Iterator[tuple[str, tuple[str, str], str, object]]:
    yield "stack", ("cloudformation", "describe_stacks"), "Stacks.0.StackStatus", "UPDATE_FAILED"
    yield "DKIM", ("sesv2", "get_email_identity"), "DkimAttributes.Status", "PENDING"
    yield "DKIM", ("sesv2", "get_email_identity"), "VerifiedForSendingStatus", False
    yield "MAIL FROM", ("sesv2", "get_email_identity"), "MailFromAttributes", {}
    yield "sandbox", ("sesv2", "get_account"), "ProductionAccessEnabled", False
    yield "sandbox", ("sesv2", "get_account"), "SendingEnabled", False
    yield "sandbox", ("sesv2", "get_account"), "SendQuota.MaxSendRate", 1.0
    certificate = ("acm", "describe_certificate")
    yield "certificate", certificate, "Certificate.Status", "PENDING_VALIDATION"
    yield "certificate", certificate, "Certificate.NotAfter", NOW + timedelta(days=29)
    alarms = ("cloudwatch", "describe_alarms")
    yield "alarms", alarms, "MetricAlarms", []
    yield "alarms", alarms, "MetricAlarms.0.StateValue", "ALARM"
    yield "alarms", alarms, "MetricAlarms.0.AlarmActions", []
    told = ("sns", "list_subscriptions_by_topic")
    yield "who is told", told, "Subscriptions.0.SubscriptionArn", "PendingConfirmation"
    yield "who is told", told, "Subscriptions", []
    yield "table", ("dynamodb", "describe_table"), "Table.DeletionProtectionEnabled", False
    yield "table", ("dynamodb", "describe_table"), "Table.SSEDescription", {"SSEType": "AES256"}
    yield (
        "table",
        ("dynamodb", "describe_continuous_backups"),
        "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
        "DISABLED",
    )
    expiry = ("dynamodb", "describe_time_to_live")
    yield "table", expiry, "TimeToLiveDescription.TimeToLiveStatus", "DISABLED"
    copies = ("backup", "list_recovery_points_by_backup_vault")
    yield "copy", copies, "RecoveryPoints", []
    yield "copy", copies, "RecoveryPoints.0.Status", "PARTIAL"
    yield "logs", ("logs", "describe_log_groups"), "logGroups", []
    yield "logs", ("logs", "describe_log_groups"), "logGroups.0.retentionInDays", None
    room = ("lambda", "get_function_concurrency")
    yield "room", room, "ReservedConcurrentExecutions", None
    limit = ("lambda", "get_account_settings")
    yield "room", limit, "AccountLimit.UnreservedConcurrentExecutions", 10
    yield "addresses", ("dynamodb", "query"), "Items", []


@pytest.mark.parametrize(("name", "asked", "path", "value"), list(wrong_answers()))
def test_wrong(name: str, asked: tuple[str, str], path: str, value: object) -> None:
    """
    Each thing that may be wrong turns its own check red, and no other.
    """
    aws = fine()
    set_in(aws[asked], path, value)

    assert {name} == set(red(world(aws, pages())))


@pytest.mark.parametrize(
    ("name", "address", "answer"),
    [
        ("home page", f"{SITE}/", Answer(503, OWN, "")),
        ("HTTP/3 and brotli", f"{SITE}/", Answer(200, OWN | {"content-encoding": "br"}, "")),
        ("HTTP/3 and brotli", f"{SITE}/", Answer(200, OWN | {"alt-svc": "h3"}, "")),
        ("missing page", f"{SITE}/deze-pagina-is-er-niet/", Answer(403, HTML, "")),
        ("former municipality", f"{SITE}{FORMER}", Answer(404, HTML, "")),
        ("API", f"{SITE}/api/health", Answer(403, {}, "")),
        ("cut link", f"{SITE}/mijn/een/link/die/afgekapt/is", Answer(403, {}, "Missing token")),
        ("no way around", BUCKET, Answer(200, {}, "")),
        ("no way around", f"{API}api/health", Answer(200, {}, "{}")),
    ],
)
def test_wrong_page(name: str, address: str, answer: Answer) -> None:
    """
    Each page that is not as it should be turns its check red.
    """
    assert name in red(world(fine(), pages() | {address: answer}))


@pytest.mark.parametrize("name", list(response_headers()))
def test_headers(name: str) -> None:
    """
    A header that is missing is named.
    """
    without = {key: value for key, value in OWN.items() if key != name.lower()}
    found = red(world(fine(), pages() | {f"{SITE}/": Answer(200, without, "")}))

    assert name in found["home page"]


@pytest.mark.parametrize(
    "texts", [["v=DMARC1; p=none"], ["v=DMARC1; p=reject", "v=DMARC1; p=none"], ["v=spf1"]]
)
def test_dmarc(texts: list[str]) -> None:
    """
    One record that refuses what is not ours; not a weaker one, and not two.
    """
    found = red(world(fine(), pages(), **{"_dmarc.mijnbuddy.be": texts}))

    assert {"DMARC"} == set(found)


def test_not_asked() -> None:
    """
    A stage for trying is not asked what only production has.
    """
    aws = fine()
    for one in aws["cloudformation", "describe_stacks"]["Stacks"][0]["Parameters"]:
        if one["ParameterKey"] in {"CertificateArn", "SenderDomain"}:
            one["ParameterValue"] = {"SenderDomain": "mijnbuddy.example"}.get(
                one["ParameterKey"], ""
            )
    trying = world(
        aws, {k.replace(SITE, "https://d1.cloudfront.net"): v for k, v in pages().items()}
    )
    trying = replace(trying, stage=replace(trying.stage, name="dev"))
    found = {one.check.name for one in smoke.results(trying) if one.outcome == LEFT}

    assert {"certificate", "DKIM", "MAIL FROM", "DMARC", "sandbox"} == found


def test_not_allowed() -> None:
    """
    What AWS does not let us ask is red, with AWS's word for it: nobody knows.
    """
    aws = fine()
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListRecoveryPoints")
    aws["backup", "list_recovery_points_by_backup_vault"] = denied

    assert "AccessDenied" in red(world(aws, pages()))["copy"]


@pytest.mark.parametrize(
    ("answer", "is_of_visitors"),
    [(Answer(503, {}, ""), True), (ConnectionError("no such host"), False)],
)
def test_of_visitors(answer: Answer | Exception, is_of_visitors: bool) -> None:
    """
    A wrong answer is an error of visitors; none at all is red, but may be our own network.
    """
    one = world(fine(), pages())

    def get(address: str, _: Mapping[str, str]) -> Answer:
        if not address.endswith("/api/health") or address.startswith(API):
            return one.get(address, {})
        if isinstance(answer, Exception):
            raise answer
        return answer

    (found,) = [each for each in smoke.results(replace(one, get=get)) if each.outcome == RED]

    assert "API" == found.check.name
    assert is_of_visitors == found.is_of_visitors


def test_no_stack() -> None:
    """
    Where nothing was deployed that is said, and nothing else is asked or guessed.
    """
    aws = fine()
    gone = ClientError({"Error": {"Message": "Stack mijnbuddy-prod does not exist"}}, "")
    aws["cloudformation", "describe_stacks"] = gone

    with pytest.raises(DeployError) as stopped:
        smoke.results(world(aws, {}))
    assert (
        "There is no stack mijnbuddy-prod in eu-central-1 of account 000000000000: `make deploy "
        "STAGE=prod` first, or sign in to another account." == str(stopped.value)
    )


def test_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A text that the DNS cuts into parts is one text; a name that is not there has none.
    """

    class Text:
        strings = (b"v=DMARC1; ", b"p=reject")

    monkeypatch.setattr(dns.resolver, "resolve", lambda *_: [Text()])
    assert ["v=DMARC1; p=reject"] == smoke.records("_dmarc.mijnbuddy.be", "TXT")

    def missing(*_: str) -> None:
        raise dns.resolver.NXDOMAIN

    monkeypatch.setattr(dns.resolver, "resolve", missing)
    assert [] == smoke.records("_dmarc.mijnbuddy.be", "TXT")
