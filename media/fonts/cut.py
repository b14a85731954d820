"""
Cuts a font to the letters of Dutch and its neighbours, under a family name of our own.

    python -m media.fonts.cut FROM FAMILY WEIGHT TO
    python -m media.fonts.cut texgyrepagella-bold.otf "Mijnbuddy Serif" 700 mijnbuddy-serif-bold.otf

Both licences ask that a changed font doesn't go by the old name, and with our own name no program
takes the reader's full version of it by mistake.
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "–—‘’“”„•…€→←↗✓×")]
FAMILY, STYLE, UNIQUE, FULL, POSTSCRIPT = 1, 2, 3, 4, 6
PREFERRED = (16, 17, 21, 22, 25)


def cut(source: str, family: str, weight: int, target: str) -> None:
    """
    The font in `source` (OTF or TTF) in `target`, without hints: we draw large, and on paper.
    """
    options = subset.Options(hinting=False, desubroutinize=True, name_IDs=["*"])
    options.layout_features = ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "lnum", "pnum"]
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)

    style = "Bold" if weight >= 600 else "Regular"  # noqa: PLR2004 - CSS's own scale of weights
    names = font["name"]
    for number in PREFERRED:
        names.removeNames(nameID=number)
    compact = family.replace(" ", "")
    for number, text in (
        (FAMILY, family),
        (STYLE, style),
        (UNIQUE, f"{compact}-{style}"),
        (FULL, f"{family} {style}"),
        (POSTSCRIPT, f"{compact}-{style}"),
    ):
        names.removeNames(nameID=number)
        names.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    if "CFF " in font:
        inner = font["CFF "].cff
        inner.fontNames = [f"{compact}-{style}"]
        inner[0].FamilyName, inner[0].FullName = family, f"{family} {style}"
    font.save(target)


if __name__ == "__main__":
    cut(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
