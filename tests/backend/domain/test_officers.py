"""An officer of the agency: added, with another role, removed; and who did so."""

from datetime import timedelta

import pytest

from chalicelib.domain.officers import (
    LastManagerError,
    Officer,
    Roster,
    UnknownRoleError,
    UnusableIdError,
    added,
    enrolled,
    manages,
    removed,
    with_role,
)
from tests.backend.samples import NOW

LATER = NOW + timedelta(days=1)


def an(role: str = "read") -> Officer:
    return added(None, "an", "an@agentschap.be", role, who="bo", now=NOW)


def test_added() -> None:
    """
    A new officer may sign in from now on; the history has who did it, and no address.
    """
    one = an("manage")

    assert (True, True, NOW) == (one.is_active, manages(one), one.since)
    assert [("bo", "added manage")] == [(change.who, change.what) for change in one.changes]


def test_twice() -> None:
    """
    The same again changes nothing; another address or role counts from then on.
    """
    one = an()
    moved = added(one, "an", "an.p@agentschap.be", "read", who="bo", now=LATER)

    assert one is added(one, "an", "an@agentschap.be", "read", who="cis", now=LATER)
    assert ("an.p@agentschap.be", LATER) == (moved.email, moved.since)
    assert one is with_role(one, "read", "bo", LATER)
    other = with_role(one, "handle", "bo", LATER)
    assert ("handle", LATER) == (other.role, other.since)


def test_removed() -> None:
    """
    One who was removed keeps a history and no address; she can come back.
    """
    gone = removed(an("manage"), "bo", LATER)
    back = added(gone, "an", "an@agentschap.be", "read", who="bo", now=LATER)

    assert (False, "", False) == (gone.is_active, gone.email, manages(gone))
    assert gone is removed(gone, "bo", LATER)
    assert (True, 3) == (back.is_active, len(back.changes))


@pytest.mark.parametrize("id_", ["", "a", "An", "1a", "an@b", "an.p", "a" * 21, "an\n"])
def test_unusable_id(id_: str) -> None:
    """
    An id stands in logs and in a mail's tag: nothing else than small letters, digits and hyphens.
    """
    with pytest.raises(UnusableIdError):
        added(None, id_, "an@agentschap.be", "read", who="bo", now=NOW)


@pytest.mark.parametrize("role", ["", "boss", "Read"])
def test_unknown_role(role: str) -> None:
    """
    There are three roles.
    """
    with pytest.raises(UnknownRoleError):
        added(None, "an", "an@agentschap.be", role, who="bo", now=NOW)
    with pytest.raises(UnknownRoleError):
        with_role(an(), role, "bo", NOW)


def test_last_manager() -> None:
    """
    Somebody who manages is always left; a roster that never had one may stay so.
    """
    bo = added(None, "bo", "bo@agentschap.be", "manage", who="an", now=NOW)
    both = enrolled(enrolled(Roster(), an("manage")), bo)
    one = enrolled(both, removed(bo, "an", LATER))

    assert ["an", "bo"] == [officer.id for officer in both.officers]
    for less in (removed(an("manage"), "bo", LATER), with_role(an("manage"), "read", "bo", LATER)):
        with pytest.raises(LastManagerError):
            enrolled(one, less)
    assert "read" == enrolled(Roster(), an()).officers[0].role
