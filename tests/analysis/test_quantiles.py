"""Quantiles by hand, by numpy where weights are equal, and what must hold for every sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.analysis.design import Design
from surveys.analysis.estimands.quantile_rules import BY_PERSON, BY_VALUE, Sample
from surveys.analysis.estimands.quantiles import quantile
from surveys.analysis.estimates.estimator import Estimator, Outcome
from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import Table, Variable, grouped
from surveys.analysis.weighting.calibration import calibrate
from surveys.analysis.weighting.margins import Margin

from .oracle import estimated

Numbers = npt.NDArray[np.float64]
seeds = st.integers(0, 2**32 - 1)
probabilities = st.integers(1, 31).map(lambda part: part / 32)
RULES = {**BY_VALUE, **BY_PERSON}


def read(rule: str, values: Sequence[float], probability: float, weights: Sequence[float] | None = None) -> float:
    w = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    sample = Sample.of(np.asarray(values, float), w)
    return RULES[rule](sample.merged() if rule in BY_VALUE else sample, probability)


def persons(values: npt.ArrayLike, psus: int = 5, weight: npt.ArrayLike = 1.0) -> Estimator:
    """One stratum; persons are dealt out to the PSUs in turn."""
    score = np.asarray(values, float)
    psu, w = np.arange(len(score)) % psus, np.broadcast_to(np.asarray(weight, float), score.shape)
    table = Table.of_units(np.zeros(len(score)), psu, w, {}, {"score": score, "psu": psu})
    return Estimator(table, Design.of_table(table))


@pytest.mark.parametrize(
    ("probability", "math", "school", "hf3"),
    [(0.1, 3, 3, 3), (0.25, 3, 5, 7), (0.3, 7, 7, 7), (0.5, 7, 7.5, 7), (0.75, 8, 8.5, 9), (0.9, 9, 9, 9)],
)
def test_the_rules_that_read_the_distribution_function_by_hand(
    probability: float, math: float, school: float, hf3: float
) -> None:
    values, weights = [7.0, 3.0, 9.0, 8.0, 3.0], [2.0, 1.0, 2.0, 2.0, 1.0]  # F: 3 at 1/4, 7 at 1/2, 8 at 3/4, 9 at 1
    assert [read(rule, values, probability, weights) for rule in ("math", "hf1")] == [math, math]
    assert [read(rule, values, probability, weights) for rule in ("school", "hf2")] == [school, school]
    assert read("hf3", values, probability, weights) == hf3


def test_the_rules_that_place_single_persons_by_hand() -> None:
    values, weights = [10.0, 20.0, 40.0], [1.0, 2.0, 1.0]  # cumulated: 1, 3, 4
    found = {rule: read(rule, values, 0.5, weights) for rule in BY_PERSON}
    assert found["hf4"] == 10 + 10 * (0.5 - 1 / 4) / (2 / 4)  # at 1/4, 3/4, 1
    assert found["hf5"] == 20  # at 1/8, 4/8, 7/8
    assert found["hf6"] == pytest.approx(10 + 10 * (0.5 - 1 / 5) / (2 / 5))  # at 1/5, 3/5, 4/5
    assert found["hf7"] == pytest.approx(20 + 20 * (0.5 - 1 / 3) / (2 / 3))  # at 0, 1/3, 1
    eighth, ninth = np.array([2, 7, 11]) / 13, np.array([5, 18, 29]) / 34
    assert found["hf8"] == pytest.approx(10 + 10 * (0.5 - eighth[0]) / (eighth[1] - eighth[0]))
    assert found["hf9"] == pytest.approx(10 + 10 * (0.5 - ninth[0]) / (ninth[1] - ninth[0]))
    assert (
        read("shahvaish", values, 7 / 16, weights) == found["shahvaish"] == 20
    )  # at (3/4 + 1/2 − 1/2)/4, (9/4 + 1/2 − 1)/4, (3 + 1/2 − 1/2)/4: 3/16, 7/16, 3/4


@pytest.mark.parametrize("rule", RULES)
def test_who_ends_up_without_weight_is_not_there(rule: str) -> None:
    values, weights = [1.0, 3.0, 4.0, 7.0, 9.0], [0.0, 1.0, 0.0, 2.0, 0.0]
    found = [read(rule, values, probability, weights) for probability in (0.1, 1 / 3, 0.9)]
    assert found == [read(rule, [3.0, 7.0], probability, [1.0, 2.0]) for probability in (0.1, 1 / 3, 0.9)]


@pytest.mark.parametrize("rule", RULES)
def test_one_person_is_every_quantile(rule: str) -> None:
    assert [read(rule, [4.0], probability, [3.0]) for probability in (0.01, 0.5, 0.99)] == [4.0, 4.0, 4.0]


NUMPY = {
    "math": "inverted_cdf",
    "hf2": "averaged_inverted_cdf",
    "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen",
    "hf6": "weibull",
    "hf7": "linear",
    "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40), probabilities, st.integers(-3, 3))
def test_with_equal_weights_the_rules_are_those_of_hyndman_and_fan(
    values: list[int], probability: float, power: int
) -> None:
    weights = [2.0**power] * len(values)
    for rule, method in NUMPY.items():
        expected = np.quantile(np.asarray(values, float), probability, method=method)  # type: ignore[call-overload]
        assert read(rule, list(map(float, values)), probability, weights) == pytest.approx(expected, rel=1e-12), rule


@pytest.mark.parametrize("rule", sorted(RULES))
@given(st.data())
def test_a_quantile_rises_with_the_probability_and_stays_among_the_values(rule: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.floats(-50, 50), min_size=1, max_size=30))
    weights = data.draw(st.lists(st.floats(0.5, 2), min_size=len(values), max_size=len(values)))
    asked = sorted(data.draw(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=6)))
    found = [read(rule, values, probability, weights) for probability in asked]
    assert min(values) <= min(found)
    assert max(found) <= max(values)
    if rule != "shahvaish":  # where R sorts the places anew, values may come out of order
        assert all(low <= high + 1e-9 for low, high in pairwise(found))
    if rule in ("math", "hf1", "hf3", "shahvaish"):
        assert set(found) <= set(values)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), probabilities)
def test_the_inverse_cdf_is_the_first_value_that_reaches_the_share(values: list[int], probability: float) -> None:
    given = np.asarray(values, float)
    weights = 1 + np.arange(len(given)) % 4
    value = read("math", given.tolist(), probability, weights.tolist())
    assert weights[given <= value].sum() >= probability * weights.sum()
    assert weights[given < value].sum() < probability * weights.sum()


def test_shares_that_differ_by_rounding_alone_are_met_exactly() -> None:
    tenths = [0.1] * 10  # 0.1 + 0.1 + 0.1 is above 0.3
    assert read("math", list(map(float, range(10))), 0.3, tenths) == 2
    assert read("school", list(map(float, range(10))), 0.3, tenths) == 2.5


def test_woodruffs_interval_reads_the_limits_of_the_share_off_the_same_distribution() -> None:
    values = [1.0, 2, 2, 3, 3, 4, 4, 4, 5, 6, 7, 8, 9, 9, 12]
    by = persons(values)
    median = estimated(quantile(by, "score", 0.5))
    share = estimated(by.mean(by.table.members(by.table.keys["score"] <= 4)))
    assert median.value == 4
    assert share.value == pytest.approx(8 / 15)
    shares = np.array([np.mean([values[i] <= 4 for i in range(psu, 15, 5)]) for psu in range(5)])
    half = t_quantile(0.95, 4) * np.std(shares, ddof=1) / 5**0.5
    assert (median.lower, median.upper) == (
        read("math", values, 8 / 15 - half),
        read("math", values, 8 / 15 + half),
    )
    assert median.se == pytest.approx((median.upper - median.lower) / (2 * t_quantile(0.95, 4)))
    assert (median.method, median.df, median.n, median.design_df) == ("woodruff", 4, 15, 4)
    assert (median.n_eff, median.deff) == (share.n_eff, share.deff)


def test_a_domain_has_its_own_degrees_of_freedom() -> None:
    by = persons(np.arange(200) // 2 % 37, psus=20)
    found = estimated(quantile(by, "score", 0.5, by.table.keys["psu"] < 8))
    assert (found.df, found.design_df, found.n) == (7, 19, 80)
    assert found.se == pytest.approx((found.upper - found.lower) / (2 * t_quantile(0.95, 7)))


def test_there_is_no_interval_where_a_limit_of_the_share_falls_outside() -> None:
    by = persons([1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 30])
    assert quantile(by, "score", 0.97) == NotEstimable("interval_undefined", method="woodruff", value=30.0)  # share 1
    assert quantile(by, "score", 0.9) == NotEstimable("interval_undefined", method="woodruff", value=9.0)
    lowest = persons([1, *range(2, 16)])  # one in 15, all in one PSU: 1/15 ± t·1/15
    assert quantile(lowest, "score", 0.01) == NotEstimable("interval_undefined", method="woodruff", value=1.0)
    flat = persons([5.0] * 10)
    assert quantile(flat, "score", 0.5) == NotEstimable("interval_undefined", method="woodruff", value=5.0)


def test_a_missing_value_and_a_weight_of_0_do_not_count() -> None:
    values, nan = [1.0, 2, 2, 3, 3, 4, 4, 4, 5, 6, 7, 8, 9, 9, 12], float("nan")
    weight = np.r_[np.ones(15), 0.0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    more = persons([*values, *[100.0] * 5, *[nan] * 5], weight=weight)
    same = replace(estimated(quantile(persons(values), "score", 0.5)), n_eff=None, deff=None)
    assert replace(estimated(quantile(more, "score", 0.5)), n_eff=None, deff=None) == same


def test_what_cannot_be_estimated_says_why() -> None:
    by = persons([float("nan")] * 6)
    assert quantile(by, "score", 0.5) == NotEstimable("no_answers")
    few = persons([1, 2, 2, 3, 4, 4], psus=3)
    assert quantile(few, "score", 0.5, few.table.keys["psu"] == 1) == NotEstimable("too_few_psus", df=0)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"probability": 0.0}, "quantile.probability"),
        ({"probability": 1.0}, "quantile.probability"),
        ({"probability": float("nan")}, "quantile.probability"),
        ({"rule": "median"}, "quantile.rule"),
        ({"key": "sat"}, "table.no_key"),
        ({"key": ["a", "b", "c", "d", "e", "f"]}, "table.not_numbers"),
        ({"key": [1.0, 2.0]}, "table.length"),
        ({"key": [1.0, 2.0, 3.0, 4.0, 5.0, float("inf")]}, "table.infinite"),
        ({"domain": np.array([True])}, "domain.length"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(asked: dict[str, object], code: str) -> None:
    by = persons([1, 2, 3, 4, 5, 6], psus=3)
    arguments: dict[str, object] = {"key": "score", "probability": 0.5, **asked}
    with pytest.raises(AnalysisRefused) as refused:
        quantile(by, **arguments)  # type: ignore[arg-type]
    assert refused.value.code == code
    if code == "quantile.rule":
        assert refused.value.values["rules"] == [*BY_VALUE, *BY_PERSON]


def test_rules_that_place_single_persons_are_refused_on_added_up_rows() -> None:
    units = persons([1, 1, 1, 2, 2, 3], psus=3).table
    rows = grouped(replace(units, psu=units.psu // 2), ["score"])
    by = Estimator(rows, Design.of_table(rows))
    for rule in BY_PERSON:
        with pytest.raises(AnalysisRefused, match=r"quantile\.one_person_rows"):
            quantile(by, "score", 0.5, rule=rule)
    scores = np.arange(60) ** 2 % 13
    assert estimated(quantile(persons(scores), "score", 0.5, rule="hf7")).value == np.median(scores)


def made_up(seed: int) -> Table:
    """A clustered sample with unequal weights, integer scores, missing answers and two keys."""
    rng = np.random.default_rng(seed)
    psus, take = int(rng.integers(6, 12)), int(rng.integers(6, 15))
    place = np.arange(psus * take)
    score = np.where(rng.random(len(place)) < 0.1, np.nan, rng.integers(0, 13, len(place)).astype(float))
    keys = {"score": score, "sex": rng.permutation(place % 2), "age": rng.permutation(place % 3)}
    weight = rng.uniform(10, 90, psus)[place // take] * rng.integers(1, 5, len(place))
    return Table.of_units(place // take % 2, place // take, weight, {}, keys)


def several(by: Estimator, rules: tuple[str, ...] = ("math", "school", "hf3")) -> list[Outcome]:
    women = by.table.keys["sex"] == 1
    asked = [(probability, domain) for probability in (0.2, 0.5, 0.7) for domain in (None, women)]
    return [quantile(by, "score", probability, domain, rule) for probability, domain in asked for rule in rules]


def assert_same(ours: list[Outcome], others: list[Outcome]) -> None:
    for one, other in zip(ours, others, strict=True):
        if isinstance(one, NotEstimable) or isinstance(other, NotEstimable):
            assert one == other
            continue
        assert (one.value, one.lower, one.upper, one.n, one.df) == (
            other.value,
            other.lower,
            other.upper,
            other.n,
            other.df,
        )
        assert one.se == pytest.approx(other.se)


def rows(table: Table, order: npt.NDArray[np.int64]) -> Table:
    keys = {name: key[order] for name, key in table.keys.items()}
    columns = (table.stratum[order], table.psu[order], table.count[order], table.w[order])
    return Table(table.strata, *columns, {}, keys, table.squared_weights[order])


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_added_up_rows_in_any_order_and_weights_on_any_scale_give_the_same_quantiles(seed: int) -> None:
    table = made_up(seed)
    ours = several(Estimator(table, Design.of_table(table)))
    sums = grouped(table, ["score", "sex"])
    order = np.random.default_rng(seed).permutation(len(table.w))
    scaled = replace(table, w=table.w * 64, ww=None)
    assert len(sums.w) <= len(table.w)
    for other in (sums, rows(table, order), scaled):
        assert_same(ours, several(Estimator(other, Design.of_table(other))))
    assert any(isinstance(one, Estimate) for one in ours)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_after_calibration_the_final_weights_and_the_calibrated_share_are_read(seed: int) -> None:
    table = made_up(seed)
    women, there = table.keys["sex"] == 1, ~np.isnan(table.keys["score"])
    totals = {1: 1.4 * float(table.w[women].sum()), 0: 0.8 * float(table.w[~women].sum())}
    by = Estimator(table, Design.of_table(table), calibrate(table, [Margin("sex", table.keys["sex"], totals)]))
    sample = Sample.of(table.keys["score"][there], (table.w * np.where(women, 1.4, 0.8))[there]).merged()
    outcome = quantile(by, "score", 0.5)
    value = BY_VALUE["math"](sample, 0.5)
    reached = there & (table.keys["score"] <= value)
    share = by.mean(Variable.binary(there, table.w * there, table.w * reached))
    if isinstance(outcome, Estimate) and isinstance(share, Estimate):
        limits = [BY_VALUE["math"](sample, limit) for limit in (share.lower, share.upper)]
        assert [outcome.value, outcome.lower, outcome.upper] == [value, *limits]
        assert outcome.deff == share.deff
