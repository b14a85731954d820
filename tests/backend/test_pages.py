"""The pages of the Lambda: what they show, and that they show hostile text as text."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from chalicelib.domain.finder import find
from chalicelib.domain.form import FIELDS, Form, InvalidFormError, parse
from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.pages import Pages
from tests.backend.samples import registration

HOSTILE = "\"><script>alert('Griet & co')</script>{{ 7 * 7 }}"
GRIET = {
    "name": "Griet Peeters",
    "email": "griet@voorbeeld.be",
    "postcode": "9300",
    "consent": "yes",
}


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages("")


def refused(**changes: str | list[str]) -> Form:
    """The form as `parse` gives it back for Griet's answers with `changes`."""
    answers = {
        name: value if isinstance(value, list) else [value]
        for name, value in {**GRIET, **changes}.items()
    }
    with pytest.raises(InvalidFormError) as error:
        parse(answers)
    return error.value.form


def soup(html: str) -> Any:
    return BeautifulSoup(html, "html.parser")


class TestRegistration:
    def test_summary(self, pages: Pages) -> None:
        """
        The title says so first, and the summary leads to each field, in its words.
        """
        page = soup(pages.registration_page(refused(name="", email="griet@", consent="")))
        summary = page.find(class_="error-summary")

        assert page.title.get_text().startswith("Fout: ")
        assert summary.h2.get_text() == "Er is een probleem"
        assert summary["tabindex"] == "-1"
        assert summary.find(role="alert")
        assert [link["href"] for link in summary("a")] == ["#name", "#email", "#consent"]
        for link in summary("a"):
            control = page.find(id=link["href"][1:])
            beside = page.find(id=f"{control['id']}-error")
            assert control["aria-invalid"] == "true"
            assert beside["id"] in control["aria-describedby"].split()
            assert f"Fout: {link.get_text()}" == beside.get_text()

    def test_no_error_elsewhere(self, pages: Pages) -> None:
        """
        A field with a good answer is not marked.
        """
        page = soup(pages.registration_page(refused(name="")))

        assert [tag["name"] for tag in page.find_all(attrs={"aria-invalid": True})] == ["name"]

    def test_keeps_values(self, pages: Pages) -> None:
        """
        What was typed is still there: text, lines, box, municipalities, campaign.
        """
        form = refused(
            email="griet@",
            about="Eerste regel\nTweede & laatste",
            municipality=["41002", "44021"],
            source="infoavond-aalst",
        )
        page = soup(pages.registration_page(form))
        selects = page.find_all("select", attrs={"name": "municipality"})
        chosen = [select.find("option", selected=True) for select in selects]

        assert page.find(id="name")["value"] == "Griet Peeters"
        assert page.find(id="email")["value"] == "griet@"
        assert page.find(id="about").get_text().strip("\n") == "Eerste regel\nTweede & laatste"
        assert page.find(id="consent").has_attr("checked")
        assert page.find("input", attrs={"name": "source"})["value"] == "infoavond-aalst"
        assert [option["value"] if option else None for option in chosen] == [
            "41002",
            "44021",
            None,
        ]
        assert page.find("details").has_attr("open")

    def test_text_begins_with_a_line_break(self, pages: Pages) -> None:
        """
        The line break that HTML swallows after <textarea> is not the visitor's.
        """
        html = pages.registration_page(Form({"about": ("\nTweede regel",)}))

        assert re.search(r"<textarea[^>]*>\n\nTweede regel</textarea>", html)

    @pytest.mark.parametrize("field", FIELDS)
    def test_hostile(self, pages: Pages, field: str) -> None:
        """
        Whatever is typed in any field is shown as text or not at all.
        """
        page = soup(pages.registration_page(Form({field: (HOSTILE,)})))

        assert page.main("script") == []
        if FIELDS[field].kind in {"text", "email", "tel"}:
            assert page.find(id=field)["value"] == HOSTILE
        if FIELDS[field].kind == "textarea":
            assert page.find(id=field).get_text().strip("\n") == HOSTILE

    def test_shared_postcode(self, pages: Pages) -> None:
        """
        A postcode of two municipalities asks which of the two, with the error leading there.
        """
        page = soup(pages.registration_page(refused(postcode="1040")))
        radios = page.find_all("input", attrs={"name": "municipality"})

        assert [radio["type"] for radio in radios] == ["radio", "radio"]
        labels = [page.find("label", attrs={"for": radio["id"]}).get_text() for radio in radios]
        assert sorted(labels) == ["Brussel", "Etterbeek"]
        assert page("select") == []
        assert radios[0]["id"] == page.find(class_="error-summary").a["href"][1:]

    def test_shared_postcode_elsewhere(self, pages: Pages) -> None:
        """
        Who lives in a shared postcode but chose another municipality keeps that choice.
        """
        page = soup(
            pages.registration_page(refused(name="", postcode="1040", municipality="44021"))
        )

        assert page.find(id="municipality").find("option", selected=True)["value"] == "44021"

    def test_unknown_postcode(self, pages: Pages) -> None:
        """
        An unknown postcode asks to choose among all municipalities.
        """
        page = soup(pages.registration_page(refused(postcode="1005")))
        select = page.find(id="municipality")

        assert select.name == "select"
        assert select["aria-invalid"] == "true"
        assert len(MUNICIPALITIES) + 1 == len(select("option"))

    def test_what_has_no_field(self, pages: Pages) -> None:
        """
        An error on something that can't be seen leads to the form, and its value is gone.
        """
        page = soup(pages.registration_page(refused(source="?!", submission_id="x", favourite="b")))

        assert {"#form"} == {link["href"] for link in page.find(class_="error-summary")("a")}
        assert page.find(id="form")
        assert page.find("input", attrs={"name": "source"})["value"] == ""

    def test_submission_id(self, pages: Pages) -> None:
        """
        The page has the id it is given, or a fresh one.
        """
        given = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
        form = refused(name="")

        def shown(submission_id: str = "") -> str:
            page = soup(pages.registration_page(form, submission_id))
            return str(page.find("input", attrs={"name": "submission_id"})["value"])

        assert given == shown(given)
        assert shown() != shown()

    def test_again(self, pages: Pages) -> None:
        """
        Only an id that was given is one to try again.
        """
        form = refused(name="")

        assert "data-again" in pages.registration_page(form, "7d444840-9dc0-11d1-b245-5ffdce74fad2")
        assert "data-again" not in pages.registration_page(form)


