"""
Signing in at a desk: a link that is mailed to an address we know opens it, in one browser, once.

Both desks (domain/session.py) do it here; who may sign in, and with which role, each tells by its
`Members`. Asking for a link answers the same whoever asks, so nobody learns which addresses we
know. A link shows, a button acts: looking at one uses nothing up.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain import cleaning
from chalicelib.domain.calendar import BRUSSELS
from chalicelib.domain.notice import Notice, notice
from chalicelib.domain.outbox import Mail
from chalicelib.domain.session import SIGN_IN_TERM, Session, began, ended, key_of
from chalicelib.domain.tokens import SIGN_IN, ForgedTokenError, Keys, verify
from chalicelib.emails import Email, Letters
from chalicelib.failures import NotNeededError
from chalicelib.logs import Log

log = Log(__name__)

KIND = "sign-in"
"""Of the notice and its mail."""

ONE_MAIL_IN = timedelta(minutes=10)
"""However often somebody asks: nobody can flood a mailbox that is not theirs."""


@dataclass(frozen=True)
class Member:
    """
    Somebody, or a mailbox, that may sign in at a desk. `subject` names it (a contact's key, or the
    officer), where its address may not stand; links and sessions of before `since` are void.
    `name` is how it is spoken to: a municipality's, or the officer's.
    """

    subject: str
    email: str
    role: str
    since: datetime
    name: str


class Members(Protocol):
    """Who may sign in at one desk, as they are now."""

    def with_address(self, email: str) -> Iterable[Member]: ...
    def member(self, subject: str) -> Member | None: ...


class Store(Protocol):
    def add_notice(self, notice: Notice) -> bool: ...
    def save_session(self, session: Session) -> None: ...
    def session(self, key: str, now: datetime) -> Session | None: ...
    def use_once(self, key: str, by: str, until: datetime) -> bool: ...


@dataclass(frozen=True)
class Visit:
    """Somebody who signed in, as she is known now."""

    session: Session
    member: Member


class Reception:
    """Signing in at `desk`, one of those of domain/session.py."""

    def __init__(
        self, desk: str, members: Members, store: Store, keys: Keys, now: datetime
    ) -> None:
        self.desk = desk
        self._members = members
        self._store = store
        self._keys = keys
        self._now = now

    def ask(self, typed: str) -> None:
        """
        Mail a link to whoever has this address; to nobody, without a word, when that is no member.

        Raises `UnusableAnswerError` for what is no address.
        """
        email = cleaning.email(cleaning.normalise(typed))
        for member in self._members.with_address(email):
            bucket = int(self._now.timestamp() // ONE_MAIL_IN.total_seconds())
            key = f"{self.desk}.{member.subject}.{bucket}"
            is_new = self._store.add_notice(notice(KIND, key, member.subject, self._now))
            outcome = "mailed" if is_new else "mailed-before"
            log.info("sign-in asked", why=self.desk, contact=member.subject, outcome=outcome)

    def bearer(self, token: str) -> Member | None:
        """Who may sign in with a link. None when it is forged, too old, or no longer theirs."""
        try:
            signed = verify(f"{SIGN_IN}/{self.desk}", token, self._keys())
        except ForgedTokenError:
            return None
        if self._now - signed.at >= SIGN_IN_TERM:
            return None
        member = self._members.member(signed.subject)
        # A token has whole seconds.
        is_theirs = member is not None and signed.at >= member.since.replace(microsecond=0)
        return member if is_theirs else None

    def sign_in(self, token: str) -> str | None:
        """
        A session, by its secret for the browser; None for a link that is void or was used.

        The session is there before the link is used up: when either fails, the link still works.
        """
        member = self.bearer(token)
        if member is None:
            return None
        secret, session = began(self.desk, member.subject, member.role, self._now)
        self._store.save_session(session)
        if not self._store.use_once(key_of(token), session.key, self._now + SIGN_IN_TERM):
            return None
        log.info("signed in", why=self.desk, contact=member.subject)
        return secret

    def visit(self, secret: str) -> Visit | None:
        """
        Who has this secret of a browser. None when the session ended, is of the other desk, or when
        the address became another one, stopped working or has another role since.
        """
        session = self._store.session(key_of(secret), self._now) if secret else None
        if session is None or session.desk != self.desk:
            return None
        member = self._members.member(session.subject)
        if member is None or session.began_at < member.since or session.role != member.role:
            return None
        return Visit(session, member)

    def sign_out(self, secret: str) -> None:
        """The session ends in the table as well: its cookie opens nothing, wherever it is."""
        session = self._store.session(key_of(secret), self._now) if secret else None
        if session and session.desk == self.desk:
            self._store.save_session(ended(session, self._now))
            log.info("signed out", why=self.desk, contact=session.subject)


class LinkComposer:
    """Writes the mail with the link, to what the address is when it goes out."""

    def __init__(
        self,
        members: Mapping[str, Members],
        letters: Letters,
        agency: str,
        link: Callable[[str, str, datetime], str],
    ) -> None:
        self._members = members
        self._letters = letters
        self._agency = agency
        self._link = link

    def __call__(self, notice: Notice, mail: Mail, now: datetime) -> Email:
        """Raises `NotNeededError` when the link would not work (any more)."""
        desk = notice.key.partition(".")[0]
        member = self._members[desk].member(mail.receiver)
        if member is None or member.since > notice.created_at:
            raise NotNeededError("no-longer-asked")
        until = notice.created_at + SIGN_IN_TERM
        if now >= until:
            raise NotNeededError("too-late")
        return self._letters.written(
            KIND,
            notice.id,
            receiver=mail.receiver,
            route=mail.receiver,
            to=member.email,
            reply_to=self._agency,
            facts={
                "desk": desk,
                "name": member.name,
                "link": self._link(desk, member.subject, notice.created_at),
                "until": f"{until.astimezone(BRUSSELS):%-H.%M} uur",
            },
        )
