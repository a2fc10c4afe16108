"""The generalised Midzuno procedure (Deville and Tillé 1998): whoever Tillé's elimination for 1 − π leaves out."""

from __future__ import annotations

import numpy as np

from surveys.sampling.methods import tille
from surveys.sampling.methods.inclusion import FloatArray, IntArray
from surveys.sampling.uniforms import Uniforms


def draw(chances: FloatArray, uniforms: Uniforms) -> IntArray:
    """The units drawn, ascending; chances below 1. Source: docs/sampling.md#midzuno."""
    left_out = tille.draw(1 - chances, uniforms)
    return np.setdiff1d(np.arange(len(chances)), left_out, assume_unique=True)


def joint(chances: FloatArray) -> FloatArray:
    """Joint inclusion probabilities π_i + π_j − 1 + P(both left out), the chances on the diagonal; chances below 1."""
    found = np.maximum(chances[:, None] + chances - 1 + tille.joint(1 - chances), 0.0)
    np.fill_diagonal(found, chances)
    return np.asarray(found)
