"""The site's own colours, read from its style sheet, so that a film never has others."""

import re
from pathlib import Path

FILE = Path("site/theme/static/css/tokens.css")

COLOURS = ("paper", "card", "sand", "ink", "muted", "edge", "blue", "coral", "sun")


def colours(css: str) -> dict[str, str]:
    """
    Name and `#rrggbb` of the light theme: the first block of the sheet.
    """
    block = css[css.index("{") + 1 : css.index("}")]
    found = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})\s*;", block))
    return {name: found[name] for name in COLOURS}


PALETTE = colours((Path(__file__).parents[2] / FILE).read_text(encoding="utf-8"))
