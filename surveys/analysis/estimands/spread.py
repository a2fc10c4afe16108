"""How far answers lie apart in the population. Source: docs/methodology.md#population-variance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from surveys.analysis.estimates.estimator import Estimator
from surveys.analysis.estimates.linearise import Linearised
from surveys.analysis.estimates.measured import without_spread
from surveys.analysis.outcome import Estimate, NotEstimable
from surveys.analysis.table import BoolArray, Variable


def population_variance(
    estimator: Estimator, variable: str | Variable, domain: BoolArray | None = None
) -> Estimate | NotEstimable:
    """The weighted variance of a variable, in its squared unit, with a t interval: R's `svyvar`; exact from totals.

    NotEstimable "no_variation" where everybody gave the same answer, "negative_weights" where it would be below 0.
    """
    statistic = linear_variance(estimator, variable, domain)
    return statistic if isinstance(statistic, NotEstimable) else estimator.contrast([(1.0, statistic)])


def linear_variance(
    estimator: Estimator, variable: str | Variable, domain: BoolArray | None = None
) -> Linearised | NotEstimable:
    """The variance before its own variance, for `contrast` and `covariance`."""
    chosen = estimator.table.variable(variable) if isinstance(variable, str) else variable
    mean = estimator.linear_mean(chosen, domain)
    if isinstance(mean, NotEstimable):
        return mean
    if refusal := without_spread(mean):
        return refusal.of(mean.definition)
    if mean.n < 2:
        return NotEstimable("no_variation", value=mean.value, n=mean.n).of(mean.definition)
    statistic = estimator.linear_mean(_squares_about(chosen, mean.value, mean.n / (mean.n - 1)), domain)
    return statistic if isinstance(statistic, NotEstimable) else replace(statistic, spread=None)


def _squares_about(variable: Variable, centre: float, scale: float) -> Variable:
    """The variable scale·(y − centre)²; its own squares would need fourth powers, and are left at 0 unread."""
    squares = variable.wyy - 2 * centre * variable.wy + centre**2 * variable.wn
    return replace(variable, wy=scale * squares, wyy=np.zeros(len(squares)))
