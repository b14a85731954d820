"""
Signing in: a link that was mailed opens a desk for eight hours, in one browser.

Of the browser's secret the table keeps a digest only: who reads the table can't act with it. The
link is signed (tokens.py), works for an hour, and opens one session: a second use finds it used.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

MUNICIPALITY, AGENCY = "gemeente", "beheer"
"""The two desks: the first part of their addresses."""

READ, HANDLE, MANAGE = "read", "handle", "manage"
ROLES = (READ, HANDLE, MANAGE)
"""What an officer of the agency may do; each may do what stands before it as well."""

SESSION_TERM = timedelta(hours=8)
SIGN_IN_TERM = timedelta(hours=1)


@dataclass(frozen=True)
class Session:
    """
    Somebody at a desk. `key` is the digest of the browser's secret; `subject` the contact address
    that the link was mailed to (`41002-1`), or the officer; `role` one of `ROLES`, "" at a
    municipality's desk.
    """

    key: str
    desk: str
    subject: str
    role: str
    began_at: datetime
    expires_at: datetime

    @property
    def nis_code(self) -> str:
        """Of the municipality whose desk it is."""
        return self.subject.partition("-")[0]

    def may(self, role: str) -> bool:
        """Whether an officer may do what asks for `role`."""
        return self.role in ROLES and ROLES.index(self.role) >= ROLES.index(role)


def began(desk: str, subject: str, role: str, now: datetime) -> tuple[str, Session]:
    """A new session, and the secret for the browser's cookie."""
    secret = secrets.token_urlsafe(32)
    return secret, Session(key_of(secret), desk, subject, role, now, now + SESSION_TERM)


def ended(session: Session, now: datetime) -> Session:
    """Signed out."""
    return replace(session, expires_at=min(session.expires_at, now))


def key_of(secret: str) -> str:
    """What the table knows of a secret, or of a link that was used."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def cookie_of(desk: str) -> str:
    """The name of a desk's cookie; browsers take one of that name over HTTPS only."""
    return f"__Secure-{desk}"
