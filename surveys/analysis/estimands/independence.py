"""Whether two answers go together in the population: tests of independence in a table of two keys.

Source: docs/methodology.md#tests-of-independence (Rao and Scott 1981, 1984; Thomas and Rao 1987).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import cast

import numpy as np
import scipy.linalg
from scipy.special import chdtrc, fdtrc

from surveys.analysis.estimands.categories import answered, category_codes
from surveys.analysis.estimands.degrees import degrees_of_freedom
from surveys.analysis.estimands.quadratic_forms import saddlepoint_tail, upper_tail
from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import AnalysisRefused, NotEstimable
from surveys.analysis.table import BoolArray, FloatArray, IntArray, Variable

NO_EFFECT = 1e-10  # a design effect below this is rounding: weights calibrated to the whole table, for example


@dataclass(frozen=True)
class IndependenceTest:
    """`statistic` with the `parameter`s of its distribution (none for lincom and saddlepoint) and its `p`.

    method: the name it was asked for by; n: persons with both answers; df: PSUs minus strata that it rests on.
    """

    statistic: float
    parameter: tuple[float, ...]
    p: float
    method: str
    n: int
    df: int


@dataclass(frozen=True, eq=False)
class _Cells:
    """One table of two keys: category codes of each row, who is inside, how many persons of both kinds, and df."""

    by: Estimator
    row: IntArray
    column: IntArray
    inside: BoolArray
    shape: tuple[int, int]
    persons: float
    n: int
    df: int

    @property
    def size(self) -> int:
        """(rows − 1)(columns − 1): how many contrasts independence sets to 0."""
        return (self.shape[0] - 1) * (self.shape[1] - 1)

    def shares(self) -> list[Linearised]:
        """The share of each cell, row by row."""
        rows, columns = self.shape
        masks = [(self.row == r) & (self.column == c) for r in range(rows) for c in range(columns)]
        return [self._share(mask) for mask in masks]

    def excess(self) -> list[Linearised]:
        """Observed minus expected total of each cell but those of the last row and column, linearised."""
        rows, columns = self._margin(self.row, self.shape[0]), self._margin(self.column, self.shape[1])
        products = [self._valued(row * column) for row in rows[:-1] for column in columns[:-1]]
        return [cast(Linearised, self.by.linear_total(product, self.inside)) for product in products]

    def _margin(self, code: IntArray, categories: int) -> list[FloatArray]:
        """For each category of one key: 1 for its members and 0 for others, minus its share."""
        return [(code == k) - self._share(code == k).value for k in range(categories)]

    def _share(self, mask: BoolArray) -> Linearised:
        """The share of a mask among those inside, of whom `_crossed` knows that there are some."""
        return cast(Linearised, self.by.linear_mean(self.by.table.members(mask), self.inside))

    def _valued(self, y: FloatArray) -> Variable:
        table = self.by.table
        return Variable(table.count, table.w, table.w * y, table.w * y**2)


def independence(
    estimator: Estimator,
    rows_key: str,
    columns_key: str,
    domain: BoolArray | None = None,
    statistic: str = "F",
    missing: Collection[Hashable] = (),
    df: str = "observed",
) -> IndependenceTest | NotEstimable:
    """Test that two keys of the table are independent in the population, or in the domain.

    statistic: F (second-order Rao–Scott, the default), Chisq (first-order), Wald, adjWald, lincom (the exact
    distribution), saddlepoint (its approximation), wls-score (R's, for comparison only). Categories in `missing`, NaN
    and None are no answers. df: "observed" counts PSUs with both answers, "design" those of the whole domain, as R.

    NotEstimable: no_answers, no_variation (one key has one category), empty_cells, psus_alike, one_psu,
    too_few_psus.
    Raises AnalysisRefused: independence.statistic, table.no_key, df.rule.
    """
    if statistic not in STATISTICS:
        raise AnalysisRefused("independence.statistic", statistic=statistic, statistics=tuple(STATISTICS))
    crossed = _crossed(estimator, (rows_key, columns_key), domain, missing, df)
    if isinstance(crossed, NotEstimable):
        return crossed
    outcome = STATISTICS[statistic](crossed)
    if isinstance(outcome, NotEstimable):
        return outcome
    value, parameter, p = outcome
    return IndependenceTest(value, parameter, p, statistic, crossed.n, crossed.df)


def _crossed(
    by: Estimator, keys: tuple[str, str], domain: BoolArray | None, missing: Collection[Hashable], rule: str
) -> _Cells | NotEstimable:
    present = by.table.count > 0
    within = present if domain is None else present & by.table.domain(domain)
    inside = within & answered(by.table, keys[0], missing) & answered(by.table, keys[1], missing)
    together = by.linear_mean(by.table.members(), inside)
    if isinstance(together, NotEstimable):
        return together
    (row, rows), (column, columns) = (category_codes(by.table, key, inside) for key in keys)
    if min(rows, columns) < 2:
        return NotEstimable("no_variation", value=1.0, n=together.n)
    df = degrees_of_freedom(rule, by.design_df(inside), by.design_df(within))
    if df < 1:
        return NotEstimable("too_few_psus", df=df)
    return _Cells(by, row, column, inside, (rows, columns), float(by.table.count[within].sum()), together.n, df)


Result = tuple[float, tuple[float, ...], float]


@dataclass(frozen=True, eq=False)
class _RaoScott:
    """Pearson's X² and the design effects (the eigenvalues δ) of its contrasts."""

    x2: float
    effects: FloatArray

    @property
    def satterthwaite(self) -> float:
        """(Σδ)² / Σδ²: how many equal effects these are worth."""
        return float(self.effects.sum() ** 2 / np.sum(self.effects**2))


def _rao_scott(cells: _Cells) -> _RaoScott | NotEstimable:
    shares = cells.shares()
    covariance = cells.by.covariance(shares)
    if isinstance(covariance, NotEstimable):
        return covariance
    p = np.array([share.value for share in shares])
    inverse = np.where(p > 0, 1 / np.where(p > 0, p, 1.0), 0.0)
    contrasts = np.kron(_differences(cells.shape[0]), _differences(cells.shape[1])) * inverse[:, None]
    simple = contrasts.T @ (p[:, None] * contrasts) / cells.persons
    if np.linalg.matrix_rank(simple, hermitian=True) < cells.size:
        return NotEstimable("empty_cells", cells=int((p == 0).sum()))
    effects = scipy.linalg.eigh(contrasts.T @ covariance @ contrasts, simple, eigvals_only=True)
    if effects.max() <= NO_EFFECT:
        return NotEstimable("psus_alike", n=cells.n)
    return _RaoScott(_pearson(p.reshape(cells.shape), cells.persons), np.maximum(effects, 0.0))


def _differences(categories: int) -> FloatArray:
    """Each category but the last against the last: (categories, categories − 1)."""
    return np.vstack([np.eye(categories - 1), -np.ones(categories - 1)])


def _pearson(p: FloatArray, persons: float) -> float:
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    return persons * float(np.sum((p - expected) ** 2 / expected))


def _second_order(cells: _Cells) -> Result | NotEstimable:
    found = _rao_scott(cells)
    if isinstance(found, NotEstimable):
        return found
    f, ndf = found.x2 / float(found.effects.sum()), found.satterthwaite
    return f, (ndf, ndf * cells.df), float(fdtrc(ndf, ndf * cells.df, f))


def _first_order(cells: _Cells) -> Result | NotEstimable:
    found = _rao_scott(cells)
    if isinstance(found, NotEstimable):
        return found
    return found.x2, (cells.size,), float(chdtrc(cells.size, found.x2 / float(found.effects.mean())))


def _by_tail(tail: Callable[[float, FloatArray, float], float]) -> Callable[[_Cells], Result | NotEstimable]:
    """X² looked up in the distribution of Σ δ·Z² over χ²/ddf, with the denominator of the second-order test."""

    def looked_up(cells: _Cells) -> Result | NotEstimable:
        found = _rao_scott(cells)
        if isinstance(found, NotEstimable):
            return found
        return found.x2, (), tail(found.x2, found.effects, found.satterthwaite * cells.df)

    return looked_up


def _wald_square(cells: _Cells) -> float | NotEstimable:
    """The squared distance of observed from expected totals, by the covariance of that distance."""
    parts = cells.excess()
    covariance = cells.by.covariance(parts)
    if isinstance(covariance, NotEstimable):
        return covariance
    simple = [part.srs_variance(replace=True) or 0.0 for part in parts]
    if (np.diag(covariance) <= NO_EFFECT * np.array(simple)).all():
        return NotEstimable("psus_alike", n=cells.n)
    if np.linalg.matrix_rank(covariance, hermitian=True) < cells.size:
        return NotEstimable("too_few_psus", df=cells.df)
    excess = np.array([part.value for part in parts])
    return float(excess @ np.linalg.solve(covariance, excess))


def _wald_by(
    scale: Callable[[_Cells], float], denominator: Callable[[_Cells], int]
) -> Callable[[_Cells], Result | NotEstimable]:
    def wald(cells: _Cells) -> Result | NotEstimable:
        square, ddf = _wald_square(cells), denominator(cells)
        if isinstance(square, NotEstimable):
            return square
        if ddf < 1:
            return NotEstimable("too_few_psus", df=cells.df)
        f = square * scale(cells)
        return f, (cells.size, ddf), float(fdtrc(cells.size, ddf, f))

    return wald


STATISTICS: dict[str, Callable[[_Cells], Result | NotEstimable]] = {
    "F": _second_order,
    "Chisq": _first_order,
    "Wald": _wald_by(lambda cells: 1 / cells.size, lambda cells: cells.df),
    "adjWald": _wald_by(
        lambda cells: (cells.df - cells.size + 1) / (cells.size * cells.df), lambda cells: cells.df - cells.size + 1
    ),
    "lincom": _by_tail(upper_tail),
    "saddlepoint": _by_tail(saddlepoint_tail),
    "wls-score": _wald_by(lambda cells: 1 / cells.shape[0] ** 2, lambda cells: cells.df + 2 - sum(cells.shape)),
}
