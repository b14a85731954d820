"""
Our own figures: what was last published (`figures.json` beside the sources, where the deployment
put it), the page that stands there until anything is, and the outlines for its map. What nobody
knows is None: a page then says so, and never shows a zero. What others said is in the inventory
(`inventory.figures`).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from pelican import signals
from pelican.generators import Generator

from chalicelib.domain.figures_page import values
from chalicelib.domain.published import Publication
from chalicelib.domain.site import FIGURES, MAP, MAP_BOX
from publishing import front_matter
from publishing.front_matter import FrontMatterError

_SMALLER = 5
"""A unit of the drawing is this many of the outlines: half a pixel where it is shown widest."""


class FiguresGenerator(Generator):
    """Writes the page of the figures, and the outlines of all municipalities as one drawing."""

    def generate_output(self, writer: Any) -> None:
        page = self.env.get_template("pages/figures.html")
        base = self.settings["ORIGIN"] + self.settings["BASE"]
        writer.write_file(
            f"{FIGURES.strip('/')}/index.html",
            page,
            self.context,
            here=FIGURES,
            url=FIGURES,
            **values(self.context["figures"], base),
        )
        drawn = drawing(Path(self.settings["OUTLINES"]).read_text(encoding="utf-8"))
        file = Path(self.output_path, MAP.lstrip("/"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(drawn, encoding="utf-8")


def figures(folder: Path) -> Publication:
    """
    The figures in `folder`: those of `figures.json` where there is one.

    Raises FrontMatterError.
    """
    published = folder / "figures.json"
    if not published.exists():
        return Publication()
    try:
        return msgspec.json.decode(published.read_bytes(), type=Publication)
    except msgspec.DecodeError as error:
        raise FrontMatterError(f"{published}: {error}") from error


def drawing(outlines: str) -> str:
    """
    The outlines as an SVG that other pages point into: `#all`, and `#n` and a NIS code for one.

    Each point is rounded by itself, so that neighbours keep one border.
    """
    paths = json.loads(outlines)["paths"]
    shapes = "".join(
        f'<path id="n{code}" d="{_rounded(paths[code])}"/>\n' for code in sorted(paths)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{MAP_BOX}" fill-rule="evenodd">\n'
        f'<g id="all">\n{shapes}</g>\n</svg>\n'
    )


def _rounded(path: str) -> str:
    return "".join(
        f"M{first[0]} {first[1]}l{_lines(first, rest)}z" for first, *rest in _rings(path)
    )


def _lines(at: tuple[int, int], points: list[tuple[int, int]]) -> str:
    steps = []
    for point in points:
        if point != at:
            steps.append(f"{point[0] - at[0]} {point[1] - at[1]}")
            at = point
    return " ".join(steps).replace(" -", "-")


def _rings(path: str) -> Iterator[list[tuple[int, int]]]:
    """The points of each ring of a path of absolute moves (M) and relative lines (l)."""
    for ring in filter(None, path.replace("z", "").split("M")):
        points: list[tuple[int, int]] = []
        x = y = 0
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + right, y + down
            points.append((round(x / _SMALLER), round(y / _SMALLER)))
        yield points


@front_matter.ends_the_build()
def provide(generators: list[Any]) -> None:
    """Put the figures in the context that all generators share."""
    context = generators[0].context
    context["figures"] = figures(Path(context["SOURCES"]).parent)


def register() -> None:
    signals.all_generators_finalized.connect(provide)
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return FiguresGenerator
