"""What margins explain, taken out of a linearised variable.

Source: docs/methodology.md#linearisation (Deville and Särndal 1992).
"""

from __future__ import annotations

import numpy as np

from surveys.analysis.table import FloatArray
from surveys.analysis.weighting.margins import Auxiliaries


class Projection:
    """What the margins already explain is taken out, by least squares with the base weights, factorised once."""

    def __init__(self, known: Auxiliaries, base: FloatArray, g: FloatArray) -> None:
        gram = known.gram(base)
        scale = 1 / np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
        flat = np.linalg.pinv(gram * np.outer(scale, scale), rcond=1e-10, hermitian=True)
        self._inverse = flat * np.outer(scale, scale)
        self._matrix, self._across = known.matrix, known.matrix.T.tocsr()
        self._base, self._g = base, g

    def scores(self, sums: FloatArray) -> FloatArray:
        """From base weight × linearised variable, summed by row, to final weight × residual, summed by row."""
        explained = self._matrix @ (self._inverse @ (self._across @ sums))
        return np.asarray(self._g * (sums - self._base * explained))
