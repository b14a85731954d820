"""Reading what a form of acts posts."""

import pytest

from chalicelib.domain.deed import (
    DEEDS,
    PROPOSE,
    Deed,
    InvalidDeedError,
    read,
)
from chalicelib.domain.handover import ACTS, CONTACTED, HANDED_ON, MAX_NOTE, NOT_NOW, Partner

BRUG = {"partner_name": "vzw De Brug", "partner_email": "Brug@Partner.example"}


def posted(**values: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in values.items()}


def errors(**values: str) -> dict[str, str]:
    with pytest.raises(InvalidDeedError) as refused:
        read(posted(**values))
    return dict(refused.value.form.errors)


@pytest.mark.parametrize("what", DEEDS)
def test_each(what: str) -> None:
    """
    Each button is read with what belongs to it; what belongs to another one is left out.
    """
    deed = read(
        posted(act=what, seen="2", why="other", to="44021", note=" Gebeld.\r\nEn… ", **BRUG)
    )

    assert (what, 2, "Gebeld.\nEn…") == (deed.what, deed.seen, deed.note)
    assert ("other" if what == NOT_NOW else "") == deed.why
    assert ("44021" if what == HANDED_ON else "") == deed.to
    assert (Partner("vzw De Brug", "Brug@partner.example") if what == PROPOSE else None) == (
        deed.partner
    )


@pytest.mark.parametrize("seen", ["", "-1", "x", "1.0", "²", "99999", " "])
def test_seen(seen: str) -> None:
    """
    A form that does not say what it showed is none of ours.
    """
    assert Deed(CONTACTED, None) == read(posted(act=CONTACTED, seen=seen))


def test_old_code() -> None:
    """
    A municipality of before a merger is today's.
    """
    assert "73111" == read(posted(act=HANDED_ON, to="73009")).to


@pytest.mark.parametrize(
    ("typed", "chosen", "to"),
    [
        ("", "44021", "44021"),
        ("Erembodegem", "", "41002"),
        (" 9420 ", "", "41082"),
        ("9300 aalst", "", "41002"),
        ("bruxelles", "", "21004"),
        ("Borgloon", "", "73111"),
        ("aalst", "71053", "71053"),  # one of those that it can mean
        ("Erpe", "41082", "41082"),
    ],
)
def test_handed_on(typed: str, chosen: str, to: str) -> None:
    """
    A municipality is chosen, or typed as the site's finder knows it; of what it can mean, the one
    that was chosen.
    """
    assert to == read(posted(act=HANDED_ON, to=chosen, to_name=typed)).to


@pytest.mark.parametrize(
    ("typed", "chosen", "error"),
    [
        ("", "", "Kies een gemeente, of typ een naam of postcode."),
        ("xyz", "", "We vinden deze gemeente niet."),
        ("xyz", "44021", "We vinden deze gemeente niet."),
        ("aalst", "", "Dat kan meer dan één gemeente zijn. Kies de juiste."),
        ("Zwev", "", "Dat kan meer dan één gemeente zijn. Kies de juiste."),
        ("Zotteg", "", "Bedoel je Zottegem? Kies het dan."),  # part of a name
        ("Zele", "44021", "Je koos Gent, maar typte iets anders. Kies één."),
        ("x" * 2000, "", "We vinden deze gemeente niet."),
    ],
)
def test_unclear(typed: str, chosen: str, error: str) -> None:
    """
    What can mean several, or is only a part, goes nowhere: she must choose, and it says how.
    """
    with pytest.raises(InvalidDeedError) as refused:
        read(posted(act=HANDED_ON, to=chosen, to_name=typed))

    assert refused.value.form.errors["to"].startswith(error)
    assert typed[:1000] == refused.value.form.value("to_name")


@pytest.mark.parametrize("act", ["", "x", "agreed", "CONTACTED", "<b>", "opened\x00"])
def test_no_button(act: str) -> None:
    """
    What is no button is refused, and what came with it is not shown.
    """
    with pytest.raises(InvalidDeedError) as refused:
        read(posted(act=act, note="Griet"))

    assert {"act"} == set(refused.value.form.errors)
    assert "Griet" not in str(refused.value.form)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"act": NOT_NOW}, ["why"]),
        ({"act": NOT_NOW, "why": "Zij drinkt"}, ["why"]),
        ({"act": HANDED_ON}, ["to"]),
        ({"act": HANDED_ON, "to": "partner-1"}, ["to"]),
        ({"act": HANDED_ON, "to": "00000"}, ["to"]),  # our own tests' municipality
        ({"act": PROPOSE}, ["partner_name", "partner_email"]),
        ({"act": PROPOSE, **BRUG, "partner_name": "brug.be"}, ["partner_name"]),
        ({"act": PROPOSE, **BRUG, "partner_name": "x" * 101}, ["partner_name"]),
        ({"act": PROPOSE, **BRUG, "partner_email": "brug@"}, ["partner_email"]),
        ({"act": CONTACTED, "note": "x" * (MAX_NOTE + 1)}, ["note"]),
        ({"act": CONTACTED, "note": "a\x00b"}, ["note"]),
        ({"act": CONTACTED, "note": "\u202egnirts"}, ["note"]),
        ({"act": NOT_NOW, "note": "x" * 501}, ["why", "note"]),
    ],
)
def test_wrong(values: dict[str, str], wrong: list[str]) -> None:
    """
    All that is wrong is told at once, in the order of the page, as something to do.
    """
    assert wrong == list(errors(**values))
    assert all(message.endswith(".") for message in errors(**values).values())


def test_shown_again() -> None:
    """
    What was typed can be shown again, without what would break a page.
    """
    with pytest.raises(InvalidDeedError) as refused:
        read(posted(act=CONTACTED, note="Griet\x00 " + "x" * 5_000))
    form = refused.value.form

    assert form.value("note").startswith("Griet x")
    assert len(form.value("note")) == 2 * MAX_NOTE
    assert form.error(CONTACTED, "note")
    assert not form.error(NOT_NOW, "note")


@pytest.mark.parametrize("act", ACTS)
def test_fits(act: str) -> None:
    """
    A note of the most characters is kept whole.
    """
    assert "é" * MAX_NOTE == (
        read(posted(act=act, note="é" * MAX_NOTE, why="other", to="44021")).note
    )
