"""Totals, factors, levels, designs and weightings that contradict themselves: each is refused, naming where."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from surveys.analysis.design import Design, SecondStage
from surveys.analysis.estimands.stack import stacked
from surveys.analysis.estimands.stack_design import Sample
from surveys.analysis.estimates import unequal
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.replicates.estimator import ReplicateEstimator
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import PARTS, Table, Variable
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.chain import Chain
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated
from .test_estimator_input import of_units, refusal_of

TWO = np.array([2.0, 2])


def totals(count: Any = TWO, w: Any = TWO, ww: Any = None, **parts: Any) -> Table:
    """Two rows of two persons of weight 1; everybody answered 1."""
    y = {"n": TWO, "wn": TWO, "wy": TWO, "wyy": TWO} | parts
    n, wn, wy, wyy = (np.asarray(y[part], float) for part in PARTS)
    variables = {"y": Variable(n, wn, wy, wyy)}
    given = None if ww is None else np.asarray(ww, float)
    return Table(
        ("a",), np.zeros(2, int), np.arange(2), np.asarray(count, float), np.asarray(w, float), variables, ww=given
    )


def test_ready_totals_that_fit_are_taken() -> None:
    assert totals(ww=[2.0, 3.0], wy=[1.0, -2.0], wyy=[0.5, 2.0]).variables["y"].wyy.tolist() == [0.5, 2]


@pytest.mark.parametrize(
    ("faulty", "code", "column", "rows"),
    [
        ({"count": [2, -1]}, "table.count", "count", [1]),
        ({"count": [2.5, 2]}, "table.count", "count", [0]),
        ({"count": [2, math.nan]}, "table.count", "count", [1]),
        ({"count": [2, math.inf]}, "table.count", "count", [1]),
        ({"n": [3, 2]}, "table.count", "y.n", [0]),
        ({"n": [1, 0.5]}, "table.count", "y.n", [1]),
        ({"n": [-1, 1]}, "table.count", "y.n", [0]),
        ({"n": [1, math.nan]}, "table.infinite", "y.n", [1]),
        ({"wn": [2, 2.1]}, "table.weight", "y.wn", [1]),
        ({"wn": [-1, 2]}, "table.weight", "y.wn", [0]),
        ({"wyy": [2, -1]}, "table.squares", "y.wyy", [1]),
        ({"wyy": [1.9, 2]}, "table.squares", "y.wyy", [0]),
        ({"wyy": [math.nan, 2]}, "table.infinite", "y.wyy", [0]),
        ({"wy": [2, math.nan]}, "table.infinite", "y.wy", [1]),
        ({"wn": [0, 2]}, "table.nobody", "y.n", [0]),
        ({"n": [0, 2]}, "table.nobody", "y.n", [0]),
        ({"n": [2, 0], "wn": [2, 1]}, "table.nobody", "y.n", [1]),
        ({"count": [2, 0]}, "table.nobody", "count", [1]),
        ({"ww": [2, -2]}, "table.squares", "ww", [1]),
        ({"ww": [1.9, 2]}, "table.squares", "ww", [0]),
        ({"ww": [2, math.nan]}, "table.squares", "ww", [1]),
        ({"w": [2, math.nan]}, "table.weight", "w", [1]),
    ],
)
def test_totals_that_contradict_themselves_are_refused_with_column_and_row(
    faulty: dict[str, Any], code: str, column: str, rows: list[int]
) -> None:
    refusal = refusal_of(lambda: totals(**faulty))
    assert (refusal.code, refusal.values["column"], refusal.values["rows"]) == (code, column, rows)


def test_sums_of_squared_weights_for_other_rows_are_refused() -> None:
    refusal = refusal_of(lambda: totals(ww=[2.0, 2, 2]))
    assert (refusal.code, refusal.values["columns"]) == ("table.length", ["ww"])


@pytest.mark.parametrize("factor", [math.nan, math.inf, -0.5])
def test_a_factor_of_a_chain_that_is_none_is_refused_with_its_row(factor: float) -> None:
    refusal = refusal_of(lambda: Chain(of_units()).times("person", [1, 2, factor, 1]))
    assert refusal.code == "chain.factor"
    assert dict(refusal.values) == {"column": "person", "rows": [2], "count": 1}


def test_factors_of_a_chain_for_other_rows_are_refused_and_lists_and_zeros_taken() -> None:
    for wrong in ([1.0, 2], np.ones((4, 1)), 2.0):
        refusal = refusal_of(lambda wrong=wrong: Chain(of_units()).times("person", wrong))  # type: ignore[misc]
        assert (refusal.code, refusal.values["columns"]) == ("table.length", ["person"])
    assert Chain(of_units()).times("subsample", [0, 2, 2, 0]).g.tolist() == [0, 2, 2, 0]


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.1, math.nan])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    table = of_units()
    design = Design.of_table(table)
    for attempt in (
        lambda: Estimator(table, design, level=level),
        lambda: stacked([Sample("2020", table, design)], False, level=level),
        lambda: unequal.total([1, 2], [0.5, 0.5], "brewer", level=level),
    ):
        refusal = refusal_of(attempt)
        assert (refusal.code, str(refusal.values["level"])) == ("interval.level", str(level))


@pytest.mark.parametrize("icc", [-0.01, 1.01, math.nan])
def test_an_assumed_likeness_lies_from_0_to_1(icc: float) -> None:
    table = of_units()
    refusal = refusal_of(lambda: Estimator(table, Design.of_table(table), assumed_icc=icc))
    assert (refusal.code, str(refusal.values["icc"])) == ("interval.icc", str(icc))


def test_a_way_of_drawing_has_a_name_that_is_known() -> None:
    refusal = refusal_of(lambda: Design(np.array([2]), np.array([9.0]), "srs"))
    assert (refusal.code, refusal.values["selection"]) == ("design.selection", "srs")
    assert refusal_of(lambda: Design(np.array([2]), selection="PPS")).code == "design.selection"


def test_a_second_stage_needs_counts_of_the_first() -> None:
    stage = SecondStage(np.arange(4), np.full(4, 9.0))
    assert refusal_of(lambda: Design(np.array([2, 2]), second=stage)).code == "fpc.second_alone"
    assert refusal_of(lambda: Design.of_table(of_units(), second=stage)).code == "fpc.second_alone"


def test_counts_of_the_population_need_a_draw_that_is_said_to_have_equal_probabilities() -> None:
    """PPS is how our waves are drawn, and what is taken where nothing is said."""
    table, drawn, listed = of_units(), {"a": 2, "b": 2}, {"a": 9, "b": 9}
    for attempt in (
        lambda: Design.of_table(table, [9, 9]),
        lambda: Design.of_table(table, [9, 9], "pps"),
        lambda: Design.of_strata(table, drawn, listed),
        lambda: Design.of_strata(table, drawn, listed, "pps"),
    ):
        assert refusal_of(attempt).code == "fpc.with_pps"
    for design in (Design.of_table(table, [9, 9], "equal"), Design.of_strata(table, drawn, listed, "equal")):
        assert design.sampling_fraction.tolist() == pytest.approx([2 / 9, 2 / 9])
    assert Design.of_table(table, selection="equal").sampling_fraction.tolist() == [0, 0]


def test_designs_of_lists_are_those_of_arrays() -> None:
    table = of_units()
    given: Any = ([2, 3], [9, 9])
    listed = Design(given[0], given[1], "equal", strata=table.strata)
    arrays = Design(np.array([2, 3]), np.array([9.0, 9]), "equal", strata=table.strata)
    assert listed.psus_drawn.dtype == np.int64
    assert estimated(Estimator(table, listed).total("y")) == estimated(Estimator(table, arrays).total("y"))
    stage = SecondStage(given[0], given[1])
    assert stage.ssu.tolist() == [2, 3]
    assert stage.population.dtype == np.float64
    assert refusal_of(lambda: Design(given[0], [1, 9], "equal")).code == "fpc.less_than_drawn"  # type: ignore[arg-type]


def test_a_weighting_of_another_table_is_refused() -> None:
    table, other = of_units(), of_units(weight=[2.0, 2, 1, 2])
    margin = Margin("sex", table.keys["sex"], {"f": 3.0, "m": 5.0})
    short = Table.of_units(["a", "b"], [1, 2], [1.0, 1], {})
    design = Design.of_table(table)
    for weighting in (calibrate(other, [margin]), Chain(other).calibrated([margin])):
        refusal = refusal_of(lambda made=weighting: Estimator(table, design, made))  # type: ignore[misc]
        assert refusal.code == "calibration.other_table"
        assert dict(refusal.values) == {"column": "w", "rows": [0], "count": 1}
    fewer = refusal_of(lambda: Estimator(table, design, Chain(short)))
    assert (fewer.code, dict(fewer.values)) == ("calibration.other_rows", {"weighted": 2, "rows": 4})
    samples = [Sample("2020", table, design), Sample("2021", table, design, calibrate(other, [margin]))]
    assert refusal_of(lambda: stacked(samples, False)).code == "calibration.other_table"


def test_a_weighting_of_the_same_rows_read_again_is_taken() -> None:
    table, again = of_units(), of_units()
    margin = Margin("sex", table.keys["sex"], {"f": 3.0, "m": 5.0})
    one, other = (Estimator(table, Design.of_table(table), calibrate(made, [margin])) for made in (table, again))
    assert one.mean("y") == other.mean("y")


@pytest.mark.parametrize(
    ("values", "rows"), [([1, 0, 2, 0], [2]), ([0.5, 1, 0, 0], [0]), ([1, 0, 1, -1], [3]), ([100, 0, 100, 0], [0, 2])]
)
def test_a_share_is_of_answers_0_and_1(values: list[float], rows: list[int]) -> None:
    table = of_units(values={"y": values})
    by = Estimator(table, Design.of_table(table))
    refusal = refusal_of(lambda: by.proportion("y", table.keys["sex"] == "m"))
    assert refusal.code == "proportion.values"
    assert dict(refusal.values) == {"column": "y", "rows": rows, "count": len(rows)}
    assert refusal_of(lambda: by.proportions([(table.variables["y"], None)])).values["column"] == "?"


def test_declared_degrees_of_freedom_are_a_whole_number_from_1_and_those_of_the_design() -> None:
    table = of_units()
    columns = 1 + np.random.default_rng(3).normal(0, 0.1, (4, 6))
    for wrong in (0, -3, 2.5, math.nan):
        refusal = refusal_of(lambda wrong=wrong: Replicates.of_columns(table, columns, 1.0, np.ones(6), df=wrong))  # type: ignore[misc]
        assert refusal.code == "replicates.df"
    by = ReplicateEstimator(table, Replicates.of_columns(table, columns, 1.0, np.ones(6), df=17))
    mean = estimated(by.mean("y"))
    assert (mean.df, mean.design_df, by.design_df()) == (17, 17, 17)
    undeclared = ReplicateEstimator(table, Replicates.of_columns(table, columns, 1.0, np.ones(6)))
    assert undeclared.design_df() == 3
