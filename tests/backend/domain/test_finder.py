"""The finder: from whatever somebody types to the places it can mean."""

import csv
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.finder import MAX_FOUND, MAX_QUERY, Place, find, places
from chalicelib.domain.municipalities import MUNICIPALITIES, find_municipality

AMBIGUOUS: dict[str, set[str]] = defaultdict(set)
with (Path(__file__).parent / "data" / "ambiguous_names.csv").open(encoding="utf-8") as file:
    for row in csv.DictReader(file):
        AMBIGUOUS[row["name"]].add(row["nis_code"])

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=2 * MAX_QUERY)


def without_accents(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if one.isascii())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("9300", ["9300 Aalst"]),
        ("9300 Aalst", ["9300 Aalst"]),
        (" 9300 ", ["9300 Aalst"]),
        ("3840", ["3840 Tongeren-Borgloon"]),
        ("Gent", ["Gent"]),
        ("gent", ["Gent"]),
        ("GENT", ["Gent"]),
        ("sint niklaas", ["Sint-Niklaas"]),
        ("Erembodegem", ["Erembodegem (Aalst)"]),
        ("Borgloon", ["Borgloon (Tongeren-Borgloon)"]),
        ("galmaarden", ["Galmaarden (Pajottegem)"]),
        ("de pinte", ["De Pinte (Nazareth-De Pinte)"]),
        ("Neerpelt", ["Neerpelt (Pelt)"]),
        ("Bruxelles", ["Bruxelles (Brussel)"]),
        ("ixelles", ["Ixelles (Elsene)"]),
        ("Rhode-Saint-Genèse", ["Rhode-Saint-Genèse (Sint-Genesius-Rode)"]),
        ("rhode saint genese", ["Rhode-Saint-Genèse (Sint-Genesius-Rode)"]),
        ("'s-Gravenwezel", ["'s-Gravenwezel (Schilde)"]),
        ("’s Gravenwezel", ["'s-Gravenwezel (Schilde)"]),
        ("Sint-Job-in-’t-Goor", ["Sint-Job-in-'t-Goor (Brecht)"]),
        ("Zwijnd", ["Zwijndrecht (Beveren-Kruibeke-Zwijndrecht)"]),
    ],
)
def test_one(query: str, expected: list[str]) -> None:
    """
    A postcode, a name of today or of before, in Dutch or French, in any spelling, leads to one.
    """
    assert expected == [place.label for place in find(query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("1040", ["1040 Brussel", "1040 Etterbeek"]),
        ("1050", ["1050 Brussel", "1050 Elsene"]),
        ("1804", ["1804 Vilvoorde", "1804 Zemst"]),
        ("Aalst", ["Aalst", "Aalst (Sint-Truiden)"]),
        ("halle", ["Halle", "Halle (Zoersel)"]),
    ],
)
def test_choice(query: str, expected: list[str]) -> None:
    """
    A shared postcode or an ambiguous name leads to a choice, the municipality's own name first.
    """
    assert expected == [place.label for place in find(query)]


@pytest.mark.parametrize("name", sorted(AMBIGUOUS))
def test_ambiguous(name: str) -> None:
    """
    An ambiguous name leads to each municipality that has it, and to no other.
    """
    assert AMBIGUOUS[name] == {place.municipality.nis_code for place in find(name)}


def test_all_ambiguous() -> None:
    """
    No other name of a place means more than one municipality.
    """
    meant: dict[str, set[str]] = defaultdict(set)
    for place in places():
        meant[place.key].add(place.municipality.nis_code)
    several = {key for key, codes in meant.items() if len(codes) > 1 and not key.isdecimal()}

    names = {spelling for name in AMBIGUOUS for spelling in (name, name.replace("Sint-", "St-"))}
    assert {Place(MUNICIPALITIES[0], name).key for name in names} == several


def test_short_saints() -> None:
    """
    Sint-Niklaas is also found as people write it: St-Niklaas.
    """
    assert ["Sint-Niklaas"] == [place.municipality.name for place in find("st-niklaas")]


@pytest.mark.parametrize("query", ["9999", "6000", "Charleroi", "", "  ", "?!", "\u202e", "xyzzy"])
def test_none(query: str) -> None:
    """
    What is not known leads nowhere: the visitor then chooses from the list.
    """
    assert () == find(query)


def test_beginning() -> None:
    """
    The beginning of a name leads to all that begin so, one place each, at most twelve.
    """
    found = find("Sint")
    few = find("Aalt")

    assert MAX_FOUND == len(found)
    assert len(found) == len({place.municipality for place in found})
    assert ["Aalter"] == [place.label for place in few]


def test_cut() -> None:
    """
    A query is read up to its limit.
    """
    assert () == find(" " * MAX_QUERY + "Aalst")
    assert find("Aalst") == find("Aalst" + " " * MAX_QUERY + "Gent")


@pytest.mark.parametrize("place", places()[::6], ids=lambda place: place.key)
def test_every_name(place: Place) -> None:
    """
    Every name and postcode leads to its municipality, whatever the case and the accents.
    """
    for query in (place.name, place.name.upper(), place.name.lower(), without_accents(place.name)):
        assert place.municipality in [found.municipality for found in find(query)]


def test_labels() -> None:
    """
    A label names the municipality it leads to, once.
    """
    for place in places():
        assert 1 == place.label.count(place.municipality.name) or place.name in place.label


@given(ANY_TEXT)
def test_any_text(query: str) -> None:
    """
    No text at all breaks it or gives more than a visitor can read.
    """
    found = find(query)

    assert MAX_FOUND >= len(found)
    assert len(found) == len({place.municipality for place in found})
    assert all(find_municipality(one.municipality.nis_code) is one.municipality for one in found)
