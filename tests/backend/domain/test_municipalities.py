"""The reference data: complete, consistent, and true to what the mergers brought."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.municipalities import (
    BRUSSELS,
    DATA,
    MUNICIPALITIES,
    UnknownMunicipalityError,
    all_localities,
    by_province,
    find_municipality,
    fold,
    municipality_on,
    neighbours,
    nis_codes,
    of_postcode,
    province_on,
    slug,
)

LISTS = Path(__file__).parent / "data"

# Typed from the decrees, not from our data: today's name, then all that became part of it.
MERGERS_2025 = {
    "Antwerpen": {"Antwerpen", "Borsbeek"},
    "Beveren-Kruibeke-Zwijndrecht": {"Beveren", "Kruibeke", "Zwijndrecht"},
    "Bilzen-Hoeselt": {"Bilzen", "Hoeselt"},
    "Hasselt": {"Hasselt", "Kortessem"},
    "Lochristi": {"Lochristi", "Wachtebeke"},
    "Lokeren": {"Lokeren", "Moerbeke"},
    "Merelbeke-Melle": {"Merelbeke", "Melle"},
    "Nazareth-De Pinte": {"Nazareth", "De Pinte"},
    "Pajottegem": {"Galmaarden", "Gooik", "Herne"},
    "Tessenderlo-Ham": {"Tessenderlo", "Ham"},
    "Tielt": {"Tielt", "Meulebeke"},
    "Tongeren-Borgloon": {"Tongeren", "Borgloon"},
    "Wingene": {"Wingene", "Ruiselede"},
}
MERGERS_2019 = {
    "Aalter": {"Aalter", "Knesselare"},
    "Deinze": {"Deinze", "Nevele"},
    "Kruisem": {"Kruishoutem", "Zingem"},
    "Lievegem": {"Lovendegem", "Waarschoot", "Zomergem"},
    "Oudsbergen": {"Opglabbeek", "Meeuwen-Gruitrode"},
    "Pelt": {"Neerpelt", "Overpelt"},
    "Puurs-Sint-Amands": {"Puurs", "Sint-Amands"},
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_counts() -> None:
    """
    285 Flemish municipalities and 19 in Brussels, 543 postcodes.
    """
    places = Counter(one.in_brussels for one in MUNICIPALITIES)

    assert {False: 285, True: 19} == places
    assert 304 == len({one.nis_code for one in MUNICIPALITIES})
    assert 543 == len({one.postcode for one in all_localities()})


def test_provinces() -> None:
    """
    Each province has its number of municipalities, by name; Brussels comes last.
    """
    provinces = by_province()

    expected = {
        "Antwerpen": 67,
        "Limburg": 38,
        "Oost-Vlaanderen": 55,
        "Vlaams-Brabant": 63,
        "West-Vlaanderen": 62,
        BRUSSELS: 19,
    }
    assert list(expected.items()) == [(name, len(those)) for name, those in provinces.items()]
    for those in provinces.values():
        assert sorted(those, key=lambda one: fold(one.name)) == list(those)


@pytest.mark.parametrize(
    ("year", "mergers"), [(2019, MERGERS_2019), (2025, MERGERS_2025)], ids=["2019", "2025"]
)
def test_mergers(year: int, mergers: dict[str, set[str]]) -> None:
    """
    The mergers of the data are those of the decrees, by name.
    """
    merged = {
        one.name: {former.name for former in one.formers if former.merged_in == year}
        for one in MUNICIPALITIES
        if any(former.merged_in == year for former in one.formers)
    }

    assert {name: parts - {name} for name, parts in mergers.items()} == merged


def test_thirteen_and_seven() -> None:
    """
    13 mergers in 2025 and 7 in 2019.
    """
    years = Counter(
        year for one in MUNICIPALITIES for year in {former.merged_in for former in one.formers}
    )

    assert {2019: 7, 2025: 13} == years


def test_old_codes() -> None:
    """
    Every NIS code from before a merger leads to today's municipality.
    """
    found = {
        code: find_municipality(code).nis_code
        for row in rows(DATA / "municipalities.csv")
        for year in ("2019", "2025")
        for code in re.findall(r"\d{5}", row[f"predecessors_{year}"])
    }
    by_code = {code: find_municipality(code).name for code in found}

    assert 28 + 15 == len(found)
    assert "Tongeren-Borgloon" == by_code["73009"]  # Borgloon
    assert "Pajottegem" == by_code["23023"]  # Galmaarden
    assert "Antwerpen" == by_code["11002"] == by_code["11007"]  # kept its code; Borsbeek
    assert set(by_code.values()) == set(MERGERS_2019) | set(MERGERS_2025)


@pytest.mark.parametrize("nis_code", ["", "62063", "4100", "41002 ", "Aalst", "٤١٠٠٢"])
def test_unknown_code(nis_code: str) -> None:
    """
    A code of Wallonia, and what is no code at all, leads nowhere.
    """
    with pytest.raises(UnknownMunicipalityError):
        find_municipality(nis_code)


def test_slugs() -> None:
    """
    A slug is a plain word, belongs to one municipality, and is never that of a former one.
    """
    slugs = [one.slug for one in MUNICIPALITIES]
    former = [old.slug for one in MUNICIPALITIES for old in one.formers]

    assert 304 == len(set(slugs))
    assert len(former) == len(set(former))
    assert set() == set(slugs) & set(former)
    assert [] == [one for one in slugs + former if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one)]
    assert [slug(one.name) for one in MUNICIPALITIES] == slugs
    assert {"borgloon", "galmaarden", "de-pinte"} <= set(former)


def test_neighbours() -> None:
    """
    Who borders on another one is bordered by it, never by itself.
    """
    pairs = {(one.nis_code, other.nis_code) for one in MUNICIPALITIES for other in neighbours(one)}

    assert {(there, here) for here, there in pairs} == pairs
    assert set() == {pair for pair in pairs if pair[0] == pair[1]}
    assert 2 * 823 == len(pairs)


def test_neighbours_of_aalst() -> None:
    """
    The neighbours of Aalst, by name.
    """
    found = [one.name for one in neighbours(find_municipality("41002"))]

    expected = ["Affligem", "Asse", "Denderleeuw", "Dendermonde", "Erpe-Mere", "Haaltert"]
    assert expected == [name for name in found if name in expected]
    assert "Gent" not in found


def test_shared_postcodes() -> None:
    """
    1040, 1050 and 1804 belong to two municipalities, every other postcode to one.
    """
    shared = {
        code: {one.nis_code for one in of_postcode(code)}
        for code in {one.postcode for one in all_localities()}
        if len(of_postcode(code)) != 1
    }

    expected = {
        row["postcode"]: set(row["nis_codes"].split())
        for row in rows(LISTS / "postcodes_shared.csv")
    }
    assert {"1040", "1050", "1804"} == set(expected)
    assert expected == shared


def test_postcodes_agree() -> None:
    """
    A municipality lists exactly the postcodes that lead to it.
    """
    listed = {(code, one.nis_code) for one in MUNICIPALITIES for code in one.postcodes}

    assert {(one.postcode, one.nis_code) for one in all_localities()} == listed


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        ("9300", ["Aalst"]),
        ("3840", ["Tongeren-Borgloon"]),
        ("1570", ["Pajottegem"]),
        ("2070", ["Beveren-Kruibeke-Zwijndrecht"]),
        ("1000", ["Brussel"]),
        ("6000", []),  # Charleroi
        ("9999", []),
        ("", []),
    ],
)
def test_of_postcode(postcode: str, expected: list[str]) -> None:
    """
    A postcode leads to today's municipality; one of Wallonia, or none at all, to nothing.
    """
    assert expected == [one.name for one in of_postcode(postcode)]


def test_names() -> None:
    """
    Every municipality has both its names and inhabitants.
    """
    empty = [
        one.nis_code
        for one in MUNICIPALITIES
        if not (one.name and one.name_fr and one.population_2020 > 0 and one.postcodes)
    ]

    assert [] == empty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("’s-Gravenwezel", "s gravenwezel"),
        ("RHODE-SAINT-GENÈSE", "rhode saint genese"),
        ("  De   Pinte ", "de pinte"),
        ("Bœuf", "boeuf"),
        ("BŒUF", "boeuf"),
        ("…", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    """
    Accents, capitals, signs and ligatures make no difference.
    """
    assert expected == fold(text)


def test_nis_codes() -> None:
    """
    A municipality has its own code first, and those of before its mergers, also where it kept its
    name; every code leads back to it, and none is of two.
    """
    codes = {one.name: nis_codes(one) for one in MUNICIPALITIES}

    assert ("41002",) == codes["Aalst"]
    assert ("44087", "44034", "44073") == codes["Lochristi"]
    assert {"46014", "46029"} <= set(codes["Lokeren"])
    every = [code for those in codes.values() for code in those]
    assert len(every) == len(set(every))
    assert all(find_municipality(code) in MUNICIPALITIES for code in every)


def test_on_a_day() -> None:
    """
    A municipality of before a merger has its own name and province until that day, and those of the
    new one from then on.
    """
    last, first = date(2024, 12, 31), date(2025, 1, 1)

    assert ["Zwijndrecht", "Beveren-Kruibeke-Zwijndrecht"] == [
        municipality_on("11056", day).name for day in (last, first)
    ]
    assert ["Antwerpen", "Oost-Vlaanderen"] == [province_on("11056", day) for day in (last, first)]
    assert ["46014", "46029"] == [municipality_on("46014", day).nis_code for day in (last, first)]
    assert BRUSSELS == province_on("21004", last)
    with pytest.raises(UnknownMunicipalityError):
        municipality_on("99999", last)
