"""What is published: all of it where it is about everybody, and nothing small about a place."""

from datetime import date

import pytest

from chalicelib.domain.document import UNKNOWN, Share
from chalicelib.domain.figures import NOTHING, Tally
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.published import (
    HIDDEN,
    Publication,
    WeekCount,
    first_of_curve,
    last_sunday,
    publication,
)
from tests.backend.tallies import AT, external, tally_of, weeks

AALST, GENT, HALLE = "41002", "44021", "23027"
ENOUGH = {one.nis_code: 9 for one in MUNICIPALITIES}


def by_place(total: Tally) -> Publication:
    return publication(AT, total, total, (), (), downloads=None)


def registered(found: Publication) -> dict[str, object]:
    named = [(one.nis_code, one.registered) for one in found.municipalities]
    return dict([*named, *((one.name, one.registered) for one in found.provinces)])


@pytest.mark.parametrize(
    ("today", "sunday", "monday"),
    [
        (date(2026, 11, 23), date(2026, 11, 22), date(2025, 12, 1)),
        (date(2026, 11, 29), date(2026, 11, 22), date(2025, 12, 1)),
    ],
)
def test_days(today: date, sunday: date, monday: date) -> None:
    """
    By place it is the week that is over; the curve has 52 weeks, with this one.
    """
    assert (sunday, monday) == (last_sunday(today), first_of_curve(today))
    assert 51 * 7 == (sunday - monday).days + 1


def test_together() -> None:
    """
    Of everybody together each count is shown, also a small one.
    """
    total = tally_of({AALST: 3}, judged={AALST: 2}, in_time={AALST: 1}, duos={AALST: 1})
    found = publication(AT, total, None, weeks(1, 2), (), downloads=None)

    assert (3, 1, Share(1, 2)) == (found.registered, found.duos, found.share)
    assert [
        WeekCount(date(2026, 11, 16), date(2026, 11, 22), 1),
        WeekCount(date(2026, 11, 23), date(2026, 11, 23), 2),
    ] == list(found.weeks)
    assert (date(2026, 11, 23), 10_000) == (found.day, found.goal)


def test_unknown() -> None:
    """
    What nobody knows is None, and has no places; what is known to be nothing is zero.
    """
    unknown, nothing = (
        publication(AT, None, None, (), (), downloads=None),
        publication(AT, NOTHING, None, (), (), downloads={}),
    )

    assert (None, None, None) == (unknown.registered, unknown.share, unknown.places_on)
    assert ((), ()) == (unknown.municipalities, unknown.provinces)
    assert (0, 0, None) == (nothing.registered, nothing.duos, nothing.share)
    assert (None, 0) == (unknown.downloads, nothing.downloads)


def test_places() -> None:
    """
    Every municipality of today has its count, with that of those that merged into it.
    """
    found = by_place(tally_of(ENOUGH | {"23023": 4, "23024": 2}))  # Galmaarden, Gooik: Pajottegem

    assert 304 == len(found.municipalities)
    assert (9, 15) == (registered(found)[AALST], registered(found)["23106"])
    assert date(2026, 11, 22) == found.places_on
    assert sum(ENOUGH.values()) + 6 == sum(
        one.registered for one in found.provinces if isinstance(one.registered, int)
    )


def test_small() -> None:
    """
    A small count is not shown, and not to be computed: another one of that province isn't either,
    the one where fewest people live.
    """
    shown = registered(by_place(tally_of(ENOUGH | {HALLE: 4})))
    gone = [code for code, count in shown.items() if count == HIDDEN]

    assert sorted([HALLE, "23009"]) == sorted(gone)  # Bever has fewest
    assert isinstance(shown["Vlaams-Brabant"], int)


def test_few() -> None:
    """
    Where few registered, no province is shown that would tell it.
    """
    shown = registered(by_place(tally_of({AALST: 6, GENT: 1})))

    assert {HIDDEN} == set(shown.values())


def test_nowhere() -> None:
    """
    Who is in no municipality that we know stands apart, whatever their number.
    """
    found = by_place(tally_of(ENOUGH | {"": 2}))

    assert (UNKNOWN, 2) == (found.provinces[-1].name, found.provinces[-1].registered)
    assert HIDDEN not in registered(found).values()


def test_share() -> None:
    """
    A share is shown where neither who was called in time nor who was not are few.
    """
    late = {AALST: 90, HALLE: 90, "11002": 90, "71022": 90, "31005": 90, "21004": 90}
    in_time = {**dict.fromkeys(late, 50), HALLE: 88}
    found = by_place(tally_of(late, judged=late, in_time=in_time, duos=late))
    shares = {one.name: one.share for one in found.provinces}

    assert Share(50, 90) == shares["Oost-Vlaanderen"]
    assert None is shares["Vlaams-Brabant"]
    assert HIDDEN == next(one.judged for one in found.provinces if one.name == "Vlaams-Brabant")
    assert 2 == list(shares.values()).count(None)  # else it follows from what all have together


def test_others() -> None:
    """
    Counts of others stand apart, without who of us wrote them down, and not when they are small.
    """
    found = publication(AT, NOTHING, NOTHING, (), [external(31), external(4, "")], downloads=None)

    assert [31, HIDDEN] == [one.registered for one in found.others]
    assert ["Gent", "Vlaanderen en Brussels Hoofdstedelijk Gewest"] == [
        one.area for one in found.others
    ]
    assert "Officer" not in repr(found)
    assert 0 == found.registered
