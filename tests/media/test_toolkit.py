"""The toolkit's items and finished files, checked without the programs that make them."""

import io
import re
import struct
import zipfile
from statistics import mean
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from chalicelib.domain.campaigns import CAMPAIGNS
from media.toolkit.catalogue import DOCUMENTS, OUTPUTS, TEXTS, digest, recorded, small
from media.toolkit.drawing import palette
from media.toolkit.page import Page, plain, read, slugs
from media.toolkit.places import CONTENT, SOURCES_OF_FACTS
from media.toolkit.text import text
from media.toolkit.words import FLYER, POSTER

CODED = re.compile(r"www\.mijnbuddy\.be/aanmelden/\?bron=([a-z-]+)")
KINDS = {"film", "verhaal", "tekst", "affiche", "draaiboek", "nota", "logo"}
PDFS = sorted(output.key for output in OUTPUTS if output.name.endswith(".pdf"))
DOCXS = sorted(output.key for output in OUTPUTS if output.name.endswith(".docx"))
POSTER_LIMIT, PICTURE_LIMIT, FILE_LIMIT = 60_000, 40_000, 120_000  # bytes: they are in git
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def words_of_docx(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        root = ElementTree.fromstring(file.read("word/document.xml"))
    return " ".join(
        "".join(node.text or "" for node in paragraph.iter(f"{WORD}t"))
        for paragraph in root.iter(f"{WORD}p")
    )


def said(page: Page) -> list[str]:
    return [plain(cell) for block in page.blocks for row in block.rows for cell in row]


def sentences(page: Page) -> list[str]:
    """Of the running text: a cell of a table or a label ending in a colon is none."""
    texts = [
        plain(tuple(span for span in cell if span.style != "source"))
        for block in page.blocks
        if block.kind != "table"
        for row in block.rows
        for cell in row
    ]
    return [
        one
        for each in texts
        for one in re.split(r"(?<=[.?!:])\s+", each.strip())
        if len(one.split()) > 1
    ]


def front_matter(slug: str) -> dict[str, Any]:
    return read(slug).front


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.key)
def test_current(output: Any) -> None:
    """
    A finished file is the one that today's sources make: else run `python -m media.toolkit`.
    """
    now = {"sources": output.fingerprint(), "file": digest(output.path.read_bytes())}

    assert recorded()[output.key] == now


def test_nothing_left() -> None:
    """
    No file lies around that nothing makes any more.
    """
    there = {f"{path.parent.name}/{path.name}" for path in CONTENT.glob("*/*")}

    assert {output.key for output in OUTPUTS} == there == set(recorded())


@pytest.mark.parametrize("slug", slugs())
def test_front_matter(slug: str) -> None:
    """
    An item says what it is, for whom and under which licence, within the room there is.
    """
    front = front_matter(slug)

    assert len(front["title"]) <= 80
    assert len(front["summary"]) <= 160
    assert len(front["audience"]) <= 120
    assert front["kind"] in KINDS
    assert isinstance(front["order"], int)
    assert front["licence"] == "CC BY 4.0"
    assert ("preview" in front) == ("preview_alt" in front)


def test_order() -> None:
    """
    No two items claim the same place in the list.
    """
    orders = [front_matter(slug)["order"] for slug in slugs()]

    assert sorted(set(orders)) == sorted(orders)


@pytest.mark.parametrize("slug", slugs())
def test_files(slug: str) -> None:
    """
    An item offers exactly the files that are made for it, and a preview has a narrower copy.
    """
    front = front_matter(slug)
    preview = front.get("preview")
    previews = {preview, small(preview)} if preview else set()

    assert {output.name for output in OUTPUTS if output.slug == slug} == previews | {
        one["file"] for one in front["files"]
    }


@pytest.mark.parametrize("slug", slugs())
def test_sources(slug: str) -> None:
    """
    Every source that an item cites is known.
    """
    body = (CONTENT / f"{slug}.md").read_text(encoding="utf-8")
    known = yaml.safe_load(SOURCES_OF_FACTS.read_text(encoding="utf-8"))

    assert set(re.findall(r"\(bron:([\w-]+)\)", body)) <= set(known)


@pytest.mark.parametrize("slug", slugs())
def test_plain_language(slug: str) -> None:
    """
    Sentences have 12 words on average, and never more than 25.
    """
    lengths = [len(sentence.split()) for sentence in sentences(read(slug))]

    assert mean(lengths) <= 12
    assert max(lengths) <= 25


@pytest.mark.parametrize("slug", slugs())
def test_no_jargon(slug: str) -> None:
    """
    An item speaks of your municipality, and leaves nothing unfinished but its blanks.
    """
    body = (CONTENT / f"{slug}.md").read_text(encoding="utf-8").casefold()

    for word in ("lokaal bestuur", "lokale besturen", "todo", "lorem", "xxx", "{{"):
        assert word not in body


@pytest.mark.parametrize("slug", slugs())
def test_licence_said(slug: str) -> None:
    """
    Every page says how to name us.
    """
    assert any("mijnbuddy, CC BY 4.0" in one for one in said(read(slug)))


@pytest.mark.parametrize("slug", DOCUMENTS)
def test_docx_says_the_page(slug: str) -> None:
    """
    The document has each sentence of its page.
    """
    words = words_of_docx((CONTENT / slug / f"{slug}.docx").read_bytes())

    assert [] == [one for one in said(read(slug)) if one not in words]


