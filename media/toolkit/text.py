"""A page of the toolkit without any layout, to paste anywhere."""

from collections.abc import Iterator

from chalicelib.domain.campaigns import PARAMETER
from media.toolkit.page import Block, Page, Spans, plain, reference

RULES = {"h2": "-", "h3": "."}


def text(page: Page) -> bytes:
    """The page as plain text: UTF-8, one paragraph a line."""
    parts = [f"{page.title}\n{'=' * len(page.title)}"]
    parts += [_block(block) for block in page.blocks]
    if page.sources:
        listed = (
            f"{number}. {reference(source)}" for number, source in enumerate(page.sources, start=1)
        )
        parts.append("\n".join(["Bronnen\n-------", *listed]))
    return ("\n\n".join(parts) + "\n").encode()


def _block(block: Block) -> str:
    if rule := RULES.get(block.kind):
        words = plain(block.spans)
        return f"{words}\n{rule * len(words)}"
    return "\n".join(_lines(block))


def _lines(block: Block) -> Iterator[str]:
    for number, row in enumerate(block.rows, start=1):
        mark = {"ul": "- ", "ol": f"{number}. "}.get(block.kind, "")
        yield mark + " | ".join(_told(cell) for cell in row)


def _told(cell: Spans) -> str:
    """Its words; a link with the code of a campaign as its address, as it must go along."""
    return "".join(
        span.link.removeprefix("https://") if f"?{PARAMETER}=" in span.link else span.text
        for span in cell
    )
