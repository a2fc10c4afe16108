from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.sampling.pps import every_nth, inclusion_probabilities, systematic
from tests.analysis.oracle import cases

CASES = list(cases("sampling").values())
CHANCES = [case for case in CASES if "pik" in case and "n" in case]
STARTS = [case for case in CASES if "selected" in case]


@pytest.mark.parametrize("case", CHANCES, ids=lambda case: str(case["id"]))
def test_inclusion_probabilities_agree_with_the_oracle(case: dict[str, Any]) -> None:
    chances = inclusion_probabilities(case["size"], case["n"])
    assert [float(chance) for chance in chances] == pytest.approx(case["pik"], rel=1e-12)
    if "certainty" in case:
        assert [unit for unit, chance in enumerate(chances, 1) if chance == 1] == case["certainty"]


@pytest.mark.parametrize("case", STARTS, ids=lambda case: str(case["id"]))
def test_systematic_draws_from_a_given_start_agree_with_the_oracle(case: dict[str, Any]) -> None:
    chances = inclusion_probabilities(case["size"], case["n"])
    hit = systematic(chances, case["n"], Fraction(case["u"]))
    assert [unit + 1 for unit in hit] == case["selected"]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40), st.data())
def test_probabilities_are_fractions_that_sum_to_the_draws(sizes: list[int], data: st.DataObject) -> None:
    draws = data.draw(st.integers(0, len(sizes)))
    chances = inclusion_probabilities(sizes, draws)
    assert sum(chances) == draws
    assert all(0 <= chance <= 1 for chance in chances)


@given(st.lists(st.integers(1, 50), min_size=2, max_size=30), st.data())
def test_a_unit_is_hit_in_exactly_its_share_of_all_starts(sizes: list[int], data: st.DataObject) -> None:
    draws = data.draw(st.integers(1, len(sizes) - 1))
    chances = inclusion_probabilities(sizes, draws)
    others = [size for size, chance in zip(sizes, chances, strict=True) if chance < 1]
    left, total = draws - (len(sizes) - len(others)), sum(others)
    if not left:
        return
    # points move by total / left; with starts j / total every unit is met as often as its size says
    hits = [0] * len(others)
    for place in range(total):
        taken = systematic(others, left, Fraction(place, total))
        assert len(set(taken)) == left
        for unit in taken:
            hits[unit] += 1
    assert hits == [left * size for size in others]


@given(st.integers(1, 300), st.integers(1, 40), st.fractions(0, 1).filter(lambda start: start < 1))
def test_every_nth_gives_different_listed_units(listed: int, take: int, start: Fraction) -> None:
    taken = every_nth(listed, take, start)
    assert len(set(taken)) == len(taken) == min(take, listed)
    assert taken == sorted(taken)
    assert taken[0] >= 1
    assert taken[-1] <= listed


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        inclusion_probabilities([3, 0], 1)
    with pytest.raises(ValueError, match="positive"):
        inclusion_probabilities([3, 4], 3)