class TestThanks:
    def test_reference(self, pages: Pages) -> None:
        """
        The reference stands there to be written down, with what happens next in three steps.
        """
        page = soup(pages.thanks_page("MB-7K3F-9Q4D"))

        assert page.find(class_="reference__code").get_text() == "MB-7K3F-9Q4D"
        assert len(page.find("ol")("li")) == 3

    @pytest.mark.parametrize("reference", ["", HOSTILE, "MB-AAAA-0000", "Bel 0900 12 345"])
    def test_no_reference(self, pages: Pages, reference: str) -> None:
        """
        Without a reference, or with a text in its place, the page thanks all the same.
        """
        html = pages.thanks_page(reference)

        assert soup(html).h1.get_text() == "Bedankt!"
        assert soup(html).find(class_="reference") is None
        assert not reference or reference not in html


class TestSearch:
    def test_several(self, pages: Pages) -> None:
        """
        Several municipalities are a choice of links.
        """
        page = soup(pages.search_page("aalst", find("aalst")))

        links = [link["href"] for link in page.find(class_="choices")("a")]
        assert links == ["/word-buddy/aalst/", "/word-buddy/sint-truiden/"]

    def test_none(self, pages: Pages) -> None:
        """
        When nothing is found all municipalities are there to choose from.
        """
        page = soup(pages.search_page("Parijs", ()))

        assert page.h1.get_text() == "Kies zelf je gemeente"
        assert "Parijs" in page.main.get_text()
        assert len(MUNICIPALITIES) == len(page.find(class_="municipality-list")("a"))

    def test_nothing_asked(self, pages: Pages) -> None:
        """
        An empty search is no failure.
        """
        page = soup(pages.search_page("  ", ()))

        assert page.h1.get_text() == "Zoek je gemeente"

    def test_hostile(self, pages: Pages) -> None:
        """
        The search comes back as text, and not longer than a place name can be.
        """
        page = soup(pages.search_page(HOSTILE + "x" * 1000, ()))

        assert page.main("script") == []
        assert len(page.find(id="zoek")["value"]) == 60


