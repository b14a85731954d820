"""
The two lines, drawn as SVG: every poster, flyer, picture and logo takes them from here.

They start apart, meet, and go on side by side. On paper they end around the QR code, as arms do.
The colours are those of the site (`tokens.css`); lengths are mm on paper, pixels on screen.
"""

import re
from dataclasses import dataclass
from functools import cache

from media.toolkit.places import TOKENS

DARK_MARK = "prefers-color-scheme: dark"


@dataclass(frozen=True)
class Palette:
    """The colours of one ground."""

    paper: str
    sand: str
    ink: str
    muted: str
    edge: str
    blue: str
    coral: str


@cache
def palette(*, dark: bool = False) -> Palette:
    """The colours as `tokens.css` has them, so that paper and screen stay one family."""
    light_css, dark_css = TOKENS.read_text(encoding="utf-8").split(DARK_MARK)
    found = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", dark_css if dark else light_css))
    return Palette(**{name: found[name] for name in Palette.__annotations__})


@dataclass(frozen=True)
class Pen:
    """What the lines are drawn with: `width` in the unit of the drawing."""

    width: float
    blue: str
    coral: str
    ground: str

    def line(self, colour: str, path: str) -> str:
        return (
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{self.width:g}" '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def person(self, colour: str, x: float, y: float) -> str:
        """An open circle: somebody, seen from above."""
        return (
            f'<circle cx="{x:g}" cy="{y:g}" r="{self.width * 1.5:g}" fill="{self.ground}" '
            f'stroke="{colour}" stroke-width="{self.width:g}"/>'
        )


def pen(width: float, *, dark: bool = False) -> Pen:
    """The pen for a ground of paper."""
    colours = palette(dark=dark)
    return Pen(width, colours.blue, colours.coral, colours.paper)


def svg(width: float, height: float, *parts: str, title: str = "", bleed: float = 0) -> str:
    """A whole drawing, and `bleed` around it; with a title a picture, without one decoration."""
    box = f"{-bleed:g} {-bleed:g} {width + 2 * bleed:g} {height + 2 * bleed:g}"
    role = f'role="img" aria-label="{title}"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {role} viewBox="{box}">'
        f"{f'<title>{title}</title>' if title else ''}{''.join(parts)}</svg>\n"
    )


def arms(  # the names are those of a box
    pen: Pen, *, left: float, top: float, side: float, start: float, blue: str, coral: str
) -> str:
    """
    The ends of both lines, hugging the square at (`left`, `top`).

    `blue` and `coral` are the paths until there: they come in from above, side by side, at
    `start` on either side of the square's middle, and reach its top a little higher.
    """
    middle, right, bottom = left + side / 2, left + side, top + side
    round_ = side * 0.13
    gap = pen.width * 1.15
    near = side * 0.08
    coral_end = (
        f"V{top - near:g}C{middle - start:g} {top:g} {middle - start - near / 2:g} {top:g} "
        f"{middle - start - near:g} {top:g}H{left + round_:g}"
        f"A{round_:g} {round_:g} 0 0 0 {left:g} {top + round_:g}V{bottom - round_:g}"
        f"A{round_:g} {round_:g} 0 0 0 {left + round_:g} {bottom:g}H{middle - gap:g}"
    )
    blue_end = (
        f"V{top - near:g}C{middle + start:g} {top:g} {middle + start + near / 2:g} {top:g} "
        f"{middle + start + near:g} {top:g}H{right - round_:g}"
        f"A{round_:g} {round_:g} 0 0 1 {right:g} {top + round_:g}V{bottom - round_:g}"
        f"A{round_:g} {round_:g} 0 0 1 {right - round_:g} {bottom:g}H{middle + gap:g}"
    )
    return pen.line(pen.blue, blue + blue_end) + pen.line(pen.coral, coral + coral_end)
