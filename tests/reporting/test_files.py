"""The files of a release: Word and charts say what the rows say, hostile names stay text, every file is kept."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.analysis.waves.fieldwork import FieldworkCounts
from surveys.records.kinds import Audience
from surveys.records.releases import Rendition
from surveys.reporting.charts import CHARTS, NARROW, WIDE
from surveys.reporting.edition import Edition
from surveys.reporting.figure_tables import Naming, figure_table
from surveys.reporting.formats.csv import content, safe
from surveys.reporting.formats.excel import workbook
from surveys.reporting.formats.word import document
from surveys.reporting.numbers import interval_text, number_text, rounded, value_text
from surveys.reporting.paper import tight
from surveys.reporting.prepare import prepare
from surveys.reporting.words import reason_text
from tests.reporting.made import HOSTILE, PSUS, answers, printed, survey

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def database() -> str:
    """Rows are rendered here, not queried: one database will do."""
    return "sqlite"


def word_texts(file: bytes) -> tuple[str, list[list[str]]]:
    """All paragraphs as one text, and the rows of all tables."""
    found = Document(io.BytesIO(file))
    table_rows = [[cell.text for cell in row.cells] for table in found.tables for row in table.rows]
    return "\n".join(paragraph.text for paragraph in found.paragraphs), table_rows


def test_word_prints_each_figure_of_its_tables_as_the_release_has_it(read: Edition) -> None:
    text, table_rows = word_texts(document(read))
    main = read.headline
    assert main is not None
    for figure in printed(read):
        cells = [value_text(figure), interval_text(figure)]
        if figure.value is None:
            cells = [tight(reason_text(figure.reason, figure.reason_values))]
        cells += [number_text(figure.n) or "—"]
        assert any(all(cell in row for cell in cells) for row in table_rows), cells
    assert "模拟数据" in text
    assert interval_text(main) in text


def test_charts_draw_the_published_numbers(read: Edition) -> None:
    main = read.headline
    assert main is not None
    spec = CHARTS["towns"].spec(read, WIDE, "zh")
    assert spec is not None
    drawn = [(place.get("value"), place["text"]) for place in spec["data"]["values"]]
    figures = read.part("towns", main.indicator)
    values = [rounded(figure).value for figure in figures]
    assert drawn == [
        (None if value is None else float(value), value_text(figure))
        for value, figure in zip(values, figures, strict=True)
    ]
    assert "模拟数据" in "".join(spec["title"]["text"])


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_charts_say_synthetic_in_both_languages(read: Edition, size: Any) -> None:
    for language, mark in (("zh", "模拟数据"), ("en", "synthetic data")):
        specs = [CHARTS[name].spec(read, size, language) for name in CHARTS]
        assert all(mark in " ".join(spec["title"]["text"]) for spec in specs if spec is not None)


def test_hostile_names_are_text_in_every_file(read: Edition) -> None:
    _, table_rows = word_texts(document(read))
    words = {cell for row in table_rows for cell in row}
    assert {tight(name) for name in HOSTILE} <= words
    book = openpyxl.load_workbook(io.BytesIO(workbook(read)))
    cells = [cell for one in book.worksheets for row in one.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert set(HOSTILE) <= {cell.value for cell in cells}
    for line in csv.reader(io.StringIO(content(read).decode("utf-8-sig"))):
        texts = [cell for cell in line if not re.fullmatch(r"-[0-9]+\.[0-9]+", cell)]  # a negative number is no formula
        assert not any(re.match(r"\s*[=+\-@＝＋－＠]", cell) for cell in texts)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r1", "＝1", "－1", " =1", "\n@x"])
def test_an_active_sign_is_disarmed(text: str) -> None:
    assert safe(text) == "'" + text


def test_plain_text_is_left_alone() -> None:
    assert safe("渝北区 a=b -1") == "渝北区 a=b -1"


def test_the_word_file_names_its_fonts_and_no_theme_font_wins(read: Edition) -> None:
    found = Document(io.BytesIO(document(read)))
    parts = [found.element, found.styles.element]
    fonts = [font for part in parts for font in part.iter(qn("w:rFonts"))]
    assert not [name for font in fonts for name in font.attrib if "Theme" in name or name.endswith("cstheme")]
    named = {font.get(qn("w:eastAsia")) for font in fonts} - {None}
    assert {"仿宋_GB2312", "黑体", "方正小标宋简体", "楷体_GB2312"} <= named
    section = found.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin is not None] == [37, 35, 28, 26]
    assert found.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text.replace("PAGE", "").startswith("— ")
        assert str(paragraph.alignment).lower().startswith(side)


def even_rows(read: Edition) -> Iterator[int]:
    figures = read.part("headline")
    table = figure_table(read, "title", Naming("name", lambda one: one.indicator), figures, "zh")
    yield from (len(row) for row in table.rows)


def test_no_page_of_the_word_file_holds_the_signature_alone(read: Edition) -> None:
    last = Document(io.BytesIO(document(read))).paragraphs[-3:]
    assert [bool(paragraph.paragraph_format.keep_with_next) for paragraph in last] == [True, True, False]


def test_every_row_of_a_table_fills_its_columns(read: Edition) -> None:
    assert set(even_rows(read)) == {5}


def test_prepare_keeps_every_file_with_its_hash(box: Session) -> None:
    steps: list[float] = []
    prepared = prepare(
        box, survey(box, PSUS, answers()), FieldworkCounts(200), NOW, lambda done, _step: steps.append(done)
    )
    kept = {(one.audience, one.format): one for one in box.scalars(select(Rendition))}
    official = {form for audience, form in kept if audience is Audience.OFFICIAL}
    assert {"word", "excel", "csv", "chart-towns-wide", "chart-towns-narrow", "chart-towns-png"} <= official
    assert {form for audience, form in kept if audience is Audience.PUBLIC} == {"csv"}
    for one in kept.values():
        assert one.release_id == prepared.id
        assert one.sha256 == hashlib.sha256(one.content).hexdigest()
        assert "synthetic" in one.filename
    assert kept[Audience.OFFICIAL, "chart-towns-wide"].content.startswith(b"<svg")
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
