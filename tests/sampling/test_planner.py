from __future__ import annotations

import json
from pathlib import Path

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

CASES = {case["id"]: case for case in json.loads(Path(__file__).with_name("oracle_sampling.json").read_text())["cases"]}
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
