"""What the draw inside PSUs adds when PSUs were drawn without replacement and both stages have counts.

Source: docs/methodology.md#second-stage.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse

from surveys.analysis.design import SecondStage
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray


class SsuVariance:
    """The second-stage units of a table; the table's rows must not cross them.

    Raises AnalysisRefused: fpc.less_than_drawn when a PSU has more units drawn than it holds.
    """

    def __init__(self, row_psu: IntArray, second: SecondStage) -> None:
        ssu = np.unique(second.ssu, return_inverse=True)[1]
        place = np.stack([row_psu, ssu.reshape(-1)], axis=1)
        ssus, first, rows = np.unique(place, axis=0, return_index=True, return_inverse=True)
        self._row_ssu, self._psu = rows.reshape(-1), ssus[:, 0]
        counts = np.bincount(self._psu)
        self._drawn = counts[self._psu].astype(float)
        self._population = second.population[first]
        if (self._population < self._drawn).any():
            raise AnalysisRefused("fpc.less_than_drawn", psus=np.unique(self._psu).tolist())
        shape = (len(ssus), len(row_psu))
        self._rows_to_ssus = sparse.csr_array((np.ones(len(row_psu)), (self._row_ssu, np.arange(len(row_psu)))), shape)

    def lonely(self, involved: BoolArray) -> bool:
        """Whether a PSU that enters has one unit drawn out of several."""
        ssus = np.unique(self._row_ssu[involved])
        return bool(((self._drawn == 1) & (self._population > 1))[ssus].any())

    def covariance(self, scores: FloatArray, first_stage_fraction: FloatArray) -> FloatArray:
        """The second-stage part (k, k); `first_stage_fraction` runs over the PSUs."""
        sums: FloatArray = np.asarray(self._rows_to_ssus @ scores)
        psus = int(self._psu.max()) + 1
        totals = np.zeros((psus, sums.shape[1]))
        np.add.at(totals, self._psu, sums)
        apart = sums - totals[self._psu] / self._drawn[:, None]
        kept = 1 - self._drawn / self._population
        scale = first_stage_fraction[self._psu] * kept * self._drawn / np.maximum(self._drawn - 1, 1)
        return np.asarray(apart.T @ (scale[:, None] * apart))
