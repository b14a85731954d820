"""Pictures for screens: for social media, the logo, and the previews of what is printed."""

import io
from collections.abc import Sequence
from typing import Any

import resvg_py
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from PIL import Image

from chalicelib.domain.site import NAME, STEPS
from media.toolkit import words
from media.toolkit.drawing import Palette, Pen, palette, pen, svg
from media.toolkit.places import FONTS

SERIF, SANS = "Mijnbuddy Serif", "Mijnbuddy Sans"
LOGO = (
    "M3 23c9 0 8-19 17-19s9 12 25 12",  # blue
    "M3 5c9 0 10 19 20 19h22",  # coral
)
LEADING = 1.16  # from one line of a headline to the next, in its size
ASK = ("Wie wees jou", "de weg toen", "je nieuw was?")


def words_at(
    x: float, y: float, size: float, text: str, *, colour: str, family: str = SERIF
) -> str:
    weight = 700 if family == SERIF else 400
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="{family}" font-weight="{weight}" '
        f'font-size="{size:g}" letter-spacing="{-0.018 * size if family == SERIF else 0:g}" '
        f'fill="{colour}">{text}</text>'
    )


def _headline(texts: Sequence[str], x: float, y: float, size: float) -> str:
    return "".join(
        words_at(x, y + number * size * LEADING, size, text, colour=palette().ink)
        for number, text in enumerate(texts)
    )


def _ground(width: float, height: float) -> str:
    return f'<rect width="{width:g}" height="{height:g}" fill="{palette().paper}"/>'


def square(lines: Sequence[str]) -> str:
    """A sentence over two people who meet: 1080 × 1080."""
    ours, ink = pen(20), palette().ink
    return svg(
        1080,
        1080,
        _ground(1080, 1080),
        _headline(lines, 88, 204, 126),
        ours.line(ours.blue, "M128 610C300 610 330 832 520 832S740 690 880 690H1120"),
        ours.line(ours.coral, "M128 832C300 832 330 610 520 610S740 728 880 728H1120"),
        ours.person(ours.blue, 128, 610),
        ours.person(ours.coral, 128, 832),
        words_at(92, 1002, 44, words.ADDRESS, colour=ink),
    )


def wide(lines: Sequence[str]) -> str:
    """The same for a link: 1200 × 630."""
    ours, ink = pen(15), palette().ink
    return svg(
        1200,
        630,
        _ground(1200, 630),
        _headline(lines, 72, 132, 84),
        ours.line(ours.blue, "M100 438C250 438 290 550 450 550S640 446 770 446H1240"),
        ours.line(ours.coral, "M100 550C250 550 290 438 450 438S640 475 770 475H1240"),
        ours.person(ours.blue, 100, 438),
        ours.person(ours.coral, 100, 550),
        words_at(846, 572, 32, words.ADDRESS, colour=ink),
    )


def search_square(lines: Sequence[str]) -> str:
    """A question over one line that looks for the other: 1080 × 1080."""
    return svg(
        1080,
        1080,
        _ground(1080, 1080),
        _headline(lines, 88, 204, 126),
        f'<g transform="translate(0 612)">{_search(pen(20))}</g>',
        words_at(92, 1002, 44, words.ADDRESS, colour=palette().ink),
    )


def search_wide(lines: Sequence[str]) -> str:
    """The same for a link: 1200 × 630."""
    return svg(
        1200,
        630,
        _ground(1200, 630),
        _headline(lines, 72, 132, 84),
        f'<g transform="translate(440 316) scale(0.75)">{_search(pen(20))}</g>',
        words_at(74, 572, 32, words.ADDRESS, colour=palette().ink),
    )


def _search(ours: Pen) -> str:
    blue = (
        "M-640 250H190C320 250 300 90 400 90S500 216 416 216S330 96 452 96C590 96 560 236 680 236"
    )
    return "".join(
        (
            ours.line(ours.blue, blue),
            ours.line(ours.coral, "M1120 60H1010C930 60 940 150 860 150"),
            ours.person(ours.blue, 680, 236),
            ours.person(ours.coral, 860, 150),
        )
    )


def steps() -> str:
    """The three steps, with the lines going along: 1080 × 1080."""
    ours, colours = pen(18), palette()
    rows = []
    for number, step in enumerate(STEPS):
        y = 330 + number * 220
        rows.append(words_at(270, y, 62, step.title, colour=colours.ink))
        rows += [
            words_at(272, y + 56 + 46 * line, 38, text, colour=colours.muted, family=SANS)
            for line, text in enumerate(words.sentences(step.text))
        ]
    return svg(
        1080,
        1080,
        _ground(1080, 1080),
        words_at(88, 176, 84, words.STEPS_TITLE, colour=colours.ink),
        ours.line(ours.blue, "M100 308C100 420 196 440 196 560S131 690 131 800V1120"),
        ours.line(ours.coral, "M196 308C196 420 100 440 100 560S165 690 165 800V1120"),
        ours.person(ours.blue, 100, 308),
        ours.person(ours.coral, 196, 308),
        *rows,
        words_at(272, 1002, 44, words.ADDRESS, colour=colours.ink),
    )


