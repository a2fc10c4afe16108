"""What every method of drawing promises: fixed size, the probabilities asked for, and joint ones that fit them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

from surveys.errors import Refusal
from surveys.sampling import pps
from surveys.sampling.methods import brewer, conditional, max_entropy, sampford
from surveys.sampling.methods.inclusion import FloatArray, inclusion_probabilities
from surveys.sampling.methods.library import METHODS, draw_units, joint_chances
from surveys.sampling.methods.systematic import systematic
from tests.sampling.designs import Designs

SIZES = [5, 9, 14, 20, 20, 32]
CHANCES = inclusion_probabilities(SIZES, 3)
DRAWS = 1_500
WIDE = 4.5  # standard errors: all of some hundred frequencies keep within, for the seed used here


def samples_of(chances: FloatArray, draws: int) -> dict[tuple[int, ...], float]:
    """Sampford's and, with constant 1, the conditional Poisson design by their definitions, sample by sample."""
    odds = chances / (1 - chances)
    sets = list(combinations(range(len(chances)), draws))
    weights = [float(np.prod(odds[list(one)]) * (1 - chances[list(one)]).sum()) for one in sets]
    return {one: weight / sum(weights) for one, weight in zip(sets, weights, strict=True)}


def joint_of(samples: dict[tuple[int, ...], float], units: int) -> npt.NDArray[np.float64]:
    found = np.zeros((units, units))
    for sample, chance in samples.items():
        found[np.ix_(sample, sample)] += chance
    return found


@pytest.mark.parametrize("method", METHODS)
@given(design=Designs)
def test_joint_probabilities_fit_the_probabilities_of_a_design_of_fixed_size(
    method: str, design: tuple[list[int], int]
) -> None:
    sizes, draws = design
    chances = inclusion_probabilities(sizes, draws)
    joint = joint_chances(method, chances)
    assert joint.diagonal() == pytest.approx(chances, rel=1e-9)
    assert joint.sum(axis=1) - joint.diagonal() == pytest.approx((draws - 1) * chances, rel=1e-9, abs=1e-12)
    assert np.abs(joint - joint.T).max() <= 1e-14
    assert (joint >= 0).all()
    assert (joint <= np.minimum(chances[:, None], chances) * (1 + 1e-12)).all()


@pytest.mark.parametrize("method", ["sampford", "brewer", "max_entropy"])
@given(design=Designs)
def test_of_these_designs_every_pair_can_be_drawn_and_none_attracts_another(
    method: str, design: tuple[list[int], int]
) -> None:
    sizes, draws = design
    chances = inclusion_probabilities(sizes, draws)
    joint = joint_chances(method, chances)
    off = ~np.eye(len(sizes), dtype=bool)
    if method != "brewer":  # his beyond n = 2 can exceed π_i π_j by a hair
        assert (joint[off] <= np.outer(chances, chances)[off] * (1 + 1e-12)).all()
    if round(chances[chances < 1].sum()) != 1:  # of one draw no pair comes
        assert (joint > 0).all()


@given(Designs)
def test_sampfords_joint_probabilities_are_those_of_its_definition(design: tuple[list[int], int]) -> None:
    chances = inclusion_probabilities(*design)
    chances = chances[chances < 1]
    if len(chances):
        expected = joint_of(samples_of(chances, round(chances.sum())), len(chances))
        assert sampford.joint(chances) == pytest.approx(expected, rel=1e-11)


@given(Designs)
def test_the_conditional_poisson_design_has_the_largest_entropy_form(design: tuple[list[int], int]) -> None:
    chances = inclusion_probabilities(*design)
    chances = chances[chances < 1]
    if not len(chances):
        return
    working, draws = max_entropy.working_chances(chances), round(chances.sum())
    odds = working / (1 - working)
    weights = {one: float(np.prod(odds[list(one)])) for one in combinations(range(len(chances)), draws)}
    samples = {one: weight / sum(weights.values()) for one, weight in weights.items()}
    assert max_entropy.joint(chances) == pytest.approx(joint_of(samples, len(chances)), rel=1e-10)


def test_equal_probabilities_make_every_method_of_high_entropy_simple_random() -> None:
    chances = np.full(8, 3 / 8)
    for method in ("sampford", "brewer", "max_entropy"):
        joint = joint_chances(method, chances)
        assert joint[~np.eye(8, dtype=bool)] == pytest.approx(3 * 2 / (8 * 7), rel=1e-12)


