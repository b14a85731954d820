"""What the zip is made of, by which licences, and that it is told the same way twice."""

import json
from email.message import Message
from importlib.metadata import packages_distributions

import pytest

from infra import supply
from infra.supply import Part

OURS = {"app.py", "chalicelib"}


def test_licences() -> None:
    """
    Every package in the zip says its licence, and none asks more than to be named.
    """
    parts = supply.in_zip()

    assert [] == supply.forbidden(parts)
    assert {"botocore", "chalice", "jinja2", "phonenumberslite"} <= {one.name for one in parts}


def test_all_of_it() -> None:
    """
    Nothing at the top of the zip but our own code is without a package that is named.
    """
    named = {one.name.replace("-", "_") for one in supply.in_zip()}
    packages = packages_distributions()
    nameless = {
        folder
        for folder in supply.folders() - OURS
        if not named
        & {one.lower().replace("-", "_") for one in packages.get(folder.removesuffix(".py"), ())}
    }

    assert set() == nameless


def test_document() -> None:
    """
    docs/licences.md is what `make sbom` writes of this zip and this lock.
    """
    text = supply.DOCUMENT.read_text(encoding="utf-8")

    assert supply.written(text, supply.in_zip(), supply.tools()) == text


@pytest.mark.parametrize(
    "licence",
    ["GPL-3.0-only", "AGPLv3", "GNU Lesser General Public License v3", supply.UNSAID],
)
def test_forbidden(licence: str) -> None:
    """
    A licence of the GPL family, or none at all, is refused.
    """
    assert [Part("x", "1", licence)] == supply.forbidden([Part("x", "1", licence)])


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ({"License-Expression": "MIT"}, "MIT"),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, "BSD License"),
        ({"License": "Apache-2.0"}, "Apache-2.0"),
        ({"License": "Permission is hereby granted " * 9}, supply.UNSAID),
        ({}, supply.UNSAID),
    ],
)
def test_words(headers: dict[str, str], licence: str) -> None:
    """
    As the package says it, in the way that says most.
    """
    metadata = Message()
    for name, value in headers.items():
        metadata[name] = value

    assert licence == supply.licence(metadata)


def test_either() -> None:
    """
    A package under one licence or another says both.
    """
    metadata = Message()
    for name in ("BSD License", "Apache Software License"):
        metadata["Classifier"] = f"License :: OSI Approved :: {name}"

    assert "BSD License OR Apache Software License" == supply.licence(metadata)


def test_bom() -> None:
    """
    CycloneDX, with where each package comes from; the same twice, and another for another zip.
    """
    parts = [Part("jinja2", "3.1.6", "BSD License")]
    first, again, other = (
        supply.bom("mijnbuddy-zip", "0.1.0", digest * 64, parts) for digest in "aab"
    )
    document = json.loads(first)

    assert first == again != other
    assert "CycloneDX" == document["bomFormat"]
    assert "pkg:pypi/jinja2@3.1.6" == document["components"][0]["purl"]
    assert "a" * 64 == document["metadata"]["component"]["hashes"][0]["content"]
    assert "timestamp" not in first


def test_no_place() -> None:
    """
    A document that has lost its place for the tables is an error.
    """
    with pytest.raises(ValueError, match="no place"):
        supply.written("# Licences", [], [])
