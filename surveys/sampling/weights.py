"""From a household's base weight to a person's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

MOST_PEOPLE = 4


def person_weight(base: float, people: int | None, town_median: float) -> float:
    """base * min(k, 4), k being the people aged 15 and over in the household; a missing k is the town's median."""
    return base * min(people if people is not None else town_median, MOST_PEOPLE)


def person_weights(
    base: NDArray[np.float64], people: NDArray[np.float64], town_median: NDArray[np.float64]
) -> NDArray[np.float64]:
    """person_weight row by row; a missing k is NaN, and each row carries the median of its town."""
    known = np.where(np.isnan(people), town_median, people)
    return base * np.minimum(known, MOST_PEOPLE)


def median_people(counts: Mapping[int, int]) -> float:
    """The median k from answered households counted by k, halfway between two middle ones; ValueError for none."""
    answered = sum(counts.values())
    if answered < 1:
        raise ValueError("no household of the town said how many live there")
    low, high = (_at(counts, place) for place in ((answered - 1) // 2, answered // 2))
    return (low + high) / 2


def _at(counts: Mapping[int, int], place: int) -> int:
    """The k of the household at `place` (from 0) when all stand in order of k."""
    reached = 0
    for people in sorted(counts):
        reached += counts[people]
        if place < reached:
            return people
    raise IndexError(place)
