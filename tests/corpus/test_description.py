"""
Schemathesis reads docs/openapi.yaml and makes requests of it: what it says is right, what it says
is wrong, and what it leaves open. Each answer must be as described there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from schemathesis import Case, CheckFunction, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.corpus.application import Application, Outcome, complaints

FILE = Path(__file__).parents[2] / "docs" / "openapi.yaml"
PATH = "/openapi.yaml"
OTHERS = (
    *("form", "projectForm", "token", "health", "status", "search", "thanks"),
    *("download", "downloadHead"),
)
FORMS = ("register", "suggest")


class Wsgi:
    """The application and the published description behind one door, as WSGI has it."""

    def __init__(self, application: Application, description: str = "") -> None:
        self.application = application
        self.last: Outcome | None = None
        self._description = description or FILE.read_text(encoding="utf-8")

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            start("200 OK", [("Content-Type", "application/yaml")])
            return [self._description.encode()]
        query = environ.get("QUERY_STRING", "")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        outcome = self.last = self.application.send(
            environ["wsgi.input"].read(length),
            environ.get("CONTENT_TYPE", ""),
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"] + (f"?{query}" if query else ""),
            headers=dict(_headers(environ)),
        )
        phrase = HTTPStatus(outcome.status).phrase
        start(f"{outcome.status} {phrase}", list(outcome.headers.items()))
        return [outcome.answer.encode()]


def _headers(environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name.removeprefix("HTTP_").replace("_", "-").title(), value


def checked(case: Case[Any], wsgi: Wsgi, excluded: Sequence[CheckFunction] = ()) -> None:
    response = case.call()
    case.validate_response(response, excluded_checks=list(excluded))
    assert wsgi.last
    assert case.method in {"GET", "HEAD"} or [] == complaints(wsgi.last)


@pytest.fixture
def wsgi(application: Application) -> Wsgi:
    return Wsgi(application)


@pytest.mark.parametrize("name", FORMS)
def test_right(wsgi: Wsgi, name: str) -> None:
    """
    What fits the description gets an answer that it describes; the form may want more than a
    description can say, such as a postcode that exists.
    """
    operation = from_wsgi(PATH, wsgi).find_operation_by_id(name)

    @settings(max_examples=150)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def each(case: Case[Any]) -> None:
        checked(case, wsgi, [positive_data_acceptance])

    each()
    assert wsgi.application.requests >= 150


@pytest.mark.parametrize("name", FORMS)
def test_wrong(wsgi: Wsgi, name: str) -> None:
    """
    What does not fit the description is refused, as described.
    """
    operation = from_wsgi(PATH, wsgi).find_operation_by_id(name)

    @settings(max_examples=150)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def each(case: Case[Any]) -> None:
        checked(case, wsgi)

    each()
    assert wsgi.application.requests >= 150


@pytest.mark.parametrize("name", OTHERS)
def test_others(wsgi: Wsgi, name: str) -> None:
    """
    The other addresses answer as described, whatever is asked.
    """
    operation = from_wsgi(PATH, wsgi).find_operation_by_id(name)

    @settings(max_examples=50)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def each(case: Case[Any]) -> None:
        checked(case, wsgi)

    each()
    assert wsgi.application.requests


def test_all_tried() -> None:
    """
    Every operation is tried. Described a new one? Add its operationId to OTHERS, above.
    """
    paths = yaml.safe_load(FILE.read_text(encoding="utf-8"))["paths"].values()

    assert {*FORMS, *OTHERS} == {
        operation["operationId"] for methods in paths for operation in methods.values()
    }


def test_undescribed(wsgi: Wsgi) -> None:
    """
    An answer that is not described is noticed.
    """
    described = FILE.read_text(encoding="utf-8").replace('"303":', '"302":')
    operation = from_wsgi(PATH, Wsgi(wsgi.application, described)).find_operation_by_id("form")

    with pytest.raises(FailureGroup):
        checked(operation.Case(), wsgi)
