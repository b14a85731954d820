"""The way of a suggestion: posted, judged, mailed, decided, erased."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from chalicelib import suggesting
from chalicelib.composing import Composer
from chalicelib.deciding import Outcome
from chalicelib.domain import suggestion as steps
from chalicelib.domain.recent import address_of
from chalicelib.domain.registration import QUARANTINE, STEP_UP
from chalicelib.domain.suggestion import (
    ACCEPTANCE,
    CONFIRM_FIRST,
    RECEIVED,
    SENDER,
    SUGGESTIONS,
    Suggestion,
)
from chalicelib.domain.tokens import FORM as FORM_TOKEN
from chalicelib.domain.tokens import sign
from chalicelib.emails import Letters
from chalicelib.forward import Desk, forward, sweep
from chalicelib.intake import FORM, JSON
from chalicelib.suggestion_post import post_suggestion
from chalicelib.web import Answer, Request
from tests.backend.fakes import Clock, FakeMailer, FakePages, FakeStore, aws_error
from tests.backend.samples import (
    AGENCY,
    KEYS,
    LINKS,
    NOW,
    SITE_URL,
    Changes,
    project_posted,
    registration,
    suggestion,
)


class World:
    """A table, a mailer and a clock."""

    def __init__(self) -> None:
        self.store, self.mailer, self.clock = FakeStore(), FakeMailer(), Clock(NOW)
        composer = Composer(self.store, Letters(SITE_URL, AGENCY), AGENCY, {}, LINKS)
        self.desk = Desk(self.store, self.mailer, composer, self.clock, self.clock)

    def post(self, *, address: str = "", as_json: bool = False, **changes: Changes) -> Answer:
        posted = project_posted(**changes)
        body = json.dumps(posted) if as_json else urlencode(posted, doseq=True)
        headers: Mapping[str, str] = {"content-type": JSON if as_json else FORM}
        request = Request(headers, body.encode(), address)
        return post_suggestion(request, self.store, FakePages(), lambda: KEYS, self.clock.now)

    def kept(self, *, number: int = 0, **post: object) -> Suggestion:
        """What was posted, as it is after it was judged and mailed."""
        answer = self.post(**post)  # type: ignore[arg-type]
        assert 303 == answer.status
        reference = answer.headers["Location"].rpartition("=")[2]
        one = self.one(reference)
        forward(one, self.desk)
        return self.one(reference)

    def one(self, reference: str) -> Suggestion:
        found = self.store.suggestion(reference, self.clock.now)
        assert found
        return found

    def sweep(self, at: datetime) -> None:
        self.clock.now = at
        sweep(self.desk, lambda: True)

    @property
    def mails(self) -> list[str]:
        return [mail.kind for mail in self.mailer.sent]


@pytest.fixture
def world() -> World:
    return World()


def test_stored_and_mailed(world: World) -> None:
    """
    A right form is stored, listed, and its sender is told; the mail names no project.
    """
    one = world.kept()

    assert ((SUGGESTIONS, NOW), [RECEIVED]) == (one.work, world.mails)
    (mail,) = world.mailer.sent
    assert ("mieke@melder.example", AGENCY) == (mail.to, mail.reply_to)
    assert "Samen" not in mail.subject + mail.text + mail.html
    assert LINKS.suggestion(one) in mail.text


def test_json(world: World) -> None:
    """
    A program gets the reference, or every error at once.
    """
    good = world.post(as_json=True)
    bad = world.post(as_json=True, project=None, link="x")

    assert (201, {"reference"}) == (good.status, set(json.loads(good.body)))
    assert (422, ["project", "link"]) == (
        bad.status,
        [error["field"] for error in json.loads(bad.body)["errors"]],
    )


def test_wrong(world: World) -> None:
    """
    A wrong form comes back as its page, and nothing is stored.
    """
    answer = world.post(email="x")

    assert (422, "project") == (answer.status, json.loads(answer.body)["page"])
    assert [] == list(world.store.suggestions(NOW))


def test_twice(world: World) -> None:
    """
    Pressed twice, it is stored and mailed once; the same number with other answers is refused.
    """
    number = "0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01"
    first = world.kept(submission_id=number)
    again = world.kept(submission_id=number)

    assert (first, [RECEIVED]) == (again, world.mails)
    assert 409 == world.post(submission_id=number, about="Iets anders.").status


def test_not_stored(world: World) -> None:
    """
    When the table fails, nobody is told that it worked, and what was typed comes back.
    """
    world.store.failure = aws_error("InternalServerError")
    answer = world.post()

    assert 503 == answer.status
    assert "Je melding is niet verstuurd" in json.loads(answer.body)["errors"][0][1]


def test_no_double_of_a_registration(world: World) -> None:
    """
    A registration and a suggestion of one number have each a reference of its own.
    """
    number = str(registration().submission_id)
    world.store.add(registration())

    assert world.kept(submission_id=number).reference != registration().reference


def test_repeat(world: World) -> None:
    """
    The same words again, by another form, are marked and not mailed; other words about the same
    project are news.
    """
    first = world.kept(submission_id="0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a01")
    same = world.kept(submission_id="0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a02")
    more = world.kept(submission_id="0b9f3f3e-7c1b-4c59-9d0c-6c1f6f6d6a03", about="Meer erover.")

    assert (first.reference, None) == (same.repeat_of, same.work)
    assert ("", [RECEIVED, RECEIVED]) == (more.repeat_of, world.mails)


def test_two_mails_a_day(world: World) -> None:
    """
    No address gets more than two mails a day that a form can bring about: the third is listed only,
    and from the sixth on it counts as odd.
    """
    kept = [world.kept(about=f"Zoveelste keer: {number}") for number in range(6)]

    assert [RECEIVED] * 2 == world.mails
    assert all(one.work for one in kept)
    assert ["", "", "", "", "", QUARANTINE] == [one.hold for one in kept]


def test_trap(world: World) -> None:
    """
    What fills in what people don't see is answered as any other, listed as odd, and not mailed.
    """
    one = world.kept(website="spam")

    assert (QUARANTINE, (SUGGESTIONS, NOW), []) == (one.hold, one.work, world.mails)


def test_forged_token(world: World) -> None:
    """
    Who changed the hidden code confirms by a button first; the mail has nothing that was typed.
    """
    one = world.kept(token="forged")
    (mail,) = world.mailer.sent

    assert (STEP_UP, None, CONFIRM_FIRST) == (one.hold, one.work, mail.kind)
    assert "Mieke" not in mail.subject + mail.text + mail.html
    suggesting.confirm(one.reference, world.store, NOW)
    world.sweep(NOW)
    assert ("", [CONFIRM_FIRST, RECEIVED]) == (world.one(one.reference).hold, world.mails)


def test_too_fast(world: World) -> None:
    """
    Twice within seconds, from one place, is a program: the second must confirm.
    """
    token = sign(FORM_TOKEN, "", KEYS[0], NOW)
    first = world.kept(token=token, address="192.0.2.1")
    second = world.kept(token=token, address="192.0.2.1", about="Nog een.")

    assert ("", STEP_UP) == (first.hold, second.hold)


def test_flood(world: World) -> None:
    """
    What comes from one place counts over both forms: the eleventh in an hour must confirm.
    """
    kept = [
        world.kept(address="192.0.2.1", email=f"m{number}@melder.example") for number in range(11)
    ]

    assert [""] * 10 + [STEP_UP] == [one.hold for one in kept]


def test_never_confirmed(world: World) -> None:
    """
    What nobody confirmed in a week is listed, as odd.
    """
    one = world.kept(token="forged")
    world.sweep(NOW + timedelta(days=7))

    assert QUARANTINE == world.one(one.reference).hold


def test_accepted(world: World) -> None:
    """
    The sender is told after the hour in which it can be undone; a month later she is forgotten.
    """
    one = world.kept()
    decided = suggesting.decide(
        one.reference, lambda it: steps.accepted(it, "", "agency", NOW), world.store, NOW, seen=0
    )
    assert Outcome.DONE is decided.outcome
    world.sweep(NOW + timedelta(minutes=59))
    assert [RECEIVED] == world.mails
    world.sweep(NOW + timedelta(minutes=60))
    assert [RECEIVED, ACCEPTANCE] == world.mails
    assert "Samen op Stap" in world.mailer.sent[-1].text
    world.sweep(NOW + timedelta(days=31))
    after = world.one(one.reference)
    assert ("", "vzw Samen") == (after.answers.name, after.answers.organiser)


def test_changed_meanwhile(world: World) -> None:
    """
    A form that is older than the last decision does nothing.
    """
    one = world.kept()

    def refuse() -> Outcome:
        return suggesting.decide(
            one.reference,
            lambda it: steps.refused(it, "unclear", "agency", NOW),
            world.store,
            NOW,
            seen=0,
        ).outcome

    assert [Outcome.DONE, Outcome.ALREADY] == [refuse(), refuse()]
    suggesting.decide(
        one.reference, lambda it: steps.undone(it, "agency", NOW), world.store, NOW, seen=1
    )
    assert Outcome.CHANGED is refuse()


def test_erased(world: World) -> None:
    """
    Who is erased is so everywhere: also where repeats are known by, so that she can send it anew.
    """
    one = world.kept()
    address = address_of(one)
    assert world.store.recent(address).requests
    suggesting.erase(one.reference, "volunteer", world.store, NOW)

    assert () == world.store.recent(address).requests
    assert "mieke" not in str(vars(world.store)).casefold()
    assert [RECEIVED] * 2 == ([world.kept(about="Nog eens."), world.mails][1])


def test_links() -> None:
    """
    A link names its suggestion as long as that is there, and no other link does.
    """
    store, one = FakeStore(), suggestion()
    store.add_suggestion(one)
    token = LINKS.suggestion(one).rpartition("/")[2]

    assert one == suggesting.of_link(token, store, lambda: KEYS, NOW)
    for other in (LINKS.own(registration()), LINKS.confirm(registration()), "x/y"):
        assert suggesting.of_link(other.rpartition("/")[2], store, lambda: KEYS, NOW) is None
    assert suggesting.of_link(token, store, lambda: KEYS, one.expires_at) is None


def test_no_other_mail(world: World) -> None:
    """
    Every mail of a suggestion goes to its sender, and nobody else.
    """
    world.kept()

    assert {SENDER} == {mail.receiver for mail in world.mailer.sent}
