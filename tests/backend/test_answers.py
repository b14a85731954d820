"""Whether what answered is AWS."""

from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib import bootstrap
from chalicelib.answers import WrongAnswerError, require_answer
from tests.backend.samples import NOW, registration


def answer(content: bytes, status: int = 200) -> Any:
    return {"status_code": status, "body": content}


@pytest.mark.parametrize("content", [b"{}", b"", b'{"Item": {}}'])
def test_of_aws(content: bytes) -> None:
    """
    An answer of JSON or of nothing is one.
    """
    require_answer(answer(content))


@pytest.mark.parametrize("content", [b"<!doctype html>", b'{"Item": {', b"\xff\xfe"])
def test_of_another(content: bytes) -> None:
    """
    Anything else than JSON is not.
    """
    with pytest.raises(WrongAnswerError):
        require_answer(answer(content))


def test_error() -> None:
    """
    An error is botocore's own to raise.
    """
    require_answer(answer(b"<h1>Bad gateway</h1>", 502))


class _Raw:
    """A body that was read."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Any:
        yield self._content


@pytest.mark.parametrize("content", [b"<!doctype html><title>Wi-Fi</title>", b"\xff\xfe"])
def test_of_a_proxy(aws: None, content: bytes) -> None:
    """
    A page with status 200 in the place of DynamoDB's answer is no write, nor are mere bytes.
    """
    store = bootstrap.store()
    headers: Any = {"content-type": "text/html"}
    page = AWSResponse("http://127.0.0.1", 200, headers, _Raw(content))
    events: Any = store._client.meta.events
    events.register_first("before-send", lambda **_: page)

    with pytest.raises(WrongAnswerError):
        store.add(registration())
    with pytest.raises(WrongAnswerError):
        store.get(registration().reference, NOW)
