"""
The links with which somebody acts on one registration or suggestion: signed, for one purpose, for
a while.

Nothing of them is stored: what a link may still do follows from the record itself.
"""

from datetime import datetime

from chalicelib.domain import site, tokens
from chalicelib.domain.registration import Registration
from chalicelib.domain.suggestion import Suggestion
from chalicelib.domain.tokens import Keys, sign


class Links:
    """Makes the links; `site_url` has no slash at its end."""

    def __init__(self, site_url: str, keys: Keys) -> None:
        self._site_url = site_url
        self._keys = keys

    def confirm(self, registration: Registration) -> str:
        """For the volunteer: was it you? The same link in every copy of the mail."""
        since = registration.held_at or registration.registered_at
        return self._link(site.CONFIRM, tokens.CONFIRM, registration.reference, since)

    def candidate(self, registration: Registration, receiver: str) -> str:
        """For a municipality: what did you do about this candidate? The same in every copy."""
        handover = registration.handover(receiver)
        since = registration.registered_at
        if handover:
            since = max(handover.since, handover.links_since or handover.since)
        subject = f"{registration.reference}.{receiver}"
        return self._link(site.CANDIDATE, tokens.CANDIDATE, subject, since)

    def own(self, registration: Registration) -> str:
        """For the volunteer: her own page. The same link in every mail."""
        since = registration.links_since or registration.registered_at
        return self._link(site.OWN, tokens.OWN, registration.reference, since)

    def question(self, registration: Registration, code: str) -> str:
        """For the volunteer: one question (reply.py). The same link in every copy of the mail."""
        since = registration.links_since or registration.registered_at
        subject = f"{registration.reference}.{code}"
        return self._link(site.QUESTION, tokens.QUESTION, subject, since)

    def suggestion(self, suggestion: Suggestion) -> str:
        """For who told us of a project: her buttons. The same link in every mail."""
        return self._link(
            site.OWN_SUGGESTION, tokens.SUGGESTION, suggestion.reference, suggestion.registered_at
        )

    def new_address(self, registration: Registration) -> str:
        """For whoever reads the mails of the address that she wants to have."""
        since = registration.new_email_at or registration.registered_at
        return self._link(site.NEW_ADDRESS, tokens.NEW_ADDRESS, registration.reference, since)

    def own_data(self, registration: Registration, now: datetime) -> str:
        """For the volunteer, who asked for it: all that we know of her."""
        return self._link(site.OWN_DATA, tokens.OWN_DATA, registration.reference, now)

    def sign_in(self, desk: str, subject: str, now: datetime) -> str:
        """
        Opens a desk (session.py), for a contact address (`41002-1`) or an officer. A link for the
        one desk is no link for the other.
        """
        path = f"/{desk}/{site.SIGN_IN}"
        return self._link(path, f"{tokens.SIGN_IN}/{desk}", subject, now)

    def _link(self, path: str, purpose: str, subject: str, at: datetime) -> str:
        return f"{self._site_url}{path}{sign(purpose, subject, self._keys()[0], at)}"
