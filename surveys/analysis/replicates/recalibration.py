"""Weighting done over in every replicate, as a sample drawn again would have been weighted.

Source: docs/methodology.md#calibration-in-every-replicate.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Labels, Table
from surveys.analysis.weighting.calibration import Calibration, calibrate
from surveys.analysis.weighting.chain import Chain
from surveys.analysis.weighting.distances import Bounds
from surveys.analysis.weighting.margins import Covariate, Margin


@dataclass(frozen=True, eq=False)
class Classes:
    """The weighting classes of `nonresponse_cells`: cell and responded run over the rows of the table."""

    cell: Labels
    responded: BoolArray
    neighbours: Sequence[Hashable] | None = None


@dataclass(frozen=True, eq=False)
class Recipe:
    """How weights are made: the arguments of `calibrate`, kept so that every replicate can do the same.

    classes: an adjustment for nonresponse to go before it, likewise done over in every replicate. A recipe knows these
    cells and one calibration: trimming, known factors and a second calibration have no place in it.
    """

    margins: Sequence[Margin | Covariate]
    method: str = "raking"
    bounds: Bounds | None = None
    lift: bool = False
    classes: Classes | None = None

    def applied(self, table: Table) -> Calibration | Chain:
        """The weighting of a table. Raises the codes of `calibrate` and, with classes, of `nonresponse_cells`."""
        if self.classes is None:
            return calibrate(table, self.margins, self.method, self.bounds, self.lift)
        classes = self.classes
        responding = Chain(table).nonresponse(classes.cell, classes.responded, classes.neighbours)
        return responding.calibrated(self.margins, self.method, self.bounds, self.lift)

    def as_taken(self, weighting: Calibration | Chain) -> Recipe:
        """The way that the whole sample went: raking that kept within its bounds is raking in every replicate, raking
        that became logit is logit; a replicate that changed its way by itself would be noise in the variance."""
        made = weighting.steps[-1].made if isinstance(weighting, Chain) else weighting
        method = made.method if isinstance(made, Calibration) else self.method
        return replace(self, method=method, bounds=None if method == "raking" else self.bounds)

    @property
    def columns(self) -> list[Labels]:
        """What rows must share so that they have the same factor."""
        margins = [margin.key if isinstance(margin, Margin) else margin.x for margin in self.margins]
        return margins + ([self.classes.cell, self.classes.responded] if self.classes else [])

    def of_rows(self, rows: IntArray) -> Recipe:
        """The same for some of the rows."""
        margins = [
            replace(one, key=one.key[rows]) if isinstance(one, Margin) else replace(one, x=one.x[rows])
            for one in self.margins
        ]
        known = self.classes
        classes = known and replace(known, cell=known.cell[rows], responded=known.responded[rows])
        return replace(self, margins=margins, classes=classes)


def recalibrated(recipe: Recipe, first: IntArray, weights: FloatArray) -> FloatArray:
    """The factors (cells, replicates) that calibrate every replicate; `weights` (cells, replicates) are its sums of
    sampling weight × factor, `first` a row of each cell.

    Raises AnalysisRefused, naming the replicate, counted from 1: replicates.empty_cell (margin, categories),
    replicates.empty_class (cells), replicates.negative, replicates.not_converged (cell, gap).
    """
    if (weights < 0).any():
        raise AnalysisRefused("replicates.negative", replicate=int(np.flatnonzero((weights < 0).any(axis=0))[0]) + 1)
    of_cells = recipe.of_rows(first)
    factors = np.empty_like(weights)
    for column in range(weights.shape[1]):
        factors[:, column] = _one(of_cells, weights[:, column], column + 1)
    return factors


def _one(recipe: Recipe, weights: FloatArray, replicate: int) -> FloatArray:
    try:
        return recipe.applied(_table_of_cells(weights)).g
    except AnalysisRefused as fault:
        if fault.code == "margin.empty_cell":
            margin, categories = fault.values["margin"], fault.values["categories"]
            raise AnalysisRefused(
                "replicates.empty_cell", replicate=replicate, margin=margin, categories=categories
            ) from fault
        if fault.code == "calibration.not_converged":
            cell, gap = fault.values["cell"], fault.values["gap"]
            raise AnalysisRefused("replicates.not_converged", replicate=replicate, cell=cell, gap=gap) from fault
        if fault.code == "nonresponse.no_respondent":
            raise AnalysisRefused("replicates.empty_class", replicate=replicate, cells=fault.values["cells"]) from fault
        raise


def _table_of_cells(weights: FloatArray) -> Table:
    one = np.zeros(len(weights), np.int64)
    return Table(("",), one, one, (weights > 0).astype(float), weights)
