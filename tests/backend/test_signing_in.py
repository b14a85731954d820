"""Signing in at a desk: who is mailed a link, what opens with it, and for how long."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain import contacts
from chalicelib.domain.cleaning import UnusableAnswerError
from chalicelib.domain.contacts import Contact
from chalicelib.domain.notice import Notice
from chalicelib.domain.session import (
    AGENCY,
    HANDLE,
    MUNICIPALITY,
    READ,
    SESSION_TERM,
    SIGN_IN_TERM,
    key_of,
)
from chalicelib.emails import Email, Letters
from chalicelib.failures import NotNeededError
from chalicelib.mailboxes import Mailboxes
from chalicelib.signing_in import KIND, LinkComposer, Member, Members, Reception
from tests.backend.fakes import Clock, FakeStore, aws_error
from tests.backend.samples import AALST, GENT, KEYS, LINKS, NOW, contact
from tests.backend.samples import AGENCY as AGENCY_ADDRESS

SUBJECT = f"{AALST}-1"
ADDRESS = "buddy@aalst.example"
MINUTE = timedelta(minutes=1)


class Officers:
    """The members of another desk, with roles."""

    def __init__(self, *members: Member) -> None:
        self.members = {member.subject: member for member in members}

    def with_address(self, email: str) -> Iterator[Member]:
        return (one for one in self.members.values() if one.email == email)

    def member(self, subject: str) -> Member | None:
        return self.members.get(subject)


def reception(store: FakeStore, clock: Clock, members: Members | None = None) -> Reception:
    desk = AGENCY if members else MUNICIPALITY
    return Reception(desk, members or Mailboxes(store), store, lambda: KEYS, clock())


def token(subject: str = SUBJECT, desk: str = MUNICIPALITY) -> str:
    return LINKS.sign_in(desk, subject, NOW).rpartition("/")[2]


def change(store: FakeStore, step: Callable[[Contact], Contact]) -> None:
    known = store.contact(SUBJECT)
    assert known
    store.save_contact(step(known))


def signed_in(store: FakeStore, clock: Clock) -> str:
    secret = reception(store, clock).sign_in(token())
    assert secret
    return secret


@pytest.mark.parametrize("typed", [ADDRESS, " BUDDY@Aalst.Example \n"])
def test_asked(store: FakeStore, clock: Clock, typed: str) -> None:
    """
    A confirmed mailbox gets a mail, of a notice that says nothing of the address.
    """
    reception(store, clock).ask(typed)

    (notice,) = store.notices.values()
    assert (KIND, [SUBJECT], NOW) == (notice.kind, [one.receiver for one in notice.mails], NOW)
    assert "aalst.example" not in str(notice)


@pytest.mark.parametrize(
    "step",
    [
        lambda one: replace(one, state=contacts.UNCONFIRMED),
        lambda one: contacts.bounced(one, NOW, "no-mailbox", NOW),
        lambda one: contacts.retired(one, "desk", NOW),
        lambda one: contacts.replaced(one, "other@aalst.example", "desk", NOW),
    ],
)
def test_not_asked(store: FakeStore, clock: Clock, step: Callable[[Contact], Contact]) -> None:
    """
    What was not confirmed, bounces, is retired or was replaced gets nothing, without a word.
    """
    change(store, step)
    reception(store, clock).ask(ADDRESS)

    assert {} == store.notices


def test_stranger(store: FakeStore, clock: Clock) -> None:
    """
    Nobody else is mailed: no stranger, and no region, which has no desk.
    """
    store.save_contact(contact("02000", "vlaanderen@regio.example"))
    for typed in ("griet@example.be", "vlaanderen@regio.example"):
        reception(store, clock).ask(typed)

    assert {} == store.notices


def test_no_address(store: FakeStore, clock: Clock) -> None:
    """
    What is no address is told: that says nothing of which ones we know.
    """
    with pytest.raises(UnusableAnswerError):
        reception(store, clock).ask("buddy")


def test_one_mailbox_of_two(store: FakeStore, clock: Clock) -> None:
    """
    A mailbox of two municipalities gets a link for each.
    """
    store.save_contact(contact(GENT, ADDRESS))
    reception(store, clock).ask(ADDRESS)

    receivers = [notice.mails[0].receiver for notice in store.notices.values()]
    assert [SUBJECT, f"{GENT}-1"] == receivers


def test_not_flooded(store: FakeStore, clock: Clock) -> None:
    """
    However often it is asked, a mailbox gets one mail in ten minutes; then another.
    """
    for _ in range(20):
        reception(store, clock).ask(ADDRESS)
    assert 1 == len(store.notices)

    clock.advance(minutes=10)
    reception(store, clock).ask(ADDRESS)
    assert 2 == len(store.notices)


def test_looked_at(store: FakeStore, clock: Clock) -> None:
    """
    Looking at a link uses nothing up, however often.
    """
    found = [reception(store, clock).bearer(token()) for _ in range(10)]

    assert {"Aalst"} == {one.name for one in found if one}
    assert reception(store, clock).sign_in(token())


def test_signed_in(store: FakeStore, clock: Clock) -> None:
    """
    A link opens one session, of the mailbox that it was sent to; used again it opens none.
    """
    secret = signed_in(store, clock)
    visit = reception(store, clock).visit(secret)

    assert visit
    assert (MUNICIPALITY, SUBJECT, "") == (
        visit.session.desk,
        visit.session.subject,
        visit.session.role,
    )
    assert AALST == visit.session.nis_code
    assert reception(store, clock).sign_in(token()) is None


@pytest.mark.parametrize("call", ["save_session", "use_once"])
def test_sign_in_fails(
    store: FakeStore, clock: Clock, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """
    Whatever fails while a link is used: it still works, so that who presses again is inside.
    """

    def fails(*_: object) -> None:
        raise aws_error("InternalServerError")

    with monkeypatch.context() as failing:
        failing.setattr(store, call, fails)
        with pytest.raises(ClientError):
            reception(store, clock).sign_in(token())

    assert reception(store, clock).visit(signed_in(store, clock))


@pytest.mark.parametrize(
    "void",
    [
        "",
        "x",
        "é.1.x",
        token(desk=AGENCY),
        token("41002-2"),
        token() + "x",
        token().replace("41002", "44021"),
        LINKS.sign_in(MUNICIPALITY, SUBJECT, NOW - SIGN_IN_TERM).rpartition("/")[2],
    ],
)
def test_void_link(store: FakeStore, clock: Clock, void: str) -> None:
    """
    A forged, altered or old link opens nothing; nor does one of the other desk, or of nobody.
    """
    store.save_contact(contact(GENT, "buddy@gent.example"))

    assert reception(store, clock).bearer(void) is None
    assert reception(store, clock).sign_in(void) is None


def test_one_hour(store: FakeStore, clock: Clock) -> None:
    """
    A link works for an hour.
    """
    clock.advance(minutes=59, seconds=59)
    assert reception(store, clock).bearer(token())

    clock.advance(seconds=1)
    assert reception(store, clock).bearer(token()) is None


def test_eight_hours(store: FakeStore, clock: Clock) -> None:
    """
    A session works for eight hours.
    """
    secret = signed_in(store, clock)
    clock.now = NOW + SESSION_TERM - MINUTE
    assert reception(store, clock).visit(secret)

    clock.advance(minutes=1)
    assert reception(store, clock).visit(secret) is None


def test_signed_out(store: FakeStore, clock: Clock) -> None:
    """
    Who signs out is out, wherever the cookie is; the other session of the mailbox goes on.
    """
    secret = signed_in(store, clock)
    clock.advance(minutes=11)
    other = LINKS.sign_in(MUNICIPALITY, SUBJECT, clock()).rpartition("/")[2]
    second = reception(store, clock).sign_in(other)
    assert second
    reception(store, clock).sign_out(secret)
    reception(store, clock).sign_out("forged")

    assert reception(store, clock).visit(secret) is None
    assert reception(store, clock).visit(second)


@pytest.mark.parametrize("secret", ["", "forged", "x" * 4000, "é"])
def test_forged_cookie(store: FakeStore, clock: Clock, secret: str) -> None:
    """
    A cookie that we did not give opens nothing; nor does what the table knows of one.
    """
    known = key_of(signed_in(store, clock))

    assert reception(store, clock).visit(secret) is None
    assert reception(store, clock).visit(known) is None


@pytest.mark.parametrize(
    "step",
    [
        lambda one: contacts.replaced(
            one, "other@aalst.example", "desk", NOW + MINUTE, state=contacts.CONFIRMED
        ),
        lambda one: contacts.bounced(one, NOW, "no-mailbox", NOW + MINUTE),
        lambda one: contacts.retired(one, "desk", NOW + MINUTE),
        lambda one: contacts.lapsed(one, "schedule", NOW + MINUTE),
        lambda one: contacts.confirmed(one, "code", NOW + MINUTE),
    ],
)
def test_no_longer_theirs(
    store: FakeStore, clock: Clock, step: Callable[[Contact], Contact]
) -> None:
    """
    When the address changes, stops working or is confirmed anew, links and sessions of before end.
    """
    secret = signed_in(store, clock)
    change(store, step)
    clock.advance(minutes=2)

    assert reception(store, clock).visit(secret) is None
    assert reception(store, clock).bearer(token()) is None


def test_other_desk(store: FakeStore, clock: Clock) -> None:
    """
    A session of the one desk is none of the other, and can't be ended there.
    """
    officers = Officers(Member(SUBJECT, "griet@agentschap.example", READ, NOW, "Griet"))
    secret = signed_in(store, clock)
    reception(store, clock, officers).sign_out(secret)

    assert reception(store, clock, officers).visit(secret) is None
    assert reception(store, clock).visit(secret)


def test_role(store: FakeStore, clock: Clock) -> None:
    """
    A session has the role of when it began: given another one, an officer signs in again.
    """
    griet = Member("griet", "griet@agentschap.example", READ, NOW, "Griet")
    officers = Officers(griet)
    secret = reception(store, clock, officers).sign_in(token("griet", AGENCY))
    assert secret
    visit = reception(store, clock, officers).visit(secret)
    assert visit
    assert [True, False] == [visit.session.may(role) for role in (READ, HANDLE)]

    officers.members["griet"] = replace(griet, role=HANDLE)
    assert reception(store, clock, officers).visit(secret) is None


def composed(store: FakeStore, letters: Letters, notice: Notice, clock: Clock) -> Email:
    members: dict[str, Members] = {MUNICIPALITY: Mailboxes(store)}
    composer = LinkComposer(members, letters, AGENCY_ADDRESS, LINKS.sign_in)
    return composer(notice, notice.mails[0], clock())


def test_mail(store: FakeStore, letters: Letters, clock: Clock) -> None:
    """
    The mail has the link, until when it works, and nothing of it in its subject. A copy that goes
    out later has the same link.
    """
    reception(store, clock).ask(ADDRESS)
    (notice,) = store.notices.values()
    mail = composed(store, letters, notice, clock)
    clock.advance(minutes=59)

    assert (ADDRESS, SUBJECT, AGENCY_ADDRESS) == (mail.to, mail.route, mail.reply_to)
    link = LINKS.sign_in(MUNICIPALITY, SUBJECT, NOW)
    assert link in mail.text
    assert link in mail.html
    assert "11.30 uur" in mail.text  # in Brussels
    assert "http" not in mail.subject
    assert mail == composed(store, letters, notice, clock)


@pytest.mark.parametrize(
    "step",
    [
        lambda one: contacts.replaced(
            one, "other@aalst.example", "desk", NOW + MINUTE, state=contacts.CONFIRMED
        ),
        lambda one: contacts.bounced(one, NOW, "no-mailbox", NOW + MINUTE),
    ],
)
def test_not_mailed(
    store: FakeStore, letters: Letters, clock: Clock, step: Callable[[Contact], Contact]
) -> None:
    """
    When the address is another one by then, or bounces, no link goes out.
    """
    reception(store, clock).ask(ADDRESS)
    change(store, step)
    (notice,) = store.notices.values()

    with pytest.raises(NotNeededError, match="no-longer-asked"):
        composed(store, letters, notice, clock)


def test_mailed_too_late(store: FakeStore, letters: Letters, clock: Clock) -> None:
    """
    A mail that was held up for an hour has no link that works: it does not go out.
    """
    reception(store, clock).ask(ADDRESS)
    (notice,) = store.notices.values()
    clock.advance(hours=1)

    with pytest.raises(NotNeededError, match="too-late"):
        composed(store, letters, notice, clock)
