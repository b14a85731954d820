"""
The drawings, each in a box of 560 × 400 that stands on the two lines.

A picture says where the lines go in it, and draws itself at a moment: strokes of one width with
round ends, flat fill, no shade. Whatever is drawn starts at zero seconds and is complete within
three, so that there is time to look.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from media.films.geometry import circle, longest, rounded
from media.films.lettering import SANS, SERIF, Style, width
from media.films.tokens import PALETTE

WIDTH, HEIGHT = 560, 400

STROKE = 5
FINE = 4


def smooth(part: float) -> float:
    """
    Zero to one with a gentle start and a gentle end.
    """
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def settle(part: float) -> float:
    """
    Zero to one, quick at first: for what comes in and stays.
    """
    part = min(1.0, max(0.0, part))
    return 1 - (1 - part) ** 3


@dataclass(frozen=True)
class Moment:
    """A picture at a number of seconds after it began to draw itself."""

    seconds: float
    inset: str = ""

    def part(self, at: float, over: float) -> float:
        """How much of something has happened that starts at `at` and takes `over` seconds."""
        return smooth((self.seconds - at) / over)

    def draw(
        self,
        path: str,
        at: float = 0.0,
        over: float = 0.9,
        colour: str = "ink",
        *,
        fill: str = "",
        width: float = STROKE,
    ) -> str:
        """A stroke that draws itself; its fill comes while the stroke closes."""
        part = self.part(at, over)
        if part <= 0:
            return ""
        found = ""
        if fill:
            found = f'<path d="{path}" fill="{PALETTE[fill]}"{_opacity((part - 0.3) / 0.7)}/>'
        if colour:
            dash = ""
            if part < 1:
                length = longest(path) + 1
                dash = f' stroke-dasharray="{length * part:.1f} {length * 2:.1f}"'
            found += (
                f'<path d="{path}" fill="none" stroke="{PALETTE[colour]}" '
                f'stroke-width="{width:g}"{dash}/>'
            )
        return found

    def fill(self, path: str, colour: str, at: float = 0.0, over: float = 0.6) -> str:
        """A flat shape that fades in."""
        return self.draw(path, at, over, colour="", fill=colour)

    def appear(self, content: str, at: float, over: float = 0.6, rise: float = 12) -> str:
        """Something that comes in by a soft rise."""
        if self.seconds <= at or not content:
            return ""
        part = settle((self.seconds - at) / over)
        if part >= 1:
            return content
        return f'<g transform="translate(0 {rise * (1 - part):.1f})"{_opacity(part)}>{content}</g>'

    def letters(
        self,
        text: str,
        x: float,
        y: float,
        size: float = 34,
        at: float = 0.0,
        *,
        colour: str = "ink",
        family: str = SERIF,
    ) -> str:
        """A few words inside the picture, around x."""
        if not text:
            return ""
        weight = 700 if family == SERIF else 600
        return self.appear(
            f'<text x="{x:g}" y="{y:g}" font-family="{family}" font-weight="{weight}" '
            f'font-size="{size:g}" fill="{PALETTE[colour]}" text-anchor="middle">'
            f"{escape(text)}</text>",
            at,
        )


def _opacity(part: float) -> str:
    return "" if part >= 1 else f' opacity="{max(0.0, part):.2f}"'


def moved(content: str, x: float, y: float, scale: float = 1, turn: float = 0) -> str:
    """
    The same, elsewhere, larger and turned (degrees).
    """
    if not content:
        return ""
    turned = f" rotate({turn:.2f})" if turn else ""
    scaled = f" scale({scale:g})" if scale != 1 else ""
    return f'<g transform="translate({x:.1f} {y:.1f}){turned}{scaled}">{content}</g>'


@dataclass(frozen=True)
class Route:
    """
    Where a line goes in a picture, as paths that follow each other.

    `to` starts with M and leads to where the person stops; `go` is walked slowly while the text is
    read; `on` leads away. `appears` is a person who wasn't there before: the line starts with `to`.
    """

    to: str
    go: str = ""
    on: str = ""
    appears: bool = False


BESIDE_BLUE = Route("M-20 482C100 482 110 434 220 434H330")
BESIDE_CORAL = Route("M0 482C120 482 130 466 230 466H268")
"""Side by side under the picture, the one a little ahead."""


@dataclass(frozen=True)
class Picture:
    """A drawing and the two lines in it; a line without a route waits on the ground."""

    draw: Callable[[Moment], str]
    blue: Route | None = BESIDE_BLUE
    coral: Route | None = BESIDE_CORAL


PICTURES: dict[str, Picture] = {}


def picture(
    *, blue: Route | None = BESIDE_BLUE, coral: Route | None = BESIDE_CORAL
) -> Callable[[Callable[[Moment], str]], Callable[[Moment], str]]:
    """
    Makes a drawing known under its own name.
    """

    def known(draw: Callable[[Moment], str]) -> Callable[[Moment], str]:
        PICTURES[draw.__name__.replace("_", "-")] = Picture(draw, blue, coral)
        return draw

    return known


# Parts that more than one picture has


def house(m: Moment, x: float, ground: float, at: float, wide: float = 110) -> str:
    """A plain house with a door and a window."""
    top, middle = ground - wide, x + wide / 2
    return (
        m.draw(
            f"M{x:g} {ground:g}V{top:g}L{middle:g} {top - wide * 0.55:g}"
            f"L{x + wide:g} {top:g}V{ground:g}Z",
            at,
            fill="card",
        )
        + m.draw(
            f"M{x + wide * 0.18:g} {ground:g}v{-wide * 0.46:g}h{wide * 0.27:g}v{wide * 0.46:g}",
            at + 0.5,
            0.5,
            width=FINE,
        )
        + m.draw(
            rounded(x + wide * 0.58, ground - wide * 0.66, wide * 0.24, wide * 0.28, 3),
            at + 0.6,
            0.5,
            fill="sun",
            width=FINE,
        )
    )


def stepped_house(m: Moment, x: float, ground: float, at: float) -> str:
    """A house with a stepped gable, as on every market square here."""
    gable = f"M{x:g} {ground:g}v-150h16v-26h20v-26h20v-26h28v26h20v26h20v26h16v150Z"  # 140 wide
    windows = "".join(
        m.draw(rounded(x + dx, ground - dy, 24, 32, 3), at + 0.6, 0.5, fill="sun", width=FINE)
        for dx, dy in ((24, 140), (58, 140), (92, 140), (58, 196))
    )
    door = m.draw(
        f"M{x + 52:g} {ground:g}v-50c0-12 8-20 18-20s18 8 18 20v50", at + 0.5, 0.6, width=FINE
    )
    return m.draw(gable, at, 1.1, fill="card") + windows + door


def tree(m: Moment, x: float, ground: float, at: float, tall: float = 120) -> str:
    """A round tree."""
    radius = tall * 0.32
    return m.draw(
        circle(x, ground - tall + radius, radius), at, 0.8, fill="sand", width=STROKE
    ) + m.draw(
        f"M{x:g} {ground:g}v{-tall * 0.62:g}m0 {tall * 0.2:g}l{tall * 0.13:g} {-tall * 0.14:g}",
        at + 0.2,
        0.6,
    )


def town_hall(m: Moment, x: float, ground: float, at: float) -> str:
    """A town hall: a tower with a clock and a flag between two wings. 260 wide."""
    wings = m.draw(
        f"M{x:g} {ground:g}v-120h260v120ZM{x - 8:g} {ground - 120:g}h276", at, 1.0, fill="card"
    )
    tower = m.draw(
        f"M{x + 95:g} {ground:g}v-206l35-48l35 48v206Z", at + 0.3, 1.0, fill="card"
    ) + m.draw(circle(x + 130, ground - 172, 20), at + 0.9, 0.6, fill="sun", width=FINE)
    hands = m.draw(
        f"M{x + 130:g} {ground - 172:g}v-11M{x + 130:g} {ground - 172:g}l8 5",
        at + 1.3,
        0.3,
        width=3,
    )
    flag = m.draw(f"M{x + 130:g} {ground - 254:g}v-46", at + 1.0, 0.4, width=FINE) + m.draw(
        f"M{x + 130:g} {ground - 299:g}c14-8 24 8 40 0v26c-16 8-26-8-40 0Z",
        at + 1.2,
        0.5,
        fill="sun",
        width=FINE,
    )
    windows = "".join(
        m.draw(
            f"M{x + dx:g} {ground - 40:g}v-36c0-8 6-13 12-13s12 5 12 13v36Z",
            at + 0.8,
            0.5,
            width=FINE,
        )
        for dx in (18, 54, 182, 218)
    )
    door = m.draw(
        f"M{x + 110:g} {ground:g}v-56c0-13 9-22 20-22s20 9 20 22v56", at + 0.8, 0.6, width=FINE
    )
    return wings + tower + hands + flag + windows + door


def envelope(m: Moment, at: float, over: float = 0.7) -> str:
    """An envelope around 0,0; 120 wide."""
    return m.draw(rounded(-60, -40, 120, 80, 8), at, over, fill="card") + m.draw(
        "M-56-34L0 8L56-34", at + over * 0.6, over * 0.6
    )


def ground(m: Moment, y: float, start: float = 10, end: float = 550, at: float = 0.0) -> str:
    """The line that things stand on."""
    return m.draw(f"M{start:g} {y:g}H{end:g}", at, 0.9)


def telephone(m: Moment, x: float, y: float, at: float) -> str:
    """A mobile telephone of 170 × 310."""
    return m.draw(rounded(x, y, 170, 310, 26), at, 1.0, fill="card") + m.draw(
        f"M{x + 68:g} {y + 24:g}h34", at + 0.8, 0.3, width=FINE
    )


def sheet(m: Moment, x: float, y: float, wide: float, tall: float, *, at: float = 0.0) -> str:
    """A sheet of paper with a folded corner."""
    return m.draw(
        f"M{x:g} {y:g}h{wide - 34:g}l34 34v{tall - 34:g}h{-wide:g}Z", at, 1.0, fill="card"
    ) + m.draw(f"M{x + wide - 34:g} {y:g}v34h34", at + 0.7, 0.4, width=FINE)


def small_lines(m: Moment, x: float, y: float, scale: float, at: float) -> str:
    """The logo, small: for what carries it."""
    return moved(
        m.draw("M0 19c9 0 8-19 17-19s9 12 25 12", at, 0.9, "blue", width=4.4)
        + m.draw("M0 1c9 0 10 19 20 19h22", at + 0.15, 0.9, "coral", width=4.4),
        x,
        y,
        scale,
    )


# The pictures


@picture(
    blue=Route("M0 482C150 482 90 250 226 216", on="C320 194 330 300 420 330S520 482 600 482"),
    coral=Route(
        "M584 52C490 52 396 92 336 178",
        on="C290 240 350 330 430 380S540 482 640 482",
        appears=True,
    ),
)
def approach(m: Moment) -> str:
    """Two people come towards each other, in front of a large sun."""
    return m.fill(circle(282, 196, 168), "sun", 0, 1.2)


@picture(
    blue=None,
    coral=Route(
        "M-40 482C60 482 60 444 160 444C270 444 282 374 232 374S180 444 276 444S340 424 380 420"
    ),
)
def street(m: Moment) -> str:
    """A street where one line looks for its way."""
    return (
        house(m, 34, 340, 0.1, 106)
        + stepped_house(m, 150, 340, 0.3)
        + house(m, 300, 340, 0.5, 122)
        + tree(m, 480, 340, 0.8, 150)
        + ground(m, 340)
    )


@picture(
    blue=Route(
        "M-150 482C20 482 150 470 172 380S182 250 182 196",
        on="C182 110 330 90 420 210S540 482 640 482",
    ),
    coral=Route(
        "M-60 482C160 482 270 470 288 380S296 250 296 196",
        on="C296 120 400 110 460 240S560 482 660 482",
    ),
)
def bench(m: Moment) -> str:
    """Two people on a bench in the park, under a tree."""
    return (
        m.fill(circle(92, 110, 52), "sun", 0.5, 0.9)
        + ground(m, 392)
        + tree(m, 452, 392, 0.3, 300)
        + m.draw("M108 262H370M108 290H370M96 326H382", 0.3, 0.9)
        + m.draw("M124 262V392M354 262V392", 0.7, 0.6)
    )


@picture(
    blue=Route("M-40 482C60 482 20 330 106 318S190 240 232 236S300 300 352 268S400 200 424 176"),
)
def map(m: Moment) -> str:  # noqa: A001 - the name of the picture, and nothing here maps
    """A folded map; the blue line finds the way to the pin."""
    fold = "M30 96L196 60L362 96L530 60V336L362 372L196 336L30 372Z"
    streets = (
        "M30 190L196 150L362 196L530 150M110 80V354M30 300L196 262L280 354"
        "M362 150L450 78M280 78V216L362 290L530 250M450 170V354"
    )
    pin = m.draw(
        "M424 176c-18-30-38-48-38-76c0-22 17-38 38-38s38 16 38 38c0 28-20 46-38 76Z",
        1.2,
        0.8,
        fill="sun",
    ) + m.draw(circle(424, 100, 12), 1.7, 0.4, fill="card", width=FINE)
    return (
        m.fill(fold, "card", 0, 0.6)
        + m.draw(streets, 0.4, 1.2, "edge", width=8)
        + m.draw(fold, 0, 1.2)
        + m.draw("M196 60V336M362 96V372", 0.5, 0.8, width=FINE)
        + pin
    )


@picture(
    blue=Route(
        "M-150 482C20 482 66 440 74 350S80 240 96 190", on="C130 80 300 50 420 110S560 482 660 482"
    ),
    coral=Route(
        "M100 482C360 482 478 450 486 350S480 240 464 190",
        on="C430 90 560 120 580 250S610 482 700 482",
    ),
)
def coffee(m: Moment) -> str:
    """Two people at a table with two cups; a line's end is a person who sits."""

    def cup(x: float, at: float, side: int) -> str:
        return (
            m.draw(f"M{x - 34:g} 252h68v26c0 22-14 34-34 34s-34-12-34-34Z", at, 0.8, fill="sun")
            + m.draw(
                f"M{x + side * 34:g} 260c{side * 26} -4 {side * 26} 34 {side * 2} 32",
                at + 0.4,
                0.5,
            )
            + m.draw(f"M{x - 46:g} 318h92", at + 0.3, 0.5)
            + m.draw(
                f"M{x - 12:g} 232c-10-14 10-20 0-36M{x + 14:g} 232c-10-14 10-20 0-36",
                at + 1.0,
                1.0,
                "muted",
                width=FINE,
            )
        )

    table = m.draw("M120 330H440", 0.1, 0.8) + m.draw("M280 330V420M230 424H330", 0.5, 0.7)
    return table + cup(214, 0.4, -1) + cup(346, 0.6, 1)


