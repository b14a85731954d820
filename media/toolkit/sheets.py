"""The sheets that a printer prints, by typst: tagged PDF with its fonts inside."""

import json
import re
from dataclasses import asdict
from typing import Any

import segno
import typst

from chalicelib.domain.campaigns import tagged
from chalicelib.domain.site import SIGN_UP, STEPS
from media.toolkit import words
from media.toolkit.drawing import arms, palette, pen, svg
from media.toolkit.page import Page, plain, reference
from media.toolkit.places import FONTS, SOURCES

ARMS_LEFT, ARMS_TOP, ARMS_SIDE = 187.0, 232.0, 86.0  # mm on A3: the square of the QR code
QR_SIDE = 62.0
FLYER_LEFT, FLYER_TOP, FLYER_SIDE = 88.0, 152.0, 46.0  # mm on A5


def typeset(template: str, data: dict[str, Any], **how: Any) -> Any:
    """One sheet from `template`, as PDF/UA-1; with `format="png"`, its picture."""
    how = {"pdf_standards": ["ua-1"]} | how if how.get("format", "pdf") == "pdf" else how
    return typst.compile(
        SOURCES / template,
        root=SOURCES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps({"colours": asdict(palette())} | data)},
        timestamp=0,
        **how,
    )


def pages(template: str, data: dict[str, Any]) -> list[bytes]:
    """The same as pictures, one a page: to show what it looks like."""
    made: Any = typeset(template, data, format="png", ppi=100)
    return [made] if isinstance(made, bytes) else made


def poster(
    name: str | None = None, path: str = "/", *, scale: float = 1, bleed: float = 0
) -> bytes:
    """The poster: with a `name` for that municipality and its page, else for all."""
    made: bytes = typeset("poster.typ", poster_data(name, path, scale, bleed))
    return made


def flyer(*, bleed: float = 0) -> bytes:
    """The flyer, front and back."""
    made: bytes = typeset("flyer.typ", flyer_data(bleed))
    return made


def document(page: Page) -> bytes:
    """A long page as a booklet."""
    made: bytes = typeset("document.typ", document_data(page))
    return made


def document_data(page: Page) -> dict[str, Any]:
    blocks = []
    label = ""
    for block in page.blocks:
        if block.kind in ("h2", "h3"):
            label = plain(block.spans)
        blocks.append(asdict(block) | {"ticked": label == "Checklist"})
    return {
        "title": page.title,
        "description": page.front["summary"],
        "summary": page.front["summary"],
        "blocks": blocks,
        "sources": [reference(source) for source in page.sources],
        "licence": words.LICENCE,
        "home": words.ADDRESS,
        "art": document_art(),
    }


def document_art() -> str:
    """They meet and go on, over a cover. In mm, on A4."""
    ours = pen(4)
    return svg(
        210,
        297,
        ours.line(ours.blue, "M31 140C70 140 76 196 118 196S152 162 180 162H226"),
        ours.line(ours.coral, "M31 196C70 196 76 140 118 140S152 170 180 170H226"),
        ours.person(ours.blue, 31, 140),
        ours.person(ours.coral, 31, 196),
    )


def poster_art(bleed: float) -> str:
    """The way of two people over the poster, down to the QR code. In mm, on A3."""
    ours = pen(4.6)
    middle = ARMS_LEFT + ARMS_SIDE / 2
    apart = ours.width * 0.9
    left, right = middle - apart, middle + apart
    blue = (
        f"M31 166C78 166 84 216 132 216S172 177 200 177H{right - 20:g}"
        f"C{right - 8:g} 177 {right:g} 185 {right:g} 197"
    )
    coral = (
        f"M31 216C78 216 84 166 132 166S172 185.3 200 185.3H{left - 12:g}"
        f"C{left - 4:g} 185.3 {left:g} 190 {left:g} 197"
    )
    band = f'<path d="M-9 347H306V429H-9Z" fill="{palette().sand}"/>'
    return svg(
        297,
        420,
        band,
        arms(
            ours,
            left=ARMS_LEFT,
            top=ARMS_TOP,
            side=ARMS_SIDE,
            start=apart,
            blue=blue,
            coral=coral,
        ),
        ours.person(ours.blue, 31, 166),
        ours.person(ours.coral, 31, 216),
        bleed=bleed,
    )


