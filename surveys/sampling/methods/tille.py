"""Tillé's elimination procedure (1996): units leave one at a time until n are left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from surveys.sampling.methods.inclusion import FloatArray, IntArray, draws_of, inclusion_probabilities
from surveys.sampling.uniforms import ONE, Uniforms


def elimination_chances(chances: FloatArray) -> Iterator[FloatArray]:
    """For sizes N − 1 down to n: with what chance each unit still there leaves, 1 − π_i(k) / π_i(k + 1).

    π(k) are the probabilities proportional to size for k draws. Source: docs/sampling.md#elimination.
    """
    before = np.ones(len(chances))
    for size in range(len(chances) - 1, draws_of(chances) - 1, -1):
        after = inclusion_probabilities(chances, size) if size > draws_of(chances) else chances
        yield 1 - after / before
        before = after


def draw(chances: FloatArray, uniforms: Uniforms) -> IntArray:
    """The units that stay, ascending; that to size k uses the uniform labelled "leave", k; chances below 1."""
    there = np.ones(len(chances), bool)
    for leaving in elimination_chances(chances):
        reached = np.cumsum(np.where(there, np.maximum(leaving, 0.0), 0.0))
        point = uniforms("leave", str(int(there.sum()) - 1)) / ONE * reached[-1]
        there[int(np.searchsorted(reached, point, side="right"))] = False
    return np.flatnonzero(there)


def joint(chances: FloatArray) -> FloatArray:
    """Joint inclusion probabilities Π (1 − r_i − r_j) over the steps, the chances on the diagonal; chances below 1."""
    found = np.ones((len(chances), len(chances)))
    for leaving in elimination_chances(chances):
        staying = np.subtract.outer(1 - leaving, leaving)
        found *= np.maximum(staying, 0.0, out=staying)
    np.fill_diagonal(found, chances)
    return found
