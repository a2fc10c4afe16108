"""Known population totals: margins of categories, and covariates, as one sparse matrix over the table's rows.

Source: docs/methodology.md#calibration.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import scipy.sparse as sparse

from surveys.analysis.labels import missing_in, refuse_rows
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, Labels, Table

AGREEMENT = 1e-10  # margins describe one population: their sums may differ by no more than what is met


@dataclass(frozen=True, eq=False)
class Margin:
    """A set of categories with their population totals; `key` holds the category of each row of the table.

    source and dated say where the totals come from, for the notes; nothing is computed from them.
    """

    name: str
    key: Labels
    totals: Mapping[Any, float]
    source: str = ""
    dated: date | None = None


@dataclass(frozen=True, eq=False)
class Covariate:
    """A number with its known population total; `x` must be the same for everybody in a row.

    Where a row has no weight (nobody responded) `x` is not read, and may be NaN.
    """

    name: str
    x: FloatArray
    total: float


@dataclass(frozen=True, eq=False)
class Auxiliaries:
    """The matrix (rows, cells) of margins and covariates, the totals to reach (cells,) and what each cell is.

    scale (cells,): what a gap is relative to: the total of a category; of a covariate the larger of its total and of
    Σ w|x|, lifted to the population, because values of both signs can have a total near 0 that says nothing of their
    rounding.
    """

    matrix: sparse.csr_array
    targets: FloatArray
    cells: tuple[tuple[str, Hashable], ...]
    scale: FloatArray

    def relative(self, weights: FloatArray) -> FloatArray:
        """What is missing of each total with these weights, over its scale: (cells,)."""
        return (self.targets - self.sums(weights)) / self.scale

    def sums(self, weights: FloatArray) -> FloatArray:
        return np.asarray(self.matrix.T @ weights)

    def gram(self, weights: FloatArray) -> FloatArray:
        return np.asarray((self.matrix.T @ self.matrix.multiply(weights[:, None])).todense(), float)


def auxiliaries(table: Table, margins: Sequence[Margin | Covariate]) -> Auxiliaries:
    """Lay the margins out, refusing what no weights could meet.

    Raises AnalysisRefused: margin.none, table.length (a key or number for other rows), table.label_missing (None or NA
    in a key), margin.total (categories whose total is negative or not a number), margin.covariate (rows without a
    number), margin.covariate_total (no number), margin.contradictory (totals that describe different populations),
    margin.unknown_category (rows without a total), margin.empty_cell (a positive total and nobody to carry it),
    margin.zero_total (people in a category whose total is 0).
    """
    if not margins:
        raise AnalysisRefused("margin.none")
    margins = [_over_rows(margin, table) for margin in margins]
    _agree([margin for margin in margins if isinstance(margin, Margin)])
    blocks = [_columns(margin) for margin in margins]
    cells = [
        (margin.name, category)
        for margin in margins
        for category in (margin.totals if isinstance(margin, Margin) else ("total",))
    ]
    targets = [
        total
        for margin in margins
        for total in (margin.totals.values() if isinstance(margin, Margin) else (margin.total,))
    ]
    for margin in margins:
        if isinstance(margin, Margin):
            _check_cells(margin, table)
    matrix = sparse.csr_array(sparse.hstack(blocks, format="csr"))
    return Auxiliaries(matrix, np.asarray(targets, float), tuple(cells), _scale(margins, table))


def population(margins: Sequence[Margin | Covariate]) -> float | None:
    """The population's size by the first margin of categories; None where there are covariates alone."""
    sizes = (float(sum(margin.totals.values())) for margin in margins if isinstance(margin, Margin))
    return next(sizes, None)


def _scale(margins: Sequence[Margin | Covariate], table: Table) -> FloatArray:
    weight, size = float(table.w.sum()), population(margins)
    lift = size / weight if size and weight else 1.0
    scales: list[float] = []
    for margin in margins:
        if isinstance(margin, Margin):
            scales += [float(total) for total in margin.totals.values()]
        else:
            scales.append(max(abs(float(margin.total)), lift * float(np.sum(table.w * np.abs(margin.x)))))
    return np.array([scale or 1.0 for scale in scales])


def _over_rows(margin: Margin | Covariate, table: Table) -> Margin | Covariate:
    """The margin with a category in every row; a covariate with 0 where nobody has weight."""
    column = margin.key if isinstance(margin, Margin) else margin.x
    if len(column) != len(table.w):
        raise AnalysisRefused("table.length", columns=[margin.name], rows=len(table.w))
    if isinstance(margin, Margin):
        refuse_rows("table.label_missing", missing_in(margin.key) & (margin.key.dtype == object), margin.name)
        return margin
    x = np.where(table.w > 0, margin.x, 0.0)
    refuse_rows("margin.covariate", ~np.isfinite(x), margin.name)
    if not _is_number(margin.total):
        raise AnalysisRefused("margin.covariate_total", margin=margin.name, total=margin.total)
    return replace(margin, x=x)


def _is_number(total: object) -> bool:
    return isinstance(total, (int, float, np.number)) and bool(np.isfinite(total))


def _agree(margins: Sequence[Margin]) -> None:
    for margin in margins:
        if wrong := [name for name, total in margin.totals.items() if not (_is_number(total) and total >= 0)]:
            raise AnalysisRefused("margin.total", margin=margin.name, categories=wrong)
    sums = {margin.name: float(sum(margin.totals.values())) for margin in margins}
    if sums and max(sums.values()) - min(sums.values()) > AGREEMENT * max(sums.values()):
        raise AnalysisRefused("margin.contradictory", sums=sums)


def _columns(margin: Margin | Covariate) -> sparse.csr_array:
    if isinstance(margin, Covariate):
        return sparse.csr_array(margin.x[:, None])
    place = {category: column for column, category in enumerate(margin.totals)}
    labels, rows = np.unique(margin.key, return_inverse=True)
    columns = np.array([place.get(label, -1) for label in labels.tolist()], np.int64)[rows]
    known = np.flatnonzero(columns >= 0)
    shape = (len(margin.key), len(place))
    return sparse.csr_array((np.ones(len(known)), (known, columns[known])), shape=shape)


def weight_by_category(table: Table, margin: Margin) -> dict[Hashable, float]:
    """The base weight that answered in each category, 0 for a category with a total and nobody in it."""
    labels, rows = np.unique(margin.key, return_inverse=True)
    found = dict(zip(labels.tolist(), np.bincount(rows, table.w, len(labels)).tolist(), strict=True))
    return {**dict.fromkeys(margin.totals, 0.0), **found}


def _check_cells(margin: Margin, table: Table) -> None:
    weights = weight_by_category(table, margin)
    faults = {
        "margin.unknown_category": [c for c, w in weights.items() if c not in margin.totals and w > 0],
        "margin.empty_cell": [c for c, total in margin.totals.items() if total > 0 and weights[c] == 0],
        "margin.zero_total": [c for c, total in margin.totals.items() if total == 0 and weights[c] > 0],
    }
    for code, categories in faults.items():
        if categories:
            raise AnalysisRefused(code, margin=margin.name, categories=categories)
