"""Totals of unequal probability samples: variances by hand, by enumeration of every sample, and against R survey."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from surveys.analysis.estimates.unequal import VARIANCES, total
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable

from .oracle import agrees, estimated

Y = [448.4, 252.0, 211.6, 184.5, 157.2]
CHANCES = [1, 0.826890756302521, 0.403361344537815, 0.517647058823529, 0.369747899159664]


def variance_of(name: str, y: Any, chances: Any, joint: Any = None, stratum: Any = None) -> float:
    return estimated(total(y, chances, name, joint, stratum)).se ** 2


def test_the_total_and_both_exact_variances_by_hand() -> None:
    # y/π = 20 and 10; π_1 π_2 = .2, π_12 = .1: 1 − .2/.1 = −1 off the diagonal
    y: list[float] = [10, 4]
    chances, joint = [0.5, 0.4], [[0.5, 0.1], [0.1, 0.4]]
    assert estimated(total(y, chances, joint=joint)).value == pytest.approx(20 + 10)
    assert variance_of("sen_yates_grundy", y, chances, joint) == pytest.approx((0.2 / 0.1 - 1) * (20 - 10) ** 2)
    y = [10, 0.4]  # y/π = 20 and 1
    expected = 0.5 * 400 + 0.6 * 1 - 2 * 20 * 1
    assert variance_of("horvitz_thompson", y, chances, joint) == pytest.approx(expected)


def test_both_approximations_by_hand() -> None:
    # y/π = 20, 10, 30 with mean 20; 1 − π = .5, .6, .9 with weighted mean 43/2
    y, chances = [10, 4, 3], [0.5, 0.4, 0.1]
    assert variance_of("brewer", y, chances) == pytest.approx(3 / 2 * (0.6 * 100 + 0.9 * 100))
    centre = (0.5 * 20 + 0.6 * 10 + 0.9 * 30) / 2
    expected = 3 / 2 * (0.5 * (20 - centre) ** 2 + 0.6 * (10 - centre) ** 2 + 0.9 * (30 - centre) ** 2)
    assert variance_of("hajek", y, chances) == pytest.approx(expected)


def test_brewers_approximation_is_rs() -> None:
    """R survey 4.1-1: svydesign(id = ~1, strata = ~st, fpc = ~p, pps = "brewer"), then svytotal(~y): total and SE^2.

    R counts a certainty unit among the n of its stratum; ours sets it apart, so R was given the others.
    """
    stratified = estimated(total(Y, [0.5, 0.7, 0.2, 0.3, 0.4], "brewer", stratum=[1, 1, 2, 2, 2]))
    agrees([stratified.value, stratified.se**2], [3322.8, 363325.246])
    certain = estimated(total(Y, CHANCES, "brewer"))
    agrees([certain.value - Y[0], certain.se**2], [1610.922764227643, 15830.937374963740])
    assert (stratified.df, certain.df) == (3, 3)


def samples(seed: int) -> tuple[Any, Any, Any, dict[tuple[int, ...], float]]:
    """A population of 5, a design of size 3 with any chances of its 10 samples, its π and π_ij, by addition."""
    rng = np.random.default_rng(seed)
    sets: list[tuple[int, ...]] = list(combinations(range(5), 3))
    chance = dict(zip(sets, rng.dirichlet(np.full(len(sets), 3.0)).tolist(), strict=True))
    joint = np.zeros((5, 5))
    for one, p in chance.items():
        joint[np.ix_(one, one)] += p
    return rng.uniform(1, 20, 5), joint.diagonal(), joint, chance


@pytest.mark.parametrize("name", ["sen_yates_grundy", "horvitz_thompson"])
@given(seed=st.integers(0, 10_000))
def test_over_all_samples_the_exact_variances_are_right_on_average(name: str, seed: int) -> None:
    y, chances, joint, samples_of = samples(seed)
    totals = {one: (y[list(one)] / chances[list(one)]).sum() for one in samples_of}
    truth = sum(p * (totals[one] - y.sum()) ** 2 for one, p in samples_of.items())
    found = 0.0
    for one, p in samples_of.items():
        place = list(one)
        outcome = total(y[place], chances[place], name, joint[np.ix_(place, place)])
        if isinstance(outcome, NotEstimable):
            assert outcome.code == "negative_variance"
            found += p * float(str(outcome.values["variance"]))
        else:
            found += p * outcome.se**2
    assert sum(p * totals[one] for one, p in samples_of.items()) == pytest.approx(y.sum(), rel=1e-10)
    assert found == pytest.approx(truth, rel=1e-8)


@given(st.integers(2, 12), st.integers(12, 60))
def test_with_equal_probabilities_all_are_the_variance_of_simple_random_sampling(n: int, population: int) -> None:
    y = np.random.default_rng(n).normal(50, 10, n)
    joint = np.full((n, n), n * (n - 1) / (population * (population - 1)))
    np.fill_diagonal(joint, n / population)
    if n == population:
        return
    expected = population**2 * (1 - n / population) * y.var(ddof=1) / n
    for name in VARIANCES:
        assert variance_of(name, y, np.full(n, n / population), joint) == pytest.approx(expected, rel=1e-9)


def test_strata_add_up_and_pairs_across_them_add_nothing() -> None:
    chances, joint = np.array([0.5, 0.4, 0.3, 0.6]), np.outer([0.5, 0.4, 0.3, 0.6], [0.5, 0.4, 0.3, 0.6])
    joint[0, 1] = joint[1, 0] = 0.1
    joint[2, 3] = joint[3, 2] = 0.12
    np.fill_diagonal(joint, chances)
    y = np.array([10.0, 4, 3, 8])
    for name in ("sen_yates_grundy", "brewer", "hajek"):
        both = variance_of(name, y, chances, joint, ["a", "a", "b", "b"])
        parts = [variance_of(name, y[rows], chances[rows], joint[rows, rows]) for rows in (slice(2), slice(2, 4))]
        assert both == pytest.approx(sum(parts), rel=1e-12)


def test_the_interval_has_t_with_one_df_less_a_stratum() -> None:
    found = estimated(total(Y, CHANCES, "hajek", level=0.9))
    assert (found.df, found.design_df, found.n, found.method, found.level) == (3, 3, 5, "t", 0.9)
    half = stdtrit(3, 0.95) * found.se
    agrees([found.lower, found.upper], [found.value - half, found.value + half])


def test_a_census_has_no_error() -> None:
    found = estimated(total([3, 4], [1, 1], "brewer"))
    assert (found.value, found.se, found.df, found.lower, found.upper) == (7, 0, 0, 7, 7)


def test_certainty_units_add_to_the_total_and_nothing_to_any_variance() -> None:
    joint = [[0.5, 0.1, 0.5], [0.1, 0.4, 0.4], [0.5, 0.4, 1]]
    for name in VARIANCES:
        without = total([10, 0.4], [0.5, 0.4], name, [[0.5, 0.1], [0.1, 0.4]])
        with_it = total([10, 0.4, 1000], [0.5, 0.4, 1], name, joint)
        assert isinstance(without, Estimate)
        assert isinstance(with_it, Estimate)
        assert with_it.value == pytest.approx(without.value + 1000)
        assert with_it.se == pytest.approx(without.se, rel=1e-12)


def test_what_gives_no_honest_variance_says_why() -> None:
    lonely = total([1, 2, 3], [0.5, 0.5, 0.2], "brewer", stratum=["a", "a", "b"])
    assert isinstance(lonely, NotEstimable)
    assert (lonely.code, lonely.values["strata"]) == ("one_psu", ("b",))
    impossible = total([1, 2], [0.5, 0.5], "sen_yates_grundy", [[0.5, 0], [0, 0.5]])
    assert isinstance(impossible, NotEstimable)
    assert (impossible.code, impossible.values["units"]) == ("joint_zero", (0, 1))
    negative = total([10, 4], [0.5, 0.4], "sen_yates_grundy", [[0.5, 0.3], [0.3, 0.4]])
    assert isinstance(negative, NotEstimable)
    assert negative.code == "negative_variance"
    assert negative.values["variance"] == pytest.approx((0.2 / 0.3 - 1) * 100)


REFUSED: dict[str, list[dict[str, Any]]] = {
    "unequal.variance": [{"variance": "grundy"}],
    "unequal.length": [
        {"y": [1.0]},
        {"y": [], "chances": []},
        {"stratum": ["a"]},
        {"joint": [[0.5]]},
    ],
    "unequal.not_numbers": [
        {"y": ["a", "b"]},
        {"y": 3.0},
        {"chances": ["half", 0.4]},
        {"joint": [[0.5, 0.1], [0.1]]},
        {"joint": [0.5, 0.4]},
    ],
    "unequal.values": [{"y": [1.0, float("nan")]}],
    "unequal.chances": [{"chances": [0.5, 0]}, {"chances": [0.5, 1.2]}, {"chances": [0.5, float("nan")]}],
    "unequal.joint_missing": [{"joint": None}],
    "unequal.joint": [
        {"joint": [[0.5, 0.1], [0.2, 0.4]]},
        {"joint": [[0.5, 0.1], [0.1, 0.3]]},
        {"joint": [[0.5, 0.45], [0.45, 0.4]]},
        {"joint": [[0.5, float("nan")], [float("nan"), 0.4]]},
    ],
}


@pytest.mark.parametrize(("code", "wrong"), [(code, wrong) for code, cases in REFUSED.items() for wrong in cases])
def test_what_does_not_fit_together_is_refused_by_name(code: str, wrong: dict[str, Any]) -> None:
    given_in: dict[str, Any] = {"y": [1.0, 2.0], "chances": [0.5, 0.4], "joint": [[0.5, 0.1], [0.1, 0.4]], **wrong}
    with pytest.raises(AnalysisRefused) as refusal:
        total(**given_in)
    assert refusal.value.code == code
