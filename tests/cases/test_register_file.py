"""A register as people hand it in: taken whole, or refused with every fault."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from surveys.cases.register_cells import closing_day, is_fit_code
from surveys.cases.register_file import RegisterFile, RegisterRow, read_register, template, written
from surveys.errors import FileRefused
from surveys.simulation.cases import case_register, register_csv
from tests.cases.samples import small_register

HEADINGS = "案件编号,执法单位,案件类别,办结日期"


def csv_of(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *lines]).encode()


def faults_of(content: bytes, today: date = date(2022, 1, 1)) -> list[tuple[str, int | None, str]]:
    with pytest.raises(FileRefused) as refused:
        read_register(content, today)
    return [(fault.code, fault.row, fault.column) for fault in refused.value.faults]


def test_the_synthetic_register_is_taken_whole() -> None:
    cases = case_register("seed", 2021, 400)
    read = read_register(register_csv(cases))
    assert [(row.code, row.body, row.kind, row.closed_on) for row in read.rows] == [
        (case.code, case.body, case.kind, case.closed_on) for case in cases
    ]


def test_other_headings_for_the_same_columns_are_known() -> None:
    one = read_register(csv_of("A-1,一队,处罚,2021-03-15", headings="案件编号,办案单位,案件类型,结案日期"))
    assert one == read_register(csv_of("A-1,一队,处罚,2021-03-15"))


def test_a_workbook_with_real_days_is_read() -> None:
    book, content = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS.split(","))
    sheet.append(["A-1", "一队", "处罚", datetime(2021, 3, 15)])
    sheet.append([20210002, "一队", "许可", "2021/3/5"])
    book.save(content)
    rows = read_register(content.getvalue()).rows
    assert [(row.code, row.closed_on) for row in rows] == [
        ("20210002", date(2021, 3, 5)),
        ("A-1", date(2021, 3, 15)),
    ]


def test_every_fault_is_named_with_row_and_column() -> None:
    content = csv_of(
        "A-1,一队,处罚,2021-03-15",
        "A-1,一队,处罚,2021-02-30",
        "A/2,,处罚,2021-03-15",
        f"{'长' * 65},一队,处罚,2022-01-02",
    )
    assert faults_of(content) == [
        ("register.not_a_day", 3, "办结日期"),
        ("register.case_twice", 3, "案件编号"),
        ("file.cell_empty", 4, "执法单位"),
        ("register.code_unfit", 4, "案件编号"),
        ("register.code_too_long", 5, "案件编号"),
        ("register.not_closed", 5, "办结日期"),
    ]


def test_a_missing_column_is_named() -> None:
    assert faults_of(csv_of("A-1,一队,处罚", headings="案件编号,执法单位,案件类别")) == [
        ("file.column_missing", 1, "办结日期")
    ]


def test_headings_alone_are_no_register() -> None:
    assert faults_of(csv_of()) == [("register.no_rows", None, "")]


def test_the_template_is_a_register() -> None:
    assert [row.kind for row in read_register(template()).rows] == ["行政处罚", "行政许可"]


@pytest.mark.parametrize("text", ["2021-03-05", "2021/3/5", "2021.3.5", "2021年3月5日", "20210305"])
def test_a_day_may_be_spelled_as_people_do(text: str) -> None:
    assert closing_day(text) == date(2021, 3, 5)


@pytest.mark.parametrize("text", ["", "三月五日", "2021-13-01", "2021-3", "05-03-2021", "2021-03-05 08:00:00"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert closing_day(text) is None


@pytest.mark.parametrize("code", ["a/b", "a\\b", "a\tb", ".", "..", "", "a\u200bb"])
def test_a_code_that_would_break_an_address_is_unfit(code: str) -> None:
    assert not is_fit_code(code)


def test_the_official_spelling_of_a_case_number_is_fit() -> None:
    assert is_fit_code("渝北市监处罚〔2021〕12号")


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
codes = texts.filter(is_fit_code)
rows = st.builds(RegisterRow, codes, texts, texts, st.dates(date(2000, 1, 1), date(2021, 12, 31)))


@given(st.lists(rows, min_size=1, max_size=20, unique_by=lambda row: row.code))
def test_a_written_register_is_read_the_same(listed: list[RegisterRow]) -> None:
    register = RegisterFile(tuple(listed))
    assert read_register(written(register)) == register


@given(st.permutations(["A-1", "A-2", "A-3", "A-4"]))
def test_the_order_of_rows_does_not_matter(codes_in_order: list[str]) -> None:
    assert small_register(*codes_in_order).sha256 == small_register("A-1", "A-2", "A-3", "A-4").sha256


@given(st.binary(max_size=200))
def test_whatever_is_handed_in_is_read_or_refused(content: bytes) -> None:
    rows, faults = 0, 0
    try:
        rows = len(read_register(HEADINGS.encode() + b"\n" + content).rows)
    except FileRefused as refusal:
        faults = len(refusal.faults)
    assert bool(rows) is not bool(faults)
