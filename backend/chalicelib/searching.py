"""
What the search for a municipality answers to who has no JavaScript.
"""

from collections.abc import Sequence
from typing import Protocol

from chalicelib import web
from chalicelib.domain import campaigns
from chalicelib.domain.finder import Place, find
from chalicelib.domain.site import municipality_path
from chalicelib.web import Answer, page, see_other


class Pages(web.Pages, Protocol):
    def search_page(self, query: str, places: Sequence[Place]) -> str: ...
    def url(self, path: str) -> str: ...


def found(query: str, pages: Pages, source: str = "") -> Answer:
    """
    A municipality by postcode or name: its page, or a choice. `source` is the code of the campaign
    by which somebody came: it goes along to the page with the form.
    """
    places = find(query)
    if len(places) == 1:
        path = municipality_path(places[0].municipality.slug)
        return see_other(pages.url(campaigns.carried(path, source)))
    return page(200, pages.search_page(query, places))
