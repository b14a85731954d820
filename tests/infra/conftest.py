"""The templates that go to AWS, read once. Not to change: who spoils one reads its own."""

from typing import Any

import pytest

from tests.infra import built


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """That of the system."""
    return built.read()


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


@pytest.fixture(scope="session")
def everywhere() -> dict[str, Any]:
    """That of us-east-1."""
    return built.read("global.json")


@pytest.fixture(scope="session")
def all_resources(template: dict[str, Any], everywhere: dict[str, Any]) -> dict[str, Any]:
    """Those of both templates."""
    first, second = template["Resources"], everywhere["Resources"]
    assert not first.keys() & second.keys()
    found: dict[str, Any] = first | second
    return found
