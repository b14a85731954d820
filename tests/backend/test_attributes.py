"""Values as DynamoDB writes them."""

from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.attributes import read, written

# Numbers of up to 38 digits: DynamoDB keeps no more.
SIMPLE = st.none() | st.booleans() | st.integers(-(10**38) + 1, 10**38 - 1) | st.text()
VALUES = st.recursive(
    SIMPLE | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def plain(value: Any) -> Any:
    """What boto3 reads, with bytes as bytes: it has a class of its own for them."""
    if isinstance(value, Binary):
        return bytes(value)  # type: ignore[call-overload]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@given(VALUES)
def test_as_boto3(value: object) -> None:
    """
    We write and read what boto3 does.
    """
    image = TypeSerializer().serialize(value)

    assert image == written(value)
    assert plain(TypeDeserializer().deserialize(image)) == read(image)


def test_tuple() -> None:
    """
    A tuple is a list, in an item and read again.
    """
    assert {"L": [{"S": "Aalst"}]} == written(("Aalst",))
    assert ["Aalst"] == read(written(("Aalst",)))


@pytest.mark.parametrize("value", [0.5, {"Aalst"}, object()])
def test_no_value(value: object) -> None:
    """
    What none of our items has is refused.
    """
    with pytest.raises(TypeError, match=type(value).__name__):
        written(value)


def test_no_type() -> None:
    """
    A set in an item is not of us.
    """
    with pytest.raises(TypeError, match="SS"):
        read({"SS": ["Aalst"]})
