"""The templates that go to AWS, as `make package` made them, and what tests look for in them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BUILT = Path("build/backend")


def read(name: str = "sam.json") -> dict[str, Any]:
    """That of the system, or `global.json` for us-east-1; to change, if need be."""
    found: dict[str, Any] = json.loads((BUILT / name).read_text())
    return found


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    """What a test asks something of: where there is none, it would prove nothing."""
    found = {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}
    assert found, kind
    return found


def found_in(value: Any, key: str) -> Iterator[Any]:
    """Every value with that key, however deep."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        for one in value.values():
            yield from found_in(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from found_in(one, key)


def statements(resources: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each statement of each policy, with the resource that it stands in."""
    for name, one in resources.items():
        for part in found_in(one["Properties"], "Statement"):
            if isinstance(part, list):  # the firewall has statements that are none
                for statement in part:
                    yield name, statement
        for part in found_in(one["Properties"], "CustomStatements"):
            for statement in part:
                yield name, statement
