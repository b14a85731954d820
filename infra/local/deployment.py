"""Deploy the packaged backend to the local AWS, as it is deployed to the real one.

The template is the one that goes to production. As in `aws cloudformation package`, the code is
uploaded and `CodeUri` names where; the rest is a create or an update of one stack.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from infra.local.failure import CannotRunError
from infra.local.settings import ACCESS_KEY, REGION, SECRET_KEY, Settings

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import (
        ParameterTypeDef,
        StackTypeDef,
        WaiterConfigTypeDef,
    )
    from mypy_boto3_dynamodb import DynamoDBClient

STACK = "mijnbuddy-local"
BUCKET = "mijnbuddy-local-code"
FINGERPRINT = "fingerprint"
API = "AWS::Serverless::Api"
FUNCTION = "AWS::Serverless::Function"
# What MiniStack does not know: types of resources to which no other refers, and an output with
# attributes of the sender's domain.
LEFT_OUT = frozenset({"AWS::Backup::BackupSelection", "AWS::Budgets::Budget"})
OUTPUTS_LEFT_OUT = frozenset({"DkimRecords"})
NEVER_WORKED = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
PATH_STYLE = Config(s3={"addressing_style": "path"})  # this machine has one name
OFTEN: "WaiterConfigTypeDef" = {"Delay": 1, "MaxAttempts": 60}


@dataclass(frozen=True)
class Deployment:
    """The stack that runs: what its template said and what it became."""

    template: "Template"
    outputs: Mapping[str, str]
    names: Mapping[str, str]  # of each resource, by its name in the template

    @property
    def table_name(self) -> str:
        return self._output("TableName")

    @property
    def ses_events_topic(self) -> str:
        return self._output("SesEventsTopicArn")

    @property
    def published_bucket(self) -> str:
        return self._output("PublishedBucketName")

    def _output(self, name: str) -> str:
        if name not in self.outputs:
            raise CannotRunError(f"The template has no output {name}, which the local stack needs")
        return self.outputs[name]

    @property
    def api_path(self) -> str:
        """Where the local AWS answers for the API."""
        api, stage = self.template.api_stage
        return f"/restapis/{self.names[api]}/{stage}/_user_request_"


class Template:
    """The template that Chalice packaged, and what the front door needs to know of it."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content

    @classmethod
    def read(cls, path: Path) -> "Template":
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def _resources(self, kind: str) -> dict[str, dict[str, Any]]:
        resources: Mapping[str, dict[str, Any]] = self.content["Resources"]
        return {name: r for name, r in resources.items() if r["Type"] == kind}

    def with_code_at(self, uri: str) -> str:
        """The template as the local AWS gets it: with its code there, without what it knows not."""
        packaged = json.loads(json.dumps(self.content))
        resources, outputs = packaged["Resources"], packaged.get("Outputs", {})
        packaged["Resources"] = {n: r for n, r in resources.items() if r["Type"] not in LEFT_OUT}
        packaged["Outputs"] = {n: o for n, o in outputs.items() if n not in OUTPUTS_LEFT_OUT}
        for name in self._resources(FUNCTION):
            packaged["Resources"][name]["Properties"]["CodeUri"] = uri
        return json.dumps(packaged)

    def parameters(self, wanted: Mapping[str, str]) -> "list[ParameterTypeDef]":
        """Those of the wanted values that the template asks for."""
        declared = self.content.get("Parameters", {})
        return [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in wanted.items()
            if name in declared
        ]

    @property
    def api_stage(self) -> tuple[str, str]:
        [(name, api)] = self._resources(API).items()
        return name, api["Properties"]["StageName"]

    @property
    def api_paths(self) -> list[str]:
        """Such as `/api/health` and `/mijn/{token}`."""
        [api] = self._resources(API).values()
        return list(api["Properties"]["DefinitionBody"]["paths"])

    @property
    def expiries(self) -> dict[str, str]:
        """Each table of which items expire, with the attribute that says when."""
        tables = {
            name: resource["Properties"].get("TimeToLiveSpecification", {})
            for name, resource in self._resources("AWS::DynamoDB::Table").items()
        }
        return {name: ttl["AttributeName"] for name, ttl in tables.items() if ttl.get("Enabled")}

    @property
    def schedules(self) -> dict[str, str]:
        """Each function that runs by the clock, with the rule that makes it run."""
        return {
            function: f"{function}{event}"  # as the SAM transform names the rule
            for function, resource in self._resources(FUNCTION).items()
            for event, source in resource["Properties"].get("Events", {}).items()
            if source["Type"].startswith("Schedule")
        }


def client(service: str, settings: Settings, config: Config | None = None) -> Any:
    """Talk to the local AWS, whatever AWS settings the developer has."""
    session = boto3.session.Session(
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION
    )
    open_client: Callable[..., Any] = session.client  # boto3's types want the name spelt out
    return open_client(service, endpoint_url=settings.aws_endpoint, config=config)


