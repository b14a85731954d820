"""
The register of processing (GDPR, article 30): `python -m infra.processing` writes the table of
docs/processing.md from domain/retention.py, which the software keeps to.
"""

import sys
from pathlib import Path

from chalicelib.domain.retention import RULES

DOCUMENT = Path(__file__).parents[1] / "docs" / "processing.md"
BEGIN, END = "<!-- written by python -m infra.processing -->", "<!-- end -->"


def table() -> str:
    """Each kind of data: what, why, on what ground, how long, and how it ends."""
    rows = [
        f"| `{one.name}` | {one.what} | {one.why} | {one.basis} | {one.kept} | {one.how} |"
        for one in RULES
    ]
    head = "| name | wat | waarom | grond | hoelang | hoe het eindigt |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- |", *rows])


def written(text: str) -> str:
    """The document with its table made anew. Raises ValueError where it has no place."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT.name} has no place between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main() -> int:
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