def logo(*, dark: bool = False, one_colour: bool = False) -> str:
    """Sign and name as outlines, so that no program needs our font; 220 units wide."""
    colours: Palette = palette(dark=dark)
    blue, coral = (colours.ink, colours.ink) if one_colour else (colours.blue, colours.coral)
    sign = Pen(4.5, blue, coral, "none")
    return svg(
        220,
        40,
        '<g transform="translate(6 6)">',
        sign.line(blue, LOGO[0]),
        sign.line(coral, LOGO[1]),
        "</g>",
        f'<path d="{_outline(NAME, 64, 27.5, 27)}" fill="{colours.ink}"/>',
        title=NAME,
    )


def _outline(text: str, x: float, y: float, size: float) -> str:
    font = TTFont(FONTS / "mijnbuddy-serif-bold.otf")
    glyphs, letters = font.getGlyphSet(), font.getBestCmap()
    scale = size / font["head"].unitsPerEm
    drawn = SVGPathPen(glyphs, ntos=lambda number: f"{round(number, 2):g}")
    for letter in text:
        glyph = glyphs[letters[ord(letter)]]
        glyph.draw(TransformPen(drawn, (scale, 0, 0, -scale, x, y)))
        x += glyph.width * scale
    return str(drawn.getCommands())


def png(drawing: str, width: int) -> bytes:
    """`drawing` as PNG, `width` pixels wide, with a palette: these pictures are flat."""
    return _small(_rendered(drawing, width))


def see_through(drawing: str, width: int = 880) -> bytes:
    """`drawing` as PNG on no ground."""
    made = io.BytesIO()
    _rendered(drawing, width).save(made, "PNG", optimize=True)
    return made.getvalue()


def logos() -> str:
    """All versions of the logo, each on its ground: 800 × 600."""
    kinds = (
        (palette().paper, logo()),
        (palette(dark=True).paper, logo(dark=True)),
        ("#ffffff", logo(one_colour=True)),
    )
    parts = [
        f'<rect y="{200 * number}" width="800" height="200" fill="{ground}"/>'
        f'<g transform="translate(160 {200 * number + 56}) scale(2.2)">{_inner(one)}</g>'
        for number, (ground, one) in enumerate(kinds)
    ]
    return svg(800, 600, *parts)


def _inner(drawing: str) -> str:
    return drawing[drawing.index("</title>") + 8 : drawing.rindex("</svg>")]


def preview(*pages: bytes, width: int = 800) -> bytes:
    """Pictures of pages beside each other on sand, as WebP of `width` pixels."""
    edge = width // 20
    height = int(width * 0.75)
    ground = Image.new("RGB", (width, height), palette().edge)
    room = (width - edge * (len(pages) + 1)) // len(pages), height - 2 * edge
    images = [Image.open(io.BytesIO(page)).convert("RGB") for page in pages]
    for image in images:
        image.thumbnail(room, Image.Resampling.LANCZOS)
    gap = edge if len(images) > 1 else 0
    left = (width - sum(image.width for image in images) - gap * (len(images) - 1)) // 2
    for image in images:
        ground.paste(image, (left, (height - image.height) // 2))
        left += image.width + gap
    return _webp(ground)


def webp(drawing: str, width: int) -> bytes:
    """`drawing` as WebP, `width` pixels wide."""
    return _webp(_rendered(drawing, width).convert("RGB"))


def narrower(picture: bytes, width: int) -> bytes:
    """A picture as WebP, `width` pixels wide."""
    image = Image.open(io.BytesIO(picture))
    return _webp(image.resize((width, round(image.height * width / image.width)), Image.LANCZOS))


def _webp(image: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, "WEBP", quality=82, method=6)
    return made.getvalue()


def _rendered(drawing: str, width: int) -> Any:
    fonts = [str(path) for path in sorted(FONTS.iterdir()) if path.suffix in (".otf", ".ttf")]
    pixels = resvg_py.svg_to_bytes(
        svg_string=drawing, width=width, font_files=fonts, skip_system_fonts=True
    )
    return Image.open(io.BytesIO(bytes(pixels)))


def _small(image: Any, colours: int = 64) -> bytes:
    made = io.BytesIO()
    image.convert("RGB").quantize(colours, dither=0).save(made, "PNG", optimize=True)
    return made.getvalue()
