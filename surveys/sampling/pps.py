"""Systematic selection with exact fractions, so that no rounding of any machine changes who is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate


def inclusion_probabilities(sizes: Sequence[int], draws: int) -> list[Fraction]:
    """Probabilities proportional to size that sum to `draws`; those that reach 1 are certain, and the rest re-scaled.

    Raises ValueError for a size below 1, more draws than units or a fraction of one.
    Source: docs/sampling.md#inclusion-probabilities.
    """
    if min(sizes, default=1) < 1 or not 0 <= draws <= len(sizes) or not float(draws).is_integer():
        raise ValueError("sizes must be positive and draws whole and no more than the units")
    certain: set[int] = set()
    while True:
        left, total = draws - len(certain), sum(size for unit, size in enumerate(sizes) if unit not in certain)
        more = {unit for unit, size in enumerate(sizes) if unit not in certain and left * size >= total}
        if not more:
            return [Fraction(1) if unit in certain else Fraction(left * size, total) for unit, size in enumerate(sizes)]
        certain |= more


def systematic(sizes: Sequence[int | Fraction], draws: int, start: Fraction) -> list[int]:
    """The units (from 0) that `draws` equally spaced points hit, the first at `start` (0 <= start < 1) of an interval.

    Unit i is hit by point k when cum[i-1] <= (start + k) * total / draws < cum[i]; one larger than
    the interval may be hit twice, so take the certain ones out first.
    """
    ends = list(accumulate(sizes))
    hit, unit = [], 0
    for point in range(draws):
        reach = (start + point) * ends[-1]
        while ends[unit] * draws <= reach:
            unit += 1
        hit.append(unit)
    return hit


def every_nth(listed: int, take: int, start: Fraction) -> list[int]:
    """`take` of `listed` equal units (numbers from 1), equally spaced from a start; all when there are no more."""
    if take >= listed:
        return list(range(1, listed + 1))
    return [int((start + point) * listed / take) + 1 for point in range(take)]
