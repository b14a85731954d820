"""
Which function asks what of AWS, from two sides.

On AWS in memory, botocore is watched: who calls stands in the stack, an entry point of `app.py` or
a command; what a test itself asks, to prepare or to look, is nobody's. On the running system, the
local AWS writes down what each role asked. On both, a call that the policies do not allow is
refused as AWS refuses it.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.backend import aws as aws_in_memory
from tests.rights.policies import Need, Rights, allows, rights, roles

BACKEND = Path(__file__).parents[2] / "backend"
ENTRY_POINTS = str(BACKEND / "app.py")
COMMANDS = (str(BACKEND / "mijnbuddy.py"), str(BACKEND / "commands"))
API = "APIHandler"
REFUSED = "AccessDeniedException"
OPERATOR = "OperatorRole"
"""Of a person at the command line."""


OF_OBJECTS = {
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "HeadObject": "GetObject",
}
"""
What S3 asks a policy for where that is not called as the operation:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

BUCKETS = {"exports": "ExportsBucket", "published": "PublishedBucket"}
"""Our buckets, by the word of their name that tells them apart."""


class Call(NamedTuple):
    """What the holder of a role needed, and whether its policies allowed that."""

    role: str
    need: Need
    is_allowed: bool


SEEN: set[Call] = set()
"""All that was asked in this process, or in a system that it ran."""


def written(call: Call) -> list[object]:
    """As one process of a test run tells another, which knows only plain values."""
    return [call.role, *call.need, call.is_allowed]


def read(values: Any) -> Call:
    role, *need, is_allowed = values
    return Call(role, Need(*need), is_allowed)


def watch() -> None:
    """From now on, remember what the code asks of AWS in memory, and refuse what it may not."""
    client_type: Any = BaseClient  # its types don't tell of what every call goes through
    really = client_type._make_api_call

    def asked(client: Any, operation: str, call: Mapping[str, Any]) -> Any:
        if role := acting():
            for need in needs(client.meta.service_model.service_name, operation, call):
                _check(role, need, operation)
        return really(client, operation, call)

    client_type._make_api_call = asked


def _check(role: str, need: Need, operation: str) -> None:
    is_allowed = allows(of_template()[role], need)
    SEEN.add(Call(role, need, is_allowed))
    if not is_allowed:
        message = f"{role} is not authorized to perform {need}"
        raise ClientError({"Error": {"Code": REFUSED, "Message": message}}, operation)


@cache
def of_template() -> Rights:
    return rights(aws_in_memory.template())


def of_stack(line: Mapping[str, Any]) -> Iterator[Call]:
    """What the local AWS wrote of one call, by the names of the template."""
    found = re.search(r"-(\w+Role)-", line["role"])
    role = found[1] if found else line["role"]
    for kind in line["kinds"] or [""]:
        need = Need(line["action"], _resource(line["resource"]), kind)
        yield Call(role, need, line["is_allowed"])


def _resource(arn: str) -> str:
    service, name = arn.split(":")[2], arn.split(":", 5)[-1]
    match service:
        case "dynamodb":
            return name.replace("table/mijnbuddy-local", "Table")
        case "sqs":
            return _queues()[name.removeprefix("mijnbuddy-local")]
        case "s3":
            return _object(*name.split("/", 1))
        case "secretsmanager":
            return "SigningKey"
        case "ses" if name.startswith("identity/"):
            return "identity/SenderDomain"
        case "ses":
            return "configuration-set/ConfigurationSet"
    raise LookupError(f"a resource without a name: {arn}")


def acting() -> str:
    """The role of whoever makes this call; `""` for a test."""
    frame: FrameType | None = sys._getframe(1)
    role = ""
    while frame:
        code = frame.f_code
        if code.co_filename == ENTRY_POINTS:
            role = _functions().get(code.co_name) or role or _functions()[API]
        elif code.co_filename.startswith(COMMANDS):
            role = OPERATOR
        frame = frame.f_back
    return role


@cache
def _functions() -> Mapping[str, str]:
    """The role of each entry point: the function `forward` of `app.py` is `Forward` in AWS."""
    found = roles(aws_in_memory.template())
    return {API: found.pop(API)} | {name.lower(): role for name, role in found.items()}


def needs(service: str, operation: str, call: Mapping[str, Any]) -> Iterator[Need]:
    """What AWS asks of the policies of whoever makes this call."""
    match service:
        case "dynamodb":
            yield from _of_table(operation, call)
        case "sqs":
            name = call.get("QueueName") or call["QueueUrl"].rpartition("/")[2]
            yield Need(f"sqs:{operation}", _queues()[name.removeprefix(aws_in_memory.TABLE)])
        case "s3":
            action = OF_OBJECTS.get(operation, operation)
            yield Need(f"s3:{action}", _object(call["Bucket"], call["Key"]))
        case "secretsmanager":
            yield Need(f"secretsmanager:{operation}", "SigningKey")
        case "sesv2" if operation == "SendEmail":  # a raw mail asks for both actions, on both
            for action in ("ses:SendEmail", "ses:SendRawEmail"):
                yield Need(action, "identity/SenderDomain")
                yield Need(action, "configuration-set/ConfigurationSet")
        case "sesv2":
            yield Need(f"ses:{operation}", "*")
        case _:
            raise LookupError(f"nothing says what {service}:{operation} asks of a policy")


def _of_table(operation: str, call: Mapping[str, Any]) -> Iterator[Need]:
    action = f"dynamodb:{operation}"
    for batch in call.get("RequestItems", {}).values():
        for key in batch["Keys"]:
            yield Need(action, "Table", _kind(key["pk"]["S"]))
    if "TableName" not in call:
        return
    if condition := call.get("KeyConditionExpression"):
        key = call["ExpressionAttributeValues"][condition.split(" ")[2]]["S"]
    else:
        key = (call.get("Item") or call.get("Key") or {"pk": {"S": ""}})["pk"]["S"]
    index = call.get("IndexName")
    yield Need(action, f"Table/index/{index}" if index else "Table", _kind(key))


def _kind(key: str) -> str:
    """Of which kind an item is, without which one: `REGISTRATION#`, `CONTACTS`."""
    kind, mark, _ = key.partition("#")
    return kind + mark


def _object(bucket: str, key: str) -> str:
    """As a policy writes it: all in a bucket, or in a folder of it."""
    (name,) = [name for word, name in BUCKETS.items() if word in bucket.split("-")]
    folder, mark, _ = key.partition("/")
    return f"{name}/{folder}/*" if mark else f"{name}/*"


@cache
def _queues() -> Mapping[str, str]:
    """Each queue of the template, by what its name ends with."""
    return {
        one["Properties"]["QueueName"].removeprefix("mijnbuddy-${Stage}"): name
        for name, one in aws_in_memory.template()["Resources"].items()
        if one.get("Type") == "AWS::SQS::Queue"
    }
