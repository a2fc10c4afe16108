"""What must not depend on the unit of a variable, nor on the scale of the weights; and weights below 0."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from surveys.analysis.design import Design
from surveys.analysis.estimands.quantiles import quantile
from surveys.analysis.estimands.spread import population_variance
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import Table, Variable
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Covariate, Margin

from .oracle import estimated

PSU = np.arange(12) // 2
WEIGHT = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])
ANSWERS = np.array([2.0, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5])


def by_of(values: npt.ArrayLike, weight: npt.ArrayLike = WEIGHT, population: float | None = None) -> Estimator:
    table = Table.of_units(np.zeros(12), PSU, weight, {"y": np.asarray(values, float)}, {"y": np.asarray(values)})
    return Estimator(table, Design.of_table(table, None if population is None else [population], "equal"))


@pytest.mark.parametrize("unit", [1e-12, 1e-7, 1e7, 1e12])
def test_answers_in_another_unit_vary_as_much(unit: float) -> None:
    plain, other = estimated(by_of(ANSWERS).mean("y")), estimated(by_of(unit * ANSWERS).mean("y"))
    assert [other.value, other.se] == pytest.approx([unit * plain.value, unit * plain.se], rel=1e-9)
    assert other.n_eff == pytest.approx(plain.n_eff)
    variance = estimated(population_variance(by_of(unit * ANSWERS), "y"))
    assert variance.value == pytest.approx(unit**2 * estimated(population_variance(by_of(ANSWERS), "y")).value)


@pytest.mark.parametrize("same", [0.0, 1e-9, 0.1, 70.1, 1e9])
def test_answers_that_are_all_the_same_do_not_vary_in_any_unit(same: float) -> None:
    by = by_of(np.full(12, same))
    for outcome in (by.mean("y"), population_variance(by, "y")):
        assert isinstance(outcome, NotEstimable)
        assert (outcome.code, outcome.values["n"]) == ("no_variation", 12)


@pytest.mark.parametrize("scale", [1e-6, 1 / WEIGHT.sum(), 12 / WEIGHT.sum(), 1.0, 1e6])
def test_the_effective_n_does_not_depend_on_the_scale_of_the_weights(scale: float) -> None:
    one = estimated(by_of(ANSWERS).mean("y"))
    other = estimated(by_of(ANSWERS, scale * WEIGHT).mean("y"))
    assert other.n_eff == pytest.approx(one.n_eff, rel=1e-12)
    total = estimated(by_of(ANSWERS, scale * WEIGHT).total("y"))
    assert total.n_eff == pytest.approx(estimated(by_of(ANSWERS).total("y")).n_eff, rel=1e-12)


def test_the_effective_n_by_hand() -> None:
    """s² / v with s² = n/(n − 1) · Σ w(y − ȳ)²/Σ w, whatever the fpc; never above n."""
    for population in (None, 40.0):
        mean = estimated(by_of(ANSWERS, population=population).mean("y"))
        s2 = 12 / 11 * np.average((ANSWERS - mean.value) ** 2, weights=WEIGHT)
        assert mean.n_eff == pytest.approx(min(12, s2 / mean.se**2))
    spread_apart = by_of([*np.tile([0.0, 1], 5), 0, 1.2], np.ones(12))  # PSUs are nearly alike, persons are not
    assert estimated(spread_apart.mean("y")).n_eff == 12
    few = estimated(by_of(np.repeat([0.0, 1], 6), np.ones(12)).mean("y"))
    assert few.n_eff == pytest.approx(12 / 11 * 0.25 / few.se**2)
    assert few.n_eff is not None
    assert few.n_eff < 6


def negative() -> Estimator:
    """Linear calibration to a total so small that weights of large x fall below 0."""
    x = np.array([1.0, 1, 1, 1, 1, 1, 1, 1, 1, 20, 1, 20])
    table = Table.of_units(np.zeros(12), PSU, np.ones(12), {"y": ANSWERS}, {"x": x, "y": ANSWERS})
    known = calibrate(table, [Margin("all", np.zeros(12), {0.0: 12.0}), Covariate("x", x, 5.0)], "linear")
    assert (known.g[x == 20] < 0).all()
    return Estimator(table, Design.of_table(table), known)


def test_weights_that_add_up_to_less_than_nothing_are_named_as_the_reason() -> None:
    by = negative()
    large = by.table.keys["x"] == 20
    for outcome in (by.mean("y", large), by.linear_mean("y", large), by.proportion(by.table.members(), large)):
        assert outcome == NotEstimable("negative_weights", n=2)
    assert isinstance(by.total("y", large), Estimate)


def test_a_spread_below_0_is_no_spread_and_no_lack_of_one() -> None:
    """Two persons of weight −1 far out, four of weight 1 in the middle: Σ w(y − ȳ)² is below 0."""
    by = negative()
    y, large = by.table.variables["y"], by.table.keys["x"] == 20
    far = Variable(y.n, by.table.w, np.where(large, 9.0, 1), np.where(large, 81.0, 1))
    mask = large | (PSU < 2)
    for outcome in (by.mean(far, mask), population_variance(by, far, mask)):
        assert outcome == NotEstimable("negative_weights", n=6)
    total = estimated(by.total(far, mask))
    assert (total.deff, total.n_eff) == (None, None)


def test_shares_at_or_below_a_value_need_weights_that_are_none_below_0() -> None:
    assert quantile(negative(), "y", 0.5) == NotEstimable("negative_weights", n=12)


def test_a_reason_says_what_could_not_be_measured_when_weights_are_negative() -> None:
    by = negative()
    assert replace(by.table, keys={}).variables["y"].definition is None
    assert by.mean("y", by.table.keys["x"] == 20).definition is None
