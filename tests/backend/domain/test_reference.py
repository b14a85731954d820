"""References: stable, readable over the telephone, and as many as needed."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.reference import ALPHABET, is_reference, references, submission_id_of
from tests.backend.samples import NOW

ID = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"


def test_alphabet() -> None:
    """
    No letter that makes words or looks or sounds like another one.
    """
    assert set() == set("AEIOU01L2Z5S8B") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET))


def test_stable() -> None:
    """
    A submission has the same references whenever it is asked, for ever.
    """
    first = list(islice(references(ID), 3))

    assert first == list(islice(references(ID), 3))
    assert "MB-XRNC-T7MP" == next(references("00000000-0000-0000-0000-000000000001"))


@given(st.uuids())
def test_form(number: uuid.UUID) -> None:
    """
    Every reference has the form of one; the next ones are others.
    """
    some = list(islice(references(str(number)), 20))

    assert all(map(is_reference, some))
    assert 20 == len(set(some))


def test_spread() -> None:
    """
    Ten thousand submissions hardly ever share a reference, and use every letter.
    """
    many = [next(references(str(uuid.UUID(int=number)))) for number in range(10_000)]

    assert 9_998 <= len(set(many))
    assert set(ALPHABET) == set("".join(one[3:7] for one in many))


@pytest.mark.parametrize(
    "text",
    ["", "MB-7K3F", "MB-7K3F-9Q2D", "mb-7k3f-9q3d", "MB-7K3F-9Q3D\n", " MB-7K3F-9Q3D", "7K3F-9Q3D"],
)
def test_no_reference(text: str) -> None:
    """
    Look-alikes, small letters and pieces are no references.
    """
    assert is_reference("MB-7K3F-9Q3D")
    assert not is_reference(text)


def test_without_an_id() -> None:
    """
    The same answers on the same day are the same submission, else another one.
    """
    evening = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    made = submission_id_of("f" * 64, NOW)

    assert made == submission_id_of("f" * 64, evening)
    assert made != submission_id_of("f" * 64, evening + timedelta(seconds=1))
    assert made != submission_id_of("e" * 64, NOW)
    assert str(uuid.UUID(made)) == made
