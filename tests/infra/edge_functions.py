"""
Runs the functions of CloudFront in a browser: its engine knows more of JavaScript than theirs, so
what they may not use is tested apart (tests/infra/test_edge_functions.py).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

# As text, both ways: Playwright takes long to hand over many objects.
RUN = """async (given) => {
  const { code, store, events } = JSON.parse(given);
  const get = async (key) => {
    if (!Object.hasOwn(store, key)) throw new Error('KeyNotFound');
    return store[key];
  };
  const cf = { kvs: () => ({ get }) };
  const handler = new Function('cf', code + '; return handler;')(cf);
  const answers = [];
  for (const event of events) answers.push(await handler(event));
  return JSON.stringify(answers);
}"""


@dataclass(frozen=True)
class Outcome:
    """
    What a function made of a request: the path that CloudFront goes on with, or an answer of its
    own with `status`.
    """

    path: str = ""
    status: int = 0
    headers: Mapping[str, str] | None = None
    asked: Mapping[str, Any] | None = None

    @property
    def location(self) -> str:
        return (self.headers or {}).get("location", "")


def run(page: Page, code: str, store: Mapping[str, str], events: Sequence[Any]) -> list[Any]:
    """What the function gives for each event, in the order of the events."""
    body = code.replace("import cf from 'cloudfront';", "")
    given = json.dumps({"code": body, "store": dict(store), "events": list(events)})
    answers: list[Any] = json.loads(page.evaluate(RUN, given))
    return answers


def requests(
    page: Page, code: str, store: Mapping[str, str], asked: Sequence[Mapping[str, Any]]
) -> list[Outcome]:
    """What the function makes of requests, each made by `request`."""
    return [_outcome(answer) for answer in run(page, code, store, [{"request": a} for a in asked])]


def request(path: str, query: str = "", **headers: str) -> dict[str, Any]:
    """A request as CloudFront writes it."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    values: dict[str, Any] = {}
    for name, _, value in pairs:
        if name in values:
            known = values[name].setdefault("multiValue", [{"value": values[name]["value"]}])
            known.append({"value": value})
        else:
            values[name] = {"value": value}
    named = {name.replace("_", "-"): {"value": value} for name, value in headers.items()}
    return {"method": "GET", "uri": path, "querystring": values, "headers": named}


def code_of(template: Mapping[str, Any], name: str, host: str = "") -> str:
    """The code of a function in the template, as CloudFormation hands it to CloudFront."""
    code = template["Resources"][name]["Properties"]["FunctionCode"]
    if isinstance(code, str):
        return code
    text: str = code["Fn::Sub"][0]
    return text.replace("${SiteHost}", host)


def _outcome(answer: Mapping[str, Any]) -> Outcome:
    headers = {name: one["value"] for name, one in answer["headers"].items()}
    if "statusCode" in answer:
        return Outcome(status=answer["statusCode"], headers=headers)
    return Outcome(path=answer["uri"], asked=answer["headers"])
