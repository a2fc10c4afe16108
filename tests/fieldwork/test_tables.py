"""Tables are sorted by a link; a file never carries a formula."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from surveys.collection.sealed import KeyPair
from surveys.records.waves import Wave
from webapp.fieldwork.standing import elapsed
from webapp.tables import Column, as_text, csv_response, listing, sorted_by

Row = dict[str, object]
COLUMNS: list[Column[Row]] = [
    Column("name", "名称", lambda row: row["name"]),
    Column("n", "数", lambda row: row["n"], True),
]
ROWS: list[Row] = [{"name": "b", "n": 2}, {"name": "a", "n": "少于10"}, {"name": "c", "n": None}, {"name": "d", "n": 1}]


@pytest.mark.parametrize(
    ("sort", "order"), [("", "bacd"), ("name", "abcd"), ("-name", "dcba"), ("n", "cadb"), ("-n", "bdac"), ("x", "bacd")]
)
def test_rows_are_sorted_words_before_numbers_and_nothing_first(sort: str, order: str) -> None:
    assert "".join(str(row["name"]) for row in sorted_by(ROWS, COLUMNS, sort)) == order


def test_a_long_table_has_pages_and_keeps_its_order(app: Flask) -> None:
    rows: list[Row] = [{"name": f"{place:03d}", "n": place} for place in range(250)]
    with app.test_request_context("/?sort=-n&page=3"):
        shown = listing(rows, COLUMNS, "/x.csv", "fieldwork.waves")
    assert [row["n"] for row in shown.rows] == list(range(49, -1, -1))
    assert (shown.page, shown.pages, shown.next) == (3, 3, "")
    assert shown.previous == "/waves/?sort=-n&page=2"
    assert [head.direction for head in shown.heads] == ["", "descending"]


@given(st.text(max_size=20))
def test_no_text_of_a_file_begins_a_formula(text: str) -> None:
    shown = as_text(text)
    assert not str(shown).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert str(shown).removeprefix("'") == text.removeprefix("'")


def test_numbers_of_a_file_stay_numbers() -> None:
    content = csv_response("x.csv", ["a"], [["=1+1"], [-3], [0.5]]).get_data(as_text=True)
    assert content == "\ufeffa\r\n'=1+1\r\n-3\r\n0.5\r\n"


def test_the_share_of_time_stays_between_none_and_all(planned: tuple[Wave, KeyPair]) -> None:
    wave = planned[0]
    half = wave.opens_at + (wave.closes_at - wave.opens_at) / 2
    assert [elapsed(wave, day) for day in (wave.opens_at - timedelta(9), half, wave.closes_at + timedelta(9))] == [
        0,
        0.5,
        1,
    ]
