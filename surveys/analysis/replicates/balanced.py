"""Balanced repeated replication: half samples of paired PSUs, chosen by a Hadamard matrix, whole or after Fay.

Source: docs/methodology.md#balanced-half-samples (Wolter 2007, chapter 3; Fay 1989; Judkins 1990).
"""

from __future__ import annotations

import numpy as np

from surveys.analysis.design import Design
from surveys.analysis.outcome import AnalysisRefused
from surveys.analysis.replicates.drawn import DrawnPsus
from surveys.analysis.replicates.hadamard import hadamard_above
from surveys.analysis.replicates.weights import Replicates
from surveys.analysis.table import IntArray, Table


def balanced(
    table: Table, design: Design, rho: float = 0.0, matrix: IntArray | None = None, mse: bool = False
) -> Replicates:
    """Factors 2 − rho for one PSU of each pair and rho for the other; scale 1/(R·(1 − rho)²). rho = 0 is BRR.

    matrix: (replicates, strata) of ±1 to take in place of ours, columns orthogonal and of sum 0; +1 keeps the first
    PSU of the pair, in the order of the PSUs. A pair of which one PSU stayed silent is still a pair.

    Raises AnalysisRefused: replicates.not_paired (strata by name), replicates.with_fpc, replicates.rho (not from 0 to
    below 1), replicates.not_orthogonal, and the codes of PsuVariance.
    """
    drawn = DrawnPsus.of(table, design)
    if not 0 <= rho < 1:
        raise AnalysisRefused("replicates.rho", rho=rho)
    if design.population is not None:
        raise AnalysisRefused("replicates.with_fpc", kind=_kind(rho))
    strata = drawn.strata
    if (drawn.drawn[strata] != 2).any():
        raise AnalysisRefused("replicates.not_paired", strata=drawn.names(strata[drawn.drawn[strata] != 2]))
    signs = hadamard_above(len(strata))[:, 1 : len(strata) + 1] if matrix is None else _checked(matrix, len(strata))
    pair = np.searchsorted(strata, drawn.stratum)
    side = np.where(drawn.place == 0, 1, -1)
    factors = 1 + (1 - rho) * side[:, None] * signs.T[pair]
    count = len(signs)
    scale = 1 / (count * (1 - rho) ** 2)
    return Replicates(_kind(rho), factors, scale, np.ones(count), drawn.psus, mse, design=design)


def _kind(rho: float) -> str:
    return "Fay" if rho else "BRR"


def _checked(matrix: IntArray, strata: int) -> IntArray:
    signs = matrix.shape[1] == strata and (np.abs(matrix) == 1).all() and not matrix.sum(axis=0).any()
    if not signs or (matrix.T @ matrix != len(matrix) * np.eye(strata)).any():
        raise AnalysisRefused("replicates.not_orthogonal", strata=strata)
    return matrix
