"""Files with many registrations: asked for, made, told, fetched and deleted, with fakes."""

from datetime import timedelta

import pytest

from chalicelib import exporting, officers
from chalicelib.content_types import CONTENT_TYPES
from chalicelib.domain import export as exports
from chalicelib.domain.export import CSV, MAX_ATTEMPTS, XLSX, Choice, Export
from chalicelib.domain.notice import Notice
from chalicelib.domain.retention import EXPORT_REQUEST_TERM, EXPORT_TERM
from chalicelib.domain.session import HANDLE, MANAGE
from chalicelib.domain.views import View
from chalicelib.emails import Email, Letters
from chalicelib.exporting import MAX_OPEN, ExportComposer, TooManyError
from chalicelib.failures import NotNeededError
from chalicelib.officers import Officers
from tests.backend.fakes import Clock, FakeFiles, FakeStore
from tests.backend.samples import AALST, AGENCY, NOW, registration

EVERYBODY = Choice(XLSX)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def files() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
def store(store: FakeStore) -> FakeStore:
    """A table with two registrations, an officer who manages, and one who does not."""
    for number in (1, 2):
        store.add(registration(number))
    for id_, role in (("an", MANAGE), ("bo", HANDLE), ("cook", MANAGE)):
        officers.add(id_, f"{id_}@agentschap.be", role, store, who="test", now=NOW)
    return store


def only(store: FakeStore, clock: Clock) -> Export:
    (one,) = store.exports(clock())
    return one


def seen(store: FakeStore, clock: Clock) -> list[View]:
    return list(store.views(clock().date().isoformat(), clock()))


def told(store: FakeStore, letters: Letters, clock: Clock) -> Email:
    """The mail about the only file."""
    (notice,) = store.notices.values()
    return composer(store, letters)(notice, notice.mails[0], clock())


def composer(store: FakeStore, letters: Letters) -> ExportComposer:
    return ExportComposer(store, Officers(store), letters, AGENCY)


def test_life(store: FakeStore, files: FakeFiles, clock: Clock, letters: Letters) -> None:
    """
    A file that was asked is made within a run, she is mailed until when it stays, fetches it, and
    it is deleted; an entry says who made and who fetched it, and how many were in it.
    """
    asked = exporting.ask(EVERYBODY, "an", store, NOW)
    assert None is exporting.fetch(asked.id, "an", store, files, NOW)
    clock.advance(minutes=1)
    done = exporting.run(store, files, clock)
    mail = told(store, letters, clock)
    link = exporting.fetch(asked.id, "cook", store, files, clock())
    one = only(store, clock)

    assert {"removed": 0, "made": 1, "told": 1} == done
    assert {one.key} == set(files.kept)
    assert (2, len(files.kept[one.key])) == (one.count, one.size)
    assert CONTENT_TYPES[XLSX] == files.types[one.key]
    assert f"https://files.example/{one.key}?name={one.file_name}" == link
    assert ("an@agentschap.be", "Je bestand staat klaar (mijnbuddy)") == (mail.to, mail.subject)
    assert "dinsdag 24 november 2026, 10.31 uur" in mail.text
    assert "Aantal aanmeldingen: 2." in mail.text
    assert [("an", "exported", 2), ("cook", "fetched", 2)] == sorted(
        (view.officer, view.what, view.count) for view in seen(store, clock)
    )
    assert {EVERYBODY.code} == {view.about for view in seen(store, clock)}

    clock.advance(seconds=EXPORT_TERM.total_seconds())
    assert None is exporting.fetch(asked.id, "an", store, files, clock())
    assert {"removed": 1, "made": 0, "told": 0} == exporting.run(store, files, clock)
    assert {} == files.kept
    assert {"removed": 0, "made": 0, "told": 0} == exporting.run(store, files, clock)
    assert asked.asked_at + EXPORT_REQUEST_TERM == only(store, clock).expires_at


def test_asked_twice(store: FakeStore) -> None:
    """
    The same that waits already is not asked twice; of another officer, or otherwise, it is.
    """
    one = exporting.ask(EVERYBODY, "an", store, NOW)

    assert one == exporting.ask(EVERYBODY, "an", store, NOW + A_MINUTE)
    assert one != exporting.ask(EVERYBODY, "cook", store, NOW)
    assert one != exporting.ask(Choice(CSV), "an", store, NOW)


def test_too_many(store: FakeStore, files: FakeFiles, clock: Clock) -> None:
    """
    Only so many may wait; once one is made, there is place again.
    """
    for number in range(MAX_OPEN):
        exporting.ask(Choice(CSV, first=f"2026-01-0{number + 1}"), "an", store, NOW)
    with pytest.raises(TooManyError):
        exporting.ask(EVERYBODY, "an", store, NOW)
    exporting.run(store, files, clock)

    assert exporting.ask(EVERYBODY, "an", store, NOW)


