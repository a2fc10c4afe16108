"""A table as it stands after an adjustment: the same rows, their weights multiplied by a factor.

Source: docs/methodology.md#chain-of-adjustments.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.table import FloatArray, Table, Variable


def reweighted(table: Table, g: FloatArray) -> Table:
    """Every sum of weights times g (rows,), of squares times g²; whose factor is 0 is counted no longer.

    Raises AnalysisRefused: table.length, and table.weight where g makes a weight negative.
    """
    if len(g) != len(table.w):
        raise AnalysisRefused("table.length", columns=["g"], rows=len(table.w))
    there = (g != 0).astype(float)

    def moved(one: Variable) -> Variable:
        return replace(one, n=one.n * there, wn=one.wn * g, wy=one.wy * g, wyy=one.wyy * g)

    return replace(
        table,
        count=table.count * there,
        w=table.w * g,
        ww=table.squared_weights * g**2,
        variables={name: moved(one) for name, one in table.variables.items()},
    )


def reach(factor: FloatArray, there: FloatArray) -> tuple[float, float]:
    """The smallest and largest factor among rows where `there` is not 0; (1, 1) where none is."""
    used = factor[there != 0]
    return (float(np.min(used)), float(np.max(used))) if len(used) else (1.0, 1.0)
