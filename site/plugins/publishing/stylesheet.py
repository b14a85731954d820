"""
Puts the stylesheets together, each in its cascade layer, without comments and spaces: one for every
page, and one with what only the desks and the volunteer's own page need besides.

`tokens`, `base` and `layout` are one file each; every component has its own, named after its
template. A house style (`HOUSE_STYLE`, a folder with `tokens.css` and perhaps `logo.svg`) comes in
here too: its tokens after ours, its logo in the place of the drawn one. The Lambda's pages have the
same stylesheet, so they follow.
"""

import re
import shutil
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

LAYERS = ("tokens", "base", "layout", "components")
ORDER = f"@layer {', '.join(LAYERS)};\n"
TOKENS, LOGO = "tokens.css", "logo.svg"

_STRING = re.compile(r"(\"[^\"\n]*\")")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
# Never before a colon, where a space says «descendant», and never around + and -, where it counts.
_NEEDLESS = re.compile(r" ?([{};,]) ?|(?<=:) ")

_THEIR_LOGO = f"""@layer house {{
.lines--logo {{
  background: url("{LOGO}") center / contain no-repeat;
}}

.lines--logo path {{
  display: none;
}}
}}
"""


class HouseStyleError(ValueError):
    """A house style that can't be put on; the message says what is missing."""


class StylesheetGenerator(Generator):
    """Writes the two `…STYLESHEET_SAVE_AS`, and the logo of a house style beside them."""

    def generate_output(self, _writer: Any) -> None:
        target = Path(self.output_path, self.settings["STYLESHEET_SAVE_AS"])
        target.parent.mkdir(parents=True, exist_ok=True)
        house = Path(self.settings["HOUSE_STYLE"]) if self.settings["HOUSE_STYLE"] else None
        folder = Path(self.theme, "static/css")
        target.write_text(compact(bundle(folder, house)), encoding="utf-8")
        desk = Path(self.output_path, self.settings["DESK_STYLESHEET_SAVE_AS"])
        desk.write_text(compact(bundle_desk(folder)), encoding="utf-8")
        if house and (house / LOGO).is_file():
            shutil.copyfile(house / LOGO, target.parent / LOGO)


def bundle(folder: Path, house: Path | None = None) -> str:
    """
    The stylesheet of every page, made of those in `folder`, in the house style of another folder.

    Raises HouseStyleError.
    """
    layers = [ORDER]
    for layer in LAYERS:
        single = folder / f"{layer}.css"
        sheets = [single] if single.exists() else sorted((folder / layer).glob("*.css"))
        if house and layer == "tokens":
            sheets.append(_tokens(house))
        rules = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
        layers.append(f"@layer {layer} {{\n{rules}}}\n")
    if house and (house / LOGO).is_file():
        layers.append(_THEIR_LOGO)
    return "\n".join(layers)


def bundle_desk(folder: Path) -> str:
    """
    The stylesheet of the desks, for beside the first, from the folder `desk` in `folder`.

    It names the order of the layers too: a browser may read it first.
    """
    sheets = sorted((folder / "desk").glob("*.css"))
    rules = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    return f"{ORDER}\n@layer components {{\n{rules}}}\n"


def compact(css: str) -> str:
    """
    The same rules in fewer bytes; what stands between double quotes stays as it is, but may not
    hold the marks of a comment.
    """
    parts = _STRING.split(_COMMENT.sub("", css))
    parts[::2] = [_NEEDLESS.sub(r"\1", _SPACE.sub(" ", part)) for part in parts[::2]]
    return "".join(parts).replace(";}", "}").strip() + "\n"


def _tokens(house: Path) -> Path:
    if not (house / TOKENS).is_file():
        raise HouseStyleError(f"HOUSE_STYLE: there is no {house / TOKENS}")
    return house / TOKENS


def register() -> None:
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return StylesheetGenerator
