"""The likelihood interval: R survey 4.5, R run until it converges, the likelihood itself, and what must always hold.

Compared: every ciprop with a likelihood interval of api_taylor, synth_taylor, nhanes, synth_calibration and
synth_replicates, to 3e-5 relative: R reads a profile of some ten points off a spline by straight lines. Made to
converge (tests/golden/likelihood), R agrees to 1e-9 in every case but those of replicates. In domain T1 of synth_taylor
(df 1) R's fit breaks off; there only our likelihood is checked. rake.tight with R's residuals (rake_of_r).
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import logit, stdtrit

from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.intervals import INTERVALS, Proportion, likelihood
from surveys.analysis.estimates.likelihood import likelihood_limits
from surveys.analysis.outcome import NotEstimable

from .oracle import LINE_FOR_CURVE, ORACLES, agrees, cases, data_of, estimated, estimator, sample
from .test_calibration_oracles import as_r_rakes, calibrated


def with_likelihood(file: str) -> list[tuple[str, str]]:
    return [(file, name) for name, case in cases(file).items() if "likelihood" in json.dumps(case)]


SHARES = [case for file in ("api_taylor", "nhanes", "synth_taylor") for case in with_likelihood(file)]
WHOLE = [case for case in SHARES if not case[1].endswith("T1")]
BROKEN_OFF = [case for case in SHARES if case[1].endswith("T1")]
WEIGHTED, REPLICATED = with_likelihood("synth_calibration"), with_likelihood("synth_replicates")
COMPARED = SHARES + WEIGHTED + REPLICATED
CONVERGED: dict[str, list[float]] = json.loads(
    (ORACLES.parent / "likelihood" / "converged.json").read_text(encoding="utf-8")
)["cases"]


def limits(case: dict[str, Any]) -> list[float]:
    return [case["lower"], case["upper"]]


def ours(name: str) -> list[float]:
    prefix, _, *rest = name.split(".")
    mask = ~np.isnan(data_of(prefix)["HI_CHOL"]) if prefix == "nhanes" else None
    found = estimated(estimator(prefix).proportion(rest[0] if rest else "HI_CHOL", mask, "likelihood"))
    return [found.lower, found.upper]


def after_calibration(name: str) -> list[float]:
    prefix, way = name.split(".", 1)
    table, design = sample(prefix)
    if way == "rake.tight":
        by = as_r_rakes("synth_calibration", name)[0]
    else:
        by = Estimator(table, design, calibrated(prefix, way, cases("synth_calibration")[name]))
    found = estimated(by.proportion("aware", interval="likelihood"))
    return [found.lower, found.upper]


@pytest.mark.parametrize(("file", "name"), WHOLE)
def test_the_limits_of_a_share_agree_with_r(file: str, name: str) -> None:
    agrees(ours(name), limits(cases(file)[name]["expected"]["likelihood"]), rel=LINE_FOR_CURVE)
    agrees(ours(name), CONVERGED[name])


@pytest.mark.parametrize(("file", "name"), WEIGHTED)
def test_the_limits_after_calibration_agree_with_r(file: str, name: str) -> None:
    agrees(after_calibration(name), limits(cases(file)[name]["expected"]["ciprop"]["likelihood"]), rel=LINE_FOR_CURVE)
    agrees(after_calibration(name), CONVERGED[name])


@pytest.mark.parametrize(("file", "name"), REPLICATED)
def test_from_replicates_the_log_odds_carry_the_variance(file: str, name: str) -> None:
    """R's own interval for the log odds tells their replicate variance."""
    theirs = cases(file)[name]["expected"]["ciprop"]
    p, t = theirs["mean"]["est"], stdtrit(theirs["df"], 0.975)
    se = np.diff(logit(limits(theirs["logit"])))[0] / (2 * t)
    found = likelihood_limits(p, (se * p * (1 - p)) ** 2, float(t))
    agrees(found, limits(theirs["likelihood"]), rel=LINE_FOR_CURVE)


