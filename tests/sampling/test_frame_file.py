from __future__ import annotations

import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.errors import FileFault, FileRefused
from surveys.sampling.frame import FrameFile, compare
from surveys.sampling.frame_file import COLUMNS, read_frame, template

TOWNS = {"500112020", "500112021"}
HEADINGS = "镇街代码,社区,网格编号,网格名称,类别,户数"
ONE = "500112020,第1社区,A-1,第1网格,网格,120"
TWO = "500112021,第1社区,B-1,第1网格,集体居所,80"


def frame(*rows: str, headings: str = HEADINGS, encoding: str = "utf-8") -> FrameFile:
    return read_frame("\n".join([headings, *rows]).encode(encoding), TOWNS)


def faults(content: bytes) -> list[FileFault]:
    with pytest.raises(FileRefused) as refusal:
        read_frame(content, TOWNS)
    return refusal.value.faults


def codes(*rows: str, headings: str = HEADINGS) -> list[tuple[str, int | None, str]]:
    found = faults("\n".join([headings, *rows]).encode())
    return [(fault.code, fault.row, fault.value) for fault in found]


def test_a_good_file_shows_its_counts_by_town() -> None:
    read = frame(ONE, "500112020,第1社区,A-2,第2网格,居民小组,100", TWO)
    assert read.counts["500112020"].psus == 2
    assert read.counts["500112020"].dwellings == 220
    assert [row.kind for row in read.rows] == ["block", "block", "collective"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_same_frame_is_read_from_every_encoding_people_save(encoding: str) -> None:
    assert frame(ONE, TWO, encoding=encoding).sha256 == frame(ONE, TWO).sha256


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_commas_tabs_and_semicolons_separate(separator: str) -> None:
    text = "\r\n".join([HEADINGS, ONE, TWO]).replace(",", separator)
    assert read_frame(text.encode(), TOWNS).sha256 == frame(ONE, TWO).sha256


def test_english_headings_in_any_order_with_extra_columns_are_read() -> None:
    read = frame("120,x,block,A-1,第1网格,500112020,第1社区", headings="Dwellings,note,kind,psu,name,TOWN,community")
    assert read.rows == frame(ONE).rows


def test_the_order_of_rows_in_the_file_does_not_matter() -> None:
    rows = [f"500112020,第{n // 5 + 1}社区,A-{n},第{n}网格,网格,{100 + n}" for n in range(30)]
    straight = frame(*rows)
    random.Random(1).shuffle(rows)
    assert frame(*rows) == straight
    assert [row.psu for row in straight.rows][:11] == [f"A-{n}" for n in range(11)]


def test_a_column_may_give_the_geographic_order() -> None:
    headings = HEADINGS + ",排序"
    read = frame("500112020,乙,A-2,n,网格,100,1", "500112020,甲,A-1,n,网格,100,2", headings=headings)
    assert [row.psu for row in read.rows] == ["A-2", "A-1"]


def test_every_fault_is_named_with_its_row_column_and_value() -> None:
    found = codes(
        "999,第1社区,A-1,名,网格,120",
        "500112020,第1社区,A-2,名,网格,12.5",
        "500112020,第1社区,A-3,名,网格,0",
        "500112020,第1社区,A-4,名,网格,-7",
        "500112020,第1社区,A-5,名,网格,20001",
        "500112020,,A-6,名,别墅,100",
        "500112020,第1社区,A-2,名,网格,１２",
        "500112020,第1社区,A-7,名,网格",
    )
    assert found == [
        ("frame.town_unknown", 2, "999"),
        ("frame.not_whole", 3, "12.5"),
        ("frame.out_of_range", 4, "0"),
        ("frame.out_of_range", 5, "-7"),
        ("frame.out_of_range", 6, "20001"),
        ("file.cell_empty", 7, ""),
        ("frame.kind_unknown", 7, "别墅"),
        ("frame.not_whole", 8, "１２"),
        ("frame.psu_twice", 8, "A-2"),
        ("file.cell_empty", 9, ""),
    ]


def test_a_fault_says_what_would_be_right() -> None:
    found = faults(f"{HEADINGS}\n{ONE}\n{ONE}".encode())
    assert (found[0].column, found[0].values) == ("网格编号", {"first_row": 2})


def test_missing_and_doubled_columns_are_all_named() -> None:
    assert codes(ONE, headings="镇街代码,社区,town,网格名称") == [
        ("file.column_twice", 1, "town"),
        ("file.column_missing", 1, ""),
        ("file.column_missing", 1, ""),
        ("file.column_missing", 1, ""),
    ]


def test_blank_lines_are_passed_and_a_file_without_rows_is_refused() -> None:
    assert frame(ONE, "", ",,,,,", TWO).sha256 == frame(ONE, TWO).sha256
    assert codes() == [("frame.no_rows", None, "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b" \n ", "file.empty"),
        (b"\xff\xff\xff", "file.not_text"),
        ("镇街代码".encode("utf-16"), "file.not_text"),
        (b"x" * (10 * 2**20 + 1), "file.too_large"),
        (b'a,b\n"torn', "file.csv_torn"),
        (b"a\n" * 200_003, "file.too_many_rows"),
        (b"," * 1_000_001, "file.too_many_cells"),
    ],
)
def test_a_file_that_is_no_table_of_lawful_size_is_refused(content: bytes, code: str) -> None:
    assert [fault.code for fault in faults(content)] == [code]


def test_no_more_than_a_thousand_faults_are_kept_and_the_rest_counted() -> None:
    found = faults("\n".join([HEADINGS, *[f"1,社,P{n},名,网格,1" for n in range(1_500)]]).encode())
    assert len(found) == 1_001
    assert (found[-1].code, found[-1].values) == ("file.more_faults", {"count": 500})


def test_the_template_can_be_filled_in_and_read_back() -> None:
    assert template().startswith(b"\xef\xbb\xbf")
    assert [row.kind for row in read_frame(template(), TOWNS).rows] == ["block", "collective"]


def test_a_new_frame_shows_what_it_would_change() -> None:
    old = frame(ONE, TWO)
    new = frame(ONE.replace("网格,120", "网格,130"), "500112021,第1社区,B-2,第2网格,网格,90")
    change = compare(old, new)
    assert [row.psu for row in change.added] == ["B-2"]
    assert [row.psu for row in change.removed] == ["B-1"]
    assert [(before.dwellings, after.dwellings) for before, after in change.changed] == [(120, 130)]
    assert compare(old, frame(TWO, ONE)).nothing
    assert len(compare(None, old).added) == 2


def test_a_changed_order_alone_is_a_change_and_another_hash() -> None:
    headings = HEADINGS + ",排序"
    other = ONE.replace("A-1", "A-2")
    old, new = frame(ONE + ",1", other + ",2", headings=headings), frame(ONE + ",2", other + ",1", headings=headings)
    assert compare(old, new).reordered
    assert not compare(old, new).changed
    assert old.sha256 != new.sha256


@settings(max_examples=200)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_bytes_whatever_do_more_than_be_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read_frame(content if not content.startswith(b"PK") else b"x" + content, TOWNS)


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=40), max_size=8))
def test_hostile_names_come_through_as_typed(names: list[str]) -> None:
    kept = [name.strip() for name in names if name.strip()]
    text = io.StringIO(newline="")
    rows = [["500112020", "社", f"P{n}", name, "网格", "9", "", ""] for n, name in enumerate(kept)]
    csv.writer(text).writerows(
        [[column.code for column in COLUMNS], *rows, ["500112020", "社", "Z", "末", "网格", "9"]]
    )
    read = read_frame(text.getvalue().encode(), TOWNS)
    assert [row.name for row in read.rows if row.psu != "Z"] == kept
