"""Raking against the plain algorithm, bounds, and every refusal of contradictory or unreachable totals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import Table
from surveys.analysis.weighting.calibration import calibrate, kish_deff, poststratify
from surveys.analysis.weighting.margins import Covariate, Margin, weight_by_category

from .test_estimator_input import refusal_of

SEX = np.array(["f", "f", "m", "m", "f", "m", "f", "m"])
AGE = np.array([1, 2, 1, 2, 2, 1, 1, 2])
WEIGHT = np.array([10.0, 20, 10, 20, 10, 20, 30, 10])
MEN_AND_WOMEN = {"f": 90.0, "m": 70.0}
AGES = {1: 85.0, 2: 75.0}


def sample(weight: Any = WEIGHT) -> Table:
    return Table.of_units(np.zeros(8), np.arange(8), weight, {})


def sex(totals: dict[Any, Any] | None = None) -> Margin:
    return Margin("sex", SEX, totals or MEN_AND_WOMEN)


def age(totals: dict[Any, float] | None = None) -> Margin:
    return Margin("age", AGE, totals or AGES)


def test_raking_is_where_iterative_proportional_fitting_ends() -> None:
    weights = WEIGHT.copy()
    for _ in range(500):
        for key, totals in ((SEX, MEN_AND_WOMEN), (AGE, AGES)):
            for label, total in totals.items():
                weights[key == label] *= total / weights[key == label].sum()
    raked = calibrate(sample(), [sex(), age()])
    assert WEIGHT * raked.g == pytest.approx(weights, rel=1e-10)
    assert raked.gap <= 1e-10
    assert set(raked.gaps) == {("sex", "f"), ("sex", "m"), ("age", 1), ("age", 2)}


def test_post_stratification_lifts_each_cell_by_one_factor() -> None:
    assert poststratify(sample(), sex()).g == pytest.approx(np.where(SEX == "f", 90 / 70, 70 / 60))


def test_kish_deff_by_hand() -> None:
    assert kish_deff(sample()) == pytest.approx(8 * (4 * 100 + 3 * 400 + 900) / 130**2)
    assert kish_deff(sample(np.full(8, 7.0))) == pytest.approx(1)


def test_raking_within_its_bounds_stays_raking() -> None:
    free, bounded = calibrate(sample(), [sex(), age()]), calibrate(sample(), [sex(), age()], bounds=(0.3, 3))
    assert bounded.method == "raking"
    assert bounded.g.tolist() == free.g.tolist()


def test_raking_that_leaves_its_bounds_becomes_logit_and_still_meets_the_totals() -> None:
    place = np.arange(120)
    keys = {"sex": place % 2, "age": place // 2 % 5, "town": place // 10 % 3}
    table = Table.of_units(np.zeros(120), place, 10.0 + place % 7, {})
    wanted = table.w * (1 + 0.5 * keys["sex"] + 0.4 * (keys["age"] == 2) + 0.7 * keys["sex"] * (keys["town"] == 1))
    margins: list[Margin | Covariate] = [
        Margin(name, key, dict(enumerate(np.bincount(key, wanted).tolist()))) for name, key in keys.items()
    ]
    low, high = calibrate(table, margins, lift=True).factor_range
    bounds = (low - 0.1, high - 0.05)
    bounded = calibrate(table, margins, bounds=bounds, lift=True)
    assert bounded.method == "logit"
    assert bounds[0] < bounded.factor_range[0] < bounded.factor_range[1] < bounds[1]
    assert bounded.gap <= 1e-10


def test_bounds_judge_departures_from_a_common_lift_when_asked() -> None:
    fourfold = {"f": 360.0, "m": 280.0}
    with pytest.raises(AnalysisRefused, match="not_converged"):
        calibrate(sample(), [sex(fourfold)], bounds=(0.3, 3))
    lifted = calibrate(sample(), [sex(fourfold)], bounds=(0.3, 3), lift=True)
    assert lifted.method == "raking"
    assert lifted.lift == pytest.approx(640 / 130)
    assert lifted.factor_range[1] < 1.1
    assert (lifted.g * WEIGHT)[SEX == "f"].sum() == pytest.approx(360, rel=1e-10)


def test_a_margin_said_twice_changes_nothing() -> None:
    once, twice = calibrate(sample(), [sex(), age()]), calibrate(sample(), [sex(), age(), sex()])
    assert twice.g == pytest.approx(once.g, rel=1e-10)


def test_zero_weights_may_stand_in_the_table() -> None:
    weight = WEIGHT.copy()
    weight[0] = 0
    raked = calibrate(sample(weight), [sex(), age()])
    assert (raked.g * weight)[SEX == "f"].sum() == pytest.approx(90, rel=1e-10)


@pytest.mark.parametrize(
    ("margins", "code"),
    [
        ([], "margin.none"),
        ([sex(), age({1: 85.0, 2: 76.0})], "margin.contradictory"),
        ([sex({"f": 90.0, "m": 60.0, "x": 10.0})], "margin.empty_cell"),
        ([sex({"f": 90.0})], "margin.unknown_category"),
        ([sex({"f": 90.0, "m": 0.0})], "margin.zero_total"),
        ([sex({"f": 90.0, "m": -1.0})], "margin.total"),
        ([sex({"f": 90.0, "m": float("nan")})], "margin.total"),
        ([sex(), Covariate("age", AGE.astype(float), 1e9)], "calibration.not_converged"),
        ([sex(), age({1: 85.0, 2: 75.0 * (1 + 5e-10)})], "margin.contradictory"),
        ([Covariate("age", np.where(AGE == 1, np.nan, 2.0), 100.0)], "margin.covariate"),
        ([Covariate("age", AGE.astype(float), float("inf"))], "margin.covariate_total"),
        ([Margin("sex", SEX[:7], MEN_AND_WOMEN)], "table.length"),
        ([Covariate("age", AGE[:7].astype(float), 100.0)], "table.length"),
    ],
)
def test_totals_that_cannot_be_met_are_refused(margins: list[Margin | Covariate], code: str) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(sample(), margins)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("margins", "code", "named"),
    [
        ([sex({"f": 90.0, "m": None})], "margin.total", {"margin": "sex", "categories": ["m"]}),
        ([sex({"f": "many", "m": -1.0})], "margin.total", {"margin": "sex", "categories": ["f", "m"]}),
        (
            [Covariate("age", np.where(AGE == 1, np.nan, 2.0), 100.0)],
            "margin.covariate",
            {"column": "age", "rows": [0, 2, 5, 6], "count": 4},
        ),
        (
            [Covariate("age", np.full(8, 2.0), None)],  # type: ignore[arg-type]
            "margin.covariate_total",
            {"margin": "age", "total": None},
        ),
    ],
)
def test_a_total_or_number_that_is_none_is_named(margins: list[Margin], code: str, named: dict[str, object]) -> None:
    refusal = refusal_of(lambda: calibrate(sample(), margins))
    assert (refusal.code, dict(refusal.values)) == (code, named)


def incomes() -> tuple[Table, Covariate, Margin]:
    """A district of 1.8 million by 600 people, with incomes less their mean: of both signs, some 30,000 apart."""
    rng = np.random.default_rng(11)
    x, men = rng.normal(0, 30_000, 600), rng.random(600) < 0.5
    table = Table.of_units(np.zeros(600), np.arange(600), rng.uniform(2000, 4000, 600), {})
    return table, Covariate("income", x, 0.0), Margin("men", men, {False: 0.9e6, True: 0.9e6})


@pytest.mark.parametrize("total", [0.0, 1.0, 1000.0, -1e7])
@pytest.mark.parametrize(("way", "lift"), [("raking", False), ("raking", True), ("linear", False)])
def test_a_covariate_whose_total_is_small_is_met_to_the_rounding_of_its_numbers(
    total: float, way: str, lift: bool
) -> None:
    table, income, men = incomes()
    done = calibrate(table, [men, replace(income, total=total)], way, lift=lift)
    size = float(np.sum(table.w * done.g * np.abs(income.x)))
    assert abs(float(np.sum(table.w * done.g * income.x)) - total) <= 1e-10 * size
    assert done.gap <= 1e-10


def test_a_covariate_whose_total_is_small_and_out_of_reach_is_still_refused() -> None:
    table, income, men = incomes()
    apart = Covariate("again", income.x, 2e4)
    refusal = refusal_of(lambda: calibrate(table, [men, income, apart]))
    assert refusal.code == "calibration.not_converged"
    assert refusal.values["cell"] in {("income", "total"), ("again", "total")}


def test_margins_are_met_to_ten_digits_of_their_own_total_beside_a_large_covariate() -> None:
    table, income, men = incomes()
    done = calibrate(table, [men, replace(income, total=1000.0)])
    for label, total in men.totals.items():
        assert float((table.w * done.g)[men.key == label].sum()) == pytest.approx(total, rel=1e-10)


def test_a_lift_needs_a_margin_that_says_how_many_people_there_are() -> None:
    table, income, _men = incomes()
    refusal = refusal_of(lambda: calibrate(table, [income], lift=True))
    assert (refusal.code, dict(refusal.values)) == ("calibration.no_population", {"margins": ["income"]})


def test_the_methods_there_are_stand_beside_one_that_is_not() -> None:
    refusal = refusal_of(lambda: calibrate(sample(), [sex()], "loess"))
    assert dict(refusal.values) == {"method": "loess", "known": ("raking", "linear", "logit")}
    assert refusal_of(lambda: calibrate(sample(), [sex()], "logit")).values["method"] == "logit"


def test_an_empty_cell_is_named_so_that_it_can_be_joined_with_another() -> None:
    margin = sex({"f": 90.0, "m": 60.0, "x": 10.0})
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(sample(), [margin])
    assert refusal.value.values == {"margin": "sex", "categories": ["x"]}
    assert weight_by_category(sample(), margin) == {"f": 70.0, "m": 60.0, "x": 0.0}


def test_margins_that_agree_in_sum_but_not_with_the_sample_are_refused() -> None:
    same = Margin("again", SEX, {"f": 80.0, "m": 80.0})
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(sample(), [sex(), same])
    assert refusal.value.code == "calibration.not_converged"


@pytest.mark.parametrize("off", [1e-2, 1e-5, 1e-8])
def test_totals_that_cannot_be_met_to_ten_digits_are_refused(off: float) -> None:
    again = Margin("again", SEX, {"f": 90.0 * (1 + off), "m": 70.0 - 90 * off})
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(sample(), [sex(), again])
    assert refusal.value.code == "calibration.not_converged"
    gap = refusal.value.values["gap"]
    assert isinstance(gap, float)
    assert 0.1 * off < abs(gap) < off


@pytest.mark.parametrize(
    ("method", "bounds", "code"),
    [
        ("loess", None, "calibration.method"),
        ("logit", None, "calibration.bounds_missing"),
        ("logit", (1.1, 3), "calibration.bounds"),
    ],
)
def test_an_unknown_method_or_impossible_bounds_are_refused(method: str, bounds: Any, code: str) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(sample(), [sex()], method, bounds)
    assert refusal.value.code == code


def test_what_cannot_be_met_is_named_with_margin_and_category() -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(sample(), [sex(), age()], "logit", (0.95, 1.05))
    cell = refusal.value.values["cell"]
    assert refusal.value.code == "calibration.not_converged"
    assert cell in {("sex", "f"), ("sex", "m"), ("age", 1), ("age", 2)}
    with pytest.raises(AnalysisRefused) as refusal:
        calibrate(sample(), [sex(), age({1: 85.0, 2: 76.0})])
    assert refusal.value.values == {"sums": {"sex": 160.0, "age": 161.0}}


def test_the_range_of_factors_is_that_of_rows_with_weight() -> None:
    weight = WEIGHT.copy()
    weight[(SEX == "m") & (AGE == 1)] = 0
    unknown = np.where(weight > 0, AGE.astype(float), np.nan)
    raked = calibrate(sample(weight), [sex(), Covariate("age", unknown, 260.0)])
    used = raked.g[weight > 0]
    assert raked.factor_range == (used.min(), used.max())
    assert raked.kish_deff == pytest.approx(6 * ((raked.g * weight) ** 2).sum() / 160**2)


def test_nobody_can_be_calibrated() -> None:
    with pytest.raises(AnalysisRefused, match=r"calibration\.empty"):
        calibrate(sample(np.zeros(8)), [sex()])
