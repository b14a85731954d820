"""
Values as DynamoDB writes them: each with its type beside it, `{"S": "Aalst"}`.

boto3 has the same, and importing it costs more than all of our own code together: it brings the
transfer manager of S3. A test compares the two. Sets and fractions are not here: no item of ours
has them.
"""

from collections.abc import Mapping
from typing import Any

Attribute = Mapping[str, Any]


def written(value: object) -> Attribute:  # noqa: PLR0911 (a type, an answer)
    """
    The value for DynamoDB; a tuple is a list.

    Raises `TypeError` for what it can't keep.
    """
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": {name: written(one) for name, one in value.items()}}
        case list() | tuple():
            return {"L": [written(one) for one in value]}
    raise TypeError(f"DynamoDB keeps no {type(value).__name__} of ours")


def read(attribute: Attribute) -> Any:
    """
    The value behind an attribute.

    Raises `TypeError` for a type that we never write.
    """
    [(kind, value)] = attribute.items()
    match kind:
        case "NULL":
            return None
        case "BOOL" | "S" | "B":
            return value
        case "N":
            return int(value)
        case "M":
            return {name: read(one) for name, one in value.items()}
        case "L":
            return [read(one) for one in value]
    raise TypeError(f"an attribute of type {kind} is not ours")
