"""What the draw inside PSUs adds when PSUs were drawn without replacement and both stages have counts.

Source: docs/methodology.md#second-stage.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sparse

from surveys.analysis.design import SecondStage
from surveys.analysis.labels import distinct, is_count, refuse_rows
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray


class SsuVariance:
    """The second-stage units of a table; the table's rows must not cross them. `names` are the labels of the PSUs.

    Raises AnalysisRefused: table.length, fpc.second_fraction (rows without a whole count), fpc.second_varies (PSUs
    given two counts), fpc.second_less_than_drawn (PSUs with more units drawn than they hold).
    """

    def __init__(self, row_psu: IntArray, second: SecondStage, names: Sequence[str]) -> None:
        self._check(row_psu, second, names)
        first, rows = distinct([row_psu, np.asarray(second.ssu)])
        self._psu = row_psu[first]
        self._drawn = np.bincount(self._psu)[self._psu].astype(float)
        self._population = np.asarray(second.population, float)[first]
        _refuse("fpc.second_less_than_drawn", self._psu[self._population < self._drawn], names)
        self._rows_to_ssus = incidence(rows, len(first))
        self._ssus_to_psus = incidence(self._psu, len(names))

    def _check(self, row_psu: IntArray, second: SecondStage, names: Sequence[str]) -> None:
        columns = {"ssu": second.ssu, "population": second.population}
        if wrong := [name for name, column in columns.items() if len(column) != len(row_psu)]:
            raise AnalysisRefused("table.length", columns=wrong, rows=len(row_psu))
        refuse_rows("fpc.second_fraction", ~is_count(second.population, 1), "population")
        first, _ = distinct([row_psu, np.asarray(second.population)])
        _refuse("fpc.second_varies", np.flatnonzero(np.bincount(row_psu[first]) > 1), names)

    def lonely(self, psus: BoolArray) -> BoolArray:
        """Whether, for each statistic, one of the PSUs (psus, k) that enter has one unit drawn out of several."""
        alone = self._psu[(self._drawn == 1) & (self._population > 1)]
        return np.asarray(psus[alone].any(axis=0))

    def sampled(self, psus: BoolArray) -> BoolArray:
        """Whether, for each statistic, one of the PSUs (psus, k) that enter has units that were not drawn."""
        return np.asarray(psus[self._psu[self._drawn < self._population]].any(axis=0))

    def deviations(self, scores: FloatArray, first_stage_fraction: FloatArray) -> FloatArray:
        """Columns (ssus, k) whose squares add up to the second-stage part; the fraction runs over the PSUs."""
        sums = np.asarray(self._rows_to_ssus @ scores)
        means = np.asarray(self._ssus_to_psus @ sums)[self._psu] / self._drawn[:, None]
        kept = 1 - self._drawn / self._population
        scale = first_stage_fraction[self._psu] * kept * self._drawn / np.maximum(self._drawn - 1, 1)
        return np.asarray(np.sqrt(scale)[:, None] * (sums - means))


def _refuse(code: str, psus: IntArray, names: Sequence[str]) -> None:
    if len(psus):
        raise AnalysisRefused(code, psus=[names[psu] for psu in np.unique(psus)])


def incidence(group: IntArray, groups: int) -> sparse.csr_array:
    """A (groups, members) matrix of ones that adds members up by group."""
    return sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group)))
