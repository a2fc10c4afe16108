"""Systematic selection with probability proportional to size (Madow 1949): equally spaced points on a line of sizes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from surveys.errors import Refusal
from surveys.sampling.methods.inclusion import FloatArray, IntArray, Scale, checked_sizes, draws_of, scale
from surveys.sampling.uniforms import ONE, Uniforms


@dataclass(frozen=True, eq=False)
class Drawn:
    """The units drawn (from 0, ascending), with the inclusion probability of each."""

    units: IntArray
    chances: FloatArray


def systematic(sizes: npt.ArrayLike, draws: int, start: Fraction | float) -> Drawn:
    """Certainty units, and those that equally spaced points hit, the first at `start` (0 <= start < 1) of an interval.

    Unit i is hit when cum[i-1] <= (start + k) · total / left < cum[i] for a whole k. Whole sizes are drawn in whole
    numbers: the same units as `surveys.sampling.pps.systematic`, on every machine. Raises the codes of `checked_sizes`
    and `scale`, and draw.start. Source: docs/sampling.md#systematic-selection.
    """
    if not 0 <= start < 1:
        raise Refusal("draw.start", start=float(start))
    measured = checked_sizes(sizes)
    found = scale(measured, draws)
    hit = _hit(found, Fraction(start)) if found.left else np.empty(0, np.int64)
    units = np.sort(np.concatenate([found.certain, hit]))
    chances = measured[units] * found.rate
    chances[np.isin(units, found.certain, assume_unique=True)] = 1.0
    return Drawn(units, np.minimum(chances, 1.0))


def draw(chances: FloatArray, uniforms: Uniforms) -> IntArray:
    """A systematic draw in the order of the units, from a recorded start."""
    return systematic(chances, draws_of(chances), Fraction(uniforms("start"), ONE)).units


def joint(chances: FloatArray) -> FloatArray:
    """Joint inclusion probabilities (units, units) in this order of the units; many are 0, so that no variance follows.

    Between two neighbouring ends of units (taken modulo 1) every start gives the same sample: the joint probability is
    the summed length of the pieces in which both units are in. Source: docs/sampling.md#systematic-selection.
    """
    draws = draws_of(chances)
    ends = np.cumsum(chances)
    cuts = np.concatenate([[0.0], np.sort(ends[:-1] % 1.0), [1.0]])
    starts = (cuts[:-1] + cuts[1:]) / 2
    hit = np.searchsorted(ends, starts[:, None] + np.arange(draws), side="right")
    samples = np.zeros((len(starts), len(chances)))
    np.put_along_axis(samples, np.minimum(hit, len(chances) - 1), 1.0, axis=1)
    return np.asarray(samples.T @ (np.diff(cuts)[:, None] * samples))


def _hit(found: Scale, start: Fraction) -> IntArray:
    """The units under the points, which certain ones, of no length, never are."""
    ends = np.cumsum(found.rest)
    hit = np.searchsorted(ends, _points(found, start, ends.dtype.kind == "i"), side="right")
    last = np.searchsorted(ends, ends[-1])  # a point that rounding pushed over the end still hits the last on the line
    return np.asarray(np.minimum(hit, last), np.int64)


def _points(found: Scale, start: Fraction, whole: bool) -> IntArray | FloatArray:
    """Where the points stand; among whole numbers their floor is enough to tell which end comes after."""
    if not whole:
        return np.asarray((float(start) + np.arange(found.left)) * (found.total / found.left), np.float64)
    first, step, parts = start.numerator, start.denominator, start.denominator * found.left
    total = int(found.total)
    return np.array([(first + point * step) * total // parts for point in range(found.left)], np.int64)
