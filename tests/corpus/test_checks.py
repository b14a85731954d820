"""The checks themselves: a hole that is made on purpose is noticed."""

from dataclasses import replace

import pytest
from jinja2 import Environment, FileSystemLoader

from chalicelib import emails, pages, vcard
from chalicelib.domain import cleaning, form
from chalicelib.domain.site import TEMPLATE_OPTIONS
from chalicelib.intake import JSON
from tests.backend.samples import answers
from tests.corpus import mails
from tests.corpus.application import Application, complaints
from tests.corpus.markup import differences
from tests.corpus.test_naughty_strings import as_form

PLAIN = '<p title="@@a@@">Dag @@a@@</p><p>Einde</p>'


@pytest.mark.parametrize("value", ["Jan", "<b>", '"', "a & b", "&lt;", "@@a@@", ""])
def test_escaped(value: str) -> None:
    """
    Text that stands where it should is no difference.
    """
    safe = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")

    assert [] == list(differences(PLAIN, PLAIN.replace("@@a@@", safe), {"@@a@@": value}))


@pytest.mark.parametrize(
    "actual",
    [
        '<p title="<b>">Dag <b></p><p>Einde</p>',
        '<p title="" onclick="x">Dag x</p><p>Einde</p>',
        '<p title="<b>">Dag &lt;b&gt;</p><p>Einde</p><p>',
        '<p title="&lt;b&gt;">Dag &lt;b&gt;<!-- --></p><p>Einde</p>',
        '<p title="&lt;b&gt;">Dag &lt;i&gt;</p><p>Einde</p>',
        '<p title="&lt;b&gt;">Dag 49</p><p>Einde</p>',
        '<p title="&lt;b&gt;">Dag &lt;b&gt;</p><p>Begin</p>',
        '<p title="&lt;b&gt;">Dag &lt;b&gt;</p>',
        "",
    ],
)
def test_injected(actual: str) -> None:
    """
    A tag, an attribute, a comment, another text or a missing one is a difference.
    """
    assert 1 == len(list(differences(PLAIN, actual, {"@@a@@": "<b>"})))


def test_unescaped_page(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A page without autoescape is noticed.
    """
    options = TEMPLATE_OPTIONS | {"autoescape": False}
    monkeypatch.setattr(pages, "TEMPLATE_OPTIONS", options)
    monkeypatch.setattr(pages, "_environment", pages._environment.__wrapped__)  # not those kept

    assert complaints(application.send(as_form(name='"><b>')))


def test_unescaped_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    So is a mail, also when only a template reads what was typed.
    """
    hostile = replace(answers(), about="<b>Jan</b>")
    before = list(mails.complaints(hostile))
    environment = Environment(
        loader=FileSystemLoader(pages.TEMPLATES), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= emails._templates().filters
    monkeypatch.setattr(emails, "_templates", lambda: environment)

    assert [] == before
    assert ["forwarding"] == [found.partition(":")[0] for found in mails.complaints(hostile)]


def test_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A line that a name adds to the card is noticed.
    """
    monkeypatch.setattr(vcard, "_escaped", lambda text: text)
    hostile = replace(answers(), name="Jan\r\nTEL:1")

    assert any("card" in found for found in mails.complaints(hostile, ["forwarding"]))


def test_stored_otherwise(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An answer that is stored otherwise than it was typed is noticed, and so is a fault.
    """
    about = replace(form.FIELDS["about"], clean=str.upper)
    monkeypatch.setitem(form.FIELDS, "about", about)
    changed = application.send(as_form(about="<b>"))
    monkeypatch.setattr(cleaning, "normalise", None)
    fault = application.send(as_form(about="<b>"))

    assert ["about is stored otherwise than it was typed"] == complaints(changed)
    assert ["status 500"] == complaints(fault)


def test_stored_and_refused(application: Application) -> None:
    """
    A refusal that stored something, and a yes that stored nothing, are noticed.
    """
    accepted = application.send(as_form())
    refused = application.send(b"{}", JSON)

    assert ["303, and stored 0"] == complaints(replace(accepted, stored=()))
    assert ["422, and stored 1"] == complaints(replace(refused, stored=accepted.stored))


def test_repeated(application: Application) -> None:
    """
    A problem that repeats what was typed is noticed.
    """
    outcome = application.send(b'{"name": "<script>"}', JSON)
    told = replace(outcome, answer=outcome.answer.replace("Vul alleen", "Niet <script>,"))

    assert [] == complaints(outcome)
    assert ["repeats '<script>'"] == complaints(told)
