"""What margins explain, taken out of a linearised variable.

Source: docs/methodology.md#linearisation (Deville and Särndal 1992).
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
import scipy.sparse as sparse

from surveys.analysis.labels import refuse_rows
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, Table
from surveys.analysis.weighting.margins import Auxiliaries


class Scored(Protocol):
    """What turns sums of base weight × linearised variable into scores that know how the weights were made.

    sums: (rows,), or (rows, k) for k variables side by side; the scores have the same shape.
    """

    def scores(self, sums: FloatArray) -> FloatArray: ...


class Weighting(Protocol):
    """Final weights as factors of the base weights, with the scores that go with them: a calibration, or a chain.

    base (rows,): the base weights they are factors of, by which an estimator knows its own table's weighting.
    """

    @property
    def base(self) -> FloatArray: ...

    @property
    def g(self) -> FloatArray: ...

    @property
    def projection(self) -> Scored: ...


def factors_of(table: Table, weighting: Weighting) -> FloatArray:
    """The factors (rows,).

    Raises AnalysisRefused: calibration.other_rows (factors for another number of rows), calibration.other_table (made
    from other base weights; with the first rows that differ).
    """
    if weighting.base is table.w:
        return weighting.g
    if len(weighting.base) != len(table.w):
        raise AnalysisRefused("calibration.other_rows", weighted=len(weighting.base), rows=len(table.w))
    refuse_rows("calibration.other_table", weighting.base != table.w, "w")
    return weighting.g


def beside(column: FloatArray, sums: FloatArray) -> FloatArray:
    """A number of each row (rows,), shaped so that it multiplies sums of (rows,) or (rows, k)."""
    return column if sums.ndim == 1 else column[:, None]


class Projection:
    """What the margins already explain is taken out, by least squares with the base weights."""

    def __init__(self, known: Auxiliaries, base: FloatArray, g: FloatArray) -> None:
        self._known, self._base, self._g = known, base, g

    @cached_property
    def _inverse(self) -> FloatArray:
        """Found when first asked for: replicates are calibrated by the hundred and never ask."""
        gram = self._known.gram(self._base)
        scale = 1 / np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
        flat = np.linalg.pinv(gram * np.outer(scale, scale), rcond=1e-10, hermitian=True)
        return np.asarray(flat * np.outer(scale, scale))

    @cached_property
    def _across(self) -> sparse.csr_array:
        return self._known.matrix.T.tocsr()

    def explained(self, sums: FloatArray) -> FloatArray:
        """x'B of each row: what the margins predict for a person of it; sums as for `scores`."""
        # not by BLAS, whose threads wait for each other on a busy machine (40 times slower)
        across = np.einsum("cd,d...->c...", self._inverse, self._across @ sums)
        return np.asarray(self._known.matrix @ across)

    def scores(self, sums: FloatArray) -> FloatArray:
        """From base weight × linearised variable, summed by row, to final weight × residual, summed by row.

        sums: (rows,), or (rows, k) for k variables side by side.
        """
        left = self.explained(sums)  # one array, worked on in place: new ones of this size cost more than the sums
        left *= beside(self._base, sums)
        np.subtract(sums, left, out=left)
        left *= beside(self._g, sums)
        return left
