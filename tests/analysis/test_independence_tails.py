"""Tails of quadratic forms against χ², F, closed forms, and Imhof's own integral."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import chdtrc, fdtrc

from surveys.analysis.estimands.quadratic_forms import saddlepoint_tail, upper_tail
from surveys.analysis.table import FloatArray

SIZES = (1, 2, 3, 8)
POINTS = (0.001, 0.1, 1.0, 3.0, 10.0, 50.0, 300.0)
DDFS = (1.0, 3.7, 20.5, 400.3)


def imhof(x: float, weights: FloatArray, ddf: float) -> float:
    """P(Σ λ·Z² − x/ddf·χ²_ddf > 0) by Imhof's (1961) integral along the imaginary axis: good to about 1e-9 absolute."""
    lam, copies = np.append(weights, -x / ddf), np.append(np.ones(len(weights)), ddf)

    def integrand(u: float) -> float:
        angle = 0.5 * float(np.sum(copies * np.arctan(lam * u)))
        return math.sin(angle) / (u * math.exp(float(np.sum(copies / 4 * np.log1p((lam * u) ** 2)))))

    return 0.5 + float(quad(integrand, 0, math.inf, epsabs=1e-11, epsrel=0, limit=1000)[0]) / math.pi


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("x", POINTS)
def test_equal_weights_are_chi_square_and_f_far_into_the_tail(x: float, size: int) -> None:
    weights = np.full(size, 2.5)
    assert upper_tail(x, weights) == pytest.approx(chdtrc(size, x / 2.5), rel=1e-10)
    for ddf in DDFS:
        assert upper_tail(x, weights, ddf) == pytest.approx(fdtrc(size, ddf, x / 2.5 / size), rel=1e-10)


@pytest.mark.parametrize("x", [0.1, 1.0, 5.0, 20.0, 100.0])
def test_two_pairs_of_weights_are_a_sum_of_two_exponentials(x: float) -> None:
    a, b = 3.0, 0.7
    by_hand = (a * math.exp(-x / (2 * a)) - b * math.exp(-x / (2 * b))) / (a - b)
    assert upper_tail(x, np.array([a, a, b, b])) == pytest.approx(by_hand, rel=1e-10)


@pytest.mark.parametrize("ddf", [8.5, 30.9, 54.0])
def test_unequal_weights_over_a_denominator_agree_with_imhof(ddf: float) -> None:
    weights = np.array([4.7, 1.1, 0.4])
    for x in (1.0, 9.0, 30.0):
        assert upper_tail(x, weights, ddf) == pytest.approx(imhof(x, weights, ddf), abs=1e-9)


def test_nothing_is_surely_exceeded_and_weights_of_zero_add_nothing() -> None:
    weights = np.array([2.0, 1.0])
    assert upper_tail(0.0, weights) == saddlepoint_tail(0.0, weights) == 1.0
    for tail in (upper_tail, saddlepoint_tail):
        assert tail(5.0, np.append(weights, 0.0), 12.3) == tail(5.0, weights, 12.3)


@pytest.mark.parametrize(("x", "low", "high"), [(1.0, -0.001, 0), (10.0, 0.01, 0.011), (50.0, 0.034, 0.035)])
def test_the_saddlepoint_misses_chi_square_by_what_kuonen_says(x: float, low: float, high: float) -> None:
    missed = saddlepoint_tail(x, np.full(2, 2.5)) / chdtrc(2, x / 2.5) - 1
    assert low <= missed <= high


def test_at_the_mean_where_the_saddlepoint_formula_is_undefined_the_exact_tail_stands_in() -> None:
    weights = np.array([3.0, 2.0])
    assert saddlepoint_tail(5.0, weights) == pytest.approx(upper_tail(5.0, weights), rel=1e-12)
    beside = saddlepoint_tail(5.01, weights)
    assert beside == pytest.approx(upper_tail(5.01, weights), rel=0.02)


def test_the_saddlepoint_takes_the_whole_number_below_ddf_and_is_not_moved_by_rounding() -> None:
    """R 4.5 took 397 denominators for a ddf of 398 that rounding had left a little below."""
    weights = np.full(2, 26.2248548950355 / 13.482196151464 / 2)
    below, at, above = (saddlepoint_tail(26.2248548950355, weights, 398 + gap) for gap in (-1e-9, 0.0, 1e-9))
    assert at == pytest.approx(2.32094899198706e-06, rel=1e-8)
    assert below == pytest.approx(at, rel=1e-8)
    assert above == pytest.approx(at, rel=1e-8)
    assert saddlepoint_tail(3.0, weights, 1.0) == pytest.approx(saddlepoint_tail(3.0, weights, 0.9), rel=0.2)


lambdas = st.lists(st.floats(0.05, 20), min_size=1, max_size=5).map(np.array)


@settings(max_examples=60, deadline=None)
@given(lambdas, st.floats(0.1, 80), st.floats(1.5, 200), st.floats(0.01, 100))
def test_a_tail_falls_with_x_and_knows_no_unit(weights: FloatArray, x: float, ddf: float, unit: float) -> None:
    here = upper_tail(x, weights, ddf)
    assert 0 < here < 1
    assert upper_tail(x * 1.1, weights, ddf) < here
    assert upper_tail(x * unit, weights * unit, ddf) == pytest.approx(here, rel=1e-9)
    assert upper_tail(x, weights[::-1], ddf) == pytest.approx(here, rel=1e-9)
