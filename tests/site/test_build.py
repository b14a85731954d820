"""What must be true of the built site, on every page."""

import json
import re
from itertools import pairwise
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from chalicelib.domain.campaigns import CAMPAIGNS, PARAMETER
from chalicelib.domain.finder import places
from chalicelib.domain.form import FIELDS, Field
from chalicelib.domain.municipalities import ATTRIBUTION, MUNICIPALITIES, neighbours
from tests.built_site import ROOT, Site

TEMPLATES = ROOT / "backend/chalicelib/templates"
BY_THE_API = {"/zoek/", "/bedankt/", "/gemeente/", "/api/registrations", "/api/suggestions"}
"""Addresses that Pelican doesn't build."""
NAMED = {"canonical", "alternate"}  # links of the head that no browser follows by itself
QUESTIONS = [field for field in FIELDS.values() if field.kind != "hidden"]


def links(page: Any) -> list[str]:
    """Every address that a page names, in whatever way."""
    named = [
        tag[name] for name in ("href", "src", "action") for tag in page.find_all(**{name: True})
    ]
    refresh = page.find("meta", attrs={"http-equiv": "refresh"})
    return [*named, refresh["content"].partition("url=")[2]] if refresh else named


class TestForm:
    @pytest.mark.parametrize("field", QUESTIONS, ids=lambda field: field.name)
    @pytest.mark.parametrize("address", ["/aanmelden/", "/word-buddy/aalst/"])
    def test_every_question(self, site: Site, address: str, field: Field) -> None:
        """
        Every question has a control of its name, with its label and its hint.
        """
        form = site.page(address).find("form", class_="form")
        control = form.find(attrs={"name": field.name})
        assert control is not None

        if control.get("type") == "hidden":  # the municipality of the page
            assert field.label in form.get_text()
            return
        label = form.find("label", attrs={"for": control["id"]})
        assert field.label in label.get_text()
        hints = [
            form.find(id=name).get_text() for name in control.get("aria-describedby", "").split()
        ]
        assert ([field.hint] if field.hint else []) == hints

    @pytest.mark.parametrize("address", ["/aanmelden/", "/word-buddy/aalst/"])
    def test_privacy(self, site: Site, address: str) -> None:
        """
        Beside the button stands where to read what becomes of the answers.
        """
        form = site.page(address).find("form", class_="form")

        assert ["/privacy/"] == [link["href"] for link in form.find_all("a", href="/privacy/")]

    @pytest.mark.parametrize("name", ["source", "submission_id"])
    def test_hidden(self, site: Site, name: str) -> None:
        """
        What only the script fills in is there, and empty.
        """
        control = site.page("/aanmelden/").find("input", attrs={"name": name})

        assert (control["type"], control["value"]) == ("hidden", "")

    def test_plain(self, site: Site) -> None:
        """
        The form is one that a browser can send without a script.
        """
        form = site.page("/aanmelden/").find("form", class_="form")

        assert (form["method"], form["action"]) == ("post", "/api/registrations")
        assert form.has_attr("novalidate")
        assert form.find("button", type="submit")

    def test_three_municipalities(self, site: Site) -> None:
        """
        The general form asks for up to three municipalities, each among all 304, or none.
        """
        selects = site.page("/aanmelden/").find_all("select", attrs={"name": "municipality"})
        codes = sorted(one.nis_code for one in MUNICIPALITIES)

        assert 3 == len(selects)
        for select in selects:
            values = [option["value"] for option in select.find_all("option")]
            assert "" == values[0]
            assert codes == sorted(values[1:])

    def test_preset(self, site: Site) -> None:
        """
        A municipality's page asks for that municipality, and offers its neighbours.
        """
        aalst = next(one for one in MUNICIPALITIES if one.slug == "aalst")
        controls = site.page("/word-buddy/aalst/").find_all("input", attrs={"name": "municipality"})
        fixed = [one["value"] for one in controls if one["type"] == "hidden"]
        offered = [one["value"] for one in controls if one["type"] == "checkbox"]

        assert [aalst.nis_code] == fixed
        assert [one.nis_code for one in neighbours(aalst)] == offered
        assert not any(one.has_attr("checked") for one in controls)


