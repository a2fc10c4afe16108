"""Rounding: one rule for the page, Word, Excel, CSV and text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from surveys.records.releases import Figure
from surveys.reporting.lines import broken
from surveys.reporting.numbers import interval_text, number_text, rounded, value_text
from surveys.reporting.placeholders import filled


def figure(value: float | None, unit: str = "percent", **more: float | None) -> Figure:
    return Figure(**{"unit": unit, "value": value, "lower": None, "upper": None, "se": None, **more})


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.7845, "78.5%"), (0.28450, "28.5%"), (0.2985, "29.9%"), (0.0, "0.0%"), (1.0, "100.0%"), (0.99949, "99.9%")],
)
def test_percent_has_one_decimal_and_a_tie_goes_up(value: float, text: str) -> None:
    assert value_text(figure(value)) == text


def test_a_second_decimal_only_when_the_interval_is_narrower_than_a_twentieth_of_a_point() -> None:
    assert value_text(figure(0.96712, lower=0.9668, upper=0.9675)) == "96.71%"
    assert value_text(figure(0.96712, lower=0.9662, upper=0.9680)) == "96.7%"


def test_an_interval_has_the_decimals_of_its_value() -> None:
    assert interval_text(figure(0.781, lower=0.76349, upper=0.79851)) == "76.3%–79.9%"
    assert interval_text(figure(61.25, "points", lower=58.0, upper=64.449)) == "58.0–64.4"
    assert interval_text(figure(0.781)) == ""


def test_counts_are_whole_with_separators() -> None:
    assert value_text(figure(3612.0, "count")) == "3,612"
    assert number_text(3612) == "3,612"
    assert number_text(None) == ""


def test_nothing_is_made_up_where_there_is_no_value() -> None:
    numbers = rounded(figure(None, n=None, n_eff=None, df=None, deff=None))
    assert (numbers.value, numbers.lower, numbers.n, numbers.n_eff, numbers.deff) == (None,) * 5
    assert value_text(figure(None)) == ""


def test_the_standard_error_has_one_decimal_more() -> None:
    assert rounded(figure(0.781, se=0.008664)).se == Decimal("0.87")


def test_names_are_filled_in_and_nothing_else_is_a_place() -> None:
    assert filled("{a} of {b} {c}", {"a": "{b}", "b": 2}) == "{b} of 2 {c}"
    assert filled("{a.__class__} {0} {}", {"a": 1}) == "{a.__class__} {0} {}"


def test_lines_break_between_words_and_never_before_a_closing_mark() -> None:
    assert broken("点为结果，线为区间。", 4) == ["点为结", "果，线为", "区间。"]
    assert broken("95 % intervals of towns", 8) == ["95 %", "intervals of", "towns"]
