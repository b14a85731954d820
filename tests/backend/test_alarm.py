"""The mails about an incident."""

from datetime import timedelta

import pytest

from chalicelib.alarm import AlarmComposer
from chalicelib.domain import probe
from chalicelib.domain.incidents import KINDS, PROBE, SILENCE, STUCK, Trouble
from chalicelib.emails import Email, Letters
from chalicelib.watching import note
from tests.backend.fakes import FakeStore
from tests.backend.samples import AGENCY, NOW

WHY = {SILENCE: "no-registrations", PROBE: probe.NOT_DELIVERED, STUCK: "2"}


def mails(store: FakeStore, letters: Letters) -> list[Email]:
    compose = AlarmComposer(store, letters, AGENCY)
    return [compose(one, one.mails[0], NOW) for one in store.notices.values()]


@pytest.mark.parametrize("kind", KINDS)
def test_mails(kind: str, store: FakeStore, letters: Letters) -> None:
    """
    When it begins: what, since when, what to do. When it is over: from when until when.
    """
    note(kind, Trouble(WHY[kind], NOW - timedelta(hours=2)), store, NOW)
    note(kind, None, store, NOW + timedelta(hours=1))
    begins, ends = mails(store, letters)

    assert begins.subject.startswith("Kijk na: ")
    assert "23 november 2026, 8.30 uur" in begins.text
    assert "Wat kan je doen?" in begins.text
    assert ends.subject.startswith("Opgelost: ")
    assert "van 23 november 2026, 8.30 uur tot 23 november 2026, 11.30 uur" in " ".join(
        ends.text.split()
    )
    assert {AGENCY} == {begins.to, ends.to}
    assert "23 november 2026, 8.30 uur" in begins.html


@pytest.mark.parametrize("why", [probe.NOT_POSTED, probe.NOT_STORED, probe.NOT_DELIVERED])
def test_probe(why: str, store: FakeStore, letters: Letters) -> None:
    """
    Each way in which the probe fails has its own words.
    """
    note(PROBE, Trouble(why, NOW), store, NOW)
    (mail,) = mails(store, letters)

    assert "De test ging niet goed." not in mail.text
    assert "Elk uur" in mail.text
