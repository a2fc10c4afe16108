"""Upper tails of Σ λ·Z² and of Σ λ·Z² over an independent χ²/ddf: where X² of a complex sample must be looked up.

Source: docs/methodology.md#quadratic-forms (Imhof 1961; Davies 1980; Kuonen 1999).
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr

from surveys.analysis.table import FloatArray

NEAR_THE_MEAN = 1e-4  # there the saddlepoint formula is 0/0
EDGE = 1e-12  # how near to its poles the generating function is looked at, relative
PRECISION = 1e-11
ROUNDING = 1e-6  # a ddf that misses a whole number by less is that number


@dataclass(frozen=True, eq=False)
class _Generating:
    """The cumulant generating function of Σ copies·λ·Z² − shift, where it is finite: between `low` and `high`.

    The largest λ is 1. A denominator of ddf degrees of freedom is one more λ, −x/ddf, taken ddf times, and the
    question becomes whether the whole is above 0; without it the question is whether the sum is above `shift` = x.
    """

    weights: FloatArray
    copies: FloatArray
    shift: float

    @classmethod
    def of(cls, x: float, weights: FloatArray, ddf: float, copies: float) -> _Generating:
        positive = weights[weights > 0]
        scaled, x = positive / positive.max(), x / float(positive.max())
        if math.isinf(ddf):
            return cls(scaled, np.ones(len(scaled)), x)
        return cls(np.append(scaled, -x / ddf), np.append(np.ones(len(scaled)), copies), 0.0)

    @property
    def low(self) -> float:
        least = float(self.weights.min())
        return 1 / (2 * least) if least < 0 else -float(self.copies.sum()) / (2 * self.shift)

    @property
    def high(self) -> float:
        return 0.5

    def at(self, s: complex) -> complex:
        logs = np.log(1 - 2 * s * self.weights.astype(complex))
        return complex(-0.5 * np.sum(self.copies * logs) - s * self.shift)

    def slope(self, s: float) -> float:
        return float(np.sum(self.copies * self.weights / (1 - 2 * s * self.weights))) - self.shift

    def bend(self, s: float) -> float:
        return 2 * float(np.sum(self.copies * (self.weights / (1 - 2 * s * self.weights)) ** 2))


def upper_tail(x: float, weights: FloatArray, ddf: float = math.inf) -> float:
    """P(Σ λ·Z² / (χ²_ddf / ddf) > x), exactly: the inversion integral along a path through its saddlepoint.

    `weights` are the λ, at least one above 0; those at 0 add nothing. Agrees with χ² and F where all λ are equal to
    1e-10 relative; far out in the tail too, where integrals along the imaginary axis lose every digit.
    """
    if x <= 0:
        return 1.0
    form = _Generating.of(x, weights, ddf, ddf)
    margin = EDGE * form.high
    saddle = brentq(lambda s: form.slope(s) - 1 / s, margin, form.high - margin, xtol=1e-15)
    step = 1 / math.sqrt(form.bend(saddle) + 1 / saddle**2)
    lean, peak = 0.5 / (form.high - saddle), form.at(saddle).real

    def along(v: float) -> float:
        """The integrand on a parabola that opens to the right, round the branch cut, where it dies fastest."""
        s = complex(saddle + lean * (step * v) ** 2, step * v)
        onward = complex(2 * lean * step**2 * v, step)
        return (cmath.exp(form.at(s) - peak) / s * onward).imag

    area = quad(along, 0, math.inf, epsabs=0, epsrel=PRECISION, limit=500)[0]
    return min(1.0, math.exp(peak) * area / math.pi)


def saddlepoint_tail(x: float, weights: FloatArray, ddf: float = math.inf) -> float:
    """The same by Kuonen's saddlepoint approximation, within some per cent; near the mean the exact tail.

    A finite ddf enters as the largest whole number below it, each with the weight −x/ddf: what R's `survey` does,
    apart from rounding (docs/methodology.md#quadratic-forms).
    """
    if x <= 0:
        return 1.0
    whole = ddf if math.isinf(ddf) else max(1.0, math.ceil(ddf - ROUNDING) - 1)
    form = _Generating.of(x, weights, ddf, whole)
    low, high = form.low * (1 - EDGE), form.high * (1 - EDGE)
    saddle = brentq(form.slope, low, high, xtol=1e-15, rtol=1e-15)
    if abs(saddle) < NEAR_THE_MEAN:
        return upper_tail(x, weights, ddf)
    w = math.copysign(math.sqrt(-2 * form.at(saddle).real), saddle)
    v = saddle * math.sqrt(form.bend(saddle))
    return float(ndtr(-(w + math.log(v / w) / w)))
