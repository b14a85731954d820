"""
What only a real account can show: at most 20 checks that read and change nothing.

`make smoke STAGE=…`, and at the end of `make deploy`. Each says what it proves, what was found, and
what to do when it is red. The local AWS can't show these (docs/security.md, docs/decisions/0003).
"""

import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import dns.exception
import dns.resolver
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.contacts import CONFIRMED
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.retention import LOG_TERM
from chalicelib.domain.site import moved_pages
from infra.deploy import stages, terminal
from infra.deploy.account import EVERYWHERE, Account, Open, signed_in
from infra.deploy.failure import DeployError
from infra.deploy.room import ASK_FOR_ROOM, KEPT_FREE, unreserved
from infra.deploy.stacks import Stack
from infra.deploy.stages import Stage
from infra.edge import response_headers
from infra.parameters import PRODUCTION, is_real

MOST = 20
WITHIN = 30.0
"""Seconds that an answer may take: a first one after a quiet night starts a function."""
COPY_WITHIN = timedelta(hours=26)  # one a day, and the time that it takes
ENOUGH = 0.95
"""Of the municipalities, the part that confirmed its address: below it, a campaign is too early."""


@dataclass(frozen=True)
class Answer:
    """What somebody gets who asks for an address: names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: str


Get = Callable[[str, Mapping[str, str]], Answer]
Records = Callable[[str, str], list[str]]
"""The texts of the DNS records of a name and a kind; none for a name that is not there."""


class NotAskedError(Exception):
    """A check that says nothing about this stage, and why."""


class WrongError(Exception):
    """What was found in the place of what should be there."""


@dataclass(frozen=True)
class World:
    """A deployed stage, asked as AWS tells of it and as a visitor sees it."""

    account: Account
    stage: Stage
    get: Get
    records: Records
    now: datetime

    @cached_property
    def stack(self) -> Mapping[str, Any]:
        found = Stack(self.account.client("cloudformation"), self.stage.stack).described()
        if found is None:
            raise DeployError(
                f"{self.account.lacks(self.stage.stack)}: `make deploy STAGE={self.stage.name}` "
                "first, or sign in to another account."
            )
        return found

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        return {one["OutputKey"]: one["OutputValue"] for one in self.stack.get("Outputs", [])}

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        return {one["ParameterKey"]: one["ParameterValue"] for one in self.stack["Parameters"]}

    @property
    def site(self) -> str:
        if not self.parameters.get("CertificateArn"):
            return f"https://{self.outputs['DistributionDomain']}"
        return self.parameters["SiteUrl"]

    def page(self, path: str, **headers: str) -> Answer:
        return self.get(self.site + path, headers)

    def identity(self) -> Mapping[str, Any]:
        """What SES knows of the domain that mails come from."""
        domain = self.sender
        found: Mapping[str, Any] = self.account.client("sesv2").get_email_identity(
            EmailIdentity=domain
        )
        return found

    @property
    def sender(self) -> str:
        domain = self.parameters["SenderDomain"]
        if not is_real(domain):
            raise NotAskedError(f"{domain} is an example")
        return domain

    def production_only(self, why: str) -> None:
        if self.stage.name != PRODUCTION:
            raise NotAskedError(why)


def require(is_fine: object, found: object) -> None:
    if not is_fine:
        raise WrongError(str(found))


# -- the checks: each returns, or raises what it found


def stack_is_whole(world: World) -> None:
    status = world.stack["StackStatus"]
    require(status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}, status)


def dkim(world: World) -> None:
    found = world.identity()
    require(
        found["VerifiedForSendingStatus"] and found["DkimAttributes"]["Status"] == "SUCCESS",
        f"DKIM is {found['DkimAttributes']['Status']}",
    )


def mail_from(world: World) -> None:
    found = world.identity().get("MailFromAttributes", {})
    status = found.get("MailFromDomainStatus", "not set")
    require(status == "SUCCESS", f"MAIL FROM is {status}")


def dmarc(world: World) -> None:
    found = world.records(f"_dmarc.{world.sender}", "TXT")
    fine = [one for one in found if one.startswith("v=DMARC1") and "p=reject" in one]
    require(len(found) == len(fine) == 1, found or "no record")


def out_of_the_sandbox(world: World) -> None:
    world.production_only("only production mails whom SES does not know")
    found = world.account.client("sesv2").get_account()
    require(found["ProductionAccessEnabled"] and found["SendingEnabled"], "still in the sandbox")
    rate = found["SendQuota"]["MaxSendRate"]
    require(rate >= 14, f"{rate:g} mails a second: ForwardConcurrency counts on 14")  # noqa: PLR2004


def certificate(world: World) -> None:
    arn = world.parameters.get("CertificateArn")
    if not arn:
        raise NotAskedError("this stage has no domain of its own")
    found = world.account.client("acm", EVERYWHERE).describe_certificate(CertificateArn=arn)
    one = found["Certificate"]
    require(one["Status"] == "ISSUED", one["Status"])
    left = one["NotAfter"] - world.now
    require(left > timedelta(days=30), f"{left.days} days left: its DNS record may be gone")


def headers(world: World) -> None:
    answer = world.page("/")
    require(answer.status == 200, f"the home page answers {answer.status}")  # noqa: PLR2004
    wrong = {
        name: answer.headers.get(name.lower(), "not there")
        for name, value in response_headers().items()
        if answer.headers.get(name.lower()) != value
    }
    require(not wrong, wrong)


def speed(world: World) -> None:
    answer = world.page("/", **{"Accept-Encoding": "br"})
    require("h3" in answer.headers.get("alt-svc", ""), "no HTTP/3 is offered (alt-svc)")
    packed = answer.headers.get("content-encoding", "nothing")
    require(packed == "br", f"packed by {packed}, not by brotli")


def missing_page(world: World) -> None:
    answer = world.page("/deze-pagina-is-er-niet/")
    require(answer.status == 404, f"a page that is not there answers {answer.status}")  # noqa: PLR2004
    require("text/html" in answer.headers.get("content-type", ""), answer.headers)


def former_municipality(world: World) -> None:
    path, target = next(iter(moved_pages().items()))
    answer = world.page(path)
    found = (answer.status, answer.headers.get("location", ""))
    require(found[0] == 301 and found[1].endswith(target), found)  # noqa: PLR2004


def api_answers(world: World) -> None:
    answer = world.page("/api/health")
    require(answer.status == 200, f"/api/health answers {answer.status}")  # noqa: PLR2004


def nobody_passes_by(world: World) -> None:
    bucket = f"https://{world.outputs['SiteBucketName']}.s3.{world.account.region}.amazonaws.com"
    for address in (world.outputs["EndpointURL"].rstrip("/") + "/api/health", bucket):
        answer = world.get(address, {})
        require(answer.status == 403, f"{address} answers {answer.status}, not 403")  # noqa: PLR2004


def gateway_page(world: World) -> None:
    answer = world.page("/mijn/een/link/die/afgekapt/is")
    require(
        answer.status == 404 and "Deze pagina is er niet" in answer.body,  # noqa: PLR2004
        f"{answer.status}: {answer.body[:80]}",
    )


def alarms(world: World) -> None:
    pages = world.account.client("cloudwatch").get_paginator("describe_alarms")
    found = [
        one
        for page in pages.paginate(AlarmNamePrefix=f"{world.stage.stack}-")
        for one in page["MetricAlarms"]
    ]
    require(found, "there are none")
    ringing = [one["AlarmName"] for one in found if one["StateValue"] == "ALARM"]
    require(not ringing, ringing)
    deaf = [one["AlarmName"] for one in found if not one["AlarmActions"]]
    require(not deaf, f"tell nobody: {deaf}")


def somebody_is_told(world: World) -> None:
    found = world.account.client("sns").list_subscriptions_by_topic(
        TopicArn=world.outputs["AlertsTopicArn"]
    )["Subscriptions"]
    waiting = [one for one in found if not one["SubscriptionArn"].startswith("arn:")]
    require(found and not waiting, "the mailbox of the agency did not confirm yet")


def table_is_safe(world: World) -> None:
    dynamodb = world.account.client("dynamodb")
    name = world.outputs["TableName"]
    table = dynamodb.describe_table(TableName=name)["Table"]
    require(table["DeletionProtectionEnabled"], "it can be deleted by mistake")
    require(table.get("SSEDescription", {}).get("SSEType") == "KMS", "it is not encrypted by KMS")
    copies = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    status = copies["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    require(status == "ENABLED", f"it can't be set back: {status}")
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    require(expiry["TimeToLiveStatus"] == "ENABLED", "nothing expires")


def copy_was_made(world: World) -> None:
    found = world.account.client("backup").list_recovery_points_by_backup_vault(
        BackupVaultName=world.outputs["BackupVaultName"],
        ByCreatedAfter=world.now - COPY_WITHIN,
    )["RecoveryPoints"]
    require(
        any(one["Status"] in {"COMPLETED", "AVAILABLE"} for one in found),
        "no copy of the last 26 hours",
    )


def logs_expire(world: World) -> None:
    name = f"/aws/lambda/{world.stage.stack}"
    found = world.account.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    terms = {one["logGroupName"]: one.get("retentionInDays") for one in found}
    require(terms, f"there is no {name}")
    longer = {one: days for one, days in terms.items() if days != LOG_TERM.days}
    require(not longer, longer)


def room(world: World) -> None:
    client = world.account.client("lambda")
    name = world.outputs["APIHandlerName"]
    found = client.get_function_concurrency(FunctionName=name)
    reserved = found.get("ReservedConcurrentExecutions")
    wanted = int(world.parameters["ApiConcurrency"])
    require(reserved == wanted, f"{reserved} reserved for the API, {wanted} asked")
    left = unreserved(world.account)
    require(left >= KEPT_FREE, f"{left} are left for the other functions: AWS keeps {KEPT_FREE}")


def addresses(world: World) -> None:
    pages = (
        world.account.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=world.outputs["TableName"],
            KeyConditionExpression="pk = :contacts",
            ExpressionAttributeValues={":contacts": {"S": "CONTACTS"}},
            ProjectionExpression="nis_code, #state",
            ExpressionAttributeNames={"#state": "state"},
        )
    )
    confirmed = {
        one["nis_code"]["S"]
        for page in pages
        for one in page["Items"]
        if one["state"]["S"] == CONFIRMED
    }
    count = sum(one.nis_code in confirmed for one in MUNICIPALITIES)
    require(
        count >= ENOUGH * len(MUNICIPALITIES),
        f"{count} of {len(MUNICIPALITIES)} municipalities confirmed their address",
    )


@dataclass(frozen=True)
class Check:
    """
    `is_of_visitors`: red means that people get errors now, not that something is still to be done.
    """

    name: str
    ask: Callable[[World], None]
    proves: str
    when_red: str
    is_of_visitors: bool = False


CHECKS = (
    Check(
        "stack",
        stack_is_whole,
        "the last deployment came to its end",
        "CloudFormation, Events: the first that failed is the cause",
    ),
    Check(
        "home page",
        headers,
        "the site answers, with every header that the policy asks for",
        "compare with infra/response-headers.json; a 503 means that no release is switched on",
        is_of_visitors=True,
    ),
    Check(
        "missing page",
        missing_page,
        "CloudFront's functions run, and find what the site has not",
        "CloudFront, Functions: is the last version published?",
        is_of_visitors=True,
    ),
    Check(
        "former municipality",
        former_municipality,
        "the key-value store has the redirects of this release",
        "make deploy again: it adds the keys that are missing",
        is_of_visitors=True,
    ),
    Check(
        "API",
        api_answers,
        "CloudFront reaches the API with the key that the API expects",
        "403: the key of CloudFront and the API differ (runbook, Changing keys). 5xx: ApiFails",
        is_of_visitors=True,
    ),
    Check(
        "cut link",
        gateway_page,
        "who opens half a link gets a page in Dutch, not the gateway's own words",
        "API Gateway, Gateway responses: deploy the API again",
    ),
    Check(
        "no way around",
        nobody_passes_by,
        "API and bucket answer nobody but CloudFront",
        "at once: the resource policy of the API, the policy of the bucket",
    ),
    Check(
        "HTTP/3 and brotli",
        speed,
        "the site comes as fast as it can",
        "HttpVersion and Compress of the distribution",
    ),
    Check(
        "certificate",
        certificate,
        "the certificate is given out and is renewed by itself",
        "make the DNS record again that ACM shows (us-east-1)",
    ),
    Check(
        "DKIM",
        dkim,
        "our mails are signed by our domain",
        "make the three CNAME records of the output DkimRecords; it may take 72 hours",
    ),
    Check(
        "MAIL FROM",
        mail_from,
        "bounces come back to our domain, so that SPF speaks for us",
        "make the two records of the output MailFromRecords",
    ),
    Check(
        "DMARC",
        dmarc,
        "other mail servers refuse what is not from us",
        "make the one record of the output DmarcRecordText",
    ),
    Check(
        "sandbox",
        out_of_the_sandbox,
        "SES sends to everybody, as fast as we count on",
        "SES, Request production access (runbook, First deployment)",
    ),
    Check(
        "alarms",
        alarms,
        "what watches is there, tells somebody, and does not ring",
        "look up each by its name in docs/runbook.md",
    ),
    Check(
        "who is told",
        somebody_is_told,
        "alarms reach the mailbox of the agency",
        "open the mail «AWS Notification - Subscription Confirmation» in that mailbox",
    ),
    Check(
        "table",
        table_is_safe,
        "the table is encrypted, can be set back, can't be deleted, and lets items expire",
        "make deploy again; if it stays red, somebody changed it by hand: CloudTrail tells who",
    ),
    Check(
        "copy",
        copy_was_made,
        "a copy of the table was made in the last night",
        "on the first day: wait until tomorrow. Later: AWS Backup, Jobs",
    ),
    Check(
        "logs",
        logs_expire,
        "logs are kept as long as the page about privacy says",
        "somebody changed it, or a function made a group of its own: delete that one",
    ),
    Check(
        "room",
        room,
        "there is room to run for the API and for what forwards",
        ASK_FOR_ROOM,
    ),
    Check(
        "addresses",
        addresses,
        "registrations have somewhere to go",
        "mijnbuddy contacts coverage; then contacts ask (runbook, First deployment)",
    ),
)

FINE, RED, LEFT = "ok", "RED", "not asked"


@dataclass(frozen=True)
class Result:
    """`is_answer` is False where nobody answered: that may be the network of who asks."""

    check: Check
    outcome: str
    found: str = ""
    is_answer: bool = True

    @property
    def is_of_visitors(self) -> bool:
        """Whether people get errors now, as far as we saw it ourselves."""
        return self.outcome == RED and self.is_answer and self.check.is_of_visitors


def results(world: World) -> list[Result]:
    """
    All checks, in order. What AWS does not let us ask is red: nobody knows. Raises DeployError
    where there is no stack to ask about.
    """
    return [_result(check, world) for check in CHECKS]


def _result(check: Check, world: World) -> Result:
    try:
        check.ask(world)
    except NotAskedError as why:
        return Result(check, LEFT, str(why))
    except WrongError as found:
        return Result(check, RED, str(found))
    except (BotoCoreError, ClientError, OSError, dns.exception.DNSException, KeyError) as error:
        silence = f"could not be asked: {type(error).__name__}: {error}"
        return Result(check, RED, silence, is_answer=False)
    return Result(check, FINE)


def run(account: Account, stage: Stage) -> list[Result]:
    """Print all checks; those that are red."""
    found = results(World(account, stage, get, records, datetime.now(UTC)))
    for one in found:
        print(in_words(one))
    return [one for one in found if one.outcome == RED]


def in_words(one: Result) -> str:
    """A check in one line, or in three when it is red."""
    line = f"{one.outcome:<10}{one.check.name}: {one.check.proves}"
    if one.outcome == FINE:
        return line
    if one.outcome == LEFT:
        return f"{line} ({one.found})"
    return f"{line}\n{'':<10}  found: {one.found}\n{'':<10}  do: {one.check.when_red}"


class _Here(urllib.request.HTTPRedirectHandler):
    """Redirects are answers: nobody follows them."""

    def redirect_request(self, *_: Any) -> None:
        return None


def get(address: str, asked: Mapping[str, str]) -> Answer:
    """What a visitor gets. Raises OSError where nothing answers."""
    request = urllib.request.Request(address, headers=dict(asked))  # noqa: S310 (https, or loopback)
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    try:
        answer = urllib.request.build_opener(_Here, secure).open(request, timeout=WITHIN)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        body = answer.read().decode("utf-8", errors="replace")
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, found, body)


def records(name: str, kind: str) -> list[str]:
    """What the DNS says, asked of the resolver of this machine."""
    try:
        found = dns.resolver.resolve(name, kind)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(one.strings).decode() if kind == "TXT" else str(one) for one in found]


def main(arguments: Sequence[str]) -> int:
    (name,) = arguments

    def asked(open_client: Open) -> int:
        stage = stages.read(name)
        return 1 if run(signed_in(stage.region, open_client), stage) else 0

    return terminal.run(asked)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
