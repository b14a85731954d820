"""Who may what, as the table of docs/security.md shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.rights.policies import LEADING_KEYS, listed, named, rights, statements_of

HEAD = (
    "| role | reads | writes | deletes | walks through | and |",
    "| --- | --- | --- | --- | --- | --- |",
)
TABLE = "Table"
ABLE = {
    "SigningKey": "the signing key",
    "identity/SenderDomain": "sends mail",
    "ExportsBucket/*": "the files of officers",
    "PublishedBucket/cijfers/*": "the published figures",
    "MailEvents": "the queue of mail events",
    "MailEventFailures": "dead letters",
    "*": "SES’s suppression list",
}
"""What a role may do that is not about the table; the rest is AWS's own (judgement.OF_AWS)."""


def table(template: Mapping[str, Any]) -> str:
    """A line for each role, in the order of the template."""
    lines = (_line(template, role) for role in rights(template))
    return "\n".join((*HEAD, *lines))


def _line(template: Mapping[str, Any], role: str) -> str:
    cells = (
        f"`{role.removesuffix('Role')}`",
        _kinds(template, role, "GetItem", "BatchGetItem", "Query"),
        _kinds(template, role, "PutItem", "UpdateItem"),
        _kinds(template, role, "DeleteItem"),
        ", ".join(_walks(template, role)) or "–",
        ", ".join(_else(template, role)) or "–",
    )
    return f"| {' | '.join(cells)} |"


def _kinds(template: Mapping[str, Any], role: str, *operations: str) -> str:
    actions = {f"dynamodb:{operation}" for operation in operations}
    kinds = {
        f"`{key.removesuffix('#*')}`"
        for statement in statements_of(template["Resources"], role)
        if actions & set(listed(statement["Action"]))
        for operator in statement["Condition"].values()
        for key in listed(operator[LEADING_KEYS])
        if named(statement["Resource"]) == TABLE
    }
    indexes = {
        f"*{right.key}*"
        for right in rights(template)[role]
        if right.action in actions and "/index/" in right.resource
    }
    return " ".join((*sorted(kinds), *sorted(indexes))) or "–"


def _walks(template: Mapping[str, Any], role: str) -> Iterator[str]:
    for statement in statements_of(template["Resources"], role):
        if statement["Action"] == "dynamodb:Scan":
            yield "keys only" if "Condition" in statement else "everything"


def _else(template: Mapping[str, Any], role: str) -> list[str]:
    there = {
        right.resource for right in rights(template)[role] if right.action != "dynamodb:ListStreams"
    }
    return [shown for resource, shown in ABLE.items() if resource in there]
