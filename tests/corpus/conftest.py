"""The real application on AWS in memory, as the suite of the backend sets it up."""

from collections.abc import Iterator

import pytest

from tests.backend.conftest import aws
from tests.corpus.application import Application, started

__all__ = ["aws"]


@pytest.fixture
def application(aws: None) -> Iterator[Application]:
    with started() as application:
        yield application
