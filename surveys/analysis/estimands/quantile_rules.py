"""How a weighted sample is read at a probability: the rules for quantiles, by the names R's `svyquantile` gives them.

Source: docs/methodology.md#quantiles (Hyndman and Fan 1996; Shah and Vaish 2006).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surveys.analysis.table import FloatArray

ROUNDING = 1e-12  # of all weight: cumulated weights that differ by less are the same


@dataclass(frozen=True, eq=False)
class Sample:
    """Values in rising order and their weights above 0, at least one; equal values in the order they came in."""

    values: FloatArray
    weights: FloatArray

    @classmethod
    def of(cls, values: FloatArray, weights: FloatArray) -> Sample:
        order = np.argsort(values, kind="stable")
        kept = order[weights[order] != 0]
        return cls(values[kept], weights[kept])

    def merged(self) -> Sample:
        """One entry a value."""
        values, place = np.unique(self.values, return_inverse=True)
        return Sample(values, np.bincount(place, self.weights, len(values)).astype(float))

    @property
    def cumulated(self) -> FloatArray:
        return np.cumsum(self.weights)


Rule = Callable[[Sample, float], float]


def inverse_cdf(sample: Sample, probability: float) -> float:
    """The smallest value at or below which lies at least this share of the weight."""
    return float(sample.values[_reached(sample, probability)[0]])


def averaged(sample: Sample, probability: float) -> float:
    """The inverse CDF, halfway to the next value where the share is met exactly."""
    place, exactly = _reached(sample, probability)
    following = min(place + int(exactly), len(sample.values) - 1)
    return float(sample.values[place] + sample.values[following]) / 2


def next_from_odd(sample: Sample, probability: float) -> float:
    """The inverse CDF, but the next value where the share is met exactly by the first, third, fifth … value."""
    place, exactly = _reached(sample, probability)
    following = place + int(exactly and place % 2 == 0)
    return float(sample.values[min(following, len(sample.values) - 1)])


def shah_vaish(sample: Sample, probability: float) -> float:
    """As R computes it: it depends on the scale of the weights, and is here for comparison only."""
    n, relative = len(sample.values), sample.weights / sample.weights.mean()
    places = (np.cumsum(relative) + 0.5 - sample.weights / 2) / (n + 1)
    order = np.argsort(places, kind="stable")
    step = int(np.searchsorted(places[order], probability, side="right")) - 1
    return float(sample.values[order][max(step, 0)])


def interpolated(own: float, beyond: float) -> Rule:
    """Straight lines between persons; each stands after `own` of its weight, `beyond` of the last is added to all."""

    def rule(sample: Sample, probability: float) -> float:
        if len(sample.values) == 1:
            return float(sample.values[0])
        below = sample.cumulated - sample.weights
        places = (below + own * sample.weights) / (sample.cumulated[-1] + beyond * sample.weights[-1])
        order = np.argsort(places, kind="stable")
        return float(np.interp(probability, places[order], sample.values[order]))

    return rule


def _reached(sample: Sample, probability: float) -> tuple[int, bool]:
    """The first place where the share is reached, and whether it is met exactly there."""
    cumulated = sample.cumulated
    beyond = cumulated - probability * cumulated[-1]
    rounding = ROUNDING * cumulated[-1]
    place = int(np.flatnonzero(beyond >= -rounding)[0])
    return place, bool(beyond[place] <= rounding)


BY_VALUE: dict[str, Rule] = {
    "math": inverse_cdf,
    "hf1": inverse_cdf,
    "school": averaged,
    "hf2": averaged,
    "hf3": next_from_odd,
}
BY_PERSON: dict[str, Rule] = {
    "shahvaish": shah_vaish,
    "hf4": interpolated(1, 0),
    "hf5": interpolated(1 / 2, 0),
    "hf6": interpolated(1, 1),
    "hf7": interpolated(0, -1),
    "hf8": interpolated(2 / 3, 1 / 3),
    "hf9": interpolated(5 / 8, 1 / 4),
}
