"""The report of a date: tables and sentences from totals, where unknown is not zero."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.document import Document, Share, Table, Text, shown
from chalicelib.domain.downloads import FILES, Downloads
from chalicelib.domain.external import External
from chalicelib.domain.figures import OTHER, Tally
from chalicelib.domain.report import (
    DOWNLOAD_METHOD,
    GROUPS,
    METHOD,
    NOW,
    PROVISIONAL,
    SOURCE_METHOD,
    Known,
    Question,
    reasons,
    report,
    sources,
    weekly,
)
from tests.backend.samples import AALST
from tests.backend.samples import NOW as MOMENT

DAY = timedelta(days=1)
AS_OF, SINCE = date(2022, 11, 2), date(2022, 10, 1)
ZWIJNDRECHT, BEVEREN = "11056", "46030"


def of(**counts: int) -> dict[str, int]:
    """Counts by measure; `in_time` for `in-time`."""
    return {name.replace("_", "-"): count for name, count in counts.items()}


TOTAL = Tally(
    of(registered=6, forwarded=5, contacted=3, judged=4, in_time=3, refused=1)
    | {"refused:too-far": 1, "status:refused": 1, "status:contacted": 5},
    {
        AALST: of(registered=2, contacted=2, judged=2, in_time=1),
        ZWIJNDRECHT: of(registered=3),
        BEVEREN: of(registered=1),
    },
    {
        "": of(registered=1),
        "affiche": of(registered=1),
        "affiche-aalst": of(registered=1),
        "lelijk-woord": of(registered=2),
        OTHER: of(registered=1),
    },
)
BEFORE = Tally(
    of(registered=2, contacted=1, judged=2, in_time=1), {AALST: of(registered=2)}, {"": of()}
)
KNOWN = Known(TOTAL, BEFORE, (), (), is_final=True)
UNKNOWN = Known(None, None, (), (), is_final=True)
QUESTION = Question(AS_OF)


def table(document: Document, name: str) -> Table:
    (found,) = (one for one in document.tables if one.name == name)
    return found


def texts(document: Document) -> list[str]:
    return [part.text for part in document.parts if isinstance(part, Text)]


def test_summary() -> None:
    """
    What happened up to a day; the share is of those whom we can judge.
    """
    rows = {row[0]: row[1] for row in table(report(QUESTION, KNOWN), "summary").rows}

    assert 6 == rows["Aanmeldingen, zonder herhalingen"]
    assert Share(3, 4) == rows["Gecontacteerd binnen 10 werkdagen: aandeel"]
    assert 0 == rows["Duo’s gevormd"]
    assert "75,0 %" == shown(Share(3, 4))


def test_since() -> None:
    """
    Compared with an earlier day: both, and what came between.
    """
    question = replace(QUESTION, since=SINCE)
    summary = table(report(question, KNOWN), "summary")

    assert ("Aanmeldingen, zonder herhalingen", 6, 2, 4) == summary.rows[0]
    assert ("Tot en met 2 november 2022", "Tot en met 1 oktober 2022", "Erbij") == (
        summary.columns[1:]
    )
    shares = [row[1:] for row in summary.rows if isinstance(row[1], Share)]
    assert [(Share(3, 4), Share(1, 2), Share(2, 2))] == shares


@pytest.mark.parametrize("by", ["", *GROUPS])
def test_unknown(by: str) -> None:
    """
    Where nothing is known, no cell is a number, and it says so.
    """
    document = report(Question(AS_OF, SINCE, by), UNKNOWN)
    cells = [cell for one in document.tables for row in one.rows for cell in row[1:]]

    assert {None} >= set(cells)
    assert "niet gekend" == shown(None)
    assert "Van 2 november 2022 hebben we geen cijfers." in texts(document)
    assert "Van 1 oktober 2022 hebben we geen cijfers." in texts(document)


def test_unknown_before() -> None:
    """
    Where only the earlier day is not known, neither is what came between.
    """
    question = Question(AS_OF, SINCE, "municipality")
    document = report(question, replace(KNOWN, before=None))

    assert (6, None, None) == table(document, "summary").rows[0][1:]
    assert {None} == {row[-1] for row in table(document, "municipality").rows}


def test_municipalities() -> None:
    """
    Those of the day by their names and province of then, or all that became one since.
    """
    then = table(report(replace(QUESTION, by="municipality"), KNOWN), "municipality")
    today = table(report(replace(QUESTION, by="municipality", places=NOW), KNOWN), "municipality")

    beveren = ("Beveren-Kruibeke-Zwijndrecht", BEVEREN, "Oost-Vlaanderen")
    aalst = ("Aalst", AALST, "Oost-Vlaanderen", 2)
    assert [aalst, (*beveren, 1), ("Zwijndrecht", ZWIJNDRECHT, "Antwerpen", 3)] == [
        row[:4] for row in then.rows
    ]
    assert [aalst, (*beveren, 4)] == [row[:4] for row in today.rows]


def test_provinces() -> None:
    """
    All of them, as a municipality may have changed its province with a merger.
    """
    then = table(report(replace(QUESTION, by="province"), KNOWN), "province")
    today = table(report(replace(QUESTION, by="province", places=NOW), KNOWN), "province")

    assert 6 == len(then.rows)
    assert "Brussels Hoofdstedelijk Gewest" == then.rows[-1][0]
    counts = [{row[0]: row[1] for row in one.rows} for one in (then, today)]
    assert [3, 0] == [one["Antwerpen"] for one in counts]
    assert [3, 6] == [one["Oost-Vlaanderen"] for one in counts]


@pytest.mark.parametrize("place", ["", "99999"])
def test_no_such_place(place: str) -> None:
    """
    A place that nobody knows is told as that, and counted.
    """
    total = replace(TOTAL, places={place: of(registered=6)})
    for by in ("municipality", "province"):
        found = table(report(replace(QUESTION, by=by), replace(KNOWN, total=total)), by)

        assert "niet gekend" == found.rows[-1][0]
        assert 6 in found.rows[-1]


def test_sources() -> None:
    """
    By campaign, in words; what somebody made up is told together, and without a code is told too.
    """
    document = report(replace(QUESTION, by="source"), KNOWN)
    expected = {("Andere codes", 3), ("Affiche", 1), ("Affiche: Aalst", 1), ("Zonder code", 1)}

    assert expected == {row[:2] for row in table(document, "source").rows}
    assert expected == set(sources(TOTAL))
    assert ("Andere codes", 3) == sources(TOTAL)[0]
    assert "lelijk" not in str(document)
    assert SOURCE_METHOD in texts(document)


def test_downloads() -> None:
    """
    Each file that is offered, and what one that is gone was downloaded before; what came between.
    """
    poster, gone = "/toolkit/affiche/affiche-a3.pdf", "/toolkit/oud/oud.pdf"
    counted = (
        Downloads(poster, {SINCE: 2, AS_OF: 3, AS_OF + DAY: 9}),
        Downloads(gone, {SINCE: 1}),
    )
    question = replace(QUESTION, by="download", since=SINCE)
    document = report(question, replace(KNOWN, downloads=counted))
    rows = {row[0]: row[1:] for row in table(document, "download").rows}

    assert (5, 2, 3) == rows["Affiche: Affiche op A3, voor je eigen printer"]
    assert (1, 1, 0) == rows[gone]
    assert (0, 0, 0) == rows["Wat doet een buddy?: De film"]
    assert len(FILES) + 1 == len(rows)
    assert set(DOWNLOAD_METHOD) < set(texts(document))


def test_downloads_unknown() -> None:
    """
    Before the first download was counted, nobody knows; and so neither what came since then.
    """
    counted = (Downloads("/toolkit/affiche/affiche-a3.pdf", {AS_OF: 3}),)
    question = replace(QUESTION, by="download", since=SINCE)
    found = table(report(question, replace(KNOWN, downloads=counted)), "download")

    assert {(3, None, None), (0, None, None)} == {row[1:] for row in found.rows}


def test_reasons() -> None:
    """
    Each reason with its words; a zero is known.
    """
    found = table(report(replace(QUESTION, by="reason"), KNOWN), "reason")

    assert [1] == [row[1] for row in found.rows if row[1]]
    assert [("Is te ver weg om iemand te ontmoeten", 1)] == reasons(TOTAL.total)


def test_weeks() -> None:
    """
    From Monday to Sunday, around New Year too; the ends are cut off.
    """
    first = date(2022, 12, 31)  # a Saturday
    weeks = weekly((first + number * DAY, of(registered=1)) for number in range(10))
    question = Question(date(2023, 1, 9), by="week")
    found = table(report(question, replace(KNOWN, weeks=weeks)), "week")

    assert [
        ("2022-W52", "2022-12-31", "2023-01-01", 2),
        ("2023-W01", "2023-01-02", "2023-01-08", 7),
        ("2023-W02", "2023-01-09", "2023-01-09", 1),
    ] == [row[:4] for row in found.rows]


def test_external() -> None:
    """
    The counts of others are in a table of their own, and change nothing in ours.
    """
    one = External("gemeente", "Zwijndrecht", ZWIJNDRECHT, AS_OF, 99, "mail", MOMENT, "an")
    duo = External("organisatie", "Duo", "", AS_OF, 0, "site", MOMENT, "an")
    document = report(QUESTION, replace(KNOWN, externals=(one, duo)))

    assert [("Zwijndrecht", 99), ("Vlaanderen en Brussel", 0)] == [
        (row[2], row[4]) for row in table(document, "external").rows
    ]
    assert table(report(QUESTION, KNOWN), "summary") == table(document, "summary")
    assert "Daarover hebben we geen cijfers: niet gekend." in texts(report(QUESTION, KNOWN))


def test_method() -> None:
    """
    Each report tells how it was counted; one that can still change says so first.
    """
    final = report(QUESTION, KNOWN)
    provisional = report(QUESTION, replace(KNOWN, is_final=False))

    assert set(METHOD) < set(texts(final))
    assert PROVISIONAL not in texts(final)
    assert Text(PROVISIONAL) == provisional.parts[0]
    assert (True, False) == (final.facts["is_final"], provisional.facts["is_final"])
    longest = max((len(text.split()) for text in METHOD), default=0)
    assert longest <= 25


def test_share() -> None:
    """
    Rounded to a tenth, half up; of nothing there is none.
    """
    assert ["66,7 %", "12,5 %", "100,0 %", "0,1 %", "niet gekend"] == [
        shown(Share(*pair)) for pair in ((2, 3), (1, 8), (7, 7), (1, 2000), (0, 0))
    ]
