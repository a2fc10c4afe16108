"""Weighting classes: in every cell those who responded carry the weight of all who were sampled there.

Source: docs/methodology.md#nonresponse-cells (Särndal, Swensson and Wretman 1992, 15.6; Särndal and Lundström 2005).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sparse

from surveys.analysis.labels import missing_in, refuse_rows
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Labels, Table
from surveys.analysis.weighting.projection import beside


@dataclass(frozen=True, eq=False)
class NonresponseCells:
    """What everybody's weight is multiplied by: N̂/R̂ of the cell for who responded, 0 for who did not.

    cell (rows,): index into `labels`; sampled, responding (cells,): N̂ and R̂, sums of weights of all sampled and of
    the respondents; people (cells,): respondents, unweighted; joined: (cell, the one it was put together with).
    """

    g: FloatArray
    cell: IntArray
    labels: tuple[Hashable, ...]
    sampled: FloatArray
    responding: FloatArray
    people: FloatArray
    joined: tuple[tuple[Hashable, Hashable], ...]

    def explained(self, sums: FloatArray) -> FloatArray:
        """The weighted mean of the linearised variable among the respondents of each row's cell.

        sums (rows,) or (rows, k): weight before this adjustment × linearised variable, summed by row.
        """
        totals = self._by_cell @ (beside(self.g, sums) * sums)
        size = beside(np.where(self.sampled > 0, self.sampled, 1.0), sums)
        return np.asarray((totals / size)[self.cell])

    @cached_property
    def _by_cell(self) -> sparse.csr_array:
        """A (cells, rows) matrix of ones that adds rows up by cell."""
        rows = np.arange(len(self.cell))
        return sparse.csr_array((np.ones(len(rows)), (self.cell, rows)), shape=(len(self.labels), len(rows)))


def nonresponse_cells(
    table: Table, cell: Labels, responded: BoolArray, neighbours: Sequence[Hashable] | None = None
) -> NonresponseCells:
    """The adjustment by weighting classes over a table of everybody eligible who was sampled.

    cell (rows,): the weighting class, known for all; responded (rows,): whether the persons of a row did, so that no
    row may hold both; rows of nonrespondents have a count and a weight and no answers. Whose eligibility is unknown
    must have been shared out before. neighbours: all cells in the order, declared before any answer is seen, in which
    a cell without a respondent is put together with the next (the last with the one before); without it such a cell
    is refused.

    Raises AnalysisRefused: table.length, table.label_missing, nonresponse.not_boolean, nonresponse.answers
    (nonrespondents with answers), nonresponse.nobody, nonresponse.no_respondent (cells), nonresponse.unknown_cell
    (cells not among the neighbours).
    Source: docs/methodology.md#nonresponse-cells.
    """
    _check(table, cell, responded)
    labels, place = _placed(cell, neighbours)
    sampled, responding = (_sums(place, column, labels) for column in (table.w, table.w * responded))
    into = np.arange(len(labels))
    empty = (sampled > 0) & (responding == 0)
    if empty.any() and neighbours is None:
        raise AnalysisRefused("nonresponse.no_respondent", cells=[labels[one] for one in np.flatnonzero(empty)])
    if empty.any():
        into = _joined(sampled, responding)
    return _adjusted(table, labels, into, into[place], responded)


def _check(table: Table, cell: Labels, responded: BoolArray) -> None:
    columns = {"cell": cell, "responded": responded}
    if wrong := [name for name, column in columns.items() if len(column) != len(table.w)]:
        raise AnalysisRefused("table.length", columns=wrong, rows=len(table.w))
    refuse_rows("table.label_missing", missing_in(cell) & (cell.dtype == object), "cell")
    if responded.dtype != np.bool_:
        raise AnalysisRefused("nonresponse.not_boolean")
    if answered := [name for name, variable in table.variables.items() if variable.n[~responded].any()]:
        raise AnalysisRefused("nonresponse.answers", variables=answered)
    if not table.w[responded].any():
        raise AnalysisRefused("nonresponse.nobody")


def _placed(cell: Labels, neighbours: Sequence[Hashable] | None) -> tuple[tuple[Hashable, ...], IntArray]:
    """The cells, in the declared order where there is one, and each row's place among them."""
    labels, place = np.unique(cell, return_inverse=True)
    found = labels.tolist()
    if neighbours is None:
        return tuple(found), place.astype(np.int64)
    order = {label: at for at, label in enumerate(neighbours)}
    if unknown := [label for label in found if label not in order]:
        raise AnalysisRefused("nonresponse.unknown_cell", cells=unknown)
    return tuple(neighbours), np.array([order[label] for label in found], np.int64)[place]


def _sums(cell: IntArray, column: FloatArray, labels: Sequence[Hashable]) -> FloatArray:
    return np.bincount(cell, column, len(labels)).astype(float)


def _joined(sampled: FloatArray, responding: FloatArray) -> IntArray:
    """For each cell, in order, the cell it is counted in; somebody responded somewhere."""
    into = np.arange(len(sampled))
    for place in range(len(sampled)):
        group = into == place
        if sampled[group].any() and not responding[group].any():
            into[group] = place + 1 if place + 1 < len(sampled) else into[np.flatnonzero(~group)[-1]]
    return into


def _adjusted(
    table: Table, labels: tuple[Hashable, ...], into: IntArray, cell: IntArray, responded: BoolArray
) -> NonresponseCells:
    columns = (table.w, table.w * responded, table.count * responded)
    sampled, responding, people = (_sums(cell, column, labels) for column in columns)
    lift = np.divide(sampled, responding, out=np.ones(len(labels)), where=responding > 0)
    joined = tuple((labels[one], labels[into[one]]) for one in np.flatnonzero(into != np.arange(len(labels))))
    return NonresponseCells(lift[cell] * responded, cell, labels, sampled, responding, people, joined)
