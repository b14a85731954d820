"""
What the store and the mailer can answer instead of doing what was asked.

Apart from both, so that a use case can name them without knowing either.
"""

from chalicelib.domain.outbox import Outbox


class TakenError(Exception):
    """The reference is in the table already: `existing` is this submission, or another one."""

    def __init__(self, existing: Outbox) -> None:
        super().__init__(existing.id)
        self.existing = existing


class StaleError(Exception):
    """Somebody else wrote the item since it was read: read again, decide again."""


class DeliveryFailedError(Exception):
    """The mail was not taken; `reason` is the code that says why (SES's own, or the network's)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotNeededError(Exception):
    """What was to be mailed holds no longer; `reason` is the code that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NobodyLeftError(Exception):
    """A mail came back from every address that it may go to."""


class IncompleteFileError(Exception):
    """A file is not, or not whole, where it was put."""
