"""Student's t without a statistics library, so that the web process can plan a sample."""

from __future__ import annotations

import math
from functools import cache


def central(t: float, df: int) -> float:
    """P(|T| <= t) for whole df >= 1 and t >= 0.

    Source: Abramowitz and Stegun 1964, 26.7.3 (odd df) and 26.7.4 (even df).
    """
    angle = math.atan2(t, math.sqrt(df))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = df % 2
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for step in range(1 + odd, df, 2):
        total += term
        term *= cosine**2 * step / (step + 1)
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


@cache
def quantile(df: int, confidence: float = 0.95) -> float:
    """The t with P(|T| <= t) = confidence, by halving to 1e-12 of itself; df below 1 raises ValueError."""
    if df < 1 or not 0 < confidence < 1:
        raise ValueError("df must be at least 1 and confidence between 0 and 1")
    low, high = 0.0, 1.0
    while central(high, df) < confidence:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if central(middle, df) < confidence else (low, middle)
    return (low + high) / 2
