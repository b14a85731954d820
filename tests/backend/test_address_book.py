"""Files with contact addresses: taken as a whole or not at all."""

from io import StringIO

import pytest

from chalicelib.address_book import MAX_LINES, UnusableFileError, changes, read_contacts
from chalicelib.domain.contacts import Contact
from tests.backend.fakes import FakeStore
from tests.backend.samples import AALST, GENT, NOW, contact


def book(text: str, *, allow_placeholders: bool = True) -> list[Contact]:
    return read_contacts(StringIO(text), NOW, allow_placeholders=allow_placeholders)


def errors(text: str, *, allow_placeholders: bool = True) -> list[str]:
    with pytest.raises(UnusableFileError) as refused:
        book(text, allow_placeholders=allow_placeholders)
    return refused.value.errors


def test_read() -> None:
    """
    Addresses are unconfirmed, since now, the first in order unless the file says otherwise.
    """
    text = (
        "nis_code,email,order\n41002,Buddy@AALST.be,\n41002, two@aalst.be ,2\n44021,b@gent.be,1\n"
    )

    assert book(text) == [
        Contact(AALST, "Buddy@aalst.be", 1, "unconfirmed", NOW),
        Contact(AALST, "two@aalst.be", 2, "unconfirmed", NOW),
        Contact(GENT, "b@gent.be", 1, "unconfirmed", NOW),
    ]


def test_columns() -> None:
    """
    Columns may stand in any order, beside others.
    """
    (one,) = book("name,email,nis_code\nAalst,buddy@aalst.be,41002\n")

    assert (AALST, "buddy@aalst.be", 1) == (one.nis_code, one.email, one.order)


def test_old_code() -> None:
    """
    A code from before a merger is that of today's municipality.
    """
    (one,) = book("nis_code,email\n73009,buddy@borgloon.be\n")

    assert "73111" == one.nis_code


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


def test_changes(store: FakeStore) -> None:
    """
    Only new and changed addresses are changes: the others keep their state.
    """
    same, other, new = contact(), contact(order=2, email="new@aalst.be"), contact(GENT)
    store.save_contact(contact(order=2, email="old@aalst.be"))

    assert [other, new] == list(changes(store, [same, other, new]))
