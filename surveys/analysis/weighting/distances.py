"""How far a weight may move and at what price: the g-weight as a function of the linear predictor, and its slope.

Source: docs/methodology.md#calibration (Deville and Särndal 1992, section 2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray

Bounds = tuple[float, float]
UNBOUNDED: Bounds = (-math.inf, math.inf)
METHODS = ("raking", "linear", "logit")


class Distance(Protocol):
    """The factor g (rows,) as a function of the linear predictor (rows,), and its slope there."""

    def g(self, predictor: FloatArray) -> FloatArray: ...

    def slope(self, predictor: FloatArray) -> FloatArray: ...


@dataclass(frozen=True)
class Linear:
    """g = 1 + predictor, cut off at the bounds: generalised regression."""

    bounds: Bounds = UNBOUNDED

    def g(self, predictor: FloatArray) -> FloatArray:
        return np.clip(1 + predictor, *self.bounds)

    def slope(self, predictor: FloatArray) -> FloatArray:
        low, high = self.bounds
        return ((1 + predictor > low) & (1 + predictor < high)).astype(float)


@dataclass(frozen=True)
class Raking:
    """g = exp(predictor): what iterative proportional fitting converges to; always above 0."""

    def g(self, predictor: FloatArray) -> FloatArray:
        return np.exp(predictor)

    def slope(self, predictor: FloatArray) -> FloatArray:
        return np.exp(predictor)


@dataclass(frozen=True)
class Logit:
    """g strictly between two bounds around 1, smooth: close to raking in the middle."""

    bounds: Bounds

    def _share(self, predictor: FloatArray) -> FloatArray:
        """How far g stands on its way from the lower to the upper bound, 0 to 1."""
        low, high = self.bounds
        steep = (high - low) / ((1 - low) * (high - 1))
        odds = np.exp(np.clip(steep * predictor, -700, 700)) * (1 - low) / (high - 1)
        return odds / (1 + odds)

    def g(self, predictor: FloatArray) -> FloatArray:
        low, high = self.bounds
        return low + (high - low) * self._share(predictor)

    def slope(self, predictor: FloatArray) -> FloatArray:
        low, high = self.bounds
        share = self._share(predictor)
        return (high - low) ** 2 / ((1 - low) * (high - 1)) * share * (1 - share)


def distance(method: str, bounds: Bounds | None) -> Distance:
    """The distance of a name: raking, linear (bounds optional) or logit (bounds needed).

    Raises AnalysisRefused: calibration.method (a name that is not known), calibration.bounds_missing.
    """
    if method == "raking":
        return Raking()
    if method == "linear":
        return Linear(bounds or UNBOUNDED)
    if method != "logit":
        raise AnalysisRefused("calibration.method", method=method, known=METHODS)
    if bounds is None:
        raise AnalysisRefused("calibration.bounds_missing", method=method)
    return Logit(bounds)
