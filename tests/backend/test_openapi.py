"""The description that we publish says what the code does: the same fields, limits, addresses."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

import app as entry_points
from chalicelib.domain import form, suggestion_form
from chalicelib.domain.form import MAX_BODY, Field, Fields
from chalicelib.domain.site import AGENCY_DESK, MUNICIPALITY_DESK, REGISTRATIONS, SUGGESTIONS
from chalicelib.intake import FORM, JSON, read
from chalicelib.web import PROBLEM

FILE = Path(__file__).parents[2] / "docs" / "openapi.yaml"
DESCRIPTION: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SCHEMAS = DESCRIPTION["components"]["schemas"]
POSTS = {path: DESCRIPTION["paths"][path]["post"] for path in (REGISTRATIONS, SUGGESTIONS)}
FORMS: dict[str, Fields] = {"Registration": form.FIELDS, "Suggestion": suggestion_form.FIELDS}
QUESTIONS = [(schema, name) for schema, fields in FORMS.items() for name in fields]

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


@pytest.mark.parametrize(("form_", "name"), QUESTIONS)
def test_field(form_: str, name: str) -> None:
    """
    Each field of a form is described with its limits. Added one? Describe it below `Registration`
    or `Suggestion` in docs/openapi.yaml, as the others are, and say in words what it is for.
    """
    question = FORMS[form_][name]
    schema = dict(SCHEMAS[form_]["properties"][name])
    if question.kind == "checkbox":
        assert ["yes", ["yes"]] == schema["enum"]
        return

    assert schema.pop("description")
    assert described(question) == schema


@pytest.mark.parametrize(("form_", "path"), list(zip(FORMS, POSTS, strict=True)))
def test_fields(form_: str, path: str) -> None:
    """
    There are no other fields, and the required ones are those of the form.
    """
    schema, fields = SCHEMAS[form_], FORMS[form_]
    bodies = POSTS[path]["requestBody"]["content"]

    assert list(fields) == list(schema["properties"])
    assert [name for name, field in fields.items() if field.required] == schema["required"]
    assert schema["additionalProperties"] is False
    assert {FORM, JSON} == set(bodies)
    assert {"$ref": f"#/components/schemas/{form_}"} == bodies[FORM]["schema"]
    assert bodies[FORM]["schema"] == bodies[JSON]["schema"]


@pytest.mark.parametrize("path", POSTS)
def test_size(path: str) -> None:
    """
    The limit of a body is the one that is read.
    """
    assert f"{MAX_BODY:,} bytes" in POSTS[path]["description"]
    assert f"{MAX_BODY:,} bytes" in POSTS[path]["responses"]["413"]["description"]


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


EXAMPLES: list[tuple[str, str, dict[str, Any]]] = [
    (form_, content_type, example["value"])
    for form_, post in zip(FORMS, POSTS.values(), strict=True)
    for content_type, body in post["requestBody"]["content"].items()
    for example in body["examples"].values()
]


@pytest.mark.parametrize(("form_", "content_type", "example"), EXAMPLES)
def test_examples(form_: str, content_type: str, example: dict[str, Any]) -> None:
    """
    The examples are valid by the description, and the form takes them.
    """
    body = urlencode(example, doseq=True) if content_type == FORM else json.dumps(example)

    assert [] == list(Draft202012Validator(SCHEMAS[form_]).iter_errors(example))
    parse = form.parse if form_ == "Registration" else suggestion_form.parse
    assert parse(read(content_type, body.encode())).answers.name == example["name"]


def test_answers() -> None:
    """
    The example of an answer, and of one with errors, is valid too.
    """
    registered = POSTS[REGISTRATIONS]["responses"]["201"]["content"][JSON]["examples"][
        "registered"
    ]["value"]
    problem = POSTS[REGISTRATIONS]["responses"]["422"]["content"][PROBLEM]["examples"][
        "nothing filled in"
    ]
    definitions = {"components": {"schemas": SCHEMAS}}
    invalid = Draft202012Validator(SCHEMAS["InvalidAnswers"] | definitions)

    assert Draft202012Validator(SCHEMAS["Registered"]).is_valid(registered)
    assert [] == list(invalid.iter_errors(problem["value"]))
    assert not invalid.is_valid({"type": "about:blank"})
