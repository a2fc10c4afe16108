"""Brewer's draw-by-draw method (1975; Brewer and Hanif 1983, method 8): fixed size, exact probabilities, any n."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from surveys.errors import Refusal
from surveys.sampling.methods.inclusion import FloatArray, IntArray, draws_of
from surveys.sampling.uniforms import ONE, Uniforms

MOST_SETS = 50_000
Taken = tuple[int, ...]


def step_chances(chances: FloatArray, taken: Taken) -> FloatArray:
    """With what chance each unit is drawn next, after `taken`: (units,), summing to 1, 0 for those taken.

    Proportional to π_i (a − π_i) / (a − r π_i), with r draws left and a = n − Σ π over the taken.
    Source: docs/sampling.md#brewer.
    """
    drawn = list(taken)
    left = draws_of(chances) - len(drawn)
    rest = chances.sum() - chances[drawn].sum()
    weights = chances * (rest - chances) / (rest - left * chances)
    weights[drawn] = 0.0
    return np.asarray(weights / weights.sum())


def draw(chances: FloatArray, uniforms: Uniforms) -> IntArray:
    """The units drawn, ascending; draw k (from 1) uses the uniform labelled "draw", k; chances below 1."""
    taken: Taken = ()
    for step in range(1, draws_of(chances) + 1):
        reached = np.cumsum(step_chances(chances, taken))
        point = uniforms("draw", str(step)) / ONE * reached[-1]
        taken += (int(np.searchsorted(reached, point, side="right")),)
    return np.sort(np.array(taken, np.int64))


def joint(chances: FloatArray) -> FloatArray:
    """Joint inclusion probabilities (units, units), added up over every sample there is; chances below 1.

    No formula is known. Raises Refusal: draw.too_many_samples when there are more than 50,000.
    """
    samples = sample_chances(chances)
    members = np.zeros((len(samples), len(chances)))
    np.put_along_axis(members, np.array(list(samples), np.int64).reshape(len(samples), -1), 1.0, axis=1)
    return np.asarray(members.T @ (np.array(list(samples.values()))[:, None] * members))


def sample_chances(chances: FloatArray) -> dict[Taken, float]:
    """The probability of each sample. That of a set after k draws: Σ over its members of P(without it) · P(it next)."""
    units, draws = range(len(chances)), draws_of(chances)
    count = math.comb(len(chances), draws)
    if count > MOST_SETS:
        raise Refusal("draw.too_many_samples", count=count, most=MOST_SETS)
    reached: dict[Taken, float] = {(): 1.0}
    for size in range(1, draws + 1):
        onward = {taken: chance * step_chances(chances, taken) for taken, chance in reached.items()}
        reached = {
            drawn: sum(float(onward[_without(drawn, unit)][unit]) for unit in drawn)
            for drawn in combinations(units, size)
        }
    return reached


def _without(drawn: Taken, unit: int) -> Taken:
    return tuple(one for one in drawn if one != unit)
