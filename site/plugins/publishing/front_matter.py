"""
What an author says on top of a text, as types: each kind of content has its own.

A field that is missing, misspelt, too long or of the wrong kind stops the build with a message
that names the file and the field. A kind that grows a field grows it here and nowhere else.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date as Day  # noqa: N812 a field may be called date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
import yaml
from msgspec import Meta, Struct

from chalicelib.domain.municipalities import MUNICIPALITIES, Municipality

Title = Annotated[str, Meta(min_length=3, max_length=80)]
Sentence = Annotated[str, Meta(min_length=10, max_length=160)]
Words = Annotated[str, Meta(min_length=2, max_length=300)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
FileName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
Address = Annotated[str, Meta(pattern=r"^(https://|/)[^\s\"<>]*$", max_length=300)]
Path_ = Annotated[str, Meta(pattern=r"^/([a-z0-9-]+/)*([a-z0-9.-]+\.html)?$", max_length=120)]

Theme = Literal["samen op stap", "taal", "vriendschap", "wegwijs", "vrije tijd", "werk"]

# Every scalar stays a text, which the types then read: no «no» that becomes False, and a wrong date
# has a field to its name. Compiled where it can be.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BY_SLUG = {municipality.slug: municipality for municipality in MUNICIPALITIES}


class FrontMatterError(ValueError):
    """What an author wrote can't be used; the message names the file and the field."""


@contextmanager
def ends_the_build() -> Iterator[None]:
    """What is wrong ends the build as a message alone: an author has no use for a traceback."""
    try:
        yield
    except FrontMatterError as error:
        sys.exit(str(error))


class Strict(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A field that nobody knows is a misspelt one."""

    def problems(self) -> Iterator[str]:
        """What the types can't say, as «field: message»."""
        return iter(())


class Page(Strict, frozen=True, kw_only=True):
    """A text with an address of its own."""

    title: Title
    description: Sentence
    template: Slug = "page"
    path: Path_ | None = None  # by default its file's name
    heading: Words | None = None  # where the page says more than its title
    lead: Words | None = None
    contents: bool = False  # a list of its headings on top
    robots: Literal["noindex"] | None = None


class Consent(Strict, frozen=True, kw_only=True):
    """By whom a story may be shown, since when and until when (a day that still counts)."""

    by: Words
    given: Day
    until: Day


class Story(Strict, frozen=True, kw_only=True):
    """A testimonial: of somebody who agreed to it, or an example that says so."""

    title: Title
    summary: Sentence
    quote: Words
    who: Title  # as shown: first names, or roles for an example
    municipality: Slug
    theme: Theme
    published: Day
    portrait: FileName  # in site/theme/static/assets/portraits
    portrait_alt: Words
    film: Slug | None = None
    example: bool = False
    consent: Consent | None = None

    def problems(self) -> Iterator[str]:
        if self.example == (self.consent is not None):
            yield "consent: a story has the consent of who tells it, or `example: true`"
        if self.consent and self.consent.until < self.consent.given:
            yield "consent.until: lies before `given`"
        yield from _unknown((self.municipality,), "municipality")

    @property
    def place(self) -> Municipality:
        return _BY_SLUG[self.municipality]

    def may_be_shown(self, today: Day) -> bool:
        """Whether the consent still holds; an example needs none."""
        return self.consent is None or self.consent.given <= today <= self.consent.until


class News(Strict, frozen=True, kw_only=True):
    """A message to the municipalities, on the page and in the feed."""

    title: Title
    summary: Sentence
    published: Day


class Material(Strict, frozen=True, kw_only=True):
    """What stays of an event: a text, a film, slides."""

    title: Title
    url: Address


class Event(Strict, frozen=True, kw_only=True):
    """A study day or meeting; a past one stays, with its material."""

    title: Title
    summary: Sentence
    starts: Day
    ends: Day | None = None
    place: Words | None = None
    organiser: Words
    audience: Words | None = None
    url: Address | None = None
    material: tuple[Material, ...] = ()

    def problems(self) -> Iterator[str]:
        if self.ends and self.ends < self.starts:
            yield "ends: lies before `starts`"

    def is_past(self, today: Day) -> bool:
        return (self.ends or self.starts) < today


class File(Strict, frozen=True, kw_only=True):
    """Something to download, beside the text of its item."""

    file: FileName
    what: Words


class ToolkitItem(Strict, frozen=True, kw_only=True):
    """Something a municipality may take and use."""

    title: Title
    summary: Sentence
    kind: Literal["film", "verhaal", "tekst", "affiche", "draaiboek", "nota", "logo"]
    audience: Annotated[str, Meta(min_length=3, max_length=120)]
    order: int
    licence: Title
    preview: FileName | None = None
    preview_alt: Words | None = None
    files: tuple[File, ...] = ()

    def problems(self) -> Iterator[str]:
        if (self.preview is None) != (self.preview_alt is None):
            yield "preview_alt: a preview has a description, and the other way round"


class Source(Strict, frozen=True, kw_only=True):
    """
    Where a fact comes from; `url` only when a document of ours names it. A `melding` is what a
    visitor told us by the form (suggested.py): no document.
    """

    title: Annotated[str, Meta(min_length=3, max_length=200)]
    publisher: Annotated[str, Meta(min_length=2, max_length=80)]
    date: Day | None = None
    year: int | None = None
    read: Day | None = None  # when we read it: says most where it has no date of its own
    url: Address | None = None
    kind: Literal["melding"] | None = None


class Detail(Strict, frozen=True, kw_only=True):
    """
    A fact about the publisher, with who still has to fill it in or to confirm it.

    An address that can't exist (`.example`) is always one to fill in.
    """

    text: Words
    fill_in: Words | None = None
    confirm: Words | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.fill_in or self.confirm)


