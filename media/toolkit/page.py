"""
Reads an item of the toolkit: the front matter and the Markdown that the page shows too.

Only the Markdown that these pages use: headings, paragraphs, lists, tables, bold, italic, links,
and `[](bron:key)` for a source. Square brackets that hold no link are blanks to fill in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from media.toolkit.places import CONTENT, SOURCES_OF_FACTS
from media.toolkit.words import SITE

INLINE = re.compile(
    r"\[\]\(bron:(?P<source>[\w-]+)\)"
    r"|\[(?P<label>[^\]]+)\]\((?P<target>[^)]+)\)"
    r"|\*\*(?P<bold>[^*]+)\*\*"
    r"|\*(?P<italic>[^*]+)\*"
)
BLANK = re.compile(r"(\[[^\]]+\])")
HEADING = re.compile(r"(#+) (.*?)(?: \{#[\w-]+\})?")
BULLET = re.compile(r"(-|\d+\.) +")


@dataclass(frozen=True)
class Span:
    """Words in one style; `link` is a full address."""

    text: str
    style: str = ""  # "", "bold", "italic", "source" or "blank"
    link: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Block:
    """`kind` is h2, h3, p, ul, ol or table; a table has the cells of one row in each of `rows`."""

    kind: str
    rows: tuple[tuple[Spans, ...], ...]

    @property
    def spans(self) -> Spans:
        return self.rows[0][0]


@dataclass
class Page:
    """One item; `sources` are its cited sources, in the order of their numbers."""

    slug: str
    front: dict[str, Any]
    blocks: list[Block]
    sources: list[dict[str, Any]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(self.front["title"])


def plain(spans: Spans) -> str:
    """The words alone."""
    return "".join(span.text for span in spans)


def read(slug: str) -> Page:
    """The item in `site/content/toolkit/<slug>.md`."""
    _, front, body = (CONTENT / f"{slug}.md").read_text(encoding="utf-8").split("---\n", 2)
    cited: list[str] = []
    blocks = list(_blocks(body, cited))
    known = yaml.safe_load(SOURCES_OF_FACTS.read_text(encoding="utf-8")) if cited else {}
    return Page(slug, yaml.safe_load(front), blocks, [known[key] for key in cited])


def slugs() -> list[str]:
    """All items."""
    return sorted(path.stem for path in CONTENT.glob("*.md"))


def reference(source: dict[str, Any]) -> str:
    """A source as it stands in a list of sources."""
    date = source.get("date") or source.get("year")
    parts = [source["title"], source["publisher"], *([str(date)] if date else [])]
    return ", ".join(parts) + "." + (f" {source['url']}" if "url" in source else "")


def _blocks(body: str, cited: list[str]) -> Iterator[Block]:
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = chunk.splitlines()
        if heading := HEADING.fullmatch(chunk):
            level = len(heading[1])
            yield Block(f"h{level}", ((_spans(heading[2], cited),),))
        elif lines[0].startswith("|"):
            cells = [re.split(r"\s*\|\s*", line.strip("| ")) for line in lines]
            yield Block(
                "table",
                tuple(
                    tuple(_spans(cell, cited) for cell in row)
                    for number, row in enumerate(cells)
                    if number != 1  # the rule under the head
                ),
            )
        elif marker := BULLET.match(lines[0]):
            kind = "ul" if marker[1] == "-" else "ol"
            yield Block(kind, tuple((_spans(BULLET.sub("", one, 1), cited),) for one in lines))
        else:
            yield Block("p", ((_spans(" ".join(lines), cited),),))


def _spans(text: str, cited: list[str]) -> Spans:
    found: list[Span] = []
    end = 0
    for match in INLINE.finditer(text):
        found += _blanks(text[end : match.start()])
        end = match.end()
        if key := match["source"]:
            if key not in cited:
                cited.append(key)
            found.append(Span(f"(bron {cited.index(key) + 1})", "source"))
        elif target := match["target"]:
            link = SITE + target if target.startswith("/") else target
            found.append(Span(match["label"], link=link))
        elif bold := match["bold"]:
            found += _blanks(bold, "bold")
        else:
            found.append(Span(match["italic"], "italic"))
    return (*found, *_blanks(text[end:]))


def _blanks(text: str, style: str = "") -> list[Span]:
    return [
        Span(part, "blank" if part.startswith("[") and not style else style)
        for part in BLANK.split(text)
        if part
    ]
