"""
A document for people: headings, sentences and tables, whatever the kind of file that it becomes.

What nobody knows is None in a table, and is told as «niet gekend»: never as a zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

UNKNOWN = "niet gekend"


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int


Cell = str | int | Share | None


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Quote:
    """What somebody else said, to the letter."""

    text: str


@dataclass(frozen=True)
class Table:
    """`name` is for programs; the first column names the row."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Part = Heading | Text | Quote | Table


@dataclass(frozen=True)
class Document:
    """`facts` are what it is about, for programs; nothing in it tells when it was made."""

    title: str
    parts: tuple[Part, ...]
    facts: Mapping[str, str | bool | None] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(part for part in self.parts if isinstance(part, Table))


def number(count: int | None) -> str:
    """As it is read: «10.000», or that it is not known."""
    return UNKNOWN if count is None else f"{count:,}".replace(",", ".")


def share(of: Share) -> str:
    """As it is read: «83,3 %»; of nothing there is none to tell."""
    if not of.whole:
        return UNKNOWN
    tenths = (of.part * 2000 + of.whole) // (of.whole * 2)  # rounded half up, without floats
    return f"{tenths // 10},{tenths % 10} %"


def shown(cell: Cell) -> str:
    if isinstance(cell, Share):
        return share(cell)
    return cell if isinstance(cell, str) else number(cell)