def test_one_a_run(store: FakeStore, files: FakeFiles, clock: Clock) -> None:
    """
    Each run makes one, who waits longest first.
    """
    first = exporting.ask(EVERYBODY, "an", store, NOW)
    exporting.ask(Choice(CSV, place=AALST), "an", store, NOW + A_MINUTE)
    exporting.run(store, files, clock)

    assert [first.key] == list(files.kept)


def test_at_once(store: FakeStore, files: FakeFiles, clock: Clock) -> None:
    """
    While one run makes a file, another one leaves it alone.
    """
    exporting.ask(EVERYBODY, "an", store, NOW)
    other: list[dict[str, int]] = []
    files.while_keeping = lambda: other.append(exporting.run(store, files, clock))

    assert 1 == exporting.run(store, files, clock)["made"]
    assert [{"removed": 0, "made": 0, "told": 0}] == other


def test_failing(store: FakeStore, files: FakeFiles, clock: Clock, letters: Letters) -> None:
    """
    What goes wrong is seen, and tried again soon; after the last try she is told that it failed.
    """
    asked = exporting.ask(EVERYBODY, "an", store, NOW)
    files.failure = OSError("no S3")
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(OSError, match="no S3"):
            exporting.run(store, files, clock)
        assert 0 == exporting.run(store, files, clock)["made"]  # not at once
        clock.advance(minutes=3)
    done = exporting.run(store, files, clock)
    mail = told(store, letters, clock)

    assert {"removed": 0, "made": 0, "told": 1} == done
    assert "Je bestand is niet gelukt (mijnbuddy)" == mail.subject
    assert "Vraag het hier opnieuw" in mail.text
    assert None is exporting.fetch(asked.id, "an", store, files, clock())


def test_recovers(store: FakeStore, files: FakeFiles, clock: Clock) -> None:
    """
    Where it went wrong once, the next try makes it.
    """
    exporting.ask(EVERYBODY, "an", store, NOW)
    files.failure = OSError("no S3")
    with pytest.raises(OSError, match="no S3"):
        exporting.run(store, files, clock)
    files.failure = None
    clock.advance(minutes=3)

    assert 1 == exporting.run(store, files, clock)["made"]


def test_entry_first(store: FakeStore, files: FakeFiles, clock: Clock) -> None:
    """
    The entry of who gets it is there before the file is.
    """
    exporting.ask(EVERYBODY, "an", store, NOW)
    found: list[list[View]] = []
    files.while_keeping = lambda: found.append(seen(store, clock))
    exporting.run(store, files, clock)

    assert [["exported"]] == [[view.what for view in views] for views in found]


@pytest.mark.parametrize("role", ["", HANDLE])
def test_no_longer(
    store: FakeStore, files: FakeFiles, clock: Clock, letters: Letters, role: str
) -> None:
    """
    Who may not manage any more when it is her turn gets no file and no mail.
    """
    exporting.ask(EVERYBODY, "an", store, NOW)
    if role:
        officers.change_role("an", role, "test", store, NOW)
    else:
        officers.remove("an", "test", store, NOW)
    exporting.run(store, files, clock)

    assert {} == files.kept
    assert [] == seen(store, clock)
    with pytest.raises(NotNeededError, match="no-longer-asked"):
        told(store, letters, clock)


def test_late_mail(store: FakeStore, files: FakeFiles, clock: Clock, letters: Letters) -> None:
    """
    A mail that could not leave until the file was gone is not sent.
    """
    exporting.ask(EVERYBODY, "an", store, NOW)
    exporting.run(store, files, clock)
    clock.advance(hours=25)

    with pytest.raises(NotNeededError, match="too-late"):
        told(store, letters, clock)


def test_told_once(store: FakeStore, files: FakeFiles, clock: Clock) -> None:
    """
    A crash between the file and its mail makes the mail in the next run, and only one.
    """
    one = exports.made(exporting.ask(EVERYBODY, "an", store, NOW), 2, 100, NOW)
    store.save_export(one)
    done = [exporting.run(store, files, clock)["told"] for _ in range(2)]
    (notice,) = store.notices.values()

    assert [1, 0] == done
    assert isinstance(notice, Notice)
    assert ("export", one.id, ["an"]) == (
        notice.kind,
        notice.key,
        [mail.receiver for mail in notice.mails],
    )


@pytest.mark.parametrize("id_", ["", "x", "0" * 32, "../x", "\0"])
def test_no_such_file(store: FakeStore, files: FakeFiles, clock: Clock, id_: str) -> None:
    """
    What was never asked can't be fetched, and leaves no entry.
    """
    assert None is exporting.fetch(id_, "an", store, files, NOW)
    assert [] == seen(store, clock)
