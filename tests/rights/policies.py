"""The policies of the roles in a template, as plain sets: who may do what, to which items."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

LEADING_KEYS = "dynamodb:LeadingKeys"

ON_EVERYTHING = {
    "dynamodb:ListStreams": "Lambda asks which streams there are before it reads ours",
    "ses:GetSuppressedDestination": "the list is the account's",
    "ses:DeleteSuppressedDestination": "the list is the account's",
}
"""
The actions that are allowed on `*`, each as AWS knows no resource for it:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html and
…/list_amazonsimpleemailservicev2.html.
"""


class Need(NamedTuple):
    """
    One thing that AWS asks a policy for: `resource` by its name in the template, such as `Table` or
    `Table/index/due`; `key` the partition key of an item, `""` where the call names none.
    """

    action: str
    resource: str
    key: str = ""


@dataclass(frozen=True, order=True)
class Right:
    """One action on one resource; on items whose partition key is like `key`, `*` for whichever."""

    action: str
    resource: str
    key: str = "*"

    def covers(self, need: Need) -> bool:
        """Whether it allows this. A call without a key passes a condition on keys, as in AWS."""
        same = (self.action, self.resource) == (need.action, need.resource)
        return same and (not need.key or fnmatchcase(need.key, self.key))


Rights = Mapping[str, frozenset[Right]]
"""Of each role, by its name in the template."""


def rights(template: Mapping[str, Any]) -> Rights:
    """What the identity policies of the template allow, its own and those that are attached."""
    resources: Mapping[str, Any] = template["Resources"]
    return {
        name: frozenset(
            right for statement in statements_of(resources, name) for right in _rights_of(statement)
        )
        for name, one in resources.items()
        if one.get("Type") == "AWS::IAM::Role"
    }


def roles(template: Mapping[str, Any]) -> dict[str, str]:
    """The role of each function."""
    return {
        name: plain(one["Properties"]["Role"]).removesuffix(".Arn")
        for name, one in template["Resources"].items()
        if "Role" in one.get("Properties", {}) and "MemorySize" in one["Properties"]
    }


def statements_of(resources: Mapping[str, Any], role: str) -> Iterator[Mapping[str, Any]]:
    """The statements that bind a role."""
    properties = resources[role]["Properties"]
    documents = [one["PolicyDocument"] for one in properties.get("Policies", ())]
    documents += [
        resources[plain(attached)]["Properties"]["PolicyDocument"]
        for attached in properties.get("ManagedPolicyArns", ())
        if plain(attached) in resources  # AWS's own are not ours to judge
    ]
    for document in documents:
        yield from document["Statement"]


def _rights_of(statement: Mapping[str, Any]) -> Iterator[Right]:
    """Each action on each resource, for each kind of item: what could be taken out by itself."""
    if statement["Effect"] != "Allow":
        raise ValueError("a policy here allows, and forbids nothing")
    keys = [
        key
        for operator, tests in statement.get("Condition", {}).items()
        for key in listed(tests.get(LEADING_KEYS, ()))
        if operator == "ForAllValues:StringLike"
    ]
    for action in listed(statement["Action"]):
        for resource in listed(statement["Resource"]):
            for key in keys or ["*"]:
                yield Right(action, named(resource), key)


def listed(value: Any) -> list[Any]:
    """IAM takes one value for a list of one."""
    return list(value) if isinstance(value, list | tuple) else [value]


def plain(value: Any) -> str:
    """A `Ref`, `GetAtt` or `Sub` as the text in it, as YAML without its tags has it."""
    if isinstance(value, Mapping):
        ((value),) = value.values()
    return value if isinstance(value, str) else ".".join(value)


def named(resource: Any) -> str:
    """A resource by its name in the template: `Table/index/due`, `identity/SenderDomain`."""
    text = plain(resource)
    for written, meant in (("${AWS::", "${"), ("${", ""), ("}", ""), (".Arn", ""), (".Id", "")):
        text = text.replace(written, meant)
    return text.split(":", 5)[-1]


def allows(rights: Iterable[Right], need: Need) -> bool:
    return any(right.covers(need) for right in rights)


def unused(rights: Iterable[Right], needs: Iterable[Need]) -> set[Right]:
    """The rights that nothing needed: without them, all that was seen still works."""
    found = set(needs)
    return {right for right in rights if not any(right.covers(need) for need in found)}
