"""Whether variables are what a figure needs: a ratio's two observed for the same persons, a share's answers 0 and 1.

Source: docs/methodology.md#ratios-of-two-questions.
"""

from __future__ import annotations

import numpy as np

from surveys.analysis.labels import refuse_rows
from surveys.analysis.table import BoolArray, FloatArray, Table, Variable

CLOSE = 1e-9  # relative: weights of the same persons, added up in another order


def called(variable: str | Variable) -> str:
    """What a refusal calls a variable."""
    if isinstance(variable, str):
        return variable
    return variable.definition.id if variable.definition else "?"


def same_persons(one: Variable, other: Variable) -> BoolArray:
    """The rows in which as many persons of the same weight answered both: (rows,)."""
    return np.asarray((one.n == other.n) & np.isclose(one.wn, other.wn, rtol=CLOSE, atol=0.0))


def check_shares(name: str, variable: Variable) -> None:
    """Raise AnalysisRefused proportion.values unless every answer is 0 or 1, as far as sums tell."""
    near = CLOSE * variable.wn
    whole = np.abs(variable.wyy - variable.wy) <= near
    refuse_rows("proportion.values", ~(whole & (variable.wy >= -near) & (variable.wy <= variable.wn + near)), name)


def paired(table: Table, above: str, below: str) -> tuple[Variable, Variable]:
    """Both variables over the persons who answered both, for a ratio: R's na.rm = TRUE.

    Exact for one-person rows. A row of several is known only if the same persons answered both, or nobody one of them;
    others are refused: make the pair before rows are added up.

    Raises AnalysisRefused: ratio.mixed_rows, table.no_variable.
    """
    one, other = table.variable(above), table.variable(below)
    together = same_persons(one, other)
    known = together | (one.n == 0) | (other.n == 0)
    refuse_rows("ratio.mixed_rows", ~known, f"{above}, {below}")

    def both(sums: FloatArray) -> FloatArray:
        return sums * together

    return one.changed(both), other.changed(both)
