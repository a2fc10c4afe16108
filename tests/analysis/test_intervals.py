"""The Korn–Graubard rule to the letter, the named others, and the reliability gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from surveys.analysis.design import Design
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.intervals import INTERVALS, Proportion, effective_n, exact, korn_graubard
from surveys.analysis.estimates.reliability import Reliability, reliability
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import Table


def proportion(p: float, variance: float = 0.0, n: int = 120, df: int = 11, deff0: float = 1.5) -> Proportion:
    return Proportion(p, variance, n, df, deff0, n, df)


def widening(n: int, df: int) -> float:
    return float((stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, df)) ** 2)


def test_the_effective_n_of_korn_and_graubard_by_hand() -> None:
    one = proportion(0.8, variance=0.002)
    assert effective_n(one) == pytest.approx(80 * widening(120, 11))
    n = effective_n(one)
    lower, upper = korn_graubard(one)
    assert lower == pytest.approx(stats.beta.ppf(0.025, 0.8 * n, 0.2 * n + 1))
    assert upper == pytest.approx(stats.beta.ppf(0.975, 0.8 * n + 1, 0.2 * n))


def test_the_effective_n_never_passes_n() -> None:
    assert effective_n(proportion(0.8, variance=1e-6)) == 120
    assert effective_n(proportion(0.8, variance=0.0)) == 120


def test_all_of_n_has_a_lower_limit_from_the_assumed_deff() -> None:
    one = proportion(1.0, deff0=1.5)
    n = 80 * widening(120, 11)
    lower, upper = korn_graubard(one)
    assert lower == pytest.approx(0.025 ** (1 / n))
    assert upper == 1.0
    lower, upper = korn_graubard(replace(one, p=0.0))
    assert lower == 0.0
    assert upper == pytest.approx(1 - 0.025 ** (1 / n))


def test_clopper_and_pearsons_limits_for_48_of_50() -> None:
    lower, upper = exact(0.96, 50, 0.95)
    assert lower == pytest.approx(0.8629, abs=5e-5)
    assert upper == pytest.approx(0.9951, abs=5e-5)


@given(
    st.floats(1e-6, 1 - 1e-6) | st.sampled_from([0.0, 1.0]),
    st.floats(0, 1),
    st.integers(2, 4000),
    st.integers(1, 350),
    st.floats(1, 6),
)
def test_the_default_interval_holds_p_and_stays_within_0_and_1(
    p: float, part: float, n: int, df: int, deff0: float
) -> None:
    lower, upper = korn_graubard(proportion(p, part * p * (1 - p), n, df, deff0))
    assert 0 <= lower <= p + 1e-12
    assert p - 1e-12 <= upper <= 1


@given(st.floats(0.02, 0.98), st.floats(1e-5, 0.01))
def test_every_named_interval_holds_p(p: float, variance: float) -> None:
    for name, limits in INTERVALS.items():
        lower, upper = limits(proportion(p, variance))
        assert lower <= p <= upper, name


def clustered(values: list[list[float]], weights: list[float] | None = None) -> Estimator:
    """One stratum whose PSUs give these answers; person weights repeat through each PSU."""
    psu = np.repeat(np.arange(len(values)), [len(one) for one in values])
    flat = np.concatenate([np.asarray(one, float) for one in values])
    weight = np.ones(len(flat)) if weights is None else np.asarray(weights)
    table = Table.of_units(np.zeros(len(flat)), psu, weight, {"y": flat}, {"psu": psu})
    return Estimator(table, Design.of_table(table))


def test_a_domain_where_all_passed_borrows_the_deff_of_the_district() -> None:
    by = clustered([[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 1]])
    district, domain = by.proportion("y"), by.proportion("y", by.table.keys["psu"] < 2)
    assert isinstance(district, Estimate)
    assert isinstance(domain, Estimate)
    deff = 16 * district.se**2 / (district.value * (1 - district.value))
    n = min(8, 8 / deff * widening(8, 1))
    assert deff > 1
    assert domain.n_eff == pytest.approx(n)
    assert (domain.value, domain.se, domain.upper) == (1.0, 0.0, 1.0)
    assert domain.lower == pytest.approx(0.025 ** (1 / n))
    assert domain.deff is None


def test_a_district_where_all_passed_falls_back_on_kish_and_the_declared_icc() -> None:
    weights = [1.0, 1, 1, 3, 3, 3, 1, 1, 1]
    by = clustered([[1, 1, 1], [1, 1, 1], [1, 1, 1]], weights)
    estimate = by.proportion("y")
    assert isinstance(estimate, Estimate)
    kish = 9 * (6 + 27) / 15**2
    n = 9 / (kish * (1 + (3 - 1) * 0.05)) * widening(9, 2)
    assert estimate.n_eff == pytest.approx(n)
    assert estimate.lower == pytest.approx(0.025 ** (1 / n))
    assert estimate.upper == 1.0


def test_the_other_intervals_are_refused_where_they_are_undefined() -> None:
    by = clustered([[0, 0], [0, 0]])
    assert by.proportion("y", interval="logit") == NotEstimable("interval_undefined", method="logit", value=0.0)
    assert isinstance(by.proportion("y", interval="clopper_pearson"), Estimate)


def estimate(**changes: float) -> Estimate:
    sound = Estimate(0.8, 0.03, 20, 300, 180.0, 1.6, 0.73, 0.85, "korn_graubard", 20)
    return replace(sound, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Reliability()),
        ({"df": 7}, Reliability((), ("df_below_8",))),
        ({"df": 2}, Reliability(("df_below_3",), ("df_below_8",))),
        ({"n_eff": 29.9}, Reliability(("n_eff_below_30",))),
        ({"n_eff": 30.0}, Reliability()),
        ({"lower": 0.5, "upper": 0.8}, Reliability(("width_30_points",))),
        ({"lower": 0.56, "upper": 0.85}, Reliability()),
        ({"lower": 0.0, "upper": 0.02, "value": 0.005}, Reliability()),
    ],
)
def test_the_reliability_rules_give_their_reasons(changes: dict[str, float], verdict: Reliability) -> None:
    assert reliability(estimate(**changes)) == verdict
    assert verdict.shown == (not verdict.reasons)


def test_a_score_is_judged_in_its_own_points() -> None:
    score = estimate(value=68.0, lower=60.0, upper=76.0)
    assert reliability(score, points=1).shown
    assert reliability(replace(score, upper=90.0), points=1).reasons == ("width_30_points",)
    assert reliability(replace(score, upper=1e6), points=None).shown


def test_what_cannot_be_estimated_is_withheld_for_its_own_reason() -> None:
    assert reliability(NotEstimable("one_psu", strata=("a",))) == Reliability(("one_psu",))
