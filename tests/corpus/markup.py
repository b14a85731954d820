"""
Compares two HTML documents as a parser sees them: one made of plain answers, one of hostile ones.

Both must have the same elements with the same attributes, in the same order; a text or a value may
differ only where the plain one has a mark, and must then be the hostile answer, as text.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from itertools import zip_longest
from os.path import commonprefix
from urllib.parse import quote


class _Events(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[tuple[str, str]] = []
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._add("start", tag)
        for name, value in attributes:
            self._add(f"attribute {name}", value or "")

    def handle_endtag(self, tag: str) -> None:
        self._add("end", tag)

    def handle_comment(self, data: str) -> None:
        self._add("comment", data)

    def handle_decl(self, decl: str) -> None:
        self._add("declaration", decl)

    def handle_pi(self, data: str) -> None:
        self._add("instruction", data)

    def unknown_decl(self, data: str) -> None:
        self._add("unknown declaration", data)

    def handle_data(self, data: str) -> None:
        self._text += data

    def close(self) -> None:
        super().close()
        self._add("end", "of all")

    def _add(self, kind: str, value: str) -> None:
        if text := " ".join(self._text.split()):
            self.events.append(("text", text))
        self._text = ""
        self.events.append((kind, value))


@lru_cache(64)  # the plain ones come back
def events(html: str) -> list[tuple[str, str]]:
    """What a parser sees: elements, their attributes, texts (white space squeezed), the rest."""
    parser = _Events()
    parser.feed(html)
    parser.close()
    return parser.events


def differences(plain: str, actual: str, replacements: Mapping[str, str]) -> Iterator[str]:
    """The first way in which `actual` is not `plain` with each mark replaced; none if it is."""
    plain, actual = _apart(plain, actual)
    for expected, found in zip_longest(events(plain), events(actual), fillvalue=("", "")):
        if expected[0] != found[0] or not _is_filled_in(expected[1], found[1], replacements):
            yield f"{expected[0]} {expected[1]!r} has become {found[0]} {found[1]!r}"
            return


def _apart(plain: str, actual: str) -> tuple[str, str]:
    """
    Both without the tags that they begin and end with in common: parsing a page costs as much as
    making it, and what is the same up to here is the same to a parser.
    """
    start = _shared(plain, actual).rfind(">") + 1
    plain, actual = plain[start:], actual[start:]
    shared = _shared(plain[::-1], actual[::-1])[::-1]
    end = len(shared[shared.find("<") :]) if "<" in shared else 0
    return plain[: len(plain) - end], actual[: len(actual) - end]


def _shared(one: str, other: str) -> str:
    return commonprefix([one, other])  # noqa: RUF071 (made for paths, right for any text)


def _is_filled_in(plain: str, actual: str, replacements: Mapping[str, str]) -> bool:
    if plain == actual:
        return True
    as_text, in_a_link = plain, plain
    for mark, value in replacements.items():
        as_text = as_text.replace(mark, value)
        in_a_link = in_a_link.replace(quote(mark), quote(value))
    return " ".join(as_text.split()) == " ".join(actual.split()) or in_a_link == actual
