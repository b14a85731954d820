"""
Every finished file of the toolkit and what it is made from.

`media.json` keeps a fingerprint of those sources beside one of the file itself. So the tests can
say that a file is stale, or was changed by hand, without any of the programs that make it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from chalicelib.domain.site import STEPS
from media.toolkit.drawing import palette
from media.toolkit.page import read
from media.toolkit.places import CONTENT, FONTS, RECORD, SOURCES

TEXTS = (
    "brief",
    "persbericht",
    "teksten-nieuwsbrief",
    "teksten-sociale-media",
    "teksten-website",
)
DOCUMENTS = (*TEXTS, "draaiboek", "informatienota")
PICTURES = (
    "vierkant-eindje.png",
    "vierkant-stappen.png",
    "vierkant-vraag.png",
    "liggend-eindje.png",
    "liggend-vraag.png",
    "social.webp",
)
LOGOS = ("licht", "donker", "een-kleur")

DRAWN = ("drawing.py", "makers.py", "words.py")
SCREEN = (*DRAWN, "pictures.py")
PRINTED = (*DRAWN, "sheets.py", "style.typ")
POSTER = (*PRINTED, "poster.typ")
FLYER = (*PRINTED, "flyer.typ")
BOOKLET = (*PRINTED, "page.py", "document.typ")
WORD = (*DRAWN, "page.py", "word.py")
TEXT = ("makers.py", "page.py", "words.py", "text.py")


PREVIEW = ".webp"
SMALL = 400  # pixels wide: a preview among others, on a screen with two dots a pixel


def small(preview: str) -> str:
    """The name of the narrower copy of a preview."""
    return f"{preview.removesuffix(PREVIEW)}-{SMALL}{PREVIEW}"


@dataclass(frozen=True)
class Output:
    """
    One file below `site/content/toolkit`.

    `parts` are the files of this package that decide what it looks like; `from_page` when its
    words are those of its page.
    """

    slug: str
    name: str
    parts: tuple[str, ...]
    from_page: bool = False

    @property
    def key(self) -> str:
        return f"{self.slug}/{self.name}"

    @property
    def path(self) -> Path:
        return CONTENT / self.key

    def fingerprint(self) -> str:
        """Of code, fonts, colours and steps, and of its page where the words come from there."""
        made_from = hashlib.sha256()
        for path in [SOURCES / part for part in sorted(set(self.parts))]:
            made_from.update(path.read_bytes())
        if not self.name.endswith(".txt"):
            for font in sorted(FONTS.glob("*.?tf")):
                made_from.update(font.read_bytes())
        said: list[object] = [[asdict(step) for step in STEPS], asdict(palette())]
        if self.from_page:
            page = read(self.slug)
            said += [page.title, page.front["summary"], page.sources]
            said += [asdict(block) for block in page.blocks]
        made_from.update(json.dumps(said, default=str).encode())
        return made_from.hexdigest()[:16]


_WHOLE = (
    Output("affiche", "affiche-a3.pdf", POSTER),
    Output("affiche", "affiche-a4.pdf", POSTER),
    Output("affiche", "affiche-a3-drukker.pdf", POSTER),
    Output("affiche", "affiche-a4.docx", (*POSTER, *SCREEN, *WORD)),
    Output("affiche", "affiche.webp", (*POSTER, *SCREEN)),
    Output("flyer", "flyer-a5.pdf", FLYER),
    Output("flyer", "flyer-a5-drukker.pdf", FLYER),
    Output("flyer", "flyer-a5.docx", (*FLYER, *SCREEN, *WORD)),
    Output("flyer", "flyer.webp", (*FLYER, *SCREEN)),
    *(Output("social", name, SCREEN) for name in PICTURES),
    *(Output("logo", f"logo-{kind}.{end}", SCREEN) for kind in LOGOS for end in ("svg", "png")),
    Output("logo", "logo.webp", SCREEN),
    *(Output(slug, f"{slug}.docx", WORD, from_page=True) for slug in DOCUMENTS),
    *(Output(slug, f"{slug}.txt", TEXT, from_page=True) for slug in TEXTS),
    Output("draaiboek", "draaiboek.pdf", BOOKLET, from_page=True),
    Output("draaiboek", "draaiboek.webp", (*BOOKLET, *SCREEN), from_page=True),
)
OUTPUTS = (
    *_WHOLE,
    *(replace(one, name=small(one.name)) for one in _WHOLE if one.name.endswith(PREVIEW)),
)


def digest(content: bytes) -> str:
    """The fingerprint of a finished file."""
    return hashlib.sha256(content).hexdigest()[:16]


def recorded() -> dict[str, dict[str, str]]:
    """What `media.json` says: `slug/name` → the fingerprints of its `sources` and its `file`."""
    found: dict[str, dict[str, str]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found