def test_a_point_on_the_border_of_two_units_hits_the_later_one() -> None:
    """Sizes 2, 3, 1, 4 end at 2, 5, 6, 10; two points, 5 apart. From 0 they lie on 0 and 5, from 2/5 on 2 and 7."""
    for sizes in ([2, 3, 1, 4], [2.0, 3.0, 1.0, 4.0], np.array([2, 3, 1, 4]) / 8):
        assert systematic(sizes, 2, 0).units.tolist() == [0, 2]
        assert systematic(sizes, 2, Fraction(2, 5)).units.tolist() == [1, 3]
        assert systematic(sizes, 2, Fraction(1, 5)).units.tolist() == [0, 3]


@pytest.mark.parametrize("method", METHODS)
def test_probabilities_written_down_rounded_are_drawn_as_those_they_were_rounded_from(method: str) -> None:
    exact = inclusion_probabilities([5, 9, 14, 20, 21, 32], 3)
    rounded = np.floor(exact * 1e7) / 1e7
    assert abs(rounded.sum() - 3) > 1e-8
    joint = joint_chances(method, rounded)
    assert joint == pytest.approx(joint_chances(method, exact), abs=2e-6)
    assert joint.sum() == pytest.approx(9, rel=1e-9)  # n², which no design of fixed size can miss
    assert len(draw_units(method, rounded, "seed")) == 3
    certain = joint_chances(method, [1, *rounded])
    assert certain[0] == pytest.approx([1, *joint.diagonal()])


@pytest.mark.parametrize("draws", [1.5, 2.000001, -0.5, math.nan, math.inf])
def test_a_fraction_of_a_draw_is_refused(draws: float) -> None:
    for attempt in (lambda: inclusion_probabilities(SIZES, draws), lambda: systematic(SIZES, draws, 0)):  # type: ignore[arg-type]
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert (refusal.value.code, str(refusal.value.values["draws"])) == ("draw.not_whole", str(draws))
    with pytest.raises(ValueError, match="whole"):
        pps.inclusion_probabilities(SIZES, draws)  # type: ignore[arg-type]


def test_whole_numbers_of_draws_may_come_as_floats() -> None:
    assert inclusion_probabilities(SIZES, 3.0).tolist() == CHANCES.tolist()  # type: ignore[arg-type]


def test_brewers_steps_are_the_formula_by_hand() -> None:
    # n = 2: first ∝ π (2 − π) / (2 − 2π); then ∝ π over those left
    chances = np.array([0.2, 0.8, 0.4, 0.6])
    first = chances * (2 - chances) / (2 - 2 * chances)
    assert brewer.step_chances(chances, ()) == pytest.approx(first / first.sum(), rel=1e-14)
    assert brewer.step_chances(chances, (1,)) == pytest.approx([0.2 / 1.2, 0, 0.4 / 1.2, 0.6 / 1.2], rel=1e-14)


def test_brewers_samples_are_all_orders_in_which_they_can_be_drawn() -> None:
    samples = brewer.sample_chances(CHANCES)
    for sample in [(0, 1, 2), (1, 3, 5)]:
        orders = [
            np.prod([brewer.step_chances(CHANCES, order[:step])[order[step]] for step in range(3)])
            for order in permutations(sample)
        ]
        assert samples[sample] == pytest.approx(sum(orders), rel=1e-12)
    assert sum(samples.values()) == pytest.approx(1, rel=1e-12)


def test_how_large_a_poisson_sample_is_by_hand() -> None:
    sizes = conditional.SizeDistribution(np.array([0.5, 0.2, 0.1]))
    assert sizes.of_all(np.array([1.0])) == pytest.approx(0.5 * 0.8 * 0.9, rel=1e-14)
    assert sizes.of_all(np.array([0, 0, 0, 1.0])) == pytest.approx(0.01, rel=1e-12)
    assert sizes.of_all(np.array([0, 1.0, 2, 3])) == pytest.approx(0.8, rel=1e-14)
    assert sizes.without_one(np.array([0, 1.0])) == pytest.approx([0.26, 0.5, 0.5], rel=1e-14)
    assert sizes.without_two(np.array([0, 1.0]))[0, 1] == pytest.approx(0.1, rel=1e-13)


