"""The samples of all mails: none is missing, each says that it is one, and none leads anywhere."""

import re

import pytest

from chalicelib.domain.campaigns import MAIL
from chalicelib.domain.tokens import ForgedTokenError, verify
from chalicelib.pages import TEMPLATES
from chalicelib.previews import Preview, Previews
from tests.backend.samples import AGENCY, KEYS, NOW, SITE_URL

PREVIEWS = {one.code: one for one in Previews(SITE_URL, AGENCY, NOW).all()}


def test_every_mail() -> None:
    """
    Each folder of templates has its preview: a new mail fails here first.
    """
    folders = {folder.name for folder in (TEMPLATES / "mail").iterdir() if folder.is_dir()}

    assert folders == set(PREVIEWS)


@pytest.mark.parametrize("preview", PREVIEWS.values(), ids=list(PREVIEWS))
def test_sample(preview: Preview) -> None:
    """
    It has words, calls itself an example, and its links open nothing.
    """
    email = preview.email
    said = f"{email.subject} {email.text} {email.to}"
    links = re.findall(rf"{re.escape(SITE_URL)}\S+/(\S+\.\S+)", email.text)

    assert email.text
    assert email.html
    assert preview.what != "Een mail"
    assert not re.search("Verzonnen|0470|@", email.subject)  # SES repeats it in what it tells
    assert re.search("voorbeeld|MB-VRBL-D222|23 november 2026", said, re.IGNORECASE)
    for token in links:
        for purpose in ("candidate", "own", "confirm", "sign-in/beheer", "question", "own-data"):
            with pytest.raises(ForgedTokenError):
                verify(purpose, token, KEYS)


@pytest.mark.parametrize("preview", PREVIEWS.values(), ids=list(PREVIEWS))
def test_codes(preview: Preview) -> None:
    """
    Where a mail invites to sign up, its link has the code of our mails.
    """
    form = rf"{re.escape(SITE_URL)}(?:/aanmelden|/word-buddy/[a-z-]+)/([^\s\"<]*)"
    for said in (preview.email.text, preview.email.html):
        assert set(re.findall(form, said)) <= {f"?bron={MAIL}"}


def test_unknown() -> None:
    """
    There is no preview of what is no mail.
    """
    assert Previews(SITE_URL, AGENCY, NOW).of("layout") is None