class TestNotice:
    def test_notice(self, pages: Pages) -> None:
        """
        A message has a title, a text and the way back to the form.
        """
        page = soup(pages.notice_page("Er liep iets mis", HOSTILE))

        assert page.h1.get_text() == "Er liep iets mis"
        assert HOSTILE in page.main.get_text()
        assert page.main.find("a", string="Naar het formulier")["href"] == "/aanmelden/"


@pytest.mark.parametrize(
    ("site_url", "base"),
    [
        ("", ""),
        ("/buddy", "/buddy"),
        ("https://www.example.org/buddy/", "/buddy"),
        ("http://127.0.0.1:8000", ""),
    ],
)
def test_base(site_url: str, base: str) -> None:
    """
    Every link, asset and action stays below the path of the site.
    """
    pages = Pages(site_url)
    assert pages.url("/bedankt/") == f"{base}/bedankt/"
    for html in (
        pages.registration_page(refused(name="")),
        pages.thanks_page(""),
        pages.search_page("", ()),
        pages.notice_page("Titel", "Tekst"),
    ):
        page = soup(html)
        named = [
            tag[name] for name in ("href", "src", "action") for tag in page.find_all(**{name: True})
        ]
        assert all(path.startswith((f"{base}/", "#")) for path in named)
        assert f"{base}/api/registrations" in named or not page.find(class_="form")


def test_not_for_search_engines(pages: Pages) -> None:
    """
    None of these pages is to be found by a search engine.
    """
    for html in (pages.registration_page(Form()), pages.thanks_page(""), pages.search_page("", ())):
        assert soup(html).find("meta", attrs={"name": "robots"})["content"] == "noindex"


class TestHeld:
    """The pages with the buttons for what is held."""

    def test_trap(self, pages: Pages) -> None:
        """
        The trap is out of sight, out of the order of the Tab key, silent, and says to leave it; it
        is never filled in, not even by us.
        """
        page = soup(pages.registration_page(Form({"website": ("x",), "token": ("abc",)})))
        trap = page.find(id="website")

        assert ("-1", "off", None) == (trap["tabindex"], trap["autocomplete"], trap.get("value"))
        assert ["visually-hidden"] == trap.parent["class"]
        assert "true" == trap.parent["aria-hidden"]
        assert "Laat dit veld leeg" == page.find("label", attrs={"for": "website"}).get_text()
        assert "abc" == page.find("input", attrs={"name": "token"})["value"]

    def test_step_up(self, pages: Pages) -> None:
        """
        Her page has one button, which posts to the page itself, and nothing that was typed.
        """
        one = registration(municipality=["41002", "44021"])
        html = pages.step_up_page(one)
        page = soup(html)
        (form,) = page.main("form")

        assert ("post", None) == (form["method"], form.get("action"))
        assert ["Ja, stuur mijn aanmelding door"] == [b.get_text() for b in form("button")]
        assert "Aalst of Gent" in page.main.get_text()
        assert "maandag 23 november 2026" in page.main.get_text()
        typed = ("Anaïs", "Hondt", "anais@", "470", "9300", "wandelen", one.reference)
        assert [] == [text for text in typed if text in html]
        assert "noindex" == page.find("meta", attrs={"name": "robots"})["content"]
