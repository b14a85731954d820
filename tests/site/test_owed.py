"""The pages that a public service owes: they say what the software does, and what is known."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.form import FIELDS
from chalicelib.domain.retention import RULES
from chalicelib.domain.suggestion_form import FIELDS as PROJECT_FIELDS
from publishing import front_matter
from publishing.front_matter import FrontMatterError, Publisher
from publishing.inventory import FILTERS
from publishing.notices import message, notices
from publishing.owed import security
from tests.built_site import BELOW_A_PATH, Site

DATA = Path("site/data")
PUBLISHER = (DATA / "publisher.yaml").read_text(encoding="utf-8")


def publisher(text: str = PUBLISHER) -> Publisher:
    return front_matter.decode(text, Publisher, Path("publisher.yaml"))


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def rows(page: Any) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def test_privacy_fields(site: Site) -> None:
    """
    The privacy statement has every field of the form: why, whether it must, and who reads it.
    """
    found = {row[0]: row[1:] for row in rows(site.page("/privacy/"))[: len(FIELDS)]}

    for field in FIELDS.values():
        must, why, reader = found[field.label]
        assert field.required == (must == "Ja")
        assert " ".join(field.why.split()) == why
        assert field.is_forwarded == (reader == "Je gemeente")


def test_privacy_of_a_project(site: Site) -> None:
    """
    It has every field of the form about a project, too.
    """
    found = rows(site.page("/privacy/"))[len(FIELDS) : len(FIELDS) + len(PROJECT_FIELDS)]

    assert [[one.label, " ".join(one.why.split())] for one in PROJECT_FIELDS.values()] == [
        [label, why] for label, _, why in found
    ]


def test_privacy_terms(site: Site) -> None:
    """
    It has every term of the table that drives the software, and nothing else.
    """
    found = rows(site.page("/privacy/"))[len(FIELDS) + len(PROJECT_FIELDS) :]

    assert [[rule.what, rule.why, rule.kept, rule.how] for rule in RULES] == found


def test_open_details(site: Site) -> None:
    """
    What nobody filled in yet says so on the page, and is no link.
    """
    page = site.page("/privacy/")

    assert "nog in te vullen door het agentschap" in words(page.main)
    assert [] == [link["href"] for link in page.select("a[href^=mailto]")]


def test_accessibility(site: Site) -> None:
    """
    The accessibility statement has the numbers of the run, and never claims full conformance.
    """
    page = site.page("/toegankelijkheid/")
    audit = json.loads((DATA / "accessibility.json").read_text(encoding="utf-8"))
    facts = [words(fact) for fact in page.select("dd")]

    assert audit["date"] == page.select_one("main time")["datetime"]
    assert f"{audit['tool']} {audit['version']}" in facts
    assert str(audit["pages"]) in facts
    assert str(audit["violations"]) in facts
    assert "gedeeltelijk in overeenstemming" in words(page.main)
    assert "volledig" not in words(page.main)


def test_sitemap_page(site: Site) -> None:
    """
    The page with all pages leads to every page but those of the municipalities, those that choose
    projects, and the odd ones.
    """
    many = ("/word-buddy/", *(f"/projecten/{name}/" for name in FILTERS))
    linked = {link["href"].partition("#")[0] for link in site.page("/sitemap/").select("main a")}
    ours = {
        address
        for address in site.addresses
        if not address.startswith(many)
        and address not in ("/404.html", "/storing.html", "/sitemap/")
    }

    assert set() == ours - linked


def test_sitemap(site_below_a_path: Site) -> None:
    """
    The map has every page that may be found, with its full address and no invented dates.
    """
    text = site_below_a_path.read("sitemap.xml")
    pages = [
        BELOW_A_PATH + address
        for address, page in site_below_a_path.pages
        if not page.select("[name=robots], [http-equiv=refresh]")
    ]

    assert sorted(pages) == re.findall(r"<loc>(.*)</loc>", text)
    assert "lastmod" not in text


def test_security(site: Site, site_below_a_path: Site) -> None:
    """
    `security.txt` has a contact and an expiry; an address of its own where the host is known.
    """
    here = site.read(".well-known/security.txt")

    assert security(publisher(), "") == here
    assert re.search(r"^Contact: mailto:\S+@\S+$", here, re.MULTILINE)
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", here, re.MULTILINE)
    assert "Canonical" not in here
    there = site_below_a_path.read(".well-known/security.txt")
    assert f"Canonical: {BELOW_A_PATH}/.well-known/security.txt\n" in there


@pytest.mark.parametrize(
    ("detail", "problem"),
    [
        ("{ text: a@b.example }", "dpo.email: an address that can't exist"),
        ("{ text: a@b.example, confirm: us }", "dpo.email: an address that can't exist"),
        ("{ text: a@b.be, fill_in: us, confirm: us }", "dpo.email: is to be filled in or"),
        ("{ text: a@b.be, unknown: x }", "unknown field `unknown`"),
    ],
)
def test_wrong_publisher(detail: str, problem: str) -> None:
    """
    A placeholder that doesn't say so, or a field that nobody knows, stops the build.
    """
    wrong = PUBLISHER.replace(
        "{ text: privacy@mijnbuddy.example, fill_in: het agentschap }", detail
    )

    with pytest.raises(FrontMatterError, match=re.escape(problem)):
        publisher(wrong)


def context(example: bool, text: str = PUBLISHER) -> dict[str, Any]:
    item = SimpleNamespace(example=example, title="Koffie")
    return {
        "stories": [SimpleNamespace(path="/verhalen/koffie/", item=item)],
        "films": [],
        "publisher": publisher(text),
    }


def test_notices() -> None:
    """
    Every example and every open detail is named, with who has to act.
    """
    lines = notices(context(example=True))

    assert "/verhalen/koffie/ is an example: «Koffie»" == lines[0]
    assert sum(detail.is_open for _, detail in publisher().details()) == len(lines) - 1
    assert "publisher.yaml: dpo.email: «privacy@mijnbuddy.example», fill in:" in message(lines)


def test_nothing_to_notice() -> None:
    """
    A build without examples and placeholders says nothing.
    """
    done = re.sub(r", (fill_in|confirm): [^}]*", " ", PUBLISHER).replace(".example", ".be")
    done = re.sub(r"^  confirm: .*\n", "", done, flags=re.MULTILINE)

    assert [] == notices(context(False, done))
    assert "" == message([])
