"""How each file of the catalogue is made; apart from it, as only this needs typst and others."""

from collections.abc import Callable
from functools import partial

from media.toolkit import pictures, sheets, word, words
from media.toolkit.catalogue import DOCUMENTS, PREVIEW, SMALL, TEXTS, small
from media.toolkit.page import read
from media.toolkit.text import text

A4 = 210 / 297  # of A3
BLEED = 3  # mm of ground beyond the edge, for who cuts the paper
POSTER_PIXELS, FLYER_PIXELS = 1654, 1166  # 200 dots an inch


def _poster_docx() -> bytes:
    return word.poster(pictures.png(sheets.under_poster(), POSTER_PIXELS))


def _flyer_docx() -> bytes:
    front, back = (pictures.png(side, FLYER_PIXELS) for side in sheets.under_flyer())
    return word.flyer(front, back)


def _poster_preview() -> bytes:
    return pictures.preview(*sheets.pages("poster.typ", sheets.poster_data(None, "/", 1, 0)))


def _flyer_preview() -> bytes:
    return pictures.preview(*sheets.pages("flyer.typ", sheets.flyer_data(0)))


def _booklet_preview() -> bytes:
    data = sheets.document_data(read("draaiboek"))
    return pictures.preview(*sheets.pages("document.typ", data)[:2])


def _square(drawing: str) -> bytes:
    return pictures.png(drawing, 1080)


def _wide(drawing: str) -> bytes:
    return pictures.png(drawing, 1200)


def _docx(slug: str) -> bytes:
    return word.document(read(slug))


def _txt(slug: str) -> bytes:
    return text(read(slug))


_WHOLE: dict[str, Callable[[], bytes]] = {
    "affiche/affiche-a3.pdf": sheets.poster,
    "affiche/affiche-a4.pdf": partial(sheets.poster, scale=A4),
    "affiche/affiche-a3-drukker.pdf": partial(sheets.poster, bleed=BLEED),
    "affiche/affiche-a4.docx": _poster_docx,
    "affiche/affiche.webp": _poster_preview,
    "flyer/flyer-a5.pdf": sheets.flyer,
    "flyer/flyer-a5-drukker.pdf": partial(sheets.flyer, bleed=BLEED),
    "flyer/flyer-a5.docx": _flyer_docx,
    "flyer/flyer.webp": _flyer_preview,
    "social/vierkant-eindje.png": lambda: _square(pictures.square(words.HEADLINE)),
    "social/vierkant-stappen.png": lambda: _square(pictures.steps()),
    "social/vierkant-vraag.png": lambda: _square(pictures.search_square(pictures.ASK)),
    "social/liggend-eindje.png": lambda: _wide(pictures.wide(words.HEADLINE)),
    "social/liggend-vraag.png": lambda: _wide(pictures.search_wide(pictures.ASK)),
    "social/social.webp": lambda: pictures.preview(_square(pictures.square(words.HEADLINE))),
    "logo/logo-licht.svg": lambda: pictures.logo().encode(),
    "logo/logo-donker.svg": lambda: pictures.logo(dark=True).encode(),
    "logo/logo-een-kleur.svg": lambda: pictures.logo(one_colour=True).encode(),
    "logo/logo-licht.png": lambda: pictures.see_through(pictures.logo()),
    "logo/logo-donker.png": lambda: pictures.see_through(pictures.logo(dark=True)),
    "logo/logo-een-kleur.png": lambda: pictures.see_through(pictures.logo(one_colour=True)),
    "logo/logo.webp": lambda: pictures.webp(pictures.logos(), 800),
    "draaiboek/draaiboek.pdf": lambda: sheets.document(read("draaiboek")),
    "draaiboek/draaiboek.webp": _booklet_preview,
    **{f"{slug}/{slug}.docx": partial(_docx, slug) for slug in DOCUMENTS},
    **{f"{slug}/{slug}.txt": partial(_txt, slug) for slug in TEXTS},
}


def _narrower(make: Callable[[], bytes]) -> bytes:
    return pictures.narrower(make(), SMALL)


MAKERS: dict[str, Callable[[], bytes]] = {
    **_WHOLE,
    **{
        small(key): partial(_narrower, make)
        for key, make in _WHOLE.items()
        if key.endswith(PREVIEW)
    },
}
