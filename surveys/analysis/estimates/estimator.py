"""Means, totals, ratios, proportions and contrasts from one table, one design and one weighting.

The PSUs and the calibration's least squares are found once; then 150 figures cost some tenths of a second. One
variable and many go the same way, so that no figure can lose its calibration (docs/methodology.md#linearisation).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.estimates.intervals import ALWAYS_DEFINED, INTERVALS, Proportion, effective_n, t_quantile
from surveys.analysis.estimates.linearise import Linearised, Weighted
from surveys.analysis.estimates.variance import PsuVariance
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import BoolArray, FloatArray, Table, Variable, dot
from surveys.analysis.weighting.calibration import Calibration, kish_deff

ROUNDING = 1e-12  # sums added in another order differ by less
ASSUMED_ICC = 0.05  # only where an indicator is 0 or 1 in the whole district; declared in the plan

Outcome = Estimate | NotEstimable


class Estimator:
    """Estimates from one table; `domain` is always a mask over its rows, never a smaller table.

    Variables are names in `table.variables`, or a Variable over the same rows (`table.members(mask)`, for example).
    With a calibration the standard errors are those after calibration. Raises the codes of PsuVariance.
    """

    def __init__(
        self, table: Table, design: Design, calibration: Calibration | None = None, level: float = 0.95
    ) -> None:
        self.table, self.calibration, self.level = table, calibration, level
        self._psus = PsuVariance(table, design)
        g = np.ones(len(table.w)) if calibration is None else calibration.g
        self._weighted = Weighted(g, calibration.projection if calibration else None)
        self._g = g
        self._design_df = self._psus.degrees_of_freedom(table.count > 0)

    def mean(self, variable: str | Variable, domain: BoolArray | None = None) -> Outcome:
        """The weighted mean with a t interval. Source: docs/methodology.md#weighted-mean."""
        statistic = self.linear_mean(variable, domain)
        if isinstance(statistic, NotEstimable):
            return statistic
        outcome = self._t_interval(statistic)
        flat = statistic.spread is not None and statistic.spread <= ROUNDING * max(1.0, statistic.value**2)
        if flat and isinstance(outcome, Estimate):
            return NotEstimable("no_variation", value=statistic.value, n=statistic.n)
        return outcome

    def total(self, variable: str | Variable, domain: BoolArray | None = None) -> Outcome:
        """The estimated population total with a t interval. Source: docs/methodology.md#weighted-mean."""
        statistic = self.linear_total(variable, domain)
        return statistic if isinstance(statistic, NotEstimable) else self._t_interval(statistic)

    def ratio(self, above: str | Variable, below: str | Variable, domain: BoolArray | None = None) -> Outcome:
        """The ratio of two totals with a t interval; both variables must be observed for the same persons."""
        statistic = self.linear_ratio(above, below, domain)
        return statistic if isinstance(statistic, NotEstimable) else self._t_interval(statistic)

    def proportion(
        self, variable: str | Variable, domain: BoolArray | None = None, interval: str = "korn_graubard"
    ) -> Outcome:
        """The weighted share of a variable of 0 and 1, on 0..1, with a named interval; 0 of n and n of n are figures.

        Source: docs/methodology.md#intervals.
        """
        statistic = self.linear_mean(variable, domain)
        if isinstance(statistic, NotEstimable):
            return statistic
        variance = self._variance(statistic)
        if isinstance(variance, NotEstimable):
            return variance
        return self._proportion(self._chosen(variable), self._mask(domain), statistic, variance, interval)

    def contrast(self, parts: Sequence[tuple[float, Linearised]]) -> Outcome:
        """Σ coefficient × statistic, its standard error with all covariances, the df of the joint domain.

        Two domains' difference is [(1, a), (-1, b)]. `n` is the smallest of the parts'.
        """
        scores = np.sum([coefficient * part.scores for coefficient, part in parts], axis=0)
        members = np.logical_or.reduce([part.members for _, part in parts])
        value = sum(coefficient * part.value for coefficient, part in parts)
        n = min(part.n for _, part in parts)
        return self._t_interval(Linearised(value, scores, members, n, 0.0))

    def covariance(self, parts: Sequence[Linearised]) -> FloatArray | NotEstimable:
        """The covariance matrix of several statistics of this estimator."""
        members = np.logical_or.reduce([part.members for part in parts])
        involved = self._involved(members)
        refusal = self._psus.refusal(involved)
        return refusal or self._psus.covariance(np.stack([part.scores for part in parts], axis=1), involved)

    def linear_mean(self, variable: str | Variable, domain: BoolArray | None = None) -> Linearised | NotEstimable:
        """The mean before its variance, for `contrast` and `covariance`."""
        chosen, mask = self._chosen(variable), self._mask(domain)
        if not dot(mask, chosen.n) or not dot(self._g * mask, chosen.wn) > 0:
            return NotEstimable("no_answers")
        return self._weighted.mean(chosen, mask)

    def linear_total(self, variable: str | Variable, domain: BoolArray | None = None) -> Linearised | NotEstimable:
        """The total before its variance."""
        chosen, mask = self._chosen(variable), self._mask(domain)
        return self._weighted.total(chosen, mask) if dot(mask, chosen.n) else NotEstimable("no_answers")

    def linear_ratio(
        self, above: str | Variable, below: str | Variable, domain: BoolArray | None = None
    ) -> Linearised | NotEstimable:
        """The ratio before its variance."""
        numerator, denominator, mask = self._chosen(above), self._chosen(below), self._mask(domain)
        if not dot(mask, numerator.n):
            return NotEstimable("no_answers")
        if dot(self._g * mask, denominator.wy) == 0:
            return NotEstimable("zero_denominator")
        return self._weighted.ratio(numerator, denominator, mask)

    def design_df(self, domain: BoolArray | None = None) -> int:
        """PSUs minus strata over all rows with weight, whether they answered or not: R's degf."""
        if domain is None:
            return self._design_df
        return self._psus.degrees_of_freedom((self.table.count > 0) & domain)

    def _chosen(self, variable: str | Variable) -> Variable:
        return self.table.variables[variable] if isinstance(variable, str) else variable

    def _mask(self, domain: BoolArray | None) -> FloatArray:
        return np.ones(len(self.table.w)) if domain is None else domain.astype(float)

    def _involved(self, members: BoolArray) -> BoolArray:
        """Calibration ties every row to every figure; without it only members enter."""
        return members if self.calibration is None else self.table.count > 0

    def _variance(self, statistic: Linearised) -> float | NotEstimable:
        covariance = self.covariance([statistic])
        return covariance if isinstance(covariance, NotEstimable) else max(0.0, float(covariance[0, 0]))

    def _t_interval(self, statistic: Linearised) -> Outcome:
        variance = self._variance(statistic)
        if isinstance(variance, NotEstimable):
            return variance
        df = self._psus.degrees_of_freedom(statistic.members)
        if df < 1:
            return NotEstimable("too_few_psus", df=df)
        se, srs = math.sqrt(variance), statistic.srs_variance()
        deff = variance / srs if srs else None
        n_eff = float(min(statistic.n, statistic.n / deff)) if deff else None
        half = t_quantile(self.level, df) * se
        lower, upper = statistic.value - half, statistic.value + half
        return Estimate(
            statistic.value, se, df, statistic.n, n_eff, deff, lower, upper, "t", self.design_df(), self.level
        )

    def _proportion(
        self, variable: Variable, mask: FloatArray, statistic: Linearised, variance: float, interval: str
    ) -> Outcome:
        df = self._psus.degrees_of_freedom(statistic.members)
        if df < 1:
            return NotEstimable("too_few_psus", df=df)
        p = _without_rounding(statistic.value)
        certain = p in (0.0, 1.0)
        undefined = (certain or variance <= 0) and interval not in ALWAYS_DEFINED
        if undefined or not 0 <= p <= 1:  # linear calibration can make weights negative, and a share of them absurd
            return NotEstimable("interval_undefined", method=interval, value=p)
        deff0 = self._deff_where_certain(variable, mask) if certain else 1.0
        rows = self.table.count.sum() if self.calibration else dot(self.table.count, mask)
        design_df = self.design_df(None if self.calibration else mask > 0)
        one = Proportion(p, variance, statistic.n, df, deff0, round(float(rows)), design_df, self.level)
        lower, upper = INTERVALS[interval](one)
        srs = statistic.srs_variance()
        deff = None if certain or not srs else variance / srs
        se = 0.0 if certain else math.sqrt(variance)
        return Estimate(
            p, se, df, statistic.n, effective_n(one), deff, lower, upper, interval, self.design_df(), self.level
        )

    def _deff_where_certain(self, variable: Variable, mask: FloatArray) -> float:
        """The design effect to assume where everybody, or nobody, does. Source: docs/methodology.md#korn-graubard."""
        district = self.linear_mean(variable)
        if isinstance(district, Linearised):
            p, variance = _without_rounding(district.value), self._variance(district)
            if 0 < p < 1 and isinstance(variance, float) and variance > 0:
                return max(1.0, district.n * variance / (p * (1 - p)))
        psus = self._psus.psus_with((mask > 0) & (variable.n > 0))
        take = dot(mask, variable.n) / len(psus)
        return max(1.0, kish_deff(self.table, self._g, mask) * (1 + (take - 1) * ASSUMED_ICC))


def _without_rounding(p: float) -> float:
    if abs(p) <= ROUNDING:
        return 0.0
    return 1.0 if abs(1 - p) <= ROUNDING else p
