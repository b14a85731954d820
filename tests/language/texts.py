"""
All that visitors read, sentence by sentence, and where it was written: the built pages, the pages
of the Lambda, the errors of the form, the films, and our words in the inventory.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from chalicelib.domain.form import FIELDS
from chalicelib.domain.site import NAME
from publishing.claims import KINDS
from tests.audit.pages import examples
from tests.built_site import ROOT, Site
from tests.language.sentences import blocks, is_whole, split, words

EXCEPTIONS = yaml.safe_load(Path(__file__).with_name("exceptions.yaml").read_text("utf-8"))
NAMES = [one["name"] for one in EXCEPTIONS["names"]]
"""Said as they are, whatever the words in them; longest first, so that a part spoils no whole."""
NAMES.sort(key=len, reverse=True)

WRITTEN = (
    ("site/content", "*.md"),
    ("site/content", "*.yaml"),
    ("site/data", "*.yaml"),
    ("site/theme/templates", "*.html"),
    ("backend/chalicelib", "*.html"),
    ("backend/chalicelib", "*.py"),
)


@dataclass(frozen=True)
class Text:
    """What one page, film or form says. `where` is an address of the site, or a file."""

    where: str
    blocks: tuple[str, ...]

    @cached_property
    def sentences(self) -> list[str]:
        return [sentence for block in self.blocks for sentence in split(block)]

    @property
    def whole(self) -> list[str]:
        """The sentences that are no heading, label or entry of a list."""
        return [one for one in self.sentences if is_whole(one)]

    @property
    def mean(self) -> float:
        """Words in a sentence."""
        counts = [len(words(without_names(one))) for one in self.whole]
        return sum(counts) / len(counts) if counts else 0


def all_texts(site: Site) -> Iterator[Text]:
    for address, page in site.pages:
        yield Text(address, tuple(_of_page(page, address)))
    for name, html in examples().items():
        page = BeautifulSoup(html, "html.parser")
        yield Text(f"the Lambda’s {name}", tuple(_of_page(page, name)))
    for file in sorted((ROOT / "site/content/films").glob("*/storyboard.yaml")):
        yield Text(str(file.relative_to(ROOT)), tuple(_of_film(file)))
    for folder in KINDS:
        for file in sorted((ROOT / "site/content" / folder).glob("*.yaml")):
            yield Text(str(file.relative_to(ROOT)), tuple(_of_claims(file)))
    yield Text("backend/chalicelib/domain/form.py", tuple(_of_form()))


def _of_page(page: Any, address: str) -> Iterator[str]:
    left_out = {id(tag) for one in EXCEPTIONS["parts"] for tag in page.select(one["selector"])}
    whole = [page.header, page.main, page.footer] if address == "/" else [page.main]
    for part in whole:
        yield from blocks(part, left_out)
    yield page.title.get_text().removesuffix(f" · {NAME}")
    if description := page.find("meta", attrs={"name": "description"}):
        yield description["content"]


def _of_film(file: Path) -> Iterator[str]:
    film = yaml.safe_load(file.read_text(encoding="utf-8"))
    yield from (film["title"], film["summary"])
    for scene in film["scenes"]:
        yield from (scene[name] for name in ("title", "words", "alt") if scene.get(name))


def _of_claims(file: Path) -> Iterator[str]:
    """What we say in our own words: the rest is as the sources have it."""
    record = yaml.safe_load(file.read_text(encoding="utf-8"))
    yield from (claim["value"] for claim in record.get("about", ()))
    yield from (claim["note"] for those in record.values() for claim in those if "note" in claim)


def _of_form() -> Iterator[str]:
    """Every error that the form can answer with: what its code gives to an exception."""
    yield from (field.missing for field in FIELDS.values())
    for name in ("form", "cleaning"):
        file = ROOT / f"backend/chalicelib/domain/{name}.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error"):
                for argument in node.args:
                    yield from _said(argument)


def _said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(one.value) if isinstance(one, ast.Constant) else "9" for one in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from (*_said(node.body), *_said(node.orelse))


def without_names(sentence: str) -> str:
    """The sentence with each name that stands as it is put as one word."""
    for name in NAMES:
        sentence = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "X", sentence, flags=re.IGNORECASE)
    return sentence


class Places:
    """Finds the file in which a sentence was written: a page has its words from several."""

    def __init__(self, site: Site) -> None:
        self._origins = site.origins

    @cached_property
    def _files(self) -> dict[str, str]:
        found: Iterable[Path] = (
            file for folder, kind in WRITTEN for file in sorted((ROOT / folder).rglob(kind))
        )
        return {
            str(file.relative_to(ROOT)): _letters(file.read_text(encoding="utf-8"))
            for file in found
        }

    def of(self, sentence: str, where: str) -> str:
        """The file, with the address where it shows; a template when no file has these words."""
        letters = _letters(sentence)
        origin = self._origins.get(where)
        likely = [origin.source] if origin and origin.source else []
        for file in (*likely, *self._files):
            if letters in self._files.get(file, ""):
                return file if file == where else f"{file} ({where})"
        return f"{origin.template} ({where})" if origin else where


def _letters(text: str) -> str:
    """Letters and digits only, without what Markdown and Jinja put between them."""
    return re.sub(r"\]\([^)]*\)|\{[%#{].*?[%#}]\}|<[^>]*>|\W|_", "", text).lower()
