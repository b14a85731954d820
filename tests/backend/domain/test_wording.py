"""Small turns of Dutch."""

import pytest

from chalicelib.domain.wording import listed


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["Aalst"], "Aalst"),
        (["Aalst", "Gent"], "Aalst en Gent"),
        (["Aalst", "Gent", "Brugge"], "Aalst, Gent en Brugge"),
        ([1, 2, 3, 4], "1, 2, 3 en 4"),
    ],
)
def test_listed(items: list[object], expected: str) -> None:
    """
    Things stand in a row as people write them.
    """
    assert expected == listed(items)


def test_other_word() -> None:
    """
    The last word can be another one.
    """
    assert "Aalst of Gent" == listed(iter(["Aalst", "Gent"]), "of")