class TestEveryPage:
    def test_head(self, site: Site) -> None:
        """
        Every page has its language, one title, one description, one heading of the first level.
        """
        for address, page in site.pages:
            assert "nl" == page.html["lang"], address
            assert page.title.get_text().endswith(" · mijnbuddy"), address
            assert page.find("meta", attrs={"name": "description"})["content"].strip(), address
            assert 1 == len(page.find_all("h1")), address
            assert 1 == len(page.find_all("main")), address

    def test_titles(self, site: Site) -> None:
        """
        No two pages have the same title.
        """
        titles = [page.title.get_text() for _, page in site.pages]

        assert sorted(set(titles)) == sorted(titles)

    def test_headings(self, site: Site) -> None:
        """
        Headings go down one level at a time.
        """
        for address, page in site.pages:
            levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
            jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
            assert [] == jumps, address

    def test_ids(self, site: Site) -> None:
        """
        An id occurs once on a page; labels and descriptions refer to one that is there.
        """
        for address, page in site.pages:
            ids = [tag["id"] for tag in page.find_all(id=True)]
            assert len(set(ids)) == len(ids), address
            referred = [tag["for"] for tag in page.find_all("label")]
            for name in ("aria-describedby", "aria-labelledby"):
                referred += [
                    one for tag in page.find_all(**{name: True}) for one in tag[name].split()
                ]
            assert set(referred) <= set(ids), address

    def test_links(self, site: Site) -> None:
        """
        Every link leads to a page or file that is there, and to a place on it.
        """
        files = set(site.files)
        for address, page in site.pages:
            for link in links(page):
                target, fragment = urldefrag(urljoin(address, link))
                path = urlsplit(target).path
                if urlsplit(target).netloc or path in BY_THE_API:
                    continue
                file = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
                assert file in files, f"{address} → {link}"
                assert not fragment or site.page(path).find(id=fragment), f"{address} → {link}"

    def test_codes(self, site: Site) -> None:
        """
        A link with the code of a campaign has one of the list, and leads to the form itself:
        without a script nothing carries it on.
        """
        found = {
            (urlsplit(link).path, urlsplit(link).query)
            for _, page in site.pages
            for link in links(page)
            if link.startswith("/") and f"?{PARAMETER}=" in link
        }

        assert {"/aanmelden/"} == {path for path, _ in found}
        assert {query for _, query in found} <= {f"{PARAMETER}={code}" for code in CAMPAIGNS}

    def test_policy(self, site: Site) -> None:
        """
        No script or style stands in a page, and nothing is fetched from elsewhere: a
        Content-Security-Policy without exceptions holds. Data for machines are no script.
        """
        for address, page in site.pages:
            assert not page.find_all("style"), address
            assert not page.find_all(style=True), address
            scripts = [one for one in page("script") if one.get("type") != "application/ld+json"]
            assert all(one.get("src") and not one.string for one in scripts), address
            handlers = [
                name for tag in page.find_all() for name in tag.attrs if name.startswith("on")
            ]
            assert [] == handlers, address
            fetched = [tag["src"] for tag in page.find_all(src=True)]
            fetched += [
                tag["href"] for tag in page("link", rel=True) if NAMED & set(tag["rel"]) == set()
            ]
            assert all(path.startswith("/") and path[1] != "/" for path in fetched), address

    def test_attribution(self, site: Site) -> None:
        """
        Every page names the sources of the reference data, as their licences ask.
        """
        for address, page in site.pages:
            assert ATTRIBUTION in page.footer.get_text(), address

    def test_classes(self, site: Site) -> None:
        """
        Every class on a page has a rule in the stylesheet.
        """
        ruled = set(re.findall(r"\.([a-z][\w-]*)", site.read("theme/style.css")))
        hooks = {"steps__step", "municipality-list"}  # parts that need no rule of their own
        for address, page in site.pages:
            used = {name for tag in page.find_all(class_=True) for name in tag["class"]}
            assert set() == used - ruled - hooks, address


class TestMunicipalities:
    def test_pages(self, site: Site) -> None:
        """
        There is a page for each of the 304 municipalities, and a link to it from the list.
        """
        wanted = {f"/word-buddy/{one.slug}/" for one in MUNICIPALITIES}
        section = site.page("/word-buddy/").find(class_="municipality-list")

        assert 304 == len(wanted)
        assert wanted <= set(site.addresses)
        assert wanted == {tag["href"] for tag in section("a")}

    @pytest.mark.parametrize(
        ("former", "today"),
        [
            ("borgloon", "tongeren-borgloon"),
            ("galmaarden", "pajottegem"),
            ("borsbeek", "antwerpen"),
        ],
    )
    def test_moved(self, site: Site, former: str, today: str) -> None:
        """
        The address of a former municipality leads to today's, also for who sees no redirect.
        """
        page = site.page(f"/word-buddy/{former}/")

        refresh = page.find("meta", attrs={"http-equiv": "refresh"})
        assert f"0; url=/word-buddy/{today}/" == refresh["content"]
        assert f"/word-buddy/{today}/" == page.find("link", rel="canonical")["href"]
        assert page.main.find("a", href=f"/word-buddy/{today}/")

    def test_all_moved(self, site: Site) -> None:
        """
        Every former municipality has an address: its own, or that of the municipality that has
        its name today.
        """
        formers = {former.slug for one in MUNICIPALITIES for former in one.formers}

        assert {f"/word-buddy/{slug}/" for slug in formers} <= set(site.addresses)

    def test_facts(self, site: Site) -> None:
        """
        A municipality's page has its postcodes, its places and links to its neighbours.
        """
        page = site.page("/word-buddy/aalst/").main

        assert "9320 Erembodegem" in page.get_text(" ", strip=True)
        assert page.find("a", href="/word-buddy/lede/")

    def test_outline(self, site: Site) -> None:
        """
        Every municipality's page draws that municipality's shape within its box.
        """
        for one in MUNICIPALITIES:
            shape = site.page(f"/word-buddy/{one.slug}/").find("path", class_="lines__place")
            left, top, width, height = map(int, shape.parent["viewbox"].split())
            assert width > 0 < height
            x, y = map(int, re.findall(r"-?\d+", shape["d"])[:2])
            assert left <= x <= left + width, one.name
            assert top <= y <= top + height, one.name


