"""The description that we publish says what the code does: the same fields, limits, addresses."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

import app as entry_points
from chalicelib.domain.form import FIELDS, MAX_BODY, Field, parse
from chalicelib.domain.site import AGENCY_DESK, MUNICIPALITY_DESK, REGISTRATIONS
from chalicelib.intake import FORM, JSON, read
from chalicelib.web import PROBLEM

FILE = Path(__file__).parents[2] / "docs" / "openapi.yaml"
DESCRIPTION: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SCHEMAS = DESCRIPTION["components"]["schemas"]
POST = DESCRIPTION["paths"][REGISTRATIONS]["post"]
BODIES = POST["requestBody"]["content"]

# Behind a link in a mail, or for who signed in: no part of the public API. A new route is either
# below one of these or in docs/openapi.yaml.
PRIVATE = ("/mijn/", MUNICIPALITY_DESK.rstrip("/"), AGENCY_DESK.rstrip("/"))


class Strict(yaml.SafeLoader):
    """YAML takes the last of two; other readers refuse the file."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(name) for name, _ in node.value]
        assert len(names) == len(set(names)), f"twice in {node.start_mark}: {names}"
        return super().construct_mapping(node, deep)


def test_no_doubles() -> None:
    """
    Nothing is described twice.
    """
    assert DESCRIPTION == yaml.load(FILE.read_text(encoding="utf-8"), Strict)


def described(field: Field) -> dict[str, Any]:
    """What docs/openapi.yaml says of a field, but for the words."""
    text: dict[str, Any] = (
        {"type": "string", "minLength": 1} if field.required else {"type": "string"}
    )
    limits: dict[str, Any] = {"items": text}
    if field.kind != "trap":  # what stands there is read whole, and never wrong
        text["maxLength"] = field.max_length
        limits |= {"maxLength": field.max_length, "maxItems": field.max_values}
    if field.required:
        return {"type": ["string", "array"], "minLength": 1, "minItems": 1} | limits
    return {"type": ["string", "array", "null"]} | limits


@pytest.mark.parametrize("name", FIELDS)
def test_field(name: str) -> None:
    """
    Each field of the form is described with its limits. Added one? Describe it below `Registration`
    in docs/openapi.yaml, as the others are, and say in words what it is for.
    """
    schema = dict(SCHEMAS["Registration"]["properties"][name])
    if FIELDS[name].kind == "checkbox":
        assert ["yes", ["yes"]] == schema["enum"]
        return

    assert schema.pop("description")
    assert described(FIELDS[name]) == schema


def test_fields() -> None:
    """
    There are no other fields, and the required ones are those of the form.
    """
    schema = SCHEMAS["Registration"]

    assert list(FIELDS) == list(schema["properties"])
    assert [name for name, field in FIELDS.items() if field.required] == schema["required"]
    assert schema["additionalProperties"] is False
    assert {FORM, JSON} == set(BODIES)
    assert {"$ref": "#/components/schemas/Registration"} == BODIES[FORM]["schema"]
    assert BODIES[FORM]["schema"] == BODIES[JSON]["schema"]


def test_size() -> None:
    """
    The limit of a body is the one that is read.
    """
    assert f"{MAX_BODY:,} bytes" in POST["description"]
    assert f"{MAX_BODY:,} bytes" in POST["responses"]["413"]["description"]


def test_routes() -> None:
    """
    Each public route is described, by method, and no other is. Added one? Describe it in
    docs/openapi.yaml, or name it in PRIVATE, above, if a link in a mail leads there.
    """
    routes = {
        (path, method.lower())
        for path, methods in entry_points.app.routes.items()
        for method in methods
        if not path.startswith(PRIVATE)
    }

    assert routes == {
        (path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods
    }
    assert all(any(path.startswith(one) for path in entry_points.app.routes) for one in PRIVATE)


EXAMPLES: list[tuple[str, dict[str, Any]]] = [
    (content_type, example["value"])
    for content_type, body in BODIES.items()
    for example in body["examples"].values()
]


@pytest.mark.parametrize(("content_type", "example"), EXAMPLES)
def test_examples(content_type: str, example: dict[str, Any]) -> None:
    """
    The examples are valid by the description, and the form takes them.
    """
    body = urlencode(example, doseq=True) if content_type == FORM else json.dumps(example)

    assert [] == list(Draft202012Validator(SCHEMAS["Registration"]).iter_errors(example))
    assert parse(read(content_type, body.encode())).answers.name == example["name"]


def test_answers() -> None:
    """
    The example of an answer, and of one with errors, is valid too.
    """
    registered = POST["responses"]["201"]["content"][JSON]["examples"]["registered"]["value"]
    problem = POST["responses"]["422"]["content"][PROBLEM]["examples"]["nothing filled in"]
    definitions = {"components": {"schemas": SCHEMAS}}
    invalid = Draft202012Validator(SCHEMAS["InvalidAnswers"] | definitions)

    assert Draft202012Validator(SCHEMAS["Registered"]).is_valid(registered)
    assert [] == list(invalid.iter_errors(problem["value"]))
    assert not invalid.is_valid({"type": "about:blank"})
