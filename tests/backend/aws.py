"""
AWS in memory (moto): the table as `infra/template.yaml` describes it, and the mails that SES took.

Nothing here writes the schema down a second time: a change of the template is a change of the
table that the tests run on.
"""

from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import Parser
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import yaml
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client

REGION = "eu-central-1"
TABLE = "mijnbuddy-test"
PUBLISHED = "mijnbuddy-test-published"
EXPORTS = "mijnbuddy-test-exports"
TEMPLATE = Path(__file__).parents[2] / "infra" / "template.yaml"


class _CloudFormation(yaml.SafeLoader):
    """Reads `!Ref` and its like as the plain value behind them."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)


_CloudFormation.add_multi_constructor("!", _plain)


@cache
def template() -> dict[str, Any]:
    """What `infra/template.yaml` says; read once, as it takes longer than a test. Not to change."""
    document: dict[str, Any] = yaml.load(TEMPLATE.read_text(), _CloudFormation)
    return document


@cache
def session() -> boto3.Session:
    """
    For all clients of all tests: each other session would read what AWS's services are like from
    the disk again, which takes longer than most tests. Data it has none.
    """
    return boto3.Session()


def create_table(name: str = TABLE) -> None:
    """The table of the template, under another name."""
    properties = template()["Resources"]["Table"]["Properties"]
    client = _kept_client()
    client.create_table(
        TableName=name,
        StreamSpecification={"StreamEnabled": True} | properties["StreamSpecification"],
        **{
            part: properties[part]
            for part in (
                "AttributeDefinitions",
                "KeySchema",
                "GlobalSecondaryIndexes",
                "BillingMode",
            )
        },
    )
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
    )


def create_published() -> "S3Client":
    """An empty bucket for what is published; returns what reads it."""
    return _create_bucket(PUBLISHED)


def create_exports() -> "S3Client":
    """The same for the files that officers ask for."""
    return _create_bucket(EXPORTS)


def _create_bucket(name: str) -> "S3Client":
    client = boto3.client("s3", region_name=REGION)
    where: Any = {"LocationConstraint": REGION}
    client.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return client


def create_signing_key() -> str:
    """A secret that was not rotated yet; returns its ARN."""
    secret = secrets().create_secret(Name="mijnbuddy-test-signing-key", SecretString="k" * 64)
    return str(secret["ARN"])


def secrets() -> Any:
    return boto3.client("secretsmanager", region_name=REGION)


def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", region_name=REGION)


def sesv2() -> "SESV2Client":
    return boto3.client("sesv2", region_name=REGION)


@cache
def _kept_client() -> Any:
    """For what happens here only: making one takes longer than most of what it is asked."""
    return dynamodb()


def items() -> list[dict[str, Any]]:
    """Every item in the table, as DynamoDB writes it."""
    return cast("list[dict[str, Any]]", _kept_client().scan(TableName=TABLE)["Items"])


def images() -> Iterator[dict[str, Any]]:
    """The items that are registrations."""
    return (item for item in items() if item["sk"]["S"] == "REGISTRATION")


def mails() -> list[EmailMessage]:
    """What SES took, oldest first, parsed from the raw message."""
    taken = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    parser = Parser(policy=SMTP)
    return [parser.parsestr(message.raw_data) for message in taken]
