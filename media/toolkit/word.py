"""
The same pages and sheets in Word, for who wants to change them.

Word has Palatino Linotype and Calibri everywhere, so these stand in for the fonts of the sheets.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from chalicelib.domain.site import STEPS
from media.toolkit import words
from media.toolkit.drawing import palette
from media.toolkit.page import Block, Page, Span, Spans, plain, reference

SERIF, SANS = "Palatino Linotype", "Calibri"
DAY = datetime(2026, 1, 1, tzinfo=UTC)  # it never changes, so that neither do the bytes
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
TICK = "☐"
SIZES = {"Title": 26, "Heading 1": 18, "Heading 2": 13}  # pt
STYLES = {"h2": "Heading 1", "h3": "Heading 2"}


def document(page: Page) -> bytes:
    """A page of the toolkit as a document on A4."""
    doc = _document(page.title, 210, 297, margin=24)
    doc.add_paragraph(page.title, style="Title")
    heading = ""
    for block in page.blocks:
        if block.kind in STYLES:
            heading = plain(block.spans)
        _add(doc, block, ticked=heading == "Checklist")
        if block.kind == "h2" and page.front["kind"] == "nota":
            # What we say about the note stays apart from what is handed out.
            doc.paragraphs[-1].paragraph_format.page_break_before = True
    if page.sources:
        doc.add_paragraph("Bronnen", style="Heading 1")
        for number, source in enumerate(page.sources, start=1):
            _item(doc, f"{number}.", (Span(reference(source)),))
    footer = doc.sections[0].footer.paragraphs[0]
    _run(footer, words.LICENCE, size=9, colour=palette().muted)
    return _saved(doc)


def poster(art: bytes) -> bytes:
    """The poster on A4, over `art` (a picture of the whole page), with blanks to fill in."""
    doc = _document(words.TITLE, 210, 297, margin=17.5)
    top, steps, foot = _frame(doc, art, (148, 84, 40), (106, 70))
    _headline(top[0].merge(top[1]), 60)
    _steps(steps[0], 14.5)
    _home(foot[0], 12, 20)
    _free(foot[1], 12, 15)
    return _saved(doc)


def flyer(front: bytes, back: bytes) -> bytes:
    """The flyer on A5, its two sides over their pictures, with blanks to fill in."""
    doc = _document(words.TITLE, 148, 210, margin=13.5)
    top, lead, foot = _frame(doc, front, (122, 38, 31), (69, 54))
    _headline(top[0].merge(top[1]), 41)
    _run(_only(lead[0].merge(lead[1])), words.LEAD, size=13, colour=palette().muted)
    foot[0].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _run(_only(foot[0]), words.ADDRESS, size=15, bold=True, font=SERIF)
    _free(foot[1], 8.5, 11)
    doc.paragraphs[-1].paragraph_format.page_break_before = True
    text, foot = _frame(doc, back, (139, 46), (72, 51))
    cell = text[0].merge(text[1])
    _run(_only(cell), words.STEPS_TITLE, size=18, bold=True, font=SERIF)
    _steps(cell, 11.5)
    _run(cell.add_paragraph(), words.ASKED_TITLE, size=18, bold=True, font=SERIF)
    for line in (*words.ASKED, words.UNPAID):
        _run(cell.add_paragraph(), f"• {line}", size=11.5)
    _home(foot[0], 11, 15)
    return _saved(doc)


def _document(title: str, width: float, height: float, *, margin: float) -> Any:
    doc = Document()
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(margin)
    section.top_margin = section.bottom_margin = Mm(margin)
    section.header_distance = section.footer_distance = Mm(margin / 2)
    core = doc.core_properties
    core.title, core.author, core.language = title, "mijnbuddy", "nl-BE"
    core.created = core.modified = DAY
    core.last_modified_by, core.comments, core.revision = "mijnbuddy", "CC BY 4.0", 1
    styles = doc.styles
    language = styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:lang"))
    language.set(qn("w:val"), "nl-BE")
    normal = styles["Normal"]
    _font(normal, SANS, 11.5, palette().ink)
    normal.paragraph_format.space_after = Pt(7)
    normal.paragraph_format.line_spacing = 1.2
    for name, size in SIZES.items():
        _font(styles[name], SERIF, size, palette().ink)
        styles[name].font.bold = True
        styles[name].paragraph_format.space_before = Pt(0 if name == "Title" else size)
        styles[name].paragraph_format.space_after = Pt(size / 3)
        styles[name].paragraph_format.keep_with_next = True
    for rule in styles["Title"].element.findall(".//" + qn("w:pBdr")):
        rule.getparent().remove(rule)
    return doc


def _font(style: Any, name: str, size: float, colour: str) -> None:
    style.font.name, style.font.size = name, Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour.strip("#").upper())
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)


def _add(doc: Any, block: Block, *, ticked: bool) -> None:
    if block.kind == "table":
        _table(doc, block)
    elif block.kind in ("ul", "ol"):
        for number, (spans,) in enumerate(block.rows, start=1):
            mark = f"{number}." if block.kind == "ol" else TICK if ticked else "•"
            _item(doc, mark, spans)
    else:
        _fill(doc.add_paragraph(style=STYLES.get(block.kind)), block.spans)


def _item(doc: Any, mark: str, spans: Spans) -> None:
    paragraph = doc.add_paragraph()
    paragraph.paragraph_format.left_indent = Mm(7)
    paragraph.paragraph_format.first_line_indent = Mm(-7)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(7))
    paragraph.paragraph_format.space_after = Pt(3)
    paragraph.add_run(f"{mark}\t")
    _fill(paragraph, spans)


def _table(doc: Any, block: Block) -> None:
    table = doc.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
    for number, row in enumerate(block.rows):
        line = table.add_row()
        if number == 0:
            line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
        for cell, spans in zip(line.cells, row, strict=True):
            _fill(cell.paragraphs[0], spans, bold=number == 0)
    doc.add_paragraph()


def _fill(paragraph: Any, spans: Spans, *, bold: bool = False) -> None:
    for span in spans:
        if span.link:
            _link(paragraph, span)
            continue
        run = paragraph.add_run(span.text)
        run.bold = True if bold or span.style == "bold" else None
        run.italic = True if span.style == "italic" else None
        if span.style == "blank":
            _shade(run)
        elif span.style == "source":
            run.font.size = Pt(9)


def _shade(run: Any) -> None:
    fill = palette().sand.strip("#")
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>')
    run._r.get_or_add_rPr().append(shade)  # noqa: SLF001 - python-docx has no shading


def _link(paragraph: Any, span: Span) -> None:
    number = paragraph.part.relate_to(span.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), number)
    run = paragraph.add_run(span.text)
    run.font.underline = True
    run.font.color.rgb = RGBColor.from_string(palette().blue.strip("#").upper())
    link.append(run._r)  # noqa: SLF001 - python-docx cannot add a link
    paragraph._p.append(link)  # noqa: SLF001


def _frame(
    doc: Any, art: bytes, heights: Iterable[float], widths: tuple[float, float]
) -> list[list[Any]]:
    """Rows of exactly these heights over a picture as large as the page (all in mm)."""
    _behind(doc, art)
    doc.sections[0].bottom_margin = doc.sections[0].footer_distance = Mm(4)
    table = doc.add_table(rows=0, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)  # the grid, which some programs read rather than the cells
    rows = []
    for height in heights:
        row = table.add_row()
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
        rows.append(list(row.cells))
    last = doc.add_paragraph().paragraph_format
    last.line_spacing, last.space_after = Pt(1), Pt(0)
    return rows


def _behind(doc: Any, art: bytes) -> None:
    """A picture over the whole page, behind its words: python-docx only sets it in the line."""
    section = doc.sections[0]
    width, height = section.page_width, section.page_height
    paragraph = doc.paragraphs[-1] if doc.paragraphs else doc.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(1)
    paragraph.paragraph_format.space_after = Pt(0)
    inline = paragraph.add_run().add_picture(io.BytesIO(art), width, height)._inline  # noqa: SLF001
    inline.docPr.set("descr", f"Twee lijnen die samenkomen rond een QR-code: {words.ADDRESS}")
    anchor = parse_xml(
        f'<wp:anchor {nsdecls("wp")} distT="0" distB="0" distL="0" distR="0" simplePos="0" '
        'relativeHeight="1" behindDoc="1" locked="1" layoutInCell="0" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="page"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="page"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:wrapNone/></wp:anchor>'
    )
    anchor.extend(child for child in list(inline) if not child.tag.endswith("}extent"))
    inline.getparent().replace(inline, anchor)


def _only(cell: Any) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _run(
    paragraph: Any,
    text: str,
    *,
    size: float,
    bold: bool = False,
    font: str = SANS,
    colour: str = "",
) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = font, Pt(size), bold or None
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour.strip("#").upper())
    return run


def _headline(cell: Any, size: float) -> None:
    paragraph = _only(cell)
    paragraph.paragraph_format.line_spacing = 0.95
    for number, line in enumerate(words.HEADLINE):
        run = _run(paragraph, line, size=size, bold=True, font=SERIF)
        if number < len(words.HEADLINE) - 1:
            run.add_break()


def _steps(cell: Any, size: float) -> None:
    for number, step in enumerate(STEPS, start=1):
        paragraph = cell.add_paragraph()
        paragraph.paragraph_format.line_spacing = 1.1
        title = _run(paragraph, f"{number}  {step.title}", size=size, bold=True, font=SERIF)
        title.add_break()
        text = "\n".join(words.sentences(step.text))
        _run(paragraph, text, size=size * 0.85, colour=palette().muted)


def _home(cell: Any, small: float, large: float) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = _only(cell)
    _run(paragraph, words.SCAN, size=small).add_break()
    _run(paragraph, words.ADDRESS, size=large, bold=True, font=SERIF)


def _free(cell: Any, small: float, large: float) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = _only(cell)
    paragraph.paragraph_format.line_spacing = 1.05
    _run(paragraph, "Word buddy in", size=small).add_break()
    name = _run(paragraph, "[naam van je gemeente]", size=large, bold=True, font=SERIF)
    name.add_break()
    _run(paragraph, "[telefoon of e-mailadres]", size=small)


def _saved(doc: Any) -> bytes:
    """The document, with the same bytes each time: Word's container remembers when it was made."""
    made, same = io.BytesIO(), io.BytesIO()
    doc.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(same, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return same.getvalue()
