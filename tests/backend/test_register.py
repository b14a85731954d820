"""Taking in: one write, once, whatever is sent again or lost."""

from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from chalicelib.domain.form import Answers, Submission
from chalicelib.domain.reference import references
from chalicelib.domain.registration import Circumstances, Registration
from chalicelib.register import OtherContentError, identified, take_in
from tests.backend.fakes import FakeStore, aws_error
from tests.backend.samples import NOW, Changes, answers

ID = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"


def submission(submission_id: str = ID, **changes: Changes) -> Submission[Answers]:
    return Submission(answers(**changes), submission_id)


def test_one_write(store: FakeStore) -> None:
    """
    A registration is one write; its reference follows from the submission.
    """
    registration = take_in(submission(), store, NOW)

    assert {registration.reference: registration} == store.records
    assert 1 == store.writes
    assert next(references(ID)) == registration.reference
    assert (ID, NOW, answers()) == (
        registration.submission_id,
        registration.registered_at,
        registration.answers,
    )


def test_again(store: FakeStore) -> None:
    """
    The same submission again, also much later, gives what was stored and writes nothing.
    """
    first = take_in(submission(), store, NOW)
    again = take_in(submission(), store, NOW + timedelta(days=30))

    assert first is again
    assert 1 == store.writes


def test_again_after_forwarding(store: FakeStore) -> None:
    """
    The same submission is known also when its record has moved on.
    """
    first = take_in(submission(), store, NOW)
    store.save(first)

    assert first.reference == take_in(submission(), store, NOW).reference


def test_other_content(store: FakeStore) -> None:
    """
    The same number with other answers is refused, with the reference of the first ones.
    """
    first = take_in(submission(), store, NOW)

    with pytest.raises(OtherContentError) as refused:
        take_in(submission(about="Iets anders"), store, NOW)
    assert first.reference == refused.value.reference
    assert {first.reference: first} == store.records


def test_taken_by_another(store: FakeStore) -> None:
    """
    A reference that another submission has is left to it: this one gets its next.
    """
    first, second = islice(references(ID), 2)
    other = replace(take_in(submission("other"), FakeStore(), NOW), reference=first)
    store.add(other)

    registration = take_in(submission(), store, NOW)
    assert second == registration.reference
    assert other == store.records[first]
    assert registration is take_in(submission(), store, NOW)
    assert 2 == store.writes


def test_lost_reply(store: FakeStore) -> None:
    """
    A write that arrived while its answer got lost is recognised as one's own when it is repeated.
    """

    class Retrying:
        """As botocore does: sends the request again when no answer comes."""

        def add(self, registration: Registration) -> None:
            store.add(registration)
            store.add(registration)

    registration = take_in(submission(), Retrying(), NOW)

    assert {registration.reference: registration} == store.records
    assert 1 == store.writes


def test_without_number() -> None:
    """
    A form without a number is the same one all day, and another one with other answers.
    """
    first = identified(submission(""), NOW)

    assert first == identified(submission(""), NOW + timedelta(hours=10))
    assert first.answers == answers()
    ids = {
        first.submission_id,
        identified(submission("", name="Jan"), NOW).submission_id,
        identified(submission(""), NOW + timedelta(days=1)).submission_id,
    }
    assert 3 == len(ids)


def test_circumstances(store: FakeStore) -> None:
    """
    How it came is kept with it; sent again in another way it is still the first.
    """
    came = Circumstances(("too-fast",), "digest", synthetic=True)
    first = take_in(submission(), store, NOW, came)

    assert came == Circumstances(first.signals, first.network, first.synthetic)
    assert first is take_in(submission(), store, NOW)


def test_with_number() -> None:
    """
    The number that a page gave is kept.
    """
    assert submission() == identified(submission(), NOW)


def test_table_down(store: FakeStore) -> None:
    """
    What the table raises is raised: nobody hears that it is stored when it is not.
    """
    failure = aws_error("ProvisionedThroughputExceededException")
    store.failure = failure

    with pytest.raises(type(failure)):
        take_in(submission(), store, NOW)
    assert {} == store.records


def test_log(store: FakeStore, caplog: pytest.LogCaptureFixture) -> None:
    """
    The log holds the reference, never the person.
    """
    with caplog.at_level("DEBUG"):
        registration = take_in(submission(), store, NOW)
        take_in(submission(), store, NOW)
        with pytest.raises(OtherContentError):
            take_in(submission(name="Jan"), store, NOW)

    told = "".join(str(vars(record)["told"]) for record in caplog.records)
    assert 3 == told.count(registration.reference)
    told += caplog.text
    assert [] == [word for word in ("Ana", "example.be", "470", "Jan") if word in told]
