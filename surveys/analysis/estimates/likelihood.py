"""The likelihood interval for a proportion: where the binomial likelihood, scaled to the design, has fallen too far.

Source: docs/methodology.md#likelihood (Rao and Scott 1984; Lumley 2010, 2.3).
"""

from __future__ import annotations

import math

from scipy.optimize import brentq

Limits = tuple[float, float]
CLOSE_ENOUGH = 1e-13  # on the log odds


def likelihood_limits(p: float, variance: float, t: float) -> Limits:
    """The limits for a share 0 < p < 1 with this design variance, above 0; t is the two-sided quantile."""
    allowed = t**2 * variance / (p * (1 - p)) / 2
    return _lower(p, allowed), 1 - _lower(1 - p, allowed)


def _lower(p: float, allowed: float) -> float:
    """The share below p whose log likelihood per answer lies by `allowed` under the largest one."""
    largest = p * math.log(p) + (1 - p) * math.log(1 - p)

    def left(log_odds: float) -> float:
        return p * log_odds - _log_of_one_plus_exp(log_odds) - largest + allowed

    far = (largest - allowed) / p - 1  # log(1 + e^x) is above 0, so that less than nothing is left here
    log_odds = brentq(left, far, math.log(p / (1 - p)), xtol=CLOSE_ENOUGH)
    return _expit(float(log_odds))


def _log_of_one_plus_exp(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
