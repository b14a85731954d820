"""Codes of campaigns: what each is called, and what is told of a code that somebody made up."""

import csv
from collections.abc import Iterator

import pytest

from chalicelib.domain.campaigns import (
    AGAIN,
    CAMPAIGNS,
    MAIL,
    MAX_LENGTH,
    carried,
    is_code,
    tagged,
    words,
)
from chalicelib.domain.form import FIELDS
from chalicelib.domain.municipalities import DATA, MUNICIPALITIES
from chalicelib.domain.site import SIGN_UP


def slugs() -> Iterator[str]:
    for one in MUNICIPALITIES:
        yield one.slug
        yield from (former.slug for former in one.formers)


def test_list() -> None:
    """
    Each code is written as one, stands there once, and has words of its own.
    """
    with (DATA / "campaigns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]

    assert len(rows) == len(CAMPAIGNS) == len(set(CAMPAIGNS.values()))
    assert all(is_code(code) and text for code, text in rows)
    assert {MAIL, AGAIN} <= set(CAMPAIGNS)


def test_room_for_a_municipality() -> None:
    """
    With any municipality behind it a code still fits the form, and has the name of both.
    """
    places = sorted(set(slugs()))
    codes = {f"{code}-{place}" for code in CAMPAIGNS for place in places}

    assert MAX_LENGTH == FIELDS["source"].max_length
    assert len(CAMPAIGNS) * len(places) == len(codes)
    assert [] == [code for code in codes if len(code) > MAX_LENGTH or not words(code)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("affiche", "Affiche"),
        ("infoavond-aalst", "Infoavond of gesprek: Aalst"),
        ("socials-lochristi", "Sociale media: Lochristi"),
        ("affiche-zwijndrecht", "Affiche: Zwijndrecht"),  # of before a merger
        ("affiche-nergens", ""),
        ("aalst", ""),
        ("affiche-", ""),
        ("lelijk-woord", ""),
        ("", ""),
        ("*", ""),
    ],
)
def test_words(code: str, expected: str) -> None:
    """
    A code of the list, alone or with a municipality, has words; no other text has.
    """
    assert expected == words(code)


def test_tagged() -> None:
    """
    A link of ours has a code of the list, or isn't made.
    """
    assert "/aanmelden/?bron=affiche" == tagged(SIGN_UP, "affiche")
    with pytest.raises(KeyError):
        tagged(SIGN_UP, "verzonnen")


@pytest.mark.parametrize(
    ("code", "expected"), [("eigen-code", "/x/?bron=eigen-code"), ("", "/x/"), ("a&b", "/x/")]
)
def test_carried(code: str, expected: str) -> None:
    """
    Any code goes along; what is no code stays behind.
    """
    assert expected == carried("/x/", code)
