"""The variance by hand, silent and lonely PSUs, counts for fpc, and tables that are refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import Table, Variable
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated


def two_psus() -> Table:
    """One row a PSU: 5 persons of weight 10 each, 3 and 4 of them passed."""
    five, fifty = np.array([5.0, 5.0]), np.array([50.0, 50.0])
    passed = Variable.binary(five, fifty, np.array([30.0, 40.0]))
    return Table(("north",), np.zeros(2, int), np.arange(2), five, fifty, {"passed": passed})


def units(stratum: list[int], values: list[float], **keys: Any) -> Table:
    """One person a PSU, weight 1."""
    n = len(values)
    named = {name: np.asarray(key) for name, key in keys.items()}
    return Table.of_units(stratum, np.arange(n), np.ones(n), {"y": np.asarray(values, float)}, named)


def test_a_psu_without_members_is_a_zero_in_the_variance() -> None:
    estimate = estimated(Estimator(two_psus(), Design(np.array([3]))).proportion("passed"))
    assert estimate.value == pytest.approx(0.7)
    assert estimate.se == pytest.approx((3 / 2 * (0.05**2 + 0.05**2)) ** 0.5)
    assert (estimate.df, estimate.n) == (1, 10)


def test_the_mean_of_a_simple_random_sample_by_hand() -> None:
    table = units([0] * 5, [2, 4, 4, 4, 6])
    design = Design.of_table(table, [20], "equal")
    estimate = estimated(Estimator(table, design).mean("y"))
    assert estimate.value == 4
    assert estimate.se == pytest.approx(math.sqrt((1 - 5 / 20) * 2 / 5))
    assert estimate.df == 4
    total = estimated(Estimator(table, Design.of_table(table)).total("y"))
    assert total.value == pytest.approx(20)
    assert total.se == pytest.approx(5 * math.sqrt(2 / 5))


def test_a_census_of_psus_has_no_sampling_error() -> None:
    table = units([0, 0, 0], [1, 2, 3])
    assert estimated(Estimator(table, Design.of_table(table, [3], "equal")).mean("y")).se == 0


def test_a_lonely_psu_is_refused_with_the_name_of_its_stratum() -> None:
    table = units([0, 0, 1], [1, 2, 3], who=[0, 0, 1])
    by = Estimator(table, Design.of_table(table))
    assert by.mean("y") == NotEstimable("one_psu", strata=("1",))
    assert isinstance(by.mean("y", table.keys["who"] == 0), Estimate)


def test_after_calibration_a_lonely_psu_touches_every_figure() -> None:
    table = units([0, 0, 1], [1, 2, 3], who=[0, 0, 1], sex=["f", "m", "f"])
    raked = calibrate(table, [Margin("sex", table.keys["sex"], {"f": 2.5, "m": 1.5})])
    by = Estimator(table, Design.of_table(table), raked)
    assert by.mean("y", table.keys["who"] == 0) == NotEstimable("one_psu", strata=("1",))


def test_a_lonely_psu_that_was_certain_is_not_lonely() -> None:
    table = units([0, 0, 1], [1, 2, 3])
    assert isinstance(Estimator(table, Design.of_table(table, [9, 1], "equal")).mean("y"), Estimate)


def test_a_stratum_where_one_of_several_psus_answered_is_not_lonely() -> None:
    table = units([0, 0, 1], [1, 2, 4])
    estimate = estimated(Estimator(table, Design(np.array([2, 2]))).total("y"))
    assert estimate.se == pytest.approx(math.sqrt(2 * 2 * 0.5**2 + 2 * 2 * 2**2))
    assert estimate.df == 1


def test_collapse_joins_a_lonely_stratum_with_its_neighbour_in_the_declared_order() -> None:
    assert Design(np.array([3, 1, 2]), lonely="collapse").variance_strata().tolist() == [0, 2, 2]
    assert Design(np.array([3, 2, 1]), lonely="collapse").variance_strata().tolist() == [0, 1, 1]
    assert Design(np.array([1, 1, 0, 1]), lonely="collapse").variance_strata().tolist() == [1, 1, 2, 1]
    table = units([0, 0, 1], [1, 2, 3])
    estimate = estimated(Estimator(table, Design.of_table(table, lonely="collapse")).total("y"))
    assert estimate.se == pytest.approx(math.sqrt(3 / 2 * 2))
    assert estimate.df == 2


def test_the_only_psu_of_all_has_nothing_to_collapse_with() -> None:
    table = units([0], [1])
    assert Estimator(table, Design.of_table(table, lonely="collapse")).mean("y") == NotEstimable(
        "one_psu", strata=("0",)
    )


@pytest.mark.parametrize(
    ("design", "code"),
    [
        ({"population": np.array([20.0])}, "fpc.with_pps"),
        ({"population": np.array([0.15]), "selection": "equal"}, "fpc.fraction"),
        ({"population": np.array([20.5]), "selection": "equal"}, "fpc.fraction"),
        ({"population": np.array([2.0]), "selection": "equal"}, "fpc.less_than_drawn"),
        ({"population": np.array([20.0]), "selection": "equal", "lonely": "collapse"}, "fpc.with_collapse"),
        ({"lonely": "ignore"}, "design.lonely_rule"),
    ],
)
def test_a_design_that_cannot_be_is_refused(design: dict[str, Any], code: str) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        Design(np.array([3]), **design)
    assert refusal.value.code == code


def test_more_psus_than_were_drawn_cannot_answer() -> None:
    with pytest.raises(AnalysisRefused, match=r"design\.too_few_drawn"):
        Estimator(two_psus(), Design(np.array([1])))
    with pytest.raises(AnalysisRefused, match=r"design\.strata"):
        Estimator(two_psus(), Design(np.array([2, 2])))


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_a_missing_or_negative_weight_is_refused(weight: float) -> None:
    with pytest.raises(AnalysisRefused, match=r"table\.weight"):
        Table.of_units([0, 0], [0, 1], [1.0, weight], {})


def test_a_table_with_columns_of_other_lengths_is_refused() -> None:
    with pytest.raises(AnalysisRefused, match=r"table\.length"):
        Table(("a",), np.zeros(2, int), np.arange(2), np.ones(2), np.ones(3))


def test_missing_answers_leave_only_their_own_variable() -> None:
    table = units([0] * 4, [1, math.nan, 3, math.nan])
    estimate = estimated(Estimator(table, Design.of_table(table)).mean("y"))
    assert (estimate.value, estimate.n, estimate.df, estimate.design_df) == (2, 2, 1, 3)
    assert estimate.se == pytest.approx(math.sqrt(4 / 3 * (0.5**2 + 0.5**2)))


def test_nothing_answered_one_psu_answering_and_no_variation_say_so() -> None:
    table = units([0] * 4, [1, math.nan, 3, 5], who=[1, 0, 2, 2])
    by = Estimator(table, Design.of_table(table))
    assert by.mean("y", table.keys["who"] == 0) == NotEstimable("no_answers")
    assert by.total("y", table.keys["who"] == 0) == NotEstimable("no_answers")
    assert by.mean("y", table.keys["who"] == 9) == NotEstimable("no_members")
    flat = units([0] * 3, [70, 70, 70])
    steady = Estimator(flat, Design.of_table(flat))
    assert steady.mean("y") == NotEstimable("no_variation", value=70.0, n=3)
    zero = Estimator(units([0] * 3, [0, 0, 0]), Design(np.array([3])))
    assert zero.ratio("y", "y") == NotEstimable("zero_denominator")
    assert by.mean("y", table.keys["who"] == 1) == NotEstimable("too_few_psus", df=0)


def test_persons_of_weight_zero_are_not_counted() -> None:
    table = Table.of_units([0, 0, 0], [0, 1, 2], [1, 0, 1], {"y": [1.0, 9.0, 3.0]})
    estimate = estimated(Estimator(table, Design.of_table(table)).mean("y"))
    assert (estimate.value, estimate.n, estimate.df) == (2, 2, 1)


def test_a_difference_of_domains_that_share_psus_uses_their_covariance() -> None:
    stratum, psu = [0] * 8, [0, 0, 1, 1, 2, 2, 3, 3]
    y, sex = np.array([1.0, 2, 3, 5, 5, 6, 8, 9]), np.array([0, 1] * 4)
    table = Table.of_units(stratum, psu, np.ones(8), {"y": y}, {"sex": sex})
    by = Estimator(table, Design.of_table(table))
    parts = [by.linear_mean("y", sex == label) for label in (1, 0)]
    women, men = (part for part in parts if not isinstance(part, NotEstimable))
    estimate = estimated(by.contrast([(1, women), (-1, men)]))
    gaps = y[1::2] - y[::2]
    assert estimate.value == pytest.approx(gaps.mean())
    assert estimate.se == pytest.approx(gaps.std(ddof=1) / 2)
    assert estimate.df == 3
