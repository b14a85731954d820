"""Downloads: how often a file was taken along, up to a day."""

from datetime import date, timedelta

from chalicelib.domain.downloads import FILES, Downloads, downloaded

DAY, POSTER = date(2026, 11, 23), "/toolkit/affiche/affiche-a3.pdf"


def test_downloaded() -> None:
    """
    Up to and with a day, over years; a file that nobody took is known to be zero.
    """
    counted = [
        Downloads(POSTER, {DAY - timedelta(days=400): 1}),
        Downloads(POSTER, {DAY: 2, DAY + timedelta(days=1): 4}),
    ]
    found = downloaded(counted, DAY)

    assert found
    assert set(FILES) == set(found)
    assert {POSTER: 3} == {path: count for path, count in found.items() if count}


def test_unknown() -> None:
    """
    Before the first one, nobody counted: that is not zero.
    """
    assert downloaded([], DAY) is None
    assert downloaded([Downloads(POSTER, {DAY: 1})], DAY - timedelta(days=1)) is None
