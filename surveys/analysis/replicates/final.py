"""The factors of every replicate after calibration, kept once for each PSU and weighting cell, not for each person.

Source: docs/methodology.md#calibration-in-every-replicate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from surveys.analysis.labels import distinct
from surveys.analysis.replicates.recalibration import Recipe, recalibrated
from surveys.analysis.replicates.weights import Replicates, rank
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Table


@dataclass(frozen=True, eq=False)
class FinalFactors:
    """slot (rows,): which row of `factors` (slots, replicates) goes with each row of the table.

    Rows of one PSU and one weighting cell share a slot, so that a million persons cost what their table costs.
    """

    slot: IntArray
    factors: FloatArray

    @classmethod
    def of(cls, table: Table, replicates: Replicates, recipe: Recipe | None) -> FinalFactors:
        """Raises AnalysisRefused: the codes of `Replicates.places` and `recalibrated`."""
        place = replicates.places(table)
        if recipe is None:
            return cls(place, replicates.factors)
        first, cell = distinct(recipe.columns)
        one, slot = distinct([place, cell])
        slot_place, slot_cell = place[one], cell[one]
        factors = replicates.factors[slot_place]
        base = np.bincount(slot, table.w, len(one))
        to_cells = sparse.csr_array((base, (slot_cell, np.arange(len(one)))), (len(first), len(one)))
        factors *= recalibrated(recipe, first, np.asarray(to_cells @ factors))[slot_cell]
        return cls(slot, factors)

    def sums(self, columns: list[FloatArray]) -> FloatArray:
        """Σ factor × column over the rows, for each replicate and column (rows,): (replicates, columns)."""
        by_slot = np.stack([np.bincount(self.slot, column, len(self.factors)) for column in columns])
        return np.asarray((by_slot @ self.factors).T)

    def rank(self, used: BoolArray) -> int:
        """The rank of the replicates over the rows used."""
        return rank(self.factors, np.bincount(self.slot[used], minlength=len(self.factors)) > 0)