class Party(Strict, frozen=True, kw_only=True):
    """Somebody to turn to: who, and how."""

    name: Detail
    email: Detail
    address: Detail | None = None


class Publisher(Strict, frozen=True, kw_only=True):
    """Who answers for the site, and where each kind of question goes."""

    controller: Party
    dpo: Party
    complaints: Party
    security: Party
    security_expires: Day  # of security.txt: by then somebody has looked at it again
    municipalities: Party  # for the desks of the municipalities
    accessibility: Party
    accessibility_answer: Detail  # the term within which it answers
    basis: Detail  # the legal basis, in a sentence

    def problems(self) -> Iterator[str]:
        for name, detail in self.details():
            if detail.text.endswith(".example") and not detail.fill_in:
                yield f"{name}: an address that can't exist is one to fill in (`fill_in`)"
            if detail.fill_in and detail.confirm:
                yield f"{name}: is to be filled in or to be confirmed, not both"

    def details(self) -> Iterator[tuple[str, Detail]]:
        """Every detail with its place in the file."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Detail):
                yield name, value
            elif isinstance(value, Party):
                for part in value.__struct_fields__:
                    detail = getattr(value, part)
                    if detail is not None:
                        yield f"{name}.{part}", detail


class Audit(Strict, frozen=True, kw_only=True):
    """What an automated run of the accessibility checker found, as it wrote it down."""

    date: Day
    tool: Title
    version: Words
    rules: Annotated[tuple[str, ...], Meta(min_length=1)]
    pages: Annotated[int, Meta(ge=1)]
    schemes: Annotated[tuple[Literal["light", "dark"], ...], Meta(min_length=1)]
    widths: Annotated[tuple[int, ...], Meta(min_length=1)]
    violations: Annotated[int, Meta(ge=0)]


def _unknown(slugs: tuple[str, ...], field: str) -> Iterator[str]:
    for slug in slugs:
        if slug not in _BY_SLUG:
            yield f"{field}: no municipality has the address «{slug}»"


T = TypeVar("T")


def decode(text: str, kind: type[T], file: Path) -> T:
    """
    The YAML as a value of this kind.

    Raises FrontMatterError, naming the file and the field.
    """
    try:
        scalars = yaml.load(text, Loader=_Loader)  # noqa: S506 makes nothing but texts
        value = msgspec.convert(scalars, type=kind, strict=False)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise FrontMatterError(f"{file}: {error}") from error
    problems = list(value.problems()) if isinstance(value, Strict) else []
    if problems:
        raise FrontMatterError(f"{file}: {'; '.join(problems)}")
    return value


def split(text: str, file: Path) -> tuple[str, str]:
    """
    The front matter, between two lines of three dashes, and the text below it.

    Raises FrontMatterError.
    """
    before, _, rest = text.partition("---\n")
    front, mark, body = rest.partition("\n---\n")
    if before or not mark:
        raise FrontMatterError(f"{file}: starts with front matter between two lines of ---")
    return front, body


def sources(file: Path) -> dict[str, Source]:
    """Every source that a page may cite, by its key."""
    return decode(file.read_text(encoding="utf-8"), dict[str, Source], file)