def poster_data(name: str | None, path: str, scale: float, bleed: float) -> dict[str, Any]:
    address = f"{words.SITE}{path}"
    form = path if name else SIGN_UP
    inset = (ARMS_SIDE - QR_SIDE) / 2
    return {
        "title": f"Word buddy in {name}" if name else words.TITLE,
        "name": name,
        "address": address.removeprefix("https://").rstrip("/"),
        "steps": [{"title": step.title, "lines": words.sentences(step.text)} for step in STEPS],
        "scale": scale,
        "bleed": bleed,
        "art": poster_art(bleed / scale),
        "qr": qr(words.SITE + tagged(form, words.POSTER), palette().ink),
        "qr_left": ARMS_LEFT + inset,
        "qr_top": ARMS_TOP + inset,
        "qr_side": QR_SIDE,
    }


def flyer_data(bleed: float) -> dict[str, Any]:
    return {
        "title": words.TITLE,
        "headline": words.HEADLINE,
        "lead": words.sentences(words.LEAD),
        "steps_title": words.STEPS_TITLE,
        "steps": [asdict(step) for step in STEPS],
        "asked_title": words.ASKED_TITLE,
        "asked": [*words.ASKED, words.UNPAID],
        "scan": words.SCAN,
        "home": words.ADDRESS,
        "licence": words.LICENCE,
        "bleed": bleed,
        "front": flyer_front(bleed),
        "back": flyer_back(bleed),
        "qr": qr(words.SITE + tagged(SIGN_UP, words.FLYER), palette().ink),
        "qr_left": FLYER_LEFT + 6,
        "qr_top": FLYER_TOP + 6,
        "qr_side": FLYER_SIDE - 12,
    }


def flyer_front(bleed: float) -> str:
    """They meet, and leave at the right, side by side. In mm, on A5."""
    ours = pen(2.6)
    return svg(
        148,
        210,
        f'<path d="M-9 168H157V219H-9Z" fill="{palette().sand}"/>',
        ours.line(ours.blue, "M18 91C43 91 46 122 72 122S98 104 118 104H160"),
        ours.line(ours.coral, "M18 122C43 122 46 91 72 91S98 109 118 109H160"),
        ours.person(ours.blue, 18, 91),
        ours.person(ours.coral, 18, 122),
        bleed=bleed,
    )


def flyer_back(bleed: float) -> str:
    """They come in from the left and end around the QR code. In mm, on A5."""
    ours = pen(2.6)
    middle = FLYER_LEFT + FLYER_SIDE / 2
    apart = ours.width * 0.9
    left, right = middle - apart, middle + apart
    return svg(
        148,
        210,
        arms(
            ours,
            left=FLYER_LEFT,
            top=FLYER_TOP,
            side=FLYER_SIDE,
            start=apart,
            blue=f"M-12 132H{right - 10:g}C{right - 4:g} 132 {right:g} 136 {right:g} 142",
            coral=f"M-12 137H{left - 6:g}C{left - 2:g} 137 {left:g} 139 {left:g} 143",
        ),
        bleed=bleed,
    )


def under_poster() -> str:
    """All of the poster but its words, for Word. In mm, on A3."""
    inset = (ARMS_SIDE - QR_SIDE) / 2
    return _laid(
        poster_art(0),
        '<rect x="167" y="359" width="106" height="46" rx="5" fill="#ffffff"/>',
        _code(words.POSTER, ARMS_LEFT + inset, ARMS_TOP + inset, QR_SIDE),
        ground=(297, 420),
    )


def under_flyer() -> tuple[str, str]:
    """The flyer's two sides without their words, for Word. In mm, on A5."""
    card = '<rect x="79" y="177" width="56" height="24" rx="3" fill="#ffffff"/>'
    code = _code(words.FLYER, FLYER_LEFT + 6, FLYER_TOP + 6, FLYER_SIDE - 12)
    return (
        _laid(flyer_front(0), card, ground=(148, 210)),
        _laid(flyer_back(0), code, ground=(148, 210)),
    )


def _code(campaign: str, x: float, y: float, side: float) -> str:
    code = qr(words.SITE + tagged(SIGN_UP, campaign), palette().ink)
    return code.replace("<svg ", f'<svg x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" ')


def _laid(drawing: str, *over: str, ground: tuple[float, float]) -> str:
    """`drawing` on paper, with more over it."""
    width, height = ground
    start, end = drawing.index(">") + 1, drawing.rindex("</svg>")
    paper = f'<rect width="{width:g}" height="{height:g}" fill="{palette().paper}"/>'
    return drawing[:start] + paper + drawing[start:end] + "".join(over) + "</svg>"


def qr(address: str, colour: str) -> str:
    """`address` as a QR code: one path, one unit a module; the ground around it stays free."""
    matrix = segno.make(address, error="m", boost_error=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        for run in re.finditer(b"\x01+", bytes(row)):
            length = run.end() - run.start()
            runs.append(f"M{run.start()} {y}h{length}v1h-{length}z")
    side = len(matrix)
    return svg(side, side, f'<path d="{"".join(runs)}" fill="{colour}"/>')
