"""Margins before and after weighting in the workbook and the notes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from surveys.reporting.edition import Edition
from surveys.reporting.formats.excel import workbook
from surveys.reporting.margin_rows import margin_rows
from surveys.reporting.sentences import method_paragraphs

MARGIN = {
    "name": "age*sex",
    "cells": 14,
    "total": 1000,
    "source": "=census",
    "dated": "2020-11-01",
    "synthetic": False,
    "filled": 0,
    "joined": 0,
    "gap_before": 0.1234,
    "gap_after": 0.0,
    "shares": [
        {"category": "3*2", "before": 53.33, "after": 60.0, "population": 60.0},
        {"category": "", "before": 46.67, "after": 40.0, "population": 40.0},
    ],
}
DONE = {"method": "raking", "level": 2.0, "gap": 1e-15, "smallest": 0.8, "largest": 1.3, "kish_deff": 1.1}


def calibrated(read: Edition, margin: dict[str, Any]) -> Edition:
    read.release.facts = read.release.facts | {"weights": read.release.facts["weights"] | DONE | {"margins": [margin]}}
    return replace(read)


def test_the_workbook_has_a_sheet_of_margins(read: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(calibrated(read, MARGIN))))
    assert book.sheetnames == ["说明", "数据", "加权", "口径"]
    sheet: Any = book["加权"]
    assert "模拟数据" in sheet.cell(2, 1).value
    first, rest = ([cell.value for cell in sheet[row]] for row in (4, 5))
    assert first[0] == "年龄×性别"
    assert "×" in first[1]
    assert first[2:5] == pytest.approx([0.5333, 0.6, 0.6])
    assert first[5:] == ["=census", "2020-11-01"]
    assert sheet.cell(4, 6).data_type == "s"
    assert "不足 10 人" in rest[1]
    assert rest[2:5] == pytest.approx([0.4667, 0.4, 0.4])


def test_the_notes_say_how_far_the_sample_was_off(read: Edition) -> None:
    for language, words in (("zh", "最多差 12.3%"), ("en", "by up to 12.3 %")):
        assert words in "\n".join(method_paragraphs(calibrated(read, MARGIN), language))


def test_an_early_release_without_shares_still_reads(read: Edition) -> None:
    early = {name: value for name, value in MARGIN.items() if name not in ("shares", "gap_before", "gap_after")}
    edition = calibrated(read, early)
    assert list(margin_rows(edition, "zh")) == []
    assert "=census" in "\n".join(method_paragraphs(edition, "zh"))
    assert "加权" not in openpyxl.load_workbook(io.BytesIO(workbook(edition))).sheetnames
