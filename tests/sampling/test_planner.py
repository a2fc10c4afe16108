from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as reference

from surveys.errors import Refusal
from surveys.sampling.planner import (
    PlannedDesign,
    corrected_size,
    finite_size,
    half_width,
    kish,
    sample_size,
    simple_size,
    stratum_half_width,
)
from surveys.sampling.students_t import quantile
from tests.analysis.oracle import cases

CASES = cases("sampling")
TOWN = PlannedDesign()
DISTRICT = PlannedDesign(kish=1.49)  # 1.24 within towns times 1.20 between them in the demonstration's frame


@pytest.mark.parametrize(("psus", "p", "points"), [(18, 0.8, 7.9), (18, 0.9, 5.9), (9, 0.8, 12.3), (9, 0.9, 9.2)])
def test_expected_half_widths_of_the_largest_and_the_smallest_town(psus: int, p: float, points: float) -> None:
    assert round(100 * stratum_half_width(p, psus, TOWN), 1) == points


@pytest.mark.parametrize(("p", "points"), [(0.8, 1.8), (0.9, 1.4), (0.967, 0.8)])
def test_expected_half_widths_of_the_district(p: float, points: float) -> None:
    assert round(100 * half_width(p, 3_600, 334, DISTRICT), 1) == points


def test_thirty_towns_at_five_points_need_245_each_where_the_usual_arithmetic_says_139() -> None:
    size = sample_size(0.9, 0.05, TOWN)
    assert (size.design, size.simple) == (245, 139)
    assert (30 * size.design, 30 * size.simple) == (7_350, 4_170)


def test_a_sample_size_says_what_it_rests_on_and_what_the_usual_one_would_give() -> None:
    size = sample_size(0.9, 0.05, TOWN)
    assert size.deff == pytest.approx(1.25 * (1 + 9 * 0.03))
    assert (size.psus, size.df) == (25, 23)
    assert size.t == pytest.approx(float(reference.ppf(0.975, 23)), rel=1e-9)
    assert size.t * (size.deff * 0.09 / size.design) ** 0.5 <= 0.05
    assert size.t * (size.deff * 0.09 / (size.design - 1)) ** 0.5 > 0.05
    # 139 completes are 13 PSUs of 10: t(12) * sqrt(1.5875 * .09 / 139)
    assert size.simple_half == pytest.approx(float(reference.ppf(0.975, 12)) * (1.5875 * 0.09 / 139) ** 0.5, rel=1e-9)
    assert size.simple_half is not None
    assert size.simple_half > 0.05


def test_of_less_than_two_psus_nothing_can_be_said() -> None:
    size = sample_size(0.5, 0.2, PlannedDesign(per_psu=20))
    assert size.simple == 25
    assert size.simple_half is None
    assert size.design > 25


def test_the_dwellings_to_issue_follow_from_the_response() -> None:
    assert sample_size(0.9, 0.05, TOWN, response=0.5).issued == 490


def test_sample_sizes_agree_with_the_oracle() -> None:
    first, second = CASES["samplesize.prop"]["2"]
    n0 = simple_size(first["p"], first["moe"])
    assert n0 == pytest.approx(first["n0"], rel=1e-12)
    assert finite_size(n0, first["N"]) == pytest.approx(first["n_fpc"], rel=1e-12)
    assert corrected_size(n0, first["deff"], first["resp"], first["N"]) == first["n_final"]
    assert simple_size(second["p"], second["moe"]) == pytest.approx(second["n0"], rel=1e-12)


def test_kish_is_one_for_equal_weights_and_counts_unequal_ones() -> None:
    assert kish([10, 20], [3, 3]) == pytest.approx(1)
    assert kish([1, 1], [1, 3]) == pytest.approx(2 * 10 / 16)


@given(st.integers(1, 400), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_students_t_agrees_with_scipy(df: int, confidence: float) -> None:
    assert quantile(df, confidence) == pytest.approx(float(reference.ppf((1 + confidence) / 2, df)), rel=1e-9)


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(Refusal, match="one_psu"):
        stratum_half_width(0.8, 1, TOWN)
    with pytest.raises(Refusal, match="out_of_range"):
        sample_size(1.0, 0.05, TOWN)
    with pytest.raises(Refusal, match="unreachable"):
        sample_size(0.5, 0.0001, TOWN)
    with pytest.raises(ValueError, match="df"):
        quantile(0)


@pytest.mark.parametrize(
    "planned",
    [{"icc": -0.01}, {"icc": 1.01}, {"icc": math.nan}, {"per_psu": 0.5}, {"per_psu": math.inf}, {"kish": 0.9}],
)
def test_a_design_that_cannot_be_is_not_planned_for(planned: dict[str, float]) -> None:
    with pytest.raises(Refusal) as refusal:
        PlannedDesign(**planned)
    assert refusal.value.code == "plan.design_out_of_range"
    assert {name: str(refusal.value.values[name]) for name in planned} == {n: str(one) for n, one in planned.items()}
    assert PlannedDesign(icc=1, per_psu=1, kish=1).deff == 1
