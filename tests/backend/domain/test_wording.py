"""Small turns of Dutch."""

import pytest

from chalicelib.domain.wording import first_name, listed, thousands


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


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0"), (441, "441"), (10_000, "10.000"), (1_234_567, "1.234.567")],
)
def test_thousands(number: int, expected: str) -> None:
    """
    A point stands between the thousands.
    """
    assert expected == thousands(number)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Anaïs D’Hondt-Ó Sé", "Anaïs"),
        ("Griet", "Griet"),
        ("李", "李"),
        ("Anne-Marie Peeters", "Anne-Marie"),
        ("Peeters, Griet", "Griet"),
        ("J.P., van 't Veld (ouder)", "J.P."),
        ("Jan & Lies", "Jan"),
        ("(Jan) Peeters", "Jan"),
        ("فاطمة الزهراء", "فاطمة"),
        ("1. Jan", "Jan"),
        ("Peeters,", "Peeters"),
        ("0470123456 Jan Peeters", "Jan"),
    ],
)
def test_first_name(name: str, first: str) -> None:
    """
    The first word, or what is behind the comma; never a number.
    """
    assert first == first_name(name)
