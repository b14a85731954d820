"""
The pages that come from the reference data instead of from a text: one for each municipality, a
redirect for each former one, and the index that the finder's script searches.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import signals
from pelican.generators import Generator

from chalicelib.domain.finder import places
from chalicelib.domain.form import Form
from chalicelib.domain.municipalities import (
    MUNICIPALITIES,
    Locality,
    Municipality,
    all_localities,
    moves,
    neighbours,
)
from chalicelib.domain.site import municipality_path

_MARGIN = 12  # units of the map: the outline's stroke must fit in its box


@dataclass(frozen=True)
class Outline:
    """The shape of a municipality: an SVG path, and the view box that just holds it."""

    path: str
    box: str


class MunicipalityGenerator(Generator):
    """
    Writes the pages of the municipalities.

    What they have in common is drawn by the template; the list of all 304 is on none of them.
    """

    def generate_output(self, writer: Any) -> None:
        paths = json.loads(Path(self.settings["OUTLINES"]).read_text(encoding="utf-8"))["paths"]
        templates = self.env.get_template
        page, moved = templates("municipality.html"), templates("moved.html")
        inventory = self.context["inventory"]
        projects = {place: those for place, those, _ in inventory.cities}
        for municipality in MUNICIPALITIES:
            self._write(
                writer,
                page,
                municipality.slug,
                municipality=municipality,
                form=Form({"municipality": (municipality.nis_code,)}),
                neighbours=neighbours(municipality),
                localities=localities(municipality),
                outline=outline(paths[municipality.nis_code]),
                projects=projects.get(municipality, ()),
            )
        for former, municipality in moves():
            self._write(writer, moved, former.slug, former=former, municipality=municipality)
        Path(self.output_path, self.settings["FINDER_SAVE_AS"]).write_text(
            index(), encoding="utf-8"
        )

    def _write(self, writer: Any, template: Any, slug: str, **values: Any) -> None:
        here = municipality_path(slug)
        writer.write_file(
            f"{here.strip('/')}/index.html", template, self.context, here=here, url=here, **values
        )


def localities(municipality: Municipality) -> list[Locality]:
    """The places in a municipality, by postcode."""
    those = (one for one in all_localities() if one.nis_code == municipality.nis_code)
    return sorted(those, key=lambda one: (one.postcode, one.name))


def outline(path: str) -> Outline:
    """The box around a path of absolute moves (M) and relative lines (l), as the map has them."""
    xs: list[int] = []
    ys: list[int] = []
    x = y = 0
    for command, points in re.findall(r"([Ml])([^Mlz]*)", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", points)]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = (right, down) if command == "M" else (x + right, y + down)
            xs.append(x)
            ys.append(y)
    left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
    return Outline(path, f"{left} {top} {max(xs) + _MARGIN - left} {max(ys) + _MARGIN - top}")


def index() -> str:
    """
    What the script searches, small: the municipalities (name, slug), and every other name or
    postcode with the number of its municipality, in the order of `places`.
    """
    numbers = {one.nis_code: number for number, one in enumerate(MUNICIPALITIES)}
    own = [[one.name, one.slug] for one in MUNICIPALITIES]
    others = [
        [place.name, numbers[place.municipality.nis_code]]
        for place in places()
        if place.name != place.municipality.name
    ]
    return json.dumps({"own": own, "others": others}, ensure_ascii=False, separators=(",", ":"))


def register() -> None:
    signals.get_generators.connect(_generators)


def _generators(_pelican: Any) -> type[Generator]:
    return MunicipalityGenerator
