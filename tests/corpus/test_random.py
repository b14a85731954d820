"""Drawn at random, the same in each run: texts, forms, JSON and plain noise."""

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.form import FIELDS
from chalicelib.domain.registration import Registration
from chalicelib.intake import FORM, JSON
from tests.backend.samples import posted
from tests.corpus import mails
from tests.corpus.application import Application, complaints

ANY_TEXT = st.text(st.characters(), max_size=120)  # half characters, too
TEXT = st.text(st.characters(codec="utf-8"), max_size=120)
# Mostly what may be a name or an address, with the signs that mean something elsewhere.
NAMES = st.text(
    st.characters(categories=("L", "Mn", "Mc", "Nd"))
    | st.sampled_from(" .,'’-()&;:<>\"\\/{}%=\r\n"),
    min_size=1,
    max_size=60,
)
ADDRESSES = st.emails() | st.from_regex(
    r"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,20}@[a-z]{1,10}\.(be|example)\Z"
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
VALUES = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, DOCUMENTS))


@given(name=NAMES, email=ADDRESSES, about=ANY_TEXT)
def test_answers(application: Application, name: str, email: str, about: str) -> None:
    """
    Nearly right answers are stored as they were typed and mailed as text, or not stored.
    """
    body = json.dumps(posted(name=name, email=email, about=about)).encode()
    outcome = application.send(body, JSON)

    assert [] == complaints(outcome)
    everybody = [one.answers for one in outcome.stored if isinstance(one, Registration)]
    assert [] == [found for one in everybody for found in mails.complaints(one)]


@given(field=st.sampled_from(sorted(FIELDS)), value=TEXT)
def test_form(application: Application, field: str, value: str) -> None:
    """
    Whatever stands in a form, a page shows it as text: here, the one that asks for a choice.
    """
    body = urlencode(posted(**{"postcode": "1040", field: value}), doseq=True).encode()

    assert [] == complaints(application.send(body, FORM))


@settings(max_examples=60)  # mostly the page with the whole list of municipalities
@given(st.lists(st.tuples(st.sampled_from(sorted(FIELDS)) | TEXT, TEXT), max_size=12))
def test_any_form(application: Application, pairs: list[tuple[str, str]]) -> None:
    """
    The same for any form, with names that are not ours, repeated or missing.
    """
    assert [] == complaints(application.send(urlencode(pairs).encode(), FORM))


@given(changes=VALUES)
def test_any_values(application: Application, changes: dict[str, Any]) -> None:
    """
    Answers of any type are refused, or are texts.
    """
    body = json.dumps(posted() | changes).encode()

    assert [] == complaints(application.send(body, JSON))


@given(document=DOCUMENTS)
def test_any_document(application: Application, document: Any) -> None:
    """
    No JSON at all is too much.
    """
    assert [] == complaints(application.send(json.dumps(document).encode(), JSON))


@given(body=st.binary(max_size=300), content_type=st.sampled_from([FORM, JSON, "text/plain", ""]))
def test_noise(application: Application, body: bytes, content_type: str) -> None:
    """
    Nor are any octets.
    """
    outcome = application.send(body, content_type)

    assert 400 <= outcome.status < 500
    assert () == outcome.stored
    assert content_type not in {FORM, JSON} or [] == complaints(outcome)
