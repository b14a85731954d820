"""Moments that are no more exact than their source."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.moments import MomentError, moment


@pytest.mark.parametrize(
    ("text", "first", "last", "precision", "words"),
    [
        ("2017", date(2017, 1, 1), date(2017, 12, 31), "jaar", "2017"),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29), "maand", "februari 2016"),
        ("2016-09-22", date(2016, 9, 22), date(2016, 9, 22), "dag", "22 september 2016"),
        ("najaar 2024", date(2024, 9, 1), date(2024, 12, 31), "seizoen", "najaar 2024"),
        (
            "schooljaar 2017-2018",
            date(2017, 9, 1),
            date(2018, 8, 31),
            "schooljaar",
            "schooljaar 2017-2018",
        ),
        ("voor 2023", None, date(2022, 12, 31), "grens", "voor 2023"),
        ("voor 2018-03", None, date(2018, 2, 28), "grens", "voor maart 2018"),
        ("uiterlijk 2020-06", None, date(2020, 6, 30), "grens", "uiterlijk juni 2020"),
        ("vanaf 2017-06", date(2017, 6, 1), None, "grens", "vanaf juni 2017"),
        (
            "2021-01/2022-06",
            date(2021, 1, 1),
            date(2022, 6, 30),
            "periode",
            "januari 2021 tot en met juni 2022",
        ),
    ],
)
def test_read(text: str, first: date | None, last: date | None, precision: str, words: str) -> None:
    """
    A moment has the first and the last day that it may mean, and reads as people write it.
    """
    found = moment(text)

    assert (first, last, precision, words) == (
        found.first,
        found.last,
        found.precision,
        str(found),
    )


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2017", [2017]),
        ("schooljaar 2017-2018", [2017, 2018]),
        ("2014/2016", [2014, 2015, 2016]),
        ("voor 2023", []),
        ("vanaf 2017", []),
    ],
)
def test_years(text: str, years: list[int]) -> None:
    """
    It touches the years between its bounds; one that is open at a side shows no year.
    """
    assert years == list(moment(text).years)


@pytest.mark.parametrize(
    "text", ["2017-13", "2017-00", "2017-02-30", "schooljaar 2017-2019", "2018/2017", "voor 0000"]
)
def test_not_in_the_calendar(text: str) -> None:
    """
    A moment that there is not is refused.
    """
    with pytest.raises(MomentError, match=r"«.*»"):
        moment(text)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_day_is_in_its_month_and_year(day: date) -> None:
    """
    What is less exact is never narrower.
    """
    exact = day.isoformat()
    for text in (exact[:4], exact[:7], exact, f"{exact[:4]}/{exact}"):
        found = moment(text)
        assert found.first is not None
        assert found.last is not None
        assert found.first <= day <= found.last
