"""Which letter goes to which address."""

from dataclasses import replace

import pytest

from chalicelib.composing import Composer
from chalicelib.domain.following import acted, agreed, handed_on, proposed
from chalicelib.domain.handover import CONTACTED, DUO, LINK, NOT_NOW, Act, Partner
from chalicelib.domain.handover import HANDED_ON as HANDED_ON_ACT
from chalicelib.domain.notice import notice
from chalicelib.domain.outbox import (
    BOUNCED,
    NO_MAILBOX,
    Fact,
    Mail,
    Outbox,
    Receipt,
    heard,
    queued,
)
from chalicelib.domain.registration import (
    CONSENT,
    DELAY,
    HANDED_ON,
    PHONE_INSTEAD,
    REGRET,
    STEP_UP,
    VOLUNTEER,
    Registration,
)
from chalicelib.failures import NobodyLeftError, NotNeededError
from chalicelib.forward import Desk
from tests.backend.fakes import FakeStore
from tests.backend.samples import (
    AALST,
    AGENCY,
    BRUSSEL,
    LINKS,
    NOW,
    contact,
    mail_to,
    posted,
    registration,
)
from tests.backend.steps import receipt

FLANDERS, BRUSSELS = "02000", "04000"


@pytest.fixture
def composer(desk: Desk) -> Composer:
    assert isinstance(desk.composer, Composer)
    return desk.composer


def back_from(one: Registration, route: str, number: int) -> Registration:
    """Sent along this route, and come back."""
    message_id = f"message-{number}"
    told = receipt(one, AALST, Fact(NOW, BOUNCED, NO_MAILBOX), message_id, NOW)
    return heard(one, replace(told, route=route))


def route(composer: Composer, one: Registration, receiver: str = AALST) -> tuple[str, str]:
    email = composer.compose(one, mail_to(one, receiver), NOW)
    return email.route, email.to


@pytest.mark.parametrize(
    ("kind", "receiver", "to"),
    [
        ("forwarding", AALST, "buddy@aalst.example"),
        (PHONE_INSTEAD, AALST, "buddy@aalst.example"),
        ("confirmation", VOLUNTEER, posted()["email"][0]),
        (DELAY, VOLUNTEER, posted()["email"][0]),
        (STEP_UP, VOLUNTEER, posted()["email"][0]),
    ],
)
def test_every_kind(composer: Composer, kind: str, receiver: str, to: str) -> None:
    """
    Each kind of mail has its letter, and names itself, its receiver and its route.
    """
    one = queued(registration(), kind, receiver, NOW)
    mail = one.mail(kind, receiver)
    assert mail
    email = composer.compose(one, mail, NOW)

    assert (one.reference, kind, receiver, to) == (
        email.reference,
        email.kind,
        email.receiver,
        email.to,
    )
    assert {VOLUNTEER: VOLUNTEER}.get(receiver, "41002-1") == email.route


def said_no(*places: str) -> tuple[Registration, Mail]:
    one = registration(municipality=list(places))
    one = acted(one, AALST, Act(NOW, NOT_NOW, LINK, "no-project"))
    mail = one.mail(REGRET, VOLUNTEER, AALST)
    assert mail
    return one, mail


def test_regret(composer: Composer) -> None:
    """
    Told no, she reads why, what she can choose instead, and where it goes on.
    """
    alone = composer.compose(*said_no(AALST), NOW)
    with_another = composer.compose(*said_no(AALST, BRUSSEL), NOW)

    for part in (alone.text, alone.html):
        assert "Er is daar nu geen buddywerking." in part
        assert "bijvoorbeeld Affligem, Asse, Denderleeuw of Dendermonde" in part
        assert "loopt nog" not in part
    assert "Je aanmelding loopt nog in Brussel." in with_another.text
    assert alone.subject.endswith("in Aalst lukt het nu niet")


@pytest.mark.parametrize("what", [CONTACTED, DUO])
def test_regret_too_late(composer: Composer, what: str) -> None:
    """
    Where somebody took her up after all before the mail went out, she is not told that they don't.
    """
    one, mail = said_no(AALST)

    with pytest.raises(NotNeededError):
        composer.compose(acted(one, AALST, Act(NOW, what, LINK)), mail, NOW)


