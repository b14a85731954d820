"""The page behind the link of a municipality's mail: what it shows, and never shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from chalicelib.candidate_pages import CandidatePages
from chalicelib.domain.deed import DeedForm, InvalidDeedError, read
from chalicelib.domain.following import acted, declined, handed_on, proposed, returned, undone
from chalicelib.domain.handover import (
    ACTS,
    CONTACTED,
    DESK,
    HANDED_ON,
    LINK,
    NOT_NOW,
    OPENED,
    REASONS,
    UNDO_TERM,
    Act,
    Partner,
)
from chalicelib.domain.municipalities import find_municipality, neighbours
from chalicelib.domain.registration import Registration
from chalicelib.handling import Case
from chalicelib.pages import Pages
from tests.backend.samples import AALST, GENT, NOW, registration

HOSTILE = "\"><script>alert('Griet & co')</script>{{ 7 * 7 }}"
BRUG = Partner("De Brug & co", "brug@partner.example")
HOUR = UNDO_TERM


@pytest.fixture(scope="module")
def pages() -> CandidatePages:
    return CandidatePages(Pages(""))


def case(one: Registration, receiver: str = AALST) -> Case:
    handover = one.handover(receiver)
    assert handover
    return Case(one, handover)


def act(what: str, at: datetime = NOW, to: str = "", why: str = "", note: str = "") -> Act:
    return Act(at, what, LINK, why, to, note)


def soup(html: str) -> Any:
    return BeautifulSoup(html, "html.parser")


def shown(html: str) -> str:
    return " ".join(soup(html).main.get_text(" ").split())


def buttons(html: str) -> set[str]:
    return {button["value"] for button in soup(html).main("button")}


def test_person(pages: CandidatePages) -> None:
    """
    Of a person it has the first name only; no phone, address, message, note or postcode.
    """
    one = registration(name="Anaïs D’Hondt", about="CANARIE", postcode="9308")
    one = acted(one, AALST, act(CONTACTED, note="NOTITIE"))
    html = pages.candidate_page(case(one), NOW)

    assert "Anaïs wil buddy worden" in shown(html)
    assert one.reference in shown(html)
    assert [] == [
        text
        for text in (
            "Hondt",
            "CANARIE",
            "NOTITIE",
            "9308",
            "0470",
            "70 12",
            "anais@",
            "mailto",
            "tel:",
        )
        if text in html
    ]
    assert "noindex" in html


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0, "Sinds vandaag."),
        (1, "Sinds maandag 23 november 2026: 1 werkdag."),
        (13, "Sinds maandag 23 november 2026: 9 werkdagen."),
        (14, "Dat is op maandag 7 december 2026."),
        (15, "We beloofden contact binnen 10 werkdagen. Dat is voorbij."),
    ],
)
def test_waits(pages: CandidatePages, days: int, told: str) -> None:
    """
    How many working days she waits, and until when we promised.
    """
    html = pages.candidate_page(case(registration()), NOW + timedelta(days=days))

    assert told in shown(html)


def test_paused(pages: CandidatePages) -> None:
    """
    Who can't be a buddy for a while need not be called now.
    """
    html = pages.candidate_page(case(replace(registration(), paused_at=NOW)), NOW)

    assert "Je hoeft nog niet te bellen." in shown(html)


def test_waits_no_more(pages: CandidatePages) -> None:
    """
    Who was contacted does not wait.
    """
    one = acted(registration(), AALST, act(CONTACTED))

    assert "werkdagen" not in shown(pages.candidate_page(case(one), NOW))


def test_all_acts(pages: CandidatePages) -> None:
    """
    Every act has its button; what stands already has none, and «seen» only while nothing does.
    """
    new = buttons(pages.candidate_page(case(registration()), NOW))
    opened = acted(registration(), AALST, act(OPENED))
    contacted = acted(opened, AALST, act(CONTACTED))

    assert {*ACTS, "propose", "revoke"} == new
    assert new - {OPENED} | {"undo"} == buttons(pages.candidate_page(case(opened), NOW))
    assert new - {OPENED, CONTACTED} == (buttons(pages.candidate_page(case(contacted), NOW + HOUR)))


def test_forms(pages: CandidatePages) -> None:
    """
    Each form posts to the address of the page, carries how much was done, and leads nowhere else.
    """
    one = undone(acted(registration(), AALST, act(CONTACTED)), AALST, LINK, NOW)
    forms = soup(pages.candidate_page(case(one), NOW)).main("form")

    assert {"post"} == {form["method"] for form in forms}
    assert [] == [form for form in forms if form.has_attr("action")]
    assert {"2"} == {form.find("input", attrs={"name": "seen"})["value"] for form in forms}


def test_order(pages: CandidatePages) -> None:
    """
    The most likely next step comes first, as the only full button of its row.
    """
    states = [registration()]
    for what in (CONTACTED, "intake", "duo"):
        states.append(acted(states[-1], AALST, act(what)))
    rows = [soup(pages.candidate_page(case(one), NOW)).find(class_="acts__row") for one in states]
    full = [[b["value"] for b in row("button") if b["class"] == ["button"]] for row in rows]

    assert [["contacted"], ["intake"], ["duo"], []] == full
    assert "contacted" == rows[0].button["value"]


def test_undo(pages: CandidatePages) -> None:
    """
    What was just done is told, with until when it can be taken back; after the hour neither.
    """
    one = acted(registration(), AALST, act(NOT_NOW, why="no-match"))
    html = pages.candidate_page(case(one), NOW + HOUR - timedelta(seconds=1))
    status = soup(html).find(role="status").get_text(" ", strip=True)
    later = pages.candidate_page(case(one), NOW + HOUR)

    assert f"Genoteerd: Nu niet: {REASONS['no-match']}." == status
    assert "ongedaan maken tot 11.30 uur" in shown(html)
    assert "undo" in buttons(html)
    assert "undo" not in buttons(later)
    assert "" == soup(later).find(role="status").get_text(strip=True)
    back = undone(one, AALST, LINK, NOW + timedelta(minutes=5))
    assert "Ongedaan gemaakt: Nu niet" in shown(pages.candidate_page(case(back), NOW + HOUR))


def test_done(pages: CandidatePages) -> None:
    """
    What was done stands there, newest first, with when and through which door; what was taken back
    says so.
    """
    one = acted(registration(), AALST, act(OPENED))
    one = acted(one, AALST, Act(NOW + timedelta(days=1), CONTACTED, DESK))
    one = handed_on(one, AALST, act(HANDED_ON, NOW + timedelta(days=2), to=GENT))
    one = undone(one, AALST, LINK, NOW + timedelta(days=2))
    steps = soup(pages.candidate_page(case(one), NOW)).find_all(class_="acts__step")

    assert [
        "Doorgegeven aan Gent (teruggenomen) woensdag 25 november 2026, via de link in de mail",
        "Gecontacteerd dinsdag 24 november 2026, via de pagina van de gemeente",
        "Gezien maandag 23 november 2026, via de link in de mail",
    ] == [" ".join(step.get_text(" ").split()).replace(" om 10.30 uur", "") for step in steps]


def test_summer_time(pages: CandidatePages) -> None:
    """
    Moments are those of Brussels.
    """
    at = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)
    one = acted(registration(1, at), AALST, act(OPENED, at))

    assert "donderdag 2 juli 2026 om 0.05 uur" in shown(pages.candidate_page(case(one), at))


def test_handed_on(pages: CandidatePages) -> None:
    """
    Both ends are told who; the neighbours are there to choose from, any other can be typed.
    """
    one = handed_on(registration(), AALST, act(HANDED_ON, to=GENT))
    html = pages.candidate_page(case(one, GENT), NOW)
    choices = soup(pages.candidate_page(case(one), NOW)).find_all("input", attrs={"name": "to"})
    near = [find_municipality(choice["value"]) for choice in choices if choice["value"]]

    assert "Gent, doorgegeven door Aalst" in shown(html)
    assert "Doorgegeven aan Gent" in shown(pages.candidate_page(case(one), NOW))
    assert list(neighbours(find_municipality(AALST))) == near


@pytest.mark.parametrize(
    ("typed", "chosen", "labels"),
    [
        ("aalst", "", ["Aalst (Sint-Truiden)"]),
        ("Gen", "", ["Gent", "Genk", "Genoelselderen (Riemst)"]),
        ("Nieuwerkerken", GENT, ["Nieuwerkerken", "Gent"]),
        ("xyz", "", [one.name for one in neighbours(find_municipality(AALST))]),
    ],
)
def test_typed(pages: CandidatePages, typed: str, chosen: str, labels: list[str]) -> None:
    """
    Where it is not clear what was typed, what it can mean is there to choose from, else the
    neighbours; what was typed and chosen stays.
    """
    form = DeedForm({"act": HANDED_ON, "to_name": typed, "to": chosen}, {"to": "Kies de juiste."})
    html = soup(pages.candidate_page(case(registration()), NOW, form))
    choices = [one for one in html.find_all("input", attrs={"name": "to"}) if one["value"]]
    field = html.find("input", attrs={"name": "to_name"})

    assert labels == [html.find("label", attrs={"for": one["id"]}).get_text() for one in choices]
    assert [chosen] * bool(chosen) == [one["value"] for one in choices if one.has_attr("checked")]
    assert typed == field["value"]
    assert html.find("label", attrs={"for": field["id"]})
    assert "handed-on-to" == choices[0]["id"] == html.find("a", href="#handed-on-to")["href"][1:]


def test_organisation(pages: CandidatePages) -> None:
    """
    Who proposed an organisation sees that she must say yes, and when she says no; the organisation
    itself can't hand her on.
    """
    one = proposed(registration(), AALST, BRUG, act(HANDED_ON))
    no = declined(one, "partner-1", NOW + timedelta(days=3))
    theirs = pages.candidate_page(case(one, "partner-1"), NOW)
    late = NOW + timedelta(days=8)

    assert "Doorgegeven aan De Brug & co, als de kandidaat ja zegt" in (
        shown(pages.candidate_page(case(one), NOW))
    )
    assert "De kandidaat zegt nee tegen De Brug & co." in (
        shown(pages.candidate_page(case(no), NOW + timedelta(days=3)))
    )
    assert "Terug van De Brug & co: de kandidaat zei nee" in (
        shown(pages.candidate_page(case(no), NOW + timedelta(days=5)))
    )
    silent = shown(pages.candidate_page(case(returned(one, "partner-1", late)), late))
    assert 2 == silent.count("Terug van De Brug & co: de kandidaat antwoordde niet")
    assert "(de kandidaat antwoordde niet)" in silent
    assert not {HANDED_ON, "propose"} & buttons(theirs)
    assert BRUG.email not in theirs + pages.candidate_page(case(one), NOW)


@pytest.mark.parametrize("what", [CONTACTED, NOT_NOW, HANDED_ON, "propose", "wrong-address"])
def test_errors(pages: CandidatePages, what: str) -> None:
    """
    What was wrong stands above and beside its field, the title says so first, its part is open and
    keeps what was typed; the others stay closed.
    """
    with pytest.raises(InvalidDeedError) as error:
        read({"act": [what], "note": [HOSTILE * 20], "partner_name": [HOSTILE]})
    page = soup(pages.candidate_page(case(registration()), NOW, error.value.form))

    assert page.title.get_text().startswith("Fout: ")
    targets = [link["href"][1:] for link in page.find(class_="error-summary")("a")]
    assert len(targets) == len(error.value.form.errors)
    for target in targets:
        assert page.find(id=f"{target}-error").get_text()
        control = page.find(id=target)
        field = (
            control
            if control.name != "input" or control["type"] != "radio"
            else (control.find_parent("fieldset"))
        )
        assert "true" == field["aria-invalid"]
        assert f"{target}-error" in field["aria-describedby"].split()
        assert control.find_parent("details").has_attr("open")
    assert 1 == len([part for part in page.main("details") if part.has_attr("open")])
    assert HOSTILE in page.find(id=f"{what}-note").get_text()
    assert [] == page.main("script")


def test_no_button(pages: CandidatePages) -> None:
    """
    Something else than a button leads to the buttons.
    """
    with pytest.raises(InvalidDeedError) as error:
        read({"act": [HOSTILE]})
    page = soup(pages.candidate_page(case(registration()), NOW, error.value.form))

    assert ["#knoppen"] == [link["href"] for link in page.find(class_="error-summary")("a")]
    assert page.find(id="knoppen")
    assert [] == page.main("script")


def test_ids(pages: CandidatePages) -> None:
    """
    Every id is there once, every label has its field, and every description is there.
    """
    page = soup(pages.candidate_page(case(acted(registration(), AALST, act(OPENED))), NOW))
    ids = [tag["id"] for tag in page.find_all(id=True)]

    assert len(ids) == len(set(ids))
    assert {label["for"] for label in page("label")} <= set(ids)
    told = {
        one
        for tag in page.find_all(attrs={"aria-describedby": True})
        for one in tag["aria-describedby"].split()
    }
    assert told <= set(ids)


def test_told(pages: CandidatePages) -> None:
    """
    Why nothing was done is told in the place of the news.
    """
    one = acted(registration(), AALST, act(OPENED))
    html = pages.candidate_page(case(one), NOW, told="We deden niets.")

    assert "We deden niets." == soup(html).find(role="status").get_text(strip=True)


def test_hostile_name(pages: CandidatePages) -> None:
    """
    A name is text; so is that of an organisation.
    """
    html = pages.candidate_page(case(registration(name="J&b (O’Neil)")), NOW)

    assert "J&amp;b wil buddy worden" in html
