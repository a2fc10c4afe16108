"""Columns of single persons as frames hand them over: gaps of every kind, labels of every kind."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.table import Table, grouped
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.chain import Chain
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated
from .test_estimator_input import of_units, refusal_of

GAPS = [None, math.nan, pd.NA, pd.NaT]


@pytest.mark.parametrize("gap", GAPS, ids=str)
def test_an_answer_that_is_missing_is_missing_in_whatever_way(gap: Any) -> None:
    for column in ([1, gap, 1, 0], np.array([1, gap, 1, 0], object)):
        y = of_units(values={"y": column}).variables["y"]
        assert (y.n.tolist(), y.wy.tolist()) == ([1, 0, 1, 1], [1, 0, 1, 0])


@pytest.mark.parametrize("gap", GAPS, ids=str)
@pytest.mark.parametrize(
    ("column", "code"), [("stratum", "table.label_missing"), ("psu", "table.label_missing"), ("weight", "table.weight")]
)
def test_a_weight_stratum_or_psu_that_is_missing_is_refused_with_its_row(column: str, code: str, gap: Any) -> None:
    columns: dict[str, list[Any]] = {"stratum": ["a", "a", "b"], "psu": ["p", "q", "r"], "weight": [1, 2, 1]}
    given = columns[column]
    for held in ([*given, gap], np.array([*given, gap], object)):
        refusal = refusal_of(lambda held=held: of_units(**{column: held}))  # type: ignore[misc]
        assert (refusal.code, dict(refusal.values)) == (code, {"column": column, "rows": [3], "count": 1})


@pytest.mark.parametrize("gap", GAPS, ids=str)
def test_a_key_may_have_gaps_which_are_a_group_of_their_own(gap: Any) -> None:
    texts = of_units(keys={"sex": ["f", gap, "", "m"]})
    assert texts.keys["sex"].tolist() == ["f", None, "", "m"]
    numbers = of_units(keys={"age": np.array([30, gap, 40, 30], object)})
    assert numbers.keys["age"].tolist() == pytest.approx([30, math.nan, 40, 30], nan_ok=True)
    units = Table.of_units(["a"] * 4, [1] * 4, [1, 2, 4, 8], {}, {"sex": ["f", gap, "", gap]})
    rows = grouped(units, ["sex"])
    assert dict(zip(rows.keys["sex"].tolist(), rows.w.tolist(), strict=True)) == {None: 10, "": 4, "f": 1}


@pytest.mark.parametrize("gap", [None, pd.NA])
def test_a_margin_or_a_weighting_class_must_be_known_of_everybody(gap: Any) -> None:
    table = of_units(keys={"sex": ["f", gap, "m", "f"]})
    margin = Margin("sex", table.keys["sex"], {"f": 2.0, "m": 2.0})
    named = {"rows": [1], "count": 1}
    refusal = refusal_of(lambda: calibrate(table, [margin]))
    assert (refusal.code, dict(refusal.values)) == ("table.label_missing", {"column": "sex", **named})
    cells = refusal_of(lambda: Chain(table).nonresponse(table.keys["sex"], np.array([True, False, True, True])))
    assert (cells.code, dict(cells.values)) == ("table.label_missing", {"column": "cell", **named})


def figures(stratum: list[Any], drawn: dict[Any, int], lonely: str, **how: Any) -> tuple[Any, ...]:
    values = {"y": [1.0, 3, 8, 2, 4, 9]}
    table = Table.of_units(stratum, np.arange(6), np.ones(6), values, strata=how.get("strata"))
    by = Estimator(table, Design.of_strata(table, drawn, lonely=lonely))
    total = estimated(by.total("y"))
    return table.strata, total.value, total.se, total.df


@pytest.mark.parametrize("lonely", ["collapse", "adjust", "average"])
def test_strata_called_by_numbers_are_those_called_by_their_texts(lonely: str) -> None:
    """Stratum 2 has one PSU and is joined with 10, its neighbour by size, which as a text would stand before it."""
    numbers, drawn = [1, 1, 2, 10, 10, 10], {1: 2, 2: 1, 10: 3}
    expected = figures([str(one) for one in numbers], {str(one): n for one, n in drawn.items()}, lonely)
    assert expected[0] == ("1", "2", "10")
    for labels in (numbers, np.array(numbers), np.array(numbers, object)):
        assert figures(list(labels), drawn, lonely) == expected
    assert figures(numbers, drawn, lonely, strata=[1, 2, 10]) == expected


def test_a_column_of_lists_is_no_column() -> None:
    ragged = np.empty(4, object)
    ragged[:] = [[1], [2, 3], [4], [5]]
    assert refusal_of(lambda: of_units(values={"y": ragged})).code == "table.not_numbers"
