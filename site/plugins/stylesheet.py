"""
Puts the stylesheets together into one, each in its cascade layer: plain concatenation.

`tokens`, `base` and `layout` are one file each; every component has its own, named after its
template.
"""

from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

LAYERS = ("tokens", "base", "layout", "components")


class StylesheetGenerator(Generator):
    """Writes `STYLESHEET_SAVE_AS`."""

    def generate_output(self, _writer: Any) -> None:
        target = Path(self.output_path, self.settings["STYLESHEET_SAVE_AS"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(bundle(Path(self.theme, "static/css")), encoding="utf-8")


def bundle(folder: Path) -> str:
    """The one stylesheet made of those in `folder`."""
    layers = [f"@layer {', '.join(LAYERS)};\n"]
    for layer in LAYERS:
        single = folder / f"{layer}.css"
        sheets = [single] if single.exists() else sorted((folder / layer).glob("*.css"))
        rules = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
        layers.append(f"@layer {layer} {{\n{rules}}}\n")
    return "\n".join(layers)


def register() -> None:
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return StylesheetGenerator
