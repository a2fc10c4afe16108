"""Intervals for proportions, by name. The default is Korn and Graubard's; the others are for comparison.

Source: docs/methodology.md#intervals.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.special import betaincinv, stdtrit

from surveys.analysis.estimates.likelihood import Limits, likelihood_limits
from surveys.analysis.outcome import AnalysisRefused


@dataclass(frozen=True)
class Proportion:
    """An estimated proportion: p in 0..1, its design variance, n answers, df of the domain, confidence level.

    deff0: the design effect to use where p is 0 or 1; design_rows and design_df: what R's `beta` takes instead of n
    and df.
    """

    p: float
    variance: float
    n: int
    df: int
    deff0: float
    design_rows: int
    design_df: int
    level: float = 0.95

    @property
    def certain(self) -> bool:
        return self.p in (0.0, 1.0)


def check_level(level: float) -> None:
    """Raise AnalysisRefused interval.level unless the level lies between 0 and 1, both left out."""
    if not 0 < level < 1:
        raise AnalysisRefused("interval.level", level=level)


def t_quantile(level: float, df: float) -> float:
    """The two-sided t quantile, above 0."""
    return float(stdtrit(df, (1 + level) / 2))


def effective_n(proportion: Proportion) -> float:
    """Korn and Graubard's effective n, never above n. Source: docs/methodology.md#korn-graubard."""
    one = proportion
    widening = (t_quantile(one.level, one.n - 1) / t_quantile(one.level, one.df)) ** 2
    if one.certain:
        return float(min(one.n, one.n / one.deff0 * widening))
    if one.variance <= 0:
        return float(one.n)
    return float(min(one.n, one.p * (1 - one.p) / one.variance * widening))


def exact(p: float, n: float, level: float) -> Limits:
    """Clopper and Pearson's limits for a share p of n, which need not be whole."""
    tail = (1 - level) / 2
    hits, misses = n * p, n * (1 - p)
    lower = 0.0 if p == 0 else tail ** (1 / n) if p == 1 else float(betaincinv(hits, misses + 1, tail))
    upper = 1.0 if p == 1 else 1 - tail ** (1 / n) if p == 0 else float(betaincinv(hits + 1, misses, 1 - tail))
    return lower, upper


def korn_graubard(one: Proportion) -> Limits:
    """Clopper and Pearson's limits with the effective n. Source: docs/methodology.md#korn-graubard."""
    return exact(one.p, effective_n(one), one.level)


def clopper_pearson(one: Proportion) -> Limits:
    """As if the answers were a simple random sample of n: too short for a clustered design.

    Source: docs/methodology.md#intervals.
    """
    return exact(one.p, one.n, one.level)


def beta(one: Proportion) -> Limits:
    """R's svyciprop(method="beta"): the effective n is not cut off at n and uses the design's rows and df.

    Source: docs/methodology.md#korn-graubard.
    """
    widening = (t_quantile(one.level, one.design_rows - 1) / t_quantile(one.level, one.design_df)) ** 2
    return exact(one.p, one.p * (1 - one.p) / one.variance * widening, one.level)


def mean(one: Proportion) -> Limits:
    """p ± t·se: may leave 0..1. Source: docs/methodology.md#intervals."""
    half = t_quantile(one.level, one.df) * math.sqrt(one.variance)
    return one.p - half, one.p + half


def logit(one: Proportion) -> Limits:
    """t limits on the log odds, taken back. Source: docs/methodology.md#intervals."""
    centre = math.log(one.p / (1 - one.p))
    half = t_quantile(one.level, one.df) * math.sqrt(one.variance) / (one.p * (1 - one.p))
    return _expit(centre - half), _expit(centre + half)


def arcsine(one: Proportion) -> Limits:
    """t limits on the arcsine of the square root, taken back. Source: docs/methodology.md#intervals."""
    centre = math.asin(math.sqrt(one.p))
    half = t_quantile(one.level, one.df) * math.sqrt(one.variance) / (2 * math.sqrt(one.p * (1 - one.p)))
    return math.sin(max(centre - half, 0.0)) ** 2, math.sin(min(centre + half, math.pi / 2)) ** 2


def wilson(one: Proportion) -> Limits:
    """Wilson's score interval with the effective n of the design and the t quantile; also where p is 0 or 1.

    Source: docs/methodology.md#intervals.
    """
    t = t_quantile(one.level, one.df)
    certain = one.certain or one.variance <= 0
    n = effective_n(one) if certain else one.p * (1 - one.p) / one.variance
    centre = (one.p + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * math.sqrt(one.p * (1 - one.p) / n + t**2 / (4 * n**2))
    return centre - half, centre + half


def likelihood(one: Proportion) -> Limits:
    """Where the binomial likelihood, scaled to the design, has fallen by what the t quantile allows.

    Source: docs/methodology.md#likelihood.
    """
    return likelihood_limits(one.p, one.variance * one.n / (one.n - 1), t_quantile(one.level, one.df))


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


INTERVALS: dict[str, Callable[[Proportion], Limits]] = {
    "korn_graubard": korn_graubard,
    "clopper_pearson": clopper_pearson,
    "beta": beta,
    "mean": mean,
    "logit": logit,
    "xlogit": logit,
    "asin": arcsine,
    "wilson": wilson,
    "likelihood": likelihood,
}
OF_DESIGN = frozenset({"beta"})  # takes the design's rows and df instead of the domain's
ALWAYS_DEFINED = frozenset({"korn_graubard", "clopper_pearson", "wilson"})  # also where p is 0 or 1, or PSUs are alike
