"""Totals of units drawn without replacement with unequal probabilities, and the variances made for them.

Our waves do without: PPS stages count as drawn with replacement (docs/methodology.md#finite-population-correction).
Where that is too cautious, joint inclusion probabilities or a named approximation take its place.
Source: docs/methodology.md#unequal-probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from surveys.analysis.estimates.intervals import check_level, t_quantile
from surveys.analysis.outcome import AnalysisRefused, Estimate, NotEstimable
from surveys.analysis.table import FloatArray, IntArray

CLOSE = 1e-9  # how far a joint matrix may be from what it must be, relative to the probabilities


@dataclass(frozen=True, eq=False)
class Drawn:
    """Units drawn: `expanded` y/π, `chances` π, `stratum` as numbers from 0, and π_ij of the units drawn, all (n,) or
    (n, n)."""

    expanded: FloatArray
    chances: FloatArray
    stratum: IntArray
    joint: FloatArray | None


def horvitz_thompson_variance(drawn: Drawn) -> float:
    """Σ_i Σ_j (1 − π_i π_j / π_ij) y_i/π_i y_j/π_j (Horvitz and Thompson 1952); π_ii = π_i. May be negative."""
    return float(drawn.expanded @ _dependence(drawn) @ drawn.expanded)


def sen_yates_grundy(drawn: Drawn) -> float:
    """Σ_{i<j} (π_i π_j / π_ij − 1)(y_i/π_i − y_j/π_j)², for a fixed number of draws (Sen 1953; Yates and Grundy 1953).

    Never negative where π_ij <= π_i π_j for every pair, as under Sampford's and maximum entropy designs.
    """
    apart = drawn.expanded[:, None] - drawn.expanded
    return float(-(_dependence(drawn) * apart**2).sum() / 2)


def brewer(drawn: Drawn) -> float:
    """Σ_h n/(n−1) Σ (1 − π_i)(y_i/π_i − mean of y/π)²: Brewer's approximation (2002, chapter 9), R's "brewer"."""
    return _around(drawn, np.ones(len(drawn.chances)))


def hajek(drawn: Drawn) -> float:
    """The same around the mean weighted with 1 − π_i (Hájek 1964), for designs of high entropy."""
    return _around(drawn, 1 - drawn.chances)


VARIANCES: dict[str, Callable[[Drawn], float]] = {
    "sen_yates_grundy": sen_yates_grundy,
    "horvitz_thompson": horvitz_thompson_variance,
    "brewer": brewer,
    "hajek": hajek,
}
WITH_JOINT = ("sen_yates_grundy", "horvitz_thompson")


def total(
    y: npt.ArrayLike,
    chances: npt.ArrayLike,
    variance: str = "sen_yates_grundy",
    joint: npt.ArrayLike | None = None,
    stratum: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate | NotEstimable:
    """Σ y/π over the units drawn (Horvitz and Thompson 1952) with a variance by name and a t interval.

    y: one number a unit, (n,); for the variance of a linearised statistic its scores over the base weight 1/π, as these
    scores carry the final weight already and here y is divided by π. chances: π, 1 for a
    certainty unit. joint: π_ij of the units drawn (n, n), π on the diagonal, π_i π_j across strata; needed by
    WITH_JOINT. stratum: any labels, one stratum without. df: units that were not certain less their strata.

    NotEstimable: one_psu (strata with a single unit that was not certain), joint_zero (a pair drawn that cannot be
    drawn), negative_variance. Raises AnalysisRefused: unequal.variance, unequal.not_numbers (what holds no numbers, or
    lists of unlike length), unequal.length, unequal.values, unequal.chances, unequal.joint_missing, unequal.joint,
    interval.level.
    """
    if variance not in VARIANCES:
        raise AnalysisRefused("unequal.variance", variance=variance, known=tuple(VARIANCES))
    check_level(level)
    drawn, labels = _checked(_numbers("y", y, 1), _numbers("chances", chances, 1), joint, stratum)
    if variance in WITH_JOINT and drawn.joint is None:
        raise AnalysisRefused("unequal.joint_missing", variance=variance)
    free = np.bincount(drawn.stratum, drawn.chances < 1, len(labels))
    if (free == 1).any():
        return NotEstimable("one_psu", strata=tuple(labels[free == 1].tolist()))
    if variance in WITH_JOINT and (pair := _impossible(drawn)):
        return NotEstimable("joint_zero", units=pair)
    found = VARIANCES[variance](drawn)
    if found < -CLOSE * float((drawn.expanded**2).sum()):
        return NotEstimable("negative_variance", variance=found)
    return _estimate(drawn, max(0.0, found), int(free.sum() - (free > 0).sum()), level)


def _estimate(drawn: Drawn, variance: float, df: int, level: float) -> Estimate:
    """A census of certainty units has no error and no df."""
    value, se = float(drawn.expanded.sum()), math.sqrt(variance)
    half = t_quantile(level, df) * se if df else 0.0
    return Estimate(value, se, df, len(drawn.chances), None, None, value - half, value + half, "t", df, level)


def _around(drawn: Drawn, weight: FloatArray) -> float:
    """Σ_h n/(n−1) Σ (1 − π)(y/π − centre)², the centre a mean with these weights of the units that were not certain."""
    keep = drawn.chances < 1
    place, expanded, kept, weight = drawn.stratum[keep], drawn.expanded[keep], 1 - drawn.chances[keep], weight[keep]
    n = np.bincount(place)[place]
    centre = np.bincount(place, weight * expanded)[place] / np.bincount(place, weight)[place]
    return float((n / (n - 1) * kept * (expanded - centre) ** 2).sum())


def _dependence(drawn: Drawn) -> FloatArray:
    """1 − π_i π_j / π_ij, with 1 − π_i on the diagonal."""
    assert drawn.joint is not None
    return np.asarray(1 - np.outer(drawn.chances, drawn.chances) / drawn.joint)


def _impossible(drawn: Drawn) -> tuple[int, int] | None:
    """The first pair with a joint probability of 0: what is drawn together could not have been."""
    assert drawn.joint is not None
    row, column = np.nonzero(drawn.joint <= 0)
    return (int(row[0]), int(column[0])) if len(row) else None


def _checked(
    y: FloatArray, chances: FloatArray, joint: npt.ArrayLike | None, stratum: npt.ArrayLike | None
) -> tuple[Drawn, npt.NDArray[np.generic]]:
    given = np.zeros(len(chances), np.int64) if stratum is None else np.asarray(stratum)
    if not len(y) == len(chances) == len(given) or not len(y):
        raise AnalysisRefused("unequal.length", given=len(y), chances=len(chances), strata=len(given))
    if not np.isfinite(y).all():
        raise AnalysisRefused("unequal.values", units=np.flatnonzero(~np.isfinite(y)).tolist())
    wrong = np.flatnonzero(~((chances > 0) & (chances <= 1)))
    if len(wrong):
        raise AnalysisRefused("unequal.chances", units=wrong.tolist())
    labels, place = np.unique(given, return_inverse=True)
    pairs = None if joint is None else _checked_joint(_numbers("joint", joint, 2), chances)
    return Drawn(y / chances, chances, place.reshape(-1).astype(np.int64), pairs), labels


def _numbers(name: str, given: npt.ArrayLike, dimensions: int) -> FloatArray:
    """Numbers in a list, or in lists of one length."""
    try:
        held = np.asarray(given, float)
    except (TypeError, ValueError):
        raise AnalysisRefused("unequal.not_numbers", column=name) from None
    if held.ndim != dimensions:
        raise AnalysisRefused("unequal.not_numbers", column=name)
    return held


def _checked_joint(joint: FloatArray, chances: FloatArray) -> FloatArray:
    """Refuses a matrix of another size or that is not symmetric, lacks π on the diagonal or has π_ij above π_i."""
    if joint.shape != (len(chances), len(chances)):
        raise AnalysisRefused("unequal.length", given=len(joint), chances=len(chances), strata=len(chances))
    off = CLOSE * chances[:, None]
    wrong = ~(np.abs(joint - joint.T) <= off) | ~(joint <= chances[:, None] + off)
    wrong |= np.diag(~(np.abs(joint.diagonal() - chances) <= CLOSE * chances))
    if wrong.any():
        raise AnalysisRefused("unequal.joint", units=np.flatnonzero(wrong.any(axis=1)).tolist())
    return joint
