"""Inclusion probabilities and systematic draws on arrays: the exact fractions' twins, at any size."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import Refusal
from surveys.sampling import pps
from surveys.sampling.methods.inclusion import inclusion_probabilities
from surveys.sampling.methods.systematic import systematic
from tests.sampling.designs import Designs


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40), st.data())
def test_probabilities_sum_to_the_draws_grow_with_size_and_are_the_exact_ones(
    sizes: list[int], data: st.DataObject
) -> None:
    draws = data.draw(st.integers(1, len(sizes)))
    chances = inclusion_probabilities(sizes, draws)
    assert chances.sum() == pytest.approx(draws, rel=1e-12)
    assert ((chances > 0) & (chances <= 1)).all()
    order = np.argsort(sizes, kind="stable")
    assert (np.diff(chances[order]) >= 0).all()
    exact = pps.inclusion_probabilities(sizes, draws)
    assert [chance == 1 for chance in exact] == (chances == 1).tolist()
    assert chances == pytest.approx([float(chance) for chance in exact], rel=1e-14)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=30), st.data())
def test_order_and_scale_of_the_sizes_change_no_probability(sizes: list[int], data: st.DataObject) -> None:
    draws, moved = data.draw(st.integers(1, len(sizes))), np.array(data.draw(st.permutations(range(len(sizes)))))
    chances = inclusion_probabilities(sizes, draws)
    assert inclusion_probabilities(np.array(sizes)[moved], draws) == pytest.approx(chances[moved], rel=1e-13)
    assert inclusion_probabilities(np.array(sizes) * 0.37, draws) == pytest.approx(chances, rel=1e-13)


@given(st.floats(0.001, 1000), st.integers(1, 200))
def test_of_as_many_equal_units_as_draws_each_is_certain(size: float, units: int) -> None:
    assert inclusion_probabilities([size] * units, units).tolist() == [1.0] * units


def test_a_unit_far_larger_than_all_others_costs_them_no_digits() -> None:
    assert inclusion_probabilities([1e17, 0.3, 0.1, 0.1], 2).tolist() == pytest.approx([1, 0.6, 0.2, 0.2], rel=1e-14)


@given(Designs, st.fractions(0, 1).filter(lambda start: start < 1))
def test_a_systematic_draw_is_that_of_the_exact_fractions(design: tuple[list[int], int], start: Fraction) -> None:
    sizes, draws = design
    drawn = systematic(sizes, draws, start)
    exact = pps.inclusion_probabilities(sizes, draws)
    assert drawn.units.tolist() == pps.systematic(exact, draws, start)
    assert drawn.chances == pytest.approx([float(exact[unit]) for unit in drawn.units], rel=1e-14)
    assert len(set(drawn.units.tolist())) == draws


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=30), st.data())
def test_a_systematic_draw_of_fractional_sizes_gives_different_units(sizes: list[float], data: st.DataObject) -> None:
    draws = data.draw(st.integers(0, len(sizes)))
    drawn = systematic(sizes, draws, data.draw(st.floats(0, 1, exclude_max=True)))
    assert len(set(drawn.units.tolist())) == draws
    assert np.isin(np.flatnonzero(inclusion_probabilities(sizes, draws) == 1), drawn.units).all()


@pytest.mark.parametrize("units", [3, 5, 6, 7, 11])
def test_a_start_a_hair_below_the_whole_interval_still_hits_units_of_the_line(units: int) -> None:
    drawn = systematic(np.linspace(0.1, 0.3, units), units // 2, 1 - 2**-53)
    assert drawn.units[-1] == units - 1
    assert len(set(drawn.units.tolist())) == units // 2


def test_the_units_of_a_large_draw_stand_where_their_points_fall() -> None:
    sizes = np.arange(1, 200_001)
    drawn = systematic(sizes, 1_000, 0.25)
    ends = np.cumsum(sizes)
    points = (0.25 + np.arange(1_000)) * ends[-1] / 1_000
    assert (ends[drawn.units] > points).all()
    assert (ends[drawn.units] - sizes[drawn.units] <= points).all()
    assert drawn.chances == pytest.approx(inclusion_probabilities(sizes, 1_000)[drawn.units], rel=1e-14)


@pytest.mark.parametrize("size", [float("nan"), float("inf"), -1.0, 0.0])
def test_the_first_wrong_size_is_named(size: float) -> None:
    with pytest.raises(Refusal, match=r"draw\.size_invalid \(count=1, unit=2"):
        inclusion_probabilities([1.0, 2.0, size], 1)


def test_no_sizes_and_a_table_of_sizes_are_refused() -> None:
    for sizes in ([], [[1, 2], [3, 4]]):
        with pytest.raises(Refusal, match=r"draw\.no_units"):
            inclusion_probabilities(sizes, 1)
