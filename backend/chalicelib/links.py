"""
The links with which somebody acts on one registration: signed, for one purpose, for a while.

Nothing of them is stored: what a link may still do follows from the registration itself.
"""

from datetime import datetime

from chalicelib.domain.registration import Registration
from chalicelib.domain.site import CONFIRM, REVIEW
from chalicelib.domain.tokens import CONFIRM as TO_CONFIRM
from chalicelib.domain.tokens import REVIEW as TO_REVIEW
from chalicelib.domain.tokens import Keys, sign


class Links:
    """Makes the links; `site_url` has no slash at its end."""

    def __init__(self, site_url: str, keys: Keys) -> None:
        self._site_url = site_url
        self._keys = keys

    def confirm(self, registration: Registration) -> str:
        """For the volunteer: was it you? The same link in every copy of the mail."""
        since = registration.held_at or registration.registered_at
        return self._link(CONFIRM, TO_CONFIRM, registration, since)

    def review(self, registration: Registration, now: datetime) -> str:
        """For the desk: forward this one, or refuse it."""
        return self._link(REVIEW, TO_REVIEW, registration, now)

    def _link(self, path: str, purpose: str, registration: Registration, at: datetime) -> str:
        token = sign(purpose, registration.reference, self._keys()[0], at)
        return f"{self._site_url}{path}{token}"
