"""Word, Excel, CSV, text and charts say what the release's rows say, and keep hostile names as text."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import openpyxl

from surveys.reporting.edition import Edition
from surveys.reporting.formats.csv import content
from surveys.reporting.formats.excel import workbook
from surveys.reporting.numbers import interval_text, rounded, value_text
from surveys.reporting.plain_text import report_text
from surveys.reporting.rows import FIELDS, rows
from surveys.reporting.words import reason_text
from tests.reporting.made import printed

NOW = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)


def test_csv_has_every_figure_with_the_published_numbers_and_its_definition(read: Edition) -> None:
    written = list(csv.DictReader(io.StringIO(content(read).decode("utf-8-sig"))))
    expected = list(rows(read))
    assert len(written) == len(expected) > 250
    for line, row in zip(written, expected, strict=True):
        numbers = rounded(row.figure)
        for name in ("value", "lower", "upper", "se", "n", "n_eff", "df", "deff"):
            number = getattr(numbers, name)
            assert line[name] == ("" if number is None else str(number))
        assert line["reason_zh"] == reason_text(row.figure.reason, row.figure.reason_values)
        assert line["definition_zh"] == row.edition.definition_of(row.figure.indicator)
        assert line["version"] == row.figure.version
        assert "模拟数据" in line["mark"]


def sheet(book: openpyxl.Workbook, name: str) -> Any:
    return book[name]


def test_excel_has_the_same_numbers_as_numbers(read: Edition) -> None:
    figures = sheet(openpyxl.load_workbook(io.BytesIO(workbook(read))), "数据")
    columns = {field.name: place for place, field in enumerate(FIELDS, start=1)}
    for place, row in enumerate(rows(read), start=4):
        numbers = rounded(row.figure)
        cell = figures.cell(place, columns["value"])
        if numbers.value is None:
            assert cell.value is None
            assert figures.cell(place, columns["reason"]).value
            continue
        scale = 100 if row.figure.unit == "percent" else 1
        assert Decimal(str(round(cell.value * scale, 6))) == numbers.value
        assert cell.data_type == "n"
        assert figures.cell(place, columns["n"]).value == numbers.n
    assert figures.freeze_panes == "F4"
    assert figures.auto_filter.ref


def test_every_sheet_says_that_the_data_are_synthetic(read: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(read)))
    assert book.sheetnames == ["说明", "数据", "口径"]
    for name in book.sheetnames:
        assert "模拟数据" in str(sheet(book, name).cell(2, 1).value)


def test_the_text_report_has_the_same_numbers(read: Edition) -> None:
    written = report_text(read)
    for figure in printed(read):
        assert value_text(figure) in written
        assert interval_text(figure) in written
