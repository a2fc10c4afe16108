"""Conditional Poisson sampling: of all designs of fixed size with these probabilities, the one of greatest entropy."""

from __future__ import annotations

import numpy as np

from surveys.errors import Refusal
from surveys.sampling.methods.conditional import GivenSize, SizeDistribution
from surveys.sampling.methods.inclusion import FloatArray, IntArray, draws_of
from surveys.sampling.uniforms import Uniforms

TOLERANCE, NOTHING = 1e-13, 1e-15
PLAIN_STEPS, MOST_STEPS = 25, 50


def draw(chances: FloatArray, uniforms: Uniforms) -> IntArray:
    """A Poisson sample with the working probabilities, given that it has n units; chances below 1.

    Raises the code of `working_chances`. Source: docs/sampling.md#maximum-entropy.
    """
    return GivenSize(working_chances(chances), draws_of(chances), 1.0, np.zeros(len(chances))).draw(uniforms)


def joint(chances: FloatArray) -> FloatArray:
    """Joint inclusion probabilities (units, units), the given chances on the diagonal.

    Raises the code of `working_chances`. Source: docs/sampling.md#maximum-entropy.
    """
    found = second_order(working_chances(chances), draws_of(chances))
    np.fill_diagonal(found, chances)
    return found


def working_chances(chances: FloatArray, most_steps: int = MOST_STEPS) -> FloatArray:
    """The Poisson probabilities p of which the samples of size n have these inclusion probabilities; all below 1.

    From p = π, plain steps of (1 − 1/N)(logit π − logit π(p)) on the log odds, which suffice in large strata, then
    Newton's, until π is met to 1e-13 of itself (or 1e-15). Raises Refusal: draw.not_converged.
    Source: docs/sampling.md#maximum-entropy.
    """
    draws, odds = draws_of(chances), _logit(chances)
    for step in range(most_steps):
        working = 1 / (1 + np.exp(-odds))
        met = first_order(working, draws)
        if (np.abs(chances - met) <= TOLERANCE * chances + NOTHING).all():
            return np.asarray(working)
        plain = (1 - 1 / max(2, len(chances))) * (_logit(chances) - _logit(met))
        odds = odds + (plain if step < PLAIN_STEPS else _newton(working, draws, chances - met))
    raise Refusal("draw.not_converged", units=len(chances), steps=most_steps)


def first_order(working: FloatArray, draws: int) -> FloatArray:
    """Inclusion probabilities of a Poisson sample given its size: p_i P(n − 1 of the others) / P(n of all)."""
    sizes = SizeDistribution(working)
    return np.asarray(working * sizes.without_one(_exactly(draws - 1)) / sizes.of_all(_exactly(draws)))


def second_order(working: FloatArray, draws: int) -> FloatArray:
    """Joint ones: p_i p_j P(n − 2 of the others) / P(n of all); (units, units), the diagonal means nothing."""
    sizes = SizeDistribution(working)
    return np.asarray(
        np.outer(working, working) * sizes.without_two(_exactly(draws - 2)) / sizes.of_all(_exactly(draws))
    )


def _newton(working: FloatArray, draws: int, gap: FloatArray) -> FloatArray:
    """The step that closes the gap if π(p) were straight: its derivative is the design's covariance of being drawn.

    All odds times one factor change nothing; a small matrix in that direction makes the covariance invertible.
    """
    met = first_order(working, draws)
    slopes = second_order(working, draws) - np.outer(met, met)
    own = met * (1 - met)
    np.fill_diagonal(slopes, own)
    return np.asarray(np.linalg.solve(slopes + np.outer(own, own) / own.sum(), gap))


def _logit(chances: FloatArray) -> FloatArray:
    inside = np.clip(chances, NOTHING, 1 - NOTHING)  # rounding may push π(p) over the border
    return np.asarray(np.log(inside / (1 - inside)))


def _exactly(size: int) -> FloatArray:
    """Coefficients that pick P(size); none below 0."""
    return np.eye(size + 1)[size] if size >= 0 else np.zeros(0)
