"""
Taking in what a form brings, such as a registration: the one thing that happens while the visitor
waits.

One conditional write, and nothing else: no mail, no second write, no look-up (design rule 1).
Everything that follows starts from the stored record.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from chalicelib.domain.form import Answers, AnyAnswers, Submission
from chalicelib.domain.reference import references, submission_id_of
from chalicelib.domain.registration import Circumstances, Registration, fingerprint, register
from chalicelib.failures import TakenError
from chalicelib.logs import Log

log = Log(__name__)

ORDINARY = Circumstances()


class Identified(Protocol):
    """What a form brought: the same `fingerprint` is the same answers."""

    @property
    def reference(self) -> str: ...
    @property
    def submission_id(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...


Arrived = TypeVar("Arrived", bound=Identified)


class Store(Protocol):
    def add(self, registration: Registration) -> None: ...


class OtherContentError(Exception):
    """This submission was registered before, with other answers; `reference` is that one's."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


def identified(submission: Submission[AnyAnswers], now: datetime) -> Submission[AnyAnswers]:
    """The submission with an id, also when its page gave none, as without JavaScript."""
    if submission.submission_id:
        return submission
    made = submission_id_of(fingerprint(submission.answers), now)
    return replace(submission, submission_id=made)


def take_in(
    submission: Submission[Answers], store: Store, now: datetime, came: Circumstances = ORDINARY
) -> Registration:
    """
    Keep an identified submission and how it `came`; the same submission again gives the same
    registration.

    Raises `OtherContentError` when its id was used for other answers.
    """
    id_, answers = submission.submission_id, submission.answers
    candidates = (register(answers, one, id_, now, came) for one in references(id_))
    return kept(candidates, store.add)


def kept(candidates: Iterable[Arrived], add: Callable[[Arrived], None]) -> Arrived:
    """
    The first of the candidates, which differ in their reference, that has a free place.

    Raises `OtherContentError`, as above.
    """
    for one in candidates:
        try:
            add(one)
        except TakenError as taken:
            # The reply to our own write may have been lost: then what stands there is ours.
            there = taken.existing
            if not isinstance(there, type(one)) or there.submission_id != one.submission_id:
                continue
            if there.fingerprint != one.fingerprint:
                log.info("submission repeated with other answers", reference=one.reference)
                raise OtherContentError(one.reference) from None
            log.info("submission repeated", reference=one.reference)
            return there
        log.info("registered", reference=one.reference)
        return one
    raise AssertionError("there is always a next reference")
