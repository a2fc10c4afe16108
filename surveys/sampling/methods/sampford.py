"""Sampford's design (1967): fixed size, exact probabilities, every pair possible, joint ones in closed form."""

from __future__ import annotations

import numpy as np

from surveys.sampling.methods.conditional import GivenSize, SizeDistribution
from surveys.sampling.methods.inclusion import FloatArray, IntArray, draws_of
from surveys.sampling.uniforms import Uniforms


def draw(chances: FloatArray, uniforms: Uniforms) -> IntArray:
    """A sample with probability proportional to Π π/(1 − π) · Σ (1 − π) over its units; chances below 1.

    Unit by unit, so that nothing is ever rejected. Source: docs/sampling.md#sampford.
    """
    return GivenSize(chances, draws_of(chances), 0.0, 1 - chances).draw(uniforms)


def joint(chances: FloatArray) -> FloatArray:
    """Joint inclusion probabilities (units, units), the chances on the diagonal; chances below 1.

    With P(k) the chance that a Poisson sample of the units but i and j has k members,
    π_ij = π_i π_j Σ_{k <= n−2} (n − k − π_i − π_j) P(k) / D. Source: docs/sampling.md#sampford.
    """
    draws, sizes = draws_of(chances), SizeDistribution(chances)
    below = draws - np.arange(draws, dtype=float)  # n − k for k = 0 … n − 1
    few = below[:-1]
    ones = np.ones(len(few))
    sums = chances[:, None] + chances
    pairs = sizes.without_two(few) - sums * sizes.without_two(ones)
    found = np.outer(chances, chances) * pairs / sizes.of_all(below)
    np.fill_diagonal(found, chances)
    return np.asarray(found)
