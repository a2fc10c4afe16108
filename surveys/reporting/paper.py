"""A Word document in the layout of GB/T 9704: page, fonts, headings, page numbers, tables and pictures.

Knows nothing of releases. Fonts are named, never embedded: 方正小标宋简体, 仿宋_GB2312, 黑体, 楷体_GB2312.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from surveys.reporting.blocks import Column

BODY, TITLE, HEADING, SUBHEADING, LATIN = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "Times New Roman"
BODY_SIZE, TITLE_SIZE, PAGE_NUMBER_SIZE, TABLE_SIZE, NOTE_SIZE = 16, 22, 14, 10.5, 10.5
LINE, TITLE_LINE = 28, 34
LINE_PITCH, CHARACTER_SPACE = 579, -855  # 22 lines in 225 mm (twips), 28 characters in 156 mm (1/4096 pt from 16 pt)
SHORT_TABLE, FIRST_ROWS = 16, 5  # rows
CLOSER = -4  # the same in twips between characters
THEME_FONTS = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")
BETWEEN = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef])[ ]+(?=[\x21-\x7e])|(?<=[\x21-\x7e])[ ]+(?=[\u3000-\u9fff\uff00-\uffef])"
)
# Signs that a Word file cannot hold; one in a name of somebody's must not keep a report from being made.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def tight(text: str) -> str:
    """Chinese text as documents print it: without spaces between Chinese and Latin characters.

    A sign that cannot be written stands as an empty box.
    """
    return BETWEEN.sub("", UNWRITABLE.sub("□", text))


class Paper:
    """One document, written from top to bottom."""

    def __init__(self, header: str = "") -> None:
        self._document = Document()
        self._styles()
        self._page(header)

    def title(self, text: str, below: str = "") -> None:
        """The title, and a line of its own under it."""
        paragraph = self._document.add_paragraph(tight(text), style="Title")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if below:
            paragraph.add_run().add_break()
            _font(paragraph.add_run(below), SUBHEADING, BODY_SIZE)

    def heading(self, text: str) -> None:
        """A heading of the first level (一、)."""
        self._document.add_heading(tight(text), level=1)

    def subheading(self, text: str) -> None:
        """A heading of the second level (（一）)."""
        self._document.add_heading(tight(text), level=2)

    def paragraph(self, text: str) -> None:
        """Body text, indented by two characters."""
        _indent(self._document.add_paragraph(tight(text)), first_line=200)

    def note(self, text: str) -> None:
        """Small text under a table or a picture."""
        paragraph = self._document.add_paragraph(style="Caption")
        paragraph.add_run(tight(text))

    def signature(self, who: str, when: str) -> None:
        """Who signs and the date, at the right; the paragraph before goes along: no page holds a signature alone."""
        for text in (who, when):
            self._document.paragraphs[-1].paragraph_format.keep_with_next = True
            paragraph = self._document.add_paragraph(tight(text))
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _indent(paragraph, right=200)

    def picture(self, png: bytes, description: str, width: float = 150) -> None:
        """A picture `width` mm wide, with a description for those who do not see it."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(width))
        shape._inline.docPr.set("descr", description)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str | None]], title: str = "") -> None:
        """A table with repeated header; in a row a None is swallowed by the cell before it."""
        if title:
            paragraph = self._document.add_paragraph(style="Caption")
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_before = Pt(6)
            _font(paragraph.add_run(tight(title)), HEADING)
        fill_table(self._document.add_table(1, len(columns)), columns, rows)
        after = self._document.add_paragraph(style="Caption")
        after.paragraph_format.line_spacing = Pt(6)

    def content(self) -> bytes:
        """The finished .docx."""
        held = io.BytesIO()
        self._document.save(held)
        return held.getvalue()

    def properties(self, title: str, author: str, subject: str) -> None:
        """What file managers show of the document."""
        core = self._document.core_properties
        core.title, core.author, core.subject = (UNWRITABLE.sub("□", text)[:255] for text in (title, author, subject))
        core.language, core.comments = "zh-CN", ""

    def _styles(self) -> None:
        styles: Any = self._document.styles
        _without_theme(styles.element)
        normal = styles["Normal"]
        _dress(normal, BODY, BODY_SIZE)
        normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        normal.paragraph_format.line_spacing = Pt(LINE)
        normal.paragraph_format.space_after = Pt(0)
        _close(normal)
        for name, font, size, line in (
            ("Title", TITLE, TITLE_SIZE, TITLE_LINE),
            ("Heading 1", HEADING, BODY_SIZE, LINE),
            ("Heading 2", SUBHEADING, BODY_SIZE, LINE),
            ("Caption", BODY, NOTE_SIZE, 16),
        ):
            style = styles[name]
            _dress(style, font, size)
            layout = style.paragraph_format
            layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
            layout.space_before, layout.space_after = Pt(0), Pt(LINE if name == "Title" else 0)
            layout.keep_with_next = name.startswith("Heading")
            if name.startswith("Heading"):
                _indent(style, first_line=200)
            _unframed(style)

    def _page(self, header: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.header_distance, section.footer_distance = Mm(20), Mm(24)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        for name, value in (("type", "linesAndChars"), ("linePitch", LINE_PITCH), ("charSpace", CHARACTER_SPACE)):
            grid.set(qn(f"w:{name}"), str(value))
        self._document.settings.odd_and_even_pages_header_footer = True
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            _page_number(footer.paragraphs[0], side)
        for above in (section.header, section.even_page_header):
            paragraph = above.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _font(paragraph.add_run(header), HEADING, NOTE_SIZE)


def fill_table(table: Any, columns: Sequence[Column], rows: Sequence[Sequence[str | None]]) -> None:
    """Borders, widths, header row that repeats, rows that do not break over a page."""
    table.autofit = False
    _borders(table)
    widths = [Mm(156 * column.width / sum(one.width for one in columns)) for column in columns]
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        _write(cell, column.heading, column.number, HEADING)
    _row_rule(table.rows[0], "w:tblHeader")
    for row in rows:
        added = table.add_row()
        _row_rule(added, "w:cantSplit")
        cells = added.cells
        start = 0
        for place in range(1, len(columns) + 1):
            if place < len(columns) and row[place] is None:
                continue
            cell = cells[start] if place - start == 1 else cells[start].merge(cells[place - 1])
            font = HEADING if place - start == len(columns) else BODY  # a row of one cell is a heading
            _write(cell, row[start] or "", columns[start].number and place - start == 1, font)
            start = place
    for grid, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        grid.set(qn("w:w"), str(int(width.twips)))
    _keep_together(table)
    for line in table.rows:
        for cell, width in zip(line.cells, widths, strict=True):
            if cell._tc.grid_span == 1:
                cell.width = width


def _write(cell: Any, text: str, number: bool, font: str) -> None:
    paragraph: Paragraph = cell.paragraphs[0]
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(15)
    layout.space_before = layout.space_after = Pt(1.5)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.LEFT
    _font(paragraph.add_run(tight(text)), font, TABLE_SIZE)


def _keep_together(table: Any) -> None:
    """A short table stays on one page; a long one takes at least its first rows along."""
    rows = list(table.rows)
    kept = rows[:-1] if len(rows) <= SHORT_TABLE else rows[:FIRST_ROWS]
    for row in kept:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _row_rule(row: Any, rule: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(rule))


def _borders(table: Any) -> None:
    """Strong lines above, below and under the header, hairlines between rows, none upright."""
    borders = OxmlElement("w:tblBorders")
    for side, size, colour in (("top", 8, "000000"), ("bottom", 8, "000000"), ("insideH", 4, "BFBFBF")):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", size), ("space", 0), ("color", colour)):
            line.set(qn(f"w:{name}"), str(value))
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _page_number(paragraph: Paragraph, side: str) -> None:
    """— 1 —: at the outer edge, one character in."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
    _indent(paragraph, **{side: 100})
    _font(paragraph.add_run("— "), "宋体", PAGE_NUMBER_SIZE)
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        _font(run, "宋体", PAGE_NUMBER_SIZE)
        run._r.append(_field_part(kind, text))
    _font(paragraph.add_run(" —"), "宋体", PAGE_NUMBER_SIZE)


def _field_part(kind: str, text: str) -> Any:
    if kind in ("", "text"):
        part = OxmlElement("w:t" if kind else "w:instrText")
        part.text = text
        return part
    part = OxmlElement("w:fldChar")
    part.set(qn("w:fldCharType"), kind)
    return part


def _font(run: Any, east_asian: str, size: float | None = None) -> None:
    _rfonts(run._element.get_or_add_rPr(), east_asian)
    if size is not None:
        run.font.size = Pt(size)


def _dress(style: Any, east_asian: str, size: float) -> None:
    _rfonts(style.element.get_or_add_rPr(), east_asian)
    style.font.size, style.font.bold, style.font.italic = Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)


def _rfonts(properties: Any, east_asian: str) -> None:
    fonts = properties.get_or_add_rFonts()
    latin = LATIN if east_asian == BODY else east_asian  # figures in a heading have the heading's weight
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", east_asian), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)
    for name in THEME_FONTS:
        fonts.attrib.pop(qn(f"w:{name}"), None)


def _close(style: Any) -> None:
    """28 characters a line by letter spacing: LibreOffice gives two cells of a character grid to a 16 pt character."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(CLOSER))
    style.element.get_or_add_rPr().append(spacing)
    off_grid = OxmlElement("w:snapToGrid")
    off_grid.set(qn("w:val"), "0")
    style.element.get_or_add_pPr().insert_element_before(off_grid, "w:spacing", "w:ind", "w:jc")


def _without_theme(styles: Any) -> None:
    """A theme font wins over a named one: none may stay."""
    for fonts in styles.iter(qn("w:rFonts")):
        for name in THEME_FONTS:
            fonts.attrib.pop(qn(f"w:{name}"), None)


def _unframed(style: Any) -> None:
    """The template draws a line under titles."""
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _indent(of: Any, first_line: int = 0, left: int = 0, right: int = 0) -> None:
    """Indents in hundredths of a character."""
    element = of.element if hasattr(of, "element") else of._p
    indent = element.get_or_add_pPr().get_or_add_ind()
    for name, value in (("firstLine", first_line), ("left", left), ("right", right)):
        if value:
            indent.set(qn(f"w:{name}Chars"), str(value))
            indent.set(
                qn(f"w:{name}"), str(value * BODY_SIZE // 5)
            )  # in twips, for readers that do not know characters
