"""
Keeps of botocore's models of AWS what our code calls.

botocore makes a client from data: which operations a service has and what each takes. There are
400 services in it; making our client means finding it among them and reading all of its
operations. In the zip only those stay that our own code names, so nobody keeps a list: a new call
brings its operation along, a new `_client("…")` or `_open("…")` in `bootstrap` its service.
"""

import ast
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from botocore import xform_name

DATA = "botocore/data/"
OPENS_CLIENTS = "chalicelib/bootstrap.py"
OPENERS = frozenset({"_client", "_open"})
"""The functions there that open a client, of the service that their first argument names."""

OURS = re.compile(r"app\.py|chalicelib/.+\.py")
REGIONS = f"{DATA}endpoints.json"
SERVICE, PAGES = "service-2", "paginators-1"
WORDS = "documentation"
# Waiters and examples are not among them: no function waits for AWS, and examples are for readers.
PARTS = (SERVICE, PAGES, "endpoint-rule-set-1", "service-2.sdk-extras")

Model = dict[str, Any]


class NoModelError(Exception):
    """A client is opened of a service that botocore does not know: the function would fail."""


def trimmed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """
    The files of the zip, with the models trimmed; as they are when botocore is not among them.

    Raises `NoModelError`.
    """
    kept = {name: content for name, content in files.items() if not _is_model(name)}
    if len(kept) == len(files):
        return kept
    names = frozenset(_names(files))
    prefixes = set()
    for service in sorted(services(files[OPENS_CLIENTS])):
        model = _trimmed_service(_parts(service, files), names)
        prefixes.add(model[SERVICE]["metadata"]["endpointPrefix"])
        version = model[SERVICE]["metadata"]["apiVersion"]
        for part, content in model.items():
            kept[f"{DATA}{service}/{version}/{part}.json"] = _written(content)
    kept[REGIONS] = _written(_trimmed_regions(json.loads(files[REGIONS]), prefixes))
    return kept


def services(source: bytes) -> set[str]:
    """The services of which a module opens a client, by name: each `_client("…")`."""
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in OPENERS
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def _is_model(name: str) -> bool:
    """Whether it is a model of a service: those have folders, what is of all of them has none."""
    return name.startswith(DATA) and "/" in name.removeprefix(DATA)


def _names(files: Mapping[str, bytes]) -> Iterator[str]:
    """
    Whatever may name an operation in our code: attributes, as in `client.put_item(…)`, and texts,
    as in `client.get_paginator("query")`. Too many, of which an operation may be kept in vain.
    """
    for name, content in files.items():
        if OURS.fullmatch(name):
            for node in ast.walk(ast.parse(content)):
                if isinstance(node, ast.Attribute):
                    yield node.attr
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _parts(service: str, files: Mapping[str, bytes]) -> Model:
    """The model of a service in its last version, by its parts."""
    versions: dict[str, Model] = {}
    for name, content in files.items():
        if name.startswith(f"{DATA}{service}/"):
            path = PurePosixPath(name)
            part = path.name.removesuffix(".gz").removesuffix(".json")
            text = gzip.decompress(content) if path.suffix == ".gz" else content
            if part in PARTS:
                versions.setdefault(path.parent.name, {})[part] = json.loads(text)
    complete = [version for version, parts in versions.items() if SERVICE in parts]
    if not complete:
        raise NoModelError(service)
    return versions[max(complete)]


def _trimmed_service(parts: Model, names: frozenset[str]) -> Model:
    model = parts[SERVICE]
    operations = {
        name: operation
        for name, operation in model["operations"].items()
        if xform_name(name) in names
    }
    shapes = _needed(operations, model["shapes"])
    # What is beside these has few words, of which botocore reads some: clientContextParams.
    few = {"operations": _without_words(operations), "shapes": _without_words(shapes)}
    trimmed = {SERVICE: {name: part for name, part in (model | few).items() if name != WORDS}}
    if PAGES in parts:
        pagination = parts[PAGES]["pagination"]
        those = {name: pages for name, pages in pagination.items() if name in operations}
        trimmed[PAGES] = {"pagination": those}
    return parts | trimmed


def _needed(operations: Model, shapes: Model) -> Model:
    """The shapes that the operations name, and those which these name."""
    found: set[str] = set()
    waiting = list(_shapes_in(operations))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _shapes_in(shapes[name])
    return {name: shape for name, shape in shapes.items() if name in found}


def _shapes_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        # A structure may have a member that is called «shape»: that is no name of one.
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for inner in value.values():
            yield from _shapes_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shapes_in(inner)


def _without_words(value: Any) -> Any:
    """Without the documentation; a member of that name is no text but a structure, and stays."""
    if isinstance(value, dict):
        return {
            name: _without_words(inner)
            for name, inner in value.items()
            if not (name == WORDS and isinstance(inner, str))
        }
    return [_without_words(inner) for inner in value] if isinstance(value, list) else value


def _trimmed_regions(regions: Model, prefixes: set[str]) -> Model:
    """Every region of every partition, for our services: where we live is a setting."""
    partitions = [
        one | {"services": {name: s for name, s in one["services"].items() if name in prefixes}}
        for one in regions["partitions"]
    ]
    return regions | {"partitions": partitions}


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
