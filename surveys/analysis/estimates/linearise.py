"""Statistics turned into sums: what each row adds to the variance of a mean, total or ratio, after calibration.

Source: docs/methodology.md#linearisation (Särndal, Swensson and Wretman 1992, 5.5 and 6.5; Deville and Särndal 1992).
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.analysis.table import BoolArray, FloatArray, Variable, dot
from surveys.analysis.weighting.projection import Projection


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

    def srs_variance(self, replace: bool = False) -> float | None:
        """The variance a simple random sample of the same n would give; N is the sum of weights.

        Source: docs/methodology.md#design-effect.
        """
        if self.spread is None or self.n < 2 or (self.weight <= self.n and not replace):
            return None
        left = 1.0 if replace else (self.weight - self.n) / self.weight
        return self.size**2 * left * self.spread / (self.n - 1)


@dataclass(frozen=True, eq=False)
class Weighted:
    """One weighting of one table: the factors, and the way from sums to scores that goes with them."""

    g: FloatArray
    projection: Projection | None

    def scores(self, sums: FloatArray) -> FloatArray:
        return self.g * sums if self.projection is None else self.projection.scores(sums)

    def total(self, variable: Variable, domain: FloatArray) -> Linearised:
        """The sum of a variable over the members of the domain whose answer is there."""
        final = self.g * domain
        value, weight = dot(final, variable.wy), dot(final, variable.wn)
        return self._of(variable, domain, value, domain * variable.wy, weight, size=weight)

    def mean(self, variable: Variable, domain: FloatArray) -> Linearised:
        """The weighted mean; the caller has made sure that somebody answered."""
        final = self.g * domain
        weight = dot(final, variable.wn)
        value = dot(final, variable.wy) / weight
        sums = domain * (variable.wy - value * variable.wn) / weight
        return self._of(variable, domain, value, sums, weight, size=1.0)

    def ratio(self, above: Variable, below: Variable, domain: FloatArray) -> Linearised:
        """The ratio of two totals; both must be observed for the same persons."""
        final = self.g * domain
        denominator = dot(final, below.wy)
        value = dot(final, above.wy) / denominator
        scores = self.scores(domain * (above.wy - value * below.wy) / denominator)
        members = (domain > 0) & (above.n > 0)
        return Linearised(value, scores, members, round(dot(domain, above.n)), dot(final, above.wn))

    def _of(
        self, variable: Variable, domain: FloatArray, value: float, sums: FloatArray, weight: float, size: float
    ) -> Linearised:
        final = self.g * domain
        centre = dot(final, variable.wy) / weight if weight else 0.0
        squares = variable.wyy - 2 * centre * variable.wy + centre**2 * variable.wn
        spread = max(0.0, dot(final, squares) / weight) if weight else None
        members = (domain > 0) & (variable.n > 0)
        return Linearised(value, self.scores(sums), members, round(dot(domain, variable.n)), weight, spread, size)
