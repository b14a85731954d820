"""The mails that follow from what she does on her own page."""

from datetime import timedelta

import pytest

from chalicelib.composing import Composer
from chalicelib.domain.outbox import Mail, sent
from chalicelib.domain.own import (
    data_asked,
    email_asked,
    email_confirmed,
    email_kept,
    link_renewed,
    phone_corrected,
    taken_away,
)
from chalicelib.domain.registration import (
    ADDRESS_CHANGE,
    CONFIRMATION,
    CORRECTION,
    NEW_ADDRESS,
    OWN_DATA,
    OWN_LINK,
    WITHDRAWAL,
    Registration,
)
from chalicelib.emails import Email, Letters
from chalicelib.failures import NotNeededError
from tests.backend.fakes import FakeStore
from tests.backend.samples import AALST, AGENCY, GENT, LINKS, NOW, mail_to, registration

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def composer(store: FakeStore, letters: Letters) -> Composer:
    return Composer(store, letters, AGENCY, {}, LINKS)


def mailed() -> Registration:
    one = registration(1, NOW, municipality=[AALST, GENT])
    return sent(one, mail_to(one), "message", f"{AALST}-1", NOW)


def of_kind(one: Registration, kind: str) -> Mail:
    return next(mail for mail in one.mails if mail.kind == kind)


def written(composer: Composer, one: Registration, kind: str) -> Email:
    mail = of_kind(one, kind)
    email = composer.compose(one, mail, LATER)

    assert mail.name == (email.kind, email.receiver, email.about)
    assert one.reference in email.subject
    return email


def test_own_page_in_each(composer: Composer) -> None:
    """
    The confirmation and whatever else she gets has the link to her own page, in both its texts.
    """
    moving = email_asked(mailed(), "new@example.be", LATER)
    renewed = link_renewed(mailed(), LATER)
    for one, kind in (
        (mailed(), CONFIRMATION),
        (renewed, OWN_LINK),
        (moving, ADDRESS_CHANGE),
    ):
        email = written(composer, one, kind)
        assert "anais@example.be" == email.to
        assert LINKS.own(one) in email.text
        assert LINKS.own(one) in email.html
    assert LINKS.own(mailed()) != LINKS.own(renewed)


def test_data(composer: Composer) -> None:
    """
    The link to her data counts from when she asked, the same in every copy.
    """
    one = data_asked(mailed(), LATER)
    email = written(composer, one, OWN_DATA)

    assert LINKS.own_data(one, LATER) in email.text
    assert "De link werkt 24 uur." in email.text


def test_new_address(composer: Composer) -> None:
    """
    An address that is not hers yet is mailed nothing that anybody typed, but for a button.
    """
    one = email_asked(mailed(), "stranger@example.be", LATER)
    email = written(composer, one, NEW_ADDRESS)

    assert ("stranger@example.be", AGENCY) == (email.to, email.reply_to)
    assert LINKS.new_address(one) in email.text
    for text in (email.subject, email.text, email.html):
        for typed in ("Ana", "Aalst", "anais@", "3456", "wandelen", LINKS.own(one)):
            assert typed not in text


@pytest.mark.parametrize("kind", [NEW_ADDRESS, ADDRESS_CHANGE])
def test_settled(kind: str, composer: Composer) -> None:
    """
    When the new address was confirmed or refused meanwhile, a mail about it is not needed.
    """
    asked = email_asked(mailed(), "new@example.be", LATER)
    for one in (email_kept(asked, LATER), email_confirmed(asked, LATER)):
        with pytest.raises(NotNeededError):
            composer.compose(one, of_kind(one, kind), LATER)


def test_correction(composer: Composer) -> None:
    """
    Who has her registration reads how she can be reached from now on, and answers to her.
    """
    one = phone_corrected(mailed(), "+32470999999", LATER)
    email = written(composer, one, CORRECTION)

    assert ("buddy@aalst.example", "anais@example.be") == (email.to, email.reply_to)
    assert "Telefoon: 0470 99 99 99" in email.text
    assert "E-mail:   anais@example.be" in email.text
    assert LINKS.candidate(one, AALST) in email.text
    without = written(composer, phone_corrected(mailed(), "", LATER), CORRECTION)
    assert "Telefoon: niet ingevuld" in without.text


def test_taken_away(composer: Composer) -> None:
    """
    A municipality that she took away reads that it is about that municipality, without her name.
    """
    email = written(composer, taken_away(mailed(), AALST, LATER), WITHDRAWAL)

    assert "Die kandidaat wil nu geen buddy meer worden in Aalst." in email.text
    assert "Ana" not in email.text
