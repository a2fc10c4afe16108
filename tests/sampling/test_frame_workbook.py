from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook

from surveys.errors import FileFault, FileRefused
from surveys.sampling.frame_file import read_frame

TOWNS = {"500112020"}
HEADINGS = ["镇街代码", "社区", "网格编号", "网格名称", "类别", "户数"]
GOOD: list[Any] = ["500112020", "第1社区", "A-1", "第1网格", "网格", 120]


def book(*rows: list[Any]) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def faults(content: bytes) -> list[FileFault]:
    with pytest.raises(FileRefused) as refusal:
        read_frame(content, TOWNS)
    return refusal.value.faults


def rewritten(content: bytes, change: Callable[[str, bytes], bytes], extra: int = 0) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for place in range(extra):
            new.writestr(f"extra/{place}.bin", b"")
    return kept.getvalue()


def test_a_workbook_and_a_csv_file_of_the_same_rows_are_the_same_frame() -> None:
    text = ",".join(HEADINGS) + "\n" + ",".join(str(cell) for cell in GOOD)
    same = book(HEADINGS, [], [500112020, *GOOD[1:]])
    assert read_frame(same, TOWNS).sha256 == read_frame(text.encode(), TOWNS).sha256


def test_formulas_dates_and_fractions_are_named_by_row_and_column() -> None:
    bad = [["=1+1", *GOOD[1:]], [*GOOD[:3], date(2021, 1, 1), *GOOD[4:]], [*GOOD[:2], "A-3", *GOOD[3:5], 12.5]]
    found = faults(book(HEADINGS, *bad))
    assert [(fault.code, fault.row, fault.column, fault.value) for fault in found] == [
        ("file.cell_formula", 2, "镇街代码", "=1+1"),
        ("file.cell_type", 3, "网格名称", "2021-01-01 00:00:00"),
        ("frame.psu_twice", 3, "网格编号", "A-1"),
        ("frame.not_whole", 4, "户数", "12.5"),
    ]


def test_a_truncated_workbook_is_refused() -> None:
    whole = book(HEADINGS, GOOD)
    assert [fault.code for fault in faults(whole[: len(whole) // 2])] == ["file.truncated"]


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert [fault.code for fault in faults(kept.getvalue())] == ["file.not_workbook"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "file.encrypted"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "file.old_excel"),
    ],
)
def test_a_locked_or_an_old_workbook_says_which(content: bytes, code: str) -> None:
    assert [fault.code for fault in faults(content)] == [code]


def test_a_dtd_is_refused_before_any_reader_sees_it() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>'
    torn = rewritten(book(HEADINGS, GOOD), lambda name, part: bomb + part if name.endswith("sheet1.xml") else part)
    assert [fault.code for fault in faults(torn)] == ["file.dtd"]


def test_more_unpacked_bytes_than_the_limit_are_refused() -> None:
    pad = b"<!--" + b" " * (101 * 2**20) + b"-->"
    bomb = rewritten(book(HEADINGS, GOOD), lambda name, part: part + pad if name.endswith("styles.xml") else part)
    assert len(bomb) < 2**20
    assert [fault.code for fault in faults(bomb)] == ["file.unpacked_too_large"]


def test_more_entries_than_the_limit_are_refused() -> None:
    crowded = rewritten(book(HEADINGS, GOOD), lambda name, part: part, extra=2_001)
    assert [fault.code for fault in faults(crowded)] == ["file.too_many_entries"]


def test_cells_are_counted_while_streaming_even_where_the_rows_are_gaps() -> None:
    far = b'<row r="900000"><c r="XFD900000"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    gap = rewritten(
        book(HEADINGS, GOOD),
        lambda name, part: part.replace(b"</sheetData>", far * 2 + b"</sheetData>") if "sheet1" in name else part,
    )
    assert [fault.code for fault in faults(gap)] == ["file.too_many_cells"]


def test_a_long_shared_text_repeated_without_end_is_refused_and_not_copied() -> None:
    kept = io.BytesIO()
    made = xlsxwriter.Workbook(kept)
    sheet = made.add_worksheet()
    for row in range(190_000):
        sheet.write_string(row, 0, "x" * 30_000)
    made.close()
    assert len(kept.getvalue()) < 5 * 2**20
    assert [fault.code for fault in faults(kept.getvalue())] == ["file.unpacked_too_large"]
