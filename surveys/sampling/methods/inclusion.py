"""Inclusion probabilities proportional to size, certainty units found by iteration, for ten million units at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from surveys.errors import Refusal

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Sizes = npt.NDArray[np.int64] | FloatArray

WHOLE = 1e-6  # probabilities must sum to a whole number of draws within this
EXACT = 1e-12  # relative: a sum this near to a whole number is left as it is
BLURRED = 1e-13  # a probability this near to 1 is 1
LARGEST_SUM = 2**63 - 1


@dataclass(frozen=True, eq=False)
class Scale:
    """How sizes become probabilities: `certain` units (from 0) are taken, `left` draws share the `total` size of the
    `rest`, where certain ones stand as nothing."""

    certain: IntArray
    left: int
    total: int | float
    rest: Sizes

    @property
    def rate(self) -> float:
        """Probability for one unit of size, among the rest."""
        return self.left / self.total if self.left else 0.0


def checked_sizes(sizes: npt.ArrayLike) -> Sizes:
    """Sizes as whole numbers (kept exact) or floats.

    Raises Refusal: draw.no_units, draw.size_invalid (the first unit that is not above 0 and finite),
    draw.sizes_too_large (their sum does not fit 63 bits; give them as floats).
    """
    given: npt.NDArray[Any] = np.asarray(sizes)
    if given.ndim != 1 or not len(given):
        raise Refusal("draw.no_units")
    whole = given.dtype.kind in "iu"
    if not (given.min() > 0 and given.max() < math.inf):
        wrong = np.flatnonzero(~((given > 0) & (given < math.inf)))
        raise Refusal("draw.size_invalid", count=len(wrong), unit=int(wrong[0]), value=given[wrong[0]].item())
    if whole and int(given.max()) > LARGEST_SUM // len(given):
        raise Refusal("draw.sizes_too_large", units=len(given), largest=int(given.max()))
    return given.astype(np.int64, copy=False) if whole else given.astype(np.float64, copy=False)


def scale(sizes: Sizes, draws: int) -> Scale:
    """Take out every unit with draws · size >= Σ size, and look again at the rest, until none is certain.

    `sizes` as from `checked_sizes`; whole sizes are compared exactly. Raises Refusal: draw.too_many, draw.not_whole (a
    fraction where a number of draws belongs). Source: docs/sampling.md#inclusion-probabilities.
    """
    if not float(draws).is_integer():
        raise Refusal("draw.not_whole", draws=draws)
    draws = int(draws)
    if not 0 <= draws <= len(sizes):
        raise Refusal("draw.too_many", draws=draws, units=len(sizes))
    certain, left, rest = np.empty(0, np.int64), draws, sizes
    total = rest.sum().item()
    while left > 0:
        more = np.flatnonzero(rest >= _threshold(total, left))
        if not len(more):
            break
        rest = rest if len(certain) else sizes.copy()
        rest[more] = 0
        certain, left = np.concatenate([certain, more]), left - len(more)
        total = rest.sum().item()  # the sum of all less theirs would lose the digits of the rest
    return Scale(np.sort(certain), left, total, rest)


def inclusion_probabilities(sizes: npt.ArrayLike, draws: int) -> FloatArray:
    """Probabilities proportional to size that sum to `draws`, exactly 1 for certainty units: (units,).

    The twin in floats of `surveys.sampling.pps.inclusion_probabilities`. Raises the codes of `checked_sizes`, `scale`.
    """
    measured = checked_sizes(sizes)
    found = scale(measured, draws)
    chances: FloatArray = np.multiply(measured, found.rate, dtype=np.float64)
    np.minimum(chances, 1.0, out=chances)
    chances[found.certain] = 1.0
    return chances


def checked_chances(chances: npt.ArrayLike) -> FloatArray:
    """Inclusion probabilities of a design of fixed size. Raises Refusal: draw.no_units, draw.chance_invalid (the first
    that is not above 0 and at most 1), draw.chances_not_whole (their sum)."""
    given = np.asarray(chances, float)
    if given.ndim != 1 or not len(given):
        raise Refusal("draw.no_units")
    wrong = np.flatnonzero(~((given > 0) & (given <= 1)))
    if len(wrong):
        raise Refusal("draw.chance_invalid", count=len(wrong), unit=int(wrong[0]), value=float(given[wrong[0]]))
    if abs(given.sum() - round(given.sum())) > WHOLE:
        raise Refusal("draw.chances_not_whole", sum=float(given.sum()))
    return given


def fitted(chances: FloatArray) -> FloatArray:
    """Probabilities that were written down rounded, scaled (those below 1) so that they sum to their whole number.

    No design of fixed size has others, and some methods search until they are met.
    """
    draws, below = draws_of(chances), chances < 1
    if abs(chances.sum() - draws) <= EXACT * draws:
        return chances
    scaled = chances * np.where(below, (draws - (~below).sum()) / chances[below].sum(), 1.0)
    return np.asarray(np.minimum(scaled, 1.0))


def draws_of(chances: FloatArray) -> int:
    """The fixed size of a design: the sum of its inclusion probabilities."""
    return round(float(chances.sum()))


def _threshold(total: int | float, left: int) -> int | float:
    """The least size that is certain: total / left, rounded up among whole numbers; less what is blurred in floats."""
    return -(-total // left) if isinstance(total, int) else total / left * (1 - BLURRED)
