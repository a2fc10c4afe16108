"""A statistic whose variance is known, and the t interval that is made of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surveys.analysis.estimates.intervals import t_quantile
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.outcome import Definition, Estimate, NotEstimable

ROUNDING = 1e-12  # of the squared mean, or of a share: sums added in another order differ by less


@dataclass(frozen=True, eq=False)
class Measured:
    """All that an interval is made from; lonely: the rule for lonely PSUs where it acted, design_df: R's degf.

    census: all that enters was taken whole, so that a standard error of 0 is true.
    """

    statistic: Linearised
    variance: float
    df: int
    lonely: str
    design_df: int
    level: float
    census: bool = False

    @property
    def deff(self) -> float | None:
        """Source: docs/methodology.md#design-effect."""
        srs = self.statistic.srs_variance()
        return self.variance / srs if srs else None

    @property
    def n_eff(self) -> float | None:
        """n over the design effect with replacement, which no scale of the weights changes; never above n.

        Source: docs/methodology.md#design-effect.
        """
        srs = self.statistic.srs_variance(replace=True)
        return self.statistic.n / max(1.0, self.variance / srs) if srs else None

    @property
    def definition(self) -> Definition | None:
        return self.statistic.definition

    def estimate(
        self, value: float, se: float, n_eff: float | None, deff: float | None, limits: tuple[float, float], method: str
    ) -> Estimate:
        """The figure with what every figure carries."""
        return Estimate(
            value=value,
            se=se,
            df=self.df,
            n=self.statistic.n,
            n_eff=n_eff,
            deff=deff,
            lower=limits[0],
            upper=limits[1],
            method=method,
            design_df=self.design_df,
            level=self.level,
            lonely=self.lonely,
            definition=self.definition,
        )

    def t_interval(self) -> Estimate:
        """value ± t·se. Source: docs/methodology.md#intervals."""
        value, se = self.statistic.value, math.sqrt(self.variance)
        half = t_quantile(self.level, self.df) * se
        return self.estimate(value, se, self.n_eff, self.deff, (value - half, value + half), "t")

    @property
    def psus_alike(self) -> bool:
        """Whether only the PSUs agree: no error in a sample, whose size is none of the answers' being alike.

        Source: docs/methodology.md#reliability.
        """
        one, spread = self.statistic, max(0.0, self.statistic.spread or 0.0)
        size = max(math.sqrt(one.value**2 + spread), float(np.abs(one.scores).sum()))
        return not self.census and math.sqrt(self.variance) <= ROUNDING * size

    def varying_t_interval(self, known: Callable[[], bool]) -> Estimate | NotEstimable:
        """The same, unless nobody differs from anybody (no_variation) or no PSU from another (psus_alike).

        known: whether the weighting's totals leave the figure no error, asked only where it has none.
        """
        refusal = without_spread(self.statistic)
        if refusal is None and self.psus_alike and not known():
            refusal = NotEstimable("psus_alike", n=self.statistic.n)
        return self.t_interval() if refusal is None else refusal.of(self.definition)


def without_spread(mean: Linearised) -> NotEstimable | None:
    """Why answers about this mean do not lie apart, in whatever unit they are; None where they do.

    no_variation, or negative_weights where weights below 0 outweigh the others.
    """
    if mean.spread is None or mean.spread > ROUNDING * mean.value**2:
        return None
    if mean.spread < -ROUNDING * mean.value**2:
        return NotEstimable("negative_weights", n=mean.n)
    return NotEstimable("no_variation", value=mean.value, n=mean.n)
