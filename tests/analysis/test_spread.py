"""The population variance by hand, from totals, and as the numerical derivative says."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.estimands.spread import linear_variance, population_variance
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import Definition, NotEstimable
from surveys.analysis.table import Table, grouped
from surveys.analysis.weighting.calibration import Calibration, calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated

seeds = st.integers(0, 2**32 - 1)


def made_up(seed: int, flat: float | None = None) -> Table:
    rng = np.random.default_rng(seed)
    place = np.arange(60)
    score = np.where(rng.random(60) < 0.1, np.nan, rng.integers(0, 101, 60).astype(float))
    values = {"score": score if flat is None else np.full(60, flat)}
    keys = {"sex": rng.permutation(place % 2), "age": rng.permutation(place % 3)}
    return Table.of_units(place // 30, place // 6, rng.uniform(10, 90, 60), values, keys)


def test_the_variance_of_four_persons_by_hand() -> None:
    table = Table.of_units([1, 1, 1, 1], [1, 2, 3, 4], [1.0, 1, 2, 4], {"y": [2.0, 6, 4, 0]})
    ours = estimated(population_variance(Estimator(table, Design.of_table(table)), "y"))
    squares = np.array([0.0, 16, 4, 4])  # about the mean, (2 + 6 + 8 + 0)/8 = 2
    variance = 4 / 3 * (0 + 16 + 2 * 4 + 4 * 4) / 8
    assert ours.value == pytest.approx(variance)
    scores = np.array([1, 1, 2, 4]) * (4 / 3 * squares - variance) / 8
    assert ours.se == pytest.approx((4 / 3 * np.sum(scores**2)) ** 0.5)
    half = t_quantile(0.95, 3) * ours.se
    assert (ours.lower, ours.upper) == pytest.approx((variance - half, variance + half))
    assert (ours.df, ours.n, ours.deff, ours.n_eff) == (3, 4, None, None)


def test_the_same_answer_from_everybody_has_no_variance_to_speak_of() -> None:
    table = made_up(1, flat=1 / 3)
    by = Estimator(table, Design.of_table(table))
    outcome = population_variance(by, "score")
    assert isinstance(outcome, NotEstimable)
    assert (outcome.code, outcome.values["n"]) == ("no_variation", 60)
    assert outcome.values["value"] == pytest.approx(1 / 3)
    nobody = population_variance(by, "score", np.zeros(60, bool))
    assert isinstance(nobody, NotEstimable)


def test_one_answer_is_not_enough() -> None:
    table = made_up(2)
    only = np.arange(60) == np.flatnonzero(table.variables["score"].n)[0]
    outcome = population_variance(Estimator(table, Design.of_table(table)), "score", only)
    assert isinstance(outcome, NotEstimable)
    assert (outcome.code, outcome.values["n"]) == ("no_variation", 1)


def test_the_definition_travels_along() -> None:
    made = Definition("satisfaction", "2")
    table = Table.of_units([1, 1, 1], [1, 2, 3], [1.0, 1, 1], {"y": [1.0, 2, 4]}, definitions={"y": made})
    assert estimated(population_variance(Estimator(table, Design.of_table(table)), "y")).definition == made


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_totals_give_what_single_persons_give_also_after_calibration(seed: int) -> None:
    units = made_up(seed)
    sums = grouped(units, ["sex"])
    for table_of in (lambda table: None, calibrated):
        ours, theirs = (
            [population_variance(by, "score", mask) for mask in (None, by.table.keys["sex"] == 1)]
            for by in (Estimator(table, Design.of_table(table), table_of(table)) for table in (units, sums))
        )
        for one, other in zip(ours, theirs, strict=True):
            found, expected = estimated(one), estimated(other)
            assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-9)
            assert (found.n, found.df) == (expected.n, expected.df)


def calibrated(table: Table) -> Calibration:
    return calibrate(table, [Margin("sex", table.keys["sex"], {0: 1200.0, 1: 2100.0})])


def weighted_variance(y: npt.NDArray[np.float64], w: npt.NDArray[np.float64]) -> float:
    mean = np.sum(w * y) / np.sum(w)
    return float(len(y) / (len(y) - 1) * np.sum(w * (y - mean) ** 2) / np.sum(w))


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_scores_are_weight_times_derivative(seed: int) -> None:
    table = made_up(seed)
    part = linear_variance(Estimator(table, Design.of_table(table)), "score")
    assert isinstance(part, Linearised)
    there = table.variables["score"].n > 0
    y, w = table.variables["score"].wy[there] / table.w[there], table.w[there]
    assert part.value == pytest.approx(weighted_variance(y, w))
    for place in range(3):
        step = 1e-4 * w[place] * (np.arange(len(w)) == place)
        slope = (weighted_variance(y, w + step) - weighted_variance(y, w - step)) / (2 * step.sum())
        assert part.scores[there][place] == pytest.approx(w[place] * slope, rel=1e-5, abs=1e-7)
    assert (part.scores[~there] == 0).all()