@pytest.mark.parametrize(("file", "name"), BROKEN_OFF)
def test_where_r_breaks_off_the_limits_still_lie_where_the_likelihood_has_fallen(file: str, name: str) -> None:
    prefix, _, variable, _ = name.split(".")
    expected = cases(file)[name]["expected"]
    assert "error" in expected["likelihood"] or expected["likelihood"]["upper"] is None
    outcome = estimator(prefix).proportion(variable, data_of(prefix)["town"] == "T1", "likelihood")
    if expected["mean"]["est"] == 1:
        assert outcome == NotEstimable("interval_undefined", method="likelihood", value=1.0)
        return
    found = estimated(outcome)
    variance = found.se**2 * found.n / (found.n - 1)
    allowed = stdtrit(1, 0.975) ** 2 * variance / (found.value * (1 - found.value)) / 2
    assert 0 <= found.lower < found.value < found.upper <= 1
    if found.lower > 1e-300:
        assert fallen(found.value, found.lower) == pytest.approx(allowed, rel=1e-9)


def fallen(p: float, at: float) -> float:
    """How far the log likelihood of a share, for one answer, lies below its largest value."""
    return p * math.log(p / at) + (1 - p) * math.log((1 - p) / (1 - at))


def test_the_scaling_to_the_design_by_hand() -> None:
    """100 answers of which 80: deff 1.5 and t of 9 df."""
    variance = 1.5 * 0.8 * 0.2 / 100
    lower, upper = likelihood(Proportion(0.8, variance, 100, 9, 1.0, 100, 9))
    chi = stdtrit(9, 0.975) ** 2 * 1.5 * 100 / 99
    assert [2 * 100 * fallen(0.8, limit) for limit in (lower, upper)] == pytest.approx([chi, chi])
    assert lower < 0.8 < upper


shares = st.floats(0.001, 0.999)
variances = st.floats(1e-8, 0.02)


@given(shares, variances, st.floats(0.5, 0.99), st.floats(0.001, 0.009))
def test_it_holds_the_share_stays_within_0_and_1_and_grows_with_the_level(
    p: float, variance: float, level: float, more: float
) -> None:
    one = Proportion(p, variance, 120, 11, 1.0, 120, 11, level)
    lower, upper = likelihood(one)
    wider = likelihood(replace(one, level=level + more))
    assert 0 <= wider[0] <= lower < p < upper <= wider[1] <= 1


@given(shares, variances)
def test_the_limits_of_the_share_of_the_others_are_mirrored(p: float, variance: float) -> None:
    lower, upper = likelihood_limits(p, variance, 2.1)
    assert likelihood_limits(1 - p, variance, 2.1) == pytest.approx((1 - upper, 1 - lower), abs=1e-12)


@given(shares, variances)
def test_both_limits_have_lost_the_same_likelihood(p: float, variance: float) -> None:
    lower, upper = likelihood_limits(p, variance, 2.0)
    allowed = 2 * variance / (p * (1 - p))
    assume(lower > 1e-12)
    assume(upper < 1 - 1e-12)
    assert fallen(p, lower) == pytest.approx(allowed, rel=1e-6, abs=1e-12)
    assert fallen(p, upper) == pytest.approx(allowed, rel=1e-6, abs=1e-12)


def test_a_small_variance_gives_the_usual_interval() -> None:
    lower, upper = likelihood_limits(0.3, 1e-8, 2.0)
    assert (lower, upper) == pytest.approx((0.3 - 2e-4, 0.3 + 2e-4), abs=1e-7)


def test_every_method_of_the_plan_is_offered_by_name() -> None:
    assert {"korn_graubard", "beta", "logit", "wilson", "asin", "likelihood", "mean"} <= set(INTERVALS)


def test_no_case_vanishes_silently() -> None:
    assert (len(WHOLE), len(BROKEN_OFF), len(WEIGHTED), len(REPLICATED)) == (15, 9, 18, 10)
    assert set(CONVERGED) == {name for _, name in WHOLE + WEIGHTED}
