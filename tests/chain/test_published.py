"""From a registration to the published figures, on the running system."""

from collections.abc import Callable
from typing import Any

import requests

from tests.stack import Stack, eventually

Form = Callable[..., dict[str, Any]]


def page(stack: Stack, name: str = "") -> requests.Response:
    return requests.get(f"{stack.url}/cijfers/{name}", timeout=30)


def in_ledger(stack: Stack, reference: str) -> list[dict[str, Any]]:
    pages = stack.aws("dynamodb").get_paginator("scan").paginate(TableName="mijnbuddy-local")
    items = [item for page in pages for item in page["Items"]]
    return [
        item
        for item in items
        if item["pk"]["S"].startswith("LEDGER#") and item["reference"]["S"] == reference
    ]


def test_published(stack: Stack, form: Form) -> None:
    """
    A registration is counted and published with the next runs: on the page and in the files, which
    the front door gives with our headers. What is published nowhere is still the site's.
    """
    reference = stack.post(form()).headers["Location"].rpartition("=")[2]
    eventually(lambda: in_ledger(stack, reference))
    stack.run("Count")
    stack.run("Publish")
    told = page(stack, "figures.json").json()
    shown = page(stack)

    assert told["registered"] >= 1
    assert f"{told['registered']} van de 10.000" in shown.text
    assert f",registered,{told['registered']},shown" in page(stack, "figures.csv").text
    assert "Content-Security-Policy" in shown.headers
    assert "Cijfers van anderen" in page(stack, "anderen/").text