@pytest.mark.parametrize("method", METHODS)
def test_units_and_pairs_are_drawn_as_often_as_their_probabilities_say(method: str) -> None:
    drawn: Counter[tuple[int, ...]] = Counter(
        tuple(draw_units(method, CHANCES, f"seed {number}").tolist()) for number in range(DRAWS)
    )
    assert all(len(set(units)) == 3 and units == tuple(sorted(units)) for units in drawn)
    found = joint_of({units: count / DRAWS for units, count in drawn.items()}, len(CHANCES))
    expected = joint_chances(method, CHANCES)
    spread = np.sqrt(expected * (1 - expected) / DRAWS)
    assert (np.abs(found - expected) <= WIDE * spread + 1e-12).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_draw_is_repeated_by_its_seed_and_changed_by_another_or_by_the_probabilities(method: str) -> None:
    chances = inclusion_probabilities(np.arange(10, 90), 12)
    first = draw_units(method, chances, "二〇二一年第一期")
    assert first.tolist() == draw_units(method, chances, "二〇二一年第一期").tolist()
    others = {tuple(draw_units(method, chances, f"{number}").tolist()) for number in range(8)}
    assert len(others) >= 6  # two starts may hit the same units
    assert first.tolist() != draw_units(method, chances[::-1], "二〇二一年第一期").tolist()


@pytest.mark.parametrize("method", METHODS)
def test_certainty_units_are_always_in_and_a_census_is_everybody(method: str) -> None:
    chances = inclusion_probabilities([100, 3, 2, 1, 90], 3)
    assert chances.tolist() == pytest.approx([1, 1 / 2, 1 / 3, 1 / 6, 1])
    for number in range(20):
        units = draw_units(method, chances, str(number)).tolist()
        assert {0, 4} < set(units)
        assert len(units) == 3
    assert draw_units(method, [1, 1, 1], "all").tolist() == [0, 1, 2]
    assert joint_chances(method, [1, 1, 1]).tolist() == [[1.0] * 3] * 3


def test_recorded_draws_are_these() -> None:
    """A new version of a library or of ours must not change what a published seed draws."""
    chances = inclusion_probabilities([48, 6, 20, 26, 183, 123, 77, 77, 60, 77, 26, 55], 5)
    drawn = {method: draw_units(method, chances, "minping").tolist() for method in METHODS}
    assert drawn == {
        "systematic": [0, 4, 5, 7, 9],
        "brewer": [3, 4, 5, 9, 11],
        "sampford": [0, 4, 5, 6, 7],
        "tille": [4, 6, 7, 10, 11],
        "max_entropy": [0, 4, 8, 9, 11],
        "midzuno": [4, 5, 7, 8, 9],
    }


def test_what_cannot_be_drawn_is_refused_by_name() -> None:
    refused: dict[str, Callable[[], object]] = {
        "draw.no_units": lambda: joint_chances("sampford", []),
        "draw.size_invalid": lambda: inclusion_probabilities([3, 0, 2], 1),
        "draw.sizes_too_large": lambda: inclusion_probabilities([2**62, 2**62], 1),
        "draw.too_many": lambda: inclusion_probabilities([3, 4], 3),
        "draw.start": lambda: systematic([3, 4], 1, 1.0),
        "draw.chance_invalid": lambda: joint_chances("sampford", [0.5, 0.0, 0.5]),
        "draw.chances_not_whole": lambda: joint_chances("sampford", [0.5, 0.4, 0.5]),
        "draw.method_unknown": lambda: joint_chances("lottery", [0.5, 0.5]),
        "draw.no_seed": lambda: draw_units("brewer", [0.5, 0.5], " "),
        "draw.too_many_samples": lambda: joint_chances("brewer", np.full(40, 0.5)),
    }
    for code, attempt in refused.items():
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert refusal.value.code == code


def test_working_probabilities_that_are_not_reached_in_time_are_refused_not_used() -> None:
    with pytest.raises(Refusal, match=r"not_converged \(units=6, steps=2\)"):
        max_entropy.working_chances(CHANCES, most_steps=2)


@pytest.mark.parametrize("method", ["sampford", "brewer", "max_entropy"])
@pytest.mark.parametrize("least", [1e-4, 1e-7, 1e-10])
def test_probabilities_next_to_nothing_and_next_to_one_are_borne(method: str, least: float) -> None:
    chances = np.array([least, 1 - least, 0.5, 0.5])
    joint = joint_chances(method, chances)
    assert joint.sum(axis=1) == pytest.approx(2 * chances, rel=1e-9, abs=1e-15)
