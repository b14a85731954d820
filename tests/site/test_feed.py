"""The feeds: what somebody reads far from the site."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from chalicelib.domain.site import ADDRESS, NEWS_FEED
from tests.site.conftest import BELOW_A_PATH, Site

ATOM = "{http://www.w3.org/2005/Atom}"
ITEMS = sorted(file.stem for file in Path("site/content/nieuws").glob("*.md"))


def entries(site: Site) -> list[ElementTree.Element]:
    return ElementTree.fromstring(site.read(NEWS_FEED.lstrip("/"))).findall(f"{ATOM}entry")


@pytest.mark.parametrize(
    ("fixture", "address"), [("site", ADDRESS), ("site_below_a_path", BELOW_A_PATH)]
)
def test_items(request: pytest.FixtureRequest, fixture: str, address: str) -> None:
    """
    Each news item is in the feed, with the full address of its page.
    """
    found = [entry.find(f"{ATOM}link") for entry in entries(request.getfixturevalue(fixture))]

    assert [f"{address}/nieuws/{name}/" for name in ITEMS] == sorted(
        link.attrib["href"] for link in found if link is not None
    )


@pytest.mark.parametrize("fixture", ["site", "site_below_a_path"])
def test_links(request: pytest.FixtureRequest, fixture: str) -> None:
    """
    No link in a text of the feed needs to know where the feed came from.
    """
    site = request.getfixturevalue(fixture)

    assert [] == [
        entry.findtext(f"{ATOM}title")
        for entry in entries(site)
        if 'href="/' in (entry.findtext(f"{ATOM}content") or "")
    ]


def test_newest_first(site: Site) -> None:
    """
    The newest item stands on top.
    """
    dates = [entry.findtext(f"{ATOM}published") or "" for entry in entries(site)]

    assert sorted(dates, reverse=True) == dates
