"""What R's rake() does, so that its reference cases can be met to the last digit; no figure of ours rests on it.

Weights: post-stratified to each margin in turn until no cell of the crossed margins moves by `least` persons.
Residuals: ten rounds of taking from u = score / weight its plain mean in each category, without the base weights; ours
are by least squares with them (docs/methodology.md#linearisation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveys.analysis.table import FloatArray, Table
from surveys.analysis.weighting.margins import Margin

from .oracle import Column

ROUNDS = 10
MOST_CYCLES = 2000


@dataclass(frozen=True, eq=False)
class Raked:
    """A weighting as the estimator takes one, with R's residuals; `after` are the weights each margin left."""

    base: FloatArray
    g: FloatArray
    places: list[Column]
    after: list[FloatArray]

    @property
    def projection(self) -> Raked:
        return self

    def scores(self, sums: FloatArray) -> FloatArray:
        """From base weight × u of each person, (rows,) or (rows, k), to final weight × R's residual."""
        left = (sums.T * self.g).T
        for place, weights in [*zip(self.places, self.after, strict=True)] * ROUNDS:
            left = left - (_means((left.T / weights).T, place).T * weights).T
        return left


def _means(values: FloatArray, place: Column) -> FloatArray:
    """The plain mean of everybody in the same category, row by row; one person a row."""
    members = np.equal.outer(np.arange(place.max() + 1), place).astype(float)
    return np.asarray(members.T @ ((members @ values).T / members.sum(axis=1)).T)


def raked(table: Table, margins: Sequence[Margin], least: float) -> Raked:
    """One person a row; stops as R does, in persons of the crossed table."""
    coded = [np.unique(np.asarray(margin.key), return_inverse=True) for margin in margins]
    targets = [[margin.totals[label] for label in labels] for margin, (labels, _) in zip(margins, coded, strict=True)]
    places = [place for _, place in coded]
    cells = np.unique(np.stack(places), axis=1, return_inverse=True)[1].reshape(-1)
    weights, before = table.w, np.bincount(cells, table.w)
    for _ in range(MOST_CYCLES):
        after = []
        for place, target in zip(places, targets, strict=True):
            weights = weights * (np.array(target) / np.bincount(place, weights))[place]
            after.append(weights)
        now = np.bincount(cells, weights)
        if np.abs(now - before).max() < least:
            break
        before = now
    return Raked(table.w, weights / table.w, places, after)