@picture(
    blue=Route("M-80 482C40 482 0 330 100 318", on="C220 304 220 482 360 482H620"),
    coral=Route("M120 482C300 482 380 450 456 410", on="C500 386 520 482 640 482"),
)
def talk(m: Moment) -> str:
    """Two balloons: the one begins, the other answers."""
    first = m.draw(
        "M62 50H268c18 0 30 12 30 30v90c0 18-12 30-30 30H150L96 262L104 200H62"
        "c-18 0-30-12-30-30V80c0-18 12-30 30-30Z",
        0.2,
        1.2,
        "blue",
        fill="card",
    )
    second = m.draw(
        "M350 146H506c18 0 30 12 30 30v96c0 18-12 30-30 30H480L466 354L420 302H350"
        "c-18 0-30-12-30-30V176c0-18 12-30 30-30Z",
        1.6,
        1.2,
        "coral",
        fill="card",
    )
    return (
        first
        + m.letters("Dag!", 165, 144, 58, 1.0)
        + second
        + m.letters("Hallo!", 428, 242, 56, 2.3)
    )


THEIR_DAYS = (9, 23)
"""Two weeks apart, counted from the first day shown."""


@picture()
def calendar(m: Moment) -> str:
    """A month in which two days are theirs."""
    page = (
        m.draw(rounded(90, 66, 380, 306, 18), 0, 1.2, fill="card")
        + m.draw("M90 140H470", 0.6, 0.6)
        + m.draw("M180 44V92M380 44V92", 0.8, 0.4)
    )
    days = ""
    for number in range(28):
        x, y = 130 + 50 * (number % 7), 178 + 48 * (number // 7)
        if number in THEIR_DAYS:
            at = 1.7 + 0.6 * THEIR_DAYS.index(number)
            days += m.fill(circle(x, y, 22), "sun", at, 0.4)
            days += m.fill(circle(x - 7, y, 8), "blue", at + 0.2, 0.4)
            days += m.fill(circle(x + 9, y, 8), "coral", at + 0.4, 0.4)
        else:
            days += m.fill(circle(x, y, 6), "edge", 0.8 + number * 0.02, 0.3)
    return page + days


@picture(
    blue=Route("M-40 482C80 482 120 420 240 420H318"),
    coral=Route("M-20 482C100 482 140 454 240 454H258"),
)
def town_hall_square(m: Moment) -> str:
    """The two walk to the town hall."""
    return (
        ground(m, 372, 30, 530)
        + town_hall(m, 150, 372, 0.1)
        + tree(m, 84, 372, 0.9, 120)
        + tree(m, 478, 372, 1.1, 104)
    )


@picture(
    blue=Route(
        "M0 482C60 482 40 364 96 364",
        go="C176 364 190 264 270 252S370 152 450 140",
        on="C540 126 530 482 640 482",
    ),
    coral=None,
)
def steps(m: Moment) -> str:
    """A way up past three numbers."""

    def step(number: int, x: float, y: float, at: float) -> str:
        return m.draw(circle(x, y, 42), at, 0.8, fill="sun") + m.letters(
            str(number), x, y + 18, 52, at + 0.4
        )

    return (
        m.draw("M40 364H152V330M196 252H330V218M384 140H520", 0.1, 1.2, "edge", width=FINE)
        + step(1, 96, 282, 0.3)
        + step(2, 262, 170, 0.8)
        + step(3, 450, 58, 1.3)
    )


@picture(
    blue=Route("M60 482C200 482 260 482 300 470S380 420 420 420"),
    coral=None,
)
def form(m: Moment) -> str:
    """A short form and the pencil that fills it in."""
    start, each, lengths = 1.2, 0.5, (150, 190, 110)
    rows = ""
    for number, length in enumerate(lengths):
        y = 118 + number * 76
        rows += m.draw(f"M132 {y - 15}h{70 + 22 * number}", 0.7, 0.4, "muted", width=FINE)
        rows += m.draw(rounded(130, y, 250, 36, 8), 0.6 + 0.15 * number, 0.7, width=FINE)
        written = f"M146 {y + 20}" + "c6-14 12-14 14 0s8 12 16-2" * (length // 30)
        rows += m.draw(written, start + each * number, 0.6, "blue", width=FINE)
    # The pencil follows what it writes, and then leaves the sheet.
    row = min(len(lengths) - 1, max(0, int((m.seconds - start) / each)))
    along = m.part(start + each * row, each)
    aside = m.part(2.8, 0.7)
    x = (150 + along * lengths[row]) * (1 - aside) + 424 * aside
    level = (140 + 76 * row) * (1 - aside) + 300 * aside
    pencil = m.draw("M0 0L12-34L104-126L128-102L36-10Z", 0.6, 0.8, fill="sun") + m.draw(
        "M12-34L36-10M90-112L114-88", 1.0, 0.4, width=FINE
    )
    return sheet(m, 96, 40, 320, 340) + rows + moved(pencil, x, level)


@picture(
    blue=Route("M60 482C180 482 330 482 400 460"),
    coral=None,
)
def mail(m: Moment) -> str:
    """An envelope arrives on a telephone, and is good."""
    fly = m.part(0.9, 1.2)
    x, y = 520 - 240 * fly, 60 + 130 * fly - 60 * math.sin(math.pi * fly)
    return (
        telephone(m, 195, 60, 0)
        + moved(envelope(m, 0.7, 0.6), x, y, turn=14 * (1 - fly))
        + m.fill(circle(280, 292, 34), "sun", 2.1, 0.5)
        + m.draw("M264 292l12 13l22-26", 2.4, 0.5, width=6)
    )


@picture(
    blue=Route("M-40 482C40 482 20 424 84 424", go="C200 424 300 424 372 424"),
    coral=None,
)
def letter(m: Moment) -> str:
    """An envelope on its way from a house to the town hall."""
    leaves, takes = 1.2, 2.0

    def flight(part: float) -> tuple[float, float]:
        return 95 + 255 * part, 190 + 30 * part - 150 * math.sin(math.pi * part)

    trail = "".join(
        m.fill(circle(*flight(step / 12), 4), "muted", leaves + takes * (0.1 + 0.065 * step), 0.2)
        for step in range(1, 12)
    )
    part = m.part(leaves, takes)
    return (
        ground(m, 380)
        + house(m, 40, 380, 0.1, 110)
        + moved(town_hall(m, 0, 0, 0.3), 316, 380, 0.86)
        + trail
        + moved(envelope(m, 0.6, 0.6), *flight(part), scale=0.72, turn=16 * part - 8)
    )


@picture(
    blue=Route("M60 482C180 482 350 490 420 450"),
    coral=None,
)
def phone(m: Moment) -> str:
    """A telephone that rings twice."""
    ringing = sum(m.part(at, 0.2) - m.part(at + 0.7, 0.2) for at in (1.5, 2.8))
    turn = 3.2 * ringing * math.sin(m.seconds * 24)
    waves = "".join(
        m.draw(
            f"M{168 - d} {150 - d * 0.5:g}c-22 34-22 66 0 {100 + d}"
            f"M{392 + d} {150 - d * 0.5:g}c22 34 22 66 0 {100 + d}",
            1.2 + d * 0.006,
            0.5,
        )
        for d in (0, 40)
    )
    if waves:
        waves = f'<g opacity="{0.35 + 0.65 * min(1.0, max(0.0, ringing)):.2f}">{waves}</g>'
    handset = (
        "M-34-46c-10 10-10 28 6 52s38 44 60 56c16 8 28 4 36-6l8-12c4-6 2-12-4-16"
        "l-22-14c-6-4-12-2-16 2l-8 8c-14-8-26-22-34-38l8-8c4-4 6-10 2-16l-12-24c-4-8-10-10-16-4Z"
    )
    device = (
        telephone(m, -85, -155, 0)
        + m.fill(circle(0, -20, 58), "sun", 0.8, 0.5)
        + moved(m.draw(handset, 1.0, 0.8, width=FINE), -11, -23, 0.72)
        + m.draw("M-40 92h80", 0.9, 0.4, "muted", width=FINE)
    )
    return waves + moved(device, 280, 215, 1, turn)


@picture(
    blue=Route(
        "M-40 482C120 482 120 108 250 108S340 208 470 208",
        on="C560 212 560 482 660 482",
    ),
    coral=Route(
        "M-130 482C0 482 -40 112 74 112C190 112 180 250 290 250H412",
        on="C500 252 520 482 640 482",
    ),
)
def duo(m: Moment) -> str:
    """The lines cross and go on side by side: a handshake without hands."""
    return m.fill(circle(400, 216, 140), "sun", 0.3, 1.2)


@picture(
    blue=Route("M-100 482C0 482 20 414 120 412", go="C220 408 300 424 400 414"),
    coral=Route("M-80 482C0 482 0 448 62 446", go="C160 442 240 458 340 448"),
)
def walk(m: Moment) -> str:
    """A walk past trees and houses."""
    return (
        m.fill(circle(432, 116, 52), "sun", 0.6, 0.9)
        + ground(m, 364)
        + tree(m, 80, 364, 0.1, 190)
        + house(m, 158, 364, 0.4, 96)
        + tree(m, 318, 364, 0.5, 140)
        + tree(m, 402, 364, 0.8, 210)
        + m.draw(
            "M470 332H540M470 348H540M482 332V364M528 332V364M470 316H540", 0.9, 0.8, width=FINE
        )
    )


@picture()
def toolkit(m: Moment) -> str:
    """A box from which a film, a text and a poster rise."""
    film = m.draw(rounded(-62, -44, 124, 88, 10), 0.7, 0.8, fill="card") + m.draw(
        "M-14-22V22L24 0Z", 1.2, 0.5, fill="sun"
    )
    page = m.draw("M-44-58H20L44-34V58H-44Z", 0.9, 0.8, fill="card") + m.draw(
        "M-26-22H14M-26-2H26M-26 18H26", 1.4, 0.5, "muted", width=FINE
    )
    sign = m.draw(rounded(-42, -58, 84, 116, 6), 1.1, 0.8, fill="card") + small_lines(
        m, -27, -16, 1.3, 1.6
    )
    up = 40 * (1 - m.part(0.7, 1.4))
    box = (
        m.draw("M130 234H430L414 376H146Z", 0, 1.1, fill="sand")
        + m.draw("M130 234L92 196M430 234L468 196", 0.5, 0.5)
        + m.draw("M240 290c0 26 80 26 80 0", 0.8, 0.5)
    )
    return (
        moved(page, 206, 168 + up, 1.12, -9)
        + moved(sign, 366, 168 + up, 1.12, 9)
        + moved(film, 286, 120 + up, 1.1)
        + box
    )


@picture()
def contents(m: Moment) -> str:
    """What is in the box: a film, a story and a text."""
    film = m.draw(rounded(-92, -70, 184, 140, 14), 0, 1.0, fill="card") + m.draw(
        "M-24-38V38L40 0Z", 0.6, 0.6, fill="sun"
    )
    story = m.draw(circle(0, 0, 78), 0.6, 1.0, fill="card") + m.letters(
        "“", 0, 104, 190, 1.2, colour="coral"
    )
    text = (
        sheet(m, -74, -96, 148, 192, at=1.1)
        + m.draw("M-44-46h50", 1.7, 0.4, width=8)
        + m.draw("M-44-12h88M-44 16h88M-44 44h60", 1.8, 0.6, "muted", width=FINE)
    )
    return moved(film, 122, 142) + moved(story, 286, 278) + moved(text, 446, 162)


@picture()
def poster(m: Moment) -> str:
    """A poster on the wall, and a flyer on the shelf under it."""

    def printed(x: float, y: float, scale: float, at: float) -> str:
        return moved(
            m.draw(rounded(0, 0, 190, 262, 8), at, 1.1, fill="card")
            + m.draw("M28 44H140M28 70H112", at + 0.6, 0.5, width=9)
            + small_lines(m, 28, 112, 3.1, at + 0.8)
            + m.draw("M28 204H96M28 222H82", at + 1.1, 0.4, "muted", width=FINE)
            + m.draw(rounded(122, 196, 42, 42, 4), at + 1.1, 0.5, fill="sun", width=FINE),
            x,
            y,
            scale,
        )

    return (
        printed(110, 52, 1.12, 0.1)
        + m.draw(circle(216, 66, 5), 1.0, 0.3, fill="sun", width=3)
        + moved(printed(0, 0, 0.66, 0.6), 372, 190, 1, 4)
        + m.draw("M342 374H530", 0.5, 0.6)
    )


@picture()
def handbook(m: Moment) -> str:
    """An open book, and a note to fill in."""
    book = (
        m.draw(
            "M40 130C100 96 160 100 210 130C260 100 320 96 380 130V330C320 298 260 302 210 330"
            "C160 302 100 298 40 330Z",
            0,
            1.3,
            fill="card",
        )
        + m.draw("M210 130V330", 0.6, 0.6)
        + m.draw(
            "M74 166c38-14 72-12 106 4M74 202c38-14 72-12 106 4M74 238c38-14 72-12 106 4",
            1.0,
            0.6,
            "muted",
            width=FINE,
        )
    )
    note = (
        sheet(m, 0, 0, 150, 196, at=0.8)
        + m.draw("M24 56h66", 1.4, 0.3, width=7)
        + m.draw("M24 90h102M24 112h102", 1.5, 0.4, "muted", width=FINE)
        + m.draw("M24 160c10-26 18-26 22-6s12 12 20-2s14-10 22 2", 1.9, 0.7, "blue", width=FINE)
    )
    return book + small_lines(m, 248, 186, 2.4, 1.2) + moved(note, 380, 176, 1, 5)


@picture()
def laptop(m: Moment) -> str:
    """A laptop with an arrow down: take what you need."""
    drop = 10 * (1 - m.part(1.3, 0.7))
    return (
        m.draw(rounded(118, 62, 324, 226, 16), 0, 1.1, fill="card")
        + m.draw("M118 304H442L490 362H70Z", 0.5, 0.9, fill="sand")
        + m.draw("M244 338H316", 1.0, 0.4, width=FINE)
        + m.fill(circle(280, 166, 62), "sun", 0.8, 0.5)
        + moved(m.draw("M280 128V192M252 168L280 196L308 168", 1.2, 0.6, width=7), 0, -drop - 4)
        + m.letters(m.inset, 280, 268, 30, 1.4, family=SANS)
    )


@picture()
def name(m: Moment) -> str:
    """A poster with a place for a name; the name is put in letter by letter."""
    typed = min(1.0, max(0.0, (m.seconds - 1.4) / 1.4))
    return (
        m.draw(rounded(140, 34, 280, 344, 10), 0, 1.2, fill="card")
        + m.draw("M176 84H330M176 116H286", 0.7, 0.5, width=11)
        + small_lines(m, 176, 150, 3.4, 0.9)
        + m.draw(rounded(100, 238, 360, 70, 35), 0.8, 0.9, fill="sun")
        + m.letters(m.inset[: round(len(m.inset) * typed)], 280, 284, 36, 1.3)
        + m.draw("M176 342H300", 1.0, 0.4, "muted", width=FINE)
    )


@picture()
def share(m: Moment) -> str:
    """One sheet goes to a website, a paper, a telephone and a letter box."""
    ways = (
        "M280 216C220 216 200 110 150 100M280 216C220 216 200 316 150 320"
        "M280 216C340 216 360 110 410 100M280 216C340 216 360 316 410 320"
    )
    website = m.draw(rounded(-62, -44, 124, 88, 10), 1.0, 0.7, fill="card") + m.draw(
        "M-62-18H62M-40 8H10M-40 24H28", 1.4, 0.5, width=FINE
    )
    paper = (
        m.draw(rounded(-50, -52, 100, 104, 4), 1.2, 0.7, fill="card")
        + m.draw("M-32-30H32", 1.6, 0.3, width=8)
        + m.draw("M-32-8H-4M-32 10H-4M-32 28H-4", 1.6, 0.4, "muted", width=FINE)
        + m.draw(rounded(8, -10, 26, 40, 3), 1.6, 0.4, fill="sun", width=FINE)
    )
    handset = m.draw(rounded(-34, -58, 68, 116, 14), 1.4, 0.7, fill="card") + m.draw(
        "M0 18C-34-6-18-30 0-14C18-30 34-6 0 18Z", 1.8, 0.5, "coral", width=FINE
    )
    middle = m.fill(circle(280, 216, 62), "sun", 0.2, 0.6) + small_lines(m, 238, 190, 2.0, 0.3)
    return (
        m.draw(ways, 0.6, 0.9, "edge", width=STROKE)
        + middle
        + moved(website, 104, 92)
        + moved(paper, 104, 312)
        + moved(handset, 452, 92)
        + moved(envelope(m, 1.6, 0.6), 458, 318)
    )


@picture()
def licence(m: Moment) -> str:
    """A sheet with a stamp: the terms on which it may be used."""
    part = m.part(1.2, 0.6)
    stamp = (
        m.fill(circle(0, 0, 84), "sun", 1.2, 0.4)
        + m.draw(circle(0, 0, 84), 1.2, 0.9)
        + m.letters("CC BY", 0, 2, 40, 1.5)
        + m.letters("4.0", 0, 42, 36, 1.6)
    )
    return (
        sheet(m, 110, 36, 250, 336)
        + m.draw("M144 98h110", 0.7, 0.4, width=10)
        + m.draw("M144 146h160M144 176h180M144 206h140M144 236h120", 0.8, 0.7, "muted", width=FINE)
        + small_lines(m, 144, 284, 2.2, 1.0)
        + moved(stamp, 388, 262, 1.0, -10 * part)
    )


@picture(
    blue=Route("M-20 482C100 482 100 424 180 424H190"),
    coral=Route("M140 482C280 482 360 460 392 420", on="C420 384 450 482 560 482"),
)
def message(m: Moment) -> str:
    """A message with a place and a time, and a yes."""
    return (
        telephone(m, 170, 40, 0)
        + m.draw(rounded(196, 92, 190, 96, 20), 0.8, 0.8, "blue", fill="card")
        + m.draw(
            "M234 168c-12-18-22-24-22-38c0-12 10-20 22-20s22 8 22 20c0 14-10 20-22 38Z",
            1.2,
            0.6,
            fill="sun",
            width=FINE,
        )
        + m.draw("M280 124h80M280 150h54", 1.3, 0.5, "muted", width=FINE)
        + m.draw(rounded(250, 214, 120, 60, 20), 2.0, 0.7, "coral", fill="card")
        + m.draw("M292 244l12 13l24-28", 2.5, 0.5, width=6)
    )


@picture()
def clock(m: Moment) -> str:
    """A clock on which one hour goes by."""
    part = m.part(1.0, 2.2)
    angle = 2 * math.pi * part
    radius = 116
    points = [
        (280 + radius * math.sin(angle * step / 48), 212 - radius * math.cos(angle * step / 48))
        for step in range(49)
    ]
    swept = "M280 212" + "".join(f"L{x:.1f} {y:.1f}" for x, y in points) + "Z"
    if part >= 1:
        swept = circle(280, 212, radius)
    marks = "".join(
        f"M{280 + 128 * math.sin(a):.1f} {212 - 128 * math.cos(a):.1f}"
        f"L{280 + 140 * math.sin(a):.1f} {212 - 140 * math.cos(a):.1f}"
        for a in (math.pi / 6 * hour for hour in range(12))
    )
    hand = points[-1]
    hour = math.pi / 6 * (2 + part)
    return (
        m.draw(circle(280, 212, 160), 0, 1.1, fill="card")
        + (f'<path d="{swept}" fill="{PALETTE["sun"]}"/>' if part > 0 else "")
        + m.draw(marks, 0.6, 0.5)
        + m.draw(f"M280 212L{hand[0]:.1f} {hand[1]:.1f}", 0.8, 0.4, width=6)
        + m.draw(
            f"M280 212L{280 + 72 * math.sin(hour):.1f} {212 - 72 * math.cos(hour):.1f}",
            0.8,
            0.4,
            width=8,
        )
        + m.fill(circle(280, 212, 9), "ink", 0.8, 0.3)
    )


@picture(
    blue=Route("M20 482C160 482 160 84 284 84S384 226 520 226", on="H760"),
    coral=Route("M-70 482C60 482 26 88 132 88C238 88 230 268 340 268H462", on="H760"),
)
def closing(m: Moment) -> str:
    """The logo, drawn large by the lines themselves."""
    size = min(46.0, 400 / width(m.inset or "-", Style(SERIF, 700, 1)))
    return m.letters(m.inset, 362, 366, round(size, 1), 1.6)
