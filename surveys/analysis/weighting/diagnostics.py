"""What the weighting did, in numbers for the notes: unequal weights, how far factors reach, margins before and after.

Source: docs/methodology.md#diagnostics-of-weights.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from surveys.analysis.table import FloatArray, Table
from surveys.analysis.weighting.calibration import kish_deff
from surveys.analysis.weighting.distances import Bounds
from surveys.analysis.weighting.margins import Margin
from surveys.analysis.weighting.projection import Weighting
from surveys.analysis.weighting.reweighted import reach

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
FEWEST = 10  # persons of the sample behind a cell that is shown


@dataclass(frozen=True)
class MarginCell:
    """One category, or several joined: persons in the sample, and its shares (0 to 1) of sample and population."""

    categories: tuple[Hashable, ...]
    n: int
    before: float
    after: float
    population: float

    @property
    def gaps(self) -> Bounds:
        """Before and after: share of the sample over share of the population, less 1."""
        if not self.population:
            return 0.0, 0.0
        return self.before / self.population - 1, self.after / self.population - 1


@dataclass(frozen=True)
class MarginCheck:
    """One margin before and after weighting, with where its totals come from."""

    name: str
    source: str
    dated: date | None
    total: float
    cells: tuple[MarginCell, ...]

    @property
    def largest_gaps(self) -> Bounds:
        """The largest relative gap before and after, without its sign."""
        before, after = (max((abs(cell.gaps[place]) for cell in self.cells), default=0.0) for place in (0, 1))
        return before, after

    def shown(self, fewest: int = FEWEST, apart: Sequence[Hashable] = ()) -> MarginCheck:
        """The same with cells of fewer persons, and those to keep `apart`, joined to one line at the end.

        That line holds at least two cells and `fewest` persons, so that it is no one's remainder; the next smallest
        join until it does. Nothing is joined where all cells are large.
        """
        small = [cell for cell in self.cells if cell.n < fewest or set(cell.categories) & set(apart)]
        if not small:
            return self
        large = sorted((cell for cell in self.cells if cell not in small), key=lambda cell: cell.n)
        while large and (len(small) < 2 or sum(cell.n for cell in small) < fewest):
            small.append(large.pop(0))
        kept = [cell for cell in self.cells if cell in large]
        return replace(self, cells=(*kept, _joined(small)))


@dataclass(frozen=True)
class Diagnostics:
    """n: persons with a final weight; kish_deff and n_eff = n / kish_deff: the price of unequal weights alone.

    g_range: the smallest and largest final over base weight; quantiles: of the persons' final weights, at QUANTILES
    (a row that mixes base weights counts with its mean); margins: in the order given.
    """

    n: int
    kish_deff: float
    n_eff: float
    g_range: Bounds
    quantiles: dict[float, float]
    margins: tuple[MarginCheck, ...]


def diagnose(table: Table, weighting: Weighting, margins: Sequence[Margin]) -> Diagnostics:
    """What `weighting` made of the base weights of `table`; margins before are those of the base weights.

    With nonrespondents in the table (factor 0), before means the base weights of those who responded.
    Source: docs/methodology.md#diagnostics-of-weights.
    """
    there = table.count * (weighting.g != 0) * (table.w > 0)
    deff, n = kish_deff(table, weighting.g), float(there.sum())
    return Diagnostics(
        n=round(n),
        kish_deff=deff,
        n_eff=n / deff,
        g_range=reach(weighting.g, there),
        quantiles=_quantiles(table.w * weighting.g, there),
        margins=tuple(margin_check(table, weighting.g, margin) for margin in margins),
    )


def margin_check(table: Table, g: FloatArray, margin: Margin) -> MarginCheck:
    """One margin's cells with their shares before (base weights) and after (× g)."""
    labels, place = np.unique(margin.key, return_inverse=True)
    at = {label: row for row, label in enumerate(labels.tolist())}
    base = table.w * (g != 0)
    n, before, after = (np.bincount(place, column, len(at)) for column in (table.count * (base > 0), base, base * g))
    total = float(sum(margin.totals.values()))
    cells = []
    for category, size in margin.totals.items():
        row = at.get(category)
        found = (0.0, 0.0, 0.0) if row is None else (n[row], before[row] / before.sum(), after[row] / after.sum())
        cells.append(MarginCell((category,), round(found[0]), float(found[1]), float(found[2]), size / total))
    return MarginCheck(margin.name, margin.source, margin.dated, total, tuple(cells))


def _quantiles(weights: FloatArray, count: FloatArray) -> dict[float, float]:
    """The least weight at which the share of persons reached is as large as asked (inverse CDF)."""
    used = np.flatnonzero(count)
    single = weights[used] / count[used]
    order = np.argsort(single, kind="stable")
    reached = np.cumsum(count[used][order])
    places = np.searchsorted(reached, np.array(QUANTILES) * reached[-1] * (1 - 1e-12))
    return dict(zip(QUANTILES, single[order][places].tolist(), strict=True))


def _joined(cells: Sequence[MarginCell]) -> MarginCell:
    return MarginCell(
        tuple(category for cell in cells for category in cell.categories),
        sum(cell.n for cell in cells),
        sum(cell.before for cell in cells),
        sum(cell.after for cell in cells),
        sum(cell.population for cell in cells),
    )