def test_in_order(composer: Composer, store: FakeStore) -> None:
    """
    The municipality's addresses in their order, its region's, the agency's; then nobody is left.
    """
    store.save_contact(contact(email="three@aalst.example", order=3))
    store.save_contact(contact(email="two@aalst.example", order=2, state="inactive"))
    store.save_contact(contact(FLANDERS, "vlaanderen@regio.example"))
    one = registration()
    tried = []
    for number in range(4):
        tried.append(route(composer, one))
        one = back_from(one, tried[-1][0], number)

    assert [
        ("41002-1", "buddy@aalst.example"),
        ("41002-3", "three@aalst.example"),
        ("02000-1", "vlaanderen@regio.example"),
        ("agency", AGENCY),
    ] == tried
    with pytest.raises(NobodyLeftError):
        route(composer, one)


def test_region(composer: Composer, store: FakeStore) -> None:
    """
    Brussels has a region of its own.
    """
    store.save_contact(contact(FLANDERS, "vlaanderen@regio.example"))
    store.save_contact(contact(BRUSSELS, "brussel@regio.example"))

    one = registration(municipality=BRUSSEL)
    assert ("04000-1", "brussel@regio.example") == route(composer, one, BRUSSEL)


def handed_to_brug(one: Registration) -> Registration:
    """An organisation has her now, and she said yes."""
    act = Act(NOW, HANDED_ON_ACT, LINK)
    asked = proposed(one, AALST, Partner("De Brug", "brug@partner.example"), act)
    return agreed(asked, "partner-1", NOW)


def test_organisation(composer: Composer, store: FakeStore) -> None:
    """
    An organisation has one address, that it was given; back from there it goes to no region.
    """
    store.save_contact(contact(FLANDERS, "vlaanderen@regio.example"))
    one = handed_to_brug(registration())
    mail = mail_to(one, "partner-1")
    email = composer.compose(one, mail, NOW)
    assert ("partner-1", "brug@partner.example") == (email.route, email.to)
    assert LINKS.candidate(one, "partner-1") in email.text

    told = Receipt(
        one.id, "forwarding", "partner-1", "partner-1", "m", NOW, Fact(NOW, BOUNCED, NO_MAILBOX)
    )
    with pytest.raises(NobodyLeftError):
        composer.compose(heard(one, told), mail_to(heard(one, told), "partner-1"), NOW)


def test_about(composer: Composer) -> None:
    """
    What she is mailed about being handed on is one mail for each place, with her own page.
    """
    one = handed_on(
        handed_to_brug(registration()), AALST, Act(NOW, HANDED_ON_ACT, LINK, to=BRUSSEL)
    )
    for kind, about in ((HANDED_ON, BRUSSEL), (CONSENT, "partner-1")):
        mail = one.mail(kind, VOLUNTEER, about)
        assert mail
        email = composer.compose(one, mail, NOW)
        assert (VOLUNTEER, about) == (email.route, email.about)
        assert LINKS.own(one) in email.text
        assert email.name.endswith(f"{kind}.volunteer.{about}")


def test_corrected(composer: Composer, store: FakeStore) -> None:
    """
    An address that was corrected after a mail came back is tried again.
    """
    one = back_from(registration(), "41002-1", 1)
    (known,) = store.contacts(AALST)
    later = NOW.replace(hour=11)
    store.save_contact(replace(known, email="new@aalst.example", since=later))

    assert ("41002-1", "new@aalst.example") == route(composer, one)


def test_unknown(composer: Composer) -> None:
    """
    What nobody writes is an error, which keeps the mail waiting with that reason.
    """
    with pytest.raises(LookupError):
        composer.compose(registration(), Mail("other", AALST, NOW, NOW), NOW)
    unknown = notice("other", "x", "agency", NOW)
    with pytest.raises(LookupError):
        composer.compose(unknown, unknown.mails[0], NOW)
    with pytest.raises(TypeError):
        composer.compose(Outbox(()), Mail("other", AALST, NOW, NOW), NOW)
