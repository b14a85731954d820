"""What a call says about itself that MiniStack does not hand to the policies, and AWS does.

MiniStack checks the signature of each call and the policies of the role that signed it, with their
conditions on what it knows of a call. It knows neither `dynamodb:LeadingKeys` nor
`ses:FromAddress`, and asks for one of the four permissions of a raw mail. `aws.py` adds these.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html and
…/list_amazonsimpleemailservicev2.html have what AWS knows. It runs inside `.venv-aws`: standard
library only.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

LEADING_KEYS = "dynamodb:LeadingKeys"

PARTITION_KEY = "pk"
"""Of our table, as `infra/template.yaml` has it; a query names that of its index itself."""

# The condition on the partition key stands first in each of ours, and may only be an equality.
FIRST_CONDITION = re.compile(r"\s*(#?\w+)\s*=\s*(:\w+)")


def leading_keys(body: bytes) -> dict[str, list[str]]:
    """`dynamodb:LeadingKeys` of a call: the partition keys that it names; without any, no key."""
    found = list(_partition_keys(json.loads(body or b"{}")))
    return {LEADING_KEYS: found} if found else {}


def kinds(keys: Iterable[str]) -> list[str]:
    """Of which kinds the items are, without which one: `REGISTRATION#`, `CONTACTS`."""
    return sorted({"".join(key.partition("#")[:2]) for key in keys})


def _partition_keys(call: Mapping[str, Any]) -> Iterator[str]:
    for one in (call.get("Item"), call.get("Key")):
        if one:
            yield one[PARTITION_KEY]["S"]
    for batch in call.get("RequestItems", {}).values():
        if isinstance(batch, Mapping):  # what BatchGetItem reads
            for key in batch["Keys"]:
                yield key[PARTITION_KEY]["S"]
        else:  # what BatchWriteItem puts and deletes
            for request in batch:
                for one in request.values():
                    yield from _partition_keys(one)
    if condition := FIRST_CONDITION.match(call.get("KeyConditionExpression", "")):
        yield call["ExpressionAttributeValues"][condition[2]]["S"]


@dataclass(frozen=True)
class Check:
    """One thing that a policy must allow, for a call to go through."""

    action: str
    resource: str
    context: Mapping[str, str]


def mail_checks(body: bytes, region: str, account: str) -> list[Check]:
    """
    What AWS asks for before it sends a raw mail: both actions, on the identity that it is from and
    on the configuration set, if it names one.
    """
    call = json.loads(body)
    sender = parseaddr(call["FromEmailAddress"])[1]
    resources = [f"identity/{sender.rpartition('@')[2]}"]
    if configuration_set := call.get("ConfigurationSetName"):
        resources.append(f"configuration-set/{configuration_set}")
    return [
        Check(action, f"arn:aws:ses:{region}:{account}:{resource}", {"ses:FromAddress": sender})
        for action in ("ses:SendEmail", "ses:SendRawEmail")
        for resource in resources
    ]
