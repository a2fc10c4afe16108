"""Holm's and Benjamini–Hochberg's adjustments, by hand and by what they promise."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.analysis.estimands.families import Family, benjamini_hochberg, holm
from surveys.analysis.outcome import AnalysisRefused

RAW = [0.01, 0.04, 0.03, 0.005]


def test_holm_by_hand() -> None:
    """In order .005·4, .01·3, .03·2, .04·1 = .02, .03, .06, .04; the last may not fall below the one before."""
    assert holm(RAW) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_benjamini_hochberg_by_hand() -> None:
    """In order .005·4/1, .01·4/2, .03·4/3, .04·4/4 = .02, .02, .04, .04."""
    assert benjamini_hochberg(RAW) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert benjamini_hochberg([0.04, 0.03, 0.9]) == pytest.approx([0.06, 0.06, 0.9])  # .09 may not exceed the next .06


def test_adjusted_values_stop_at_one_and_a_single_test_stays_as_it_is() -> None:
    assert holm([0.6, 0.7]).tolist() == [1.0, 1.0]
    assert holm([0.04]).tolist() == benjamini_hochberg([0.04]).tolist() == [0.04]
    assert holm([]).tolist() == benjamini_hochberg([]).tolist() == []


ps = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(ps)
def test_no_adjustment_lowers_p_or_changes_the_order_and_holm_is_the_stricter(raw: list[float]) -> None:
    strict, lenient, order = holm(raw), benjamini_hochberg(raw), np.argsort(raw, kind="stable")
    assert (np.array(raw) <= lenient + 1e-15).all()
    assert (lenient <= strict + 1e-12).all()
    assert (strict <= 1).all()
    assert (np.diff(strict[order]) >= 0).all()
    assert (np.diff(lenient[order]) >= 0).all()


@given(ps, st.randoms())
def test_the_order_in_which_tests_come_does_not_matter(raw: list[float], chance: object) -> None:
    shuffled = np.random.default_rng(len(raw)).permutation(len(raw))
    for method in (holm, benjamini_hochberg):
        assert method(np.array(raw)[shuffled]) == pytest.approx(method(raw)[shuffled])


@given(ps, st.floats(0.001, 0.2))
def test_rejecting_by_adjusted_p_is_rejecting_by_the_steps(raw: list[float], alpha: float) -> None:
    ordered, count = np.sort(raw), len(raw)
    down = 0
    while down < count and ordered[down] * (count - down) <= alpha:
        down += 1
    assert (holm(raw) <= alpha).sum() == down
    up = max((k for k in range(1, count + 1) if ordered[k - 1] * count / k <= alpha), default=0)
    assert (benjamini_hochberg(raw) <= alpha).sum() == up


def test_a_family_names_its_findings() -> None:
    comparisons = dict(zip(["T1", "T2", "T3", "T4"], RAW, strict=True))
    declared = Family("towns", "holm", comparisons)
    assert list(declared.adjusted) == ["T1", "T2", "T3", "T4"]
    assert declared.found() == ("T1", "T4")
    assert Family("towns", "benjamini_hochberg", comparisons).found() == ("T1", "T2", "T3", "T4")
    assert declared.found(level=0.98) == ("T4",)  # an adjusted p of just 0.02 is a finding
    comparisons["T5"] = 0.0
    assert "T5" not in declared.comparisons


def test_an_empty_family_finds_nothing() -> None:
    assert Family("none", "holm", {}).adjusted == {}


def test_unknown_methods_and_numbers_that_are_no_p_are_refused() -> None:
    with pytest.raises(AnalysisRefused, match=r"family\.method"):
        Family("towns", "tukey", {})
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(AnalysisRefused) as refusal:
            Family("towns", "holm", {"T1": 0.5, "T2": wrong})
        assert refusal.value.code == "family.p"
        assert refusal.value.values["comparisons"] == ["T2"]


@pytest.mark.parametrize("method", [holm, benjamini_hochberg])
def test_a_missing_p_or_one_outside_its_range_is_refused_by_its_place(method: Callable[[list[float]], object]) -> None:
    with pytest.raises(AnalysisRefused) as refusal:
        method([0.01, math.nan, 0.2, 1.5, -0.1])
    assert refusal.value.code == "p_values.range"
    assert refusal.value.values == {"places": [1, 3, 4], "count": 3}
