"""
Taking in a registration: the one thing that happens while the volunteer waits.

One conditional write, and nothing else: no mail, no second write, no look-up (design rule 1).
Everything that follows starts from the stored record.
"""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chalicelib.domain.form import Submission
from chalicelib.domain.reference import references, submission_id_of
from chalicelib.domain.registration import Circumstances, Registration, fingerprint, register
from chalicelib.failures import TakenError
from chalicelib.logs import Log

log = Log(__name__)

ORDINARY = Circumstances()


class Store(Protocol):
    def add(self, registration: Registration) -> None: ...


class OtherContentError(Exception):
    """This submission was registered before, with other answers; `reference` is that one's."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


def identified(submission: Submission, now: datetime) -> Submission:
    """The submission with an id, also when its page gave none, as without JavaScript."""
    if submission.submission_id:
        return submission
    made = submission_id_of(fingerprint(submission.answers), now)
    return replace(submission, submission_id=made)


def take_in(
    submission: Submission, store: Store, now: datetime, came: Circumstances = ORDINARY
) -> Registration:
    """
    Keep an identified submission and how it `came`; the same submission again gives the same
    registration.

    Raises `OtherContentError` when its id was used for other answers.
    """
    digest = fingerprint(submission.answers)
    for reference in references(submission.submission_id):
        registration = register(submission.answers, reference, submission.submission_id, now, came)
        try:
            store.add(registration)
        except TakenError as taken:
            # The reply to our own write may have been lost: then what stands there is ours.
            if taken.existing.submission_id != submission.submission_id:
                continue
            if taken.existing.fingerprint != digest:
                log.info("submission repeated with other answers", reference=reference)
                raise OtherContentError(reference) from None
            log.info("submission repeated", reference=reference)
            return taken.existing
        log.info("registered", reference=reference)
        return registration
    raise AssertionError("there is always a next reference")
