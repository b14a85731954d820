"""Counts of others: read, replaced, and told as they were known."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.external import (
    External,
    UnusableCountError,
    changed,
    external,
    known,
    read_csv,
)
from tests.backend.samples import GENT, NOW

HEADER = "source,organisation,nis_code,date,count,note"
DAY = timedelta(days=1)
TODAY = NOW.date()
DUO = External("organisatie", "Duo for a Job", "", date(2022, 11, 2), 12, "mail", NOW, "an")


def read(*lines: str) -> list[External]:
    return list(read_csv(lines, NOW, "an"))


def test_read() -> None:
    """
    Each line is a count, with commas or semicolons, whatever the order of the columns.
    """
    row = "organisatie,Duo for a Job,,2022-11-02,12,mail"
    other = "gemeente;Stad  Gent;44021;2022-11-02;0;telefoon"

    assert [DUO] == read(HEADER, row)
    (gent,) = read("\ufeff" + HEADER.replace(",", ";"), other)
    assert ("Stad Gent", GENT, 0) == (gent.organisation, gent.nis_code, gent.count)
    assert [] == read(HEADER)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("kerk,Duo,,2022-11-02,12,mail", "source is one of"),
        ("organisatie,,,2022-11-02,12,mail", "organisation has 1 to 100"),
        ("organisatie,Duo\x07,,2022-11-02,12,mail", "organisation has 1 to 100"),
        ("gemeente,Gent,,2022-11-02,12,mail", "no NIS code"),
        ("gemeente,Gent,99999,2022-11-02,12,mail", "no NIS code"),
        ("gemeente,Gent,44021,2/11/2022,12,mail", "no date"),
        ("gemeente,Gent,44021,2026-11-24,12,mail", "still to come"),
        ("gemeente,Gent,44021,2022-11-02,-1,mail", "whole number"),
        ("gemeente,Gent,44021,2022-11-02,1e3,mail", "whole number"),
        ("gemeente,Gent,44021,2022-11-02,1000001,mail", "whole number"),
        ("gemeente,Gent,44021,2022-11-02,,mail", "whole number"),
        ("gemeente,Gent,44021,2022-11-02,12,", "note has 1 to 300"),
        ("gemeente,Gent,44021,2022-11-02,12", "6 cells"),
        ("gemeente,Gent,44021,2022-11-02,12,mail,meer", "6 cells"),
    ],
)
def test_unusable(row: str, why: str) -> None:
    """
    What is no count is refused, with its line.
    """
    with pytest.raises(UnusableCountError, match=f"Line 3: .*{why}"):
        read(HEADER, "organisatie,Duo,,2022-11-02,1,mail", row)


def test_other_columns() -> None:
    """
    A file with other columns is refused.
    """
    with pytest.raises(UnusableCountError, match="first line"):
        read("organisation,count", "Duo,12")
    with pytest.raises(UnusableCountError, match="first line"):
        read()


def test_former() -> None:
    """
    A municipality may be named by its code of before a merger.
    """
    one = external(
        source="gemeente",
        organisation="Zwijndrecht",
        nis_code="11056",
        date="2022-11-02",
        count="3",
        note="mail",
        recorded_at=NOW,
        who="an",
    )

    assert "11056" == one.nis_code


def test_known() -> None:
    """
    The last count of each place that is of that day or before, as far as we had it then.
    """
    later = replace(DUO, day=date(2022, 12, 1), count=20, recorded_at=NOW + DAY)
    right = replace(DUO, count=13, recorded_at=NOW + 2 * DAY)
    gent = replace(DUO, source="gemeente", organisation="Gent", nis_code=GENT, count=5)
    all_of = [right, later, DUO, gent]

    assert (gent, DUO) == known(all_of, date(2022, 11, 2), TODAY)
    assert (gent, right) == known(all_of, date(2022, 11, 2), TODAY + 2 * DAY)
    assert (gent, later) == known(all_of, date(2022, 12, 1), TODAY + 2 * DAY)
    assert () == known(all_of, date(2022, 11, 1), TODAY + 2 * DAY)
    assert () == known(all_of, date(2022, 11, 2), TODAY - DAY)


def test_changed() -> None:
    """
    What we have already is not kept again; a correction is, also one back to what it was.
    """
    again = replace(DUO, recorded_at=NOW + DAY, who="bo")
    right = replace(again, count=13)
    back = replace(DUO, recorded_at=NOW + 2 * DAY)

    assert [] == list(changed([DUO], [again]))
    assert [right] == list(changed([DUO], [right, right]))
    assert [back] == list(changed([right, DUO], [back]))
