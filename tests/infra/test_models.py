"""What is left of botocore's models of AWS, and that our code finds there all that it calls."""

import ast
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from infra.models import NoModelError, services, trimmed

BUILT = Path("build/backend/deployment.zip")
DATA = "botocore/data"

SHAPES = {
    "PutThingInput": {"type": "structure", "members": {"Thing": {"shape": "Thing"}}},
    "Thing": {
        "type": "structure",
        "documentation": "<p>Words</p>",
        "members": {"documentation": {"shape": "Text"}},
    },
    "Text": {"type": "string"},
    "Other": {"type": "string"},
}
MODEL = {
    "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "thing"},
    "operations": {
        "PutThing": {"name": "PutThing", "input": {"shape": "PutThingInput"}},
        "ListThings": {"name": "ListThings", "input": {"shape": "Other"}},
    },
    "shapes": SHAPES,
    "clientContextParams": {"Fast": {"documentation": "Fast or not", "type": "boolean"}},
    "documentation": "<p>Words</p>",
}
REGIONS = {
    "partitions": [{"partition": "aws-eusc", "services": {"thing": {"a": 1}, "other": {"b": 1}}}]
}


def files(source: str) -> dict[str, bytes]:
    """A zip with botocore and one service, and code of ours."""
    return {
        "chalicelib/bootstrap.py": b'_client("things")',
        "chalicelib/store.py": source.encode(),
        f"{DATA}/endpoints.json": json.dumps(REGIONS).encode(),
        f"{DATA}/partitions.json": b"{}",
        f"{DATA}/things/2012-01-01/service-2.json": b"{}",
        f"{DATA}/things/2020-01-01/service-2.json": json.dumps(MODEL).encode(),
        f"{DATA}/things/2020-01-01/waiters-2.json": b"{}",
        f"{DATA}/things/2020-01-01/paginators-1.json": b'{"pagination": {"ListThings": {"a": 1}}}',
        f"{DATA}/others/2020-01-01/service-2.json": b"{}",
    }


def part(those: dict[str, bytes], name: str) -> Any:
    return json.loads(those[f"{DATA}/things/2020-01-01/{name}.json"])


def test_called() -> None:
    """
    Of a service stay the operations that our code calls, with what they need to be understood.
    """
    left = trimmed(files("client.put_thing(Thing=1)"))
    model = part(left, "service-2")

    assert ["PutThing"] == list(model["operations"])
    assert ["PutThingInput", "Thing", "Text"] == list(model["shapes"])


def test_paginated() -> None:
    """
    An operation may be named in a text, as a paginator's is; how it is turned over stays.
    """
    left = trimmed(files('client.get_paginator("list_things")'))

    assert ["ListThings"] == list(part(left, "service-2")["operations"])
    assert {"pagination": {"ListThings": {"a": 1}}} == part(left, "paginators-1")


def test_words() -> None:
    """
    The documentation goes; what is only called so stays, and what botocore reads of it.
    """
    left = trimmed(files("client.put_thing(Thing=1)"))
    model = part(left, "service-2")
    thing = model["shapes"]["Thing"]

    assert "documentation" not in model
    assert MODEL["clientContextParams"] == model["clientContextParams"]
    assert {"type": "structure", "members": {"documentation": {"shape": "Text"}}} == thing


def test_others() -> None:
    """
    Services of which no client is opened, old versions, and what no function asks for go; the
    regions of our services stay, in every partition.
    """
    left = trimmed(files("client.put_thing(Thing=1)"))
    regions = json.loads(left[f"{DATA}/endpoints.json"])

    assert {
        "chalicelib/bootstrap.py",
        "chalicelib/store.py",
        f"{DATA}/endpoints.json",
        f"{DATA}/partitions.json",
        f"{DATA}/things/2020-01-01/service-2.json",
        f"{DATA}/things/2020-01-01/paginators-1.json",
    } == set(left)
    assert [{"partition": "aws-eusc", "services": {"thing": {"a": 1}}}] == regions["partitions"]


def test_unknown_service() -> None:
    """
    A client of a service that is not there would fail in production: it fails while packaging.
    """
    with pytest.raises(NoModelError, match="nothings"):
        trimmed(files("") | {"chalicelib/bootstrap.py": b'_client("nothings")'})


def test_without_botocore() -> None:
    """
    A zip without botocore stays as it is.
    """
    assert {"a.py": b"a"} == trimmed({"a.py": b"a"})


def test_services() -> None:
    """
    What our functions use of AWS.
    """
    found = services(Path("backend/chalicelib/bootstrap.py").read_bytes())

    assert {"dynamodb", "s3", "secretsmanager", "sesv2", "sqs"} == found


def calls() -> Iterator[tuple[str, str]]:
    """
    Each call to AWS in our code: the service, by the type of the client that a class takes, or one
    that it is a kind of, and the method.
    """
    trees = [ast.parse(file.read_text()) for file in Path("backend/chalicelib").glob("*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for node in classes:
        for service in _clients_of(node, classes):
            yield from ((service, method) for method in _methods(node))


def _clients_of(node: ast.ClassDef, classes: Sequence[ast.ClassDef]) -> Iterator[str]:
    bases = {one.id for one in node.bases if isinstance(one, ast.Name)} - {"Protocol"}
    for base in (one for one in classes if one.name in bases and one is not node):
        yield from _clients_of(base, classes)
    for argument in (one for one in ast.walk(node) if isinstance(one, ast.arg)):
        kind = argument.annotation
        if isinstance(kind, ast.Constant) and str(kind.value).endswith("Client"):
            yield str(kind.value).removesuffix("Client").lower()


def _methods(node: ast.ClassDef) -> Iterator[str]:
    for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
        match call.func:
            case ast.Attribute(
                value=ast.Attribute(attr="_client"), attr="get_paginator" | "generate_presigned_url"
            ):
                yield str(ast.literal_eval(call.args[0]))
            case ast.Attribute(value=ast.Attribute(attr="_client"), attr=method):
                yield method


def test_all_there() -> None:
    """
    Whatever our code calls is in the models of the zip.
    """
    with zipfile.ZipFile(BUILT) as archive:
        there = {
            (name.split("/")[2], xform_name(operation))
            for name in archive.namelist()
            if name.startswith(f"{DATA}/") and name.endswith("/service-2.json")
            for operation in json.loads(archive.read(name))["operations"]
        }
    called = set(calls()) | {("secretsmanager", "get_secret_value")}

    assert {
        ("dynamodb", "put_item"),
        ("dynamodb", "batch_get_item"),
        ("dynamodb", "query"),
        ("s3", "upload_part"),
        ("s3", "get_object"),
        ("sesv2", "send_email"),
    } <= called
    assert set() == called - there
