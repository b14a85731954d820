"""
Pages to build, made of the paragraphs of our own content: Dutch of the length that we write.

The same number always gives the same page, so two builders, and two rounds, do the same work.
"""

import re
from dataclasses import dataclass
from pathlib import Path

KINDS = ("pages", "verhalen", "nieuws", "agenda", "toolkit")
LENGTH = 5_000  # characters of Markdown a page, as in the research (7.4 MB in 1,500 pages)
SECTIONS = 5
# What only our reader knows (citations, ids, HTML in Markdown) would not be equal work for all.
_CITATION = re.compile(r"\[\]\(bron:[^)]*\)")
_ONLY_OURS = re.compile(r"[<{]")
_STRIDE = 7919  # a prime: neighbouring numbers get other paragraphs, and all get their turn


@dataclass(frozen=True)
class Material:
    """What pages are made of: headings (their text) and blocks of Markdown."""

    headings: tuple[str, ...]
    blocks: tuple[str, ...]


def material(content: Path) -> Material:
    """
    Every heading and block of the Markdown below `content`, in order.

    Raises ValueError where there is none.
    """
    found = [block for kind in KINDS for file in sorted((content / kind).glob("*.md"))
             for block in _blocks(file.read_text(encoding="utf-8"))]  # fmt: skip
    headings = tuple(block.lstrip("# ") for block in found if block.startswith("#"))
    blocks = tuple(block for block in found if not block.startswith("#"))
    if not headings or not blocks:
        raise ValueError(f"{content}: no headings or no paragraphs to make pages of")
    return Material(headings, blocks)


def _blocks(text: str) -> list[str]:
    body = text.partition("\n---\n")[2]
    blocks = (_CITATION.sub("", block).strip() for block in body.split("\n\n"))
    return [block for block in blocks if block and not _ONLY_OURS.search(block)]


def page(number: int, those: Material) -> str:
    """A page with front matter that all three builders read as it is."""
    start = number * _STRIDE
    parts: list[str] = []
    for section in range(SECTIONS):
        parts.append(f"## {_nth(those.headings, start + section)}")
        length = 0
        while length < LENGTH // SECTIONS:
            parts.append(_nth(those.blocks, start + len(parts)))
            length += len(parts[-1])
    front = f'title: "Pagina {number}"\ndescription: "Een gemaakte pagina om mee te meten."'
    return f"---\n{front}\n---\n" + "\n\n".join(parts) + "\n"


def _nth(those: tuple[str, ...], number: int) -> str:
    return those[number % len(those)]


def write(folder: Path, count: int, those: Material) -> None:
    """That many pages into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"meting-{number:05}.md").write_text(page(number, those), encoding="utf-8")
