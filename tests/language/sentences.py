"""Cuts what visitors read into sentences, and counts their words."""

import re
from collections.abc import Iterator
from typing import Any

from bs4 import Comment, NavigableString

# A full stop after one of these ends no sentence.
ABBREVIATIONS = (
    "art", "bijv", "blz", "bv", "bvb", "ca", "d.w.z", "dr", "e.a", "enz", "incl", "i.s.m", "i.v.m",
    "m.a.w", "m.b.t", "max", "mevr", "min", "mr", "nr", "o.a", "o.m", "p", "pag", "resp", "st",
    "t.e.m", "t.o.v", "tel", "v.u", "zgn",
)  # fmt: skip
_END = re.compile(r"([.?!…]+[»”’\")\]]*)\s+(?=[«“‘\"(\[]?[A-Z0-9ÀÉÈ’'])")
_ABBREVIATED = "|".join(map(re.escape, ABBREVIATIONS))
_SHORT = re.compile(rf"(?:^|[\s(])(?:(?i:{_ABBREVIATED})|[A-Z])\.$")
_WORD = re.compile(r"[^\W_](?:[\w’'.,&@/-]*\w)?")

INLINE = {
    "a", "abbr", "b", "bdi", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span",
    "strong", "sub", "sup", "time", "u", "wbr",
}  # fmt: skip
SKIPPED = {"script", "style", "svg", "option", "textarea", "template", "track", "noscript"}
ATTRIBUTES = ("alt", "aria-label", "title", "placeholder")


def split(text: str) -> list[str]:
    """The sentences of one block of text; a heading or an entry of a list is one too."""
    sentences: list[str] = []
    rest, start = " ".join(text.split()), 0
    for match in _END.finditer(rest):
        upto = rest[start : match.end(1)]
        if match[1] == "." and _SHORT.search(upto):
            continue
        sentences.append(upto)
        start = match.end()
    return [one for one in (*sentences, rest[start:]) if one]


def is_whole(sentence: str) -> bool:
    """Whether it ends as a sentence does: a heading or an entry of a list may not."""
    return bool(re.search(r"[.?!…:][»”’\")\]]*$", sentence))


def words(sentence: str) -> list[str]:
    return _WORD.findall(sentence)


def blocks(part: Any, left_out: set[int]) -> Iterator[str]:
    """The texts of an element, block by block as one reads them; then what its pictures say."""
    yield from filter(str.strip, "".join(_pieces(part, left_out)).split("\n"))
    for name in ATTRIBUTES:
        for tag in part.find_all(**{name: True}):
            if not any(id(one) in left_out for one in (tag, *tag.parents)):
                yield tag[name]


def _pieces(tag: Any, left_out: set[int]) -> Iterator[str]:
    for child in tag.children:
        if isinstance(child, NavigableString):
            if not isinstance(child, Comment):
                yield re.sub(r"\s+", " ", child)
        elif child.name in SKIPPED or id(child) in left_out or child.get("aria-hidden") == "true":
            continue
        elif child.name == "br" or child.name not in INLINE:
            yield "\n"
            yield from _pieces(child, left_out)
            yield "\n"
        else:
            yield from _pieces(child, left_out)
