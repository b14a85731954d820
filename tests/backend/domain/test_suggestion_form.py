"""The form about a project: what it takes, what it refuses, and with which words."""

from typing import get_args

import pytest

from chalicelib.domain.form import InvalidFormError
from chalicelib.domain.suggestion_form import DOMAINS, FIELDS, parse
from publishing.claims import Domain, Project
from tests.backend.samples import AALST, Changes, project_posted


def errors(**changes: Changes) -> dict[str, str]:
    """What is wrong with a form that is right but for these."""
    with pytest.raises(InvalidFormError) as caught:
        parse(project_posted(**changes))
    return {error.field: error.message for error in caught.value.form.errors}


def test_answers() -> None:
    """
    Every answer is kept, clean.
    """
    read = parse(project_posted(token="abc", website="spam"))

    assert "Samen op Stap" == read.answers.project
    assert (AALST,) == read.answers.municipality
    assert ("inburgering",) == read.answers.domain
    assert "2019-03" == read.answers.since
    assert "https://www.samen.example" == read.answers.link
    assert ("25", "2023", "het jaarverslag") == (
        read.answers.duos,
        read.answers.duos_year,
        read.answers.found,
    )
    assert ("abc", True) == (read.token, read.is_trapped)


def test_shortest() -> None:
    """
    Only the name of the project, who sends it and her consent are asked.
    """
    needed = {name for name, field in FIELDS.items() if field.required}
    others = dict.fromkeys(set(project_posted()) - needed)
    read = parse(project_posted(**others))

    assert {"project", "name", "email", "consent"} == needed
    assert ("", (), "") == (read.answers.about, read.answers.domain, read.answers.duos)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2019", "2019"),
        ("3/2019", "2019-03"),
        ("12-2019", "2019-12"),
        ("Maart 2019", "2019-03"),
    ],
)
def test_since(typed: str, kept: str) -> None:
    """
    A year, or a month as people write it.
    """
    assert kept == parse(project_posted(since=typed)).answers.since


@pytest.mark.parametrize("typed", ["13/2019", "vorig jaar", "19", "maart", "٢٠١٩", "1/2/2019"])
def test_no_since(typed: str) -> None:
    """
    What is no month or year says how to write one.
    """
    told = "Vul een jaar in zoals 2019, of een maand zoals maart 2019."

    assert {"since": told} == errors(since=typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("WWW.Voorbeeld.be/buddy?x=1", "https://www.voorbeeld.be/buddy?x=1"),
        ("http://voorbeeld.be", "http://voorbeeld.be"),
        ("HTTPS://voorbeeld.be/#top", "https://voorbeeld.be/#top"),
    ],
)
def test_link(typed: str, kept: str) -> None:
    """
    A web address is taken with or without its beginning.
    """
    assert kept == parse(project_posted(link=typed)).answers.link


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "https://mijnbuddy.be@elders.example/",
        "ftp://voorbeeld.be",
        "http://127.0.0.1/",
        "http://[::1",
        "https://voorbeeld.be:99999/",
        "voorbeeld",
        "www.voorbeeld.be/a b",
        'www.voorbeeld.be/"><script>',
        "https://пример.рф",
        "=HYPERLINK(1)",
    ],
)
def test_no_link(typed: str) -> None:
    """
    What is no plain address of a page, is refused: also what hides another host.
    """
    assert {"link": "Vul een webadres in zoals www.voorbeeld.be."} == errors(link=typed)


@pytest.mark.parametrize(("typed", "kept"), [("25", "25"), ("1.200", "1200"), ("1 200", "1200")])
def test_duos(typed: str, kept: str) -> None:
    """
    A count is taken as people write it.
    """
    assert kept == parse(project_posted(duos=typed)).answers.duos


@pytest.mark.parametrize("typed", ["0", "-1", "circa 25", "2,5", "1.2", "٢٥"])
def test_no_duos(typed: str) -> None:
    """
    Who does not know a number leaves it empty: nobody's unknown becomes a zero.
    """
    told = "Vul een getal in zoals 25. Weet je het niet? Laat dit leeg."

    assert {"duos": told} == errors(duos=typed)


def test_a_figure_has_a_source() -> None:
    """
    A figure comes with where it stands, and where it stands with a figure.
    """
    assert ["found"] == list(errors(found=None))
    assert ["duos"] == list(errors(duos=None))


@pytest.mark.parametrize("name", ["project", "organiser", "region", "about", "found"])
@pytest.mark.parametrize("typed", ["=1+1", "+32", "-x", "@x", "\u202ex", "x"])
def test_no_formula(name: str, typed: str) -> None:
    """
    What goes into the open data is no formula, and reads as it is written.
    """
    assert [name] == list(errors(**{name: typed}))


def test_one_line() -> None:
    """
    A name has no line breaks.
    """
    assert "Samen op Stap" == parse(project_posted(project="Samen\n op \t Stap")).answers.project


def test_choices() -> None:
    """
    Only what can be chosen is taken, as often as there is.
    """
    assert DOMAINS == parse(project_posted(domain=list(DOMAINS))).answers.domain
    assert {"domain": "Kies uit de lijst."} == errors(domain="hacken")
    assert {"existing": "Kies een project uit de lijst."} == errors(existing="../etc")


def test_all_at_once() -> None:
    """
    Every error comes at once, in the order of the page, and what was typed stays.
    """
    with pytest.raises(InvalidFormError) as caught:
        parse(project_posted(consent=None, email="x", project="", postcode="9300"))

    form = caught.value.form
    assert ["project", "email", "consent", "postcode"] == [error.field for error in form.errors]
    assert "vzw Samen" == form.value("organiser")


def test_domains() -> None:
    """
    The form offers the domains of the inventory, in its order.
    """
    assert get_args(Domain) == DOMAINS


def test_as_long_as_a_claim() -> None:
    """
    What goes into the inventory fits in it.
    """
    assert {"names", "about", "areas", "duos"} <= set(Project.LABELS)
    longest = {"project", "organiser", "region", "about", "found"}
    assert all(FIELDS[name].max_length <= 300 for name in longest)
