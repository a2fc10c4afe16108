"""Statistics turned into sums: what each row adds to the variance of a mean, total or ratio, after calibration.

Many statistics are linearised side by side, as columns; one is the case of one column.
Source: docs/methodology.md#linearisation (Särndal, Swensson and Wretman 1992, 5.5 and 6.5; Deville and Särndal 1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveys.analysis.outcome import Definition, NotEstimable
from surveys.analysis.table import PARTS, BoolArray, FloatArray, Variable
from surveys.analysis.weighting.projection import Scored

NOBODY = NotEstimable("no_answers")
EXPLAINED = 1e-9  # relative: what least squares leave of a variable that margins explain


@dataclass(frozen=True, eq=False)
class Linearised:
    """A statistic with what each row contributes to its error; the scores of two statistics give their covariance.

    value; scores (rows,): final weight × linearised variable, after calibration; members (rows,): rows that hold an
    observed member of the domain; n: such persons; weight: the sum of their final weights; spread: their weighted
    mean square about the mean (None where it has no meaning); size: 1 for a mean, `weight` for a total.
    """

    value: float
    scores: FloatArray
    members: BoolArray
    n: int
    weight: float
    spread: float | None = None
    size: float = 1.0
    definition: Definition | None = None

    def srs_variance(self, replace: bool = False) -> float | None:
        """The variance a simple random sample of the same n would give; N is the sum of weights.

        None where it has no meaning, nor any size: nothing varies, or weights below 0 outweigh the others.
        Source: docs/methodology.md#design-effect.
        """
        if self.spread is None or not self.spread > 0 or self.n < 2 or (self.weight <= self.n and not replace):
            return None
        left = 1.0 if replace else (self.weight - self.n) / self.weight
        return self.size**2 * left * self.spread / (self.n - 1)


@dataclass(frozen=True, eq=False)
class Asked:
    """One statistic to compute over the members of `domain` (None: everybody).

    A mean by default; a ratio to the total of `below`; or a total.
    """

    variable: Variable
    domain: BoolArray | None = None
    below: Variable | None = None
    total: bool = False

    def masked(self, column: FloatArray) -> FloatArray:
        """The column (rows,) with 0 outside the domain."""
        return column if self.domain is None else column * self.domain

    @property
    def persons(self) -> FloatArray:
        """How many persons of each row it is about: (rows,); of a ratio, who answered either question."""
        counts = self.variable.n if self.below is None else np.maximum(self.variable.n, self.below.n)
        return self.masked(counts)

    @property
    def is_mean(self) -> bool:
        return self.below is None and not self.total

    @property
    def above_sums(self) -> FloatArray:
        """What is added up above the line: (rows,)."""
        return self.masked(self.variable.wy)

    @property
    def below_sums(self) -> FloatArray | None:
        """What is added up below it; None for a total."""
        if self.total:
            return None
        return self.masked(self.variable.wn if self.below is None else self.below.wy)


@dataclass(frozen=True, eq=False)
class Statistics:
    """k statistics side by side: scores (rows, k), members (rows, k), the others (k,) and as in Linearised.

    spread is NaN where it has no meaning; refused: why a column is no statistic, None where it is one.
    """

    value: FloatArray
    scores: FloatArray
    members: BoolArray
    n: FloatArray
    weight: FloatArray
    spread: FloatArray
    size: FloatArray
    refused: tuple[NotEstimable | None, ...]
    definitions: tuple[Definition | None, ...]

    @classmethod
    def of(cls, parts: Sequence[Linearised]) -> Statistics:
        """Statistics that were linearised before, side by side."""
        columns = {name: _stacked(parts, name) for name in ("value", "n", "weight", "spread", "size")}
        scores = np.stack([part.scores for part in parts], axis=1)
        members = np.stack([part.members for part in parts], axis=1)
        definitions = tuple(part.definition for part in parts)
        return cls(**columns, scores=scores, members=members, refused=(None,) * len(parts), definitions=definitions)

    def one(self, place: int) -> Linearised | NotEstimable:
        """One of the statistics, or why it is none."""
        refused, definition = self.refused[place], self.definitions[place]
        if refused is not None:
            return refused.of(definition)
        spread = float(self.spread[place])
        return Linearised(
            value=float(self.value[place]),
            scores=self.scores[:, place],
            members=self.members[:, place],
            n=round(float(self.n[place])),
            weight=float(self.weight[place]),
            spread=None if np.isnan(spread) else spread,
            size=float(self.size[place]),
            definition=definition,
        )


@dataclass(frozen=True, eq=False)
class Weighted:
    """One weighting of one table: the factors (rows,), and the way from sums to scores that goes with them.

    there (rows,): whose final weight is not 0; the others are in no n, and members of nothing.
    """

    g: FloatArray
    projection: Scored | None
    there: BoolArray

    def scores(self, sums: FloatArray) -> FloatArray:
        """From base weight × linearised variable (rows, k) to final weight × residual, both summed by row."""
        return self.g[:, None] * sums if self.projection is None else self.projection.scores(sums)

    def statistics(self, asked: Sequence[Asked]) -> Statistics:
        """Several statistics at once; the variable under the line of a mean is its weights, of a total nothing."""
        n = _columns([one.persons * self.there for one in asked])
        wn, wy, wyy = (_columns([one.masked(getattr(one.variable, part)) for one in asked]) for part in PARTS[1:])
        below = wn if all(one.is_mean for one in asked) else _columns([_under(one) for one in asked])
        weight, above, squares, under = (self._sums(columns) for columns in (wn, wy, wyy, below))
        total, persons = np.array([one.total for one in asked]), n.sum(axis=0)
        divisor = np.where(total | (under == 0), 1.0, under)
        value = above / divisor
        return Statistics(
            value=value,
            scores=self.scores(_residual(wy, value, below, divisor)),
            members=n > 0,
            n=persons,
            weight=weight,
            spread=_spread(asked, weight, above, squares),
            size=np.where(total, weight, 1.0),
            refused=tuple(map(_refused, asked, persons.tolist(), under.tolist())),
            definitions=tuple(one.variable.definition for one in asked),
        )

    def _sums(self, columns: FloatArray) -> FloatArray:
        """Sums of final weights (k,); not by BLAS, see `Projection.explained`."""
        return np.asarray(np.einsum("r,rk->k", self.g, columns))


def is_known(asked: Asked, g: FloatArray, projection: Scored, there: BoolArray) -> bool:
    """Whether what the weighting knows determines a statistic: persons differ, and nothing is left of any of them.

    A row whose persons differ among themselves tells only their sum, so that it does not count as explained.
    """
    plain, left = (np.abs(Weighted(g, by, there).statistics([asked]).scores).sum() for by in (None, projection))
    return bool(plain > 0 and left <= EXPLAINED * plain) and not any(
        _differ_within(one, asked, g) for one in (asked.variable, asked.below) if one is not None
    )


def _differ_within(variable: Variable, asked: Asked, g: FloatArray) -> bool:
    """Whether persons of one row gave different answers."""
    wn, wy, wyy = (asked.masked(getattr(variable, part)) for part in PARTS[1:])
    apart = wyy - wy**2 / np.where(wn == 0, 1.0, wn)
    return bool(np.sum(np.abs(g) * apart) > EXPLAINED * np.sum(np.abs(g) * wyy))


def _refused(asked: Asked, persons: float, under: float) -> NotEstimable | None:
    """Nobody to ask, or nothing below the line. Source: docs/methodology.md#negative-weights."""
    if not persons:
        return NOBODY
    if asked.is_mean and not under > 0:
        return NotEstimable("negative_weights", n=round(persons))
    return NotEstimable("zero_denominator") if asked.below is not None and under == 0 else None


def _spread(asked: Sequence[Asked], weight: FloatArray, above: FloatArray, squares: FloatArray) -> FloatArray:
    """The weighted mean square about the mean, below 0 where weights below 0 make it so; a ratio has none, nor has
    what has no weight."""
    weightless = (weight == 0) | np.array([one.below is not None for one in asked])
    divisor = np.where(weightless, np.nan, weight)
    mean = above / divisor
    return np.asarray((squares - 2 * mean * above + mean**2 * weight) / divisor)


def _residual(above: FloatArray, value: FloatArray, below: FloatArray, divisor: FloatArray) -> FloatArray:
    """(above − value·below) / divisor, in place: new arrays of this size cost more than the sums."""
    left = value * below
    np.subtract(above, left, out=left)
    left /= divisor
    return left


def _under(one: Asked) -> FloatArray:
    below = one.below_sums
    return np.zeros(len(one.variable.wy)) if below is None else below


def _columns(columns: Sequence[FloatArray]) -> FloatArray:
    return np.stack(columns, axis=1)


def _stacked(parts: Sequence[Linearised], name: str) -> FloatArray:
    """One number of each; NaN for None."""
    return np.array([getattr(part, name) for part in parts], float)
