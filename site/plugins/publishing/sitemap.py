"""
`robots.txt`, and `sitemap.xml` when the site knows its host: a sitemap has only full addresses.

A page is in the map unless it says `robots: noindex` in its front matter. When a page changed last
is not in it: a build does not know, and a guess is worse than nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pelican import signals
from pelican.generators import Generator

from chalicelib.domain.municipalities import MUNICIPALITIES
from chalicelib.domain.site import DOWNLOAD, FIGURES, SEARCH, THANKS, municipality_path

HIDDEN = (SEARCH, THANKS, f"{DOWNLOAD}/")
"""Where no search engine has anything to look for; what is below the last one, is counted."""


class SitemapGenerator(Generator):
    """Writes `robots.txt` and `sitemap.xml`."""

    def generate_output(self, _writer: Any) -> None:
        base, origin = self.settings["BASE"], self.settings["ORIGIN"]
        robots = ["User-agent: *", *(f"Disallow: {base}{path}" for path in HIDDEN)]
        if origin:
            addresses = [origin + base + path for path in self._paths()]
            Path(self.output_path, "sitemap.xml").write_text(sitemap(addresses), encoding="utf-8")
            robots.append(f"Sitemap: {origin}{base}/sitemap.xml")
        robots_file = Path(self.output_path, "robots.txt")
        robots_file.write_text("\n".join(robots) + "\n", encoding="utf-8")

    def _paths(self) -> Iterator[str]:
        for page in [*self.context["pages"], *self.context["articles"]]:
            if getattr(page.item, "robots", None) != "noindex":
                yield page.path
        yield FIGURES
        yield from self.context["inventory"].paths
        for film in self.context["films"]:
            yield film.path
        for municipality in MUNICIPALITIES:
            yield municipality_path(municipality.slug)


def sitemap(addresses: list[str]) -> str:
    """The addresses in the format of sitemaps.org, in order."""
    urls = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in sorted(addresses))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def register() -> None:
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return SitemapGenerator
