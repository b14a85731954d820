"""
`python -m infra.policies TEMPLATE` (in `make lint`): what AWS would take for something else than
we mean, in the policies of our roles.

What AWS knows of an action (on which resources it works, which conditions) comes from its Service
Authorization Reference, which policy-sentry keeps a copy of. A policy with a word that AWS does not
know is deployed without an error, and allows nothing, or more than was meant.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from policy_sentry.querying.actions import get_action_data

IN_ACCOUNT = "eu-central-1:123456789012"
SAMPLES = {
    "AWS::DynamoDB::Table.Arn": f"arn:aws:dynamodb:{IN_ACCOUNT}:table/t",
    "AWS::DynamoDB::Table.StreamArn": f"arn:aws:dynamodb:{IN_ACCOUNT}:table/t/stream/s",
    "AWS::KMS::Key.Arn": f"arn:aws:kms:{IN_ACCOUNT}:key/k",
    # It ends with «:*», which stands for each of its streams.
    "AWS::Logs::LogGroup.Arn": f"arn:aws:logs:{IN_ACCOUNT}:log-group:g:log-stream:s",
    "AWS::S3::Bucket.Arn": "arn:aws:s3:::b",
    "AWS::SecretsManager::Secret.Id": f"arn:aws:secretsmanager:{IN_ACCOUNT}:secret:s",
    "AWS::SQS::Queue.Arn": f"arn:aws:sqs:{IN_ACCOUNT}:q",
}
"""What an attribute of a resource looks like, of each that a policy names."""

PSEUDO = {"Partition": "aws", "Region": "eu-central-1", "AccountId": "123456789012"}
OPERATOR = re.compile(
    r"(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|Like)|Arn(Not)?(Equals|Like)|Bool)(IfExists)?"
)


@dataclass(frozen=True)
class Known:
    """What AWS says of an action: the shapes of its resources, `*` for none, and its conditions."""

    resources: frozenset[str]
    keys: frozenset[str]

    def works_on(self, arn: str) -> bool:
        """Whether it can be allowed on this; on everything only where it knows no resource."""
        if arn == "*":
            return {"*"} == self.resources
        return any(_shape(one).fullmatch(arn) for one in self.resources)


@cache
def known(action: str) -> Known | None:
    """None for what is no action of AWS."""
    service, _, name = action.partition(":")
    rows = (get_action_data(service, name) or {}).get(service, ())
    exact = [row for row in rows if row["action"] == action]
    if not exact:
        return None
    return Known(
        frozenset(row["resource_arn_format"] for row in exact),
        frozenset(key.lower() for row in exact for key in row["condition_keys"]),
    )


def _shape(arn_format: str) -> re.Pattern[str]:
    """Only the name of a file in a bucket may have folders in it."""
    text, *named = re.split(r"\$\{(\w+)\}", arn_format)
    shape = re.escape(text)
    for name, following in zip(named[::2], named[1::2], strict=True):
        shape += (".+" if name == "ObjectName" else "[^:/]+") + re.escape(following)
    return re.compile(shape)


def findings(template: Mapping[str, Any]) -> Iterator[str]:
    """A line for each thing that is wrong."""
    for name, resource in template["Resources"].items():
        for statement in _statements(resource):
            for what in _wrong(statement, template["Resources"]):
                yield f"{name}: {what}"


def _statements(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::IAM::ManagedPolicy":
        yield from properties["PolicyDocument"]["Statement"]
    if resource["Type"] == "AWS::IAM::Role":
        for policy in properties.get("Policies", ()):
            yield from policy["PolicyDocument"]["Statement"]


def _wrong(statement: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[str]:
    for action in _listed(statement["Action"]):
        found = known(action)
        if found is None:
            yield f"{action} is no action of AWS"
            continue
        for resource in _listed(statement["Resource"]):
            arn = sample(resource, resources)
            if not found.works_on(arn):
                yield f"{action} does not work on {arn}, or could be allowed on less"
        for operator, tests in statement.get("Condition", {}).items():
            if not OPERATOR.fullmatch(operator):
                yield f"{operator} is no operator that we know"
            for key in tests:
                if not key.startswith("aws:") and key.lower() not in found.keys:
                    yield f"{action} says nothing of {key}"


def sample(resource: Any, resources: Mapping[str, Any]) -> str:
    """What a resource of a policy may look like, once deployed; KeyError for one not in SAMPLES."""
    if isinstance(resource, str):
        return resource
    ((function, value),) = resource.items()
    if function == "Fn::GetAtt":
        name, attribute = value
        return SAMPLES[f"{resources[name]['Type']}.{attribute}"]
    if function == "Fn::Sub":
        return re.sub(r"\$\{([^}]+)\}", lambda part: _part(part[1], resources), value)
    raise KeyError(function)


def _part(name: str, resources: Mapping[str, Any]) -> str:
    logical, _, attribute = name.partition(".")
    if attribute:
        return SAMPLES[f"{resources[logical]['Type']}.{attribute}"]
    return PSEUDO.get(name.removeprefix("AWS::"), "x")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def main(arguments: Sequence[str]) -> int:
    (file,) = arguments
    found = list(findings(json.loads(Path(file).read_text(encoding="utf-8"))))
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
