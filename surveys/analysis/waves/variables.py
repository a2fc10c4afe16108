"""An indicator as sums over the rows of a wave's totals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveys.analysis.outcome import Definition
from surveys.analysis.table import FloatArray, Variable
from surveys.analysis.totals.live import Totals
from surveys.instrument import Indicator, Item


def items_of(indicator: Indicator) -> Sequence[Item | None]:
    """The items that have a figure each; one None for an indicator of persons."""
    return [None] if indicator.per_person else indicator.items


def variable_of(kept: Totals, indicator: Indicator, item: Item | None, weight: FloatArray) -> Variable:
    """The indicator as sums over rows, with its definition; `weight` (rows,) is a person's."""
    based = kept.based(indicator.base)
    if item is None:
        sums = kept.scores[indicator.code]
        n, y, yy = sums.n * based, sums.x * based, sums.xx * based
    else:
        marks = kept.marks[item.code]
        worth = [(value, marks[character] * based) for character, value in indicator.values.items()]
        n = np.sum([count for _, count in worth], axis=0)
        y = np.sum([value * count for value, count in worth], axis=0)
        yy = np.sum([value**2 * count for value, count in worth], axis=0)
    definition = Definition(indicator.code, str(indicator.version))
    return Variable(n * (weight > 0), weight * n, weight * y, weight * yy, definition)