def deploy(settings: Settings) -> Deployment:
    """Bring the stack to what was packaged; nothing happens when it is already so."""
    template = Template.read(settings.template)
    code = settings.code.read_bytes()
    parameters = template.parameters(_wanted(settings))
    cloudformation = client("cloudformation", settings)

    fingerprint = _fingerprint(settings.template.read_bytes(), code, parameters)
    if _deployed_fingerprint(cloudformation) != fingerprint:
        key = f"{hashlib.sha256(code).hexdigest()}.zip"
        _upload(code, key, settings)
        body = template.with_code_at(f"s3://{BUCKET}/{key}")
        # Not in the request itself: CloudFormation takes 51,200 characters there.
        described = f"{hashlib.sha256(body.encode()).hexdigest()}.json"
        _upload(body.encode(), described, settings)
        url = f"{settings.aws_endpoint}/{BUCKET}/{described}"
        _create_or_update(cloudformation, url, parameters, fingerprint)
    deployment = _describe(cloudformation, template)
    _let_items_expire(deployment, settings)
    return deployment


def _wanted(settings: Settings) -> dict[str, str]:
    """The values that the local stack has otherwise than the template says."""
    wanted = {"Stage": "local", "SiteUrl": settings.url}
    if settings.requests_per_second:
        wanted["RequestsPerSecond"] = str(settings.requests_per_second)
        wanted["RequestBurst"] = str(settings.requests_per_second)
    return wanted


def _fingerprint(template: bytes, code: bytes, parameters: "list[ParameterTypeDef]") -> str:
    parts = (template, code, json.dumps(parameters).encode())
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _upload(content: bytes, key: str, settings: Settings) -> None:
    s3 = client("s3", settings, PATH_STYLE)
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=BUCKET, Key=key, Body=content)


def _deployed_fingerprint(cloudformation: "CloudFormationClient") -> str | None:
    """Of the stack as it runs. Kept as its tag, so it can't outlive the stack it speaks of."""
    stack = _stack(cloudformation)
    if stack is None or stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return None
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}.get(FINGERPRINT)


def _stack(cloudformation: "CloudFormationClient") -> "StackTypeDef | None":
    try:
        [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return stack


def _create_or_update(
    cloudformation: "CloudFormationClient",
    template_url: str,
    parameters: "list[ParameterTypeDef]",
    fingerprint: str,
) -> None:
    stack = _stack(cloudformation)
    if stack is not None and stack["StackStatus"] in NEVER_WORKED:
        # CloudFormation updates no stack of which the creation failed.
        cloudformation.delete_stack(StackName=STACK)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig=OFTEN)
        stack = None

    act = cloudformation.create_stack if stack is None else cloudformation.update_stack
    done = cloudformation.get_waiter(
        "stack_create_complete" if stack is None else "stack_update_complete"
    )
    started = datetime.now(UTC)
    try:
        act(
            StackName=STACK,
            TemplateURL=template_url,
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": FINGERPRINT, "Value": fingerprint}],
        )
        done.wait(StackName=STACK, WaiterConfig=OFTEN)
    except WaiterError as error:
        raise CannotRunError("\n".join(_reasons(cloudformation, started))) from error
    except ClientError as error:
        raise CannotRunError(error.response["Error"]["Message"]) from error


def _reasons(cloudformation: "CloudFormationClient", since: datetime) -> list[str]:
    """What failed and why, oldest first: the first is the cause, the rest follow from it."""
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    return [
        f"{event['LogicalResourceId']} ({event.get('ResourceType', '')}): "
        f"{event['ResourceStatusReason']}"
        for event in reversed(events)
        if event["Timestamp"] >= since - timedelta(seconds=1)
        and "FAILED" in event["ResourceStatus"]
        and event.get("ResourceStatusReason")
    ]


def _describe(cloudformation: "CloudFormationClient", template: Template) -> Deployment:
    stack = _stack(cloudformation)
    if stack is None:
        raise CannotRunError(f"The stack {STACK} is gone")
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Deployment(
        template=template,
        outputs={o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])},
        names={r["LogicalResourceId"]: r.get("PhysicalResourceId", "") for r in resources},
    )


def _let_items_expire(deployment: Deployment, settings: Settings) -> None:
    """MiniStack's CloudFormation passes over a table's TimeToLiveSpecification."""
    dynamodb: DynamoDBClient = client("dynamodb", settings)
    for name, attribute in deployment.template.expiries.items():
        table = deployment.names[name]
        now = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if now.get("TimeToLiveStatus") != "ENABLED":
            dynamodb.update_time_to_live(
                TableName=table,
                TimeToLiveSpecification={"AttributeName": attribute, "Enabled": True},
            )
