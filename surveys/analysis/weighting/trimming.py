"""Weights cut off at limits: once, until none is outside, or in turn with raking.

Source: docs/methodology.md#trimming (Potter 1990; what R's survey::trimWeights gives).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveys.analysis.labels import refuse_rows
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import BoolArray, FloatArray, Table
from surveys.analysis.weighting.calibration import Calibration, calibrate
from surveys.analysis.weighting.distances import Bounds
from surveys.analysis.weighting.margins import Covariate, Margin
from surveys.analysis.weighting.reweighted import reweighted

ROUNDING = 1e-13  # relative: a weight this little outside its limits is at them
CONSTANT = 1e-10  # relative: how far n·Σw² may be from (Σw)² in a row of equal weights
REACHED = 1e-9  # relative: final weights this near to the limits end the rounds
MOST_PASSES = 1000
MOST_ROUNDS = 10


@dataclass(frozen=True)
class Limits:
    """The least and the greatest a person's weight may be."""

    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise AnalysisRefused("trimming.limits", lower=self.lower, upper=self.upper)

    def applied(self, weight: FloatArray) -> FloatArray:
        return np.clip(weight, self.lower, self.upper)

    def beyond(self, weight: FloatArray) -> FloatArray:
        """By what share of the limit each weight lies outside; 0 inside."""
        at = self.applied(weight)
        return np.abs(weight - at) / np.where(at == 0, 1.0, np.abs(at))


@dataclass(frozen=True, eq=False)
class Trimming:
    """The factor of each row and what was done; the factors of all rows together leave the sum of weights as it was.

    lowered, raised: persons whose weight was put to the upper and the lower limit at first; moved: the share of the
    sum of weights that this took from or gave to them; passes: how often weights were cut off.
    """

    g: FloatArray
    limits: Limits
    lowered: int
    raised: int
    moved: float
    passes: int


@dataclass(frozen=True, eq=False)
class TrimmedRaking:
    """Trimming and raking in turn.

    factor (rows,): from the weights that came in to those the last raking started from; calibration: that last raking;
    trimmings: what each round cut off; beyond: by what share of its limit the farthest final weight is still outside.
    """

    factor: FloatArray
    calibration: Calibration
    trimmings: tuple[Trimming, ...]
    beyond: float

    @property
    def g(self) -> FloatArray:
        return self.factor * self.calibration.g


def trim(table: Table, limits: Limits, strict: bool = False, g: FloatArray | None = None) -> Trimming:
    """Weights outside the limits are put to them, and what that takes away is shared equally among the others.

    The weights are base weight × g; whose weight is 0 takes no part. The shares can carry others over a limit: strict
    does it again until none is outside. Exact only where everybody in a row has the same base weight, so that a table
    in which a row mixes weights, or does not say, is refused: make the base weight one of its keys.

    Raises AnalysisRefused: trimming.mixed_rows, trimming.impossible (nobody is left to share, or the mean weight lies
    outside the limits), trimming.not_converged.
    Source: docs/methodology.md#trimming.
    """
    factor = np.ones(len(table.w)) if g is None else g
    there = _taking_part(table, factor)
    count, before = table.count[there], (_single_weights(table) * factor)[there]
    weight, passes = _trimmed(before, count, limits, strict)
    result = np.ones(len(factor))
    result[there] = weight / before
    low, high = before < limits.lower, before > limits.upper
    moved = float(np.sum(count * np.abs(limits.applied(before) - before)) / np.sum(count * before))
    return Trimming(result, limits, _people(count, high), _people(count, low), moved, passes)


def trim_and_rake(
    table: Table,
    margins: Sequence[Margin | Covariate],
    limits: Limits,
    method: str = "raking",
    bounds: Bounds | None = None,
    g: FloatArray | None = None,
) -> TrimmedRaking:
    """Trim (strictly) and rake again, at most ten times: the margins hold at the end, the limits as nearly as `beyond`.

    Raises the codes of `trim` and of `calibrate`.
    Source: docs/methodology.md#trimming.
    """
    entering = np.ones(len(table.w)) if g is None else g
    final, beyond = entering, math.inf
    trimmings: list[Trimming] = []
    while beyond > REACHED and len(trimmings) < MOST_ROUNDS:
        trimmings.append(trim(table, limits, True, final))
        trimmed = final * trimmings[-1].g
        calibration = calibrate(reweighted(table, trimmed), margins, method, bounds)
        final = trimmed * calibration.g
        beyond = _farthest(table, final, limits)
    factor = np.divide(trimmed, entering, out=np.zeros(len(entering)), where=entering != 0)
    return TrimmedRaking(factor, calibration, tuple(trimmings), beyond)


def _taking_part(table: Table, g: FloatArray) -> BoolArray:
    return np.asarray((table.count > 0) & (table.w * g != 0))


def _single_weights(table: Table) -> FloatArray:
    """The base weight of each person of a row, refused where they have not all the same."""
    unsaid = table.ww is None and table.count > 1
    mixed = np.abs(table.count * table.squared_weights - table.w**2) > CONSTANT * table.w**2
    refuse_rows("trimming.mixed_rows", np.asarray(mixed | unsaid), "w")
    return table.w / np.maximum(table.count, 1)


def _farthest(table: Table, g: FloatArray, limits: Limits) -> float:
    there = _taking_part(table, g)
    return float(limits.beyond((_single_weights(table) * g)[there]).max())


def _trimmed(weight: FloatArray, count: FloatArray, limits: Limits, strict: bool) -> tuple[FloatArray, int]:
    """The weights after one pass, or after as many as it takes, and how many."""
    mean = float(np.sum(count * weight) / np.sum(count))
    if strict and limits.applied(np.array([mean]))[0] != mean:
        raise AnalysisRefused("trimming.impossible", lower=limits.lower, upper=limits.upper, mean=mean)
    for done in range(MOST_PASSES):
        outside = limits.beyond(weight) > ROUNDING
        if not outside.any() or (done and not strict):
            return weight, done
        weight = _shared(weight, count, outside, limits, mean)
    raise AnalysisRefused("trimming.not_converged", passes=MOST_PASSES)


def _shared(weight: FloatArray, count: FloatArray, outside: BoolArray, limits: Limits, mean: float) -> FloatArray:
    """One pass: those outside to their limit, the difference in equal parts to everybody else."""
    at = np.where(outside, limits.applied(weight), weight)
    excess, others = float(np.sum(count * (weight - at))), float(np.sum(count[~outside]))
    if not others:
        raise AnalysisRefused("trimming.impossible", lower=limits.lower, upper=limits.upper, mean=mean)
    return np.where(outside, at, weight + excess / others)


def _people(count: FloatArray, chosen: BoolArray) -> int:
    return round(float(count[chosen].sum()))