@pytest.mark.parametrize("slug", TEXTS)
def test_txt_says_the_page(slug: str) -> None:
    """
    The plain text is that of its page.
    """
    made = (CONTENT / slug / f"{slug}.txt").read_bytes()

    assert text(read(slug)) == made


@pytest.mark.parametrize("slug", TEXTS)
def test_sign_up_links(slug: str) -> None:
    """
    Wherever a text says where to sign up, it has a link with one code of the list: on the page, in
    Word, and written out where there are no links.
    """
    cells = [cell for block in read(slug).blocks for row in block.rows for cell in row]
    spans = [span for cell in cells for span in cell]
    said = {span.text for span in spans if "www.mijnbuddy.be" in span.text and not span.link}
    codes = {code for span in spans for code in CODED.findall(span.link)}
    with zipfile.ZipFile(CONTENT / slug / f"{slug}.docx") as file:
        linked = file.read("word/_rels/document.xml.rels").decode()
    written = (CONTENT / slug / f"{slug}.txt").read_text(encoding="utf-8")

    assert [] == [one for one in said if "www.mijnbuddy.be/toolkit" not in one]
    assert 1 == len(codes)
    assert codes <= set(CAMPAIGNS)
    assert codes == set(CODED.findall(linked)) == set(CODED.findall(written))


def test_codes_on_paper() -> None:
    """
    The QR codes have a code of the list.
    """
    assert {POSTER, FLYER} <= set(CAMPAIGNS)


@pytest.mark.parametrize("key", ["affiche/affiche-a4.docx", "flyer/flyer-a5.docx"])
def test_blanks_in_word(key: str) -> None:
    """
    In Word, a civil servant finds where the municipality's name and contact go.
    """
    words = words_of_docx((CONTENT / key).read_bytes())

    assert {"[naam van je gemeente]", "[telefoon of e-mailadres]"} == set(
        re.findall(r"\[[^\]]+\]", words)
    )


@pytest.mark.parametrize("key", DOCXS)
def test_docx_same_bytes(key: str) -> None:
    """
    A document remembers no hour at which it was made, and says that it is Dutch.
    """
    with zipfile.ZipFile(CONTENT / key) as file:
        days = {entry.date_time for entry in file.infolist()}
        styles = file.read("word/styles.xml").decode()

    assert {(1980, 1, 1, 0, 0, 0)} == days
    assert 'w:lang w:val="nl-BE"' in styles


@pytest.mark.parametrize("key", PDFS)
def test_pdf_accessible(key: str) -> None:
    """
    A PDF is tagged, has a title and a language, and calls itself PDF/UA-1.
    """
    content = (CONTENT / key).read_bytes()

    assert content.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in content
    assert b"/Marked true" in content
    assert re.search(rb"/Lang ?\(nl", content)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"<dc:title>" in content


@pytest.mark.parametrize("key", PDFS)
def test_fonts_inside(key: str) -> None:
    """
    A printer needs no font of ours: each is in the file.
    """
    content = (CONTENT / key).read_bytes()
    named = set(re.findall(rb"/FontName ?/(\w+\+[\w-]+)", content))

    assert named
    assert len(re.findall(rb"/FontFile[23] ", content)) == len(named)


def test_bleed() -> None:
    """
    The printer's A3 has 3 mm around what stays, and both boxes say so.
    """
    content = (CONTENT / "affiche/affiche-a3-drukker.pdf").read_bytes()
    boxes = {
        name.decode(): [float(number) for number in box.split()]
        for name, box in re.findall(rb"/(MediaBox|TrimBox) ?\[([^\]]+)\]", content)
    }
    margin = 3 / 25.4 * 72

    assert boxes["TrimBox"][0] == pytest.approx(margin, abs=0.01)
    assert boxes["MediaBox"][2] - boxes["TrimBox"][2] == pytest.approx(margin, abs=0.01)


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.key)
def test_small(output: Any) -> None:
    """
    Finished files are in git, so they stay small.
    """
    size = output.path.stat().st_size
    limit = {"webp": PICTURE_LIMIT, "png": PICTURE_LIMIT}.get(output.name.rsplit(".", 1)[1])

    assert size <= (POSTER_LIMIT if output.slug == "affiche" else limit or FILE_LIMIT)


@pytest.mark.parametrize(
    ("shape", "expected"), [("vierkant", (1080, 1080)), ("liggend", (1200, 630))]
)
def test_size_of_pictures(shape: str, expected: tuple[int, int]) -> None:
    """
    Pictures have the measures that social media ask.
    """
    for path in (CONTENT / "social").glob(f"{shape}-*.png"):
        header = path.read_bytes()[16:24]

        assert expected == struct.unpack(">II", header)


def test_logo() -> None:
    """
    The logo says its name to who does not see it, and has the colours of the site.
    """
    logo = (CONTENT / "logo" / "logo-licht.svg").read_text(encoding="utf-8")

    assert "<title>mijnbuddy</title>" in logo
    assert palette().blue in logo
    assert palette().coral in logo
    assert "<text" not in logo


def test_handbook() -> None:
    """
    The handbook has its thirteen steps, each with the same four parts.
    """
    labels = [plain(block.spans) for block in read("draaiboek").blocks if block.kind == "h3"]
    steps = [
        plain(block.spans)
        for block in read("draaiboek").blocks
        if block.kind == "h2" and plain(block.spans)[0].isdigit()
    ]

    assert [f"{number}." for number in range(1, 14)] == [step.split()[0] for step in steps]
    assert ["Waarom", "Wat doe je", "Checklist", "Beslis samen"] * 13 == labels
