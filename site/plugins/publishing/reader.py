"""
Reads the content: front matter checked by `front_matter`, Markdown by a compiled parser.

The text may cite a source as `[](bron:key)`, and links to other pages by their path. Headings get
an id, so that anybody can point at them.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.readers import BaseReader, MarkdownReader
from pelican.settings import DEFAULT_CONFIG
from pelican.urlwrappers import Category
from pelican.utils import SafeDatetime, slugify
from pyromark import Markdown, Options

from publishing import front_matter
from publishing.front_matter import Event, FrontMatterError, News, Page, Source, Story, ToolkitItem

_MARKDOWN = Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_HEADING_ATTRIBUTES
    | Options.ENABLE_SMART_PUNCTUATION
    | Options.ENABLE_DEFINITION_LIST
)
_HEADING = re.compile(r"<h([23])( id=\"([^\"]*)\")?>(.*?)</h\1>")
_CITATION = re.compile(r"\s*<a href=\"bron:([^\"]*)\"></a>")
_CITED = re.compile(r"\s*<a class=\"citation\".*?</a>")
_OWN_LINK = re.compile(r"(href|src)=\"/(?!/)")
_TAG = re.compile(r"<[^>]*>")
_SLUG: Any = DEFAULT_CONFIG["SLUG_REGEX_SUBSTITUTIONS"]

RESERVED = {"bronnen", "inhoud", "menu", "op-deze-pagina"}
"""The ids that the page around a text has."""

problems: list[str] = []
"""What is wrong with the content read so far, a line each."""


@dataclass(frozen=True)
class Heading:
    """A heading that the list of contents shows."""

    level: int
    id: str
    text: str


class ContentReader(BaseReader):
    """Pelican's reader for every Markdown file of ours."""

    enabled = True
    file_extensions = ["md"]  # noqa: RUF012 Pelican's own way

    @cached_property
    def sources(self) -> dict[str, Source]:
        return front_matter.sources(Path(self.settings["SOURCES"]))

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """
        The HTML and Pelican's metadata.

        A file that can't be used is left out, so that `stop_at_problems` can name all of them.
        """
        file = Path(os.path.relpath(source_path))
        try:
            return self._read(file)
        except FrontMatterError as error:
            problems.append(str(error))
            return "", {"title": file.stem, "slug": file.stem, "status": "skip"}

    def _read(self, file: Path) -> tuple[str, dict[str, Any]]:
        front, body = front_matter.split(file.read_text(encoding="utf-8"), file)
        metadata = self._metadata(front, file)
        html, cited = cite(_MARKDOWN.html(body), file, self.sources)
        html, headings = with_ids(html)
        if taken := RESERVED & {heading.id for heading in headings}:
            raise FrontMatterError(f"{file}: #{taken.pop()}: the page itself has this id")
        metadata |= {"cited": cited, "headings": headings}
        base = self.settings["BASE"]
        return (_OWN_LINK.sub(rf'\1="{base}/', html) if base else html), metadata

    def _metadata(self, front: str, file: Path) -> dict[str, Any]:
        folder = file.parent.name
        if folder == "pages":
            page = front_matter.decode(front, Page, file)
            return _page(page, page.path or f"/{file.stem}/", page.template)
        if folder == "toolkit":
            item = front_matter.decode(front, ToolkitItem, file)
            _must_exist(item, file)
            return _page(item, f"/toolkit/{file.stem}/", "toolkit-item")
        kind, template = DATED[folder]
        value = front_matter.decode(front, kind, file)
        metadata = _page(value, f"/{folder}/{file.stem}/", template)
        day = value.starts if isinstance(value, Event) else value.published
        metadata["date"] = SafeDatetime(day.year, day.month, day.day)
        metadata["summary"] = value.summary
        metadata["category"] = Category(folder, self.settings)  # type: ignore[no-untyped-call]
        if isinstance(value, Story) and not value.may_be_shown(self.settings["TODAY"]):
            metadata["status"] = "skip"
        return metadata


DATED: dict[str, tuple[type[Story | News | Event], str]] = {
    "verhalen": (Story, "story"),
    "nieuws": (News, "news-item"),
    "agenda": (Event, "event"),
}


def _page(item: Any, path: str, template: str) -> dict[str, Any]:
    save_as = path.lstrip("/")
    return {
        "title": item.title,
        "slug": path.strip("/").replace("/", "-") or "home",
        "template": template,
        "path": path,
        "url": save_as,
        "save_as": f"{save_as}index.html" if path.endswith("/") else save_as,
        "item": item,
    }


def _must_exist(item: ToolkitItem, file: Path) -> None:
    names = [one.file for one in item.files] + ([item.preview] if item.preview else [])
    for name in names:
        if not (file.parent / file.stem / name).is_file():
            raise FrontMatterError(f"{file}: files: there is no {file.stem}/{name}")


def cite(html: str, file: Path, known: dict[str, Source]) -> tuple[str, dict[str, Source]]:
    """
    The text with its citations numbered in the order in which they come, and the sources cited.

    Raises FrontMatterError for a source that nobody knows.
    """
    cited: dict[str, Source] = {}
    if '"bron:' not in html:  # to look for the whitespace before one costs more than Markdown does
        return html, cited

    def number(match: re.Match[str]) -> str:
        key = match[1]
        if key not in known:
            raise FrontMatterError(f"{file}: bron:{key}: not in the list of sources")
        cited[key] = known[key]
        here = list(cited).index(key) + 1
        return f' <a class="citation" href="#bron-{here}">(bron&nbsp;{here})</a>'

    return _CITATION.sub(number, html), cited


def with_ids(html: str) -> tuple[str, tuple[Heading, ...]]:
    """The text with an id on every heading, and those headings."""
    headings: list[Heading] = []

    def identify(match: re.Match[str]) -> str:
        level, given, inner = int(match[1]), match[3], match[4]
        text = unescape(_TAG.sub("", _CITED.sub("", inner)))
        name = given or _free(slugify(text, _SLUG), {one.id for one in headings} | RESERVED)
        headings.append(Heading(level, name, text))
        return f'<h{level} id="{name}">{inner}</h{level}>'

    return _HEADING.sub(identify, html), tuple(headings)


def _free(name: str, taken: set[str]) -> str:
    return next(one for one in _candidates(name) if one not in taken)


def _candidates(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def stop_at_problems(_generators: Any) -> None:
    """End the build, with every problem in a line of its own that names file and field."""
    if problems:
        sys.exit("\n".join(problems))


def register() -> None:
    # Pelican takes every reader that there is, ours too. Its own for the same files must not be
    # there: without Python-Markdown it would warn at each of them that it can't read it.
    MarkdownReader.file_extensions = []
    signals.initialized.connect(_start)
    signals.all_generators_finalized.connect(stop_at_problems)


def _start(_pelican: Any) -> None:
    problems.clear()
