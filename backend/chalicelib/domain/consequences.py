"""What must follow from what became of mails, whatever has them."""

from datetime import datetime
from typing import cast

from chalicelib.domain import registration, suggestion
from chalicelib.domain.outbox import AnyOutbox
from chalicelib.domain.registration import Registration
from chalicelib.domain.suggestion import Suggestion


def followed_up(outbox: AnyOutbox, now: datetime) -> AnyOutbox:
    """Nothing twice, whenever it is asked; of a notice nothing follows."""
    if isinstance(outbox, Registration):
        return cast("AnyOutbox", registration.followed_up(outbox, now))  # it is what it was
    if isinstance(outbox, Suggestion):
        return cast("AnyOutbox", suggestion.followed_up(outbox, now))
    return outbox
