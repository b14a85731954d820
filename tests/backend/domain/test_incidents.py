"""Incidents: one mail when it begins, one when it is over."""

from datetime import timedelta

import pytest

from chalicelib.domain.incidents import SILENCE, Incident, Trouble, noted, told
from tests.backend.samples import NOW

TROUBLE = Trouble("no-registrations", NOW - timedelta(hours=9))
LATER = NOW + timedelta(hours=1)


def test_begins() -> None:
    """
    Trouble opens an incident, of which the mail is still to be made.
    """
    begun = noted(Incident(SILENCE), TROUBLE, NOW)

    assert begun.is_open
    assert (NOW, TROUBLE.since, "no-registrations") == (begun.opened_at, begun.since, begun.why)
    assert not begun.told
    assert "silence.20261123T093000.start" == begun.key


def test_goes_on() -> None:
    """
    More of the same changes nothing, and neither does quiet when nothing was wrong.
    """
    open_one = told(noted(Incident(SILENCE), TROUBLE, NOW))
    never = Incident(SILENCE)

    assert open_one is noted(open_one, TROUBLE, LATER)
    assert never is noted(never, None, NOW)


def test_ends() -> None:
    """
    Without trouble it is over; its last mail has another key. Later it may begin anew.
    """
    over = noted(told(noted(Incident(SILENCE), TROUBLE, NOW)), None, LATER)
    again = noted(told(over), TROUBLE, LATER + timedelta(days=1))

    assert (LATER, False, False) == (over.closed_at, over.is_open, over.told)
    assert "silence.20261123T093000.end" == over.key
    assert (True, None) == (again.is_open, again.closed_at)
    assert over.key != again.key


def test_untold() -> None:
    """
    While the mail about the last change was not made, nothing else changes.
    """
    begun = noted(Incident(SILENCE), TROUBLE, NOW)

    assert begun is noted(begun, None, LATER)


def test_no_key() -> None:
    """
    What never began has no mail.
    """
    with pytest.raises(ValueError, match="no incident"):
        _ = Incident(SILENCE).key
