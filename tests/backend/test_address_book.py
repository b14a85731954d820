"""Files with contact addresses: taken as a whole or not at all; and what follows from a merger."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest

from chalicelib.address_book import (
    MAX_LINES,
    Plan,
    Row,
    UnusableFileError,
    merges,
    place_of,
    plan,
    read_rows,
    set_address,
)
from chalicelib.domain.contacts import (
    BOUNCING,
    CONFIRMED,
    INACTIVE,
    MAX_ORDER,
    UNCONFIRMED,
    Contact,
    asked,
    confirmed,
    retired,
)
from tests.backend.samples import AALST, GENT, NOW, contact

BORGLOON, TONGEREN, SUCCESSOR = "73009", "73083", "73111"  # merged in 2025
LATER = NOW + timedelta(days=1)


def book(text: str, *, allow_placeholders: bool = True) -> list[Row]:
    return read_rows(StringIO(text), allow_placeholders=allow_placeholders)


def planned(text: str, *kept: Contact) -> Plan:
    return plan(book("nis_code,email,order\n" + text), kept, "griet", NOW)


def places(contacts: tuple[Contact, ...]) -> list[tuple[str, str]]:
    return [(one.key, one.email) for one in contacts]


def errors(text: str, *, allow_placeholders: bool = True) -> list[str]:
    with pytest.raises(UnusableFileError) as refused:
        book(text, allow_placeholders=allow_placeholders)
    return refused.value.errors


def test_read() -> None:
    """
    An address is the first in order unless the file says otherwise.
    """
    text = (
        "nis_code,email,order\n41002,Buddy@AALST.be,\n41002, two@aalst.be ,2\n44021,b@gent.be,1\n"
    )

    assert book(text) == [
        Row(2, AALST, "Buddy@aalst.be", 1),
        Row(3, AALST, "two@aalst.be", 2),
        Row(4, GENT, "b@gent.be", 1),
    ]


def test_columns() -> None:
    """
    Columns may stand in any order, beside others.
    """
    (one,) = book("name,email,nis_code\nAalst,buddy@aalst.be,41002\n")

    assert (AALST, "buddy@aalst.be", 1) == (one.nis_code, one.email, one.order)


def test_everything_wrong() -> None:
    """
    All that is wrong is said at once, with its line.
    """
    text = (
        "nis_code,email,order\n"
        "41002,buddy@aalst.be,1\n"
        "99999,buddy@nowhere.be,1\n"
        "44021,no address,1\n"
        "44021,buddy@gent.be,10\n"
        "44021,buddy@gent.be,x\n"
        "41002,again@aalst.be,\n"
        "11002\n"
        ",,\n"
    )

    assert ["line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9"] == [
        error.partition(":")[0] for error in errors(text)
    ]


@pytest.mark.parametrize("text", ["", "\n", "code,mail\n41002,a@b.be\n", "nis_code;email\n1;2\n"])
def test_other_columns(text: str) -> None:
    """
    A file with other columns is refused at once.
    """
    assert ["line 1: the columns nis_code and email are needed"] == errors(text)


def test_placeholders() -> None:
    """
    Placeholder addresses are refused where real mails are sent.
    """
    text = "nis_code,email\n41002,buddy+aalst@aalst.example\n44021,b@gent.be\n"

    assert 2 == len(book(text))
    assert ["line 2: buddy+aalst@aalst.example is a placeholder"] == errors(
        text, allow_placeholders=False
    )


def test_too_long() -> None:
    """
    A file that can't be a list of contacts is not read to its end.
    """
    text = "nis_code,email\n" + "99999,x\n" * (2 * MAX_LINES)

    assert MAX_LINES == len(errors(text))


def test_hostile() -> None:
    """
    Line breaks, formulas and the like are no addresses.
    """
    assert 4 == len(
        errors(
            'nis_code,email\n41002,"a@b.be\nBcc: c@d.be"\n41002,=1+1\n'
            "41002,a@b.be;c@d.be\n41002,Aalst <a@b.be>\n"
        )
    )


class TestPlan:
    def test_new(self) -> None:
        """
        New addresses are unconfirmed, since now, and their history begins with who imported them.
        """
        found = planned("41002,one@aalst.be,1\n41002,two@aalst.be,2\n").changes

        assert [("41002-1", "one@aalst.be"), ("41002-2", "two@aalst.be")] == places(found)
        assert {(UNCONFIRMED, NOW)} == {(one.state, one.since) for one in found}
        assert {("griet", "imported")} == {
            (change.who, change.what) for one in found for change in one.changes
        }

    def test_only_changes(self) -> None:
        """
        The same address keeps its state and all; capitals make no other one.
        """
        kept = contact(email="one@aalst.be"), contact(order=2, email="old@aalst.be")
        found = planned("41002,One@aalst.be,1\n41002,new@aalst.be,2\n44021,b@gent.be,\n", *kept)

        assert [("41002-2", "new@aalst.be"), ("44021-1", "b@gent.be")] == places(found.changes)
        assert ["replaced old@aalst.be"] == [one.what for one in found.changes[0].changes]
        assert UNCONFIRMED == found.changes[0].state

    def test_placeholders_confirmed(self) -> None:
        """
        Placeholders can be confirmed at once, as nobody reads there; real addresses can't.
        """
        rows = book("nis_code,email\n41002,b@aalst.example\n44021,b@gent.be\n")
        found = plan(rows, (), "make run", NOW, confirm_placeholders=True)

        assert [CONFIRMED, UNCONFIRMED] == [one.state for one in found.changes]
        assert [None, None] == [one.confirmed_at for one in found.changes]

    def test_region(self) -> None:
        """
        The regions have addresses, too.
        """
        found = planned("02000,a@vlaanderen.be,\n04000,b@brussel.be,2\n")

        assert [("02000-1", "a@vlaanderen.be"), ("04000-2", "b@brussel.be")] == places(
            found.changes
        )

    @pytest.mark.parametrize("state", [BOUNCING, INACTIVE])
    def test_unusable_stays(self, state: str) -> None:
        """
        An address that is in the file and does not work stays so, and that is said.
        """
        found = planned("41002,one@aalst.be,1\n", contact(email="one@aalst.be", state=state))

        assert Plan((), (f"line 2: 41002-1 stays {state}",)) == found

    def test_person_first(self) -> None:
        """
        A person's address before a role's is told, and nothing is put in another order.
        """
        found = planned("41002,jan.peeters@aalst.be,1\n", contact(email="buddy@aalst.be", order=2))
        others = planned(
            "41002,jan.peeters@aalst.be,1\n41002,an.maes@aalst.be,2\n"
            "44021,buddy@gent.be,1\n44021,jan.peeters@gent.be,2\n"
        )

        assert 1 == len(found.warnings)
        assert found.warnings[0].startswith("41002: jan.peeters@aalst.be looks like a person's")
        assert [("41002-1", "jan.peeters@aalst.be")] == places(found.changes)
        assert () == others.warnings


class TestMergedMunicipality:
    def test_after_its_own(self) -> None:
        """
        An address under an old code is the successor's, after its own, wherever it stands.
        """
        text = "73009,b@borgloon.be,1\n73111,own@tb.be,2\n73083,t@tongeren.be,1\n"
        found = planned(text, contact(SUCCESSOR, "first@tb.be"))

        assert [
            ("73111-2", "own@tb.be"),
            ("73111-3", "b@borgloon.be"),
            ("73111-4", "t@tongeren.be"),
        ] == places(found.changes)
        assert "imported under 73009" == found.changes[1].changes[-1].what

    def test_first_when_it_is_alone(self) -> None:
        """
        Without an address of its own, the successor tries it first.
        """
        assert [("73111-1", "b@borgloon.be")] == places(planned("73009,b@borgloon.be,4\n").changes)

    def test_again(self) -> None:
        """
        The same file a second time changes nothing.
        """
        text = "73009,b@borgloon.be,1\n73111,own@tb.be,1\n"
        first = planned(text)

        assert Plan((), ()) == planned(text, *first.changes)

    def test_no_place_left(self) -> None:
        """
        Where nine addresses stand already it is refused, with its line.
        """
        kept = [contact(SUCCESSOR, f"{order}@tb.be", order) for order in range(1, MAX_ORDER + 1)]
        with pytest.raises(UnusableFileError) as refused:
            planned("73009,b@borgloon.be,1\n", *kept)

        assert ["line 2: 73111 has no place left"] == refused.value.errors

    def test_gap(self) -> None:
        """
        A place in between is taken when the last one is.
        """
        found = planned("73009,b@borgloon.be,1\n", contact(SUCCESSOR, "last@tb.be", MAX_ORDER))

        assert [("73111-1", "b@borgloon.be")] == places(found.changes)


class TestMerges:
    def test_moved(self) -> None:
        """
        What stands under an old code goes to the successor with its state and history, and stays
        behind retired: each says where the other is.
        """
        old = confirmed(contact(BORGLOON, "b@borgloon.be", state=UNCONFIRMED), "code", NOW)
        ((following, former),) = merges([old, contact(SUCCESSOR, "own@tb.be")], "jan", LATER)

        assert following
        assert ("73111-2", "b@borgloon.be", CONFIRMED, NOW) == (
            following.key,
            following.email,
            following.state,
            following.confirmed_at,
        )
        assert ["confirmed", "merged-from 73009-1"] == [one.what for one in following.changes]
        assert ("73009-1", INACTIVE) == (former.key, former.state)
        assert ["confirmed", "merged-into 73111-2"] == [one.what for one in former.changes]

    def test_again(self) -> None:
        """
        A second run finds nothing to do; nor does one that was retired there before.
        """
        kept = [contact(BORGLOON, "b@borgloon.be"), contact(TONGEREN, state=INACTIVE)]
        ((following, former),) = merges(kept, "jan", LATER)

        assert following
        assert [] == list(merges([following, former, kept[1]], "jan", LATER))

    def test_after_a_crash(self) -> None:
        """
        A run that ended between the two writes is completed by the next.
        """
        old = contact(BORGLOON, "b@borgloon.be")
        ((following, former),) = merges([old], "jan", LATER)

        assert following
        assert [(None, former)] == list(merges([following, old], "jan", LATER))

    def test_same_address(self) -> None:
        """
        Two that merged with one address keep it once.
        """
        kept = [contact(BORGLOON, "b@tb.be"), contact(TONGEREN, "B@tb.be")]
        pairs = list(merges(kept, "jan", LATER))

        assert ["73111-1", None] == [one.key if one else None for one, _ in pairs]
        assert {"merged-into 73111-1"} == {former.changes[-1].what for _, former in pairs}

    def test_no_place_left(self) -> None:
        """
        Nothing is lost where nine addresses stand already: it is said.
        """
        kept = [contact(SUCCESSOR, f"{order}@tb.be", order) for order in range(1, MAX_ORDER + 1)]
        with pytest.raises(UnusableFileError):
            list(merges([*kept, contact(BORGLOON, "b@borgloon.be")], "jan", LATER))

    def test_todays(self) -> None:
        """
        Today's municipalities and the regions are left alone.
        """
        assert [] == list(merges([contact(), contact("02000"), contact("04000")], "jan", LATER))


class TestSet:
    def test_new(self) -> None:
        """
        A place that is free gets an address.
        """
        one = set_address(None, (AALST, 2), " Buddy@AALST.be ", "jan", NOW)

        assert one
        assert ("41002-2", "Buddy@aalst.be", UNCONFIRMED) == (one.key, one.email, one.state)
        assert ("jan", "set") == (one.changes[0].who, one.changes[0].what)

    def test_other(self) -> None:
        """
        Another address takes its place, with the history, the version and no confirmation.
        """
        kept = replace(confirmed(asked(contact(), "griet", NOW), "code", NOW), version=3)
        one = set_address(kept, kept.place, "new@aalst.be", "jan", LATER)

        assert one
        assert ("new@aalst.be", UNCONFIRMED, None, 3) == (
            one.email,
            one.state,
            one.confirmed_at,
            one.version,
        )
        assert kept.changes == one.changes[:-1]

    def test_same(self) -> None:
        """
        The same address changes nothing, unless it was retired: then it is used again.
        """
        kept = contact()
        again = set_address(retired(kept, "jan", NOW), kept.place, kept.email, "jan", LATER)

        assert set_address(kept, kept.place, "BUDDY@aalst.example", "jan", LATER) is None
        assert again
        assert UNCONFIRMED == again.state

    def test_no_address(self) -> None:
        """
        What is no address is refused.
        """
        with pytest.raises(ValueError, match="e-mailadres"):
            set_address(None, (AALST, 1), "a@b.be\nBcc: c@d.be", "jan", NOW)


@pytest.mark.parametrize(
    ("nis_code", "order", "told"),
    [
        ("99999", "1", "99999"),
        (BORGLOON, "1", "use 73111"),
        (AALST, "0", "1 to 9"),
        (AALST, "10", "1 to 9"),
        (AALST, "x", "1 to 9"),
        (AALST, "²", "1 to 9"),
    ],
)
def test_no_place(nis_code: str, order: str, told: str) -> None:
    """
    A place that can't be is refused, with what to do.
    """
    with pytest.raises(ValueError, match=told):
        place_of(nis_code, order)


@pytest.mark.parametrize("nis_code", [AALST, "02000", "04000"])
def test_place(nis_code: str) -> None:
    """
    Municipalities and regions have places.
    """
    assert (nis_code, 9) == place_of(nis_code, " 9 ")
