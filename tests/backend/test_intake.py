"""Reading a posted body: both kinds to the same, and every refusal with its status."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.form import MAX_BODY, MAX_VALUES, InvalidFormError, Posted
from chalicelib.intake import FORM, JSON, UnreadableError, media_type, read
from tests.backend.samples import posted

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)


def status(content_type: str, body: bytes) -> int:
    with pytest.raises(UnreadableError) as refused:
        read(content_type, body)
    assert refused.value.message.endswith(".")
    return refused.value.status


def fields(body: bytes) -> list[str]:
    with pytest.raises(InvalidFormError) as refused:
        read(JSON, body)
    return [error.field for error in refused.value.form.errors]


def plain(read_: Posted) -> dict[str, list[str]]:
    return {name: list(values) for name, values in read_.items()}


def test_both_kinds() -> None:
    """
    A form and JSON give the same answers.
    """
    answers = posted(municipality=["41002", "44021"], name="Anaïs & co=ô+%")
    form = urlencode(answers, doseq=True).encode()
    document = {name: value if len(value) > 1 else value[0] for name, value in answers.items()}

    assert answers == plain(read(FORM, form))
    assert answers == plain(read(JSON, json.dumps(document).encode()))
    assert answers == plain(read(JSON, json.dumps(document, ensure_ascii=False).encode()))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        " application/json ;x=y",
    ],
)
def test_media_type(content_type: str) -> None:
    """
    A content type is read whatever its case and parameters.
    """
    assert JSON == media_type(content_type)
    assert {} == plain(read(content_type, b"{}"))


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/html",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "application/x-www-form-urlencoded2",
        "application/json, text/plain",
        "; application/json",
        "*/*",
    ],
)
def test_other_types(content_type: str) -> None:
    """
    Any other type is refused as such.
    """
    assert 415 == status(content_type, b"{}")


@pytest.mark.parametrize("content_type", [FORM, JSON, "text/plain"])
def test_too_large(content_type: str) -> None:
    """
    A body over the limit is refused before it is read.
    """
    assert 413 == status(content_type, b"a" * (MAX_BODY + 1))
    assert 413 == status(content_type, b"a" * 1_000_000)


def test_just_fits() -> None:
    """
    A body of just the limit is read.
    """
    body = b"about=" + b"a" * (MAX_BODY - 6)

    assert {"about": ["a" * (MAX_BODY - 6)]} == plain(read(FORM, body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"name=Jan",
        b"{",
        b'{"name": "Jan"',
        b'{"name": "Jan"}}',
        b"{'name': 'Jan'}",
        b"[]",
        b'["name"]',
        b'"name"',
        b"1",
        b"null",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "name": "b"}',
        b'{"about": {"x": 1, "x": 2}}',
        b'{"name": "\xff"}',
        b'{"name": "a\nb"}',
        b'\xef\xbb\xbf{"name": "Jan"}',
        '{"name": "Jan"}'.encode("utf-16"),
        '{"name": "Jan"}'.encode("utf-16-le"),
        '{"name": "Jan"}'.encode("utf-32"),
        b"[" * 30_000,
        b'{"name": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_no_json(body: bytes) -> None:
    """
    What is no object of JSON in UTF-8, with each name once, is refused.
    """
    assert 400 == status(JSON, body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"name": ' + b"[" * 15_000 + b"]" * 15_000 + b"}",
        b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ],
    ids=["objects", "very deep", "lists"],
)
def test_deep(body: bytes) -> None:
    """
    Nesting without end is refused, be it as JSON or as an answer.
    """
    with pytest.raises((UnreadableError, InvalidFormError)):
        read(JSON, body)


@pytest.mark.parametrize(
    "value",
    ["1", "1.5", "-0", "1e999", "true", "{}", '{"x": "y"}', "[1]", '["a", 1]', "[null]", '[["a"]]'],
)
def test_wrong_types(value: str) -> None:
    """
    An answer that is no text is refused under its name.
    """
    assert ["name"] == fields(f'{{"name": {value}, "email": "a"}}'.encode())


def test_all_wrong_types() -> None:
    """
    All answers of a wrong type are said at once, as many as the form could have.
    """
    assert ["name", "email"] == fields(b'{"name": 1, "email": 2, "phone": "x"}')
    many = json.dumps({f"x{number}": 1 for number in range(1_000)}).encode()
    assert MAX_VALUES == len(fields(many))


def test_wrong_type_of_hostile_name() -> None:
    """
    The name of an answer that we don't know is not repeated when it is no plain word.
    """
    hostile = {"\ud800": 1, "<script>": 1, "x" * 5_000: 1, "": 1}

    assert {"form"} == set(fields(json.dumps(hostile).encode()))


def test_null() -> None:
    """
    null is not answered; an empty list neither.
    """
    assert {"phone": [], "about": []} == plain(read(JSON, b'{"phone": null, "about": []}'))


def test_escapes() -> None:
    """
    JSON's escapes are read; what they hide is for the form to judge.
    """
    body = rb'{"name": "Ana\u00efs \ud83d\ude00", "about": "\u0000\ud800"}'

    assert {"name": ["Anaïs 😀"], "about": ["\x00\ud800"]} == plain(read(JSON, body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", {}),
        (b"name=", {"name": [""]}),
        (b"name", {"name": [""]}),
        (b"name=a&name=b", {"name": ["a", "b"]}),
        (b"name=a+b%20c", {"name": ["a b c"]}),
        (b"name=a;b", {"name": ["a;b"]}),
        (b"name=100%&about=%zz%", {"name": ["100%"], "about": ["%zz%"]}),
        ("name=Anaïs".encode(), {"name": ["Anaïs"]}),
        (b"name=%00", {"name": ["\x00"]}),
        (b"&&name=a&&", {"name": ["a"]}),
    ],
)
def test_forms(body: bytes, expected: dict[str, list[str]]) -> None:
    """
    A form is read as browsers write it, repeated names together.
    """
    assert expected == plain(read(FORM, body))


@pytest.mark.parametrize(
    "body",
    [
        b"name=%ff",
        b"name=%C3%28",
        b"name=\xff",
        b"%ff=a",
        b"name=%ED%A0%80",  # a lone surrogate
        "name=Jan".encode("utf-16"),
        b"&".join([b"municipality=41002"] * (2 * MAX_VALUES + 1)),
    ],
    ids=lambda body: repr(body[:24]),
)
def test_no_forms(body: bytes) -> None:
    """
    A form that is not in UTF-8, or has far too many fields, is refused.
    """
    assert 400 == status(FORM, body)


@given(st.binary(max_size=200), st.sampled_from([FORM, JSON, "text/plain", ""]))
def test_any_body(body: bytes, content_type: str) -> None:
    """
    No body at all breaks it.
    """
    try:
        read(content_type, body)
    except UnreadableError as refused:
        assert 400 <= refused.status < 500  # noqa: PT017


@given(st.dictionaries(st.text(max_size=10), JSON_VALUES, max_size=6))
def test_any_json(document: dict[str, Any]) -> None:
    """
    Any JSON is refused with a reason, or gives texts only.
    """
    try:
        answers = read(JSON, json.dumps(document).encode())
    except (UnreadableError, InvalidFormError):
        return

    assert all(isinstance(one, str) for values in answers.values() for one in values)