class TestFinder:
    def test_plain(self, site: Site) -> None:
        """
        Without a script the finder asks the API, and says where the list is.
        """
        for address in ("/", "/word-buddy/", "/404.html"):
            finder = site.page(address).find("form", class_="finder")
            assert (finder["method"], finder["action"]) == ("get", "/zoek/")
            assert finder.find("input", attrs={"name": "q"})
            assert site.page(address).find("a", href=re.compile(r"^(/word-buddy/)?#gemeenten$"))

    def test_index(self, site: Site) -> None:
        """
        The index of the script holds every name and postcode of the domain's finder, in order.
        """
        index = json.loads(site.read("finder.json"))
        own = index["own"]
        found = [(name, slug) for name, slug in own]
        found += [(name, own[number][1]) for name, number in index["others"]]

        assert [(place.name, place.municipality.slug) for place in places()] == found

    @pytest.mark.parametrize(
        ("name", "slugs"),
        [
            ("3840", ["tongeren-borgloon"]),
            ("1040", ["brussel", "etterbeek"]),
            ("Erembodegem", ["aalst"]),
            ("Borgloon", ["tongeren-borgloon"]),
        ],
    )
    def test_samples(self, site: Site, name: str, slugs: list[str]) -> None:
        """
        A postcode, a shared postcode, a deelgemeente and a former name lead where they should.
        """
        index = json.loads(site.read("finder.json"))
        found = [index["own"][number][1] for other, number in index["others"] if other == name]

        assert slugs == sorted(found)


class TestBelowAPath:
    def test_links(self, site_below_a_path: Site) -> None:
        """
        Below a path every address of the site stays below it; only external links leave.
        """
        for address, page in site_below_a_path.pages:
            for link in links(page):
                path = link.removeprefix("https://www.example.org")
                if urlsplit(path).scheme in {"https", "mailto", "tel"}:
                    continue
                assert path.startswith(("/buddy/", "#")), f"{address} → {link}"
            script = page.find("script")
            assert "/buddy/finder.json" == script["data-finder"]
            assert "/buddy/word-buddy/" == script["data-pages"]

    def test_canonical(self, site_below_a_path: Site) -> None:
        """
        With a host, every page that may be found names its full address.
        """
        for address, page in site_below_a_path.pages:
            if not page.find("meta", attrs={"name": "robots", "content": "noindex"}):
                canonical = page.find("link", rel="canonical")["href"]
                assert canonical.startswith("https://www.example.org/buddy/"), address

    def test_sitemap(self, site_below_a_path: Site) -> None:
        """
        The sitemap lists every page by its full address, but for redirects and the pages of errors.
        """
        tree = ElementTree.fromstring(site_below_a_path.read("sitemap.xml"))
        listed = [element.text for element in tree.iter() if element.tag.endswith("}loc")]
        wanted = [
            f"https://www.example.org/buddy{address}"
            for address, page in site_below_a_path.pages
            if address not in {"/404.html", "/storing.html"}
            and not page.find("meta", attrs={"http-equiv": "refresh"})
        ]

        assert sorted(wanted) == listed
        assert "https://www.example.org/buddy/sitemap.xml" in site_below_a_path.read("robots.txt")


def test_same_twice(site: Site, site_again: Site) -> None:
    """
    Two builds of the same sources are the same, byte for byte.
    """
    assert site.files == site_again.files


def test_left_to_the_api(site: Site) -> None:
    """
    Pelican builds none of the addresses that the API answers.
    """
    assert set() == BY_THE_API & set(site.addresses)


def test_stylesheets() -> None:
    """
    Every stylesheet of a component belongs to a template of the same name, or to Markdown.
    """
    sheets = {file.stem for file in (ROOT / "site/theme/static/css/components").glob("*.css")}
    folders = (TEMPLATES, ROOT / "site/theme/templates")
    templates = {file.stem for folder in folders for file in folder.glob("components/*.html")}

    assert set() == sheets - templates - {"table"}


def test_tokens(site: Site) -> None:
    """
    Every custom property that is used is defined, and colours stand among the tokens only.
    """
    css = ROOT / "site/theme/static/css"
    tokens = (css / "tokens.css").read_text(encoding="utf-8")
    built = site.read("theme/style.css") + site.read("theme/desk.css")
    used = set(re.findall(r"var\((--[\w-]+)", built))
    assert used <= set(re.findall(r"(--[\w-]+):", tokens))

    sheets = [*(css / "components").glob("*.css"), *(css / "desk").glob("*.css")]
    rules = "".join(file.read_text(encoding="utf-8") for file in sheets)
    assert [] == re.findall(r"#[0-9a-f]{3,8}\b", rules)
